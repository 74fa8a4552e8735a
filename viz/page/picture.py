"""Picture: the graph of a trace as an SVG that the page can repaint, node by node.

It has what stands still: places, names, arrows, frames. Numbers are those of the last event; the
page writes others into the same texts as one steps.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from string import Template
from typing import Any

import numpy as np

from autograd.tracing import Trace, TraceNode

from .. import notation
from ..diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from ..renderers.crowding import by_ranks
from ..renderers.dot import clean, quoted
from ..renderers.placing import as_attributes, place, text_width
from ..renderers.render import layout

#: Size of a box and of its margin, in points.
WIDTH, HEIGHT = 96, 52
LETTERS = 16
#: Letters of a name that surely fit into a box; more are set as wide as the box.
ROOMY = 11
#: Width of a box of the overview, and the letters of its name.
GROUP, GROUP_LETTERS = 150, 25


#: Marks and boxes are defined once; what repeats per value is as short as it can be.
PICTURE = Template("""<svg id="graph" viewBox="$view" role="group" tabindex="0" \
aria-label="Graph of $title"><title>Graph of $title</title>
<defs><marker id="a" markerUnits="userSpaceOnUse" markerWidth="8" markerHeight="8" refX="7" \
refY="4" orient="auto"><path d="M0 1l7 3-7 3z"/></marker>\
<rect id="b" x="$left" y="$top" width="$w" height="$h" rx="4"/></defs>
<g id="detail">
$frames
<g id="arrows">
$arrows
</g>
$boxes
</g>
$overview
</svg>""")


def picture(trace: Trace, data: dict[str, Any], title: str) -> str:
    """The SVG of the trace's graph, in its last state; ``data`` is the trace's record."""
    overview, view = _overview(trace, data)
    frames: list[str] = []
    arrows: list[str] = []
    boxes: list[str] = []
    if not data["folded"]:
        placed, height, view = _detail(data)
        objects = placed.get("objects", [])
        frames = [_frame(thing, data, height) for thing in objects if thing["name"][0] == "c"]
        arrows = [_arrow(edge, height) for edge in placed.get("edges", [])]
        values = [thing for thing in objects if thing["name"][0] == "n"]
        boxes = [
            _box(trace.nodes[int(thing["name"][1:])], trace, _centre(thing, height))
            for thing in values
        ]
    return PICTURE.substitute(
        title=html.escape(title), view=view, left=-WIDTH // 2, top=-HEIGHT // 2, w=WIDTH, h=HEIGHT,
        frames="\n".join(frames), arrows="\n".join(arrows), boxes="\n".join(boxes),
        overview=overview,
    )  # fmt: skip


def _detail(data: dict[str, Any]) -> tuple[dict[str, Any], float, str]:
    """The layout of a box for each value."""
    # In a large picture nobody reads what stands on an arrow; the page tells it at its step.
    local = data["local"] if len(data["nodes"]) <= data["fold"] else {}
    boxes = tuple(DiagramNode(f"n{k}", "result", "") for k in range(len(data["nodes"])))
    arrows = tuple(
        DiagramEdge(f"n{x}", f"n{k}", slot, local.get(f"{k}_{slot}", "")[:LETTERS])
        for k, node in enumerate(data["nodes"])
        for slot, x in enumerate(node[7])
        if isinstance(x, int)
    )
    return _laid_out(Diagram("", boxes, arrows), WIDTH, _frames(data, -1))


def _laid_out(
    diagram: Diagram, width: float, inside: Iterable[str]
) -> tuple[dict[str, Any], float, str]:
    """Where everything stands, the height of it all, and the part of the plane that shows it.

    ``inside`` are the boxes in their frames; a layout by ranks has no frames.
    """
    places: dict[str, str] = {}
    if by_ranks(diagram):
        found = place(diagram, labels=True, box=(width, HEIGHT))
        places = as_attributes(diagram, found, "LR", labels=True)
        inside = (f"{box.id} [{places[box.id]}]" for box in diagram.nodes)
    lines = [
        "digraph {",
        f"rankdir=LR nodesep=0.2 ranksep=0.5 node [shape=box fixedsize=true "
        f'width={width / 72:.2f} height={HEIGHT / 72:.2f} label=""] edge [fontsize=10 arrowsize=0]',
        *inside,
    ]
    for position, edge in enumerate(diagram.edges):
        label = f"label={quoted(edge.text)} " if edge.text else ""
        attributes = (
            f'{label}id="{edge.target[1:]}_{edge.slot}"{places.get(f"edge {position}", "")}'
        )
        lines.append(f"{edge.source} -> {edge.target} [{attributes}]")
    placed = layout("\n".join([*lines, "}"]), placed=bool(places))
    right, top = (float(x) for x in placed["bb"].split(",")[2:])
    return placed, top, f"-12 -12 {right + 24:.0f} {top + 24:.0f}"


def _overview(trace: Trace, data: dict[str, Any]) -> tuple[str, str]:
    """Boxes for the groups of a large graph, with the arrows between them, and what shows them.

    Hidden at first, unless it is all that is drawn.
    """
    if not data["groups"]:
        return "", ""
    home = {node: k for k, (_, nodes, _) in enumerate(data["groups"]) for node in nodes}
    arrows = {
        (home[x], home[number])
        for number, node in enumerate(data["nodes"])
        for x in node[7]
        if isinstance(x, int) and home[x] != home[number]
    }
    boxes = tuple(DiagramNode(f"o{k}", "folded", "") for k in range(len(data["groups"])))
    edges = tuple(DiagramEdge(f"o{a}", f"o{b}", a) for a, b in sorted(arrows))
    placed, height, view = _laid_out(Diagram("", boxes, edges), GROUP, (box.id for box in boxes))
    parts = [_arrow(edge, height, "o") for edge in placed.get("edges", [])]
    for thing in placed["objects"]:
        number = int(thing["name"][1:])
        parts.append(_group(trace, data["groups"][number], number, _centre(thing, height)))
    hidden = "" if data["folded"] else ' class="hid"'
    return f'<g id="over"{hidden} data-view="{view}">{"".join(parts)}</g>', view


def _frames(data: dict[str, Any], outer: int) -> Iterator[str]:
    """Nodes and frames inside frame number ``outer`` (-1: outside of all)."""
    for number, node in enumerate(data["nodes"]):
        if node[4] == outer:
            yield f"n{number}"
    for number, layer in enumerate(data["layers"]):
        if layer["outer"] == outer:
            yield f"subgraph cluster_{number} {{ margin=12 label={quoted(layer['name'])}"
            yield from _frames(data, number)
            yield "}"


def _centre(thing: dict[str, Any], height: float) -> tuple[float, float]:
    """Where a box stands; y grows downwards, while Graphviz's grows upwards."""
    x, y = (float(part) for part in thing["pos"].split(","))
    return x, height - y


def _frame(thing: dict[str, Any], data: dict[str, Any], height: float) -> str:
    left, low, right, top = (float(part) for part in thing["bb"].split(","))
    number = int(thing["name"].removeprefix("cluster_"))
    name = html.escape(_short(data["layers"][number]["name"]))
    return (
        f'<g class="cl" id="c{number}"><rect x="{left:.0f}" y="{height - top:.0f}" '
        f'width="{right - left:.0f}" height="{top - low:.0f}"/>'
        f'<text x="{left + 8:.0f}" y="{height - top + 14:.0f}">{name}</text></g>'
    )


def _arrow(edge: dict[str, Any], height: float, letter: str = "") -> str:
    """One edge with the formula of its local derivative."""
    points = edge["pos"].split()
    if points[0].startswith("e,"):
        tip = points.pop(0).removeprefix("e,")
        points[-1] = tip
    xy = [_point(text, height) for text in points]
    path = f"M{xy[0][0]} {xy[0][1]}c"
    for k in range(1, len(xy), 3):
        path += "".join(f"{x - xy[k - 1][0]} {y - xy[k - 1][1]} " for x, y in xy[k : k + 3])
    text = ""
    if "lp" in edge:
        x, y = _point(edge["lp"], height)
        text = f'<text x="{x}" y="{y + 3}">{html.escape(edge["label"])}</text>'
    return f'<g id="g{letter}{edge["id"]}"><path d="{path.strip()}"/>{text}</g>'


def _point(text: str, height: float) -> tuple[int, int]:
    x, y = text.split(",")
    return round(float(x)), round(height - float(y))


def _box(node: TraceNode, trace: Trace, centre: tuple[float, float]) -> str:
    """One value: name, op, number, gradient."""
    last, (x, y) = trace.last, centre
    value, gradient = last.value(node), last.grad(node)
    kind = "k" if not node.requires_grad else "off" if gradient is None else "done"
    sign = f" {node.symbol}" if node.op is not None else ""
    lines = [_short(f"{node.name}{sign}"), "" if value is None else notation.array(value)]
    if node.requires_grad:
        told = notation.NOT_REACHED if gradient is None else notation.array(gradient)
        lines.append(f"δ {told}")
    return (
        f'<g class="nd {kind}" id="n{node.id}" transform="translate({x:.0f} {y:.0f})">'
        f'<use href="#b"/>{_lines(lines, WIDTH)}</g>'
    )


def _group(trace: Trace, box: list[Any], number: int, centre: tuple[float, float]) -> str:
    """One box of the overview: its name, how many values are there, their largest gradient."""
    (name, nodes, title), (x, y) = box, centre
    values = [trace.last.value(node) for node in nodes]
    grads = [grad for node in nodes if (grad := trace.last.grad(node)) is not None]
    if len(nodes) == 1:
        told = [notation.array(data) for data in values if data is not None] or [""]
        brought = notation.array(grads[0]) if grads else notation.NOT_REACHED
        lines = [*told, f"δ {brought}"]
    else:
        there = sum(1 for data in values if data is not None)
        brought = f"δ {notation.NOT_REACHED}"
        if grads:
            largest = np.max([np.abs(grad).max(initial=0.0) for grad in grads])
            brought = f"max |δ| {notation.number(largest)}"
        lines = [f"{there} of {len(nodes)} values", brought]
    told_in_full = f"<title>{html.escape(clean(title))}</title>" if title else ""
    return (
        f'<g class="nd grp" id="o{number}" transform="translate({x:.0f} {y:.0f})">{told_in_full}'
        f'<rect x="-{GROUP // 2}" y="-{HEIGHT // 2}" width="{GROUP}" height="{HEIGHT}" rx="4"/>'
        f"{_lines([_short(name, GROUP_LETTERS), *lines], GROUP)}</g>"
    )


def _lines(lines: list[str], width: int) -> str:
    """Texts of a box, one below the other; a long one is kept inside, whatever the font."""
    most = LETTERS if width == WIDTH else GROUP_LETTERS
    roomy = text_width("x" * (ROOMY * width // WIDTH), 12)
    squeezed = f' textLength="{width - 8}" lengthAdjust="spacingAndGlyphs"'
    return "".join(
        f'<text y="{y}"{squeezed if text_width(line, 12) > roomy else ""}>'
        f"{html.escape(line[:most])}</text>"
        for y, line in zip((-11, 4, 19), lines, strict=False)
    )


def _short(text: str, most: int = LETTERS) -> str:
    text = clean(text).replace("\n", " ")
    return text if len(text) <= most else text[: most - 1] + "…"
