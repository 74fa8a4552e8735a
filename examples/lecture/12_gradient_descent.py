"""Gradient descent: x_(k+1) = x_k − α ∇f(x_k) until ‖∇f(x_k)‖ ≤ ε.

Slide: Gradient descent

The gradient points where f rises fastest; a step the other way makes f smaller if α is small
enough. On f(w) = (w − 3)² each step multiplies the distance to the minimum by 1 − 2α: α = 0.01 is
slow, 0.1 good, 0.5 jumps there at once, 0.9 overshoots and comes back from the other side, and
beyond 1 it moves away. α is right where f(x_(k+1)) < f(x_k).
"""

import numpy as np

import nn
from lecture.figures import axes, save


def f(w):
    """(w − 3)²."""
    return (w - 3) ** 2


print("    α   steps   converged   w")
steps, paths = {}, {}
for alpha in (0.01, 0.1, 0.5, 0.9, 1.0, 1.1):
    path = nn.gradient_descent(f, 0.0, learning_rate=alpha, tolerance=1e-6, max_steps=1000)
    steps[alpha], paths[alpha] = len(path.points) - 1 if path.converged else None, path
    print(f"{alpha:>5} {steps[alpha] or '-':>7} {path.converged!s:>11}   {path.points[-1]:.4g}")
    points = np.array(path.points[:20])
    assert np.allclose(points - 3, -3 * (1 - 2 * alpha) ** np.arange(len(points)))
    assert bool(path.rose) == (alpha > 1), "α was too large where f rose"
# One variable: w against f(w).
words = {0.01: "slow", 0.1: "good", 0.9: "oscillates", 1.1: "diverges"}
panels, w = axes(1, 4, sharey=True), np.linspace(-3, 9, 200)
for panel, (alpha, word) in zip(panels, words.items(), strict=True):
    panel.plot(w, f(w), color="grey")
    points = np.array(paths[alpha].points[:8])
    panel.plot(points, f(points), ".-", color="#D55E00")
    panel.set(title=f"α = {alpha}: {word}", xlim=(-3, 9), ylim=(-2, 36), xlabel="w")
save(panels[0], "one-variable.svg")
assert steps == {0.01: 773, 0.1: 70, 0.5: 1, 0.9: 70, 1.0: None, 1.1: None}


def valley(x):
    """x₁² + 10 x₂²: steep across, flat along."""
    return x[0] ** 2 + 10 * x[1] ** 2


names = {0.005: "too small", 0.05: "good", 0.097: "oscillates", 0.102: "diverges"}
grid = np.linspace(-4.5, 4.5, 120)
first, second = np.meshgrid(grid, grid)
panels = axes(1, 4, sharey=True)
for panel, (alpha, word) in zip(panels, names.items(), strict=True):
    path = nn.gradient_descent(valley, [-4.0, 1.5], learning_rate=alpha, max_steps=40)
    points = np.array(path.points)
    drop = path.values[-1] / path.values[0]
    turns = np.mean(np.diff(np.sign(points[:, 1])) != 0)
    print(f"valley, α = {alpha:<5} f(x_40)/f(x_0) = {drop:<9.2g} x₂ changes sign {turns:.0%}")
    assert (drop > 1) == (word == "diverges")
    assert (turns > 0.9) == (word in ("oscillates", "diverges"))
    assert (drop < 1e-3) == (word == "good")
    panel.contour(first, second, valley(np.stack([first, second])), 18, cmap="Greys")
    panel.plot(points[:, 0], points[:, 1], ".-", color="#D55E00")
    panel.set(title=f"α = {alpha}: {word}", xlim=(-4.5, 4.5), ylim=(-4.5, 4.5), xlabel="x₁")
panels[0].set_ylabel("x₂")
save(panels[0], "two-variables.png")
