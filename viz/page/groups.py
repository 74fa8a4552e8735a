"""Groups: the boxes of the overview of a large graph, and which of them stand for many values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd.tracing import TraceNode

from ..diagrams.folding import ALIKE, NEAREST, READABLE, bands

#: A graph of more values than these begins with an overview of its layers.
FOLD = 400
#: A graph of more values than these is drawn as its overview alone: a browser has to lay out,
#: paint and keep every box.
DRAWN = 3_000
#: More values than these outside of layers are one box of the overview.
ALONE = 30


class Box(NamedTuple):
    """A box of the overview: its name, the values it stands for, and a word on them."""

    name: str
    nodes: list[int]
    title: str = ""


def groups(nodes: Sequence[TraceNode], homes: list[int], layers: list[dict[str, Any]]) -> list[Box]:
    """The boxes of a graph's overview; none where every value of it can be drawn as it is.

    They are the outermost layers, runs of numbered ones together where there are many, and the
    values outside of layers, alone or together. Where that does not make a picture that can be
    read, values are folded by age; the last ones stand alone. ``homes`` is each node's layer.
    """
    if len(nodes) <= FOLD:
        return []
    for alike in ALIKE:
        found = _by_layer(nodes, homes, layers, alike)
        if 0 < len(found) <= READABLE:
            return found
    return _by_age(nodes) if found or len(nodes) > DRAWN else []


def _by_layer(
    nodes: Sequence[TraceNode],
    homes: list[int],
    layers: list[dict[str, Any]],
    alike: Callable[[str], str],
) -> list[Box]:
    """One box for all outermost layers of which ``alike`` says the same.

    None without layers, or where nothing else is drawn and one box would hold them all.
    """
    found: dict[str, Box] = {}
    alone = []
    for node, layer in zip(nodes, homes, strict=True):
        while layer >= 0 and layers[layer]["outer"] >= 0:
            layer = layers[layer]["outer"]
        if layer >= 0:
            name = alike(layers[layer]["name"])
            found.setdefault(name, Box(name, [])).nodes.append(node.id)
        else:
            alone.append(Box(node.name, [node.id]))
    if not found or (len(found) == 1 and len(nodes) > DRAWN):
        return []
    if len(alone) > ALONE:
        alone = [Box("outside of layers", [number for box in alone for number in box.nodes])]
    return [*found.values(), *alone]


def _by_age(nodes: Sequence[TraceNode]) -> list[Box]:
    """Stretches of the order in which values were made, and the last values one by one."""
    found = []
    for band in bands(nodes[:-NEAREST]):
        names = dict.fromkeys(node.name for node in (band.members[0], band.members[-1]))
        found.append(Box(" … ".join(names), [node.id for node in band.members], band.title))
    return [*found, *(Box(node.name, [node.id]) for node in nodes[-NEAREST:])]
