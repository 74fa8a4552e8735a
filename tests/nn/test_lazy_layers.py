"""Layers built from their first input: shapes, names, numbers, seeds, and what they refuse."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, check_gradients
from nn.layers import (
    Activation,
    Add,
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    Input,
    LazyLayer,
    Multiply,
    Reshape,
    Subtract,
)  # fmt: skip
from nn.regularizers import L2

X = np.random.default_rng(0).normal(size=(5, 3))


def test_dense_computes_the_lectures_net_input_and_activation():
    layer = Dense(4, activation="tanh", bias_initializer="ones", seed=0)
    a = layer(X)
    np.testing.assert_allclose(a.data, np.tanh(X @ layer.weight.data.T + 1))
    assert layer.weight.shape == (4, 3)
    assert layer(X[0]).shape == (4,)
    assert layer(X.tolist()).shape == (5, 4)
    assert layer(np.ones((2, 5, 3))).shape == (2, 5, 4)
    assert [a.label, a.inputs[0].label, layer.weight.label, layer.bias.label] == list("azWb")


def test_a_list_of_one_array_is_refused_with_a_way_out():
    model = nn.Sequential([Dense(1, input_dim=3)], seed=0)
    with pytest.raises(ValueError, match=r"got a list of one array; expected the array itself"):
        model.predict([X])


def test_dense_has_weights_only_after_its_first_input():
    layer = Dense(4)
    assert (layer.built, layer.weight, layer.count_parameters()) == (False, None, 0)
    layer(X)
    assert (layer.built, layer.count_parameters(), layer.output_shape) == (True, 16, (None, 4))


def test_gradients_of_dense_agree_with_central_differences():
    layer, Y = Dense(2, activation="sigmoid", kernel_initializer="he_normal", seed=0), X[:, :2]
    layer(X)
    check = check_gradients(lambda: nn.mse(layer(X), Y), layer.parameters())
    assert check.relative_error < 1e-7
    assert check.checked == 8


def test_dense_without_bias_has_no_bias_to_train():
    layer = Dense(4, use_bias=False, seed=0)
    np.testing.assert_allclose(layer(X).data, X @ layer.weight.data.T)
    assert layer.count_parameters() == 12
    assert layer.penalty() == []


def test_regularizers_add_the_size_of_the_weights_to_the_loss():
    layer = Dense(2, kernel_regularizer=L2(0.1), bias_regularizer="l1", bias_initializer="ones")
    layer(X)
    weight, bias = (term.item() for term in layer.penalty())
    assert weight == pytest.approx(0.1 * (layer.weight.data**2).sum())
    assert bias == pytest.approx(0.02)


def test_an_activation_may_be_a_layer_of_its_own_and_a_function():
    assert (Activation("relu")(X).data == np.maximum(X, 0)).all()
    assert (Activation(lambda z: z * 2)(X) == 2 * X).all()


def test_dropout_keeps_the_mean_in_training_and_does_nothing_outside():
    ones, layer = np.ones((200, 50)), Dropout(0.4, seed=0)
    assert layer(ones) is ones
    dropped = layer(ones, training=True)
    assert set(np.unique(dropped)) == {0, 1 / 0.6}
    assert dropped.mean() == pytest.approx(1, abs=0.02)
    assert (layer(ones, training=True) != dropped).any()
    assert (Dropout(0.4, seed=0)(ones, training=True) == dropped).all()
    assert Dropout(0.0)(ones, training=True) is ones
    assert layer(ones.astype(np.float32), training=True).dtype == np.float32


def test_the_gradient_of_dropout_passes_where_the_unit_was_kept():
    x = Value(np.ones((4, 6)))
    a = Dropout(0.5, seed=1)(x, training=True)
    a.sum().backward()
    np.testing.assert_array_equal(x.grad, a.data)


def test_flatten_and_reshape_change_the_shape_of_each_sample():
    images = np.arange(24.0).reshape(2, 3, 4)
    assert Flatten()(images).shape == (2, 12)
    assert Flatten()(images[:0]).shape == (0, 12)
    assert Reshape((4, -1))(images).shape == (2, 4, 3)
    assert Reshape(12)(images).shape == (2, 12)
    symbol = Input(shape=(3, 4))
    assert Flatten()(symbol).shape == (None, 12)
    assert Reshape((6, -1))(symbol).shape == (None, 6, 2)
    assert Reshape((6, -1))(Input(shape=(None, 4))).shape == (None, 6, None)


def test_merging_layers_join_several_inputs():
    a, b = X, X + 1
    np.testing.assert_allclose(Add()([a, b, b]), a + b + b)
    np.testing.assert_allclose(Subtract()([a, b]), a - b)
    np.testing.assert_allclose(Multiply()([Value(a), b]).data, a * b)
    joined = Concatenate()([Value(a), b[:, :1]])
    np.testing.assert_allclose(joined.data, np.hstack([a, b[:, :1]]))
    assert Concatenate()([Input((3,)), Input((2,))]).shape == (None, 5)
    assert Add()([Input((3,)), Input((3,))]).shape == (None, 3)


def test_a_layer_of_ones_own_needs_only_build_and_call():
    class Scale(LazyLayer):
        def build(self, input_shape):
            self.factor = Value(np.full(input_shape[-1], 2.0), label="factor")

        def call(self, inputs):
            return inputs * self.factor

    symbol = Scale()(Input(shape=(3,)))
    assert symbol.shape == (None, 3)
    model = nn.Sequential([Scale(), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.fit(X, X[:, 0], verbose=0)
    assert [name for name, _ in model.named_parameters()] == [
        "layers.0.factor", "layers.1.weight", "layers.1.bias",
    ]  # fmt: skip
    assert (model.layers[0].factor.data != 2).all()


def test_training_reaches_layers_inside_layers_and_ends_with_the_call():
    class Block(LazyLayer):
        def __init__(self):
            super().__init__()
            self.drop = Dropout(0.5, seed=0)

        def call(self, inputs):
            return self.drop(inputs)

    block, ones = Block(), np.ones(100)
    assert (block(ones, training=True) == 0).any()
    assert (block(ones) == 1).all()

    class Failing(LazyLayer):
        def call(self, inputs, training=False):
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        Failing()(ones, training=True)
    assert (block(ones) == 1).all()


def test_equal_seeds_give_equal_weights_and_no_seed_gives_others():
    first, second, third, fourth = (Dense(4, seed=s) for s in (3, 3, None, None))
    weights = [layer(X) is not None and layer.weight.data for layer in (first, second, third)]
    fourth(X)
    assert (weights[0] == weights[1]).all()
    assert (weights[2] != fourth.weight.data).any()


def test_weights_are_read_and_set_all_or_none():
    layer = Dense(2, seed=0)
    layer(X)
    W, b = layer.get_weights()
    layer.set_weights([2 * W, b + 1])
    np.testing.assert_array_equal(layer.weight.data, 2 * W)
    with pytest.raises(ValueError, match=r"got arrays of shapes \[\(2, 3\), \(1,\)\]; expected we"):
        layer.set_weights([W, [1.0]])
    np.testing.assert_array_equal(layer.weight.data, 2 * W)
    with pytest.raises(ValueError, match=r"expected none\. It has no weights before its first"):
        Dense(2).set_weights([W, b])


def test_a_frozen_layer_keeps_its_weights():
    model = nn.Sequential([Dense(3, name="kept"), Dense(1)], seed=0)
    model.layers[0].trainable = False
    model(X)
    before = model.get_weights()
    model.compile("sgd", "mse")
    model.fit(X, X[:, 0], verbose=0)
    after = model.get_weights()
    assert [(a == b).all() for a, b in zip(before, after, strict=True)] == [
        True,
        True,
        False,
        False,
    ]
    assert model.count_parameters() == 4
    assert len(model.weights) == 4
    model.layers[0].trainable = True
    assert model.get_layer("kept").trainable
    assert model.count_parameters() == 16


def test_layers_outside_of_a_model_open_a_scope_of_their_name():
    a = Dense(2, name="first")(X)
    assert a.scope.path == "first"
    assert Dense(2)(X).scope.path == "dense"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dense(0), ValueError, r"Dense\(units\) got 0; expected a positive int"),
        (lambda: Dense(2.0), TypeError, r"Dense\(units\) got 2.0 of type float"),
        (lambda: Dense(2, input_dim=0), ValueError, r"Dense\(input_dim\) got 0"),
        (lambda: Dense(2, input_shape=(0,)), ValueError, r"Dense\(input_shape\) got \(0,\); exp"),
        (lambda: Dense(2, input_shape="4"), ValueError, r"expected the shape of one sample"),
        (lambda: Dense(2, name=3), TypeError, r"Dense\(name\) got 3 of type int; expected a str"),
        (lambda: Dense(2, activation="rellu"), ValueError, r"Did you mean 'relu'\?"),
        (lambda: Dropout(1.0), ValueError, r"Dropout\(rate\) got 1.0; expected the share to drop"),
        (lambda: Dropout("x"), ValueError, r"Dropout\(rate\) got 'x'"),
        (lambda: Reshape((-1, -1)), ValueError, r"got \(-1, -1\); expected at most one -1"),
        (lambda: Reshape((0,)), ValueError, r"Reshape\(target_shape\) got \[0\]"),
        (lambda: Concatenate(axis=0), ValueError, r"Concatenate\(axis\) got 0; expected an int ot"),
        (lambda: Input(shape=(2.5,)), ValueError, r"Input\(shape\) got \(2.5,\); expected the sha"),
    ],
)
def test_wrong_arguments_of_layers_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def built():
    layer = Dense(4, name="hidden")
    layer(X)
    return layer


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda: built()(X.T),
         r"Dense\(4\) 'hidden' got x of shape \(3, 5\); expected \(batch, 3\) or \(3,\)\. Did you "
         r"mean x\.T\?"),
        (lambda: built()(X[:, :2]), r"got x of shape \(5, 2\); expected \(batch, 3\) or \(3,\)\.$"),
        (lambda: built()([X, X]), r"Dense\(4\) 'hidden' got 2 inputs; expected one"),
        (lambda: Dense(4)([X, X]), r"got 2 inputs; expected one\. Join them first, with Concaten"),
        (lambda: built()(Input((2,))), r"got x of shape \(None, 2\); expected \(batch, 3\)"),
        (lambda: Dense(4)(Input((None,))), r"got inputs of shape \(None, None\); expected a last"),
        (lambda: Reshape((2,))(X), r"got samples of shape \(3,\), 3 elements; expected as many as"),
        (lambda: Reshape((2, -1))(X), r"got samples of shape \(3,\), 3 elements"),
        (lambda: Add()(X), r"Add 'add' got one input; expected a list of two or more: Add\(\)\("),
        (lambda: Add()([X, X.T]), r"Add 'add' got inputs of shapes \(5, 3\), \(3, 5\); expected e"),
        (lambda: Add()([Input((2,)), Input((3,))]), r"got inputs of shapes \(None, 2\), \(None, 3"),
        (lambda: Subtract()([X, X, X]), r"Subtract 'subtract' got 3 inputs; expected two"),
        (lambda: Concatenate()([X, X.T]), r"\(5, 3\), \(3, 5\); expected equal shapes but for axi"),
        (lambda: Concatenate()([X, X[None]]), r"expected equal shapes but for axis -1"),
    ],
)  # fmt: skip
def test_inputs_that_do_not_fit_a_layer_are_refused(use, message):
    with pytest.raises(ValueError, match=message):
        use()


def test_a_layer_without_call_says_what_to_define():
    with pytest.raises(NotImplementedError, match=r"LazyLayer has no call\(\); define 'def call"):
        LazyLayer()(X)


def test_numbers_and_symbols_do_not_mix():
    with pytest.raises(TypeError, match=r"got a symbolic tensor together with a ndarray; expected"):
        Add()([Input((3,)), X])


@pytest.mark.parametrize("use", [len, list, bool])
def test_a_symbolic_tensor_holds_no_numbers(use):
    with pytest.raises(TypeError, match=r"SymbolicTensor\(shape=\(None, 3\), made by 'input_layer"):
        use(Input((3,)))


def test_nothing_is_recorded_without_gradients():
    with autograd.no_grad():
        assert Dense(2)(X).op is None


@pytest.mark.parametrize("several", [[X, X], {"a": X}, [X]])
def test_a_sequential_refuses_several_inputs(several):
    model = nn.Sequential([Dense(1)], seed=0)
    with pytest.raises(ValueError, match=r"inputs in a .*; expected one array. For several inputs"):
        model.predict(several)


def test_a_softmax_of_one_unit_warns_that_it_learns_nothing():
    with pytest.warns(UserWarning, match=r"Dense\(1\) .* always 1.*one class use 'sigmoid'"):
        found = Dense(1, activation="softmax")(X)
    np.testing.assert_array_equal(found.data, np.ones((5, 1)))


def test_an_activation_that_returns_no_value_is_named():
    for activation, came in [(lambda z: z.data, "ndarray"), (lambda z: 3, "int")]:
        with pytest.raises(
            TypeError, match=rf"Dense\(4\) .* that returned {came}; expected a Value"
        ):
            Dense(4, activation=activation)(X)
