"""Embedding, and what weights are put back to: constraints."""

import numpy as np
import pytest

import nn
from autograd import check_gradients
from nn import constraints
from nn.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from nn.layers import Dense, Embedding, Flatten, Input, LazyLayer

WORDS = np.array([[1, 2, 1], [0, 3, 3]])
W = np.array([[3.0, -4.0], [0.3, 0.4], [0.0, 0.0]])


def test_an_embedding_looks_up_the_row_of_each_number():
    layer = Embedding(5, 2, seed=0)
    np.testing.assert_array_equal(layer(WORDS).data, layer.weight.data[WORDS])
    np.testing.assert_array_equal(layer(WORDS.astype(float)).data, layer.weight.data[WORDS])
    np.testing.assert_array_equal(layer(WORDS.tolist()).data, layer.weight.data[WORDS])
    assert (layer.weight.label, layer.weight.shape) == ("E", (5, 2))
    assert Embedding(5, 2)(Input(shape=(None,))).shape == (None, None, 2)


def test_rows_that_are_read_twice_gather_both_gradients():
    layer, factors = Embedding(5, 2, seed=0), np.arange(12.0).reshape(2, 3, 2)
    layer(WORDS)
    check = check_gradients(lambda: (layer(WORDS) * factors).sum(), layer.parameters())
    assert check.relative_error < 1e-7


def test_an_embedding_is_trained_inside_a_model():
    model = nn.Sequential([Embedding(4, 3), Flatten(), Dense(1)], seed=0)
    model.compile(nn.Adam(learning_rate=0.1), "mse")
    history = model.fit(WORDS, [1.0, -1.0], epochs=60, verbose=0).history["loss"]
    assert history[-1] < 1e-2 < history[0]


@pytest.mark.parametrize(("words", "message"), [
    (np.array([[0, 5]]), r"Embedding\(5, 2\) 'embedding' got 5 at \(0, 1\); expected whole "
     r"numbers 0 … 4"),
    (np.array([[0.0, 1.5]]), r"got 1.5 at \(0, 1\)"), (np.array([[-1, 0]]), r"got -1 at \(0, 0\)"),
    (np.array([[np.nan, 0]]), "got nan"), ([WORDS, WORDS], "got 2 inputs; expected one"),
])  # fmt: skip
def test_numbers_outside_the_table_are_refused(words, message):
    with pytest.raises(ValueError, match=message):
        Embedding(5, 2)(words)


def test_masks_are_refused():
    with pytest.raises(ValueError, match="mask_zero=True; expected False: layers here know no m"):
        Embedding(5, 2, mask_zero=True)


@pytest.mark.parametrize(("constraint", "expected"), [
    (NonNeg(), [[3.0, 0.0], [0.3, 0.4], [0.0, 0.0]]),
    (MaxNorm(1.0), [[0.6, -0.8], [0.3, 0.4], [0.0, 0.0]]),
    (UnitNorm(), [[0.6, -0.8], [0.6, 0.8], [0.0, 0.0]]),
    (MinMaxNorm(1.0, 2.5), [[1.5, -2.0], [0.6, 0.8], [0.0, 0.0]]),
    (MinMaxNorm(1.0, 2.5, rate=0.5), [[2.25, -3.0], [0.45, 0.6], [0.0, 0.0]]),
])  # fmt: skip
def test_weights_are_put_back_as_the_formula_says(constraint, expected):
    np.testing.assert_allclose(constraint(W), expected, rtol=2e-6)
    assert (W[0] == [3, -4]).all()


def test_lengths_are_those_of_a_unit_of_a_kernel_and_of_a_whole_bias():
    kernel = np.random.default_rng(0).normal(size=(4, 3, 2, 2))
    assert np.sqrt((UnitNorm()(kernel) ** 2).sum(axis=(1, 2, 3))) == pytest.approx(1)
    assert np.linalg.norm(UnitNorm()(np.array([3.0, 4.0]))) == pytest.approx(1)
    assert np.linalg.norm(UnitNorm(axis=0)(W), axis=0) == pytest.approx(1)
    assert np.linalg.norm(UnitNorm(axis=[0, 1])(W)) == pytest.approx(1)


def test_keras_formula_holds_for_the_transposed_kernel():
    kernel = W.T  # Keras's layout (inputs, units), axis=0
    norms = np.sqrt(np.sum(np.square(kernel), axis=0, keepdims=True))
    expected = kernel * np.clip(norms, 0, 2.0) / (1e-7 + norms)
    assert np.abs(MaxNorm(2.0)(W).T - expected).max() < 1e-10


def test_fit_and_train_on_batch_end_each_step_within_the_constraint():
    layer = Dense(2, kernel_constraint=MaxNorm(0.1), bias_constraint="non_neg")
    model = nn.Sequential([layer], seed=0)
    model.compile(nn.SGD(learning_rate=1.0), "mse")
    x, y = np.random.default_rng(0).normal(size=(8, 3)), np.full((8, 2), -3.0)
    for train in (lambda: model.fit(x, y, verbose=0), lambda: model.train_on_batch(x, y)):
        train()
        assert (np.linalg.norm(layer.weight.data, axis=1) <= 0.1).all()
        assert (layer.bias.data == 0).all()


def test_a_layer_of_ones_own_adds_weights_with_rules():
    class Scale(LazyLayer):
        def build(self, input_shape):
            self.add_weight("factor", input_shape[1:], "ones", "l2", NonNeg())
            self.add_weight("count", (), "zeros", trainable=False)

        def call(self, inputs):
            return inputs * self.factor

    model = nn.Sequential([Scale()])
    model.compile(nn.SGD(learning_rate=10.0), "mse")
    loss = model.train_on_batch(np.ones((2, 3)), np.zeros((2, 3)))
    assert loss == pytest.approx(1 + 0.01 * 3)
    assert model.layers[0].factor.data.tolist() == [0, 0, 0]
    assert (model.layers[0].factor.label, model.count_parameters()) == ("factor", 3)


def test_constraints_are_found_by_name_class_and_function():
    names = ("max_norm", "NON_NEG", "unit_norm", "min_max_norm")
    assert [type(constraints.get(name)) for name in names] == [
        MaxNorm,
        NonNeg,
        UnitNorm,
        MinMaxNorm,
    ]
    assert repr(constraints.get(MaxNorm)) == "MaxNorm(max_value=2.0, axis=None)"
    assert constraints.get(None) is None
    assert constraints.get(np.abs) is np.abs


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: constraints.get("maxnorm"), ValueError, r"'maxnorm'; .* Did you mean 'max_norm'\?"),
    (lambda: constraints.get(3), TypeError, "constraint got 3 of type int; expected a name"),
    (lambda: MaxNorm(-1), ValueError, r"MaxNorm\(max_value\) got -1; expected a finite number"),
    (lambda: MinMaxNorm(2, 1), ValueError, "min_value=2 and max_value=1; expected 0 <= min_value"),
    (lambda: MinMaxNorm(0, 1, 2), ValueError, "rate=2; expected a share from 0 to 1"),
])  # fmt: skip
def test_what_is_no_constraint_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_layers_own_penalty_enters_the_loss():
    class Quiet(LazyLayer):
        def call(self, inputs):
            self.size = (inputs * inputs).mean()
            return inputs

        def penalty(self):
            return [0.5 * self.size]

    model = nn.Sequential([Dense(1, kernel_initializer="ones"), Quiet()])
    model.compile("sgd", "mse")
    assert model.train_on_batch(np.ones((2, 3)), np.zeros((2, 1))) == pytest.approx(9 + 4.5)
