"""Random inputs: arrays and networks made of picks from a short list of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .exercise import Pick

#: The numbers that inputs are made of, simplest first.
NUMBERS = (1.0, 2.0, -1.0, 0.5, -2.0, -0.5, 3.0, -3.0)


def array(pick: Pick, *shape: int) -> Any:
    """An array of picked numbers."""
    return np.array([pick(NUMBERS) for _ in range(int(np.prod(shape)))]).reshape(shape)


def layers(pick: Pick, widths: Sequence[int]) -> tuple[list[Any], list[Any]]:
    """Weights (units, inputs) and biases of the layers of a network."""
    sizes = list(pairwise(widths))
    Ws = [array(pick, units, inputs) for inputs, units in sizes]
    return Ws, [array(pick, units) for _, units in sizes]
