"""Draws the picture of the README: `python examples/readme_figures.py`."""

from pathlib import Path

import autograd as ag
import viz
from autograd import Value

FIGURES = Path(__file__).resolve().parent / "figures"


def neuron() -> viz.Drawing:
    """One neuron with two inputs, z = w₁ x₁ + w₂ x₂ + b, a = tanh(z), e = a - y, J = e · e."""
    x1, x2, y = Value(2.0, label="x₁"), Value(-1.0, label="x₂"), Value(1.0, label="y")
    w1, w2, b = Value(0.5, label="w₁"), Value(-0.25, label="w₂"), Value(-0.75, label="b")
    with ag.scope("neuron"):
        z = w1 * x1 + w2 * x2 + b
        z.label = "z"
        a = z.tanh()
        a.label = "a"
    e = a - y
    J = e * e
    e.label, J.label = "e", "J"
    J.backward()
    return viz.draw(J)


if __name__ == "__main__":
    FIGURES.mkdir(exist_ok=True)
    neuron().save(FIGURES / "neuron.svg")
