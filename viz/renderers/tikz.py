"""TikZ: a diagram as a LaTeX document of its own, for papers and slides."""

from __future__ import annotations

from ..cleaning import one_line
from ..diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from ..typesetting import latex, latex_text
from .labels import label_lines
from .placing import Place, place
from .style import Style, box

#: One point of the layout, in TikZ's centimetres.
CENTIMETRES = 0.0353
#: The longest line of a label.
LINE_LENGTH = 80

_HEAD = r"""% Needs pdfLaTeX with TikZ; for labels beyond Latin script XeLaTeX or LuaLaTeX.
\documentclass[tikz,border=4pt]{standalone}
\usepackage{amsmath,amssymb}
\usetikzlibrary{arrows.meta,fit,backgrounds}
"""


def to_tikz(diagram: Diagram, rankdir: str, style: Style) -> str:
    """A standalone document with the picture; the same diagram always gives the same text."""
    places = place(diagram, rankdir)
    lines = [_HEAD + r"\begin{document}", rf"% {_comment(diagram.title)}"]
    lines += _colours(diagram, style)
    lines.append(
        r"\begin{tikzpicture}[every node/.style={font=\footnotesize,align=center},"
        r">={Stealth[length=5pt]}]"
    )
    lines += ["  " + _node(node, places[node.id], diagram.notation) for node in diagram.nodes]
    for edge in diagram.edges:
        if edge.kind in ("forward", "backward", "across"):
            lines.append("  " + _edge(edge))
    lines += _frames(diagram)
    if diagram.note:
        lines.append(
            rf"  \node[below=4pt,text=muted] at (current bounding box.south)"
            rf" {{{latex_text(one_line(diagram.note))}}};"
        )
    return "\n".join([*lines, r"\end{tikzpicture}", r"\end{document}"]) + "\n"


def _frames(diagram: Diagram) -> list[str]:
    """Frames behind the nodes of each cluster and of those in it."""
    if not diagram.clusters:
        return []
    lines = [r"  \begin{scope}[on background layer]"]
    for outer in diagram.clusters:
        within = [c for c in diagram.clusters if _within(c.id, outer.id, diagram)]
        fit = "".join(f"({node})" for cluster in within for node in cluster.nodes)
        title = latex_text(one_line(outer.title))
        if fit:
            lines.append(
                rf"    \node[draw=frame,rounded corners,inner sep=6pt,fit={fit},"
                rf"label={{[text=muted]above left:{{{title}}}}}] {{}};"
            )
    return [*lines, r"  \end{scope}"]


def _within(inner: str, outer: str, diagram: Diagram) -> bool:
    parents = {cluster.id: cluster.parent for cluster in diagram.clusters}
    at: str | None = inner
    while at is not None:
        if at == outer:
            return True
        at = parents[at]
    return False


def _colours(diagram: Diagram, style: Style) -> list[str]:
    """The colours of the style under names, and a style for each kind of box."""
    named = {
        "value": style.value_text, "gradient": style.gradient_text, "line": style.line,
        "arrow": style.gradient, "frame": style.frame, "muted": style.muted, "ink": style.text,
        "plus": style.positive, "minus": style.negative, "blocked": style.blocked,
    }  # fmt: skip
    for kind in dict.fromkeys(node.kind for node in diagram.nodes):
        fill, border, _ = box(style, kind)
        named |= {f"{kind}fill": fill, f"{kind}border": border}
    return [
        rf"\definecolor{{{name}}}{{HTML}}{{{colour[1:]}}}"
        for name, colour in named.items()
        if colour.startswith("#")
    ]


def _node(node: DiagramNode, at: Place, notation: str) -> str:
    lines = []
    for position, line in enumerate(label_lines(node, notation)):
        lines.append(_line(one_line(line), formula=position == 0 and not node.label))
    options = [f"draw={node.kind}border", f"fill={node.kind}fill", "text=ink"]
    if node.kind in ("ellipsis", "note"):
        options = ["text=ink"]
    if node.kind in ("result", "root", "derivative"):
        options.append("rounded corners=3pt")
    if node.kind in ("constant", "folded", "bias"):
        options.append("dashed")
    if node.kind in ("unit", "bias"):
        options.append("circle")
    x, y = at.x * CENTIMETRES, at.y * CENTIMETRES
    text = r" \\ ".join(lines)
    return rf"\node[{','.join(options)}] ({node.id}) at ({x:.2f},{y:.2f}) {{{text}}};"


def _line(line: str, formula: bool = False) -> str:
    """A line of a label: words as text, a value or gradient as its word and a formula."""
    line = line if len(line) <= LINE_LENGTH else line[: LINE_LENGTH - 1] + "…"
    for word, colour in (("value ", "value"), ("δ ", "gradient"), ("grad ", "gradient")):
        if line.startswith(word):
            name = r"$\delta$" if word == "δ " else word.strip()
            return rf"\textcolor{{{colour}}}{{{name} ${latex(line[len(word) :])}$}}"
    return f"${latex(line)}$"


def _edge(edge: DiagramEdge) -> str:
    options = ["->", "line"]
    if edge.kind == "backward":
        options = ["->", "blocked,dotted" if edge.blocked else "arrow,dashed", "bend left=18"]
    elif edge.kind == "across":
        options = ["->", "muted,dotted"]
    elif edge.sign:
        options = ["plus" if edge.sign > 0 else "minus,dashed"]
    if edge.size and edge.kind == "forward":
        options.append(f"line width={0.4 + 1.6 * edge.size:.2f}pt")
    label = ""
    if edge.text:
        where = "below" if edge.kind == "backward" else "above"
        text = latex(one_line(edge.text[:LINE_LENGTH]))
        label = rf" node[midway,{where},sloped,font=\tiny,text=gradient] {{${text}$}}"
    return rf"\draw[{','.join(options)}] ({edge.source}) to{label} ({edge.target});"


def _comment(text: str) -> str:
    return one_line(text).replace("%", "")
