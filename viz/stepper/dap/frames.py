"""Frames: a node of the trace as a stack frame at its sub-expression, with its variables."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.tracing import State, TraceNode

from ..screen import equation, shown, summary
from ..session import Session

#: Frames below the present one, and children of one variable, that are shown.
DEPTH, CHILDREN = 20, 100


def stack(session: Session) -> list[TraceNode]:
    """The present value first; below it, the way on which the sweep came to it from the root.

    In the forward pass there is the present value alone.
    """
    state, event = session.state, session.event
    node = session.trace[max(session.at, 0)].node
    frames = [node]
    if event is None or not state.sweep or not hasattr(event, "sweep"):
        return frames
    users, root = session.trace.history.users, session.trace.history.sweeps[state.sweep - 1].root
    reached = session.trace.history.uses(state.sweep)
    while node.id != root and len(frames) < DEPTH:
        node = [user for user, _ in users[node.id] if user.id in reached][-1]
        frames.append(node)
    return frames


def frame(session: Session, number: int, node: TraceNode) -> dict[str, Any]:
    """A stack frame of the protocol. The top one tells what has just happened."""
    event = session.event
    top = number == 0 and event is not None
    place = getattr(event, "origin", node.origin) if top else node.origin
    text = equation(event, session.state) if top and event is not None else repr(node)
    found: dict[str, Any] = {
        "id": number + 1,
        "name": text,
        "line": place.line,
        "column": place.column + 1,
        "endLine": place.end_line,
        "endColumn": place.end_column + 1,
    }
    if os.path.exists(place.filename):
        found["source"] = {"name": os.path.basename(place.filename), "path": place.filename}
    else:
        found["presentationHint"] = "subtle"
    return found


class Variables:
    """What can be opened in the variables view; numbers are good until the next stop."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._children: list[Callable[[], list[dict[str, Any]]]] = []

    def scopes(self, node: TraceNode) -> list[dict[str, Any]]:
        """The scopes of a frame: the value itself, its operands, and all values there are."""
        state = self.session.state
        operands = [x for x in node.inputs if isinstance(x, TraceNode)]
        found = [self._scope(f"Value {node.name}", lambda: self.of_node(node, state))]
        if operands:
            found.append(self._scope("Operands", lambda: self.of_nodes(operands, state)))
        found.append(self._scope("All values", lambda: self.of_nodes(state.nodes(), state)))
        return found

    def children(self, reference: int) -> list[dict[str, Any]]:
        """The variables under a reference."""
        if not 0 < reference <= len(self._children):
            return []
        return self._children[reference - 1]()

    def variable(self, name: str, x: Any) -> dict[str, Any]:
        """A variable; an array can be opened."""
        opens = getattr(x, "ndim", 0) > 0
        reference = self._opened(lambda: self.of_array(x)) if opens else 0
        return {"name": name, "value": shown(x), "variablesReference": reference}

    def of_node(self, node: TraceNode, state: State) -> list[dict[str, Any]]:
        """What a value is now."""
        came, every = state.progress(node)
        found = [
            self.variable("value", state.value(node)),
            self.variable("δ", state.delta(node)),
            self.variable("grad", state.grad(node)),
            self._text("uses", f"{came} of {every}"),
            self._text("op", node.op or "leaf"),
        ]
        if node.shape:
            found.append(self._text("shape", str(node.shape)))
        for slot, x in enumerate(node.inputs):
            if isinstance(x, TraceNode):
                found.append(self._node(f"input[{slot}]", x, state))
            else:
                found.append(self.variable(f"input[{slot}]", x))
        return found

    def of_nodes(self, nodes: list[TraceNode], state: State) -> list[dict[str, Any]]:
        """Values by name."""
        return [self._node(node.name, node, state) for node in nodes[:CHILDREN]]

    def of_array(self, x: Any) -> list[dict[str, Any]]:
        """The elements, or rows, of an array."""
        return [self.variable(f"[{k}]", np.asarray(row)[()]) for k, row in enumerate(x[:CHILDREN])]

    def _node(self, name: str, node: TraceNode, state: State) -> dict[str, Any]:
        reference = self._opened(lambda: self.of_node(node, state))
        text = summary(node, state).partition(" = ")[2]
        return {"name": name, "value": text, "variablesReference": reference}

    def _text(self, name: str, text: str) -> dict[str, Any]:
        return {"name": name, "value": text, "variablesReference": 0}

    def _scope(self, name: str, children: Callable[[], list[dict[str, Any]]]) -> dict[str, Any]:
        return {"name": name, "variablesReference": self._opened(children), "expensive": False}

    def _opened(self, children: Callable[[], list[dict[str, Any]]]) -> int:
        self._children.append(children)
        return len(self._children)
