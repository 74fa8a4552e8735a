"""Doctor: whether this Python and this folder are fit for the exercises."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from viz.output import OutputError, writable_folder

from .curriculum import exercises, find, ids
from .exercise import untouched
from .folder import Folder, LearnError, find_folder
from .report import COMMAND, Line
from .runner import run
from .solution import solution_text
from .verdict import judge


def findings(start: Path) -> tuple[list[Line], int]:
    """Findings as lines, and how many of them are wrong."""
    checks = [python(), *packages(), sandbox(), *folder_findings(start)]
    lines = []
    for good, text in checks:
        lines.append(Line(f"{'✓' if good else '✗'} {text}", "good" if good else "bad"))
    wrong = sum(not good for good, _ in checks)
    lines.append(Line("Everything is in order." if not wrong else f"{wrong} to mend.", "head"))
    return lines, wrong


Finding = tuple[bool, str]


def python() -> Finding:
    """The version of Python."""
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return good, f"Python {version}" + ("" if good else ": the exercises need 3.11 or newer")


def packages() -> list[Finding]:
    """The packages that the kit uses."""
    found = []
    for name in ("numpy", "rich", "watchfiles", "pytest"):
        if importlib.util.find_spec(name) is None:
            extra = "" if name in ("numpy", "rich") else "[learn]"
            found.append((False, f'{name} is missing: pip install "glassgrad{extra}"'))
        else:
            found.append((True, f"{name} {metadata.version(name)}"))
    return found


def sandbox() -> Finding:
    """Whether a solution passes in a child process."""
    exercise = find(ids()[0])
    path = Path(exercise.file_name)
    done = run(exercise, solution_text(exercise), path.resolve())
    verdict = judge(exercise, path, done)
    if verdict.passed:
        return True, f"code runs in a process of its own ({done.seconds:.1f} s)"
    why = verdict.trouble.message if verdict.trouble else "its answers are wrong"
    return False, f"code cannot be run in a process of its own: {why}"


def folder_findings(start: Path) -> list[Finding]:
    """The exercise folder: found, writable, complete, readable."""
    try:
        folder = find_folder(start)
    except LearnError as error:
        return [(False, str(error))]
    found = [(True, f"exercise folder {folder.root}")]
    try:
        writable_folder(folder.root)
    except OutputError as error:
        found.append((False, str(error)))
    return found + files(folder)


def files(folder: Folder) -> list[Finding]:
    """The learner's files: missing, unreadable, started, or of a name that is no longer known."""
    found: list[Finding] = []
    missing, started = [], 0
    for exercise in exercises():
        path = folder.path(exercise)
        if not path.exists():
            missing.append(path.name)
            continue
        try:
            started += not untouched(path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError:
            found.append((False, f"{path.name} is not UTF-8 text; save it as UTF-8"))
        except OSError as error:
            found.append((False, f"{path.name} cannot be read: {error.strerror}"))
    if missing:
        found.append((False, f"missing: {', '.join(missing)}; '{COMMAND} update' writes them"))
    shadows = sorted(p.name for p in folder.root.glob("*.py") if p.stem in sys.stdlib_module_names)
    with suppress(ValueError):
        shadows += [n for n in ("numpy.py",) if (folder.root / n).exists()]
    if shadows:
        found.append((False, f"{', '.join(shadows)}: such a name hides a module; rename it"))
    return [*found, (True, f"{started} of {len(exercises())} exercises started")]
