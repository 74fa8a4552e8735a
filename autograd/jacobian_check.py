"""gradcheck and gradgradcheck: whole Jacobians against central differences, element by element."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .ancestors import ancestors
from .backprop import fit, gradients
from .modes import no_grad, set_grad_enabled
from .node import Node
from .one_op import STEP, OneOp, differences
from .ops import Op, apply
from .value import Value


class GradientError(AssertionError):
    """A derivative rule disagrees with central differences."""


def gradcheck(
    f: Callable[..., Any],
    *args: Any,
    rtol: float = 1e-6,
    atol: float = 1e-8,
    step: float = STEP,
) -> bool:
    """True if the whole Jacobian of f at ``args`` agrees with numeric differences.

    ``args`` are numbers, arrays or Values; all but integers and Values with
    ``requires_grad=False`` are varied. f returns a Value, or several in a tuple or list. The
    differences are central, extrapolated (Richardson) from h and h/2, h = ``step`` · max(1, |x|):
    good to about 1e-10 relative in float64, away from kinks.

    >>> import numpy as np
    >>> gradcheck(lambda x, y: np.tanh(x) * y, np.array([0.5, -1.0]), 2.0)
    True

    Raises:
        GradientError: naming the input, the element, both numbers, and the line of the rule.
        TypeError: f does not return Values, or there is nothing to vary.
    """
    values = [as_variable(x) for x in args]
    chosen = [k for k, x in enumerate(values) if isinstance(x, Node) and x.requires_grad]
    if not chosen:
        raise TypeError(
            "gradcheck() got no argument to vary; expected a number or array of floats."
        )
    with set_grad_enabled(True):
        outs = as_outputs(f(*values))
        for number, out in enumerate(outs):
            for k in chosen:
                exact = analytic_jacobian(out, values[k])
                numeric = numeric_jacobian(f, values, k, number, step)
                place = first_difference(exact, numeric, rtol, atol)
                if place is not None:
                    raise GradientError(
                        message(out, number, len(outs), values, k, exact, numeric, place)
                    )
    return True


def gradgradcheck(
    f: Callable[..., Any],
    *args: Any,
    rtol: float = 1e-5,
    atol: float = 1e-7,
    step: float = STEP,
) -> bool:
    """True if the second derivatives of f at ``args`` agree with differences of the first.

    It is `gradcheck` of the gradient: of δ · ∂f/∂argument for a fixed random δ, recorded by
    ``create_graph``.
    """
    rng = np.random.default_rng(0)
    with no_grad():
        outs = as_outputs(f(*[as_variable(x) for x in args]))
    deltas = [np.asarray(rng.uniform(0.5, 1.5, out.shape))[()] for out in outs]

    def slope(*points: Any) -> list[Value]:
        variables = [x for x in points if isinstance(x, Node) and x.requires_grad]
        found: list[Value] = []
        for out, delta in zip(as_outputs(f(*points)), deltas, strict=True):
            if out.requires_grad:
                parts = gradients(out, variables, delta, create_graph=True)
                found += [part for part in parts if part is not None]
        return found or [Value(0.0, requires_grad=False)]

    return gradcheck(slope, *args, rtol=rtol, atol=atol, step=step)


def check_op(op: type[Op], second_order: bool = True) -> int:
    """How many samples of an op were checked: every rule at each of its ``samples()``.

    What the project's tests do for the built-in ops, for an op of one's own: `gradcheck` and,
    unless ``second_order`` is False, `gradgradcheck`.

    Raises:
        GradientError: a rule is wrong.
        ValueError: the op brings no samples.
    """
    samples = op.samples()
    if not samples:
        raise ValueError(
            f"check_op() got {op.name}, which has no samples(); expected at least one."
        )
    for sample in samples:

        def call(*inputs: Any, settings: dict[str, Any] = sample.settings) -> Any:
            return apply(op, *inputs, **settings)

        inputs = [float(x) if isinstance(x, int) else x for x in sample.inputs]
        gradcheck(call, *inputs)
        if second_order:
            gradgradcheck(call, *inputs)
    return len(samples)


def as_variable(x: Any) -> Any:
    """An argument as a leaf of its own; integers and constants stay as they are."""
    if isinstance(x, Node):
        return Value(x._array, label=x.label) if x.requires_grad else x
    if isinstance(x, float | np.floating) or (isinstance(x, np.ndarray) and x.dtype.kind == "f"):
        return Value(x)
    return x


def as_outputs(result: Any) -> list[Value]:
    """What f returned, as a list of Values."""
    outs = list(result) if isinstance(result, list | tuple) else [result]
    for out in outs:
        if not isinstance(out, Value):
            raise TypeError(
                f"gradcheck() got a function that returns {type(out).__name__}; expected a Value, "
                f"or a tuple or list of Values."
            )
    return outs


def analytic_jacobian(out: Value, x: Value) -> Any:
    """∂out/∂x by back-propagation, ``(out.size, x.size)``: one pass per element of out."""
    rows = np.zeros((out.size, x.size))
    if not out.requires_grad:
        return rows
    for k in range(out.size):
        delta = np.zeros(out.size, out.dtype)
        delta[k] = 1
        (row,) = gradients(out, [x], delta.reshape(out.shape)[()])
        if row is not None:
            rows[k] = np.ravel(row._array if isinstance(row, Node) else row)
    return rows


def numeric_jacobian(
    f: Callable[..., Any], values: Sequence[Any], which: int, number: int, step: float
) -> Any:
    """∂(output ``number``)/∂(argument ``which``) by differences, ``(out.size, x.size)``."""
    original = values[which]

    def at(data: Any) -> Any:
        moved = list(values)
        moved[which] = Value(data.reshape(original.shape)[()], dtype=original.dtype)
        # The function may differentiate on its way (gradgradcheck), so it is left to record.
        return np.ravel(as_outputs(f(*moved))[number]._array).astype(float)

    return differences(at, np.ravel(original._array).astype(float), step)


def first_difference(exact: Any, numeric: Any, rtol: float, atol: float) -> Any:
    """Place of the largest disagreement beyond the tolerance, or None."""
    with np.errstate(invalid="ignore"):
        excess = np.abs(exact - numeric) - (atol + rtol * np.abs(numeric))
    excess = np.where(np.isnan(excess) & ~(np.isnan(exact) & np.isnan(numeric)), np.inf, excess)
    if excess.size == 0 or not np.any(excess > 0):
        return None
    return np.unravel_index(int(np.argmax(np.nan_to_num(excess, nan=-np.inf))), excess.shape)


def message(
    out: Value, number: int, count: int, values: Any, k: int, exact: Any, numeric: Any, place: Any
) -> str:
    row, column = place
    x = values[k]
    name = f"{x.label!r} (argument {k})" if x.label else f"argument {k}"
    index = tuple(int(i) for i in np.unravel_index(column, x.shape)) if x.shape else ()
    element = tuple(int(i) for i in np.unravel_index(row, out.shape)) if out.shape else ()
    which = f"output {number}" if count > 1 else "the output"
    text = (
        f"derivative of {which}{list(element) or ''} with respect to {name}{list(index) or ''}: "
        f"analytic {exact[row, column]:.10g}, numeric {numeric[row, column]:.10g}."
    )
    return text + " " + (wrong_rule(out) or "Every single rule agrees with its op: is f random?")


def wrong_rule(out: Node) -> str:
    """The first rule in the graph under ``out`` that disagrees with its own op, and its line."""
    rng = np.random.default_rng(1)
    for value in ancestors(out):
        for index, x in enumerate(value.inputs):
            if isinstance(x, Node) and x.requires_grad:
                delta = np.asarray(rng.uniform(0.5, 1.5, value.shape))[()]
                if not rule_agrees(value, index, delta):
                    return rule_text(value, index)
    return ""


def rule_agrees(value: Node, index: int, delta: Any) -> bool:
    """Does the rule of one edge agree with differences of its op's forward rule?"""
    assert value.op is not None
    op, settings = value.op, value.settings or {}
    data = [x._array if isinstance(x, Node) else x for x in value.inputs]
    numeric = OneOp(functools.partial(op.forward, **settings), data, index, delta).numeric()
    passed = fit(op.rules[index](delta, value._array, *data, **settings), data[index])
    exact = np.ravel(passed).astype(float)
    return first_difference(exact, np.ravel(numeric), 1e-5, 1e-7) is None


def rule_text(value: Node, index: int) -> str:
    assert value.op is not None
    op: type[Op] = value.op
    rule = op.rules[index]
    rule = getattr(rule, "func", rule)
    code = inspect.unwrap(rule).__code__
    return (
        f"The rule {code.co_qualname} ({code.co_filename}, line {code.co_firstlineno}) disagrees "
        f"with {op.name} at {value.origin}."
    )
