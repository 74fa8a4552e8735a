"""Replay: a trace computed again with other numbers, by the engine itself."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import numpy as np

from ..data import as_data
from ..modes import scope
from ..origin import Origin
from ..value import Value, record
from . import events
from .encoding import Opaque
from .events import Event
from .nodes import TraceNode
from .recorder import Recorder


def replay(trace: Any, changes: Mapping[Any, Any], made: Any) -> Any:
    """``made``, an empty trace, with the run of ``trace`` computed anew: `Trace.replay`."""
    new = {trace.node(name).id: number for name, number in changes.items()}
    with made, np.errstate(all="ignore"):
        again = _Replay(trace, new, made.recorder)
        for event in trace:
            if isinstance(event, events.Update) and again.learned and event.what == "data":
                break
            again.repeat(event)
    return made


class _Replay:
    """Values made so far, by the number of the node that each repeats."""

    def __init__(self, trace: Any, new: dict[int, Any], recorder: Recorder) -> None:
        self.trace = trace
        self.recorder = recorder
        self.new = new
        self.values: dict[int, Value] = {}
        #: True once a backward pass has run: what an optimizer does next depends on it.
        self.learned = False

    def value(self, node: TraceNode, index: int) -> Value:
        """The value that repeats a node; a leaf is made when it is first asked for."""
        if node.id not in self.values:
            data = self.trace.history.first[node.id]
            if node.id in self.new:
                data = changed(node, self.new[node.id])
            made = Value(data, label=node.label, requires_grad=node.requires_grad, dtype=data.dtype)
            entry = self.trace.history.entry(node.id, index)
            if entry is not None and entry.sweep == 0 and entry.grad is not None:
                made.grad = entry.grad
            self.values[node.id] = self.placed(made, node)
        return self.values[node.id]

    def repeat(self, event: Event) -> None:
        """Do what happened in an event again. What follows from it by itself needs no doing."""
        node, index = event.node, event.index
        if isinstance(event, events.Forward):
            self.forward(node, index)
        elif isinstance(event, events.Seed):
            self.backward(event)
        elif isinstance(event, events.Update):
            target = self.value(node, index)
            if event.what == "grad":
                target.grad = event.after
            elif node.id not in self.new:
                target.data = event.after
        elif isinstance(event, events.Zero):
            self.value(node, index).grad = event.after

    def forward(self, node: TraceNode, index: int) -> None:
        """Apply the op of a node to the values that repeat its operands."""
        if node.block is None or any(isinstance(x, Opaque) for x in (node.settings or {}).values()):
            raise ValueError(
                f"replay() cannot compute {node.name} again: the op {node.op!r} is not known here, "
                f"or one of its settings was not kept in the file."
            )
        inputs = []
        for x in node.inputs:
            inputs.append(self.value(x, index) if isinstance(x, TraceNode) else x)
        made = self.recorded(node, tuple(inputs))
        if node.id in self.new:
            # What is computed from it goes on from the new number.
            self.recorder.amend(made, changed(node, self.new[node.id]))
        made.label = node.label
        self.values[node.id] = self.placed(made, node)

    def recorded(self, node: TraceNode, inputs: tuple[Any, ...]) -> Value:
        """The result of a node's op, in the scope of the first run."""
        assert node.block is not None
        with scope(node.scope) if node.scope else nullcontext():
            return record(node.block, inputs, node.settings)

    def backward(self, seed: events.Seed) -> None:
        """Run a backward pass from the value that repeats its root."""
        root = self.value(seed.node, seed.index)
        if not seed.stores:
            return
        only = None if seed.only is None else [self.values[leaf.id] for leaf in seed.only]
        root.backward(seed.gradient, inputs=only)
        self.learned = True

    def placed(self, made: Value, node: TraceNode) -> Value:
        """The value, said to be made where the node was."""
        origin: Origin = node.origin
        made._code, made._lasti = origin, 0
        return made


def changed(node: TraceNode, new: Any, who: str = "replay()") -> Any:
    """New data of a node, in its shape; a single number fills it.

    Raises:
        ValueError: it has another shape.
        TypeError: it is nothing that a Value can hold.
    """
    data = as_data(new, node.dtype, f"{who} for {node.name!r}")
    if data.shape not in ((), node.shape):
        other = f"its shape, {node.shape}, or a single number" if node.shape else "a single number"
        raise ValueError(
            f"{who} got data of shape {data.shape} for {node.name!r}; expected {other}."
        )
    return np.full(node.shape, data, node.dtype)[()]
