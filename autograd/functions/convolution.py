"""Convolution and pooling in one and two dimensions, in PyTorch's layout and names."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from ..node import Node
from ..value import Value, record, unary

Ends = tuple[tuple[int, int], ...]


def conv1d(
    x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Value:  # fmt: skip
    """Kernels slid over sequences: ``(batch, channels, length) -> (batch, units, out)``.

    As `conv2d`, with ``weight (units, channels / groups, kernel)``.
    """
    settings = _conv_settings("conv1d", x, weight, stride, padding, dilation, groups, 1)
    out = record(ops.Convolution, (x, weight), settings)
    if bias is None:
        return out
    column = record(ops.Reshape, (bias,), {"shape": (_units("conv1d", weight, bias), 1)})
    return record(ops.Add, (out, column))


def conv2d(
    x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Value:  # fmt: skip
    """Kernels slid over images: ``(batch, channels, h, w) -> (batch, units, h_out, w_out)``.

    ``weight`` is ``(units, channels / groups, kernel_h, kernel_w)``, ``bias (units,)``. ``stride``
    and ``dilation`` are a number or one per axis. ``padding`` (zeros) is a number, one per axis,
    pairs (before, after), ``"valid"`` (none) or ``"same"``: as many results as inputs, divided
    by the stride and rounded up; where the two sides cannot be equal, after gets one more.
    With ``groups`` each group of units sees its own share of the channels. As in every library
    of networks the kernel is not flipped.
    """
    settings = _conv_settings("conv2d", x, weight, stride, padding, dilation, groups, 2)
    out = record(ops.Convolution, (x, weight), settings)
    if bias is None:
        return out
    column = record(ops.Reshape, (bias,), {"shape": (_units("conv2d", weight, bias), 1, 1)})
    return record(ops.Add, (out, column))


def max_pool1d(x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Value:
    """Largest element of each window: ``(batch, channels, length) -> (batch, channels, out)``.

    ``stride=None`` is the kernel's length. Tied elements share the gradient equally.
    """
    return unary(x, ops.MaxPool, _pool_settings("max_pool1d", x, kernel_size, stride, padding, 1))


def max_pool2d(x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Value:
    """Largest element of each window: ``(batch, channels, h, w) -> (batch, channels, …)``.

    ``kernel_size`` and ``stride`` (None: the kernel's) are a number or a pair; ``padding`` is at
    most half the kernel and never wins. Tied elements share the gradient equally (in PyTorch
    the first gets all).
    """
    return unary(x, ops.MaxPool, _pool_settings("max_pool2d", x, kernel_size, stride, padding, 2))


def avg_pool1d(
    x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, count_include_pad: bool = True
) -> Value:
    """Mean of each window: ``(batch, channels, length) -> (batch, channels, out)``."""
    settings = _pool_settings("avg_pool1d", x, kernel_size, stride, padding, 1)
    return unary(x, ops.AvgPool, {**settings, "count_padding": bool(count_include_pad)})


def avg_pool2d(
    x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, count_include_pad: bool = True
) -> Value:
    """Mean of each window: ``(batch, channels, h, w) -> (batch, channels, h_out, w_out)``.

    ``kernel_size`` and ``stride`` (None: the kernel's) are a number or a pair. With
    ``count_include_pad`` the zeros of the padding count as elements of the mean.
    """
    settings = _pool_settings("avg_pool2d", x, kernel_size, stride, padding, 2)
    return unary(x, ops.AvgPool, {**settings, "count_padding": bool(count_include_pad)})


def _conv_settings(
    name: str, x: Any, weight: Any, stride: Any, padding: Any, dilation: Any, groups: Any, ndim: int
) -> dict[str, Any]:
    if not isinstance(groups, int | np.integer) or groups < 1:
        raise ValueError(f"{name}() got groups={groups!r}; expected a whole number, at least 1.")
    stride = _each(name, "stride", stride, ndim, 1)
    dilation = _each(name, "dilation", dilation, ndim, 1)
    reach = []
    for n, gap in zip(_shape(weight)[2:], dilation, strict=False):
        reach.append(gap * (n - 1) + 1)
    ends = _ends(name, padding, _shape(x)[2:], tuple(reach), stride, ndim)
    return {"stride": stride, "padding": ends, "dilation": dilation, "groups": int(groups)}


def _pool_settings(
    name: str, x: Any, kernel_size: Any, stride: Any, padding: Any, ndim: int
) -> dict[str, Any]:
    kernel = _each(name, "kernel_size", kernel_size, ndim, 1)
    stride = kernel if stride is None else _each(name, "stride", stride, ndim, 1)
    ends = _ends(name, padding, _shape(x)[2:], kernel, stride, ndim)
    return {"kernel": kernel, "stride": stride, "padding": ends}


def _each(name: str, what: str, given: Any, ndim: int, least: int) -> tuple[int, ...]:
    """A setting as one whole number per axis."""
    numbers = (given,) * ndim if isinstance(given, int | np.integer) else given
    if (
        not isinstance(numbers, tuple | list)
        or len(numbers) != ndim
        or not all(isinstance(n, int | np.integer) and n >= least for n in numbers)
    ):
        many = f" or {ndim} of them" if ndim > 1 else ""
        raise ValueError(
            f"{name}() got {what}={given!r}; expected a whole number, at least {least}{many}."
        )
    return tuple(int(n) for n in numbers)


def _ends(
    name: str, padding: Any, space: tuple[int, ...], reach: tuple[int, ...],
    stride: tuple[int, ...], ndim: int,
) -> Ends:  # fmt: skip
    """Padding as (before, after) for each axis."""
    if isinstance(padding, str):
        if padding == "valid":
            return ((0, 0),) * ndim
        if padding != "same":
            raise ValueError(f"{name}() got padding={padding!r}; expected 'same' or 'valid'.")
        ends = []
        for length, over, step in zip(space, reach, stride, strict=False):
            missing = max((-(-length // step) - 1) * step + over - length, 0)
            ends.append((missing // 2, missing - missing // 2))
        # Images of the wrong rank are refused by the op, whose message names the shape.
        return tuple(ends) if len(ends) == ndim else ((0, 0),) * ndim
    if isinstance(padding, tuple | list) and all(isinstance(p, tuple | list) for p in padding):
        if len(padding) != ndim:
            raise ValueError(
                f"{name}() got padding={padding!r}; expected {ndim} pairs (before, after)."
            )
        pairs = []
        for p in padding:
            before, after = _each(name, "padding", tuple(p), 2, 0)
            pairs.append((before, after))
        return tuple(pairs)
    return tuple((n, n) for n in _each(name, "padding", padding, ndim, 0))


def _units(name: str, weight: Any, bias: Any) -> int:
    units = _shape(weight)[0]
    if _shape(bias) != (units,):
        raise ValueError(
            f"{name}() got a bias of shape {_shape(bias)}; expected ({units},), one number per "
            f"unit of the weight of shape {_shape(weight)}."
        )
    return units


def _shape(x: Any) -> tuple[int, ...]:
    return x.shape if isinstance(x, Node) else np.shape(x)
