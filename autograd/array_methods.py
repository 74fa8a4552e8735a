"""The methods that a NumPy user expects of an array, on Values: each records one op."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from . import ops
from .data import as_float_dtype
from .elementwise_methods import ElementwiseMethods
from .ops.axes import squeezed_shape, whole_numbers
from .ops.indexing import take_index


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

    def min(self, axis: Any = None, keepdims: bool = False) -> Self:
        """Smallest element over ``axis``; ties share the gradient equally."""
        return self._unary(ops.Min, {"axis": axis, "keepdims": keepdims})

    def prod(self, axis: Any = None, keepdims: bool = False) -> Self:
        """Product over ``axis``; exact where elements are 0."""
        return self._unary(ops.Prod, {"axis": axis, "keepdims": keepdims})

    def var(self, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Self:
        """Variance over ``axis``: squared deviations, divided by n - ``ddof``."""
        return self._unary(ops.Var, {"axis": axis, "ddof": ddof, "keepdims": keepdims})

    def std(self, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Self:
        """Standard deviation over ``axis``; the gradient of a constant is 0."""
        return self._unary(ops.Std, {"axis": axis, "ddof": ddof, "keepdims": keepdims})

    def cumsum(self, axis: int | None = None) -> Self:
        """Running sum along ``axis``; over all elements in a row for None."""
        return self._unary(ops.Cumsum, {"axis": axis})

    def cumprod(self, axis: int | None = None) -> Self:
        """Running product along ``axis``; over all elements in a row for None."""
        return self._unary(ops.Cumprod, {"axis": axis})

    # -- answers on the data: positions and truth, no graph

    def argmax(self, axis: int | None = None, keepdims: bool = False) -> Any:
        """Position of the largest element, an integer or an array of them."""
        return np.argmax(self._array, axis=axis, keepdims=keepdims)

    def argmin(self, axis: int | None = None, keepdims: bool = False) -> Any:
        """Position of the smallest element, an integer or an array of them."""
        return np.argmin(self._array, axis=axis, keepdims=keepdims)

    def argsort(self, axis: int | None = -1) -> Any:
        """Positions that sort the elements along ``axis``; tied ones keep their order."""
        return np.argsort(self._array, axis=axis, kind="stable")

    def any(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Whether some element is not 0, a boolean or an array of them."""
        return np.any(self._array, axis=axis, keepdims=keepdims)

    def all(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Whether no element is 0, a boolean or an array of them."""
        return np.all(self._array, axis=axis, keepdims=keepdims)

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

    @property
    def mT(self) -> Self:
        """The transpose of each matrix: the last two axes exchanged."""
        return self._unary(ops.Swapaxes, {"axis1": -1, "axis2": -2})

    def ravel(self) -> Self:
        """All elements in one row: records a reshape."""
        return self._unary(ops.Reshape, {"shape": (-1,)})

    def flatten(self) -> Self:
        """All elements in one row: records a reshape."""
        return self._unary(ops.Reshape, {"shape": (-1,)})

    def squeeze(self, axis: Any = None) -> Self:
        """Without axes of length 1: all of them, or those of ``axis``. Records a reshape."""
        return self._unary(ops.Reshape, {"shape": squeezed_shape(self.shape, axis)})

    def repeat(self, repeats: Any, axis: int | None = None) -> Self:
        """Each element repeated, along ``axis`` or (None) in one row."""
        times = whole_numbers("repeat", "repeats", repeats)
        return self._unary(ops.Repeat, {"repeats": times, "axis": axis})

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Self:
        """The diagonals of the matrices in two axes, as a last axis."""
        return self._unary(ops.Diagonal, {"offset": offset, "axis1": axis1, "axis2": axis2})

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Self:
        """Sum of the diagonal of the matrices in two axes."""
        return self._unary(ops.Trace, {"offset": offset, "axis1": axis1, "axis2": axis2})

    def take(self, indices: Any, axis: int | None = None, mode: str = "raise") -> Self:
        """Elements at integer positions along ``axis``, or (None) of all in a row: a getitem."""
        whole = self
        if axis is None and self.ndim != 1:
            whole = self._unary(ops.Reshape, {"shape": (-1,)})
        index = take_index(whole.shape, indices, axis or 0, mode)
        return whole._unary(ops.Getitem, {"index": index})

    def astype(self, dtype: Any) -> Self:
        """The same numbers in another floating type."""
        return self._unary(ops.Astype, {"dtype": as_float_dtype(dtype, "astype()")})

    def copy(self) -> Self:
        """The same numbers in memory of their own."""
        return self._unary(ops.Astype, {"dtype": self.dtype})
