"""Normalisation, dropout and embeddings: the parts of a network that hold no sum of products."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from ..data import own_array
from ..modes import each_call
from ..node import Node
from ..value import Value, record, unary


def layer_normalization(
    a: Any, weight: Any = None, bias: Any = None, axis: Any = None, eps: float = 1e-5
) -> Value:
    """Each row with mean 0 and variance 1, times ``weight``, plus ``bias``.

    ``axis`` names the last axis, or several last ones as a tuple; None takes as many as the
    weight has. ``weight`` (None: ones) and ``bias`` (None: zeros) have the shape of these axes.
    """
    shape = _shape(a)
    if axis is None:
        axis = tuple(range(-max(1, len(_shape(weight))), 0)) if weight is not None else -1
    axes = sorted(int(k) % len(shape) for k in np.atleast_1d(axis)) if shape else []
    if not axes or axes != list(range(len(shape) - len(axes), len(shape))):
        raise ValueError(
            f"layer_normalization() got axis={axis!r} for shape {shape}; expected the last axis, "
            f"or several last ones, such as (-2, -1)."
        )
    inputs = _filled("layer_normalization", a, weight, bias, shape[axes[0] :])
    return record(ops.LayerNormalization, inputs, {"eps": eps})


def batch_normalization(a: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Value:
    """Each feature with mean 0 and variance 1 over the batch, times ``weight``, plus ``bias``.

    The input is ``(batch, features, …)``; ``weight`` (None: ones) and ``bias`` (None: zeros) are
    ``(features,)``.
    The statistics are those of this batch, as in training: for running ones see ``nn``.
    """
    inputs = _filled("batch_normalization", a, weight, bias, _shape(a)[1:2])
    return record(ops.BatchNormalization, inputs, {"eps": eps})


def _filled(
    name: str, a: Any, weight: Any, bias: Any, shape: tuple[int, ...]
) -> tuple[Any, Any, Any]:
    dtype = a.dtype if isinstance(a, Node) else np.float64
    for what, given in (("weight", weight), ("bias", bias)):
        if given is not None and _shape(given) != shape:
            raise ValueError(
                f"{name}() got a {what} of shape {_shape(given)} for an input of shape "
                f"{_shape(a)}; expected {shape}."
            )
    weight = np.ones(shape, dtype) if weight is None else weight
    return a, weight, np.zeros(shape, dtype) if bias is None else bias


def dropout(a: Any, rate: float = 0.5, training: bool = True, rng: Any = None) -> Value:
    """Each element dropped with probability ``rate``, the others divided by 1 - rate.

    ``rng`` is a ``np.random.Generator``, or a seed; None draws a fresh one. The mask is a setting
    of the result: ``y.settings["mask"]`` is True where an element was kept. With
    ``training=False`` nothing is dropped.
    """
    if not isinstance(rate, int | float | np.number) or not 0 <= rate <= 1:
        raise ValueError(f"dropout() got rate={rate!r}; expected a number from 0 to 1.")
    if not training:
        return a if isinstance(a, Value) else Value(a, requires_grad=False)
    generator = np.random.default_rng(rng)
    shape = _shape(a)
    mask = each_call(lambda: np.asarray(generator.random(shape) >= rate))
    return unary(a, ops.Dropout, {"mask": mask, "rate": float(rate)})


def embedding(weight: Any, indices: Any) -> Value:
    """Rows of a table, looked up: ``weight (rows, features)``, ``indices (…) -> (…, features)``.

    Raises:
        TypeError: indices that are not integers.
        ValueError: an index outside ``0 … rows - 1``; the message says which and where.
    """
    given = own_array(indices._array if isinstance(indices, Node) else indices)
    if given.size == 0 and isinstance(indices, list | tuple):
        given = given.astype(np.intp)  # an empty list has no type of its own
    if given.dtype.kind not in "iu":
        raise TypeError(
            f"embedding() got indices of dtype {given.dtype}; expected integers, one per row to "
            f"look up."
        )
    return unary(weight, ops.Embedding, {"indices": given.astype(np.intp)})


def _shape(x: Any) -> tuple[int, ...]:
    return x.shape if isinstance(x, Node) else np.shape(x)
