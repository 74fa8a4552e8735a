"""Clues: what the numbers themselves say about a mistake that has no name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .comparison import Difference
from .plain import Opaque, is_number

#: What a constant ratio yours/expected usually means.
RATIOS = {
    0.5: "half of what is expected: is a factor 2 missing?",
    2.0: "twice what is expected: is a factor 2 too many, or is something added twice?",
    -1.0: "the expected with the sign turned",
    -2.0: "−2 times what is expected",
    -0.5: "−½ times what is expected",
}


def clues(found: list[list[Difference]]) -> list[str]:
    """Sentences about the differences of all wrong probes, the most telling first."""
    texts: list[str] = []
    first = found[0]
    for difference in first:
        texts += shape_clue(difference)
    texts += swapped(first)
    for where in dict.fromkeys(d.where for d in first):
        pairs = [(d.expected, d.got) for ds in found for d in ds if d.where == where]
        texts += number_clue(where, pairs)
    return list(dict.fromkeys(texts))[:4]


def shape_clue(difference: Difference) -> list[str]:
    """What the shapes, or the type, of an answer say."""
    what = difference.where or "the answer"
    expected, got = difference.expected, difference.got
    if isinstance(got, Opaque):
        return [f"{what} is {got}; expected {kind_of(expected)}."]
    if got is None and difference.kind in ("type", "value", "shape"):
        return [f"{what} is None: is a return missing?"]
    if difference.kind == "changed":
        return [f"your code changes {', '.join(got) or 'nothing'} in place; work on a copy."]
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
    names = {str: "a text", list: "a list", dict: "a dict", type(None): "None"}
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


def number_clue(where: str, pairs: Iterable[tuple[Any, Any]]) -> list[str]:
    """What the ratios yours/expected say, over all wrong probes."""
    what, expected, got = where or "the answer", [], []
    for one, other in pairs:
        if not all(isinstance(x, np.ndarray) or is_number(x) for x in (one, other)):
            return []
        if np.shape(one) != np.shape(other):
            return []
        expected += np.ravel(np.asarray(one, dtype=float)).tolist()
        got += np.ravel(np.asarray(other, dtype=float)).tolist()
    right, mine = np.array(expected), np.array(got)
    if np.isnan(mine).any() and not np.isnan(right).any():
        return [f"{what} is NaN: look for 0/0, ∞ − ∞ or the logarithm of a negative number."]
    if np.isinf(mine).any() and not np.isinf(right).any():
        return [f"{what} is infinite: look for a division by 0, exp of a large number or log(0)."]
    return constant_ratio(what, right, mine)


def constant_ratio(what: str, right: Any, mine: Any) -> list[str]:
    """A sentence if yours/expected is one number everywhere, and there are two to compare."""
    kept = np.abs(right) > 1e-9
    if kept.sum() < 2 or not np.isfinite(mine).all():
        return []
    ratios = mine[kept] / right[kept]
    if np.allclose(mine, 0.0, atol=1e-12):
        return [f"{what} is 0 everywhere: does anything arrive there?"]
    if not np.allclose(ratios, ratios[0], rtol=1e-5):
        if np.allclose(np.abs(ratios), 1.0, rtol=1e-5):
            return [f"{what} has the right size everywhere, but the sign is wrong in places."]
        shift = (mine - right)[kept]
        if np.allclose(shift, shift[0], rtol=1e-5):
            return [f"{what} is too large by {shift[0]:.4g} everywhere: a constant is added."]
        return []
    ratio = float(ratios[0])
    for known, text in RATIOS.items():
        if np.isclose(ratio, known, rtol=1e-5):
            return [f"{what} is {text}."]
    for n in range(3, 1001):
        if np.isclose(ratio, 1 / n, rtol=1e-6):
            return [f"{what} is 1/{n} of what is expected: a mean where a sum belongs?"]
        if np.isclose(ratio, n, rtol=1e-6):
            return [f"{what} is {n} times what is expected: a sum where a mean belongs?"]
    return [f"{what} is {ratio:.6g} times what is expected, everywhere."]
