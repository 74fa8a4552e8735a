"""The ops as free functions, under NumPy's names: ``ag.exp(x)`` is ``x.exp()``.

They take Values, numbers and arrays alike. Import the package as ``import autograd as ag``,
so that ``sum`` and ``max`` stay Python's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import ops
from .node import Node
from .value import Value, binary, own_index, record, unary


def add(a: Any, b: Any) -> Value:
    """Sum of two, elementwise: a + b."""
    return binary(ops.Add, a, b)


def subtract(a: Any, b: Any) -> Value:
    """Difference, elementwise: a - b."""
    return binary(ops.Subtract, a, b)


def multiply(a: Any, b: Any) -> Value:
    """Product, elementwise: a · b."""
    return binary(ops.Multiply, a, b)


def divide(a: Any, b: Any) -> Value:
    """Quotient, elementwise: a / b."""
    return binary(ops.Divide, a, b)


def power(a: Any, b: Any) -> Value:
    """Power, elementwise: a ** b. The derivative in a is 0 where b is 0."""
    return binary(ops.Power, a, b)


def negative(a: Any) -> Value:
    """Opposite: -a."""
    return unary(ops.Negative, a)


def matmul(a: Any, b: Any) -> Value:
    """Matrix product a @ b, in every rank that NumPy allows."""
    return binary(ops.Matmul, a, b)


def affine(a: Any, weight: Any, bias: Any) -> Value:
    """Net input of a layer, a @ weight.T + bias: ``(…, inputs) -> (…, units)``."""
    return record(ops.Affine, (a, weight, bias))


def exp(a: Any) -> Value:
    """Exponential, elementwise."""
    return unary(ops.Exp, a)


def log(a: Any) -> Value:
    """Natural logarithm, elementwise; its gradient at 0 is infinite."""
    return unary(ops.Log, a)


def sqrt(a: Any) -> Value:
    """Square root, elementwise; its gradient at 0 is infinite."""
    return unary(ops.Sqrt, a)


def absolute(a: Any) -> Value:
    """Absolute value, elementwise; its gradient at 0 is 0."""
    return unary(ops.Absolute, a)


def tanh(a: Any) -> Value:
    """Hyperbolic tangent, elementwise."""
    return unary(ops.Tanh, a)


def sigmoid(a: Any) -> Value:
    """Logistic function 1 / (1 + e^(-a)), elementwise."""
    return unary(ops.Sigmoid, a)


def relu(a: Any) -> Value:
    """Rectifier max(0, a), elementwise; its gradient at 0 is 0."""
    return unary(ops.Relu, a)


def softmax(a: Any, axis: int = -1) -> Value:
    """Normalised exponentials along ``axis``; they sum to 1."""
    return unary(ops.Softmax, a, {"axis": axis})


def log_softmax(a: Any, axis: int = -1) -> Value:
    """Logarithm of the softmax along ``axis``, without overflow."""
    return unary(ops.LogSoftmax, a, {"axis": axis})


def sum(a: Any, axis: Any = None, keepdims: bool = False) -> Value:
    """Sum over ``axis`` (int, tuple, or None for all)."""
    return unary(ops.Sum, a, {"axis": axis, "keepdims": keepdims})


def mean(a: Any, axis: Any = None, keepdims: bool = False) -> Value:
    """Mean over ``axis`` (int, tuple, or None for all)."""
    return unary(ops.Mean, a, {"axis": axis, "keepdims": keepdims})


def max(a: Any, axis: Any = None, keepdims: bool = False) -> Value:
    """Largest element over ``axis``; ties share the gradient equally."""
    return unary(ops.Max, a, {"axis": axis, "keepdims": keepdims})


def reshape(a: Any, shape: Any) -> Value:
    """The same elements in another shape; one length may be -1."""
    return unary(ops.Reshape, a, {"shape": shape})


def transpose(a: Any, axes: Any = None) -> Value:
    """Axes in another order; reversed when ``axes`` is None."""
    return unary(ops.Transpose, a, {"axes": axes})


def swapaxes(a: Any, axis1: int, axis2: int) -> Value:
    """Two axes exchanged."""
    return unary(ops.Swapaxes, a, {"axis1": axis1, "axis2": axis2})


def expand_dims(a: Any, axis: Any) -> Value:
    """Axes of length 1 inserted at ``axis`` (int or tuple)."""
    return unary(ops.ExpandDims, a, {"axis": axis})


def broadcast_to(a: Any, shape: Any) -> Value:
    """Repeated to a larger shape; on the way back summed again."""
    return unary(ops.BroadcastTo, a, {"shape": shape})


def getitem(a: Any, index: Any) -> Value:
    """Elements picked by any NumPy index: a[index]."""
    return unary(ops.Getitem, a, {"index": own_index(index)})


def scatter(a: Any, index: Any, shape: Any) -> Value:
    """Zeros of ``shape`` with ``a`` added at ``index``; repeated places add up."""
    return unary(ops.Scatter, a, {"index": own_index(index), "shape": shape})


def where(condition: Any, a: Any, b: Any) -> Value:
    """Elements of a where the condition holds, of b elsewhere; no gradient to the other branch."""
    mask = np.array(condition._data if isinstance(condition, Node) else condition)
    return record(ops.Where, (a, b), {"condition": mask})


def stack(values: Sequence[Any], axis: int = 0) -> Value:
    """Values of one shape laid side by side along a new axis: how a list becomes one Value."""
    values = tuple(values)
    if not values:
        raise ValueError("stack() got no values; expected at least one.")
    return record(ops.Stack, values, {"axis": axis})


def mean_squared_error(prediction: Any, target: Any) -> Value:
    """Mean of squared differences, (1/n) Σ (ŷ - y)²; both of one shape, nothing broadcasts."""
    return binary(ops.MeanSquaredError, as_operand(prediction), as_operand(target))


def as_operand(x: Any) -> Any:
    """``x`` as a Value or an array: a bare number has no size to average over."""
    return x if isinstance(x, Node) else np.asarray(x, dtype=getattr(x, "dtype", float))


def softmax_cross_entropy(logits: Any, labels: Any) -> Value:
    """Mean cross-entropy of integer class labels from logits: -(1/n) Σ log softmax(z_i)[label_i].

    Shapes: logits ``(batch, classes)`` and labels ``(batch,)``, or ``(classes,)`` and one label.

    Raises:
        TypeError: labels that are not integers.
        ValueError: labels of another shape, or outside ``0 … classes - 1``.
    """
    return unary(ops.SoftmaxCrossEntropy, logits, {"labels": _checked_labels(logits, labels)})


def _checked_labels(logits: Any, labels: Any) -> Any:
    shape = np.shape(logits._data if isinstance(logits, Node) else logits)
    array = np.array(labels._data if isinstance(labels, Node) else labels)
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
    wrong = np.flatnonzero((array < 0) | (array >= shape[-1]))
    if wrong.size:
        raise ValueError(
            f"softmax_cross_entropy() got label {np.ravel(array)[wrong[0]]} in row {wrong[0]}; "
            f"expected 0 … {shape[-1] - 1}, since the logits have {shape[-1]} classes."
        )
    return array.astype(np.intp)
