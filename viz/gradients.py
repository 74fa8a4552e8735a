"""Gradients under a root, computed for looking at; the values' own gradients stay as they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograd.graph import Graph
from autograd.node import Node


@contextmanager
def gradients_under(root: Node) -> Iterator[dict[Node, Any]]:
    """∂root/∂v for every value v that it reaches, as plain data.

    Inside the block and after it each ``.grad`` is what it was before.
    """
    values = Graph(root).nodes
    kept = [value.grad for value in values]
    try:
        for value in values:
            value.grad = None
        root.backward()  # type: ignore[attr-defined]
        found = {}
        for value in values:
            if value.grad is not None:
                found[value] = value.grad
    finally:
        for value, grad in zip(values, kept, strict=True):
            value.grad = grad
    yield found
