"""Files: a trace as a JSON document, and back. What it looks like is said in `schema`."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

import numpy as np

from ..ops import OPS
from . import encoding, events
from .events import Event
from .history import History
from .nodes import TraceNode
from .schema import FORMAT, VERSION

#: Nodes, or events, that are written at once.
PIECE = 500


class TraceFileError(ValueError):
    """A file holds no trace, a damaged one, or one of a newer version."""


def node_document(node: TraceNode, history: History) -> dict[str, Any]:
    """One node. ``value`` and ``grad`` are what it had when it was first used."""
    inputs: list[dict[str, Any]] = []
    for x in node.inputs:
        if isinstance(x, TraceNode):
            inputs.append({"node": x.id})
        else:
            inputs.append({"constant": encoding.setting(x)})
    settings = {name: encoding.setting(x) for name, x in (node.settings or {}).items()}
    first = history.gradients.get(node.id, [None])[0]
    given = first is not None and first.sweep == 0 and first.at == history.born[node.id]
    return {
        "id": node.id,
        "name": node.name,
        "label": node.label,
        "op": node.op,
        "symbol": node.symbol,
        "form": node.form,
        "inputs": inputs,
        "settings": settings,
        "shape": list(node.shape),
        "dtype": str(node.dtype),
        "requires_grad": node.requires_grad,
        "scope": node.scope,
        "earlier": node.earlier,
        "born": history.born[node.id],
        "value": None if node.op is not None else encoding.data(history.first[node.id]),
        "grad": encoding.data(first.grad) if given and first is not None else None,
        "origin": encoding.origin(node.origin),
    }


#: How the fields of events are written; those that are not named here, as they are.
_ENCODED: dict[str, Callable[[Any], Any]] = {
    "node": attrgetter("id"),
    "input": attrgetter("id"),
    "origin": encoding.origin,
    "only": lambda leaves: None if leaves is None else [node.id for node in leaves],
    "summed": list,
}
_ENCODED |= dict.fromkeys(
    ("value", "gradient", "upstream", "product", "before", "after", "added"), encoding.data
)
#: An event's index is its place in the list; its operands' data is that of other events.
_LEFT_OUT = ("index", "data")


def event_document(event: Event) -> dict[str, Any]:
    """One event, with everything it says; nodes by their number."""
    plain: dict[str, Any] = {"kind": event.kind}
    for name in type(event).__dataclass_fields__:
        if name not in _LEFT_OUT:
            x = getattr(event, name)
            plain[name] = _ENCODED[name](x) if name in _ENCODED else x
    if isinstance(event, events.Contribution):
        local = event.local
        plain["local"] = None if local is None else encoding.data(np.asarray(local)[()])
    return plain


def sources(nodes: Any) -> dict[str, dict[str, str]]:
    """The lines of source code that made the nodes, by file name and line number."""
    found: dict[str, dict[str, str]] = {}
    for node in nodes:
        if node.source:
            name = os.path.basename(node.origin.filename)
            found.setdefault(name, {})[str(node.origin.line)] = node.source
    return {name: dict(sorted(found[name].items())) for name in sorted(found)}


def text_of(trace: Any) -> str:
    """The trace as JSON text; equal traces give equal text.

    It is written piece by piece: a long trace as dicts, all at once, would take up much more
    room than its text.
    """
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode

    def texts(plain: Iterable[dict[str, Any]]) -> str:
        # The brackets of each piece make way for those of the whole list.
        waiting, pieces = iter(plain), []
        while piece := list(itertools.islice(waiting, PIECE)):
            pieces.append(encode(piece)[1:-1])
        return f"[{', '.join(pieces)}]"

    nodes = texts(node_document(node, trace.history) for node in trace.nodes)
    happened = texts(event_document(event) for event in trace)
    return (
        f'{{"format": {encode(FORMAT)}, "version": {encode(VERSION)}, "nodes": {nodes}, '
        f'"events": {happened}, "sources": {encode(sources(trace.nodes))}}}'
    )


def history_of_text(text: str) -> History:
    """The history that JSON text describes.

    Raises:
        TraceFileError: it is no trace, a damaged one, or of a newer version.
    """
    try:
        plain = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise TraceFileError(f"this is no trace: it is not JSON ({error}).") from None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise TraceFileError(
            f"this is no trace: its 'format' is not {FORMAT!r}. Expected a file that Trace.save "
            f"has written."
        )
    if plain.get("version") != VERSION:
        raise TraceFileError(
            f"the trace is of version {plain.get('version')!r}; this program reads version "
            f"{VERSION}."
        )
    try:
        return history_of(plain)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise TraceFileError(
            f"the trace is damaged: {type(error).__name__}: {error}. Save it again."
        ) from None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def history_of(plain: dict[str, Any]) -> History:
    """The history of a document."""
    nodes: list[TraceNode] = []
    for x in plain["nodes"]:
        nodes.append(_read_node(x, nodes))
    history = History(nodes)
    for node, x in zip(nodes, plain["nodes"], strict=True):
        node.source = (
            plain["sources"].get(x["origin"]["filename"], {}).get(str(x["origin"]["line"]), "")
        )
    waiting = [x for x in plain["nodes"] if x["op"] is None or x["grad"] is not None]
    waiting.reverse()
    for x in plain["events"]:
        while waiting and waiting[-1]["born"] <= len(history.steps):
            given = waiting.pop()
            data, grad = encoding.read_data(given["value"]), encoding.read_data(given["grad"])
            history.given(given["id"], data, grad)
        _read_event(x, history)
    if len(history.steps) != len(plain["events"]):
        raise ValueError(f"{len(plain['events'])} events stand for {len(history.steps)}")
    for node in nodes:
        if history.first[node.id] is None:
            raise ValueError(f"node {node.id} has no data")
    history.end()
    return history


def _read_node(x: dict[str, Any], nodes: list[TraceNode]) -> TraceNode:
    if x["id"] != len(nodes):
        raise ValueError(f"node {x['id']} stands in the place of {len(nodes)}")
    inputs = []
    for part in x["inputs"]:
        if "node" in part and not 0 <= part["node"] < len(nodes):
            raise ValueError(f"node {x['id']} has an operand that comes after it")
        found = nodes[part["node"]] if "node" in part else encoding.read_setting(part["constant"])
        inputs.append(found)
    settings = {name: encoding.read_setting(part) for name, part in x["settings"].items()}
    return TraceNode(
        len(nodes), x["op"], OPS.get(x["op"]), tuple(inputs), settings or None, tuple(x["shape"]),
        np.dtype(x["dtype"]), x["label"], bool(x["requires_grad"]), x["scope"],
        encoding.read_origin(x["origin"]), bool(x["earlier"]),
    )  # fmt: skip


def _read_event(x: dict[str, Any], history: History) -> None:
    """Tell the history of one event. What follows from others is computed, not read."""
    kind, node = x["kind"], x["node"]
    if kind == "forward":
        history.forward(node, encoding.read_data(x["value"]))
    elif kind == "seed":
        stores = x["stores"] if x["only"] is None else frozenset(x["only"])
        history.seed(x["sweep"], node, encoding.read_data(x["gradient"]), stores)
    elif kind == "contribution":
        history.contribution(x["sweep"], node, x["slot"], encoding.read_data(x["product"]))
    elif kind == "accumulate" and x["cause"] == "hook":
        history.replaced(x["sweep"], node, encoding.read_data(x["after"]))
    elif kind == "accumulate" and x["cause"] == "stored":
        history.stored(x["sweep"], node, encoding.read_data(x["before"]))
    elif kind == "update" and x["what"] == "data":
        history.update(node, encoding.read_data(x["after"]), encoding.read_origin(x["origin"]))
    elif kind in ("zero", "update"):
        history.assigned(node, encoding.read_data(x["after"]), encoding.read_origin(x["origin"]))
    elif kind != "accumulate":
        raise ValueError(f"unknown kind of event {kind!r}")
