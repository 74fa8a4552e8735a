"""Every network of the lecture trains to the same bits compiled, over 100 steps.

Each is trained three times from the same start, on the same batches: eagerly, by a compiled whole
step, and by a compiled loss with a plain ``backward()``. After each step loss, parameters and
gradients are compared. No order of operations differs, so no bit may; but Elman's net reads columns
of its input where they lie, while eager mode copies them first, and BLAS adds the two up in orders
of their own.
"""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits

import autograd as ag
import nn
from autograd import Value
from nn.layers import Conv2D, Dense, Flatten, MaxPooling2D, SimpleRNN
from nn.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

STEPS = 100
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


class Scalars:
    """A network of the lecture's scalars: a function of its weights, which are Values."""

    def __init__(self, function, numbers):
        self.function = function
        self.weights = [Value(number, label=f"w{i}") for i, number in enumerate(numbers, 1)]

    def parameters(self):
        return self.weights

    def __call__(self, x):
        return self.function(self.weights, x)


def one_neuron(w, x):
    return sum(wi * xi for wi, xi in zip(w, x, strict=True)).sigmoid()


def chain(w, x):
    for weight in w:
        x = (weight * x).tanh()
    return x


def two_paths(w, x):
    h = (w[0] * x).tanh()
    return (w[1] * h).tanh() + w[2] * (w[3] * h).tanh()


def squared(prediction, y):
    return (prediction - y) ** 2


def binary(prediction, y):
    return nn.losses.binary_cross_entropy(prediction, y)


def all_rows(*arrays):
    """The same batch, all rows of the data, at every step."""
    return lambda: iter([arrays] * STEPS)


def batches(X, y, size):
    """Batches as the lecture's loops draw them, epoch after epoch; the last one may be smaller."""

    def drawn():
        rng, count = np.random.default_rng(5), 0
        while True:
            for batch in nn.minibatches(X, y, batch_size=size, rng=rng):
                yield batch
                count += 1
                if count == STEPS:
                    return

    return drawn


def playground(name, features=("x₁", "x₂"), column=True):
    data = nn.playground(name, noise=0.1, ratio=0.5, seed=0)
    y = data.y_train[:, None] if column else data.y_train
    return batches(nn.playground_features(data.X_train, features), y, 10)


def regression(columns, outputs):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(40, columns))
    return X, np.tanh(X @ rng.normal(size=(columns, outputs)))


def keras(kind):
    """The network of the lecture's listings, in one of the three ways of writing it."""

    class MyModel(nn.Model):
        def __init__(self):
            super().__init__(seed=0)
            self.dense1 = Dense(16, activation="relu")
            self.dense2 = Dense(8, activation="relu")
            self.dense3 = Dense(1)

        def call(self, inputs):
            return self.dense3(self.dense2(self.dense1(inputs)))

    def made():
        if kind == "subclass":
            model = MyModel()
            model(np.zeros((1, 4)))
            return model
        layers = [Dense(16, activation="relu"), Dense(8, activation="relu"), Dense(1)]
        if kind == "sequential":
            return nn.Sequential([nn.Input(shape=(4,)), *layers], seed=0)
        inputs = x = nn.Input(shape=(4,))
        for layer in layers:
            x = layer(x)
        return nn.Model(inputs, x, seed=0)

    return made, nn.mse, batches(*regression(4, 1), 16)


def lenet():
    layers = [
        nn.Input(shape=(8, 8, 1)),
        Conv2D(8, 3, padding="same", activation="relu"),
        MaxPooling2D(2),
        Conv2D(24, 3, padding="same", activation="relu"),
        MaxPooling2D(2),
        Flatten(),
        Dense(64, activation="relu"),
        Dense(10),
    ]
    return nn.Sequential(layers, seed=0)


def elman():
    layers = [
        nn.Input(shape=(30, 1)),
        SimpleRNN(12, activation="tanh", return_sequences=True),
        Dense(1, activation="sigmoid"),
    ]
    return nn.Sequential(layers, seed=0)


def bits():
    drawn = np.random.default_rng(1).integers(0, 2, size=(60, 11, 3))
    drawn[..., 2] = drawn[..., 0] ^ drawn[..., 1]
    flat = drawn.reshape(60, -1).astype(float)
    return flat[:, :30, None], flat[:, 1:31, None]


def iris():
    data = nn.load_iris()
    return batches(nn.Standardizer().fit(data.features).transform(data.features), data.labels, 16)


def cancer():
    data = load_breast_cancer()
    X = nn.Standardizer().fit(data.data).transform(data.data)[:100, :6]
    return all_rows(np.ascontiguousarray(X), data.target[:100])


def digits():
    data = load_digits()
    return batches((data.images[:200] / 16)[..., None], data.target[:200], 16)


def pictures():
    images = load_digits().data[:100] / 16
    return all_rows(images - images.mean(axis=0), images - images.mean(axis=0))


def deep(activation):
    X, _ = regression(16, 1)

    def made():
        return nn.MLP(16, [16] * 10, activation=activation, output=activation, seed=0)

    return made, nn.mse, all_rows(X[:20], np.random.default_rng(2).normal(size=(20, 16)))


NETWORKS = {
    "linear neuron": (
        lambda: nn.Neuron(2, "linear", rng=0), nn.mse,
        all_rows(regression(2, 1)[0], regression(2, 1)[1][:, 0]),
    ),
    "sigmoid neuron": (lambda: nn.Neuron(6, "sigmoid", rng=0), binary, cancer()),
    "perceptron": (lambda: nn.Neuron(2, "step", rng=0), nn.mse, all_rows(CORNERS, CORNERS[:, 0])),
    "one neuron, its algorithm": (
        lambda: Scalars(one_neuron, [0.1, -0.4, 0.3]), squared,
        all_rows([1.0, 2.0, -1.0], 1.0),
    ),
    "chain of neurons": (
        lambda: Scalars(chain, [0.9, -1.2, 0.7, 1.1]), squared, all_rows(0.8, 0.5)
    ),
    "two paths": (
        lambda: Scalars(two_paths, [0.6, 1.5, -0.3, -2.0]), squared, all_rows(0.8, 0.5)
    ),
    "xor of steps": (
        lambda: nn.MLP(2, [2, 1], activation="step", output="step", seed=3), nn.mse,
        all_rows(CORNERS, CORNERS[:, :1]),
    ),
    "xor": (
        lambda: nn.MLP(2, [2, 1], activation="tanh", output="sigmoid", seed=3), binary,
        all_rows(CORNERS, np.array([[0.0], [1.0], [1.0], [0.0]])),
    ),
    "linear layers": (
        lambda: nn.MLP(3, [5, 4, 2], activation="linear", seed=0), nn.mse,
        all_rows(*regression(3, 2)),
    ),
    "bent layers": (
        lambda: nn.MLP(3, [5, 4, 2], activation="tanh", seed=0), nn.mse, all_rows(*regression(3, 2))
    ),
    "absolute errors": (
        lambda: nn.MLP(3, [5, 4, 2], activation="relu", seed=0), nn.losses.mae,
        all_rows(*regression(3, 2)),
    ),
    "gauss": (
        lambda: nn.Neuron(2, "tanh", rng=0), nn.playground_loss, playground("gauss", column=False)
    ),
    "circle, x²": (
        lambda: nn.Neuron(2, "tanh", rng=0), nn.playground_loss,
        playground("circle", ["x₁²", "x₂²"], column=False),
    ),
    "circle": (
        lambda: nn.MLP(2, [3, 1], activation="tanh", output="tanh", seed=0), nn.playground_loss,
        playground("circle"),
    ),
    "xor of the playground": (
        lambda: nn.MLP(2, [4, 1], activation="tanh", output="tanh", seed=0), nn.playground_loss,
        playground("xor"),
    ),
    "spiral": (
        lambda: nn.MLP(2, [6, 6, 1], activation="relu", output="tanh", seed=0), nn.playground_loss,
        playground("spiral"),
    ),
    "counted": (
        lambda: nn.MLP(4, [3, 1], activation="sigmoid", seed=0), nn.mse, all_rows(*regression(4, 1))
    ),
    "back-propagation": (
        lambda: nn.MLP(3, [4, 4, 2], activation="tanh", output="sigmoid", seed=2), nn.mse,
        all_rows(*regression(3, 2)),
    ),
    "unit by unit": (
        lambda: nn.unroll(nn.MLP(3, [4, 4, 2], activation="tanh", output="sigmoid", seed=2)),
        lambda prediction, y: sum((a - b) ** 2 for a, b in zip(prediction, y, strict=True)),
        all_rows([0.5, -0.25, 0.125], [1.0, 0.0]),
    ),
    "Keras, sequential": keras("sequential"),
    "Keras, functional": keras("functional"),
    "Keras, subclass": keras("subclass"),
    "iris": (lambda: nn.MLP(4, [8, 3], activation="tanh", seed=0), nn.cross_entropy, iris()),
    "ten layers of sigmoid": deep("sigmoid"),
    "ten layers of tanh": deep("tanh"),
    "ten layers of relu": deep("relu"),
    "linear autoencoder": (
        lambda: nn.MLP(64, [8, 64], activation="linear", seed=0), nn.mse, pictures()
    ),
    "tanh autoencoder": (
        lambda: nn.MLP(64, [8, 64], activation="tanh", output="linear", seed=0), nn.mse, pictures()
    ),
    "LeNet": (lenet, nn.cross_entropy, digits()),
    "Elman": (elman, binary, batches(*bits(), 30)),
}  # fmt: skip
#: Each network takes the next one.
OPTIMIZERS = {
    "SGD": lambda p: SGD(p, learning_rate=0.1),
    "SGD, momentum": lambda p: SGD(p, learning_rate=0.02, momentum=0.9, weight_decay=0.001),
    "SGD, Nesterov": lambda p: SGD(p, learning_rate=0.02, momentum=0.9, nesterov=True),
    "Adam": lambda p: Adam(p, learning_rate=0.01, global_clipnorm=1.0),
    "AdamW": lambda p: AdamW(p, learning_rate=lambda step: 0.01 / (1 + step / 50)),
    "RMSprop": lambda p: RMSprop(p, learning_rate=0.003, clipvalue=0.5),
    "RMSprop, centered": lambda p: RMSprop(p, learning_rate=0.003, centered=True, momentum=0.5),
    "Adagrad": lambda p: Adagrad(p, learning_rate=0.05, clipnorm=0.5),
}
PAIRS = [
    (network, list(OPTIMIZERS)[number % len(OPTIMIZERS)]) for number, network in enumerate(NETWORKS)
]
ROUNDED = {"Elman"}
SLOW = {"LeNet", "Elman", "linear autoencoder", "tanh autoencoder"}
CASES = [pytest.param(*x, marks=pytest.mark.slow if x[0] in SLOW else ()) for x in PAIRS]


def trained(network, optimizer, way):
    """Loss, parameters and gradients after each step; and the number of programs it took."""
    make, loss, drawn = NETWORKS[network]
    model = make()
    parameters = list(model.parameters())
    descent = OPTIMIZERS[optimizer](parameters)

    def J(x, y):
        return loss(model(x), y)

    compiled_loss = ag.compile(J) if way == "loss" else J

    def step(x, y):
        descent.zero_grad()
        cost = compiled_loss(x, y)
        cost.backward()
        descent.step()
        return cost

    compiled_step = ag.compile(step) if way == "step" else step
    found = []
    for x, y in drawn():
        cost = compiled_step(x, y)
        arrays = [cost.data, *[p.data.copy() for p in parameters]]
        found.append([*arrays, *[np.copy(p.grad) for p in parameters]])
    return found, {"step": compiled_step, "loss": compiled_loss}.get(way)


@pytest.mark.parametrize(("network", "optimizer"), CASES)
def test_a_hundred_steps_give_the_same_bits_compiled(network, optimizer):
    wanted, _ = trained(network, optimizer, "eager")
    assert len(wanted) == STEPS
    for way in ("step", "loss"):
        found, compiled = trained(network, optimizer, way)
        # One program per size of batch.
        assert compiled.traces <= 2
        for mine, eager in zip(found, wanted, strict=True):
            for a, b in zip(mine, eager, strict=True):
                if network in ROUNDED:
                    np.testing.assert_allclose(a, b, rtol=1e-12)
                else:
                    np.testing.assert_array_equal(a, b, strict=True)


def test_every_network_but_those_of_steps_moved():
    for name, optimizer in PAIRS:
        if name in SLOW:
            continue
        found, _ = trained(name, optimizer, "eager")
        moved = any(np.any(a != b) for a, b in zip(found[0][1:], found[-1][1:], strict=True))
        assert moved != (name in {"perceptron", "xor of steps"})


def test_every_optimizer_takes_part():
    assert {optimizer for _, optimizer in PAIRS} == set(OPTIMIZERS)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_optimizer_gives_the_same_bits_on_one_network(name):
    wanted, _ = trained("spiral", name, "eager")
    found, _ = trained("spiral", name, "step")
    for mine, eager in zip(found, wanted, strict=True):
        for a, b in zip(mine, eager, strict=True):
            np.testing.assert_array_equal(a, b, strict=True)


def test_rosenblatts_rule_compiles_to_the_same_bits():
    """The perceptron learns without a gradient: w ← w + (y - ŷ) x."""

    def learner():
        neuron = nn.Neuron(2, "step")
        neuron.weight.data, neuron.bias.data = np.array([0.3, -0.2]), -0.1

        def learn(x, y):
            error = y - neuron(x).data
            neuron.weight.data += 0.1 * error * x
            neuron.bias.data += 0.1 * error
            return error

        return neuron, learn

    (neuron, learn), (twin, other) = learner(), learner()
    compiled, wrong = ag.compile(other), 0
    for k in range(STEPS):
        x = CORNERS[k % 4]
        y = float(x.all())
        error = learn(x, y)
        np.testing.assert_array_equal(compiled(x, y), error, strict=True)
        wrong += error != 0
        for a, b in zip(twin.parameters(), neuron.parameters(), strict=True):
            np.testing.assert_array_equal(a.data, b.data, strict=True)
    assert compiled.traces == 1
    assert wrong > 3
    np.testing.assert_array_equal(twin(CORNERS).data, [0, 0, 0, 1])


def test_the_lectures_gradient_descent_takes_compiled_functions():
    def valley(x):
        return x[0] ** 2 + 10 * x[1] ** 2

    paths = [
        nn.gradient_descent(f, [-4.0, 1.5], learning_rate=0.05, max_steps=STEPS)
        for f in (valley, ag.compile(valley))
    ]
    assert len(paths[0].points) > 90
    for name in ("points", "values", "gradient_norms"):
        np.testing.assert_array_equal(getattr(paths[1], name), getattr(paths[0], name))
