"""Verdict: the parent's judgement on a run, from plain values and an exact count."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .clues import clues
from .comparison import Difference, differences
from .diagnosis import Diagnosis, diagnose
from .exercise import Exercise, Milestone, Probe, untouched
from .prerequisites import references, right_answers
from .probing import TO_DO, Outcome, ask, decoded
from .runner import Run, Trouble, run
from .searching import replay

#: The four states of an exercise.
PASSED, FAILED, NOT_STARTED, MISSING = "passed", "failed", "not started", "missing"


@dataclass(frozen=True)
class Verdict:
    """State of one exercise and why.

    ``differences`` has one list per probe (empty where the answer is right); ``diagnosis`` names
    typical mistakes; ``clues`` stand in where none is known. ``to_do`` is the
    first ``raise NotImplementedError`` that was met, ``divergence`` the first wrong contribution
    of an engine, ``found`` an input that a search has found, with what is wrong on it.
    """

    exercise: Exercise
    status: str
    path: Path
    outcomes: tuple[Outcome, ...] = ()
    differences: tuple[tuple[Difference, ...], ...] = ()
    diagnosis: Diagnosis | None = None
    clues: tuple[str, ...] = ()
    trouble: Trouble | None = None
    to_do: Outcome | None = None
    printed: str = ""
    divergence: str = ""
    found: Probe | None = None
    found_differences: tuple[Difference, ...] = ()

    @property
    def passed(self) -> bool:
        """True if every probe was answered rightly."""
        return self.status == PASSED

    @property
    def right(self) -> int:
        """How many probes were answered rightly."""
        return sum(not found for found in self.differences)

    @property
    def mistakes(self) -> list[str]:
        """The codes of the mistakes that explain everything, or []."""
        found = self.diagnosis.explanations if self.diagnosis else ()
        return list(found[0]) if found else []


def examine(
    exercise: Exercise, path: Path, mine: bool = False, seconds: float | None = None
) -> Verdict:
    """The verdict on the learner's file ``path``; its code runs only if it was touched."""
    try:
        source = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Verdict(exercise, MISSING, path)
    except UnicodeDecodeError as error:
        trouble = Trouble("load", f"byte {error.start} is not UTF-8", error="UnicodeDecodeError")
        return Verdict(exercise, FAILED, path, trouble=trouble)
    except OSError as error:
        trouble = Trouble("load", str(error.strerror).lower(), error=type(error).__name__)
        return Verdict(exercise, FAILED, path, trouble=trouble)
    if untouched(source):
        return Verdict(exercise, NOT_STARTED, path)
    return judge(exercise, path, run(exercise, source, path, mine, seconds))


def judge(exercise: Exercise, path: Path, done: Run) -> Verdict:
    """The verdict on a run: passed only if every probe has its answer and each is right."""
    expected, milestones = right_answers(exercise.id), exercise.milestones()
    found = tuple(
        tuple(differences(right, got, exercise.parts, exercise.tolerance))
        for right, got in zip(expected, done.outcomes, strict=False)
    )
    last = done.outcomes[len(expected) :]
    found += tuple(short_of(*pair) for pair in zip(milestones, last, strict=False))
    common = {
        "outcomes": done.outcomes, "differences": found, "printed": done.printed,
        "divergence": done.divergence,
    }  # fmt: skip
    if done.trouble is not None:
        return Verdict(exercise, FAILED, path, trouble=done.trouble, **common)  # type: ignore[arg-type]
    asked = len(expected) + len(milestones)
    if len(done.outcomes) != asked:
        trouble = Trouble("unfinished", f"{len(done.outcomes)} of {asked}")
        return Verdict(exercise, FAILED, path, trouble=trouble, **common)  # type: ignore[arg-type]
    if not any(found):
        probe, wrong = by_search(exercise, done)
        if wrong:
            texts = tuple(clues([wrong]))
            more = {"found": probe, "found_differences": tuple(wrong), "clues": texts}
            return Verdict(exercise, FAILED, path, **common, **more)  # type: ignore[arg-type]
        return Verdict(exercise, PASSED, path, **common)  # type: ignore[arg-type]
    waiting = [outcome for outcome in done.outcomes if outcome.raised == TO_DO]
    if waiting:
        return Verdict(exercise, FAILED, path, to_do=waiting[0], **common)  # type: ignore[arg-type]
    if not any(found[: len(expected)]):
        return Verdict(exercise, FAILED, path, **common)  # type: ignore[arg-type]
    diagnosis = diagnose(exercise, list(done.outcomes[: len(expected)]))
    texts = (
        ()
        if diagnosis.explanations
        else tuple(clues([list(ds) for ds in found[: len(expected)] if ds]))
    )
    return Verdict(exercise, FAILED, path, diagnosis=diagnosis, clues=texts, **common)  # type: ignore[arg-type]


def by_search(exercise: Exercise, done: Run) -> tuple[Probe | None, list[Difference]]:
    """The input that a search has found, made and judged anew; no differences if it is right."""
    probe = None if done.found is None else replay(exercise, done.picks)
    if probe is None or done.found is None:
        return None, []
    right = decoded(ask(probe, exercise.solve(references(exercise.id))))
    return probe, differences(right, done.found, exercise.parts, exercise.tolerance)


def short_of(milestone: Milestone, got: Outcome) -> tuple[Difference, ...]:
    """By what a milestone is missed, or ()."""
    if not got.raised and milestone.reached(got.value):
        return ()
    kind = "raised" if got.raised else "milestone"
    return (Difference("", milestone.wanted, got if got.raised else got.value, kind),)
