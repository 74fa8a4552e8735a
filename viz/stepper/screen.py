"""Screen: what is shown at one step, as lines of text, each with the part that it plays."""

from __future__ import annotations

import linecache
import os
from typing import Any, NamedTuple

from autograd.origin import Origin
from autograd.tracing import (
    Accumulate,
    Contribution,
    Event,
    Forward,
    Seed,
    State,
    TraceNode,
    Update,
    Zero,
)  # fmt: skip
from autograd.tracing.events import axes, brief, written

from .expressions import ExpressionError
from .session import Session

#: Operands, or users, of a value that are written out.
SHOWN = 6
BAR = 24
#: Characters that the result of an equation may take.
WIDE = 60


class Line(NamedTuple):
    """One line, and which part of the screen it belongs to."""

    part: str
    text: str


def screen(session: Session) -> list[Line]:
    """The lines to show where the session is."""
    lines = [Line("position", position(session))]
    event = session.event
    if event is None:
        count = len(session.trace.nodes)
        return [*lines, Line("equation", f"  before the first event; {count} values take part")]
    lines += source(event)
    lines.append(Line("equation", f"  {equation(event, session.state)}"))
    lines += neighbours(session)
    for number, watch in session.watches.items():
        lines.append(
            Line("watch", f"  watch {number}: {watch.text} = {worked_out(session, watch)}")
        )
    return lines


def position(session: Session) -> str:
    """``[#####...................] 12/46 contribution, backward pass 1, layer 2``."""
    done = (session.at + 1) * BAR // max(1, len(session.trace))
    bar = "#" * done + "." * (BAR - done)
    event = session.event
    parts = []
    if event is not None:
        parts.append(event.kind)
        number = getattr(event, "sweep", 0)
        if number:
            parts.append(f"backward pass {number}")
        if event.node.scope:
            parts.append(event.node.scope)
    return f"[{bar}] {session.at}/{session.end} {', '.join(parts)}".rstrip()


def source(event: Event) -> list[Line]:
    """The line of the user's code, with the sub-expression underlined."""
    own = isinstance(event, Zero | Update)
    place = event.origin if isinstance(event, Zero | Update) else event.node.origin
    text = "" if own else event.node.source
    return underlined(place, text)


def underlined(place: Origin, text: str = "") -> list[Line]:
    """A line of source code with what belongs to ``place`` underlined."""
    text = text or linecache.getline(place.filename, place.line).rstrip()
    head = f"  {os.path.basename(place.filename)}:{place.line}  "
    if not text:
        return [Line("source", head.rstrip())]
    start, length = span(place, text)
    indent = len(text) - len(text.lstrip())
    lines = [Line("source", head + text.lstrip())]
    if length:
        lines.append(Line("underline", " " * (len(head) + start - indent) + "^" * length))
    return lines


def span(place: Origin, text: str) -> tuple[int, int]:
    """Where in its line the expression begins, and its length there, in characters."""
    # Columns are offsets in UTF-8 bytes.
    encoded = text.encode()
    end = place.end_column if place.end_line == place.line else len(encoded)
    before = encoded[: place.column].decode(errors="ignore")
    return len(before), len(encoded[place.column : end].decode(errors="ignore"))


# -- the equation


def equation(event: Event, state: State) -> str:
    """What happened, with its numbers."""
    node = event.node
    if isinstance(event, Forward):
        with_numbers = numbers_in(node, state)
        middle = f" = {with_numbers}" if with_numbers else ""
        return f"{node.name} = {node.form}{middle} = {brief(event.value, WIDE)}"
    if isinstance(event, Seed):
        return f"δ({node.name}) = {written(event.gradient)}, with which the pass begins"
    if isinstance(event, Contribution):
        return f"δ({event.input.name}) gets {product(event)}"
    if isinstance(event, Accumulate):
        return accumulation(event, state)
    place = event.origin  # type: ignore[attr-defined]
    return f"{event.text}, by {place.expression or place}"


def product(event: Contribution) -> str:
    """``upstream 3.0 · local 1.5 = 4.5``."""
    local = event.local
    by = f"through {event.node.op}'s rule" if local is None else f"· local {brief(local)}"
    summed = f", summed over {axes(event.summed)}," if event.summed else ""
    return f"upstream {brief(event.upstream)} {by}{summed} = {brief(event.product, WIDE)}"


def accumulation(event: Accumulate, state: State) -> str:
    """``δ(x) = 3.0 + 1.5 = 4.5, 2 of 3 uses``."""
    name = event.node.name
    if event.cause == "stored":
        return f"{name}.grad = {written(event.before)} + δ = {written(event.after)}"
    if event.cause == "hook":
        return f"δ({name}): {written(event.before)} → {written(event.after)}, put there by a hook"
    came, every = state.progress(event.node)
    uses = f"{came} of {every} uses" + (": final" if came == every else "")
    total = f"{brief(event.after, WIDE)}, {uses}"
    if event.before is None:
        return f"δ({name}) = {total}"
    return f"δ({name}) = {brief(event.before)} + {brief(event.added)} = {total}"


def numbers_in(node: TraceNode, state: State) -> str:
    """The form of a node with numbers for names, where they are few: ``3.0 * 2.0``."""
    if node.block is None or node.block.variadic or node.shape:
        return ""
    numbers = {}
    for name, x in zip(node.block.input_names, node.inputs, strict=True):
        data = state.value(x) if isinstance(x, TraceNode) else x
        if getattr(data, "shape", ()):
            return ""
        text = f"{float(data):.6g}"
        loose = text.startswith("-") and node.block.precedence < 9
        numbers[name] = f"({text})" if loose else text
    return node.block.pattern.format(**numbers)


# -- around


def neighbours(session: Session) -> list[Line]:
    """The operands of the event's value, and the values that use it."""
    event = session.event
    assert event is not None
    state, lines = session.state, []
    node = event.node
    operands = [x for x in node.inputs if isinstance(x, TraceNode)]
    if operands:
        lines.append(Line("parents", f"  from {listed(operands, state)}"))
    users = session.trace.history.users.get(node.id, [])
    if users:
        names = [f"{user.name}[{slot}]" for user, slot in users[:SHOWN]]
        more = f", … {len(users) - SHOWN} more" if len(users) > SHOWN else ""
        lines.append(Line("children", f"  used by {', '.join(names)}{more}"))
    return lines


def listed(nodes: list[TraceNode], state: State) -> str:
    """Nodes with data and gradient: ``w = 2.0 (δ —)``."""
    parts = [summary(node, state) for node in dict.fromkeys(nodes)]
    more = f", … {len(parts) - SHOWN} more" if len(parts) > SHOWN else ""
    return ", ".join(parts[:SHOWN]) + more


def summary(node: TraceNode, state: State) -> str:
    """A node with its data and what its gradient is now: not reached, partial or final."""
    data = brief(state.value(node))
    if not node.requires_grad:
        return f"{node.name} = {data}"
    came, every = state.progress(node)
    delta = brief(state.delta(node))
    if 0 < came < every:
        delta += f", {came} of {every}"
    return f"{node.name} = {data} (δ {delta})"


def worked_out(session: Session, expression: Any) -> str:
    """The value of an expression now, as text."""
    try:
        return shown(expression.at(session.state))
    except ExpressionError as error:
        return f"({error})"


def shown(x: Any) -> str:
    """Anything that an expression may give, on one line."""
    if x is None:
        return written(None)
    if hasattr(x, "dtype") and x.dtype.kind == "f":
        return written(x)
    return repr(x)
