"""What a compiled function gives: Values whose gradients come from its program."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..backprop import gradients, hand_over, run_backward
from ..modes import set_grad_enabled, thread
from ..node import Node, Operands, next_order
from ..ops import Op
from ..value import Value

#: Frames from here up to the one that called the compiled function.
CALLER = 4


class Part:
    """What a result keeps of the call that gave it: the arrays it ran on, and the gradients."""

    __slots__ = ("arguments", "arrays", "grads", "place", "replay")

    def __init__(
        self, replay: Any, arguments: list[Any], arrays: list[Any], grads: Any, place: int
    ) -> None:
        self.replay = replay
        self.arguments = arguments
        self.arrays = arrays
        #: Gradients of the inputs for δ = 1, computed with the result; None once handed over.
        self.grads = grads
        #: Which output of the program the result is.
        self.place = place

    def unit_gradients(self, out: Any, nodes: Sequence[Any]) -> Sequence[Any]:
        """∂out/∂input for each input; the arrays are given once, and are the caller's."""
        grads, self.grads = self.grads, None
        if grads is None:
            inputs = [x._array if isinstance(x, Node) else x for x in nodes]
            again, grads = self.replay.again(self.replay.with_data(self.arrays, inputs), self.place)
            require_same(again, out)
        return grads

    def pulled(self, delta: Any, out: Any, inputs: Sequence[Any]) -> list[Any]:
        """δ · ∂out/∂input for each input, by the program of the backward pass."""
        arguments = self.replay.with_inputs(self.arguments, inputs)
        again, *found = self.replay.pull(self.place, delta, arguments, self.arrays)
        require_same(again, out)
        return found

    def recorded(self, delta: Any, out: Any, inputs: Sequence[Any]) -> list[Any]:
        """δ · ∂out/∂input as Values, from a graph that the eager function records."""
        with set_grad_enabled(True):
            arguments = self.replay.with_inputs(self.arguments, inputs)
            again = self.replay.eager_output(arguments, self.place)
        require_same(again._array, out._array)
        with without_hooks(inputs):
            found = gradients(again, inputs, delta, create_graph=True)
        for k, x in enumerate(inputs):
            if found[k] is None:
                found[k] = np.zeros(x.shape, x.dtype)[()]
        return found

    def gradient(self, delta: Any, out: Any, inputs: Sequence[Any], index: int) -> Any:
        """δ · ∂out/∂input of one input: computed for all when the first is asked for."""
        if isinstance(out, Node):
            return self.recorded(delta, out, inputs)[index]
        if not self.replay.takes(inputs):
            return self.recorded(Value(delta), Value(out), [*map(Value, inputs)])[index]._array
        if self.grads is None or len(self.grads) != len(inputs) or index == 0:
            if self.replay.scalar:
                units = self.unit_gradients(out, inputs)
                self.grads = [unit * delta for unit in units]
            else:
                self.grads = self.pulled(delta, out, inputs)
        passed, self.grads[index] = self.grads[index], None
        if index == len(inputs) - 1:
            self.grads = None
        return passed


@contextmanager
def without_hooks(nodes: Sequence[Any]) -> Iterator[None]:
    """No hooks of these Values meanwhile: they run once, in the pass that asks."""
    kept = [(x._rare, x._rare.hooks) for x in nodes if x._rare is not None]
    for rare, _ in kept:
        rare.hooks = None
    try:
        yield
    finally:
        for rare, hooks in kept:
            rare.hooks = hooks


def require_same(again: Any, before: Any) -> None:
    """An error if a call that is repeated for its gradients gives another result."""
    if not np.allclose(again, before, rtol=1e-9, atol=1e-300, equal_nan=True):
        raise RuntimeError(
            "backward() through a compiled function computed it again and got another result; "
            "expected the same. Was an argument array written into, or does it draw random "
            "numbers? Call it again instead."
        )


class CompiledValue(Value):
    """The scalar that a compiled function computed, its gradients at hand already."""

    __slots__ = ()

    def backward(
        self, gradient: Any = None, create_graph: bool = False, inputs: Any = None
    ) -> None:
        """Fill ``.grad`` of every value that the compiled function used; as `Value.backward`."""
        plain = gradient is None and not create_graph and inputs is None and self._rare is None
        if plain and self.requires_grad and thread.state.watch is None:
            part: Part = self.settings["part"]  # type: ignore[index]
            nodes = self.inputs
            if part.replay.scalar and all_plain(nodes, self._order):
                self._grad = self._array.dtype.type(1)
                hand_over(nodes, part.unit_gradients(self._array, nodes))
                return
        run_backward(self, gradient, create_graph, inputs)


def all_plain(nodes: Sequence[Node], order: int) -> bool:
    """True if all are leaves that are current and have no hooks."""
    for node in nodes:
        if node.op is not None:
            return False
        rare = node._rare
        if rare is not None and (
            rare.changed < order or rare.hooks is not None or rare.after_accumulation is not None
        ):
            return False
    return True


def new_result(
    op: type[Op], nodes: Sequence[Node], data: Any, part: Part, label: str | None
) -> Value:
    """The Value of a compiled call: one node, whose inputs are all Values that it depends on."""
    out = CompiledValue.__new__(CompiledValue)
    out._array, out._order, out._grad, out._rare, out.label = data, next_order(), None, None, label
    state = thread.state
    out.op, out.settings, out.requires_grad = op, {"part": part}, True
    if len(nodes) > 2 or not nodes:
        out._first = nodes if type(nodes) is Operands else Operands(nodes)
        out._second = None
    else:
        out._first, out._second = nodes[0], nodes[1] if len(nodes) == 2 else None
    frame = sys._getframe(CALLER)
    out._code, out._lasti, out.scope = frame.f_code, frame.f_lasti, state.scope
    return out if state.observer is None else state.observer(out)


def new_constant(data: Any, label: str | None) -> Value:
    """A result that needs no gradient."""
    out = Value.__new__(Value)
    out._array, out._order, out._grad, out._rare, out.label = data, next_order(), None, None, label
    out.op = out._first = out._second = out.settings = None
    out.requires_grad = False
    frame = sys._getframe(CALLER)
    out._code, out._lasti, out.scope = frame.f_code, frame.f_lasti, thread.state.scope
    return out
