"""Activations: the lecture's functions, found by name."""

import math

import numpy as np
import pytest

from autograd import Value
from nn import MLP, Neuron, activations
from nn.activations import ACTIVATIONS, get, name_of

FORMULAS = {
    "linear": lambda z: z,
    "step": lambda z: 1.0 if z > 0 else 0.0,
    "relu": lambda z: max(0.0, z),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": lambda z: 2 / (1 + math.exp(-2 * z)) - 1,
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
    "silu": lambda z: z / (1 + math.exp(-z)),
    "softplus": lambda z: math.log(1 + math.exp(z)),
}
SLOPES = {
    "linear": lambda z, a: 1.0,
    "relu": lambda z, a: float(z > 0),
    "sigmoid": lambda z, a: a * (1 - a),
    "tanh": lambda z, a: 1 - a * a,
    "leaky_relu": lambda z, a: 1.0 if z > 0 else 0.01,
    "elu": lambda z, a: 1.0 if z > 0 else math.exp(z),
    "softplus": lambda z, a: 1 / (1 + math.exp(-z)),
}
POINTS = [-2.5, -0.3, 0.0, 0.7, 3.0]


@pytest.mark.parametrize("name", FORMULAS)
def test_forward_is_the_lectures_formula(name):
    got = get(name)(Value(POINTS)).data
    np.testing.assert_allclose(got, [FORMULAS[name](z) for z in POINTS], rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", SLOPES)
def test_derivative_is_the_lectures_formula(name):
    z, upstream = Value(POINTS), np.array([1.0, -2.0, 0.5, 3.0, 4.0])
    a = get(name)(z * 1.0)
    a.backward(upstream)
    slopes = [SLOPES[name](x, y) for x, y in zip(POINTS, a.data, strict=True)]
    np.testing.assert_allclose(z.grad, upstream * slopes, rtol=1e-12)


def test_softmax_sums_to_one_and_equals_the_sigmoid_for_two_classes():
    p = get("softmax")(Value([[0.4, -1.1], [3.0, 3.0]])).data
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    np.testing.assert_allclose(p[:, 0], activations.sigmoid(Value([1.5, 0.0])).data)


def test_every_name_finds_its_function_and_back():
    lecture = ["linear", "step", "relu", "sigmoid", "tanh", "softmax"]
    assert list(ACTIVATIONS) == lecture + ["leaky_relu", "elu", "gelu", "silu", "softplus"]
    assert get("swish") is get("silu")
    assert get("logistic") is get("sigmoid")  # as scikit-learn calls it
    assert get("identity") is get("linear")
    assert [name_of(get(name)) for name in ACTIVATIONS] == list(ACTIVATIONS)


def test_the_step_lets_no_gradient_through_and_training_goes_on_behind_it():
    model = MLP(2, [3, 1], activation="step", seed=0)
    model([1.0, 2.0]).backward()
    np.testing.assert_array_equal(model.layers[0].weight.grad, np.zeros((3, 2)))
    assert model.layers[1].weight.grad is not None


def test_the_step_keeps_float32_and_takes_plain_numbers():
    assert activations.step(Value(np.ones(2, dtype=np.float32))).dtype == np.float32
    assert activations.step(3).item() == 1.0


def test_a_function_serves_as_activation():
    def cube(z):
        return z**3

    neuron = Neuron(1, cube, rng=0)
    neuron.weight.data = [2.0]
    assert neuron([1.5]).item() == 27.0
    assert repr(neuron) == "Neuron(1 -> 1, cube)"


def test_an_unknown_name_lists_the_names_and_the_closest():
    names = "linear, step, relu, sigmoid, tanh, softmax, leaky_relu, elu, gelu, silu, softplus"
    with pytest.raises(ValueError, match=rf"'rellu'; expected {names}.*Did you mean 'relu'\?"):
        get("rellu")
    with pytest.raises(
        ValueError, match=rf"'xyz'; expected {names} or a function of one Value; for none"
    ):
        MLP(2, [1], output="xyz")


def test_neither_name_nor_function_is_refused():
    with pytest.raises(TypeError, match=r"activation got None of type NoneType.*use 'linear'"):
        get(None)
