"""Playground, third exercise: the smallest network for each data set, found by search.

Slide: It's time to play: non linearly separable dataset, without extra features

For each set the networks are tried from the smallest up, each from two random starts; the first
that reaches a test loss below 0.05 is the answer. The training step is compiled: the same numbers,
a few times faster. What is found depends on the starts tried: smaller nets may exist that
gradient descent did not find.
"""

import numpy as np

import autograd as ag
import nn
import viz
from lecture.figures import axes, save

CANDIDATES = {
    "gauss": [[], [1]],
    "circle": [[], [1], [2], [3]],
    "xor": [[], [1], [2], [3], [4], [5]],
    "spiral": [[8], [4, 4], [6, 6]],
}


def train(data, units, activation, seed):
    """A network of these hidden units, and the test loss at the end."""
    X, X_test, y, y_test = data
    y, y_test = y[:, None], y_test[:, None]
    model = nn.MLP(2, [*units, 1], activation=activation, output="tanh", seed=seed)
    J = ag.compile(lambda points, labels: nn.playground_loss(model(points), labels))
    descent, rng, loss = (
        nn.SGD(model.parameters(), learning_rate=0.1),
        np.random.default_rng(seed),
        1.0,
    )
    for _ in range(240 if activation == "relu" else 100):
        for points, labels in nn.minibatches(X, y, batch_size=10, rng=rng):
            model.zero_grad()
            J(points, labels).backward()
            descent.step()
        with ag.no_grad():
            loss = nn.playground_loss(model(X_test), y_test).item()
        if loss < 0.05:
            break
    return model, loss


panels = axes(1, 4)
for panel, (name, candidates) in zip(panels, CANDIDATES.items(), strict=True):
    data = nn.playground(name, noise=0.1, ratio=0.5, seed=0)
    kind = "relu" if name == "spiral" else "tanh"
    for units in candidates:
        model, loss = min((train(data, units, kind, s) for s in (0, 1)), key=lambda found: found[1])
        shape = "-".join(map(str, [2, *units, 1]))
        print(f"{name:<7} {shape:<8} {model.count_parameters():>3} parameters, loss {loss:.3f}")
        if loss < 0.05:
            break
    assert loss < 0.05
    assert units == candidates[-1] or name == "gauss"
    viz.plot_decision_boundary(model, data.X_test, data.y_test, ax=panel)
    panel.set_title(f"{name}: {shape}")
save(panels[0], "boundaries.png")
