"""Checkpoint: less memory for more time, by computing a part again in the backward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .backprop import gradients
from .modes import no_grad, set_grad_enabled, thread
from .node import Node, next_order
from .ops import Op, Sample
from .value import Value, record


def checkpoint(function: Callable[..., Any], *args: Any) -> Value:
    """``function(*args)``, of whose graph only the inputs are kept until the backward pass.

    The backward pass calls ``function`` again to get its graph back. Other Values that the
    function uses (a layer's weights) get their gradients too. It must give the same result both
    times: draw random numbers outside, or from a generator made inside with a fixed seed.

    >>> import autograd as ag
    >>> w, x = ag.Value(2.0), ag.Value(3.0)
    >>> y = checkpoint(lambda v: (v * w).tanh() * v, x)
    >>> y.op.name, len(ag.Graph(y))
    ('recomputed', 3)

    Raises:
        TypeError: the function does not return one Value.
        RuntimeError: in the backward pass, if the second result differs from the first.
    """
    start = next_order()
    with set_grad_enabled(thread.state.recording):
        first = function(*args)
    if not isinstance(first, Value):
        raise TypeError(
            f"checkpoint() got a function that returns {type(first).__name__}; expected one Value."
        )
    given = [x for x in args if isinstance(x, Node)]
    used = outside_values(first, start, given)
    part = Part(function, args, used, first._array)
    return record(Recomputed, (*given, *used), {"part": part})


def outside_values(out: Node, start: int, given: list[Node]) -> list[Node]:
    """Values older than ``start`` that ``out`` was computed from directly, arguments left out."""
    found: dict[Node, None] = {}
    seen, waiting = {out}, [out]
    while waiting:
        node = waiting.pop()
        if node._order > start:
            if node.requires_grad and not any(node is x for x in given):
                found[node] = None
            continue
        for x in node.inputs:
            if isinstance(x, Node) and x not in seen:
                seen.add(x)
                waiting.append(x)
    return sorted(found, key=lambda node: -node._order)


class Part:
    """What a checkpoint keeps: the function, its arguments, and the outside Values it uses."""

    def __init__(
        self, function: Callable[..., Any], args: Sequence[Any], used: list[Node], data: Any
    ) -> None:
        self.function = function
        # Of the Values only the places are kept: the op's inputs hold them.
        self.args = [None if isinstance(x, Node) else x for x in args]
        self.places = [k for k, x in enumerate(args) if isinstance(x, Node)]
        self.used = used
        self.result = data
        self._last: tuple[Any, list[Any]] | None = None

    def compute(self, values: Sequence[Any]) -> Any:
        """The function on ``values`` in the place of its Value arguments."""
        args = list(self.args)
        for place, value in zip(self.places, values, strict=False):
            args[place] = value
        return self.function(*args)

    def gradient(self, delta: Any, out: Any, inputs: Sequence[Any], index: int) -> Any:
        """δ · ∂out/∂input, from a graph computed anew, once for all inputs."""
        if self._last is None or self._last[0] is not delta:
            self._last = (delta, self.gradients(delta, out, inputs))
        found = self._last[1]
        passed, found[index] = found[index], None
        if all(gradient is None for gradient in found):
            self._last = None
        return passed

    def gradients(self, delta: Any, out: Any, inputs: Sequence[Any]) -> list[Any]:
        """The gradients of all inputs; zeros where there is no dependence."""
        create_graph = isinstance(out, Node)
        count = len(self.places)
        fresh = []
        for x in inputs[:count]:
            fresh.append(x.copy() if isinstance(x, Value) else Value(x))
        with set_grad_enabled(True):
            again = self.compute(fresh)
        before = out._array if create_graph else out
        if not np.array_equal(again._array, before, equal_nan=True):
            raise RuntimeError(
                "checkpoint() got another result when it called its function again in the "
                "backward pass; expected the same one. Does it draw random numbers, or use a "
                "Value whose data was overwritten?"
            )
        found = gradients(again, [*fresh, *self.used], delta, create_graph)
        for k, x in enumerate([*fresh, *self.used]):
            if found[k] is None:
                found[k] = np.zeros(x.shape, x.dtype)[()]
        return found


def _half_square(v: Value) -> Value:
    return v * v * 0.5


class Recomputed(Op):
    """The result of a function that is called again in the backward pass."""

    variadic = True

    @staticmethod
    def forward(*inputs, part):
        if part.result is not None:
            data, part.result = part.result, None
            return data
        with no_grad():
            return part.compute([Value(x, requires_grad=False) for x in inputs])._array

    @staticmethod
    def wrt_input(delta, out, *inputs, index, part):
        return part.gradient(delta, out, inputs, index)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(12)
        shapes = [(), (1,), (3,), (2, 3), (0, 3)] * 6
        return [
            Sample(
                (np.asarray(rng.normal(size=shape))[()],),
                {"part": Part(_half_square, [Value(0.0)], [], None)},
            )
            for shape in shapes
        ]
