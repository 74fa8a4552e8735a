"""How a step is carried out on buffers: the NumPy calls that write their result into one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .symbols import Step, Symbol
from .written import Writer, path

#: Reductions by what they are called as a method or function.
REDUCTIONS = {
    "sum": "np.add.reduce", "max": "np.maximum.reduce", "min": "np.minimum.reduce",
    "mean": "np.add.reduce", "any": "np.logical_or.reduce", "all": "np.logical_and.reduce",
}  # fmt: skip
FUNCTIONS = {
    np.sum: "sum", np.max: "max", np.min: "min", np.mean: "mean", np.any: "any", np.all: "all",
}  # fmt: skip
REDUCED: dict[Any, str] = {np.add: "sum", np.maximum: "max", np.minimum: "min"}
#: Functions of whole arrays that take a place for their result.
WITH_OUT = {np.concatenate, np.stack, np.cumsum, np.cumprod, np.take}
#: Arrays of that many elements are worth more than one call.
LONG = 2048


class Lowered(NamedTuple):
    """A step as statements, given the name of the array for the result."""

    statements: Callable[[str], list[str]]
    #: Whether the result may lie where an operand of the same shape lies.
    elementwise: bool


def lowered(step: Step, writer: Writer, scratch: Callable[..., str]) -> Lowered | None:
    """The step as calls that write into a given array; None for what always makes a new one.

    ``scratch(shape, dtype)`` is the name of an array that holds numbers for one step only.
    """
    if len(step.outs) != 1 or not plain_array(step.outs[0].sample):
        return None
    if step.kind == "power":
        return square(step, writer)
    name, axis, keepdims = reduction(step)
    if name is not None:
        return reduced(step, writer, name, axis, keepdims)
    function = step.function
    if is_product(step):
        return product(step, writer)
    if step.kind != "function" or step.kwargs.get("dtype") is not None:
        return None
    if function is np.where and len(step.args) == 3:
        return kept_or_zero(step, writer, scratch)
    if is_plain_ufunc(step) and not is_product(step):
        arguments = writer.given(step, hoisted=True)
        # NumPy wants maximum and minimum to be told by name where the result goes.
        place = "out=" if function in (np.maximum, np.minimum) else ""
        return Lowered(lambda out: [f"{path(function)}({arguments}, {place}{out})"], True)
    if function in WITH_OUT:
        arguments = writer.given(step)
        return Lowered(lambda out: [f"{path(function)}({arguments}, out={out})"], False)
    return None


def is_elementwise(step: Step) -> bool:
    """True for a step whose result is written element by element into a given array."""
    if len(step.outs) != 1 or not plain_array(step.outs[0].sample):
        return False
    if step.kind == "power":
        return is_square(step)
    if step.kind != "function":
        return False
    if step.function is np.where:
        return kept_operand(step) is not None
    return is_plain_ufunc(step)


def is_plain_ufunc(step: Step) -> bool:
    """True for the call of a ufunc with one result and no keywords."""
    function = step.function
    return isinstance(function, np.ufunc) and function.nout == 1 and not step.kwargs


def plain_array(sample: Any) -> bool:
    """True for an array with axes that a buffer can be made for."""
    return isinstance(sample, np.ndarray) and sample.ndim > 0 and sample.dtype.kind in "fb"


def is_square(step: Step) -> bool:
    """True for a**2, which NumPy computes as a square."""
    base, exponent = step.args
    return type(exponent) in (int, float) and exponent == 2 and isinstance(base, Symbol)


def square(step: Step, writer: Writer) -> Lowered | None:
    """a**2 as np.square."""
    if not is_square(step):
        return None
    text = writer.operand_of(step, step.args[0])
    return Lowered(lambda out: [f"np.square({text}, {out})"], True)


def is_product(step: Step) -> bool:
    """True for a matrix product, by @ or by the method or function dot."""
    if step.kwargs or len(step.args) != 2:
        return False
    if step.kind == "function" and step.function is np.matmul:
        return True
    if step.function is not np.dot and (step.kind, step.function) != ("method", "dot"):
        return False
    ranks = [np.ndim(getattr(x, "sample", x)) for x in step.args]
    return min(ranks) >= 1 and max(ranks) <= 2


def product(step: Step, writer: Writer) -> Lowered | None:
    """A matrix product; of two axes and less by np.dot, which is called faster."""
    a, b = (np.ndim(getattr(x, "sample", x)) for x in step.args)
    name = "np.dot" if a <= 2 and b <= 2 else "np.matmul"
    arguments = writer.given(step)
    return Lowered(lambda out: [f"{name}({arguments}, {out})"], False)


def kept_or_zero(step: Step, writer: Writer, scratch: Callable[..., str]) -> Lowered | None:
    """np.where(c, a, 0.0) and np.where(c, 0.0, b) of long arrays, by bits.

    Where c holds the mask is -1, all bits: a & mask is a, NaN and -0.0 included, and 0.0
    elsewhere. np.where guesses at each element which way c goes, and is five times slower.
    """
    kept = kept_operand(step)
    if kept is None:
        return None
    condition, a, _ = step.args
    c, x, mask = (
        writer.operand_of(step, condition), writer.operand_of(step, kept),
        scratch(step.outs[0].sample.shape, np.int64),
    )  # fmt: skip
    sign = "np.negative({0}" if kept is a else "np.subtract({0}, 1"
    first = sign.format(f"{c}.view(np.int8)") + f", out={mask}, casting='unsafe')"

    def statements(target: str) -> list[str]:
        second = f"np.bitwise_and({x}.view(np.int64), {mask}, out={target}.view(np.int64))"
        return [first, second]

    return Lowered(statements, True)


def kept_operand(step: Step) -> Symbol | None:
    """The operand of np.where that is taken by its bits, if the other is 0; else None."""
    if len(step.args) != 3 or step.kwargs:
        return None
    condition, a, b = step.args
    out = step.outs[0].sample
    if out.dtype != np.float64 or out.size < LONG:
        return None
    kept, zero = (a, b) if isinstance(a, Symbol) else (b, a)
    known = getattr(condition, "sample", condition)
    if not isinstance(kept, Symbol) or not is_zero(zero) or not isinstance(known, np.ndarray):
        return None
    same = known.dtype == bool and known.shape == out.shape and kept.sample.dtype == out.dtype
    return kept if same else None


def is_zero(x: Any) -> bool:
    """True for the plain number 0, not -0."""
    return isinstance(x, int | float | np.floating) and x == 0 and not np.signbit(x)


def short_text(step: Step, writer: Writer) -> str | None:
    """A shorter call for some functions that NumPy writes in Python; None for others."""
    if is_product(step):
        ranks = [np.ndim(getattr(x, "sample", x)) for x in step.args]
        return f"np.dot({writer.given(step)})" if max(ranks) <= 2 else None
    if step.kind != "function" or not step.args or not isinstance(step.args[0], Symbol):
        return None
    x = writer.operand_of(step, step.args[0])
    if step.function is np.expand_dims:
        return f"{x}.reshape({step.outs[0].sample.shape})"
    given = step.args[1:2]
    if step.function is np.take_along_axis and given and isinstance(given[0], Symbol):
        rows, index = step.args[0].sample, step.args[1].sample
        axis = step.args[2] if len(step.args) == 3 else step.kwargs.get("axis", -1)
        if axis in (-1, rows.ndim - 1) and rows.ndim == 2 and len(index) == len(rows):
            k = writer.operand_of(step, step.args[1])
            return f"{x}[np.arange({len(rows)})[:, None], {k}]"
    return None


def reduction(step: Step) -> tuple[str | None, Any, bool]:
    """Name, axis and keepdims of a reduction that a ufunc can carry out; no name for others."""
    name = step.function if step.kind == "method" else None
    given = dict(step.kwargs)
    if step.kind == "function":
        name = FUNCTIONS.get(step.function)
        owner = getattr(step.function, "__self__", None)
        if isinstance(owner, np.ufunc) and step.function.__name__ == "reduce":
            name = REDUCED.get(owner)
            given.setdefault("axis", 0)
    if name not in REDUCTIONS or not step.args or not isinstance(step.args[0], Symbol):
        return None, None, False
    if len(step.args) == 2:
        given["axis"] = step.args[1]
    axis, keepdims = given.pop("axis", None), given.pop("keepdims", False)
    sample = step.args[0].sample
    kinds = "f" if name not in ("any", "all") else "b"
    usable = isinstance(sample, np.ndarray) and sample.dtype.kind in kinds and sample.ndim
    if given or len(step.args) > 2 or not usable or sample.dtype == np.float16 or not sample.size:
        return None, None, False
    return name, axis, keepdims


def reduced(step: Step, writer: Writer, name: str, axis: Any, keepdims: bool) -> Lowered:
    """A reduction over axes, into an array."""
    (x,), out = step.args[:1], step.outs[0].sample
    if isinstance(axis, tuple) and len(axis) == 1:
        axis = axis[0]
    text = f"{REDUCTIONS[name]}({writer.operand_of(step, x)}, {axis!r}, None"
    kept = ", True" if keepdims else ""
    count = x.sample.size // max(1, out.size)

    def statements(target: str) -> list[str]:
        lines = [f"{text}, {target}{kept})"]
        if name == "mean":
            lines.append(f"np.divide({target}, {count}, {target})")
        return lines

    return Lowered(statements, False)


def reduced_number(step: Step, writer: Writer) -> str | None:
    """A reduction as an expression that makes a number or a new array."""
    if len(step.outs) != 1 or not isinstance(step.outs[0].sample, np.generic | np.ndarray):
        return None
    name, axis, keepdims = reduction(step)
    if name is None:
        return None
    (x,) = step.args[:1]
    if isinstance(axis, tuple) and len(axis) == 1:
        axis = axis[0]
    text = f"{REDUCTIONS[name]}({writer.operand_of(step, x)}, {axis!r}"
    text += ", keepdims=True)" if keepdims else ")"
    count = x.sample.size // max(1, step.outs[0].sample.size)
    return f"{text} / {count}" if name == "mean" else text
