"""Files of weights: what is written is what comes back, in both formats and for every model."""

import json
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest
import safetensors.numpy

import nn
from autograd import Value
from nn.layers import Dense
from nn.saving import WeightsError, load_arrays, load_weights, save_arrays, save_weights

ENDINGS = [".npz", ".safetensors"]
ARRAYS = {
    "layers.0.weight": np.arange(6.0).reshape(2, 3),
    "layers.0.bias": np.float32(3),
    "empty": np.zeros((0, 3)),
    "half/precision": np.array([1.0, -0.0, 65504.0], np.float16),
}


class Scale(nn.Module):
    def __init__(self, factors):
        self.factors = {name: Value(number) for name, number in factors.items()}
        self.offset = Value(np.zeros(2), requires_grad=False)

    def forward(self, x):
        return x


class Subclass(nn.Model):
    def __init__(self, seed):
        super().__init__(seed=seed)
        self.first, self.last = Dense(3, activation="tanh"), Dense(1)
        self(np.ones((1, 2)))

    def call(self, inputs):
        return self.last(self.first(inputs))


def functional(seed):
    inputs = nn.Input(shape=(2,))
    shared = Dense(2)
    return nn.Model(inputs, Dense(1)(shared(shared(inputs))), seed=seed)


def sequential(seed):
    return nn.Sequential([Dense(3, activation="relu", input_dim=2), Dense(1)], seed=seed)


KINDS = {
    "neuron": lambda seed: nn.Neuron(3, rng=seed),
    "layer": lambda seed: nn.Layer(3, 2, rng=seed),
    "mlp": lambda seed: nn.MLP(2, [3, 1], seed=seed),
    "module": lambda seed: Scale({"a": float(seed), "b": 2.0}),
    "sequential": sequential,
    "functional": functional,
    "subclass": Subclass,
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_arrays_come_back_with_their_bits_shapes_and_types(tmp_path, ending):
    path = tmp_path / f"arrays{ending}"
    save_arrays(path, ARRAYS)
    found = load_arrays(path)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert found[name].tobytes() == np.asarray(array).tobytes()
        assert (found[name].shape, found[name].dtype) == (np.shape(array), array.dtype)
        assert found[name].flags.writeable
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_gets_its_weights_back(tmp_path, kind, ending):
    model, other = KINDS[kind](1), KINDS[kind](2)
    path = str(tmp_path / f"w{ending}")
    model.save_weights(path)
    before = [np.array(value.data) for _, value in other.named_weights()]
    other.load_weights(path)
    pairs = list(zip(model.named_weights(), other.named_weights(), strict=True))
    assert pairs
    for (name, value), (same, loaded) in pairs:
        assert name == same
        np.testing.assert_array_equal(value.data, loaded.data)
        assert type(value.data) is type(loaded.data)
    after = [value.data for _, value in other.named_weights()]
    assert any(np.any(old != new) for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("ending", ENDINGS)
def test_equal_weights_give_equal_bytes(tmp_path, ending):
    model = nn.MLP(3, [4, 1], seed=0)
    fortran = {name: np.asfortranarray(value.data) for name, value in model.named_weights()}
    swapped = {name: value.data.astype(">f8") for name, value in model.named_weights()}
    save_weights(model, tmp_path / f"a{ending}")
    save_arrays(tmp_path / f"b{ending}", fortran)
    save_arrays(tmp_path / f"c{ending}", swapped)
    assert len({(tmp_path / f"{k}{ending}").read_bytes() for k in "abc"}) == 1


def test_numpy_and_the_zip_module_read_the_npz(tmp_path):
    save_arrays(tmp_path / "a.npz", ARRAYS)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        assert file.files == list(ARRAYS)
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(file[name], array)
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        assert archive.testzip() is None
        assert archive.comment.startswith(b"glassgrad 1 sha256 ")


def test_the_safetensors_library_reads_the_file_and_every_array_is_aligned(tmp_path):
    save_arrays(tmp_path / "a.safetensors", ARRAYS)
    raw = (tmp_path / "a.safetensors").read_bytes()
    found = safetensors.numpy.load(raw)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    assert header.pop("__metadata__")["glassgrad"] == "1"
    for name, claim in header.items():
        start = 8 + length + claim["data_offsets"][0]
        assert start % np.asarray(ARRAYS[name]).itemsize == 0


def test_files_of_numpy_and_of_the_library_are_taken_when_that_is_asked_for(tmp_path):
    arrays = {"layers.0.weight": np.arange(6.0).reshape(3, 2).T, "layers.0.bias": np.zeros(2)}
    np.savez(tmp_path / "a.npz", **arrays)
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    safetensors.numpy.save_file(contiguous, tmp_path / "a.safetensors", metadata={"format": "np"})
    for ending in ENDINGS:
        model = nn.MLP(3, [2], seed=0)
        with pytest.raises(WeightsError, match=r"a file without a checksum; expected .* foreign=T"):
            load_weights(model, tmp_path / f"a{ending}")
        load_weights(model, tmp_path / f"a{ending}", foreign=True)
        np.testing.assert_array_equal(model.layers[0].weight.data, arrays["layers.0.weight"])
        found = load_arrays(tmp_path / f"a{ending}", foreign=True)
        np.testing.assert_array_equal(found["layers.0.weight"], arrays["layers.0.weight"])


@pytest.mark.parametrize("ending", ENDINGS)
def test_missing_and_extra_arrays_are_both_listed(tmp_path, ending):
    path = str(tmp_path / f"w{ending}")
    save_arrays(path, {"layers.0.weight": np.zeros((4, 3)), "other": np.zeros(2)})
    model = nn.MLP(3, [4, 1], seed=0)
    with pytest.raises(WeightsError) as caught:
        model.load_weights(path)
    error = caught.value
    assert error.file == path
    assert error.entry is None
    assert error.found == (
        "other arrays; missing: layers.0.bias, layers.1.bias, layers.1.weight; extra: other"
    )
    assert error.expected == (
        "exactly layers.0.bias, layers.0.weight, layers.1.bias, layers.1.weight"
    )
    many = {f"a{k}": np.zeros(1) for k in range(50)}
    save_arrays(path, many)
    with pytest.raises(WeightsError, match=r"a44 and 10 more; expected exactly"):
        model.load_weights(path)


SHAPES = [(3, 2), (2, 3, 1), (6,), (2, 1), (1, 3), (), (2, 4)]


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_broadcast_transposed_or_reshaped(tmp_path, shape):
    path = str(tmp_path / "w.npz")
    layer = nn.Layer(3, 2, rng=0)
    before = layer.weight.data.copy()
    save_arrays(path, {"weight": np.zeros(shape), "bias": np.zeros(2)})
    with pytest.raises(WeightsError) as caught:
        layer.load_weights(path)
    assert str(caught.value) == (
        f"{path}, entry 'weight': got shape {shape}; expected shape (2, 3)."
        + (" Nothing is transposed." if shape == (3, 2) else "")
    )
    assert caught.value.entry == "weight"
    np.testing.assert_array_equal(layer.weight.data, before)


@pytest.mark.parametrize("ending", ENDINGS)
def test_another_type_is_converted_only_when_asked_for(tmp_path, ending):
    path, layer = str(tmp_path / f"w{ending}"), nn.Layer(1, 2, rng=0)
    save_arrays(path, {"weight": np.array([[0.1], [0.2]], "f4"), "bias": np.zeros(2)})
    with pytest.raises(WeightsError, match=r"got float32; expected float64. To convert, pass cas"):
        layer.load_weights(path)
    layer.load_weights(path, cast=True)
    assert layer.weight.dtype == np.float64
    np.testing.assert_array_equal(layer.weight.data[:, 0], np.array([0.1, 0.2], "f4"))
    half = Scale({})
    half.factors = {"a": Value(np.array([1.0, 2.0], np.float16))}
    save_arrays(path, {"factors.a": np.array([1.0, 1e6]), "offset": np.zeros(2)})
    with pytest.raises(WeightsError, match=r"'factors.a': got the number inf; expected finite"):
        half.load_weights(path, cast=True)
    np.testing.assert_array_equal(half.factors["a"].data, [1, 2])


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused_unless_asked_for(tmp_path, ending, number):
    path, layer = str(tmp_path / f"w{ending}"), nn.Layer(3, 2, rng=0)
    layer.save_weights(path)
    good = (tmp_path / f"w{ending}").read_bytes()
    layer.weight.data = [[1.0, 2.0, 3.0], [4.0, number, 6.0]]
    with pytest.raises(WeightsError, match=rf"'weight': got the number {number}; expected finite"):
        layer.save_weights(path)
    assert (tmp_path / f"w{ending}").read_bytes() == good
    layer.save_weights(path, allow_nonfinite=True)
    other = nn.Layer(3, 2, rng=1)
    with pytest.raises(WeightsError, match=r"To take them as they are, pass allow_nonfinite=True"):
        other.load_weights(path)
    other.load_weights(path, allow_nonfinite=True)
    np.testing.assert_array_equal(other.weight.data, layer.weight.data)


def test_a_large_transposed_array_is_checked_for_nan_in_pieces(tmp_path):
    array = np.zeros((3, 700_000)).T
    array[699_999, 1] = np.nan
    np.savez(tmp_path / "a.npz", w=array)
    with pytest.raises(WeightsError, match=r"'w': got the number nan"):
        load_arrays(tmp_path / "a.npz", foreign=True)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "array", [np.array([1]), np.array([True]), np.array([1j]), np.array(["a"]), np.array([None]),
              np.zeros(2, "f8,f8"), np.array([1.0], np.longdouble)],
    ids=["int", "bool", "complex", "text", "object", "structured", "longdouble"],
)  # fmt: skip
def test_only_floating_numbers_are_saved(tmp_path, array, ending):
    with pytest.raises(WeightsError, match=r"'w': got .* numbers; expected float64, float32 or"):
        save_arrays(tmp_path / f"w{ending}", {"w": array})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name", ["", "a b", "../w", "a/../b", "/w", "a//b", "./a", "ä", "a" * 1001, "a\n"]
)
@pytest.mark.parametrize("ending", ENDINGS)
def test_names_are_plain_and_stay_in_their_folder(tmp_path, name, ending):
    with pytest.raises(WeightsError, match=r"a name that is not allowed; expected up to 1000 let"):
        save_arrays(tmp_path / f"w{ending}", {name: np.zeros(1)})


def test_a_path_must_be_a_path_and_end_in_a_known_way(tmp_path):
    layer = nn.Layer(3, 2)
    for wrong in (3, None, b"w.npz", True):
        with pytest.raises(TypeError, match=r"got a path of type \w+; expected a str or a pathli"):
            layer.save_weights(wrong)
        with pytest.raises(TypeError, match=r"load_weights\(\) got a path of type"):
            layer.load_weights(wrong)
    for name in ("w.pkl", "w", "w.npz.gz", "w.h5"):
        with pytest.raises(WeightsError, match=r"another ending; expected .npz or .safetensors"):
            layer.save_weights(tmp_path / name)
    with pytest.raises(WeightsError, match="from the system; expected a file that can be read"):
        layer.load_weights("a\0b.npz")
    with pytest.raises(WeightsError, match=r"got 'No such file or directory' from the system"):
        layer.load_weights(os.path.join(tmp_path, "none.npz"))


def test_a_model_without_weights_says_how_it_gets_them(tmp_path):
    model = nn.Sequential([Dense(3)])
    for act in (model.save_weights, model.load_weights):
        with pytest.raises(WeightsError, match=r"a model without weights; .* call the model once"):
            act(tmp_path / "w.npz")
    with pytest.raises(WeightsError, match="got no arrays; expected at least one"):
        save_arrays(tmp_path / "w.npz", {})


def test_too_many_names_are_refused(tmp_path):
    arrays = {f"{'a' * 990}{k}": np.zeros(1) for k in range(1200)}
    for ending in ENDINGS:
        with pytest.raises(WeightsError, match=r"a header of \d+ bytes; expected at most 1048576"):
            save_arrays(tmp_path / f"w{ending}", arrays)
    assert not list(tmp_path.iterdir())
    with pytest.raises(WeightsError, match="a name with 64 zeros in a row; expected another"):
        save_arrays(tmp_path / "w.safetensors", {"0" * 64: np.zeros(1)})


def test_frozen_weights_are_saved_too(tmp_path):
    model, other = sequential(0), sequential(1)
    model.layers[0].trainable = other.layers[0].trainable = False
    model.save_weights(tmp_path / "w.npz")
    other.load_weights(tmp_path / "w.npz")
    np.testing.assert_array_equal(model.get_weights()[0], other.get_weights()[0])
    assert not other.layers[0].weight.requires_grad


def test_the_error_passes_from_one_process_to_another():
    error = pickle.loads(pickle.dumps(WeightsError("f.npz", "w", "this", "that", "Do so.")))
    assert str(error) == "f.npz, entry 'w': got this; expected that. Do so."
    assert (error.file, error.entry, error.found, error.expected) == ("f.npz", "w", "this", "that")
    assert isinstance(error, ValueError)
