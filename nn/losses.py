"""Losses: one number J that says how wrong the predictions are, as a mean over the samples."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Value

from .inputs import ARRAYS, as_features


def mse(prediction: Any, target: Any) -> Value:
    """Mean of squared differences: J = (1/N) Σ (ŷ_i - y_i)².

    Shapes are equal: ``(batch, units)`` both, or ``(batch,)`` both, or two scalars.

    >>> print(mse(Value([1.0, 3.0]), [1.0, 1.0]).data)
    2.0

    Raises:
        ValueError: the shapes differ. They are not broadcast, which for (n, 1) against (n,)
            would compare every prediction with every target.
    """
    if not (isinstance(prediction, ARRAYS) and isinstance(target, ARRAYS)):
        prediction, target = as_features(prediction), as_features(target)
    if prediction.shape != target.shape:
        raise ValueError(_unequal(prediction.shape, target.shape))
    loss = autograd.mean_squared_error(prediction, target)
    loss.label = "J"
    return loss


def cross_entropy(logits: Any, labels: Any) -> Value:
    """Mean cross-entropy of the softmax: J = -(1/N) Σ log softmax(z_i)[label_i].

    ``logits`` are net inputs z^L of a linear output layer, ``(batch, classes)``; not
    probabilities, the softmax is part of the loss. ``labels`` are class numbers ``(batch,)``.
    One sample is ``(classes,)`` with one label.

    >>> print(round(cross_entropy(Value([[0.0, 0.0]]), [1]).item(), 4))
    0.6931

    Raises:
        TypeError: labels that are not integers.
        ValueError: labels of another shape, or outside ``0 … classes - 1``.
    """
    loss = autograd.softmax_cross_entropy(as_features(logits), labels)
    loss.label = "J"
    return loss


def _unequal(prediction: tuple[int, ...], target: tuple[int, ...]) -> str:
    hint = ""
    if len(prediction) == 2 and prediction == target[::-1] and 1 not in prediction:
        hint = " Did you mean target.T?"
    elif prediction == (*target, 1) or target == (*prediction, 1):
        hint = f" Did you mean target.reshape({', '.join(['-1', *map(str, prediction[1:])])})?"
    return (
        f"mse() got a prediction of shape {prediction} and a target of shape {target}; "
        f"expected equal shapes.{hint}"
    )
