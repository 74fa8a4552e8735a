"""Why: expected, yours and finite differences side by side, probe by probe."""

from __future__ import annotations

from typing import Any

import numpy as np

from .plain import is_number, plain
from .prerequisites import right_answers
from .report import report, shown
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
    return 0 if verdict.passed else 1


def numbers(verdict: Verdict) -> list[int]:
    """The probes worth a table: the first wrong ones, or the first of all."""
    wrong = [i for i, found in enumerate(verdict.differences) if found]
    return wrong[:MOST_PROBES] or [0]


def table(verdict: Verdict, number: int) -> tuple[str, list[str], list[list[str]]]:
    """Title, heads and rows of one probe's table."""
    probe = verdict.exercise.probes()[number]
    rows = entries(verdict, number)
    heads = ["", "expected", "yours", "ratio"]
    if probe.numeric is not None:
        heads.append("finite difference")
    title = f"probe {number + 1}: {probe.text}"
    return title, heads, [row[: len(heads)] for row in rows]


def entries(verdict: Verdict, number: int) -> list[list[str]]:
    """Place, expected, yours, ratio and finite difference of each number of one answer."""
    exercise, probe = verdict.exercise, verdict.exercise.probes()[number]
    expected = flat(right_answers(exercise.id)[number].value, exercise.parts)
    outcome = verdict.outcomes[number]
    mine = flat(outcome.value, exercise.parts) if not outcome.raised else {}
    numeric = {} if probe.numeric is None else flat(plain(probe.numeric()), exercise.parts)
    rows = []
    for place in list(expected)[:MOST_ROWS]:
        right, yours = expected[place], mine.get(place)
        raised = shown(outcome) if outcome.raised else "—"
        rows.append(
            [
                place,
                shown(right),
                raised if yours is None else shown(yours),
                ratio(right, yours),
                shown(numeric[place]) if place in numeric else "",
            ]
        )
    return rows


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
