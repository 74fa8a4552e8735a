"""One neuron by hand and by the engine: ∂J/∂wᵢ = δ xᵢ with δ = 2(ŷ − y) g'(z).

Slide: Gradient descent for deep learning: case of one neuron

J = (y − ŷ)² and the chain rule ∂J/∂wᵢ = ∂J/∂a · ∂a/∂z · ∂z/∂wᵢ. The first two factors are the same
for every weight: together they are δ. For the sigmoid g'(z) = a(1 − a); the slide's z(1 − z) gives
a wrong gradient. The algorithm: predict, compute δ, stop if ‖δ x‖ < ε, else w ← w − α δ x.
"""

import numpy as np

import viz
from autograd import Value
from lecture.figures import axes, save

x, y = np.array([1.0, 2.0, -1.0]), 1.0  # x₀ = 1 carries the bias
w = np.array([0.1, -0.4, 0.3])

# By hand.
z = w @ x
a = 1 / (1 + np.exp(-z))
delta = 2 * (a - y) * a * (1 - a)
print(f"z = {z:.4f}   ŷ = a = {a:.4f}   δ = 2({a:.4f} − 1) · {a * (1 - a):.4f} = {delta:.4f}")
print("∇J = δ x =", (delta * x).round(4))

# By the engine, in scalars so that the graph shows every product.
weights = [Value(number, label=f"w{i}") for i, number in enumerate(w)]
z_node = sum(wi * xi for wi, xi in zip(weights, x, strict=True))
z_node.label = "z"
a_node = z_node.sigmoid()
a_node.label = "a"
J = (y - a_node) ** 2
J.label = "J"
J.backward()
gradients = [weight.grad for weight in weights]
assert np.allclose(gradients, delta * x)
assert np.isclose(z_node.grad, delta), "δ is the gradient at z"
print(viz.explain(weights[1], J))

# Against central differences, and the slide's g' against both.


def cost(w):
    """J by NumPy alone."""
    return (y - 1 / (1 + np.exp(-w @ x))) ** 2


numeric = [(cost(w + h) - cost(w - h)) / 2e-5 for h in 1e-5 * np.eye(3)]
assert np.allclose(gradients, numeric, atol=1e-9)
slide = 2 * (a - y) * z * (1 - z) * x
print("with the slide's z(1 − z):", slide.round(4), " central differences:", np.round(numeric, 4))
assert not np.allclose(slide, numeric, atol=0.1)

# The lecture's algorithm.
alpha, epsilon, losses = 0.5, 1e-3, []
while True:
    a = 1 / (1 + np.exp(-w @ x))
    delta = 2 * (a - y) * a * (1 - a)
    losses.append((y - a) ** 2)
    if np.linalg.norm(delta * x) < epsilon:
        break
    w = w - alpha * delta * x
print(f"stopped after {len(losses) - 1} steps, ŷ = {a:.4f}, J = {losses[-1]:.2e}")
assert np.all(np.diff(losses) < 0), "α is right: J falls in each step"

save(viz.draw(J), "graph.svg")
panel = axes()
panel.semilogy(losses)
panel.set(xlabel="step", ylabel="J", title="the lecture's algorithm")
save(panel, "loss.svg")
