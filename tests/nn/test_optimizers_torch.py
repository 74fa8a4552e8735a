"""Optimizers against PyTorch in float64: ten steps on a small network."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from nn.clipping import clip_by_value
from nn.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: pip install 'glassgrad[torch]' compares with it"
)

RNG = np.random.default_rng(11)
X, Y = RNG.normal(size=(16, 4)), RNG.normal(size=(16, 2))
START = [RNG.normal(size=shape) for shape in ((5, 4), (5,), (2, 5), (2,))]
OPTIM = torch.optim

PAIRS = {
    "SGD": (lambda p: SGD(p, 0.1), lambda p: OPTIM.SGD(p, 0.1)),
    "SGD, weight decay": (
        lambda p: SGD(p, 0.1, weight_decay=0.05),
        lambda p: OPTIM.SGD(p, 0.1, weight_decay=0.05),
    ),
    "SGD, momentum": (
        lambda p: SGD(p, 0.1, momentum=0.9, weight_decay=0.05),
        lambda p: OPTIM.SGD(p, 0.1, momentum=0.9, weight_decay=0.05),
    ),
    "SGD, Nesterov": (
        lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True),
        lambda p: OPTIM.SGD(p, 0.1, momentum=0.9, nesterov=True),
    ),
    "RMSprop": (
        lambda p: RMSprop(p, 0.01, rho=0.99, weight_decay=0.05),
        lambda p: OPTIM.RMSprop(p, 0.01, weight_decay=0.05),
    ),
    "RMSprop, centered, momentum": (
        lambda p: RMSprop(p, 0.01, rho=0.9, momentum=0.8, centered=True),
        lambda p: OPTIM.RMSprop(p, 0.01, alpha=0.9, momentum=0.8, centered=True),
    ),
    "Adagrad": (
        lambda p: Adagrad(p, 0.1, weight_decay=0.05),
        lambda p: OPTIM.Adagrad(p, 0.1, weight_decay=0.05),
    ),
    "Adagrad, start": (
        lambda p: Adagrad(p, initial_accumulator_value=0.1),
        lambda p: OPTIM.Adagrad(p, initial_accumulator_value=0.1),
    ),
    "Adam": (Adam, OPTIM.Adam),
    "Adam, weight decay": (
        lambda p: Adam(p, 0.02, 0.8, 0.95, epsilon=1e-6, weight_decay=0.05),
        lambda p: OPTIM.Adam(p, 0.02, (0.8, 0.95), eps=1e-6, weight_decay=0.05),
    ),
    "AdamW": (AdamW, OPTIM.AdamW),
    "AdamW, weight decay": (
        lambda p: AdamW(p, 0.02, weight_decay=0.3),
        lambda p: OPTIM.AdamW(p, 0.02, weight_decay=0.3),
    ),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_ten_steps_agree_with_pytorch(pair):
    ours, theirs = both(*PAIRS[pair])
    assert max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)) < 1e-10


def test_steps_with_clipped_values_agree_with_pytorch():
    ours, theirs = both(
        lambda p: SGD(p, 0.1, clipvalue=0.01),
        lambda p: OPTIM.SGD(p, 0.1),
        lambda p: torch.nn.utils.clip_grad_value_(p, 0.01),
    )
    assert max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)) < 1e-10
    assert (clip_by_value([np.array([-3.0])], 2.0)[0] == [-2.0]).all()


def test_steps_with_a_clipped_global_norm_agree_with_pytorch_but_for_its_1e_6():
    ours, theirs = both(
        lambda p: SGD(p, 0.1, global_clipnorm=0.1),
        lambda p: OPTIM.SGD(p, 0.1),
        lambda p: torch.nn.utils.clip_grad_norm_(p, 0.1),
    )
    assert max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)) < 1e-6


def both(make_ours, make_theirs, between=lambda parameters: None):
    """The parameters of both after ten steps; the last gets its first gradient in step 3."""
    values = [Value(w) for w in START]
    tensors = [torch.tensor(w, requires_grad=True) for w in START]
    ours, theirs = make_ours(values), make_theirs(tensors)
    for step in range(10):
        ours.zero_grad()
        theirs.zero_grad()
        W1, b1, W2, b2 = values
        out = ag.tanh(X @ W1.T + b1) @ W2.T + (b2 if step > 1 else b2.detach())
        ag.mean((out - Y) ** 2).backward()
        W1, b1, W2, b2 = tensors
        out = torch.tanh(torch.tensor(X) @ W1.T + b1) @ W2.T + (b2 if step > 1 else b2.detach())
        ((out - torch.tensor(Y)) ** 2).mean().backward()
        between(tensors)
        ours.step()
        theirs.step()
    return [v.data for v in values], [t.detach().numpy() for t in tensors]
