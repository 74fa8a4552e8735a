"""Run: the loss of a model on given data, by the loss function that fits the targets."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import Value
from autograd.node import Node


def expect_model(model: Any, who: str) -> None:
    """Raise if ``model`` cannot be called on x."""
    if not callable(model):
        raise TypeError(
            f"{who}() got {type(model).__name__} as model; expected a network, such as "
            f"nn.MLP(2, [3, 1])."
        )


def loss_of(model: Any, x: Any, y: Any, loss: Any, who: str) -> Node:
    """The loss of ``model`` on ``x`` and ``y``; ``who`` is the function that asks for it."""
    expect_model(model, who)
    if y is None:
        raise ValueError(f"{who}(model, x, y) got no y; expected the targets of x.")
    targets = np.asarray(y.data if isinstance(y, Value) else y)
    labelled = x if isinstance(x, Value) else Value(x, label="x", requires_grad=False)
    prediction = model(labelled)
    if loss is None:
        loss = nn.cross_entropy if targets.dtype.kind in "iu" else nn.mse
    if targets.dtype.kind not in "iu" and not isinstance(y, Value):
        y = Value(targets, label="y", requires_grad=False)
    root = loss(prediction, y)
    if not isinstance(root, Node) or root.shape != ():
        got = f"shape {root.shape}" if isinstance(root, Node) else type(root).__name__
        raise ValueError(f"{who}() got a loss of {got}; expected a scalar Value.")
    return root
