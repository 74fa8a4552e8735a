"""Ratios: what yours/expected says, when it is one number over many answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .plain import is_number

#: What a constant ratio yours/expected usually means.
MEANINGS = {
    0.5: "half of what is expected, everywhere. Is a factor 2 missing?",
    2.0: "twice what is expected, everywhere. Is a factor 2 too many, or something added twice?",
    -1.0: "the sign is turned, everywhere.",
    -2.0: "−2 times what is expected, everywhere.",
    -0.5: "−½ times what is expected, everywhere.",
}
#: The largest number of samples or units that a ratio is read as.
LARGEST = 1000


def number_clue(pairs: Iterable[tuple[Any, Any]]) -> str:
    """What (expected, yours) of all wrong probes say together, or ""."""
    right, mine = [], []
    for one, other in pairs:
        expected, got = numbers_of(one), numbers_of(other)
        if expected is None or got is None or len(expected) != len(got):
            return ""
        right.append(np.array(expected))
        mine.append(np.array(got))
    all_right, all_mine = np.concatenate(right), np.concatenate(mine)
    if np.isnan(all_mine).any() and not np.isnan(all_right).any():
        return "NaN. Look for 0/0, ∞ − ∞ or the logarithm of a negative number."
    if np.isinf(all_mine).any() and not np.isinf(all_right).any():
        return "infinite. Look for a division by 0, exp of a large number, or log(0)."
    return constant_ratio(all_right, all_mine) or ratio_per_probe(right, mine)


def numbers_of(value: Any) -> list[float] | None:
    """All numbers of an answer in order; None if it holds anything else."""
    if is_number(value):
        return [float(value)]
    if isinstance(value, np.ndarray):
        return [float(number) for number in value.ravel()]
    if not isinstance(value, list):
        return None
    found: list[float] = []
    for item in value:
        numbers = numbers_of(item)
        if numbers is None:
            return None
        found += numbers
    return found


def constant_ratio(right: Any, mine: Any) -> str:
    """A sentence if yours/expected is one number everywhere, and there are two to compare."""
    kept = np.abs(right) > 1e-9
    if kept.sum() < 2 or not np.isfinite(mine).all():
        return ""
    if np.allclose(mine, 0.0, atol=1e-12):
        return "0 everywhere. Does anything arrive there?"
    ratios = mine[kept] / right[kept]
    if not np.allclose(ratios, ratios[0], rtol=1e-5):
        return no_constant_ratio(ratios, (mine - right)[kept])
    ratio = float(ratios[0])
    for known, text in MEANINGS.items():
        if np.isclose(ratio, known, rtol=1e-5):
            return text
    return count_in(ratio) or f"{ratio:.6g} times what is expected, everywhere."


def no_constant_ratio(ratios: Any, shifts: Any) -> str:
    """Whether only signs are wrong, or a constant is added."""
    if np.allclose(np.abs(ratios), 1.0, rtol=1e-5):
        return "the right size everywhere, but in places the wrong sign."
    if np.allclose(shifts, shifts[0], rtol=1e-5):
        return f"too large by {shifts[0]:.4g} everywhere. A constant is added."
    return ""


def count_in(ratio: float) -> str:
    """A sentence if the ratio is a count n, or 1/n."""
    inverse = 1 / ratio if ratio else 0.0
    for number, text in (
        (inverse, "1/{} of what is expected. A mean where a sum belongs?"),
        (ratio, "{} times what is expected. A sum where a mean belongs?"),
    ):
        count = round(number)
        if 3 <= count <= LARGEST and np.isclose(number, count, rtol=1e-6):
            return text.format(count)
    return ""


def ratio_per_probe(right: list[Any], mine: list[Any]) -> str:
    """A sentence if yours/expected is one number within each probe, but not over all."""
    ratios = []
    for one, other in zip(right, mine, strict=True):
        kept = np.abs(one) > 1e-9
        if not kept.any() or not np.isfinite(other).all():
            return ""
        found = other[kept] / one[kept]
        if not np.allclose(found, found[0], rtol=1e-5):
            return ""
        ratios.append(float(found[0]))
    if len(ratios) < 2 or max(len(one) for one in right) < 2:
        return ""
    shown = ", ".join(f"{ratio:.4g}" for ratio in ratios[:4])
    return (
        f"in each wrong probe a constant times what is expected, each time another ({shown}). "
        f"Is it divided by, or multiplied with, a number of samples or units?"
    )
