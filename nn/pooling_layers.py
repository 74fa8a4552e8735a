"""Pooling: the largest number, or the mean, of each window of a sequence or an image."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd

from .lazy_layer import LazyLayer
from .saving.classes import savable
from .spatial import Space, as_choice, as_data_format, as_lengths, one_shape, out_lengths


class Pooling(LazyLayer):
    """What the pooling layers share; arguments, defaults and layout of the inputs are Keras's.

    Each channel by itself; ``strides`` are those of the window unless given. With
    ``padding="same"`` what is outside counts neither for the largest nor for the mean.
    """

    ndim: ClassVar[int]

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        input_shape: Any = None,
    ) -> None:
        super().__init__(name, input_shape)
        kind = type(self).__name__
        self.pool_size = as_lengths(pool_size, self.ndim, f"{kind}(pool_size)")
        given = self.pool_size if strides is None else strides
        self.strides = as_lengths(given, self.ndim, f"{kind}(strides)")
        self.padding = as_choice(padding, ("valid", "same"), f"{kind}(padding)")
        self.data_format = as_data_format(data_format, f"{kind}(data_format)")
        self._space = Space(self.ndim, self.data_format)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """One number per window and channel."""
        self.compute_output_shape(one_shape(inputs))
        return self._space.back(self.pool(self._space.first(inputs)))

    def pool(self, x: Any) -> Any:
        """The windows of ``x (batch, channels, *space)`` reduced; every subclass says how."""
        raise NotImplementedError(f"{type(self).__name__} has no pool().")

    def compute_output_shape(self, input_shape: Any) -> Any:
        """``(batch, *space, channels) -> (batch, *new space, channels)``."""
        self._space.require(self, input_shape, None)
        channels, space = self._space.split(input_shape)
        lengths = out_lengths(self, space, self.pool_size, self.strides, self.padding)
        return self._space.joined(input_shape[0], channels, lengths)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pool_size}) {self.name!r}"


@savable
class MaxPooling1D(Pooling):
    """Largest number of each window: ``(batch, length, channels) -> (batch, new, channels)``."""

    ndim = 1

    def pool(self, x: Any) -> Any:
        """Ties share the gradient equally."""
        return autograd.max_pool1d(x, self.pool_size, self.strides, self.padding)


@savable
class MaxPooling2D(Pooling):
    """Largest number of each window: ``(batch, height, width, channels) -> (batch, …)``.

    >>> import numpy as np
    >>> print(MaxPooling2D()(np.arange(16.0).reshape(1, 4, 4, 1)).data[0, :, :, 0])
    [[ 5.  7.]
     [13. 15.]]
    """

    ndim = 2

    def pool(self, x: Any) -> Any:
        """Ties share the gradient equally."""
        return autograd.max_pool2d(x, self.pool_size, self.strides, self.padding)


@savable
class AveragePooling1D(Pooling):
    """Mean of each window: ``(batch, length, channels) -> (batch, new, channels)``."""

    ndim = 1

    def pool(self, x: Any) -> Any:
        """The mean over what lies inside."""
        return autograd.avg_pool1d(
            x, self.pool_size, self.strides, self.padding, count_include_pad=False
        )


@savable
class AveragePooling2D(Pooling):
    """Mean of each window: ``(batch, height, width, channels) -> (batch, …)``."""

    ndim = 2

    def pool(self, x: Any) -> Any:
        """The mean over what lies inside."""
        return autograd.avg_pool2d(
            x, self.pool_size, self.strides, self.padding, count_include_pad=False
        )


class GlobalPooling(LazyLayer):
    """One number per channel, from all of space; the base of the four below."""

    ndim: ClassVar[int]

    def __init__(
        self,
        data_format: str | None = None,
        keepdims: bool = False,
        name: str | None = None,
        input_shape: Any = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.data_format = as_data_format(data_format, f"{type(self).__name__}(data_format)")
        self.keepdims = bool(keepdims)
        self._space = Space(self.ndim, self.data_format)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """``(batch, *space, channels) -> (batch, channels)``."""
        self._space.require(self, one_shape(inputs), None)
        start = 1 if self._space.channels_last else 2
        return self.reduce(inputs, tuple(range(start, start + self.ndim)))

    def reduce(self, x: Any, axes: tuple[int, ...]) -> Any:
        """``x`` reduced over its space; every subclass says how."""
        raise NotImplementedError(f"{type(self).__name__} has no reduce().")

    def compute_output_shape(self, input_shape: Any) -> Any:
        """``(batch, channels)``, or with space of length 1 if ``keepdims``."""
        self._space.require(self, input_shape, None)
        channels, _ = self._space.split(input_shape)
        if not self.keepdims:
            return (input_shape[0], channels)
        return self._space.joined(input_shape[0], channels, (1,) * self.ndim)


@savable
class GlobalAveragePooling1D(GlobalPooling):
    """Mean over a sequence: ``(batch, length, channels) -> (batch, channels)``."""

    ndim = 1

    def reduce(self, x: Any, axes: tuple[int, ...]) -> Any:
        """The mean."""
        return autograd.mean(x, axis=axes, keepdims=self.keepdims)


@savable
class GlobalAveragePooling2D(GlobalAveragePooling1D):
    """Mean over an image: ``(batch, height, width, channels) -> (batch, channels)``."""

    ndim = 2


@savable
class GlobalMaxPooling1D(GlobalPooling):
    """Largest number of a sequence: ``(batch, length, channels) -> (batch, channels)``."""

    ndim = 1

    def reduce(self, x: Any, axes: tuple[int, ...]) -> Any:
        """The largest; ties share the gradient equally."""
        return autograd.max(x, axis=axes, keepdims=self.keepdims)


@savable
class GlobalMaxPooling2D(GlobalMaxPooling1D):
    """Largest number of an image: ``(batch, height, width, channels) -> (batch, channels)``."""

    ndim = 2


#: Keras's short names; without a number images are meant.
MaxPool1D, MaxPool = MaxPooling1D, MaxPooling2D
MaxPool2D, AvgPool1D, AvgPool2D = MaxPooling2D, AveragePooling1D, AveragePooling2D
AveragePool = AveragePooling2D
