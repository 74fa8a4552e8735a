"""Numeric: ∂root/∂value by finite differences of the forward rules between the two."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..one_op import differences
from .encoding import Opaque
from .nodes import TraceNode


def numeric(trace: Any, node: TraceNode, sweep: int | None = None) -> Any:
    """∂root/∂node of a backward pass by central differences: `Trace.numeric`."""
    history = trace.history
    if not history.sweeps:
        raise ValueError("numeric() needs a backward pass, to know the root; the trace has none.")
    found = history.sweeps[last_stored(history) if sweep is None else sweep - 1]
    root = trace.nodes[found.root]
    between = dependents(trace, node, root)
    data = {place: history.value(place, found.index) for place in range(root.id + 1)}
    shape = np.shape(data[node.id])

    def at(flat: Any) -> Any:
        moved = dict(data)
        moved[node.id] = flat.reshape(shape)[()]
        for place in between:
            moved[place] = forward(trace.nodes[place], moved)
        return np.ravel(np.sum(moved[root.id] * trace[found.index].gradient))

    with np.errstate(all="ignore"):
        slopes = differences(at, np.ravel(np.asarray(data[node.id], dtype=float)))
    return slopes[0].reshape(shape)[()]


def last_stored(history: Any) -> int:
    """Place of the last backward pass that stored gradients; of the last, if none did."""
    for place in range(len(history.sweeps) - 1, -1, -1):
        if history.sweeps[place].stores is not False:
            return place
    return len(history.sweeps) - 1


def dependents(trace: Any, node: TraceNode, root: TraceNode) -> list[int]:
    """Places of the nodes up to ``root`` that are computed from ``node``, operands first."""
    found, reached = [], {node.id}
    for place in range(node.id + 1, root.id + 1):
        for x in trace.nodes[place].inputs:
            if isinstance(x, TraceNode) and x.id in reached:
                reached.add(place)
                found.append(place)
                break
    if root.id not in reached:
        raise ValueError(f"numeric() got {node.name}, from which {root.name} is not computed.")
    return found


def forward(node: TraceNode, data: dict[int, Any]) -> Any:
    """Data of a node, computed from ``data`` of its operands."""
    settings = node.settings or {}
    if node.block is None or any(isinstance(x, Opaque) for x in settings.values()):
        raise ValueError(f"numeric() cannot compute {node.name}: {node.op!r} is not known here.")
    inputs = [data[x.id] if isinstance(x, TraceNode) else x for x in node.inputs]
    return node.block.forward(*inputs, **settings)
