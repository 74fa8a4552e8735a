"""Events: the things that happen in a forward and a backward pass, one plain object each.

An event never changes, and its arrays are read-only. ``index`` is its place in the trace and
``node`` the value it happens to. Two events are equal if the same thing happened at the same
place with the same numbers.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..node import short_text
from ..origin import Origin
from . import encoding
from .nodes import TraceNode


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Event:
    """What all events have: their place in the trace, and the node they happen to."""

    index: int
    node: TraceNode
    kind: ClassVar[str] = ""

    @property
    def text(self) -> str:
        """What happened, in one line without the place."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.index}, {self.text})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and plain(self) == plain(other)

    def __hash__(self) -> int:
        return hash((self.kind, self.index))


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Forward(Event):
    """An op computed ``node``; its data is ``value``."""

    value: Any
    kind: ClassVar[str] = "forward"

    @property
    def text(self) -> str:
        return f"{self.node!r} = {written(self.value)}"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Seed(Event):
    """Backward pass number ``sweep`` (from 1) begins at ``node`` with ∂J/∂node = ``gradient``.

    ``stores`` is False where gradients are only asked for (``autograd.grad``, ``vjp``): then
    no ``.grad`` changes. ``only`` names the leaves of ``backward(inputs=…)``, None for all.
    """

    sweep: int
    gradient: Any
    stores: bool
    only: tuple[TraceNode, ...] | None
    kind: ClassVar[str] = "seed"

    @property
    def text(self) -> str:
        return f"δ({self.node.name}) = {written(self.gradient)}"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Contribution(Event):
    """What the edge from ``node`` to its operand ``input`` (number ``slot``) passes back.

    ``product`` is ``upstream`` δ = ∂J/∂node times the local derivative ∂node/∂input, summed over
    the axes ``summed`` along which the operand had been broadcast.
    """

    sweep: int
    slot: int
    input: TraceNode
    upstream: Any
    product: Any
    summed: tuple[int, ...]
    #: What ``local`` is computed from: data of the result and of the operands.
    data: tuple[Any, ...]
    kind: ClassVar[str] = "contribution"

    @property
    def local(self) -> Any:
        """∂node/∂input in numbers, by running the rule on an upstream of 1.

        None where the rule does not multiply the upstream by something, element by element (a
        matrix product, a sum over an axis), and where the op is not known here.
        """
        return local_numbers(self.node, self.slot, self.data)

    @property
    def text(self) -> str:
        edge = f"{self.node.name} → {self.input.name}"
        local = self.local
        by = f"{self.node.op}'s rule" if local is None else f"local {written(local)}"
        summed = f", summed over {axes(self.summed)}" if self.summed else ""
        return f"{edge}: upstream {written(self.upstream)} · {by}{summed} = {written(self.product)}"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Accumulate(Event):
    """The gradient of ``node`` goes from ``before`` (None: not reached) to ``after``.

    ``cause`` says what brought it: ``"contribution"`` (that of the event before), ``"hook"`` (a
    hook put another gradient in its place) or ``"stored"`` (a leaf adds the δ of this pass to
    what earlier passes left in its ``.grad``). ``added`` is what came to ``before``; None where a
    hook replaced it.
    """

    sweep: int
    before: Any
    after: Any
    cause: str
    added: Any
    kind: ClassVar[str] = "accumulate"

    @property
    def text(self) -> str:
        name = self.node.name
        what, by = f"δ({name})", "" if self.cause == "contribution" else " (by a hook)"
        if self.cause == "stored":
            what, by = f"{name}.grad", " (added to earlier passes)"
        return f"{what}: {written(self.before)} → {written(self.after)}{by}"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Zero(Event):
    """The gradient of ``node`` was forgotten (``after`` None) or set to zero, at ``origin``."""

    before: Any
    after: Any
    origin: Origin
    kind: ClassVar[str] = "zero"

    @property
    def text(self) -> str:
        return f"{self.node.name}.grad: {written(self.before)} → {written(self.after)}"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Update(Event):
    """The ``what`` ("data", or "grad") of ``node`` was assigned, at ``origin``."""

    what: str
    before: Any
    after: Any
    origin: Origin
    kind: ClassVar[str] = "update"

    @property
    def text(self) -> str:
        name = self.node.name if self.what == "data" else f"{self.node.name}.grad"
        return f"{name}: {written(self.before)} → {written(self.after)}"


KINDS: dict[str, type[Event]] = {
    kind.kind: kind for kind in (Forward, Seed, Contribution, Accumulate, Zero, Update)
}


def plain(event: Event) -> tuple[Any, ...]:
    """The fields of an event as values that can be compared: arrays as JSON has them."""
    fields: list[Any] = []
    for name in type(event).__dataclass_fields__:
        x = getattr(event, name)
        if name == "data":
            continue
        if isinstance(x, TraceNode):
            x = (x.id, repr(x))
        elif hasattr(x, "tobytes"):
            x = encoding.data(x)
        elif isinstance(x, Origin):
            x = x._replace(filename=os.path.basename(x.filename))
        elif name == "only" and x is not None:
            x = tuple(node.id for node in x)
        fields.append(x)
    return tuple(fields)


def local_numbers(node: TraceNode, slot: int, data: tuple[Any, ...]) -> Any:
    """The local derivative of ``node`` in its operand ``slot``, or None: `Contribution.local`."""
    op = node.block
    if op is None or not (op.elementwise or node.shape == ()) or not data:
        return None
    settings = node.settings or {}
    if any(isinstance(setting, encoding.Opaque) for setting in settings.values()):
        return None
    out, *inputs = data
    with np.errstate(all="ignore"):
        return op.rules[slot](np.ones_like(out)[()], out, *inputs, **settings)


def written(x: Any) -> str:
    """Data on one line; — for a gradient that is not there."""
    return "—" if x is None else short_text(x)


def brief(x: Any, width: int = 32) -> str:
    """Data in few characters: a long array is cut, with its shape behind."""
    text = written(x)
    if len(text) <= width or not getattr(x, "shape", ()):
        return text
    return f"{text[: width - 2].rstrip(' ,[')} … {x.shape}"


def axes(numbers: tuple[int, ...]) -> str:
    """``axis 0``, ``axes 0, 1``."""
    return f"{'axis' if len(numbers) == 1 else 'axes'} {', '.join(map(str, numbers))}"
