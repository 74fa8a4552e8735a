"""Plain values: what may come back from a learner's code, to and from JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

#: Numbers in one answer, at most; characters in one text.
MOST_NUMBERS, LONGEST_TEXT, DEEPEST = 200_000, 2_000, 12


@dataclass(frozen=True)
class Opaque:
    """Stands for an object that is no plain value; only the name of its type came over."""

    type_name: str

    def __str__(self) -> str:
        return f"an object of type {self.type_name}"


def encode(value: Any, depth: int = 0) -> Any:
    """``value`` in terms of JSON. Only exact built-in and NumPy types are taken at their word."""
    if value is None or type(value) in (bool, float):
        return value
    if type(value) is int:
        return value if abs(value) < 2**63 else {"object": "int (very large)"}
    if type(value) is str:
        return value[:LONGEST_TEXT]
    if isinstance(value, np.generic):
        return encode(value.item(), depth) if value.dtype.kind in "fiubU" else opaque(value)
    if type(value) is np.ndarray:
        if value.dtype.kind not in "fiub" or value.size > MOST_NUMBERS:
            return {"object": f"array of {value.size} {value.dtype.name}"}
        numbers = value.astype(np.float64).ravel().tolist()
        return {"array": numbers, "shape": list(value.shape)}
    if type(value) in (list, tuple) and depth < DEEPEST and len(value) <= MOST_NUMBERS:
        return {"list": [encode(item, depth + 1) for item in value]}
    if type(value) is dict and depth < DEEPEST and all(type(key) is str for key in value):
        return {"dict": {key: encode(item, depth + 1) for key, item in value.items()}}
    return opaque(value)


def opaque(value: Any) -> dict[str, str]:
    """The stand-in for an object that is no plain value."""
    return {"object": type(value).__name__}


def decode(coded: Any) -> Any:
    """The plain value that :func:`encode` coded; lists of equally long numbers become arrays."""
    if not isinstance(coded, dict):
        return coded
    if "array" in coded:
        return np.array(coded["array"], dtype=np.float64).reshape(coded["shape"])
    if "list" in coded:
        return as_array([decode(item) for item in coded["list"]])
    if "dict" in coded:
        return {key: decode(item) for key, item in coded["dict"].items()}
    return Opaque(coded["object"])


def as_array(items: list[Any]) -> Any:
    """The list as an array where it holds numbers, or arrays of one shape; else as it is."""
    if items and all(is_number(item) for item in items):
        return np.array(items, dtype=np.float64)
    arrays = items and all(isinstance(item, np.ndarray) for item in items)
    if arrays and all(item.shape == items[0].shape for item in items):
        return np.array(items)
    return items


def is_number(value: Any) -> bool:
    """True for a plain number; a bool counts as 0 or 1."""
    return isinstance(value, bool | int | float)


def plain(value: Any) -> Any:
    """What would arrive of ``value`` on the other side."""
    return decode(encode(value))
