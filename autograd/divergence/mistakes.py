"""Mistakes: what a wrong gradient is compared with, to say what kind of wrong it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

#: Every kind, with what it means.
KINDS: dict[str, str] = {
    "assigns": '"=" instead of "+=": what other uses had brought is lost',
    "missing": "nothing was added: this edge passes nothing back",
    "no_upstream": "the upstream δ is left out: the local derivative alone was added",
    "no_local": "the local derivative is left out: the upstream δ alone was added",
    "sign": "the sign is wrong",
    "swapped": "this is the contribution that belongs to the other operand",
    "one_use": "the value is used more than once, but only one use was counted",
    "extra_factor": "there is a factor too much: {factor}",
    "lost_factor": "a factor is missing: {factor}",
    "transposed": "the contribution is transposed",
    "not_summed": "broadcasting is not undone: the shape is {got}, that of the value is {expected}",
    "averaged": "the mean was taken over the broadcast axes; expected the sum",
    "changes_own": "its own gradient was changed during its turn",
    "not_finite": "the result is not finite",
    "wrong": "the contribution is not δ times the derivative of the forward rule",
    "raises": "its _backward raised {error}",
    "no_seed": "the pass does not start from ∂J/∂J = 1",
    "not_visited": "the turn never came",
    "order": "the turn came before its own gradient was complete",
    "twice": "the turn came more than once",
    "forward": "its data is not what its op computes from its operands",
}


class Turn:
    """What is known of one operand at the turn of one value.

    ``parts`` are the right contributions, one per use of the operand by this value; ``others``
    those of the other operands. ``factors`` are named numbers that may have been multiplied by
    mistake: the data of the operands and of the result.
    """

    def __init__(
        self,
        before: Any,
        got: Any,
        parts: list[Any],
        others: list[Any],
        upstream: Any,
        factors: dict[str, Any],
    ) -> None:
        self.before = np.asarray(before, dtype=float)
        self.got = np.asarray(got, dtype=float)
        self.parts = parts
        self.others = others
        self.upstream = np.asarray(upstream, dtype=float)
        self.factors = factors
        self.right = sum(parts[1:], np.asarray(parts[0], dtype=float))

    def explain(self) -> tuple[str, str]:
        """Kind and reason of the mistake."""
        shape, got = np.shape(self.right), self.got.shape
        if got != shape:
            return "not_summed", KINDS["not_summed"].format(got=got, expected=shape)
        if not np.isfinite(self.got).all():
            return "not_finite", KINDS["not_finite"]
        for kind, start, added, named in self.attempts():
            if _close(self.got, start + added):
                reason = KINDS[kind].format(**named)
                if kind != "assigns" and start is not self.before and np.any(self.before):
                    return f"assigns+{kind}", f"{KINDS['assigns']}; and {reason}"
                return kind, reason
        return "wrong", KINDS["wrong"]

    def attempts(self) -> Iterator[tuple[str, Any, Any, dict[str, str]]]:
        """Explanations, likeliest first: kind, what the sum starts from, what is added, names."""
        zero = np.zeros_like(self.before)
        yield "missing", self.before, zero, {}
        yield "assigns", zero, self.right, {}
        if len(self.parts) > 1:
            yield "assigns", zero, self.parts[-1], {}
            yield "one_use", self.before, self.parts[0], {}
        for start in (self.before, zero):
            for kind, added, named in self.wrong_contributions():
                if np.shape(added) == np.shape(self.right):
                    yield kind, start, added, named

    def wrong_contributions(self) -> Iterator[tuple[str, Any, dict[str, str]]]:
        """Wrong contributions, with the kind of each and what to name in its reason."""
        right = self.right
        local = self._divided(right, self.upstream)
        if local is not None:
            yield "no_upstream", local, {}
        yield "sign", -right, {}
        for other in self.others:
            yield "swapped", np.asarray(other, dtype=float), {}
        if self.upstream.shape == right.shape:
            yield "no_local", self.upstream * len(self.parts), {}
        if right.ndim == 2 and right.shape[0] == right.shape[1]:
            yield "transposed", right.T, {}
        if right.size and self.upstream.size > right.size:
            yield "averaged", right * right.size / self.upstream.size, {}
        for name, factor in self.factors.items():
            factor = np.asarray(factor, dtype=float)
            if np.broadcast_shapes(factor.shape, right.shape) == right.shape:
                yield "extra_factor", right * factor, {"factor": name}
                quotient = self._divided(right, factor)
                if quotient is not None:
                    yield "lost_factor", quotient, {"factor": name}
        for number in (2, 3, 4):
            yield "extra_factor", right * number, {"factor": str(number)}
            yield "lost_factor", right / number, {"factor": str(number)}

    @staticmethod
    def _divided(a: Any, b: Any) -> Any:
        if np.shape(b) not in ((), np.shape(a)) or not np.all(b):
            return None
        return a / b


def _close(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=1e-4, atol=1e-7))
