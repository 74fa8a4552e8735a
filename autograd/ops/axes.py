"""Axes, shapes and counts as users give them: checked, and in one form."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple


def checked_axes(name, axis, shape):
    """``axis``, an int or several, as a tuple of axes of ``shape`` counted from 0."""
    try:
        return normalize_axis_tuple(axis, len(shape))
    except (ValueError, IndexError) as error:
        kind = IndexError if isinstance(error, IndexError) else ValueError
        raise kind(f"{name} got shape {shape} with axis={axis!r}; NumPy says: {error}") from None


def squeezed_shape(shape, axis):
    """``shape`` without its axes of length 1, or without those of ``axis``."""
    axes = checked_axes("squeeze", range(len(shape)) if axis is None else axis, shape)
    kept = []
    for k, length in enumerate(shape):
        if k not in axes or (axis is None and length != 1):
            kept.append(length)
        elif length != 1:
            raise ValueError(
                f"squeeze got shape {shape} with axis={axis!r}; expected axes of length 1."
            )
    return tuple(kept)


def moved_axes(shape, source, destination):
    """The order of axes in which those of ``source`` stand at ``destination``."""
    source = checked_axes("moveaxis", source, shape)
    destination = checked_axes("moveaxis", destination, shape)
    if len(source) != len(destination):
        raise ValueError(
            f"moveaxis got source={source} and destination={destination}; expected equally many."
        )
    order = [k for k in range(len(shape)) if k not in source]
    for place, axis in sorted(zip(destination, source, strict=True)):
        order.insert(place, axis)
    return tuple(order)


def whole_numbers(name: str, setting: str, given: Any) -> Any:
    """An int, or nested tuples of ints, of a copy of what was given."""
    array = np.array(given)
    if array.dtype.kind not in "iub" and array.size:
        raise TypeError(f"{name} got {setting}={given!r}; expected integers.")
    return nested_tuples(array.astype(int).tolist())


def nested_tuples(x: Any) -> Any:
    """Nested lists as nested tuples."""
    return tuple([nested_tuples(part) for part in x]) if isinstance(x, list) else x
