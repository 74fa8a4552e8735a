"""Replay: a traced program with what it takes from outside and what it gives back there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..backprop import sweep
from ..containers import leaves_of, map_leaves, rebuild
from ..modes import set_grad_enabled, tapes, tracing
from ..node import Node, Operands
from ..ops import Op, Sample
from ..value import Value
from .buffered import Buffered
from .errors import refusal
from .glue import ARGUMENT, DRAWN, GRADIENT, LEAF, STATE, WRITTEN, Glue
from .levels import Levels, is_scalar_program
from .program import MISMATCH
from .results import Part, new_constant, new_result
from .symbols import Symbol
from .tracing import Trace, traced_symbol


class Replay:
    """One program of a compiled function."""

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any, names: Any):
        self.function = function
        trace = traced(function, args, kwargs, names)
        tape = trace.tape
        self.lock = threading.Lock()
        self.form = form_of((args, kwargs))
        given = {x: k for k, x in enumerate(trace.places) if x is not None}
        # Places where the same Value was given: the program holds while it is.
        pairs = [(k, given[x]) for k, x in enumerate(trace.places) if given.get(x, k) != k]
        self.result = form_of(trace.result)
        self.single = not isinstance(trace.result, list | tuple | dict | None)
        self.scalar = trace.root is not None
        self.pullbacks: dict[int, Replay] = {}
        #: Which of the results each output is.
        self.result_of: dict[int, int] = {}
        outputs: list[Any] = []

        self.take_results(trace, given, outputs)
        self.take_gradients(trace, given, outputs)
        self.take_changes(trace, given, outputs)

        name = getattr(function, "__name__", "function").strip("<>").replace("lambda", "function")
        title = f"{name}: one call, as a flat list of NumPy calls."
        self.program = trace.program(outputs, self.writes, name, title)
        self.fetch(self.program.inputs, given)
        flags = [(node, node.requires_grad) for node in tape.leaves if node not in given]
        # The arrays of the trace go before the buffers of the program come.
        trace.let_go()
        self.run = self.runner()
        glue = Glue()
        # Of Values that it changes, the same one twice would be changed twice.
        apart = [*given.values()] if self.data_changes or self.grad_changes else []
        self.fits = glue.fits(flags, self.grads_none, pairs, apart)
        self.inputs = glue.inputs(self.sources)
        self.changes = glue.changes(self.data_changes, self.grad_changes, tape.effects)
        self.program.forget_samples()

    def runner(self) -> Callable[..., Any]:
        """The program as a function: level by level for many numbers, else as code."""
        program = self.program
        plain = not program.writes and not program.guards
        if plain and is_scalar_program(program.steps, program.inputs):
            return Levels(program.steps, program.inputs, program.outputs).run
        buffered = Buffered(program)
        body = buffered.body()
        return program.compiled(program.module(body, buffered.setup))

    # -- the parts of a call, decided once

    def take_results(self, trace: Trace, given: dict[Any, int], outputs: list[Any]) -> None:
        """Add the results to the outputs, as they stand in the nest."""
        self.makers: list[Any] = []
        for k, x in enumerate(leaves_of(trace.result)):
            self.result_of[len(outputs)] = k
            self.makers.append(self.maker(x, trace, given, outputs))

    def take_gradients(self, trace: Trace, given: dict[Any, int], outputs: list[Any]) -> None:
        """Add the gradients of the root to the outputs, for the leaves that it depends on."""
        self.wanted: list[Any] = []
        self.samples: list[Any] = []
        first, found = len(outputs), dict(trace.pulled)
        for node, kept in trace.tape.leaves.items():
            if node.requires_grad and (node in found if self.scalar else trace.differentiable):
                self.wanted.append(given.get(node, node))
                self.samples.append(kept.array)
                if self.scalar:
                    outputs.append(traced_symbol(found[node], trace.tape))
        self.gradients = slice(first, first + len(self.wanted))
        #: The Values that a result depends on, if none of them is an argument.
        outside = not any(type(x) is int for x in self.wanted)
        self.nodes = Operands(self.wanted) if outside and len(self.wanted) > 2 else None

    def take_changes(self, trace: Trace, given: dict[Any, int], outputs: list[Any]) -> None:
        """Note all that the function changed: Values, arguments and running states."""
        self.data_changes: list[tuple[Any, int, int]] = []
        self.grad_changes: list[tuple[Any, int]] = []
        self.writes: list[tuple[Symbol, Any]] = []
        self.grads_none: list[tuple[Any, bool]] = []
        for node, array, grad, overwrites in trace.after:
            self.change(node, array, grad, overwrites, trace, given, outputs)
        for written, first, _ in trace.tape.written_arguments:
            self.writes.append((first, written.symbol))
        for _, _, running, first in trace.tape.states.values():
            if running.symbol is not first:
                self.writes.append((first, running.symbol))

    def maker(self, x: Any, trace: Trace, given: dict[Any, int], outputs: list[Any]) -> Any:
        """How a result is made again: a function of the arrays that the program returns."""
        if isinstance(x, Node) and x in trace.tape.leaves:
            return ("leaf", given.get(x, x), None)
        data = traced_symbol(x, trace.tape)
        if not isinstance(x, Node) and not isinstance(data, Symbol):
            if any(hasattr(getattr(y, "_array", y), "__traced__") for y in inside(x)):
                raise refusal(
                    trace.tape,
                    f"it returns a {type(x).__name__} that holds traced arrays",
                    "Return arrays and Values alone, or in tuples, lists and dicts.",
                )
            return ("constant", x, None)
        trace.tape.require_current(x._array if isinstance(x, Node) else x)
        outputs.append(data)
        if not isinstance(x, Node):
            return ("array", len(outputs) - 1, None)
        kind = "root" if x is trace.root else "value"
        if kind == "value" and trace.differentiable and trace.is_root(x):
            kind = "pulled"
        return (kind, len(outputs) - 1, x.label)

    def change(
        self, node: Any, array: Any, grad: Any, overwrites: int, trace: Trace,
        given: dict[Any, int], outputs: list[Any],
    ) -> None:  # fmt: skip
        """Note what the function did to the data and the gradient of a Value from outside."""
        kept, where = trace.tape.leaves[node], given.get(node, node)
        symbol = traced_symbol(array, trace.tape)
        if array is kept.traced and symbol is not kept.symbol:
            self.writes.append((kept.symbol, symbol))
            self.data_changes.append((where, -1, overwrites))
        elif symbol is not kept.symbol:
            outputs.append(symbol)
            self.data_changes.append((where, len(outputs) - 1, overwrites))
        elif overwrites:
            self.data_changes.append((where, -1, overwrites))
        before = kept.traced_grad.symbol if kept.traced_grad is not None else None
        after = None if grad is None else traced_symbol(grad, trace.tape)
        if after is not before or (kept.reset and after is None):
            place = -1
            if after is not None:
                outputs.append(after)
                place = len(outputs) - 1
            self.grad_changes.append((where, place))
            if not kept.reset:
                self.grads_none.append((where, before is None))

    def fetch(self, inputs: list[Symbol], given: dict[Any, int]) -> None:
        """Sort the inputs of the program by where they come from."""
        written = {id(first) for first, _ in self.writes}
        drawn = 0
        self.sources: list[tuple[int, Any, Any]] = []
        self.first_drawn: dict[int, Any] = {}
        for symbol in inputs:
            source = symbol.source
            if isinstance(source, Node):
                kind = WRITTEN if id(symbol) in written else LEAF
                self.sources.append((kind, given.get(source, source), None))
            elif isinstance(source, int):
                self.sources.append((ARGUMENT, source, None))
            elif isinstance(source, tuple) and isinstance(source[0], Node):
                self.sources.append((GRADIENT, given.get(source[0], source[0]), None))
            elif isinstance(source, tuple):
                self.sources.append((STATE, *source))
            else:
                self.sources.append((DRAWN, source, drawn))
                self.first_drawn[drawn] = copied(symbol.sample)
                drawn += 1

    # -- a call

    def call(self, leaves: list[Any], drawn: Any = None) -> Any:
        """The result of the function, and its effects on Values from outside.

        ``drawn`` are the random numbers that the trace drew, for the first call.
        """
        with tracing:
            arrays = self.inputs(leaves, drawn)
        try:
            with self.lock:
                outputs = self.run(*arrays)
        except ValueError as error:
            if str(error) != MISMATCH:
                raise
            return self.eager(leaves)
        results = []
        for maker in self.makers:
            results.append(self.made(maker, outputs, arrays, leaves))
        if self.changes is not None:
            if tapes:  # another thread traces: then its Values get their own data back first
                tracing.acquire()
                tracing.release()
            self.changes(outputs, leaves)
        return results[0] if self.single else rebuild(self.result, iter(results))

    def made(self, maker: Any, outputs: Sequence[Any], arrays: list[Any], leaves: Any) -> Any:
        """One result."""
        kind, what, label = maker
        if kind == "root" or kind == "pulled":
            nodes = self.nodes or [leaves[x] if type(x) is int else x for x in self.wanted]
            grads = outputs[self.gradients] if kind == "root" else None
            part = Part(self, leaves, arrays, grads, what)
            return new_result(CompiledCall, nodes, outputs[what], part, label)
        if kind == "array":
            return outputs[what]
        if kind == "constant":
            return what
        if kind == "leaf":
            return leaves[what] if type(what) is int else what
        return new_constant(outputs[what], label)

    # -- gradients asked for later

    def with_data(self, arrays: list[Any], inputs: Sequence[Any]) -> list[Any]:
        """The arrays of a call with these data of the Values that the result depends on."""
        data, arrays = dict(zip(self.wanted, inputs, strict=True)), list(arrays)
        for k, (kind, source, _) in enumerate(self.sources):
            if kind == LEAF and source in data:
                arrays[k] = data[source]
        return arrays

    def takes(self, inputs: Sequence[Any]) -> bool:
        """True if the program was made for data of these shapes and dtypes."""
        for x, sample in zip(inputs, self.samples, strict=True):
            if x.shape != sample.shape or x.dtype != sample.dtype:
                return False
        return True

    def with_inputs(self, leaves: list[Any], inputs: Sequence[Any]) -> list[Any]:
        """The arguments of a call with these Values in the places of its own."""
        leaves = list(leaves)
        for x, given in zip(self.wanted, inputs, strict=True):
            if type(x) is int:
                leaves[x] = given if isinstance(given, Node) else Value(given)
        return leaves

    def again(self, arrays: list[Any], place: int) -> tuple[Any, list[Any]]:
        """The result and its gradients, from the same arrays once more."""
        with self.lock:
            outputs = self.run(*arrays)
        return outputs[place], outputs[self.gradients]

    def eager(self, leaves: list[Any]) -> Any:
        """The function itself, on these arguments."""
        args, kwargs = rebuild(self.form, iter(leaves))
        return self.function(*args, **kwargs)

    def eager_output(self, leaves: list[Any], place: int) -> Any:
        """One result of the function itself."""
        results = list(leaves_of(self.eager(leaves)))
        return results[self.result_of[place]]

    def pull(self, place: int, delta: Any, leaves: list[Any], arrays: list[Any]) -> Any:
        """One result again, and δ · ∂result/∂leaf for each leaf: by a program of its own."""
        delta = np.asarray(delta)
        if place not in self.pullbacks:
            self.pullbacks[place] = Replay(self.pullback(place), (delta, *leaves), {}, None)
        replay = self.pullbacks[place]
        drawn = {}
        for (kind, _, key), array in zip(self.sources, arrays, strict=True):
            if kind == DRAWN:
                drawn[key] = array
        with tracing:
            arrays = replay.inputs([delta, *leaves], drawn)
        with replay.lock:
            outputs = replay.run(*arrays)
        return [outputs[what] if kind == "array" else what for kind, what, _ in replay.makers]

    def pullback(self, place: int) -> Callable[..., Any]:
        """The function of δ and the arguments that gives a result and δ times its gradients."""
        number = self.result_of[place]

        def pullback(delta: Any, *leaves: Any) -> Any:
            args, kwargs = rebuild(self.form, iter(leaves))
            with set_grad_enabled(True):
                out = list(leaves_of(self.function(*args, **kwargs)))[number]
            nodes = [leaves[x] if type(x) is int else x for x in self.wanted]
            without_hooks(nodes)
            found = []
            for node, gradient in zip(nodes, pulled(out, nodes, delta), strict=True):
                zero = gradient is None
                found.append(np.zeros(node.shape, node.dtype)[()] if zero else gradient)
            return [out._array, *found]

        return pullback


def traced(function: Callable[..., Any], args: Any, kwargs: Any, names: Any) -> Trace:
    """One run as a trace; the second of two where the first made plain arrays.

    These may be random: then the second run makes others, and is refused.
    """
    with tracing:
        trace = Trace(function, args, kwargs, names)
        if trace.tape.plain:
            trace.let_go()
            trace = Trace(function, args, kwargs, names, first=trace)
    return trace


def pulled(out: Any, nodes: list[Any], delta: Any) -> list[Any]:
    """δ · ∂out/∂node for each node; δ is taken as it is."""
    found = dict.fromkeys(nodes)
    for value, gradient in sweep(out, delta):
        if value in found:
            found[value] = gradient
    return [found[node] for node in nodes]


def form_of(tree: Any) -> Any:
    """The nest without what it holds."""
    return map_leaves(lambda leaf: 0, tree)


def without_hooks(nodes: Iterable[Any]) -> None:
    """Leave the hooks of traced Values out: they run at each backward(), not in the program."""
    for node in nodes:
        if node._rare is not None and hasattr(node._array, "__traced__"):
            node._rare.hooks = None


def inside(x: Any) -> list[Any]:
    """What an object that a function returns has in its attributes, or as a set."""
    if isinstance(x, set | frozenset):
        return list(x)
    return list(leaves_of(list(getattr(x, "__dict__", {}).values())))


def copied(drawn: Any) -> Any:
    """What was drawn, as it was then."""
    return drawn.copy() if isinstance(drawn, np.ndarray) else drawn


def half_square(v: Any) -> Any:
    """What the samples of the op compute."""
    return (v * v * 0.5).sum()


class CompiledCall(Op):
    """The result of a compiled function, computed by its program."""

    variadic = True
    symbol = "compiled"

    @staticmethod
    def forward(*inputs, part):
        replay = part.replay
        if not replay.takes(inputs):
            return replay.eager_output(
                replay.with_inputs(part.arguments, inputs), part.place
            )._array
        return replay.run(*replay.with_data(part.arrays, inputs))[part.place]

    @staticmethod
    def wrt_input(delta, out, *inputs, index, part):
        return part.gradient(delta, out, inputs, index)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(12)
        samples = []
        for shape in [(), (1,), (3,), (2, 3), (0, 3)] * 6:
            x = Value(np.asarray(rng.normal(size=shape))[()])
            replay = Replay(half_square, (x,), {}, ["x"])
            part = Part(replay, [x], replay.inputs([x]), None, 0)
            samples.append(Sample((x.data,), {"part": part}))
        return samples
