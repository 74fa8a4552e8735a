"""Clusters: the frames around the parts of a graph, from the scopes that its values carry."""

from __future__ import annotations

from autograd.modes import Scope

from .diagram import Cluster
from .folding import chain


def clusters_of(homes: dict[str, Scope | None]) -> tuple[Cluster, ...]:
    """Frames for the scopes that nodes live in, outer ones before inner ones."""
    inside: dict[Scope, list[str]] = {}
    for node, scope in homes.items():
        for around in chain(scope):
            inside.setdefault(around, [])
        if scope is not None:
            inside[scope].append(node)
    ids = {scope: f"c{i}" for i, scope in enumerate(inside)}
    clusters = []
    for scope, nodes in inside.items():
        parent = ids[scope.outer] if scope.outer is not None else None
        clusters.append(Cluster(ids[scope], scope.name, scope.path, parent, tuple(nodes)))
    return tuple(clusters)
