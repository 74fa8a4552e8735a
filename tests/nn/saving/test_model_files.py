"""Whole models in one file: what comes back trains on as if nothing had happened."""

# ruff: noqa: E501 - in the tables, a case is a line

import contextlib
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn import constraints, losses, metrics, optimizers, regularizers, schedules
from nn.initializers import INITIALIZERS
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
)
from nn.saving import WeightsError, architecture, plain, safetensors, training_state
from nn.saving.classes import CLASSES, savable
from nn.saving.model_file import load, save
from nn.symbolic import parts

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 4)), RNG.normal(size=(40, 1))


def sequential(**options):
    layers = [
        Dense(8, "tanh", input_dim=4, kernel_initializer="he_normal", kernel_regularizer="l2"),
        Dropout(0.3),
        Reshape((2, -1)),
        Flatten(),
        Activation("relu"),
        Dense(1, use_bias=False, bias_regularizer=None),
    ]
    return nn.Sequential(layers, seed=3, **options)


def functional():
    a, b = Input(shape=(4,)), Input(shape=(4,), name="second")
    shared = Dense(3, activation="relu", name="shared")
    joined = Concatenate()([shared(a), shared(b)])
    both = Multiply()([Add()([shared(a), shared(b)]), Subtract()([shared(b), shared(a)])])
    inner = nn.Sequential([Dense(2, activation="gelu"), Dropout(0.2, seed=5)], name="inner")
    return nn.Model({"a": a, "b": b}, [Dense(1, name="out")(joined), inner(both)], seed=1)


def nested():
    inputs = Input(shape=(4,))
    inner = nn.Model(inputs, [Dense(2)(inputs), Dense(3)(inputs)], name="fork", seed=4)
    outer = Input(shape=(4,))
    left, right = inner(outer)
    return nn.Model(outer, Dense(1)(Concatenate()([left, right])), seed=2)


CASES = {
    "sequential": (sequential, X, Y, ["mse"], ["mae", metrics.r2]),
    "built late": (lambda: nn.Sequential([Dense(2), Dense(1)], seed=0), X, Y, [losses.Huber(0.5)], None),
    "functional": (functional, {"a": X, "b": X[::-1]}, [Y, np.hstack([Y, Y])], [["mse", losses.mae]], None),
    "nested": (nested, X, Y, ["mean_squared_error"], ["rmse"]),
}  # fmt: skip

OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True, clipnorm=1.0),
    "rmsprop": lambda: optimizers.RMSprop(centered=True, momentum=0.5),
    "adagrad": lambda: "adagrad",
    "adam": lambda: optimizers.Adam(learning_rate=schedules.CosineDecay(0.05, 100)),
    "adamw": lambda: optimizers.AdamW(weight_decay=0.01),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("case", CASES)
def test_training_goes_on_as_if_there_had_been_no_interruption(tmp_path, case, optimizer):
    make, x, y, loss, measures = CASES[case]
    path = tmp_path / "model.safetensors"

    def compiled():
        model = make()
        model.compile(OPTIMIZERS[optimizer](), loss[0], metrics=measures)
        return model

    straight, stopped = compiled(), compiled()
    straight.fit(x, y, epochs=2, verbose=0)
    stopped.fit(x, y, epochs=2, verbose=0)
    stopped.save(path)
    resumed = nn.load(path)
    assert resumed.history.history == stopped.history.history
    assert resumed.history.epoch == [0, 1]
    assert nn.models.load_model is nn.load
    expected = straight.fit(x, y, epochs=3, verbose=0).history
    assert resumed.fit(x, y, epochs=3, verbose=0).history == expected
    pairs = zip(straight.named_weights(), resumed.named_weights(), strict=True)
    for (name, value), (same, loaded) in pairs:
        assert name == same
        assert value.label == loaded.label
        np.testing.assert_array_equal(value.data, loaded.data)
    assert repr(resumed.optimizer) == repr(straight.optimizer)
    assert resumed.optimizer.state_dict()["steps"] == straight.optimizer.steps


@pytest.mark.parametrize("case", CASES)
def test_a_model_looks_the_same_and_equal_models_give_equal_bytes(tmp_path, case, capsys):
    make, x, _, _, _ = CASES[case]
    model, twin = make(), make()
    expected = model.predict(x)
    twin.predict(x)
    model.save(tmp_path / "a.safetensors")
    twin.save(tmp_path / "b.safetensors")
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    loaded = nn.load(tmp_path / "a.safetensors")
    model.summary()
    table = capsys.readouterr().out
    loaded.summary()
    assert capsys.readouterr().out == table
    found = loaded.predict(x)
    for one, other in zip(parts(expected), parts(found), strict=True):
        np.testing.assert_array_equal(one, other)
    loaded.save(tmp_path / "c.safetensors")
    assert (tmp_path / "c.safetensors").read_bytes() == (tmp_path / "a.safetensors").read_bytes()


def test_an_mlp_a_layer_and_a_neuron_come_back(tmp_path):
    path = tmp_path / "m.safetensors"
    for model, x in (
        (nn.MLP(3, [4, 4, 2], "tanh", "softmax", seed=0), X[:, :3]),
        (nn.MLP(3, [2], seed=0), X[:, :3]),
        (nn.Layer(4, 2, "sigmoid", rng=0, number=3), X),
        (nn.Neuron(4, "step", label="AND", rng=0), X),
    ):
        nn.save(model, path)
        loaded = nn.load(path)
        assert repr(loaded) == repr(model)
        np.testing.assert_array_equal(loaded(x).data, model(x).data)
        assert loaded(x).label == model(x).label
        assert loaded(x).scope.path == model(x).scope.path


def test_frozen_layers_and_weights_stay_frozen(tmp_path):
    model = sequential()
    model.layers[0].trainable = False
    model.layers[5].weight.requires_grad = False
    model.compile("sgd", "mse")
    model.layers[5].weight.requires_grad = True
    model.layers[0].bias.requires_grad = True
    model.save(tmp_path / "m.safetensors")
    loaded = nn.load(tmp_path / "m.safetensors")
    assert [layer.trainable for layer in loaded.layers] == [False, True, True, True, True, True]
    found = {name: value.requires_grad for name, value in loaded.named_weights()}
    assert found == {"layers.0.weight": False, "layers.0.bias": True, "layers.5.weight": True}


def test_shared_generators_stay_shared_and_seeds_of_any_kind_come_back(tmp_path):
    rng = np.random.default_rng([1, 2, 3])
    layers = [Dense(3, input_dim=4), Dropout(0.5, seed=rng), Dropout(0.5, seed=rng)]
    model = nn.Sequential(layers, seed=np.random.default_rng(2**100))
    rng.integers(0, 5, dtype=np.uint32)
    model.save(tmp_path / "m.safetensors")
    loaded = nn.load(tmp_path / "m.safetensors")
    assert loaded.layers[1].rng is loaded.layers[2].rng
    assert loaded.layers[0].rng is not loaded.layers[1].rng
    for ours, theirs in ((model, loaded), (model.layers[1], loaded.layers[1])):
        assert ours.rng.bit_generator.state == theirs.rng.bit_generator.state
        assert ours.rng.spawn(1)[0].random() == theirs.rng.spawn(1)[0].random()
    unseeded = nn.Sequential([Dense(3, input_dim=4)])
    unseeded.save(tmp_path / "m.safetensors")
    nn.load(tmp_path / "m.safetensors")


def test_a_history_with_nan_comes_back(tmp_path):
    model = sequential()
    model.compile("sgd", "mse")
    model.fit(X, Y, epochs=1, verbose=0)
    model.history.history["loss"] = [1.0, float("nan"), float("inf")]
    model.save(tmp_path / "m.safetensors")
    found = nn.load(tmp_path / "m.safetensors").history.history["loss"]
    np.testing.assert_array_equal(found, [1.0, np.nan, np.inf])


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_and_its_settings_come_back(tmp_path, name):
    kind = INITIALIZERS[name]
    options = {"seed": 2**60} if "seed" in kind().settings() else {}
    layer = Dense(3, input_dim=4, kernel_initializer=kind(**options), bias_initializer=kind)
    if name == "orthogonal":
        layer = Dense(3, input_dim=4, kernel_initializer=kind(**options))
    model = nn.Sequential([layer], seed=0)
    model.save(tmp_path / "m.safetensors")
    loaded = nn.load(tmp_path / "m.safetensors").layers[0].kernel_initializer
    assert type(loaded) is kind
    assert loaded.settings() == kind(**options).settings()


EVERYTHING = [
    *[("activation", function) for function in nn.activations.ACTIVATIONS.values()],
    *[("loss", function) for function in [*losses.LOSSES.values(), losses.cross_entropy]],
    *[("metric", function) for function in metrics.METRICS.values()],
    *[("object", made) for made in (regularizers.L1(0.5), regularizers.L2(), losses.Hinge(),
      constraints.MaxNorm(3.0, axis=(1, 2)), constraints.NonNeg(), constraints.MinMaxNorm(), regularizers.L1L2(0.1, 0.2), losses.MeanSquaredError(), losses.MeanAbsoluteError(),
      losses.Huber(2.0), losses.BinaryCrossentropy(from_logits=True),
      losses.CategoricalCrossentropy(), losses.SparseCategoricalCrossentropy(from_logits=True),
      *(kind() for kind in vars(metrics).values() if isinstance(kind, type) and kind.__module__ == "nn.metrics" and kind.__name__[0] != "_"),
      metrics.Precision(0.3, name="p"))],
    *[("value", made) for made in (None, True, 3, 2.5, float("inf"), float("-inf"), "text",
      [1, [2.0]], (1, None), {"a": [1], "b": {"c": None}}, [], ())],
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "thing"), EVERYTHING, ids=lambda x: str(x).partition(" at 0x")[0][:40]
)
def test_settings_come_back_from_json(kind, thing):
    found = plain.from_plain(json.loads(json.dumps(plain.as_plain(thing), allow_nan=False)))
    assert type(found) is type(thing)
    if kind == "object":
        assert found.settings() == thing.settings()
    else:
        assert found == thing
    assert plain.as_plain(np.float32(0.5)) == 0.5


def subclasses(kind):
    for sub in kind.__subclasses__():
        yield sub
        yield from subclasses(sub)


#: Layers that others are made of, and that stand in no model themselves.
BASES = {
    "Fitting", "Merging", "UnitLayer", "Convolution", "Pooling", "GlobalPooling",
    "RecurrentLayer", "GatedLayer", "Normalization",
}  # fmt: skip


def is_of_nn(kind):
    """True for what a module of nn holds; a class of its doctests only claims to be there."""
    module = sys.modules.get(kind.__module__) if kind.__module__.startswith("nn.") else None
    return getattr(module, kind.__name__, None) is kind


def test_every_layer_of_nn_is_in_the_table_and_nothing_else_is():
    ours = {kind for kind in subclasses(LazyLayer) if is_of_nn(kind)}
    assert {kind.__name__ for kind in ours} - BASES == set(CLASSES) - {"MLP", "Layer", "Neuron"}
    assert all(kind.__module__.startswith("nn.") for kind in CLASSES.values())


IMAGES, SERIES = RNG.normal(size=(12, 6, 6, 2)), RNG.normal(size=(12, 7, 3))
L = nn.layers

#: A model of each kind of layer, with other settings than those it has by default.
LAYERS = {
    "Conv2D": (lambda: [L.Conv2D(4, (3, 2), strides=2, padding="same", activation="relu", kernel_constraint="max_norm"), Flatten()], IMAGES),
    "Conv1D": (lambda: [L.Conv1D(4, 3, padding="causal", dilation_rate=2, bias_regularizer="l1"), Flatten()], SERIES),
    "MaxPooling2D": (lambda: [L.MaxPool2D(2, strides=1, padding="same"), Flatten()], IMAGES),
    "AveragePooling2D": (lambda: [L.AveragePool((3, 2)), Flatten()], IMAGES),
    "MaxPooling1D": (lambda: [L.MaxPool1D(3), Flatten()], SERIES),
    "AveragePooling1D": (lambda: [L.AvgPool1D(2), Flatten()], SERIES),
    "GlobalMaxPooling2D": (lambda: [L.GlobalMaxPooling2D()], IMAGES),
    "GlobalAveragePooling2D": (lambda: [L.GlobalAveragePooling2D(keepdims=True), Flatten()], IMAGES),
    "GlobalMaxPooling1D": (lambda: [L.GlobalMaxPooling1D()], SERIES),
    "GlobalAveragePooling1D": (lambda: [L.GlobalAveragePooling1D()], SERIES),
    "SimpleRNN": (lambda: [L.SimpleRNN(4, dropout=0.2, go_backwards=True)], SERIES),
    "LSTM": (lambda: [L.LSTM(3, return_sequences=True, unit_forget_bias=False, recurrent_dropout=0.1), Flatten()], SERIES),
    "GRU": (lambda: [L.GRU(3, reset_after=False, recurrent_activation="tanh")], SERIES),
    "GRU after": (lambda: [L.GRU(3, kernel_constraint="unit_norm")], SERIES),
    "Embedding": (lambda: [L.Embedding(9, 4, embeddings_regularizer="l2"), Flatten()], np.arange(36).reshape(12, 3) % 9),
    "BatchNormalization": (lambda: [Flatten(), L.BatchNormalization(momentum=0.9, scale=False)], SERIES),
    "LayerNormalization": (lambda: [L.LayerNormalization(epsilon=0.01, center=False), Flatten()], SERIES),
}  # fmt: skip


def test_the_models_of_layers_leave_none_out():
    tested = {name.split()[0] for name in LAYERS}
    above = {"Dense", "Dropout", "Reshape", "Flatten", "Activation", "Add", "Multiply", "Subtract",
             "Concatenate", "InputLayer", "Sequential", "Model", "MLP", "Layer", "Neuron"}  # fmt: skip
    assert tested | above == set(CLASSES)


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_trains_on_after_it_came_back(tmp_path, name):
    make, x = LAYERS[name]
    model = nn.Sequential([*make(), Dense(1)], seed=0)
    model.compile(optimizers.SGD(learning_rate=0.01, momentum=0.9), "mse")
    y = np.linspace(-1, 1, len(x))
    model.fit(x, y, epochs=1, batch_size=4, verbose=0)
    model.save(tmp_path / "m.safetensors")
    loaded = nn.load(tmp_path / "m.safetensors")
    layer, other = model.layers[0], loaded.layers[0]
    ours, theirs = architecture.settings_of(layer), architecture.settings_of(other)
    assert {k: str(v) for k, v in ours.items()} == {k: str(v) for k, v in theirs.items()}
    for one in (model, loaded):
        one.fit(x, y, epochs=2, batch_size=4, verbose=0)
    assert model.history.history == loaded.history.history
    for (path, value), (same, found) in zip(
        model.named_weights(), loaded.named_weights(), strict=True
    ):
        assert (path, value.requires_grad, value.label) == (same, found.requires_grad, found.label)
        np.testing.assert_array_equal(value.data, found.data)


def test_moving_statistics_are_among_the_weights_saved(tmp_path):
    model = nn.Sequential([L.BatchNormalization(input_shape=(3,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.fit(X[:, :3], Y, epochs=2, verbose=0)
    model.save_weights(tmp_path / "w.npz")
    other = nn.Sequential([L.BatchNormalization(input_shape=(3,)), Dense(1)], seed=1)
    other.load_weights(tmp_path / "w.npz")
    assert np.any(other.layers[0].moving_mean.data != 0)
    np.testing.assert_array_equal(other.predict(X[:, :3]), model.predict(X[:, :3]))


def test_a_class_of_your_own_cannot_enter_the_table():
    with pytest.raises(
        TypeError, match=r"savable\(\) got .*Mine of .*test_model_files; expected a c"
    ):

        @savable
        class Mine(Dense):
            pass

    assert "Mine" not in CLASSES


# -- what a file cannot hold


class OwnModel(nn.Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(1)

    def call(self, inputs):
        return self.dense(inputs)


class OwnLayer(Dense):
    pass


class OwnAdam(optimizers.Adam):
    pass


def own_model():
    model = OwnModel()
    model(X)
    return model


def built(*layers, optimizer="sgd", loss="mse"):
    model = nn.Sequential([*layers, Dense(1, input_shape=None if layers else (4,))], seed=0)
    model.compile(optimizer, loss)
    model.predict(X)
    return model


def with_attribute():
    model = built()
    model.extra = nn.Layer(2, 2)
    return model


def mixed_mlp():
    model = nn.MLP(3, [2, 2, 1])
    model.layers[0].activation = nn.activations.tanh
    return model


def narrow():
    model = built()
    model.layers[0].weight = nn.module.Value(model.layers[0].weight.data.astype("f4"))
    return model


def undescribed():
    model = built()
    del model.layers[0].use_bias
    return model


def shared_inside():
    shared, inputs = Dense(4), Input(shape=(4,))
    inner = nn.Model(inputs, shared(inputs), name="inner")
    outer = Input(shape=(4,))
    return nn.Model(outer, Dense(1)(shared(inner(outer))))


def twister():
    model = built(Dropout(0.5, seed=np.random.Generator(np.random.MT19937(0))))
    return model


OWN = {
    "a subclassed model": (own_model, "the OwnModel 'own_model', a class of your own"),
    "a bare Model": (lambda: bare(), "the Model 'model', which has no inputs and outputs"),
    "a layer": (lambda: built(OwnLayer(2)), "the OwnLayer 'own_layer_1', a class of your own"),
    "an activation": (lambda: built(Dense(2, lambda z: z)), "<lambda>, which is not part of nn"),
    "an initializer": (
        lambda: built(Dense(2, kernel_initializer=lambda shape, rng: np.ones(shape))), "not part of"
    ),
    "a loss": (lambda: built(loss=lambda p, t: ((p - t) ** 2).mean()), "which is not part of nn"),
    "an optimizer": (lambda: built(optimizer=OwnAdam()), "the optimizer OwnAdam, a class of your"),
    "a schedule": (lambda: built(optimizer=optimizers.SGD(lambda step: 0.1)), "a learning rate that"),
    "another attribute": (with_attribute, "weights that the layers alone do not lead to: 'extra."),
    "another type": (narrow, "weights that the layers alone do not lead to: 'layers.0.weight'"),
    "a layer in two models": (shared_inside, "weights that the layers alone do not lead to"),
    "a mixed MLP": (mixed_mlp, "an MLP whose hidden layers differ in activation"),
    "another generator": (twister, "a generator of MT19937; known is np.random.default_rng"),
    "a lost setting": (undescribed, "'Dense' object has no attribute 'use_bias'"),
}  # fmt: skip


def bare():
    model = nn.Model()
    model.dense = nn.Layer(1, 1)
    return model


@pytest.mark.parametrize("kind", OWN)
def test_what_a_file_cannot_hold_is_refused_with_a_way_out(tmp_path, kind):
    make, message = OWN[kind]
    model = make()
    with pytest.raises(WeightsError) as caught:
        save(model, tmp_path / "m.safetensors")
    assert message in str(caught.value)
    assert "Save its weights: model.save_weights(path)." in str(caught.value)
    assert not list(tmp_path.iterdir())
    model.save_weights(tmp_path / "w.npz")


@pytest.mark.parametrize("kind", ["a loss", "an optimizer", "a schedule"])
def test_a_model_is_saved_without_what_compile_was_told(tmp_path, kind):
    model = OWN[kind][0]()
    with pytest.raises(
        WeightsError, match="Or leave out optimizer, loss and metrics: compiled=False"
    ):
        model.save(tmp_path / "m.safetensors")
    model.save(tmp_path / "m.safetensors", compiled=False)
    loaded = nn.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    with pytest.raises(ValueError, match="was not compiled"):
        loaded.fit(X, Y)


def test_names_and_states_that_will_not_do(tmp_path):
    model = sequential()
    with pytest.raises(
        WeightsError, match=r"expected .safetensors. Weights alone can also be save"
    ):
        model.save(tmp_path / "m.npz")
    with pytest.raises(WeightsError, match=r"another ending; expected .safetensors"):
        nn.load(tmp_path / "m.keras")
    with pytest.raises(TypeError, match=r"load\(\) got a path of type int"):
        nn.load(3)
    with pytest.raises(WeightsError, match="a model without weights"):
        nn.Sequential([Dense(3)]).save(tmp_path / "m.safetensors")
    model.layers[0].weight.data = np.full((8, 4), np.nan)
    with pytest.raises(WeightsError, match=r"weights/layers.0.weight'.* got the number nan"):
        model.save(tmp_path / "m.safetensors")
    model.save(tmp_path / "m.safetensors", allow_nonfinite=True)
    with pytest.raises(WeightsError, match="got the number nan"):
        nn.load(tmp_path / "m.safetensors")
    assert np.isnan(
        nn.load(tmp_path / "m.safetensors", allow_nonfinite=True).get_weights()[0]
    ).all()


# -- hostile descriptions


def rewritten(path, change):
    """The file with its JSON changed and all checksums right again."""
    with safetensors.Source(str(path)) as source:
        contents = safetensors.scan(source)
        arrays = {e.name: np.empty(e.shape, e.dtype) for e in contents.entries}
        safetensors.fill(source, contents, arrays)
    described = json.loads(contents.text["model"])
    arrays = change(described, arrays) or arrays
    text = described if isinstance(described, str) else json.dumps(described)
    nn.saving.weights.write(str(path), arrays, {"kind": "model", "model": text}, True)


def stack(d):
    return d["architecture"]


HOSTILE = {
    "a class of another module": lambda d, a: stack(d).update({"class": "os.system"}),
    "a class that is no text": lambda d, a: stack(d).update({"class": ["Dense"]}),
    "a layer of another module": lambda d, a: stack(d)["layers"][0].update({"class": "eval"}),
    "an activation of another module": lambda d, a: setting(d).update({"activation": {"activation": "os.system"}}),
    "an unknown kind of setting": lambda d, a: setting(d).update({"activation": {"lambda": "z: z"}}),
    "an unknown object": lambda d, a: setting(d).update({"kernel_initializer": {"initializer": "Bomb", "settings": {"dict": {}}}}),
    "an object with two keys": lambda d, a: setting(d).update({"kernel_initializer": {"a": 1, "b": 2}}),
    "an empty object": lambda d, a: setting(d).update({"kernel_initializer": {}}),
    "a raw list": lambda d, a: setting(d).update({"units": [8]}),
    "a float that is none": lambda d, a: setting(d).update({"units": {"float": "8"}}),
    "units without end": lambda d, a: setting(d).update({"units": 2**40}),
    "more units than the file has": lambda d, a: setting(d).update({"units": 4_000_000}),
    "units below zero": lambda d, a: setting(d).update({"units": -8}),
    "an unknown argument": lambda d, a: setting(d).update({"code": "import os"}),
    "a missing argument": lambda d, a: setting(d).pop("units") and None,
    "an input of a terabyte": lambda d, a: stack(d).update({"input_shape": {"tuple": [None, 4_000_000, 4_000_000]}}),
    "an input of negative length": lambda d, a: stack(d).update({"input_shape": {"tuple": [None, -4]}}),
    "no input": lambda d, a: [part.update({"input_shape": None}) for part in (stack(d), stack(d)["layers"][0])] and None,
    "a name that is no text": lambda d, a: stack(d)["layers"][0].update({"name": 3}),
    "a number that is none": lambda d, a: stack(d)["layers"][0].update({"number": "1"}),
    "a layer too few": lambda d, a: stack(d)["layers"].pop() and None,
    "no architecture": lambda d, a: d.pop("architecture") and None,
    "an optimizer of one's own": lambda d, a: d["optimizer"].update({"name": "Bomb"}),
    "other parameters": lambda d, a: d["optimizer"].update({"parameters": ["layers.9.weight"]}),
    "negative steps": lambda d, a: d["optimizer"].update({"steps": -1}),
    "a loss of another module": lambda d, a: d["compiled"]["tuple"].__setitem__(0, {"loss": "os.system"}),
    "no loss": lambda d, a: d["compiled"]["tuple"].__setitem__(0, None),
    "a schedule of one's own": lambda d, a: d["optimizer"]["settings"]["dict"].update({"learning_rate": {"dict": {"schedule": "Bomb"}}}),
    "a negative rate": lambda d, a: d["optimizer"]["settings"]["dict"].update({"learning_rate": -1.0}),
    "too few generators": lambda d, a: d["generator_of"].pop() and None,
    "a generator that is not there": lambda d, a: d.update({"generator_of": [99] * len(d["generator_of"])}),
    "a generator with a pool of a terabyte": lambda d, a: d["generators"][0].update({"pool_size": 2**40}),
    "a generator without a state": lambda d, a: d["generators"][0].update({"state": None}),
    "a history of text": lambda d, a: d["history"].update({"numbers": {"dict": {"loss": {"list": ["x"]}}}}),
    "arrays that are missing": lambda d, a: {k: x for k, x in a.items() if k != "weights/layers.0.bias"},
    "arrays of another optimizer": lambda d, a: {**a, "optimizer/momentum/0": np.zeros(1)},
    "optimizer arrays that are missing": lambda d, a: {k: x for k, x in a.items() if "optimizer/" not in k},
    "NaN in the optimizer": lambda d, a: {**a, "optimizer/m/0": np.full((8, 4), np.nan)},
}  # fmt: skip


def setting(described):
    return stack(described)["layers"][0]["settings"]["dict"]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "good.safetensors"
    model = sequential()
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, epochs=1, verbose=0)
    model.save(path)
    return path


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_descriptions_are_refused(tmp_path, good, kind):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(good.read_bytes())
    rewritten(path, lambda described, arrays: None)
    nn.load(path)
    rewritten(path, HOSTILE[kind])
    with pytest.raises(WeightsError) as caught:
        nn.load(path)
    assert caught.value.file == str(path)


def places(node, path=()):
    """The paths to all parts of a JSON value."""
    yield path
    pairs = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, child in pairs:
        yield from places(child, (*path, key))


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["Dense", "relu", "activation", "tuple", "", "layers.0.weight", 2**22, -1]),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["dict", "list", "call", "loss", "settings"]), part, max_size=3),
    max_leaves=5,
)  # fmt: skip


@pytest.mark.slow
@given(data=st.data())
def test_no_description_does_more_than_load_or_be_refused(tmp_path_factory, good, data):
    path = tmp_path_factory.getbasetemp() / "fuzzed.safetensors"
    path.write_bytes(good.read_bytes())

    def change(described, arrays):
        *parents, last = data.draw(st.sampled_from([p for p in places(described) if p]))
        node = described
        for key in parents:
            node = node[key]
        node[last] = data.draw(junk)

    rewritten(path, change)
    with contextlib.suppress(WeightsError):
        nn.load(path)


def test_a_functional_model_cannot_read_from_the_end_or_itself(tmp_path):
    path = tmp_path / "m.safetensors"
    for change in (
        lambda d, a: stack(d)["calls"][2].update({"layer": -1}),
        lambda d, a: stack(d)["calls"][2].update({"layer": True}),
        lambda d, a: stack(d)["calls"][2].update({"reads": {"call": 2, "position": 0}}),
        lambda d, a: stack(d)["calls"][2].update({"reads": {"call": 0, "position": 7}}),
        lambda d, a: stack(d)["calls"][2].update({"reads": {"list": []}}),
        lambda d, a: stack(d).update({"outputs": {"list": []}}),
    ):
        functional().save(path)
        nn.load(path)
        rewritten(path, change)
        with pytest.raises(WeightsError, match=r"that leads nowhere|other arrays; missing: none"):
            nn.load(path)


def test_a_description_that_is_deep_is_refused(tmp_path, good):
    path = tmp_path / "m.safetensors"
    path.write_bytes(good.read_bytes())
    deep = {"list": []}
    for _ in range(300):
        deep = {"list": [deep]}
    rewritten(path, lambda d, a: setting(d).update({"units": deep}))
    with pytest.raises(WeightsError):
        nn.load(path)


@pytest.mark.slow
def test_every_flip_of_a_model_file_is_refused(tmp_path, good):
    raw, path = good.read_bytes(), tmp_path / "bad.safetensors"
    assert len(raw) < 6000
    for place in range(0, len(raw), 3):
        damaged = bytearray(raw)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(bytes(damaged))
        with pytest.raises(WeightsError):
            load(path)


def test_loading_runs_in_a_fresh_process_without_pickle(good):
    code = (
        "import sys, nn\n"
        "class Never: pass\n"
        "import pickle\n"
        "pickle.loads = pickle.load = pickle.Unpickler = None\n"
        f"model = nn.load({str(good)!r})\n"
        "print(len(model.layers), model.optimizer.steps)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "6 2\n"


def test_parts_of_a_description_are_taken_apart_with_care():
    assert architecture.label_of(nn.Layer(1, 1, number=2)) == "layer 2"
    architecture.check_size([(None, 3), (None, None)])
    with pytest.raises(ValueError, match=r"of more than 4194304 numbers"):
        architecture.check_size((None, 4_000_000, 2))
    state = training_state.described_generator(np.random.default_rng(0))
    with pytest.raises(ValueError, match="a generator with a strange seed"):
        training_state.restored_generator({**state, "spawn_key": [0] * 65})


def test_losses_and_metrics_given_as_classes_or_objects_come_back(tmp_path):
    measures = [metrics.RootMeanSquaredError, metrics.MeanAbsoluteError(name="error")]
    model = nn.Sequential([Dense(1, input_dim=3)], seed=0)
    model.compile("sgd", losses.Huber, metrics=measures)
    x, y = np.arange(12.0).reshape(4, 3), np.arange(4.0)
    model.save(tmp_path / "model.safetensors")
    again = nn.load(tmp_path / "model.safetensors")
    found = model.evaluate(x, y, verbose=0, return_dict=True)
    assert again.evaluate(x, y, verbose=0, return_dict=True) == found
    assert list(found) == ["loss", "root_mean_squared_error", "error"]
