"""The functional form of a model: which layer is called on what, from its inputs to its outputs."""

from __future__ import annotations

from typing import Any

from .core_layers import InputLayer
from .inputs import as_features
from .symbolic import Call, Shape, SymbolicTensor, mapped, parts


class LayerGraph:
    """The calls of layers that lead from symbolic inputs to symbolic outputs, in order.

    ``inputs`` and ``outputs`` are a symbolic tensor, a list or a dict of them.

    Raises:
        TypeError: inputs or outputs that are not symbolic tensors.
        ValueError: outputs that also need an Input which is not among the inputs.
    """

    def __init__(self, inputs: Any, outputs: Any) -> None:
        for what, structure in (("inputs", inputs), ("outputs", outputs)):
            for part in parts(structure):
                if not isinstance(part, SymbolicTensor):
                    raise TypeError(
                        f"Model({what}) got a {type(part).__name__}; expected what Input(...) "
                        f"returns, or a layer called on it; or a list or dict of these."
                    )
        for part in parts(inputs):
            if not isinstance(part.call.layer, InputLayer):
                raise ValueError(
                    f"Model(inputs) got {part!r}; expected what Input(...) returns, not the "
                    f"output of a layer."
                )
        self.inputs, self.outputs = inputs, outputs
        self.calls = ordered_calls(inputs, outputs)

    def layers(self) -> list[Any]:
        """The layers in the order of their first call, the inputs first; shared ones once."""
        found = dict.fromkeys(part.call.layer for part in parts(self.inputs))
        found.update(dict.fromkeys(call.layer for call in self.calls))
        return list(found)

    def build(self) -> None:
        """Make the weights of all layers, in order."""
        for call in self.calls:
            call.layer.ensure_built(mapped(lambda part: part.shape, call.inputs))

    def run(self, inputs: Any) -> Any:
        """The outputs for these inputs: every call in its turn, on what the earlier ones made."""
        made = self.feed(inputs)
        for call in self.calls:
            outputs = call.layer(mapped(made.__getitem__, call.inputs))
            for symbol, value in zip(parts(call.outputs), parts(outputs), strict=True):
                made[symbol] = value
        return mapped(made.__getitem__, self.outputs)

    def feed(self, inputs: Any) -> dict[SymbolicTensor, Any]:
        """Which Value or array stands for which symbolic input."""
        symbols = parts(self.inputs)
        given = self.in_order(inputs, symbols)
        if len(given) != len(symbols):
            names = ", ".join(repr(symbol.name) for symbol in symbols)
            raise ValueError(
                f"the model got {len(given)} input{'s' * (len(given) != 1)}; expected "
                f"{len(symbols)}: {names}."
            )
        for symbol, value in zip(symbols, given, strict=True):
            check_input(f"Input {symbol.name!r}", symbol.shape, value.shape)
        return dict(zip(symbols, given, strict=True))

    def in_order(self, inputs: Any, symbols: list[SymbolicTensor]) -> list[Any]:
        """The inputs as a list, in the order of the symbols; a dict is read by names."""
        if isinstance(inputs, dict):
            keys = list(self.inputs) if isinstance(self.inputs, dict) else []
            keys = keys or [symbol.name for symbol in symbols]
            if set(keys) != set(inputs):
                raise ValueError(
                    f"the model got inputs named {sorted(inputs)}; expected {sorted(keys)}."
                )
            return [as_features(inputs[key]) for key in keys]
        several = isinstance(inputs, list | tuple)
        if several and (len(symbols) > 1 or isinstance(self.inputs, list)):
            return [as_features(part) for part in inputs]
        return [as_features(inputs)]


def check_input(who: str, expected: Shape, shape: tuple[int, ...]) -> None:
    """Nothing, if an array of this shape fits the one declared; one sample of features does, too.

    Raises:
        ValueError: it does not; the message begins with ``who``.
    """
    if len(expected) == 2 and len(shape) == 1:
        shape = (1, *shape)
    fits = len(shape) == len(expected)
    if fits and all(want in (None, n) for want, n in zip(expected, shape, strict=True)):
        return
    wanted = f"(batch, {', '.join('any' if n is None else str(n) for n in expected[1:])})"
    hint = ""
    if len(shape) == 2 and len(expected) == 2 and shape[0] == expected[1]:
        hint = " Did you mean x.T?"
    elif shape == expected[1:]:
        hint = " For one sample, write x[None]."
    raise ValueError(f"{who} got x of shape {shape}; expected {wanted.replace(', )', ',)')}.{hint}")


def ordered_calls(inputs: Any, outputs: Any) -> list[Call]:
    """The calls under the outputs, each after the calls that it reads from; no recursion."""
    done: dict[Call, bool] = {part.call: True for part in parts(inputs)}
    order: list[Call] = []
    waiting = [part.call for part in reversed(parts(outputs))]
    while waiting:
        call = waiting[-1]
        below = [part.call for part in parts(call.inputs) if not done.get(part.call)]
        if below and call not in done:
            waiting += reversed(below)
        else:
            waiting.pop()
            if not done.get(call):
                check_reachable(call)
                order.append(call)
        done[call] = done.get(call, False) or not below
    return order


def check_reachable(call: Call) -> None:
    """Nothing, unless the call is an Input that the model was not given."""
    if isinstance(call.layer, InputLayer):
        raise ValueError(
            f"Model(inputs, outputs) got outputs that also need the Input {call.layer.name!r}; "
            f"expected it among the inputs."
        )
