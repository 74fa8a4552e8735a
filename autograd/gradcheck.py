"""Gradients checked against central differences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .backprop import gradients
from .modes import no_grad
from .value import Value


@dataclass(frozen=True)
class GradientCheck:
    """The largest disagreement found between analytic and numeric gradient.

    ``relative_error`` is |analytic - numeric| / max(1e-8, largest entry of both gradients), at
    ``index`` of ``value``.
    """

    relative_error: float
    value: Value
    index: tuple[int, ...]
    analytic: float
    numeric: float
    checked: int


def numeric_gradient(loss: Callable[[], Value], value: Value, step: float | None = None) -> Any:
    """∂loss/∂value by central differences, (J(w+h) - J(w-h)) / 2h, one element at a time.

    ``loss()`` computes a scalar from the present data of ``value``, which is put back as it
    was: graphs recorded before stay valid. ``step`` is h for elements up to 1, beyond it
    grows with them; the default is the cube root of the precision of the value's dtype.
    """
    step = float(np.cbrt(np.finfo(value.dtype).eps)) if step is None else step
    original = value._array
    gradient = np.zeros(value.shape)
    try:
        for index in np.ndindex(value.shape):
            h = step * max(1.0, abs(float(original[index])))
            above, below = _moved(original, index, h), _moved(original, index, -h)
            rise = _loss_at(loss, value, above) - _loss_at(loss, value, below)
            gradient[index] = rise / (float(above[index]) - float(below[index]))
    finally:
        value._array = original
    return gradient[()]


def _moved(original: Any, index: tuple[int, ...], h: float) -> Any:
    moved = np.array(original)
    moved[index] += h
    return moved if moved.ndim else moved[()]


def _loss_at(loss: Callable[[], Value], value: Value, data: Any) -> float:
    # Past the setter: the data is put back, so nothing that was recorded becomes stale.
    value._array = data
    with no_grad():
        return _checked_loss(loss).item()


def _checked_loss(loss: Callable[[], Value]) -> Value:
    result = loss()
    if not isinstance(result, Value) or result.shape != ():
        got = f"shape {result.shape}" if isinstance(result, Value) else type(result).__name__
        raise TypeError(
            f"a gradient check got a loss() that returns {got}; expected a scalar Value."
        )
    return result


def check_gradients(
    loss: Callable[[], Value], values: Iterable[Value], step: float | None = None
) -> GradientCheck:
    """The worst disagreement between back-propagation and central differences.

    ``loss()`` computes a scalar from ``values``, whose gradients are left as they were.
    """
    values = [values] if isinstance(values, Value) else list(values)
    if not values:
        raise ValueError("check_gradients() got no values; expected at least one to check.")
    worst, checked = None, 0
    for value, found_by_sweep in zip(values, gradients(_checked_loss(loss), values), strict=True):
        exact = np.zeros(value.shape) if found_by_sweep is None else np.asarray(found_by_sweep)
        numeric = np.asarray(numeric_gradient(loss, value, step))
        checked += exact.size
        found = _worst(value, exact, numeric)
        if worst is None or found.relative_error > worst.relative_error:
            worst = found
    assert worst is not None
    return replace(worst, checked=checked)


def _worst(value: Value, exact: Any, numeric: Any) -> GradientCheck:
    if exact.size == 0:
        return GradientCheck(0.0, value, (), 0.0, 0.0, 0)
    scale = max(1e-8, float(np.max(np.abs(exact))), float(np.max(np.abs(numeric))))
    with np.errstate(invalid="ignore"):
        error = np.nan_to_num(np.abs(exact - numeric) / scale, nan=np.inf)
    index = tuple(int(k) for k in np.unravel_index(int(np.argmax(error)), error.shape))
    return GradientCheck(
        float(error[index]), value, index, float(exact[index]), float(numeric[index]), 0
    )
