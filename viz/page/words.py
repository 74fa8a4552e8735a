"""Words: the local derivative of each edge of a trace as a formula, ``1 − a²``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from autograd.tracing import State, Trace, TraceNode

from ..chain_rule.formula import Formula, operand
from ..chain_rule.local_derivative import local_derivative
from ..notation import abridged


def local_formulas(trace: Trace) -> dict[str, str]:
    """The formulas by ``"node_slot"``; none for an edge whose op is not known here."""
    found = {}
    for node in trace.nodes:
        for slot, x in enumerate(node.inputs):
            if isinstance(x, TraceNode) and x.requires_grad:
                text = _formula(node, slot, trace.last)
                if text:
                    found[f"{node.id}_{slot}"] = abridged(text)
    return found


def _formula(node: TraceNode, slot: int, state: State) -> str:
    terms = [
        Formula(x.name, state.value(x)) if isinstance(x, TraceNode) else operand(x, "c")
        for x in node.inputs
    ]
    value: Any = SimpleNamespace(
        op=node.block,
        inputs=[term.data for term in terms],
        settings=node.settings,
        data=state.value(node),
        shape=node.shape,
        dtype=node.dtype,
    )
    if node.block is None or value.data is None:
        return ""
    local = local_derivative(value, slot, [term.text for term in terms], node.name, terms=terms)
    return "" if local is None else local.formula
