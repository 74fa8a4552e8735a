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


def min(a: Any, axis: Any = None, keepdims: bool = False) -> Value:
    """Smallest element over ``axis``; ties share the gradient equally."""
    return unary(a, ops.Min, {"axis": axis, "keepdims": keepdims})


def prod(a: Any, axis: Any = None, keepdims: bool = False) -> Value:
    """Product over ``axis`` (int, tuple, or None for all); exact where elements are 0."""
    return unary(a, ops.Prod, {"axis": axis, "keepdims": keepdims})


def logsumexp(a: Any, axis: Any = None, keepdims: bool = False) -> Value:
    """Logarithm of the sum of exponentials over ``axis``, without overflow."""
    return unary(a, ops.Logsumexp, {"axis": axis, "keepdims": keepdims})


def cumsum(a: Any, axis: int | None = None) -> Value:
    """Running sum along ``axis``; over all elements in a row for None."""
    return unary(a, ops.Cumsum, {"axis": axis})


def cumprod(a: Any, axis: int | None = None) -> Value:
    """Running product along ``axis``; over all elements in a row for None."""
    return unary(a, ops.Cumprod, {"axis": axis})
