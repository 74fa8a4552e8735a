"""Back-propagation through L layers, by hand and by the engine, δ by δ.

Slide: Back propagation algorithm

Forward: zˡ = Wˡ aˡ⁻¹ + bˡ, aˡ = gˡ(zˡ). At the output δᴸ = ∇ₐJ ⊙ g'(zᴸ); then, for l = L−1 … 1,
δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ g'(zˡ). The gradients are ∂J/∂Wˡ = δˡ (aˡ⁻¹)ᵀ and ∂J/∂bˡ = δˡ. The slide
counts the input as layer 1, so its loop ends at l = 2; here the input is layer 0 and the loop
ends at l = 1.
"""

import numpy as np

import nn
import viz
from autograd import Value
from lecture.figures import save

model = nn.MLP(3, [4, 4, 2], activation="tanh", output="sigmoid", seed=2)
x, y = np.array([0.5, -1.0, 2.0]), np.array([1.0, 0.0])

# Forward by hand.
Ws = [layer.weight.data for layer in model.layers]
bs = [layer.bias.data for layer in model.layers]
zs, activations = [], [x]
for number, (W, b) in enumerate(zip(Ws, bs, strict=True), start=1):
    zs.append(W @ activations[-1] + b)
    g = np.tanh if number < 3 else lambda z: 1 / (1 + np.exp(-z))
    activations.append(g(zs[-1]))

# Backward by hand: the list holds δ³, then δ², then δ¹ before it.
y_hat = activations[-1]
deltas = [(2 * (y_hat - y) / 2) * y_hat * (1 - y_hat)]
for number in (2, 1):
    a = activations[number]
    deltas.insert(0, (Ws[number].T @ deltas[0]) * (1 - a**2))

# The engine: a batch of one row.
a, a_values = Value(x[None], requires_grad=False), []
for layer in model.layers:
    a = layer(a)
    a_values.append(a)
J = nn.mse(a, y[None])
J.backward()
assert np.isclose(J.item(), np.mean((y_hat - y) ** 2))
for number, (layer, a) in enumerate(zip(model.layers, a_values, strict=True), start=1):
    z = a.inputs[0]
    delta = deltas[number - 1]
    print(f"δ{number} by hand  ", delta.round(6))
    print(f"δ{number} by engine", z.grad[0].round(6))
    assert np.allclose(z.grad[0], delta)
    assert np.allclose(layer.weight.grad, np.outer(delta, activations[number - 1]))
    assert np.allclose(layer.bias.grad, delta)

# One step of gradient descent, wˡ ← wˡ − α δˡ (aˡ⁻¹)ᵀ, lowers J.
before, alpha = J.item(), 0.1
for layer in model.layers:
    layer.weight.data -= alpha * layer.weight.grad
    layer.bias.data -= alpha * layer.bias.grad
after = nn.mse(model(x[None]), y[None]).item()
print(f"J before {before:.6f}, after one step {after:.6f}")
assert after < before
save(viz.draw_backprop(model, x[None], y[None]), "layers.svg")
