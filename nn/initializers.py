"""Initial weights, random and scaled so that signals neither vanish nor saturate."""

from __future__ import annotations

from typing import Any

import numpy as np

from .activations import Activation, relu


def glorot_uniform(inputs: int, units: int, rng: np.random.Generator) -> Any:
    """Weights ``(units, inputs)`` from U(-r, r), r = √(6 / (inputs + units)).

    Glorot & Bengio 2010, equation 16: for units that are about linear around 0, as tanh is.
    """
    limit = np.sqrt(6.0 / (inputs + units))
    return rng.uniform(-limit, limit, size=(units, inputs))


def he_normal(inputs: int, units: int, rng: np.random.Generator) -> Any:
    """Weights ``(units, inputs)`` from N(0, 2 / inputs).

    He et al. 2015, equation 10: relu drops half of the signal, which the factor 2 makes up for.
    """
    return rng.normal(0.0, np.sqrt(2.0 / inputs), size=(units, inputs))


def initial_weight(inputs: int, units: int, activation: Activation, rng: Any) -> Any:
    """Weights ``(units, inputs)`` that suit the activation: He's for relu, Glorot's otherwise."""
    if activation is relu:
        return he_normal(inputs, units, rng)
    return glorot_uniform(inputs, units, rng)
