"""Mermaid: a diagram as a flowchart that GitHub, GitLab and many editors draw by themselves."""

from __future__ import annotations

from ..cleaning import clean, one_line
from ..diagrams.diagram import Cluster, Diagram, DiagramEdge, DiagramNode
from .labels import LABEL_LENGTH, cut, label_lines
from .style import Style, box

#: Characters that mean something to Mermaid, or to the HTML it writes, as its entity codes.
_CODES = {
    "#": "#35;", "&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;",
    "\\": "#92;", "{": "#123;", "}": "#125;", "|": "#124;", "[": "#91;", "]": "#93;",
    "*": "#42;", "_": "#95;", "~": "#126;", "$": "#36;",
}  # fmt: skip


def to_mermaid(diagram: Diagram, rankdir: str, style: Style) -> str:
    """The diagram as a flowchart; the same diagram always gives the same text."""
    lines = ["---", f"title: {_title(diagram.title)}", "---", f"flowchart {rankdir}"]
    nodes = {node.id: node for node in diagram.nodes}
    members = {node for cluster in diagram.clusters for node in cluster.nodes}
    lines += ["  " + _node(node, diagram) for node in diagram.nodes if node.id not in members]
    for cluster in diagram.clusters:
        if cluster.parent is None:
            lines += _cluster(cluster, diagram, nodes, "  ")
    shown = [e for e in diagram.edges if e.kind in ("forward", "backward", "across")]
    lines += ["  " + _edge(edge) for edge in shown]
    lines += _styles(diagram, shown, style)
    if diagram.note:
        lines.append(f'  note["{_label([diagram.note])}"]')
    return "\n".join(lines) + "\n"


def _node(node: DiagramNode, diagram: Diagram) -> str:
    label = _label(label_lines(node, diagram.notation))
    rounded = node.kind in ("result", "root", "derivative")
    return f'{node.id}("{label}")' if rounded else f'{node.id}["{label}"]'


def _cluster(
    cluster: Cluster, diagram: Diagram, nodes: dict[str, DiagramNode], indent: str
) -> list[str]:
    lines = [f'{indent}subgraph {cluster.id}["{_label([one_line(cluster.title)])}"]']
    lines += [f"{indent}  {_node(nodes[node], diagram)}" for node in cluster.nodes]
    for inner in diagram.clusters:
        if inner.parent == cluster.id:
            lines += _cluster(inner, diagram, nodes, indent + "  ")
    return [*lines, f"{indent}end"]


def _edge(edge: DiagramEdge) -> str:
    arrow = "-.->" if edge.kind != "forward" or edge.sign < 0 else "-->"
    text = f"⊘ {edge.text}" if edge.blocked and edge.kind == "backward" else edge.text
    label = f'|"{_label(text.splitlines())}"|' if text.strip() else ""
    return f"{edge.source} {arrow}{label} {edge.target}"


def _styles(diagram: Diagram, edges: list[DiagramEdge], style: Style) -> list[str]:
    lines = []
    for kind in dict.fromkeys(node.kind for node in diagram.nodes):
        fill, border, line = box(style, kind)
        dashed = ",stroke-dasharray:4" if "dashed" in line else ""
        paint = "none" if fill == "none" else fill
        lines.append(f"  classDef {kind} fill:{paint},stroke:{border},color:{style.text}{dashed}")
        ids = ",".join(node.id for node in diagram.nodes if node.kind == kind)
        lines.append(f"  class {ids} {kind}")
    back = [str(i) for i, edge in enumerate(edges) if edge.kind == "backward"]
    if back:
        lines.append(f"  linkStyle {','.join(back)} stroke:{style.gradient}")
    return lines


def _label(lines: list[str]) -> str:
    text = cut(lines) if lines else ""
    escaped = "".join(_CODES.get(char, char) for char in text)
    return "<br/>".join(line or " " for line in escaped.split("\n"))


def _title(title: str) -> str:
    """A title for the head of the text, which is YAML and knows no codes: in single quotes."""
    text = clean(one_line(title))[:LABEL_LENGTH].replace("'", "''")
    text = text.replace("<", "‹").replace(">", "›")
    return f"'{text}'"
