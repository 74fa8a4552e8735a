"""Architecture: layers, their settings and how they are joined, as JSON and back.

Every class is looked up in the closed table, every setting in `plain`, and no weight or output
is made before its size is known to be one that the file can fill.
"""

from __future__ import annotations

import inspect
import math
from typing import Any

from ..symbolic import Call, SymbolicTensor, connect, mapped, parts
from .classes import CLASSES, is_savable
from .plain import LARGEST, as_plain, from_plain

#: Arguments of constructors that are kept elsewhere, or say what another one says.
ELSEWHERE = ("name", "seed", "rng", "input_shape", "layers")


def described(model: Any) -> dict[str, Any]:
    """The model as JSON: class, name, settings, layers, and for a functional one the calls.

    Raises:
        TypeError: a class that is not in the table, or a setting that JSON cannot hold.
    """
    if not is_savable(model):
        raise TypeError(f"the {type(model).__name__} {label_of(model)!r}, a class of your own")
    kind = type(model).__name__
    plain: dict[str, Any] = {"class": kind, "name": getattr(model, "_name", None)}
    if kind in ("Sequential", "Model"):
        plain["layers"] = [described(layer) for layer in model.layers]
    if kind == "Model":
        plain.update(described_calls(model))
    else:
        plain["settings"] = as_plain(settings_of(model))
    plain["input_shape"] = as_plain(getattr(model, "input_shape", None))
    plain["number"] = getattr(model, "number", None)
    plain["trainable"] = getattr(model, "trainable", True)
    return plain


def label_of(model: Any) -> str:
    """The name of a layer or model, for messages."""
    return str(getattr(model, "name", type(model).__name__))


def settings_of(layer: Any) -> dict[str, Any]:
    """The constructor's arguments, each from the attribute of its name."""
    if hasattr(layer, "saved_settings"):
        found: dict[str, Any] = layer.saved_settings()
        return found
    names = [name for name in inspect.signature(type(layer)).parameters if name not in ELSEWHERE]
    # Where input_dim is not kept, it is but another way to say input_shape.
    return {
        name: getattr(layer, name) for name in names if name != "input_dim" or name in vars(layer)
    }


def described_calls(model: Any) -> dict[str, Any]:
    """Which layer reads what: layers by position, symbolic tensors by call and position in it."""
    graph = model.layer_graph
    if graph is None:
        raise TypeError(f"the Model {model.name!r}, which has no inputs and outputs")
    calls = [part.call for part in parts(graph.inputs)] + graph.calls
    places = {call: k for k, call in enumerate(calls)}
    layers = {layer: k for k, layer in enumerate(model.layers)}

    def written(structure: Any) -> Any:
        if isinstance(structure, SymbolicTensor):
            return {"call": places[structure.call], "position": structure.position}
        if isinstance(structure, dict):
            return {"dict": {key: written(part) for key, part in structure.items()}}
        return {"list": [written(part) for part in structure]}

    lines = [{"layer": layers[call.layer], "reads": written(call.inputs)} for call in calls]
    return {"calls": lines, "inputs": written(graph.inputs), "outputs": written(graph.outputs)}


def rebuilt(plain: Any) -> Any:
    """The model or layer that was described, weights made where its input's shape was known.

    Raises:
        ValueError: classes, settings or shapes that no saved model has.
    """
    kind = plain["class"]
    if not isinstance(kind, str) or kind not in CLASSES:
        raise ValueError(f"the class {str(kind)[:60]!r}, which is not among {', '.join(CLASSES)}")
    made: Any
    if kind == "Model":
        made = rebuilt_calls(plain)
    else:
        made = CLASSES[kind](**from_plain(plain["settings"]))
    shape = from_plain(plain["input_shape"])
    check_size(shape)
    if hasattr(made, "_name"):
        restore_attributes(made, plain, shape)
    if kind == "Sequential":
        for line in plain["layers"]:
            made.add(rebuilt(line))
            check_size(made.output_shape)
    return made


def restore_attributes(made: Any, plain: Any, shape: Any) -> None:
    """Name, number, shape of the input and whether it learns, of a layer or model."""
    name, number = plain["name"], from_plain(plain["number"])
    if not isinstance(name, str | None) or not isinstance(number, int | None):
        raise ValueError(f"the name {str(name)[:60]!r} and the number {str(number)[:60]!r}")
    made._name, made.number, made._trainable = name, number, bool(plain["trainable"])
    if shape is not None:
        made.input_shape = shape
    if type(made) is CLASSES["InputLayer"]:
        made.output_shape = shape


def rebuilt_calls(plain: Any) -> Any:
    """A functional model: its layers called on one another again, in the same order."""
    layers = [rebuilt(line) for line in plain["layers"]]
    made: list[list[Any]] = []

    def read(structure: Any) -> Any:
        if "dict" in structure:
            return {key: read(part) for key, part in structure["dict"].items()}
        if "list" in structure:
            return [read(part) for part in structure["list"]]
        return made[place(structure["call"])][place(structure["position"])]

    for line in plain["calls"]:
        layer: Any = layers[place(line["layer"])]
        if type(layer) is CLASSES["InputLayer"]:
            outputs = Call(layer, [], layer.output_shape).outputs
        else:
            outputs = connect(layer, read(line["reads"]))
        made.append(parts(outputs))
        mapped(lambda symbol: check_size(symbol.shape), outputs)
    return CLASSES["Model"](read(plain["inputs"]), read(plain["outputs"]))


def place(number: Any) -> int:
    """A position in a list; counting from the end is not meant."""
    if type(number) is not int or number < 0:
        raise ValueError(f"the position {str(number)[:40]!r}")
    return number


def check_size(shape: Any) -> None:
    """Nothing, if one sample of this shape is small enough to be computed on."""
    for one in [] if shape is None else parts(shape):
        if math.prod(n for n in one if n is not None) > LARGEST:
            raise ValueError(f"the shape {one}, of more than {LARGEST} numbers")
