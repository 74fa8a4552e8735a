"""Exercise 2: the activations linear, step, relu, sigmoid and tanh."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe, call

STUB = '''
import numpy as np


def linear(z):
    """z itself."""
    raise NotImplementedError


def step(z):
    """1 where z > 0, else 0; so step(0) = 0."""
    raise NotImplementedError


def relu(z):
    """max(0, z)."""
    raise NotImplementedError


def sigmoid(z):
    """1/(1 + e^(−z)); without overflow for z = ±1000."""
    raise NotImplementedError


def tanh(z):
    """2σ(2z) − 1, between −1 and 1."""
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    step_at_zero: bool = False,
    if_on_array: bool = False,
    sigmoid_sign: bool = False,
    sigmoid_overflow: bool = False,
    relu_is_abs: bool = False,
    tanh_range_01: bool = False,
) -> tuple[Any, ...]:
    def linear(z):
        return np.asarray(z) * 1.0

    def step(z):
        if if_on_array:
            return 1.0 if (z >= 0 if step_at_zero else z > 0) else 0.0
        z = np.asarray(z)
        return np.where(z >= 0 if step_at_zero else z > 0, 1.0, 0.0)

    def relu(z):
        return np.abs(z) if relu_is_abs else np.maximum(0.0, z)

    def sigmoid(z):
        z = -np.asarray(z) if sigmoid_sign else np.asarray(z)
        if sigmoid_overflow:
            return np.exp(z) / (1 + np.exp(z))
        e = np.exp(-np.abs(z))
        return np.where(z >= 0, 1 / (1 + e), e / (1 + e))

    def tanh(z):
        return (1 + np.tanh(z)) / 2 if tanh_range_01 else np.tanh(z)

    return linear, step, relu, sigmoid, tanh


def symmetry(names: Any) -> Any:
    z = np.array([-3.0, -0.5, 0.0, 0.25, 2.0])
    return names.sigmoid(z) + names.sigmoid(-z)


def probes() -> list[Probe]:
    table, matrix = np.array([-2.0, 0.0, 2.0]), np.array([[-1.5, 0.5], [0.0, 3.0]])
    found = []
    for name in ("linear", "step", "relu", "sigmoid", "tanh"):
        found += [call(name, z=z) for z in (-2.0, 0.0, 2.0)]
        found += [call(name, z=table), call(name, z=matrix)]
    found += [call("sigmoid", z=z) for z in (1000.0, -1000.0)]
    found.append(call("sigmoid", z=np.array([-1000.0, 0.0, 1000.0])))
    found.append(Probe("sigmoid(z) + sigmoid(−z) for z = −3, −0.5, 0, 0.25, 2", symmetry))
    return found


EXERCISE = Exercise(
    id=2,
    slug="activations",
    title="Activations",
    task="""
The activation g makes the unit's output a = g(z). Write the lecture's five. Numbers and
arrays both come in: of an array, return an array of the same shape.""",
    formula="""
linear z     step 1 if z > 0 else 0     ReLU max(0, z)
σ(z) = 1/(1 + e^(−z))                   tanh(z) = 2σ(2z) − 1""",
    hints=(
        "NumPy has what works on numbers and arrays alike; an if does not work on an array.",
        "np.where(condition, there, else) and np.maximum. For large −z, e^(−z) overflows: "
        "e^z/(1 + e^z) is the same number and does not.",
        "e = np.exp(-np.abs(z)); return np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
    ),
    stub=STUB,
    names=("linear", "step", "relu", "sigmoid", "tanh"),
    reference=reference,
    mistakes={
        "step_at_zero": "step(0) is 0: the unit fires if z > 0, not if z ≥ 0",
        "if_on_array": "step has an if that works on a number only; use np.where",
        "sigmoid_sign": "the sign in e^(−z) is lost: σ(z) = 1/(1 + e^(−z)), the slide lost it too",
        "sigmoid_overflow": "σ(1000) overflows to NaN: e^z/(1 + e^z) with z = 1000 is ∞/∞",
        "relu_is_abs": "relu gives |z|: below 0 it is 0",
        "tanh_range_01": "tanh ranges from 0 to 1; it ranges from −1 to 1: tanh(z) = 2σ(2z) − 1",
    },
    probes=probes,
    after="σ ranges over (0, 1), its ends excluded. σ and tanh saturate: far from 0 they are flat.",
)
