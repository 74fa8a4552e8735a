"""Picking and choosing elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from ..node import Node
from ..value import Value, own_index, record, unary


def getitem(a: Any, index: Any) -> Value:
    """Elements picked by any NumPy index: a[index]."""
    return unary(a, ops.Getitem, {"index": own_index(index)})


def scatter(a: Any, index: Any, shape: Any) -> Value:
    """Zeros of ``shape`` with ``a`` added at ``index``; repeated places add up."""
    return unary(a, ops.Scatter, {"index": own_index(index), "shape": shape})


def where(condition: Any, a: Any, b: Any) -> Value:
    """Elements of a where the condition holds, of b elsewhere; no gradient to the other branch."""
    mask = np.array(condition._data if isinstance(condition, Node) else condition)
    return record(ops.Where, (a, b), {"condition": mask})
