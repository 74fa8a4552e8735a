"""What cannot be traced, and the line of user code that asked for it."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from ..data import UntraceableError
from ..origin import resolve

#: Packages of the project: what they ask of traced data is not the user's doing.
LIBRARY = ("autograd", "nn", "viz")
#: Methods of a Value that hand the question on to its data.
PASSED_ON = {
    "__bool__", "__float__", "__int__", "__array__", "__format__", "__repr__", "item", "_short",
    "_one_line",
}  # fmt: skip


class TraceError(UntraceableError):
    """A compiled function did what a trace cannot follow: it looked at the numbers."""


def asking_frame() -> FrameType:
    """The nearest frame that is neither this package, NumPy, nor a Value handing a question on."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        name = frame.f_globals.get("__name__", "")
        passing = name in ("autograd.value", "autograd.node") and frame.f_code.co_name in PASSED_ON
        if not (name.startswith(("autograd.compiling", "numpy")) or passing):
            return frame
        frame = frame.f_back
    return frame


def asked_by_a_rule(frame: FrameType) -> bool:
    """True if the frame belongs to the ops: a rule that decides something for itself.

    A ``require_…`` of theirs decides nothing: it refuses, at each call anew.
    """
    checks = frame.f_code.co_name.startswith("require_")
    return frame.f_globals.get("__name__", "").startswith("autograd.ops") and not checks


def asked_by_library(frame: FrameType) -> bool:
    """True if the frame belongs to the project's own packages."""
    return frame.f_globals.get("__name__", "").split(".")[0] in LIBRARY


def user_place(frame: FrameType | None) -> str:
    """The line and sub-expression of the first frame from here up that is the user's."""
    while frame is not None and frame.f_back is not None:
        if not asked_by_library(frame) and not frame.f_globals.get("__name__", "").startswith(
            "numpy"
        ):
            break
        frame = frame.f_back
    return "an unknown line" if frame is None else str(resolve(frame.f_code, frame.f_lasti))


def refusal(tape: Any, what: str, remedy: str) -> TraceError:
    """The error for asking ``what`` of traced data; it names the line and the remedy."""
    error = TraceError(
        f"compile() cannot trace {user_place(asking_frame())}: {what}, but the numbers change from "
        f"call to call. {remedy}"
    )
    error.tape = tape
    return error
