"""A learner's own engine, driven value by value without a change to their class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..one_op import OneOp
from .forward import Forward, data_of, forward_of, op_name
from .mistakes import KINDS, Turn
from .result import Divergence, written

#: Where a value may keep its operands, in order of preference.
OPERANDS = ("inputs", "_inputs", "_prev", "prev", "parents", "_parents", "children", "_children")


class LearnerEngine:
    """The graph under ``loss``, of a class with ``data``, ``grad`` and ``_backward``."""

    def __init__(
        self,
        loss: Any,
        inputs: Callable[[Any], Any] | None = None,
        forward: Callable[[Any], Any] | None = None,
    ) -> None:
        for name in ("data", "grad", "_backward"):
            if not hasattr(loss, name):
                raise TypeError(
                    f"first_divergence() got {type(loss).__name__} without {name!r}; expected a "
                    f"Value, or an object with data, grad, _backward and its operands in "
                    f"inputs or _prev."
                )
        self.loss = loss
        self._inputs = inputs or operands_in(loss)
        self._forward = forward
        self.order = self.topological()
        if len(self.order) < 2:
            raise ValueError(
                "first_divergence() got a value without operands; expected a result, such as "
                "the loss."
            )

    # -- the graph

    def inputs(self, value: Any) -> list[Any]:
        """The distinct operands of a value that are values themselves, in a fixed order."""
        found: list[Any] = []
        given = self._inputs(value)
        for x in sorted(given, key=_by_data) if isinstance(given, set | frozenset) else given:
            if hasattr(x, "grad") and not any(x is y for y in found):
                found.append(x)
        return found

    def topological(self) -> list[Any]:
        """Every value under the loss, operands before results."""
        return in_order(self.loss, self.inputs)

    def name(self, value: Any) -> str:
        """A value in a sentence: its label or op, and its data."""
        label = getattr(value, "label", "") or getattr(value, "name", "")
        what = label or (op_name(value) if self.inputs(value) else "a value")
        return f"{what} = {written(value.data)}"

    def forward(self, value: Any) -> Forward | None:
        """What computed a value."""
        if self._forward is not None:
            function, operands = self._forward(value)
            return Forward(function, tuple(operands), op_name(value))
        return forward_of(value, self.inputs(value))

    # -- the search

    def first_wrong_edge(self) -> Divergence | None:
        """The first edge, or the first fault of the engine's own sweep; None if all is right."""
        self.reset()
        self.loss.grad = _filled(self.loss, 1.0)
        turns = [value for value in reversed(self.order) if self.inputs(value)]
        for step, value in enumerate(turns, start=1):
            found = self.turn(step, value)
            if found is not None:
                return found
        return self.own_sweep() if hasattr(self.loss, "backward") else None

    def reset(self) -> None:
        """Set every gradient to zero."""
        for value in self.order:
            value.grad = _filled(value, 0.0)

    def turn(self, step: int, value: Any) -> Divergence | None:
        """Let one value pass its gradient on, and compare what each operand got."""
        inputs, upstream = self.inputs(value), _copied(value.grad)
        before = [_copied(x.grad) for x in inputs]
        forward = self.forward(value)
        if forward is None:
            return self.fault(step, value, "forward")
        try:
            value._backward()
        except Exception as error:
            return self.fault(step, value, "raises", error=f"{type(error).__name__}: {error}")
        if not _same(value.grad, upstream) and not any(x is value for x in inputs):
            return self.fault(step, value, "changes_own")._replace(
                upstream=upstream, before=upstream, expected=upstream, got=value.grad,
                input=self.name(value),
            )  # fmt: skip
        contributions = self.contributions(forward, upstream)
        for x, start in zip(inputs, before, strict=True):
            found = self.compare(step, value, forward, upstream, x, start, contributions)
            if found is not None:
                return found
        return None

    def contributions(self, forward: Forward, upstream: Any) -> list[OneOp | None]:
        """The finite difference of the op in each of its operands that is a value."""
        data = [data_of(x) for x in forward.operands]
        found: list[OneOp | None] = []
        for slot, x in enumerate(forward.operands):
            edge = hasattr(x, "grad")
            found.append(OneOp(forward.function, data, slot, upstream) if edge else None)
        return found

    def compare(
        self, step: int, value: Any, forward: Forward, upstream: Any, x: Any, before: Any,
        contributions: Sequence[OneOp | None],
    ) -> Divergence | None:  # fmt: skip
        """The divergence at one operand, or None if its gradient is what it should be."""
        slots = [slot for slot, operand in enumerate(forward.operands) if operand is x]
        edges = [edge for slot in slots if (edge := contributions[slot]) is not None]
        got = x.grad
        if _is_numbers(got) and self.is_right(edges, before, got):
            return None
        parts = [edge.best() for edge in edges]
        others = []
        for slot, other in enumerate(contributions):
            if slot not in slots and other is not None:
                others.append(other.best())
        if _is_numbers(got):
            turn = Turn(before, got, parts, others, upstream, factors(value, forward))
            kind, reason = turn.explain()
        else:
            kind, reason = "wrong", f"its gradient became {type(got).__name__}"
        return Divergence(
            kind, reason, step, self.name(value), forward.name, self.name(x), slots[0],
            upstream, before, sum(parts, np.asarray(before, dtype=float))[()], got,
        )  # fmt: skip

    def is_right(self, edges: Sequence[OneOp], before: Any, got: Any) -> bool:
        """True if ``got`` is ``before`` and all contributions."""
        added = np.asarray(got, dtype=float) - np.asarray(before, dtype=float)
        if len(edges) == 1:
            return edges[0].agrees(added)
        right = sum(edge.best() for edge in edges)
        scale = np.max(np.abs(before), initial=1.0)
        return np.shape(added) == np.shape(right) and bool(
            np.allclose(added, right, rtol=1e-4, atol=1e-7 * scale)
        )

    # -- the engine's own sweep

    def own_sweep(self) -> Divergence | None:
        """What is wrong with ``loss.backward()`` although every edge is right, or None."""
        right = [_copied(value.grad) for value in self.order]
        self.reset()
        try:
            turns = self.listened()
        except (Exception, RecursionError) as error:
            return self.fault(1, self.loss, "raises", error=f"{type(error).__name__}: {error}")
        if not _same(self.loss.grad, right[-1]):
            reason = f"{KINDS['no_seed']}: backward() leaves {written(self.loss.grad)} here"
            return self._swept(1, len(self.order) - 1, right, "no_seed", reason)
        for step, place in enumerate(range(len(self.order) - 1, -1, -1), start=1):
            if not _same(self.order[place].grad, right[place]):
                kind, user = self.culprit(self.order[place], turns)
                reason = (
                    f"backward() leaves {written(self.order[place].grad)} here instead of "
                    f"{written(right[place])}, although each edge is right: of {self.name(user)}, "
                    f"which uses it, {KINDS[kind]}"
                )
                return self._swept(step, place, right, kind, reason)
        return None

    def listened(self) -> list[int]:
        """Run ``loss.backward()``; the identities of the values in the order of their turns."""
        turns: list[int] = []
        original = [(value, value._backward) for value in self.order]
        for value, backward in original:
            value._backward = _counted(backward, id(value), turns)
        try:
            self.loss.backward()
        finally:
            for value, backward in original:
                value._backward = backward
        return turns

    def culprit(self, value: Any, turns: list[int]) -> tuple[str, Any]:
        """The user of ``value`` that took its turn too early, not once, or more than once."""
        users = [user for user in self.order if any(x is value for x in self.inputs(user))]
        for user in users:
            if turns.count(id(user)) != 1:
                return ("twice" if turns.count(id(user)) else "not_visited"), user
        return "order", min(users, key=lambda user: turns.index(id(user)))

    def fault(self, step: int, value: Any, kind: str, **named: str) -> Divergence:
        """A divergence that concerns a value rather than an edge."""
        return Divergence(
            kind, KINDS[kind].format(**named), step, self.name(value), op_name(value), "", -1,
            value.grad, None, None, None,
        )  # fmt: skip

    def _swept(self, step: int, place: int, right: list[Any], kind: str, reason: str) -> Divergence:
        value = self.order[place]
        return self.fault(step, value, kind)._replace(
            reason=reason, expected=right[place], got=value.grad
        )


def _counted(backward: Callable[[], Any], identity: int, turns: list[int]) -> Callable[[], Any]:
    def counted() -> Any:
        turns.append(identity)
        return backward()

    return counted


def in_order(root: Any, operands: Callable[[Any], Any]) -> list[Any]:
    """Every value under ``root`` once, operands before results; does not recurse."""
    order, seen = [], {id(root)}
    waiting = [(root, iter(operands(root)))]
    while waiting:
        value, rest = waiting[-1]
        for x in rest:
            if id(x) not in seen:
                seen.add(id(x))
                waiting.append((x, iter(operands(x))))
                break
        else:
            order.append(value)
            waiting.pop()
    return order


def operands_in(loss: Any) -> Callable[[Any], Any]:
    """How a value's operands are read: the first of `OPERANDS` that the class has."""
    for name in OPERANDS:
        if hasattr(loss, name):
            return lambda value: getattr(value, name, None) or ()
    raise TypeError(
        f"first_divergence() got {type(loss).__name__} without operands; expected them in "
        f"'inputs' or '_prev', or say where they are: inputs=lambda value: value.operands."
    )


def factors(value: Any, forward: Forward) -> dict[str, Any]:
    """The numbers that a wrong rule may have multiplied by, with their names."""
    found = {"its own data": data_of(value)}
    for slot, x in enumerate(forward.operands):
        name = f"the data of operand {slot}" if hasattr(x, "grad") else written(x)
        found.setdefault(name, data_of(x))
    return found


def _by_data(x: Any) -> tuple[float, str]:
    data = np.ravel(np.asarray(getattr(x, "data", 0.0), dtype=float))
    return (float(data[0]) if data.size else 0.0, str(getattr(x, "label", "")))


def _filled(value: Any, number: float) -> Any:
    shape = np.shape(value.data)
    return np.full(shape, number) if shape else number


def _copied(x: Any) -> Any:
    return x.copy() if isinstance(x, np.ndarray) else x


def _is_numbers(x: Any) -> bool:
    try:
        np.asarray(x, dtype=float)
    except (TypeError, ValueError):
        return False
    return x is not None


def _same(a: Any, b: Any) -> bool:
    if not (_is_numbers(a) and _is_numbers(b)) or np.shape(a) != np.shape(b):
        return False
    return bool(np.allclose(a, b, rtol=1e-9, atol=1e-12))
