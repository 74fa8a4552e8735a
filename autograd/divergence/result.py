"""Divergence: the first wrong edge of a backward pass, as plain data and as a sentence."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Divergence(NamedTuple):
    """Where a backward pass first goes wrong, and how.

    ``kind`` is one of the codes in `mistakes.KINDS`, ``reason`` says it in words. ``step`` counts
    the turns of values in the pass, from 1. ``before``, ``expected`` and ``got`` are the gradient
    of the operand ``input`` before the turn of ``node``, after it if all were right, and as it
    was found; ``upstream`` is the δ of ``node``, ``slot`` the operand's place.
    """

    kind: str
    reason: str
    step: int
    node: str
    op: str
    input: str
    slot: int
    upstream: Any
    before: Any
    expected: Any
    got: Any

    def __str__(self) -> str:
        where = f"step {self.step}: {self.node}"
        if self.kind in NO_EDGE:
            return f"{where}: {self.reason}."
        return (
            f"{where} (upstream δ = {written(self.upstream)}) → {self.input}: before "
            f"{written(self.before)}, should become {written(self.expected)}, became "
            f"{written(self.got)}: {self.reason}."
        )


#: Kinds that concern a value or the whole pass rather than one edge.
NO_EDGE = ("raises", "no_seed", "not_visited", "order", "twice", "forward")


def written(x: Any) -> str:
    """A number, or a small array, on one line."""
    if x is None:
        return "None"
    try:
        array = np.asarray(x, dtype=float)
    except (TypeError, ValueError):
        return repr(x)
    if array.ndim == 0:
        return f"{float(array):.6g}"
    text = np.array2string(array, precision=4, threshold=12, edgeitems=2, separator=", ")
    return " ".join(text.split())
