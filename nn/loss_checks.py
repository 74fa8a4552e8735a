"""What losses and metrics ask of predictions, targets and weights, and how they say so."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Value
from autograd.modes import whole_call

from .inputs import ARRAYS, as_features, as_numbers


def equal_shapes(what: str, prediction: Any, target: Any) -> tuple[Any, Any]:
    """Both as Value or array, of one shape; a plain target takes the prediction's dtype.

    Raises:
        ValueError: the shapes differ; the reshape that is meant is named.
    """
    if not (isinstance(prediction, ARRAYS) and isinstance(target, ARRAYS)):
        prediction, target = as_features(prediction), as_features(target)
    if prediction.shape != target.shape:
        raise ValueError(unequal(what, prediction.shape, target.shape))
    return prediction, like(prediction, target)


def like(prediction: Any, target: Any) -> Any:
    """A plain target in the prediction's dtype: float64 targets leave a float32 net float32."""
    if isinstance(target, Value) or target.dtype == prediction.dtype:
        return target
    return target.astype(prediction.dtype) if prediction.dtype.kind == "f" else target


def unequal(what: str, prediction: tuple[int, ...], target: tuple[int, ...]) -> str:
    """The message for shapes that differ."""
    hint = ""
    if len(prediction) == 2 and prediction == target[::-1] and 1 not in prediction:
        hint = " Did you mean target.T?"
    elif prediction == (*target, 1) or target == (*prediction, 1):
        hint = f" Did you mean target.reshape({', '.join(['-1', *map(str, prediction[1:])])})?"
    return (
        f"{what} got a prediction of shape {prediction} and a target of shape {target}; "
        f"expected equal shapes.{hint}"
    )


def class_rows(what: str, prediction: Any, target: Any) -> tuple[Any, Any]:
    """Scores and targets ``(…, classes)`` of one shape; class numbers are told apart."""
    prediction, target = as_features(prediction), as_features(target)
    if prediction.shape == target.shape and prediction.ndim and prediction.shape[-1] > 1:
        return prediction, like(prediction, target)
    numbered = (prediction.shape[:-1], (*prediction.shape[:-1], 1))
    if target.shape in numbered and target.shape != prediction.shape:
        raise ValueError(
            f"{what} got a prediction of shape {prediction.shape} and a target of shape "
            f"{target.shape}; expected one-hot rows. For class numbers use the "
            f"sparse_categorical form of it; for one unit, the binary form."
        )
    if prediction.shape != target.shape:
        raise ValueError(unequal(what, prediction.shape, target.shape))
    raise ValueError(
        f"{what} got shapes {prediction.shape}; expected (batch, classes) with at least 2 "
        f"classes. For one unit use the binary form of it."
    )


def class_labels(what: str, shape: tuple[int, ...], target: Any) -> Any:
    """Class numbers as integers, one for each row of the scores of that shape.

    Raises:
        TypeError: labels that are not whole numbers.
        ValueError: labels of another shape, or out of range.
    """
    labels = as_numbers(target)
    if not shape or labels.shape != shape[:-1]:
        hint = ""
        if shape[-1:] == (1,):
            hint = " For one unit use the loss 'binary_crossentropy'."
        elif labels.shape == (*shape[:-1], 1):
            hint = f" Did you mean target.reshape({', '.join(map(str, (-1, *shape[1:-1])))})?"
        elif shape and labels.shape == shape and shape[-1] > 1:
            hint = " For one-hot rows use the loss 'categorical_crossentropy'."
        raise ValueError(
            f"{what} got a prediction of shape {shape} and labels of shape {labels.shape}; "
            f"expected (batch, classes) and (batch,), one class number per row.{hint}"
        )
    if labels.dtype.kind not in "iu":
        wrong = labels != np.floor(labels) if labels.dtype.kind == "f" else np.True_
        if np.any(wrong):
            row = np.argmax(wrong)
            raise TypeError(
                f"{what} got label {np.ravel(labels)[row]} in row {row}; expected integers "
                f"0 … {shape[-1] - 1}."
            )
    return whole_call(class_numbers, what, labels, shape[-1])


def class_numbers(what, labels, classes):
    """Whole numbers as integers, if all are among 0 … classes - 1."""
    numbers = labels.astype(np.intp)
    # Read without a sign, what is below 0 is larger than any number of classes.
    if (numbers.view(np.uintp) >= classes).any():
        wrong = (numbers < 0) | (numbers >= classes)
        refuse(what, "label", labels, wrong, f"0 … {classes - 1}", "", "d")
    return numbers


def probabilities(what: str, kind: str, x: Any, hint: str = "") -> None:
    """Nothing, if all lie in [0, 1]; NaN passes, for it is the loss that shows it."""
    numbers = as_numbers(x)
    refuse(what, kind, numbers, (numbers < 0) | (numbers > 1), "numbers from 0 to 1", hint)


def distributions(what: str, kind: str, x: Any, tolerance: float, hint: str = "") -> None:
    """Nothing, if every row consists of probabilities that sum to 1."""
    probabilities(what, kind, x, hint)
    sums = as_numbers(x).sum(axis=-1)
    wrong = np.abs(sums - 1) > max(tolerance, 8 * np.finfo(sums.dtype).eps if _half(sums) else 0)
    if np.any(wrong):
        row = int(np.argmax(wrong))
        raise ValueError(
            f"{what} got {kind} row {row} with the sum {np.ravel(sums)[row]:.6g}; expected rows "
            f"that sum to 1.{' Did you mean ' + hint[:-1] + '?' if hint else ''}"
        )


def _half(x: Any) -> bool:
    return x.dtype.kind == "f" and x.dtype.itemsize < 8


def signs(what: str, target: Any) -> None:
    """Nothing, if all targets are -1 or 1."""
    numbers = as_numbers(target)
    hint = "Did you mean 2 * target - 1?" if np.all((numbers == 0) | (numbers == 1)) else ""
    refuse(what, "target", numbers, (numbers != 1) & (numbers != -1), "-1 or 1", hint)


def refuse(
    what: str, kind: str, numbers: Any, wrong: Any, expected: str, hint: str = "", form: str = "g"
) -> None:
    """The error that names the first wrong number and its row, if there is one."""
    if not np.any(wrong):
        return
    place = np.argwhere(wrong)[0] if np.ndim(wrong) else []
    number = np.asarray(numbers)[tuple(place)]
    row = f" in row {place[0]}" if len(place) else ""
    if hint.startswith("from_logits"):
        hint = f"Did you mean {hint[:-1]}?"
    number = int(number) if form == "d" else f"{number:.6g}"
    end = f" {hint}" if hint else ""
    raise ValueError(f"{what} got {kind} {number}{row}; expected {expected}.{end}")


def weights(what: str, elements: Any, sample_weight: Any) -> Any:
    """The weights of samples, shaped so that they multiply the elements of their samples."""
    numbers = as_numbers(sample_weight)
    if not elements.ndim or numbers.shape != elements.shape[:1]:
        expected = f"({elements.shape[0]},)" if elements.ndim else "a batch"
        raise ValueError(
            f"{what} got sample_weight of shape {numbers.shape}; expected {expected}, one number "
            f"per sample."
        )
    refuse(what, "sample_weight", numbers, ~(numbers >= 0) | np.isinf(numbers), "finite, >= 0")
    return like(elements, numbers.reshape(-1, *[1] * (elements.ndim - 1)))
