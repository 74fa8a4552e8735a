"""Data: a real data set, and what is done to data before and during training."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import resources
from typing import Any, NamedTuple

import numpy as np

from .inputs import as_count, as_generator, as_numbers


class Iris(NamedTuple):
    """150 flowers: features ``(150, 4)`` in cm, labels ``(150,)`` 0 … 2, and their names."""

    features: Any
    labels: Any
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]


def load_iris() -> Iris:
    """Fisher's Iris data, 50 flowers of each of three species.

    Source: R. A. Fisher 1936, table I (the UCI Iris data). These are the numbers that Fisher
    printed, as in R and scikit-learn; the file at UCI has an error in row 35 and one in row 38.

    >>> X, y, feature_names, class_names = load_iris()
    >>> X.shape, class_names
    ((150, 4), ('setosa', 'versicolor', 'virginica'))
    """
    text = resources.files("nn").joinpath("datasets/iris.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    header, *rows = csv.reader(lines)
    class_names = tuple(dict.fromkeys(row[-1] for row in rows))
    features = np.array([row[:-1] for row in rows], dtype=np.float64)
    labels = np.array([class_names.index(row[-1]) for row in rows])
    return Iris(features, labels, tuple(header[:-1]), class_names)


def train_test_split(
    X: Any, y: Any, test_fraction: float = 0.3, seed: int | np.random.Generator | None = 0
) -> tuple[Any, Any, Any, Any]:
    """X_train, X_test, y_train, y_test: the rows shuffled, then cut.

    The test part has ``round(test_fraction · rows)`` rows. The same seed gives the same split.

    Raises:
        ValueError: X and y of different length, or a fraction that leaves one part empty.
    """
    X, y = _rows(X, y, "train_test_split()")
    count = round(test_fraction * len(X)) if 0 < test_fraction < 1 else 0
    if not 0 < count < len(X):
        raise ValueError(
            f"train_test_split() got test_fraction={test_fraction} and {len(X)} rows; expected a "
            f"fraction between 0 and 1 that leaves at least one row in each part."
        )
    order = as_generator(seed).permutation(len(X))
    test, train = order[:count], order[count:]
    return X[train], X[test], y[train], y[test]


class Standardizer:
    """Features with mean 0 and standard deviation 1, as measured on the training part.

    >>> standardizer = Standardizer().fit([[1.0, 5.0], [3.0, 5.0]])
    >>> print(standardizer.transform([[2.0, 5.0], [5.0, 6.0]]))
    [[0. 0.]
     [3. 1.]]
    """

    def __init__(self) -> None:
        self.mean: Any = None
        self.scale: Any = None

    def fit(self, X: Any) -> Standardizer:
        """This standardizer, with mean and scale of the columns of ``X (rows, features)``.

        The scale of a column that does not vary is 1.
        """
        X = as_numbers(X)
        if X.ndim != 2 or not len(X):
            raise ValueError(
                f"Standardizer.fit() got shape {X.shape}; expected (rows, features) with at "
                f"least one row."
            )
        self.mean = X.mean(axis=0)
        varies = X.max(axis=0) > X.min(axis=0)
        self.scale = np.where(varies, X.std(axis=0), 1.0)
        return self

    def transform(self, X: Any) -> Any:
        """(X - mean) / scale, for ``(rows, features)`` or one row ``(features,)``."""
        if self.mean is None:
            raise ValueError("Standardizer.transform() came before fit(); fit the training part.")
        X = as_numbers(X)
        if X.shape[-1:] != self.mean.shape:
            raise ValueError(
                f"Standardizer.transform() got shape {X.shape}; expected (rows, "
                f"{len(self.mean)}), as many features as it was fitted on."
            )
        return (X - self.mean) / self.scale


def minibatches(
    X: Any, y: Any, batch_size: int, rng: int | np.random.Generator | None = None
) -> Iterator[tuple[Any, Any]]:
    """One epoch: every row once, in random order, ``batch_size`` rows at a time.

    The last batch has what is left. Pass one Generator for all epochs, so that they differ.

    >>> for features, labels in minibatches(np.arange(10).reshape(5, 2), np.arange(5), 2, rng=0):
    ...     print(labels)
    [2 4]
    [3 0]
    [1]
    """
    X, y = _rows(X, y, "minibatches()")
    batch_size = as_count(batch_size, "minibatches(batch_size)")
    order = as_generator(rng).permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def _rows(X: Any, y: Any, what: str) -> tuple[Any, Any]:
    X, y = np.asarray(X), np.asarray(y)
    if X.shape[:1] != y.shape[:1] or not X.ndim:
        raise ValueError(
            f"{what} got X of shape {X.shape} and y of shape {y.shape}; expected the same number "
            f"of rows in both."
        )
    return X, y
