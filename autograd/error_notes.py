"""What is written below an error on its way out: the op, its operands, the line of user code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from .node import Node
from .ops import Op
from .origin import resolve, users_frame

#: So many notes at most on one error.
MOST = 4


def note_forward(error: Exception, op: type[Op], inputs: Sequence[Any]) -> Exception:
    """``error`` of a forward rule, with a note on what was computed, and where."""
    frame = users_frame(sys._getframe(1))
    place = resolve(frame.f_code, frame.f_lasti)
    error.add_note(f"In the forward pass of {op.name} at {place}: {listed(inputs)}.")
    return error


def note_backward(error: Exception, value: Node, index: int) -> None:
    """A note on ``error``: which value the sweep was at, and which operand's turn it was.

    ``index`` is -1 before the first operand: in the hooks, or while stale data is looked for.
    """
    # A backward pass inside a backward pass, and so on: the innermost ones say enough.
    if str(value.origin) in str(error) or len(getattr(error, "__notes__", ())) >= MOST:
        return
    if value.op is None or index < 0:
        error.add_note(f"In the backward pass, at {value.describe()} of shape {value.shape}.")
        return
    error.add_note(
        f"In the backward pass of {value.op.name} at {value.origin}, in its contribution to "
        f"operand {index}: {listed(value.inputs)}."
    )


def listed(inputs: Sequence[Any], most: int = 4) -> str:
    """The operands with their names and shapes: ``'x' of shape (2,), 'w' of shape (3, 2)``."""
    parts = []
    for x in inputs[:most]:
        name = x.describe() if isinstance(x, Node) else f"a constant of type {type(x).__name__}"
        parts.append(f"{name} of shape {x.shape}" if hasattr(x, "shape") else name)
    if len(inputs) > most:
        parts.append(f"and {len(inputs) - most} more")
    return ", ".join(parts)
