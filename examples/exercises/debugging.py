"""Debugging: the learner's own code in Python's debugger, at the first probe that is wrong."""

from __future__ import annotations

import dis
import inspect
import json
import os
import pdb
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from .child import load_learner
from .curriculum import find
from .exercise import Exercise
from .folder import LearnError
from .mirror import mirrored, place_of
from .report import COMMAND, Line, report
from .runner import copy_modules, environment, own_files
from .verdict import MISSING, NOT_STARTED, Verdict, examine
from .views import show

#: Where the child finds its job: its input is the terminal.
JOB = "GLASSGRAD_EXERCISES_JOB"


def debug(exercise: Exercise, path: Path, mine: bool = False) -> int:
    """Show what is wrong and where it first goes wrong, then open the debugger there.

    Raises:
        LearnError: there is nothing to step through.
    """
    verdict = examine(exercise, path, mine)
    if verdict.status in (MISSING, NOT_STARTED):
        raise LearnError(f"exercise {exercise.id} is {verdict.status}: write something first.")
    show(report(verdict))
    if verdict.passed:
        show([Line("  nothing is wrong, so there is nothing to step to.")])
        return 0
    if verdict.trouble is not None and verdict.trouble.probe is None:
        return 1
    if verdict.divergence and verdict.mistakes:
        show([Line(f"first wrong step: {verdict.divergence}", "mistake")])
    if verdict.found is not None:
        return 1
    step_through_the_right_run(exercise, verdict.divergence)
    number = first_wrong(verdict)
    question = exercise.questions()[number]
    show(
        [
            Line(f"Stepping through probe {number + 1}: {question.text}", "head"),
            Line("  n next line · s step into · p NAME print · w where · c continue · q quit"),
        ]
    )
    return step_through(exercise, path, mine, number)


def step_through_the_right_run(exercise: Exercise, divergence: str) -> None:
    """For an engine that diverges: the stepper on the same graph, at the step that goes wrong."""
    trace = mirrored(exercise) if divergence else None
    if trace is None:
        return
    from viz.stepper.terminal import debug as stepper

    place = place_of(trace, divergence)
    show(
        [
            Line("What it should be: the same graph on autograd's Value, at that step.", "head"),
            Line("  s step · b back · h help · q on to your own code"),
        ]
    )
    stepper(trace, place)


def first_wrong(verdict: Verdict) -> int:
    """The number of the first probe that is wrong, or that did not end."""
    if verdict.trouble is not None and verdict.trouble.probe is not None:
        return verdict.trouble.probe
    return next(i for i, found in enumerate(verdict.differences) if found)


def step_through(exercise: Exercise, path: Path, mine: bool, number: int) -> int:
    """Run the debugger in a process of its own, without limits, at this terminal."""
    with tempfile.TemporaryDirectory(prefix="glassgrad-", ignore_cleanup_errors=True) as folder:
        work = Path(folder) / "work"
        work.mkdir()
        copy_modules(path.parent, work)
        job = {
            "exercise": exercise.id, "source": path.read_text(encoding="utf-8-sig"),
            "path": str(path), "mine": mine, "files": own_files(path.parent) if mine else {},
            "probe": number,
        }  # fmt: skip
        (Path(folder) / "job").write_text(json.dumps(job), encoding="utf-8")
        command = [sys.executable, "-P", "-c", "from exercises.debugging import main; main()"]
        variables = {**environment(), JOB: str(Path(folder) / "job")}
        subprocess.run(command, cwd=work, env=variables, check=False)
    show([Line(f"Mend it, then: {COMMAND} test {exercise.id}", "quiet")])
    return 1


def main() -> None:
    """In the child: load the learner's file, stop in each function of theirs, run the probe."""
    job = json.loads(Path(os.environ[JOB]).read_text(encoding="utf-8"))
    exercise = find(job["exercise"])
    module = load_learner(exercise, job)
    debugger = pdb.Pdb(nosigint=True, readrc=False)
    for line in first_lines(exercise, module):
        debugger.set_break(job["path"], line)
    debugger.rcLines.append("continue")
    try:
        debugger.runcall(exercise.questions()[job["probe"]].run, module)
    except SystemExit:
        return
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


def first_lines(exercise: Exercise, module: ModuleType) -> Iterator[int]:
    """The first line inside each function and method that the exercise asks for."""
    for name in exercise.names:
        for code in codes_of(getattr(module, name)):
            lines = [line for _, line in dis.findlinestarts(code) if line is not None]
            later = [line for line in lines if line > code.co_firstlineno]
            yield later[0] if later else code.co_firstlineno


def codes_of(thing: Any) -> Iterator[CodeType]:
    """The code of a function, or of a class's methods other than ``__init__``."""
    if inspect.isfunction(thing):
        yield thing.__code__
    elif inspect.isclass(thing):
        for name, method in vars(thing).items():
            if inspect.isfunction(method) and name != "__init__":
                yield method.__code__
