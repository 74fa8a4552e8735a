"""Search: the events of a trace that fit conditions, found without making the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from . import events
from .events import Event

#: A test of a number or array, or None for no test.
Condition = Callable[[Any], Any] | None
#: Which field of a step tuple is the data, or the gradient, that an event brings.
_VALUE = {events.Forward: 2, events.Update: 4}
_GRAD = {events.Seed: 3, events.Accumulate: 4, events.Zero: 3, events.Update: 4}


def matching(
    trace: Any,
    kind: str | None = None,
    op: str | None = None,
    name: str | None = None,
    value: Condition = None,
    grad: Condition = None,
    where: Callable[[Event], Any] | None = None,
    start: int = 0,
) -> Iterator[Event]:
    """The events from ``start`` on that fit, one after the other: see `Trace.find`."""
    if kind is not None and kind not in events.KINDS:
        raise ValueError(f"find() got kind={kind!r}; expected one of {', '.join(events.KINDS)}.")
    for asked, condition in (("value", value), ("grad", grad), ("where", where)):
        expect_condition("find", asked, condition)
    wanted = None if kind is None else events.KINDS[kind]
    nodes = trace.nodes
    fits = [
        (op is None or op in (node.op, node.symbol))
        and (name is None or fnmatchcase(node.name, name))
        for node in nodes
    ]
    for index in range(start, len(trace)):
        step = trace.history.steps[index]
        if wanted not in (None, step[0]) or not fits[step[1]]:
            continue
        if value is not None and not _holds(value, step, _VALUE, "data"):
            continue
        if grad is not None and not _holds(grad, step, _GRAD, "grad"):
            continue
        event = trace[index]
        if where is None or where(event):
            yield event


def expect_condition(who: str, asked: str, condition: Any) -> None:
    """Raise if a condition is neither None nor a function."""
    if condition is not None and not callable(condition):
        raise TypeError(
            f"{who}() got {asked}={condition!r}; expected a function that says yes or no, such as "
            f"lambda x: abs(x) > 10."
        )


def _holds(condition: Any, step: tuple[Any, ...], fields: dict[Any, int], what: str) -> bool:
    """True if the event of ``step`` brings data, or a gradient, for which ``condition`` holds."""
    field = fields.get(step[0])
    if field is None or (step[0] is events.Update and step[2] != what):
        return False
    return step[field] is not None and bool(np.any(condition(step[field])))
