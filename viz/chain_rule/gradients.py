"""Gradients under a root, computed for looking at; no value's own ``.grad`` is touched."""

from __future__ import annotations

from typing import Any

from autograd.backprop import seed, sweep
from autograd.node import Node


def gradients_under(root: Node) -> dict[Node, Any]:
    """∂root/∂v for every value v that the sweep from ``root`` reaches, as plain data."""
    return dict(sweep(root, seed(root)))
