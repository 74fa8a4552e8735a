"""The tape: the NumPy calls of one run, in order, and the Values from outside that it uses."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..node import Node, Rare, next_order
from .errors import TraceError, refusal
from .passes import hashable, is_constant
from .symbols import Step, Symbol, perform
from .traced import Traced, owner


class Kept:
    """What a Value from outside was before the trace took it over."""

    __slots__ = (
        "array", "grad", "op", "rare", "reset", "symbol", "traced", "traced_grad", "version",
    )  # fmt: skip

    def __init__(self, node: Node) -> None:
        self.array, self.grad, self.op = node._array, node._grad, node.op
        self.rare, self.version = node._rare, node.version
        self.symbol: Any = None
        self.traced: Any = None
        self.traced_grad: Any = None
        #: Whether the gradient was set to None before anything was added to it.
        self.reset = False


class Tape:
    """Records what a function does to arrays."""

    def __init__(self, first: Tape | None = None) -> None:
        #: The tape of a first run of the same function, with which this one must agree.
        self.first = first
        #: Plain arrays that the function computes with: constants of the program.
        self.plain: list[Any] = []
        self.draws: list[Any] = []
        self.steps: list[Step] = []
        self.inputs: list[Symbol] = []
        self.count = 0
        #: Values made since then are the function's own.
        self.start = next_order()
        #: Values from outside, in the order in which they were met.
        self.leaves: dict[Node, Kept] = {}
        #: Values recorded during the trace, in order.
        self.values: list[Any] = []
        #: Pairs of a condition and the truth that the library's own code met.
        self.guards: list[tuple[Symbol, bool]] = []
        #: Called at every call, when its results are there.
        self.effects: list[Callable[[], Any]] = []
        #: Arrays of a running state: container, key, traced array, first symbol.
        self.states: dict[tuple[int, Any], tuple[Any, Any, Traced, Symbol]] = {}
        #: Traced arrays that stand for arguments, by id.
        self.arguments: dict[int, Traced] = {}
        #: A part of an array that was written into and must be put back, and the error if not.
        self.part: tuple[Traced, Any, TraceError] | None = None
        #: Arguments that were written into: the traced array, its first symbol, the line.
        self.written_arguments: list[tuple[Traced, Symbol, str]] = []
        #: Whether the run is over: then nobody should have its arrays any more.
        self.ended = False
        #: Memory that was written into, by id: views of it taken before are out of date.
        self.written: dict[int, Any] = {}

    # -- symbols and steps

    def input(self, sample: Any, source: Any, name: str | None = None) -> Traced:
        """A new traced array that is supplied from outside."""
        symbol = Symbol(self.count, sample, None)
        self.count += 1
        symbol.source, symbol.name = source, name
        self.inputs.append(symbol)
        traced = Traced(self, symbol)
        if isinstance(source, int):
            self.arguments[id(traced)] = traced
        return traced

    def record(self, kind: str, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """The result of a call on traced arrays, as traced arrays; the call becomes a step."""
        if self.ended:
            raise left_behind(self)
        if self.part is not None:
            self.put_back(kind, args)
        symbols, samples = self.split(args)
        named, keyed = self.split(kwargs) if kwargs else (kwargs, kwargs)
        result = perform(kind, function, samples, keyed)
        step = Step(kind, function, symbols, named)
        self.steps.append(step)
        if not isinstance(result, tuple | list):
            traced = self.result(step, result, None)
            step.out = traced.symbol
            if traced.is_view and isinstance(args[0], Traced):
                args[0].is_copy = False  # what is written into it shows in the view
            return traced
        parts = [self.result(step, part, k) for k, part in enumerate(result)]
        step.out = [part.symbol for part in parts]
        if isinstance(result, list):
            return parts
        return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)

    def result(self, step: Step, sample: Any, index: int | None) -> Traced:
        """One traced array for one result."""
        if not isinstance(sample, np.ndarray | np.generic | int | float):
            raise refusal(
                self,
                f"a call gives {type(sample).__name__}, which is no array",
                "Compute it outside the compiled function.",
            )
        symbol = Symbol(self.count, sample, step, index)
        self.count += 1
        step.outs.append(symbol)
        if isinstance(sample, np.ndarray) and step.kind != "call":
            symbol.base = looked_into(step, sample)
        traced = Traced(self, symbol)
        if not is_constant(step):
            symbol.let_go()
        return traced

    def split(self, x: Any) -> tuple[Any, Any]:
        """A nest with symbols in place of traced arrays, and the same nest of their samples."""
        if isinstance(x, Traced):
            if x.tape is not self:
                raise left_behind(self)
            self.require_current(x)
            return x.symbol, x.sample
        if isinstance(x, tuple | list):
            pairs = [self.split(part) for part in x]
            kind = tuple if isinstance(x, tuple) else list
            return kind([pair[0] for pair in pairs]), kind([pair[1] for pair in pairs])
        if isinstance(x, dict):
            pairs = [self.split(part) for part in x.values()]
            first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            return dict(zip(x, first, strict=True)), dict(zip(x, second, strict=True))
        if isinstance(x, slice):
            for bound in (x.start, x.stop, x.step):
                if isinstance(bound, Traced):
                    bound.__index__()
        if isinstance(x, np.ndarray):
            self.note_plain(x)
        return x, x

    def note_plain(self, array: Any) -> None:
        """Remember a plain array; refuse one that was another in the first run."""
        self.plain.append(array)
        if self.first is None:
            return
        k = len(self.plain) - 1
        before = self.first.plain[k] if k < len(self.first.plain) else None
        if before is None or not np.array_equal(before, array, equal_nan=array.dtype.kind == "f"):
            raise refusal(
                self,
                "an array that it makes differs from run to run",
                "Draw random numbers by autograd.each_call(lambda: …), which is called every time.",
            )

    def part_written(self, view: Traced) -> None:
        """A view was written into: it must be put back, which is what ``x[index] += …`` does."""
        error = refusal(
            self,
            "an array is written into through a view of it",
            "Write into the array itself, x[index] = …, or compute a new one.",
        )
        self.part = view, view.symbol, error

    def put_back(self, kind: str = "", args: Any = ()) -> None:
        """Refuse what is done before a written part was put back into its array."""
        if self.part is not None:
            view, seen, error = self.part
            self.part = None
            if kind != "setitem" or args[2] is not view or args[0].symbol is not seen.base:
                raise error
            taken = seen.step.args if seen.step.kind == "getitem" else (None, None)
            if hashable(self.split(args[1])[0]) != hashable(taken[1]):
                raise error

    def require_current(self, traced: Any) -> None:
        """Refuse a view whose array was written into after it was taken."""
        is_view = self.written and isinstance(traced, Traced) and traced.is_view
        if is_view and id(owner(traced.sample)) in self.written:
            raise refusal(
                self,
                "a view is used after its array was written into",
                "Take the view again after writing.",
            )

    def call(self, function: Any, args: Any, kwargs: Any = None) -> Any:
        """A function of our own as one step, where its inside cannot be traced."""
        kwargs = kwargs or {}
        if isinstance(function, functools.partial):
            kwargs = {**function.keywords, **kwargs}
            function = function.func
        return self.record("call", function, tuple(args), kwargs)

    # -- Values

    def adopt(self, node: Node) -> None:
        """Take over a Value from outside: its data is traced until the trace ends."""
        if node in self.leaves or node._order < self.start or isinstance(node._array, Traced):
            return
        kept = self.leaves[node] = Kept(node)
        kept.traced = node._array = self.input(kept.array, node)
        kept.symbol = kept.traced.symbol
        if kept.grad is not None:
            grad = kept.grad._array if isinstance(kept.grad, Node) else kept.grad
            kept.traced_grad = node._grad = self.input(grad, (node, "grad"))
        node.op = None
        if kept.rare is not None:
            node._rare = copy_of(kept.rare)

    def reset(self, node: Node) -> None:
        """Note that a gradient from before is not needed: it is set to None."""
        kept = self.leaves.get(node)
        if kept is not None and node._grad is kept.traced_grad:
            kept.reset = True

    def observe(self, out: Any) -> Any:
        """Each newly recorded Value: what it used from outside is taken over."""
        self.follow(out, out.op, out.inputs, out.settings)
        self.values.append(out)
        return out

    def follow(self, out: Any, op: Any, inputs: Any, settings: Any) -> None:
        """Have the Value's data traced, computed again if an input was not traced yet."""
        met = False
        for x in inputs:
            if isinstance(x, Node) and not isinstance(x._array, Traced):
                self.adopt(x)
                met = True
        if met:
            data = [x._array if isinstance(x, Node) else x for x in inputs]
            try:
                out._array = op.forward(*data, **(settings or {}))
            except TraceError:
                out._array = self.call(op.forward, data, settings)

    # -- what the library asks of a trace

    def guard(self, traced: Traced) -> bool:
        """The truth of a condition that the library decides on; the program checks it again."""
        truth = bool(traced.sample)
        self.guards.append((traced.symbol, truth))
        return truth

    def drawn(self, draw: Callable[[], Any], name: str) -> Traced:
        """What ``draw()`` gives at each call, as an input of the program."""
        again = self.first is not None and len(self.draws) < len(self.first.draws)
        number = self.first.draws[len(self.draws)] if again and self.first else draw()
        self.draws.append(number)
        return self.input(number, draw, name)

    def state(self, container: Any, key: Any, name: str) -> Traced:
        """The array ``container[key]`` of a running state, traced; writes go to the array."""
        place = (id(container), key)
        if place not in self.states:
            traced = self.input(container[key], (container, key), f"{name}{key}")
            self.states[place] = (container, key, traced, traced.symbol)
        return self.states[place][2]

    def restore(self) -> None:
        """Give the Values from outside their own data back; the run is over."""
        self.ended = True
        for node, kept in self.leaves.items():
            node._array, node._grad = kept.array, kept.grad
            node.op, node._rare = kept.op, kept.rare

    def let_go(self) -> None:
        """Forget the Values, whose data leads back here: then they go when nobody holds them."""
        self.values.clear()
        self.leaves.clear()
        self.states.clear()
        self.written.clear()
        self.arguments.clear()
        self.written_arguments.clear()


def left_behind(tape: Tape) -> TraceError:
    """The error for an array of a run that is over, found in a list or attribute."""
    return refusal(
        tape,
        "an array is used that an earlier run of a compiled function left behind",
        "Keep what runs on from call to call in the data of a Value, or pass it as an argument and "
        "return it.",
    )


def looked_into(step: Step, sample: Any) -> Symbol | None:
    """The argument of a step in whose memory its result lies: for a view, or where it is the same.

    ``np.atleast_1d(x)`` is x itself; a view has memory of another array, its base.
    """
    for x in step.inputs:
        given = x.sample
        if sample is given or (
            sample.base is not None
            and isinstance(given, np.ndarray)
            and np.may_share_memory(sample, given)
        ):
            return x
    return None


def copy_of(rare: Rare) -> Rare:
    """A copy of what few Values carry, so that the trace does not write into it."""
    twin = Rare()
    for name in Rare.__slots__:
        setattr(twin, name, getattr(rare, name))
    twin.overwrites = rare.overwrites.copy()
    return twin
