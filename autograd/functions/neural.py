"""Losses and normalisations that are computed as one for the sake of stability."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from ..data import own_array
from ..node import Node
from ..value import Value, binary, unary

ARRAYS = (Node, np.ndarray)


def softmax(a: Any, axis: int = -1) -> Value:
    """Normalised exponentials along ``axis``; they sum to 1."""
    return unary(a, ops.Softmax, {"axis": axis})


def log_softmax(a: Any, axis: int = -1) -> Value:
    """Logarithm of the softmax along ``axis``, without overflow."""
    return unary(a, ops.LogSoftmax, {"axis": axis})


def mean_squared_error(prediction: Any, target: Any) -> Value:
    """Mean of squared differences, (1/n) Σ (ŷ - y)²; both of one shape, nothing broadcasts."""
    return binary(ops.MeanSquaredError, as_operand(prediction), as_operand(target))


def as_operand(x: Any) -> Any:
    """``x`` as a Value or an array: a bare number has no size to average over."""
    if isinstance(x, ARRAYS) or hasattr(x, "__traced__"):
        return x
    return np.asarray(x, dtype=getattr(x, "dtype", float))


def softmax_cross_entropy(logits: Any, labels: Any) -> Value:
    """Mean cross-entropy of integer class labels from logits: -(1/n) Σ log softmax(z_i)[label_i].

    Shapes: logits ``(batch, classes)`` and labels ``(batch,)``, or ``(classes,)`` and one label.

    Raises:
        TypeError: labels that are not integers.
        ValueError: labels of another shape, or outside ``0 … classes - 1``.
    """
    return unary(logits, ops.SoftmaxCrossEntropy, {"labels": _checked_labels(logits, labels)})


def _checked_labels(logits: Any, labels: Any) -> Any:
    shape = np.shape(logits._array if isinstance(logits, Node) else logits)
    array = own_array(labels._array if isinstance(labels, Node) else labels)
    plain = array.dtype == np.intp and array.shape == shape[:1]
    # Read without a sign, what is below 0 is larger than any number of classes.
    if plain and len(shape) == 2 and array.size and array.view(np.uintp).max() < shape[1]:
        return array
    if len(shape) not in (1, 2) or array.shape != shape[:-1]:
        raise ValueError(
            f"softmax_cross_entropy() got logits of shape {shape} and labels of shape "
            f"{array.shape}; expected (batch, classes) and (batch,), one class number per row."
        )
    if array.dtype.kind not in "iu" and not (
        array.dtype.kind == "f" and np.all(array == np.floor(array))
    ):
        raise TypeError(
            f"softmax_cross_entropy() got labels of dtype {array.dtype}; expected integers "
            f"0 … {shape[-1] - 1}, one class number per row."
        )
    wrong = (array < 0) | (array >= shape[-1])
    if np.any(wrong):
        row = np.argmax(wrong)
        raise ValueError(
            f"softmax_cross_entropy() got label {np.ravel(array)[row]} in row {row}; "
            f"expected 0 … {shape[-1] - 1}, since the logits have {shape[-1]} classes."
        )
    return array.astype(np.intp)


def binary_cross_entropy_with_logits(logits: Any, target: Any) -> Value:
    """Mean cross-entropy of two classes from logits: -(1/n) Σ t log p + (1-t) log(1-p).

    p is the sigmoid of the logit; the targets t, of the same shape, lie from 0 to 1.
    """
    return binary(ops.BinaryCrossEntropyWithLogits, as_operand(logits), as_operand(target))
