"""Exercise 8: counting parameters."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe, call

STUB = '''
def count_parameters(sizes):
    """The number of weights and biases of a fully connected network.

    sizes: units per layer, inputs first: [4, 3, 1] is 4 inputs, 3 hidden units, 1 output.
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    no_biases: bool = False,
    one_bias_per_layer: bool = False,
    counted_units: bool = False,
    bias_for_inputs: bool = False,
) -> tuple[Any, ...]:
    def count_parameters(sizes):
        if counted_units:
            return sum(sizes) + (sizes[0] if bias_for_inputs else 0)
        total = sizes[0] if bias_for_inputs else 0
        for inputs, units in zip(sizes[:-1], sizes[1:], strict=True):
            total += units * inputs
            total += 0 if no_biases else 1 if one_bias_per_layer else units
        return total

    return (count_parameters,)


def probes() -> list[Probe]:
    rng = np.random.default_rng(8)
    found = [call("count_parameters", sizes=[4, 3, 1]), call("count_parameters", sizes=[2, 1])]
    for layers in (2, 3, 3, 4, 5):
        found.append(call("count_parameters", sizes=rng.integers(1, 9, size=layers).tolist()))
    return found


EXERCISE = Exercise(
    id=8,
    slug="count_parameters",
    title="Counting parameters",
    task="""
How many numbers does training have to find? Every unit has one weight per input and one
bias. (The slide says "h = 4 neurons" beside 3·(4+1); there are 3 hidden neurons.)""",
    formula="Σ_l n_l · (n_(l−1) + 1)        4-3-1: 3·(4+1) + 1·(3+1) = 19",
    hints=(
        "Count per unit first: what does one unit of a layer need?",
        "A layer of n_l units on n_(l−1) inputs has n_l · (n_(l−1) + 1) parameters.",
        "sum(units * (inputs + 1) for inputs, units in zip(sizes[:-1], sizes[1:]))",
    ),
    stub=STUB,
    names=("count_parameters",),
    reference=reference,
    mistakes={
        "no_biases": "the biases are not counted: each unit has one",
        "one_bias_per_layer": "each layer has one bias in your count; each unit has one",
        "counted_units": "these are the units, not their weights and biases",
        "bias_for_inputs": "the inputs have no bias: they are given, not computed",
    },
    ambiguous=(
        "no_biases+one_bias_per_layer",
        "no_biases+counted_units",
        "one_bias_per_layer+counted_units",
    ),
    probes=probes,
    after="nn.MLP(4, [3, 1]).count_parameters() is 19 as well.",
)
