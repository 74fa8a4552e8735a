"""Debug mode: slower, and suspicious of everything."""

from __future__ import annotations

from typing import Any

import numpy as np

from .modes import observing, thread
from .node import Node
from .nonfinite import NonFiniteError, born, finite, kind_of
from .staleness import remember_inputs
from .tracing.blame import births
from .tracing.recorder import Recorder
from .tracing.trace import Trace, attach
from .watching import PassWatch, Watch, add_watch


class debug(observing):
    """Inside, NaN and infinity are reported where they are born, and raw writes are caught.

    Forward, each op that makes a NaN or infinity out of finite operands raises a NonFiniteError
    with the op, its operands and the line. Backward (if ``backward()`` is called inside), so does
    each contribution of an edge and each sum of contributions, with the path from the loss.

    Each op also keeps a checksum of its operands, which ``backward()`` compares: a raw write
    into an array, as in ``v.data[0] = 5.0``, raises a StaleValueError.

    NumPy's own warnings of these are silent inside. A context manager and a decorator, local to
    its thread.

    >>> import autograd as ag
    >>> try:
    ...     with ag.debug():
    ...         ag.Value(-1.0, label="x").sqrt()
    ... except ag.NonFiniteError as error:
    ...     print(str(error)[:42])
    NaN born in the forward pass of sqrt at <d
    """

    def __init__(self) -> None:
        super().__init__(inspect)
        self._outer: list[tuple[Any, np.errstate]] = []

    def _recreate_cm(self) -> debug:
        return debug()

    def __enter__(self) -> None:
        super().__enter__()
        quiet = np.errstate(all="ignore")
        quiet.__enter__()
        self._outer.append((add_watch(FiniteWatch()), quiet))

    def __exit__(self, *exception: object) -> None:
        thread.state.watch, quiet = self._outer.pop()
        quiet.__exit__(None, None, None)
        super().__exit__(*exception)


def inspect(value: Any) -> Any:
    """What debug mode does with each new value."""
    if not finite(value._array) and is_born(value):
        recorder = Recorder()
        recorder.meet(value)
        raise non_finite(recorder, 1)
    return remember_inputs(value)


def is_born(value: Any) -> bool:
    """True if the NaN or infinity in a new value comes from its op, or from a leaf that is NaN."""
    for x in value.inputs:
        if kind_of(x) == "NaN" and (not isinstance(x, Node) or x.op is None):
            return True
    return born(value._array, *value.inputs) is not None


class FiniteWatch(Watch):
    """Raises where a gradient stops being finite."""

    def begin(self, root: Any, delta: Any, stores: Any) -> PassWatch:
        if not finite(delta):
            raise NonFiniteError(f"backward() was given a gradient that is {kind_of(delta)}.")
        recorder = Recorder()
        return FinitePass(recorder, recorder.begin(root, delta, stores))


class FinitePass(PassWatch):
    """Checks each contribution of one pass, and each sum of them; notes them for the error."""

    def __init__(self, recorder: Recorder, notes: PassWatch) -> None:
        self.recorder = recorder
        self.notes = notes

    def replaced(self, value: Any, delta: Any) -> None:
        self.notes.replaced(value, delta)

    def contribution(self, value: Any, index: int, delta: Any, passed: Any, before: Any) -> None:
        self.notes.contribution(value, index, delta, passed, before)
        both = before is not None and born(before + passed, before, passed)
        if born(passed, delta) or both:
            raise non_finite(self.recorder, 2)

    def stored(self, leaf: Any, before: Any) -> None:
        self.notes.stored(leaf, before)


def non_finite(recorder: Recorder, last: int) -> NonFiniteError:
    """The error for what is born in the last so many events, with the trace up to there."""
    trace = Trace.of(recorder)
    birth = next(births(trace, len(trace) - last))
    return attach(NonFiniteError(birth.text), trace)
