"""Watching: whatever a learner saves is tested at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from .curriculum import exercises
from .exercise import Exercise, digest
from .folder import Folder, LearnError
from .progress import Cache, State, states
from .report import Line, report, task_lines
from .verdict import examine
from .views import console, show

#: Seconds to wait for a file that an editor has taken away to put a new one in its place.
PATIENCE = 1.0
#: Milliseconds in which changes are gathered, and after which the files are looked at anyway.
GATHER, LOOK = 150, 1_000


def watch(folder: Folder, poll: bool = False, mine: bool = False) -> int:
    """Test what is saved until interrupted.

    Raises:
        LearnError: watchfiles is not installed.
    """
    try:
        import watchfiles
    except ImportError:
        raise LearnError(
            'watch needs the extra "learn": pip install "glassgrad[learn]". Without it, '
            "'glassgrad learn test' tests on demand."
        ) from None
    # It would say in its own words that it was interrupted.
    logging.getLogger("watchfiles").setLevel(logging.ERROR)
    changes = watchfiles.watch(
        folder.root,
        watch_filter=lambda change, path: is_exercise(folder, Path(path)),
        debounce=GATHER * 2,
        step=GATHER,
        force_polling=True if poll else None,
        raise_interrupt=False,
        rust_timeout=LOOK,
        yield_on_timeout=True,
        recursive=False,
    )
    seen = texts(folder)
    greet(folder)
    for number in changed(changes, folder, seen):
        respond(folder, number, mine)
    show([Line("stopped watching.", "quiet")])
    return 0


def is_exercise(folder: Folder, path: Path) -> bool:
    """True for the path of one of the learner's exercises."""
    return any(path.name == exercise.file_name for exercise in exercises())


def texts(folder: Folder) -> dict[str, str | None]:
    """Digests of the learner's files by name; None for a missing one."""
    return {e.file_name: text_digest(folder.path(e)) for e in exercises()}


def text_digest(path: Path) -> str | None:
    """The digest of a file; None if it cannot be read."""
    with suppress(OSError):
        return digest(path.read_bytes().decode("utf-8", "replace"))
    return None


def changed(changes: Any, folder: Folder, seen: dict[str, str | None]) -> Iterator[Exercise]:
    """The exercises whose text has changed, as the watcher reports them.

    An editor may write into the file, or put a new one in its place: what counts is the text. An
    empty report means that some time has passed: all files are looked at then, since a watcher
    that polls does not see two saves within one second.
    """
    for batch in changes:
        names = {Path(path).name for _, path in batch}
        for exercise in exercises():
            name, path = exercise.file_name, folder.path(exercise)
            if (names and name not in names) or text_digest(path) == seen[name]:
                continue
            now = settled(path)
            if now != seen[name]:
                seen[name] = now
                yield exercise


def settled(path: Path, pause: Callable[[float], None] = time.sleep) -> str | None:
    """The digest of a file that may be missing for a moment, or be empty while it is written."""
    for _ in range(int(PATIENCE / 0.05)):
        now = text_digest(path)
        if now not in (None, digest("")):
            return now
        pause(0.05)
    return text_digest(path)


def greet(folder: Folder) -> None:
    """Where the learner stands, and what comes next."""
    found = states(folder)
    done = sum(state.done for state in found)
    show(
        [
            Line(f"watching {folder.root}: {done} of {len(found)} done. Ctrl-C stops.", "head"),
            *coming(found),
        ]
    )


def coming(found: list[State]) -> list[Line]:
    """The task of the first exercise that is not done."""
    state = next((state for state in found if not state.done), None)
    return (
        [Line("All exercises are done.", "good")] if state is None else task_lines(state.exercise)
    )


def respond(folder: Folder, exercise: Exercise, mine: bool) -> None:
    """The verdict on one exercise that was saved; after a success, the next task."""
    target = console()
    target.rule(time.strftime("%H:%M:%S"), style="dim", align="left")
    verdict = examine(exercise, folder.path(exercise), mine)
    if not mine:
        Cache(folder).keep(verdict)
    show(report(verdict))
    if verdict.passed:
        show([Line(""), *coming(states(folder))])
