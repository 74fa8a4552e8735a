"""Reductions over axes."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..value import Value, unary


def sum(a: Any, axis: Any = None, keepdims: bool = False) -> Value:
    """Sum over ``axis`` (int, tuple, or None for all)."""
    return unary(a, ops.Sum, {"axis": axis, "keepdims": keepdims})


def mean(a: Any, axis: Any = None, keepdims: bool = False) -> Value:
    """Mean over ``axis`` (int, tuple, or None for all)."""
    return unary(a, ops.Mean, {"axis": axis, "keepdims": keepdims})


def max(a: Any, axis: Any = None, keepdims: bool = False) -> Value:
    """Largest element over ``axis``; ties share the gradient equally."""
    return unary(a, ops.Max, {"axis": axis, "keepdims": keepdims})
