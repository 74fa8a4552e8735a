"""Picture: the graph of a trace as an SVG that the page can repaint, node by node.

It has what stands still: places, names, arrows, frames. Numbers are those of the last event; the
page writes others into the same texts as one steps.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from string import Template
from typing import Any

from autograd.tracing import Trace, TraceNode

from .. import notation
from ..renderers.dot import clean, quoted
from ..renderers.placing import text_width
from ..renderers.render import layout
from .record import FOLD

#: Size of a box and of its margin, in points.
WIDTH, HEIGHT = 96, 52
LETTERS = 16
#: Letters of a name that surely fit into a box; more are set as wide as the box.
ROOMY = 11
#: Width of a box of the overview.
GROUP = 150


#: Marks and boxes are defined once; what repeats per value is as short as it can be.
PICTURE = Template("""<svg id="graph" viewBox="-12 -12 $width $height" role="group" tabindex="0" \
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
    placed = layout(_dot(data))
    width, height = (float(x) for x in placed["bb"].split(",")[2:])
    title = html.escape(title)
    objects = placed.get("objects", [])
    names = [thing["name"] for thing in objects]
    frames = [_frame(thing, data, height) for thing in objects if thing["name"][0] == "c"]
    arrows = [_arrow(edge, height) for edge in placed.get("edges", [])]
    boxes = []
    for name, thing in zip(names, objects, strict=True):
        if name[0] == "n":
            boxes.append(_box(trace.nodes[int(name[1:])], trace, _centre(thing, height)))
    return PICTURE.substitute(
        title=title, width=f"{width + 24:.0f}", height=f"{height + 24:.0f}", left=-WIDTH // 2,
        top=-HEIGHT // 2, w=WIDTH, h=HEIGHT, frames="\n".join(frames),
        arrows="\n".join(arrows), boxes="\n".join(boxes), overview=_overview(data),
    )  # fmt: skip


def _dot(data: dict[str, Any]) -> str:
    """The graph as DOT, for its layout alone."""
    lines = [
        "digraph {",
        f"rankdir=LR nodesep=0.2 ranksep=0.5 node [shape=box fixedsize=true "
        f'width={WIDTH / 72:.2f} height={HEIGHT / 72:.2f} label=""] edge [fontsize=10 arrowsize=0]',
    ]
    lines += _frames(data, -1)
    # In a large picture nobody reads what stands on an arrow; the page tells it at its step.
    texts = len(data["nodes"]) <= FOLD
    for number, node in enumerate(data["nodes"]):
        for slot, x in enumerate(node[7]):
            if isinstance(x, int):
                text = data["local"].get(f"{number}_{slot}", "")[:LETTERS] if texts else ""
                label = f"label={quoted(text)} " if text else ""
                lines.append(f'n{x} -> n{number} [{label}id="{number}_{slot}"]')
    return "\n".join([*lines, "}"])


def _overview(data: dict[str, Any]) -> str:
    """Boxes for the groups of a large graph, with the arrows between them; hidden at first."""
    if not data["groups"]:
        return ""
    home = {node: k for k, (_, nodes) in enumerate(data["groups"]) for node in nodes}
    arrows = set()
    for number, node in enumerate(data["nodes"]):
        arrows |= {(home[x], home[number]) for x in node[7] if isinstance(x, int)}
    lines = [f"digraph {{ rankdir=LR node [shape=box fixedsize=true width={GROUP / 72:.2f} "
             f'height={HEIGHT / 72:.2f} label=""] edge [arrowsize=0]']  # fmt: skip
    lines += [f"o{k}" for k in range(len(data["groups"]))]
    lines += [f'o{a} -> o{b} [id="o{a}_{b}"]' for a, b in sorted(arrows) if a != b]
    placed = layout("\n".join([*lines, "}"]))
    width, height = (float(x) for x in placed["bb"].split(",")[2:])
    parts = [_arrow(edge, height) for edge in placed.get("edges", [])]
    for thing in placed["objects"]:
        x, y = _centre(thing, height)
        parts.append(
            f'<g class="nd grp" id="{thing["name"]}" transform="translate({x:.0f} {y:.0f})">'
            f'<rect x="-{GROUP // 2}" y="-{HEIGHT // 2}" width="{GROUP}" height="{HEIGHT}" rx="4"/>'
            f'<text y="-11"></text><text y="4"></text><text y="19"></text></g>'
        )
    view = f"-12 -12 {width + 24:.0f} {height + 24:.0f}"
    return f'<g id="over" class="hid" data-view="{view}">{"".join(parts)}</g>'


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


def _arrow(edge: dict[str, Any], height: float) -> str:
    """One edge with the formula of its local derivative."""
    start, *points = edge["pos"].removeprefix("e,").split()
    if edge["pos"].startswith("e,"):
        points.append(start)
        start = points.pop(0)
    xy = [_point(text, height) for text in (start, *points)]
    path = f"M{xy[0][0]} {xy[0][1]}c"
    for k in range(1, len(xy) - 2, 3):
        path += "".join(f"{x - xy[k - 1][0]} {y - xy[k - 1][1]} " for x, y in xy[k : k + 3])
    text = ""
    if "lp" in edge:
        x, y = _point(edge["lp"], height)
        text = f'<text x="{x}" y="{y + 3}">{html.escape(edge["label"])}</text>'
    return f'<g id="g{edge["id"]}"><path d="{path.strip()}"/>{text}</g>'


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
    texts = [
        f'<text y="{y}"{_squeezed(line)}>{html.escape(line[:LETTERS])}</text>'
        for y, line in zip((-11, 4, 19), lines, strict=False)
    ]
    return (
        f'<g class="nd {kind}" id="n{node.id}" transform="translate({x:.0f} {y:.0f})">'
        f'<use href="#b"/>{"".join(texts)}</g>'
    )


def _squeezed(line: str) -> str:
    """What keeps a long text inside of its box, whatever the font."""
    if text_width(line, 12) <= text_width("x" * ROOMY, 12):
        return ""
    return f' textLength="{WIDTH - 8}" lengthAdjust="spacingAndGlyphs"'


def _short(text: str) -> str:
    text = clean(text).replace("\n", " ")
    return text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"
