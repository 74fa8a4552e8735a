"""Activations and their derivatives: linear, step, ReLU, sigmoid, tanh, softmax.

Slide: Activation: Sigmoid, Tanh, ReLU

sigmoid(z) = 1/(1 + e⁻ᶻ) lies in the open interval (0, 1); the slide lost the signs and closes the
interval. Its derivative is a(1 − a) with a = g(z), not z(1 − z). tanh(z) = 2 sigmoid(2z) − 1 is
zero-centred. Both saturate: where a is close to its bounds the derivative is close to 0.
ReLU max(0, z) keeps the derivative 1 for every z > 0.
"""

import numpy as np

import autograd as ag
import nn
from autograd import Value
from lecture.figures import axes, save

NAMES = ["linear", "step", "relu", "sigmoid", "tanh"]


def with_derivative(name, z):
    """g(z) and g'(z), the derivative by back-propagation through the op."""
    z = Value(z)
    a = nn.activations.get(name)(z)
    if name == "linear":
        return z.data, np.ones_like(z.data)
    a.backward(gradient=np.ones(z.shape))
    return a.data, z.grad


z = np.array([-10.0, -2.0, 0.0, 2.0, 10.0])
print(f"{'z':>8} " + " ".join(f"{value:>10g}" for value in z))
for name in NAMES:
    a, slope = with_derivative(name, z)
    print(f"{name:>8} " + " ".join(f"{value:>10.5f}" for value in a))
    print(f"{'slope':>8} " + " ".join(f"{value:>10.5f}" for value in slope))

# The sigmoid: its values, its derivative, and the formulas as the slide prints them.
a, slope = with_derivative("sigmoid", z)
assert np.allclose(a, 1 / (1 + np.exp(-z)))
assert np.allclose(slope, a * (1 - a))
assert np.all((a > 0) & (a < 1))
wrong = z * (1 - z)
print("\nslide's z(1 − z) at z = 2:", wrong[3], "; a(1 − a):", round(slope[3], 4))
assert not np.allclose(wrong, slope)

# tanh is a scaled sigmoid, and saturates like it.
assert np.allclose(np.tanh(z), 2 / (1 + np.exp(-2 * z)) - 1)
tiny = [with_derivative(name, np.array([10.0]))[1][0] for name in ("sigmoid", "tanh", "relu")]
print("slopes at z = 10: sigmoid {:.1e}, tanh {:.1e}, relu {:.0f}".format(*tiny))
assert tiny[0] < 1e-4
assert tiny[1] < 1e-8
assert tiny[2] == 1.0

# Softmax turns net inputs into probabilities; with two classes it is the sigmoid.
p = ag.softmax(Value([2.0, 1.0, -1.0])).data
print("softmax(2, 1, −1) =", p.round(4), " sum", round(p.sum(), 12))
assert np.isclose(p.sum(), 1)
two = ag.softmax(Value([1.3, 0.0])).data
assert np.isclose(two[0], 1 / (1 + np.exp(-1.3)))

panels = axes(1, len(NAMES), sharex=True)
z = np.linspace(-4, 4, 400)
for panel, name in zip(panels, NAMES, strict=True):
    a, slope = with_derivative(name, z)
    panel.plot(z, a, label="a = g(z)")
    panel.plot(z, slope, "--", label="g'(z)")
    panel.set_title(name)
    panel.set_xlabel("z")
    panel.grid(alpha=0.3)
    panel.legend()
save(panels[0], "curves.svg")
