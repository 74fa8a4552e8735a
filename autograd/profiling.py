"""Profiling: what each op and each source line costs, beside what NumPy itself needs for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .modes import observing, thread
from .node import Node
from .watching import PassWatch, Watch, add_watch

clock = time.perf_counter
#: How often a rule is run again to see what NumPy alone needs; the fastest run counts.
REPEATS = 3


class Cost(NamedTuple):
    """Calls, seconds, seconds that NumPy alone needs for the same, bytes of the results."""

    calls: int = 0
    seconds: float = 0.0
    numpy: float = 0.0
    bytes: int = 0

    def plus(self, seconds: float, numpy: float, size: int) -> Cost:
        """The cost with one more call."""
        return Cost(self.calls + 1, self.seconds + seconds, self.numpy + numpy, self.bytes + size)


class Row(NamedTuple):
    """The cost of one op, or of one source line: forward and backward."""

    name: str
    forward: Cost
    backward: Cost

    @property
    def seconds(self) -> float:
        """Seconds forward and backward."""
        return self.forward.seconds + self.backward.seconds


class Profile:
    """What `profile` found: ``ops`` and ``lines`` as rows, most expensive first; print it.

    Seconds of a call run from the one before to the moment when it was recorded: with the
    engine's own work, and with the Python between the calls. Of the same calls NumPy's part is
    measured afterwards, by running the rules again on the same arrays.
    """

    def __init__(self) -> None:
        self._calls: list[tuple[str, str, Any, float, int, Callable[[], Any]]] = []
        self._observing: Any = None
        self._outer: Watch | None = None
        self.ops: list[Row] = []
        self.lines: list[Row] = []
        #: Seconds from entering to leaving.
        self.seconds = 0.0
        self._last = 0.0
        self._uncompiled = False

    def __enter__(self) -> Profile:
        self._observing = observing(self._recorded)
        self._observing.__enter__()
        self._outer = add_watch(_Passes(self))
        self._uncompiled, thread.state.uncompiled = thread.state.uncompiled, True
        self._start = self._last = clock()
        return self

    def __exit__(self, *exception: object) -> None:
        self.seconds = clock() - self._start
        thread.state.watch, thread.state.uncompiled = self._outer, self._uncompiled
        self._observing.__exit__()
        self._evaluate()

    # -- what happens, as it happens

    def _note(self, way: str, value: Any, size: int, again: Callable[[], Any]) -> None:
        now = clock()
        self._calls.append((way, value.op.name, value, now - self._last, size, again))
        self._last = clock()

    def _recorded(self, value: Any) -> Any:
        data = [x._array if isinstance(x, Node) else x for x in value.inputs]
        settings, op = value.settings or {}, value.op
        self._note("forward", value, value._array.nbytes, lambda: op.forward(*data, **settings))
        return value

    def _contributed(self, value: Any, index: int, delta: Any, passed: Any) -> None:
        if isinstance(delta, Node) or isinstance(passed, Node):
            return  # a backward pass that is recorded: its ops are profiled themselves
        data = [x._array if isinstance(x, Node) else x for x in value.inputs]
        settings, rule, out = value.settings or {}, value.op.rules[index], value._array
        self._note(
            "backward",
            value,
            np.asarray(passed).nbytes,
            lambda: rule(delta, out, *data, **settings),
        )

    # -- what it means

    def _evaluate(self) -> None:
        ops: dict[str, dict[str, Cost]] = {}
        lines: dict[str, dict[str, Cost]] = {}
        known: dict[Any, float] = {}
        for way, name, value, seconds, size, again in self._calls:
            shapes = tuple(np.shape(getattr(x, "_array", x)) for x in value.inputs)
            key = (way, name, shapes, value._array.shape, size)
            if key not in known:
                known[key] = fastest(again)
            for table, row in ((ops, name), (lines, str(value.origin))):
                costs = table.setdefault(row, {"forward": Cost(), "backward": Cost()})
                costs[way] = costs[way].plus(seconds, known[key], size)
        self._calls = []
        self.ops, self.lines = rows_of(ops), rows_of(lines)

    @property
    def numpy_seconds(self) -> float:
        """Seconds that NumPy alone needs for all calls."""
        return sum(row.forward.numpy + row.backward.numpy for row in self.ops)

    @property
    def percent_of_numpy(self) -> float:
        """Time of the whole block as a percentage of the time that NumPy itself needs."""
        return 100 * self.seconds / self.numpy_seconds if self.numpy_seconds else float("nan")

    def table(self, by: str = "op") -> str:
        """A table of the costs by ``"op"`` or by source ``"line"``.

        Raises:
            ValueError: another word.
        """
        if by not in ("op", "line"):
            raise ValueError(f"table() got by={by!r}; expected 'op' or 'line'.")
        rows = self.ops if by == "op" else self.lines
        width = max([len(by), *[len(row.name) for row in rows]], default=4)
        head = f"{'calls':>7} {'ms':>9} {'NumPy ms':>9} {'kB':>9}"
        text = [f"{'':{width}} | {'forward':^37} | {'backward':^37} |", ""]
        text[1] = f"{by:{width}} | {head} | {head} | % of NumPy"
        for row in rows:
            numpy = row.forward.numpy + row.backward.numpy
            percent = f"{100 * row.seconds / numpy:10.0f}" if numpy else f"{'—':>10}"
            text.append(
                f"{row.name:{width}} | {cells(row.forward)} | {cells(row.backward)} | {percent}"
            )
        text.append(
            f"{self.seconds * 1e3:.3f} ms in all, {self.percent_of_numpy:.0f} % of the "
            f"{self.numpy_seconds * 1e3:.3f} ms that NumPy itself needs."
        )
        return "\n".join(text)

    def __str__(self) -> str:
        return self.table()


def profile() -> Profile:
    """A profile of what is computed inside ``with profile() as report:``; print ``report``.

    Compiled functions run uncompiled in it, so that every op is seen.

    >>> import autograd as ag
    >>> x = ag.Value([1.0, 2.0])
    >>> with ag.profile() as report:
    ...     (x * x).sum().backward()
    >>> sorted((row.name, row.forward.calls, row.backward.calls) for row in report.ops)
    [('multiply', 1, 2), ('sum', 1, 1)]
    """
    return Profile()


class _Passes(Watch):
    """Tells a profile of every contribution in a backward pass."""

    def __init__(self, report: Profile) -> None:
        self.report = report

    def begin(self, root: Any, delta: Any, stores: Any) -> PassWatch:
        return _Pass(self.report)


class _Pass(PassWatch):
    def __init__(self, report: Profile) -> None:
        self.report = report

    def contribution(self, value: Any, index: int, delta: Any, passed: Any, before: Any) -> None:
        self.report._contributed(value, index, delta, passed)


def fastest(again: Callable[[], Any]) -> float:
    """Seconds of the fastest of some runs; 0 for what cannot be run again."""
    times = []
    for _ in range(REPEATS):
        start = clock()
        try:
            again()
        except Exception:  # a rule that hands its result over once
            return 0.0
        times.append(clock() - start)
    return min(times)


def rows_of(table: dict[str, dict[str, Cost]]) -> list[Row]:
    """The rows of a table, most expensive first."""
    rows = [Row(name, costs["forward"], costs["backward"]) for name, costs in table.items()]
    return sorted(rows, key=lambda row: -row.seconds)


def cells(cost: Cost) -> str:
    """One cost as the cells of a row."""
    return (
        f"{cost.calls:7} {cost.seconds * 1e3:9.3f} {cost.numpy * 1e3:9.3f} {cost.bytes / 1000:9.1f}"
    )
