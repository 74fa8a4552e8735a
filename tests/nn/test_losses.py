"""Losses: values and gradients by hand, weights, extremes, what they refuse."""

import math

import numpy as np
import pytest

from autograd import Value
from autograd.gradcheck import numeric_gradient
from nn import losses
from nn.losses import get

RNG = np.random.default_rng(5)
REAL, TARGET = RNG.normal(size=(4, 3)), RNG.normal(size=(4, 3))
ROWS = np.exp(REAL) / np.exp(REAL).sum(axis=1, keepdims=True)
SOFT = np.exp(TARGET) / np.exp(TARGET).sum(axis=1, keepdims=True)
BITS, SIGNS, LABELS = (TARGET > 0) * 1.0, np.sign(TARGET), np.array([0, 2, 1, 2])
PROBABILITIES = 1 / (1 + np.exp(-REAL))
WEIGHTS = np.array([1.0, 0.0, 2.5, 0.5])


def size(e):
    return np.where(np.abs(e) <= 0.8, e**2 / 2, 0.8 * (np.abs(e) - 0.4))


#: Loss, prediction, target, and the loss of each sample by its formula.
CASES = {
    "mse": (losses.mse, REAL, TARGET, ((REAL - TARGET) ** 2).mean(1)),
    "mae": (losses.mae, REAL, TARGET, np.abs(REAL - TARGET).mean(1)),
    "huber": (losses.Huber(0.8), REAL, TARGET, size(REAL - TARGET).mean(1)),
    "hinge": (losses.hinge, REAL, SIGNS, np.maximum(0, 1 - SIGNS * REAL).mean(1)),
    "binary": (
        losses.binary_cross_entropy,
        PROBABILITIES,
        BITS,
        -np.log(np.where(BITS == 1, PROBABILITIES, 1 - PROBABILITIES)).mean(1),
    ),
    "binary, logits, soft": (
        losses.BinaryCrossentropy(from_logits=True),
        REAL,
        SOFT,
        -(SOFT * np.log(PROBABILITIES) + (1 - SOFT) * np.log(1 - PROBABILITIES)).mean(1),
    ),
    "categorical": (
        losses.categorical_cross_entropy, ROWS, np.eye(3)[LABELS], -np.log(ROWS[range(4), LABELS])
    ),
    "categorical, logits, soft": (
        losses.CategoricalCrossentropy(from_logits=True), REAL, SOFT, -(SOFT * np.log(ROWS)).sum(1)
    ),
    "sparse": (
        losses.sparse_categorical_cross_entropy, ROWS, LABELS, -np.log(ROWS[range(4), LABELS])
    ),
    "sparse, logits": (
        losses.SparseCategoricalCrossentropy(True), REAL, LABELS, -np.log(ROWS[range(4), LABELS])
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_value_is_the_mean_of_the_formula_with_and_without_weights(case):
    loss, prediction, target, each = CASES[case]
    plain = loss(Value(prediction), target)
    assert plain.item() == pytest.approx(each.mean(), rel=1e-13)
    assert plain.label == "J"
    assert loss(Value(prediction), target, np.ones(4)).item() == pytest.approx(plain.item())
    weighted = loss(Value(prediction), target, WEIGHTS)
    assert weighted.item() == pytest.approx((WEIGHTS * each).sum() / 4, rel=1e-13)
    assert weighted.label == "J"


@pytest.mark.parametrize("case", CASES)
def test_gradient_agrees_with_differences(case):
    loss, prediction, target, _ = CASES[case]
    for weights in (None, WEIGHTS):
        value = Value(prediction)
        loss(value, target, weights).backward()
        numeric = numeric_gradient(lambda p=value, w=weights: loss(p, target, w), value)
        np.testing.assert_allclose(value.grad, numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_float32_stays_float32(case):
    loss, prediction, target, each = CASES[case]
    value = Value(prediction.astype(np.float32))
    for weights in (None, WEIGHTS):
        out = loss(value, target, weights)
        out.backward()
        assert out.dtype == value.grad.dtype == np.float32
    assert out.item() == pytest.approx((WEIGHTS * each).sum() / 4, rel=1e-5)


@pytest.mark.parametrize("z", [-1000.0, -40.0, 0.0, 40.0, 1000.0])
def test_from_logits_is_stable_at_every_size(z):
    for y in (0.0, 1.0):
        value = Value([z])
        loss = losses.binary_cross_entropy(value, [y], from_logits=True)
        loss.backward()
        wrong = -z if y else z
        expected = wrong if wrong > 500 else math.log1p(math.exp(wrong))
        assert loss.item() == pytest.approx(expected, rel=1e-12)
        sigmoid = 1.0 if z > 500 else math.exp(z) / (1 + math.exp(z))
        assert value.grad[0] == pytest.approx(sigmoid - y, abs=1e-15)
    scores = Value([[z, 0.0]])
    soft = losses.categorical_cross_entropy(scores, [[0.5, 0.5]], from_logits=True)
    assert soft.item() == pytest.approx(abs(z) / 2 + math.log1p(math.exp(-abs(z))), rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_probabilities_zero_and_one_give_finite_losses(dtype):
    clip = max(losses.CLIP, np.finfo(dtype).eps)
    for p, y in [(0.0, 1.0), (1.0, 0.0)]:
        value = Value(np.array([p], dtype=dtype))
        loss = losses.binary_cross_entropy(value, [y])
        assert loss.item() == pytest.approx(-math.log(clip), rel=0.02)
        loss.backward()
        assert value.grad[0] == 0
    sure = Value(np.array([[0.0, 1.0]], dtype=dtype))
    for loss in (
        losses.categorical_cross_entropy(sure, [[1.0, 0.0]]),
        losses.sparse_categorical_cross_entropy(sure, [0]),
    ):
        assert loss.item() == pytest.approx(-math.log(clip), rel=1e-6)
    assert losses.binary_cross_entropy(sure, [[0, 1]]).item() == pytest.approx(clip, rel=0.3)


def test_special_points_have_the_slope_zero():
    for loss, prediction, target in [
        (losses.mae, [1.0], [1.0]),
        (losses.hinge, [1.0], [1.0]),
        (losses.huber, [1.0], [1.0]),
    ]:
        value = Value(prediction)
        loss(value, target).backward()
        assert value.grad.tolist() == [0.0]
    edge, huge = Value([1.0]), Value([1e300])
    losses.huber(edge, [0.0]).backward()
    losses.huber(huge, [0.0]).backward()
    assert (edge.grad[0], huge.grad[0]) == (1.0, 1.0)


def test_sequences_have_a_label_for_each_time():
    scores, labels = RNG.normal(size=(2, 5, 3)), RNG.integers(0, 3, size=(2, 5))
    log_p = scores - np.log(np.exp(scores).sum(-1, keepdims=True))
    each = -np.take_along_axis(log_p, labels[..., None], -1)[..., 0]
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    assert loss(Value(scores), labels).item() == pytest.approx(each.mean())
    weighted = loss(Value(scores), labels, [1.0, 3.0])
    assert weighted.item() == pytest.approx((each.mean(1) * [1, 3]).mean())


def test_a_single_sample_and_scalars_will_do():
    assert losses.mae(Value(3.0), 1).item() == 2.0
    one = losses.sparse_categorical_cross_entropy(Value([0.25, 0.75]), 1)
    assert one.item() == pytest.approx(-math.log(0.75))
    soft = losses.categorical_cross_entropy(Value([0.25, 0.75]), [0, 1])
    assert soft.item() == pytest.approx(one.item())


def test_nan_passes_so_that_the_loss_shows_it():
    assert np.isnan(losses.binary_cross_entropy(Value([np.nan]), [1.0]).item())


def test_names_classes_and_functions_are_found():
    assert get("mean_squared_error") is get("MSE") is losses.mse
    assert get("sparse_categorical_crossentropy") is losses.sparse_categorical_cross_entropy
    for alias, name in losses.ALIASES.items():
        assert get(alias) is losses.LOSSES[name]
    assert repr(get(losses.Huber)) == "Huber(delta=1.0)"
    assert losses.Huber(2.0).settings() == {"delta": 2.0}
    assert losses.MeanSquaredError()(Value([2.0]), [0.0]).item() == 4.0
    assert losses.MeanAbsoluteError()(Value([2.0]), [0.0]).item() == 2.0
    assert losses.Hinge()(Value([0.0]), [1.0]).item() == 1.0
    assert get(math.hypot) is math.hypot
    with pytest.raises(ValueError, match=r"the name 'hubre'; expected mse, .*mean 'huber'\?"):
        get("hubre")
    with pytest.raises(
        ValueError,
        match=r"loss got the name 'zzz'; expected mse, .*entropy or a function of prediction",
    ):
        get("zzz")
    with pytest.raises(TypeError, match=r"loss got None of type NoneType; expected a name"):
        get(None)


@pytest.mark.parametrize("name", ["mse", "mae", "huber", "hinge", "binary_cross_entropy"])
def test_shapes_are_not_broadcast_and_the_reshape_is_named(name):
    with pytest.raises(ValueError, match=r"\(4, 1\) and .* \(4,\);.*target.reshape\(-1, 1\)\?$"):
        get(name)(Value(np.ones((4, 1))), np.ones(4))


BINARY, SPARSE = losses.binary_cross_entropy, losses.sparse_categorical_cross_entropy
CATEGORICAL = losses.categorical_cross_entropy


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SPARSE(ROWS, [0, 1, 3, 0]), r"got label 3 in row 2; expected 0 … 2\.$"),
        (lambda: SPARSE(ROWS, [0, -1, 1, 0]), r"got label -1 in row 1; expected 0 … 2"),
        (lambda: SPARSE(ROWS, [[0], [1], [1], [0]]), r"Did you mean target.reshape\(-1\)\?$"),
        (lambda: SPARSE(ROWS, np.eye(3)[LABELS]), r"use the loss 'categorical_crossentropy'"),
        (lambda: SPARSE(REAL, LABELS), r"got probability -?\d.* Did you mean from_logits=True"),
        (lambda: SPARSE(ROWS / 2, LABELS), r"probability row 0 with the sum 0.5; .*from_logits=T"),
        (lambda: CATEGORICAL(ROWS, LABELS), r"expected one-hot rows. For class numbers use the"),
        (lambda: CATEGORICAL(ROWS, np.eye(4)), r"\(4, 3\) and a target of shape \(4, 4\); expect"),
        (lambda: CATEGORICAL(np.ones((4, 1)), np.ones((4, 1))), r"with at least 2 classes"),
        (lambda: CATEGORICAL(ROWS, SOFT * 2), r"got target \d|target row 0 with the sum 2"),
        (lambda: CATEGORICAL(ROWS, SOFT / 2), r"target row 0 with the sum 0.5; expected rows tha"),
        (lambda: BINARY([0.5, 1.5], [0, 1]), r"probability 1.5 in row 1; expected numbers from 0"),
        (lambda: BINARY([0.5, 0.5], [0, 2]), r"target 2 in row 1; expected numbers from 0 to 1"),
        (lambda: BINARY(2.0, 1), r"got probability 2; expected numbers .* mean from_logits=True"),
        (lambda: losses.hinge([1.0, 2.0], [1, 0]), r"target 0 in row 1; .*mean 2 \* target - 1\?"),
        (lambda: losses.hinge([1.0], [3]), r"hinge\(\) got target 3 in row 0; expected -1 or 1\.$"),
        (lambda: losses.huber([1.0], [1.0], delta=0), r"huber\(delta\) got 0; expected a number >"),
        (lambda: losses.mse([1.0], [1.0], [1, 2]), r"sample_weight of shape \(2,\); expected \(1,"),
        (lambda: losses.mse(1.0, 1.0, 1.0), r"sample_weight of shape \(\); expected a batch, one"),
        (lambda: losses.mae([1.0], [1.0], [-1]), r"sample_weight -1 in row 0; expected finite, >="),
        (lambda: losses.mae([1.0], [1.0], [np.inf]), r"got sample_weight inf in row 0"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_labels_that_are_no_whole_numbers_are_refused():
    assert SPARSE(ROWS, LABELS.astype(float)).item() == SPARSE(ROWS, LABELS).item()
    with pytest.raises(TypeError, match=r"got label 0.5 in row 1; expected integers 0 … 2"):
        SPARSE(ROWS, [0.0, 0.5, 1.0, 2.0])


@pytest.mark.parametrize("name", CASES)
def test_a_batch_of_none_is_refused_not_averaged_to_nan(name):
    loss, prediction, target, _ = CASES[name]
    with pytest.raises(ValueError, match="expected at least one"):
        loss(prediction[:0], target[:0])
