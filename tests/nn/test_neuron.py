"""The neuron: gates, its delta, and what it refuses."""

import numpy as np
import pytest

from autograd import Graph, Value, check_gradients
from nn import MLP, Neuron, mse

INPUTS = [[0, 0], [0, 1], [1, 0], [1, 1]]


def gate(weights, bias):
    neuron = Neuron(len(weights), "step")
    neuron.weight.data, neuron.bias.data = weights, bias
    return neuron


def test_the_lectures_gates():
    assert gate([-1.0], 0.5)([[0], [1]]).data.tolist() == [1, 0]
    assert gate([1.0, 1.0], -1.5)(INPUTS).data.tolist() == [0, 0, 0, 1]
    assert gate([1.0, 1.0], -0.5)(INPUTS).data.tolist() == [0, 1, 1, 1]


def test_the_lectures_xor_of_two_layers():
    model = MLP(2, [2, 1], activation="step", output="step")
    hidden, output = model.layers
    hidden.weight.data, hidden.bias.data = [[1, 1], [1, 1]], [-0.5, -1.5]
    output.weight.data, output.bias.data = [[1, -2]], [-0.5]
    assert model(INPUTS).data.ravel().tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_gradient_is_delta_times_x_with_delta_twice_the_error_times_the_slope(name):
    x, y = np.array([0.5, -1.0, 2.0]), 0.3
    neuron = Neuron(3, name, rng=1)
    neuron.bias.data = 0.2
    a = neuron(x)
    mse(a, y).backward()
    slope = a.data * (1 - a.data) if name == "sigmoid" else 1 - a.data**2
    delta = 2 * (a.data - y) * slope
    assert a.inputs[0].grad == pytest.approx(delta)
    np.testing.assert_allclose(neuron.weight.grad, delta * x)
    assert neuron.bias.grad == pytest.approx(delta)


def test_a_batch_is_one_row_per_sample_and_its_gradient_agrees_with_central_differences():
    neuron, X = Neuron(3, "tanh", rng=0), np.arange(12.0).reshape(4, 3) / 7 - 1
    np.testing.assert_allclose(neuron(X).data, [neuron(row).item() for row in X])
    check = check_gradients(lambda: mse(neuron(X), [1.0, 0, -1, 0]), neuron.parameters())
    assert check.relative_error < 1e-8
    assert check.checked == 4


def test_values_are_labelled_and_lie_in_the_scope_of_the_neuron():
    a = Neuron(2, "tanh", label="AND")([1.0, 2.0])
    labels = [v.label for v in Graph(a).nodes if v.label]
    assert set(labels) == {"w", "b", "z", "a"}
    assert a.scope.path == "AND"
    assert Neuron(2, "linear")([1.0, 2.0]).label == "z"


def test_a_list_of_values_keeps_its_graph():
    x = [Value(1.0), Value(-2.0)]
    neuron = Neuron(2, "linear", rng=0)
    neuron(x).backward()
    assert [v.grad for v in x] == pytest.approx(neuron.weight.data)


def test_the_wrong_number_of_inputs_is_refused():
    with pytest.raises(ValueError, match=r"Neuron\(3 -> 1, tanh\) got x of shape \(2,\); expected"):
        Neuron(3)([1.0, 2.0])


def test_the_number_of_inputs_is_a_positive_int():
    with pytest.raises(ValueError, match=r"Neuron\(n_in\) got 0; expected a positive int"):
        Neuron(0)
    with pytest.raises(TypeError, match=r"Neuron\(n_in\) got 2.0 of type float; expected a posit"):
        Neuron(2.0)
    with pytest.raises(TypeError, match=r"got True of type bool"):
        Neuron(True)
