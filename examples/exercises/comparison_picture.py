"""Comparison picture: the gradient check of one probe, drawn: yours beside the measured numbers."""

from __future__ import annotations

from itertools import pairwise

from viz.diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from viz.renderers.drawing import Drawing

from .verdict import Verdict
from .why import Entry, entries


def draw_comparison(verdict: Verdict, number: int) -> Drawing:
    """One box per part of the answer; a number that is wrong is marked ⊘, with its ratio."""
    return Drawing(comparison_diagram(verdict, number))


def comparison_diagram(verdict: Verdict, number: int) -> Diagram:
    """The same as plain data."""
    boxes: dict[str, list[Entry]] = {}
    for entry in entries(verdict, number, most=60):
        boxes.setdefault(box_of(entry.place), []).append(entry)
    nodes: list[DiagramNode] = []
    for name, found in boxes.items():
        wrong = sum(not entry.agrees for entry in found)
        nodes.append(
            DiagramNode(
                id=f"n{len(nodes)}",
                kind="root" if wrong else "result",
                name=name,
                rows=tuple(row(entry, name) for entry in found),
                blocked=f"{wrong} of {len(found)} wrong" if wrong else "",
            )
        )
    edges = [
        DiagramEdge(one.id, other.id, kind="order")
        for one, other in pairwise(nodes)
        if one.name.partition("[")[0] == other.name.partition("[")[0]
    ]
    probe = verdict.exercise.probes()[number]
    title = f"exercise {verdict.exercise.id}: {verdict.exercise.title}"
    return Diagram(title, tuple(nodes), tuple(edges), note=f"probe {number + 1}: {probe.text}")


def box_of(place: str) -> str:
    """The part that a place belongs to: ``dw`` for dw[1], ``dWs[0]`` for dWs[0][1][2]."""
    name, *indices = place.split("[")
    return f"{name}[{indices[0]}" if len(indices) > 1 else name


def row(entry: Entry, box: str) -> str:
    """Yours, what was measured (or else expected), and by how much it is off."""
    place = entry.place.removeprefix(box)
    right = (
        f"measured {short(entry.numeric)}" if entry.numeric else f"expected {short(entry.expected)}"
    )
    off = "" if entry.agrees else f"  ⊘ × {entry.ratio}" if entry.ratio else "  ⊘"
    return f"{place} {short(entry.yours)} ({right}){off}".strip()


def short(text: str) -> str:
    """A number in four digits; another text as it is."""
    try:
        return f"{float(text):.4g}"
    except ValueError:
        return text
