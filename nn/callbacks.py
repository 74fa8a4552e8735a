"""Callbacks: what is done at set moments of a training run, and those that come with nn."""

from __future__ import annotations

import csv
import inspect
import os
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Logs = dict[str, float]


class Callback:
    """Something that happens during ``fit``; subclasses override the hooks they need.

    ``self.model`` is the model, ``self.params`` has epochs, steps and verbose. ``logs`` are the
    numbers of the batch or the epoch: ``loss``, the metrics, and these as ``val_…``. Setting
    ``self.model.stop_training = True`` ends the run.
    """

    model: Any = None
    params: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed

    def set_model(self, model: Any) -> None:
        """Called first: the model of the run."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Called first: epochs, steps and verbose of the run."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch; they count from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch and its validation; what is added to ``logs`` enters the history."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a step; batches count from 0 in each epoch."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a step; ``logs`` has the loss of this batch."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation, in ``evaluate`` or as validation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After an evaluation, with its loss and metrics."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of an evaluation; ``logs`` has its loss."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before ``predict``."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After ``predict``."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of ``predict``."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a batch of ``predict``; ``logs`` has its ``outputs``."""


class CallbackList:
    """All callbacks of a run as one: each hook is called on each of them, in order."""

    def __init__(self, callbacks: Iterable[Any], model: Any, params: dict[str, Any]) -> None:
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            if not isinstance(callback, Callback):
                raise TypeError(
                    f"callbacks got {callback!r}; expected objects of subclasses of Callback, such "
                    f"as EarlyStopping()."
                )
            callback.set_model(model)
            callback.set_params(params)

    def call(self, hook: str, *args: Any) -> None:
        """Call ``hook`` of every callback."""
        for callback in self.callbacks:
            getattr(callback, hook)(*args)


class History(Callback):
    """What ``fit`` returns: ``history`` has a list for each number, ``epoch`` their epochs."""

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write down the numbers of the epoch."""
        self.epoch.append(epoch)
        for name, number in (logs or {}).items():
            self.history.setdefault(name, []).append(number)

    def __repr__(self) -> str:
        return f"History({len(self.epoch)} epochs: {', '.join(self.history)})"


class Watcher(Callback):
    """A callback that watches one number for improvement; the base of those that do.

    ``mode`` is ``min``, ``max``, or ``auto``: max for what is called accuracy, precision, recall,
    auc or r2, else min.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0) -> None:
        if mode not in ("auto", "min", "max"):
            raise ValueError(
                f"{type(self).__name__}(mode) got {mode!r}; expected 'auto', 'min' or 'max'."
            )
        if mode == "auto":
            larger = ("acc", "precision", "recall", "auc", "r2", "f1")
            mode = "max" if any(word in monitor.lower() for word in larger) else "min"
        self.monitor, self.mode, self.min_delta = monitor, mode, abs(min_delta)
        self.best = self.worst()

    def worst(self) -> float:
        """What any number is better than."""
        return float("inf") if self.mode == "min" else float("-inf")

    def current(self, logs: Logs | None) -> float:
        """The number watched, or the error that says which there are."""
        if logs is None or self.monitor not in logs:
            hint = ""
            if self.monitor.startswith("val_"):
                hint = " Give fit() a validation_split or validation_data."
            raise ValueError(
                f"{type(self).__name__}(monitor) got {self.monitor!r}; expected one of "
                f"{', '.join(map(repr, logs or {}))}.{hint}"
            )
        return float(logs[self.monitor])

    def improves(self, number: float) -> bool:
        """True if the number is better than the best so far, by more than ``min_delta``."""
        if self.mode == "min":
            return number < self.best - self.min_delta
        return number > self.best + self.min_delta


class EarlyStopping(Watcher):
    """End the run when the number watched has not improved for ``patience`` epochs.

    With ``restore_best_weights`` the model ends with the weights of its best epoch. ``baseline``
    is what has to be beaten; nothing counts before ``start_from_epoch``.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience, self.verbose, self.baseline = patience, verbose, baseline
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget earlier runs."""
        self.wait, self.stopped_epoch, self.best_epoch = 0, 0, 0
        self.best = self.worst() if self.baseline is None else self.baseline
        self.best_weights: Any = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Count the epochs without improvement."""
        number = self.current(logs)
        if epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.improves(number):
            self.best, self.best_epoch, self.wait = number, epoch, 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch, self.model.stop_training = epoch, True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Bring back the best weights, if that was asked for."""
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
        if self.verbose and self.stopped_epoch:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")


class ModelCheckpoint(Watcher):
    """Keep the weights after each epoch, or after those that improved.

    ``filepath`` ends in ``.npz`` or ``.safetensors`` and may name numbers,
    ``"best-{epoch:02d}-{val_loss:.2f}.npz"``; epochs count from 1 in it. With
    ``save_weights_only=False`` it is the whole model, for ``nn.load``. A file is replaced as a
    whole or not at all; weights with NaN or infinity never replace it, there is a warning instead.
    Without a filepath the weights are kept in ``weights``, for ``model.set_weights``.
    """

    def __init__(
        self,
        filepath: Any = None,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: str = "auto",
        save_weights_only: bool = True,
    ) -> None:
        super().__init__(monitor, mode)
        endings = (".npz", ".safetensors") if save_weights_only else (".safetensors",)
        if filepath is not None and not str(filepath).endswith(endings):
            raise ValueError(
                f"ModelCheckpoint(filepath) got {str(filepath)!r}; expected a name that ends in "
                f"{' or '.join(endings)}."
            )
        self.filepath, self.verbose, self.save_best_only = filepath, verbose, save_best_only
        self.save_weights_only = save_weights_only
        self.weights: Any = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the weights of this epoch, if they are to be kept."""
        if self.save_best_only:
            number = self.current(logs)
            if not self.improves(number):
                return
            self.best = number
        weights = self.model.get_weights()
        if not all(np.isfinite(array).all() for array in weights):
            warnings.warn(
                f"ModelCheckpoint keeps what it has: in epoch {epoch + 1} the weights are no "
                f"longer finite.",
                RuntimeWarning,
                stacklevel=2,
            )
            return
        self.weights = weights
        if self.filepath is not None:
            path = str(self.filepath).format(epoch=epoch + 1, **(logs or {}))
            if self.save_weights_only:
                self.model.save_weights(path)
            else:
                self.model.save(path)
            if self.verbose:
                kept = "weights" if self.save_weights_only else "model"
                print(f"Epoch {epoch + 1}: saving {kept} to {path}")


class LearningRateScheduler(Callback):
    """Set the learning rate before each epoch: ``schedule(epoch, rate)`` gives the new one.

    A function of the epoch alone serves too.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise TypeError(
                f"LearningRateScheduler(schedule) got {schedule!r}; expected a function of the "
                f"epoch and the learning rate: lambda epoch, rate: 0.9 * rate."
            )
        self.schedule, self.verbose = schedule, verbose
        self._takes_rate = takes_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Ask the schedule."""
        optimizer = self.model.optimizer
        given = (epoch, plain_rate(self, optimizer))
        rate = self.schedule(*given[: 1 + self._takes_rate])
        if rate is None or np.ndim(rate):
            raise TypeError(
                f"LearningRateScheduler(schedule) returned {rate!r} in epoch {epoch}; expected a "
                f"number, the learning rate."
            )
        optimizer.learning_rate = float(rate)
        if self.verbose:
            print(f"Epoch {epoch + 1}: learning rate {optimizer.learning_rate:g}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the learning rate into the history."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def takes_two(function: Callable[..., Any]) -> bool:
    """True unless the function takes one argument only."""
    try:
        inspect.signature(function).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a function of C without a signature
        return True
    return True


class ReduceLROnPlateau(Watcher):
    """Multiply the learning rate by ``factor`` after ``patience`` epochs without improvement.

    After that ``cooldown`` epochs pass before it counts again; ``min_lr`` is the lowest rate.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        if not 0 < factor < 1:
            raise ValueError(
                f"ReduceLROnPlateau(factor) got {factor}; expected a number between 0 and 1."
            )
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget earlier runs."""
        self.best, self.wait, self.resting = self.worst(), 0, 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Count, and lower the rate when it is time."""
        number, rate = self.current(logs), plain_rate(self, self.model.optimizer)
        if logs is not None:
            logs["learning_rate"] = rate
        if self.resting > 0:
            self.resting, self.wait = self.resting - 1, 0
        if self.improves(number):
            self.best, self.wait = number, 0
        elif self.resting == 0:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                self.lower(epoch, rate)

    def lower(self, epoch: int, rate: float) -> None:
        """Set the new rate."""
        self.model.optimizer.learning_rate = max(rate * self.factor, self.min_lr)
        self.resting, self.wait = self.cooldown, 0
        if self.verbose:
            new = self.model.optimizer.learning_rate
            print(f"Epoch {epoch + 1}: learning rate lowered to {new:g}")


class CSVLogger(Callback):
    """Write the numbers of each epoch into a CSV file, one line per epoch."""

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        self.filename, self.separator, self.append = filename, separator, append
        self.names: list[str] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start the file, unless lines are to be appended."""
        self.names = []
        folder = os.path.dirname(os.path.abspath(self.filename))
        if not os.path.isdir(folder):
            raise FileNotFoundError(
                f"CSVLogger({os.fspath(self.filename)!r}) found no folder {folder}; make it first, "
                f"or name another one."
            )
        with open(self.filename, "a" if self.append else "w", encoding="utf-8"):
            pass

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Add a line, at the start of the file below the names."""
        logs = logs or {}
        with open(self.filename, "a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=self.separator)
            if not self.names:
                self.names = list(logs)
                if file.tell() == 0:
                    writer.writerow(["epoch", *self.names])
            writer.writerow([epoch, *(logs.get(name, "") for name in self.names)])


class TerminateOnNaN(Callback):
    """End the run at the first batch whose loss is NaN or infinite."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss", 0.0)
        if not np.isfinite(loss):
            print(f"Batch {batch}: the loss is {loss}, training ends.")
            self.model.stop_training = True


def plain_rate(callback: Callback, optimizer: Any) -> float:
    """The optimizer's learning rate, which must be a number to be changed by a callback."""
    rate = optimizer.learning_rate
    if callable(rate):
        raise ValueError(
            f"{type(callback).__name__} got an optimizer whose learning rate is a schedule; "
            f"expected a number. Use one of the two."
        )
    return float(rate)
