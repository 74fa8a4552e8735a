"""The unrolled network: the same numbers as the array network, one scalar at a time."""

import numpy as np
import pytest

import autograd
from autograd import Graph, Value
from nn import MLP, Layer, Module, Sequential, unroll
from nn.labels import weight_label
from nn.layers import Dense, Dropout, Flatten

X = np.random.default_rng(4).normal(size=(3, 3))


def loss_of(model, rows):
    total = 0
    for k, row in enumerate(rows):
        out = model(row)
        for i, y in enumerate(out if isinstance(out, list) else [out]):
            total = total + (y - (k - i)) ** 2
    return total


@pytest.mark.parametrize("units", [[1], [4, 1], [4, 3, 2]])
@pytest.mark.parametrize("name", ["tanh", "relu", "sigmoid", "linear"])
@pytest.mark.parametrize("output", ["linear", "softmax"])
def test_outputs_and_gradients_equal_those_of_the_array_network(units, name, output):
    model = MLP(3, units, activation=name, output=output, seed=6)
    scalars = unroll(model)
    prediction = model(X)
    target = np.array([[k - i for i in range(units[-1])] for k in range(3)])
    ((prediction - target) ** 2).sum().backward()
    loss_of(scalars, X.tolist()).backward()
    for array, layer in zip(model.layers, scalars.layers, strict=True):
        weights = [[w.grad for w in row] for row in layer.weights]
        np.testing.assert_allclose(weights, array.weight.grad, rtol=1e-10, atol=1e-13)
        biases = [b.grad for b in layer.biases]
        np.testing.assert_allclose(biases, array.bias.grad, rtol=1e-10, atol=1e-13)


def test_outputs_are_a_list_of_scalars_or_the_one_scalar():
    model = MLP(3, [4, 2], activation="tanh", seed=0)
    outputs = unroll(model)(X[0])
    assert [y.shape for y in outputs] == [(), ()]
    np.testing.assert_allclose([y.item() for y in outputs], model(X[0]).data, rtol=1e-13)
    single = unroll(MLP(3, [4, 1], seed=0))(X[0])
    assert isinstance(single, Value)
    assert single.shape == ()


def test_parameters_are_labelled_in_the_lectures_notation():
    net = unroll(MLP(2, [2, 1], seed=0))
    assert [p.label for p in net.parameters()] == [
        "w¹₁₁", "w¹₁₂", "w¹₂₁", "w¹₂₂", "b¹₁", "b¹₂", "w²₁₁", "w²₁₂", "b²₁",
    ]  # fmt: skip


def test_indices_of_several_digits_are_told_apart_by_a_comma():
    assert weight_label(1, 12, 3) == "w¹₁₂,₃"
    assert weight_label(1, 1, 23) == "w¹₁,₂₃"
    labels = [p.label for p in unroll(MLP(12, [12, 1], seed=0)).parameters()]
    assert len(set(labels)) == len(labels)


def test_every_operation_lies_in_the_scope_of_its_layer_and_z_and_a_are_labelled():
    graph = Graph(unroll(MLP(2, [2, 1], activation="tanh", seed=0))([0.5, -1.0]))
    computed = [v for v in graph.nodes if v.op]
    assert {v.scope.path for v in computed} == {"layer 1", "layer 2"}
    assert [v.label for v in computed if v.label] == ["z¹₁", "z¹₂", "a¹₁", "a¹₂", "z²₁"]
    assert {v.op.name for v in computed} == {"multiply", "add", "tanh"}


def test_softmax_outputs_are_labelled_and_do_not_overflow():
    net = unroll(MLP(1, [2], output="softmax", seed=0))
    net.layers[0].weights[0][0].data, net.layers[0].weights[1][0].data = 1000.0, -1000.0
    outputs = net([2.0])
    assert [(y.label, y.item()) for y in outputs] == [("a¹₁", 1.0), ("a¹₂", 0.0)]


def test_training_the_unrolled_network_leaves_the_original_alone():
    model = MLP(2, [2, 1], seed=0)
    before = model.layers[0].weight.data.copy()
    for p in unroll(model).parameters():
        p.data += 1.0
    assert (model.layers[0].weight.data == before).all()


def test_a_sum_over_scalar_parameters_is_micrograds_regularisation():
    net = unroll(MLP(2, [3, 1], seed=0))
    penalty = 1e-4 * sum(p * p for p in net.parameters())
    penalty.backward()
    w = net.parameters()[0]
    assert w.grad == pytest.approx(2e-4 * w.data)


def test_inputs_may_be_scalar_values_or_one_value_of_a_row():
    net, x = unroll(MLP(2, [3, 1], seed=0)), [Value(1.0), Value(2.0)]
    net(x).backward()
    row = Value([1.0, 2.0])
    net(row).backward()
    assert row.grad == pytest.approx([v.grad for v in x])
    assert unroll(MLP(1, [1], seed=0))(Value(2.0)).shape == ()


def test_a_layer_unrolls_too_and_the_repr_counts():
    net = unroll(Layer(2, 3, "tanh", rng=0, number=2))
    assert repr(net) == "Unrolled(2 -> 3; 9 parameters)"
    assert repr(net.layers[0]) == "UnrolledLayer(2 -> 3, tanh)"
    assert net([1.0, 2.0])[2].label == "a²₃"


@pytest.mark.parametrize(
    ("inputs", "given"),
    [([1.0], "1 inputs"), ([], "0 inputs"), (np.ones((2, 2)), "2 rows"), ([[1, 2]], "1 rows")],
)
def test_anything_but_one_sample_is_refused(inputs, given):
    with pytest.raises(
        ValueError, match=rf"Unrolled\(2 -> 1; 3 par.*got {given}; expected one sample of 2 numbers"
    ):
        unroll(MLP(2, [1]))(inputs)


def test_other_models_are_refused():
    with pytest.raises(TypeError, match=r"unroll\(\) got a Module; expected an MLP, a Layer, a De"):
        unroll(Module())
    with pytest.raises(TypeError, match=r"got a Sequential with Flatten.*expected Dense layers"):
        unroll(Sequential([Dense(2), Flatten()]))
    with pytest.raises(TypeError, match=r"got a Sequential without layers"):
        unroll(Sequential())
    with pytest.raises(ValueError, match=r"Dense\(2\) .dense_1., which has no weights"):
        unroll(Sequential([Dense(2)]))


def test_a_sequential_of_dense_layers_unrolls_to_the_same_outputs_and_gradients():
    layers = [Dense(3, "tanh", input_dim=2), Dropout(0.5), Dense(2, "softmax", use_bias=False)]
    model = Sequential(layers, seed=0)
    net, x = unroll(model), np.array([0.5, -1.5])
    model(x)[0].backward()
    net(x.tolist())[0].backward()
    first, _, last = model.layers
    assert [[w.label for w in row] for row in net.layers[1].weights][1] == ["w²₂₁", "w²₂₂", "w²₂₃"]
    for layer, scalars in ((first, net.layers[0]), (last, net.layers[1])):
        grads = [[w.grad for w in row] for row in scalars.weights]
        np.testing.assert_allclose(grads, layer.weight.grad, rtol=1e-12)
    np.testing.assert_allclose([b.grad for b in net.layers[0].biases], first.bias.grad, rtol=1e-12)
    assert net.layers[1].biases == []
    assert unroll(first)(x.tolist())[0].label == "a¹₁"


def test_no_grad_records_nothing():
    with autograd.no_grad():
        assert unroll(MLP(2, [1]))([1.0, 2.0]).op is None
