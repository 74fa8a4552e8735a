"""Verbs: what each command of the kit does; each returns the exit status."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .curriculum import exercises
from .folder import (
    Folder,
    LearnError,
    create,
    exercise_of,
    find_folder,
    reset,
    undo,
    update,
)
from .progress import Cache, State, give_up, states
from .report import COMMAND, Line, report, task_lines
from .solution import solution_text
from .verdict import NOT_STARTED, examine
from .views import console, show, show_progress

#: Exit statuses: all is well; something fails; the command cannot be done.
WELL, FAILS = 0, 1


def here() -> Folder:
    """The exercise folder that the command was given in."""
    return find_folder(Path.cwd())


def do_init(arguments: argparse.Namespace) -> int:
    """A new folder with all stubs."""
    root = Path(arguments.folder)
    folder = create(root)
    first = exercises()[0]
    show(
        [
            Line(f"{len(exercises())} exercises are in {folder.root}.", "good"),
            Line(f"  cd {quoted(root)} && {COMMAND} watch", "head"),
            Line(f"  then open {first.file_name}, write, and save."),
        ]
    )
    return WELL


def quoted(path: Path) -> str:
    """A path as one would type it."""
    text = str(path)
    return f'"{text}"' if " " in text else text


def do_next(arguments: argparse.Namespace) -> int:
    """The first exercise that does not pass."""
    state = next((state for state in tested(here()) if not state.done), None)
    if state is None:
        show([Line("All exercises are done.", "good")])
        return WELL
    show(task_lines(state.exercise))
    return WELL


def tested(folder: Folder) -> list[State]:
    """Where the learner stands, with a word on each exercise that has to be tested now."""
    with console().status("") as status:
        return states(folder, lambda exercise: status.update(f"testing {exercise.file_name}"))


def do_test(arguments: argparse.Namespace) -> int:
    """The verdicts on the exercises named, or on all that were started."""
    folder = here()
    chosen = [exercise_of(text) for text in arguments.ids] or exercises()
    cache, failed, seen = Cache(folder), 0, 0
    for exercise in chosen:
        verdict = examine(exercise, folder.path(exercise), arguments.mine)
        if not arguments.mine:
            cache.keep(verdict)
        if verdict.status == NOT_STARTED and not arguments.ids:
            continue
        seen += 1
        failed += not verdict.passed
        show(report(verdict))
    if not seen:
        show([Line(f"Nothing is started yet: {COMMAND} next shows where to begin.")])
    elif seen > 1:
        show([Line(f"{seen - failed} of {seen} pass.", "good" if not failed else "bad")])
    return FAILS if failed else WELL


def do_hint(arguments: argparse.Namespace) -> int:
    """One of the three hints."""
    exercise, level = exercise_of(arguments.id), arguments.level
    kind = ("the idea", "the formula", "the line")[level - 1]
    lines = [
        Line(f"{exercise.id} · {exercise.title}: hint {level} of 3, {kind}", "head"),
        *(Line(f"  {line}") for line in exercise.hints[level - 1].splitlines()),
    ]
    if level < 3:
        lines.append(Line(f"  More: {COMMAND} hint {exercise.id} {level + 1}", "quiet"))
    show(lines)
    return WELL


def do_why(arguments: argparse.Namespace) -> int:
    """Expected, yours and finite differences, side by side."""
    from .comparison_picture import draw_comparison
    from .why import numbers, why

    folder, exercise = here(), exercise_of(arguments.id)
    verdict = examine(exercise, folder.path(exercise), arguments.mine)
    status = why(verdict)
    if arguments.picture is not None and verdict.outcomes:
        draw_comparison(verdict, numbers(verdict)[0]).save(arguments.picture)
        show([Line(f"drawn in {arguments.picture}", "quiet")])
    return status


def do_debug(arguments: argparse.Namespace) -> int:
    """The learner's code, step by step, from the first wrong number."""
    from .debugging import debug

    folder, exercise = here(), exercise_of(arguments.id)
    return debug(exercise, folder.path(exercise), arguments.mine)


def do_solution(arguments: argparse.Namespace) -> int:
    """The reference as source text, once the learner's passes or they give up.

    Raises:
        LearnError: the exercise is not done.
    """
    folder, exercise = here(), exercise_of(arguments.id)
    state = Cache(folder).state(exercise)
    if state is None:
        state = Cache(folder).keep(examine(exercise, folder.path(exercise)))
    if not state.done:
        if not arguments.give_up:
            raise LearnError(
                f"exercise {exercise.id} is not done yet; '{COMMAND} hint {exercise.id} 3' shows "
                f"the line, and --give-up the solution (this is recorded)."
            )
        give_up(folder, exercise)
    show_source(solution_text(exercise))
    show([Line(line, "formula") for line in exercise.formula.strip().splitlines()])
    return WELL


def show_source(text: str) -> None:
    """Python source, in colours where the terminal has them."""
    from rich.syntax import Syntax

    target = console()
    if target.is_terminal:
        target.print(Syntax(text, "python", background_color="default"))
    else:
        print(text)


def do_reset(arguments: argparse.Namespace) -> int:
    """The stub again; the learner's text goes to the backups."""
    folder, exercise = here(), exercise_of(arguments.id)
    kept = reset(folder, exercise)
    lines = [Line(f"{exercise.file_name} is the stub again.", "good")]
    if kept is not None:
        back = kept.relative_to(folder.root)
        lines.append(
            Line(f"  yours is kept in {back}; {COMMAND} undo {exercise.id} brings it back.")
        )
    show(lines)
    return WELL


def do_undo(arguments: argparse.Namespace) -> int:
    """The newest backup again."""
    folder = here()
    path, kept = undo(folder, None if arguments.id is None else exercise_of(arguments.id))
    show(
        [
            Line(f"{path.name} is what it was before.", "good"),
            Line(f"  what stood there is in {kept.relative_to(folder.root)}; undo again to redo."),
        ]
    )
    return WELL


def do_list(arguments: argparse.Namespace) -> int:
    """The progress view."""
    folder = here()
    show_progress(tested(folder), folder.root.name)
    return WELL


def do_draw(arguments: argparse.Namespace) -> int:
    """A network on the learner's own engine, drawn by our figures."""
    from .own_picture import draw_own

    file = Path(arguments.file).absolute()
    draw_own(here(), file)
    show([Line(f"drawn in {file}: a 2-2-1 network on your own Value, after backward.", "good")])
    return WELL


def do_update(arguments: argparse.Namespace) -> int:
    """New stubs for what was not started; a diff for what was."""
    done = update(here())
    lines = []
    for name, what in done.items():
        if what in ("new", "updated"):
            lines.append(Line(f"{name}: {what}", "good"))
        else:
            lines.append(
                Line(f"{name}: you have begun it, so it stays; the stub has changed:", "bad")
            )
            lines += [Line(f"    {line}", "code") for line in what.splitlines()]
    show(lines or [Line("Everything is up to date.", "good")])
    return WELL


def do_watch(arguments: argparse.Namespace) -> int:
    """Verdicts on whatever is saved."""
    from .watching import watch

    return watch(here(), arguments.poll, arguments.mine)


def do_doctor(arguments: argparse.Namespace) -> int:
    """Findings about the folder and this Python."""
    from .doctor import findings

    lines, wrong = findings(Path.cwd())
    show(lines)
    return FAILS if wrong else WELL


def do_grade(arguments: argparse.Namespace) -> int:
    """A learner's folder, graded."""
    import json

    from .grading import grade, grade_lines

    result = grade(Path(arguments.folder))
    if arguments.json:
        json.dump(result, sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        show(grade_lines(result))
    return WELL if result["passed"] == result["exercises"] else FAILS
