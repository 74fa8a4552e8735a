"""Loss functions: MAE and MSE for regression, cross-entropy for classification.

Slide: How does the network learn?

A loss J is one number that says how wrong the predictions are; learning looks for weights that
make it small. MSE is J = 1/N Σ (yᵢ − ŷᵢ)²; the slides also print 1/N Σ L² and 1/N (y − ŷ)² for a
single sample, which are not it. Cross-entropy is −1/N Σ log p of the true class: ln(classes) for
a uniform guess, 0 for a sure and right one, and large for a sure and wrong one.
"""

import numpy as np

import nn
from autograd import Value
from lecture.figures import axes, save

y = np.array([1.0, 2.0, 3.0, 4.0])
y_hat = np.array([1.5, 2.0, 2.0, 8.0])
e = y_hat - y
J_mse, J_mae = nn.losses.mse(Value(y_hat), y), nn.losses.mae(Value(y_hat), y)
print("errors", e, "  MSE", J_mse.item(), "  MAE", J_mae.item())
assert J_mse.item() == np.mean(e**2)
assert J_mae.item() == np.mean(np.abs(e))

# The gradient says who is to blame: MSE in proportion to the error, MAE by its sign alone.
for name, loss in (("MSE", nn.losses.mse), ("MAE", nn.losses.mae)):
    prediction = Value(y_hat, label="ŷ")
    loss(prediction, y).backward()
    print(f"∂{name}/∂ŷ =", prediction.grad)
    expected = 2 * e / 4 if name == "MSE" else np.sign(e) / 4
    assert np.allclose(prediction.grad, expected)

# The best constant: the mean for MSE, a median for MAE. One outlier moves the mean.
constants = np.linspace(0, 10, 1001)
data = np.array([1.0, 2.0, 3.0, 4.0, 10.0])
squares = [np.mean((data - c) ** 2) for c in constants]
sizes = [np.mean(np.abs(data - c)) for c in constants]
print("best constant: MSE", constants[np.argmin(squares)], "  MAE", constants[np.argmin(sizes)])
assert np.isclose(constants[np.argmin(squares)], data.mean())
assert np.isclose(constants[np.argmin(sizes)], np.median(data))

# Cross-entropy of three classes.
for words, logits in (
    ("uniform", [0.0, 0.0, 0.0]),
    ("sure and right", [9.0, 0.0, 0.0]),
    ("sure and wrong", [0.0, 9.0, 0.0]),
):
    print(f"cross-entropy, {words:<15} {nn.cross_entropy(Value([logits]), [0]).item():.4f}")
assert np.isclose(nn.cross_entropy(Value([[0.0, 0.0, 0.0]]), [0]).item(), np.log(3))

panels = axes(1, 2)
panels[0].plot(constants, squares, label="MSE")
panels[0].plot(constants, sizes, "--", label="MAE")
panels[0].plot(data, np.zeros(5), "k|", markersize=14, label="the data")
panels[0].set(xlabel="constant prediction", ylabel="J", title="regression", ylim=(-1, 30))
p = np.linspace(0.01, 1, 200)
panels[1].plot(p, -np.log(p), label="−log p")
panels[1].plot(p, (1 - p) ** 2, "--", label="(1 − p)²")
panels[1].set(xlabel="probability of the true class", ylabel="J", title="classification")
for panel in panels:
    panel.legend()
save(panels[0], "losses.svg")
