"""Playground, last exercise: the same network with α = 0.01, 0.1 and 1.

Slide: It's time to play: non linearly separable dataset, learning rate

The slide's run: with 0.01 the loss is still 0.08 after 5,000 epochs, with 0.1 it reaches 0.05
after about 450, with 1 it does not converge (around 1.3 after 1,500). Here a 2-4-1 tanh network on
the playground's XOR shows the same: ten times too small is slow, ten times too large never settles.
"""

import numpy as np

import autograd as ag
import nn
from lecture.figures import axes, save

X, X_test, y, y_test = nn.playground("xor", noise=0.1, ratio=0.5, seed=0)
y, y_test = y[:, None], y_test[:, None]


def losses_of(learning_rate, epochs):
    """Test loss after each epoch, until it is below 0.05."""
    model = nn.MLP(2, [4, 1], activation="tanh", output="tanh", seed=0)
    J = ag.compile(lambda points, labels: nn.playground_loss(model(points), labels))
    descent, rng = nn.SGD(model.parameters(), learning_rate=learning_rate), np.random.default_rng(0)
    losses = []
    while len(losses) < epochs and (not losses or losses[-1] >= 0.05):
        for points, labels in nn.minibatches(X, y, batch_size=10, rng=rng):
            model.zero_grad()
            J(points, labels).backward()
            descent.step()
        with ag.no_grad():
            losses.append(nn.playground_loss(model(X_test), y_test).item())
    return losses


panel = axes()
curves = {rate: losses_of(rate, epochs) for rate, epochs in ((0.01, 2000), (0.1, 900), (1.0, 600))}
for (rate, losses), style in zip(curves.items(), ("--", "-", ":"), strict=True):
    print(f"α = {rate:<5} {len(losses):>5} epochs, loss {losses[-1]:.3f}")
    panel.plot(np.arange(1, len(losses) + 1), losses, style, label=f"α = {rate}")
assert curves[0.1][-1] < 0.05
assert 250 < len(curves[0.1]) < 900
assert min(curves[0.01]) > 0.05, "slow: not there after several times as many epochs"
assert curves[0.01][-1] < 0.12, "but on its way"
assert np.mean(curves[1.0][-300:]) > 0.15, "it does not settle"
panel.axhline(0.05, color="k", linewidth=0.8)
panel.set(xscale="log", xlabel="epoch", ylabel="test loss", title="XOR, 2-4-1, batches of 10")
panel.legend()
save(panel, "curves.svg")
