"""Comments in generated code: the equations of the lecture beside the lines that compute them."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from .symbols import Step, Symbol


class Comments:
    """What is written above and beside the statements of a program."""

    def __init__(self, title: str = "A compiled function.") -> None:
        self.text = title
        #: Equations by the symbol that they give.
        self.equations: dict[Symbol, str] = {}
        #: Headings by the step that they stand above.
        self.headings: dict[int, str] = {}

    def title(self, program: Any) -> str:
        """The docstring of the module."""
        shapes = [f"{s.name} {shape_text(s.sample)}" for s in program.inputs]
        given = textwrap.fill(", ".join(shapes), 96) or "nothing"
        return f"{self.text}\n\nWritten by glassgrad; needs NumPy alone. Arguments:\n{given}.\n"

    def results(self, program: Any) -> str:
        """The names of the results."""
        names = [x.name or f"t{x.number}" for x in program.outputs if isinstance(x, Symbol)]
        return ", ".join(names) + "."

    def before(self, step: Step) -> list[str]:
        """The heading above a step."""
        return [f"# {self.headings[id(o)]}" for o in step.outs if id(o) in self.headings]

    def beside(self, line: str, step: Step) -> str:
        """The statement with its equation."""
        for out in step.outs:
            if out in self.equations:
                return f"{line}  # {self.equations[out]}"
        return line


def shape_text(sample: Any) -> str:
    """Shape of an argument, and its dtype where it is not float64."""
    shape = str(np.shape(sample)) if np.ndim(sample) else "number"
    dtype = getattr(sample, "dtype", np.dtype(float))
    return shape if dtype == np.float64 else f"{shape} {dtype.name}"


def equations_of(tape: Any, gradients: list[tuple[Any, Any]]) -> dict[Symbol, str]:
    """The equation of each labelled value, and of its gradient."""
    found: dict[Symbol, str] = {}
    for value in tape.values:
        symbol = symbol_of(value._array)
        if symbol is not None and value.label and value.op.name not in ("add", "multiply"):
            found.setdefault(symbol, f"{value.label} = {formula(value)}")
    layers = {id(v.inputs[1]): v for v in tape.values if v.op.name == "affine"}
    biases = {id(v.inputs[2]): v for v in tape.values if v.op.name == "affine"}
    for value, delta in gradients:
        symbol = symbol_of(delta)
        if symbol is None or symbol.step is None or not value.label:
            continue
        if value.op is not None and value.op.name == "affine":
            text = f"{delta_of(value)} = ∂J/∂{value.label}"
        elif id(value) in layers:
            z = layers[id(value)]
            text = f"∂J/∂{value.label} = {delta_of(z)}ᵀ {spelled(z.inputs[0], 'a')}"
        elif id(value) in biases:
            text = f"∂J/∂{value.label} = Σ {delta_of(biases[id(value)])} over the batch"
        else:
            text = f"∂J/∂{value.label}"
        found.setdefault(symbol, text)
    return found


def symbol_of(data: Any) -> Symbol | None:
    """The symbol of traced data."""
    return data.symbol if hasattr(data, "__traced__") else None


def formula(value: Any) -> str:
    """The written form of the op on the labels of its inputs."""
    if value.op.variadic:
        return f"{value.op.name}(…)"
    parts = {}
    for name, x in zip(value.op.input_names, value.inputs, strict=True):
        parts[name] = spelled(x, name)
    return value.op.pattern.format(**parts)


def spelled(x: Any, otherwise: str) -> str:
    """The label of an operand, the name of an argument, or a letter."""
    label = getattr(x, "label", None)
    if label:
        return label
    symbol = symbol_of(getattr(x, "_array", x))
    return (symbol.name if symbol is not None else None) or otherwise


def delta_of(z: Any) -> str:
    """δ with the layer's number of a net input z."""
    label = z.label or "z"
    return f"δ{label[1:]}" if label.startswith("z") else f"δ({label})"
