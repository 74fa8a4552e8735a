"""Normalisation layers: formula, moving statistics, differences, and what they refuse."""

import numpy as np
import pytest

import nn
from autograd import Value, check_gradients
from nn.layers import BatchNormalization, Conv2D, Dense, Flatten, Input, LayerNormalization

RNG = np.random.default_rng(0)
ROWS, IMAGES = RNG.normal(2.0, 3.0, size=(6, 4)), RNG.normal(2.0, 3.0, size=(3, 2, 2, 4))


@pytest.mark.parametrize(("x", "axes"), [(ROWS, (0,)), (IMAGES, (0, 1, 2))])
def test_in_training_each_feature_has_mean_beta_and_deviation_gamma(x, axes):
    layer = BatchNormalization(epsilon=1e-9, gamma_initializer="random_uniform")
    layer(x)
    layer.beta.data = np.arange(4.0)
    y = layer(x, training=True).data
    np.testing.assert_allclose(y.mean(axis=axes), np.arange(4.0), atol=1e-12)
    np.testing.assert_allclose(y.std(axis=axes), np.abs(layer.gamma.data), rtol=1e-6)


def test_outside_of_training_the_moving_statistics_count():
    layer = BatchNormalization(momentum=0.9)
    mean, variance = np.zeros(4), np.ones(4)
    for k in range(10):
        x = ROWS + k
        layer(x, training=True)
        mean = 0.9 * mean + 0.1 * x.mean(axis=0)
        variance = 0.9 * variance + 0.1 * x.var(axis=0)
    np.testing.assert_allclose(layer.moving_mean.data, mean, rtol=1e-13)
    np.testing.assert_allclose(layer.moving_variance.data, variance, rtol=1e-13)
    expected = (ROWS - mean) / np.sqrt(variance + 1e-3)
    np.testing.assert_allclose(layer(ROWS).data, expected, rtol=1e-12)
    np.testing.assert_allclose(layer.moving_mean.data, mean, rtol=1e-13)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("make", "data"), [
    (lambda: BatchNormalization(), ROWS), (lambda: BatchNormalization(axis=1), IMAGES),
    (lambda: BatchNormalization(axis=-1, center=False), IMAGES),
    (lambda: BatchNormalization(scale=False), ROWS[:1]),
    (lambda: LayerNormalization(), IMAGES), (lambda: LayerNormalization(axis=(2, 3)), IMAGES),
    (lambda: LayerNormalization(axis=[-1], scale=False), ROWS),
])  # fmt: skip
def test_gradients_agree_with_central_differences(make, data, training):
    layer, x = make(), Value(data)
    weights = RNG.normal(size=layer(x).shape)
    check = check_gradients(
        lambda: (layer(x, training=training) * weights).sum(), [x, *layer.parameters()]
    )
    assert check.relative_error < 1e-6 or check.absolute_error < 1e-7
    assert layer.compute_output_shape(data.shape) == data.shape


def test_a_batch_of_one_row_gives_beta_and_no_nan():
    layer = BatchNormalization(beta_initializer="ones")
    assert (layer(ROWS[:1], training=True).data == 1).all()


def test_the_moving_statistics_are_weights_that_no_gradient_trains(capsys):
    model = nn.Sequential([Input(shape=(4,)), BatchNormalization(), Dense(1)], seed=0)
    model.summary()
    assert "Trainable: 13; not trainable: 8" in capsys.readouterr().out
    assert model.count_parameters() == 13
    names = [path.split(".")[-1] for path, _ in model.named_weights()]
    assert names[:4] == ["gamma", "beta", "moving_mean", "moving_variance"]
    model.trainable = False
    model.trainable = True
    assert model.count_parameters() == 13
    assert [w.label for w in model.layers[0].weights][:2] == ["γ", "β"]


def test_a_frozen_layer_keeps_its_moving_statistics():
    layer = BatchNormalization()
    layer(ROWS)
    layer.trainable = False
    y = layer(ROWS, training=True)
    assert (layer.moving_mean.data == 0).all()
    np.testing.assert_allclose(y, ROWS / np.sqrt(1 + 1e-3))


def test_fit_moves_the_statistics_and_evaluate_does_not():
    model = nn.Sequential([Conv2D(3, 2), BatchNormalization(), Flatten(), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    y = np.ones(3)
    model.fit(IMAGES, y, epochs=2, batch_size=2, verbose=0)  # the last batch has one row
    moved = model.layers[1].moving_mean.data.copy()
    assert moved.any()
    model.evaluate(IMAGES, y, verbose=0)
    model.predict(IMAGES)
    assert (model.layers[1].moving_mean.data == moved).all()


def test_layer_normalization_is_the_formula_for_each_sample():
    layer = LayerNormalization(epsilon=1e-6)
    layer(ROWS)
    layer.gamma.data, layer.beta.data = np.arange(1.0, 5.0), np.ones(4)
    mean, variance = ROWS.mean(axis=1, keepdims=True), ROWS.var(axis=1, keepdims=True)
    expected = (ROWS - mean) / np.sqrt(variance + 1e-6) * np.arange(1.0, 5.0) + 1
    for training in (True, False):
        np.testing.assert_allclose(layer(ROWS, training=training).data, expected, rtol=1e-12)


def test_regularizers_and_constraints_reach_gamma_and_beta():
    layer = BatchNormalization(gamma_regularizer="l2", beta_constraint="non_neg")
    model = nn.Sequential([layer], seed=0)
    model.compile("sgd", "mse")
    model.fit(ROWS, -np.ones((6, 4)), epochs=2, verbose=0)
    assert layer.penalty()[0].item() == pytest.approx(0.01 * (layer.gamma.data**2).sum())
    assert (layer.beta.data == 0).all()


WRONG = [
    (lambda: BatchNormalization(axis=0), r"BatchNormalization\(axis\) got 0; expected an int"),
    (lambda: BatchNormalization(momentum=1.5), r"\(momentum\) got 1.5; expected a share"),
    (lambda: BatchNormalization(epsilon=0), r"BatchNormalization\(epsilon\) got 0"),
    (lambda: BatchNormalization(axis=3)(ROWS), "expected a known number of features on axis 3"),
    (lambda: BatchNormalization().build((None, None)), "a known number of features on axis -1"),
    (lambda: LayerNormalization(axis=1)(IMAGES), "axis=1 to be the last axis, or several last"),
    (lambda: LayerNormalization(axis=7)(IMAGES), "axis=7 to be the last axis"),
    (lambda: LayerNormalization(axis="last")(IMAGES), "axis=last to be the last axis"),
    (lambda: LayerNormalization(axis=(1, 2, 3, 4))(IMAGES), "the batch and 4 axes or more"),
    (lambda: LayerNormalization()([ROWS, ROWS]), "expected one input"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), WRONG)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_built_layers_refuse_other_features():
    layer, rows = BatchNormalization(), LayerNormalization()
    layer(ROWS), rows(ROWS)
    with pytest.raises(ValueError, match=r"shape \(6, 3\); expected 4 features on axis -1"):
        layer(ROWS[:, :3])
    with pytest.raises(ValueError, match=r"got x of shape \(6, 3\); expected lengths \(4,\)"):
        rows(ROWS[:, :3])
