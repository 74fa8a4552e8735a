"""What may become the data of a Value, and how: always NumPy, always real floating point."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

float64 = np.float64
ndarray = np.ndarray
FLOAT64 = np.dtype(np.float64)


class UntraceableError(RuntimeError):
    """A function that is being traced looked at the numbers; ``tape`` is what records it."""

    tape: Any = None


def as_untraceable(error: BaseException) -> UntraceableError | None:
    """The error as an UntraceableError, also where NumPy wrapped it in its own; else None."""
    while not isinstance(error, UntraceableError):
        if error.__cause__ is None:
            return None
        error = error.__cause__
    return error


def as_data(x: Any, dtype: Any = None, what: str = "Value()") -> Any:
    """``x`` as a NumPy float scalar or a floating array of its own (a copy).

    Integers, booleans and lists become float64; float32 and float16 stay what they are
    unless ``dtype`` names another floating type.

    Raises:
        TypeError: for complex, text, objects, dates, Values, masked arrays.
        ValueError: for nested lists whose rows differ in length.
    """
    target = None if dtype is None else as_float_dtype(dtype, what)
    if type(x) is float and target is None:
        return float64(x)
    if hasattr(x, "__traced__"):
        return x.as_data(target)
    array = _checked(x, what)
    if target is None:
        target = np.dtype(array.dtype.type) if array.dtype.kind == "f" else FLOAT64
    array = np.array(array, dtype=target, copy=True, subok=False)
    return array if array.ndim else array[()]


def as_constant(x: Any, what: str) -> Any:
    """``x`` as an operand that needs no gradient.

    Python numbers stay as they are, so that they never turn float32 into float64; anything
    else becomes an array of its own, so that later changes to the original do no harm.
    """
    kind = type(x)
    if kind is float or kind is int or kind is bool or kind is float64:
        return x
    if kind is ndarray and x.dtype is FLOAT64 and x.ndim:
        return x.copy()
    if hasattr(x, "__traced__"):
        return x
    array = _checked(x, what)
    if kind is not list and kind is not tuple:
        array = array.copy()
    return array if array.ndim else array[()]


def as_array(x: Any, what: str) -> Any:
    """``x`` as an operand that has a shape and a dtype: a floating array or scalar of its own."""
    return as_data(x, None, what)


def as_float_dtype(dtype: Any, what: str) -> np.dtype[Any]:
    """``dtype`` as float16, float32 or float64."""
    try:
        target = np.dtype(dtype)
    except TypeError:
        target = None
    if target is None or target.kind != "f" or target.itemsize > 8:
        raise TypeError(
            f"{what} got dtype {dtype!r}; expected a floating type: float64, float32 or float16. "
            f"Gradients are defined on real numbers."
        )
    return np.dtype(target.type)


def plain_array(x: Any) -> Any:
    """``x`` as a plain array, the same memory where it is one; data being traced as they are."""
    return x if hasattr(x, "__traced__") else np.asarray(x)


def own_array(x: Any, dtype: Any = None) -> Any:
    """``x`` as a plain array of its own (a copy); data that is being traced as it is."""
    if hasattr(x, "__traced__"):
        return x if dtype is None else x.astype(dtype)
    return np.array(x, dtype=dtype)


def _checked(x: Any, what: str) -> Any:
    """``x`` as an array of real numbers, or the error that says why it cannot be one."""
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(
            f"{what} got a masked array, whose mask would be lost; "
            f"pass x.filled(…) with the value that masked elements should have."
        )
    if hasattr(x, "__record__"):
        raise TypeError(
            f"{what} got {x.describe()}, a Value; expected numbers. "
            f"Use .data for its numbers, or the Value itself to stay in its graph."
        )
    if type(x) is int:
        try:
            x = float(x)
        except OverflowError:
            raise ValueError(
                f"{what} got an integer of {x.bit_length()} bits; expected numbers within the "
                f"range of float64, up to 1.8e308."
            ) from None
    if isinstance(x, list | tuple) and _holds_records(x):
        raise TypeError(
            f"{what} got a {type(x).__name__} that holds Values; expected numbers. "
            f"Use autograd.stack([...]) to make one Value of them that keeps their graph."
        )
    try:
        array = np.asarray(x)
    except ValueError as error:
        if "inhomogeneous" in str(error):
            raise ValueError(
                f"{what} got ragged nested lists ({_row_lengths(x)}); "
                f"expected rows of equal length."
            ) from None
        raise
    if array.dtype.kind in "bui" or (array.dtype.kind == "f" and array.dtype.itemsize <= 8):
        return array
    raise TypeError(f"{what} got {_describe(x, array)}; expected real numbers. {_remedy(x, array)}")


def _holds_records(x: Any) -> bool:
    for element in x:
        if hasattr(element, "__record__"):
            return True
        if isinstance(element, list | tuple) and _holds_records(element):
            return True
    return False


def _row_lengths(x: Any) -> str:
    lengths = [len(row) if hasattr(row, "__len__") else "a number" for row in x]
    shown = ", ".join(str(length) for length in lengths[:6])
    return f"lengths {shown}{', …' if len(lengths) > 6 else ''}"


def _describe(x: Any, array: Any) -> str:
    if isinstance(x, np.ndarray):
        return f"an array of dtype {array.dtype}"
    if array.ndim == 0:
        text = repr(x)
        return f"{text if len(text) <= 60 else text[:57] + '…'} of type {type(x).__name__}"
    return f"a {type(x).__name__} whose elements are of dtype {array.dtype}"


def _remedy(x: Any, array: Any) -> str:
    kind = array.dtype.kind
    if kind == "c":
        return "Pass the real and the imaginary part separately (x.real, x.imag)."
    if kind in "SU":
        return "Convert text to numbers first, for example float(x)."
    if kind == "f":
        return "Extended precision is not supported: use x.astype(float)."
    if isinstance(x, numbers.Number):
        return "Convert it first: float(x)."
    if x is None:
        return "A value is missing here."
    return "Convert it to floating point first, for example np.asarray(x, dtype=float)."
