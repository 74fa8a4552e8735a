"""Pooling: the largest element, or the mean, of each window over the last axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import ErrorSample, Op, Sample, apply, bare
from .shapes import BroadcastTo
from .windows import Fold, Windows, pad, window_errors, window_places, window_samples


class MaxPool(Op):
    """Largest element of each window: ``(batch, channels, *space) -> (batch, channels, *out)``.

    Padding counts as -inf and is at most half a kernel, so that no window lies in it wholly.
    Tied elements share the gradient equally, as in `Max`.
    """

    symbol, pattern = "maxpool", "maxpool({a})"

    @staticmethod
    def forward(a, *, kernel, stride, padding):
        places = window_places(np.shape(a), kernel, stride, padding)
        require_small(padding, kernel)
        padded = pad(a, padding, -np.inf)
        out = np.full(a.shape[:2] + places.out, -np.inf, a.dtype)
        for _, place in places.slices():
            np.maximum(out, padded[place], out=out)
        return out

    @staticmethod
    def wrt_a(delta, out, a, *, kernel, stride, padding):
        share = winners(bare(a), bare(out), kernel, stride, padding)
        delta = delta.reshape(out.shape + (1,) * len(kernel))
        where = {"space": a.shape[2:], "kernel": kernel, "stride": stride, "padding": padding}
        return apply(Fold, delta * share, **where)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        samples = []
        for a, settings in window_samples():
            samples.append(Sample((a,), settings))
            samples.append(Sample((-1.5 * a,), settings))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        wide = {"kernel": (2,), "stride": (1,), "padding": ((2, 0),)}
        message = "max_pool got .*expected padding of at most half the kernel, 1"
        errors = [ErrorSample((np.ones((1, 1, 4)),), wide, ValueError, message)]
        return [*errors, *window_errors(cls), *super().error_samples()]


class AvgPool(Op):
    """Mean of each window: ``(batch, channels, *space) -> (batch, channels, *out)``.

    With ``count_padding`` the zeros of the padding count as elements (as by default in
    PyTorch); without it the mean is over the elements inside the image.
    """

    symbol, pattern = "avgpool", "avgpool({a})"
    analytic = True

    @staticmethod
    def forward(a, *, kernel, stride, padding, count_padding=True):
        places = window_places(np.shape(a), kernel, stride, padding)
        require_small(padding, kernel)
        padded = pad(a, padding)
        out = np.zeros(a.shape[:2] + places.out, a.dtype)
        for _, place in places.slices():
            out += padded[place]
        return out / counts(a, kernel, stride, padding, count_padding)

    @staticmethod
    def wrt_a(delta, out, a, *, kernel, stride, padding, count_padding=True):
        share = delta / counts(bare(a), kernel, stride, padding, count_padding)
        share = share.reshape(out.shape + (1,) * len(kernel))
        windows = apply(BroadcastTo, share, shape=out.shape + kernel)
        where = {"space": a.shape[2:], "kernel": kernel, "stride": stride, "padding": padding}
        return apply(Fold, windows, **where)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        samples = []
        for a, settings in window_samples():
            samples.append(Sample((a,), settings))
            samples.append(Sample((a,), {**settings, "count_padding": False}))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        wide = {"kernel": (2,), "stride": (1,), "padding": ((2, 0),)}
        message = "avg_pool got .*expected padding of at most half the kernel, 1"
        errors = [ErrorSample((np.ones((1, 1, 4)),), wide, ValueError, message)]
        return [*errors, *window_errors(cls), *super().error_samples()]


def winners(a, out, kernel, stride, padding):
    """The share of each window's elements in its maximum: 1 for one, 1/n for n that tie."""
    wide = pad(a, padding, np.nan)  # equal to nothing, so that padding gets no share
    none = ((0, 0),) * len(kernel)
    windows = Windows.forward(wide, kernel=kernel, stride=stride, padding=none)
    largest = windows == out.reshape(out.shape + (1,) * len(kernel))
    ties = largest.sum(axis=tuple(range(out.ndim, largest.ndim)), keepdims=True)
    # A window that holds NaN has no largest element: nothing to share.
    return largest / np.maximum(ties, 1).astype(out.dtype)


def counts(a, kernel, stride, padding, count_padding):
    """Number of elements that each window's mean is over, in the dtype of ``a``."""
    if count_padding or not any(map(any, padding)):
        return a.dtype.type(np.prod(kernel))
    ones = np.ones((1, 1, *a.shape[2:]), a.dtype)
    windows = Windows.forward(ones, kernel=kernel, stride=stride, padding=padding)
    return windows.sum(axis=tuple(range(2 + len(kernel), windows.ndim)))


def require_small(padding, kernel) -> None:
    """An error for padding in which a whole window could lie."""
    for ends, length in zip(padding, kernel, strict=True):
        if max(ends) > length // 2:
            raise ValueError(f"expected padding of at most half the kernel, {length // 2}.")
