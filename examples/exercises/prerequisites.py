"""Prerequisites: what earlier exercises teach, from the references or from a learner's files."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

from . import assembly
from .curriculum import find, ids
from .exercise import Exercise
from .probing import Outcome, outcomes


class Given:
    """The names that exercises before ``level`` define, looked up as attributes.

    ``source(id)`` gives the namespace of one exercise. Where two exercises teach a name, the
    later one counts. From exercise 20 on, Value has its operators and ``backward()``.
    """

    def __init__(self, source: Callable[[int], Any], level: int) -> None:
        self._source, self.level = source, level

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in assembly.PROVIDED:
            return getattr(assembly, name)
        value = self.of(teacher(name, self.level), name)
        return assembly.assemble(value, self) if name == "Value" else value

    def of(self, number: int, name: str) -> Any:
        """What one exercise defines under ``name``."""
        return getattr(self._source(number), name)


def teacher(name: str, level: int) -> int:
    """The id of the last exercise before ``level`` that teaches ``name``.

    Raises:
        AttributeError: none does.
    """
    for number in sorted(ids(), reverse=True):
        if number < level and name in find(number).names and not find(number).methods:
            return number
    raise AttributeError(f"no exercise before {level} defines {name!r}")


def references(level: int) -> Given:
    """The reference's names for an exercise; classes are made anew on each call."""
    made: dict[int, SimpleNamespace] = {}

    def source(number: int) -> SimpleNamespace:
        if number not in made:
            made[number] = find(number).solve(Given(source, number))
        return made[number]

    return Given(source, level)


def answers(exercise: Exercise, *codes: str) -> list[Outcome]:
    """The reference's outcomes on all probes, with the mistakes ``codes`` switched on."""
    return list(known_answers(exercise.id, codes))


@cache
def known_answers(number: int, codes: tuple[str, ...]) -> tuple[Outcome, ...]:
    """The same, computed once."""
    exercise = find(number)
    names = exercise.solve(references(number), *codes)
    return tuple(outcomes(exercise.probes(), names))


def right_answers(number: int) -> tuple[Outcome, ...]:
    """The reference's outcomes without any mistake."""
    return known_answers(number, ())
