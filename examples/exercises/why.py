"""Why: expected, yours and finite differences side by side, probe by probe."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .comparison import compare
from .plain import is_number, plain
from .prerequisites import right_answers
from .report import Line, report, shown
from .verdict import Verdict
from .views import show, show_table

#: Probes that are written out; numbers of one answer.
MOST_PROBES, MOST_ROWS = 3, 12


def why(verdict: Verdict) -> int:
    """Show the verdict and the tables."""
    show(report(verdict))
    if verdict.trouble is None and verdict.outcomes:
        for number in numbers(verdict):
            show_table(*table(verdict, number))
        if verdict.divergence and verdict.mistakes:
            show([Line(f"first wrong step: {verdict.divergence}", "mistake")])
    return 0 if verdict.passed else 1


def numbers(verdict: Verdict) -> list[int]:
    """The probes worth a table: the first wrong ones, or the first of all."""
    asked = len(verdict.exercise.probes())
    wrong = [i for i, found in enumerate(verdict.differences[:asked]) if found]
    return wrong[:MOST_PROBES] or [0]


class Entry(NamedTuple):
    """One number of an answer: its place, and the texts of what is expected and what came."""

    place: str
    expected: str
    yours: str
    ratio: str
    numeric: str
    agrees: bool


def table(verdict: Verdict, number: int) -> tuple[str, list[str], list[list[str]]]:
    """Title, heads and rows of one probe's table."""
    probe = verdict.exercise.probes()[number]
    heads = ["", "expected", "yours", "ratio"]
    if probe.numeric is not None:
        heads.append("finite difference")
    found = entries(verdict, number, MOST_ROWS)
    rows = [[e.place, e.expected, e.yours, e.ratio, e.numeric][: len(heads)] for e in found]
    return f"probe {number + 1}: {probe.text}", heads, rows


def entries(verdict: Verdict, number: int, most: int) -> list[Entry]:
    """The numbers of one answer beside the expected and the measured ones."""
    exercise, probe = verdict.exercise, verdict.exercise.probes()[number]
    expected = flat(right_answers(exercise.id)[number].value, exercise.parts)
    outcome = verdict.outcomes[number]
    mine = flat(outcome.value, exercise.parts) if not outcome.raised else {}
    numeric = {} if probe.numeric is None else flat(plain(probe.numeric()), exercise.parts)
    found = []
    for place in list(expected)[:most]:
        right, yours = expected[place], mine.get(place)
        missing = shown(outcome) if outcome.raised else "—"
        found.append(
            Entry(
                place,
                shown(right),
                missing if yours is None else shown(yours),
                ratio(right, yours),
                shown(numeric[place]) if place in numeric else "",
                not compare(right, yours, "", (), exercise.tolerance),
            )
        )
    return found


def flat(value: Any, parts: tuple[str, ...] = (), where: str = "") -> dict[str, Any]:
    """The numbers of a plain value by place: ``dw[0]``, ``deltas[1][0]``."""
    if isinstance(value, dict):
        items = [(f"{where}.{key}" if where else key, item) for key, item in value.items()]
    elif (
        isinstance(value, list | np.ndarray) and np.ndim(value) != 0
        if (isinstance(value, np.ndarray))
        else isinstance(value, list)
    ):
        items = [
            (parts[i] if i < len(parts) else f"{where}[{i}]", item) for i, item in enumerate(value)
        ]
    else:
        number = float(value) if isinstance(value, np.floating | np.ndarray) else value
        return {where or "result": number}
    found: dict[str, Any] = {}
    for place, item in items:
        found.update(flat(item, (), place))
    return found


def ratio(right: Any, yours: Any) -> str:
    """yours/expected in four digits."""
    if not (is_number(right) and is_number(yours)) or right == 0 or isinstance(right, bool):
        return ""
    return f"{yours / right:.4g}"
