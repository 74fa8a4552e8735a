"""The steps of random programs: each in this engine's words and in PyTorch's.

Here those of elements, sums and shapes; `program_products` adds indices, products and networks.

A step takes one or two earlier values of any shape. What it needs beside them (an axis, a
permutation, a mask) is drawn for the shapes at hand and is the same plain data on both sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import numpy as np
import torch

import autograd as ag

F = torch.nn.functional
Shape = tuple[int, ...]
Interval = tuple[float, float]


class Kind(NamedTuple):
    """One kind of step.

    ``draw(random, *shapes)`` gives the settings, or None where the shapes do not fit. Operands
    are first brought smoothly into ``domains`` (None: taken as they are).
    """

    draw: Callable[..., dict[str, Any] | None]
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    domains: tuple[Interval | None, ...]


#: All kinds of steps by name.
KINDS: dict[str, Kind] = {}

EVERYWHERE: Interval = (-3.0, 3.0)
POSITIVE: Interval = (0.3, 3.0)
INSIDE_ONE: Interval = (-0.9, 0.9)
#: For functions with kinks and jumps: zeros and whole numbers, which are frequent, are led away.
LOPSIDED: Interval = (-2.9, 3.0371)


def nothing(random: Random, *shapes: Shape) -> dict[str, Any]:
    """No settings: the step takes any shapes."""
    return {}


def broadcasting(random: Random, a: Shape, b: Shape) -> dict[str, Any] | None:
    """No settings, where the shapes broadcast."""
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        return None
    return {}


def kind(name: str, draw: Any, ours: Any, theirs: Any, *domains: Interval | None) -> None:
    assert name not in KINDS
    KINDS[name] = Kind(draw, ours, theirs, domains)


# Elementwise

UNARY: dict[str, tuple[Any, Interval]] = {
    "negative": (torch.neg, EVERYWHERE), "exp": (torch.exp, EVERYWHERE),
    "exp2": (torch.exp2, EVERYWHERE), "expm1": (torch.expm1, EVERYWHERE),
    "log": (torch.log, POSITIVE), "log2": (torch.log2, POSITIVE), "log10": (torch.log10, POSITIVE),
    "log1p": (torch.log1p, POSITIVE), "sqrt": (torch.sqrt, POSITIVE),
    "square": (torch.square, EVERYWHERE), "reciprocal": (torch.reciprocal, POSITIVE),
    "sin": (torch.sin, EVERYWHERE), "cos": (torch.cos, EVERYWHERE), "tan": (torch.tan, INSIDE_ONE),
    "arcsin": (torch.arcsin, INSIDE_ONE), "arccos": (torch.arccos, INSIDE_ONE),
    "arctan": (torch.arctan, EVERYWHERE), "sinh": (torch.sinh, EVERYWHERE),
    "cosh": (torch.cosh, EVERYWHERE), "tanh": (torch.tanh, EVERYWHERE),
    "arcsinh": (torch.arcsinh, EVERYWHERE), "arccosh": (torch.arccosh, (1.2, 4.0)),
    "arctanh": (torch.arctanh, INSIDE_ONE), "radians": (torch.deg2rad, EVERYWHERE),
    "degrees": (torch.rad2deg, (-0.3, 0.4)),
    "erf": (torch.erf, EVERYWHERE), "erfc": (torch.erfc, EVERYWHERE),
    "sigmoid": (torch.sigmoid, EVERYWHERE), "relu": (F.relu, LOPSIDED),
    "leaky_relu": (F.leaky_relu, LOPSIDED), "elu": (F.elu, LOPSIDED),
    "gelu": (F.gelu, EVERYWHERE), "silu": (F.silu, EVERYWHERE),
    "softplus": (F.softplus, EVERYWHERE), "absolute": (torch.abs, LOPSIDED),
    "sign": (torch.sign, LOPSIDED), "floor": (torch.floor, LOPSIDED),
    "ceil": (torch.ceil, LOPSIDED), "trunc": (torch.trunc, LOPSIDED),
    "rint": (torch.round, LOPSIDED), "positive": (torch.positive, EVERYWHERE),
}  # fmt: skip
for name, (function, domain) in UNARY.items():
    kind(name, nothing, getattr(ag, name), function, domain)

BINARY: dict[str, tuple[Any, Interval | None, Interval | None]] = {
    "add": (torch.add, None, None), "subtract": (torch.sub, None, None),
    "multiply": (torch.mul, EVERYWHERE, None), "divide": (torch.div, None, POSITIVE),
    "power": (torch.pow, POSITIVE, EVERYWHERE), "logaddexp": (torch.logaddexp, None, None),
    "logaddexp2": (torch.logaddexp2, EVERYWHERE, EVERYWHERE),
    "arctan2": (torch.arctan2, POSITIVE, EVERYWHERE), "hypot": (torch.hypot, POSITIVE, EVERYWHERE),
    "copysign": (torch.copysign, LOPSIDED, LOPSIDED),
    "remainder": (torch.remainder, LOPSIDED, POSITIVE),
    "fmod": (torch.fmod, LOPSIDED, POSITIVE),
}  # fmt: skip
for name, (function, domain_a, domain_b) in BINARY.items():
    kind(name, broadcasting, getattr(ag, name), function, domain_a, domain_b)


for name in ("maximum", "minimum", "fmax", "fmin"):  # shifted, so that no two nearly tie
    kind(
        name, broadcasting, lambda a, b, name=name: getattr(ag, name)(a, b + 0.0123),
        lambda a, b, name=name: getattr(torch, name)(a, b + 0.0123), EVERYWHERE, EVERYWHERE,
    )  # fmt: skip


def number(random: Random, *shapes: Shape) -> dict[str, Any]:
    return {"c": round(random.uniform(-2, 2), 2)}


kind("plus number", number, lambda a, c: c + a, lambda a, c: c + a, None)
kind("number minus", number, lambda a, c: c - a, lambda a, c: c - a, None)
kind("times number", number, lambda a, c: a * c, lambda a, c: a * c, None)
kind("number over", number, lambda a, c: c / a, lambda a, c: c / a, POSITIVE)
kind("cube", nothing, lambda a: a**3, lambda a: a**3, EVERYWHERE)
kind("number to the power", nothing, lambda a: 2**a, lambda a: 2**a, EVERYWHERE)
kind("maximum of itself", nothing, lambda a: ag.maximum(a, a), lambda a: torch.maximum(a, a), None)
kind("times itself", nothing, lambda a: a * a, lambda a: a * a, EVERYWHERE)


def bounds(random: Random, *shapes: Shape) -> dict[str, Any]:
    low = round(random.uniform(-2, 0.5), 2)
    return {"low": low, "high": low + round(random.uniform(0.5, 2), 2)}


kind("clip", bounds, lambda a, low, high: ag.clip(a, low, high),
     lambda a, low, high: torch.clamp(a, low, high), LOPSIDED)  # fmt: skip


def condition(random: Random, a: Shape, b: Shape) -> dict[str, Any] | None:
    if broadcasting(random, a, b) is None:
        return None
    shape = np.broadcast_shapes(a, b)
    mask = [random.random() < 0.5 for _ in range(math.prod(shape))]
    return {"mask": np.array(mask, dtype=bool).reshape(shape)}


kind(
    "where", condition, lambda a, b, mask: ag.where(mask, a, b),
    lambda a, b, mask: torch.where(torch.as_tensor(mask), a, b), None, None,
)  # fmt: skip


# Reductions


def axes(random: Random, shape: Shape) -> dict[str, Any]:
    """Some axes of the shape, counted from either end, or None for all of them."""
    keepdims = random.random() < 0.4
    if not shape or random.random() < 0.2:
        return {"axis": None, "keepdims": keepdims}
    chosen = random.sample(range(len(shape)), random.randint(1, len(shape)))
    axis = tuple(k - len(shape) * (random.random() < 0.5) for k in chosen)
    return {"axis": axis if random.random() < 0.5 or len(axis) > 1 else axis[0],
            "keepdims": keepdims}  # fmt: skip


def dims(a: Any, axis: Any) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(a.ndim))
    return axis if isinstance(axis, tuple) else (axis,)


def reducing(function: Any) -> Any:
    def reduce(a: Any, axis: Any, keepdims: bool) -> Any:
        dim = dims(a, axis)
        return function(a, dim, keepdims) if dim else function(a.reshape(1), (0,), False)

    return reduce


def product(a: Any, dim: Any, keepdim: bool) -> Any:
    for k in sorted((k % a.ndim for k in dim), reverse=True):
        a = torch.prod(a, k, keepdim=keepdim)
    return a


REDUCTIONS: dict[str, tuple[Any, Interval | None]] = {
    "sum": (torch.sum, None), "mean": (torch.mean, None), "max": (torch.amax, None),
    "min": (torch.amin, None), "logsumexp": (torch.logsumexp, None),
    "prod": (product, (-1.4, 1.6)),
    "var": (lambda a, dim, keepdim: torch.var(a, dim, correction=0, keepdim=keepdim), None),
}  # fmt: skip
for name, (function, domain) in REDUCTIONS.items():
    kind(name, axes, getattr(ag, name), reducing(function), domain)


def varied(shape: Shape) -> Any:
    """Numbers that differ: the root of no deviation has no derivative in PyTorch."""
    return np.sin(np.arange(math.prod(shape)) * 7.0).reshape(shape)


def several(random: Random, shape: Shape) -> dict[str, Any] | None:
    drawn = axes(random, shape)
    chosen = range(len(shape)) if drawn["axis"] is None else np.atleast_1d(drawn["axis"])
    return drawn if math.prod(shape[k] for k in chosen) > 1 else None


kind(
    "std", several, lambda a, **s: ag.std(a + varied(a.shape), ddof=1, **s),
    lambda a, axis, keepdims: reducing(
        lambda a, dim, keepdim: torch.std(a, dim, correction=1, keepdim=keepdim)
    )(a + torch.as_tensor(varied(tuple(a.shape))), axis, keepdims), EVERYWHERE,
)  # fmt: skip
kind(
    "norm", axes,
    lambda a, axis, keepdims: ag.vector_norm(a, axis=axis, keepdims=keepdims),
    reducing(lambda a, dim, keepdim: torch.linalg.vector_norm(a, 2, dim, keepdim)), POSITIVE,
)  # fmt: skip


def one_axis(random: Random, shape: Shape) -> dict[str, Any] | None:
    return {"axis": random.randrange(-len(shape), len(shape))} if shape else None


for name, function, domain in (
    ("cumsum", torch.cumsum, None), ("cumprod", torch.cumprod, (-1.4, 1.6)),
    ("softmax", torch.softmax, None), ("log_softmax", torch.log_softmax, None),
):  # fmt: skip
    kind(
        name, one_axis, lambda a, axis, name=name: getattr(ag, name)(a, axis=axis),
        lambda a, axis, function=function: function(a, axis), domain,
    )  # fmt: skip
kind("sort", one_axis, lambda a, axis: ag.sort(a, axis),
     lambda a, axis: torch.sort(a, dim=axis, stable=True).values, None)  # fmt: skip


# Shapes


def other_shape(random: Random, shape: Shape) -> dict[str, Any]:
    size, new = math.prod(shape), []
    while size > 1 or random.random() < 0.2:
        factor = random.choice([n for n in range(1, size + 1) if size % n == 0])
        new.append(factor)
        size //= factor
    return {"shape": tuple(new)}


kind("reshape", other_shape, lambda a, shape: a.reshape(shape),
     lambda a, shape: a.reshape(shape), None)  # fmt: skip


def permutation(random: Random, shape: Shape) -> dict[str, Any]:
    return {"axes": tuple(random.sample(range(len(shape)), len(shape)))}


kind("transpose", permutation, lambda a, axes: a.transpose(axes) if axes else a.transpose(),
     lambda a, axes: a.permute(axes), None)  # fmt: skip


def two_axes(random: Random, shape: Shape) -> dict[str, Any] | None:
    if not shape:
        return None
    return {"i": random.randrange(-len(shape), len(shape)), "j": random.randrange(len(shape))}


kind("swapaxes", two_axes, lambda a, i, j: a.swapaxes(i, j),
     lambda a, i, j: torch.swapaxes(a, i, j), None)  # fmt: skip
kind("moveaxis", two_axes, lambda a, i, j: ag.moveaxis(a, i, j),
     lambda a, i, j: torch.movedim(a, i, j), None)  # fmt: skip
kind("flip", one_axis, lambda a, axis: ag.flip(a, axis), lambda a, axis: torch.flip(a, (axis,)),
     None)  # fmt: skip


def a_place(random: Random, shape: Shape) -> dict[str, Any]:
    return {"axis": random.randint(0, len(shape))}


kind("expand_dims", a_place, lambda a, axis: ag.expand_dims(a, axis),
     lambda a, axis: torch.unsqueeze(a, axis), None)  # fmt: skip
kind("squeeze", nothing, ag.squeeze, torch.squeeze, None)
kind("ravel", nothing, ag.ravel, torch.ravel, None)


def wider(random: Random, shape: Shape) -> dict[str, Any]:
    new = tuple(random.randint(1, 3) if n == 1 else n for n in shape)
    return {"shape": (random.randint(1, 2), *new)}


kind("broadcast_to", wider, lambda a, shape: ag.broadcast_to(a, shape),
     lambda a, shape: a.broadcast_to(shape), None)  # fmt: skip


def along(random: Random, shape: Shape) -> dict[str, Any] | None:
    drawn = one_axis(random, shape)
    return None if drawn is None else {**drawn, "n": random.randint(1, 3)}


kind("roll", along, lambda a, axis, n: ag.roll(a, n, axis),
     lambda a, axis, n: torch.roll(a, n, axis), None)  # fmt: skip
kind("repeat", along, lambda a, axis, n: ag.repeat(a, n, axis),
     lambda a, axis, n: torch.repeat_interleave(a, n, axis), None)  # fmt: skip


def times_each(random: Random, shape: Shape) -> dict[str, Any]:
    return {"reps": tuple(random.randint(1, 2) for _ in range(len(shape) + 1))}


kind(
    "tile", times_each, lambda a, reps: ag.tile(a, reps), lambda a, reps: torch.tile(a, reps), None
)


def widths(random: Random, shape: Shape) -> dict[str, Any]:
    return {"widths": [(random.randint(0, 1), random.randint(0, 1)) for _ in shape],
            "fill": round(random.uniform(-1, 1), 1)}  # fmt: skip


def pad_theirs(a: Any, widths: Any, fill: float) -> Any:
    return F.pad(a, [n for pair in reversed(widths) for n in pair], value=fill)


kind("pad", widths, lambda a, widths, fill: ag.pad(a, widths, constant_values=fill)
     if widths else a, pad_theirs, None)  # fmt: skip


def alike(random: Random, a: Shape, b: Shape) -> dict[str, Any] | None:
    return {"axis": random.randint(0, len(a))} if a == b else None


kind("stack", alike, lambda a, b, axis: ag.stack([a, b, a], axis),
     lambda a, b, axis: torch.stack([a, b, a], axis), None, None)  # fmt: skip


def joinable(random: Random, a: Shape, b: Shape) -> dict[str, Any] | None:
    if not a or len(a) != len(b):
        return None
    places = [k for k in range(len(a)) if a[:k] + a[k + 1 :] == b[:k] + b[k + 1 :]]
    return {"axis": random.choice(places)} if places else None


kind("concatenate", joinable, lambda a, b, axis: ag.concatenate([a, b], axis),
     lambda a, b, axis: torch.cat([a, b], axis), None, None)  # fmt: skip


def cut(random: Random, shape: Shape) -> dict[str, Any] | None:
    if not shape or max(shape) < 2:
        return None
    axis = random.choice([k for k, n in enumerate(shape) if n > 1])
    at = random.randint(1, shape[axis] - 1)
    return {"at": at, "axis": axis, "part": random.randint(0, 1)}


kind(
    "split", cut, lambda a, at, axis, part: ag.split(a, [at], axis)[part],
    lambda a, at, axis, part: torch.tensor_split(a, [at], axis)[part], None,
)  # fmt: skip
