"""Contributions: what one use of a value passes back, and what stops it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.backprop import fit
from autograd.graph import Edge
from autograd.node import Node, data_of

from .. import notation
from .local_derivative import LocalDerivative, axes_text

#: A local derivative smaller than this counts as saturated: it passes less than a hundredth.
SATURATED = 0.01


def contribution(edge: Edge, delta: Any) -> Any:
    """What one use passes back: its rule on real data, broadcasting undone."""
    value = edge.target
    assert value.op is not None
    inputs = [data_of(x) for x in value.inputs]
    rule: Any = value.op.rules[edge.slot]
    with np.errstate(all="ignore"):
        passed = rule(delta, value.data, *inputs, **(value.settings or {}))
    return fit(np.asarray(passed), edge.source.data)


def contribution_text(local: LocalDerivative, delta: Any, passed: Any) -> str:
    """``δ · x = −0.846 · 2 = −1.692``, upstream gradient times local derivative.

    A local derivative of 1 is left out; where the rule is no product by one factor, it is
    written as it is: ``δ W²``.
    """
    if local.data is None:
        parts = [local.formula]
    elif local.formula == "1":
        parts = ["δ"]
    else:
        loose = any(sign in local.formula for sign in " +−/")
        parts = [f"δ · ({local.formula})" if loose else f"δ · {local.formula}"]
        if np.ndim(delta) == 0 and np.ndim(local.data) == 0:
            factors = (notation.number(delta), notation.number(local.data))
            parts.append(" · ".join(signed(factor) for factor in factors))
    if local.summed:
        parts[-1] += f", Σ over {axes_text(local.summed)}"
    parts.append(notation.array(passed, 3))
    return " = ".join(part for i, part in enumerate(parts) if i == 0 or part != parts[i - 1])


def signed(number: str) -> str:
    """A number as a factor: a negative one in brackets."""
    return f"({number})" if number.startswith("−") else number


def blocked(edge: Edge, local: LocalDerivative, operand: str, delta: Any = None) -> str:
    """What stops the gradient on this edge, with the factor that does it; "" where it passes.

    A dead unit (derivative 0), a saturated one (next to 0), or a factor that is zero; of an
    array, units that are dead in every row, or the share of elements that are saturated.
    """
    value = edge.target
    assert value.op is not None
    if local.data is None:
        return _zero_operand(edge, delta, operand)
    size = np.abs(np.asarray(local.data, dtype=float))
    if size.size == 0 or not np.isfinite(size).all():
        return ""
    alone = sum(1 for x in value.inputs if isinstance(x, Node)) == 1 and len(value.inputs) == 1
    if (size == 0).all():
        kind = f"dead {value.op.symbol}" if alone else f"zero factor for {operand}"
        return f"{kind}: {_factor(local, 0)}"
    if not alone:
        return ""
    if size.ndim == 0:
        return f"saturated {value.op.symbol}: {local.text}" if size < SATURATED else ""
    dead = (size == 0).all(axis=tuple(range(size.ndim - 1))) if size.ndim > 1 else size == 0
    if dead.any() and size.ndim > 1 and len(size) > 1:
        return f"dead {value.op.symbol}: {_places(dead)} in all {len(size)} rows"
    weak = int((size < SATURATED).sum())
    if 2 * weak >= size.size and weak > (size == 0).sum():
        return f"saturated {value.op.symbol}: {weak} of {size.size} pass less than {SATURATED}"
    return ""


def detached(value: Any) -> bool:
    """True for a constant that ``detach()`` cut off, as the line that made it says."""
    if not isinstance(value, Node) or value.requires_grad or value.op is not None:
        return False
    return value.origin.expression.rstrip().endswith(".detach()")


def _factor(local: LocalDerivative, number: float) -> str:
    parts = [local.symbol, local.formula, notation.number(number)]
    return " = ".join(part for i, part in enumerate(parts) if i == 0 or part != parts[i - 1])


def _zero_operand(edge: Edge, delta: Any, operand: str) -> str:
    """For a rule that is no product by one factor: another operand that is zero throughout."""
    if delta is None or not np.any(delta) or np.any(contribution(edge, delta)):
        return ""
    for slot, x in enumerate(edge.target.inputs):
        data = data_of(x)
        if slot != edge.slot and np.size(data) and np.ndim(data) and not np.any(data):
            label = x.label if isinstance(x, Node) and x.label else f"operand {slot}"
            return f"zero weight for {operand}: {label} = 0"
    return f"nothing is passed to {operand}"


def _places(dead: Any) -> str:
    units = [str(i + 1) for i in np.flatnonzero(dead)]
    if len(units) == dead.size:
        return f"all {dead.size} units"
    shown = ", ".join(units[:4]) + (", …" if len(units) > 4 else "")
    return f"{'unit' if len(units) == 1 else 'units'} {shown} of {dead.size}"
