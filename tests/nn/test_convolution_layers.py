"""Convolution and pooling layers: by hand, by differences, shapes, labels, and what they refuse."""

import re

import numpy as np
import pytest

import nn
from autograd import Value, check_gradients
from nn.layers import (
    AveragePool,
    AveragePooling1D,
    AveragePooling2D,
    Conv1D,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    Input,
    MaxPool,
    MaxPooling1D,
    MaxPooling2D,
)  # fmt: skip

RNG = np.random.default_rng(0)
IMAGES, LINES = RNG.normal(size=(2, 5, 6, 3)), RNG.normal(size=(2, 7, 3))


def by_hand(x, weight, bias, stride=1):
    """A convolution of ``(batch, h, w, channels)`` as the sum that it is."""
    units, _, kh, kw = weight.shape
    rows, columns = (x.shape[1] - kh) // stride + 1, (x.shape[2] - kw) // stride + 1
    out = np.zeros((len(x), rows, columns, units))
    for i in range(rows):
        for j in range(columns):
            window = x[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
            out[:, i, j] = np.einsum("bhwc,uchw->bu", window, weight) + bias
    return out


@pytest.mark.parametrize("stride", [1, 2])
def test_a_convolution_is_the_sum_over_each_window(stride):
    layer = Conv2D(4, (2, 3), strides=stride, bias_initializer="random_normal", seed=0)
    z = layer(IMAGES)
    expected = by_hand(IMAGES, layer.weight.data, layer.bias.data, stride)
    np.testing.assert_allclose(z.data, expected, rtol=1e-12)
    assert layer.weight.shape == (4, 3, 2, 3)


def test_channels_first_is_the_same_in_another_layout():
    last = Conv2D(4, 3, seed=0, activation="relu")
    first = Conv2D(4, 3, seed=0, activation="relu", data_format="channels_first")
    expected = last(IMAGES).data.transpose(0, 3, 1, 2)
    np.testing.assert_allclose(first(IMAGES.transpose(0, 3, 1, 2)).data, expected, rtol=1e-12)


def test_padding_same_keeps_the_lengths_and_causal_sees_no_future():
    assert Conv2D(2, 3, padding="same")(IMAGES).shape == (2, 5, 6, 2)
    assert Conv2D(2, 3, strides=2, padding="SAME")(IMAGES).shape == (2, 3, 3, 2)
    layer, later = Conv1D(2, 3, padding="causal", seed=0), LINES.copy()
    later[:, 4:] += 1
    assert (layer(LINES).data[:, :4] == layer(later).data[:, :4]).all()
    assert (layer(LINES).data[:, 4:] != layer(later).data[:, 4:]).all()


LAYERS = [
    (lambda: Conv1D(2, 3, activation="tanh", seed=0), LINES),
    (lambda: Conv1D(2, 2, padding="causal", dilation_rate=2, seed=0), LINES),
    (lambda: Conv2D(3, 2, groups=3, use_bias=False, seed=0), IMAGES),
    (lambda: Conv2D(2, (3, 2), padding="same", strides=2, activation="sigmoid", seed=0), IMAGES),
    (lambda: Conv2D(2, 2, data_format="channels_first", seed=0), IMAGES),
    (lambda: MaxPooling1D(2, 1), LINES), (lambda: MaxPooling2D(2, padding="same"), IMAGES),
    (lambda: AveragePooling1D(3, 2), LINES), (lambda: AveragePooling2D(2, 1, "same"), IMAGES),
    (lambda: GlobalAveragePooling1D(), LINES), (lambda: GlobalAveragePooling2D(), IMAGES),
    (lambda: GlobalMaxPooling1D(keepdims=True), LINES), (lambda: GlobalMaxPooling2D(), IMAGES),
]  # fmt: skip


@pytest.mark.parametrize(("make", "data"), LAYERS)
def test_gradients_agree_with_central_differences_and_shapes_with_the_prediction(make, data):
    layer, x = make(), Value(data)
    y = layer(x)
    weights = RNG.normal(size=y.shape)
    check = check_gradients(lambda: (layer(x) * weights).sum(), [x, *layer.parameters()])
    assert check.relative_error < 1e-6
    symbol = Input(shape=data.shape[1:])
    assert layer.compute_output_shape(symbol.shape) == (None, *y.shape[1:])
    assert layer.compute_output_shape(data.shape) == y.shape


def test_pooling_is_the_largest_or_the_mean_of_each_window():
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    assert MaxPool()(x).data[0, :, :, 0].tolist() == [[5, 7], [13, 15]]
    assert AveragePool()(x).data[0, :, :, 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert MaxPooling1D(3, 1)(x[0]).shape == (4, 2, 1)
    assert AveragePooling2D(3, 1, "same")(x).data[0, 0, 0, 0] == 2.5  # the four inside
    assert GlobalMaxPooling2D()(x).data.tolist() == [[15.0]]
    assert GlobalAveragePooling2D(keepdims=True)(x).shape == (1, 1, 1, 1)
    assert nn.layers.MaxPool2D is MaxPooling2D


def test_a_small_lenet_has_the_shapes_and_the_parameters_of_its_formula(capsys):
    model = nn.Sequential(
        [
            Input(shape=(8, 8, 1)),
            Conv2D(6, 3, padding="same", activation="tanh"),
            AveragePooling2D(),
            Conv2D(16, 3, activation="tanh"),
            Flatten(),
            Dense(10),
        ],
        seed=0,
    )
    model.summary()
    table = capsys.readouterr().out
    assert re.search(r"conv2d_1 \(Conv2D\) +\(None, 8, 8, 6\) +60\n", table)
    assert "(None, 2, 2, 16)" in table
    sizes = [6 * (9 + 1), 16 * (6 * 9 + 1), 10 * (64 + 1)]
    assert model.count_parameters() == sum(sizes)
    assert f"Total parameters: {sum(sizes):,}" in table


def test_weights_and_values_are_called_by_the_layers_number():
    model = nn.Sequential([Conv1D(2, 2, activation="relu"), Flatten(), Dense(1)], seed=0)
    J = model(LINES).sum()
    convolution, _, dense = model.layers
    assert [v.label for v in convolution.weights] == ["W¹", "b¹"]
    assert dense.weight.label == "W²"
    seen, waiting = {}, [J]
    while waiting:
        value = waiting.pop()
        seen[value.label] = value
        waiting += [x for x in value.inputs if isinstance(x, Value)]
    assert {"z¹", "a¹", "z²"} <= set(seen)
    assert seen["z¹"].scope.path == "conv1d_1"


def test_equal_seeds_give_equal_weights_and_others_do_not():
    weights = [Conv2D(2, 3, seed=seed)(IMAGES).data for seed in (0, 0, 1)]
    assert (weights[0] == weights[1]).all()
    assert (weights[0] != weights[2]).any()


def test_regularizers_and_constraints_hold_for_kernels():
    layer = Conv2D(
        2, 3, kernel_regularizer="l2", bias_regularizer="l1", kernel_constraint="unit_norm"
    )
    model = nn.Sequential([layer, Flatten(), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.fit(IMAGES, np.ones(2), epochs=1, verbose=0)
    lengths = np.sqrt((layer.weight.data**2).sum(axis=(1, 2, 3)))
    np.testing.assert_allclose(lengths, 1, atol=1e-6)
    assert len(layer.penalty()) == 2


WRONG = [
    (lambda: Conv2D(3, 3)(IMAGES[..., 0]),
     r"Conv2D\(3, \(3, 3\)\) 'conv2d' got x of shape \(None, 5, 6\); expected \(batch, height, "
     r"width, channels\)\. Did you mean x\[\.\.\., None\], one channel"),
    (lambda: Conv1D(3, 3)(IMAGES), r"shape \(None, 5, 6, 3\); expected \(batch, length"),
    (lambda: Conv2D(3, 6)(IMAGES), "got inputs of height 5; expected at least 6"),
    (lambda: MaxPooling2D((1, 7))(IMAGES), "got inputs of width 6; expected at least 7"),
    (lambda: Conv2D(2, 2, groups=2)(IMAGES), "channels that 2 groups share evenly"),
    (lambda: MaxPooling2D()(LINES), r"MaxPooling2D\(\(2, 2\)\) .* got x of shape \(2, 7, 3\)"),
    (lambda: MaxPooling2D()([IMAGES, IMAGES]), "got 2 inputs; expected one"),
    (lambda: GlobalMaxPooling2D()(LINES), r"got x of shape \(2, 7, 3\)"),
    (lambda: Conv2D(3, 3)(Input(shape=(None, None, None))), "a known number of channels"),
    (lambda: Conv2D(3, (3, 3, 3)), r"Conv2D\(kernel_size\) got \(3, 3, 3\); expected a positive "
     "int, or 2 of them, one per axis"),
    (lambda: Conv1D(3, 0), r"Conv1D\(kernel_size\) got 0; expected a positive int\."),
    (lambda: Conv2D(3, 3, padding="causal"), "got 'causal'; expected 'valid' or 'same'"),
    (lambda: Conv2D(3, 3, data_format="last"), "expected 'channels_last' or 'channels_first'"),
    (lambda: Conv2D(3, 3, groups=2), "got filters=3 and groups=2; expected filters"),
    (lambda: MaxPooling1D(2, 1.5), r"MaxPooling1D\(strides\) got 1.5"),
    (lambda: AveragePooling1D(padding=1), r"AveragePooling1D\(padding\) got 1"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), WRONG)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_built_convolution_refuses_other_channels():
    layer = Conv2D(2, 3)
    layer(IMAGES)
    with pytest.raises(ValueError, match=r"got x of shape \(2, 5, 6, 2\); expected .* width, 3\)"):
        layer(IMAGES[..., :2])
    with pytest.raises(ValueError, match=r"Did you mean data_format='channels_first'"):
        layer(IMAGES.transpose(0, 3, 1, 2))
    with pytest.raises(ValueError, match=r"For one sample, write x\[None\]"):
        layer(IMAGES[0])
