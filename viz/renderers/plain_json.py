"""JSON: a diagram as one document with a published schema, and as VS Code's debugger draws it."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import numpy as np

from autograd.tracing import encoding

from ..cleaning import one_line
from ..diagrams.diagram import Cluster, Diagram, DiagramEdge, DiagramNode
from .labels import label_lines
from .style import Style, box

#: The version of the format; it grows when a reader would have to know.
VERSION = 1
#: Arrays of more elements are left out; their text is there.
MOST = 10_000

_NUMBERS = {
    "description": "null, a number, 'NaN' or '±Infinity', or an array in row order",
    "anyOf": [
        {"type": ["number", "null", "string"]},
        {
            "type": "object",
            "required": ["dtype", "shape", "data"],
            "properties": {
                "dtype": {"type": "string"},
                "shape": {"type": "array", "items": {"type": "integer"}},
                "data": {"type": "array", "items": {"type": ["number", "string"]}},
            },
        },
    ],
}
_KINDS = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"},
}  # fmt: skip


def _properties(kind: Any, special: dict[str, Any]) -> dict[str, Any]:
    """A schema for each field of a dataclass: the type of its default, or what is given."""
    found = {}
    for field in fields(kind):
        found[field.name] = special.get(field.name) or _KINDS.get(
            type(field.default), {"type": "string"}
        )
    return {
        "type": "object", "properties": found, "required": list(found),
        "additionalProperties": False,
    }  # fmt: skip


_STRINGS = {"type": "array", "items": {"type": "string"}}
_INTEGERS = {"type": "array", "items": {"type": "integer"}}
_MAYBE = {"type": ["string", "null"]}
#: The JSON Schema of the document.
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "glassgrad diagram",
    "description": "Nodes (values), edges (uses), clusters (scopes) of a figure. Ids are n0, n1, … "
    "and c0, c1, …; an edge leads from source to target; forward edges carry the local derivative, "
    "backward ones the contribution.",
    "type": "object",
    "required": ["format", "version", "title", "note", "notation", "nodes", "edges", "clusters"],
    "properties": {
        "format": {"const": "glassgrad diagram"},
        "version": {"const": VERSION},
        "title": {"type": "string"},
        "note": {"type": "string"},
        "notation": {"type": "string"},
        "nodes": {
            "type": "array",
            "items": _properties(
                DiagramNode,
                {
                    "op": _MAYBE, "label": _MAYBE, "shape": _INTEGERS, "rows": _STRINGS,
                    "cell": {"anyOf": [{"type": "array"}, {"type": "null"}]},
                    "uses": {"anyOf": [_INTEGERS, {"type": "null"}]},
                    "state": {"enum": ["none", "not reached", "partial", "final"]},
                    "heatmaps": {"type": "array", "items": {"type": "object"}},
                    "data": _NUMBERS, "grad": _NUMBERS,
                },
            ),
        },
        "edges": {
            "type": "array",
            "items": _properties(
                DiagramEdge,
                {
                    "kind": {"enum": ["forward", "backward", "across", "order", "beside"]},
                    "local": _NUMBERS, "contribution": _NUMBERS, "summed": _INTEGERS,
                },
            ),
        },
        "clusters": {
            "type": "array",
            "items": _properties(Cluster, {"parent": _MAYBE, "nodes": _STRINGS}),
        },
    },
    "additionalProperties": False,
}  # fmt: skip


def to_json(diagram: Diagram) -> str:
    """The diagram as JSON text, described by ``SCHEMA``; no NaN, and nothing that ends a script."""
    document = {
        "format": "glassgrad diagram", "version": VERSION, "title": diagram.title,
        "note": diagram.note, "notation": diagram.notation,
        "nodes": [_plain(node) for node in diagram.nodes],
        "edges": [_plain(edge) for edge in diagram.edges],
        "clusters": [_plain(cluster) for cluster in diagram.clusters],
    }  # fmt: skip
    return for_script(json.dumps(document, allow_nan=False, indent=1)) + "\n"


def for_script(text: str) -> str:
    """JSON text that may also stand inside a ``<script>`` element."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _plain(part: Any) -> dict[str, Any]:
    return {field.name: _value(getattr(part, field.name)) for field in fields(part)}


def _value(x: Any) -> Any:
    if isinstance(x, np.ndarray | np.generic):
        return encoding.data(x) if np.size(x) <= MOST else None
    if isinstance(x, tuple):
        return [_value(part) for part in x]
    if isinstance(x, float):
        return encoding.number(x)
    if hasattr(x, "__dataclass_fields__"):
        return _plain(x)
    return x


def debugger_json(diagram: Diagram, style: Style) -> str:
    """The graph for the "Debug Visualizer" of VS Code: JSON of the kind ``graph``."""
    nodes = []
    for node in diagram.nodes:
        fill, border, _ = box(style, node.kind)
        label = "\n".join(one_line(line)[:80] for line in label_lines(node, diagram.notation))
        nodes.append(
            {"id": node.id, "label": label, "shape": "box", "color": fill, "borderColor": border}
        )
    edges = [
        {
            "from": edge.source, "to": edge.target, "label": one_line(edge.text)[:80],
            "dashes": edge.kind == "backward",
        }
        for edge in diagram.edges
        if edge.kind in ("forward", "backward")
    ]  # fmt: skip
    document = {"kind": {"graph": True}, "nodes": nodes, "edges": edges}
    return json.dumps(document, ensure_ascii=True)
