"""Losses against PyTorch in float64: values and gradients."""

import numpy as np
import pytest

from autograd import Value
from nn import losses

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: pip install 'glassgrad[torch]' compares with it"
)
F = torch.nn.functional

RNG = np.random.default_rng(9)
REAL, TARGET = 3 * RNG.normal(size=(32, 5)), RNG.normal(size=(32, 5))
BITS, LABELS = (TARGET > 0) * 1.0, RNG.integers(0, 5, size=32)
SOFT = np.exp(TARGET) / np.exp(TARGET).sum(axis=1, keepdims=True)
ROWS = np.exp(REAL) / np.exp(REAL).sum(axis=1, keepdims=True)
PROBABILITIES = 1 / (1 + np.exp(-REAL))

CASES = {
    "mse": (losses.mse, REAL, TARGET, F.mse_loss),
    "mae": (losses.mae, REAL, TARGET, F.l1_loss),
    "huber": (losses.Huber(0.7), REAL, TARGET, lambda p, t: F.huber_loss(p, t, delta=0.7)),
    "hinge": (losses.hinge, REAL, 2 * BITS - 1, lambda p, t: torch.relu(1 - t * p).mean()),
    "binary": (losses.binary_cross_entropy, PROBABILITIES, BITS, F.binary_cross_entropy),
    "binary, logits": (
        losses.BinaryCrossentropy(True), REAL, SOFT, F.binary_cross_entropy_with_logits
    ),
    "categorical": (
        losses.categorical_cross_entropy, ROWS, SOFT, lambda p, t: F.cross_entropy(p.log(), t)
    ),
    "categorical, logits": (losses.CategoricalCrossentropy(True), REAL, SOFT, F.cross_entropy),
    "sparse": (
        losses.sparse_categorical_cross_entropy, ROWS, LABELS, lambda p, t: F.nll_loss(p.log(), t)
    ),
    "sparse, logits": (
        losses.SparseCategoricalCrossentropy(True), REAL, LABELS, F.cross_entropy
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_value_and_gradient_agree_with_pytorch(case):
    loss, prediction, target, theirs = CASES[case]
    value, tensor = Value(prediction), torch.tensor(prediction, requires_grad=True)
    ours, expected = loss(value, target), theirs(tensor, torch.tensor(target))
    ours.backward()
    expected.backward()
    assert ours.item() == pytest.approx(expected.item(), rel=1e-12)
    gradient = tensor.grad.numpy()
    if case == "categorical":
        # PyTorch's softmax of log p takes the sum out again; on probabilities it is 1.
        gradient = gradient - 1 / len(target)
    np.testing.assert_allclose(value.grad, gradient, rtol=1e-10, atol=1e-12)
