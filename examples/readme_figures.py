"""Draws the picture of the README: `python examples/readme_figures.py`."""

from pathlib import Path

import viz
from viz import demo

FIGURES = Path(__file__).resolve().parent / "figures"


def neuron() -> viz.Drawing:
    """The demo's neuron: z = w₁ x₁ + w₂ x₂ + b, a = tanh(z), e = a - y, J = e · e."""
    return viz.draw(demo.neuron())


if __name__ == "__main__":
    FIGURES.mkdir(exist_ok=True)
    neuron().save(FIGURES / "neuron.svg")
