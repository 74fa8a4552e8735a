"""Fitting: compile, fit, evaluate and predict, which all models share.

``fit`` is a loop over epochs, an epoch a loop over batches, and ``train_step`` what happens to a
batch: predict, compare, back-propagate, move.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd

from . import optimizers
from .batches import Rows, as_batch_size, as_rows, batches, split_rows
from .callbacks import CallbackList, History
from .compiled_step import checked_jit, nothing_of_yours, training_step
from .inputs import as_count, as_generator
from .lazy_layer import LazyLayer, layers_under
from .objective import Objective, total
from .progress import described, progress_of
from .symbolic import mapped, parts


class Fitting(LazyLayer):
    """What can be compiled, fitted, evaluated and asked to predict; the base of Model."""

    optimizer: Any = None
    objective: Objective | None = None
    history: Any = None
    stop_training = False
    _compiled: Any = None
    #: ``step_on`` as a program, where it is compiled.
    _replayed: Any = None
    _jit: bool | str = "auto"

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        jit: bool | str = "auto",
        jit_compile: bool | str | None = None,
    ) -> None:
        """Say how the model is trained and measured.

        Optimizer, loss and metrics are names such as ``'sgd'``, ``'mean_squared_error'`` and
        ``'accuracy'``, or objects and functions of (prediction, target); one whose parameters
        are called ``y_true`` and ``y_pred`` gets them by name. With several outputs, loss and
        metrics may be lists or dicts by output.

        With ``jit`` (Keras's ``jit_compile``) the steps of training are
        traced once per shape and replayed as flat programs (``autograd.compile``): the same numbers
        in less time, but nothing to step into. A layer of your own that decides on numbers is
        refused. 'auto' does so in ``fit`` where there are many steps and no layer, function or
        callback is your own, and goes on without where it is refused.

        True compiles your own code too, and what that reads is read at the first batch of each
        shape: a number that a loss or layer of yours counts or takes from outside, or a momentum
        that a callback sets, stays what it was then. What changes from step to step must be asked
        for by ``autograd.each_call(lambda: …)``, random numbers too. Learning rates and schedules,
        weights, and running averages are seen as they are at each step.

        Raises:
            ValueError: a name that is not known, or no loss.
        """
        if loss is None:
            raise ValueError(
                "compile() got no loss; expected a name such as 'mean_squared_error', or a "
                "function of (prediction, target)."
            )
        self.optimizer = optimizers.get(optimizer)
        self._compiled = (loss, metrics, loss_weights)
        self.objective = None
        self._jit = checked_jit(jit if jit_compile is None else jit_compile)
        self._replayed = training_step(self.step_on, self._jit, 1)
        Objective(loss if not isinstance(loss, list | tuple | dict) else "mse", None, None, ["y"])

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        seed: int | np.random.Generator | None = None,
        initial_epoch: int = 0,
    ) -> History:
        """Train for a number of epochs; the History has loss, metrics and their ``val_…``.

        ``x (rows, features)``; ``y`` has the shape of the output, where ``(rows,)`` may stand for
        ``(rows, 1)``. ``batch_size`` is 32 unless given. ``validation_split`` takes the last rows,
        before any shuffling; ``validation_data`` is ``(x, y)`` or ``(x, y, weights)``. Loss and
        metrics of an epoch are those of its batches at the time of their step. ``seed`` decides
        the order of the rows in this run; by default the model's seed does. A run that goes on
        from an earlier one counts its epochs from ``initial_epoch`` up to ``epochs``. Targets are
        checked, all of them, before the first step.

        Raises:
            ValueError: no ``compile`` before, or data whose rows or shapes do not fit.
        """
        rows = as_rows(self, "fit()", x, y, sample_weight, class_weight)
        self.prepare(rows)
        self.check_targets(rows)
        rows, held_out = self._held_out(rows, validation_split, validation_data)
        size = as_batch_size(batch_size, rows)
        epochs = as_count(epochs, "fit(epochs)")
        if not 0 <= initial_epoch < epochs:
            raise ValueError(
                f"fit(initial_epoch) got {initial_epoch} with epochs={epochs}; expected a number "
                f"from 0 up to, not with, epochs, which counts the earlier epochs too."
            )
        rng = (as_generator(seed) if seed is not None else self.generator()) if shuffle else None
        if self._jit == "auto":
            steps = (epochs - initial_epoch) * -(-len(rows) // size)
            compiled = nothing_of_yours(self, as_callbacks(callbacks))
            self._replayed = training_step(self.step_on, "auto" if compiled else False, steps)
        params = {"epochs": epochs, "steps": -(-len(rows) // size), "verbose": verbose}
        self.history = History()
        all_callbacks = [*as_callbacks(callbacks), *progress_of(verbose), self.history]
        hooks = CallbackList(all_callbacks, self, params)
        return self._fit(rows, held_out, range(initial_epoch, epochs), size, rng, hooks)

    def _held_out(self, rows: Rows, split: float, data: Any) -> tuple[Rows, Rows | None]:
        """The rows to train on, and those to validate on, if any."""
        if data is not None:
            held_out = as_rows(self, "fit(validation_data)", *pair(data))
            self.check_targets(held_out)
            return rows, held_out
        return split_rows(rows, split) if split else (rows, None)

    def _fit(
        self, rows: Rows, held_out: Rows | None, epochs: range, size: int, rng: Any, hooks: Any
    ) -> History:
        self.stop_training = False
        logs: dict[str, float] = {}
        hooks.call("on_train_begin")
        try:
            for epoch in epochs:
                hooks.call("on_epoch_begin", epoch)
                logs = self._epoch(rows, size, rng, hooks)
                if held_out is not None:
                    measured = self._measure(held_out, size, hooks)
                    logs.update({f"val_{name}": number for name, number in measured.items()})
                hooks.call("on_epoch_end", epoch, logs)
                if self.stop_training:
                    break
        finally:
            hooks.call("on_train_end", logs)
        return self.history

    def _epoch(self, rows: Rows, size: int, rng: Any, hooks: Any) -> dict[str, float]:
        """Loss and metrics of one epoch: one step per batch."""
        running: dict[str, float] = {}
        seen, outputs = 0, []
        for number, batch in enumerate(batches(rows, size, rng)):
            hooks.call("on_train_batch_begin", number)
            losses, prediction = self.train_step(batch)
            add_up(running, losses, len(batch))
            seen += len(batch)
            if self.ready.has_metrics:
                outputs.append((prediction, batch.y))
            hooks.call("on_train_batch_end", number, losses)
            if self.stop_training:
                break
        means = {name: total / seen for name, total in running.items()}
        return {**means, **self._metrics(outputs)}

    def train_step(self, batch: Rows) -> tuple[dict[str, float], Any]:
        """Losses by name and predictions of a batch, before the step that it leads to."""
        step = self._replayed or self.step_on
        J, terms, prediction = step(batch.x, batch.y, batch.weight)
        return self.ready.named(J, terms), mapped(plain, prediction)

    def step_on(self, x: Any, y: Any, weight: Any) -> tuple[Any, Any, Any]:
        """One step: predict, compare, back-propagate, move; J, its terms, what was predicted."""
        self.optimizer.zero_grad()
        prediction = self(x, training=True)
        terms = self.ready.losses_of(prediction, y, weight)
        J = self.total_loss(terms)
        J.backward()
        self.optimizer.step()
        for constrain in self.ready.constraints:
            constrain()
        return J, terms if len(terms) > 1 else None, prediction

    def total_loss(self, losses: list[Any]) -> Any:
        """J of a batch: the losses of its outputs, and what the regularisers of the layers add."""
        terms = self.ready.weighted(losses)
        for penalty in self.ready.penalties:
            terms += penalty()
        return total(terms)

    @autograd.no_grad()
    def _measure(self, rows: Rows, size: int, hooks: Any) -> dict[str, float]:
        """Loss and metrics on these rows, without training."""
        hooks.call("on_test_begin")
        running: dict[str, float] = {}
        outputs = []
        for number, batch in enumerate(batches(rows, size)):
            hooks.call("on_test_batch_begin", number)
            prediction = self(batch.x, training=False)
            terms = self.ready.losses_of(prediction, batch.y, batch.weight)
            losses = self.ready.named(self.total_loss(terms), terms)
            add_up(running, losses, len(batch))
            outputs.append((mapped(plain, prediction), batch.y))
            hooks.call("on_test_batch_end", number, losses)
        means = {name: total / len(rows) for name, total in running.items()}
        logs = {**means, **self._metrics(outputs)}
        hooks.call("on_test_end", logs)
        return logs

    def _metrics(self, outputs: list[tuple[Any, Any]]) -> dict[str, float]:
        """The metrics over the predictions of all batches together."""
        if not outputs or not self.ready.has_metrics:
            return {}
        predictions = joined([prediction for prediction, _ in outputs])
        return self.ready.measure(predictions, joined([target for _, target in outputs]))

    def evaluate(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Loss on these rows, or a list of loss and metrics; a dict if ``return_dict``."""
        rows = as_rows(self, "evaluate()", x, y, sample_weight)
        self.prepare(rows)
        self.check_targets(rows)
        hooks = CallbackList(as_callbacks(callbacks), self, {"verbose": verbose})
        logs = self._measure(rows, as_batch_size(batch_size, rows), hooks)
        if progress_of(verbose):
            print(described(logs))
        return logs if return_dict else as_list(logs)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = 0,
        callbacks: Any = None,
    ) -> Any:
        """The outputs for these rows as arrays, computed batch by batch, without a graph.

        ``verbose`` is taken for Keras's sake; nothing is printed.
        """
        rows = as_rows(self, "predict()", x)
        hooks = CallbackList(as_callbacks(callbacks), self, {"verbose": verbose})
        size, outputs = as_batch_size(batch_size, rows), []
        if getattr(rows.x, "ndim", 2) == 1:
            size = len(rows)  # one sample ``(features,)`` is not cut into batches
        hooks.call("on_predict_begin")
        for number, batch in enumerate(batches(rows, size)):
            hooks.call("on_predict_batch_begin", number)
            outputs.append(self._outputs(batch.x))
            hooks.call("on_predict_batch_end", number, {"outputs": outputs[-1]})
        hooks.call("on_predict_end")
        return joined(outputs)

    @autograd.no_grad()
    def _outputs(self, x: Any) -> Any:
        """The outputs for one batch, as arrays."""
        return mapped(plain, self(x, training=False))

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for these rows as one batch."""
        return self._outputs(as_rows(self, "predict_on_batch()", x).x)

    def test_on_batch(
        self, x: Any, y: Any, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Loss of these rows as one batch, or a list with the metrics; nothing is trained."""
        rows = as_rows(self, "test_on_batch()", x, y, sample_weight)
        self.prepare(rows)
        logs = self._measure(rows, len(rows), CallbackList([], self, {}))
        return logs if return_dict else as_list(logs)

    def train_on_batch(
        self,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """One step on these rows as one batch; the loss before it, or a list with the metrics."""
        rows = as_rows(self, "train_on_batch()", x, y, sample_weight, class_weight)
        self.prepare(rows)
        losses, prediction = self.train_step(rows)
        logs = {**losses, **self._metrics([(prediction, rows.y)])}
        return logs if return_dict else as_list(logs)

    @property
    def ready(self) -> Objective:
        """The losses and metrics, once the model has been compiled and has seen data."""
        assert self.objective is not None
        return self.objective

    def prepare(self, rows: Rows) -> None:
        """Make the weights, give them to the optimizer and match the losses with the outputs.

        Raises:
            ValueError: no ``compile`` before, or targets that do not fit the outputs.
        """
        if self._compiled is None:
            raise ValueError(
                f"{self.name!r} was not compiled; expected compile(optimizer, loss) before fit, "
                f"evaluate and train_on_batch."
            )
        if self.objective is None or not self.built:
            with autograd.no_grad():
                outputs = self(rows.take(slice(0, 1)).x, training=False)
            loss, metrics, loss_weights = self._compiled
            self.objective = Objective(loss, metrics, loss_weights, self.output_names(outputs))
        self.ready.find_limits([layer for layer in layers_under(self) if layer.built])
        self.optimizer.build(self.parameters())

    @autograd.no_grad()
    def check_targets(self, rows: Rows) -> None:
        """Nothing, if the losses take the targets of all these rows, so far as they can say.

        Raises:
            ValueError: shapes that differ from those of the outputs, a class that is none; with
                its place in the data, and before anything is trained.
        """
        outputs = self(rows.take(slice(0, 1)).x, training=False)
        self.ready.check(outputs, rows.y, len(rows))

    def output_names(self, outputs: Any) -> list[str]:
        """What the outputs are called: keys, names of the layers that make them, or numbers."""
        if isinstance(outputs, dict):
            return list(outputs)
        graph = vars(self).get("_graph")
        if graph is not None:
            return [part.name for part in parts(graph.outputs)]
        return [f"output_{k + 1}" for k in range(len(parts(outputs)))]


def as_callbacks(callbacks: Any) -> list[Any]:
    """A list of the callbacks, of which there may be none, one or several."""
    if callbacks is None:
        return []
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]


def pair(validation_data: Any) -> tuple[Any, ...]:
    """``(x, y)`` or ``(x, y, weights)``, or the error that says what came instead."""
    if isinstance(validation_data, list | tuple) and len(validation_data) in (2, 3):
        return tuple(validation_data)
    raise ValueError(
        f"fit(validation_data) got a {type(validation_data).__name__}; expected (x, y) or "
        f"(x, y, sample_weight)."
    )


def add_up(running: dict[str, float], losses: dict[str, float], rows: int) -> None:
    """Add the losses of a batch of that many rows to the sums over all rows."""
    for name, number in losses.items():
        running[name] = running.get(name, 0.0) + number * rows


def plain(output: Any) -> Any:
    """The numbers of an output."""
    return output.data if isinstance(output, autograd.Value) else output


def joined(outputs: list[Any]) -> Any:
    """The rows of all batches together, for each of the outputs."""
    columns = [np.concatenate(arrays) for arrays in zip(*map(parts, outputs), strict=True)]
    remaining = iter(columns)
    return mapped(lambda _: next(remaining), outputs[0])


def as_list(logs: dict[str, float]) -> Any:
    """The loss alone, or a list of the loss and the metrics."""
    return list(logs.values()) if len(logs) > 1 else logs["loss"]
