"""Layers: the steps z^l, a^l of a network, found again in the graph that it recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.graph import Graph
from autograd.modes import Scope
from autograd.node import Node, data_of


@dataclass(frozen=True)
class LayerStep:
    """One run of one layer: ``z = g⁻¹(a)`` from ``source`` and the parameters, then ``a = g(z)``.

    ``a is z`` for a linear layer. ``slot`` is the place of ``source`` among the inputs of z, or
    None where z is not made from it by one op.
    """

    number: int
    title: str
    source: Any
    slot: int | None
    z: Node
    a: Node
    parameters: tuple[Node, ...]

    @property
    def weight_slot(self) -> int | None:
        """The place of the weight matrix among the inputs of z, where its op names one."""
        names = () if self.z.op is None else self.z.op.input_names
        return names.index("weight") if "weight" in names else None


def layer_steps(root: Node) -> list[LayerStep]:
    """The layers under ``root`` in order: scopes that hold a net input z.

    z is the value that an op with an input called ``weight`` made; where that has no label (a
    convolution whose bias is still to come), or there is none, the one whose label begins with
    z. Neither the model nor any state of its layers is asked.
    """
    graph = Graph(root)
    steps: list[LayerStep] = []
    for scope, members in _scopes(graph).items():
        z = _net_input(members)
        if z is None:
            continue
        a = _activation(members, z)
        slot = _source_slot(z, members)
        source = _source(z, members) if slot is None else z.inputs[slot]
        parameters = tuple(_parameters(members, z))
        steps.append(LayerStep(len(steps) + 1, scope.name, source, slot, z, a, parameters))
    return steps


def _scopes(graph: Graph) -> dict[Scope, list[Node]]:
    inside: dict[Scope, list[Node]] = {}
    for value in graph:
        if value.scope is not None and value.op is not None:
            inside.setdefault(value.scope, []).append(value)
    return inside


def _net_input(members: list[Node]) -> Node | None:
    weighted, labelled = None, None
    for value in members:
        if weighted is None and value.op is not None and "weight" in value.op.input_names:
            weighted = value
        if labelled is None and (value.label or "").startswith("z") and value.shape != ():
            labelled = value
    if weighted is not None and (weighted.label or labelled is None):
        return weighted
    return labelled


def _activation(members: list[Node], z: Node) -> Node:
    """The last member that is computed from z; z itself where there is none."""
    last, reached = z, {z}
    for value in members:
        if any(isinstance(x, Node) and x in reached for x in value.inputs):
            reached.add(value)
            last = value
    return last


def _source_slot(z: Node, members: list[Node]) -> int | None:
    """The input of z that is data: the one that the layer below made, or no parameter."""
    if z.op is not None and "weight" in z.op.input_names:
        return 0
    inside = set(members)
    for slot, x in enumerate(z.inputs):
        if not _is_parameter(x):
            outside = not isinstance(x, Node) or x not in inside
            return slot if outside and np.ndim(data_of(x)) > 0 else None
    return None


def _source(z: Node, members: list[Node]) -> Any:
    """What enters a layer from below where z is made in several steps: the last such value."""
    inside, waiting, seen = set(members), [z], {z}
    while waiting:
        for x in waiting.pop(0).inputs:
            if isinstance(x, Node) and x in inside:
                if x not in seen:
                    seen.add(x)
                    waiting.append(x)
            elif not _is_parameter(x) and np.ndim(data_of(x)) > 0:
                return x
    return None


def _is_parameter(x: Any) -> bool:
    return isinstance(x, Node) and x.op is None and x.requires_grad


def _parameters(members: list[Node], z: Node) -> list[Node]:
    """The parameters that z is made from inside its scope, each once, in order of use."""
    # Dicts and sets look values up by identity; `in` a list would compare their data.
    inside, found = set(members), dict[Node, None]()
    waiting = [z]
    while waiting:
        for x in waiting.pop(0).inputs:
            if not isinstance(x, Node) or x in found:
                continue
            if x.op is None and x.requires_grad:
                found[x] = None
            elif x in inside:
                waiting.append(x)
    return list(found)
