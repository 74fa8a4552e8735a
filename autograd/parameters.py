"""Parameters: gradients and data of many leaves at once, as an optimizer handles them.

What stands here is what ``.grad``, ``.data`` and ``zero_grad()`` do for one value, in one loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .modes import thread
from .node import Node, note_overwrites


def gradients_of(values: Sequence[Node]) -> list[Any]:
    """The gradient of each value in plain numbers; None where there is none."""
    gradients = []
    for value in values:
        grad = value.grad
        gradients.append(grad._array if isinstance(grad, Node) else grad)
    return gradients


def descend(
    values: Sequence[Node],
    change: Callable[[int, Any, Any], Any],
    rate: Any,
    keep: Any = None,
    gradients: Sequence[Any] | None = None,
) -> list[int]:
    """Move each value that has a gradient; the numbers of those that rest, which have none.

    Value k becomes ``keep * data - change(k, gradient, rate)``, written into its array in place;
    without ``keep`` all of the data is kept. ``gradients`` take the place of the values' own.
    """
    if (tape := thread.state.tape) is not None:
        for value in values:
            tape.adopt(value)
    k, resting = 0, []
    try:
        for k, value in enumerate(values):
            grad = value._grad if gradients is None else gradients[k]
            if grad is None:
                resting.append(k)
                continue
            if isinstance(grad, Node):
                grad = grad._array
            data = value._array if value._array.base is None else value.data
            if keep is not None:
                data *= keep
            data -= change(k, grad, rate)
            if data is not value._array:
                value._replace(data)
    finally:
        moved = values[: k + 1]
        note_overwrites([moved[j] for j in range(k + 1) if j not in resting] if resting else moved)
    return resting


def forget_gradients(values: Sequence[Node]) -> None:
    """``zero_grad()`` of each value: its ``.grad`` is None until the next backward pass."""
    state = thread.state
    if state.tape is not None or state.watch is not None:
        for value in values:
            value.zero_grad()
    else:
        for value in values:
            value._grad = None
