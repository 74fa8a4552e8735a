"""Training: the loop that everything else is for. Predict, compare, back-propagate, move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd import no_grad

from .data import minibatches
from .inputs import as_count, as_generator
from .metrics import accuracy
from .module import Module
from .optimizers import SGD


class Epoch(NamedTuple):
    """What one pass over the data led to; ``accuracy`` is None where y holds no class numbers."""

    number: int
    loss: float
    accuracy: float | None


def train(
    model: Module,
    loss: Callable[[Any, Any], Any],
    X: Any,
    y: Any,
    epochs: int,
    batch_size: int,
    optimizer: SGD,
    seed: int | np.random.Generator | None = 0,
    on_epoch: Callable[[Epoch], object] | None = None,
) -> list[Epoch]:
    """Loss and accuracy on (X, y) after each epoch of mini-batch gradient descent.

    ``loss(model(features), targets)`` is computed per batch; ``seed`` decides the order of the
    rows. ``on_epoch`` is called with each Epoch as soon as it is there.
    """
    rng, history = as_generator(seed), []
    for number in range(1, as_count(epochs, "train(epochs)") + 1):
        for features, targets in minibatches(X, y, batch_size, rng):
            optimizer.zero_grad()
            loss(model(features), targets).backward()
            optimizer.step()
        history.append(Epoch(number, *evaluate(model, loss, X, y)))
        if on_epoch is not None:
            on_epoch(history[-1])
    return history


@no_grad()
def evaluate(
    model: Module, loss: Callable[[Any, Any], Any], X: Any, y: Any
) -> tuple[float, float | None]:
    """Loss and accuracy on (X, y), without recording.

    The accuracy is None unless y holds class numbers: integers, one per row.
    """
    scores, y = model(X), np.asarray(y)
    holds_classes = y.dtype.kind in "iu" and y.ndim == 1
    return loss(scores, y).item(), accuracy(scores, y) if holds_classes else None
