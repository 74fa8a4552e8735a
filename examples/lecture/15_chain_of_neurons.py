"""A chain of neurons is a longer product; several units are a sum over paths.

Slide: Gradient descent for deep learning: for a chain of one neuron

In a chain x → a¹ → a² → … → J the derivative of J in the first weight is one product with a factor
w·g'(z) for each neuron passed. Where a value reaches J along several paths, every path brings
its own product, and the derivative is their sum.
"""

import numpy as np

import viz
from autograd import Value
from lecture.figures import save

# A chain of four tanh neurons.
x, y, numbers = 0.8, 0.5, [0.9, -1.2, 0.7, 1.1]
weights = [Value(number, label=f"w{i}") for i, number in enumerate(numbers, start=1)]
a = Value(x, label="x", requires_grad=False)
activations = [x]
for i, w in enumerate(weights, start=1):
    a = (w * a).tanh()
    a.label = f"a{i}"
    activations.append(a.item())
J = (a - y) ** 2
J.label = "J"
J.backward()
product = 2 * (activations[4] - y)
for i in (4, 3, 2):
    product *= (1 - activations[i] ** 2) * numbers[i - 1]
product *= (1 - activations[1] ** 2) * x
print(viz.explain(weights[0], J))
print(f"by hand: {product:.6f}   by the engine: {weights[0].grad:.6f}")
assert np.isclose(product, weights[0].grad)
save(viz.draw(J), "chain.svg")

# One weight, two units behind it: two paths.
w1, w2, v1, v2 = (
    Value(number, label=name)
    for name, number in (("w₁", 0.6), ("w₂", -0.3), ("v₁", 1.5), ("v₂", -2.0))
)
h = (w1 * x).tanh()
h.label = "h"
left, right = (v1 * h).tanh(), (v2 * h).tanh()
left.label, right.label = "a₁", "a₂"
J = (left + w2 * right - y) ** 2
J.label = "J"
J.backward()
print("\n" + str(viz.explain(w1, J)))
outer = 2 * (left.item() + w2.item() * right.item() - y)
first = outer * (1 - left.item() ** 2) * v1.item()
second = outer * w2.item() * (1 - right.item() ** 2) * v2.item()
inner = (1 - h.item() ** 2) * x
print(f"paths by hand: {first * inner:.6f} + {second * inner:.6f} = {(first + second) * inner:.6f}")
assert np.isclose((first + second) * inner, w1.grad)
save(viz.draw(J), "two-paths.svg")
