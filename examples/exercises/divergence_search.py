"""Divergence search: the first wrong contribution of an engine that a learner has written.

The exercises' Value keeps ``rules`` where others have ``_backward``: a thin stand-in for each
value lets ``autograd.divergence`` drive it, edge by edge, and afterwards the learner's own sweep
is compared with what the edges give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.divergence import first_divergence
from autograd.divergence.learner import LearnerEngine
from autograd.divergence.mistakes import Turn
from autograd.divergence.result import written


class Stand:
    """Stands for one value: its data, grad and inputs, and a ``_backward`` made of its rules."""

    def __init__(self, value: Any, known: dict[int, Stand]) -> None:
        self.value, self.known = value, known
        known[id(value)] = self

    @property
    def data(self) -> Any:
        """The value's data."""
        return self.value.data

    @property
    def grad(self) -> Any:
        """The value's gradient."""
        return self.value.grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        self.value.grad = grad

    @property
    def label(self) -> str:
        """The value's label, or ""."""
        return getattr(self.value, "label", "")

    @property
    def _op(self) -> Any:
        return getattr(self.value, "_op", "")

    @property
    def inputs(self) -> list[Stand]:
        """The stand-ins of the inputs, one entry per use."""
        return [self.known.get(id(x)) or Stand(x, self.known) for x in self.value.inputs]

    def _backward(self) -> None:
        for x, rule in zip(self.inputs, self.value.rules, strict=True):
            x.grad = x.grad + rule(self.grad)


def first_wrong_rule(root: Any, formulas: Mapping[str, Callable[..., Any]]) -> str:
    """The first wrong contribution of a rule under ``root`` as a sentence, or "".

    ``formulas`` gives by its label what each value computes from the numbers of its inputs.
    """

    def forward(stand: Any) -> tuple[Callable[..., Any], list[Stand]]:
        return formulas[stand.label], stand.inputs

    found = first_divergence(Stand(root, {}), forward=forward)
    return "" if found is None else str(found)


def first_wrong_sum(root: Any, backward: Callable[[Any], None]) -> str:
    """Where the learner's sweep first leaves another gradient than the edges give, or ""."""
    engine = LearnerEngine(Stand(root, {}))
    engine.reset()
    root.grad = 1.0
    arrived: dict[int, list[tuple[Any, Any]]] = {}
    order = engine.order[::-1]
    for stand in order:
        for x, rule in zip(stand.inputs, stand.value.rules, strict=True):
            part = rule(stand.grad)
            arrived.setdefault(id(x), []).append((part, stand.grad))
            x.grad = x.grad + part
    right = {id(stand): stand.grad for stand in order}
    engine.reset()
    backward(root)
    for step, stand in enumerate(order):
        if not np.allclose(stand.grad, right[id(stand)]):
            return sentence(step, stand, right[id(stand)], arrived.get(id(stand), []))
    return ""


def sentence(step: int, stand: Stand, right: Any, arrived: list[tuple[Any, Any]]) -> str:
    """What a wrong sum looks like: what arrived, with the δ that each part came from."""
    parts = [part for part, _ in arrived]
    where = f"step {step}: {stand.label or 'a value'} = {written(stand.data)}"
    if not parts:
        return f"{where}: its grad became {written(stand.grad)}; the sweep starts from 1."
    before = sum(parts[:-1], np.zeros(np.shape(parts[-1])))
    _, reason = Turn(before, stand.grad, [parts[-1]], [], arrived[-1][1], {}).explain()
    return (
        f"{where}: grad before {written(before)}, should become {written(right)}, became "
        f"{written(stand.grad)}: {reason}."
    )
