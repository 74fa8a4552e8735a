"""Exercise 22: training a network."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Milestone, Probe
from ..samples import playground_points
from ..training_models import ArrayModel, columns_model

STUB = '''
from exercises.given import mean_squared_error  # J = 1/N Σ (ŷ − y)², a Value
from exercises.given import backward, zero_grad  # from exercise 18


def train(model, X, y, alpha, steps):
    """The list of J before each of so many steps of gradient descent; the model is changed.

    model(X) gives ŷ, a Value with one number per sample; model.parameters() lists its Values;
    X: (samples, inputs); y: ±1, one per sample.
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    zero_grad_missing: bool = False,
    loss_recomputed_outside_graph: bool = False,
    labels_01_with_tanh: bool = False,
    alpha_too_big: bool = False,
) -> tuple[Any, ...]:
    mean_squared_error = given.mean_squared_error
    backward = given.backward
    zero_grad = given.zero_grad
    Value = given.Value

    def train(model, X, y, alpha, steps):
        if labels_01_with_tanh:
            y = (np.asarray(y) + 1) / 2
        losses = []
        for _ in range(steps):
            y_hat = model(X)
            if loss_recomputed_outside_graph:
                y_hat = Value(y_hat.data)
            J = mean_squared_error(y_hat, y)
            losses.append(J.data)
            if zero_grad_missing:
                pass
            else:
                zero_grad(model.parameters())
            backward(J)
            for p in model.parameters():
                p.data = p.data - (10 * alpha if alpha_too_big else alpha) * p.grad
        return losses

    return (train,)


def few_steps(sizes: list[int], seed: int, alpha: float, steps: int) -> Probe:
    def run(names: Any) -> Any:
        X, y = playground_points("circle", seed, 12)
        model = columns_model(names, sizes, seed)
        losses = names.train(model, X, y, alpha, steps)
        return {"J": losses, "parameters": [p.data for p in model.parameters()]}

    return Probe(f"MLP({sizes}, rng) on 12 points, α = {alpha:g}, {steps} steps", run)


def probes() -> list[Probe]:
    return [few_steps([2, 2, 1], 0, 0.1, 1), few_steps([2, 3, 1], 1, 0.05, 4),
            few_steps([2, 1], 2, 0.2, 3)]  # fmt: skip


def accuracy(kind: str, points: str, sizes: list[int], alpha: float, steps: int) -> Any:
    """How many points a network gets right after its training."""

    def run(names: Any) -> Any:
        X, y = playground_points(points, 0)
        make = columns_model if kind == "columns" else ArrayModel
        model = make(names, sizes, 0)
        names.train(model, X, y, alpha, steps)
        return float(np.mean(np.sign(np.ravel(model(X).data)) == y))

    return run


def milestones() -> list[Milestone]:
    return [
        Milestone(
            "accuracy of [2, 4, 1] on circle, α = 0.1, 1000 steps",
            accuracy("columns", "circle", [2, 4, 1], 0.1, 1000), at_least=0.95,
        ),
        Milestone(
            "accuracy of [2, 4, 1] on xor, α = 0.3, 1000 steps",
            accuracy("columns", "xor", [2, 4, 1], 0.3, 1000), at_least=0.95,
        ),
        Milestone(
            "accuracy of [2, 16, 16, 1] on spiral, α = 0.3, 5000 steps",
            accuracy("arrays", "spiral", [2, 16, 16, 1], 0.3, 5000), at_least=0.95,
        ),
    ]  # fmt: skip


EXERCISE = Exercise(
    id=22,
    slug="train",
    title="Training a network",
    task="""
The loop that all of this was for: predict, measure J, go back, step, again. Then it trains
networks on the playground's sets: circle and xor, which one neuron cannot do, and the spiral.
The labels are ±1, as tanh wants them.""",
    formula="""
repeat: ŷ = model(X);  J = 1/N Σ (ŷ − y)²;  grads to 0;  backward;  p ← p − α ∂J/∂p""",
    hints=(
        "Five lines in a loop. The order of clearing and going back matters, and J has to be "
        "computed from the model's own output.",
        "J = mean_squared_error(model(X), y); zero_grad(…); backward(J); then step each parameter.",
        "for p in model.parameters(): p.data = p.data - alpha * p.grad",
    ),
    stub=STUB,
    names=("train",),
    uses=("Value", "MLP", "backward", "zero_grad"),
    reference=reference,
    mistakes={
        "zero_grad_missing": "gradients of earlier steps add up: zero_grad before each backward",
        "loss_recomputed_outside_graph": "J is computed from bare numbers (.data): no δ can reach "
        "the parameters",
        "labels_01_with_tanh": "the labels were turned into 0 and 1; tanh ranges over ±1, and so "
        "do they",
        "alpha_too_big": "the step is ten times too large: p − α ∂J/∂p",
    },
    ambiguous=(
        "zero_grad_missing+loss_recomputed_outside_graph",
        "loss_recomputed_outside_graph+alpha_too_big",
    ),
    probes=probes,
    milestones=milestones,
    seconds=60.0,
    after="nn.train does this with batches, optimisers and a progress bar.",
)
