"""Convolutions: units that each slide one small kernel over a sequence or an image."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

import autograd
from autograd import Value

from . import activations
from .inputs import as_count
from .saving.classes import savable
from .spatial import Space, as_choice, as_data_format, as_lengths, one_shape, out_lengths
from .unit_layer import UnitLayer


class Convolution(UnitLayer):
    """What Conv1D and Conv2D share; arguments, defaults and layout of the inputs are Keras's.

    ``weight`` is ``(filters, channels / groups, *kernel_size)``, as in PyTorch; z^l = W^l ∗ a^(l-1)
    + b^l, where the kernel is not flipped.
    """

    ndim: ClassVar[int]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: str | activations.Activation | None = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        input_shape: Any = None,
        name: str | None = None,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        kind = type(self).__name__
        self.filters = as_count(filters, f"{kind}(filters)")
        self.kernel_size = as_lengths(kernel_size, self.ndim, f"{kind}(kernel_size)")
        self.strides = as_lengths(strides, self.ndim, f"{kind}(strides)")
        self.padding = as_choice(padding, self.paddings, f"{kind}(padding)")
        self.data_format = as_data_format(data_format, f"{kind}(data_format)")
        self.dilation_rate = as_lengths(dilation_rate, self.ndim, f"{kind}(dilation_rate)")
        self.groups = as_count(groups, f"{kind}(groups)")
        if self.filters % self.groups:
            raise ValueError(
                f"{kind}() got filters={filters} and groups={groups}; expected filters that the "
                f"groups share evenly."
            )
        super().__init__(
            self.filters, activation, use_bias,
            (kernel_initializer, kernel_regularizer, kernel_constraint),
            (bias_initializer, bias_regularizer, bias_constraint),
            input_shape, name, seed,
        )  # fmt: skip
        self._space = Space(self.ndim, self.data_format)
        self._channels: int | None = None

    def build(self, input_shape: Any) -> None:
        """Draw W and b for the channels of these inputs."""
        self._channels = self.channels(input_shape)
        groups = self._channels // self.groups
        self.make_weights((self.filters, groups, *self.kernel_size))

    def channels(self, shape: Any) -> int:
        """The number of channels of inputs of this shape, or the error that says what came."""
        self._space.require(self, shape, self._channels)
        channels, _ = self._space.split(shape)
        if channels is None or channels % self.groups:
            raise ValueError(
                f"{self!r} got inputs of shape {shape}; expected a known number of channels"
                f"{f' that {self.groups} groups share evenly' * (self.groups > 1)}."
            )
        return channels

    def call(self, inputs: Any, training: bool = False) -> Value:
        """The activations a^l, one per filter and place of the kernel."""
        self.compute_output_shape(one_shape(inputs))
        z = autograd.conv1d if self.ndim == 1 else autograd.conv2d
        settings = (self.strides, self.ends(), self.dilation_rate, self.groups)
        x = self._space.first(inputs)
        if not self._space.channels_last:
            bias = self.bias if self.use_bias else None
            return self.activated(z(x, self.weight, bias, *settings))
        out = self._space.back(z(x, self.weight, None, *settings))
        return self.activated(out + self.bias if self.use_bias else out)

    def ends(self) -> Any:
        """The padding as the engine takes it: a word, or zeros before and after."""
        return self.padding

    def reach(self) -> tuple[int, ...]:
        """How far the kernel reaches along each axis, gaps included."""
        pairs = zip(self.kernel_size, self.dilation_rate, strict=True)
        return tuple(gap * (n - 1) + 1 for n, gap in pairs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """``(batch, *space, channels) -> (batch, *new space, filters)``."""
        self.channels(input_shape)
        _, space = self._space.split(input_shape)
        lengths = out_lengths(self, space, self.reach(), self.strides, self.padding)
        return self._space.joined(input_shape[0], self.filters, lengths)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.filters}, {self.kernel_size}) {self.name!r}"


@savable
class Conv1D(Convolution):
    """Kernels slid over a sequence: ``(batch, length, channels) -> (batch, new, filters)``.

    ``padding`` is ``"valid"`` (none), ``"same"`` (as many outputs as inputs, divided by the
    stride and rounded up) or ``"causal"`` (zeros before only: an output sees no later input).

    >>> Conv1D(4, 3, padding="same", seed=0)(np.ones((2, 9, 3))).shape
    (2, 9, 4)

    Raises:
        ValueError: inputs with other axes or channels, or shorter than the kernel.
    """

    ndim = 1
    paddings = ("valid", "same", "causal")

    def ends(self) -> Any:
        """Causal padding is as many zeros before as the kernel reaches back."""
        return ((self.reach()[0] - 1, 0),) if self.padding == "causal" else self.padding


@savable
class Conv2D(Convolution):
    """Kernels slid over an image: ``(batch, height, width, channels) -> (batch, …, filters)``.

    LeCun et al. 1998. ``padding`` is ``"valid"`` (none) or ``"same"`` (as many outputs as inputs,
    divided by the stride and rounded up); where its two sides differ, after gets one zero more.

    >>> layer = Conv2D(6, 5, padding="same", activation="tanh", seed=0)
    >>> layer(np.ones((2, 8, 8, 1))).shape, layer.weight.shape, layer.count_parameters()
    ((2, 8, 8, 6), (6, 1, 5, 5), 156)

    Raises:
        ValueError: inputs with other axes or channels, or smaller than the kernel.
    """

    ndim = 2
