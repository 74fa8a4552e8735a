"""Losses: one number J that says how wrong the predictions are, as a mean over the samples.

A loss is called as ``loss(prediction, target, sample_weight)``; the prediction comes first, as in
PyTorch. With weights J = (1/N) Σ w_i J_i: as in Keras it is divided by the number of samples,
not by the sum of weights. Nothing is broadcast. What the targets may be is in `loss_checks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Value

from . import loss_checks as checks
from .inputs import as_features
from .lookup import two_arguments
from .schedules import positive

Loss = Callable[..., Value]

#: Probabilities are moved into [CLIP, 1 - CLIP] before their logarithm is taken, as in Keras.
CLIP = 1e-7


def mse(prediction: Any, target: Any, sample_weight: Any = None) -> Value:
    """Mean of squared differences: J = (1/N) Σ (ŷ_i - y_i)².

    Shapes are equal: ``(batch, units)`` both, or ``(batch,)`` both, or two scalars.

    >>> print(mse(Value([1.0, 3.0]), [1.0, 1.0]).data)
    2.0

    Raises:
        ValueError: the shapes differ. They are not broadcast, which for (n, 1) against (n,)
            would compare every prediction with every target.
    """
    prediction, target = checks.equal_shapes("mse()", prediction, target)
    if sample_weight is None:
        return _named(autograd.mean_squared_error(prediction, target))
    return _mean("mse()", autograd.square(prediction - target), sample_weight)


def mae(prediction: Any, target: Any, sample_weight: Any = None) -> Value:
    """Mean of absolute differences: J = (1/N) Σ |ŷ_i - y_i|; where they are equal the slope is 0.

    >>> print(mae(Value([1.0, 3.0]), [1.0, 1.0]).data)
    1.0

    Raises:
        ValueError: the shapes differ.
    """
    prediction, target = checks.equal_shapes("mae()", prediction, target)
    return _mean("mae()", autograd.abs(prediction - target), sample_weight)


def huber(prediction: Any, target: Any, sample_weight: Any = None, delta: float = 1.0) -> Value:
    """Mean of e²/2 where |e| <= δ, of δ(|e| - δ/2) beyond; e = ŷ - y. Huber 1964.

    Computed as q(|e| - q/2) with q = min(|e|, δ), which is the same and never overflows.

    >>> print(huber(Value([0.5, 3.0]), [0.0, 0.0]).data)
    1.3125

    Raises:
        ValueError: the shapes differ, or δ is not positive.
    """
    delta = positive(delta, "huber(delta)")
    prediction, target = checks.equal_shapes("huber()", prediction, target)
    size = autograd.abs(prediction - target)
    near = autograd.minimum(size, delta)
    return _mean("huber()", near * (size - near / 2), sample_weight)


def hinge(prediction: Any, target: Any, sample_weight: Any = None) -> Value:
    """Mean of max(0, 1 - y ŷ) for targets -1 and 1; the slope at y ŷ = 1 is 0.

    Cortes & Vapnik 1995.

    >>> print(hinge(Value([0.5, -2.0]), [1, 1]).data)
    1.75

    Raises:
        ValueError: the shapes differ, or a target is neither -1 nor 1.
    """
    prediction, target = checks.equal_shapes("hinge()", prediction, target)
    checks.signs("hinge()", target)
    return _mean("hinge()", autograd.relu(1 - target * prediction), sample_weight)


def binary_cross_entropy(
    prediction: Any, target: Any, sample_weight: Any = None, from_logits: bool = False
) -> Value:
    """Mean of -y log p - (1-y) log(1-p); p the prediction, or σ(prediction) with ``from_logits``.

    From logits it is y softplus(-z) + (1-y) softplus(z), exact for every z. Probabilities are
    moved into [1e-7, 1 - 1e-7], so that 0 and 1 give a finite loss; beyond these bounds the
    gradient is 0, so a unit that is sure and wrong learns from logits only.

    >>> print(round(binary_cross_entropy(Value([0.5, 0.9]), [0, 1]).item(), 4))
    0.3993

    Raises:
        ValueError: the shapes differ; a target or a probability lies outside [0, 1].
    """
    what = "binary_cross_entropy()"
    prediction, target = checks.equal_shapes(what, prediction, target)
    checks.probabilities(what, "target", target)
    if from_logits:
        surprise = target * autograd.softplus(-prediction)
        surprise = surprise + (1 - target) * autograd.softplus(prediction)
        return _mean(what, surprise, sample_weight)
    checks.probabilities(what, "probability", prediction, "from_logits=True for net inputs z.")
    p = _clipped(prediction)
    surprise = target * autograd.log(p) + (1 - target) * autograd.log(1 - p)
    return _mean(what, -surprise, sample_weight)


def categorical_cross_entropy(
    prediction: Any, target: Any, sample_weight: Any = None, from_logits: bool = False
) -> Value:
    """Mean of -Σ_c y_c log p_c over the rows; p the prediction, or its softmax ``from_logits``.

    ``prediction`` and ``target`` are ``(batch, classes)``, targets one-hot or probabilities whose
    rows sum to 1. Probabilities are moved into [1e-7, 1 - 1e-7] as in binary_cross_entropy.

    >>> print(round(categorical_cross_entropy(Value([[0.5, 0.5]]), [[0, 1]]).item(), 4))
    0.6931

    Raises:
        ValueError: the shapes differ, or rows are no probabilities.
    """
    what = "categorical_cross_entropy()"
    prediction, target = checks.class_rows(what, prediction, target)
    checks.distributions(what, "target", target, 1e-6)
    surprise = -autograd.sum(target * _log_p(what, prediction, from_logits), axis=-1)
    return _mean(what, surprise, sample_weight)


def sparse_categorical_cross_entropy(
    prediction: Any, target: Any, sample_weight: Any = None, from_logits: bool = False
) -> Value:
    """Mean of -log p[label] over the rows; p the prediction, or its softmax ``from_logits``.

    ``prediction`` is ``(batch, classes)``, or ``(batch, time, classes)``; labels are class
    numbers of that shape without its last axis. Probabilities are moved into [1e-7, 1 - 1e-7].

    >>> print(round(sparse_categorical_cross_entropy(Value([[0.5, 0.5]]), [1]).item(), 4))
    0.6931

    Raises:
        TypeError: labels that are not whole numbers.
        ValueError: labels of another shape or out of range; rows that are no probabilities.
    """
    what = "sparse_categorical_cross_entropy()"
    prediction = as_features(prediction)
    labels = checks.class_labels(what, prediction.shape, target)
    if from_logits and sample_weight is None and prediction.ndim <= 2:
        return _named(autograd.softmax_cross_entropy(prediction, labels))
    log_p = _log_p(what, prediction, from_logits)
    places = (*np.indices(labels.shape, sparse=True), labels)
    return _mean(what, -log_p[places], sample_weight)


def cross_entropy(logits: Any, labels: Any) -> Value:
    """Mean cross-entropy of the softmax: J = -(1/N) Σ log softmax(z_i)[label_i].

    ``logits`` are net inputs z^L of a linear output layer, ``(batch, classes)``; not
    probabilities, the softmax is part of the loss. ``labels`` are class numbers ``(batch,)``.
    One sample is ``(classes,)`` with one label.

    >>> print(round(cross_entropy(Value([[0.0, 0.0]]), [1]).item(), 4))
    0.6931

    Raises:
        TypeError: labels that are not integers.
        ValueError: labels of another shape, or outside ``0 … classes - 1``.
    """
    return _named(autograd.softmax_cross_entropy(as_features(logits), labels))


def _log_p(what: str, prediction: Any, from_logits: bool) -> Any:
    if from_logits:
        return autograd.log_softmax(prediction)
    checks.distributions(what, "probability", prediction, 1e-3, "from_logits=True for net inputs.")
    return autograd.log(_clipped(prediction))


def _clipped(p: Any) -> Any:
    # In float32 and float16 the number just below 1 may be further from 1 than CLIP.
    bound = max(CLIP, float(np.finfo(p.dtype).eps) if p.dtype.kind == "f" else CLIP)
    return autograd.clip(p, bound, 1 - bound)


def _mean(what: str, elements: Any, sample_weight: Any) -> Value:
    """Mean of all elements, those of sample i times its weight."""
    if sample_weight is not None:
        elements = elements * checks.weights(what, elements, sample_weight)
    if not elements.size:
        raise ValueError(f"{what} got no samples; expected at least one: no mean is defined.")
    return _named(autograd.mean(elements))


def _named(loss: Value) -> Value:
    loss.label = "J"
    return loss


class _WithSettings:
    """A loss with its settings fixed, called like the function."""

    function: Loss

    def __init__(self, **settings: Any) -> None:
        self._settings = settings
        self.__name__ = self.function.__name__

    def __call__(self, prediction: Any, target: Any, sample_weight: Any = None) -> Value:
        """The loss, a scalar."""
        return type(self).function(prediction, target, sample_weight, **self._settings)

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return dict(self._settings)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={x}" for name, x in self._settings.items())
        return f"{type(self).__name__}({settings})"


class MeanSquaredError(_WithSettings):
    """The loss `mse`."""

    function = staticmethod(mse)

    def __init__(self) -> None:
        super().__init__()


class MeanAbsoluteError(_WithSettings):
    """The loss `mae`."""

    function = staticmethod(mae)

    def __init__(self) -> None:
        super().__init__()


class Huber(_WithSettings):
    """The loss `huber` with its δ."""

    function = staticmethod(huber)

    def __init__(self, delta: float = 1.0) -> None:
        super().__init__(delta=positive(delta, "Huber(delta)"))


class Hinge(_WithSettings):
    """The loss `hinge`."""

    function = staticmethod(hinge)

    def __init__(self) -> None:
        super().__init__()


class BinaryCrossentropy(_WithSettings):
    """The loss `binary_cross_entropy`, from probabilities or logits."""

    function = staticmethod(binary_cross_entropy)

    def __init__(self, from_logits: bool = False) -> None:
        super().__init__(from_logits=bool(from_logits))


class CategoricalCrossentropy(_WithSettings):
    """The loss `categorical_cross_entropy`, from probabilities or logits."""

    function = staticmethod(categorical_cross_entropy)

    def __init__(self, from_logits: bool = False) -> None:
        super().__init__(from_logits=bool(from_logits))


class SparseCategoricalCrossentropy(_WithSettings):
    """The loss `sparse_categorical_cross_entropy`, from probabilities or logits."""

    function = staticmethod(sparse_categorical_cross_entropy)

    def __init__(self, from_logits: bool = False) -> None:
        super().__init__(from_logits=bool(from_logits))


#: The losses by name.
LOSSES: dict[str, Loss] = {
    "mse": mse,
    "mae": mae,
    "huber": huber,
    "hinge": hinge,
    "binary_cross_entropy": binary_cross_entropy,
    "categorical_cross_entropy": categorical_cross_entropy,
    "sparse_categorical_cross_entropy": sparse_categorical_cross_entropy,
}
#: Keras's other names.
ALIASES = {
    "mean_squared_error": "mse",
    "mean_absolute_error": "mae",
    "binary_crossentropy": "binary_cross_entropy",
    "bce": "binary_cross_entropy",
    "categorical_crossentropy": "categorical_cross_entropy",
    "sparse_categorical_crossentropy": "sparse_categorical_cross_entropy",
}


def check_targets(loss: Loss, shape: tuple[int, ...], target: Any) -> None:
    """Nothing, if a loss of this file takes such targets for predictions of this shape.

    It looks at all rows at once, before the first of them is trained on, so that the row it names
    is a row of the data. Losses of one's own are not asked.

    Raises:
        TypeError: labels that are not whole numbers.
        ValueError: what does not fit, and where.
    """
    function = type(loss).function if isinstance(loss, _WithSettings) else loss
    what = f"{getattr(function, '__name__', 'loss')}()"
    if function in (cross_entropy, sparse_categorical_cross_entropy):
        checks.class_labels(what, shape, target)
    elif function is categorical_cross_entropy:
        checks.class_rows(what, np.broadcast_to(0.0, shape), target)
        checks.distributions(what, "target", target, 1e-6)
    elif function in LOSSES.values():
        if target.shape != shape:
            raise ValueError(checks.unequal(what, shape, target.shape))
        if function is hinge:
            checks.signs(what, target)
        if function is binary_cross_entropy:
            checks.probabilities(what, "target", target)


def get(loss: str | Loss) -> Loss:
    """The loss of that name; a function of prediction and target is taken as it is.

    One whose parameters are called ``y_true`` and ``y_pred``, as in Keras, gets them so.

    >>> get("mean_squared_error") is mse
    True

    Raises:
        ValueError: no loss has that name.
        TypeError: neither a name nor a function.
    """
    found: Loss = two_arguments("loss", loss, LOSSES, _WithSettings, ALIASES)
    return found
