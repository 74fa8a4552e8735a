"""Estimators: networks for scikit-learn, in pipelines, grid searches and cross-validation.

They keep scikit-learn's rules: the constructor stores its arguments as they are, ``fit`` checks
data and makes what ends in an underscore. The network inside, ``model_``, is an nn.Sequential,
so it can be drawn, stepped through and saved.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from . import activations, losses, optimizers
from .callbacks import EarlyStopping
from .dense import Dense
from .optimizer import Optimizer
from .regularizers import L2
from .sequential import Sequential

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import (
        check_is_fitted,
        check_random_state,
        column_or_1d,
        validate_data,
    )
except ImportError as error:
    raise ImportError(
        "nn.MLPClassifier and nn.MLPRegressor need scikit-learn 1.6 or newer: "
        "pip install 'glassgrad[sklearn]'.",
        name="sklearn",
    ) from error


class NetworkEstimator(BaseEstimator):
    """What both estimators share: the network, how it is trained, and what ``fit`` leaves.

    Parameters are scikit-learn's where it has them. ``optimizer`` is a name, or an
    optimizer without parameters, whose own learning rate counts. ``alpha`` is the factor of the
    penalty ½ α Σ w² that the weights, not the biases, add to the loss of a batch.
    ``batch_size="auto"`` is 200, or all rows if there are fewer. Training ends after ``max_iter``
    epochs, with a ConvergenceWarning, or when for ``n_iter_no_change`` epochs the loss has not
    fallen by more than ``tol``. ``random_state`` decides weights and order of the rows. With
    ``warm_start`` a second ``fit`` goes on from the weights of the first.

    After ``fit``: ``model_``, ``loss_curve_`` (per epoch), ``loss_``, ``n_iter_``,
    ``n_features_in_``.
    """

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (100,),
        activation: str = "relu",
        optimizer: str | Optimizer = "adam",
        learning_rate: float = 0.001,
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        max_iter: int = 200,
        tol: float = 1e-4,
        n_iter_no_change: int = 10,
        random_state: Any = None,
        warm_start: bool = False,
        verbose: bool = False,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.alpha = alpha
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose

    def _make(self, features: int, units: int, loss: Any) -> None:
        """A new network, not yet trained."""
        sizes: Any = self.hidden_layer_sizes
        sizes = [sizes] if isinstance(sizes, int | np.integer) else list(sizes)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        kinds = [self.activation] * len(sizes) + ["linear"]
        model = Sequential(seed=seed)
        for width, kind in zip([*sizes, units], kinds, strict=True):
            penalty = L2(self.alpha / 2) if self.alpha else None
            # Layers after the first take their width from the one below.
            shape = None if model.layers else (features,)
            model.add(Dense(width, kind, kernel_regularizer=penalty, input_shape=shape))
        # A copy: what the constructor was given stays as it is.
        optimizer = copy.deepcopy(optimizers.get(self.optimizer))
        if isinstance(self.optimizer, str):
            optimizer.learning_rate = self.learning_rate
        model.compile(optimizer, loss)
        self.model_, self.n_iter_ = model, 0
        self.loss_curve_: list[float] = []

    def _train(self, X: Any, y: Any, epochs: int, stop: bool) -> None:
        size: Any = min(200, len(X)) if self.batch_size == "auto" else self.batch_size
        watch = EarlyStopping("loss", min_delta=self.tol, patience=self.n_iter_no_change)
        history = self.model_.fit(
            X,
            y,
            epochs=epochs,
            batch_size=size,
            verbose=2 if self.verbose else 0,
            callbacks=[watch] if stop else None,
        )
        self.loss_curve_ = self.loss_curve_ + history.history["loss"]
        self.loss_, self.n_iter_ = self.loss_curve_[-1], len(self.loss_curve_)
        if stop and not watch.stopped_epoch and epochs > 1:
            warnings.warn(
                f"{type(self).__name__} ended after max_iter={epochs} epochs while its loss was "
                f"still falling by more than tol={self.tol}. Try a larger max_iter or "
                f"learning_rate, or scale the features.",
                ConvergenceWarning,
                stacklevel=3,
            )

    def _outputs(self, X: Any) -> Any:
        """The net inputs z^L of the output layer, ``(rows, units)``."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return self.model_.predict(X, batch_size=len(X))

    def _goes_on(self) -> bool:
        """True if ``fit`` starts from the weights that are there."""
        return bool(self.warm_start) and hasattr(self, "model_")


class MLPClassifier(ClassifierMixin, NetworkEstimator):
    """A multi-layer perceptron that tells classes apart, as a scikit-learn classifier.

    Two classes have one output unit, ŷ = σ(z) = P(C = classes_[1] | x); more have one unit each
    and a softmax. The loss is the cross-entropy. Labels may be numbers or text.

    >>> import numpy as np
    >>> X, y = np.array([[0.0], [0.2], [0.8], [1.0]]), ["low", "low", "high", "high"]
    >>> net = MLPClassifier((8,), learning_rate=0.1, tol=0.01, random_state=0).fit(X, y)
    >>> net.predict([[0.1], [0.9]]).tolist(), net.score(X, y)
    (['low', 'high'], 1.0)
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train on rows ``X (rows, features)`` and their labels ``y (rows,)``.

        Raises:
            ValueError: data that is not numbers, different numbers of rows, one class only.
        """
        goes_on = self._goes_on()
        X, y = self._checked(X, y, reset=True)
        classes = np.unique(y)
        if goes_on and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"{type(self).__name__}.fit() with warm_start got the classes {classes}; expected "
                f"those of the first fit, {self.classes_}."
            )
        if not goes_on:
            self._make_for(X, classes)
        self._train(X, self._targets(y), self.max_iter, stop=True)
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:
        """One epoch on these rows; ``classes`` lists all labels there will be, at the first call.

        Raises:
            ValueError: a label that is not among the classes.
        """
        first = not hasattr(self, "model_")
        X, y = self._checked(X, y, reset=first)
        if first:
            self._make_for(X, np.unique(y if classes is None else classes))
        self._train(X, self._targets(y), 1, stop=False)
        return self

    def _checked(self, X: Any, y: Any, reset: bool) -> tuple[Any, Any]:
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, reset=reset)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        return X, y

    def _make_for(self, X: Any, classes: Any) -> None:
        if len(classes) < 2:
            raise ValueError(
                f"{type(self).__name__} got 1 class, {classes[0]}; expected at least two."
            )
        self.classes_ = classes
        loss: Any = losses.BinaryCrossentropy(from_logits=True)
        if len(classes) > 2:
            loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        self._make(X.shape[1], 1 if len(classes) == 2 else len(classes), loss)

    def _targets(self, y: Any) -> Any:
        """The numbers of the classes, as the loss wants them."""
        unknown = np.setdiff1d(y, self.classes_)
        if unknown.size:
            raise ValueError(
                f"{type(self).__name__} got the class {unknown[0]}; expected one of "
                f"{self.classes_}."
            )
        return np.searchsorted(self.classes_, y)

    def predict_proba(self, X: Any) -> Any:
        """Probabilities ``(rows, classes)`` in the order of ``classes_``."""
        z = self._outputs(X)
        if z.shape[1] == 1:
            # σ(-z), not 1 - σ(z), which would be 0 for a large z.
            return np.hstack([activations.sigmoid(-z).data, activations.sigmoid(z).data])
        return activations.softmax(z).data

    def predict(self, X: Any) -> Any:
        """The most probable class of each row."""
        z = self._outputs(X)
        if z.shape[1] == 1:
            return self.classes_[(z[:, 0] > 0).astype(int)]
        return self.classes_[z.argmax(axis=1)]


class MLPRegressor(RegressorMixin, NetworkEstimator):
    """A multi-layer perceptron for one function or several, as a scikit-learn regressor.

    The output units are linear, one for each column of y, and the loss is the mean of (ŷ - y)².

    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 20)[:, None]
    >>> net = MLPRegressor((8,), "tanh", learning_rate=0.05, alpha=0, random_state=0)
    >>> net.fit(X, X[:, 0] ** 2).score(X, X[:, 0] ** 2) > 0.95
    True
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train on rows ``X (rows, features)`` and targets ``(rows,)`` or ``(rows, functions)``.

        Raises:
            ValueError: data that is not numbers, or different numbers of rows.
        """
        goes_on = self._goes_on()
        X, y = self._checked(X, y, reset=True)
        if not goes_on:
            self._make_for(X, y)
        self._train(X, y.reshape(len(y), -1), self.max_iter, stop=True)
        return self

    def partial_fit(self, X: Any, y: Any) -> Self:
        """One epoch on these rows; the first call makes the network."""
        first = not hasattr(self, "model_")
        X, y = self._checked(X, y, reset=first)
        if first:
            self._make_for(X, y)
        self._train(X, y.reshape(len(y), -1), 1, stop=False)
        return self

    def _checked(self, X: Any, y: Any, reset: bool) -> tuple[Any, Any]:
        X, y = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, reset=reset
        )
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _make_for(self, X: Any, y: Any) -> None:
        self._one_function = y.ndim == 1
        self._make(X.shape[1], 1 if y.ndim == 1 else y.shape[1], losses.mse)

    def predict(self, X: Any) -> Any:
        """The predictions, of the shape of y in ``fit``."""
        z = self._outputs(X)
        return z[:, 0] if self._one_function else z

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
