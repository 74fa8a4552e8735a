"""What an op of a learner's engine computes: found from the value itself, and verified on it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from ..ops import OPS

#: How learners name their ops, where that is not our name or symbol.
ALIASES = {
    "mul": "multiply", "times": "multiply", "sub": "subtract", "minus": "subtract",
    "div": "divide", "truediv": "divide", "neg": "negative", "pow": "power", "plus": "add",
    "abs": "absolute", "ln": "log",
}  # fmt: skip


class Forward(NamedTuple):
    """A function of plain numbers or arrays, the operands it was called on, and its name."""

    function: Callable[..., Any]
    operands: tuple[Any, ...]
    name: str


def forward_of(value: Any, inputs: Sequence[Any]) -> Forward | None:
    """What computed ``value`` from ``inputs``; None if nothing that is tried gives its data.

    First the method of its class that made ``_backward`` is called on fresh objects, then the
    name or sign in ``_op`` is looked up in the table of ops.
    """
    for candidate in (*_by_method(value, inputs), *_by_name(value, inputs)):
        operands = [data_of(x) for x in candidate.operands]
        try:
            with np.errstate(all="ignore"):
                result = np.asarray(candidate.function(*operands), dtype=float)
                same = np.allclose(
                    result, np.asarray(value.data, dtype=float), rtol=1e-9, atol=1e-12,
                    equal_nan=True,
                )  # fmt: skip
        except Exception:
            continue
        if same and result.shape == np.shape(value.data):
            return candidate
    return None


def data_of(x: Any) -> Any:
    """The numbers of a learner's value; a plain number as it is."""
    return x.data if hasattr(x, "data") and hasattr(x, "grad") else x


def op_name(value: Any) -> str:
    """How to call the op in a sentence: its sign, or the method that made it."""
    sign: Any = getattr(value, "_op", None) or getattr(value, "op", None)
    if isinstance(sign, str) and sign:
        return sign
    if sign is not None and hasattr(sign, "__name__"):
        return sign.__name__
    return _method_name(value) or "op"


def _method_name(value: Any) -> str:
    """``__mul__`` for a function defined in ``Value.__mul__``; "" for others."""
    names = getattr(getattr(value, "_backward", None), "__qualname__", "").split(".")
    return names[-3] if len(names) > 2 and names[-2] == "<locals>" else ""


def _by_method(value: Any, inputs: Sequence[Any]) -> Iterator[Forward]:
    """The learner's own method on fresh objects, with the operands its closure holds."""
    kind, name, backward = type(value), _method_name(value), getattr(value, "_backward", None)
    method = inspect.getattr_static(kind, name, None) if name else None
    method = getattr(method, "__func__", method)
    if not inspect.isfunction(method) or backward is None:
        return
    closure = _closure(backward)
    parameters = list(inspect.signature(method).parameters)

    def call(*operands: Any) -> Any:
        fresh = []
        for operand, original in zip(operands, chosen, strict=True):
            fresh.append(kind(operand) if hasattr(original, "grad") else operand)
        return method(*fresh).data

    for order in _orders(inputs, len(parameters)):
        chosen = [closure.get(name, x) for name, x in zip(parameters, order, strict=True)]
        used = {id(x) for x in chosen if hasattr(x, "grad")}
        if used == {id(x) for x in inputs}:
            yield Forward(call, tuple(chosen), name)


def _closure(function: Any) -> dict[str, Any]:
    """The variables of the enclosing method that a function holds on to."""
    found: dict[str, Any] = {}
    cells = getattr(function, "__closure__", None) or ()
    code = getattr(function, "__code__", None)
    for name, cell in zip(code.co_freevars if code else (), cells, strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue
    return found


def _orders(inputs: Sequence[Any], count: int) -> Iterator[tuple[Any, ...]]:
    """The inputs in every order in which they may have been ``count`` operands."""
    inputs = list(inputs)
    if len(inputs) == 1 and count == 2:
        yield (inputs[0], inputs[0])
    elif len(inputs) == count:
        yield from permutations(inputs)


def _by_name(value: Any, inputs: Sequence[Any]) -> Iterator[Forward]:
    """An op of our table that goes by the name in ``_op``."""
    sign = op_name(value).strip("_")
    power = re.fullmatch(r"(?:\*\*|\^|pow)\s*\(?(-?[\d.]+(?:e-?\d+)?)\)?", sign)
    if power and len(inputs) == 1:
        exponent = float(power[1])
        yield Forward(lambda a: np.asarray(a, dtype=float) ** exponent, (inputs[0],), sign)
        return
    plain = ALIASES.get(sign.lower(), sign.lower())
    for op in OPS.values():
        if plain not in (op.name, op.symbol.lower()) or op.variadic:
            continue
        for order in _orders(inputs, len(op.input_names)):
            yield Forward(op.forward, order, sign)
