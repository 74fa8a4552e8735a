"""Playground, first exercise: the smallest network for linearly separable data is one neuron.

Slide: It's time to play: linearly separable dataset

The playground's rules: half of the points to train on, noise 10 %, no regularisation, batches of
10, and stop when the test loss is below 0.05. Two clouds of points need no hidden layer: one tanh
neuron draws the line. A neuron with two inputs has 3 parameters, and none fewer would do.
"""

import autograd as ag
import nn
import viz
from lecture.figures import axes, save

X_train, X_test, y_train, y_test = nn.playground("gauss", noise=0.1, ratio=0.5, seed=0)
neuron = nn.Neuron(2, "tanh", rng=0)
descent = nn.SGD(neuron.parameters(), learning_rate=0.03)

print("epoch   training loss   test loss")
epochs, losses = 0, []
for epochs in range(1, 101):
    for X, y in nn.minibatches(X_train, y_train, batch_size=10, rng=epochs):
        neuron.zero_grad()
        nn.playground_loss(neuron(X), y).backward()
        descent.step()
    with ag.no_grad():
        training = nn.playground_loss(neuron(X_train), y_train).item()
        losses.append(nn.playground_loss(neuron(X_test), y_test).item())
    print(f"{epochs:>5} {training:>15.3f} {losses[-1]:>11.3f}")
    if losses[-1] < 0.05:
        break
assert losses[-1] < 0.05
assert neuron.count_parameters() == 3

right = ((neuron(X_test).data > 0) == (y_test > 0)).mean()
w, b = neuron.weight.data, neuron.bias.item()
print(f"line: {w[0]:.2f} x₁ + {w[1]:.2f} x₂ + {b:.2f} = 0, {right:.1%} of the test points right")
assert right > 0.95

panel = axes()
viz.plot_decision_boundary(neuron, X_test, y_test, ax=panel)
panel.set_title(f"one neuron, epoch {epochs}, test loss {losses[-1]:.3f}")
save(panel, "boundary.png")
