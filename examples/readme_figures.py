"""Draws the pictures of the README: `python examples/readme_figures.py`."""

from pathlib import Path

import nn
import viz
from viz import demo

FIGURES = Path(__file__).resolve().parent / "figures"


def neuron() -> viz.Drawing:
    """The demo's neuron, with an arrow back for each use: z = w₁ x₁ + w₂ x₂ + b, a = tanh(z)."""
    return viz.draw(demo.neuron(), backward=True)


def network() -> viz.Drawing:
    """A 2-3-1 network on one sample, with its target."""
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    return viz.draw_network(model, [[0.5, -1.0]], [[1.0]])


if __name__ == "__main__":
    FIGURES.mkdir(exist_ok=True)
    for picture in (neuron, network):
        picture().save(FIGURES / f"{picture.__name__}.svg")
