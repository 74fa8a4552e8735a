"""Windows that slide over the last axes: where they lie, cutting them out, adding them back.

Convolution and pooling share this geometry. ``(batch, channels, *space)`` with one or more
axes of space; each has a kernel length, a stride, a padding (before, after) and a dilation.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, apply


class Windows(Op):
    """Windows cut out of zero-padded space: ``(batch, channels, *space) -> (…, *out, *kernel)``.

    y[b, c, i, j, k, l] = a[b, c, i·stride + k, j·stride + l]; back they are added up (`Fold`).
    """

    analytic = True

    @staticmethod
    def forward(a, *, kernel, stride, padding):
        places = window_places(np.shape(a), kernel, stride, padding)
        padded = pad(a, padding)
        out = np.empty(a.shape[:2] + places.out + kernel, a.dtype)
        for offset, place in places.slices():
            out[(..., *offset)] = padded[place]
        return out

    @staticmethod
    def wrt_a(delta, out, a, *, kernel, stride, padding):
        space = a.shape[2:]
        return apply(Fold, delta, space=space, kernel=kernel, stride=stride, padding=padding)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a,), settings) for a, settings in window_samples()]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*window_errors(cls), *super().error_samples()]


class Fold(Op):
    """Windows added up into the space that they were cut from: the reverse of `Windows`.

    ``(batch, channels, *out, *kernel) -> (batch, channels, *space)``; the padding is cut off.
    """

    analytic = True

    @staticmethod
    def forward(a, *, space, kernel, stride, padding):
        shape = np.shape(a)[:2] + tuple(space)
        places = window_places(shape, kernel, stride, padding)
        if np.shape(a)[2:] != places.out + kernel:
            raise ValueError(f"expected windows of shape (…, {listed(places.out + kernel)}).")
        padded = np.zeros(shape[:2] + places.padded, a.dtype)
        for offset, place in places.slices():
            padded[place] += a[(..., *offset)]
        return unpad(padded, padding)

    @staticmethod
    def wrt_a(delta, out, a, *, space, kernel, stride, padding):
        return apply(Windows, delta, kernel=kernel, stride=stride, padding=padding)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        samples = []
        for a, settings in window_samples():
            windows = Windows.forward(a, **settings)
            windows = np.random.default_rng(windows.size).normal(size=windows.shape)
            samples.append(Sample((windows,), {"space": a.shape[2:], **settings}))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        settings: dict[str, Any] = {"kernel": (2,), "stride": (1,), "padding": ((0, 0),)}
        errors = []
        for shape in ((1, 1, 3, 1), (1, 1, 4, 2), (1, 1, 3), (1, 1, 2, 3), (1, 1)):
            message = r"fold got .*expected windows of shape \(…, 3, 2\)"
            settings = {"space": (4,), **settings}
            errors.append(ErrorSample((np.ones(shape),), settings, ValueError, message))
        return [*errors, *super().error_samples()]


class Places:
    """Where the windows over one shape lie."""

    def __init__(self, padded, out, kernel, stride, dilation):
        self.padded: tuple[int, ...] = padded
        self.out: tuple[int, ...] = out
        self.kernel: tuple[int, ...] = kernel
        self.stride: tuple[int, ...] = stride
        self.dilation: tuple[int, ...] = dilation

    def slices(self):
        """For each place in the kernel: that place, and where all windows have it, as an index."""
        for offset in itertools.product(*(range(n) for n in self.kernel)):
            place = []
            for k, n, step, gap in zip(offset, self.out, self.stride, self.dilation, strict=True):
                place.append(slice(k * gap, k * gap + step * (n - 1) + 1, step))
            yield offset, (..., *place)


@functools.lru_cache(maxsize=1024)
def window_places(
    shape: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[tuple[int, int], ...],
    dilation: tuple[int, ...] | None = None,
) -> Places:
    """Where windows lie in an array ``(batch, channels, *space)``, checked."""
    ndim = len(kernel)
    if len(shape) != ndim + 2:
        axes = ", ".join(("depth", "height", "width")[3 - ndim :]) if ndim > 1 else "length"
        advice = " Did you mean x[None]?" if len(shape) == ndim + 1 else ""
        raise ValueError(f"expected (batch, channels, {axes}), {ndim + 2} axes.{advice}")
    dilation = dilation or (1,) * ndim
    out, padded = [], []
    for axis, length in enumerate(shape[2:]):
        whole = length + padding[axis][0] + padding[axis][1]
        reach = dilation[axis] * (kernel[axis] - 1) + 1
        if min(kernel[axis], stride[axis], dilation[axis]) < 1 or min(padding[axis]) < 0:
            raise ValueError("expected kernel, stride and dilation of at least 1, padding >= 0.")
        if reach > whole:
            raise ValueError(
                f"expected a kernel that fits: it reaches over {reach} of axis {axis + 2}, which "
                f"has {whole} places with its padding. Use more padding or a smaller kernel."
            )
        padded.append(whole)
        out.append((whole - reach) // stride[axis] + 1)
    return Places(tuple(padded), tuple(out), kernel, stride, dilation)


def pad(a, padding, fill=0.0):
    """``a`` with ``fill`` around its last axes."""
    if not any(before or after for before, after in padding):
        return a
    lead = a.ndim - len(padding)
    lengths = [n + sum(ends) for n, ends in zip(a.shape[lead:], padding, strict=True)]
    padded = np.full((*a.shape[:lead], *lengths), fill, a.dtype)
    unpad(padded, padding)[...] = a
    return padded


def unpad(padded, padding):
    """The part of ``padded`` inside the padding, as a view."""
    inside = []
    for before, after in padding:
        inside.append(slice(before, -after if after else None))
    return padded[(..., *inside)]


def listed(numbers: Sequence[int]) -> str:
    """Numbers with commas between them."""
    return ", ".join(str(n) for n in numbers)


#: Shape, kernel, stride and padding (before and after, in every axis) of the window samples.
WINDOW_CASES: list[tuple[Any, ...]] = [
    ((1, 1, 4), 2, 1, 0), ((2, 1, 5), 2, 2, 0), ((1, 2, 4), 3, 1, 1), ((1, 1, 1), 1, 1, 0),
    ((2, 2, 3), 3, 1, 0), ((1, 1, 6), 3, 2, 1), ((0, 1, 4), 2, 1, 0), ((1, 1, 5), 1, 2, 0),
    ((1, 1, 3, 3), 2, 1, 0), ((1, 1, 4, 4), 2, 2, 0), ((2, 1, 3, 2), 2, 1, 0),
    ((1, 2, 3, 3), 2, 1, 1), ((1, 1, 3, 4), 3, 2, 1), ((0, 2, 3, 3), 2, 1, 0),
    ((1, 1, 1, 1), 1, 1, 0), ((1, 1, 4, 3), (2, 1), (1, 2), 0), ((1, 1, 3, 4), (1, 3), 1, 0),
    ((1, 2, 2, 2), 2, 2, 0), ((1, 1, 5, 2), (3, 2), (2, 1), 1), ((2, 1, 2, 3), 2, 3, 1),
    ((1, 1, 3), 2, 3, 0), ((1, 3, 2), 2, 1, 0), ((2, 1, 4), 3, 3, 1), ((1, 1, 7), 3, 2, 0),
    ((1, 1, 2, 4), (2, 2), (1, 2), 0), ((1, 1, 4, 2), (4, 2), 1, 0), ((3, 1, 2), 1, 1, 0),
    ((1, 2, 3, 2), 1, 1, 0), ((1, 1, 2, 2, 2), 2, 1, 0), ((1, 1, 3, 2, 2), 2, 1, 1),
]  # fmt: skip


def each(setting: Any, ndim: int) -> tuple[Any, ...]:
    """One number for every axis, or as it is."""
    return setting if isinstance(setting, tuple) else (setting,) * ndim


def window_samples() -> list[tuple[Any, dict[str, Any]]]:
    """Arrays and settings of windows: without two equal elements in them, so without ties."""
    rng = np.random.default_rng(40)
    samples = []
    for shape, kernel, stride, padding in WINDOW_CASES:
        ndim = len(shape) - 2
        a = rng.permutation(int(np.prod(shape))).reshape(shape) * 0.4 - 1.3
        settings = {"kernel": each(kernel, ndim), "stride": each(stride, ndim)}
        samples.append((a, {**settings, "padding": ((padding, padding),) * ndim}))
    uneven = {"kernel": (2, 2), "stride": (1, 2), "padding": ((0, 1), (1, 0))}
    wide = rng.permutation(32).reshape(1, 1, 4, 8) * 0.4 - 1.3
    return [*samples, (wide[:, :, ::-2, ::3], uneven), (np.asfortranarray(wide[..., :3]), uneven)]


def window_errors(op: type[Op]) -> list[ErrorSample]:
    """Windows that do not fit."""
    flat = {"kernel": (2, 2), "stride": (1, 1), "padding": ((0, 0), (0, 0))}
    line = {"kernel": (3,), "stride": (1,), "padding": ((0, 0),)}
    wrong: list[tuple[tuple[int, ...], dict[str, Any], str]] = [
        ((3, 4, 4), flat, r"\(batch, channels, height, width\), 4 axes.*Did you mean x\[None\]"),
        ((1, 1, 4), flat, r"shape \(1, 1, 4\).*\(batch, channels, height, width\), 4 axes"),
        ((1, 1, 4, 4), line, r"shape \(1, 1, 4, 4\).*expected \(batch, channels, length\), 3 axes"),
        ((1, 1, 2), line, "kernel that fits: it reaches over 3 of axis 2, which has 2 places"),
        ((1, 1, 4, 1), flat, "kernel that fits: it reaches over 2 of axis 3, which has 1 places"),
        ((1, 1, 4), {**line, "stride": (0,)}, "expected kernel, stride and dilation of at least 1"),
        ((1, 1, 4), {**line, "kernel": (0,)}, "expected kernel, stride and dilation of at least 1"),
        ((1, 1, 4), {**line, "padding": ((-1, 0),)}, "padding >= 0"),
    ]
    return [
        ErrorSample((np.ones(shape),), settings, ValueError, f"{op.name} got .*{message}")
        for shape, settings, message in wrong
    ]
