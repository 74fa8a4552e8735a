"""The safetensors format: a length, a JSON header that says where each array is, and the arrays.

Written and read here, not by the library of that name, which takes files with flipped bits for
good and does not flush what it writes. The header's ``__metadata__`` holds the version and the
SHA-256 of the whole file, taken with zeros in its own place. Source: the format's description in
the README of github.com/huggingface/safetensors.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import numpy as np

from .entries import (
    DTYPES,
    HEADER_LIMIT,
    VERSION,
    Contents,
    Entry,
    checked_name,
    checked_shape,
    checked_version,
)
from .errors import WeightsError
from .files import Sink, Source

CODES = {"F64": DTYPES["<f8"], "F32": DTYPES["<f4"], "F16": DTYPES["<f2"]}
NAMES = {dtype: code for code, dtype in CODES.items()}
BLANK = "0" * 64


def write(sink: Sink, path: str, arrays: dict[str, Any], text: dict[str, str]) -> None:
    """Write ``stored`` arrays, and the text as part of the metadata."""
    # The widest type first: so every array starts at a multiple of its item size.
    order = sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name))
    arrays = {name: arrays[name] for name in order}
    metadata = {**text, "glassgrad": str(VERSION), "sha256": BLANK}
    header: dict[str, Any] = {"__metadata__": metadata}
    end = 0
    for name, array in arrays.items():
        start, end = end, end + array.nbytes
        header[name] = {
            "dtype": NAMES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
    raw = json.dumps(header, separators=(",", ":"), sort_keys=True).encode()
    raw += b" " * (-len(raw) % 8)
    if len(raw) > HEADER_LIMIT:
        raise WeightsError(path, None, f"a header of {len(raw)} bytes", f"at most {HEADER_LIMIT}")
    if raw.count(BLANK.encode()) != 1:
        raise WeightsError(path, None, "a name with 64 zeros in a row", "another name")
    digest = hashlib.sha256(prefix(raw))
    for array in arrays.values():
        digest.update(as_bytes(array))
    sink.write(prefix(raw.replace(BLANK.encode(), digest.hexdigest().encode())))
    for array in arrays.values():
        sink.write(as_bytes(array))


def prefix(header: bytes) -> bytes:
    """The header with its length in front, as the file begins."""
    return len(header).to_bytes(8, "little") + header


def as_bytes(array: Any) -> memoryview:
    """The bytes of the array, not copied."""
    return memoryview(array.reshape(-1).view(np.uint8))


def scan(source: Source) -> Contents:
    """What the header says, every number in it checked against the file.

    Raises:
        WeightsError: whatever is wrong with it.
    """
    path = source.path
    length = int.from_bytes(source.read_at(0, 8), "little")
    if not 2 <= length <= HEADER_LIMIT:
        raise WeightsError(
            path, None, f"a header of {length} bytes", f"a safetensors file: 2 to {HEADER_LIMIT}"
        )
    raw = source.read_at(8, length)
    header = parsed(path, raw)
    text = checked_metadata(path, header.pop("__metadata__", {}))
    claims = [checked_entry(path, name, claim, 8 + length) for name, claim in header.items()]
    entries = sorted(claims, key=lambda entry: (entry.start, entry.nbytes))
    end = 8 + length
    for entry in entries:
        if entry.start != end:
            raise WeightsError(
                path, entry.name, f"bytes from {entry.start} on", f"from {end} on, without a gap"
            )
        end += entry.nbytes
    if end != source.size:
        raise WeightsError(path, None, f"{source.size} bytes", f"{end}, as the header says")
    return Contents(entries, claimed_checksum(path, text, raw), text, raw)


def parsed(path: str, raw: bytes) -> dict[str, Any]:
    """The JSON of the header: one object, no key twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a key occurs twice")
        return found

    try:
        header = json.loads(raw.decode("utf-8"), object_pairs_hook=once, parse_constant=refused)
    except (ValueError, RecursionError) as error:
        raise WeightsError(
            path, None, f"a header that is no JSON ({str(error)[:80]})", "a safetensors file"
        ) from error
    if not isinstance(header, dict) or not raw.startswith(b"{"):
        raise WeightsError(path, None, "a header that is no JSON object", "a safetensors file")
    return header


def refused(text: str) -> Any:
    """NaN and Infinity are no JSON."""
    raise ValueError(f"{text} in JSON")


def checked_metadata(path: str, metadata: Any) -> dict[str, str]:
    """The metadata, if it maps text to text."""
    values = metadata.values() if isinstance(metadata, dict) else [None]
    if not all(isinstance(value, str) for value in values):
        raise WeightsError(path, "__metadata__", "something else", "an object of strings")
    found: dict[str, str] = metadata
    return found


def checked_entry(path: str, name: str, claim: Any, data: int) -> Entry:
    """The entry that the header describes; ``data`` is where the arrays begin."""
    checked_name(path, name)
    if not isinstance(claim, dict) or set(claim) != {"dtype", "shape", "data_offsets"}:
        raise WeightsError(path, name, "another description", "dtype, shape and data_offsets")
    dtype, offsets = claim["dtype"], claim["data_offsets"]
    if not isinstance(dtype, str) or dtype not in CODES:
        raise WeightsError(path, name, f"dtype {str(dtype)[:20]!r}", " or ".join(CODES))
    shape = checked_shape(path, name, claim["shape"])
    entry = Entry(name, CODES[dtype], shape, 0)
    whole = isinstance(offsets, list) and len(offsets) == 2 and all(type(n) is int for n in offsets)
    if not whole or offsets[0] < 0 or offsets[1] - offsets[0] != entry.nbytes:
        raise WeightsError(
            path, name, f"data_offsets {str(offsets)[:60]}", f"{entry.nbytes} bytes for {shape}"
        )
    return Entry(name, CODES[dtype], shape, data + offsets[0])


def claimed_checksum(path: str, text: dict[str, str], raw: bytes) -> str | None:
    """The checksum in the metadata, after a look at the version; None in others' files."""
    # One of the two is enough: with the other damaged, it is still no file of others.
    if "glassgrad" not in text and "sha256" not in text:
        return None
    checked_version(path, text.get("glassgrad", ""))
    checksum = text.get("sha256", "")
    if not re.fullmatch("[0-9a-f]{64}", checksum) or raw.count(checksum.encode()) != 1:
        raise WeightsError(path, "__metadata__", f"sha256 {checksum[:80]!r}", "64 hex digits, once")
    return checksum


def fill(source: Source, contents: Contents, arrays: dict[str, Any]) -> None:
    """Read all arrays in order; then the checksum must be the one that the file claims.

    Raises:
        WeightsError: the checksum is another.
    """
    blank = contents.header
    if contents.checksum is not None:
        blank = blank.replace(contents.checksum.encode(), BLANK.encode())
    source.hash.update(prefix(blank))
    source.read_at(0, 8 + len(blank))
    for entry in contents.entries:
        source.read_into(arrays[entry.name])
    source.verify(contents.checksum)
