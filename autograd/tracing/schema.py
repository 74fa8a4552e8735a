"""Schema: what the JSON document of a trace looks like, as a JSON Schema (draft 2020-12)."""

from __future__ import annotations

from typing import Any

FORMAT, VERSION = "glassgrad-trace", 1


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _kind(name: str, **properties: Any) -> dict[str, Any]:
    return _object(kind={"const": name}, node=_PLACE, **properties)


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_PLACE = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_SWEEP = {"type": "integer", "minimum": 1}
_NUMBER = {"anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]}
_INTEGERS = {"type": "array", "items": _PLACE}
_ARRAY = _object(
    dtype=_TEXT,
    shape=_INTEGERS,
    data={"type": "array", "items": {"anyOf": [_NUMBER, {"type": "boolean"}]}},
)
_DATA = {"anyOf": [_NUMBER, _ARRAY]}
_ORIGIN = _object(
    filename=_TEXT,
    line={"type": "integer"},
    end_line={"type": "integer"},
    column={"type": "integer"},
    end_column={"type": "integer"},
    function=_TEXT,
    expression=_TEXT,
)
_NODE = _object(
    id=_PLACE,
    name=_TEXT,
    label=_or_null(_TEXT),
    op=_or_null(_TEXT),
    symbol=_TEXT,
    form=_TEXT,
    inputs={
        "type": "array",
        "items": {"anyOf": [_object(node=_PLACE), _object(constant={})]},
    },
    settings={"type": "object"},
    shape=_INTEGERS,
    dtype=_TEXT,
    requires_grad={"type": "boolean"},
    scope=_TEXT,
    earlier={"type": "boolean"},
    born={"type": "integer", "minimum": -1},
    value=_or_null(_DATA),
    grad=_or_null(_DATA),
    origin=_ORIGIN,
)
_EVENTS = [
    _kind("forward", value=_DATA),
    _kind(
        "seed",
        sweep=_SWEEP,
        gradient=_DATA,
        stores={"type": "boolean"},
        only=_or_null(_INTEGERS),
    ),
    _kind(
        "contribution",
        sweep=_SWEEP,
        slot=_PLACE,
        input=_PLACE,
        upstream=_DATA,
        local=_or_null(_DATA),
        product=_DATA,
        summed=_INTEGERS,
    ),
    _kind(
        "accumulate",
        sweep=_SWEEP,
        before=_or_null(_DATA),
        after=_DATA,
        cause={"enum": ["contribution", "hook", "stored"]},
        added=_or_null(_DATA),
    ),
    _kind("zero", before=_or_null(_DATA), after=_or_null(_DATA), origin=_ORIGIN),
    _kind(
        "update",
        what={"enum": ["data", "grad"]},
        before=_or_null(_DATA),
        after=_DATA,
        origin=_ORIGIN,
    ),
]

#: The document that ``Trace.save`` writes.
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A trace: what happened in forward and backward passes, event by event",
    **_object(
        format={"const": FORMAT},
        version={"const": VERSION},
        nodes={"type": "array", "items": _NODE},
        events={"type": "array", "items": {"oneOf": _EVENTS}},
        sources={
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": _TEXT},
        },
    ),
}
