"""Recurrent layers: their formulas in NumPy, differences, states, labels, and what they refuse."""

import numpy as np
import pytest

import nn
from autograd import Value, check_gradients
from autograd.graph import Graph
from nn.layers import GRU, LSTM, Dense, Input, SimpleRNN

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 4, 3))
KINDS = pytest.mark.parametrize("kind", [SimpleRNN, LSTM, GRU])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def weights_of(layer):
    return [value.data for value in layer.weights]


def elman(layer, x):
    W, U, b = weights_of(layer)
    a, states = np.zeros((len(x), layer.units)), []
    for t in range(x.shape[1]):
        a = np.tanh(x[:, t] @ W.T + a @ U.T + b)
        states.append(a)
    return np.stack(states, axis=1)


def lstm(layer, x):
    """Keras's LSTMCell, by its formula."""
    W, U, b = weights_of(layer)
    a = c = np.zeros((len(x), layer.units))
    states = []
    for t in range(x.shape[1]):
        i, f, new, o = np.split(x[:, t] @ W.T + a @ U.T + b, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(new)
        a = sigmoid(o) * np.tanh(c)
        states.append(a)
    return np.stack(states, axis=1)


def gru(layer, x):
    """Keras's GRUCell, by its formula, for both values of reset_after."""
    W, U, b, *b2 = weights_of(layer)
    Uz, Ur, Uh = np.split(U, 3)
    a, states = np.zeros((len(x), layer.units)), []
    bz, br, bh = np.split(b2[0], 3) if b2 else (0, 0, 0)
    for t in range(x.shape[1]):
        xz, xr, xh = np.split(x[:, t] @ W.T + b, 3, axis=1)
        z, r = sigmoid(xz + a @ Uz.T + bz), sigmoid(xr + a @ Ur.T + br)
        new = np.tanh(xh + (r * (a @ Uh.T + bh) if layer.reset_after else (r * a) @ Uh.T))
        a = z * a + (1 - z) * new
        states.append(a)
    return np.stack(states, axis=1)


FORMULAS = [
    (lambda **k: SimpleRNN(5, **k), elman), (lambda **k: LSTM(5, **k), lstm),
    (lambda **k: GRU(5, **k), gru), (lambda **k: GRU(5, reset_after=False, **k), gru),
]  # fmt: skip


@pytest.mark.parametrize(("make", "formula"), FORMULAS)
def test_all_steps_are_the_formula_of_the_source(make, formula):
    layer = make(return_sequences=True, bias_initializer="random_normal", seed=1)
    np.testing.assert_allclose(layer(X).data, formula(layer, X), rtol=1e-12)
    last = make(bias_initializer="random_normal", seed=1)
    np.testing.assert_allclose(last(X).data, formula(layer, X)[:, -1], rtol=1e-12)
    back = make(return_sequences=True, go_backwards=True, bias_initializer="random_normal", seed=1)
    np.testing.assert_allclose(back(X).data, formula(layer, X[:, ::-1]), rtol=1e-12)


@pytest.mark.parametrize(("make", "formula"), FORMULAS)
def test_gradients_agree_with_central_differences(make, formula):
    layer, x = make(seed=2), Value(X)
    weights = RNG.normal(size=layer(x).shape)
    check = check_gradients(lambda: (layer(x) * weights).sum(), [x, *layer.parameters()])
    assert check.relative_error < 1e-6


@KINDS
def test_a_sequence_in_two_halves_is_the_whole_if_the_state_is_handed_on(kind):
    layer = kind(5, return_sequences=True, return_state=True, seed=3)
    whole = layer(X)
    first = layer(X[:, :2])
    second = layer(X[:, 2:], initial_state=first[1:])
    joined = np.concatenate([first[0].data, second[0].data], axis=1)
    np.testing.assert_allclose(joined, whole[0].data, rtol=1e-12)
    for ours, expected in zip(second[1:], whole[1:], strict=True):
        np.testing.assert_allclose(ours.data, expected.data, rtol=1e-12)
    assert len(whole) == (3 if kind is LSTM else 2)


@KINDS
def test_an_encoder_hands_its_state_to_a_decoder(kind):
    questions, answers = Input(shape=(4, 3)), Input(shape=(None, 2))
    _, *state = kind(5, return_state=True)(questions)
    outputs = kind(5, return_sequences=True)(answers, initial_state=state)
    model = nn.Model([questions, answers], Dense(1)(outputs), seed=0)
    y = RNG.normal(size=(2, 6, 1))
    model.compile("adam", "mse")
    model.fit([X, RNG.normal(size=(2, 6, 2))], y, epochs=2, verbose=0)
    assert model.predict([X, RNG.normal(size=(2, 6, 2))]).shape == (2, 6, 1)
    assert outputs.shape == (None, None, 5)


def test_the_graph_shows_the_net_unrolled_one_scope_per_step():
    model = nn.Sequential([SimpleRNN(2), Dense(1)], seed=0)
    J = model(X).sum()
    paths = {value.scope.path: None for value in Graph(J) if value.scope and value.op}
    assert [p for p in paths if "step" in p] == [f"simple_rnn_1.step {k}" for k in (1, 2, 3, 4)]
    labels = [value.label for value in Graph(J) if value.label]
    assert {"z¹(1)", "a¹(4)", "W¹", "U¹", "b¹", "W²"} <= set(labels)
    J.backward()
    deltas = {value.label: value.grad for value in Graph(J)}
    assert deltas["z¹(1)"].shape == (2, 2)
    assert np.abs(deltas["z¹(4)"]).max() > 0


def test_counts_and_shapes_are_keras():
    sizes = {}
    for layer in (
        SimpleRNN(8),
        LSTM(8),
        GRU(8),
        GRU(8, reset_after=False),
        LSTM(8, use_bias=False),
    ):
        layer.build((None, None, 5))
        sizes[layer] = layer.count_parameters()
    assert list(sizes.values()) == [112, 448, 360, 336, 416]
    assert LSTM(8, return_state=True).compute_output_shape((None, 3, 5)) == [(None, 8)] * 3


def test_the_bias_of_the_gate_that_forgets_starts_at_one():
    layer = LSTM(2)
    layer(X)
    assert layer.bias.data.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    plain = LSTM(2, unit_forget_bias=False)
    plain(X)
    assert not plain.bias.data.any()


@KINDS
def test_dropout_acts_in_training_only_with_one_mask_for_all_steps(kind):
    layer = kind(5, dropout=0.5, recurrent_dropout=0.5, seed=4)
    assert (layer(X).data == layer(X).data).all()
    assert (layer(X, training=True).data != layer(X, training=True).data).any()
    np.testing.assert_allclose(layer(X).data, kind(5, seed=4)(X).data)
    ones = kind(40, dropout=0.5, seed=5)
    drop, _ = ones.masks(np.ones((3, 2, 50)), True)
    assert set(np.unique(drop)) == {0.0, 2.0}


@KINDS
def test_equal_seeds_give_equal_numbers(kind):
    assert (kind(4, seed=1)(X).data == kind(4, seed=1)(X).data).all()
    assert (kind(4, seed=1)(X).data != kind(4, seed=2)(X).data).any()


def test_regularizers_and_constraints_reach_the_recurrent_weights():
    layer = SimpleRNN(
        3, recurrent_regularizer="l2", kernel_regularizer="l1", recurrent_constraint="non_neg"
    )
    model = nn.Sequential([layer], seed=0)
    model.compile("sgd", "mse")
    model.fit(X, np.ones((2, 3)), epochs=1, verbose=0)
    assert (layer.recurrent_weight.data >= 0).all()
    assert len(layer.penalty()) == 2


def test_a_recurrent_net_learns_to_remember_the_first_input():
    rng = np.random.default_rng(1)
    x = rng.choice([-1.0, 1.0], size=(64, 6, 1))
    model = nn.Sequential([LSTM(8), Dense(1)], seed=0)
    model.compile(nn.Adam(learning_rate=0.03), "mse")
    history = model.fit(x, x[:, 0], epochs=40, batch_size=64, verbose=0).history["loss"]
    assert history[-1] < 0.05 < history[0]


WRONG = [
    (lambda: SimpleRNN(3)(X[:, :, 0]),
     r"SimpleRNN\(3\) 'simple_rnn' got x of shape \(None, 4\); expected \(batch, time, features\)"
     r"\. Did you mean x\[\.\.\., None\]"),
    (lambda: LSTM(3)(np.ones((2, 0, 3))), r"got x of shape \(None, 0, 3\)"),
    (lambda: GRU(3)(Input(shape=(4, None))), r"got x of shape \(None, 4, None\)"),
    (lambda: GRU(3)(X, initial_state=np.ones((2, 4))),
     r"got initial_state of shape \(2, 4\); expected 1 of shape \(2, 3\)"),
    (lambda: LSTM(3)(X, initial_state=np.ones((2, 3))), "expected 2 of shape"),
    (lambda: LSTM(3, dropout=1.0), r"LSTM\(dropout\) got 1.0; expected a share from 0"),
    (lambda: GRU(0), r"GRU\(units\) got 0; expected a positive int"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), WRONG)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_built_layer_refuses_other_features():
    layer = SimpleRNN(3)
    layer(X)
    with pytest.raises(ValueError, match=r"shape \(2, 4, 2\); expected \(batch, time, 3\)"):
        layer(X[..., :2])
