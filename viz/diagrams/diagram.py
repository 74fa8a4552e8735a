"""Diagram: nodes, edges and clusters in plain data, from which every renderer draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Heatmap:
    """An array as cells, row by row; ``largest`` is the |number| at both ends of the colour scale.

    ``what`` is "value" or "δ"; ``note`` says what a cell stands for where it is not one element.
    """

    what: str
    cells: tuple[tuple[float, ...], ...]
    largest: float
    note: str = ""


@dataclass(frozen=True)
class DiagramNode:
    """One box. ``kind``: parameter, input, constant, result, root, folded, or a view's own.

    ``name`` is the symbol, ``form`` what made it (``w · x``), ``value`` and ``gradient`` texts
    (``—`` where no backward pass has reached). ``state`` is "not reached", "partial" (some of
    its ``uses`` have passed their contribution back: done, of how many), "final", or "none" (a
    constant). ``blocked`` says what stops the gradient here, ``folded`` how many values the box
    stands for, ``rows`` are further lines of text, ``changed`` what differs from another state.
    Nodes of one ``lane`` stand in one line; ``cell`` is a column and a row where the view has
    such. ``data`` and ``grad`` are the numbers behind the texts.
    """

    id: str
    kind: str
    name: str
    form: str = ""
    op: str | None = None
    value: str = ""
    gradient: str = ""
    state: str = "none"
    uses: tuple[int, int] | None = None
    blocked: str = ""
    folded: int = 0
    shape: tuple[int, ...] = ()
    origin: str = ""
    label: str | None = None
    rows: tuple[str, ...] = ()
    lane: str = ""
    cell: tuple[float, float] | None = None
    heatmaps: tuple[Heatmap, ...] = ()
    changed: str = ""
    data: Any = field(default=None, compare=False, repr=False)
    grad: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class DiagramEdge:
    """One use: operand number ``slot`` of ``target``, with its local derivative.

    ``text`` is what is written on it; ``local`` the numbers of the local derivative, or None
    where there is no single one; ``summed`` the axes over which broadcasting is undone on the
    way back; ``contribution`` what this use passes back, ``passed`` the same as text. ``kind`` is
    forward, backward (the gradient flows from ``source`` to ``target``), across (between two
    parts that are laid out alike), order (not drawn: the target stands after the source) or
    beside (not drawn: side by side). ``blocked`` names the factor that stops the gradient.
    A larger ``weight`` makes the edge straighter; ``size`` from 0 to 1 makes it wider, and
    ``sign`` colours it.
    """

    source: str
    target: str
    slot: int = 0
    text: str = ""
    symbol: str = ""
    formula: str = ""
    local: Any = field(default=None, compare=False, repr=False)
    kind: str = "forward"
    weight: int = 1
    summed: tuple[int, ...] = ()
    contribution: Any = field(default=None, compare=False, repr=False)
    passed: str = ""
    blocked: str = ""
    size: float = 0.0
    sign: int = 0


@dataclass(frozen=True)
class Cluster:
    """A named part, drawn as a frame around ``nodes``; ``parent`` is the id of the frame around."""

    id: str
    title: str
    path: str
    parent: str | None
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Diagram:
    """What a picture shows, without a word on how it is drawn. Ids are ``n0, n1, …``.

    ``note`` is a line under the picture, for example what was folded; ``notation`` names the
    convention of its symbols.
    """

    title: str
    nodes: tuple[DiagramNode, ...]
    edges: tuple[DiagramEdge, ...]
    clusters: tuple[Cluster, ...] = ()
    note: str = ""
    notation: str = "lecture"

    def node(self, name: str) -> DiagramNode:
        """The first node of that name."""
        for node in self.nodes:
            if node.name == name:
                return node
        known = ", ".join(node.name for node in self.nodes[:12])
        raise KeyError(f"no node {name!r} in this diagram; it has {known}")

    def incoming(self) -> dict[str, list[DiagramEdge]]:
        """The edges that end at each node, by its id."""
        found: dict[str, list[DiagramEdge]] = {node.id: [] for node in self.nodes}
        for edge in self.edges:
            found[edge.target].append(edge)
        return found

    def out_of(self, node: DiagramNode) -> list[DiagramEdge]:
        """The edges that start at ``node``: one per use."""
        return [edge for edge in self.edges if edge.source == node.id]
