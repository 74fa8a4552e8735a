"""What may be fed to a network, a loss or a constructor, and how it is made uniform."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Value, stack

ARRAYS = (Value, np.ndarray)


def as_features(x: Any) -> Any:
    """``x`` as one Value or array; a list of numbers becomes an array, of Values is stacked.

    Raises:
        TypeError: for text, complex numbers and other things that are not real numbers.
        ValueError: for lists whose rows differ in length.
    """
    if isinstance(x, ARRAYS) or hasattr(x, "__traced__"):
        return x
    if _holds_values(x):
        return stack([as_features(element) for element in x])
    return Value(x, requires_grad=False).data


def _holds_values(x: Any) -> bool:
    if isinstance(x, list | tuple):
        return any(_holds_values(element) for element in x)
    return isinstance(x, Value)


def wrong_features(receiver: str, shape: tuple[int, ...], inputs: int) -> ValueError:
    """The error for an input whose last axis is not the features that ``receiver`` expects."""
    hint = ""
    if len(shape) == 2 and shape[0] == inputs:
        hint = " Did you mean x.T?"
    elif inputs == 1 and len(shape) < 2:
        hint = " Did you mean x.reshape(-1, 1)?" if shape else " Did you mean [x]?"
    return ValueError(
        f"{receiver} got x of shape {shape}; expected (batch, {inputs}) or ({inputs},).{hint}"
    )


def as_numbers(x: Any) -> Any:
    """The numbers of ``x`` (array, list or Value) as a plain array, for what needs no graph."""
    x = as_features(x)
    return x.data if isinstance(x, Value) else x


def as_generator(seed: int | np.random.Generator | None) -> np.random.Generator:
    """A random generator: the one given, or a new one from an int seed; None is a fresh seed."""
    if isinstance(seed, np.random.Generator):
        return seed
    if seed is None or (isinstance(seed, int | np.integer) and not isinstance(seed, bool)):
        return np.random.default_rng(seed)
    raise TypeError(
        f"seed or rng got {seed!r} of type {type(seed).__name__}; expected an int, "
        f"a np.random.Generator, or None for a fresh one."
    )


def as_count(number: Any, what: str) -> int:
    """``number`` as a positive int, or the error that says what ``what`` got instead."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer):
        raise TypeError(
            f"{what} got {number!r} of type {type(number).__name__}; expected a positive int."
        )
    if number < 1:
        raise ValueError(f"{what} got {number}; expected a positive int.")
    return int(number)
