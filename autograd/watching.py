"""Watching: how a trace, debug mode or a breakpoint sees what the engine does, as it does it.

A `Watch` is told of each backward pass and gives a `PassWatch`, which the sweep tells what
happens; it is also told when data is overwritten or a gradient is assigned. Without a watch the
engine asks once per pass whether there is one, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .modes import thread


class PassWatch:
    """What the sweep of one backward pass tells. A subclass overrides what it wants to know."""

    def turn(self, value: Any, delta: Any) -> None:
        """It is the turn of ``value``: its ``delta`` is complete."""

    def replaced(self, value: Any, delta: Any) -> None:
        """Hooks have put this ``delta`` in the place of the one that was added up."""

    def contribution(self, value: Any, index: int, delta: Any, passed: Any, before: Any) -> None:
        """The edge from ``value`` to its operand ``index`` turned ``delta`` into ``passed``.

        ``before`` is what had been added up for that operand, None for its first contribution.
        """

    def stored(self, leaf: Any, before: Any) -> None:
        """The gradient of a leaf was put into ``.grad``, where there was ``before``."""


class Watch:
    """What the engine tells while it is the thread's watch. A subclass overrides what it needs."""

    def begin(self, root: Any, delta: Any, stores: Any) -> PassWatch:
        """A sweep begins at ``root``, with ``delta`` = ∂J/∂root.

        ``stores`` says what gets a ``.grad``: True for all values, False for none (gradients are
        only asked for, as by ``grad``); a set of leaves, for these and all interior values.
        """
        return PassWatch()

    def overwritten(self, value: Any) -> None:
        """The data of ``value`` was assigned."""

    def grad_assigned(self, value: Any) -> None:
        """The gradient of ``value`` was assigned, or forgotten."""


class _Both(Watch):
    """Two watches at once; the outer one is told first."""

    def __init__(self, watches: Sequence[Watch]) -> None:
        self.watches = watches

    def begin(self, root: Any, delta: Any, stores: Any) -> PassWatch:
        return _BothPasses([watch.begin(root, delta, stores) for watch in self.watches])

    def overwritten(self, value: Any) -> None:
        for watch in self.watches:
            watch.overwritten(value)

    def grad_assigned(self, value: Any) -> None:
        for watch in self.watches:
            watch.grad_assigned(value)


class _BothPasses(PassWatch):
    def __init__(self, watches: Sequence[PassWatch]) -> None:
        self.watches = watches

    def turn(self, value: Any, delta: Any) -> None:
        for watch in self.watches:
            watch.turn(value, delta)

    def replaced(self, value: Any, delta: Any) -> None:
        for watch in self.watches:
            watch.replaced(value, delta)

    def contribution(self, value: Any, index: int, delta: Any, passed: Any, before: Any) -> None:
        for watch in self.watches:
            watch.contribution(value, index, delta, passed, before)

    def stored(self, leaf: Any, before: Any) -> None:
        for watch in self.watches:
            watch.stored(leaf, before)


def add_watch(watch: Watch) -> Watch | None:
    """Make ``watch`` see what this thread does, beside the present one, which is returned."""
    outer = thread.state.watch
    thread.state.watch = watch if outer is None else _Both([outer, watch])
    return outer
