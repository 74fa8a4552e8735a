"""After an exception: the trace that it carries, stepped through from its end."""

from __future__ import annotations

import sys

from ..views import view
from .trace import Trace


def post_mortem(error: BaseException | None = None) -> None:
    """Step through the trace that an exception carries, from the event at which it ended.

    Without an argument it is the exception that is being handled, or the last one that was not
    (in an interactive session). Exceptions out of ``trace`` and ``debug`` blocks carry one.

    Raises:
        LookupError: there is no exception, or it carries no trace.
    """
    trace = trace_of(error if error is not None else last_exception())
    view("stepper")(trace, at=len(trace) - 1)


def last_exception() -> BaseException:
    """The exception that is being handled, or the last that ended an interactive command."""
    error = sys.exc_info()[1] or getattr(sys, "last_value", None)
    if error is None:
        raise LookupError(
            "post_mortem() found no exception; call it in an except block, after one in an "
            "interactive session, or give it the exception."
        )
    return error


def trace_of(error: BaseException) -> Trace:
    """The trace of an exception, or of one that it came from."""
    at: BaseException | None = error
    while at is not None:
        if isinstance(getattr(at, "trace", None), Trace):
            return at.trace  # type: ignore[attr-defined]
        at = at.__cause__ or at.__context__
    raise LookupError(
        f"post_mortem() got {type(error).__name__}, which carries no trace; run the code inside "
        f"'with autograd.trace():' or 'with autograd.debug():'."
    )
