"""Layers: shapes, labels, scopes, initial weights, and what they refuse."""

import numpy as np
import pytest

from autograd import Graph, Value
from nn import Layer


def test_net_inputs_are_x_times_w_transposed_plus_b():
    layer, X = Layer(3, 2, rng=0, number=1), np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 1.0]])
    layer.bias.data = [10.0, 20.0]
    np.testing.assert_allclose(layer(X).data, X @ layer.weight.data.T + [10.0, 20.0])
    np.testing.assert_allclose(layer(X[0]).data, layer(X).data[0])
    assert layer.weight.shape == (2, 3)
    assert layer.bias.shape == (2,)


def test_values_carry_the_layer_number_above():
    layer = Layer(3, 2, "tanh", number=12)
    a = layer(np.ones(3))
    z = a.inputs[0]
    assert [v.label for v in (layer.weight, layer.bias, z, a)] == ["W¹²", "b¹²", "z¹²", "a¹²"]
    assert a.scope.path == z.scope.path == "layer 12"


def test_a_layer_without_a_number_has_bare_letters():
    layer = Layer(3, 2, "tanh")
    a = layer(np.ones(3))
    assert [v.label for v in (layer.weight, layer.bias, a)] == ["W", "b", "a"]
    assert a.scope.path == "layer"


def test_a_linear_layer_adds_one_node_and_others_two():
    x = np.ones((2, 3))
    assert [n.label for n in Graph(Layer(3, 2, number=1)(x)).nodes if n.op] == ["z¹"]
    assert len([n for n in Graph(Layer(3, 2, "relu")(x)).nodes if n.op]) == 2


def test_glorot_weights_fill_their_range_and_he_weights_have_their_deviation():
    limit = np.sqrt(6 / (300 + 200))
    for name in ("tanh", "sigmoid", "linear"):
        w = Layer(300, 200, name, rng=0).weight.data
        assert 0.99 * limit < np.abs(w).max() <= limit
        assert w.std() == pytest.approx(limit / np.sqrt(3), rel=0.01)
    w = Layer(300, 200, "relu", rng=0).weight.data
    assert w.std() == pytest.approx(np.sqrt(2 / 300), rel=0.01)
    assert abs(w.mean()) < 0.001


def test_biases_start_at_zero():
    assert not Layer(3, 4).bias.data.any()


def test_equal_seeds_give_equal_weights_and_a_generator_moves_on():
    rng = np.random.default_rng(5)
    first, second = Layer(3, 4, rng=rng), Layer(3, 4, rng=rng)
    assert (first.weight.data == Layer(3, 4, rng=5).weight.data).all()
    assert (first.weight.data != second.weight.data).any()


def test_repr_names_shape_and_activation():
    assert repr(Layer(3, 4, "tanh")) == "Layer(3 -> 4, tanh)"


@pytest.mark.parametrize(
    ("inputs", "shape", "message"),
    [
        (3, (4, 2), r"Layer\(3 -> 4\) got x of shape \(4, 2\); expected \(batch, 3\) or \(3,\).$"),
        (3, (3, 5), r"got x of shape \(3, 5\); .* Did you mean x.T\?$"),
        (3, (), r"got x of shape \(\); expected \(batch, 3\) or \(3,\).$"),
        (1, (7,), r"got x of shape \(7,\); .* Did you mean x.reshape\(-1, 1\)\?$"),
        (1, (), r"got x of shape \(\); .* Did you mean \[x\]\?$"),
    ],
)
def test_the_wrong_number_of_features_is_refused_with_a_way_out(inputs, shape, message):
    with pytest.raises(ValueError, match=message):
        Layer(inputs, 4)(Value(np.zeros(shape)))


def test_ragged_and_textual_input_is_refused():
    with pytest.raises(ValueError, match=r"ragged nested lists \(lengths 2, 1\)"):
        Layer(2, 1)([[1.0, 2.0], [1.0]])
    with pytest.raises(TypeError, match=r"expected real numbers"):
        Layer(2, 1)(["a", "b"])
    with pytest.raises(TypeError, match=r"dtype object; expected real numbers"):
        Layer(2, 1)(np.array([None, None]))


@pytest.mark.parametrize("seed", ["0", 1.5, True])
def test_other_seeds_are_refused(seed):
    with pytest.raises(TypeError, match=r"seed or rng got .*; expected an int, a np.random.Genera"):
        Layer(2, 1, rng=seed)


def test_units_are_a_positive_int():
    with pytest.raises(ValueError, match=r"Layer\(n_out\) got -1; expected a positive int"):
        Layer(2, -1)
