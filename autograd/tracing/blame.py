"""Blame: where a NaN or an infinity is born, from the events of a trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..nonfinite import born, finite, kind_of
from . import events
from .events import Event
from .nodes import TraceNode


class Birth(NamedTuple):
    """The event that brings a NaN or infinity which was in nothing that it was computed from.

    What a contribution was computed from is its upstream δ: that it is infinite because data is
    counts as born there, too.

    ``kind`` is ``"NaN"`` or ``"inf"``, ``node`` the value to blame: the one that the op computed,
    the one from which an edge passed it back, or that in which a sum overflowed.
    """

    kind: str
    event: Event
    node: TraceNode
    text: str

    def __repr__(self) -> str:
        return self.text


def births(trace: Any, start: int = 0) -> Iterator[Birth]:
    """Every birth of a NaN or infinity, in order."""
    steps = trace.history.steps
    with np.errstate(all="ignore"):
        for index in range(start, len(steps)):
            kind, found = steps[index][0], None
            if kind is events.Forward:
                if not finite(steps[index][2]):
                    found = forward_birth(trace, index)
            elif kind is events.Contribution:
                if not finite(steps[index][6]):
                    found = contribution_birth(trace, index)
            elif kind is events.Accumulate:
                if not finite(steps[index][4]):
                    found = sum_birth(trace, index)
            elif kind is events.Update and not finite(steps[index][4]):
                found = update_birth(trace, index)
            if found is not None:
                yield found


def forward_birth(trace: Any, index: int) -> Birth | None:
    """The birth in a forward event, of a leaf or constant that is NaN, or None."""
    event = trace[index]
    node, (out, *data) = event.node, trace.history.operands(event.node.id, index)
    for slot, x in enumerate(data):
        source = node.inputs[slot]
        leaf = not isinstance(source, TraceNode) or source.op is None
        if leaf and kind_of(x) == "NaN":
            text = (
                f"{node.op} at {node.origin} got NaN in {operand(node, slot)}: it was there before "
                f"anything was computed."
            )
            return Birth("NaN", event, source if isinstance(source, TraceNode) else node, text)
    kind = born(out, *data)
    if kind is None:
        return None
    return Birth(
        kind, event, node,
        f"{kind} born in the forward pass of {node.op} at {node.origin}: {listed(node, data)} gave "
        f"{short(out)}.",
    )  # fmt: skip


def contribution_birth(trace: Any, index: int) -> Birth | None:
    """The birth in what an edge passes back, or None."""
    event = trace[index]
    kind = born(event.product, event.upstream)
    if kind is None:
        return None
    node, (out, *data) = event.node, event.data
    return Birth(
        kind, event, node,
        f"{kind} born in the backward pass, in the contribution of {node.op} at {node.origin} to "
        f"{operand(node, event.slot)}: upstream δ = {short(event.upstream)}, {listed(node, data)}, "
        f"result {short(out)}; the rule{rule_place(node, event.slot)} gave {short(event.product)}. "
        f"From the loss: {way(trace, event.sweep, node)}.",
    )  # fmt: skip


def sum_birth(trace: Any, index: int) -> Birth | None:
    """The birth in adding up two contributions, or None."""
    event = trace[index]
    if event.before is None or event.cause != "contribution":
        return None
    edge = trace[index - 1]
    kind = born(event.after, event.before, event.added)
    if kind is None:
        return None
    x = event.node
    return Birth(
        kind, event, x,
        f"{kind} born in the backward pass, in adding up the gradient of {x.describe()} (made at "
        f"{x.origin}): {short(event.before)} + {short(event.added)}, the latter from "
        f"{edge.node.op} at {edge.node.origin}. From the loss: "
        f"{way(trace, event.sweep, edge.node)}.",
    )  # fmt: skip


def update_birth(trace: Any, index: int) -> Birth | None:
    """The birth in an assignment to a value's data, or to its gradient, or None."""
    event = trace[index]
    kind = born(event.after, *(() if event.before is None else (event.before,)))
    if kind is None:
        return None
    what = "data" if event.what == "data" else "gradient"
    text = f"{kind} assigned to the {what} of {event.node.describe()} at {event.origin}."
    return Birth(kind, event, event.node, text)


# -- words


def operand(node: TraceNode, slot: int) -> str:
    """Name of an operand."""
    x = node.inputs[slot]
    return x.describe() if isinstance(x, TraceNode) else f"operand {slot} (a constant)"


def listed(node: TraceNode, data: list[Any]) -> str:
    """The operands of a node, with their names and data."""
    return ", ".join(f"{operand(node, slot)} = {short(x)}" for slot, x in enumerate(data))


def rule_place(node: TraceNode, slot: int) -> str:
    """Name and line of the derivative rule of an edge, in brackets; "" if it is not known."""
    if node.block is None:
        return ""
    rule = node.block.rules[slot]
    code = getattr(rule, "func", rule).__code__
    return f" ({code.co_qualname}, line {code.co_firstlineno})"


def short(x: Any) -> str:
    """Numbers on one line; of a large array the first element that is not finite."""
    data = np.asarray(x)
    if data.size <= 6:
        return " ".join(np.array2string(data, precision=4, separator=", ").split())
    bad = np.argwhere(~np.isfinite(data))
    if len(bad):
        place = tuple(int(k) for k in bad[0])
        return f"array {data.shape} with {len(bad)} not finite, first {data[place]} at {place}"
    return f"array {data.shape} from {data.min():.4g} to {data.max():.4g}"


def way(trace: Any, sweep: int, node: TraceNode, shown: int = 8) -> str:
    """The ops on one shortest way from the root of a pass to a node."""
    root = trace.nodes[trace.history.sweeps[sweep - 1].root]
    came_from: dict[TraceNode, TraceNode | None] = {root: None}
    waiting = [root]
    for at in waiting:
        if at is node:
            break
        for x in at.inputs:
            if isinstance(x, TraceNode) and x not in came_from:
                came_from[x] = at
                waiting.append(x)
    names: list[str] = []
    step: TraceNode | None = node
    while step is not None:
        names.append(step.label or step.op or "leaf")
        step = came_from.get(step)
    names.reverse()
    if len(names) > shown:
        middle = f"… {len(names) - shown} more …"
        names = [*names[: shown // 2], middle, *names[-shown // 2 :]]
    return " ← ".join(names)
