"""The values that a value was computed from."""

from __future__ import annotations

from operator import attrgetter

from .node import Node


def ancestors(*roots: Node) -> list[Node]:
    """The roots and every value they were computed from, oldest first. Does not recurse."""
    found = {root._order: root for root in roots}
    waiting = list(roots)
    while waiting:
        for x in waiting.pop().inputs:
            if isinstance(x, Node) and x._order not in found:
                found[x._order] = x
                waiting.append(x)
    return sorted(found.values(), key=attrgetter("_order"), reverse=True)
