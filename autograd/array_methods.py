"""The methods that a NumPy user expects of an array, on Values: each records one op."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .node import Node


class ArrayMethods(Node):
    """Methods under NumPy's names, beyond the most common ones, which stand in `value`."""

    __slots__ = ()

    #: ``self._unary(op, settings)`` records an op of one input.
    _unary: Callable[..., Any]
