"""XOR by two layers: (x₁ or x₂) and not (x₁ and x₂).

Slide: Non linearly separable

Hidden unit 1 is OR, hidden unit 2 is AND; the output answers 1 where OR holds and AND does not:
β = [[1, 1, −0.5], [1, 1, −1.5], [1, −2, −0.5]], the bias last. The slide prints AND's truth table
beside it; XOR's is (1,1)→0 (0,1)→1 (1,0)→1 (0,0)→0. In the plane of the hidden units the four
points lie on two sides of a line: that is what the first layer is for.
"""

import numpy as np

import nn
from lecture.figures import axes, save

X = np.array([[1.0, 1.0], [0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
xor, and_ = np.array([0, 1, 1, 0]), np.array([1, 0, 0, 0])

network = nn.MLP(2, [2, 1], activation="step", output="step")
hidden, output = network.layers
hidden.weight.data, hidden.bias.data = [[1.0, 1.0], [1.0, 1.0]], [-0.5, -1.5]
output.weight.data, output.bias.data = [[1.0, -2.0]], [-0.5]

h = hidden(X).data
y = network(X).data[:, 0]
print("x1 x2   OR AND   y")
for point, units, answer in zip(X, h, y, strict=True):
    print("{:.0f}  {:.0f}    {:.0f}  {:.0f}     {:.0f}".format(*point, *units, answer))
assert y.tolist() == xor.tolist()
assert y.tolist() != and_.tolist(), "the slide's table is AND's"
assert h[:, 0].tolist() == [1, 1, 1, 0]
assert h[:, 1].tolist() == [1, 0, 0, 0]

# The same shape of network finds weights of its own by gradient descent.
trained = nn.MLP(2, [2, 1], activation="tanh", output="sigmoid", seed=3)
descent = nn.SGD(trained.parameters(), learning_rate=1.0)
for _ in range(2000):
    trained.zero_grad()
    loss = nn.losses.binary_cross_entropy(trained(X)[:, 0], xor)
    loss.backward()
    descent.step()
predicted = trained(X).data[:, 0]
print("\nlearned:", predicted.round(3), f" J = {loss.item():.4f}")
assert (predicted > 0.5).tolist() == (xor == 1).tolist()

panels = axes(1, 2)
for panel, points, names in (
    (panels[0], X, ("x₁", "x₂")),
    (panels[1], h, ("h₁ = OR", "h₂ = AND")),
):
    for target, marker in ((0, "o"), (1, "s")):
        panel.scatter(*points[xor == target].T, marker=marker, s=120, label=f"XOR = {target}")
    panel.set(xlabel=names[0], ylabel=names[1], xlim=(-0.4, 1.6), ylim=(-0.4, 1.6))
    panel.legend()
panels[0].set_title("inputs: no line will do")
line = np.array([-0.4, 1.6])
panels[1].plot(line, (line - 0.5) / 2, "k--")
panels[1].set_title("hidden units: h₁ − 2 h₂ − 0.5 = 0")
save(panels[0], "two-planes.svg")
