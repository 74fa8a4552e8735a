"""Diagnosis: which typical mistakes, alone or in pairs, explain every answer of a learner."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from .comparison import agree, differences
from .exercise import Exercise
from .prerequisites import answers, right_answers
from .probing import Outcome


@dataclass(frozen=True)
class Diagnosis:
    """Sets of mistakes that explain all ``probes`` answers; more than one where none is told
    from the others. ``partly`` is the mistake that explains most wrong answers, where no set
    explains all of them; ``unexplained`` is the first wrong probe that it leaves open."""

    explanations: tuple[tuple[str, ...], ...]
    probes: int
    partly: str | None = None
    explained: int = 0
    wrong: int = 0
    unexplained: int = 0

    @property
    def code(self) -> str:
        """The first explanation as text, ``no_two+gprime_at_a``; "" where there is none."""
        return "+".join(self.explanations[0]) if self.explanations else ""


def diagnose(exercise: Exercise, got: list[Outcome]) -> Diagnosis:
    """The mistakes that make the reference answer as the learner's code did, on every probe.

    Singles are tried before pairs. A pair counts only if it differs from each of its two.
    """
    truth = list(right_answers(exercise.id))
    singles = {code: answers(exercise, code) for code in exercise.mistakes}
    found: list[tuple[str, ...]] = [
        (code,) for code in singles if agree(singles[code], got, exercise.tolerance)
    ]
    if not found:
        for pair in combinations(exercise.mistakes, 2):
            if agree(answers(exercise, *pair), got, exercise.tolerance):
                found.append(pair)
    if found:
        return Diagnosis(tuple(found), len(got))
    return partial(exercise, truth, singles, got)


def partial(
    exercise: Exercise,
    truth: list[Outcome],
    singles: dict[str, list[Outcome]],
    got: list[Outcome],
) -> Diagnosis:
    """The single mistake that explains most of the wrong answers: at least half, and two."""
    tolerance = exercise.tolerance
    wrong = [i for i in range(len(got)) if differences(truth[i], got[i], tolerance=tolerance)]
    best, most, left = None, 0, 0
    for code, outcomes in singles.items():
        open_ = [i for i in wrong if differences(outcomes[i], got[i], tolerance=tolerance)]
        if len(wrong) - len(open_) > most:
            best, most, left = code, len(wrong) - len(open_), open_[0]
    if best is None or most < 2 or 2 * most < len(wrong):
        return Diagnosis((), len(got), wrong=len(wrong))
    return Diagnosis((), len(got), best, most, len(wrong), left)
