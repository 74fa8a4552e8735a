"""Ledger: a gradient use by use: who used the value, what came from there, the running total."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.graph import Edge, Graph
from autograd.node import Node

from .. import notation
from .contributions import contribution
from .local_derivative import local_derivative
from .names import Names

HEADING = ("use", "upstream δ", "local derivative", "contribution", "running total")


class Entry(NamedTuple):
    """One use of a value: operand ``slot`` of ``consumer``, and what it passed back."""

    consumer: str
    slot: int
    form: str
    upstream: str
    local: str
    contribution: float
    total: float

    @property
    def cells(self) -> tuple[str, ...]:
        """The entry as a row of a table."""
        numbers = (notation.number(self.contribution), notation.number(self.total))
        return (f"{self.consumer} = {self.form}", self.upstream, self.local, *numbers)


def entries(
    value: Node,
    root: Node,
    place: tuple[int, ...],
    names: Names,
    gradients: dict[Node, Any],
    uses: list[Edge],
) -> list[Entry]:
    """The uses of ``value`` that lie under ``root``, in the order in which they were made.

    Of an array, ``place`` names the element.
    """
    found: list[Entry] = []
    total = 0.0
    for edge in uses:
        if edge.target not in gradients:
            continue
        target, delta = names[edge.target], gradients[edge.target]
        local = local_derivative(edge.target, edge.slot, names.inputs(edge.target), target)
        passed = float(np.asarray(contribution(edge, delta))[place])
        total += passed
        upstream = f"{notation.partial(names[root], target)} = {notation.array(delta)}"
        form = names.form(edge.target)
        text = "" if local is None else local.text
        found.append(Entry(target, edge.slot, form, upstream, text, passed, total))
    return found


def ledger(
    value: Node, root: Node, place: tuple[int, ...], names: Names, gradients: dict[Node, Any]
) -> list[Entry]:
    """The ledger of one value; empty for the root itself."""
    if value is root:
        return []
    return entries(value, root, place, names, gradients, Graph(root).uses(value))
