"""Breakpoints in live code: the sweep, or the recorder, stops where a condition holds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ContextDecorator
from fnmatch import fnmatchcase
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from ..modes import observing, thread
from ..node import Node, data_of
from ..origin import users_frame
from ..views import view
from ..watching import PassWatch, Watch, add_watch
from .recorder import Recorder
from .search import expect_condition
from .trace import Trace


class Stop(NamedTuple):
    """Why and where the run has stopped.

    ``delta`` is ∂J/∂value, None in the forward pass; ``reason`` says which condition holds.
    """

    value: Node
    delta: Any
    reason: str


class breakpoints(ContextDecorator):
    """Inside, the run stops where the conditions hold: in a debugger, or wherever ``stop`` goes.

    ``op`` (a name or symbol) and ``name`` (a pattern for labels, ``w*``) choose values; alone they
    stop at their turn in the sweep. ``grad`` is a condition on δ, ``value`` one on new data;
    ``nan`` and ``inf`` stop where such a number is met, forward or backward. Of several
    conditions on numbers one is enough.

    ``stop`` is ``"pdb"`` (in the frame of the sweep, or of the op in the forward pass;
    ``PYTHONBREAKPOINT`` and an editor's debugger are heeded), ``"terminal"`` (the stepper, over
    the run so far), or a function that gets the `Stop`.

    >>> import autograd as ag
    >>> x = ag.Value(0.5, label="x")
    >>> seen = []
    >>> with ag.breakpoints(op="tanh", stop=seen.append):
    ...     (x.tanh() * 3.0).backward()
    >>> print(seen[0].reason, seen[0].delta)
    op tanh 3.0
    """

    def __init__(
        self,
        op: str | None = None,
        name: str | None = None,
        grad: Callable[[Any], Any] | None = None,
        value: Callable[[Any], Any] | None = None,
        nan: bool = False,
        inf: bool = False,
        stop: str | Callable[[Stop], Any] = "pdb",
    ) -> None:
        if isinstance(stop, str) and stop not in ("pdb", "terminal"):
            raise ValueError(
                f"breakpoints() got stop={stop!r}; expected 'pdb', 'terminal' or a function."
            )
        if op is None and name is None and grad is None and value is None and not (nan or inf):
            raise ValueError(
                "breakpoints() got no condition; expected op=, name=, grad=, value=, nan=True or "
                "inf=True."
            )
        for asked, pattern in (("op", op), ("name", name)):
            if pattern is not None and not isinstance(pattern, str):
                example = "'tanh'" if asked == "op" else "'w*'"
                raise TypeError(
                    f"breakpoints() got {asked}={pattern!r} of type {type(pattern).__name__}; "
                    f"expected a str, such as {asked}={example}."
                )
        for asked, flag in (("nan", nan), ("inf", inf)):
            if not isinstance(flag, bool):
                raise TypeError(
                    f"breakpoints() got {asked}={flag!r} of type {type(flag).__name__}; expected "
                    f"True or False."
                )
        if not (isinstance(stop, str) or callable(stop)):
            raise TypeError(
                f"breakpoints() got stop={stop!r} of type {type(stop).__name__}; expected 'pdb', "
                f"'terminal' or a function."
            )
        expect_condition("breakpoints", "grad", grad)
        expect_condition("breakpoints", "value", value)
        self.op, self.name, self.grad, self.value = op, name, grad, value
        self.nan, self.inf = nan, inf
        self.stop = stop
        self._recorder: Recorder | None = None
        self._outer: list[Any] = []

    # -- on and off

    def _recreate_cm(self) -> breakpoints:
        return breakpoints(self.op, self.name, self.grad, self.value, self.nan, self.inf, self.stop)

    def __enter__(self) -> breakpoints:
        if self.stop == "terminal":
            self._recorder = Recorder()
            self._recorder.start()
        self._observing = observing(self.made)
        self._observing.__enter__()
        self._outer.append(add_watch(_Watch(self)))
        return self

    def __exit__(self, *exception: object) -> None:
        thread.state.watch = self._outer.pop()
        self._observing.__exit__()
        if self._recorder is not None:
            self._recorder.stop()

    # -- what may stop

    def made(self, value: Any) -> Any:
        """A new value: stop if its data is what is looked for."""
        reason = self.odd(value._array) or self.holds(self.value, value._array, "value")
        if reason and self.chosen(value):
            self.stopped(Stop(value, None, reason))
        return value

    def turn(self, value: Node, delta: Any) -> None:
        """A value's turn in the sweep: stop if it, or its δ, is what is looked for."""
        if not self.chosen(value):
            return
        reason = self.odd(data_of(delta)) or self.holds(self.grad, data_of(delta), "grad")
        if not reason and not (self.grad or self.value or self.nan or self.inf):
            assert value.op is not None or self.op is None
            reason = f"op {value.op.name}" if self.op and value.op else f"name {value.label}"
        if reason:
            self.stopped(Stop(value, delta, reason))

    def chosen(self, value: Node) -> bool:
        """True if ``op`` and ``name`` fit."""
        if self.op is not None and (
            value.op is None or self.op not in (value.op.name, value.op.symbol)
        ):
            return False
        return self.name is None or fnmatchcase(value.label or "", self.name)

    def odd(self, data: Any) -> str:
        """``"nan"`` or ``"inf"`` if that is looked for and in ``data``; else ""."""
        if self.nan and np.isnan(data).any():
            return "nan"
        return "inf" if self.inf and np.isinf(data).any() else ""

    def holds(self, condition: Any, data: Any, what: str) -> str:
        """``what`` if its condition holds for the data (for one element of it); else ""."""
        return what if condition is not None and np.any(condition(data)) else ""

    # -- stopping

    def stopped(self, stop: Stop) -> None:
        """Hand the stop to the debugger, the terminal or the function."""
        if self.stop == "terminal":
            assert self._recorder is not None
            trace = Trace.of(self._recorder)
            print(f"stopped at {stop.value.describe()}: {stop.reason}")
            view("stepper")(trace, at=len(trace) - 1)
        elif callable(self.stop):
            self.stop(stop)
        else:
            in_debugger(stop, sys._getframe(1))


def in_debugger(stop: Stop, frame: FrameType) -> None:
    """Stop in the frame that computes: that of the sweep, or of the code that made the value."""
    if stop.delta is None:
        frame = users_frame(frame)
    while stop.delta is not None and frame.f_code.co_name != "sweep":
        assert frame.f_back is not None
        frame = frame.f_back
    own_debugger = sys.breakpointhook is not sys.__breakpointhook__
    if own_debugger or os.environ.get("PYTHONBREAKPOINT"):
        sys.breakpointhook()
        return
    import pdb

    print(f"stopped at {stop.value.describe()}: {stop.reason}")
    pdb.Pdb().set_trace(frame)


class _Watch(Watch):
    """Begins a pass that asks the breakpoints at each turn."""

    def __init__(self, asked: breakpoints) -> None:
        self.asked = asked

    def begin(self, root: Any, delta: Any, stores: Any) -> PassWatch:
        return _Pass(self.asked)


class _Pass(PassWatch):
    def __init__(self, asked: breakpoints) -> None:
        self.turn = asked.turn  # type: ignore[method-assign]
