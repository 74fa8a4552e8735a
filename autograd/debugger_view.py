"""Debugger view: a Value as one short line and as a tidy tree, for the views of debuggers."""

from __future__ import annotations

from typing import Any

from .node import Node, data_of, short_text


def line(value: Node, width: int = 120) -> str:
    """Op, data, gradient state and the expression that made it, on one line.

    >>> from autograd import Value
    >>> w = Value(2.0, label="w")
    >>> line(w), line((w * 3.0) + 1.0).partition("  [")[0]
    ("'w' 2.0  δ —", 'add 7.0  δ —')
    """
    name = repr(value.label) if value.label is not None else ""
    what = " ".join(part for part in (value.op.name if value.op else "", name) if part) or "leaf"
    text = f"{what} {short_text(value._array)}"
    if value.requires_grad:
        text += f"  δ {gradient(value)}"
    if value.op is not None and value.origin.expression:
        text += f"  [{value.origin.expression}]"
    return text if len(text) <= width else text[: width - 1] + "…"


def gradient(value: Node) -> str:
    """The gradient as text; — while no backward pass has reached the value."""
    return "—" if value._grad is None else short_text(data_of(value._grad))


def tree(value: Node) -> dict[str, Any]:
    """What belongs to a value, by name: data, gradient, op, operands, and where it was made."""
    found: dict[str, Any] = {"value": value._array, "δ": data_of(value._grad)}
    if value._grad is None:
        found["δ"] = "— (no backward pass has reached it)" if value.requires_grad else "constant"
    if value.op is not None:
        found["op"] = value.op.name
        for slot, x in enumerate(value.inputs):
            found[f"input[{slot}]"] = x
        for name, setting in (value.settings or {}).items():
            found[name] = setting
    if value.label is not None:
        found["label"] = value.label
    found["made at"] = str(value.origin)
    if value.scope is not None:
        found["layer"] = value.scope.path
    return found
