"""Summary: the table of a model's layers, with shapes and numbers of parameters."""

from __future__ import annotations

from typing import Any

from .lazy_layer import adopt
from .symbolic import parts


def summary_table(model: Any) -> str:
    """The table that ``model.summary()`` prints."""
    adopt(model)
    header = ["Layer (type)", "Output shape", "Parameters"]
    rows = [_row(layer) for layer in model.layers]
    if connected := _connections(model):
        header.append("Reads")
        rows = [[*row, connected.get(layer, "")] for row, layer in zip(rows, model.layers)]  # noqa: B905
    widths = [max(len(row[k]) for row in [header, *rows]) for k in range(len(header))]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [f'Model: "{model.name}"', rule, _line(header, widths), rule]
    lines += [_line(row, widths) for row in rows]
    return "\n".join([*lines, rule, *_totals(model)])


def _row(layer: Any) -> list[str]:
    shape = "?" if layer.output_shape is None else _shape(layer.output_shape)
    count = f"{_size(layer.weights):,}" if layer.built else "not built yet"
    return [f"{layer.name} ({type(layer).__name__})", shape, count]


def _shape(shapes: Any) -> str:
    return ", ".join(str(shape) for shape in parts(shapes))


def _line(row: list[str], widths: list[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
    cells[2] = row[2].rjust(widths[2])
    return "  ".join(cells).rstrip()


def _connections(model: Any) -> dict[Any, str]:
    """What each layer of a functional model reads; empty where it is a plain stack."""
    graph = model.layer_graph
    if graph is None:
        return {}
    reads: dict[Any, list[str]] = {}
    for call in graph.calls:
        reads.setdefault(call.layer, []).extend(part.name for part in parts(call.inputs))
    names = [layer.name for layer in model.layers]
    stack = all(reads.get(layer, []) == names[k - 1 : k] for k, layer in enumerate(model.layers))
    return {} if stack else {layer: ", ".join(names) for layer, names in reads.items()}


def _totals(model: Any) -> list[str]:
    if not any(layer.built for layer in model.layers):
        return ["Total: not built yet; the weights come with the first data or a known input shape"]
    total, moving = _size(model.weights), model.count_parameters()
    lines = [f"Total parameters: {total:,}"]
    if moving != total:
        lines.append(f"Trainable: {moving:,}; not trainable: {total - moving:,}")
    return lines


def _size(weights: list[Any]) -> int:
    return sum(value.size for value in weights)
