"""Labels: the lines of text that a box shows, for every renderer."""

from __future__ import annotations

from ..cleaning import clean, one_line
from ..conventions import convention
from ..diagrams.diagram import Diagram, DiagramNode

#: The longest label drawn; the whole text is in the tooltip.
LABEL_LENGTH = 200


def label_lines(node: DiagramNode, notation: str = "lecture") -> list[str]:
    """What a node shows, line by line: name, form, shape; value; δ; further rows."""
    if node.kind == "constant" and node.name == node.value:
        return [node.value]
    if node.kind in ("unit", "bias", "ellipsis"):
        gradient = f"{gradient_word(node, notation)} {node.gradient}" if node.gradient else ""
        return [line for line in (node.name, node.value, gradient, *node.rows) if line]
    if node.kind == "folded":
        lines = [node.name, *node.rows, *([f"out: {node.form}"] if node.form else [])]
        return lines + value_lines(node, notation)
    name = (node.label if node.label and node.label.strip() else node.name).strip("\n")
    if node.form:
        name = f"{name} = {node.form}"
    lines = [name] if name else []
    return [*lines, *value_lines(node, notation), *node.rows]


def value_lines(node: DiagramNode, notation: str = "lecture") -> list[str]:
    """Value and gradient, what stops the gradient, what has changed."""
    lines = [f"value {node.value}"] if node.value else []
    if node.gradient:
        of_uses = ""
        if node.state == "partial" and node.uses is not None:
            of_uses = f" ({node.uses[0]} of {node.uses[1]} uses)"
        lines.append(f"{gradient_word(node, notation)} {node.gradient}{of_uses}")
    if node.blocked:
        lines.append(f"⊘ {node.blocked}")
    if node.changed:
        lines.append(f"± {node.changed}")
    return lines


def gradient_word(node: DiagramNode, notation: str) -> str:
    """What stands before a gradient: δ, ∂C/∂w, grad."""
    chosen = convention(notation)
    return chosen.gradient.format(cost=chosen.cost, symbol=node.form or node.name)


def tooltip_text(node: DiagramNode, notation: str = "lecture") -> str:
    """Everything about a node, uncut."""
    parts = label_lines(node, notation)
    if node.op:
        parts.append(f"op {node.op}")
    if node.shape:
        parts.append(f"shape {node.shape}")
    if node.state == "not reached":
        parts.append("no backward pass has reached it")
    for heatmap in node.heatmaps:
        note = f", {heatmap.note}" if heatmap.note else ""
        parts.append(f"cells of {heatmap.what}: full colour at ±{heatmap.largest:.3g}{note}")
    if node.origin:
        parts.append(node.origin)
    return "\n".join(parts)


def cut(lines: list[str]) -> str:
    """Clean lines as one text, each cut so that together they can be drawn, the last rows too."""
    text = "\n".join(clean(line) for line in lines)
    if len(text) <= LABEL_LENGTH:
        return text
    each = max(64, LABEL_LENGTH // max(1, len(lines)))
    pieces = []
    for line in lines:
        parts = clean(line).split("\n")
        line = "\n".join(parts[:4]) + ("\n…" if len(parts) > 4 else "")
        pieces.append(line if len(line) <= each else line[: each - 1] + "…")
    return "\n".join(pieces)


def names_of(diagram: Diagram) -> dict[str, str]:
    """A short name for each node, by id."""
    names = {}
    for node in diagram.nodes:
        first = node.rows[0].split(" = ")[0] if node.rows else node.id
        names[node.id] = one_line(node.name or first)
    return names
