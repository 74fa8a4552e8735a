"""DOT: a diagram as text for Graphviz. Labels are plain text in boxes, escaped in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..cleaning import clean, one_line
from ..diagrams.diagram import Cluster, Diagram, DiagramEdge, DiagramNode
from .crowding import is_crowded
from .labels import LABEL_LENGTH, cut, label_lines, tooltip_text
from .style import STYLES, Style, box

#: The longest tooltip, and the longest piece of a DOT string that every Graphviz can read.
TOOLTIP_LENGTH, PIECE_LENGTH = 20_000, 2_000
FONT = "DejaVu Sans,Verdana,sans-serif"
#: Sizes of the text in boxes, on edges and on frames, in points.
NODE_SIZE, EDGE_SIZE, FRAME_SIZE = 11, 10, 12
#: Kinds of boxes that are circles, and their width, in inches.
ROUND, CIRCLE = ("unit", "bias", "ellipsis"), 0.95


def to_dot(
    diagram: Diagram,
    rankdir: str = "LR",
    style: Style = STYLES["default", "light"],
    room: Mapping[str, tuple[int, float]] | None = None,
    places: Mapping[str, str] | None = None,
) -> str:
    """The diagram as DOT text; the same diagram always gives the same text.

    ``room`` leaves so many empty lines and so wide a box for cells that are drawn later;
    ``places`` are attributes by node id, or by ``"edge 0"``, …, for a layout that is done.
    """
    return _Writer(diagram, rankdir, style, room or {}, places or {}).text()


class _Writer:
    """Writes the statements of one diagram."""

    def __init__(
        self,
        diagram: Diagram,
        rankdir: str,
        style: Style,
        room: Mapping[str, tuple[int, float]],
        places: Mapping[str, str],
    ) -> None:
        self.diagram, self.rankdir, self.style = diagram, rankdir, style
        self.room, self.places = room, places
        self.nodes = {node.id: node for node in diagram.nodes}
        # Where edges cross many ranks the layout stops early; it would cost minutes.
        self.crowded = not places and is_crowded(diagram)

    def text(self) -> str:
        lines = self.head()
        members = {node for cluster in self.diagram.clusters for node in cluster.nodes}
        if self.places:
            lines += ["  " + self.node(node) for node in self.diagram.nodes]
        else:
            lines += ["  " + self.node(n) for n in self.diagram.nodes if n.id not in members]
            for cluster in self.diagram.clusters:
                if cluster.parent is None:
                    lines += self.cluster(cluster, "  ")
        for position, edge in enumerate(self.diagram.edges):
            if not (self.places and edge.kind in ("order", "beside")):
                lines.append("  " + self.edge(edge, position))
        return "\n".join([*lines, "}"]) + "\n"

    def head(self) -> list[str]:
        """Attributes of the whole, and what boxes and edges have in common."""
        style, title = self.style, quoted(one_line(self.diagram.title))
        effort = " nslimit=2 nslimit1=2" if self.crowded else ""
        note = ""
        if self.diagram.note:
            note = f' label={quoted(one_line(self.diagram.note))} fontcolor="{style.muted}"'
        return [
            f"digraph {title} {{",
            f'  graph [rankdir={self.rankdir} newrank=true fontname="{FONT}" '
            f"fontsize={FRAME_SIZE} nodesep=0.3 ranksep=0.5 pad=0.15"
            f' bgcolor="{style.background}"{effort}{note} tooltip={title}]',
            f'  node [shape=box fontname="{FONT}" fontsize={NODE_SIZE} margin="0.12,0.08"'
            f' fontcolor="{style.text}"]',
            f'  edge [fontname="{FONT}" fontsize={EDGE_SIZE} fontcolor="{style.gradient_text}"'
            f' color="{style.line}" arrowsize=0.7]',
        ]

    def cluster(self, cluster: Cluster, indent: str) -> list[str]:
        """A cluster, the clusters in it, and its nodes."""
        lines = [
            f"{indent}subgraph cluster_{cluster.id} {{",
            f"{indent}  label={quoted(one_line(cluster.title))} labeljust=l style=rounded"
            f' margin=12 color="{self.style.frame}" fontcolor="{self.style.muted}"'
            f" tooltip={quoted(one_line(cluster.path))}",
        ]
        lines += [f"{indent}  {self.node(self.nodes[node])}" for node in cluster.nodes]
        for inner in self.diagram.clusters:
            if inner.parent == cluster.id:
                lines += self.cluster(inner, indent + "  ")
        return [*lines, indent + "}"]

    def node(self, node: DiagramNode) -> str:
        """One node statement."""
        fill, border, line = box(self.style, node.kind)
        lines, more, empty = label_lines(node, self.diagram.notation), "", 0
        if node.id in self.room:
            empty, width = self.room[node.id]
            more = f" width={width:.3f}"
        if node.blocked and node.kind not in ("constant", "input"):
            line, border = line + ",bold", self.style.gradient
        if node.changed:
            line, border = line + ",bold", self.style.gradient
        if node.lane:
            more += f" group={quoted(node.lane)}"
        if node.kind in ROUND:
            more += f" shape=circle fixedsize=true width={CIRCLE} fontsize=9"
        if node.kind in ("ellipsis", "note"):
            more += " penwidth=0" + (" shape=plaintext" if node.kind == "note" else "")
        return (
            f"{node.id} [label={quoted_lines(lines, empty=empty)}"
            f" tooltip={quoted(tooltip_text(node, self.diagram.notation), tooltip=True)}"
            f' style="{line}" fillcolor="{fill}" color="{border}"{more}'
            f"{self.places.get(node.id, '')}]"
        )

    def edge(self, edge: DiagramEdge, position: int) -> str:
        """One edge statement."""
        if edge.kind == "order":
            return f"{edge.source} -> {edge.target} [style=invis]"
        if edge.kind == "beside":
            return f"{{rank=same {edge.source} -> {edge.target} [style=invis]}}"
        parts = [f"weight={edge.weight}"] if edge.weight != 1 else []
        place = self.places.get(f"edge {position}", "")
        labelled = edge.text.strip() and (not self.places or " lp=" in place)
        if labelled:
            text = f"⊘ {edge.text}" if edge.blocked and edge.kind == "backward" else edge.text
            parts.append(f"label={quoted_lines(text.splitlines(), pad=True)}")
        tooltip = edge.text or edge.symbol or f"operand {edge.slot}"
        if edge.passed:
            tooltip += f"\npasses back {edge.passed}"
        if edge.blocked:
            tooltip += f"\n{edge.blocked}"
        parts.append(f"tooltip={quoted(tooltip, tooltip=True)}")
        if labelled:
            parts.append(f"labeltooltip={quoted(tooltip, tooltip=True)}")
        parts += self.looks(edge)
        if edge.kind == "backward":
            # Drawn from the earlier to the later box, so that it does not turn the layout round.
            return f"{edge.target} -> {edge.source} [{' '.join(parts)}{place}]"
        return f"{edge.source} -> {edge.target} [{' '.join(parts)}{place}]"

    def looks(self, edge: DiagramEdge) -> Sequence[str]:
        """Line style, colour and width: by kind, sign and size."""
        if edge.kind == "backward":
            colour = self.style.blocked if edge.blocked else self.style.gradient
            line = "dotted" if edge.blocked else "dashed"
            wide = f" penwidth={1 + 2.5 * edge.size:.2f}" if edge.size else ""
            return [f'dir=back style={line} color="{colour}"{wide}']
        if edge.kind == "across":
            return [f'constraint=false style=dotted color="{self.style.muted}"']
        if edge.sign:
            colour = self.style.positive if edge.sign > 0 else self.style.negative
            line = "solid" if edge.sign > 0 else "dashed"
            return [
                f'style={line} color="{colour}" penwidth={0.5 + 3 * edge.size:.2f}'
                f' arrowhead=none fontcolor="{self.style.muted}"'
            ]
        return []


def quoted_lines(lines: list[str], pad: bool = False, empty: int = 0) -> str:
    """Lines of a label as one DOT string, cut to a drawable length, centred; empty ones after."""
    text = cut(lines) + "\n" * empty
    if pad:
        text = "\n".join(f" {line} " for line in text.split("\n"))
    # Graphviz 14 runs wild over a label of nothing but line ends: no line is empty.
    return '"' + escaped("\n".join(line or " " for line in text.split("\n"))) + '"'


def quoted(text: str, tooltip: bool = False) -> str:
    """Text as a DOT string; a long one as pieces joined by ``+``."""
    text = clean(text)[: TOOLTIP_LENGTH if tooltip else LABEL_LENGTH]
    pieces = [text[i : i + PIECE_LENGTH] for i in range(0, len(text), PIECE_LENGTH)] or [""]
    return " + ".join(f'"{escaped(piece)}"' for piece in pieces)


def escaped(text: str) -> str:
    """``text`` inside the quotes of a DOT string: nothing in it is special to Graphviz."""
    text = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("\n", "\\n")
