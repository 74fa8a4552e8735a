"""The methods that a NumPy user expects of an array, on Values: each records one op."""

from __future__ import annotations

from typing import Any, Self

from . import ops
from .data import as_float_dtype
from .elementwise_methods import ElementwiseMethods


class ArrayMethods(ElementwiseMethods):
    """Reductions and changes of shape, under NumPy's names."""

    __slots__ = ()

    # -- reductions

    def sum(self, axis: Any = None, keepdims: bool = False) -> Self:
        """Sum over ``axis`` (int, tuple, or None for all)."""
        return self._unary(ops.Sum, {"axis": axis, "keepdims": keepdims})

    def mean(self, axis: Any = None, keepdims: bool = False) -> Self:
        """Mean over ``axis`` (int, tuple, or None for all)."""
        return self._unary(ops.Mean, {"axis": axis, "keepdims": keepdims})

    def max(self, axis: Any = None, keepdims: bool = False) -> Self:
        """Largest element over ``axis``; ties share the gradient equally."""
        return self._unary(ops.Max, {"axis": axis, "keepdims": keepdims})

    # -- shapes

    def reshape(self, *shape: Any) -> Self:
        """The same elements in another shape, given as ``(2, 3)`` or ``2, 3``; one may be -1."""
        whole = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        return self._unary(ops.Reshape, {"shape": whole})

    def transpose(self, *axes: Any) -> Self:
        """Axes in another order; reversed when none are given."""
        whole = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return self._unary(ops.Transpose, {"axes": tuple(whole) if whole else None})

    def swapaxes(self, axis1: int, axis2: int) -> Self:
        """Two axes exchanged."""
        return self._unary(ops.Swapaxes, {"axis1": axis1, "axis2": axis2})

    @property
    def T(self) -> Self:
        """The transpose: axes in reverse order."""
        return self._unary(ops.Transpose, {"axes": None})

    def astype(self, dtype: Any) -> Self:
        """The same numbers in another floating type."""
        return self._unary(ops.Astype, {"dtype": as_float_dtype(dtype, "astype()")})

    def copy(self) -> Self:
        """The same numbers in memory of their own."""
        return self._unary(ops.Astype, {"dtype": self.dtype})
