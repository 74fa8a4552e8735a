"""Curriculum: one file per exercise, found by its name ``exNN_slug.py``; their order is data.

Adding an exercise is adding a file that defines ``EXERCISE``.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache

from ..exercise import Exercise
from .order import ELSEWHERE, PARTS


@cache
def modules() -> dict[int, str]:
    """The names of the exercises' modules by id."""
    found = {}
    for entry in pkgutil.iter_modules(__path__):
        match = re.fullmatch(r"ex(\d+)_\w+", entry.name)
        if match:
            found[int(match[1])] = entry.name
    return found


@cache
def find(number: int) -> Exercise:
    """The exercise of this id; only its own file is loaded.

    Raises:
        KeyError: there is none.
    """
    if number not in modules():
        raise KeyError(f"there is no exercise {number}; there are 1 to {max(modules())}.")
    return importlib.import_module(f"{__name__}.{modules()[number]}").EXERCISE


def ids() -> list[int]:
    """All ids in the order in which they are taught."""
    listed = [number for _, numbers in PARTS for number in numbers if number in modules()]
    return listed + sorted(set(modules()) - set(listed))


def exercises() -> list[Exercise]:
    """All exercises in the order in which they are taught."""
    return [find(number) for number in ids()]


def part_of(number: int) -> str:
    """The title of the part that an exercise belongs to."""
    for title, numbers in PARTS:
        if number in numbers:
            return title
    return ELSEWHERE
