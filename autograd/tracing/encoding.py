"""Encoding: numbers, arrays, settings and places in source code as JSON that has no NaN.

A number that is not finite is the string ``"NaN"``, ``"Infinity"`` or ``"-Infinity"``. An array
is ``{"dtype", "shape", "data"}``, its data flat in row order.
"""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from ..origin import Origin

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Opaque:
    """A setting that JSON cannot hold (a function, say); only the name of its type is kept."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return f"<{self.kind}>"


def number(x: float) -> float | str:
    """A float, or the word for one that is not finite."""
    x = float(x)
    if math.isfinite(x):
        return x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"


def data(x: Any) -> Any:
    """Data of a value: a float64 scalar as a number, anything else with dtype and shape."""
    if x is None:
        return None
    return number(x) if type(x) is np.float64 else array(x)


def array(x: Any) -> dict[str, Any]:
    """An array, or a NumPy scalar, with dtype and shape."""
    flat = np.asarray(x).ravel().tolist()
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        flat = [number(element) for element in flat]
    return {"dtype": str(x.dtype), "shape": list(x.shape), "data": flat}


def read_data(x: Any) -> Any:
    """Data of a value from its JSON."""
    if x is None:
        return None
    return read_array(x) if isinstance(x, dict) else np.float64(read_number(x))


def read_number(x: Any) -> float:
    """A float from its JSON."""
    if isinstance(x, str):
        return _WORDS[x]
    if isinstance(x, bool) or not isinstance(x, int | float):
        raise TypeError(f"got {type(x).__name__} in the place of a number")
    return float(x)


def read_array(x: dict[str, Any]) -> Any:
    """An array, or a NumPy scalar, from its JSON."""
    dtype = np.dtype(x["dtype"])
    if dtype.kind not in "fiub":
        raise TypeError(f"got an array of dtype {dtype}")
    flat = x["data"]
    if any(isinstance(element, str) for element in flat):
        flat = [read_number(element) for element in flat]
    return np.array(flat, dtype).reshape(x["shape"])[()]


def setting(x: Any) -> Any:
    """A setting of an op, or a constant operand: numbers, texts, indices, arrays, tuples."""
    if x is None or isinstance(x, bool | int | str):
        return {"text": x} if isinstance(x, str) else x
    if type(x) is float:
        return number(x)
    if isinstance(x, np.ndarray | np.generic) and x.dtype.kind in "fiub":
        return array(x)
    if isinstance(x, tuple | list):
        return {type(x).__name__: [setting(part) for part in x]}
    if isinstance(x, slice):
        return {"slice": [setting(part) for part in (x.start, x.stop, x.step)]}
    return {"ellipsis": True} if x is Ellipsis else {"opaque": type(x).__name__}


def read_setting(x: Any) -> Any:
    """A setting from its JSON."""
    if x is None or isinstance(x, bool | int | float):
        return x
    if isinstance(x, str):
        return read_number(x)
    if "dtype" in x:
        return read_array(x)
    ((kind, content),) = x.items()
    if kind in ("tuple", "list", "slice"):
        parts = [read_setting(part) for part in content]
        return slice(*parts) if kind == "slice" else parts if kind == "list" else tuple(parts)
    return {"text": content, "ellipsis": ...}.get(kind, Opaque(str(content)))


def origin(place: Origin) -> dict[str, Any]:
    """A place in source code; of the file its name alone, so that no path leaves the machine."""
    return {**place._asdict(), "filename": os.path.basename(place.filename)}


def read_origin(x: dict[str, Any]) -> Origin:
    """A place in source code from its JSON."""
    return Origin(**{name: x[name] for name in Origin._fields})
