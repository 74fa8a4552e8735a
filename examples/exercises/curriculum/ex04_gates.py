"""Exercise 4: logic gates by one perceptron."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe

STUB = '''
import numpy as np


def perceptron(x, w, b):
    """1 if Σ wᵢxᵢ + b > 0 else 0."""
    raise NotImplementedError


def gate(name):
    """(w, b) of the perceptron that is the gate "NOT" (one input), "AND" or "OR" (two)."""
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    and_or_swapped: bool = False,
    bias_sign: bool = False,
    not_weight_sign: bool = False,
    no_step: bool = False,
) -> tuple[Any, ...]:
    def perceptron(x, w, b):
        z = np.dot(w, x) + b
        return z if no_step else 1 if z > 0 else 0

    def gate(name):
        if name == "NOT":
            return [1 if not_weight_sign else -1], (-0.5 if bias_sign else 0.5)
        if name == ("OR" if and_or_swapped else "AND"):
            return [1, 1], (1.5 if bias_sign else -1.5)
        return [1, 1], (0.5 if bias_sign else -0.5)

    return perceptron, gate


def table(name: str, inputs: list[list[float]]) -> Probe:
    def run(names: Any) -> Any:
        w, b = names.gate(name)
        return [float(names.perceptron(x, w, b)) for x in inputs]

    return Probe(f'the truth table of {name}: perceptron(x, *gate("{name}")) for x = {inputs}', run)


def apart(names: Any) -> Any:
    return [names.perceptron([2.0, 1.0], [1.0, -1.0], b) for b in (-3.0, -1.0, 0.5)]


PAIRS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]


def probes() -> list[Probe]:
    return [
        table("NOT", [[0.0], [1.0]]),
        table("AND", PAIRS),
        table("OR", PAIRS),
        Probe("perceptron([2, 1], [1, −1], b) for b = −3, −1, 0.5", apart),
    ]


EXERCISE = Exercise(
    id=4,
    slug="gates",
    title="Gates by one perceptron",
    task="""
One perceptron can be NOT, AND or OR: only weights and bias differ. Find them; any that give
the truth table will do. (The perceptron is a step, 1 if z > 0 else 0: the slide's
"−1 if output < 0 else output" is not.)""",
    formula="""
y = 1 if Σ wᵢxᵢ + b > 0 else 0
NOT w = −1, b = 0.5     AND w = (1, 1), b = −1.5     OR w = (1, 1), b = −0.5""",
    hints=(
        "The line Σ wᵢxᵢ + b = 0 has to pass between the inputs that give 0 and those that give 1.",
        "For AND, x₁ + x₂ must exceed 1 but reach 2: x₁ + x₂ − 1.5 > 0. For OR, 0.5 is enough.",
        "NOT: [-1], 0.5. AND: [1, 1], -1.5. OR: [1, 1], -0.5.",
    ),
    stub=STUB,
    names=("perceptron", "gate"),
    reference=reference,
    mistakes={
        "and_or_swapped": "AND and OR have each other's bias: AND needs both inputs, b = −1.5",
        "bias_sign": "the sign of the bias is turned: b is added, so AND has b = −1.5",
        "not_weight_sign": "NOT has a positive weight: its input must pull z below 0, w = −1",
        "no_step": "the perceptron returns z; its output is 1 if z > 0 else 0",
    },
    ambiguous=("and_or_swapped+bias_sign",),
    probes=probes,
    after="One line separates each of them. No single line separates XOR: that is the next one.",
)
