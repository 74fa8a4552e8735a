"""Exercise 24: vanishing gradients."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Milestone, Probe, call
from ..samples import (
    relu,
    relu_prime,
    sigmoid,
    sigmoid_prime,
    square,
    square_prime,
    tanh,
    tanh_prime,
)

STUB = '''
import numpy as np


def gradient_ratio(Ws, bs, x, g, g_prime):
    """‖δ¹‖ / ‖δ^L‖ for one input x, with δ^L = g'(z^L), that is for J = Σ a^L."""
    raise NotImplementedError


def saturated(Z, g_prime):
    """The numbers of the units (columns of Z) for which g'(z) < 0.05 on every sample (row)."""
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    measures_weights: bool = False,
    gprime_at_a: bool = False,
    ratio_inverted: bool = False,
    saturated_on_any: bool = False,
) -> tuple[Any, ...]:
    def gradient_ratio(Ws, bs, x, g, g_prime):
        zs, read = [], [x]
        for W, b in zip(Ws, bs, strict=True):
            zs.append(W @ read[-1] + b)
            read.append(g(zs[-1]))
        slopes = [g_prime(g(z)) if gprime_at_a else g_prime(z) for z in zs]
        deltas = [slopes[-1]]
        for l in range(len(Ws) - 2, -1, -1):
            deltas.insert(0, (Ws[l + 1].T @ deltas[0]) * slopes[l])
        first, last = np.linalg.norm(deltas[0]), np.linalg.norm(deltas[-1])
        if measures_weights:
            first, last = first * np.linalg.norm(x), last * np.linalg.norm(read[-2])
        return last / first if ratio_inverted else first / last

    def saturated(Z, g_prime):
        slopes = g_prime(Z)
        flat = np.abs(slopes) < 0.05
        units = np.any(flat, axis=0) if saturated_on_any else np.all(flat, axis=0)
        return np.flatnonzero(units).tolist()

    return gradient_ratio, saturated


def net(rng: Any, width: int, depth: int) -> tuple[list[Any], list[Any], Any]:
    """Weights N(0, 1/√n), biases 0, and an input."""
    Ws = [rng.normal(size=(width, width)) / np.sqrt(width) for _ in range(depth)]
    return Ws, [np.zeros(width) for _ in range(depth)], rng.normal(size=width)


KINDS = {
    "sigmoid": (sigmoid, sigmoid_prime),
    "tanh": (tanh, tanh_prime),
    "relu": (relu, relu_prime),
}


def probes() -> list[Probe]:
    rng = np.random.default_rng(24)
    found = []
    kinds = [*KINDS.values(), (square, square_prime), (tanh, tanh_prime)]
    for (g, g_prime), depth in zip(kinds, (3, 4, 2, 2, 1), strict=True):
        Ws, bs, x = net(rng, 4, depth)
        bs = [rng.normal(size=4).round(2) for _ in bs]
        found.append(call("gradient_ratio", Ws=Ws, bs=bs, x=x, g=g, g_prime=g_prime))
    Z = np.array([[5.0, 0.2, -4.0, 1.0], [-6.0, 3.0, -5.0, 0.5], [7.0, 4.0, -6.0, 6.0]])
    for g_prime in (tanh_prime, sigmoid_prime):
        found.append(call("saturated", Z=Z, g_prime=g_prime))
    return found


def median_ratio(kind: str) -> Any:
    """The median of 21 networks of 10 layers, 16 units wide."""

    def run(names: Any) -> Any:
        g, g_prime = KINDS[kind]
        ratios = []
        for seed in range(21):
            Ws, bs, x = net(np.random.default_rng(seed), 16, 10)
            ratios.append(float(names.gradient_ratio(Ws, bs, x, g, g_prime)))
        return float(np.median(ratios))

    return run


def milestones() -> list[Milestone]:
    text = "median over 21 networks, depth 10, width 16, {}"
    return [
        Milestone(text.format("sigmoid"), median_ratio("sigmoid"), at_most=1e-5),
        Milestone(text.format("tanh"), median_ratio("tanh"), at_least=0.05),
    ]


EXERCISE = Exercise(
    id=24,
    slug="vanishing",
    title="Vanishing gradients",
    task="""
On the way back δ is multiplied by g' in every layer. σ' is at most 1/4: ten layers of sigmoids
leave about a millionth of δ. Measure it, and find the units that are saturated: flat wherever
they are asked.""",
    formula="‖δ¹‖ / ‖δ^L‖,   δ^l = ((W^(l+1))ᵀ δ^(l+1)) ⊙ g'(z^l),   δ^L = g'(z^L)",
    hints=(
        "This is the way back of exercise 15 without the weights' gradients: keep the first and "
        "the last δ.",
        "np.linalg.norm measures a vector. A unit is saturated if g' is small on all samples: "
        "np.all(…, axis=0).",
        "return np.flatnonzero(np.all(np.abs(g_prime(Z)) < 0.05, axis=0)).tolist()",
    ),
    stub=STUB,
    names=("gradient_ratio", "saturated"),
    reference=reference,
    mistakes={
        "measures_weights": "this compares the weights' gradients δ·a; the ratio is of δ alone",
        "gprime_at_a": "g' is evaluated at a^l; it belongs at z^l",
        "ratio_inverted": "the ratio is upside down: first layer over last",
        "saturated_on_any": "a unit that is flat on one sample is not saturated: on all of them",
    },
    probes=probes,
    milestones=milestones,
    after="σ leaves 1e-6 of δ after ten layers, tanh a fifth, relu a twentieth.",
)
