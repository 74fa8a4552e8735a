"""Entries: what a file says it holds, checked before anything of that size is allocated."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .errors import WeightsError

#: Names that are the same in every file system, archive and language.
NAME = re.compile(r"[A-Za-z0-9_./-]+")
#: Longest name, and bytes of all headers of a file together.
NAME_LIMIT = 1000
HEADER_LIMIT = 1 << 20
#: The floating types that files hold, all little-endian.
DTYPES = {name: np.dtype(name) for name in ("<f8", "<f4", "<f2")}
#: The version of the files written here; files of a later one are refused.
VERSION = 1


@dataclass(frozen=True)
class Entry:
    """One array of a file: where its bytes are and what they mean."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int
    #: True where the first axis varies fastest, as in arrays that were transposed.
    fortran: bool = False
    #: CRC-32 of the header of the array and its bytes, in a zip archive.
    crc: int = 0

    @property
    def nbytes(self) -> int:
        """Size in bytes; a Python int, which does not overflow."""
        return math.prod(self.shape) * self.dtype.itemsize


@dataclass(frozen=True)
class Contents:
    """What the headers of a file say: its arrays in the order of their bytes, text, checksum.

    ``checksum`` is the SHA-256 that the file claims, None in a file that another program wrote.
    """

    entries: list[Entry]
    checksum: str | None
    text: dict[str, str] = field(default_factory=dict)
    header: bytes = b""


def checked_name(path: str, name: str) -> str:
    """The name, if an entry may have it.

    Raises:
        WeightsError: an empty, overlong or strange name, or one that climbs out of its folder.
    """
    parts = name.split("/")
    strange = "" in parts or ".." in parts or "." in parts
    if not NAME.fullmatch(name) or strange or len(name) > NAME_LIMIT:
        raise WeightsError(
            path,
            name[:80],
            "a name that is not allowed",
            f"up to {NAME_LIMIT} letters, digits and _ . / - without '..'",
        )
    return name


def checked_shape(path: str, name: str, shape: Any) -> tuple[int, ...]:
    """The shape as a tuple, if NumPy could have it."""
    whole = isinstance(shape, list | tuple) and all(type(n) is int for n in shape)
    if not whole or len(shape) > 32 or not all(0 <= n < 1 << 62 for n in shape):
        text = str(shape)[:80]
        raise WeightsError(path, name, f"the shape {text}", "up to 32 whole numbers >= 0")
    return tuple(shape)


def as_stored(path: str, name: str, array: Any) -> Any:
    """The array as a file keeps it: C order, little-endian, one of the three types."""
    array = np.asarray(array)
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise WeightsError(path, name, f"{array.dtype} numbers", "float64, float32 or float16")
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)


def stored(path: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """All arrays as files keep them.

    Raises:
        WeightsError: nothing to save, names or numbers that cannot be kept.
    """
    if not arrays:
        raise WeightsError(path, None, "no arrays", "at least one")
    return {checked_name(path, name): as_stored(path, name, a) for name, a in arrays.items()}


def checked_version(path: str, text: str) -> int:
    """The version, if it is one that can be read here."""
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise WeightsError(path, None, f"format version {text[:20]!r}", f"1 to {VERSION}")
    if int(text) > VERSION:
        raise WeightsError(
            path,
            None,
            f"format version {int(text)}",
            f"version {VERSION} or older",
            "The file comes from a newer glassgrad; update it to read the file.",
        )
    return int(text)
