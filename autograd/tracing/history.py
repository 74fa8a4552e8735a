"""History: a recorder's log opened into nodes, steps and, for each node, what it held when.

A step is one event as a plain tuple; the `Trace` makes event objects of them when asked. What a
value or gradient was at any step is found by bisection, so going back costs what going on does.
"""

from __future__ import annotations

import functools
import gc
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from ..backprop import broadcast_axes
from ..node import Node
from ..origin import Origin
from . import events, recorder
from .nodes import TraceNode, give_names

_place = itemgetter(0)
#: Kinds of events that belong to a backward pass, whose number is their third field.
OF_SWEEPS = (events.Seed, events.Contribution, events.Accumulate)


class Entry(NamedTuple):
    """What a gradient became at an event. ``sweep`` is 0 where no backward pass did it.

    ``delta`` is ∂J/∂node as added up in that pass so far, ``grad`` what ``.grad`` shows.
    """

    at: int
    sweep: int
    delta: Any
    grad: Any


class Sweep:
    """A backward pass: where it begins, which gradients it stores, and what it added up."""

    def __init__(self, number: int, root: int, index: int, stores: Any) -> None:
        self.number = number
        self.root = root
        self.index = index
        #: True: every ``.grad``; False: none; or the places of the leaves whose ``.grad`` it is.
        self.stores = stores
        self.pending: dict[int, Any] = {}
        #: Leaves that had a gradient from earlier passes: it is shown until their turn comes.
        self.held: set[int] = set()
        self.uses: dict[int, int] | None = None


class History:
    """Everything that happened, in the order in which it happened."""

    def __init__(self, nodes: Sequence[TraceNode]) -> None:
        self.nodes = nodes
        self.named = give_names(nodes)
        #: One tuple per event: its class, and the fields that the event is made of.
        self.steps: list[tuple[Any, ...]] = []
        count = len(nodes)
        #: Event from which on each node has data, -1 for those older than the trace.
        self.born = [-1] * count
        self.first: list[Any] = [None] * count
        self.updates: dict[int, list[tuple[int, Any]]] = {}
        self.gradients: dict[int, list[Entry]] = {}
        self.sweeps: list[Sweep] = []

    def end(self) -> None:
        """Nothing more is added: forget what only adding needs."""
        for sweep in self.sweeps:
            sweep.pending, sweep.held = {}, set()

    # -- what was when

    def value(self, place: int, index: int) -> Any:
        """Data of a node after event ``index``; None before it was computed."""
        later = self.updates.get(place)
        if later is not None and (k := bisect_right(later, index, key=_place)):
            return later[k - 1][1]
        return self.first[place] if self.born[place] <= index else None

    def entry(self, place: int, index: int) -> Entry | None:
        """The last thing that happened to a node's gradient up to event ``index``."""
        entries = self.gradients.get(place)
        if entries is None:
            return None
        k = bisect_right(entries, index, key=_place)
        return entries[k - 1] if k else None

    def sweep_at(self, index: int) -> int:
        """Number of the backward pass that is going on after event ``index``, or was last."""
        return self._sweeps_at[index] if index >= 0 else 0

    @functools.cached_property
    def _sweeps_at(self) -> list[int]:
        """By event: the pass it belongs to. One pass may run inside another, as a checkpoint's."""
        found, number = [], 0
        for step in self.steps:
            if step[0] in OF_SWEEPS:
                number = step[2]
            found.append(number)
        return found

    @functools.cached_property
    def typed(self) -> dict[str, TraceNode]:
        """The nodes by their names without raised and lowered digits: W1 for W¹."""
        found: dict[str, TraceNode] = {}
        for name, node in self.named.items():
            found.setdefault(unicodedata.normalize("NFKC", name), node)
        return found

    @functools.cached_property
    def users(self) -> dict[int, list[tuple[TraceNode, int]]]:
        """By node: the nodes that have it as an operand, with its place among theirs."""
        found: dict[int, list[tuple[TraceNode, int]]] = {}
        for node in self.nodes:
            for slot, x in enumerate(node.inputs):
                if isinstance(x, TraceNode):
                    found.setdefault(x.id, []).append((node, slot))
        return found

    def operands(self, place: int, index: int) -> tuple[Any, ...]:
        """Data of a node and of its operands at event ``index``."""
        data = [self.value(place, index)]
        for x in self.nodes[place].inputs:
            data.append(self.value(x.id, index) if isinstance(x, TraceNode) else x)
        return tuple(data)

    def summed(self, place: int, slot: int) -> tuple[int, ...]:
        """Axes of a node's gradient over which its contribution to operand ``slot`` is summed."""
        node = self.nodes[place]
        x = node.inputs[slot]
        if node.block is None or not node.block.elementwise or x.shape == node.shape:
            return ()
        return broadcast_axes(node.shape, x.shape)

    def progress(self, place: int, index: int) -> tuple[int, int]:
        """Contributions that have come in the pass of event ``index``, and all that will come."""
        number = self.sweep_at(index)
        if number == 0:
            return (0, 0)
        came = 0
        for entry in self.gradients.get(place, ()):
            if entry.sweep == number and entry.at <= index and self._counts(entry):
                came += 1
        return came, self.uses(number).get(place, 0)

    def _counts(self, entry: Entry) -> bool:
        """True for a gradient that a seed or a contribution brought, not a hook or a store."""
        step = self.steps[entry.at]
        return step[0] is events.Seed or step[5] == "contribution"

    def uses(self, number: int) -> dict[int, int]:
        """How many contributions each node gets in a whole backward pass; the root its seed."""
        sweep = self.sweeps[number - 1]
        if sweep.uses is None:
            sweep.uses = {sweep.root: 1}
            for place in range(sweep.root, -1, -1):
                if place not in sweep.uses:
                    continue
                for x in self.nodes[place].inputs:
                    if isinstance(x, TraceNode) and x.requires_grad:
                        sweep.uses[x.id] = sweep.uses.get(x.id, 0) + 1
        return sweep.uses

    # -- what happens, in order

    def given(self, place: int, data: Any, grad: Any) -> None:
        """A value that is there when it is first used."""
        self.first[place] = frozen(data)
        self.born[place] = -1 if self.nodes[place].earlier else len(self.steps)
        if grad is not None:
            self._enter(place, Entry(self.born[place], 0, None, grad))

    def forward(self, place: int, data: Any) -> None:
        """An op computed a value."""
        self.first[place] = frozen(data)
        self.born[place] = len(self.steps)
        self.steps.append((events.Forward, place, self.first[place]))

    def seed(self, number: int, root: int, gradient: Any, stores: Any) -> None:
        """A backward pass begins."""
        sweep = Sweep(number, root, len(self.steps), stores)
        self.sweeps.append(sweep)
        sweep.pending[root] = frozen(gradient)
        self.steps.append((events.Seed, root, number, sweep.pending[root]))
        self._added(sweep, root, sweep.pending[root], sweep.index)

    def contribution(self, number: int, place: int, slot: int, product: Any) -> None:
        """An edge passes something back, and its operand adds it up."""
        sweep, node = self.sweeps[number - 1], self.nodes[place]
        x = node.inputs[slot]
        upstream = sweep.pending[place]
        self.steps.append(
            (events.Contribution, place, number, slot, x.id, upstream, frozen(product))
        )
        before = sweep.pending.get(x.id)
        after = product if before is None else frozen(before + product)
        self.accumulate(number, x.id, after, "contribution", product)

    def accumulate(
        self, number: int, place: int, after: Any, cause: str, added: Any = None
    ) -> None:
        """What a node has added up in a pass changes."""
        sweep, index = self.sweeps[number - 1], len(self.steps)
        before, sweep.pending[place] = sweep.pending.get(place), frozen(after)
        self.steps.append((events.Accumulate, place, number, before, after, cause, added))
        self._added(sweep, place, after, index)

    def replaced(self, number: int, place: int, delta: Any) -> None:
        """Hooks put another gradient in the place of what was added up."""
        self.accumulate(number, place, delta, "hook")

    def stored(self, number: int, place: int, before: Any) -> None:
        """A leaf's δ goes to ``.grad``, where earlier passes had left ``before``."""
        if before is None:
            return
        delta = self.sweeps[number - 1].pending[place]
        after = frozen(before + delta)
        index = len(self.steps)
        fields = (number, frozen(before), after, "stored", delta)
        self.steps.append((events.Accumulate, place, *fields))
        self._enter(place, Entry(index, number, delta, after))

    def update(self, place: int, data: Any, *at: Any) -> None:
        """The data of a node was assigned."""
        index = len(self.steps)
        before = self.value(place, index)
        self.steps.append((events.Update, place, "data", before, frozen(data), at))
        self.updates.setdefault(place, []).append((index, frozen(data)))

    def assigned(self, place: int, grad: Any, *at: Any) -> None:
        """The gradient of a node was assigned or forgotten."""
        entry = self.entry(place, index := len(self.steps))
        before = None if entry is None else entry.grad
        if grad is None and before is None:
            return
        if grad is None or not np.any(grad):
            self.steps.append((events.Zero, place, before, frozen(grad), at))
        else:
            self.steps.append((events.Update, place, "grad", before, frozen(grad), at))
        self._enter(place, Entry(index, 0, None, grad))

    def _added(self, sweep: Sweep, place: int, delta: Any, index: int) -> None:
        """Enter what a pass has added up, which ``.grad`` shows if the pass stores it."""
        last = self.entry(place, index)
        grad = None if last is None else last.grad
        leaf, stores = self.nodes[place].op is None, sweep.stores
        if leaf and grad is not None and (last is None or last.sweep != sweep.number):
            sweep.held.add(place)
        shown = stores if isinstance(stores, bool) else not leaf or place in stores
        if shown and place not in sweep.held:
            grad = delta
        self._enter(place, Entry(index, sweep.number, delta, grad))

    def _enter(self, place: int, entry: Entry) -> None:
        self.gradients.setdefault(place, []).append(entry)


def frozen(x: Any) -> Any:
    """``x``; an array is made read-only."""
    if x.__class__ is np.ndarray:
        x.flags.writeable = False
    return x


def opened(log: recorder.Recorder) -> History:
    """The history that a recorder has noted down."""
    with uncollected():
        return _opened(log)


def _opened(log: recorder.Recorder) -> History:
    history = History(trace_nodes(log))
    tell: dict[int, Any] = {
        recorder.GIVEN: history.given,
        recorder.FORWARD: history.forward,
        recorder.SEED: history.seed,
        recorder.CONTRIBUTION: history.contribution,
        recorder.REPLACED: history.replaced,
        recorder.STORED: history.stored,
        recorder.UPDATE: history.update,
        recorder.GRAD: history.assigned,
    }
    items, at, end = log.log, 0, len(log.log)
    with np.errstate(all="ignore"):
        while at < end:
            kind = items[at]
            after = at + 1 + recorder.LENGTHS[kind]
            tell[kind](*items[at + 1 : after])
            at = after
    history.end()
    return history


@contextmanager
def uncollected() -> Iterator[None]:
    """The garbage collector at rest: hundreds of thousands of new tuples hold no rubbish."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def trace_nodes(log: recorder.Recorder) -> list[TraceNode]:
    """The values that a recorder has met, as a trace remembers them."""
    nodes: list[TraceNode] = []
    places = log.places
    scopes: dict[Any, str] = {None: ""}
    for number, value in enumerate(log.values):
        inputs = []
        for x in value.inputs:
            inputs.append(nodes[places[x._order]] if isinstance(x, Node) else x)
        scope: Any = value.scope
        if scope not in scopes:
            scopes[scope] = scope.path
        op, array = value.op, value._array
        nodes.append(
            TraceNode(
                number, None if op is None else op.name, op, tuple(inputs), value.settings,
                array.shape, array.dtype, value.label, value.requires_grad, scopes[scope],
                value.origin if isinstance(value._code, Origin) else (value._code, value._lasti),
                value._order > log.began,
            )
        )  # fmt: skip
    return nodes
