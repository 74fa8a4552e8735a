"""Rows: the data that a model is fitted on, checked once and handed out in batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .inputs import ARRAYS, as_count, as_numbers
from .symbolic import mapped, parts


class Rows(NamedTuple):
    """Inputs, targets and weights with one row per sample; x and y are an array or several."""

    x: Any
    y: Any = None
    weight: Any = None

    def __len__(self) -> int:
        return len(parts(self.x)[0])

    def take(self, rows: Any) -> Rows:
        """The rows of these numbers, or of a slice."""
        if type(self.x) is type(self.y) is np.ndarray and self.weight is None:
            return Rows(self.x[rows], self.y[rows])
        y = None if self.y is None else mapped(lambda part: part[rows], self.y)
        weight = None if self.weight is None else self.weight[rows]
        return Rows(mapped(lambda part: part[rows], self.x), y, weight)


def batches(rows: Rows, batch_size: int, rng: np.random.Generator | None = None) -> Iterator[Rows]:
    """Every row once, ``batch_size`` at a time, shuffled if there is an rng; the last has the rest.

    >>> [batch.x.tolist() for batch in batches(Rows(np.arange(5)), 2)]
    [[0, 1], [2, 3], [4]]
    """
    count = len(rows)
    order = None if rng is None else rng.permutation(count)
    for start in range(0, count, batch_size):
        part = slice(start, start + batch_size)
        yield rows.take(part if order is None else order[part])


def as_rows(
    model: Any,
    what: str,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    class_weight: Any = None,
) -> Rows:
    """The data as arrays of real numbers, all with the same number of rows.

    Raises:
        TypeError: data that is not numbers.
        ValueError: no rows, or different numbers of rows.
    """
    graph = model.layer_graph
    inputs = as_arrays(x, None if graph is None else graph.inputs)
    targets = None
    if y is not None:
        targets = as_arrays(y, None if graph is None else graph.outputs)
    check_rows(what, inputs, targets)
    weight = None if sample_weight is None else as_weight(what, sample_weight, inputs)
    if class_weight is not None:
        by_class = weights_of_classes(what, class_weight, targets)
        weight = by_class if weight is None else weight * by_class
    return Rows(inputs, targets, weight)


def as_arrays(data: Any, symbols: Any) -> Any:
    """One array, or a list or dict of arrays where ``symbols`` or the data itself is several."""
    if isinstance(data, dict):
        return {key: as_numbers(part) for key, part in data.items()}
    if isinstance(data, list | tuple) and data:
        several = isinstance(symbols, list | tuple | dict)
        several = several or (symbols is None and all(_is_matrix(part) for part in data))
        if several:
            arrays = [as_numbers(part) for part in data]
            return dict(zip(symbols, arrays, strict=True)) if isinstance(symbols, dict) else arrays
    foreign = hasattr(data, "__array__") and not isinstance(data, ARRAYS)
    array = as_numbers(np.asarray(data) if foreign else data)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"fit, evaluate and predict got data of dtype {array.dtype}; expected real numbers."
        )
    return [array] if isinstance(symbols, list) and len(symbols) == 1 else array


def _is_matrix(part: Any) -> bool:
    return isinstance(part, ARRAYS) and part.ndim > 1


def check_rows(what: str, inputs: Any, targets: Any) -> None:
    """Nothing, if all arrays have the same number of rows, and at least one."""
    x = [np.shape(part) for part in parts(inputs)]
    y = [] if targets is None else [np.shape(part) for part in parts(targets)]
    lengths = {shape[:1] for shape in x + y}
    if len(lengths) == 1 and min(lengths) > (0,):
        return
    given = f"x of shape {', '.join(map(str, x))}"
    if y:
        given += f" and y of shape {', '.join(map(str, y))}"
    expected = "the same number of rows in all" if len(lengths) > 1 else "at least one row"
    hint = ""
    if len(x) == len(y) == 1 and len(x[0]) == 2 and y[0] and x[0][1] == y[0][0]:
        hint = " Did you mean x.T?"
    raise ValueError(f"{what} got {given}; expected {expected}.{hint}")


def as_weight(what: str, sample_weight: Any, inputs: Any) -> Any:
    """One weight per row, finite and not negative."""
    weight, count = as_numbers(sample_weight), len(parts(inputs)[0])
    if weight.shape != (count,):
        raise ValueError(
            f"{what} got sample_weight of shape {weight.shape}; expected ({count},), one number "
            f"per row."
        )
    if not np.all((weight >= 0) & np.isfinite(weight)):
        raise ValueError(f"{what} got a sample_weight below 0 or not finite; expected >= 0.")
    return weight.astype(float)


def weights_of_classes(what: str, class_weight: Any, targets: Any) -> Any:
    """The weight of each row's class; ``class_weight`` is a dict from class to weight."""
    if not isinstance(class_weight, dict):
        raise TypeError(
            f"{what} got class_weight of type {type(class_weight).__name__}; expected a dict from "
            f"class to weight, such as {{0: 1.0, 1: 5.0}}."
        )
    if isinstance(targets, list | dict) or targets is None:
        raise ValueError(f"{what} got class_weight with several outputs; use sample_weight.")
    labels = targets
    if labels.ndim == 2:
        labels = labels[:, 0] if labels.shape[1] == 1 else labels.argmax(axis=1)
    unknown = sorted(set(labels.tolist()) - set(class_weight))
    if unknown:
        raise ValueError(
            f"{what} got class_weight for {sorted(class_weight)}, but y holds {unknown[0]!r} too; "
            f"expected a weight for each class."
        )
    return np.array([float(class_weight[label]) for label in labels.tolist()])


def split_rows(rows: Rows, share: float) -> tuple[Rows, Rows]:
    """The first rows for training and the last ``share`` of them for validation, as Keras does.

    Raises:
        TypeError: a share that is no number.
        ValueError: a share that leaves one part empty.
    """
    if isinstance(share, bool) or not isinstance(share, int | float | np.number):
        raise TypeError(
            f"fit(validation_split) got {share!r} of type {type(share).__name__}; expected a share "
            f"between 0 and 1."
        )
    count = len(rows)
    cut = int(count * (1 - share)) if 0 < share < 1 else 0
    if not 0 < cut < count:
        raise ValueError(
            f"fit() got validation_split={share} and {count} rows; expected a share between 0 and "
            f"1 that leaves at least one row in each part."
        )
    return rows.take(slice(0, cut)), rows.take(slice(cut, count))


def as_batch_size(batch_size: Any, rows: Rows) -> int:
    """Rows per batch: 32 where nothing is said."""
    return min(32 if batch_size is None else as_count(batch_size, "batch_size"), len(rows))
