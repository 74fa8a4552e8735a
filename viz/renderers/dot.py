"""DOT: a diagram as text for Graphviz. Labels are plain text in boxes, escaped in one place."""

from __future__ import annotations

import unicodedata

from .. import notation
from ..diagrams.diagram import Cluster, Diagram, DiagramEdge, DiagramNode

#: The longest label drawn; the whole text is in the tooltip.
LABEL_LENGTH = 200
#: The longest tooltip, and the longest piece of a DOT string that every Graphviz can read.
TOOLTIP_LENGTH, PIECE_LENGTH = 20_000, 2_000

#: Ranks crossed by all edges together from which on a diagram counts as crowded.
CROWDED = 600
FONT = "DejaVu Sans,Verdana,sans-serif"
#: Gradient colour for text: vermilion, darker, to be read on white.
GRADIENT_TEXT = "#A84300"
#: Fill and border of each kind of node.
STYLES = {
    "parameter": ("#E3F0F8", notation.VALUE_COLOUR, "filled"),
    "input": ("#F4F4F4", "#555555", "filled"),
    "constant": ("#F4F4F4", "#888888", "filled,dashed"),
    "result": ("#FFFFFF", "#333333", "filled,rounded"),
    "root": ("#FDF0E6", notation.GRADIENT_COLOUR, "filled,rounded,bold"),
    "folded": ("#F4F4F4", "#888888", "filled,dashed"),
    "error": ("#FDF0E6", notation.GRADIENT_COLOUR, "filled"),
    "weights": ("#FFF8F1", notation.GRADIENT_COLOUR, "filled,dashed"),
}
_BIDI_CONTROLS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def to_dot(diagram: Diagram, rankdir: str = "LR") -> str:
    """The diagram as DOT text; the same diagram always gives the same text."""
    title = quoted(one_line(diagram.title))
    # Where edges cross many ranks, labels are set beside them when the layout is done, and the
    # layout stops early: in their place they cost minutes.
    crowded = ranks_crossed(diagram) > CROWDED
    effort = " nslimit=2 nslimit1=2" if crowded else ""
    lines = [
        f"digraph {title} {{",
        f'  graph [rankdir={rankdir} newrank=true fontname="{FONT}" fontsize=12 nodesep=0.3'
        f" ranksep=0.5 bgcolor=white pad=0.15{effort} tooltip={title}]",
        f'  node [shape=box fontname="{FONT}" fontsize=11 margin="0.12,0.08"]',
        f'  edge [fontname="{FONT}" fontsize=10 fontcolor="{GRADIENT_TEXT}" color="#555555"'
        f" arrowsize=0.7]",
    ]
    members = {node: cluster for cluster in diagram.clusters for node in cluster.nodes}
    for node in diagram.nodes:
        if node.id not in members:
            lines.append("  " + node_line(node))
    by_id = {node.id: node for node in diagram.nodes}
    for cluster in diagram.clusters:
        if cluster.parent is None:
            lines += cluster_lines(cluster, diagram, by_id, "  ")
    lines += ["  " + edge_line(edge, crowded) for edge in diagram.edges]
    return "\n".join([*lines, "}"]) + "\n"


def cluster_lines(
    cluster: Cluster, diagram: Diagram, nodes: dict[str, DiagramNode], indent: str
) -> list[str]:
    """A cluster, the clusters in it, and its nodes."""
    lines = [
        f"{indent}subgraph cluster_{cluster.id} {{",
        f"{indent}  label={quoted(one_line(cluster.title))} labeljust=l style=rounded margin=12"
        f' color="#BBBBBB" fontcolor="#444444" tooltip={quoted(one_line(cluster.path))}',
    ]
    lines += [f"{indent}  {node_line(nodes[node])}" for node in cluster.nodes]
    for inner in diagram.clusters:
        if inner.parent == cluster.id:
            lines += cluster_lines(inner, diagram, nodes, indent + "  ")
    return [*lines, indent + "}"]


def node_line(node: DiagramNode) -> str:
    """One node statement."""
    fill, border, style = STYLES.get(node.kind, STYLES["result"])
    label, tooltip = quoted_lines(label_lines(node)), quoted(tooltip_text(node), tooltip=True)
    lane = f" group={quoted(node.lane)}" if node.lane else ""
    return (
        f"{node.id} [label={label} tooltip={tooltip}"
        f' style="{style}" fillcolor="{fill}" color="{border}"{lane}]'
    )


def label_lines(node: DiagramNode) -> list[str]:
    """What a node shows, line by line: name, form, shape; value; δ; further rows."""
    name = (node.label if node.label and node.label.strip() else node.name).strip("\n")
    if node.form:
        name = f"{name} = {node.form}"
    if node.kind == "constant" and node.name == node.value:
        return [node.value]
    lines = [name] if node.name else []
    if node.value:
        lines.append(f"value {node.value}")
    if node.gradient:
        lines.append(f"δ {node.gradient}")
    return [*lines, *node.rows]


def tooltip_text(node: DiagramNode) -> str:
    """Everything about a node, uncut."""
    parts = [*label_lines(node)]
    if node.op:
        parts.append(f"op {node.op}")
    if node.shape:
        parts.append(f"shape {node.shape}")
    if node.state == "not reached":
        parts.append("no backward pass has reached it")
    if node.origin:
        parts.append(node.origin)
    return "\n".join(parts)


def ranks_crossed(diagram: Diagram) -> int:
    """How many ranks all edges cross together, a node standing behind its sources."""
    depth = {node.id: 0 for node in diagram.nodes}
    sources: dict[str, list[str]] = {node.id: [] for node in diagram.nodes}
    for edge in diagram.edges:
        if edge.kind != "backward":
            sources[edge.target].append(edge.source)
    for node in diagram.nodes:
        depth[node.id] = 1 + max((depth[source] for source in sources[node.id]), default=-1)
    return sum(max(0, depth[edge.target] - depth[edge.source]) for edge in diagram.edges)


def edge_line(edge: DiagramEdge, crowded: bool = False) -> str:
    """One edge statement."""
    if edge.kind == "order":
        return f"{edge.source} -> {edge.target} [style=invis]"
    if edge.kind == "beside":
        return f"{{rank=same {edge.source} -> {edge.target} [style=invis]}}"
    parts = [f"weight={edge.weight}"] if edge.weight != 1 else []
    if edge.text:
        where = "xlabel" if crowded else "label"
        parts.append(f"{where}={quoted_lines(edge.text.splitlines(), pad=True)}")
    tooltip = edge.text or f"operand {edge.slot}"
    parts.append(f"tooltip={quoted(tooltip, tooltip=True)}")
    parts.append(f"labeltooltip={quoted(tooltip, tooltip=True)}")
    if edge.kind == "backward":
        # Drawn from the earlier to the later box, so that it does not turn the layout round.
        parts.append(f'dir=back style=dashed color="{notation.GRADIENT_COLOUR}"')
        return f"{edge.target} -> {edge.source} [{' '.join(parts)}]"
    return f"{edge.source} -> {edge.target} [{' '.join(parts)}]"


def quoted_lines(lines: list[str], pad: bool = False) -> str:
    """Lines of a label as one DOT string, cut to a drawable length, centred."""
    text = "\n".join(clean(line) for line in lines)
    if len(text) > LABEL_LENGTH:
        text = _cut(lines)
    if pad:
        text = "\n".join(f" {line} " for line in text.split("\n"))
    # Graphviz 14 runs wild over a label of nothing but line ends: no line is empty.
    return '"' + escaped("\n".join(line or " " for line in text.split("\n"))) + '"'


def _cut(lines: list[str]) -> str:
    """Each line cut, so that the label stays about LABEL_LENGTH and the last rows are seen."""
    each = max(40, LABEL_LENGTH // max(1, len(lines)))
    pieces = []
    for line in lines:
        parts = clean(line).split("\n")
        line = "\n".join(parts[:4]) + ("\n…" if len(parts) > 4 else "")
        pieces.append(line if len(line) <= each else line[: each - 1] + "…")
    return "\n".join(pieces)


def quoted(text: str, tooltip: bool = False) -> str:
    """Text as a DOT string; a long one as pieces joined by ``+``."""
    text = clean(text)[: TOOLTIP_LENGTH if tooltip else LABEL_LENGTH]
    pieces = [text[i : i + PIECE_LENGTH] for i in range(0, len(text), PIECE_LENGTH)] or [""]
    return " + ".join(f'"{escaped(piece)}"' for piece in pieces)


def escaped(text: str) -> str:
    """``text`` inside the quotes of a DOT string: nothing in it is special to Graphviz."""
    text = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("\n", "\\n")


def clean(text: str) -> str:
    """``text`` without what breaks a figure.

    Line ends become one kind, tabs spaces; control characters, lone surrogates, noncharacters
    and controls of the writing direction become the replacement character.
    """
    text = "\n".join(text.replace("\t", "    ").splitlines())
    return "".join(char if _harmless(char) else "\ufffd" for char in text)


def one_line(text: str) -> str:
    """Clean text on one line that is not empty."""
    return clean(text).replace("\n", " ").rstrip() or " "


def _harmless(char: str) -> bool:
    code = ord(char)
    if char == "\n":
        return True
    if code in _BIDI_CONTROLS or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        return False
    return unicodedata.category(char) not in ("Cc", "Cs")
