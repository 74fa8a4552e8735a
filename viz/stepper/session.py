"""Session: where one is in a trace, what one watches, and how one moves."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from autograd.tracing import Contribution, Event, State, Trace, TraceNode

from .conditions import Breakpoint, breakpoint_of, is_same
from .expressions import Expression, ExpressionError


class Session:
    """A place in a trace. -1 is before the first event; every move is a look-up.

    A move returns why it ended where it did, "" if it went where it was sent.
    """

    def __init__(self, trace: Trace, at: int = -1) -> None:
        self.trace = trace
        self.at = max(-1, min(at, len(trace) - 1))
        self.breakpoints: dict[int, Breakpoint] = {}
        self.watches: dict[int, Expression] = {}
        #: Data that ``replay`` will compute the run anew with.
        self.changes: dict[str, Any] = {}
        #: The run before the last replay.
        self.previous: Trace | None = None
        self._numbers = 0

    @property
    def state(self) -> State:
        """What holds here."""
        return self.trace.at(self.at)

    @property
    def event(self) -> Event | None:
        """What has just happened; None before the first event."""
        return self.state.event

    @property
    def node(self) -> TraceNode:
        """The value that the present event is about: of an edge, its operand."""
        event = self.trace[max(self.at, 0)]
        return event.input if isinstance(event, Contribution) else event.node

    @property
    def end(self) -> int:
        """The last place."""
        return len(self.trace) - 1

    # -- moves

    def go(self, place: int) -> str:
        """Go to a place, as far as the trace reaches."""
        self.at = max(-1, min(place, self.end))
        if place > self.end:
            return "the end of the trace"
        return "the beginning of the trace" if place < -1 else ""

    def step(self, times: int = 1) -> str:
        """Go on by so many events; back, if negative."""
        return self.go(self.at + times)

    def layer(self, direction: int) -> str:
        """Go to the next event (or with -1 the one before) that is in another layer.

        Where there are no layers, to the next that is about another value.
        """
        layered = any(node.scope for node in self.trace.nodes)
        here = self._part(self.at, layered)
        for place in self._way(direction):
            if self._part(place, layered) != here:
                return self.go(place)
        return self.go(self.end + 1 if direction > 0 else -2)

    def _part(self, place: int, layered: bool) -> Any:
        if place < 0:
            return None
        node = self.trace.nodes[self.trace.history.steps[place][1]]
        return node.scope if layered else node.id

    def _way(self, direction: int) -> Iterable[int]:
        """The places ahead, or behind, nearest first."""
        if direction > 0:
            return range(self.at + 1, self.end + 1)
        return range(self.at - 1, -1, -1)

    def run(self, direction: int = 1) -> str:
        """Go on (or back, with -1) to the next breakpoint, or to where a watched value changes."""
        before = {number: watch.at(self.state) for number, watch in self.watches.items()}
        for place in self._way(direction):
            for number, point in self.breakpoints.items():
                if point.holds(self.trace, place):
                    self.at = place
                    return f"breakpoint {number}: {point.text}"
            for number, watch in self.watches.items():
                # Going back, it is the event after this place that is undone.
                if not watch.may_change_at(place if direction > 0 else place + 1):
                    continue
                now = watch.at(self.trace.at(place))
                if not is_same(before[number], now):
                    self.at = place
                    return f"watch {number}: {watch.text} changed"
        return self.go(self.end + 1 if direction > 0 else -2)

    def until(self, node: TraceNode) -> str:
        """Go on to the next event that is about a value."""
        for place in self._way(1):
            if self.trace.history.steps[place][1] == node.id:
                return self.go(place)
        return f"nothing more happens to {node.name}"

    def place_of(self, text: str) -> int:
        """The place that a text names: a number, ``fwd``, ``bwd``, ``start``, ``end``, or a value.

        Raises:
            LookupError: there is no such place.
        """
        word = text.strip()
        if word.lstrip("-").isdigit():
            return int(word)
        named = {"start": -1, "end": self.end, "fwd": 0}
        if word in named:
            return named[word]
        if word == "bwd":
            sweeps = self.trace.history.sweeps
            later = [sweep.index for sweep in sweeps if sweep.index > self.at]
            if not sweeps:
                raise LookupError("no backward pass was recorded.")
            return (later or [sweeps[0].index])[0]
        node = self.trace.node(word)
        for place, step in enumerate(self.trace.history.steps):
            if step[1] == node.id:
                return place
        raise LookupError(f"nothing happens to {node.name} in this trace.")

    # -- breakpoints and watches

    def add_breakpoint(self, text: str) -> int:
        """Stop where ``text`` holds from now on; the number of the breakpoint."""
        point = breakpoint_of(text, self.trace)
        self._numbers += 1
        self.breakpoints[self._numbers] = point
        return self._numbers

    def add_watch(self, text: str) -> int:
        """Show the expression at each stop, and stop where it changes; its number."""
        expression = Expression(text, self.trace)
        expression.at(self.state)
        self._numbers += 1
        self.watches[self._numbers] = expression
        return self._numbers

    def clear(self, text: str) -> list[int]:
        """Take the breakpoint or watch of that number away, or all; the numbers taken."""
        every = [*self.breakpoints, *self.watches]
        words = text.split()
        if any(not word.isdigit() for word in words):
            raise ValueError(f"got {text!r}; expected the numbers of breakpoints and watches.")
        numbers = [int(word) for word in words] if words else every
        for number in numbers:
            if number not in every:
                raise LookupError(f"there is no breakpoint or watch {number}.")
            self.breakpoints.pop(number, None)
            self.watches.pop(number, None)
        return numbers

    # -- other runs

    def replay(self) -> None:
        """Compute the run anew with what was set; the present one becomes the previous."""
        self.take(self.trace.replay(self.changes))

    def take(self, trace: Trace) -> None:
        """Go on in another trace, at the same place; breakpoints and watches are kept if they can.

        Raises:
            LookupError: the trace is empty.
        """
        if not len(trace):
            raise LookupError("the other trace has no events.")
        self.previous, self.trace = self.trace, trace
        self.at = min(self.at, self.end)
        points, watches = self.breakpoints, self.watches
        self.breakpoints, self.watches = {}, {}
        for number, point in points.items():
            with suppress(ExpressionError):
                self.breakpoints[number] = breakpoint_of(point.text, trace)
        for number, watch in watches.items():
            expression = Expression(watch.text, trace)
            with suppress(ExpressionError):
                expression.at(trace.last)
                self.watches[number] = expression
