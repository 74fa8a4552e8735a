"""Runner: the parent of a child process that runs a learner's code, with limits."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .exercise import Exercise
from .probing import Outcome, decoded

#: Seconds that the child may take to start; bytes that it may print; characters kept of them.
START, MOST_PRINTED, KEPT = 60.0, 4 << 20, 2_000
#: How the child is started.
CHILD = [sys.executable, "-P", "-c", "from exercises.child import main; main()"]
#: Seconds by which the parent waits longer than the child's own alarm.
GRACE = 2.0


@dataclass(frozen=True)
class Trouble:
    """Why a run came to no end. ``kind``: load, timeout, crash, ended, printed or unfinished."""

    kind: str
    message: str = ""
    line: int | None = None
    code: str = ""
    probe: int | None = None
    error: str = ""
    file: str = ""


@dataclass(frozen=True)
class Run:
    """What came back: outcomes in the order of the probes, the first trouble, what was printed."""

    outcomes: tuple[Outcome, ...]
    trouble: Trouble | None
    printed: str
    seconds: float
    divergence: str = ""
    picks: tuple[int, ...] = ()
    found: Outcome | None = None


def run(
    exercise: Exercise,
    source: str,
    path: Path,
    mine: bool = False,
    seconds: float | None = None,
) -> Run:
    """The learner's ``source`` on the exercise's probes, in a child with its own folder.

    ``path`` is where the source comes from: messages name it, nothing is written there. With
    ``mine``, prerequisites come from the learner's other files in the same folder.
    """
    limit = exercise.seconds if seconds is None else seconds
    with tempfile.TemporaryDirectory(prefix="glassgrad-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        work = place / "work"
        work.mkdir()
        job = {
            "exercise": exercise.id, "source": source, "path": str(path), "mine": mine,
            "files": own_files(path.parent) if mine else {}, "seconds": limit,
            "report": str(place / "report"), "trail": str(place / "trail"),
        }  # fmt: skip
        copy_modules(path.parent, work)
        began = time.monotonic()
        status, overrun = supervise(json.dumps(job), place, work, limit)
        spent = time.monotonic() - began
        return gathered(place, path, status, overrun, spent, limit)


def own_files(folder: Path) -> dict[int, dict[str, str]]:
    """The learner's exercises by id, path and source."""
    found = {}
    for path in sorted(folder.glob("ex[0-9][0-9]_*.py")):
        with suppress(OSError, UnicodeDecodeError):
            source = path.read_text(encoding="utf-8-sig")
            found[int(path.name[2:4])] = {"path": str(path), "source": source}
    return found


def copy_modules(folder: Path, work: Path) -> None:
    """Copies of the learner's modules, so that they can be imported from the child's folder."""
    for path in folder.glob("*.py"):
        with suppress(OSError):
            if path.stem not in sys.stdlib_module_names and path.stem != "conftest":
                shutil.copy(path, work)


def supervise(job: str, place: Path, work: Path, limit: float) -> tuple[int | None, str]:
    """Run the child to its end; its exit status and "", or what it was stopped for."""
    with open(place / "printed", "wb") as printed:
        child = subprocess.Popen(
            CHILD,
            stdin=subprocess.PIPE,
            stdout=printed,
            stderr=subprocess.STDOUT,
            cwd=work,
            env=environment(),
            start_new_session=True,
        )
        try:
            assert child.stdin is not None
            with suppress(BrokenPipeError):
                child.stdin.write(job.encode("utf-8"))
                child.stdin.close()
            return wait(child, place, limit)
        finally:
            kill(child)


def wait(child: subprocess.Popen, place: Path, limit: float) -> tuple[int | None, str]:
    """Wait for the child's end, for too much output, or for a limit on time to pass."""
    patience = time.monotonic() + START
    started = False
    while True:
        with suppress(subprocess.TimeoutExpired):
            return child.wait(0.02 if started else 0.1), ""
        report = place / "report"
        if not started and report.exists() and report.stat().st_size:
            started, patience = True, time.monotonic() + limit + GRACE
        if (place / "printed").stat().st_size > MOST_PRINTED:
            return None, "printed"
        if time.monotonic() > patience:
            return None, "timeout"


def kill(child: subprocess.Popen) -> None:
    """End the child and the processes that it started."""
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        child.kill()
    child.wait()


def environment() -> dict[str, str]:
    """The child's environment: this one's packages, one thread, no bytecode files."""
    paths = [os.path.abspath(entry) for entry in sys.path if entry]
    home = Path(__file__).resolve().parent.parent
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys([str(home), *paths])),
        "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8:replace",
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    }  # fmt: skip


def gathered(
    place: Path, path: Path, status: int | None, overrun: str, spent: float, limit: float
) -> Run:
    """What the child left in its files, as a run."""
    entries = report_entries(place / "report")
    outcomes: list[Outcome] = []
    begun, expected, ended, load, divergence = None, None, False, None, ""
    for entry in entries:
        expected = entry.get("started", expected)
        begun = entry.get("begin", begun)
        load = entry.get("load", load)
        if "outcome" in entry and entry["number"] == len(outcomes):
            outcomes.append(decoded(entry["outcome"]))
        divergence = str(entry.get("divergence", divergence))
        ended = ended or entry.get("end") == expected == len(outcomes)
    printed = (place / "printed").read_bytes()[: 4 * KEPT].decode("utf-8", "replace")[:KEPT]
    trouble = None
    if load is not None:
        fields = {key: load[key] for key in ("message", "line", "code", "file")}
        trouble = Trouble("load", error=load["raised"], **fields)
    elif (place / "printed").stat().st_size > MOST_PRINTED:
        line = next((o.line for o in outcomes if o.raised == "OSError"), None)
        trouble = unfinished(place, path, status, "printed", begun, limit, printed)
        trouble = replace(trouble, line=trouble.line or line)
    elif not (ended and status == 0):
        trouble = unfinished(place, path, status, overrun, begun, limit, printed)
    picks, found = found_by_search(entries)
    return Run(tuple(outcomes), trouble, printed, spent, divergence, picks, found)


def found_by_search(entries: list[dict[str, Any]]) -> tuple[tuple[int, ...], Outcome | None]:
    """The picks and the outcome that a search has found, if one has."""
    for entry in entries:
        search = entry.get("search")
        if isinstance(search, dict) and "outcome" in search:
            with suppress(KeyError, TypeError):
                return tuple(search["picks"]), decoded(search["outcome"])
    return (), None


def report_entries(path: Path) -> list[dict[str, Any]]:
    """The whole lines of the child's report."""
    entries = []
    with suppress(OSError):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict):
                    entries.append(entry)
    return entries


def unfinished(
    place: Path,
    path: Path,
    status: int | None,
    overrun: str,
    begun: int | None,
    limit: float,
    printed: str,
) -> Trouble:
    """Why a child did not come to its end, with the line it was at if that is known."""
    trail = ""
    with suppress(OSError):
        trail = (place / "trail").read_text(encoding="utf-8", errors="replace")
    line = line_in(trail, path.name)
    if overrun == "timeout" and not report_entries(place / "report"):
        return Trouble("start", f"its process did not begin within {START:g} s")
    if overrun == "printed":
        return Trouble("printed", f"{MOST_PRINTED >> 20} MB", line, probe=begun)
    if overrun == "timeout" or "Timeout (" in trail:
        return Trouble("timeout", f"{limit:g} s", line, probe=begun)
    if status is not None and status < 0:
        name = signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)
        return Trouble("crash", name, line, probe=begun)
    if begun is None and "exercises" in printed and "Traceback" in printed:
        return Trouble("start", printed.strip().splitlines()[-1])
    return Trouble("ended", f"{status}", line, probe=begun)


def line_in(trail: str, name: str) -> int | None:
    """The innermost line of the learner's file in a trail of stack frames."""
    match = re.search(rf'File "[^"\n]*{re.escape(name)}", line (\d+)', trail)
    return int(match[1]) if match else None
