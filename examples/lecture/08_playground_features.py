"""Playground, second exercise: extra features let one neuron fit what no line separates.

Slide: It's time to play: non linearly separable dataset, extra features

A line in the plane of x₁² and x₂² is a circle in the plane of x₁ and x₂; a threshold on x₁x₂ is
XOR. So with the right features a single neuron is enough, and without them it never is: choosing
features by hand does what a hidden layer would have to learn.
"""

import autograd as ag
import nn
import viz
from lecture.figures import axes, save

FEATURES = {"circle": ["x₁²", "x₂²"], "xor": ["x₁x₂"]}


def train(name, features, epochs):
    """One tanh neuron on these features; it, the test loss of each epoch, and the test data."""
    X, X_test, y, y_test = nn.playground(name, noise=0.1, ratio=0.5, seed=0)
    neuron = nn.Neuron(len(features), "tanh", rng=0)
    descent, losses = nn.SGD(neuron.parameters(), learning_rate=0.03), []
    while len(losses) < epochs and (not losses or losses[-1] >= 0.05):
        for points, labels in nn.minibatches(X, y, batch_size=10, rng=len(losses)):
            neuron.zero_grad()
            answer = neuron(nn.playground_features(points, features))
            nn.playground_loss(answer, labels).backward()
            descent.step()
        with ag.no_grad():
            answer = neuron(nn.playground_features(X_test, features))
            losses.append(nn.playground_loss(answer, y_test).item())
    return neuron, losses, X_test, y_test


panels = axes(1, 4)
for column, (name, extra) in enumerate(FEATURES.items()):
    for offset, features in enumerate((["x₁", "x₂"], extra)):
        neuron, losses, X_test, y_test = train(name, features, epochs=100)
        words = ", ".join(features)
        print(f"{name:<7} one neuron on {words:<7} {len(losses):>4} epochs, loss {losses[-1]:.3f}")
        panel = panels[2 * column + offset]
        viz.plot_decision_boundary(
            lambda points, f=features, n=neuron: n(nn.playground_features(points, f)),
            X_test,
            y_test,
            ax=panel,
        )
        panel.set_title(f"{name}: {words}")
        assert (losses[-1] < 0.05) == (features is extra)
        assert features is extra or losses[-1] > 0.4, "a line does hardly better than a guess"
save(panels[0], "boundaries.png")
