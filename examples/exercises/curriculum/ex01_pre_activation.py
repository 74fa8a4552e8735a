"""Exercise 1: the pre-activation z = Σ wᵢxᵢ + b."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Pick, Probe, call
from ..random_inputs import NUMBERS, array

STUB = '''
import numpy as np


def pre_activation(x, w, b):
    """z = Σ wᵢ xᵢ + b, a single number.

    x: inputs, w: weights (lists or arrays of one length), b: bias.
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    bias_missing: bool = False,
    bias_times_x: bool = False,
    no_sum: bool = False,
    mutates_input: bool = False,
) -> tuple[Any, ...]:
    def pre_activation(x, w, b):
        if mutates_input:
            for i in range(len(x)):
                x[i] *= w[i]
            terms = np.asarray(x)
        else:
            terms = np.asarray(w) * np.asarray(x)
        z = terms if no_sum else terms.sum()
        if bias_missing:
            return z
        return z + (b * np.sum(x) if bias_times_x else b)

    return (pre_activation,)


def probes() -> list[Probe]:
    rng = np.random.default_rng(1)
    found = [
        call("pre_activation", x=[2.0, -1.0], w=[0.5, -0.25], b=-0.75),
        call("pre_activation", x=[3.0], w=[-2.0], b=0.5),
    ]
    for k in (1, 2, 3, 4, 5):
        x, w, b = rng.normal(size=k), rng.normal(size=k), float(rng.normal())
        found.append(call("pre_activation", x=x, w=w, b=b))
        found.append(call("pre_activation", x=x.round(2).tolist(), w=w.round(2).tolist(), b=b))
    return found


def random(pick: Pick) -> Probe:
    k = pick((1, 2, 3, 6))
    x, w, b = array(pick, k), array(pick, k), pick(NUMBERS)
    if pick((True, False)):
        return call("pre_activation", x=x.tolist(), w=w.tolist(), b=b)
    return call("pre_activation", x=x, w=w, b=b)


EXERCISE = Exercise(
    id=1,
    slug="pre_activation",
    title="The pre-activation of a neuron",
    task="""
A neuron first weighs its inputs and adds a bias: its net input, or pre-activation, z.
Return z as a single number. Lists and arrays both come in; leave them as they are.""",
    formula="z = Σ wᵢ xᵢ + b",
    hints=(
        "Each input has a weight of its own; the bias has none and is added once.",
        "z = w₁x₁ + w₂x₂ + … + w_k x_k + b. np.dot forms such a sum of products.",
        "One line is enough: return float(np.dot(w, x) + b)",
    ),
    stub=STUB,
    names=("pre_activation",),
    reference=reference,
    mistakes={
        "bias_missing": "the bias b is not added: z = Σ wᵢxᵢ + b",
        "bias_times_x": "the bias is multiplied by the inputs; it is added once, as w₀ of a₀ = 1",
        "no_sum": "the products wᵢxᵢ are not summed: z is one number per neuron",
        "mutates_input": "your code changes x in place; compute with a copy",
    },
    ambiguous=("bias_missing+bias_times_x",),
    probes=probes,
    random=random,
    after="With g(z) = z this is linear regression; see the next exercise for other g.",
)
