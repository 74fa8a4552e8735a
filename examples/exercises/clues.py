"""Clues: what the numbers themselves say about a mistake that has no name."""

from __future__ import annotations

from typing import Any

import numpy as np

from .comparison import Difference
from .exercise import lettered
from .plain import Opaque, is_number
from .ratios import number_clue


def clues(found: list[list[Difference]]) -> list[str]:
    """Sentences about the differences of all wrong probes, the most telling first."""
    first = found[0]
    texts = swapped(first)
    if not texts:
        for difference in first:
            texts += shape_clue(difference)
    said: dict[str, list[str]] = {}
    for where in dict.fromkeys(d.where for d in first if d.kind == "value"):
        pairs = [(d.expected, d.got) for ds in found for d in ds if d.where == where]
        said.setdefault(number_clue(pairs), []).append(where or "the answer")
    texts += [f"{lettered(wheres)}: {tail}" for tail, wheres in said.items() if tail]
    return list(dict.fromkeys(texts))[:4]


def shape_clue(difference: Difference) -> list[str]:
    """What the shapes, or the type, of an answer say."""
    what = difference.where or "the answer"
    expected, got = difference.expected, difference.got
    if isinstance(got, Opaque):
        return [f"{what} is {got}; expected {kind_of(expected)}."]
    if got is None and difference.kind in ("type", "value", "shape"):
        return [f"{what} is None: is a return missing?"]
    if difference.kind == "length":
        return [f"{what} has {len(got)} items; expected {len(expected)}."]
    if difference.kind == "type":
        return [f"{what} is {kind_of(got)}; expected {kind_of(expected)}."]
    if difference.kind != "shape":
        return transposed(what, expected, got)
    text = f"{what} has shape {np.shape(got)}; expected {np.shape(expected)}"
    if np.shape(got) == np.shape(expected)[::-1] and np.ndim(got) == 2:
        return [f"{text}: is a transpose (.T) missing or too many?"]
    if np.size(got) == np.size(expected):
        return [f"{text}: as many numbers in another shape."]
    if np.ndim(expected) == 0:
        return [f"{text}: is a sum or a mean missing?"]
    return [f"{text}."]


def kind_of(value: Any) -> str:
    """A plain value's kind in words."""
    if isinstance(value, bool):
        return f"the truth value {value}"
    if is_number(value):
        return "a number"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, Opaque):
        return str(value)
    if isinstance(value, list):
        return f"a list or tuple of {len(value)}"
    names = {str: "a text", dict: "a dict", type(None): "None"}
    return names.get(type(value), type(value).__name__)


def transposed(what: str, expected: Any, got: Any) -> list[str]:
    """Whether an answer of the right shape is the transpose, or in the reverse order."""
    if not (isinstance(got, np.ndarray) and isinstance(expected, np.ndarray)):
        return []
    if got.ndim == 2 and got.shape == got.T.shape and alike(got.T, expected):
        return [f"{what} is the transpose of what is expected."]
    if got.ndim == 1 and got.size > 1 and alike(got[::-1], expected):
        return [f"{what} holds the right numbers in the reverse order."]
    return []


def swapped(found: list[Difference]) -> list[str]:
    """Whether two parts of the answer have each other's place."""
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            if alike(one.got, other.expected) and alike(other.got, one.expected):
                return [f"{one.where} and {other.where} have each other's place."]
    return []


def alike(one: Any, other: Any) -> bool:
    """True for equal numbers or arrays of one shape."""
    if not all(isinstance(x, np.ndarray) or is_number(x) for x in (one, other)):
        return False
    if np.shape(one) != np.shape(other):
        return False
    return bool(np.allclose(one, other, rtol=1e-6, equal_nan=True))
