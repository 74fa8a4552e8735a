"""Elements in another order: flipped, turned, rolled, sorted; diagonals and triangles."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from ..numpy_dispatch import spells
from ..ops.axes import checked_axes, whole_numbers
from ..value import Value, unary
from .joining import required
from .shapes import operand


def flip(m: Any, axis: Any = None) -> Value:
    """In reverse order along ``axis`` (int, tuple, or None for every axis)."""
    return unary(m, ops.Flip, {"axis": axis})


@spells(np.fliplr)
def fliplr(m: Any) -> Value:
    """Columns in reverse order: `flip` along axis 1."""
    return unary(required("fliplr", m, 2), ops.Flip, {"axis": 1})


@spells(np.flipud)
def flipud(m: Any) -> Value:
    """Rows in reverse order: `flip` along axis 0."""
    return unary(required("flipud", m, 1), ops.Flip, {"axis": 0})


@spells(np.rot90)
def rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Value:
    """Turned ``k`` times by 90 degrees from the first of the axes to the second."""
    m = required("rot90", m, 2)
    first, second = checked_axes("rot90", axes, m.shape)
    if k % 2 == 0:
        return unary(m, ops.Flip, {"axis": (first, second) if k % 4 else ()})
    if k % 4 == 1:
        flipped = unary(m, ops.Flip, {"axis": second})
        return unary(flipped, ops.Swapaxes, {"axis1": first, "axis2": second})
    turned = unary(m, ops.Swapaxes, {"axis1": first, "axis2": second})
    return unary(turned, ops.Flip, {"axis": second})


@spells(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Value:
    """Shifted along ``axis``, what leaves at the end entering at the start; as one row for None."""
    axis = axis if axis is None else whole_numbers("roll", "axis", axis)
    return unary(a, ops.Roll, {"shift": whole_numbers("roll", "shift", shift), "axis": axis})


def sort(a: Any, axis: int | None = -1) -> Value:
    """In ascending order along ``axis``; all elements in one row for None."""
    return unary(a, ops.Sort, {"axis": axis})


@spells(np.diag)
def diag(v: Any, k: int = 0) -> Value:
    """Of a matrix its diagonal ``k``; of a vector the matrix that has it on that diagonal."""
    v = operand(v, "diag")
    return unary(v, ops.Diagonal, {"offset": k}) if v.ndim == 2 else unary(v, ops.Diag, {"k": k})


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
    """The diagonals of the matrices in two axes, as a last axis."""
    return unary(a, ops.Diagonal, {"offset": offset, "axis1": axis1, "axis2": axis2})


def triu(m: Any, k: int = 0) -> Value:
    """Upper triangle: elements left of the diagonal ``k`` set to 0."""
    return unary(m, ops.Triu, {"k": k})


def tril(m: Any, k: int = 0) -> Value:
    """Lower triangle: elements right of the diagonal ``k`` set to 0."""
    return unary(m, ops.Tril, {"k": k})
