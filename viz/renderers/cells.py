"""Cells: heatmaps drawn into boxes whose place is known, as rows of coloured stripes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..diagrams.diagram import Diagram, DiagramNode, Heatmap
from .dot import FONT, NODE_SIZE
from .labels import cut, label_lines
from .style import Style, blend

#: Size of a cell, gap between two grids, and height of a line of text, in points.
CELL, GAP, LINE = 7.0, 12.0, NODE_SIZE * 1.2
#: Room for the word under a grid.
CAPTION = 10.0
#: Rows of cells in one picture at most: more would take longer than the rest of it.
MOST = 1_500

#: Place of a box: x, y, width and height in points.
Boxes = Mapping[str, tuple[float, float, float, float]]


def room_for(diagram: Diagram) -> dict[str, tuple[int, float]]:
    """For each node with heatmaps the empty lines and the width, in inches, that they need."""
    shown = [node for node in diagram.nodes if node.heatmaps]
    if sum(len(heatmap.cells) for node in shown for heatmap in node.heatmaps) > MOST:
        return {}
    found = {}
    for node in shown:
        height = max(len(heatmap.cells) for heatmap in node.heatmaps) * CELL + CAPTION + 4
        width = sum(_width(heatmap) for heatmap in node.heatmaps)
        width += GAP * (len(node.heatmaps) - 1) + 2 * GAP
        found[node.id] = (int(np.ceil(height / LINE)), width / 72)
    return found


def cell_nodes(
    diagram: Diagram, boxes: Boxes, room: Mapping[str, Any], style: Style
) -> list[tuple[str, dict[str, str]]]:
    """Names and attributes of the stripes, frames and words to add to the layout."""
    found = []
    for node in diagram.nodes:
        if node.id in room and node.id in boxes:
            found += _grids(node, boxes[node.id], room[node.id][0], style, diagram.notation)
    return found


def _grids(
    node: DiagramNode,
    box: tuple[float, float, float, float],
    empty: int,
    style: Style,
    notation: str,
) -> list[tuple[str, dict[str, str]]]:
    x, y, _, _ = box
    lines = cut(label_lines(node, notation)).count("\n") + 1
    top = y + (lines + empty) * LINE / 2 - lines * LINE - 3
    whole = sum(_width(heatmap) for heatmap in node.heatmaps) + GAP * (len(node.heatmaps) - 1)
    left = x - whole / 2
    found = []
    for position, heatmap in enumerate(node.heatmaps):
        name = f"h{node.id}_{position}"
        found += _grid(name, heatmap, left, top, style)
        left += _width(heatmap) + GAP
    return found


def _grid(
    name: str, heatmap: Heatmap, left: float, top: float, style: Style
) -> list[tuple[str, dict[str, str]]]:
    """One grid: its rows as stripes, a frame, and what it shows as a word under it."""
    width, middle = len(heatmap.cells[0]) * CELL, left + _width(heatmap) / 2
    found = []
    for position, row in enumerate(heatmap.cells):
        colours = ":".join(_colour(x, heatmap.largest, style) for x in row)
        found.append(
            (
                f"{name}r{position}",
                _box(middle, top - (position + 0.5) * CELL, width, CELL)
                | {
                    "style": "filled" if len(row) == 1 else "striped",
                    "fillcolor": colours,
                    "penwidth": "0",
                },
            )
        )
    height = len(heatmap.cells) * CELL
    border = style.gradient if heatmap.what == "δ" else style.value
    frame = _box(middle, top - height / 2, width, height)
    found.append((f"{name}f", frame | {"style": '""', "color": border, "penwidth": "0.8"}))
    word = {"label": heatmap.what, "shape": "plaintext", "fontsize": "7", "fontname": FONT}
    found.append(
        (
            f"{name}w",
            _box(middle, top - height - CAPTION / 2 - 1, 30, CAPTION)
            | word
            | {"style": '""', "fontcolor": style.muted},
        )
    )
    return found


def _box(x: float, y: float, width: float, height: float) -> dict[str, str]:
    return {
        "pos": f"{x:.2f},{y:.2f}", "width": f"{width / 72:.4f}", "height": f"{height / 72:.4f}",
        "fixedsize": "true", "label": "", "shape": "box", "margin": "0", "tooltip": " ",
    }  # fmt: skip


def _colour(x: float, largest: float, style: Style) -> str:
    if not np.isfinite(x):
        return style.blocked
    return blend(style, x / largest if largest else 0.0)


def _width(heatmap: Heatmap) -> float:
    return max(len(heatmap.cells[0]) * CELL, 24.0)
