"""Words: the local derivative of each edge of a trace as a formula, ``1 − a²``."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.tracing import Trace, TraceNode

from ..chain_rule.formula import Formula, lifted
from ..notation import abridged


def local_formulas(trace: Trace) -> dict[str, str]:
    """The formulas by ``"node_slot"``; none for an edge whose rule has no short one."""
    found = {}
    for node in trace.nodes:
        for slot, x in enumerate(node.inputs):
            if isinstance(x, TraceNode) and x.requires_grad:
                text = _formula(node, slot, trace)
                if text:
                    found[f"{node.id}_{slot}"] = abridged(text)
    return found


def _formula(node: TraceNode, slot: int, trace: Trace) -> str:
    """The rule of the edge, run on Formulas; "" where it cannot be."""
    op, state = node.block, trace.last
    if op is None or op.rules[slot] is None:
        return ""
    single = op.elementwise or node.shape == ()
    ones = np.ones(node.shape)[()]
    upstream = Formula("1", ones, number=1.0) if single else Formula("δ", ones)
    terms = []
    for x in node.inputs:
        if isinstance(x, TraceNode):
            terms.append(Formula(x.name, state.value(x)))
        else:
            plain = lifted(x)
            terms.append(plain if plain.number is not None else Formula("c", x))
    settings: dict[str, Any] = dict(node.settings or {})
    try:
        with np.errstate(all="ignore"):
            rule: Any = op.rules[slot]
            return lifted(
                rule(upstream, Formula(node.name, state.value(node)), *terms, **settings)
            ).text
    except Exception:
        return ""
