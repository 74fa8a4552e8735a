"""Local derivative: what stands on one edge, ∂out/∂input, by running the rule of that edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.backprop import broadcast_axes
from autograd.node import Node, data_of

from .. import notation
from .formula import Formula, lifted, operand


class LocalDerivative(NamedTuple):
    """The derivative of an op in one of its inputs, as symbol, formula and number.

    ``formula`` is the local derivative itself where the rule multiplies the upstream δ by
    one (elementwise ops, ops with a scalar result): then ``data`` holds its numbers, of the
    shape of the output or of the input. Elsewhere ``formula`` is the rule applied to δ
    (``passes δ W``), and ``data`` is None. ``summed`` names the axes of the output over which
    broadcasting is undone on the way back.
    """

    symbol: str
    formula: str
    data: Any
    summed: tuple[int, ...]

    @property
    def text(self) -> str:
        """``∂z/∂w = x = 3``; equal parts are written once."""
        if self.data is None:
            parts = [f"passes {self.formula}"]
        else:
            parts = [self.symbol, self.formula, notation.array(self.data)]
        shown = [part for i, part in enumerate(parts) if i == 0 or part != parts[i - 1]]
        text = " = ".join(shown)
        if self.summed:
            text += f", Σ over {axes_text(self.summed)}"
        return text


def axes_text(axes: tuple[int, ...]) -> str:
    """``axis 0``, ``axes 0, 1``."""
    return f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}"


def local_derivative(
    value: Node,
    slot: int,
    names: Sequence[str],
    out: str,
    delta: str = "δ",
    terms: Sequence[Formula] | None = None,
) -> LocalDerivative | None:
    """Local derivative of ``value`` in its input number ``slot``; None where there is no rule.

    ``names`` are the symbols of the inputs, ``out`` that of the value, ``delta`` that of the
    upstream gradient where it cannot be left out. ``terms`` are the inputs as Formulas, where
    the caller has them already.
    """
    op = value.op
    assert op is not None
    shape = np.shape(data_of(value.inputs[slot]))
    symbol = notation.partial(out, names[slot])
    alone = op.elementwise or value.shape == ()
    upstream = Formula(delta, np.ones(value.shape, value.dtype)[()])
    if alone:
        upstream = Formula("1", upstream.data, number=1.0)
    summed: tuple[int, ...] = ()
    if op.elementwise and value.shape != shape:
        summed = broadcast_axes(value.shape, shape)
    try:
        if op.rules[slot] is None:
            return None
        with np.errstate(all="ignore"):
            result = run_rule(value, slot, upstream, terms or terms_of(value, names), out)
    except Exception:
        return _generic(value, slot, symbol, names, alone, summed)
    if not op.elementwise and np.ndim(result.data) > len(shape):
        summed = broadcast_axes(np.shape(result.data), shape)
    return LocalDerivative(symbol, result.text, result.data if alone else None, summed)


class Terms(list[Formula]):
    """The inputs of a value as Formulas, and what a rule of all of them at once last gave."""

    upstream: Formula | None = None
    passed: Sequence[Any] = ()

    def known(self, upstream: Formula) -> bool:
        """True if the rule was run with this upstream gradient."""
        before = self.upstream
        if before is None or before.text != upstream.text:
            return False
        return np.array_equal(before.data, upstream.data)


def terms_of(value: Node, names: Sequence[str]) -> Terms:
    """The inputs of a value as Formulas, under these names."""
    return Terms(
        Formula(name, x.data) if isinstance(x, Node) else operand(x, name)
        for x, name in zip(value.inputs, names, strict=True)
    )


def run_rule(value: Node, slot: int, upstream: Any, terms: Sequence[Formula], out: str) -> Formula:
    """The rule of an edge, run on Formulas: of its op's ``upstream``, ``out`` and operands."""
    op = value.op
    assert op is not None
    settings = {}
    for name, setting in (value.settings or {}).items():
        array = isinstance(setting, np.ndarray | np.generic)
        settings[name] = Formula(name, setting) if array else setting
    result = Formula(out, value.data)
    if op.wrt_inputs is None or not isinstance(terms, Terms):
        rule: Any = op.rules[slot]
        return lifted(rule(upstream, result, *terms, **settings))
    # Run for each of n edges, the rule of all inputs would make n² Formulas.
    if not terms.known(upstream):
        terms.passed = op.wrt_inputs(upstream, result, *terms, **settings)
        terms.upstream = upstream
    return lifted(terms.passed[slot])


def _generic(
    value: Node, slot: int, symbol: str, names: Sequence[str], alone: bool, summed: tuple[int, ...]
) -> LocalDerivative:
    """For a rule that Formulas cannot go through: its numbers, and a form that says no more."""
    op = value.op
    assert op is not None
    arguments = ", ".join(["δ", *names])
    if not alone:
        return LocalDerivative(symbol, f"{op.name}′({arguments})", None, summed)
    rule: Any = op.rules[slot]
    ones = np.ones(value.shape, value.dtype)[()]
    inputs = [data_of(x) for x in value.inputs]
    with np.errstate(all="ignore"):
        data = rule(ones, value.data, *inputs, **(value.settings or {}))
    return LocalDerivative(symbol, f"{op.name}′({', '.join(names)})", data, summed)
