"""The output layer: linear for numbers, sigmoid for yes or no, softmax for one of N.

Slide: Choose the network architecture: output layer

Regression: one linear unit per function (tanh where the target lies in (−1, 1)). Two classes: one
sigmoid unit, ŷ = P(C = 1 | x). N classes: N softmax units whose outputs sum to 1. With its own
loss each of them has the same short error at the output: δᴸ = ŷ − y (for MSE 2(ŷ − y), over units).
"""

import numpy as np

import nn
from autograd import Value
from lecture.figures import axes, save

z = np.array([[0.3, -1.2, 2.0]])

# Regression: linear unit, mean squared error.
net = Value(z, label="z")
target = np.array([[0.0, -1.0, 1.5]])
nn.losses.mse(net, target).backward()
print("linear + MSE              δ =", net.grad[0].round(4))
assert np.allclose(net.grad, 2 * (z - target) / z.size)

# Yes or no: sigmoid and binary cross-entropy. δ = ŷ − y, g' has cancelled.
net, yes = Value(z[0], label="z"), np.array([1.0, 0.0, 1.0])
nn.losses.binary_cross_entropy(net.sigmoid(), yes).backward()
p = 1 / (1 + np.exp(-z[0]))
print("sigmoid + cross-entropy   δ =", (3 * net.grad).round(4), " ŷ − y =", (p - yes).round(4))
assert np.allclose(3 * net.grad, p - yes)

# One of N: softmax and cross-entropy. δ = ŷ − y again.
net = Value(z, label="z")
nn.losses.cross_entropy(net, [2]).backward()
p = np.exp(z) / np.exp(z).sum()
print("softmax + cross-entropy   δ =", net.grad[0].round(4), " ŷ =", p[0].round(4), "sum", p.sum())
assert np.allclose(net.grad, p - [[0, 0, 1]])

# Two classes: one sigmoid unit is a softmax over (z, 0).
two = np.exp([1.3, 0.0]) / np.exp([1.3, 0.0]).sum()
assert np.isclose(two[0], 1 / (1 + np.exp(-1.3)))

# Three softmax units learn Iris; the softmax is part of the loss, the units give its net inputs.
iris = nn.load_iris()
X_train, X_test, y_train, y_test = nn.train_test_split(iris.features, iris.labels, seed=0)
scale = nn.Standardizer().fit(X_train)
model = nn.MLP(4, [8, 3], activation="tanh", seed=0)
descent = nn.SGD(model.parameters(), learning_rate=0.2)
epochs = nn.train(model, nn.cross_entropy, scale.transform(X_train), y_train, epochs=60,
                  batch_size=16, optimizer=descent, seed=0)  # fmt: skip
accuracy = nn.accuracy(model(scale.transform(X_test)), y_test)
print(f"Iris with three softmax units: held-out accuracy {accuracy:.3f}")
assert accuracy > 0.93

panel = axes()
values = np.linspace(-4, 4, 200)
panel.plot(values, values, label="linear: any number")
panel.plot(values, np.tanh(values), "--", label="tanh: (−1, 1)")
panel.plot(values, 1 / (1 + np.exp(-values)), "-.", label="sigmoid: a probability")
panel.set(xlabel="z", ylabel="ŷ", ylim=(-2, 2), title="outputs")
panel.legend()
save(panel, "outputs.svg")
