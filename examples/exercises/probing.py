"""Probing: the questions of an exercise put to code, each answered by a plain outcome."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .exercise import Called, Milestone, Probe
from .plain import decode, encode

#: Exceptions that are the learner's to-do, not a mistake.
TO_DO = "NotImplementedError"


@dataclass(frozen=True)
class Outcome:
    """What one probe brought: a plain value and the arguments changed, or what was raised."""

    value: Any = None
    changed: tuple[str, ...] = ()
    raised: str = ""
    message: str = ""
    line: int | None = None
    code: str = ""
    file: str = ""

    def to_json(self) -> dict[str, Any]:
        """The outcome in terms of JSON; the value is coded already."""
        return {**vars(self), "changed": list(self.changed)}


def ask(probe: Probe | Milestone, names: Any, files: Sequence[str] = ()) -> Outcome:
    """The outcome of one probe, its value still coded. Whatever is raised is caught.

    ``files`` are the learner's: the innermost line of theirs is noted down.
    """
    try:
        with np.errstate(all="ignore"):
            value = probe.run(names)
        changed: tuple[str, ...] = ()
        if type(value) is Called:
            value, changed = value
        return Outcome(encode(value), changed)
    except BaseException as error:
        return raised(error, files)


def raised(error: BaseException, files: Sequence[str]) -> Outcome:
    """The outcome that an exception is, with the last line of a learner's file that it passed."""
    message = str(error)[:300]
    line, code, file = None, "", ""
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in files:
            line, code = frame.lineno, (frame.line or "").strip()
            file = os.path.basename(frame.filename)
    name = type(error).__name__
    return Outcome(raised=name, message=message, line=line, code=code, file=file)


def decoded(outcome: Outcome | dict[str, Any]) -> Outcome:
    """The outcome as the parent reads it: plain values instead of their code."""
    fields = outcome.to_json() if isinstance(outcome, Outcome) else dict(outcome)
    fields["value"] = decode(fields["value"])
    fields["changed"] = tuple(fields["changed"])
    return Outcome(**fields)


def outcomes(probes: list[Probe], names: Any) -> Iterator[Outcome]:
    """The outcomes of all probes in this process: for references, not for a learner's code."""
    for probe in probes:
        yield decoded(ask(probe, names))
