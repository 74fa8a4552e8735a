"""Exercise 6: a layer, for a whole batch."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Pick, Probe, call
from ..random_inputs import array
from ..samples import linear, sigmoid, tanh

STUB = '''
import numpy as np


def layer_forward(X, W, b, g):
    """A = g(Z), Z = X Wᵀ + b: (samples, inputs) -> (samples, units).

    W[i, r] is the weight of unit i from input r, so W is (units, inputs); b is (units,).
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    W_not_T: bool = False,
    bias_wrong_axis: bool = False,
    bias_after_g: bool = False,
    g_missing: bool = False,
) -> tuple[Any, ...]:
    def layer_forward(X, W, b, g):
        Z = X @ (W if W_not_T else W.T)
        if bias_wrong_axis:
            b = b[:, None]
        if bias_after_g:
            return (Z if g_missing else g(Z)) + b
        return Z + b if g_missing else g(Z + b)

    return (layer_forward,)


def probes() -> list[Probe]:
    rng = np.random.default_rng(6)
    found = []
    shapes = [(4, 3, 2), (3, 3, 3), (2, 2, 2), (1, 2, 3), (5, 1, 1), (2, 2, 2)]
    for (n, inputs, units), g in zip(
        shapes, (tanh, sigmoid, tanh, sigmoid, tanh, linear), strict=True
    ):
        X, W = rng.normal(size=(n, inputs)).round(2), rng.normal(size=(units, inputs)).round(2)
        found.append(call("layer_forward", X=X, W=W, b=rng.normal(size=units).round(2), g=g))
    return found


def random(pick: Pick) -> Probe:
    n, inputs, units = pick((2, 1, 3)), pick((2, 1, 3)), pick((2, 1, 3))
    X, W, b = array(pick, n, inputs), array(pick, units, inputs), array(pick, units)
    return call("layer_forward", X=X, W=W, b=b, g=pick((linear, tanh, sigmoid)))


EXERCISE = Exercise(
    id=6,
    slug="layer_forward",
    title="A layer, for a whole batch",
    task="""
A layer is units side by side that read the same inputs. Each row of X is a sample, each row
of W a unit. One product of matrices gives every z of every sample; b is added to each row.""",
    formula="Z = X Wᵀ + b        A = g(Z)        Z[n, i] = Σᵣ W[i, r] X[n, r] + b[i]",
    hints=(
        "Write down the shapes: (samples, inputs) times what gives (samples, units)?",
        "Z = X Wᵀ + b, then g of all of it. The bias of shape (units,) is added to every row.",
        "return g(X @ W.T + b)",
    ),
    stub=STUB,
    names=("layer_forward",),
    reference=reference,
    mistakes={
        "W_not_T": "W is not transposed: a row of W belongs to a unit, so Z = X Wᵀ + b",
        "bias_wrong_axis": "the bias runs along the samples; b[i] belongs to unit i, a column of Z",
        "bias_after_g": "the bias is added after g; it is part of z: A = g(X Wᵀ + b)",
        "g_missing": "the activation g is missing: A = g(Z)",
    },
    ambiguous=("bias_after_g+g_missing",),
    probes=probes,
    random=random,
    after="With one sample, X of shape (1, inputs), row 1 is the neuron of exercise 1, per unit.",
)
