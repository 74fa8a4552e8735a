"""Changes of shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import ops
from ..value import Value, record, unary


def reshape(a: Any, shape: Any) -> Value:
    """The same elements in another shape; one length may be -1."""
    return unary(a, ops.Reshape, {"shape": shape})


def transpose(a: Any, axes: Any = None) -> Value:
    """Axes in another order; reversed when ``axes`` is None."""
    return unary(a, ops.Transpose, {"axes": axes})


def swapaxes(a: Any, axis1: int, axis2: int) -> Value:
    """Two axes exchanged."""
    return unary(a, ops.Swapaxes, {"axis1": axis1, "axis2": axis2})


def expand_dims(a: Any, axis: Any) -> Value:
    """Axes of length 1 inserted at ``axis`` (int or tuple)."""
    return unary(a, ops.ExpandDims, {"axis": axis})


def broadcast_to(a: Any, shape: Any) -> Value:
    """Repeated to a larger shape; on the way back summed again."""
    return unary(a, ops.BroadcastTo, {"shape": shape})


def stack(values: Sequence[Any], axis: int = 0) -> Value:
    """Values of one shape laid side by side along a new axis: how a list becomes one Value."""
    values = tuple(values)
    if not values:
        raise ValueError("stack() got no values; expected at least one.")
    return record(ops.Stack, values, {"axis": axis})
