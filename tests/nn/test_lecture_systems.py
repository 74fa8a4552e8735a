"""Every system of the lecture, small and fast: each is trained and held to what the slides claim.

The full programs, with their figures, are in examples/lecture.
"""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression

import nn
from nn.layers import Conv2D, Dense, Flatten, Input, MaxPool2D, SimpleRNN

CORNERS = np.array(list(itertools.product([0.0, 1.0], repeat=2)))
XOR = np.array([0.0, 1.0, 1.0, 0.0])

# -- Rosenblatt's perceptron: gates, learning, and its limit


def perceptron(weights, bias):
    neuron = nn.Neuron(len(weights), "step")
    neuron.weight.data, neuron.bias.data = weights, bias
    return neuron


@pytest.mark.parametrize(
    ("weights", "bias", "inputs", "outputs"),
    [
        ([-1.0], 0.5, [[0.0], [1.0]], [1, 0]),
        ([1.0, 1.0], -1.5, CORNERS, [0, 0, 0, 1]),
        ([1.0, 1.0], -0.5, CORNERS, [0, 1, 1, 1]),
    ],
    ids=["NOT", "AND", "OR"],
)
def test_a_perceptron_is_a_gate_by_the_lectures_weights(weights, bias, inputs, outputs):
    np.testing.assert_array_equal(perceptron(weights, bias)(inputs).data, outputs)


numbers = st.floats(-1e6, 1e6)


@given(w1=numbers, w2=numbers, b=numbers)
def test_no_perceptron_is_xor(w1, w2, b):
    answers = perceptron([w1, w2], b)(CORNERS).data
    assert np.sum(answers == XOR) <= 3


def rosenblatt(targets, passes):
    """Errors in the last pass of w ← w + (y - ŷ) x, b ← b + (y - ŷ)."""
    neuron, wrong = perceptron([0.0, 0.0], 0.0), 0
    for _ in range(passes):
        wrong = 0
        for x, y in zip(CORNERS, targets, strict=True):
            error = y - neuron(x).item()
            neuron.weight.data += error * x
            neuron.bias.data += error
            wrong += error != 0
    return wrong


def test_the_perceptron_rule_learns_every_gate_that_a_line_separates_and_only_those():
    learned = {}
    for targets in itertools.product([0, 1], repeat=4):
        learned[targets] = rosenblatt(targets, passes=30) == 0
    never = [targets for targets, well in learned.items() if not well]
    assert never == [(0, 1, 1, 0), (1, 0, 0, 1)]


def test_two_layers_are_xor_by_the_lectures_weights():
    network = nn.MLP(2, [2, 1], activation="step", output="step")
    for layer, rows in zip(
        network.layers, ([[1, 1, -0.5], [1, 1, -1.5]], [[1, -2, -0.5]]), strict=True
    ):
        layer.weight.data = np.array(rows, dtype=float)[:, :-1]
        layer.bias.data = np.array(rows, dtype=float)[:, -1]
    np.testing.assert_array_equal(network(CORNERS).data[:, 0], XOR)


def test_two_layers_learn_xor_and_one_does_not():
    losses = {}
    for hidden in (0, 4):
        layers = [Dense(hidden, activation="tanh")] if hidden else []
        model = nn.Sequential([*layers, Dense(1, activation="sigmoid")], seed=1)
        model.compile(nn.Adam(learning_rate=0.05), "binary_crossentropy")
        model.fit(CORNERS, XOR, epochs=300, batch_size=4, verbose=0)
        losses[hidden] = model.evaluate(CORNERS, XOR, verbose=0)
    # Without a hidden layer ½ is the best answer, and its loss is log 2.
    assert losses[0] == pytest.approx(np.log(2), abs=1e-3)
    assert losses[4] < 0.02


# -- one linear and one sigmoid unit; linear layers collapse


def test_a_linear_neuron_is_least_squares():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3)) * [1.0, 2.0, 0.5] + [0.0, 1.0, 0.0]
    y = X @ [1.5, -2.0, 0.3] + 0.7 + 0.1 * rng.normal(size=80)
    model = nn.Sequential([Dense(1, input_dim=3)], seed=0)
    model.compile(nn.SGD(learning_rate=0.05, momentum=0.9), "mean_squared_error")
    model.fit(X, y, epochs=600, batch_size=80, verbose=0)
    solution, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(80)]), y, rcond=None)
    weight, bias = model.get_weights()
    np.testing.assert_allclose([*weight[0], *bias], solution, atol=1e-6)


def test_a_sigmoid_neuron_is_logistic_regression():
    data = load_breast_cancer()
    X = nn.Standardizer().fit(data.data).transform(data.data)[:, :6]
    C = 1.0
    model = nn.Sequential(
        [Dense(1, input_dim=6, kernel_regularizer=nn.regularizers.L2(1 / (2 * C * len(X))))], seed=0
    )
    loss = nn.losses.BinaryCrossentropy(from_logits=True)
    model.compile(nn.SGD(learning_rate=0.5, momentum=0.9), loss)
    model.fit(X, data.target, epochs=1000, batch_size=len(X), verbose=0)
    same = LogisticRegression(C=C, tol=1e-10, max_iter=1000).fit(X, data.target)
    weight, bias = model.get_weights()
    np.testing.assert_allclose(weight, same.coef_, atol=1e-3)
    np.testing.assert_allclose(bias, same.intercept_, atol=1e-3)
    p = nn.activations.sigmoid(model.predict(X)).data[:, 0]
    np.testing.assert_allclose(p, same.predict_proba(X)[:, 1], atol=1e-3)


def test_a_stack_of_linear_layers_is_one_linear_layer_and_learns_no_more():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, 3))
    y = X[:, :1] * X[:, 1:2]
    deep = nn.Sequential([Dense(8, input_dim=3), Dense(5), Dense(1)], seed=0)
    deep.compile(nn.Adam(learning_rate=0.02), "mse")
    deep.fit(X, y, epochs=300, batch_size=60, verbose=0)
    W1, b1, W2, b2, W3, b3 = deep.get_weights()
    one = nn.Sequential([Dense(1, input_dim=3)])
    one.set_weights([W3 @ W2 @ W1, W3 @ (W2 @ b1 + b2) + b3])
    np.testing.assert_allclose(one.predict(X), deep.predict(X), rtol=1e-9, atol=1e-12)
    A = np.column_stack([X, np.ones(60)])
    best = np.mean((A @ np.linalg.lstsq(A, y, rcond=None)[0] - y) ** 2)
    assert best <= deep.evaluate(X, y, verbose=0) < 1.01 * best
    # One bend per unit is what makes depth useful.
    bent = nn.Sequential([Dense(16, activation="tanh"), Dense(1)], seed=0)
    bent.compile(nn.Adam(learning_rate=0.05), "mse")
    bent.fit(X, y, epochs=200, batch_size=60, verbose=0)
    assert bent.evaluate(X, y, verbose=0) < 0.1 * best


# -- the playground


def play(name, hidden, features=("x₁", "x₂"), optimizer=None, epochs=200, seed=0):
    """Epochs until the loss on the test part is below 0.05 (None: never), and the last loss.

    Ratio 50 %, noise 10 %, batches of 10, no regularisation; weights as the playground draws them.
    """
    data = nn.playground(name, noise=0.1, ratio=0.5, seed=seed)
    X, X_test = (nn.playground_features(part, features) for part in data[:2])
    start = {
        "kernel_initializer": nn.initializers.RandomUniform(-0.5, 0.5),
        "bias_initializer": nn.initializers.Constant(0.1),
    }
    layers = [Dense(units, activation="tanh", **start) for units in hidden]
    model = nn.Sequential([*layers, Dense(1, activation="tanh", **start)], seed=seed)
    model.compile(optimizer or nn.SGD(learning_rate=0.1), nn.playground_loss)
    for epoch in range(1, epochs + 1):
        model.fit(X, data.y_train, epochs=1, batch_size=10, verbose=0)
        loss = model.evaluate(X_test, data.y_test, batch_size=1000, verbose=0)
        if loss < 0.05:
            return epoch, loss
    return None, loss


SETS = {
    "gauss": ((), ("x₁", "x₂"), None),
    "circle": ((3,), ("x₁", "x₂"), None),
    "xor": ((8,), ("x₁", "x₂"), None),
    "spiral": ((8, 8), ("x₁", "x₂", "sin x₁", "sin x₂"), nn.Adam),
}


@pytest.mark.parametrize("name", SETS)
def test_a_network_learns_each_set_of_the_playground(name):
    hidden, features, kind = SETS[name]
    optimizer = kind(learning_rate=0.02) if kind else None
    epochs, loss = play(name, hidden, features, optimizer)
    assert loss < 0.05
    assert epochs is not None


@pytest.mark.slow
def test_a_larger_network_learns_the_spiral_from_the_coordinates_alone():
    epochs, loss = play("spiral", (20, 20), optimizer=nn.Adam(learning_rate=0.02), epochs=400)
    assert epochs is not None
    assert loss < 0.05


def test_one_neuron_separates_what_a_line_does_and_more_with_extra_features():
    assert play("gauss", ())[0] is not None
    for name, features in (("circle", ("x₁²", "x₂²")), ("xor", ("x₁x₂",))):
        epochs, loss = play(name, (), epochs=40)
        # Half of the points on either side: no line is worth more than a guess.
        assert epochs is None
        assert loss > 0.3
        epochs, _ = play(name, (), features, epochs=40)
        assert epochs is not None


@pytest.mark.slow
def test_the_smallest_network_for_the_circle_has_three_hidden_units():
    assert play("circle", (3,))[0] is not None
    for hidden in (1, 2):
        assert [play("circle", (hidden,), epochs=60, seed=s)[0] for s in (0, 1)] == [None, None]


def test_a_learning_rate_may_be_too_small_right_or_too_large():
    reached = {}
    for rate in (0.01, 0.1, 1.0):
        reached[rate] = play("circle", (3,), optimizer=nn.SGD(learning_rate=rate), epochs=110)
    slow, right, wild = reached.values()
    assert right[0] is not None
    # Slow: on its way, but far from there when 0.1 has long arrived.
    assert right[0] < 75
    assert slow[0] is None
    assert slow[1] > 0.1
    # Too large: it never settles.
    assert wild[0] is None


# -- autoencoder, convolutional and recurrent networks


def digits():
    X, y = load_digits(return_X_y=True)
    return X / 16, y


def test_a_linear_autoencoder_spans_the_pca_subspace():
    X = digits()[0][:400]
    X = X - X.mean(axis=0)
    model = nn.Sequential(
        [Dense(6, use_bias=False, input_dim=64), Dense(64, use_bias=False)], seed=0
    )
    model.compile(nn.Adam(learning_rate=0.01), "mse")
    model.fit(X, X, epochs=700, batch_size=400, verbose=0)
    _, singular, directions = np.linalg.svd(X, full_matrices=False)
    principal, basis = directions[:6].T, np.linalg.qr(model.get_weights()[1])[0]
    # sin of the largest principal angle: what is left of the basis outside of the subspace.
    outside = basis - principal @ (principal.T @ basis)
    assert np.arcsin(np.linalg.norm(outside, 2)) < 1e-2
    least = np.sum(singular[6:] ** 2) / X.size
    assert model.evaluate(X, X, verbose=0) == pytest.approx(least, rel=1e-3)


def test_an_autoencoder_compresses_digits_that_it_never_saw():
    X, _ = digits()
    mean = X[:1200].mean(axis=0)
    X, X_test = X[:1200] - mean, X[1200:] - mean
    coder = [Dense(32, activation="relu", input_dim=64), Dense(8), Dense(32, activation="relu")]
    model = nn.Sequential([*coder, Dense(64)], seed=0)
    model.compile(nn.Adam(learning_rate=0.005), "mse")
    model.fit(X, X, epochs=12, batch_size=64, verbose=0)
    assert model.layers[1].output_shape == (None, 8)
    # An eighth of the numbers carries more than half of what varies.
    assert model.evaluate(X_test, X_test, verbose=0) < 0.5 * np.mean(X_test**2)


@pytest.mark.slow
def test_a_lenet_reads_held_out_digits():
    X, y = digits()
    X_train, X_test, y_train, y_test = nn.train_test_split(X.reshape(-1, 8, 8, 1), y, 0.25, seed=0)
    model = nn.Sequential(
        [
            Input(shape=(8, 8, 1)),
            Conv2D(8, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Conv2D(16, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Flatten(),
            Dense(64, activation="relu"),
            Dense(10),
        ],
        seed=0,
    )
    rate = nn.schedules.CosineDecay(0.01, decay_steps=43 * 12)
    model.compile(nn.Adam(learning_rate=rate), nn.cross_entropy, metrics=["accuracy"])
    model.fit(X_train, y_train, epochs=12, batch_size=32, verbose=0)
    _, accuracy = model.evaluate(X_test, y_test, verbose=0)
    assert accuracy >= 0.97


def temporal_xor(rows, steps, rng):
    """Elman's row of bits, two random ones and then their XOR, and the next bit of each."""
    bits = rng.integers(0, 2, size=(rows, steps // 3 + 1, 3))
    bits[..., 2] = bits[..., 0] ^ bits[..., 1]
    flat = bits.reshape(rows, -1, 1).astype(float)
    return flat[:, :steps], flat[:, 1 : steps + 1]


@pytest.mark.slow
def test_an_elman_network_predicts_every_third_bit_and_only_those():
    rng, steps = np.random.default_rng(0), 12
    X, y = temporal_xor(250, steps, rng)
    X_test, y_test = temporal_xor(250, steps, rng)
    model = nn.Sequential(
        [
            Input(shape=(steps, 1)),
            SimpleRNN(8, return_sequences=True),
            Dense(1, activation="sigmoid"),
        ],
        seed=0,
    )
    model.compile(nn.Adam(learning_rate=0.02), "binary_crossentropy")
    before = root_mean_square(model.predict(X_test) - y_test)
    model.fit(X, y, epochs=70, batch_size=25, verbose=0)
    error = root_mean_square(model.predict(X_test) - y_test)
    third = np.arange(steps) % 3 == 1
    assert before.min() > 0.45
    assert error[third].max() < 0.1
    # A random bit cannot be guessed: ½ is the best answer, and its error is ½.
    assert error[~third].min() > 0.45


def root_mean_square(error):
    return np.sqrt(np.mean(error**2, axis=(0, 2)))
