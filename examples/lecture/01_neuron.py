"""The artificial neuron: z = Σ wᵢ xᵢ + b and ŷ = a = g(z).

Slide: Artificial neuron

A neuron weighs its inputs, adds a bias and passes the sum z, its net input, through an activation
g. With g linear it is linear regression, with g the sigmoid it is logistic regression. The bias is
the weight of a constant input x₀ = 1.
"""

import numpy as np

import nn
import viz
from autograd import Value
from lecture.figures import save

# By hand, in plain NumPy.
x, w, b = np.array([2.0, -1.0, 0.5]), np.array([0.4, 0.3, -0.2]), 0.1
z = np.sum(w * x) + b
a = np.tanh(z)
print(f"by hand     z = {z:.4f}   a = tanh(z) = {a:.4f}")

# The same neuron from nn, its weights set to ours.
neuron = nn.Neuron(3, "tanh")
neuron.weight.data, neuron.bias.data = w, b
print(f"nn.Neuron   a = {neuron(x).item():.4f}")
assert np.isclose(neuron(x).item(), a)

# The bias as the weight w₀ of a constant input x₀ = 1.
assert np.isclose(np.append(b, w) @ np.append(1.0, x), z)

# One z, five activations.
for name in ("linear", "step", "relu", "sigmoid", "tanh"):
    g = nn.activations.get(name)
    print(f"g = {name:<8} a = {g(Value(z)).item():.4f}")

# A linear neuron trained on the squared error is linear regression.
rng = np.random.default_rng(0)
X = rng.normal(size=(100, 2))
y = X @ [1.5, -2.0] + 0.7 + rng.normal(scale=0.1, size=100)
linear = nn.Neuron(2, "linear", rng=0)
descent = nn.SGD(linear.parameters(), learning_rate=0.1)
for _ in range(300):
    linear.zero_grad()
    nn.mse(linear(X), y).backward()
    descent.step()
least_squares = np.linalg.lstsq(np.column_stack([X, np.ones(100)]), y, rcond=None)[0]
learned = np.append(linear.weight.data, linear.bias.data)
print("linear neuron ", learned.round(4))
print("least squares ", least_squares.round(4))
assert np.allclose(learned, least_squares, atol=1e-6)

# The graph of one neuron: every value, and the local derivative on every edge.
inputs = [Value(number, label=f"x{i}") for i, number in enumerate(x, start=1)]
weights = [Value(number, label=f"w{i}") for i, number in enumerate(w, start=1)]
z = sum(wi * xi for wi, xi in zip(weights, inputs, strict=True)) + Value(b, label="b")
z.label = "z"
a = z.tanh()
a.label = "a"
a.backward()
save(viz.draw(a), "graph.svg")
