"""Changes of shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from ..data import as_array
from ..node import Node
from ..numpy_dispatch import spells
from ..ops.axes import moved_axes, squeezed_shape
from ..value import Value, record, unary


def operand(x: Any, name: str) -> Any:
    """``x`` as a Value or an array, which have a shape."""
    return x if isinstance(x, Node) else as_array(x, name)


def operands(values: Any, name: str) -> tuple[Any, ...]:
    """The members of a sequence as Values or arrays."""
    members = []
    for x in values:
        members.append(operand(x, name))
    if not members:
        raise ValueError(f"{name}() got no values; expected at least one.")
    return tuple(members)


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


@spells(np.ravel)
def ravel(a: Any) -> Value:
    """All elements in one row: records a reshape."""
    return unary(a, ops.Reshape, {"shape": (-1,)})


@spells(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Value:
    """Without axes of length 1: all of them, or those of ``axis``. Records a reshape."""
    a = operand(a, "squeeze")
    return unary(a, ops.Reshape, {"shape": squeezed_shape(a.shape, axis)})


@spells(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Value:
    """Axes (an int or several) moved to other places, the rest in order. Records a transpose."""
    a = operand(a, "moveaxis")
    return unary(a, ops.Transpose, {"axes": moved_axes(a.shape, source, destination)})


@spells(np.matrix_transpose)
def matrix_transpose(x: Any) -> Value:
    """The last two axes exchanged. Records a swapaxes."""
    return unary(x, ops.Swapaxes, {"axis1": -1, "axis2": -2})


def larger_shape(shape: tuple[int, ...], ndim: int) -> tuple[int, ...]:
    """``shape`` with axes of length 1 where NumPy's ``atleast_1d … atleast_3d`` add them."""
    if len(shape) >= ndim:
        return shape
    if ndim < 3:
        return (1,) * (ndim - len(shape)) + shape
    return {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}[len(shape)]


@spells(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    """Scalars as vectors of length 1, others as they are; of several, a tuple."""
    results = []
    for x in operands(arys, "atleast_1d"):
        if not isinstance(x, Value) or x.ndim < 1:
            x = unary(x, ops.Reshape, {"shape": larger_shape(x.shape, 1)})
        results.append(x)
    return results[0] if len(results) == 1 else tuple(results)


@spells(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    """Scalars and vectors as matrices of one row, others as they are; of several, a tuple."""
    results = []
    for x in operands(arys, "atleast_2d"):
        if not isinstance(x, Value) or x.ndim < 2:
            x = unary(x, ops.Reshape, {"shape": larger_shape(x.shape, 2)})
        results.append(x)
    return results[0] if len(results) == 1 else tuple(results)


@spells(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    """With three axes at least, a vector in the middle one; of several, a tuple."""
    results = []
    for x in operands(arys, "atleast_3d"):
        if not isinstance(x, Value) or x.ndim < 3:
            x = unary(x, ops.Reshape, {"shape": larger_shape(x.shape, 3)})
        results.append(x)
    return results[0] if len(results) == 1 else tuple(results)


@spells(np.broadcast_arrays)
def broadcast_arrays(*args: Any) -> tuple[Value, ...]:
    """Each repeated to the shape that all have in common. Records a broadcast_to for each."""
    arrays = operands(args, "broadcast_arrays")
    shapes = [x.shape for x in arrays]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            f"broadcast_arrays got shapes {', '.join(map(str, shapes))}; expected shapes that "
            f"broadcast: from the right, equal lengths or 1."
        ) from None
    results = []
    for x in arrays:
        results.append(unary(x, ops.BroadcastTo, {"shape": shape}))
    return tuple(results)
