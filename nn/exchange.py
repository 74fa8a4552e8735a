"""Exchange: weights carried over to and from PyTorch and Keras, as plain arrays.

Nothing of theirs is imported: PyTorch's ``state_dict`` is a dict from names to arrays, Keras's
``get_weights`` a list. Only weights are carried; the other network must have the same layers in
the same order, with the same settings (the ε of a normalisation differs by default).

Layouts: ours are PyTorch's, but for GRU, whose gates PyTorch orders r, z; and PyTorch's recurrent
layers have a second bias, which is added to the first. After convolutions with channels last,
``Flatten`` orders features by place and then by channel, PyTorch's by channel and then by place:
the columns of the next Dense are put in order. Keras's kernels are transposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd import Value

from .convolution_layers import Conv1D, Conv2D
from .core_layers import Flatten
from .dense import Dense
from .embedding_layer import Embedding
from .layers import Layer
from .lazy_layer import LazyLayer, layers_under
from .models import MLP
from .neuron import Neuron
from .normalization_layers import BatchNormalization, LayerNormalization
from .recurrent_layers import GRU, LSTM, SimpleRNN
from .sequential import Sequential

Arrays = dict[str, Any]

UNITS = {"weight": "weight", "bias": "bias"}
SCALES = {"gamma": "weight", "beta": "bias"}
RECURRENT = {
    "weight": "weight_ih_l0",
    "recurrent_weight": "weight_hh_l0",
    "bias": "bias_ih_l0",
    "recurrent_bias": "bias_hh_l0",
}
#: How the weights of our layers are called in PyTorch, in Keras's order.
TORCH: dict[type, dict[str, str]] = {
    Dense: UNITS,
    Layer: UNITS,
    Neuron: UNITS,
    Conv1D: UNITS,
    Conv2D: UNITS,
    Embedding: {"weight": "weight"},
    LayerNormalization: SCALES,
    BatchNormalization: {
        **SCALES,
        "moving_mean": "running_mean",
        "moving_variance": "running_var",
    },
    SimpleRNN: RECURRENT,
    LSTM: RECURRENT,
    GRU: RECURRENT,
}


def to_torch_state(model: Any, names: Iterable[str] | None = None) -> Arrays:
    """The weights as a PyTorch module's ``load_state_dict`` takes them, once made tensors.

    ``names`` are those of the module, ``module.state_dict()``; without them an entry is called
    by our layer, ``dense_1.weight``.

    >>> from nn.models import MLP
    >>> state = to_torch_state(MLP(3, [4, 2], seed=0), ["0.weight", "0.bias", "2.weight", "2.bias"])
    >>> {name: array.shape for name, array in state.items()}
    {'0.weight': (4, 3), '0.bias': (4,), '2.weight': (2, 4), '2.bias': (2,)}

    Raises:
        TypeError: a layer that PyTorch has no like of.
        ValueError: names that do not fit the layers.
    """
    layers = carried_layers(model)
    axes = flattened_axes(model, layers)
    groups: dict[str, list[str]]
    if names is None:
        groups = {layer_name(layer, k): [] for k, layer in enumerate(layers)}
    else:
        groups = grouped(names)
    check_count(layers, list(groups))
    state: Arrays = {}
    for layer, (prefix, wanted) in zip(layers, groups.items(), strict=True):
        entries = torch_entries(layer, axes.get(layer))
        check_names(layer, prefix, set(wanted or entries), set(entries))
        state.update({joined(prefix, name): entries[name] for name in wanted or entries})
    return state


def from_torch_state(model: Any, state: Mapping[str, Any]) -> None:
    """Give the model the weights of a PyTorch module's ``state_dict``, layer by layer in order.

    All of them or none; tensors and arrays are taken.

    Raises:
        TypeError: a layer that PyTorch has no like of.
        ValueError: other layers, names or shapes than the model's; nothing is changed then.
    """
    layers, groups = carried_layers(model), grouped(state)
    axes = flattened_axes(model, layers)
    check_count(layers, list(groups))
    found: list[tuple[Value, Any]] = []
    for layer, (prefix, names) in zip(layers, groups.items(), strict=True):
        entries = {name: as_array(state[joined(prefix, name)]) for name in names}
        own = torch_entries(layer, axes.get(layer))
        check_names(layer, prefix, set(entries), set(own))
        for name, array in entries.items():
            if array.shape != np.shape(own[name]):
                raise ValueError(
                    f"from_torch_state() got {joined(prefix, name)} of shape {array.shape}; "
                    f"expected {np.shape(own[name])} for {layer!r}."
                )
        found += own_weights(layer, entries, axes.get(layer))
    assign(found)


def to_keras_weights(model: Any) -> list[Any]:
    """The weights as the ``set_weights`` of a Keras model of the same layers takes them."""
    arrays = []
    for layer in carried_layers(model):
        arrays += [array for _, array in keras_entries(layer)]
    return arrays


def from_keras_weights(model: Any, weights: Iterable[Any]) -> None:
    """Give the model what ``get_weights`` of a Keras model of the same layers gave.

    All of them or none.

    Raises:
        ValueError: another number of arrays, or other shapes; nothing is changed then.
    """
    given = [as_array(array) for array in weights]
    own = [(layer, *entry) for layer in carried_layers(model) for entry in keras_entries(layer)]
    if len(given) != len(own):
        raise ValueError(
            f"from_keras_weights() got {len(given)} arrays; expected {len(own)}: "
            f"{', '.join(str(np.shape(array)) for *_, array in own)}."
        )
    found: list[tuple[Value, Any]] = []
    for (layer, names, present), array in zip(own, given, strict=True):
        if array.shape != np.shape(present):
            raise ValueError(
                f"from_keras_weights() got an array of shape {array.shape}; expected "
                f"{np.shape(present)} for {' and '.join(names)} of {layer!r}."
            )
        parts = array if len(names) > 1 else [array]
        for name, part in zip(names, parts, strict=True):
            value = getattr(layer, name)
            found.append((value, from_keras_layout(layer, name, part).reshape(value.shape)))
    assign(found)


# -- layers


def carried_layers(model: Any) -> list[Any]:
    """The layers of a model that have weights, in order.

    Raises:
        TypeError: no model of nn, or a layer with weights of an unknown kind.
        ValueError: a model that is not built yet.
    """
    if isinstance(model, MLP):
        return list(model.layers)
    layers = [model] if type(model) in TORCH else layers_under(model) if is_lazy(model) else None
    if layers is None:
        raise TypeError(f"exchange got a {type(model).__name__}; expected a model or layer of nn.")
    kept = []
    for layer in layers:
        if is_lazy(layer) and not layer.built:
            raise ValueError(f"exchange got {layer!r} without weights; call the model once.")
        own = {name for name, value in vars(layer).items() if isinstance(value, Value)}
        if own - set(TORCH.get(type(layer), ())):
            raise TypeError(
                f"exchange got {layer!r}; expected layers of nn whose weights others have too: "
                f"{', '.join(kind.__name__ for kind in TORCH)}."
            )
        kept += [layer] * bool(own)
    return kept


def is_lazy(thing: Any) -> bool:
    """True for the layers and models that are built from their first input."""
    return isinstance(thing, LazyLayer)


def layer_name(layer: Any, k: int) -> str:
    """What the entries of a layer begin with, if nobody says otherwise."""
    return str(layer.name) if is_lazy(layer) else str(k)


def flattened_axes(model: Any, layers: list[Any]) -> dict[Any, Any]:
    """For each Dense that reads flattened maps of a convolution: their axes, channels last.

    Raises:
        ValueError: maps that are flattened where the order of the layers does not tell for whom.
    """
    under = layers_under(model) if is_lazy(model) else []
    if not any(getattr(layer, "data_format", "") == "channels_last" for layer in under):
        return {}
    if not isinstance(model, Sequential):
        if any(isinstance(layer, Flatten) for layer in under):
            raise ValueError(
                f"exchange got {model!r}, which flattens maps with channels last; expected a "
                f"Sequential, whose order says which layer reads them, or channels first."
            )
        return {}
    found, axes, channels_last, shape = {}, None, False, model.input_shape
    for layer in model.layers:
        if isinstance(layer, Flatten) and channels_last and shape is not None and len(shape) > 2:
            axes = shape[1:]
        elif layer in layers and axes is not None:
            if not isinstance(layer, Dense):
                raise ValueError(f"exchange got {layer!r} on flattened maps; expected a Dense.")
            found[layer], axes = axes, None
        if hasattr(layer, "data_format"):
            channels_last = layer.data_format == "channels_last"
        elif layer in layers:
            channels_last = False
        shape = layer.output_shape
    return found


# -- PyTorch


def torch_entries(layer: Any, axes: Any) -> Arrays:
    """The arrays of a layer by PyTorch's names."""
    entries: Arrays = {}
    for ours, theirs in TORCH[type(layer)].items():
        value = getattr(layer, ours, None)
        if isinstance(value, Value):
            entries[theirs] = to_torch_layout(layer, ours, np.array(value.data), axes)
    if isinstance(layer, SimpleRNN | LSTM) and "bias_ih_l0" in entries:
        entries["bias_hh_l0"] = np.zeros_like(entries["bias_ih_l0"])
    if isinstance(layer, BatchNormalization):
        entries["num_batches_tracked"] = np.array(0)
    return entries


def to_torch_layout(layer: Any, name: str, array: Any, axes: Any) -> Any:
    """One array as PyTorch orders it."""
    if isinstance(layer, GRU):
        return swapped_gates(array)
    if isinstance(layer, Neuron):
        return array.reshape((1, -1) if name == "weight" else (1,))
    if axes is not None and name == "weight":
        last = len(axes)
        by_place = array.reshape(-1, *axes).transpose(0, last, *range(1, last))
        return np.ascontiguousarray(by_place).reshape(array.shape)
    return array


def own_weights(layer: Any, entries: Arrays, axes: Any) -> list[tuple[Value, Any]]:
    """Which of our weights becomes which array."""
    entries = dict(entries)
    if isinstance(layer, SimpleRNN | LSTM) and "bias_ih_l0" in entries:
        entries["bias_ih_l0"] = entries["bias_ih_l0"] + entries.pop("bias_hh_l0")
    found = []
    for ours, theirs in TORCH[type(layer)].items():
        if theirs in entries:
            value, array = getattr(layer, ours), entries[theirs]
            if isinstance(layer, GRU):
                array = swapped_gates(array)
            elif axes is not None and ours == "weight":
                by_channel = array.reshape(-1, axes[-1], *axes[:-1])
                array = np.moveaxis(by_channel, 1, -1)
            found.append((value, array.reshape(value.shape)))
    return found


def swapped_gates(array: Any) -> Any:
    """The first two of three blocks of rows swapped: z, r to r, z and back."""
    first, second, rest = np.split(array, 3)
    return np.concatenate([second, first, rest])


# -- Keras


def keras_entries(layer: Any) -> list[tuple[list[str], Any]]:
    """Our names and Keras's arrays of a layer, in Keras's order; GRU's two biases are one array."""
    entries: list[tuple[list[str], Any]] = []
    for name in TORCH[type(layer)]:
        value = getattr(layer, name, None)
        if not isinstance(value, Value):
            continue
        array = to_keras_layout(layer, name, np.array(value.data))
        if name == "recurrent_bias":
            names, first = entries.pop()
            entries.append(([*names, name], np.stack([first, array])))
        else:
            entries.append(([name], array))
    return entries


def is_kernel(layer: Any, name: str) -> bool:
    """True for what Keras has with its units on the last axis."""
    return name in ("weight", "recurrent_weight") and not isinstance(layer, Embedding)


def to_keras_layout(layer: Any, name: str, array: Any) -> Any:
    """One array as Keras has it: kernels ``(…, inputs, units)``."""
    if isinstance(layer, Neuron):
        return array.reshape((-1, 1) if name == "weight" else (1,))
    if not is_kernel(layer, name):
        return array
    return np.ascontiguousarray(np.moveaxis(array, (0, 1), (-1, -2)))


def from_keras_layout(layer: Any, name: str, array: Any) -> Any:
    """One of Keras's arrays as ours."""
    if not is_kernel(layer, name) or isinstance(layer, Neuron):
        return array
    return np.moveaxis(array, (-1, -2), (0, 1))


# -- what is checked


def grouped(names: Iterable[str]) -> dict[str, list[str]]:
    """Names such as ``0.weight`` by what stands before their last dot, in order."""
    groups: dict[str, list[str]] = {}
    for name in names:
        prefix, _, last = str(name).rpartition(".")
        groups.setdefault(prefix, []).append(last)
    return groups


def joined(prefix: str, name: str) -> str:
    """A name with what stands before it; a module alone has nothing there."""
    return f"{prefix}.{name}" if prefix else name


def check_count(layers: list[Any], prefixes: list[str]) -> None:
    """Nothing, if there are as many groups of names as layers."""
    if len(layers) != len(prefixes):
        raise ValueError(
            f"exchange got entries for {len(prefixes)} layers ({', '.join(prefixes)}); expected "
            f"{len(layers)}: {', '.join(map(repr, layers))}."
        )


def check_names(layer: Any, prefix: str, found: set[str], expected: set[str]) -> None:
    """Nothing, if a layer has the entries that the other side has; a count of batches may lack."""
    if (found ^ expected) - {"num_batches_tracked"}:
        raise ValueError(
            f"exchange got {', '.join(sorted(found))} under {prefix!r}; expected "
            f"{', '.join(sorted(expected))} for {layer!r}."
        )


def as_array(given: Any) -> Any:
    """A tensor or array as an array."""
    if hasattr(given, "detach"):
        given = given.detach().cpu().numpy()
    return np.asarray(given)


def assign(found: list[tuple[Value, Any]]) -> None:
    """Overwrite the weights; all shapes are right by now."""
    for value, array in found:
        value.data = array
