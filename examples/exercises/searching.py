"""Searching: Hypothesis looks for an input on which an answer that passed every probe is wrong.

Inputs are made of picks from short lists of numbers, so that the smallest failing input is one
a learner can follow: 1 before 2 before 3, never 0, where much is invisible. What is found is the
list of picks; the parent makes the same input of it and judges anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .comparison import differences
from .exercise import Exercise, Probe
from .probing import ask, decoded

#: Inputs tried at most.
EXAMPLES = 60


class FoundError(Exception):
    """An input on which the learner's code and the reference differ."""


def search(exercise: Exercise, names: Any, right: Any, files: Sequence[str]) -> dict[str, Any]:
    """The picks of the smallest input found and what the learner's code answers; {} if none.

    Also {} where Hypothesis is not installed, or the exercise has no random inputs.
    """
    try:
        from hypothesis import HealthCheck, Phase, given, settings
        from hypothesis import strategies as st
    except ImportError:
        return {}
    make = exercise.random
    if make is None:
        return {}
    found: dict[str, Any] = {}

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    @given(st.data())
    def law(data: Any) -> None:
        picks: list[int] = []

        def pick(options: Sequence[Any]) -> Any:
            picks.append(data.draw(st.integers(0, len(options) - 1)))
            return options[picks[-1]]

        probe = make(pick)
        got = ask(probe, names, files)
        expected = decoded(ask(probe, right))
        if differences(expected, decoded(got), tolerance=exercise.tolerance):
            found.update(picks=list(picks), outcome=got.to_json())
            raise FoundError

    try:
        law()
    except FoundError:
        return found
    return {}


def replay(exercise: Exercise, picks: Sequence[int]) -> Probe | None:
    """The probe that a list of picks makes; None if it makes none."""
    rest = iter(picks)

    def pick(options: Sequence[Any]) -> Any:
        number = next(rest)
        if not isinstance(number, int) or not 0 <= number < len(options):
            raise ValueError(number)
        return options[number]

    try:
        return None if exercise.random is None else exercise.random(pick)
    except (StopIteration, ValueError, TypeError):
        return None
