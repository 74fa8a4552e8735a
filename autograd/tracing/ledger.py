"""Ledger and paths: what brought a gradient, use by use, and by which ways to the loss."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from . import events
from .events import Contribution, brief
from .nodes import TraceNode


class Row(NamedTuple):
    """One contribution to a gradient, and what had been added up with it."""

    edge: Contribution
    total: Any


class Ledger(NamedTuple):
    """All contributions to one value's δ in one backward pass: one row per use, and their sum.

    ``seed`` is what the pass began with, None for all values but its root. ``total`` is δ, None
    if the pass did not reach the value.
    """

    node: TraceNode
    sweep: int
    seed: Any
    rows: tuple[Row, ...]
    total: Any

    def __repr__(self) -> str:
        if not self.sweep:
            return f"no backward pass has reached {self.node.name}"
        lines = [f"δ({self.node.name}) in backward pass {self.sweep}"]
        if self.seed is not None:
            lines.append(f"  seed: {brief(self.seed)}")
        for edge, total in self.rows:
            place = f"{edge.node.name}[{edge.slot}]"
            lines.append(f"  {place}: {factors(edge)} = {brief(edge.product)}, Σ {brief(total)}")
        lines.append(f"  δ = {brief(self.total)}")
        return "\n".join(lines)


def factors(edge: Contribution) -> str:
    """Upstream and local derivative of an edge: ``3.0 · 1.5``."""
    local = edge.local
    by = f"{edge.node.op}'s rule" if local is None else brief(local)
    summed = f" Σ over {events.axes(edge.summed)}" if edge.summed else ""
    return f"{brief(edge.upstream)} · {by}{summed}"


def ledger(trace: Any, node: TraceNode, sweep: int | None = None) -> Ledger:
    """What one backward pass (the last that reached the node) brought it: `Trace.ledger`."""
    entries = trace.history.gradients.get(node.id, ())
    reached = [entry.sweep for entry in entries if entry.sweep]
    number = sweep if sweep is not None else (reached[-1] if reached else 0)
    start, total, rows = None, None, []
    for entry in entries:
        if entry.sweep != number or not number:
            continue
        event = trace[entry.at]
        total = entry.delta
        if isinstance(event, events.Seed):
            start = event.gradient
        elif event.cause == "contribution":
            rows.append(Row(trace[entry.at - 1], entry.delta))
    return Ledger(node, number, start, tuple(rows), total)


class Path(NamedTuple):
    """One way from a value to the root of a pass; ``product`` of its local derivatives.

    None where one of them is not a number.
    """

    edges: tuple[Contribution, ...]
    product: float | None

    def __repr__(self) -> str:
        names = [edge.input.name for edge in self.edges] + [self.edges[-1].node.name]
        locals_ = [_factor(edge) for edge in self.edges]
        product = "" if self.product is None else f" = {self.product:.6g}"
        return f"{' → '.join(names)}: {' · '.join(locals_)}{product}"


class Paths(NamedTuple):
    """The ways from a value to the root of a backward pass.

    ``ways`` is how many there are; ``paths`` those written out. ``total`` is the sum of the
    products over all of them, None where they are not numbers: times the seed, it is δ.
    """

    node: TraceNode
    root: TraceNode | None
    ways: int
    paths: tuple[Path, ...]
    total: float | None

    def __repr__(self) -> str:
        if self.root is None:
            return f"no backward pass has reached {self.node.name}"
        if self.node is self.root:
            return f"{self.node.name} is the root: ∂{self.node.name}/∂{self.node.name} = 1"
        way = "path" if self.ways == 1 else "paths"
        lines = [f"{self.ways:,} {way} from {self.node.name} to {self.root.name}"]
        lines += [f"  {path!r}" for path in self.paths]
        if self.ways > len(self.paths):
            lines.append(f"  … {self.ways - len(self.paths):,} more")
        if self.total is not None:
            lines.append(f"  Σ = {self.total:.6g}")
        return "\n".join(lines)


def paths(trace: Any, node: TraceNode, sweep: int | None = None, most: int = 8) -> Paths:
    """The ways from a node to the root of a pass, at most ``most`` written out: `Trace.where`."""
    found = ledger(trace, node, sweep)
    if found.total is None:
        return Paths(node, None, 0, (), None)
    root = trace.nodes[trace.history.sweeps[found.sweep - 1].root]
    users: dict[int, list[Contribution]] = {}
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if at.id not in users:
            users[at.id] = [row.edge for row in ledger(trace, at, found.sweep).rows]
            waiting += [edge.node for edge in users[at.id]]
    counts, totals = _summed(users, root)
    shown = tuple(islice(_walk(users, node, root), most)) if node is not root else ()
    return Paths(node, root, counts[node.id], shown, totals[node.id])


def _summed(
    users: dict[int, list[Contribution]], root: TraceNode
) -> tuple[dict[int, int], dict[int, float | None]]:
    """How many paths lead from each node to the root, and the sum of their products."""
    counts: dict[int, int] = {root.id: 1}
    totals: dict[int, float | None] = {root.id: 1.0}
    for place in sorted(users, reverse=True):
        if place == root.id:
            continue
        counts[place], total = 0, 0.0
        known = True
        for edge in users[place]:
            counts[place] += counts[edge.node.id]
            local, above = number(edge.local), totals[edge.node.id]
            if local is None or above is None:
                known = False
            else:
                total += local * above
        totals[place] = total if known else None
    return counts, totals


def _walk(users: dict[int, list[Contribution]], node: TraceNode, root: TraceNode) -> Iterator[Path]:
    """Each path, found without recursion."""
    waiting: list[tuple[TraceNode, Any]] = [(node, None)]
    while waiting:
        at, link = waiting.pop()
        if at is root:
            edges: list[Contribution] = []
            while link is not None:
                edge, link = link
                edges.append(edge)
            edges.reverse()
            locals_ = [number(edge.local) for edge in edges]
            product = None if None in locals_ else math.prod(locals_)  # type: ignore[arg-type]
            yield Path(tuple(edges), product)
            continue
        for edge in reversed(users[at.id]):
            waiting.append((edge.node, (edge, link)))


def number(x: Any) -> float | None:
    """A single number as a float; None for an array, and for None."""
    return float(x) if x is not None and np.shape(x) == () else None


def _factor(edge: Contribution) -> str:
    local = edge.local
    text = f"[{edge.node.op}]" if local is None else brief(local)
    return f"({text})" if text.startswith("-") else text
