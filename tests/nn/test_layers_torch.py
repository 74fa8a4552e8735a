"""Layers against PyTorch in float64: outputs, and weights after ten training steps."""

import numpy as np
import pytest

import nn
from autograd import Value
from nn.layers import (
    GRU,
    LSTM,
    Activation,
    AveragePooling1D,
    AveragePooling2D,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Dense,
    Embedding,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    LayerNormalization,
    MaxPooling1D,
    MaxPooling2D,
    SimpleRNN,
)  # fmt: skip

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: pip install 'glassgrad[torch]' compares with it"
)
F = torch.nn.functional
RNG = np.random.default_rng(21)
IMAGES, LINES = RNG.normal(size=(4, 7, 6, 4)), RNG.normal(size=(4, 9, 4))
ROWS, WORDS = RNG.normal(size=(6, 5)), RNG.integers(0, 8, size=(4, 5))


def first(x):
    """Channels last to channels first."""
    return x.movedim(-1, 1)


def last(x):
    """Channels first to channels last."""
    return x.movedim(1, -1)


def same(x, *reaches):
    """TensorFlow's "same" padding for stride 1: one more after where the sides differ."""
    ends = [side for r in reversed(reaches) for side in ((r - 1) // 2, r // 2)]
    return F.pad(x, ends)


def elman(x, W, U, b, activation=torch.tanh):
    states, a = [], x.new_zeros(len(x), len(U))
    for t in range(x.shape[1]):
        a = activation(x[:, t] @ W.T + b + a @ U.T)
        states.append(a)
    return torch.stack(states, dim=1)


def torch_recurrent(kind, x, weights):
    """PyTorch's own recurrent module with these weights: outputs of all steps, and the state."""
    W, U, *biases = weights
    units = U.shape[1]
    module = getattr(torch.nn, kind)(W.shape[1], units, batch_first=True, dtype=torch.float64)
    second = biases[1] if len(biases) > 1 else torch.zeros_like(biases[0])
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    if kind == "GRU":  # PyTorch has r before z
        r_first = torch.cat([torch.arange(units, 2 * units), torch.arange(units),
                             torch.arange(2 * units, 3 * units)])  # fmt: skip
        W, U, biases[0], second = W[r_first], U[r_first], biases[0][r_first], second[r_first]
    given = dict(zip(names, (W, U, biases[0], second), strict=True))
    return torch.func.functional_call(module, given, (x,))


def batch_norm(x, gamma, beta):
    return last(F.batch_norm(first(x), None, None, gamma, beta, True, 0.0, 1e-3))


CASES = {
    "Dense": (Dense(3, "tanh"), ROWS, lambda x, W, b: torch.tanh(F.linear(x, W, b))),
    "Conv1D": (Conv1D(3, 3), LINES, lambda x, W, b: last(F.conv1d(first(x), W, b))),
    "Conv1D, causal, dilated": (
        Conv1D(3, 3, padding="causal", dilation_rate=2),
        LINES,
        lambda x, W, b: last(F.conv1d(F.pad(first(x), (4, 0)), W, b, dilation=2)),
    ),
    "Conv1D, strides": (
        Conv1D(4, 2, strides=2, groups=2, use_bias=False, activation="relu"),
        LINES,
        lambda x, W: last(F.conv1d(first(x), W, stride=2, groups=2)).relu(),
    ),
    "Conv2D": (Conv2D(3, 3), IMAGES, lambda x, W, b: last(F.conv2d(first(x), W, b))),
    "Conv2D, same": (
        Conv2D(3, (3, 2), padding="same", activation="tanh"),
        IMAGES,
        lambda x, W, b: last(F.conv2d(same(first(x), 3, 2), W, b)).tanh(),
    ),
    "Conv2D, strides and groups": (
        Conv2D(4, (2, 3), strides=(2, 1), groups=2),
        IMAGES,
        lambda x, W, b: last(F.conv2d(first(x), W, b, stride=(2, 1), groups=2)),
    ),
    "Conv2D, dilated": (
        Conv2D(2, 3, dilation_rate=2),
        IMAGES,
        lambda x, W, b: last(F.conv2d(first(x), W, b, dilation=2)),
    ),
    "Conv2D, channels first": (
        Conv2D(2, 2, data_format="channels_first"), IMAGES, lambda x, W, b: F.conv2d(x, W, b)
    ),
    "Embedding": (Embedding(8, 3), WORDS, lambda x, E: F.embedding(x, E)),
    "LayerNormalization": (
        LayerNormalization(),
        ROWS,
        lambda x, gamma, beta: F.layer_norm(x, (5,), gamma, beta, 1e-3),
    ),
    "LayerNormalization, two axes": (
        LayerNormalization(axis=(1, 2), epsilon=1e-5),
        LINES,
        lambda x, gamma, beta: F.layer_norm(x, (9, 4), gamma, beta, 1e-5),
    ),
    "BatchNormalization": (BatchNormalization(), ROWS, batch_norm),
    "BatchNormalization of images": (BatchNormalization(), IMAGES, batch_norm),
    "SimpleRNN": (SimpleRNN(3), LINES, lambda x, *w: torch_recurrent("RNN", x, w)[1][0]),
    "SimpleRNN, relu, all steps": (
        SimpleRNN(3, "relu", return_sequences=True),
        LINES,
        lambda x, *w: elman(x, *w, activation=torch.relu),
    ),
    "LSTM": (LSTM(3), LINES, lambda x, *w: torch_recurrent("LSTM", x, w)[1][0][0]),
    "LSTM, all steps": (
        LSTM(3, return_sequences=True), LINES, lambda x, *w: torch_recurrent("LSTM", x, w)[0]
    ),
    "GRU": (GRU(3), LINES, lambda x, *w: torch_recurrent("GRU", x, w)[1][0]),
    "GRU, backwards": (
        GRU(3, go_backwards=True, return_sequences=True),
        LINES,
        lambda x, *w: torch_recurrent("GRU", x.flip(1), w)[0],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_ten_training_steps_agree_with_pytorch(case):
    layer, x, theirs = CASES[case]
    layer.rng = np.random.default_rng(3)
    y = layer(x, training=True)
    values = layer.parameters()
    tensors = [torch.tensor(v.data, requires_grad=True) for v in values]
    target, data = RNG.normal(size=y.shape), torch.tensor(x)
    ours, optimizer = nn.SGD(values, 0.1, momentum=0.9), torch.optim.SGD(tensors, 0.1, momentum=0.9)
    for _ in range(10):
        ours.zero_grad()
        y = layer(x, training=True)
        nn.mse(y, target).backward()
        ours.step()
        optimizer.zero_grad()
        out = theirs(data, *tensors)
        ((out - torch.tensor(target)) ** 2).mean().backward()
        optimizer.step()
        assert np.abs(y.data - out.detach().numpy()).max() < 1e-10
    for value, tensor in zip(values, tensors, strict=True):
        assert np.abs(value.data - tensor.detach().numpy()).max() < 1e-10


POOLS = {
    "MaxPooling1D": (MaxPooling1D(3, 2), LINES, lambda x: last(F.max_pool1d(first(x), 3, 2))),
    "MaxPooling2D": (MaxPooling2D(), IMAGES, lambda x: last(F.max_pool2d(first(x), 2))),
    "MaxPooling2D, same": (
        MaxPooling2D(3, padding="same"),
        IMAGES,
        lambda x: last(F.max_pool2d(F.pad(first(x), (0, 0, 1, 1), value=-np.inf), 3)),
    ),
    "AveragePooling1D": (AveragePooling1D(), LINES, lambda x: last(F.avg_pool1d(first(x), 2))),
    "AveragePooling2D": (
        AveragePooling2D((3, 2), 1),
        IMAGES,
        lambda x: last(F.avg_pool2d(first(x), (3, 2), 1)),
    ),
    "AveragePooling2D, same": (
        AveragePooling2D(3, 1, "same"),
        IMAGES,
        lambda x: last(F.avg_pool2d(first(x), 3, 1, 1, count_include_pad=False)),
    ),
    "GlobalAveragePooling2D": (GlobalAveragePooling2D(), IMAGES, lambda x: x.mean((1, 2))),
    "GlobalMaxPooling1D": (GlobalMaxPooling1D(), LINES, lambda x: x.amax(1)),
    "Flatten": (Flatten(), IMAGES, lambda x: x.flatten(1)),
    "Activation": (Activation("gelu"), IMAGES, F.gelu),
}  # fmt: skip


@pytest.mark.parametrize("case", POOLS)
def test_ten_steps_of_the_inputs_of_a_layer_without_weights_agree_with_pytorch(case):
    layer, x, theirs = POOLS[case]
    value, tensor = Value(x), torch.tensor(x, requires_grad=True)
    target = RNG.normal(size=layer(value).shape)
    ours, optimizer = nn.SGD([value], 0.5), torch.optim.SGD([tensor], 0.5)
    for _ in range(10):
        ours.zero_grad()
        nn.mse(layer(value), target).backward()
        ours.step()
        optimizer.zero_grad()
        ((theirs(tensor) - torch.tensor(target)) ** 2).mean().backward()
        optimizer.step()
    assert np.abs(layer(value).data - theirs(tensor).detach().numpy()).max() < 1e-10
    assert np.abs(value.data - tensor.detach().numpy()).max() < 1e-10


def test_the_moving_statistics_are_pytorchs_but_for_the_unbiased_variance():
    layer = BatchNormalization(momentum=0.8)
    theirs = torch.nn.BatchNorm1d(5, eps=1e-3, momentum=0.2, dtype=torch.float64)
    n = len(ROWS)
    for k in range(10):
        x = ROWS * (k + 1) + k
        layer(x, training=True)
        theirs(torch.tensor(x))
    np.testing.assert_allclose(layer.moving_mean.data, theirs.running_mean, rtol=1e-12)
    ours = (layer.moving_variance.data - 0.8**10) * n / (n - 1) + 0.8**10
    np.testing.assert_allclose(ours, theirs.running_var, rtol=1e-12)


def test_moving_statistics_normalise_as_in_pytorchs_evaluation():
    layer = BatchNormalization()
    layer(ROWS, training=True)
    layer.moving_variance.data = np.arange(1.0, 6.0)
    theirs = F.batch_norm(
        torch.tensor(ROWS), torch.tensor(layer.moving_mean.data),
        torch.tensor(layer.moving_variance.data), eps=1e-3,
    )  # fmt: skip
    np.testing.assert_allclose(layer(ROWS).data, theirs, rtol=1e-12)


def same_draws(monkeypatch):
    """Makes PyTorch's initial weights from the generator that ours are drawn from."""
    rng = np.random.default_rng(5)

    def uniform_(tensor, low=0, high=1, generator=None):
        return tensor.copy_(torch.tensor(rng.uniform(low, high, tensor.shape)))

    def normal_(tensor, mean=0, std=1, generator=None):
        shape = tuple(tensor.shape)
        if len(shape) == 2 and shape[0] < shape[1]:  # orthogonal_ transposes what it drew
            return tensor.copy_(torch.tensor(rng.normal(mean, std, shape[::-1]).T))
        return tensor.copy_(torch.tensor(rng.normal(mean, std, shape)))

    monkeypatch.setattr(torch.Tensor, "uniform_", uniform_)
    monkeypatch.setattr(torch.Tensor, "normal_", normal_)


INIT = torch.nn.init
INITIALIZERS = {
    "glorot_uniform": INIT.xavier_uniform_,
    "glorot_normal": INIT.xavier_normal_,
    "he_uniform": lambda t: INIT.kaiming_uniform_(t, nonlinearity="relu"),
    "he_normal": lambda t: INIT.kaiming_normal_(t, nonlinearity="relu"),
    "lecun_uniform": lambda t: INIT.kaiming_uniform_(t, nonlinearity="linear"),
    "lecun_normal": lambda t: INIT.kaiming_normal_(t, nonlinearity="linear"),
    "random_uniform": lambda t: INIT.uniform_(t, -0.05, 0.05),
    "random_normal": lambda t: INIT.normal_(t, 0, 0.05),
    "zeros": INIT.zeros_,
    "ones": INIT.ones_,
    "constant": lambda t: INIT.constant_(t, 0.0),
    "orthogonal": INIT.orthogonal_,
}


@pytest.mark.parametrize("shape", [(8, 5), (6, 3, 5, 5), (16, 4, 3)])
@pytest.mark.parametrize("name", INITIALIZERS)
def test_initial_weights_from_the_same_draws_are_pytorchs(name, shape, monkeypatch):
    same_draws(monkeypatch)
    theirs = INITIALIZERS[name](torch.empty(shape, dtype=torch.float64)).numpy()
    ours = nn.initializers.get(name)(shape, rng=5)
    assert np.abs(ours - theirs).max() < 1e-10
