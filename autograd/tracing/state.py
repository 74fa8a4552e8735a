"""State: what every value and gradient was at one place of a trace."""

from __future__ import annotations

from typing import Any

from .events import Event
from .nodes import TraceNode


class State:
    """The state after event ``index`` of a trace; -1 is before the first.

    It is a look-up in the trace, not a copy: making one costs nothing.
    """

    __slots__ = ("_trace", "index")

    def __init__(self, trace: Any, index: int) -> None:
        self._trace = trace
        self.index = index

    @property
    def trace(self) -> Any:
        """The trace that this is a state of."""
        return self._trace

    @property
    def event(self) -> Event | None:
        """The event that has just happened; None at -1."""
        return self._trace[self.index] if self.index >= 0 else None

    @property
    def sweep(self) -> int:
        """Number of the backward pass that is going on, or was last; 0 before the first."""
        return self._trace.history.sweep_at(self.index)

    def value(self, value: Any) -> Any:
        """Data of a value (or a node, or a name); None while it is not computed yet."""
        return self._trace.history.value(self._trace.node(value).id, self.index)

    def grad(self, value: Any) -> Any:
        """What ``.grad`` shows, or would if the pass stopped here; None while not reached.

        A leaf with a gradient from earlier passes keeps it until its turn in this pass is over.
        """
        entry = self._trace.history.entry(self._trace.node(value).id, self.index)
        return None if entry is None else entry.grad

    def delta(self, value: Any) -> Any:
        """∂J/∂value as the present pass has added it up so far; None while not reached."""
        entry = self._trace.history.entry(self._trace.node(value).id, self.index)
        if entry is None or entry.sweep == 0 or entry.sweep != self.sweep:
            return None
        return entry.delta

    def progress(self, value: Any) -> tuple[int, int]:
        """How many contributions the present pass has brought, and how many it brings in all.

        ``(0, 2)`` is not reached, ``(1, 2)`` partial, ``(2, 2)`` final. The root counts its seed.
        """
        return self._trace.history.progress(self._trace.node(value).id, self.index)

    def nodes(self) -> list[TraceNode]:
        """The nodes that have data now."""
        history = self._trace.history
        return [node for node in history.nodes if history.born[node.id] <= self.index]

    def __repr__(self) -> str:
        if self.index < 0:
            return "State(before the first event)"
        return f"State(after {self.event!r})"
