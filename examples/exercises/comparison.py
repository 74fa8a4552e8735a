"""Comparison: the parent's own checker, on plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .plain import Opaque, is_number
from .probing import Outcome


@dataclass(frozen=True)
class Difference:
    """One place where an answer is not the expected one. ``kind``: value, shape, type, missing,
    raised, changed."""

    where: str
    expected: Any
    got: Any
    kind: str


def differences(
    expected: Outcome, got: Outcome, parts: tuple[str, ...] = (), tolerance: float = 1e-6
) -> list[Difference]:
    """Where two outcomes of one probe differ; an empty list where they agree."""
    if expected.raised or got.raised:
        if expected.raised == got.raised:
            return []
        return [Difference("", expected.raised or expected.value, got, "raised")]
    found = compare(expected.value, got.value, "", parts, tolerance)
    if got.changed != expected.changed:
        found.append(Difference("", expected.changed, got.changed, "changed"))
    return found


def agree(one: list[Outcome], other: list[Outcome], tolerance: float) -> bool:
    """True where all outcomes agree, one by one."""
    pairs = zip(one, other, strict=True)
    return all(not differences(a, b, tolerance=tolerance) for a, b in pairs)


def compare(
    expected: Any, got: Any, where: str, parts: tuple[str, ...], tolerance: float
) -> list[Difference]:
    """The differences between two plain values, each with its place."""
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return [Difference(where, expected, got, "type")]
        return compare_items(expected, got, where, tolerance)
    if isinstance(expected, list) or (parts and isinstance(expected, np.ndarray)):
        return compare_lists(expected, got, where, parts, tolerance)
    if is_number(expected):
        return compare_numbers(expected, got, where, tolerance)
    if isinstance(expected, np.ndarray):
        return compare_arrays(expected, got, where, tolerance)
    same = type(got) is type(expected) and got == expected and not isinstance(got, Opaque)
    return [] if same else [Difference(where, expected, got, "value")]


def compare_items(expected: dict, got: dict, where: str, tolerance: float) -> list[Difference]:
    found = []
    for key in expected:
        place = f"{where}.{key}" if where else key
        if key not in got:
            found.append(Difference(place, expected[key], None, "missing"))
        else:
            found += compare(expected[key], got[key], place, (), tolerance)
    return found


def compare_lists(
    expected: Any, got: Any, where: str, parts: tuple[str, ...], tolerance: float
) -> list[Difference]:
    """Lists and tuples, item by item; ``parts`` are the names of the items."""
    if not (isinstance(got, list) or (isinstance(got, np.ndarray) and got.ndim)):
        return [Difference(where, expected, got, "type")]
    if len(got) != len(expected):
        return [Difference(where, expected, got, "length")]
    found = []
    for i, (one, other) in enumerate(zip(expected, got, strict=True)):
        place = parts[i] if i < len(parts) else f"{where}[{i}]"
        found += compare(scalar(one), scalar(other), place, (), tolerance)
    return found


def scalar(value: Any) -> Any:
    """An item of an array as a number."""
    return float(value) if isinstance(value, np.floating) else value


def compare_numbers(expected: float, got: Any, where: str, tolerance: float) -> list[Difference]:
    got = float(got) if isinstance(got, np.ndarray) and got.shape == () else got
    if isinstance(got, np.ndarray):
        return [Difference(where, expected, got, "shape")]
    if not is_number(got):
        return [Difference(where, expected, got, "type")]
    if close(float(expected), got, tolerance):
        return []
    truth = isinstance(expected, bool) and isinstance(got, bool)
    return [Difference(where, expected if truth else float(expected), got, "value")]


def compare_arrays(expected: Any, got: Any, where: str, tolerance: float) -> list[Difference]:
    if expected.shape == () and is_number(got):
        got = np.array(float(got))
    if is_number(got):
        return [Difference(where, expected, got, "shape")]
    if not isinstance(got, np.ndarray):
        return [Difference(where, expected, got, "type")]
    if got.shape != expected.shape:
        return [Difference(where, expected, got, "shape")]
    return [] if close(expected, got, tolerance) else [Difference(where, expected, got, "value")]


def close(expected: Any, got: Any, tolerance: float) -> bool:
    """True where numbers agree to ``tolerance``, relative or, for small ones, absolute."""
    same = np.isclose(got, expected, rtol=tolerance, atol=tolerance * 1e-3, equal_nan=True)
    return bool(np.all(same))
