"""Exercise 11: gradient descent."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe, call

STUB = '''
import numpy as np


def gradient_descent(grad, w0, alpha, eps, max_steps):
    """(w, history): the last w, and the list of all w's from the start w0 on.

    grad: a function of w; stop where ‖grad(w)‖ ≤ eps, or after max_steps steps.
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    ascends: bool = False,
    alpha_missing: bool = False,
    stops_on_step: bool = False,
    sequential_update: bool = False,
    never_stops: bool = False,
) -> tuple[Any, ...]:
    def gradient_descent(grad, w0, alpha, eps, max_steps):
        w = np.array(w0, dtype=float)
        history = [w]
        for _ in range(max_steps):
            gradient = -grad(w) if ascends else grad(w)
            length = np.linalg.norm(alpha * gradient if stops_on_step else gradient)
            if length <= (-1 if never_stops else eps):
                break
            if sequential_update:
                w, rate = w.copy(), (-1 if ascends else 1) * (1 if alpha_missing else alpha)
                for i in np.ndindex(w.shape):
                    w[i] -= rate * np.asarray(grad(w))[i]
            else:
                w = w - (1 if alpha_missing else alpha) * gradient
            history.append(w)
        return w, history

    return (gradient_descent,)


def parabola(w: Any) -> Any:
    """2(w − 3): the gradient of (w − 3)²."""
    return 2 * (w - 3)


def valley(w: Any) -> Any:
    """The gradient of w₀² + w₀w₁ + 2w₁²."""
    return np.array([2 * w[0] + w[1], w[0] + 4 * w[1]])


def probes() -> list[Probe]:
    def descend(grad: Any, w0: Any, alpha: float, eps: float, most: int) -> Probe:
        return call(
            "gradient_descent", grad=grad, w0=w0, alpha=alpha, eps=eps, max_steps=most
        )  # fmt: skip

    return [
        descend(parabola, 0.0, 0.1, 1e-6, 100),
        descend(parabola, 5.0, 0.25, 1e-3, 50),
        descend(parabola, 3.0, 0.1, 1e-6, 10),
        descend(valley, np.array([1.0, -2.0]), 0.2, 1e-4, 60),
        descend(valley, np.array([2.0, 1.0]), 0.1, 1e-8, 7),
        descend(parabola, 0.0, 0.5, 0.0, 5),
    ]


EXERCISE = Exercise(
    id=11,
    slug="gradient_descent",
    title="Gradient descent",
    task="""
Go downhill: choose a start, a learning rate α and a tolerance ε, and repeat. Keep every w in
history, the start included, and leave w0 as it is. On (w − 3)² with α = 0.1 and ε = 1e-6,
starting at 0, it takes 70 steps.""",
    formula="""
repeat: compute ∇f(w); stop if ‖∇f(w)‖ ≤ ε; w ← w − α ∇f(w)""",
    hints=(
        "Test for the end before each step, with the gradient that you are about to use.",
        "np.linalg.norm(gradient) <= eps ends it. Make a new w each time, w = w − α∇f: then "
        "history keeps the old ones.",
        "gradient = grad(w); if np.linalg.norm(gradient) <= eps: break; w = w - alpha * gradient; "
        "history.append(w)",
    ),
    stub=STUB,
    names=("gradient_descent",),
    reference=reference,
    mistakes={
        "ascends": "the step goes uphill: w ← w − α∇f",
        "alpha_missing": "the learning rate α is missing: w ← w − α∇f",
        "stops_on_step": "it stops when the step α∇f is small; the test is ‖∇f‖ ≤ ε",
        "sequential_update": "each component is updated with a gradient at a half-updated w; "
        "compute ∇f(w) once per step",
        "never_stops": "it never tests ‖∇f‖ ≤ ε and runs to max_steps",
    },
    ambiguous=(
        "ascends+stops_on_step",
        "alpha_missing+stops_on_step",
        "stops_on_step+never_stops",
    ),
    probes=probes,
    parts=("w", "history"),
    after="α is right when every step lowers f. The next exercise reads that off the history.",
)
