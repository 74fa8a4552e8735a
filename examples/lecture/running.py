"""Running: one script run as a program, with what it printed, its figures and its time."""

from __future__ import annotations

import contextlib
import io
import time
from pathlib import Path
from typing import NamedTuple, TextIO

from viz.program import run_program

from .figures import collected
from .topics import Topic


class Run(NamedTuple):
    """What came of a run: printed text, paths of the figures, seconds."""

    topic: Topic
    text: str
    figures: list[Path]
    seconds: float


def run(topic: Topic, folder: Path, echo: TextIO | None = None) -> Run:
    """Run the script of ``topic``, its figures into ``folder``; printed text also to ``echo``.

    An error of the script, a failed assertion among them, is raised as it is.
    """
    printed = _Copying(echo)
    start = time.perf_counter()
    with (
        collected(folder, topic.name) as figures,
        contextlib.redirect_stdout(printed),
    ):
        run_program(topic.path)
    return Run(topic, printed.getvalue(), figures, time.perf_counter() - start)


class _Copying(io.StringIO):
    """Text that is kept and, where there is someone to read it, passed on at once."""

    def __init__(self, echo: TextIO | None) -> None:
        super().__init__()
        self.echo = echo

    def write(self, text: str) -> int:
        if self.echo is not None:
            self.echo.write(text)
        return super().write(text)
