"""Folder: a learner's folder; what is written there is written whole, and backed up before."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from viz.output import FigureError, write_all, write_whole

from .curriculum import exercises, find, ids, part_of
from .exercise import Exercise, digest, stub_of, untouched
from .report import COMMAND

#: Where old versions of the learner's files are kept, and what may be deleted at any time.
BACKUPS, CACHE = ".backup", ".glassgrad"

MARKER = """\
# This file marks the folder as one of glassgrad's exercise folders: `glassgrad learn` and
# pytest find it by the next table.
[tool.glassgrad.exercises]
format = 1

[tool.pytest.ini_options]
testpaths = ["."]
"""


class LearnError(FigureError):
    """A command that cannot be done; the message says how to mend it."""


class Folder:
    """A learner's exercises, one file each, in the folder ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, exercise: Exercise) -> Path:
        """The learner's file of an exercise."""
        return self.root / exercise.file_name

    @property
    def backups(self) -> Path:
        """The folder of backups."""
        return self.root / BACKUPS

    @property
    def cache(self) -> Path:
        """The folder of what can be deleted at any time."""
        return self.root / CACHE


def is_marked(folder: Path) -> bool:
    """True for a folder whose pyproject.toml has the kit's table."""
    try:
        with open(folder / "pyproject.toml", "rb") as file:
            return "exercises" in tomllib.load(file).get("tool", {}).get("glassgrad", {})
    except (OSError, tomllib.TOMLDecodeError, AttributeError):
        return False


def find_folder(start: Path) -> Folder:
    """The exercise folder that ``start`` is or lies in.

    Raises:
        LearnError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if is_marked(folder):
            return Folder(folder)
    raise LearnError(
        f"{start} is no exercise folder, nor does it lie in one; make one with "
        f"'{COMMAND} init my-exercises' and change into it."
    )


def create(root: Path) -> Folder:
    """A new exercise folder with all stubs.

    Raises:
        LearnError: the folder exists and is not empty, or cannot be written.
    """
    if root.is_dir() and any(root.iterdir()):
        if is_marked(root):
            remedy = f"it is an exercise folder already; '{COMMAND} update' brings it up to date"
        else:
            remedy = "name a new folder"
        raise LearnError(f"{root} is not empty: {remedy}.")
    try:
        root.mkdir(parents=True, exist_ok=True)
        (root / ".vscode").mkdir(exist_ok=True)
    except FileExistsError:
        raise LearnError(f"cannot make {root}: a file of that name is in the way.") from None
    except OSError as error:
        raise LearnError(f"cannot make {root}: {str(error.strerror).lower()}.") from None
    write_all([(root / name, text.encode("utf-8")) for name, text in contents().items()])
    return Folder(root)


def contents() -> dict[str, str]:
    """The files of a new folder. The marker comes last: an unfinished folder is none."""
    files = {exercise.file_name: exercise.stub_text() for exercise in exercises()}
    files["README.md"] = readme()
    files[".vscode/tasks.json"] = json.dumps(tasks(), indent=2) + "\n"
    files[".vscode/settings.json"] = json.dumps({"python.testing.pytestEnabled": True}) + "\n"
    files[".gitignore"] = f"{BACKUPS}/\n{CACHE}/\n__pycache__/\n"
    files["pyproject.toml"] = MARKER
    return files


def tasks() -> dict[str, object]:
    """Tasks for an editor: watch, and test the open file."""
    program = "${command:python.interpreterPath}"

    def task(label: str, *arguments: str, **more: object) -> dict[str, object]:
        return {
            "label": label, "type": "process", "command": program,
            "args": ["-m", "exercises", *arguments], "problemMatcher": [], **more,
        }  # fmt: skip

    return {
        "version": "2.0.0",
        "tasks": [
            task("exercises: watch", "watch", isBackground=True),
            task("exercises: test this file", "test", "${fileBasename}"),
            task("exercises: next", "next"),
        ],
    }


def readme() -> str:
    """The README of a learner's folder."""
    lines = [
        "# Exercises",
        "",
        "Write the lecture's neuron, back-propagation and autograd engine yourself. Each file",
        "`exNN_….py` is one exercise: open it, read its first lines, write, save.",
        "",
        f"- `{COMMAND} watch` tests whatever you save, and says why an answer is wrong.",
        f"- `{COMMAND} next` shows what comes next, `{COMMAND} list` how far you are.",
        f"- `{COMMAND} hint 13` gives a hint; `hint 13 2` and `hint 13 3` say more.",
        f"- `{COMMAND} why 13` puts your numbers beside the expected and the numeric ones.",
        f"- `{COMMAND} solution 13`, once you pass, shows a solution to compare with.",
        f"- `{COMMAND} reset 13` starts again, `{COMMAND} undo` takes that back.",
        "",
        "Plain `pytest` works in this folder too. Your code needs Python's standard library and",
        "NumPy only. It is run in a process of its own, with limits: that protects you from",
        "accidents, and is no sandbox.",
    ]
    part = ""
    for exercise in exercises():
        if part_of(exercise.id) != part:
            part = part_of(exercise.id)
            lines += ["", f"## {part}", ""]
        lines.append(f"{exercise.id}. [{exercise.title}]({exercise.file_name})")
    return "\n".join(lines) + "\n"


def read(path: Path) -> str:
    """The text of a learner's file.

    Raises:
        LearnError: it is missing, or no UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise LearnError(
            f"there is no file {path.name}; '{COMMAND} update' writes missing ones."
        ) from None
    except UnicodeDecodeError:
        raise LearnError(f"{path.name} is not UTF-8 text; save it as UTF-8.") from None
    except OSError as error:
        raise LearnError(f"cannot read {path}: {str(error.strerror).lower()}.") from None


def back_up(folder: Folder, path: Path) -> Path | None:
    """A copy of ``path`` among the backups, numbered; None if there is no file."""
    if not path.exists():
        return None
    make_folder(folder.backups)
    taken = [int(m[1]) for p in folder.backups.iterdir() if (m := re.match(r"(\d+)-", p.name))]
    kept = folder.backups / f"{max(taken, default=0) + 1:04d}-{path.name}"
    return write_whole(kept, path.read_bytes())


def make_folder(path: Path) -> None:
    """The folder, made if it is missing.

    Raises:
        LearnError: it cannot be made.
    """
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise LearnError(f"cannot make {path}: {str(error.strerror).lower()}.") from None


def reset(folder: Folder, exercise: Exercise) -> Path | None:
    """The stub again in place of the learner's file; the place of the backup, if one was needed."""
    path = folder.path(exercise)
    kept = None
    if path.exists() and not is_stub(path, exercise):
        kept = back_up(folder, path)
    write_whole(path, exercise.stub_text().encode("utf-8"))
    return kept


def is_stub(path: Path, exercise: Exercise) -> bool:
    """True for a file that holds exactly the present stub."""
    return path.read_bytes() == exercise.stub_text().encode("utf-8")


def undo(folder: Folder, exercise: Exercise | None = None) -> tuple[Path, Path]:
    """The newest backup (of one exercise) and the learner's file change places.

    So a second undo is a redo. Returns the learner's file and the backup.

    Raises:
        LearnError: there is no backup.
    """
    wanted = "*" if exercise is None else f"-{exercise.file_name}"
    kept = []
    if folder.backups.is_dir():
        kept = sorted(p for p in folder.backups.iterdir() if re.match(r"\d+-ex\d+_", p.name))
        kept = [p for p in kept if exercise is None or p.name.endswith(wanted)]
    if not kept:
        what = "" if exercise is None else f" of exercise {exercise.id}"
        raise LearnError(f"there is no backup{what} in {folder.backups}: nothing to undo.")
    newest = kept[-1]
    path = folder.root / newest.name.partition("-")[2]
    old = newest.read_bytes()
    present = path.read_bytes() if path.exists() else b""
    write_all([(newest, present), (path, old)])
    return path, newest


def update(folder: Folder, written: Callable[[str, str], None] | None = None) -> dict[str, str]:
    """Bring the stubs of exercises not started up to date; what was done, by file name.

    Values: "new", "updated", or for a started file whose stub has changed a diff from it to the
    new stub. Files are replaced one by one, each whole: after an interruption, run it again.
    """
    done: dict[str, str] = {}
    for exercise in exercises():
        path, new = folder.path(exercise), exercise.stub_text()
        if not path.exists():
            write_whole(path, new.encode("utf-8"))
            done[path.name] = "new"
        else:
            text = read(path)
            if untouched(text) and digest(text) != digest(new):
                back_up(folder, path)
                write_whole(path, new.encode("utf-8"))
                done[path.name] = "updated"
            elif not untouched(text) and stub_of(text) not in (None, stub_of(new)):
                done[path.name] = difference(text, new, path.name)
        if written is not None and path.name in done:
            written(path.name, done[path.name])
    return done


def difference(mine: str, new: str, name: str) -> str:
    """A diff from the learner's file to the new stub."""
    lines = difflib.unified_diff(
        mine.splitlines(), new.splitlines(), f"your {name}", "new stub", lineterm=""
    )
    return "\n".join(lines)


def exercise_of(text: str) -> Exercise:
    """The exercise that a learner names: ``13``, ``ex13`` or its file's name.

    Raises:
        LearnError: there is no such exercise.
    """
    match = re.match(r"(?:ex)?0*(\d+)(?:_\w*)?(?:\.py)?$", Path(text).name)
    number = int(match[1]) if match else None
    if number not in ids():
        raise LearnError(
            f"there is no exercise {text!r}; '{COMMAND} list' shows 1 to {max(ids())}."
        )
    return find(number)
