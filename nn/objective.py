"""Objective: what a compiled model is measured by, one loss and any metrics for each output."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Value

from . import losses, metrics
from .lazy_layer import LazyLayer
from .symbolic import mapped, parts

Measure = Callable[[Any, Any], Any]


class Objective:
    """The losses and metrics of ``compile``, spread over the outputs of the model.

    ``loss`` is a name, a function of (prediction, target), or for several outputs a list or dict
    of these; ``metrics`` a list, for several outputs a dict of lists or a list of lists.
    """

    def __init__(self, loss: Any, metrics: Any, loss_weights: Any, outputs: list[str]) -> None:
        self.outputs = outputs
        #: What the layers add to the loss; found before a run, not at each step of it.
        self.penalties: list[Callable[[], list[Any]]] = []
        #: What puts the weights of the layers back into their bounds after a step.
        self.constraints: list[Callable[[], None]] = []
        self.losses = [loss_named(one) for one in spread(loss, outputs, "loss")]
        weights = [1.0] * len(outputs)
        if loss_weights is not None:
            weights = spread(loss_weights, outputs, "loss_weights")
        self.loss_weights = weights
        self.metrics = [metrics_named(some) for some in spread_metrics(metrics, outputs)]

    def find_limits(self, layers: list[Any]) -> None:
        """Take over what these layers add to the loss and how they bound their weights."""
        self.penalties, self.constraints = [], []
        for layer in layers:
            rules = layer.weight_rules()
            own = type(layer).penalty is not LazyLayer.penalty
            if own or any(regularizer is not None for regularizer, _, _ in rules):
                self.penalties.append(layer.penalty)
            if any(constraint is not None for _, constraint, _ in rules):
                self.constraints.append(layer.constrain)

    def losses_of(self, prediction: Any, target: Any, weight: Any = None) -> list[Value]:
        """The loss of each output, before ``loss_weights``."""
        if isinstance(prediction, Value) and isinstance(target, np.ndarray):
            wanted = matched(target, prediction.shape)
            return [weighted_loss(self.losses[0], prediction, wanted, weight)]
        pairs = zip(parts(prediction), self.targets(prediction, target), strict=True)
        return [
            weighted_loss(loss, output, wanted, weight)
            for loss, (output, wanted) in zip(self.losses, pairs, strict=True)
        ]

    def weighted(self, terms: list[Value]) -> list[Value]:
        """The losses of the outputs, each times its weight in J."""
        pairs = zip(terms, self.loss_weights, strict=True)
        return [term if weight == 1 else term * weight for term, weight in pairs]

    def named(self, J: Value, terms: list[Value] | None) -> dict[str, float]:
        """J as ``loss``; with several outputs also the loss of each, as ``out_loss``."""
        numbers = {"loss": J.item()}
        if terms is not None and len(self.outputs) > 1:
            for name, term in zip(self.outputs, terms, strict=True):
                numbers[f"{name}_loss"] = term.item()
        return numbers

    def check(self, outputs: Any, target: Any, count: int) -> None:
        """Nothing, if the losses take all these targets; ``outputs`` are those of one row."""
        shapes = mapped(lambda out: np.broadcast_to(0.0, (count, *out.shape[1:])), outputs)
        pairs = zip(parts(shapes), self.targets(shapes, target), strict=True)
        for loss, (output, wanted) in zip(self.losses, pairs, strict=True):
            losses.check_targets(loss, output.shape, wanted)

    def targets(self, prediction: Any, target: Any) -> list[Any]:
        """The targets in the order of the outputs, each in a shape that its output can have."""
        outputs = parts(prediction)
        if target is None:
            raise TypeError("got y=None; expected the targets, one row for each row of x.")
        if isinstance(target, dict):
            if set(target) != set(self.outputs):
                raise ValueError(
                    f"y got targets named {sorted(target)}; expected {sorted(self.outputs)}."
                )
            target = [target[name] for name in self.outputs]
        targets = parts(target)
        if len(targets) != len(outputs):
            raise ValueError(
                f"y got {len(targets)} target{'s' * (len(targets) != 1)}; expected "
                f"{len(outputs)}, one for each output of the model."
            )
        return [matched(y, out.shape) for y, out in zip(targets, outputs, strict=True)]

    def measure(self, predictions: Any, targets: Any) -> dict[str, float]:
        """The metrics on these predictions, by name."""
        found = {}
        pairs = zip(parts(predictions), self.targets(predictions, targets), strict=True)
        for number, (prediction, target) in enumerate(pairs):
            prefix = f"{self.outputs[number]}_" if len(self.outputs) > 1 else ""
            for name, metric in self.metrics[number]:
                found[prefix + name] = number_of(metric(prediction, target), name)
        return found

    @property
    def has_metrics(self) -> bool:
        """True if there is any metric to compute."""
        return any(self.metrics)


def spread(setting: Any, outputs: list[str], what: str) -> list[Any]:
    """One setting per output, from one for all, a list or a dict by name of the output."""
    if isinstance(setting, dict):
        if set(setting) != set(outputs):
            raise ValueError(
                f"compile({what}) got entries for {sorted(setting)}; expected {sorted(outputs)}."
            )
        return [setting[name] for name in outputs]
    if isinstance(setting, list | tuple):
        if len(setting) != len(outputs):
            raise ValueError(
                f"compile({what}) got {len(setting)} entries; expected {len(outputs)}, one for "
                f"each output of the model."
            )
        return list(setting)
    return [setting] * len(outputs)


def spread_metrics(setting: Any, outputs: list[str]) -> list[list[Any]]:
    """The list of metrics of each output."""
    if setting is None:
        return [[] for _ in outputs]
    if isinstance(setting, dict):
        lists = [setting.get(name, []) for name in outputs]
        if unknown := set(setting) - set(outputs):
            raise ValueError(
                f"compile(metrics) got entries for {sorted(unknown)}; expected {sorted(outputs)}."
            )
    elif isinstance(setting, list | tuple) and any(isinstance(x, list | tuple) for x in setting):
        lists = spread(setting, outputs, "metrics")
    else:
        lists = [setting] * len(outputs)
    return [list(some) if isinstance(some, list | tuple) else [some] for some in lists]


def loss_named(loss: Any) -> Measure:
    """The loss of that name; a function of prediction and target is taken as it is."""
    found: Measure = losses.get(loss)
    return found


def metrics_named(some: list[Any]) -> list[tuple[str, Measure]]:
    """Pairs of name and metric."""
    found: list[tuple[str, Measure]] = []
    for metric in some:
        measure = metrics.get(metric)
        name = called(measure if isinstance(metric, type) else metric)
        found.append((metric if isinstance(metric, str) else name, measure))
    return found


def called(metric: Any) -> str:
    """What a metric is called in the history: its name."""
    return str(getattr(metric, "__name__", None) or getattr(metric, "name", type(metric).__name__))


def matched(target: Any, shape: tuple[int, ...]) -> Any:
    """``(n,)`` as ``(n, 1)`` where the output has one unit, as Keras does; else as it is.

    Everything else is left to the loss, which refuses shapes that do not fit.
    """
    if shape[1:] == (1,) and target.ndim == 1:
        return target.reshape(-1, 1)
    return target


def weighted_loss(loss: Measure, prediction: Any, target: Any, weight: Any) -> Any:
    """(1/n) Σ weight_i · loss_i; the plain loss without weights.

    A loss that does not know ``sample_weight`` is asked row by row, which is slow but right for
    every loss that is a mean over rows.
    """
    if weight is None:
        return scalar(loss, loss(prediction, target))
    if takes_weight(loss):
        return scalar(loss, loss(prediction, target, sample_weight=weight))  # type: ignore[call-arg]
    rows = []
    for k in range(len(weight)):
        row = slice(k, k + 1)
        one = scalar(loss, loss(prediction[row], target[row]))
        rows.append(one * (weight[k] / len(weight)))
    return total(rows)


def scalar(loss: Measure, result: Any) -> Value:
    """What a loss gave, if it is a scalar Value."""
    if not isinstance(result, Value):
        raise TypeError(
            f"the loss {called(loss)!r} returned {type(result).__name__}; expected a Value "
            f"computed from the prediction, such as ((prediction - target) ** 2).mean()."
        )
    if result.shape != ():
        raise ValueError(
            f"the loss {called(loss)!r} returned shape {result.shape}; expected a scalar. Reduce "
            f"it, for example with .mean()."
        )
    return result


def number_of(result: Any, name: str) -> float:
    """The number that a metric gives, which may be a Value."""
    numbers = result.data if isinstance(result, Value) else result
    if np.ndim(numbers) or not isinstance(numbers, int | float | np.generic | np.ndarray):
        raise TypeError(
            f"the metric {name!r} returned {type(result).__name__} of shape {np.shape(numbers)}; "
            f"expected a number, such as (prediction == target).mean()."
        )
    return float(numbers)


def takes_weight(loss: Any) -> bool:
    """True if the loss has a parameter called sample_weight."""
    try:
        return "sample_weight" in inspect.signature(loss).parameters
    except (TypeError, ValueError):
        return False


def total(terms: list[Any]) -> Any:
    """The sum of the terms; one alone is taken as it is."""
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    if isinstance(result, Value):
        result.label = "J"
    return result
