"""Placing: a layout by ranks of our own, in time linear in the edges; it needs no Graphviz.

Values stand in ranks by how far they are from the leaves, in an order that keeps neighbours near
each other. Large graphs are drawn so, where Graphviz would cross out every line of sight for
minutes; TikZ pictures and pairs of states are always drawn so.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..diagrams.diagram import Diagram, DiagramNode
from .dot import CIRCLE, EDGE_SIZE, NODE_SIZE, ROUND
from .labels import cut, label_lines

#: Gaps between ranks and within one, in points.
BETWEEN_RANKS, WITHIN_RANK = 46.0, 12.0
#: Gap between the columns of a network, and from one of its rows to the next.
COLUMN_GAP, ROW = 90.0, 82.0
#: Length of an arrow's head.
ARROW = 7.0
#: Sweeps that bring neighbours near each other.
SWEEPS = 6


@dataclass(frozen=True)
class Place:
    """Centre and size of a box, in points; y grows upwards."""

    x: float
    y: float
    width: float
    height: float


def place(
    diagram: Diagram,
    rankdir: str = "LR",
    labels: bool = False,
    box: tuple[float, float] | None = None,
) -> dict[str, Place]:
    """Where each node stands; the same diagram always gives the same places.

    With ``labels`` there is room between the ranks for the texts on the edges. ``box`` is the size
    of every box, where they do not go by their texts.
    """
    sizes = {node.id: box or size(node, diagram.notation) for node in diagram.nodes}
    if diagram.nodes and all(node.cell is not None for node in diagram.nodes):
        return _in_columns(diagram, sizes, rankdir)
    down = rankdir == "TB"
    between = BETWEEN_RANKS
    if labels and not down:
        texts = [line for edge in diagram.edges for line in edge.text.splitlines()]
        between += max((text_width(line, EDGE_SIZE) for line in texts), default=0.0)
    places: dict[str, Place] = {}
    along = 0.0
    for rank in ordered(diagram):
        thick = max(sizes[node][1 if down else 0] for node in rank)
        longs = [sizes[node][0 if down else 1] for node in rank]
        across = (sum(longs) + WITHIN_RANK * (len(rank) - 1)) / 2
        for node, long in zip(rank, longs, strict=True):
            middle = along + thick / 2
            x, y = (-(across - long / 2), -middle) if down else (middle, across - long / 2)
            places[node] = Place(round(x, 1), round(y, 1), *sizes[node])
            across -= long + WITHIN_RANK
        along += thick + between
    return places


def _in_columns(
    diagram: Diagram, sizes: dict[str, tuple[float, float]], rankdir: str
) -> dict[str, Place]:
    """Places by column and row, for a view that has them."""
    widest = max(width for width, _ in sizes.values())
    places = {}
    for node in diagram.nodes:
        column, row = node.cell or (0.0, 0.0)
        x, y = column * (widest + COLUMN_GAP), -row * ROW
        if rankdir == "TB":
            x, y = row * (widest + WITHIN_RANK), -column * (ROW + COLUMN_GAP)
        places[node.id] = Place(round(x, 1), round(y, 1), *sizes[node.id])
    return places


def size(node: DiagramNode, notation: str = "lecture") -> tuple[float, float]:
    """Width and height that the text of a box needs, in points; units are circles of one size."""
    if node.kind in ROUND:
        return 72 * CIRCLE, 72 * CIRCLE
    lines = cut(label_lines(node, notation)).split("\n") or [""]
    longest = max(text_width(line, NODE_SIZE) for line in lines)
    return round(longest + 20, 1), round(len(lines) * NODE_SIZE * 1.2 + 14, 1)


def text_width(text: str, points: float) -> float:
    """About how wide a text is: wide scripts count double."""
    wide = sum(1 for char in text if ord(char) >= 0x1100 and not 0x1D00 <= ord(char) < 0x2E80)
    return (len(text) + wide) * points * 0.64


def ordered(diagram: Diagram) -> list[list[str]]:
    """The nodes rank by rank, sources first, neighbours near each other."""
    before: dict[str, list[str]] = {node.id: [] for node in diagram.nodes}
    after: dict[str, list[str]] = {node.id: [] for node in diagram.nodes}
    derivative = {node.id for node in diagram.nodes if node.kind == "derivative"}
    for edge in diagram.edges:
        source, target = edge.source, edge.target
        if edge.kind == "backward" and target in derivative:
            # The graph of the gradients runs back: it is ranked the other way round.
            source, target = target, source
        elif edge.kind not in ("forward", "order"):
            continue
        if source != target:
            before[target].append(source)
            after[source].append(target)
    rank = ranks(diagram, before, after)
    rows: list[list[str]] = [[] for _ in range(max(rank.values(), default=0) + 1)]
    for node in diagram.nodes:
        rows[rank[node.id]].append(node.id)
    rows = [row for row in rows if row]
    for sweep in range(SWEEPS):
        neighbours = after if sweep % 2 == 0 else before
        _bring_near(rows[::-1] if sweep % 2 == 0 else rows, neighbours)
    return rows


def ranks(
    diagram: Diagram, before: dict[str, list[str]], after: dict[str, list[str]]
) -> dict[str, int]:
    """How far each node is from the leaves; a leaf stands just before its first use."""
    missing = {node: len(sources) for node, sources in before.items()}
    rank = dict.fromkeys(before, 0)
    ready = [node.id for node in diagram.nodes if not missing[node.id]]
    for node in ready:
        for target in after[node]:
            rank[target] = max(rank[target], rank[node] + 1)
            missing[target] -= 1
            if missing[target] == 0:
                ready.append(target)
    for node, sources in before.items():
        if not sources and after[node]:
            rank[node] = min(rank[target] for target in after[node]) - 1
    return rank


def _bring_near(rows: list[list[str]], neighbours: dict[str, list[str]]) -> None:
    """Sort each rank by the mean place of the neighbours in the ranks before it."""
    place: dict[str, float] = {}
    for row in rows:
        wanted = {}
        for position, node in enumerate(row):
            near = [place[other] for other in neighbours[node] if other in place]
            own = position / max(1, len(row) - 1)
            wanted[node] = sum(near) / len(near) if near else own
        row.sort(key=wanted.__getitem__)
        for position, node in enumerate(row):
            place[node] = position / max(1, len(row) - 1)


def as_attributes(
    diagram: Diagram, places: dict[str, Place], rankdir: str, labels: bool = False
) -> dict[str, str]:
    """The places as DOT attributes, with a curve for each edge, for a layout that is done.

    With ``labels`` there is a place for the text of each edge: half-way, or in a network nearer
    to its start, where fewer lines cross.
    """
    found = {}
    for node, at in places.items():
        size = f"width={at.width / 72:.3f} height={at.height / 72:.3f} fixedsize=true"
        found[node] = f' pos="{at.x},{at.y}" {size}'
    for position, edge in enumerate(diagram.edges):
        one, two = places[edge.source], places[edge.target]
        if edge.kind == "backward":
            one, two = two, one
        points, tip = curve(one, two, rankdir, edge.kind, straight=edge.sign != 0)
        letter = "s" if edge.kind == "backward" else "e"
        arrow = f"{letter},{tip[0]:.1f},{tip[1]:.1f} " if not edge.sign else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        found[f"edge {position}"] = f' pos="{arrow}{path}"'
        if labels and edge.text:
            x, y = _on_curve(points, 0.3 if edge.sign else 0.5)
            y += 0.0 if edge.sign else -12.0 if edge.kind == "backward" else 12.0
            found[f"edge {position}"] += f' lp="{x:.1f},{y:.1f}"'
    return found


def _on_curve(points: list[tuple[float, float]], share: float) -> tuple[float, float]:
    """The point of a Bézier curve at this share of its way."""
    t, u = share, 1 - share
    weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
    x = sum(w * point[0] for w, point in zip(weights, points, strict=True))
    return x, sum(w * point[1] for w, point in zip(weights, points, strict=True))


def curve(
    one: Place, two: Place, rankdir: str, kind: str, straight: bool = False
) -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """A Bézier curve from box to box, and the tip of its arrow, at the end or on the way back
    at the start; the curve stops where the arrow begins. ``straight`` is a line without one."""
    back, down = kind == "backward", rankdir == "TB"
    shift = -4.0 if back else 0.0
    if down:
        start = (one.x + shift, one.y - one.height / 2)
        end = (two.x + shift, two.y + two.height / 2)
    else:
        start = (one.x + one.width / 2, one.y + shift)
        end = (two.x - two.width / 2, two.y + shift)
    tip = start if back else end
    step = 0.0 if straight else ARROW if back else -ARROW
    moved = (tip[0], tip[1] - step) if down else (tip[0] + step, tip[1])
    start, end = (moved, end) if back else (start, moved)
    if straight:
        third = ((end[0] - start[0]) / 3, (end[1] - start[1]) / 3)
        inner = [(start[0] + k * third[0], start[1] + k * third[1]) for k in (1, 2)]
        return [start, *inner, end], tip
    across, along = (0.0, (end[1] - start[1]) / 2) if down else ((end[0] - start[0]) / 2, 0.0)
    inner = [(start[0] + across, start[1] + along), (end[0] - across, end[1] - along)]
    return [start, *inner, end], tip
