"""Child: runs a learner's code on the probes of one exercise, in a process of its own.

It reads a job from its standard input and writes one line of JSON per answer into a file. It
judges nothing: that is the parent's task. This protects from accidents; it is no sandbox.
"""

from __future__ import annotations

import difflib
import faulthandler
import importlib
import io
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any

from . import given
from .comparison import differences
from .curriculum import find
from .exercise import Exercise
from .prerequisites import Given, references
from .probing import ask, decoded, raised
from .searching import search

#: Bytes of memory, and of any one file; further processes and threads.
MEMORY, LARGEST_FILE, PROCESSES = 3 << 30, 16 << 20, 64


class MissingNamesError(Exception):
    """The learner's file does not define what the exercise asks for."""


def main() -> None:
    """Do the job; leave without running anything that the learner's code put behind."""
    job = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    report = open(job["report"], "w", encoding="utf-8")  # noqa: SIM115
    trail = open(job["trail"], "w", encoding="utf-8")  # noqa: SIM115
    sys.stdin = io.StringIO()
    exercise = find(job["exercise"])
    paths = [job["path"], *(entry["path"] for entry in job["files"].values())]
    probes = exercise.questions()
    limit_resources()
    faulthandler.enable(trail)
    faulthandler.dump_traceback_later(job["seconds"], exit=True, file=trail)

    def tell(**fields: Any) -> None:
        report.write(json.dumps(fields) + "\n")
        report.flush()

    tell(started=len(probes))
    try:
        names = load_learner(exercise, job)
    except BaseException as error:
        tell(load=load_error(error, paths))
        leave()
    for number, probe in enumerate(probes):
        tell(begin=number)
        tell(number=number, outcome=ask(probe, names, paths).to_json())
    tell(end=len(probes), divergence=divergence(exercise, names))
    if exercise.random is not None:
        tell(search=searched(exercise, names, paths))
    leave()


def searched(exercise: Exercise, names: Any, paths: Sequence[str]) -> dict[str, Any]:
    """An input on which code that has passed every probe is wrong, or {}."""
    right = exercise.solve(references(exercise.id))
    for probe in exercise.probes():
        expected, got = decoded(ask(probe, right)), decoded(ask(probe, names, paths))
        if differences(expected, got, tolerance=exercise.tolerance):
            return {}
    with suppress(BaseException):
        return search(exercise, names, right, paths)
    return {}


def divergence(exercise: Exercise, names: Any) -> str:
    """The first wrong contribution of an engine, for the exercises that build one."""
    if exercise.diverges is None:
        return ""
    try:
        return str(exercise.diverges(names))[:600]
    except BaseException:
        return ""


def leave() -> None:
    """End now: no atexit functions, no waiting for threads."""
    with suppress(BaseException):
        sys.stdout.flush()
    os._exit(0)


def limit_resources() -> None:
    """Limits on memory, on files and on processes, where the system knows them."""
    try:
        resource: Any = importlib.import_module("resource")
    except ImportError:
        return
    wanted = [("RLIMIT_AS", MEMORY), ("RLIMIT_FSIZE", LARGEST_FILE), ("RLIMIT_CORE", 0)]
    running = tasks_of_user()
    if running is not None:
        wanted.append(("RLIMIT_NPROC", running + PROCESSES))
    for name, most in wanted:
        with suppress(AttributeError, ValueError, OSError):
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))


def tasks_of_user() -> int | None:
    """How many processes and threads of this user run, or None where that is not told."""
    try:
        user, count = os.getuid(), 0
        for name in os.listdir("/proc"):
            with suppress(OSError):
                if name.isdecimal() and os.stat(f"/proc/{name}").st_uid == user:
                    count += len(os.listdir(f"/proc/{name}/task"))
        return count or None
    except (OSError, AttributeError):
        return None


def load_learner(exercise: Exercise, job: dict[str, Any]) -> ModuleType:
    """The learner's module, with the prerequisites of the exercise in place."""
    files = {int(number): entry for number, entry in job["files"].items()}
    sys.path.append(os.getcwd())
    if job["mine"]:
        given.use(own(files, exercise.id))
    else:
        given.use(references(exercise.id))
    module = load(job["source"], job["path"])
    for name in exercise.uses:
        if not hasattr(module, name):
            setattr(module, name, getattr(given, name))
    missing = [name for name in exercise.names if not hasattr(module, name)]
    if missing:
        raise MissingNamesError(missing_text(exercise, module, missing))
    return module


def own(files: dict[int, dict[str, str]], level: int) -> Given:
    """The learner's own earlier exercises as prerequisites."""
    made: dict[int, ModuleType] = {}

    def source(number: int) -> ModuleType:
        if number not in made:
            if number not in files:
                raise ImportError(f"--mine needs your own exercise {number}, which is not here")
            given.use(Given(source, number))
            try:
                made[number] = load(files[number]["source"], files[number]["path"])
            finally:
                given.use(Given(source, level))
        return made[number]

    return Given(source, level)


def load(source: str, path: str) -> ModuleType:
    """The module that ``source`` defines; its tracebacks name ``path``."""
    name = os.path.splitext(os.path.basename(path))[0]
    module = ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    exec(compile(source, path, "exec"), module.__dict__)
    return module


def missing_text(exercise: Exercise, module: ModuleType, missing: list[str]) -> str:
    """Which names the file lacks, and what it may have called them."""
    own_names = [name for name in vars(module) if not name.startswith("_")]
    texts = []
    for name in missing:
        near = difflib.get_close_matches(name, own_names, 1)
        texts.append(f"{name} (is it your {near[0]}?)" if near else name)
    return ", ".join(texts)


def load_error(error: BaseException, paths: Sequence[str]) -> dict[str, Any]:
    """An error while the learner's file was loaded, with the line that it points to."""
    fields = raised(error, paths).to_json()
    if isinstance(error, SyntaxError):
        fields["message"] = str(error.msg)
        if error.filename in paths:
            fields["line"], fields["code"] = error.lineno, (error.text or "").strip()
            fields["file"] = os.path.basename(str(error.filename))
    return fields


if __name__ == "__main__":
    main()
