"""Text: a diagram as lines for a terminal: node by node, as a listing, and as a tree."""

from __future__ import annotations

from ..cleaning import one_line
from ..conventions import convention
from ..diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from .labels import label_lines, names_of

#: Widest column of a listing.
WIDEST = 60


def text(diagram: Diagram) -> str:
    """Each node, and under it the edges that come in."""
    names, incoming = names_of(diagram), diagram.incoming()
    lines = [one_line(diagram.title)]
    for node in diagram.nodes:
        if node.kind == "constant":
            continue
        said = [one_line(line) for line in label_lines(node, diagram.notation)]
        lines.append("  " + "   ".join(said))
        for edge in incoming[node.id]:
            if edge.kind in ("forward", "backward"):
                said_of = f": {edge.text}" if edge.text else ""
                lines.append("    " + one_line(f"from {names[edge.source]}{said_of}"))
    return "\n".join([*lines, *([one_line(diagram.note)] if diagram.note else [])])


def listing(diagram: Diagram) -> str:
    """Forward and backward as two aligned lists of assignments, in the order in which they run.

    Backward, each use adds its contribution: ``∂J/∂w += δ · x = …``; a dash where no pass has
    come.
    """
    lines = [f"{one_line(diagram.title)}: forward", *_aligned(forward_rows(diagram)), "backward"]
    backward = backward_rows(diagram)
    if not backward:
        lines.append("  — no backward pass has run")
    lines += _aligned(backward)
    return "\n".join([*lines, *([one_line(diagram.note)] if diagram.note else [])])


#: Three columns: what, how, number.
Row = tuple[str, str, str]


def forward_rows(diagram: Diagram) -> list[Row]:
    """``u₁``, ``w · x``, ``6`` for each value; leaves without a form."""
    rows = []
    for node in diagram.nodes:
        if node.kind == "constant":
            continue
        made = node.form if node.kind != "folded" else "; ".join(node.rows)
        kind = {"parameter": "parameter", "input": "constant"}.get(node.kind, "")
        rows.append((one_line(node.name), one_line(made or kind), one_line(node.value or "…")))
    return rows


def backward_rows(diagram: Diagram) -> list[Row]:
    """``∂J/∂w += ``, ``δ · x``, ``6`` for each use, the root first."""
    names = {node.id: node for node in diagram.nodes}
    chosen = convention(diagram.notation)
    root = next((node for node in diagram.nodes if node.kind == "root"), None)
    if root is None or root.grad is None:
        return []
    cost, rows, seen, incoming = root.name, [], set(), diagram.incoming()
    rows.append((f"∂{cost}/∂{cost}", "seed", root.gradient))
    for node in reversed(diagram.nodes):
        for edge in sorted(incoming[node.id], key=lambda edge: edge.slot):
            if edge.kind != "forward" or not edge.passed:
                continue
            source = names[edge.source]
            sign = "+=" if edge.source in seen else "="
            seen.add(edge.source)
            how, _, number = edge.passed.rpartition(" = ")
            delta = f"∂{cost}/∂{node.name}"
            rule = (
                how.replace("δᵀ", f"({delta})ᵀ").replace("δ", delta)
                if chosen.name != "cs231n"
                else how
            )
            stopped = f"   ⊘ {edge.blocked}" if edge.blocked else ""
            rows.append((f"∂{cost}/∂{source.name} {sign}", rule or delta, number + stopped))
    return rows


def _aligned(rows: list[Row]) -> list[str]:
    """Columns of equal width."""
    rows = [tuple(one_line(cell) for cell in row) for row in rows]  # type: ignore[misc]
    first = min(WIDEST, max((len(row[0].rstrip(" +=")) for row in rows), default=0))
    second = min(WIDEST, max((len(row[1]) for row in rows), default=0))
    lines = []
    for what, how, number in rows:
        name, sign = (what[:-3], "+=") if what.endswith(" +=") else (what.removesuffix(" ="), " =")
        lines.append(f"  {name:<{first}} {sign} {how:<{second}}  = {number}".rstrip())
    return lines


def tree(diagram: Diagram) -> str:
    """The root, under it its operands, under them theirs; a value used twice is told once.

    >>> from autograd import Value
    >>> from viz import diagram
    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> print(tree(diagram(w * x + 1)))
    u₂ = u₁ + 1   value 7   δ —
    ├─ u₁ = w · x   value 6   δ —   [∂u₂/∂u₁ = 1]
    │  ├─ w   value 2   δ —   [∂u₁/∂w = x = 3]
    │  └─ x   value 3   δ —   [∂u₁/∂x = w = 2]
    └─ 1
    """
    nodes, incoming = {node.id: node for node in diagram.nodes}, diagram.incoming()
    targets = {edge.source for edge in diagram.edges if edge.kind == "forward"}
    roots = [node for node in diagram.nodes if node.id not in targets]
    told: set[str] = set()
    lines: list[str] = []
    waiting: list[tuple[DiagramNode, DiagramEdge | None, str, str]] = [
        (node, None, "", "") for node in reversed(roots)
    ]
    while waiting:
        node, edge, branch, below = waiting.pop()
        said = "   ".join(one_line(line) for line in label_lines(node, diagram.notation))
        again = node.id in told and node.kind != "constant"
        if again:
            said = f"{one_line(node.name)} (above)"
        use = f"   [{one_line(edge.text)}]" if edge is not None and edge.text else ""
        lines.append(branch + said + use)
        if again:
            continue
        told.add(node.id)
        operands = [e for e in incoming[node.id] if e.kind == "forward"]
        for position, operand in reversed(list(enumerate(operands))):
            last = position == len(operands) - 1
            own, under = below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")
            waiting.append((nodes[operand.source], operand, own, under))
    return "\n".join([*lines, *([one_line(diagram.note)] if diagram.note else [])])
