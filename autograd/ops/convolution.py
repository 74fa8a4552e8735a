"""Convolution and its two reverses: three sums over the same products.

For images x, kernels w and results y, all three come from one sum of triple products,
T(x, w, y) = Σ x · w · y over the places that a kernel meets. Convolution is ∂T/∂y, its rules are
∂T/∂x (`ConvolutionTranspose`) and ∂T/∂w (`ConvolutionKernel`); and each one's rules are the
other two, so that there are derivatives of every order. (Dumoulin & Visin 2016, "A guide to
convolution arithmetic for deep learning", chapters 2 and 4.)

Each is one matrix product in BLAS over columns: the windows of x laid side by side
(Chellapilla, Puri & Simard 2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, apply
from .windows import Places, each, listed, pad, unpad, window_places


class Convolution(Op):
    """Kernels slid over images: y[b, o, i] = Σ_c,k a[b, c, i·stride + k·dilation] w[o, c, k].

    ``(batch, channels, *space)`` and ``weight (units, channels / groups, *kernel)`` give
    ``(batch, units, *out)``. As in every library of networks the kernel is not flipped.
    """

    symbol, pattern = "conv", "conv({a}, {weight})"
    analytic = True

    @staticmethod
    def forward(a, weight, *, stride, padding, dilation, groups):
        places = conv_places(a.shape, weight.shape, stride, padding, dilation, groups)
        cols = columns(a, places, padding, groups)
        out = kernel_matrix(weight, groups) @ cols
        return images(out, len(a), places.out)

    @staticmethod
    def wrt_a(delta, out, a, weight, **settings):
        return apply(ConvolutionTranspose, delta, weight, space=a.shape[2:], **settings)

    @staticmethod
    def wrt_weight(delta, out, a, weight, **settings):
        return apply(ConvolutionKernel, a, delta, kernel=weight.shape[2:], **settings)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a, weight), settings) for a, weight, _, settings in conv_samples()]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*convolution_errors(), *super().error_samples()]


class ConvolutionTranspose(Op):
    """Convolution in reverse: each element of ``a`` adds its multiple of the kernel to space.

    ``(batch, units, *out)`` and ``weight (units, channels / groups, *kernel)`` give ``(batch,
    channels, *space)``: what reaches the input of a convolution.
    """

    symbol, pattern = "convᵀ", "convᵀ({a}, {weight})"
    analytic = True

    @staticmethod
    def forward(a, weight, *, space, stride, padding, dilation, groups):
        channels = weight.shape[1] * groups
        shape = (len(a), channels, *space)
        places = conv_places(shape, weight.shape, stride, padding, dilation, groups)
        require_shape(a, (len(a), weight.shape[0], *places.out), "a")
        cols = kernel_matrix(weight, groups).swapaxes(-1, -2) @ rows(a, groups)
        cols = cols.reshape(channels, *weight.shape[2:], len(a), *places.out)
        padded = np.zeros((channels, len(a), *places.padded), cols.dtype)
        for offset, place in places.slices():
            padded[place] += cols[(slice(None), *offset)]
        return unpad(padded, padding).swapaxes(0, 1)

    @staticmethod
    def wrt_a(delta, out, a, weight, *, space, **settings):
        return apply(Convolution, delta, weight, **settings)

    @staticmethod
    def wrt_weight(delta, out, a, weight, *, space, **settings):
        return apply(ConvolutionKernel, delta, a, kernel=weight.shape[2:], **settings)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        samples = []
        for a, weight, out, settings in conv_samples():
            samples.append(Sample((out, weight), {"space": a.shape[2:], **settings}))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        settings = {"space": (4,), **PLAIN}
        weight = np.ones((3, 2, 2))
        errors = []
        for shape in ((1, 3, 2), (1, 2, 3), (1, 3), (1, 3, 3, 1), (1, 4, 3)):
            message = r"convolution_transpose got .*expected a of shape \(1, 3, 3\)"
            errors.append(ErrorSample((np.ones(shape), weight), settings, ValueError, message))
        return [*errors, *super().error_samples()]


class ConvolutionKernel(Op):
    """Sum over images of windows times results: what reaches the kernel of a convolution.

    ``(batch, channels, *space)`` and ``b (batch, units, *out)`` give ``(units, channels /
    groups, *kernel)``.
    """

    symbol, pattern = "convʷ", "convʷ({a}, {b})"
    analytic = True

    @staticmethod
    def forward(a, b, *, kernel, stride, padding, dilation, groups):
        if a.ndim < 2 or b.ndim < 2 or a.shape[1] % groups:
            raise ValueError(f"expected channels in groups of {groups}.")
        weight_shape = (b.shape[1], a.shape[1] // groups, *kernel)
        places = conv_places(a.shape, weight_shape, stride, padding, dilation, groups)
        require_shape(b, (len(a), b.shape[1], *places.out), "b")
        cols = columns(a, places, padding, groups)
        return (rows(b, groups) @ cols.swapaxes(-1, -2)).reshape(weight_shape)

    @staticmethod
    def wrt_a(delta, out, a, b, *, kernel, **settings):
        return apply(ConvolutionTranspose, b, delta, space=a.shape[2:], **settings)

    @staticmethod
    def wrt_b(delta, out, a, b, *, kernel, **settings):
        return apply(Convolution, a, delta, **settings)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        samples = []
        for a, weight, out, settings in conv_samples():
            samples.append(Sample((a, out), {"kernel": weight.shape[2:], **settings}))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        settings = {"kernel": (2,), **PLAIN}
        errors = []
        for shape in ((1, 3, 2), (2, 3, 3), (1, 3, 3, 1), (1, 1, 4), (0, 3, 3)):
            message = r"convolution_kernel got .*expected b of shape \(1, \d, 3\)"
            inputs = (np.ones((1, 2, 4)), np.ones(shape))
            errors.append(ErrorSample(inputs, settings, ValueError, message))
        return [*errors, *super().error_samples()]


# The three layouts in which the sum becomes a matrix product, one per group g.


def columns(a, places: Places, padding, groups):
    """Windows side by side: ``(groups, channels / groups · kernel, batch · out)``."""
    padded = pad(a, padding).swapaxes(0, 1)
    cols = np.empty((a.shape[1], *places.kernel, len(a), *places.out), a.dtype)
    for offset, place in places.slices():
        cols[(slice(None), *offset)] = padded[place]
    per_group = a.shape[1] // groups * int(np.prod(places.kernel))
    return cols.reshape(groups, per_group, len(a) * int(np.prod(places.out)))


def kernel_matrix(weight, groups):
    """Kernels as rows: ``(groups, units / groups, channels / groups · kernel)``."""
    return weight.reshape(groups, weight.shape[0] // groups, int(np.prod(weight.shape[1:])))


def rows(out, groups):
    """Results as rows: ``(groups, units / groups, batch · out)``."""
    units, size = out.shape[1] // groups, len(out) * int(np.prod(out.shape[2:]))
    return out.swapaxes(0, 1).reshape(groups, units, size)


def images(out, batch, space):
    """Rows as results again: ``(batch, units, *out)``."""
    units = out.shape[0] * out.shape[1]
    return np.ascontiguousarray(out.reshape(units, batch, *space).swapaxes(0, 1))


# What is asked of the shapes.


def conv_places(shape, weight_shape, stride, padding, dilation, groups) -> Places:
    """Where the kernel meets the images; an error where the shapes do not fit."""
    kernel = tuple(weight_shape[2:])
    if len(weight_shape) < 3 or len(kernel) != len(stride):
        raise ValueError(
            f"expected a weight (units, channels, *kernel) of {len(stride) + 2} axes, "
            f"{len(stride)} of them of the kernel."
        )
    places = window_places(tuple(shape), kernel, stride, padding, dilation)
    units, channels = shape[1], weight_shape[1]
    if groups < 1 or units != channels * groups:
        split = f" in {groups} groups" if groups != 1 else ""
        raise ValueError(
            f"expected a weight for {units} channels{split}, the second axis of the images; it is "
            f"for {channels} channels{' per group' if groups != 1 else ''}."
        )
    if weight_shape[0] % groups:
        raise ValueError(
            f"expected a number of units that {groups} groups share evenly; the weight has "
            f"{weight_shape[0]}."
        )
    return places


def require_shape(x, shape, name) -> None:
    """An error where ``x`` has another shape."""
    if x.shape != shape:
        raise ValueError(f"expected {name} of shape ({listed(shape)}).")


PLAIN: dict[str, Any] = {"stride": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}

#: Shape of the images, of the weight, stride, padding, dilation, groups.
CASES: list[tuple[Any, ...]] = [
    ((1, 1, 4), (1, 1, 2), 1, 0, 1, 1), ((2, 1, 3), (2, 1, 2), 1, 0, 1, 1),
    ((1, 2, 4), (1, 2, 3), 1, 1, 1, 1), ((1, 2, 5), (2, 2, 2), 2, 0, 1, 1),
    ((1, 1, 5), (1, 1, 2), 1, 0, 3, 1), ((1, 2, 3), (2, 1, 2), 1, 0, 1, 2),
    ((1, 2, 3), (4, 1, 2), 1, 1, 1, 2), ((1, 4, 2), (2, 2, 1), 1, 0, 1, 2),
    ((1, 1, 1), (1, 1, 1), 1, 0, 1, 1), ((0, 2, 3), (1, 2, 2), 1, 0, 1, 1),
    ((1, 1, 6), (1, 1, 3), 2, 1, 1, 1), ((1, 1, 6), (1, 1, 2), 3, 2, 2, 1),
    ((1, 3, 3), (3, 1, 2), 1, 0, 1, 3), ((2, 1, 4), (1, 1, 4), 1, 0, 1, 1),
    ((1, 1, 2), (1, 1, 3), 1, 2, 1, 1), ((1, 1, 3, 3), (1, 1, 2, 2), 1, 0, 1, 1),
    ((2, 1, 3, 3), (2, 1, 2, 2), 1, 0, 1, 1), ((1, 2, 3, 2), (1, 2, 2, 2), 1, 0, 1, 1),
    ((1, 1, 3, 3), (1, 1, 3, 3), 1, 1, 1, 1), ((1, 1, 4, 4), (1, 1, 2, 2), 2, 0, 1, 1),
    ((1, 1, 4, 4), (1, 1, 2, 2), 1, 0, 2, 1), ((1, 2, 3, 3), (2, 1, 2, 2), 1, 0, 1, 2),
    ((1, 2, 2, 2), (4, 1, 1, 1), 1, 0, 1, 2), ((1, 1, 3, 4), (1, 1, 1, 3), 1, 0, 1, 1),
    ((1, 1, 4, 3), (1, 1, 3, 2), (2, 1), 1, 1, 1), ((1, 1, 4, 3), (1, 1, 2, 2), 1, 1, (2, 1), 1),
    ((0, 1, 3, 3), (1, 1, 2, 2), 1, 0, 1, 1), ((1, 1, 1, 1), (1, 1, 1, 1), 1, 0, 1, 1),
    ((1, 4, 2, 2), (2, 2, 2, 2), 1, 0, 1, 2), ((1, 1, 5, 2), (1, 1, 2, 2), (2, 3), 1, 1, 1),
    ((1, 1, 2, 2, 2), (1, 1, 2, 2, 2), 1, 0, 1, 1), ((1, 1, 3, 2, 2), (1, 1, 2, 1, 2), 1, 1, 1, 1),
]  # fmt: skip


def conv_samples() -> list[tuple[Any, Any, Any, dict[str, Any]]]:
    """Images, weight, an array of the shape of the result, and settings."""
    rng = np.random.default_rng(41)
    samples = []
    for shape, weight_shape, stride, padding, dilation, groups in CASES:
        ndim = len(shape) - 2
        settings = {"stride": each(stride, ndim), "padding": ((padding, padding),) * ndim}
        settings |= {"dilation": each(dilation, ndim), "groups": groups}
        a, weight = rng.normal(size=shape), rng.normal(size=weight_shape)
        out = conv_places(shape, weight_shape, **settings).out
        y = rng.normal(size=(shape[0], weight_shape[0], *out))
        samples.append((a, weight, y, settings))
    wide = rng.normal(size=(1, 1, 4, 6))
    uneven: dict[str, Any] = {"stride": (1, 2), "padding": ((0, 1), (1, 0))}
    uneven |= {"dilation": (1, 1), "groups": 1}
    y = rng.normal(size=(1, 1, 2, 3))[..., ::-1, :]
    samples.append(
        (wide[:, :, ::-2, ::2], np.asfortranarray(wide[..., :2, 2:4]), y[..., :2], uneven)
    )
    return samples


def convolution_errors() -> list[ErrorSample]:
    """Images and kernels that do not fit."""
    x = np.ones((1, 2, 4))
    wrong: list[tuple[Any, tuple[int, ...], dict[str, Any], str]] = [
        (x, (3, 1, 2), {}, r"shape \(1, 2, 4\).*\(3, 1, 2\).*for 2 channels.*for 1 channels"),
        (x, (3, 2), {}, r"expected a weight \(units, channels, \*kernel\) of 3 axes, 1 of them"),
        (x, (3, 2, 2, 2), {}, r"expected a weight \(units, channels, \*kernel\) of 3 axes"),
        (x[0], (3, 2, 2), {}, r"\(batch, channels, length\), 3 axes\. Did you mean x\[None\]"),
        (x, (3, 2, 5), {}, "reaches over 5 of axis 2, which has 4 places"),
        (x, (3, 2, 3), {"dilation": (2,)}, "reaches over 5 of axis 2, which has 4 places"),
        (x, (2, 2, 2), {"groups": 2}, "for 2 channels in 2 groups.*2 channels per group"),
        (x, (3, 1, 2), {"groups": 2}, "units that 2 groups share evenly; the weight has 3"),
        (x, (2, 2, 2), {"groups": 0}, "expected a weight for 2 channels in 0 groups"),
        (x, (2, 2, 2), {"stride": (0,)}, "expected kernel, stride and dilation of at least 1"),
    ]
    return [
        ErrorSample((a, np.ones(w)), {**PLAIN, **given}, ValueError, f"convolution got .*{message}")
        for a, w, given, message in wrong
    ]
