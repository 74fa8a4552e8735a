"""Exercise 3: softmax."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Pick, Probe, call
from ..random_inputs import array

STUB = '''
import numpy as np


def softmax(z, axis=-1):
    """e^(zᵢ) / Σⱼ e^(zⱼ) along an axis: positive numbers that sum to 1."""
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    no_max_shift: bool = False,
    sum_over_everything: bool = False,
    wrong_axis: bool = False,
    no_exp: bool = False,
) -> tuple[Any, ...]:
    def softmax(z, axis=-1):
        z = np.asarray(z, dtype=float)
        if wrong_axis:
            axis = z.ndim - 1 - (axis % z.ndim)
        if sum_over_everything:
            axis = None
        z = z if no_max_shift else z - np.max(z, axis=axis, keepdims=True)
        e = z if no_exp else np.exp(z)
        return e / np.sum(e, axis=axis, keepdims=True)

    return (softmax,)


def shift(names: Any) -> Any:
    z = np.array([0.5, -1.0, 2.0])
    return names.softmax(z + 3.0) - names.softmax(z)


def probes() -> list[Probe]:
    rng = np.random.default_rng(3)
    wide, tall = rng.normal(size=(2, 3)).round(2), rng.normal(size=(4, 2)).round(2)
    return [
        call("softmax", z=np.array([1.0, 2.0, 3.0])),
        call("softmax", z=[0.0, 0.0]),
        call("softmax", z=wide),
        call("softmax", z=tall),
        call("softmax", z=wide, axis=0),
        call("softmax", z=rng.normal(size=(2, 3, 2)).round(2), axis=1),
        call("softmax", z=np.array([1000.0, 1001.0])),
        call("softmax", z=np.array([[-1000.0, -1002.0], [5.0, 5.0]])),
        Probe("softmax(z + 3) − softmax(z) for z = [0.5, −1, 2]", shift),
    ]


def random(pick: Pick) -> Probe:
    shape = pick(((3,), (2, 3), (3, 2), (1, 4), (2, 2, 3)))
    return call("softmax", z=array(pick, *shape), axis=pick((-1, 0)))


EXERCISE = Exercise(
    id=3,
    slug="softmax",
    title="Softmax",
    task="""
For N classes the last layer has N units and softmax: their activations sum to 1, each the
probability of a class. Each row of a matrix is one sample, so sum along the last axis.
Adding a constant to all z changes nothing: use that, so that e^1000 does not overflow.""",
    formula="aᵢ = e^(zᵢ) / Σⱼ e^(zⱼ)",
    hints=(
        "Subtract the largest z of each row first: the result is the same, and e^0 is the largest.",
        "aᵢ = e^(zᵢ − m) / Σⱼ e^(zⱼ − m), m = max z. keepdims=True keeps the axis for dividing.",
        "e = np.exp(z - np.max(z, axis=axis, keepdims=True)); "
        "return e / np.sum(e, axis=axis, keepdims=True)",
    ),
    stub=STUB,
    names=("softmax",),
    reference=reference,
    mistakes={
        "no_max_shift": "e^1000 overflows: subtract the largest z first, it changes nothing else",
        "sum_over_everything": "the sum runs over the whole matrix; each row sums to 1",
        "wrong_axis": "the sum runs along the wrong axis: axis=-1 is along each row",
        "no_exp": "the exponential is missing: aᵢ = e^(zᵢ) / Σ e^(zⱼ)",
    },
    ambiguous=("sum_over_everything+wrong_axis",),
    probes=probes,
    random=random,
    after="With two classes, softmax([z, 0]) is the sigmoid: e^z/(e^z + 1) = σ(z).",
)
