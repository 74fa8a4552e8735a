"""The methods that a NumPy user expects of an array, on Values: each records one op."""

from __future__ import annotations

from .elementwise_methods import ElementwiseMethods


class ArrayMethods(ElementwiseMethods):
    """Methods under NumPy's names, beyond the most common ones, which stand in `value`."""

    __slots__ = ()
