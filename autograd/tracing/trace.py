"""Trace: a forward and a backward run as a sequence of plain events that can be asked about."""

from __future__ import annotations

import operator
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

from ..node import Node
from ..origin import Origin, resolve, users_frame
from ..views import bundle, view
from . import events
from .blame import Birth, births
from .compare import Diff, diff
from .events import Event
from .files import history_of_text, text_of
from .history import OF_SWEEPS, History, opened
from .ledger import Ledger, Paths, ledger, paths
from .nodes import TraceNode
from .numeric import numeric
from .recorder import Recorder
from .replay import replay
from .search import Condition, matching
from .state import State


class Trace(Sequence[Event]):
    """What happened, event by event: ``t[i]``, ``t[i:j]``, ``len(t)``, ``for event in t``.

    ``t.at(i)`` is the state after event i. Values are named by the Value itself (while it
    lives), by the node's name (its label, or u1, u2, …), by the variable that held it when the
    recording ended, or by a `TraceNode`. Make one with
    `autograd.trace`.
    """

    def __init__(self, history: History | None = None) -> None:
        #: What notes down the run; None once it has been opened.
        self.recorder: Recorder | None = None
        self._recording = False
        self._history = history
        self._seen = -1
        self._places: dict[int, int] = {}
        #: Creation order of the Values that the user's variables hold, by the variable's name.
        self._variables: dict[str, int] = {}
        #: What the traced function returned; None for a ``with`` block.
        self.result: Any = None
        #: The exception that ended the recording, if one did.
        self.error: BaseException | None = None

    # -- recording

    def __enter__(self) -> Trace:
        if self.recorder is not None or self._history is not None:
            raise RuntimeError("this trace has recorded before; make a new one: trace().")
        self.recorder, self._recording = Recorder(), True
        self.recorder.start()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        assert self.recorder is not None
        self.recorder.stop()
        self.know(users_frame(sys._getframe(1)).f_locals)
        self._recording = False
        if isinstance(error, Exception):
            self.error = attach(error, self) if self.recorder.log else error

    def know(self, variables: Mapping[str, Any]) -> None:
        """From now on a Value may be named by the variable that holds it, if no value's name
        is the same. Those around the traced block or call are known when it ends."""
        for name, x in list(variables.items()):
            if isinstance(x, Node):
                self._variables[name] = x._order

    @staticmethod
    def of(recorder: Recorder) -> Trace:
        """The trace that a recorder has noted down."""
        made = Trace()
        made.recorder = recorder
        return made

    @property
    def history(self) -> History:
        """The nodes and what each held when; while the recording goes on, of what is there."""
        recorder = self.recorder
        if recorder is not None and (not self._recording or self._seen != len(recorder.log)):
            self._seen = len(recorder.log)
            self._history = opened(recorder)
            self._places = recorder.places
            if not self._recording:
                # The recorder holds all values, and so their graphs; they may go now.
                self.recorder = None
        if self._history is None:
            raise RuntimeError(
                "this trace has not recorded anything yet; expected 'with autograd.trace() as t:' "
                "around the code, or autograd.trace(function)."
            )
        return self._history

    # -- a sequence of events

    def __len__(self) -> int:
        return len(self.history.steps)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._event(i) for i in range(*index.indices(len(self)))]
        try:
            index = operator.index(index)
        except TypeError:
            shown = repr(index) if isinstance(index, str) else type(index).__name__
            raise TypeError(
                f"t[…] got {shown}; expected the number of an event, or a slice. A value's node "
                f"is t.node(name), its gradient in the end t.last.grad(name), its events "
                f"t.find(name=…)."
            ) from None
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(f"event {index} of a trace of {len(self)} events.")
        return self._event(at)

    def __iter__(self) -> Iterator[Event]:
        for i in range(len(self)):
            yield self._event(i)

    def _event(self, index: int) -> Event:
        history = self.history
        kind, place, *fields = history.steps[index]
        node = history.nodes[place]
        if kind is events.Contribution:
            sweep, slot, source, upstream, product = fields
            summed = history.summed(place, slot)
            data = history.operands(place, index)
            x = history.nodes[source]
            return events.Contribution(index, node, sweep, slot, x, upstream, product, summed, data)
        if kind is events.Seed:
            sweep = history.sweeps[fields[0] - 1]
            only = None
            if not isinstance(sweep.stores, bool):
                only = tuple(history.nodes[leaf] for leaf in sorted(sweep.stores))
            number, gradient = fields
            return events.Seed(index, node, number, gradient, sweep.stores is not False, only)
        if kind in (events.Zero, events.Update):
            at = fields.pop()
            fields.append(at[0] if isinstance(at[0], Origin) else resolve(*at))
        return kind(index, node, *fields)

    # -- what is in it

    @property
    def nodes(self) -> Sequence[TraceNode]:
        """Every value that took part, operands before results."""
        return self.history.nodes

    def node(self, value: Any) -> TraceNode:
        """The node of a Value, of a name, or of a number; a node as it is.

        Raises:
            LookupError: the trace has no such value.
        """
        history = self.history
        if isinstance(value, TraceNode):
            return value
        if isinstance(value, Node):
            if (place := self._places.get(value._order)) is not None:
                return history.nodes[place]
            raise LookupError(
                f"the trace has not met {value.describe()}; expected a Value that was used while "
                f"it recorded, or a name. A trace from a file knows names only."
            )
        if isinstance(value, str):
            if value in history.named:
                return history.named[value]
            # W¹ may be typed W1, and u1 as u₁.
            if (plain := unicodedata.normalize("NFKC", value)) in history.typed:
                return history.typed[plain]
            if (place := self._places.get(self._variables.get(value, -1))) is not None:
                return history.nodes[place]
        elif isinstance(value, int) and 0 <= value < len(history.nodes):
            return history.nodes[value]
        near = _near(str(value), history.named)
        raise LookupError(f"the trace has no value named {value!r}.{near}")

    def at(self, index: int) -> State:
        """The state after event ``index``; -1 before the first, ``len(t) - 1`` at the end."""
        if not -1 <= index < len(self):
            raise IndexError(
                f"at({index}) of a trace of {len(self)} events; expected -1 to {len(self) - 1}."
            )
        return State(self, index)

    @property
    def last(self) -> State:
        """The state after the last event."""
        return State(self, len(self) - 1)

    def forward(self) -> Iterator[events.Forward]:
        """The forward events."""
        for event in self.find(kind="forward"):
            assert isinstance(event, events.Forward)
            yield event

    def backward(self, sweep: int | None = None) -> Iterator[Event]:
        """The events of backward pass number ``sweep`` (from 1), or of all of them."""
        for i, step in enumerate(self.history.steps):
            if step[0] in OF_SWEEPS and sweep in (None, step[2]):
                yield self._event(i)

    # -- questions

    def find(
        self,
        kind: str | None = None,
        op: str | None = None,
        name: str | None = None,
        value: Condition = None,
        grad: Condition = None,
        where: Callable[[Event], Any] | None = None,
        start: int = 0,
    ) -> list[Event]:
        """The events that fit everything that is given.

        ``op`` is the name or symbol of the op that made the event's node, ``name`` a pattern for
        its name (``w*``). ``value`` and ``grad`` are conditions on the data, or gradient, that the
        event brings; of an array one element is enough. ``where`` takes the event itself.

        >>> import autograd as ag
        >>> x = ag.Value(3.0, label="x")
        >>> t = ag.trace(lambda: (x * x).backward())
        >>> t.find(name="x", grad=lambda g: g > 5)
        [Accumulate(5, δ(x): 3.0 → 6.0)]
        """
        return list(matching(self, kind, op, name, value, grad, where, start))

    def first(self, **conditions: Any) -> Event | None:
        """The first event that `find` would find with these conditions; None if there is none."""
        return next(matching(self, **conditions), None)

    def ledger(self, value: Any, sweep: int | None = None) -> Ledger:
        """What brought δ of a value, one row per use, in the last pass that reached it.

        ``sweep`` is the number of another pass.

        >>> import autograd as ag
        >>> x = ag.Value(3.0, label="x")
        >>> ag.trace(lambda: (x * x).backward()).ledger(x)
        δ(x) in backward pass 1
          u1[0]: 1.0 · 3.0 = 3.0, Σ 3.0
          u1[1]: 1.0 · 3.0 = 3.0, Σ 6.0
          δ = 6.0
        """
        return ledger(self, self.node(value), sweep)

    def where(self, value: Any, sweep: int | None = None, most: int = 8) -> Paths:
        """The ways from a value to the loss, each with the product of its local derivatives.

        At most ``most`` are written out; ``ways`` says how many there are.
        """
        return paths(self, self.node(value), sweep, most)

    def numeric(self, value: Any, sweep: int | None = None) -> Any:
        """∂J/∂value of a backward pass (the last one) by finite differences, of value's shape.

        Only forward rules are run, from the value to the root; compare it with ``grad``.
        """
        return numeric(self, self.node(value), sweep)

    def first_nonfinite(self, kind: str | None = None) -> Birth | None:
        """Where a NaN or infinity was born first, and in which op, edge or sum; None if nowhere.

        ``kind`` "NaN" or "inf" asks for one of them.
        """
        if kind not in (None, "NaN", "inf"):
            raise ValueError(f"first_nonfinite() got kind={kind!r}; expected 'NaN', 'inf' or None.")
        for birth in births(self):
            if kind in (None, birth.kind):
                return birth
        return None

    def diff(self, other: Trace) -> Diff:
        """Where this trace and another part, and what differs at their ends."""
        if not isinstance(other, Trace):
            raise TypeError(f"diff() got {type(other).__name__}; expected a Trace.")
        return diff(self, other)

    def replay(self, changes: Mapping[Any, Any]) -> Trace:
        """The trace computed again with other data for the named values: ``{"w": 0.5}``.

        A result may be named too: what is computed from it goes on from the new number. Ops,
        backward passes and zeroed gradients are repeated; it ends before the first update of data
        after a backward pass, since what an optimizer would do now is not in a trace.

        >>> import autograd as ag
        >>> w, x = ag.Value(2.0, label="w"), ag.Value(3.0, label="x")
        >>> t = ag.trace(lambda: (w * x).backward())
        >>> t.replay({"w": 0.5}).last.grad("x")
        np.float64(0.5)
        """
        return replay(self, changes, Trace())

    # -- files

    def to_json(self) -> str:
        """The trace as one JSON document, described by `schema.SCHEMA`; no NaN in it."""
        return text_of(self)

    def save(self, path: str | Path) -> Path:
        """Write it as a JSON file; the path.

        Raises:
            FileNotFoundError: there is no such folder.
        """
        folder = os.path.dirname(os.path.abspath(path))
        if not os.path.isdir(folder):
            raise FileNotFoundError(
                f"cannot save {os.fspath(path)!r}: there is no folder {folder}; make it first, or "
                f"name another one."
            )
        Path(path).write_text(self.to_json(), encoding="utf-8")
        return Path(path)

    @staticmethod
    def from_json(text: str) -> Trace:
        """The trace of a JSON document.

        Raises:
            TraceFileError: it is no trace, a damaged one, or of a newer version.
        """
        return Trace(history_of_text(text))

    @staticmethod
    def load(path: str | Path) -> Trace:
        """The trace in a file that `save` has written.

        Raises:
            FileNotFoundError: there is no such file.
            TraceFileError: it is no trace, a damaged one, or of a newer version.
        """
        if not os.path.exists(path):
            raise FileNotFoundError(f"there is no file {os.fspath(path)!r}.")
        return Trace.from_json(Path(path).read_text(encoding="utf-8"))

    # -- ways to look at it

    def debug(self) -> None:
        """Step through it in the terminal."""
        view("stepper")(self)

    def save_html(self, path: str | Path) -> Path:
        """Write it as one page that needs no network; the path.

        Of more than 3,000 values layers, or stretches of early values, are one box each, as the
        page then says; all are still found by name, and each step is told in full.
        """
        return view("page")(self, path)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return bundle(self, "trace in a notebook")

    def _repr_html_(self) -> str:
        return view("notebook")(self)

    def __repr__(self) -> str:
        passes = len(self.history.sweeps)
        plural = "" if passes == 1 else "es"
        return (
            f"Trace({len(self)} events, {len(self.nodes)} values, {passes} backward pass{plural})"
        )


#: What is added to an exception that carries a trace.
NOTE = "The trace up to here is attached: autograd.post_mortem() steps through it."


def attach(error: Exception, trace: Trace) -> Any:
    """``error`` with the trace of the run that it ended, and a note that says so."""
    if getattr(error, "trace", None) is None:
        error.add_note(NOTE)
    error.trace = trace  # type: ignore[attr-defined]
    return error


def _near(name: str, names: dict[str, Any]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(names)[:2000], 3)
    if not close:
        close = list(names)[:5]
        return f" It has {', '.join(close)}{', …' if len(names) > 5 else '.'}"
    return f" Did you mean {' or '.join(repr(other) for other in close)}?"
