"""Progress: derived from the learner's files; what is stored is a cache that may be deleted."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path

from viz.output import OutputError, write_whole

from .curriculum import exercises, find
from .exercise import Exercise, digest, untouched
from .folder import Folder
from .verdict import MISSING, NOT_STARTED, PASSED, Verdict, examine


@dataclass(frozen=True)
class State:
    """Where a learner stands with one exercise."""

    exercise: Exercise
    status: str
    mistakes: tuple[str, ...] = ()
    right: int = 0
    asked: int = 0
    given_up: bool = False

    @property
    def done(self) -> bool:
        """True if the file as it is passes."""
        return self.status == PASSED


@cache
def kit_digest(number: int) -> str:
    """Stands for the version of the kit and of one exercise."""
    source = inspect.getsource(inspect.getmodule(find(number).reference))  # type: ignore[arg-type]
    try:
        version = metadata.version("glassgrad")
    except metadata.PackageNotFoundError:
        version = "?"
    return digest(f"{version}\n{source}")


class Cache:
    """Results by exercise, each valid for one text of the learner's file and one kit."""

    def __init__(self, folder: Folder) -> None:
        self.folder, self.path = folder, folder.cache / "results.json"
        self.results: dict[str, dict] = {}
        with suppress(OSError, ValueError):
            found = json.loads(self.path.read_text(encoding="utf-8"))
            self.results = found if isinstance(found, dict) else {}

    def state(self, exercise: Exercise) -> State | None:
        """What is known of the file as it is now; None if it has to be tested."""
        try:
            text = self.folder.path(exercise).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return State(exercise, MISSING)
        except (OSError, UnicodeDecodeError):
            return None
        if untouched(text):
            return State(exercise, NOT_STARTED)
        entry = self.results.get(str(exercise.id))
        with suppress(KeyError, TypeError, ValueError):
            if entry and entry["file"] == digest(text) and entry["kit"] == kit_digest(exercise.id):
                right, asked = int(entry["right"]), int(entry["asked"])
                return State(exercise, entry["status"], tuple(entry["mistakes"]), right, asked)
        return None

    def keep(self, verdict: Verdict) -> State:
        """Remember a verdict; where the folder cannot be written, forget it quietly."""
        asked = len(verdict.outcomes)
        state = State(
            verdict.exercise, verdict.status, tuple(verdict.mistakes), verdict.right, asked
        )  # fmt: skip
        with suppress(OSError, UnicodeDecodeError, OutputError):
            self.results[str(verdict.exercise.id)] = {
                "file": digest(verdict.path.read_text(encoding="utf-8-sig")),
                "kit": kit_digest(verdict.exercise.id),
                "status": verdict.status,
                "mistakes": verdict.mistakes,
                "right": verdict.right,
                "asked": asked,
            }
            self.path.parent.mkdir(exist_ok=True)
            text = json.dumps(self.results, indent=1) + "\n"
            write_whole(self.path, text.encode("utf-8"))
        return state


def states(folder: Folder, testing: Callable[[Exercise], None] | None = None) -> list[State]:
    """Where the learner stands with every exercise; files that have changed are tested now.

    ``testing`` is told of each exercise that has to be tested.
    """
    cache, given_up, found = Cache(folder), seen_solutions(folder), []
    for exercise in exercises():
        state = cache.state(exercise)
        if state is None:
            if testing is not None:
                testing(exercise)
            state = cache.keep(examine(exercise, folder.path(exercise)))
        if exercise.id in given_up:
            state = replace(state, given_up=True)
        found.append(state)
    return found


def given_up_file(folder: Folder) -> Path:
    """Where it is recorded which solutions were shown before the exercise was done."""
    return folder.root / "given-up.json"


def seen_solutions(folder: Folder) -> set[int]:
    """The ids of the exercises that were given up."""
    with suppress(OSError, ValueError, TypeError):
        return set(json.loads(given_up_file(folder).read_text(encoding="utf-8")))
    return set()


def give_up(folder: Folder, exercise: Exercise) -> None:
    """Record that the solution is shown before the exercise is done."""
    seen = sorted(seen_solutions(folder) | {exercise.id})
    write_whole(given_up_file(folder), (json.dumps(seen) + "\n").encode("utf-8"))
