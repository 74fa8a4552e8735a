"""Clipping: gradients cut to a size before a step, so that one bad batch cannot wreck a model.

Each function takes a list of gradients, one per parameter, where None stands for a parameter
without one, and returns a new list; the gradients themselves are left as they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .schedules import positive


def clip_by_value(gradients: Sequence[Any], limit: float) -> list[Any]:
    """Each element moved into [-limit, limit].

    >>> clip_by_value([np.array([3.0, -0.5]), None], 1.0)
    [array([ 1. , -0.5]), None]
    """
    limit = positive(limit, "clip_by_value(limit)")
    return [None if g is None else np.clip(g, -limit, limit) for g in gradients]


def clip_by_norm(gradients: Sequence[Any], limit: float) -> list[Any]:
    """Each gradient by itself scaled down to length ``limit``, if it is longer: g · limit / ‖g‖.

    >>> clip_by_norm([np.array([3.0, 4.0]), np.array([0.1])], 1.0)
    [array([0.6, 0.8]), array([0.1])]
    """
    limit = positive(limit, "clip_by_norm(limit)")
    return [None if g is None else _scaled(g, global_norm([g]), limit) for g in gradients]


def clip_by_global_norm(gradients: Sequence[Any], limit: float) -> list[Any]:
    """All gradients scaled by one factor, so that together they are no longer than ``limit``.

    Directions are kept. Source: Pascanu, Mikolov & Bengio 2013, algorithm 1. PyTorch's
    clip_grad_norm_ divides by ‖g‖ + 1e-6 instead of ‖g‖.

    >>> clip_by_global_norm([np.array([3.0]), np.array([4.0])], 1.0)
    [array([0.6]), array([0.8])]
    """
    limit = positive(limit, "clip_by_global_norm(limit)")
    norm = global_norm(gradients)
    return [None if g is None else _scaled(g, norm, limit) for g in gradients]


def global_norm(gradients: Sequence[Any]) -> float:
    """Length of all gradients as one vector, √(Σ g²), without overflow; None counts as 0.

    >>> global_norm([np.array([3.0]), None, np.array([[4.0]])])
    5.0
    """
    norms = []
    for g in gradients:
        if g is not None:
            largest = float(np.max(np.abs(g), initial=0.0))
            if largest == 0 or not math.isfinite(largest):
                norms.append(largest)
            else:
                scaled = np.divide(g, largest, dtype=np.float64)
                norms.append(largest * float(np.sqrt(np.sum(scaled * scaled))))
    return math.hypot(*norms)


def _scaled(gradient: Any, norm: float, limit: float) -> Any:
    """``gradient`` times limit / norm; NaN where a gradient is infinite."""
    if norm <= limit:
        return gradient
    with np.errstate(invalid="ignore"):
        return gradient * (limit / norm)
