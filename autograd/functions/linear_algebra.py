"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..value import Value, binary, ternary


def matmul(a: Any, b: Any) -> Value:
    """Matrix product a @ b, in every rank that NumPy allows."""
    return binary(ops.Matmul, a, b)


def affine(a: Any, weight: Any, bias: Any) -> Value:
    """Net input of a layer, a @ weight.T + bias: ``(…, inputs) -> (…, units)``."""
    return ternary(ops.Affine, a, weight, bias)
