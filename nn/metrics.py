"""Metrics: how good the predictions are, in numbers for people; nothing is differentiated.

Like losses they are called as ``metric(prediction, target)``. Scores are what a model gives, not
yet decided: probabilities or logits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from . import loss_checks as checks
from .inputs import as_count, as_numbers
from .lookup import two_arguments

Metric = Callable[[Any, Any], float]


def accuracy(scores: Any, labels: Any) -> float:
    """Share of rows that are right, from 0 to 1, by the shapes: Keras's "accuracy".

    Scores ``(batch, classes)`` with class numbers ``(batch,)``: sparse_categorical_accuracy; with
    one-hot rows: categorical_accuracy. Equal shapes ``(batch,)`` or ``(batch, 1)``:
    binary_accuracy, which decides at 0.5. Sequences have an axis of time after the batch.

    >>> accuracy([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]], [1, 0, 0, 0])
    0.75

    Raises:
        ValueError: other shapes, or no rows.
    """
    numbers, truth = as_numbers(scores), as_numbers(labels)
    if numbers.shape == truth.shape and truth.ndim:
        if truth.ndim == 1 or truth.shape[-1] == 1:
            return binary_accuracy(numbers, truth)
        return categorical_accuracy(numbers, truth)
    return sparse_categorical_accuracy(numbers, truth, "accuracy()")


def sparse_categorical_accuracy(
    scores: Any, labels: Any, what: str = "sparse_categorical_accuracy()"
) -> float:
    """Share of rows whose largest score is that of their class number.

    ``scores`` are logits or probabilities ``(batch, classes)``, ``labels`` ``(batch,)``; or
    ``(batch, time, classes)`` and ``(batch, time)``.

    Raises:
        ValueError: other shapes, fewer than two classes, or no rows.
    """
    numbers, truth = as_numbers(scores), as_numbers(labels)
    if numbers.ndim < 2 or truth.shape != numbers.shape[:-1] or numbers.shape[-1] < 2:
        raise ValueError(
            f"{what} got scores of shape {numbers.shape} and labels of shape {truth.shape}; "
            f"expected (batch, classes) with at least 2 classes, and (batch,), one class number "
            f"per row."
        )
    some(what, truth)
    return float(np.mean(numbers.argmax(axis=-1) == truth))


def categorical_accuracy(scores: Any, target: Any) -> float:
    """Share of rows whose largest score is where the one-hot row has its one.

    >>> categorical_accuracy([[0.1, 0.9], [0.8, 0.2]], [[0, 1], [0, 1]])
    0.5
    """
    numbers, truth = checks.class_rows("categorical_accuracy()", as_numbers(scores), target)
    some("categorical_accuracy()", truth)
    return float(np.mean(numbers.argmax(axis=-1) == as_numbers(truth).argmax(axis=-1)))


def binary_accuracy(scores: Any, target: Any, threshold: float = 0.5) -> float:
    """Share of elements where ``score > threshold`` is the target, 0 or 1; shapes are equal.

    For logits the threshold is 0.

    >>> binary_accuracy([0.2, 0.6, 0.7], [0, 1, 0])
    0.6666666666666666
    """
    decided, truth = decisions("binary_accuracy()", scores, target, threshold)
    return float(np.mean(decided == truth))


def precision(scores: Any, target: Any, threshold: float = 0.5) -> float:
    """Share of what was called positive that is: TP / (TP + FP); 0 where nothing was called so.

    Scores and targets 0 or 1 of one shape, decided at the threshold. For scores
    ``(batch, classes)`` with class numbers ``(batch,)``: the mean over the classes (macro).

    >>> precision([0.9, 0.8, 0.1], [1, 0, 1])
    0.5
    """
    hits, called, _ = counts("precision()", scores, target, threshold)
    return float(np.mean(share(hits, called)))


def recall(scores: Any, target: Any, threshold: float = 0.5) -> float:
    """Share of the positives that were found: TP / (TP + FN); 0 where there are none.

    Shapes as for precision.

    >>> recall([0.9, 0.8, 0.1, 0.2], [1, 1, 1, 1])
    0.5
    """
    hits, _, positives = counts("recall()", scores, target, threshold)
    return float(np.mean(share(hits, positives)))


def f1(scores: Any, target: Any, threshold: float = 0.5) -> float:
    """Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN); 0 where undefined.

    Shapes as for precision; for several classes the mean of the classes' F1.

    >>> f1([0.9, 0.8, 0.1], [1, 0, 1])
    0.5
    """
    hits, called, positives = counts("f1()", scores, target, threshold)
    return float(np.mean(share(2 * hits, called + positives)))


def confusion_matrix(scores: Any, labels: Any, classes: int | None = None) -> Any:
    """How many of each class (row) were taken for each class (column): integers.

    ``scores`` are ``(batch, classes)``, or class numbers ``(batch,)`` already decided; ``classes``
    is needed for the latter if the largest class does not occur.

    >>> confusion_matrix([0, 1, 1, 1], [0, 0, 1, 1])
    array([[1, 1],
           [0, 2]])
    """
    numbers, truth = as_numbers(scores), as_numbers(labels)
    what = "confusion_matrix()"
    some(what, truth)
    if numbers.ndim == 2:
        truth = checks.class_labels(what, numbers.shape, truth)
        count, decided = numbers.shape[1], numbers.argmax(axis=1)
    else:
        highest = max(numbers.max(initial=0), truth.max(initial=0))
        count = as_count(int(highest) + 1 if classes is None else classes, f"{what[:-1]}classes)")
        truth = checks.class_labels(what, (*numbers.shape, count), truth)
        decided = checks.class_labels(what, (*truth.shape, count), numbers)
    matrix = np.zeros((count, count), dtype=int)
    np.add.at(matrix, (truth, decided), 1)
    return matrix


def mean_absolute_error(prediction: Any, target: Any) -> float:
    """Mean of |ŷ - y|; shapes are equal.

    >>> mean_absolute_error([1.0, 3.0], [1.0, 1.0])
    1.0
    """
    return float(np.mean(np.abs(errors("mean_absolute_error()", prediction, target))))


def mean_squared_error(prediction: Any, target: Any) -> float:
    """Mean of (ŷ - y)²; shapes are equal.

    >>> mean_squared_error([1.0, 3.0], [1.0, 1.0])
    2.0
    """
    return float(np.mean(errors("mean_squared_error()", prediction, target) ** 2))


def root_mean_squared_error(prediction: Any, target: Any) -> float:
    """Root of the mean of (ŷ - y)²; shapes are equal.

    >>> root_mean_squared_error([1.0, 3.0], [1.0, -1.0])
    2.8284271247461903
    """
    return float(np.sqrt(np.mean(errors("root_mean_squared_error()", prediction, target) ** 2)))


def r2(prediction: Any, target: Any) -> float:
    """Share of the target's variance that is explained: 1 - Σ (ŷ-y)² / Σ (y-ȳ)².

    1 is perfect, 0 as good as the mean, below 0 worse. For several columns the mean over them.
    A target that does not vary gives 1 if it is met, otherwise 0, as in scikit-learn.

    >>> r2([1.0, 2.0, 4.0], [1.0, 2.0, 3.0])
    0.5
    """
    error = errors("r2()", prediction, target)
    truth = np.asarray(as_numbers(target), dtype=float)
    residual, total = (error**2).sum(axis=0), ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    varies = total > 0
    explained = 1 - residual / np.where(varies, total, 1.0)
    return float(np.mean(np.where(varies, explained, residual == 0)))


def errors(what: str, prediction: Any, target: Any) -> Any:
    """Prediction less target as an array, if their shapes are equal and there are rows."""
    prediction, target = np.asarray(as_numbers(prediction)), np.asarray(as_numbers(target))
    if prediction.shape != target.shape:
        raise ValueError(checks.unequal(what, prediction.shape, target.shape))
    some(what, np.atleast_1d(target))
    return np.atleast_1d(prediction - target.astype(float))


def some(what: str, rows: Any) -> None:
    """The error for an evaluation of nothing."""
    if not rows.size:
        raise ValueError(f"{what} got no rows; expected at least one.")


def decisions(what: str, scores: Any, target: Any, threshold: float) -> tuple[Any, Any]:
    """What was called positive and what is, as booleans of one shape."""
    numbers, truth = np.asarray(as_numbers(scores)), np.asarray(as_numbers(target))
    if numbers.shape != truth.shape:
        raise ValueError(checks.unequal(what, numbers.shape, truth.shape))
    some(what, truth)
    signed = "For labels of -1 and 1: lambda scores, target: np.mean((scores > 0) == (target > 0))."
    hint = signed if np.all((truth == -1) | (truth == 1)) else ""
    checks.refuse(what, "target", truth, (truth != 0) & (truth != 1), "0 or 1", hint)
    return numbers > threshold, truth == 1


def counts(what: str, scores: Any, target: Any, threshold: float) -> tuple[Any, Any, Any]:
    """True positives, called positives and positives: of the one class, or of each class."""
    numbers, truth = np.asarray(as_numbers(scores)), np.asarray(as_numbers(target))
    if numbers.ndim == 2 and numbers.shape[1] > 1 and truth.shape == numbers.shape[:1]:
        matrix = confusion_matrix(numbers, truth)
        return np.diagonal(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    decided, truth = decisions(what, scores, target, threshold)
    return np.sum(decided & truth), np.sum(decided), np.sum(truth)


def share(part: Any, whole: Any) -> Any:
    """Quotient of counts, 0 where there is nothing to divide by."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)


class _Named:
    """A metric with its settings fixed and a name for the history, called like the function."""

    function: Metric

    def __init__(self, name: str | None, **settings: Any) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(
                f"{type(self).__name__}(name) got {name!r} of type {type(name).__name__}; "
                f"expected a str."
            )
        own = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()
        self.name, self._settings = name or own, settings

    def __call__(self, scores: Any, target: Any) -> float:
        """The number."""
        return type(self).function(scores, target, **self._settings)

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**self._settings, "name": self.name}

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={x!r}" for name, x in self.settings().items())
        return f"{type(self).__name__}({settings})"


class _WithThreshold(_Named):
    """A metric of yes and no, decided at a threshold between 0 and 1; for logits at 0."""

    def __init__(self, threshold: float = 0.5, name: str | None = None) -> None:
        if isinstance(threshold, bool) or not isinstance(threshold, int | float):
            raise TypeError(
                f"{type(self).__name__}(threshold) got {threshold!r}; expected a number, 0.5 for "
                f"probabilities or 0 for logits."
            )
        super().__init__(name, threshold=float(threshold))


class _Plain(_Named):
    """A metric without settings but its name."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)


class BinaryAccuracy(_WithThreshold):
    """The metric `binary_accuracy` with its threshold."""

    function = staticmethod(binary_accuracy)


class Precision(_WithThreshold):
    """The metric `precision` with its threshold.

    >>> Precision(threshold=0.8)([0.9, 0.7, 0.1], [1, 0, 1])
    1.0
    """

    function = staticmethod(precision)


class Recall(_WithThreshold):
    """The metric `recall` with its threshold."""

    function = staticmethod(recall)


class F1Score(_WithThreshold):
    """The metric `f1` with its threshold."""

    function = staticmethod(f1)


class Accuracy(_Plain):
    """The metric `accuracy`, which goes by the shapes."""

    function = staticmethod(accuracy)


class CategoricalAccuracy(_Plain):
    """The metric `categorical_accuracy`."""

    function = staticmethod(categorical_accuracy)


class SparseCategoricalAccuracy(_Plain):
    """The metric `sparse_categorical_accuracy`."""

    function = staticmethod(sparse_categorical_accuracy)


class MeanAbsoluteError(_Plain):
    """The metric `mean_absolute_error`."""

    function = staticmethod(mean_absolute_error)


class MeanSquaredError(_Plain):
    """The metric `mean_squared_error`."""

    function = staticmethod(mean_squared_error)


class RootMeanSquaredError(_Plain):
    """The metric `root_mean_squared_error`."""

    function = staticmethod(root_mean_squared_error)


class R2Score(_Plain):
    """The metric `r2`."""

    function = staticmethod(r2)


#: The metrics that give one number, by name.
METRICS: dict[str, Metric] = {
    "accuracy": accuracy,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "precision": precision,
    "recall": recall,
    "f1": f1,
    "mae": mean_absolute_error,
    "mse": mean_squared_error,
    "rmse": root_mean_squared_error,
    "r2": r2,
}
#: Other names that are in use.
ALIASES = {
    "acc": "accuracy",
    "mean_absolute_error": "mae",
    "mean_squared_error": "mse",
    "root_mean_squared_error": "rmse",
    "f1_score": "f1",
    "r2_score": "r2",
}


def get(metric: str | Metric) -> Metric:
    """The metric of that name or class; a function of prediction and target as it is.

    One whose parameters are called ``y_true`` and ``y_pred``, as in Keras, gets them so.

    >>> get("acc") is accuracy
    True

    Raises:
        ValueError: no metric has that name.
        TypeError: neither a name nor a function.
    """
    found: Metric = two_arguments("metric", metric, METRICS, _Named, ALIASES)
    return found
