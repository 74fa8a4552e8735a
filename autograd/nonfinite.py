"""NaN and infinity reported where they are born: in an op, in an edge, in a sum of edges."""

from __future__ import annotations

from typing import Any

import numpy as np

from .node import Node
from .watching import PassWatch, Watch


class NonFiniteError(FloatingPointError):
    """A NaN or infinity appeared where all that it was computed from was finite."""


def born(result: Any, *sources: Any) -> str | None:
    """ "NaN" or "inf" if ``result`` holds it and none of what it was computed from does.

    An infinity is no cause of itself elsewhere, but a NaN can come of two infinities: then it is
    born there.
    """
    if finite(result):
        return None
    kind = kind_of(result)
    for x in sources:
        if not finite(x) and (kind == "inf" or kind_of(x) == "NaN"):
            return None
    return kind


def check_forward(value: Any) -> Any:
    """Raise if NaN or infinity is born in a new value, or if a leaf among its operands is NaN."""
    if finite(value._array):
        return value
    for index, x in enumerate(value.inputs):
        if kind_of(x) == "NaN" and (not isinstance(x, Node) or x.op is None):
            raise NonFiniteError(
                f"{value.op.name} at {value.origin} got NaN in {operand(value, index)}: "
                f"it was there before anything was computed."
            )
    if (kind := born(value._array, *value.inputs)) is not None:
        raise NonFiniteError(
            f"{kind} born in the forward pass of {value.op.name} at {value.origin}: "
            f"{listed(value)} gave {short(value._array)}."
        )
    return value


class FiniteWatch(Watch):
    """Raises where a gradient stops being finite."""

    def begin(self, root: Any, delta: Any, stores: Any) -> PassWatch:
        if not finite(delta):
            raise NonFiniteError(f"backward() was given a gradient that is {kind_of(delta)}.")
        return FinitePass(root)


class FinitePass(PassWatch):
    """Checks each contribution of one pass, and each sum of them."""

    def __init__(self, root: Node) -> None:
        self.root = root

    def contribution(self, value: Node, index: int, delta: Any, passed: Any, before: Any) -> None:
        if born(passed, delta) is not None:
            raise NonFiniteError(contribution_text(value, index, delta, passed, self.root))
        if before is not None and born(before + passed, before, passed) is not None:
            raise NonFiniteError(accumulation_text(value, index, passed, before, self.root))


def contribution_text(value: Node, index: int, delta: Any, passed: Any, root: Node) -> str:
    assert value.op is not None
    rule = value.op.rules[index]
    code = getattr(rule, "func", rule).__code__
    return (
        f"{kind_of(passed)} born in the backward pass, in the contribution of {value.op.name} at "
        f"{value.origin} to {operand(value, index)}: upstream δ = {short(delta)}, {listed(value)}, "
        f"result {short(value._array)}; the rule ({code.co_qualname}, line {code.co_firstlineno}) "
        f"gave {short(passed)}. From the loss: {path_text(root, value)}."
    )


def accumulation_text(value: Node, index: int, passed: Any, before: Any, root: Node) -> str:
    assert value.op is not None
    x = value.inputs[index]
    return (
        f"{kind_of(before + passed)} born in the backward pass, in adding up the gradient of "
        f"{x.describe()} (made at {x.origin}): {short(before)} + {short(passed)}, the latter from "
        f"{value.op.name} at {value.origin}. From the loss: {path_text(root, value)}."
    )


def finite(x: Any) -> bool:
    """True if every element of a value, array or number is finite."""
    data = x._array if isinstance(x, Node) else x
    return bool(np.isfinite(data).all())


def kind_of(x: Any) -> str:
    """ "NaN" or "inf", whichever an array or number holds; NaN if both."""
    data = x._array if isinstance(x, Node) else x
    return "NaN" if np.isnan(data).any() else "inf"


def short(x: Any) -> str:
    """An array or number on one line; of a large array the first element that is not finite."""
    data = x._array if isinstance(x, Node) else np.asarray(x)
    if data.size <= 6:
        return " ".join(np.array2string(data, precision=4, separator=", ").split())
    bad = np.argwhere(~np.isfinite(data))
    if len(bad):
        place = tuple(int(k) for k in bad[0])
        return f"array {data.shape} with {len(bad)} not finite, first {data[place]} at {place}"
    return f"array {data.shape} from {data.min():.4g} to {data.max():.4g}"


def operand(value: Node, index: int) -> str:
    """Name of operand ``index`` of a value."""
    x = value.inputs[index]
    return x.describe() if isinstance(x, Node) else f"operand {index} (a constant)"


def listed(value: Node) -> str:
    """The operands of a value, with their names."""
    parts = [f"{operand(value, k)} = {short(x)}" for k, x in enumerate(value.inputs)]
    return ", ".join(parts)


def path_text(root: Node, value: Node, shown: int = 8) -> str:
    """The ops on one shortest way from ``root`` to ``value``."""
    came_from: dict[Node, Node | None] = {root: None}
    waiting = [root]
    for node in waiting:
        if node is value:
            break
        for x in node.inputs:
            if isinstance(x, Node) and x not in came_from:
                came_from[x] = node
                waiting.append(x)
    names: list[str] = []
    at: Node | None = value
    while at is not None:
        names.append(at.label or (at.op.name if at.op else "leaf"))
        at = came_from.get(at)
    names.reverse()
    if len(names) > shown:
        middle = f"… {len(names) - shown} more …"
        names = [*names[: shown // 2], middle, *names[-shown // 2 :]]
    return " ← ".join(names)
