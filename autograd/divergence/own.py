"""The first wrong edge of a graph of this engine: a user's own op, or a broken rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..backprop import seed, sweep
from ..node import Node, data_of
from ..one_op import OneOp
from ..watching import PassWatch
from .mistakes import Turn
from .result import Divergence


def first_wrong_edge(loss: Node) -> Divergence | None:
    """The first edge in the sweep from ``loss`` whose contribution is wrong, or None.

    No ``.grad`` is changed.
    """
    if loss.op is None:
        raise ValueError(
            f"first_divergence() got {loss.describe()}, which no recorded op computed; expected "
            f"a result, such as the loss."
        )
    check = _Check()
    with np.errstate(all="ignore"):
        for _ in sweep(loss, seed(loss), watch=check):
            if check.found is not None:
                break
    return check.found


class _Check(PassWatch):
    """Compares each contribution of a pass with a finite difference."""

    def __init__(self) -> None:
        self.step = 0
        self.found: Divergence | None = None

    def turn(self, value: Node, delta: Any) -> None:
        self.step += 1

    def contribution(self, value: Node, index: int, delta: Any, passed: Any, before: Any) -> None:
        if self.found is not None:
            return
        one = one_op(value, index, delta)
        if one.agrees(data_of(passed)):
            return
        right = one.best()
        others = []
        for slot, x in enumerate(value.inputs):
            if slot != index and isinstance(x, Node) and x.requires_grad:
                others.append(one_op(value, slot, delta).best())
        start = np.zeros(one.shape) if before is None else data_of(before)
        got = start + data_of(passed)
        kind, reason = Turn(start, got, [right], others, delta, factors(value)).explain()
        x = value.inputs[index]
        assert value.op is not None
        self.found = Divergence(
            kind, reason, self.step, value.describe(), value.op.name, x.describe(), index,
            delta, start, start + right, got,
        )  # fmt: skip


def one_op(value: Node, index: int, delta: Any) -> OneOp:
    """The finite difference of the op that made ``value``, in its operand ``index``."""
    op, settings = value.op, value.settings or {}
    assert op is not None
    forward = op.forward
    data = [data_of(x) for x in value.inputs]
    return OneOp(lambda *inputs: forward(*inputs, **settings), data, index, delta)


def factors(value: Node) -> dict[str, Any]:
    """The numbers that a wrong rule may have multiplied by, with their names."""
    found = {"its own data": value._array}
    for x in value.inputs:
        name = x.describe() if isinstance(x, Node) else "a constant"
        found.setdefault(name, data_of(x))
    return found
