"""One op: what an edge passes back, by finite differences of the forward rule alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

#: Width of a difference for a number up to 1; beyond, it grows with the number.
STEP = 1e-3
#: Steps of the differences, each with the relative tolerance that goes with it. Beside a kink
#: only the small ones stay on one side.
STEPS = ((STEP, 1e-6), (1e-5, 1e-4), (1e-7, 1e-3))


def differences(at: Callable[[Any], Any], flat: Any, step: float = STEP) -> Any:
    """Jacobian of ``at`` by central differences with h and h/2, extrapolated: error O(h⁴)."""
    columns = []
    for k in range(flat.size):
        h = step * max(1.0, abs(flat[k]))
        slopes = []
        for width in (h, h / 2):
            above, below = flat.copy(), flat.copy()
            above[k] += width
            below[k] -= width
            slopes.append((at(above) - at(below)) / (above[k] - below[k]))
        columns.append((4 * slopes[1] - slopes[0]) / 3)
    if not columns:
        return np.zeros((at(flat).size, 0))
    return np.stack(columns, axis=1)


class OneOp:
    """δ · ∂out/∂operand of one op at one place, by differences.

    ``forward`` takes the operands as numbers or arrays; ``upstream`` is δ, of the result's shape.
    """

    def __init__(
        self, forward: Callable[..., Any], operands: Sequence[Any], slot: int, upstream: Any
    ) -> None:
        self.forward = forward
        self.operands = list(operands)
        self.slot = slot
        self.upstream = np.asarray(upstream, dtype=float)
        self.shape = np.shape(operands[slot])
        self.flat = np.ravel(np.asarray(operands[slot], dtype=float))

    def at(self, flat: Any) -> Any:
        """δ · out, summed, with other data for the operand."""
        moved = list(self.operands)
        moved[self.slot] = flat.reshape(self.shape)[()]
        with np.errstate(all="ignore"):
            out = np.asarray(self.forward(*moved), dtype=float)
            return np.ravel(np.sum(self.upstream * out))

    def numeric(self, step: float = STEPS[0][0]) -> Any:
        """The contribution, of the operand's shape."""
        return differences(self.at, self.flat, step)[0].reshape(self.shape)[()]

    def best(self) -> Any:
        """The contribution with the largest step that a smaller one confirms."""
        found = [self.numeric(step) for step, _ in STEPS]
        for larger, smaller in itertools.pairwise(found):
            if np.allclose(larger, smaller, rtol=1e-3, atol=1e-6):
                return larger
        return found[-1]

    def agrees(self, passed: Any) -> bool:
        """True if ``passed`` is the contribution; at a kink, any slope between both sides is."""
        passed = np.asarray(passed, dtype=float)
        if passed.shape != self.shape:
            return False
        flat = np.ravel(passed)
        right = np.zeros(flat.shape, bool)
        for step, tolerance in STEPS:
            numeric = np.ravel(self.numeric(step))
            scale = 1e-8 + tolerance * np.maximum(np.abs(numeric), self._roundoff(step))
            with np.errstate(invalid="ignore"):
                right |= np.abs(flat - numeric) <= scale
            if right.all():
                return True
        unknown = ~np.isfinite(numeric)
        return bool((right | unknown | self._between(flat)).all())

    def _roundoff(self, step: float) -> float:
        """The size of slope below which a difference of this step says nothing."""
        with np.errstate(all="ignore"):
            size = float(np.abs(self.at(self.flat)).max(initial=0.0))
        return 1e-10 * size / step if np.isfinite(size) else 0.0

    def _between(self, flat: Any) -> Any:
        """Where ``flat`` lies between the slopes to the left and to the right."""
        step = STEPS[-1][0]
        here, found = self.at(self.flat), []
        for k in range(self.flat.size):
            h = step * max(1.0, abs(self.flat[k]))
            sides = []
            for width in (-h, h):
                moved = self.flat.copy()
                moved[k] += width
                sides.append(float(((self.at(moved) - here) / (moved[k] - self.flat[k]))[0]))
            margin = 1e-8 + 1e-3 * max(1.0, abs(sides[0]), abs(sides[1]))
            kink = abs(sides[1] - sides[0]) > 2 * margin
            found.append(kink and min(sides) - margin <= flat[k] <= max(sides) + margin)
        return np.array(found, bool)
