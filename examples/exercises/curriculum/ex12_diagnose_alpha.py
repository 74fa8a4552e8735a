"""Exercise 12: reading the learning rate off a descent."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe

STUB = '''
import numpy as np


def diagnose_alpha(history):
    """"slow", "good", "oscillates" or "diverges", from the w's of a gradient descent.

    history: the numbers w₀, w₁, w₂, …, as gradient_descent returns them.
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    looks_at_last_only: bool = False,
    nan_is_good: bool = False,
    slow_is_good: bool = False,
) -> tuple[Any, ...]:
    def diagnose_alpha(history):
        w = np.asarray(history, dtype=float)
        if looks_at_last_only:
            return "good" if nan_is_good or np.isfinite(w[-1]) else "diverges"
        if not np.all(np.isfinite(w)):
            return "good" if nan_is_good else "diverges"
        steps = np.diff(w)
        if len(steps) < 2:
            return "good"
        ratio = steps[1] / steps[0]
        if abs(ratio) > 1 + 1e-9:
            return "diverges"
        if ratio < 0:
            return "oscillates"
        if slow_is_good:
            return "good"
        return "slow" if ratio > 0.9 else "good"

    return (diagnose_alpha,)


def descent(alpha: float, steps: int) -> list[float]:
    """w's of the descent on (w − 3)² from 0."""
    w, history = 0.0, [0.0]
    for _ in range(steps):
        w = w - alpha * 2 * (w - 3)
        history.append(w)
    return history


def reading(text: str, history: list[float]) -> Probe:
    return Probe(f"diagnose_alpha({text})", lambda names: names.diagnose_alpha(list(history)))


#: Learning rates and steps on (w − 3)², from 0, with the tolerance 1e-6.
DESCENTS = {0.01: 773, 0.1: 70, 0.5: 1, 0.9: 70, 1.0: 40, 1.1: 40}


def probes() -> list[Probe]:
    found = [
        reading(f"the w's of {steps} steps with α = {alpha:g} on (w − 3)²", descent(alpha, steps))
        for alpha, steps in DESCENTS.items()
    ]
    shorter = [(0.02, 30), (0.3, 12), (0.7, 20), (1.5, 10)]
    found += [
        reading(f"the w's of {steps} steps with α = {alpha:g} on (w − 3)²", descent(alpha, steps))
        for alpha, steps in shorter
    ]
    overflown = [0.0, 1e200, float("inf"), float("nan"), float("nan")]
    return [*found, reading("[0, 1e200, inf, nan, nan]", overflown)]


EXERCISE = Exercise(
    id=12,
    slug="diagnose_alpha",
    title="Reading the learning rate off a descent",
    task="""
On (w − 3)² each step is (1 − 2α) times the step before. So the ratio of two successive steps
tells all: above 1 in size it diverges (so do infinite or NaN w's), negative it oscillates,
above 0.9 it is slow, else it is good. So is a descent of a single step.""",
    formula="r = (w₂ − w₁) / (w₁ − w₀):   |r| > 1 diverges,  r < 0 oscillates,  r > 0.9 slow",
    hints=(
        "Where the w's end says little; how one step follows from the other says it all.",
        "steps = np.diff(history); r = steps[1] / steps[0]. Ask for NaN and infinity first.",
        'if not np.all(np.isfinite(w)): return "diverges"',
    ),
    stub=STUB,
    names=("diagnose_alpha",),
    reference=reference,
    mistakes={
        "looks_at_last_only": "only the end is looked at; the steps tell slow from good",
        "nan_is_good": "NaN or infinity in the history is a descent that diverges",
        "slow_is_good": "a ratio above 0.9 is slow: α = 0.01 needs 773 steps, α = 0.1 needs 70",
    },
    ambiguous=("looks_at_last_only+slow_is_good",),
    probes=probes,
    after="α = 0.01: 773 steps. 0.1: 70. 0.5: one. 0.9: 70, to and fro. 1: never. 1.1: away.",
)
