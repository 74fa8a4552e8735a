"""Vanishing gradients: ‖δ¹‖ against ‖δᴸ‖ by depth and activation, and saturation.

Slide: Hyper-parameters fitting: vanishing gradient; Activation: Sigmoid

Each layer passes δ back through (Wˡ⁺¹)ᵀ and multiplies it by g'(zˡ). The sigmoid's g' is at most ¼,
so that every layer shrinks δ at least fourfold on the way; tanh and ReLU reach 1. Large initial
weights push most units of sigmoid and tanh to their bounds, where g' is close to 0.
"""

import numpy as np

import nn
from autograd import Value
from lecture.figures import axes, save

DEPTHS, KINDS, WIDTH = (2, 4, 6, 8, 10), ("sigmoid", "tanh", "relu"), 16


def gradient_ratio(depth, activation, seed):
    """‖δ¹‖ / ‖δᴸ‖ for weights drawn from N(0, 1/√n), in a batch of 20."""
    rng = np.random.default_rng(seed)
    model = nn.MLP(WIDTH, [WIDTH] * depth, activation=activation, output=activation)
    for layer in model.layers:
        layer.weight.data = rng.normal(scale=WIDTH**-0.5, size=layer.weight.shape)
    a, net_inputs = Value(rng.normal(size=(20, WIDTH)), requires_grad=False), []
    for layer in model.layers:
        a = layer(a)
        net_inputs.append(a.inputs[0])
    nn.mse(a, rng.normal(size=a.shape)).backward()
    return np.linalg.norm(net_inputs[0].grad) / np.linalg.norm(net_inputs[-1].grad)


print("‖δ¹‖/‖δᴸ‖, median of 11 draws\ndepth " + "".join(f"{kind:>11}" for kind in KINDS))
ratios = {kind: [] for kind in KINDS}
for depth in DEPTHS:
    for kind in KINDS:
        ratios[kind].append(np.median([gradient_ratio(depth, kind, seed) for seed in range(11)]))
    print(f"{depth:>5} " + "".join(f"{ratios[kind][-1]:>11.2g}" for kind in KINDS))
assert ratios["sigmoid"][-1] < 1e-4 < ratios["relu"][-1] < ratios["tanh"][-1]
assert np.all(np.diff(ratios["sigmoid"]) < 0)

# Saturation: the share of units with g' below a hundredth of its greatest value.
print("\nshare of saturated units by the spread of the weights")
rng, shares = np.random.default_rng(0), {"sigmoid": [], "tanh": []}
for spread in (0.1, 1.0, 3.0, 10.0):
    z = rng.normal(size=(500, WIDTH)) @ rng.normal(scale=spread, size=(WIDTH, 200))
    for kind in shares:
        net = Value(z)
        nn.activations.get(kind)(net).backward(gradient=np.ones_like(z))
        greatest = 0.25 if kind == "sigmoid" else 1.0
        shares[kind].append(np.mean(net.grad < 0.01 * greatest))
    print(f"N(0, {spread:>4}²)  " + "  ".join(f"{k} {shares[k][-1]:.0%}" for k in shares))
assert shares["sigmoid"][0] == 0
assert min(shares["sigmoid"][-1], shares["tanh"][-1]) > 0.8

panel = axes()
for kind, marker in zip(KINDS, "os^", strict=True):
    panel.semilogy(DEPTHS, ratios[kind], marker=marker, label=kind)
panel.set(xlabel="layers", ylabel="‖δ¹‖ / ‖δᴸ‖", title="what reaches the first layer")
panel.legend()
save(panel, "by-depth.svg")
