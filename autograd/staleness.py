"""Stale values: data overwritten after the graph had used it. Found, and named, in the sweep."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from .node import Node


class StaleValueError(RuntimeError):
    """Data was overwritten between the forward pass that used it and the backward pass."""


def check_current(x: Node, user: Node) -> None:
    """Raise StaleValueError if ``x`` changed after ``user`` was computed from it.

    With ``user`` itself as ``x``: if its result was overwritten, or (recorded in debug mode)
    the array of one of its operands was written into.
    """
    rare = x._rare
    assert rare is not None, "a value without rare fields cannot have changed"
    if user.op is not None and rare.changed < user._order:
        raise StaleValueError(
            f"backward() through {user.op.name} at {user.origin}: "
            f"the data of {x.describe()} (made at {x.origin}) was overwritten after use. "
            f"It was used at version {_version_used(x, user)} and is now at version "
            f"{x.version}. "
            f"Compute the loss again after changing data, or call backward() before."
        )
    if x is user and rare.fingerprints is not None:
        _check_fingerprints(x, rare.fingerprints)


def _version_used(x: Node, user: Node) -> str:
    version = x.version_at(user._order)
    forgotten = x.version - len(x._rare.overwrites) if x._rare is not None else 0
    return f"{version} or earlier" if forgotten and version <= forgotten else str(version)


def remember_inputs(value: Any) -> Any:
    """Keep a checksum of each operand of a new value, and of its result."""
    value._make_rare().fingerprints = [_fingerprint(x) for x in (*value.inputs, value)]
    return value


def _fingerprint(x: Any) -> int:
    data = x._array if isinstance(x, Node) else x
    return zlib.crc32(np.asarray(data).tobytes())


def _check_fingerprints(user: Node, remembered: list[int]) -> None:
    for index, (x, before) in enumerate(zip((*user.inputs, user), remembered, strict=True)):
        if _fingerprint(x) != before:
            name = x.describe() if isinstance(x, Node) else f"operand {index}"
            version = x.version if isinstance(x, Node) else 0
            assert user.op is not None
            raise StaleValueError(
                f"backward() through {user.op.name} at {user.origin}: the array of {name} was "
                f"written into after use. It was used at version {version} and its array has "
                f"changed since. Assign to .data, or write into a copy of the array."
            )
