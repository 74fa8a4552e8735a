"""Conditions: what stops a run through a trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np

from autograd.tracing import Accumulate, Contribution, Event, Forward, Seed, Trace, Update

from .expressions import Expression

#: What may stand behind ``break``, for the help.
FORMS = (
    "op tanh", "name w*", "kind seed", "layer 2", "shape (2, 3)", "nan", "inf", "grad>10",
    "grad<1e-6", "w.grad > 3 and w < 0",
)  # fmt: skip


class Breakpoint(NamedTuple):
    """A condition on one event of a trace, as it was typed."""

    text: str
    holds: Callable[[Trace, int], bool]


def breakpoint_of(text: str, trace: Trace) -> Breakpoint:
    """The breakpoint that a text describes: one of `FORMS`, or any expression.

    Raises:
        ExpressionError: it is none of the forms, and no expression.
    """
    text = text.strip()
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    if word in _OF_EVENT and rest and re.fullmatch(r"[\w*?\[\]():., -]+", rest):
        return Breakpoint(text, _on_event(_OF_EVENT[word], rest))
    if text in ("nan", "inf"):
        odd = np.isnan if text == "nan" else np.isinf
        return Breakpoint(text, _on_event(_brings(odd), ""))
    size = re.fullmatch(r"grad\s*(<=|>=|<|>)\s*([-+\d.e]+)", text)
    if size:
        compare, number = _COMPARE[size[1]], float(size[2])
        return Breakpoint(text, _on_event(_grad_size(compare, number), ""))
    expression = Expression(text, trace)
    return Breakpoint(text, lambda trace, index: expression.holds(trace.at(index)))


def _on_event(test: Callable[[Event, str], bool], rest: str) -> Callable[[Trace, int], bool]:
    return lambda trace, index: test(trace[index], rest)


_COMPARE: dict[str, Any] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal
}  # fmt: skip


def _op(event: Event, wanted: str) -> bool:
    """The forward step of such an op, and its turn in the backward pass."""
    fits = event.node.op is not None and wanted in (event.node.op, event.node.symbol)
    return fits and (isinstance(event, Forward | Seed) or _turn(event))


def _turn(event: Event) -> bool:
    """The first contribution that a value passes on."""
    return isinstance(event, Contribution) and event.slot == _first_slot(event)


def _first_slot(event: Contribution) -> int:
    for slot, x in enumerate(event.node.inputs):
        if getattr(x, "requires_grad", False):
            return slot
    return 0


def _name(event: Event, pattern: str) -> bool:
    return not isinstance(event, Contribution) and fnmatchcase(event.node.name, pattern)


def _kind(event: Event, kind: str) -> bool:
    return event.kind == kind


def _layer(event: Event, layer: str) -> bool:
    return in_layer(event.node.scope, layer) and isinstance(event, Forward | Contribution)


def in_layer(scope: str, layer: str) -> bool:
    """True if a scope is the layer of that name or number, or lies in it."""
    parts = scope.split(".")
    return bool(scope) and (layer in parts or f"layer {layer}" in parts or layer == scope)


def _shape(event: Event, shape: str) -> bool:
    wanted = tuple(int(number) for number in re.findall(r"\d+", shape))
    return isinstance(event, Forward) and event.node.shape == wanted


_OF_EVENT: dict[str, Callable[[Event, str], bool]] = {
    "op": _op, "name": _name, "kind": _kind, "layer": _layer, "shape": _shape
}  # fmt: skip


def brought(event: Event) -> Any:
    """The number or array that an event brings."""
    if isinstance(event, Forward):
        return event.value
    if isinstance(event, Seed):
        return event.gradient
    return event.product if isinstance(event, Contribution) else event.after  # type: ignore


def _brings(odd: Any) -> Callable[[Event, str], bool]:
    def test(event: Event, _: str) -> bool:
        data = brought(event)
        return data is not None and bool(odd(data).any())

    return test


def _grad_size(compare: Any, number: float) -> Callable[[Event, str], bool]:
    def test(event: Event, _: str) -> bool:
        if isinstance(event, Seed):
            return bool(compare(np.abs(event.gradient), number).any())
        if isinstance(event, Accumulate):
            return bool(compare(np.abs(event.after), number).any())
        changed = isinstance(event, Update) and event.what == "grad"
        return changed and bool(compare(np.abs(event.after), number).any())  # type: ignore

    return test


def is_same(a: Any, b: Any) -> bool:
    """True if a watched expression has not changed."""
    if a is None or b is None:
        return a is b
    return np.shape(a) == np.shape(b) and bool(np.array_equal(a, b, equal_nan=_numbers(a)))


def _numbers(x: Any) -> bool:
    return np.asarray(x).dtype.kind == "f"
