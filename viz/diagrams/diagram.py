"""Diagram: nodes, edges and clusters in plain data, from which every renderer draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class DiagramNode:
    """One box. ``kind``: parameter, input, constant, result, root, folded, or a view's own.

    ``name`` is the symbol, ``form`` what made it (``w · x``), ``value`` and ``gradient`` texts
    (``—`` where no backward pass has reached), ``state`` "not reached", "final" or "none" (a
    constant), ``rows`` further lines of text; nodes of one ``lane`` stand in one line.
    """

    id: str
    kind: str
    name: str
    form: str = ""
    op: str | None = None
    value: str = ""
    gradient: str = ""
    state: str = "none"
    shape: tuple[int, ...] = ()
    origin: str = ""
    label: str | None = None
    rows: tuple[str, ...] = ()
    lane: str = ""


@dataclass(frozen=True)
class DiagramEdge:
    """One use: operand number ``slot`` of ``target``, with its local derivative.

    ``text`` is what is written on it; ``local`` the numbers of the local derivative, or None
    where there is no single one; ``kind`` is forward, backward, order (not drawn: the
    target stands after the source) or beside (not drawn: side by side). A larger ``weight``
    makes the edge straighter.
    """

    source: str
    target: str
    slot: int = 0
    text: str = ""
    symbol: str = ""
    formula: str = ""
    local: Any = field(default=None, compare=False)
    kind: str = "forward"
    weight: int = 1


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
    """What a picture shows, without a word on how it is drawn. Ids are ``n0, n1, …``."""

    title: str
    nodes: tuple[DiagramNode, ...]
    edges: tuple[DiagramEdge, ...]
    clusters: tuple[Cluster, ...] = ()

    def node(self, name: str) -> DiagramNode:
        """The first node of that name."""
        for node in self.nodes:
            if node.name == name:
                return node
        known = ", ".join(node.name for node in self.nodes[:12])
        raise KeyError(f"no node {name!r} in this diagram; it has {known}")

    def into(self, node: DiagramNode) -> list[DiagramEdge]:
        """The edges that end at ``node``, by slot."""
        return [edge for edge in self.edges if edge.target == node.id]

    def out_of(self, node: DiagramNode) -> list[DiagramEdge]:
        """The edges that start at ``node``: one per use."""
        return [edge for edge in self.edges if edge.source == node.id]
