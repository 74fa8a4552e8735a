"""Plain: settings of layers and of compile as JSON, and back by look-up in closed tables."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import activations, constraints, initializers, losses, metrics, regularizers
from ..playground import playground_loss

#: Whole numbers in a file may be no larger; they become lengths of arrays.
LARGEST = 1 << 22

#: Functions of nn, by the kind of setting and then by name.
FUNCTIONS: dict[str, dict[str, Callable[..., Any]]] = {
    "activation": dict(activations.ACTIVATIONS),
    "loss": {
        **losses.LOSSES,
        "cross_entropy": losses.cross_entropy,
        "playground_loss": playground_loss,
    },
    "metric": dict(metrics.METRICS),
}
#: Classes of nn whose objects say what they are made of with ``settings()``.
OBJECTS: dict[str, dict[str, type]] = {
    "initializer": {kind.__name__: kind for kind in initializers.INITIALIZERS.values()},
    "regularizer": {
        kind.__name__: kind for kind in (regularizers.L1, regularizers.L2, regularizers.L1L2)
    },
    "constraint": {kind.__name__: kind for kind in constraints.CONSTRAINTS.values()},
    "loss": {
        kind.__name__: kind
        for kind in (
            losses.MeanSquaredError,
            losses.MeanAbsoluteError,
            losses.Huber,
            losses.Hinge,
            losses.BinaryCrossentropy,
            losses.CategoricalCrossentropy,
            losses.SparseCategoricalCrossentropy,
        )
    },
    "metric": {
        kind.__name__: kind
        for kind in (
            metrics.Accuracy,
            metrics.BinaryAccuracy,
            metrics.CategoricalAccuracy,
            metrics.SparseCategoricalAccuracy,
            metrics.Precision,
            metrics.Recall,
            metrics.F1Score,
            metrics.MeanAbsoluteError,
            metrics.MeanSquaredError,
            metrics.RootMeanSquaredError,
            metrics.R2Score,
        )
    },
}


def as_plain(thing: Any) -> Any:
    """``thing`` as JSON: numbers and text as they are, all else as an object with one key.

    Raises:
        TypeError: a function or an object of one's own, which JSON cannot hold.
    """
    if isinstance(thing, np.generic):
        thing = thing.item()
    if thing is None or isinstance(thing, bool | int | str):
        return thing
    if isinstance(thing, float):
        return thing if math.isfinite(thing) else {"float": str(thing)}
    if isinstance(thing, list | tuple):
        return {type(thing).__name__: [as_plain(part) for part in thing]}
    if isinstance(thing, dict) and all(isinstance(key, str) for key in thing):
        return {"dict": {key: as_plain(part) for key, part in thing.items()}}
    for kind, table in FUNCTIONS.items():
        for name, function in table.items():
            if function is thing:
                return {kind: name}
    for kind, classes in OBJECTS.items():
        if kind in ("loss", "metric") and isinstance(thing, type) and thing in classes.values():
            # Given as a class, it is made without arguments when it is used.
            thing = thing()
        if type(thing) in classes.values():
            return {kind: type(thing).__name__, "settings": as_plain(thing.settings())}
    name = getattr(thing, "__qualname__", None) or repr(thing)
    raise TypeError(f"the {type(thing).__name__} {name}, which is not part of nn")


def from_plain(plain: Any) -> Any:
    """What ``as_plain`` was given; names are looked up in the tables of this file only.

    Raises:
        ValueError: anything that ``as_plain`` does not write.
    """
    if plain is None or isinstance(plain, bool | str | float):
        return plain
    if isinstance(plain, int):
        return bounded(plain)
    if not isinstance(plain, dict) or not plain:
        raise ValueError(f"the setting {str(plain)[:60]!r} of an unknown kind")
    kind, value = next(iter(plain.items()))
    if len(plain) == 1:
        return from_single(kind, value)
    if len(plain) == 2 and kind in OBJECTS and isinstance(value, str) and "settings" in plain:
        made: Any = known(OBJECTS[kind], kind, value)
        return made(**from_plain(plain["settings"]))
    raise ValueError(f"the setting {str(plain)[:60]!r} of an unknown kind")


def from_single(kind: str, value: Any) -> Any:
    """The setting that is written as an object with one key."""
    if kind in ("list", "tuple") and isinstance(value, list):
        parts = [from_plain(part) for part in value]
        return tuple(parts) if kind == "tuple" else parts
    if kind == "dict" and isinstance(value, dict):
        # A seed is no length, so it may be of any size.
        return {k: x if k == "seed" and type(x) is int else from_plain(x) for k, x in value.items()}
    if kind == "float" and value in ("nan", "inf", "-inf"):
        return float(value)
    if kind in FUNCTIONS and isinstance(value, str):
        return known(FUNCTIONS[kind], kind, value)
    raise ValueError(f"the setting {str({kind: value})[:60]!r} of an unknown kind")


def known(table: dict[str, Any], kind: str, name: str) -> Any:
    """The thing of that name."""
    if name not in table:
        raise ValueError(f"the {kind} {name[:60]!r}, which is not among {', '.join(table)}")
    return table[name]


def bounded(number: int) -> int:
    """The whole number, if it could be a length of something that was saved."""
    if abs(number) > LARGEST:
        raise ValueError(f"the whole number {number}, larger than {LARGEST}")
    return number
