"""Exercise 14: training one neuron."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Milestone, Probe, call
from ..samples import gate_table, playground_points

STUB = '''
import numpy as np


def fit_neuron(X, y, alpha, steps):
    """(w, b) of one tanh neuron after so many steps of gradient descent from w = 0, b = 0.

    X: (samples, inputs); y: ±1, one per sample; J = 1/N Σ (ŷ − y)².
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    bias_not_trained: bool = False,
    grad_summed_not_mean: bool = False,
    update_inside_sample_loop: bool = False,
    plus_step: bool = False,
) -> tuple[Any, ...]:
    def fit_neuron(X, y, alpha, steps):
        w, b = np.zeros(X.shape[1]), 0.0
        if update_inside_sample_loop:
            X_all, y_all, steps = X, y, steps * len(y)
        for k in range(steps):
            if update_inside_sample_loop:
                X, y = X_all[[k % len(y_all)]], y_all[[k % len(y_all)]]
            y_hat = np.tanh(X @ w + b)
            delta = 2 * (y_hat - y) * (1 - y_hat**2)
            dw = X.T @ delta / (1 if grad_summed_not_mean else len(y))
            db = delta.sum() if grad_summed_not_mean else delta.mean()
            w = w + alpha * dw if plus_step else w - alpha * dw
            if bias_not_trained:
                db = 0.0
            b = b + alpha * db if plus_step else b - alpha * db
        return w, b

    return (fit_neuron,)


def accuracy(points: Any, alpha: float, steps: int) -> Any:
    X, y = points

    def run(names: Any) -> Any:
        w, b = names.fit_neuron(X, y, alpha, steps)
        return float(np.mean(np.sign(X @ w + b) == y))

    return run


def probes() -> list[Probe]:
    rng = np.random.default_rng(14)
    found = []
    for n, inputs, steps in ((4, 2, 1), (5, 3, 2), (6, 1, 10)):
        X, y = rng.normal(size=(n, inputs)).round(2), rng.choice([-1.0, 1.0], size=n)
        found.append(call("fit_neuron", X=X, y=y, alpha=0.1, steps=steps))
    X, y = gate_table("OR")
    found.append(call("fit_neuron", X=X, y=y, alpha=0.5, steps=100))
    return found


def milestones() -> list[Milestone]:
    return [
        Milestone(
            "accuracy on OR after 100 steps, α = 0.5",
            accuracy(gate_table("OR"), 0.5, 100),
            at_least=1.0,
        ),
        Milestone(
            "accuracy on gauss after 100 steps, α = 0.1",
            accuracy(playground_points("gauss", 14), 0.1, 100),
            at_least=0.99,
        ),
        Milestone(
            "accuracy on XOR after 100 steps, α = 0.1",
            accuracy(playground_points("xor", 14), 0.1, 100),
            at_most=0.8,
        ),
    ]


EXERCISE = Exercise(
    id=14,
    slug="fit_neuron",
    title="Training one neuron",
    task="""
Put exercises 11 and 13 together, for all samples at once: the gradient of J is the mean of
the samples' gradients. It learns OR and two clouds of points; XOR it never will.""",
    formula="""
δᵢ = 2(ŷᵢ − yᵢ) · (1 − ŷᵢ²)      (tanh: g'(z) = 1 − a²)
w ← w − α · 1/N Σ δᵢ xᵢ        b ← b − α · 1/N Σ δᵢ""",
    hints=(
        "Compute all ŷ with the present w and b, then the mean gradient, then one step of both.",
        "δ is an array, one number per sample: Xᵀδ sums δᵢ xᵢ over the samples.",
        "w, b = w - alpha * X.T @ delta / len(y), b - alpha * delta.mean()",
    ),
    stub=STUB,
    names=("fit_neuron",),
    reference=reference,
    mistakes={
        "bias_not_trained": "the bias stays 0: it is a weight too, b ← b − α · 1/N Σ δᵢ",
        "grad_summed_not_mean": "the gradient is summed over the samples; J is a mean: divide by N",
        "update_inside_sample_loop": "w changes after every sample; compute the gradient of all "
        "samples with the same w, then step once",
        "plus_step": "the step goes uphill: w ← w − α∇J",
    },
    ambiguous=("grad_summed_not_mean+update_inside_sample_loop",),
    probes=probes,
    milestones=milestones,
    parts=("w", "b"),
    after="gauss is learned to 100 %; of XOR's points one neuron gets half right, as by guessing.",
)
