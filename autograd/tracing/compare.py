"""Comparing two traces: where they part, and which values and gradients differ."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .events import Event, written


class Change(NamedTuple):
    """One value, or gradient, at the end of both traces; None where one of them has none.

    ``what`` is ``"value"`` or ``"grad"``, or ``"op"`` for a node that was computed otherwise: then
    ``mine`` and ``other`` say how.
    """

    name: str
    what: str
    mine: Any
    other: Any

    def __repr__(self) -> str:
        if self.what == "op":
            return f"{self.name}: {self.mine or 'not there'} | {self.other or 'not there'}"
        name = self.name if self.what == "value" else f"{self.name}.grad"
        text = f"{name}: {written(self.mine)} | {written(self.other)}"
        if self.mine is None or self.other is None or np.shape(self.mine) != np.shape(self.other):
            return text
        largest = float(np.max(np.abs(np.subtract(self.other, self.mine)), initial=0.0))
        return f"{text} (differs by {largest:.6g})"


class Diff(NamedTuple):
    """What differs between two traces; false if nothing does.

    ``first`` holds the first two events that are not equal, or None; either of them is None where
    a trace has ended.
    """

    first: tuple[Event | None, Event | None] | None
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return self.first is not None or bool(self.changes)

    def __repr__(self) -> str:
        if not self:
            return "no difference"
        lines = []
        if self.first is not None:
            lines.append(f"first at {self.first[0] or 'the end'} | {self.first[1] or 'the end'}")
        lines += [repr(change) for change in self.changes]
        return "\n".join(lines)


def diff(mine: Any, other: Any) -> Diff:
    """What differs between two traces: `Trace.diff`."""
    return Diff(_first(mine, other), tuple(_changes(mine, other)))


def _first(mine: Any, other: Any) -> tuple[Event | None, Event | None] | None:
    for a, b in zip(mine, other, strict=False):
        if a != b:
            return a, b
    if len(mine) == len(other):
        return None
    shorter = min(len(mine), len(other))
    ends = [trace[shorter] if len(trace) > shorter else None for trace in (mine, other)]
    return ends[0], ends[1]


def _changes(mine: Any, other: Any) -> list[Change]:
    found = []
    names = list(dict.fromkeys([*mine.history.named, *other.history.named]))
    for name in names:
        a, b = mine.history.named.get(name), other.history.named.get(name)
        if a is None or b is None or a.form != b.form:
            forms = [None if x is None else x.form or "a leaf" for x in (a, b)]
            found.append(Change(name, "op", *forms))
            continue
        pairs = [(mine.last.value(a), other.last.value(b)), (mine.last.grad(a), other.last.grad(b))]
        for what, (x, y) in zip(("value", "grad"), pairs, strict=True):
            if not same(x, y):
                found.append(Change(name, what, x, y))
    return found


def same(x: Any, y: Any) -> bool:
    """True if both are the same numbers in the same shape, or both None."""
    if x is None or y is None:
        return x is y
    return np.array_equal(x, y, equal_nan=True)
