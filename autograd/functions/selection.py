"""Picking and choosing elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from ..data import own_array
from ..node import Node
from ..numpy_dispatch import spells
from ..ops.indexing import along_index, take_index
from ..ops.selection import bounds
from ..value import Value, binary, own_index, record, unary
from .shapes import operand


def getitem(a: Any, index: Any) -> Value:
    """Elements picked by any NumPy index: a[index]."""
    return unary(a, ops.Getitem, {"index": own_index(index)})


def scatter(a: Any, index: Any, shape: Any) -> Value:
    """Zeros of ``shape`` with ``a`` added at ``index``; repeated places add up."""
    return unary(a, ops.Scatter, {"index": own_index(index), "shape": shape})


@spells(np.take)
def take(a: Any, indices: Any, axis: int | None = None, mode: str = "raise") -> Value:
    """Elements at integer positions along ``axis``, or (None) of all in a row: records a getitem.

    Positions out of bounds raise; with ``mode`` "wrap" they start again, with "clip" they end.
    """
    a = operand(a, "take")
    if axis is None and a.ndim != 1:
        a = unary(a, ops.Reshape, {"shape": (-1,)})
    return unary(a, ops.Getitem, {"index": take_index(a.shape, indices, axis or 0, mode)})


@spells(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Value:
    """Elements at positions that differ from row to row, as argsort gives: records a getitem."""
    arr = operand(arr, "take_along_axis")
    if axis is None and arr.ndim != 1:
        arr = unary(arr, ops.Reshape, {"shape": (-1,)})
    index = along_index(arr.shape, indices, 0 if axis is None else axis)
    return unary(arr, ops.Getitem, {"index": index})


def where(condition: Any, a: Any, b: Any) -> Value:
    """Elements of a where the condition holds, of b elsewhere; no gradient to the other branch."""
    mask = own_array(condition._array if isinstance(condition, Node) else condition)
    return record(ops.Where, (a, b), {"condition": mask})


def maximum(a: Any, b: Any) -> Value:
    """The larger of two, elementwise; equal ones get half the gradient each."""
    return binary(ops.Maximum, a, b)


def minimum(a: Any, b: Any) -> Value:
    """The smaller of two, elementwise; equal ones get half the gradient each."""
    return binary(ops.Minimum, a, b)


def fmax(a: Any, b: Any) -> Value:
    """The larger of two, elementwise, or the one that is not NaN."""
    return binary(ops.Fmax, a, b)


def fmin(a: Any, b: Any) -> Value:
    """The smaller of two, elementwise, or the one that is not NaN."""
    return binary(ops.Fmin, a, b)


def clip(a: Any, a_min: Any = None, a_max: Any = None) -> Value:
    """Kept between bounds, each a number, array or Value, or None for no bound.

    At a bound the gradient is 1. A bound that is a Value gets the gradient of what lies beyond it.
    """
    return record(ops.Clip, (a, *bounds(a_min, a_max)))
