"""Weights as PyTorch and Keras lay them out: by their formulas, there and back, and refusals."""

import numpy as np
import pytest

import nn
from nn.exchange import keras_entries
from nn.layers import (
    GRU,
    LSTM,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Dense,
    Embedding,
    Flatten,
    Input,
    LayerNormalization,
    MaxPool2D,
    SimpleRNN,
)  # fmt: skip

RNG = np.random.default_rng(2)


def stack(*layers, shape=None, seed=0):
    return nn.Sequential([*([Input(shape=shape)] if shape else []), *layers], seed=seed)


MODELS = {
    "MLP": (lambda s: nn.MLP(3, [4, 2], seed=s), [(3, 4), (4,), (4, 2), (2,)]),
    "layer": (lambda s: nn.Layer(3, 4, rng=s), [(3, 4), (4,)]),
    "neuron": (lambda s: nn.Neuron(3, rng=s), [(3, 1), (1,)]),
    "Conv1D": (lambda s: stack(Conv1D(4, 3), shape=(9, 2), seed=s), [(3, 2, 4), (4,)]),
    "Conv2D": (
        lambda s: stack(Conv2D(4, (3, 2)), Flatten(), Dense(5), shape=(6, 6, 2), seed=s),
        [(3, 2, 2, 4), (4,), (80, 5), (5,)],
    ),
    "SimpleRNN": (
        lambda s: stack(SimpleRNN(4), shape=(5, 3), seed=s), [(3, 4), (4, 4), (4,)]
    ),
    "LSTM": (lambda s: stack(LSTM(4), shape=(5, 3), seed=s), [(3, 16), (4, 16), (16,)]),
    "GRU": (lambda s: stack(GRU(4), shape=(5, 3), seed=s), [(3, 12), (4, 12), (2, 12)]),
    "GRU, reset before": (
        lambda s: stack(GRU(4, reset_after=False), shape=(5, 3), seed=s), [(3, 12), (4, 12), (12,)]
    ),
    "Embedding": (lambda s: stack(Embedding(7, 3), shape=(5,), seed=s), [(7, 3)]),
    "normalisations": (
        lambda s: stack(BatchNormalization(), LayerNormalization(center=False), shape=(3,), seed=s),
        [(3,), (3,), (3,), (3,), (3,)],
    ),
}  # fmt: skip


def randomised(model):
    for _, value in model.named_weights():
        value.data = RNG.normal(size=value.shape)
    return model


@pytest.mark.parametrize("name", MODELS)
def test_weights_go_to_keras_and_back(name):
    make, shapes = MODELS[name]
    model, other = randomised(make(0)), make(1)
    arrays = nn.to_keras_weights(model)
    assert [array.shape for array in arrays] == shapes
    nn.from_keras_weights(other, arrays)
    pairs = zip(model.named_weights(), other.named_weights(), strict=True)
    for (path, value), (same, found) in pairs:
        assert path == same
        np.testing.assert_array_equal(value.data, found.data)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "GRU, reset before"])
def test_weights_go_to_pytorch_and_back(name):
    make, _ = MODELS[name]
    model, other = randomised(make(0)), make(1)
    state = nn.to_torch_state(model)
    nn.from_torch_state(other, state)
    for (_, value), (_, found) in zip(model.named_weights(), other.named_weights(), strict=True):
        np.testing.assert_array_equal(value.data, found.data)


def test_keras_kernels_are_what_its_formulas_multiply_with():
    x = RNG.normal(size=(5, 3))
    dense = randomised(stack(Dense(4), shape=(3,)))
    kernel, bias = nn.to_keras_weights(dense)
    np.testing.assert_allclose(x @ kernel + bias, dense(x).data)
    images = RNG.normal(size=(2, 4, 4, 3))
    conv = randomised(stack(Conv2D(2, (2, 3)), shape=(4, 4, 3)))
    kernel, bias = nn.to_keras_weights(conv)
    place = np.einsum("bijc,ijcf->bf", images[:, 1:3, 0:3], kernel) + bias
    np.testing.assert_allclose(place, conv(images).data[:, 1, 0])
    rnn = randomised(stack(SimpleRNN(4), shape=(2, 3)))
    kernel, recurrent, bias = nn.to_keras_weights(rnn)
    steps = RNG.normal(size=(5, 2, 3))
    state = np.tanh(steps[:, 0] @ kernel + bias)
    state = np.tanh(steps[:, 1] @ kernel + state @ recurrent + bias)
    np.testing.assert_allclose(state, rnn(steps).data)


def test_the_gates_of_a_gru_are_where_keras_and_pytorch_have_them():
    model = stack(GRU(1), shape=(2, 1))
    layer = model.layers[0]
    layer.weight.data, layer.bias.data = [[1.0], [2.0], [3.0]], [4.0, 5.0, 6.0]
    layer.recurrent_bias.data = [7.0, 8.0, 9.0]
    (_, _), (_, _), (names, bias) = keras_entries(layer)
    assert names == ["bias", "recurrent_bias"]
    np.testing.assert_array_equal(bias, [[4, 5, 6], [7, 8, 9]])
    state = nn.to_torch_state(
        model, ["g.weight_ih_l0", "g.weight_hh_l0", "g.bias_ih_l0", "g.bias_hh_l0"]
    )
    # r, z, n there; z, r, ã here.
    np.testing.assert_array_equal(state["g.weight_ih_l0"][:, 0], [2, 1, 3])
    np.testing.assert_array_equal(state["g.bias_hh_l0"], [8, 7, 9])


def test_two_biases_of_pytorch_are_added():
    model = stack(SimpleRNN(2), shape=(2, 1))
    state = nn.to_torch_state(model)
    prefix = "simple_rnn_1"
    np.testing.assert_array_equal(state[f"{prefix}.bias_hh_l0"], [0, 0])
    state[f"{prefix}.bias_ih_l0"], state[f"{prefix}.bias_hh_l0"] = np.ones(2), np.array([1.0, 2.0])
    nn.from_torch_state(model, state)
    np.testing.assert_array_equal(model.layers[0].bias.data, [2, 3])


def test_flattened_maps_are_put_into_pytorchs_order():
    model = stack(Conv2D(2, 1), MaxPool2D(2), Flatten(), Dense(1), shape=(4, 4, 1))
    model.layers[-1].weight.data = np.arange(8.0)[None]  # place by place, two channels each
    state = nn.to_torch_state(model)
    np.testing.assert_array_equal(state["dense_1.weight"], [[0, 2, 4, 6, 1, 3, 5, 7]])
    model.layers[-1].weight.data = np.zeros((1, 8))
    nn.from_torch_state(model, state)
    np.testing.assert_array_equal(model.layers[-1].weight.data, [np.arange(8)])


class Tensor:
    """What a tensor of PyTorch offers to those who want its numbers."""

    def __init__(self, array):
        self.array = array

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return self.array


def test_tensors_are_taken_as_arrays_and_rounded_numbers_in_the_models_type():
    model = nn.MLP(3, [2], seed=0)
    state = {name: Tensor(a.astype("f4")) for name, a in nn.to_torch_state(model).items()}
    other = nn.MLP(3, [2], seed=1)
    nn.from_torch_state(other, state)
    assert other.layers[0].weight.dtype == np.float64
    np.testing.assert_allclose(other.layers[0].weight.data, model.layers[0].weight.data, rtol=1e-7)


def test_arrays_pass_through_a_file(tmp_path):
    model, other = nn.MLP(3, [4, 2], seed=0), nn.MLP(3, [4, 2], seed=1)
    nn.saving.save_arrays(tmp_path / "torch.safetensors", nn.to_torch_state(model))
    nn.from_torch_state(other, nn.saving.load_arrays(tmp_path / "torch.safetensors"))
    np.testing.assert_array_equal(model(np.ones(3)).data, other(np.ones(3)).data)


class Own(nn.LazyLayer):
    def build(self, input_shape):
        self.add_weight("factor", (1,))

    def call(self, inputs):
        return inputs * self.factor


def functional_lenet():
    inputs = Input(shape=(4, 4, 1))
    return nn.Model(inputs, Dense(2)(Flatten()(Conv2D(2, 3)(inputs))))


def functional():
    inputs = Input(shape=(4, 4, 1))
    return nn.Model(inputs, Conv2D(2, 3)(inputs))


MLP_STATE = {"0.weight": np.zeros((4, 3)), "0.bias": np.zeros(4)}

REFUSED = {
    "no model": (lambda: nn.to_torch_state(3), TypeError, "exchange got a int; expected a model"),
    "not built": (lambda: nn.to_keras_weights(stack(Dense(2))), ValueError, "call the model once"),
    "a layer of one's own": (
        lambda: nn.to_torch_state(stack(Own(), shape=(3,))), TypeError, "expected layers of nn"
    ),
    "too few layers": (
        lambda: nn.from_torch_state(nn.MLP(3, [4, 2]), MLP_STATE), ValueError,
        r"got entries for 1 layers \(0\); expected 2: Layer\(3 -> 4",
    ),
    "other names": (
        lambda: nn.from_torch_state(nn.MLP(3, [4]), {"0.weight": np.zeros((4, 3))}), ValueError,
        r"got weight under '0'; expected bias, weight for Layer\(3 -> 4",
    ),
    "another shape": (
        lambda: nn.from_torch_state(nn.MLP(4, [4]), MLP_STATE), ValueError,
        r"got 0.weight of shape \(4, 3\); expected \(4, 4\) for Layer",
    ),
    "names for another layer": (
        lambda: nn.to_torch_state(nn.MLP(3, [4]), ["0.weight"]), ValueError, "expected bias, weight"
    ),
    "too few arrays": (
        lambda: nn.from_keras_weights(nn.MLP(3, [4]), [np.zeros((3, 4))]), ValueError,
        r"got 1 arrays; expected 2: \(3, 4\), \(4,\)",
    ),
    "a transposed kernel": (
        lambda: nn.from_keras_weights(nn.MLP(3, [4]), [np.zeros((4, 3)), np.zeros(4)]), ValueError,
        r"shape \(4, 3\); expected \(3, 4\) for weight of Layer",
    ),
    "maps flattened somewhere": (
        lambda: nn.to_torch_state(functional_lenet()), ValueError, "expected a Sequential, whose or"
    ),
    "maps normalised flat": (
        lambda: nn.to_torch_state(
            stack(Conv2D(2, 3), Flatten(), BatchNormalization(), Dense(2), shape=(4, 4, 1))
        ), ValueError, "on flattened maps; expected a Dense",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_does_not_fit_is_refused(kind):
    call, error, message = REFUSED[kind]
    with pytest.raises(error, match=message):
        call()


def test_a_refused_state_changes_nothing_and_functional_models_pass():
    model = nn.MLP(3, [4, 2], seed=0)
    before = [np.array(value.data) for value in model.parameters()]
    state = {**nn.to_torch_state(model), "1.bias": np.zeros(3)}
    state["0.weight"] = state["0.weight"] + 1
    with pytest.raises(ValueError, match=r"got 1.bias of shape \(3,\)"):
        nn.from_torch_state(model, state)
    for old, value in zip(before, model.parameters(), strict=True):
        np.testing.assert_array_equal(old, value.data)
    assert list(nn.to_torch_state(functional())) == ["conv2d_1.weight", "conv2d_1.bias"]
