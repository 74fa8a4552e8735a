"""Back-propagation: the reverse sweep over the graph, one value at a time."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from .data import UntraceableError, as_data, as_untraceable, float64, ndarray
from .error_notes import note_backward
from .hooks import run_hooks
from .modes import set_grad_enabled, thread
from .node import Node, Operands, last_overwrite
from .staleness import check_current
from .watching import PassWatch

#: ``add_up(array, axes)`` is ``array.sum(axis=axes)``.
add_up = np.add.reduce
#: Several threads may end their sweeps in the same leaf.
_accumulating = threading.Lock()


def run_backward(
    root: Node, gradient: Any = None, create_graph: bool = False, inputs: Any = None
) -> None:
    """The sweep from ``root`` run to its end, each gradient stored in its value.

    A leaf adds it to what it has; an interior value shows the last pass. With ``inputs``
    only those leaves are added to. Leaves take all or nothing: they get their gradients when
    the whole sweep has come to its end without an error.
    """
    if create_graph and not thread.state.recording:
        with set_grad_enabled(True):
            run_backward(root, gradient, create_graph, inputs)
        return
    only = None if inputs is None else leaf_set(inputs)
    start = seed(root, gradient, create_graph)
    watch = thread.state.watch
    if watch is not None:
        watch = watch.begin(root, start, True if only is None else only)
    leaves, deltas = [], []
    for value, delta in sweep(root, start, create_graph, watch):
        if value.op is not None:
            value._grad = delta
        elif only is None or value in only:
            leaves.append(value)
            deltas.append(delta)
    with _accumulating:
        totals = []
        for value, delta in zip(leaves, deltas, strict=True):
            if value._grad is not None:
                delta = value._grad + delta
            elif delta.__class__ is ndarray and delta.base is not None:
                # A view shares its memory with the gradient of another value.
                delta = delta.copy()
            totals.append(delta)
        hooked = []
        for value, total in zip(leaves, totals, strict=True):
            if watch is not None:
                watch.stored(value, value._grad)
            value._grad = total
            if (rare := value._rare) is not None and rare.after_accumulation is not None:
                hooked.append((value, list(rare.after_accumulation)))
    for value, hooks in hooked:
        for hook in hooks:
            hook(value)


def hand_over(leaves: Sequence[Node], gradients: Sequence[Any]) -> None:
    """Add to the gradients of leaves; the arrays become theirs."""
    watch = thread.state.watch
    with _accumulating:
        for leaf, gradient in zip(leaves, gradients, strict=True):
            leaf._grad = gradient if leaf._grad is None else leaf._grad + gradient
            if watch is not None:
                watch.grad_assigned(leaf)


def leaf_set(inputs: Any) -> set[Node]:
    """The Values of ``backward(inputs=…)``, checked."""
    values = [inputs] if isinstance(inputs, Node) else list(inputs)
    if not values:
        raise ValueError("backward(inputs=[]) names no leaf; expected at least one, or None: all.")
    for value in values:
        if not isinstance(value, Node) or not value.requires_grad:
            what = value.describe() if isinstance(value, Node) else type(value).__name__
            raise ValueError(
                f"backward(inputs=…) got {what}; expected Values that require a gradient."
            )
    return set(values)


def seed(root: Node, gradient: Any = None, create_graph: bool = False) -> Any:
    """∂J/∂root to start from: 1 for a scalar, or the given gradient of the root's shape."""
    if not root.requires_grad:
        raise ValueError(
            f"backward() from {root.describe()}, which needs no gradient: it was computed from "
            f"constants, under no_grad(), or made with requires_grad=False."
        )
    like = root._array
    given = like.dtype.type(1) if gradient is None else gradient
    if gradient is None and like.shape != ():
        raise ValueError(
            f"backward() from {root.describe()} of shape {root.shape}; expected a scalar. "
            f"Reduce it first, for example .sum() or .mean(), or pass gradient= of that shape."
        )
    if gradient is None and not create_graph:
        return given
    data = given._array if isinstance(given, Node) else as_data(given, like.dtype, "gradient=")
    if data.shape != like.shape:
        raise ValueError(
            f"backward(gradient=…) got shape {data.shape}; expected the shape of "
            f"{root.describe()}, {root.shape}."
        )
    if not create_graph:
        return data.astype(like.dtype)
    return given if isinstance(given, Node) else type(root)(data, requires_grad=False)


def sweep(
    root: Node, delta: Any, create_graph: bool = False, watch: PassWatch | None = None
) -> Iterator[tuple[Node, Any]]:
    """Back-propagation from ``root``, most recent value first: each value and its delta.

    A value's turn comes when everything computed from it has had its turn: then its delta
    = ∂J/∂value is complete. The rules of its op turn that into one contribution per input.
    With ``create_graph`` the rules run on Values, so that the deltas are recorded in turn.
    ``watch`` is told what happens; without one, the thread's watch is asked for it.
    """
    if watch is None and thread.state.watch is not None:
        watch = thread.state.watch.begin(root, delta, False)
    waiting = [root._order]
    pending = {root._order: (root, delta)}
    value, index = root, -1
    try:
        while waiting:
            order = heappop(waiting)
            value, delta = pending.pop(order)
            index, rare = -1, value._rare
            if watch is not None or (rare is not None and rare.hooks is not None):
                delta = begin_turn(value, delta, watch)
            yield value, delta
            if (op := value.op) is None:
                continue
            if last_overwrite[0] < order or rare is not None:
                check_operands(value)
            a, b, settings, rules = value._first, value._second, value.settings, op.rules
            inputs = (a, b) if b is not None else a if a.__class__ is Operands else (a,)
            data: Any = []
            out: Any = value._array
            for x in inputs:
                data.append(x._array if isinstance(x, Node) else x)
            if create_graph:
                data, out = inputs, value
            pieces = None if rules.__class__ is tuple else split(op, delta, out, data, settings)
            for index, x in enumerate(inputs):
                if isinstance(x, Node) and x.requires_grad:
                    if (rule := rules[index]) is None:
                        raise no_rule(value, index)
                    try:
                        if pieces is not None:
                            passed = pieces[index]
                        elif settings is not None:
                            passed = rule(delta, out, *data, **settings)
                        elif len(data) == 2:
                            passed = rule(delta, out, data[0], data[1])
                        else:
                            passed = rule(delta, out, *data)
                    except (ValueError, UntraceableError) as error:
                        passed = as_one_call(rule, (delta, out, *data), settings, error)
                    goal = x._array
                    kind = passed.__class__
                    if kind is not goal.__class__ or (
                        kind is not float64
                        and (passed.shape != goal.shape or passed.dtype is not goal.dtype)
                    ):
                        passed = fit(passed, goal)
                    if passed is delta and kind is ndarray:
                        passed = delta.view()
                    key = x._order
                    if watch is not None:
                        before = pending[key][1] if key in pending else None
                        watch.contribution(value, index, delta, passed, before)
                    if key in pending:
                        pending[key] = (x, pending[key][1] + passed)
                    else:
                        pending[key] = (x, passed)
                        heappush(waiting, key)
    except Exception as error:
        note_backward(error, value, index)
        raise


def begin_turn(value: Node, delta: Any, watch: PassWatch | None) -> Any:
    """The delta of a value whose turn has come, as its hooks leave it; the watch is told."""
    if (rare := value._rare) is not None and rare.hooks is not None:
        added_up, delta = delta, run_hooks(rare.hooks, delta, value)
        if watch is not None and delta is not added_up:
            watch.replaced(value, delta)
    if watch is not None:
        watch.turn(value, delta)
    return delta


def split(op: Any, delta: Any, out: Any, data: Any, settings: dict[str, Any] | None) -> Any:
    """What all inputs of the op get, from its rule for all at once; None where it is not traced."""
    if op.wrt_inputs is None:
        return None
    try:
        return op.wrt_inputs(delta, out, *data, **(settings or {}))
    except (ValueError, UntraceableError) as error:
        if as_untraceable(error) is None:
            raise
        return None


def as_one_call(
    function: Any, args: Iterable[Any], settings: dict[str, Any] | None, error: Exception
) -> Any:
    """Result of a function that cannot be traced, taken down as one call; else its error."""
    if (untraceable := as_untraceable(error)) is None:
        raise error
    return untraceable.tape.call(function, args, settings)


def check_operands(value: Node) -> None:
    """Raise an error if ``value``, or an operand, was overwritten since it was computed."""
    if value._rare is not None:
        check_current(value, value)
    for x in value.inputs:
        if isinstance(x, Node) and (rare := x._rare) is not None and rare.changed < value._order:
            check_current(x, value)


def no_rule(value: Node, index: int) -> TypeError:
    """The error for an operand that needs a gradient but has no derivative rule."""
    op = value.op
    assert op is not None
    return TypeError(
        f"backward() through {op.name} at {value.origin}: operand {index} needs a gradient, but "
        f"the op has no rule wrt_{op.input_names[index]}. Add the rule, or pass a constant: "
        f".detach() the operand."
    )


def gradients(
    root: Node, wanted: Iterable[Node], gradient: Any = None, create_graph: bool = False
) -> list[Any]:
    """∂root/∂value for each wanted value, without touching any ``.grad``.

    None for a value that ``root`` does not depend on.
    """
    wanted = list(wanted)
    found: dict[Node, Any] = dict.fromkeys(wanted)
    for value, delta in sweep(root, seed(root, gradient, create_graph), create_graph):
        if value in found:
            found[value] = delta
    return [found[value] for value in wanted]


def fit(passed: Any, data: Any) -> Any:
    """A contribution in the shape and dtype of its value: broadcasting undone by summing."""
    if not hasattr(passed, "dtype"):
        passed = as_data(passed, data.dtype, "the sweep, from a derivative rule,")
    if passed.shape != data.shape:
        given = passed.shape
        axes = broadcast_axes(given, data.shape)
        # What .sum() does for an array, without its Python.
        passed = add_up(passed, axes) if passed.__class__ is ndarray else passed.sum(axis=axes)
        if passed.shape != data.shape:
            if without_ones(passed.shape) != without_ones(data.shape):
                raise ValueError(
                    f"a derivative rule gave shape {given} for an operand of shape {data.shape}; "
                    f"expected that shape, or one that it broadcasts to."
                )
            passed = passed.reshape(data.shape)
    if passed.dtype != data.dtype:
        passed = passed.astype(data.dtype)
    return passed if passed.ndim or isinstance(passed, Node) else passed[()]


def without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The lengths of a shape that are not 1."""
    lengths = list(shape)
    while 1 in lengths:
        lengths.remove(1)
    return tuple(lengths)


@functools.lru_cache(maxsize=4096)
def broadcast_axes(shape: tuple[int, ...], target: tuple[int, ...]) -> tuple[int, ...]:
    """The axes along which ``target`` was repeated to become ``shape``."""
    leading = len(shape) - len(target)
    axes = list(range(leading))
    for k, length in enumerate(target):
        if length == 1 and shape[leading + k] != 1:
            axes.append(leading + k)
    return tuple(axes)
