"""Conditions: what stops a run through a trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np

from autograd.tracing import (
    Accumulate,
    Contribution,
    Event,
    Forward,
    Seed,
    Trace,
    TraceNode,
    Update,
    Zero,
)  # fmt: skip
from autograd.tracing.events import KINDS

from .expressions import Expression

#: What may stand behind ``break``, for the help.
FORMS = (
    "op tanh", "name w*", "kind seed", "layer 2", "shape (2, 3)", "nan", "inf", "grad>10",
    "grad<1e-6", "w.grad > 3 and w < 0",
)  # fmt: skip


class Breakpoint(NamedTuple):
    """A condition on one event of a trace, as it was typed.

    It is asked about hundreds of thousands of events, so it reads a step of the trace's history
    rather than make an event of it.
    """

    text: str
    holds: Callable[[Trace, int], bool]


def breakpoint_of(text: str, trace: Trace) -> Breakpoint:
    """The breakpoint that a text describes: one of `FORMS`, or any expression.

    An expression stops only where an event touches one of the values that it names.

    Raises:
        ExpressionError: it is none of the forms, and no expression.
    """
    text = text.strip()
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    if word in CHOOSING and rest and re.fullmatch(r"[^=<>]+", rest):
        chooses, kinds = CHOOSING[word]
        chosen = {node.id for node in trace.nodes if chooses(node, rest)}
        return Breakpoint(text, _on_nodes(chosen, kinds))
    if word == "kind" and rest in KINDS:
        return Breakpoint(text, _on_kind(KINDS[rest]))
    if text in ("nan", "inf"):
        return Breakpoint(text, _on_number(np.isnan if text == "nan" else np.isinf, BROUGHT))
    size = re.fullmatch(r"grad\s*(<=|>=|<|>)\s*([-+\d.e]+)", text)
    if size:
        compare, number = _COMPARE[size[1]], float(size[2])
        return Breakpoint(text, _on_number(lambda x: compare(np.abs(x), number), GRADIENT))
    expression = Expression(text, trace)
    # A name that is not there is found now, not in the middle of a run.
    expression.at(trace.last)
    return Breakpoint(text, _on_expression(expression))


def _on_nodes(chosen: set[int], kinds: tuple[type[Event], ...]) -> Callable[[Trace, int], bool]:
    def holds(trace: Trace, index: int) -> bool:
        step = trace.history.steps[index]
        if step[1] not in chosen or step[0] not in kinds:
            return False
        # Of the contributions that a value passes on, the first is its turn.
        return step[0] is not Contribution or step[3] == _first_slot(trace.nodes[step[1]])

    return holds


def _on_kind(kind: type[Event]) -> Callable[[Trace, int], bool]:
    return lambda trace, index: trace.history.steps[index][0] is kind


def _on_number(test: Any, fields: dict[type[Event], int]) -> Callable[[Trace, int], bool]:
    def holds(trace: Trace, index: int) -> bool:
        step = trace.history.steps[index]
        field = fields.get(step[0])
        if field is None or (step[0] is Update and fields is GRADIENT and step[2] != "grad"):
            return False
        return step[field] is not None and bool(np.any(test(step[field])))

    return holds


def _on_expression(expression: Expression) -> Callable[[Trace, int], bool]:
    def holds(trace: Trace, index: int) -> bool:
        return expression.may_change_at(index) and expression.holds(trace.at(index))

    return holds


_COMPARE: dict[str, Any] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal
}  # fmt: skip
#: Which field of a step is the number that an event brings, or the gradient that it leaves.
BROUGHT: dict[type[Event], int] = {Forward: 2, Seed: 3, Contribution: 6, Accumulate: 4, Update: 4}
GRADIENT: dict[type[Event], int] = {Seed: 3, Accumulate: 4, Update: 4}


def _first_slot(node: TraceNode) -> int:
    """The place of the first operand that gets a contribution."""
    needs = [getattr(x, "requires_grad", False) for x in node.inputs]
    return needs.index(True)


def _op(node: TraceNode, op: str) -> bool:
    return node.op is not None and op in (node.op, node.symbol)


def _name(node: TraceNode, pattern: str) -> bool:
    return fnmatchcase(node.name, pattern)


def _layer(node: TraceNode, layer: str) -> bool:
    return in_layer(node.scope, layer)


def in_layer(scope: str, layer: str) -> bool:
    """True if a scope is the layer of that name or number, or lies in it."""
    parts = scope.split(".")
    return bool(scope) and (layer in parts or f"layer {layer}" in parts or layer == scope)


def _shape(node: TraceNode, shape: str) -> bool:
    return node.shape == tuple(int(number) for number in re.findall(r"\d+", shape))


#: How each form chooses values, and at which of their events it stops.
CHOOSING: dict[str, tuple[Callable[[TraceNode, str], bool], tuple[type[Event], ...]]] = {
    "op": (_op, (Forward, Seed, Contribution)),
    "name": (_name, (Forward, Seed, Accumulate, Zero, Update)),
    "layer": (_layer, (Forward, Contribution)),
    "shape": (_shape, (Forward,)),
}


def is_same(a: Any, b: Any) -> bool:
    """True if a watched expression has not changed."""
    if a is None or b is None:
        return a is b
    return np.shape(a) == np.shape(b) and bool(np.array_equal(a, b, equal_nan=_numbers(a)))


def _numbers(x: Any) -> bool:
    return np.asarray(x).dtype.kind == "f"
