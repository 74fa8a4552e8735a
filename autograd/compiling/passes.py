"""Passes over the steps of a tape: same results with fewer calls, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np

from .symbols import Step, Symbol, perform, replaced

#: Functions whose result depends on shape and dtype of the argument alone.
SHAPE_ONLY = {np.zeros_like, np.ones_like}


def live(steps: list[Step], wanted: list[Symbol]) -> list[Step]:
    """The steps that the wanted symbols need."""
    needed = set(wanted)
    kept = []
    for step in reversed(steps):
        if any(out in needed for out in step.outs):
            needed.update(step.inputs)
            kept.append(step)
    kept.reverse()
    return kept


def simplified(steps: list[Step]) -> tuple[list[Step], dict[Symbol, Any]]:
    """The steps without repetitions and constants, and what stands for each symbol left out."""
    new: dict[Symbol, Any] = {}
    seen: dict[Any, Step] = {}
    looked_into = {out.base for step in steps for out in step.outs}
    kept = []
    for step in steps:
        args, kwargs = step.args, step.kwargs
        if new:
            args, kwargs = replaced(args, new), replaced(kwargs, new) if kwargs else kwargs
        # Of an array that lies otherwise in memory, a look into it might be a copy.
        if (same := identity(step, args)) is not None and step.outs[0] not in looked_into:
            new[step.outs[0]] = same
            continue
        args = above_zero(step, args, seen)
        fresh = Step(step.kind, step.function, args, kwargs)
        fresh.out, fresh.outs = step.out, step.outs
        if is_constant(fresh):
            new.update(zip(step.outs, constants(fresh), strict=True))
            continue
        key = key_of(fresh)
        twin = seen.get(key) if key is not None else None
        if twin is not None:
            for out, other in zip(step.outs, twin.outs, strict=True):
                new[out] = other
            continue
        if key is not None:
            seen[key] = fresh
        for out in fresh.outs:
            out.step = fresh
            base = new.get(out.base) if out.base is not None else None
            if base is not None:
                out.base = base if isinstance(base, Symbol) else None
        kept.append(fresh)
    return kept, new


def is_constant(step: Step) -> bool:
    """True if the step gives the same at every call."""
    if step.function in SHAPE_ONLY:
        return True
    return not step.inputs


def constants(step: Step) -> list[Any]:
    """What a constant step gives, computed again where the trace has let go of it."""
    if all(out.is_there for out in step.outs):
        return [out.sample for out in step.outs]
    result = perform(step.kind, step.function, step.args, step.kwargs)
    return [result] if step.out is step.outs[0] else list(result)


def identity(step: Step, args: Any) -> Any:
    """The argument that the step gives back as it is, if it does: 1 · x, x as its own type."""
    if len(step.outs) != 1 or len(args) != 2:
        return None
    sample = step.outs[0].sample
    if step.kind == "method" and step.function == "astype" and isinstance(args[0], Symbol):
        same = np.dtype(args[1]) == getattr(args[0].sample, "dtype", None)
        return args[0] if same else None
    if step.function is np.multiply or step.function is np.divide:
        places = ((0, 1), (1, 0)) if step.function is np.multiply else ((0, 1),)
        for k, other in places:
            x, one = args[k], args[other]
            if not isinstance(one, Symbol) and isinstance(x, Symbol) and np.ndim(one) == 0:
                alike = np.shape(x.sample) == np.shape(sample) and type(x.sample) is type(sample)
                if one == 1 and alike and getattr(x.sample, "dtype", None) == sample.dtype:
                    return x
    return None


def above_zero(step: Step, args: Any, seen: dict[Any, Step]) -> Any:
    """max(x, 0) > 0 in place of x > 0, where the maximum is there: then x need not be kept.

    Both are false for NaN and true for the same numbers.
    """
    if step.function is not np.greater or step.kwargs:
        return args
    if not isinstance(args[1], int | float | np.floating) or args[1] != 0:
        return args
    for zero in (0, 0.0):
        rectified = seen.get(("function", np.maximum, hashable((args[0], zero)), ()))
        if rectified is not None:
            return rectified.outs[0], args[1]
    return args


def key_of(step: Step) -> Any:
    """What two steps that give the same have in common; None if that cannot be told."""
    try:
        key = (step.kind, step.function, hashable(step.args), hashable(step.kwargs))
        hash(key)
    except TypeError:
        return None
    return key


def hashable(x: Any) -> Any:
    """A nest of arguments that can be compared by hash: numbers with their types."""
    if isinstance(x, Symbol):
        return x
    if isinstance(x, tuple | list):
        return (type(x), *[hashable(part) for part in x])
    if isinstance(x, dict):
        return tuple((key, hashable(part)) for key, part in x.items())
    if isinstance(x, np.ndarray):
        return ("array", id(x))
    if isinstance(x, slice):
        return ("slice", hashable(x.start), hashable(x.stop), hashable(x.step))
    if isinstance(x, float | np.floating):
        return (type(x), np.float64(x).tobytes())
    return (type(x), x)
