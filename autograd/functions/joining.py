"""Values joined, split, repeated and padded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from ..numpy_dispatch import spells
from ..ops.axes import checked_axes, nested_tuples, whole_numbers
from ..value import Value, record, unary
from .shapes import larger_shape, operand, operands


@spells(np.concatenate)
def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Value:
    """Values laid end to end along an existing axis; all elements in a row for ``axis=None``."""
    return record(ops.Concatenate, operands(arrays, "concatenate"), {"axis": axis})


@spells(np.hstack)
def hstack(tup: Sequence[Any]) -> Value:
    """Values side by side: concatenated along axis 1, vectors and scalars along axis 0."""
    arrays = []
    for x in operands(tup, "hstack"):
        arrays.append(x if x.ndim else unary(x, ops.Reshape, {"shape": (1,)}))
    return record(ops.Concatenate, tuple(arrays), {"axis": 0 if arrays[0].ndim == 1 else 1})


@spells(np.vstack)
def vstack(tup: Sequence[Any]) -> Value:
    """Values on top of each other: concatenated along axis 0, a vector counting as one row."""
    arrays = []
    for x in operands(tup, "vstack"):
        if x.ndim < 2:
            x = unary(x, ops.Reshape, {"shape": larger_shape(x.shape, 2)})
        arrays.append(x)
    return record(ops.Concatenate, tuple(arrays), {"axis": 0})


@spells(np.dstack)
def dstack(tup: Sequence[Any]) -> Value:
    """Values behind each other: concatenated along axis 2, which matrices get first."""
    arrays = []
    for x in operands(tup, "dstack"):
        if x.ndim < 3:
            x = unary(x, ops.Reshape, {"shape": larger_shape(x.shape, 3)})
        arrays.append(x)
    return record(ops.Concatenate, tuple(arrays), {"axis": 2})


@spells(np.column_stack)
def column_stack(tup: Sequence[Any]) -> Value:
    """Vectors as the columns of a matrix, and matrices as they are, side by side."""
    arrays = []
    for x in operands(tup, "column_stack"):
        if x.ndim < 2:
            x = unary(x, ops.Reshape, {"shape": (x.size, 1)})
        arrays.append(x)
    return record(ops.Concatenate, tuple(arrays), {"axis": 1})


def piece_indices(name: str, a: Any, cuts: Any, axis: int, even: bool = True) -> list[Any]:
    """The index of each piece of ``a``, cut along ``axis`` at places or into so many pieces."""
    (axis,) = checked_axes(name, axis, a.shape)
    length = a.shape[axis]
    if np.ndim(cuts):
        places = [int(place) for place in cuts]
    else:
        sections = int(cuts)
        if sections < 1 or (even and length % sections):
            raise ValueError(
                f"{name} got shape {a.shape} with axis={axis} to split into {cuts} pieces; "
                f"expected {'a number that divides ' + str(length) if even else 'at least one'}."
            )
        each, longer = divmod(length, sections)
        places = [k * each + min(k, longer) for k in range(1, sections)]
    indices = []
    for start, stop in zip([0, *places], [*places, length], strict=True):
        indices.append((slice(None),) * axis + (slice(start, stop),))
    return indices


def required(name: str, a: Any, ndim: int) -> Any:
    """``a``, refused where it has fewer axes than ``ndim``."""
    a = operand(a, name)
    if a.ndim < ndim:
        raise ValueError(f"{name} got shape {a.shape}; expected at least {ndim} axes.")
    return a


@spells(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Value]:
    """Pieces along ``axis``: so many of equal length, or cut at the given places."""
    ary = required("split", ary, 1)
    pieces = []
    for index in piece_indices("split", ary, indices_or_sections, axis):
        pieces.append(unary(ary, ops.Getitem, {"index": index}))
    return pieces


@spells(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Value]:
    """Pieces along ``axis``, as from `split`; where they cannot be equal, the first are longer."""
    ary = required("array_split", ary, 1)
    pieces = []
    for index in piece_indices("array_split", ary, indices_or_sections, axis, even=False):
        pieces.append(unary(ary, ops.Getitem, {"index": index}))
    return pieces


@spells(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> list[Value]:
    """Pieces side by side: `split` along axis 1, a vector along axis 0."""
    ary = required("hsplit", ary, 1)
    pieces = []
    for index in piece_indices("hsplit", ary, indices_or_sections, 1 if ary.ndim > 1 else 0):
        pieces.append(unary(ary, ops.Getitem, {"index": index}))
    return pieces


@spells(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> list[Value]:
    """Pieces on top of each other: `split` of at least two axes along axis 0."""
    ary = required("vsplit", ary, 2)
    pieces = []
    for index in piece_indices("vsplit", ary, indices_or_sections, 0):
        pieces.append(unary(ary, ops.Getitem, {"index": index}))
    return pieces


@spells(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> list[Value]:
    """Pieces behind each other: `split` of at least three axes along axis 2."""
    ary = required("dsplit", ary, 3)
    pieces = []
    for index in piece_indices("dsplit", ary, indices_or_sections, 2):
        pieces.append(unary(ary, ops.Getitem, {"index": index}))
    return pieces


# NumPy has it since 2.1.
@spells(*([np.unstack] if hasattr(np, "unstack") else []))
def unstack(x: Any, axis: int = 0) -> list[Value]:
    """The slices along ``axis``, one Value each: the reverse of `stack`."""
    x = required("unstack", x, 1)
    (axis,) = checked_axes("unstack", axis, x.shape)
    slices = []
    for place in range(x.shape[axis]):
        slices.append(unary(x, ops.Getitem, {"index": (slice(None),) * axis + (place,)}))
    return slices


@spells(np.repeat)
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Value:
    """Each element repeated, along ``axis`` or (None) in a row; one number, or one for each."""
    times = whole_numbers("repeat", "repeats", repeats)
    return unary(a, ops.Repeat, {"repeats": times, "axis": axis})


@spells(np.tile)
def tile(A: Any, reps: Any) -> Value:
    """The whole repeated ``reps`` times along each axis."""
    return unary(A, ops.Tile, {"reps": whole_numbers("tile", "reps", reps)})


@spells(np.pad)
def pad(array: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0.0) -> Value:
    """With a border of ``pad_width``: ``n``, ``(before, after)``, or one such pair for each axis.

    ``mode`` is "constant" (filled with ``constant_values``), "edge", "reflect", "symmetric" or
    "wrap".
    """
    settings = {"pad_width": whole_numbers("pad", "pad_width", pad_width), "mode": mode}
    filled = nested_tuples(np.array(constant_values).tolist())
    if mode == "constant":
        settings["constant_values"] = filled
    elif filled != 0:
        raise ValueError(
            f"pad got constant_values={constant_values!r} with mode={mode!r}, which does not use "
            f"them; expected mode='constant'."
        )
    return unary(array, ops.Pad, settings)
