"""Exercise 13: the gradient of one neuron, by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..exercise import Exercise, Pick, Probe, call
from ..random_inputs import NUMBERS, array
from ..samples import central_differences, square, square_prime, tanh, tanh_prime

STUB = '''
import numpy as np


def neuron_gradient(w, b, x, y, g, g_prime):
    """(delta, dw, db) for J = (ŷ − y)², with ŷ = a = g(z) and z = Σ wᵢxᵢ + b.

    w, x: arrays of one length; b, y: numbers; g, g_prime: functions of z.
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    no_two: bool = False,
    sign: bool = False,
    gprime_at_a: bool = False,
    no_gprime: bool = False,
    no_x: bool = False,
    b_times_x: bool = False,
) -> tuple[Any, ...]:
    def neuron_gradient(w, b, x, y, g, g_prime):
        z = np.dot(w, x) + b
        a = g(z)
        dJ_da = (1 if no_two else 2) * (y - a if sign else a - y)
        delta = dJ_da * (1 if no_gprime else g_prime(a) if gprime_at_a else g_prime(z))
        dw = np.full_like(x, delta) if no_x else delta * x
        db = delta * np.sum(x) if b_times_x else delta
        return delta, dw, db

    return (neuron_gradient,)


def probes() -> list[Probe]:
    rng = np.random.default_rng(13)
    w, x = np.array([0.5, -0.25]), np.array([2.0, -1.0])
    found = [asked(w, -0.75, x, 1.0, tanh, tanh_prime)]
    for k in (1, 3, 2, 4, 3, 2, 5, 3, 2):
        w, x = rng.normal(size=k).round(2), rng.normal(size=k).round(2)
        b, y = rng.normal(size=2).round(2).tolist()
        g, g_prime = (tanh, tanh_prime) if k != 3 else (square, square_prime)
        found.append(asked(w, b, x, y, g, g_prime))
    return found


def asked(w: Any, b: float, x: Any, y: float, g: Any, g_prime: Any) -> Probe:
    """One call, with what central differences say of it."""
    measured = numeric(w, b, x, y, g)
    return call("neuron_gradient", measured, w=w, b=b, x=x, y=y, g=g, g_prime=g_prime)


def numeric(w: Any, b: float, x: Any, y: float, g: Callable[[Any], Any]) -> Callable[[], Any]:
    """δ = ∂J/∂z, ∂J/∂w and ∂J/∂b by central differences."""

    def differences() -> Any:
        z = float(np.dot(w, x) + b)
        delta = central_differences(lambda z: (g(z) - y) ** 2, z)
        dw = central_differences(lambda w: (g(np.dot(w, x) + b) - y) ** 2, w)
        db = central_differences(lambda b: (g(np.dot(w, x) + b) - y) ** 2, b)
        return [delta, dw, db]

    return differences


def random(pick: Pick) -> Probe:
    k = pick((1, 2, 3))
    g, g_prime = pick(((tanh, tanh_prime), (square, square_prime)))
    w, x = array(pick, k), array(pick, k)
    return asked(w, pick(NUMBERS), x, pick(NUMBERS), g, g_prime)


EXERCISE = Exercise(
    id=13,
    slug="neuron_gradient",
    title="The gradient of one neuron",
    task="""
One neuron, one sample, J = (y − ŷ)². The chain rule goes back from J to ŷ, to z, to each
weight. Return delta = ∂J/∂z, dw (one number per weight) and db.
g_prime is g' as a function of z; the slide's g'(z) = z(1 − z) for the sigmoid means a(1 − a).""",
    formula="""
δ = ∂J/∂ŷ · ∂ŷ/∂z = 2(ŷ − y) · g'(z)
∂J/∂wᵢ = δ · xᵢ        ∂J/∂b = δ""",
    hints=(
        "δ is the part of the product that all weights share: how J changes with z.",
        "δ = 2(ŷ − y) · g'(z). Then ∂z/∂wᵢ = xᵢ, and ∂z/∂b = 1.",
        "z = np.dot(w, x) + b; a = g(z); delta = 2 * (a - y) * g_prime(z); "
        "return delta, delta * x, delta",
    ),
    stub=STUB,
    names=("neuron_gradient",),
    reference=reference,
    mistakes={
        "no_two": "factor 2 is missing: J = (ŷ−y)², so ∂J/∂ŷ = 2(ŷ−y)",
        "sign": "the sign is turned: ∂J/∂ŷ = 2(ŷ−y), prediction minus target",
        "gprime_at_a": "g' is evaluated at a = g(z); it belongs at z",
        "no_gprime": "the factor g'(z) is missing: the way from ŷ to z is part of the chain",
        "no_x": "∂z/∂wᵢ = xᵢ is missing: dw = δ · x",
        "b_times_x": "db is multiplied by x; ∂z/∂b = 1, so db = δ",
    },
    ambiguous=("gprime_at_a+no_gprime",),
    probes=probes,
    random=random,
    parts=("delta", "dw", "db"),
    after="This δ·x is all that gradient descent needs: w ← w − α δ x.",
)
