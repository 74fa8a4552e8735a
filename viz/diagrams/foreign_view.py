"""Foreign view: the graph of an engine that somebody else wrote, as the same kind of diagram."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.divergence.forward import op_name
from autograd.divergence.learner import in_order, operands_in

from .. import notation
from .diagram import Diagram, DiagramEdge, DiagramNode

#: Signs that stand between two operands; others are written like functions.
SIGNS = {"+": "+", "-": "−", "−": "−", "*": "·", "/": "/", "@": "@"}
#: Methods behind the signs, for engines that do not name their ops.
METHODS = {
    "__add__": "+", "__mul__": "*", "__sub__": "-", "__truediv__": "/", "__matmul__": "@",
}  # fmt: skip


def is_foreign(root: Any) -> bool:
    """True for a value of another engine: it has ``data``, ``grad`` and operands."""
    if not (hasattr(root, "data") and hasattr(root, "grad")):
        return False
    try:
        operands_in(root)
    except TypeError:
        return False
    return True


def foreign_diagram(root: Any, limit: int) -> Diagram:
    """The graph under ``root``, a value of a micrograd-like engine.

    Values are told by ``data`` and ``grad``; their operands stand in ``inputs`` or ``_prev``,
    their op in ``_op``. Where a value has ``rules``, one function of δ per operand, the local
    derivative ``rule(1)`` is written on its edge. Of more than ``limit`` values those nearest to
    the root are drawn.
    """
    operands = operands_in(root)
    order = in_order(root, operands)
    shown = order[-limit:]
    nodes, edges, ids = [], [], {}
    if len(order) > len(shown):
        text = f"{len(order) - len(shown):,} earlier values, not drawn"
        nodes.append(DiagramNode("n0", "folded", "⋯", rows=(text,), folded=len(order) - len(shown)))
    names = Symbols()
    for value in shown:
        inputs = list(operands(value))
        ids[id(value)] = f"n{len(nodes)}"
        symbol = names.of(value, bool(inputs))
        nodes.append(box(value, ids[id(value)], symbol, inputs, names, value is root))
        for slot, x in enumerate(inputs):
            edges.append(edge(value, slot, x, ids, names, len(inputs)))
    return Diagram(f"graph of {names.of(root, True)}", tuple(nodes), tuple(edges))


class Symbols:
    """One symbol for each value: its label, else p₁, p₂, … for a leaf, u₁, u₂, … for a result."""

    def __init__(self) -> None:
        self.given: dict[int, str] = {}
        self.counts = {"p": 0, "u": 0}

    def of(self, value: Any, is_result: bool) -> str:
        """The symbol of a value."""
        if id(value) not in self.given:
            symbol = getattr(value, "label", None)
            if not (isinstance(symbol, str) and symbol):
                letter = "u" if is_result else "p"
                self.counts[letter] += 1
                symbol = f"{letter}{notation.subscript(self.counts[letter])}"
            self.given[id(value)] = symbol
        return self.given[id(value)]


def box(
    value: Any, id: str, symbol: str, inputs: list[Any], names: Symbols, is_root: bool
) -> DiagramNode:
    """The box of one value. An engine that starts gradients at 0 shows them as 0."""
    kind = "root" if is_root else "result" if inputs else "parameter"
    grad = value.grad
    return DiagramNode(
        id=id,
        kind=kind,
        name=symbol,
        form=form(value, [names.of(x, True) for x in inputs]) if inputs else "",
        op=sign_of(value) if inputs else None,
        value=notation.array(value.data),
        gradient=notation.NOT_REACHED if grad is None else notation.array(grad),
        state="not reached" if grad is None else "final",
        shape=np.shape(value.data),
        data=value.data,
        grad=grad,
    )


def sign_of(value: Any) -> str:
    """The sign or name of a value's op."""
    name = op_name(value)
    rules = getattr(value, "rules", ())
    if name == "op" and rules:
        # "Value.__mul__.<locals>.<lambda>" was made by __mul__.
        made_by = getattr(rules[0], "__qualname__", "").split(".")
        name = made_by[-3] if made_by[-2:-1] == ["<locals>"] else name
    return METHODS.get(name, name)


def form(value: Any, inputs: list[str]) -> str:
    """What made a value: ``w · x``, ``tanh(z)``."""
    sign = sign_of(value)
    if len(inputs) == 2 and sign in SIGNS:
        return f"{inputs[0]} {SIGNS[sign]} {inputs[1]}"
    if len(inputs) == 1 and sign.startswith("**"):
        return f"({inputs[0]}){sign}"
    return f"{sign}({', '.join(inputs)})"


def edge(
    value: Any, slot: int, x: Any, ids: dict[int, str], names: Symbols, count: int
) -> DiagramEdge:
    """The edge of one use; an operand that is not drawn is the folded node's."""
    target, source = ids[id(value)], ids.get(id(x), "n0")
    local = local_of(value, slot, count)
    if local is None:
        return DiagramEdge(source, target, slot)
    symbol = notation.partial(names.of(value, True), names.of(x, True))
    return DiagramEdge(
        source, target, slot, f"{symbol} = {notation.array(local)}", symbol, local=local
    )


def local_of(value: Any, slot: int, count: int) -> Any:
    """∂value/∂operand by the engine's own rule for δ = 1; None where it has no such rule."""
    rules = getattr(value, "rules", ())
    if len(rules) != count or np.shape(value.data):
        return None
    return rules[slot](1.0)
