"""Normalisation: activations brought to mean 0 and variance 1, then scaled and shifted."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import Value

from . import constraints, initializers, regularizers
from .inputs import as_numbers
from .lazy_layer import LazyLayer
from .saving.classes import savable
from .schedules import positive, rate


class Normalization(LazyLayer):
    """What both layers share: the learned scale γ and shift β, and Keras's arguments for them."""

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        input_shape: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.axis = axis
        self.epsilon = positive(epsilon, f"{type(self).__name__}(epsilon)")
        self.center, self.scale = bool(center), bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.gamma: Any = None
        self.beta: Any = None

    def make_weights(self, shape: tuple[int, ...]) -> None:
        """γ and β of this shape; a constant 1 or 0 where there is no scale or no centre."""
        self.gamma, self.beta = np.ones(shape), np.zeros(shape)
        if self.scale:
            self.add_weight(
                "gamma", shape, self.gamma_initializer, self.gamma_regularizer,
                self.gamma_constraint,
            )  # fmt: skip
        if self.center:
            self.add_weight(
                "beta", shape, self.beta_initializer, self.beta_regularizer, self.beta_constraint
            )

    def relabel(self) -> None:
        """γ and β, by their letters."""
        for letter, value in (("γ", self.gamma), ("β", self.beta)):
            if isinstance(value, Value):
                value.label = letter

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The same shape."""
        return input_shape

    def refused(self, shape: Any, expected: str) -> ValueError:
        """The error for inputs that do not fit."""
        return ValueError(f"{self!r} got x of shape {shape}; expected {expected}.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(axis={self.axis}) {self.name!r}"


@savable
class BatchNormalization(Normalization):
    """Each feature standardised over the batch in training, by running statistics otherwise.

    y = γ (x - mean) / √(var + ε) + β, over all axes but ``axis``. In training each batch moves
    the statistics: moving ← momentum · moving + (1 - momentum) · batch, with the biased variance,
    as in Keras (PyTorch's momentum is 1 - momentum, and its running variance is unbiased). They
    are weights that no gradient trains. A layer that is not ``trainable`` uses them in training,
    too. Source: Ioffe & Szegedy 2015, algorithms 1 and 2.

    >>> layer = BatchNormalization(momentum=0.5)
    >>> y = layer(np.array([[1.0], [3.0]]), training=True)
    >>> print(y.data.round(3).ravel(), layer.moving_mean.data, layer.moving_variance.data)
    [-1.  1.] [1.] [1.]

    Raises:
        ValueError: inputs with another number of features than the first had.
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        input_shape: Any = None,
        name: str | None = None,
    ) -> None:
        if isinstance(axis, bool) or not isinstance(axis, int) or axis == 0:
            raise ValueError(
                f"BatchNormalization(axis) got {axis!r}; expected an int other than 0, the "
                f"batch's axis."
            )
        super().__init__(
            axis, epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, input_shape, name,
        )  # fmt: skip
        self.momentum = rate(momentum, "BatchNormalization(momentum)")
        if self.momentum > 1:
            raise ValueError(
                f"BatchNormalization(momentum) got {momentum}; expected a share from 0 to 1."
            )
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.moving_mean: Any = None
        self.moving_variance: Any = None

    def build(self, input_shape: Any) -> None:
        """γ, β and the running statistics, one number per feature."""
        features = self.features(input_shape)
        self.make_weights((features,))
        for name, initializer in (
            ("moving_mean", self.moving_mean_initializer),
            ("moving_variance", self.moving_variance_initializer),
        ):
            self.add_weight(name, (features,), initializer, trainable=False)

    def features(self, shape: Any) -> int:
        """The length of the axis of features, or the error that says what came instead."""
        known = isinstance(shape, tuple) and -len(shape) < self.axis < len(shape)
        features: int | None = shape[self.axis] if known else None
        if features is None:
            raise self.refused(shape, f"a known number of features on axis {self.axis}")
        if self.moving_mean is not None and features != self.moving_mean.size:
            raise self.refused(shape, f"{self.moving_mean.size} features on axis {self.axis}")
        return features

    def call(self, inputs: Any, training: bool = False) -> Any:
        """γ (x - mean) / √(var + ε) + β."""
        self.features(inputs.shape if hasattr(inputs, "shape") else list(inputs))
        axis = self.axis % inputs.ndim
        others = tuple(k for k in range(inputs.ndim) if k != axis)
        if not (training and self.trainable):
            return self.by_moving_statistics(inputs, axis)
        self.move_statistics(as_numbers(inputs), others)
        if inputs.size // inputs.shape[axis] < 2:
            return self.one_row(inputs, axis)
        features_second = (others[0], axis, *others[1:])
        y = autograd.batch_normalization(
            inputs.transpose(features_second), self.gamma, self.beta, eps=self.epsilon
        )
        return y.transpose(tuple(int(k) for k in np.argsort(features_second)))

    def move_statistics(self, numbers: Any, axes: tuple[int, ...]) -> None:
        """A step of the running mean and variance towards those of this batch."""
        keep = self.momentum
        for moving, batch in (
            (self.moving_mean, numbers.mean(axis=axes)),
            (self.moving_variance, numbers.var(axis=axes)),
        ):
            moving.data = keep * moving.data + (1 - keep) * batch

    def by_moving_statistics(self, x: Any, axis: int) -> Any:
        """x scaled and shifted by constants and by γ and β."""
        spread = np.sqrt(self.moving_variance.data + self.epsilon)
        beside = (-1, *(1,) * (x.ndim - 1 - axis))
        scale = self.gamma / spread
        shift = self.beta - self.moving_mean.data * scale
        return x * scale.reshape(beside) + shift.reshape(beside)

    def one_row(self, x: Any, axis: int) -> Any:
        """β for a batch of one element per feature, which does not vary; its gradient is 0."""
        beside = (-1, *(1,) * (x.ndim - 1 - axis))
        return 0.0 * x * self.gamma.reshape(beside) + self.beta.reshape(beside)


@savable
class LayerNormalization(Normalization):
    """Each sample standardised by itself: y = γ (x - mean) / √(var + ε) + β.

    Mean and variance are over ``axis``: the last axis, or several last ones as a tuple; γ and β
    have the shape of these axes. Source: Ba, Kiros & Hinton 2016, equation 4.

    >>> LayerNormalization()(np.array([[1.0, 3.0], [2.0, 2.0]])).data.round(3)
    array([[-1.,  1.],
           [ 0.,  0.]])

    Raises:
        ValueError: axes that are not the last ones, or inputs of other lengths there.
    """

    def build(self, input_shape: Any) -> None:
        """γ and β of the shape of the axes."""
        self.make_weights(self.own_shape(input_shape))

    def own_shape(self, shape: Any) -> tuple[int, ...]:
        """The lengths of the axes, or the error that says what came instead."""
        last = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        count = len(last)
        if not isinstance(shape, tuple) or count >= len(shape):
            raise self.refused(shape, f"one input with the batch and {count} axes or more")
        axes = {k + len(shape) if isinstance(k, int) and k < 0 else k for k in last}
        if axes != set(range(len(shape) - count, len(shape))):
            raise self.refused(shape, f"axis={self.axis} to be the last axis, or several last ones")
        own = shape[-count:]
        if None in own or (self.beta is not None and own != self.beta.shape):
            known = "known lengths" if self.beta is None else f"lengths {self.beta.shape}"
            raise self.refused(shape, f"{known} on the last axes")
        return own

    def call(self, inputs: Any, training: bool = False) -> Any:
        """γ (x - mean) / √(var + ε) + β."""
        self.own_shape(inputs.shape if hasattr(inputs, "shape") else list(inputs))
        return autograd.layer_normalization(inputs, self.gamma, self.beta, eps=self.epsilon)
