"""Record: a trace as the plain numbers and words that the page steps through.

The page derives every state from the events, so that the record has no state twice. Its form:

- ``nodes``: ``[name, form, symbol of the op, source, layer, shape or null, flags, inputs]``;
  an input is the number of a node, or the text of a constant; flags are ``k`` (a constant: no
  gradient) and ``p`` (a parameter: a leaf that has one).
- ``given``: ``[node, value, gradient, event]`` of those that no recorded op made; they are there
  from that event on, -1 from the start.
- ``events``: ``[0, node, value]`` forward, ``[1, node, δ, stores]`` seed (stores: false, or the
  leaves whose gradient is kept; left out for all), ``[2, node, slot, product, local,
  axes]`` contribution, ``[3, node, cause, after]`` accumulate (cause 0 contribution, 1 hook,
  2 stored; without ``after`` the product is what is added), ``[4, node, after]`` zero,
  ``[5, node, 0 data or 1 grad, after]`` update. Trailing nulls are left out.
- ``local``: the local derivative of an edge as a formula, by ``"node_slot"``.
- ``sources``: the lines that made the nodes; a node's source is the number of its line.
- ``groups``: name, nodes and a word on them of each box of the overview that a large graph begins
  with; ``folded``: the overview is all that is drawn.
- ``layers``: name and number of the outer layer (-1: none) of each scope.

A number is a number, or "nan", "inf", "-inf"; an array ``{"s": shape, "d": flat elements}``, of
a large one the first elements only.
"""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from autograd.tracing import Trace, TraceNode, events

from .. import notation
from . import groups
from .words import local_formulas

#: Elements of an array that are told; the page shows the first ones of a larger one.
ELEMENTS = 256

CAUSES = {"contribution": 0, "hook": 1, "stored": 2}


def record(trace: Trace) -> dict[str, Any]:
    """The trace as plain data, ready for JSON."""
    layers = _Layers()
    sources: dict[str, int] = {}
    nodes = [_node(node, layers, sources) for node in trace.nodes]
    _bring_leaves_home(nodes)
    boxes = groups.groups(trace.nodes, [node[4] for node in nodes], layers.told)
    return {
        "fold": groups.FOLD,
        "nodes": nodes,
        "groups": [list(box) for box in boxes],
        "folded": len(nodes) > groups.DRAWN,
        "given": _given(trace),
        "events": [_event(event) for event in trace],
        "local": local_formulas(trace),
        "layers": layers.told,
        "sources": list(sources),
    }


def _node(node: TraceNode, layers: _Layers, sources: dict[str, int]) -> list[Any]:
    origin = node.origin
    place = f"{os.path.basename(origin.filename)}:{origin.line}"
    source = f"{place}  {origin.expression}" if origin.expression else place
    inputs = [x.id if isinstance(x, TraceNode) else notation.array(x) for x in node.inputs]
    flags = "" if node.requires_grad else "k"
    if node.requires_grad and node.op is None:
        flags = "p"
    shape = list(node.shape) or None
    layer = layers.number(node.scope)
    line = sources.setdefault(source, len(sources))
    return [node.name, node.form, node.symbol, line, layer, shape, flags, inputs]


def _bring_leaves_home(nodes: list[list[Any]]) -> None:
    """A leaf that only one layer uses stands in that layer."""
    users: dict[int, set[int]] = {}
    for node in nodes:
        for x in node[7]:
            if isinstance(x, int):
                users.setdefault(x, set()).add(node[4])
    for number, homes in users.items():
        if not nodes[number][7] and nodes[number][4] == -1 and len(homes) == 1:
            nodes[number][4] = homes.pop()


class _Layers:
    """The scopes met so far, each told as its name and the number of the one around it."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {"": -1}

    def number(self, path: str) -> int:
        if path not in self._numbers:
            outer, _, name = path.rpartition(".")
            around = self.number(outer)
            self._numbers[path] = len(self.told)
            self.told.append({"name": name, "outer": around})
        return self._numbers[path]


def _given(trace: Trace) -> list[list[Any]]:
    """Values that no event makes, with their gradients, and the event they are there from."""
    born = trace.history.born
    made = {event.node.id for event in trace.forward()}
    found = []
    for node in trace.nodes:
        if node.id not in made:
            there = trace.at(born[node.id])
            found.append(
                [node.id, plain(there.value(node)), plain(there.grad(node)), born[node.id]]
            )
    return found


def _event(event: events.Event) -> list[Any]:
    number = event.node.id
    if isinstance(event, events.Forward):
        told = [0, number, plain(event.value)]
    elif isinstance(event, events.Seed):
        told = [1, number, plain(event.gradient)]
        if not event.stores:
            told.append(False)
        elif event.only is not None:
            told.append([leaf.id for leaf in event.only])
    elif isinstance(event, events.Contribution):
        local = event.local
        axes = list(event.summed) or None
        told = [2, number, event.slot, plain(event.product), _scalar(local), axes]
    elif isinstance(event, events.Accumulate):
        told = [3, number, CAUSES[event.cause], None if _derivable(event) else plain(event.after)]
    elif isinstance(event, events.Zero):
        told = [4, number, plain(event.after)]
    else:
        assert isinstance(event, events.Update)
        told = [5, number, int(event.what == "grad"), plain(event.after)]
        return told
    while len(told) > 3 and told[-1] is None:
        told.pop()
    return told


def _derivable(event: events.Accumulate) -> bool:
    """True where adding float64 numbers, all of them told, gives ``after`` to the last bit."""
    after = event.after
    return event.cause == "contribution" and after.dtype == np.float64 and after.size <= ELEMENTS


def _scalar(local: Any) -> Any:
    return None if local is None or np.shape(local) else plain(local)


def plain(data: Any) -> Any:
    """Data for JSON: to the last bit, and also where it is no finite number."""
    if data is None:
        return None
    data = np.asarray(data)
    if data.shape == ():
        return _number(float(data))
    flat = data.ravel()[:ELEMENTS].tolist()
    return {"s": list(data.shape), "d": [_number(float(x)) for x in flat]}


def _number(x: float) -> Any:
    if math.isfinite(x):
        return int(x) if x.is_integer() and abs(x) < 1e15 and not _negative_zero(x) else x
    return "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"


def _negative_zero(x: float) -> bool:
    return x == 0 and math.copysign(1, x) < 0
