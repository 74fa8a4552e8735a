"""Exercise 10: gradients by central differences."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe, call

STUB = '''
import numpy as np


def numeric_gradient(f, w, h=1e-5):
    """∂f/∂w by central differences, an array of w's shape.

    f: a function of an array that returns a number; w: an array of any shape, not changed.
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    forward_difference: bool = False,
    divides_by_h: bool = False,
    not_restored: bool = False,
    all_at_once: bool = False,
    int_truncation: bool = False,
) -> tuple[Any, ...]:
    def numeric_gradient(f, w, h=1e-5):
        w = np.array(w) if int_truncation else np.array(w, dtype=float)
        gradient = np.zeros(w.shape)
        for index in np.ndindex(w.shape):
            old = w[... if all_at_once else index].copy()
            w[... if all_at_once else index] = old + h
            above = f(w)
            w[... if all_at_once else index] = old if forward_difference else old - h
            below = f(w)
            w[... if all_at_once else index] = old - h if not_restored else old
            span = h if divides_by_h or forward_difference else 2 * h
            if divides_by_h and forward_difference:
                span = h / 2
            gradient[index] = (above - below) / span
        return gradient

    return (numeric_gradient,)


def cubes(w: Any) -> float:
    """Σ w³."""
    return float(np.sum(w**3))


def mixed(w: Any) -> float:
    """w₀² w₁ + sin(w₁)."""
    return float(w.flat[0] ** 2 * w.flat[1] + np.sin(w.flat[1]))


def exponential(w: Any) -> float:
    """exp(Σ w / 2)."""
    return float(np.exp(np.sum(w) / 2))


def probes() -> list[Probe]:
    a, M = np.array([0.5, -1.0, 2.0]), np.array([[1.0, -0.5], [0.25, 2.0]])
    found = [
        call("numeric_gradient", f=f, w=w, h=h)
        for h in (0.1, 0.05)
        for f, w in ((cubes, a), (mixed, a), (exponential, a), (cubes, M), (mixed, M))
    ]
    whole = np.array([1, -2, 3])
    return [*found, call("numeric_gradient", f=cubes, w=whole, h=0.1),
            call("numeric_gradient", f=mixed, w=[1, 2], h=0.1)]  # fmt: skip


EXERCISE = Exercise(
    id=10,
    slug="numeric_gradient",
    title="Gradients by central differences",
    task="""
Before you trust a formula for a gradient, you can measure it: move one weight by ±h and see
how f moves. One element at a time; w itself stays as it is. Halving h divides the error by 4.""",
    formula="∂f/∂wᵢ ≈ (f(w + h·eᵢ) − f(w − h·eᵢ)) / 2h",
    hints=(
        "Work on a copy of w as floats. Change one element, ask f, put the element back.",
        "Above and below are 2h apart. np.ndindex(w.shape) runs through all places of any array.",
        "w[i] = old + h; above = f(w); w[i] = old - h; below = f(w); w[i] = old; "
        "gradient[i] = (above - below) / (2 * h)",
    ),
    stub=STUB,
    names=("numeric_gradient",),
    reference=reference,
    mistakes={
        "forward_difference": "this is the forward difference (f(w+h) − f(w))/h; its error falls "
        "with h only, that of the central one with h²",
        "divides_by_h": "the two points are 2h apart: divide by 2h",
        "not_restored": "an element is not put back before the next one is moved",
        "all_at_once": "all elements move at once; ∂f/∂wᵢ moves wᵢ alone",
        "int_truncation": "whole numbers cut off the step h: make w an array of floats first",
    },
    probes=probes,
    after="autograd.gradcheck does this for every op of the engine.",
)
