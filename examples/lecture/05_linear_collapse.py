"""Linear layers collapse: Ŵ = W² W¹.

Slide: Linear regression neural networks

A stack of linear layers is one linear layer: W²(W¹x + b¹) + b² = (W² W¹)x + (W² b¹ + b²). Depth
without a non-linearity buys nothing. With tanh between the layers no single layer does the same.
"""

import numpy as np

import nn
from lecture.figures import axes, save

rng = np.random.default_rng(1)
X = rng.normal(size=(200, 3))


def collapsed(layers):
    """Weights and bias of the one linear layer that does what the linear layers do."""
    W, b = layers[0].weight.data, layers[0].bias.data
    for layer in layers[1:]:
        W, b = layer.weight.data @ W, layer.weight.data @ b + layer.bias.data
    return W, b


deep = nn.MLP(3, [5, 4, 2], activation="linear", seed=0)
for layer in deep.layers:
    layer.bias.data = rng.normal(size=layer.bias.shape)
W, b = collapsed(deep.layers)
print(
    "three linear layers, W¹",
    deep.layers[0].weight.shape,
    "W²",
    deep.layers[1].weight.shape,
    "W³",
    deep.layers[2].weight.shape,
)
print("one layer          Ŵ", W.shape)
difference = np.abs(deep(X).data - (X @ W.T + b)).max()
print(f"largest difference {difference:.1e}")
assert difference < 1e-12
print(f"parameters: {deep.count_parameters()} in the stack, {W.size + b.size} in the one layer")

# With tanh between: the best single layer, by least squares, misses.
bent = nn.MLP(3, [5, 4, 2], activation="tanh", seed=0)
answers = bent(3 * X).data
design = np.column_stack([3 * X, np.ones(len(X))])
best = design @ np.linalg.lstsq(design, answers, rcond=None)[0]
missed = np.sqrt(np.mean((answers - best) ** 2) / np.var(answers))
print(f"with tanh, the best linear layer misses {missed:.0%} of the spread")
assert missed > 0.1

# In one dimension the eye sees it.
x = np.linspace(-3, 3, 200)[:, None]
panel = axes()
for activation, style in (("linear", "-"), ("tanh", "--")):
    model = nn.MLP(1, [8, 8, 1], activation=activation, seed=5)
    for layer in model.layers:
        layer.weight.data = 3 * layer.weight.data
    panel.plot(x, model(x).data, style, label=f"three layers, {activation}")
panel.set(xlabel="x", ylabel="ŷ", title="depth bends only with a non-linearity")
panel.legend()
save(panel, "bend.svg")
