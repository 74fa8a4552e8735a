"""Recorder: notes down what the engine does, in one flat list, as cheaply as it can.

The list is opened (made into nodes, events and their histories) when somebody looks.
"""

from __future__ import annotations

import sys
from typing import Any

from numpy import ndarray

from ..modes import observing, thread
from ..node import Node, next_order
from ..origin import users_frame
from ..watching import PassWatch, Watch, add_watch

#: Kinds of entries in the log, and how many items follow each.
GIVEN, FORWARD, SEED, CONTRIBUTION, REPLACED, STORED, UPDATE, GRAD = range(8)
LENGTHS = (3, 2, 4, 4, 3, 3, 4, 4)


class Recorder(Watch):
    """The log of one thread between ``start`` and ``stop``.

    ``values`` are the values met, operands before results.
    """

    def __init__(self) -> None:
        self.began = next_order()
        self.log: list[Any] = []
        self.values: list[Node] = []
        #: Creation order of a value -> its place in ``values``.
        self.places: dict[int, int] = {}
        self.passes = 0

    def start(self) -> None:
        """Begin to record in this thread."""
        self._observing: Any = observing(self.observe)
        self._observing.__enter__()
        self._outer = add_watch(self)

    def stop(self) -> None:
        """Record no more."""
        thread.state.watch = self._outer
        self._observing.__exit__()
        # It holds this recorder in a circle, and the recorder the graph.
        self._observing = None

    def observe(self, value: Any) -> Any:
        """Note a new value: the thread's observer."""
        places = self.places
        x = value._first
        if isinstance(x, Node):
            if x._order not in places:
                self.meet(x)
        elif isinstance(x, tuple):
            for each in x:
                if isinstance(each, Node) and each._order not in places:
                    self.meet(each)
        x = value._second
        if isinstance(x, Node) and x._order not in places:
            self.meet(x)
        place = places[value._order] = len(self.values)
        self.values.append(value)
        data = value._array
        self.log += (FORWARD, place, data.copy() if data.__class__ is ndarray else data)
        return value

    def amend(self, value: Node, data: Any) -> None:
        """Put other data in the value observed last, as if its op had computed that."""
        value._array = data
        self.log[-1] = kept(data)

    def meet(self, value: Node) -> int:
        """Take in a value that was made before the recording, with what it was computed from."""
        found: dict[int, Node] = {}
        waiting = [value]
        while waiting:
            x = waiting.pop()
            if x._order not in self.places and x._order not in found:
                found[x._order] = x
                for each in x.inputs:
                    if isinstance(each, Node):
                        waiting.append(each)
        for order in sorted(found, reverse=True):
            x = found[order]
            place = self.places[order] = len(self.values)
            self.values.append(x)
            self.log += (GIVEN, place, kept(x._array), kept(x._grad))
            if x.op is not None:
                self.log += (FORWARD, place, kept(x._array))
        return self.places[value._order]

    def begin(self, root: Node, delta: Any, stores: Any) -> PassWatch:
        place = self.places.get(root._order)
        if place is None:
            place = self.meet(root)
        if not isinstance(stores, bool):
            stores = frozenset(self.places.get(leaf._order, -1) for leaf in stores)
        self.passes += 1
        self.log += (SEED, self.passes, place, kept(delta), stores)
        return _Pass(self)

    def overwritten(self, value: Node) -> None:
        if (place := self.places.get(value._order)) is not None:
            self.log += (UPDATE, place, kept(value._array), *caller())

    def grad_assigned(self, value: Node) -> None:
        if (place := self.places.get(value._order)) is not None:
            self.log += (GRAD, place, kept(value._grad), *caller())


class _Pass(PassWatch):
    """Notes down what happens in one backward pass."""

    def __init__(self, recorder: Recorder) -> None:
        self.log = recorder.log
        self.places = recorder.places
        self.number = recorder.passes

    def contribution(self, value: Any, index: int, delta: Any, passed: Any, before: Any) -> None:
        if passed.__class__ is ndarray:
            passed = passed.copy()
        elif isinstance(passed, Node):
            passed = kept(passed)
        self.log += (CONTRIBUTION, self.number, self.places[value._order], index, passed)

    def replaced(self, value: Node, delta: Any) -> None:
        self.log += (REPLACED, self.number, self.places[value._order], kept(delta))

    def stored(self, leaf: Node, before: Any) -> None:
        self.log += (STORED, self.number, self.places[leaf._order], kept(before))


def kept(x: Any) -> Any:
    """The bare numbers of ``x``, of which nobody else can change an array; None stays None."""
    if isinstance(x, Node):
        x = x._array
    return x.copy() if x.__class__ is ndarray else x


def caller() -> tuple[Any, int]:
    """Code and instruction of the user's code that is running."""
    frame = users_frame(sys._getframe(2))
    return frame.f_code, frame.f_lasti
