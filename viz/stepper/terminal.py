"""The stepper opened over a trace, in the terminal one is in."""

from __future__ import annotations

from typing import IO

from autograd.tracing import Trace

from .commands import Stepper
from .session import Session


def debug(
    trace: Trace, at: int = -1, stdin: IO[str] | None = None, stdout: IO[str] | None = None
) -> Session:
    """Step through a trace from event ``at`` on; the session as it was left.

    Raises:
        LookupError: the trace is empty.
    """
    if not len(trace):
        raise LookupError(
            "the trace has no events: no op on a Value that needs a gradient was recorded."
        )
    stepper = Stepper(Session(trace, at), stdin, stdout)
    stepper.begin()
    while True:
        try:
            stepper.cmdloop()
            return stepper.session
        except KeyboardInterrupt:
            # A long search is given up, not the session; 'q' ends that.
            stepper.say("-- interrupted --")
            if not stepper.interactive:
                return stepper.session
