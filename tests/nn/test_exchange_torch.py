"""Weights carried to PyTorch and back: the same outputs from PyTorch's own modules."""

# ruff: noqa: E501 - in the table, a network is a line

import numpy as np
import pytest

import nn
from nn.layers import (
    GRU,
    LSTM,
    Activation,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    LayerNormalization,
    MaxPool2D,
    SimpleRNN,
)  # fmt: skip

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: pip install 'glassgrad[torch]' compares with it"
)
RNG = np.random.default_rng(5)


def first(x):
    """Channels last to channels first."""
    return x.movedim(-1, 1)


class Last(torch.nn.Module):
    """A recurrent module of PyTorch, and the output of its last step."""

    def __init__(self, kind, *sizes):
        super().__init__()
        self.recurrent = getattr(torch.nn, kind)(*sizes, batch_first=True)

    def forward(self, x):
        return self.recurrent(x)[0][:, -1]


T = torch.nn

CASES = {
    "MLP": (
        lambda: nn.MLP(4, [5, 3], "tanh", seed=0),
        lambda: T.Sequential(T.Linear(4, 5), T.Tanh(), T.Linear(5, 3)),
        RNG.normal(size=(6, 4)), None,
    ),
    "neuron": (
        lambda: nn.Neuron(4, "sigmoid", rng=0),
        lambda: T.Sequential(T.Linear(4, 1), T.Sigmoid(), T.Flatten(0)),
        RNG.normal(size=(6, 4)), None,
    ),
    "Sequential": (
        lambda: nn.Sequential([Dense(5, input_dim=4), BatchNormalization(), Activation("relu"),
                               Dropout(0.5), Dense(2, use_bias=False), LayerNormalization()], seed=0),
        lambda: T.Sequential(T.Linear(4, 5), T.BatchNorm1d(5, eps=1e-3), T.ReLU(), T.Dropout(),
                             T.Linear(5, 2, bias=False), T.LayerNorm(2, eps=1e-3)),
        RNG.normal(size=(6, 4)), None,
    ),
    "LeNet": (
        lambda: nn.Sequential([Input(shape=(6, 8, 2)), Conv2D(3, 3, activation="relu"), MaxPool2D(2),
                               Dropout(0.1), Flatten(), Dense(4, activation="tanh"), Dense(2)], seed=0),
        lambda: T.Sequential(T.Conv2d(2, 3, 3), T.ReLU(), T.MaxPool2d(2), T.Flatten(),
                             T.Linear(18, 4), T.Tanh(), T.Linear(4, 2)),
        RNG.normal(size=(5, 6, 8, 2)), first,
    ),
    "channels first": (
        lambda: nn.Sequential([Input(shape=(2, 6, 8)), Conv2D(3, 3, data_format="channels_first"),
                               Flatten(), Dense(4)], seed=0),
        lambda: T.Sequential(T.Conv2d(2, 3, 3), T.Flatten(), T.Linear(72, 4)),
        RNG.normal(size=(5, 2, 6, 8)), None,
    ),
    "Conv1D": (
        lambda: nn.Sequential([Input(shape=(9, 2)), Conv1D(3, 4, strides=2), Flatten(), Dense(4)], seed=0),
        lambda: T.Sequential(T.Conv1d(2, 3, 4, stride=2), T.Flatten(), T.Linear(9, 4)),
        RNG.normal(size=(5, 9, 2)), first,
    ),
    "SimpleRNN": (
        lambda: nn.Sequential([Input(shape=(7, 3)), SimpleRNN(4), Dense(2)], seed=0),
        lambda: T.Sequential(Last("RNN", 3, 4), T.Linear(4, 2)), RNG.normal(size=(5, 7, 3)), None,
    ),
    "LSTM": (
        lambda: nn.Sequential([Input(shape=(7, 3)), LSTM(4), Dense(2)], seed=0),
        lambda: T.Sequential(Last("LSTM", 3, 4), T.Linear(4, 2)), RNG.normal(size=(5, 7, 3)), None,
    ),
    "GRU": (
        lambda: nn.Sequential([Input(shape=(7, 3)), GRU(4), Dense(2)], seed=0),
        lambda: T.Sequential(Last("GRU", 3, 4), T.Linear(4, 2)), RNG.normal(size=(5, 7, 3)), None,
    ),
    "Embedding": (
        lambda: nn.Sequential([Input(shape=(5,)), Embedding(7, 3), Flatten(), Dense(2)], seed=0),
        lambda: T.Sequential(T.Embedding(7, 3), T.Flatten(), T.Linear(15, 2)),
        RNG.integers(0, 7, size=(6, 5)), None,
    ),
}  # fmt: skip


def theirs_of(make):
    torch.manual_seed(3)
    module = make().double().eval()
    for p in module.parameters():
        torch.nn.init.normal_(p, std=0.5)
    for m in module.modules():
        if isinstance(m, torch.nn.BatchNorm1d):
            m.running_mean.normal_()
            m.running_var.uniform_(0.5, 2)
    return module


@pytest.mark.parametrize("case", CASES)
def test_weights_of_pytorch_give_its_outputs_here(case):
    make, make_torch, x, arranged = CASES[case]
    module, model = theirs_of(make_torch), make()
    nn.from_torch_state(model, module.state_dict())
    given = torch.from_numpy(x)
    with torch.no_grad():
        expected = module(given if arranged is None else arranged(given)).numpy()
    np.testing.assert_allclose(model(x).data, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_weights_from_here_give_our_outputs_in_pytorch(case):
    make, make_torch, x, arranged = CASES[case]
    module, model = theirs_of(make_torch), make()
    model(x)
    state = nn.to_torch_state(model, module.state_dict())
    module.load_state_dict({name: torch.from_numpy(np.array(a)) for name, a in state.items()})
    given = torch.from_numpy(x)
    with torch.no_grad():
        found = module(given if arranged is None else arranged(given)).numpy()
    np.testing.assert_allclose(found, model(x).data, rtol=1e-10, atol=1e-12)
    other = make()
    nn.from_torch_state(other, state)
    np.testing.assert_allclose(other(x).data, model(x).data, rtol=1e-12)
