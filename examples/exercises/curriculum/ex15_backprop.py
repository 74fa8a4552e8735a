"""Exercise 15: back-propagation through any number of layers."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.divergence.result import written

from ..exercise import Exercise, Pick, Probe, call
from ..random_inputs import array, layers
from ..samples import (
    central_differences,
    sigmoid,
    sigmoid_prime,
    square,
    square_prime,
    tanh,
    tanh_prime,
)

STUB = '''
import numpy as np


def backprop(Ws, bs, x, y, g, g_prime):
    """(dWs, dbs, deltas), one array per layer each, for J = Σ (ŷ − y)² of one sample.

    Ws, bs: weights (units, inputs) and biases (units,) of layers 1 … L; x, y: input and target;
    g, g_prime: the activation of every layer and its derivative, as functions of z.
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    no_gprime_out: bool = False,
    no_gprime_hidden: bool = False,
    W_not_T: bool = False,
    delta_times_z: bool = False,
    same_layer_a: bool = False,
    gprime_at_a: bool = False,
    last_delta_everywhere: bool = False,
    no_two: bool = False,
    b_zero: bool = False,
) -> tuple[Any, ...]:
    def backprop(Ws, bs, x, y, g, g_prime):
        a, zs = [x], []
        for W, b in zip(Ws, bs, strict=True):
            zs.append(W @ a[-1] + b)
            a.append(g(zs[-1]))
        slopes = [g_prime(g(z)) if gprime_at_a else g_prime(z) for z in zs]
        delta = (1 if no_two else 2) * (a[-1] - y) * (1 if no_gprime_out else slopes[-1])
        deltas = [delta]
        for l in range(len(Ws) - 2, -1, -1):
            delta = (Ws[l + 1] if W_not_T else Ws[l + 1].T) @ delta
            delta = delta * (1 if no_gprime_hidden else slopes[l])
            deltas.insert(0, delta)
        if last_delta_everywhere:
            deltas = [deltas[-1]] * len(deltas)
        read = a[1:] if same_layer_a else [x, *zs] if delta_times_z else a
        dWs = [np.outer(delta, r) for delta, r in zip(deltas, read, strict=False)]
        dbs = [0 * delta for delta in deltas] if b_zero else list(deltas)
        return dWs, dbs, deltas

    return (backprop,)


def probes() -> list[Probe]:
    rng = np.random.default_rng(15)
    found = []
    nets = [(2, 2, 2, 2), (2, 3, 1), (3, 3, 3), (2, 1), (3, 2, 4, 2, 1), (2, 2, 1), (1, 1, 1, 1)]
    kinds = [(tanh, tanh_prime), (sigmoid, sigmoid_prime), (square, square_prime)]
    for i, widths in enumerate(nets):
        g, g_prime = kinds[i % 3]
        pairs = list(zip(widths[:-1], widths[1:], strict=True))
        Ws = [rng.normal(size=(units, inputs)).round(2) for inputs, units in pairs]
        bs = [rng.normal(size=units).round(2) for _, units in pairs]
        x, y = rng.normal(size=widths[0]).round(2), rng.normal(size=widths[-1]).round(2)
        found.append(
            call(
                "backprop", numeric=numeric(Ws, bs, x, y, g),
                Ws=Ws, bs=bs, x=x, y=y, g=g, g_prime=g_prime,
            )
        )  # fmt: skip
    return found


def cost(Ws: Any, bs: Any, x: Any, y: Any, g: Callable[[Any], Any]) -> float:
    """J of one sample."""
    for W, b in zip(Ws, bs, strict=True):
        x = g(W @ x + b)
    return float(np.sum((x - y) ** 2))


def numeric(Ws: Any, bs: Any, x: Any, y: Any, g: Callable[[Any], Any]) -> Callable[[], Any]:
    """∂J/∂W^l and ∂J/∂b^l = δ^l by central differences."""

    def with_one(items: Any, l: int, item: Any) -> Any:
        return [*items[:l], item, *items[l + 1 :]]

    def cost_of_W(l: int) -> Callable[[Any], float]:
        return lambda W: cost(with_one(Ws, l, W), bs, x, y, g)

    def cost_of_b(l: int) -> Callable[[Any], float]:
        return lambda b: cost(Ws, with_one(bs, l, b), x, y, g)

    def differences() -> Any:
        dWs = [central_differences(cost_of_W(l), W) for l, W in enumerate(Ws)]
        dbs = [central_differences(cost_of_b(l), b) for l, b in enumerate(bs)]
        return [dWs, dbs, dbs]

    return differences


def diverges(names: Any) -> str:
    """The layer at which the way back first goes wrong, by central differences."""
    rng = np.random.default_rng(0)
    Ws = [rng.normal(size=(2, 2)).round(2) for _ in range(3)]
    bs = [rng.normal(size=2).round(2) for _ in range(3)]
    x, y = np.array([0.5, -1.0]), np.array([0.25, -0.5])
    found = names.backprop(Ws, bs, x, y, tanh, tanh_prime)
    measured = numeric(Ws, bs, x, y, tanh)()
    for l in (2, 1, 0):
        for name, mine, right in (
            (f"δ^{l + 1}", found[2][l], measured[2][l]),
            (f"∂J/∂W^{l + 1}", found[0][l], measured[0][l]),
        ):
            if np.shape(mine) != np.shape(right) or not np.allclose(mine, right, rtol=1e-4):
                return (
                    f"on the way back through three layers, {name} is the first that is wrong: "
                    f"should be {written(right)}, is {written(mine)}."
                )
    return ""


def random(pick: Pick) -> Probe:
    widths = pick(((1, 1), (2, 1), (1, 2, 1), (2, 2, 2), (2, 3, 2, 1), (1, 1, 1, 1, 1)))
    Ws, bs = layers(pick, widths)
    x, y = array(pick, widths[0]), array(pick, widths[-1])
    g, g_prime = pick(((tanh, tanh_prime), (sigmoid, sigmoid_prime)))
    return call("backprop", Ws=Ws, bs=bs, x=x, y=y, g=g, g_prime=g_prime)


EXERCISE = Exercise(
    id=15,
    slug="backprop",
    title="Back-propagation",
    task="""
Forward, keep every z^l and a^l. Then go back from the last layer to the first and hand δ from
layer to layer. Index 0 of each list is layer 1, the first with weights. (The slide's loop ends
at l = 2 because it numbers the input layer 1; here the input is layer 0.)""",
    formula="""
δ^L = 2(a^L − y) ⊙ g'(z^L)
δ^l = ((W^(l+1))ᵀ δ^(l+1)) ⊙ g'(z^l)         l = L−1 … 1
∂J/∂w^l_ir = δ^l_i · a^(l−1)_r               ∂J/∂b^l_i = δ^l_i""",
    hints=(
        "δ^l is ∂J/∂z^l, a vector, one number per unit. Once you have it, the layer's weights "
        "need nothing else but what the layer has read.",
        "Going back through W^(l+1) is multiplying by its transpose; going back through g is "
        "multiplying by g'(z^l), elementwise. dW is the outer product of δ^l and a^(l−1).",
        "delta = (Ws[l + 1].T @ delta) * g_prime(zs[l]); dWs.insert(0, np.outer(delta, a[l]))",
    ),
    stub=STUB,
    names=("backprop",),
    reference=reference,
    mistakes={
        "no_gprime_out": "g'(z^L) is missing in δ^L = 2(a^L − y) ⊙ g'(z^L)",
        "no_gprime_hidden": "g'(z^l) is missing in the hidden layers: δ^l = (Wᵀδ) ⊙ g'(z^l)",
        "W_not_T": "W^(l+1) is not transposed: on the way back it is (W^(l+1))ᵀ δ^(l+1)",
        "delta_times_z": "dW^l is taken with z^(l−1); the layer has read a^(l−1) = g(z^(l−1))",
        "same_layer_a": "dW^l is taken with a^l; the layer has read a^(l−1)",
        "gprime_at_a": "g' is evaluated at a^l; it belongs at z^l",
        "last_delta_everywhere": "every layer gets δ^L; each has a δ^l of its own",
        "no_two": "factor 2 is missing: J = Σ(ŷ−y)², so ∂J/∂ŷ = 2(ŷ−y)",
        "b_zero": "db^l is 0; the bias reads a₀ = 1, so db^l = δ^l",
    },
    ambiguous=(
        "no_gprime_hidden+last_delta_everywhere",
        "delta_times_z+same_layer_a",
    ),
    probes=probes,
    random=random,
    diverges=diverges,
    parts=("dWs", "dbs", "deltas"),
    after="viz.draw_backprop draws these δ^l for any network, with shapes.",
)
