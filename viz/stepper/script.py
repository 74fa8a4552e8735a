"""A program run under a trace, as ``python script.py`` would run it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np

from autograd import trace
from autograd.tracing import Trace
from autograd.tracing.trace import NOTE

from ..program import run_program


class Run(NamedTuple):
    """The trace of a program, and the exception that ended it, if one did."""

    trace: Trace
    error: BaseException | None


def traced_run(script: str, arguments: Sequence[str]) -> Run:
    """Run a program with ``arguments`` as its ``sys.argv[1:]``, under a trace.

    ``sys.exit()`` ends it as usual; an exception or an interruption is kept, with what was
    recorded before.
    """
    error: BaseException | None = None
    made = trace()
    try:
        # What the program sets with np.seterr() ends with it.
        with made, np.errstate():
            made.know(run_program(script, arguments))
    except SystemExit as ended:
        error = ended if ended.code not in (None, 0) else None
    except (Exception, KeyboardInterrupt) as raised:
        error = raised
        if (own := own_part(raised.__traceback__, script)) is not None:
            made.know(own.tb_frame.f_locals)
    return Run(made, error)


def report(run: Run, script: str) -> str:
    """What is to be said about how the program ended; "" if it simply ran."""
    error = run.error
    if error is None:
        return ""
    if isinstance(error, KeyboardInterrupt):
        return f"{script} was interrupted; this is what it did until then."
    if isinstance(error, SystemExit):
        return f"{script} left with sys.exit({error.code!r})."
    # The note that a trace is attached is for those who are not in the stepper.
    error.__notes__ = [note for note in getattr(error, "__notes__", []) if note != NOTE]
    lines = traceback.format_exception(type(error), error, own_part(error.__traceback__, script))
    return "".join(lines).rstrip()


def own_part(frames: TracebackType | None, script: str) -> TracebackType | None:
    """The traceback from the program's first frame on, without ours."""
    at = frames
    while at is not None:
        if os.path.abspath(at.tb_frame.f_code.co_filename) == os.path.abspath(script):
            return at
        at = at.tb_next
    return None


def opened(path: str, arguments: Sequence[str]) -> Run:
    """The trace in a file that ``Trace.save`` wrote, or of a program.

    Raises:
        OSError: there is no such file.
        TraceFileError: a ``.json`` file that is no trace.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path!r}.")
    if path.endswith(".json"):
        return Run(Trace.load(path), None)
    return traced_run(path, arguments)
