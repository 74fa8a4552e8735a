"""Copying and pickling whole graphs, however deep, without recursion."""

from __future__ import annotations

import copy
from typing import Any

from .ancestors import ancestors
from .node import Node, last_overwrite, next_order
from .ops import OPS
from .origin import Origin


def copy_graph(root: Node, memo: dict[int, Any]) -> Any:
    """An independent copy of the graph under ``root``; ``memo`` as in ``copy.deepcopy``."""
    for node in ancestors(root):
        if id(node) not in memo:
            memo[id(node)] = _copy_node(node, memo)
            memo.setdefault(id(memo), []).append(node)
            for x in _stale(node):
                _mark_overwritten(memo[id(x)])
    return memo[id(root)]


def _copy_node(node: Node, memo: dict[int, Any]) -> Node:
    out = Node.__new__(type(node))
    inputs = [memo[id(x)] if isinstance(x, Node) else x for x in node.inputs]
    _fill(out, node.op, inputs, node._array.copy(), type(node._first))
    grad = node._grad
    out._grad = copy.deepcopy(grad, memo) if isinstance(grad, Node) else _copied(grad)
    out._code, out._lasti = node._code, node._lasti
    out.label, out.requires_grad = node.label, node.requires_grad
    out.settings, out.scope = node.settings, node.scope
    for name, own in _own_attributes(node).items():
        setattr(out, name, copy.deepcopy(own, memo))
    return out


def _own_attributes(node: Node) -> dict[str, Any]:
    """What a subclass of Value, written by a user, has beside the parts of a value."""
    found: dict[str, Any] = dict(getattr(node, "__dict__", {}))
    for kind in type(node).__mro__:
        if not issubclass(Node, kind) and not kind.__module__.startswith("autograd."):
            for name in getattr(kind, "__slots__", ()):
                if hasattr(node, name):
                    found[name] = getattr(node, name)
    return found


def _stale(node: Node) -> list[Node]:
    """The operands of ``node``, and itself, that were overwritten after it was computed."""
    stale: list[Node] = []
    for x in (*node.inputs, node):
        changed = x._rare.changed if isinstance(x, Node) and x._rare is not None else 0
        if changed < node._order and node.op is not None and not any(x is y for y in stale):
            stale.append(x)
    return stale


def _mark_overwritten(node: Node) -> None:
    """Make all uses of ``node`` so far stale: version 1, whatever the original went through."""
    rare = node._make_rare()
    last_overwrite[0] = rare.changed = next_order()
    rare.overwrites.clear()
    rare.overwrites.append(rare.changed)
    rare.version = 1


def _copied(grad: Any) -> Any:
    return None if grad is None else grad.copy()


def _fill(out: Node, op: Any, inputs: list[Any], data: Any, many: type) -> None:
    out.op, out._array, out._order, out._rare = op, data, next_order(), None
    out._first = out._second = None
    if issubclass(many, tuple):
        out._first = many(inputs)
    elif op is not None:
        out._first = inputs[0]
        out._second = inputs[1] if len(inputs) > 1 else None


def reduce_graph(root: Node) -> Any:
    """How pickle stores ``root``: its leaves as objects, the rest as one flat list."""
    if root.op is None:
        return _restore_leaf, (type(root), _state(root))
    nodes = ancestors(root)
    place = {node: i for i, node in enumerate(nodes)}
    leaves = [node for node in nodes if node.op is None]
    steps = []
    for node in nodes:
        if node.op is not None:
            inputs = [
                ("value", place[x]) if isinstance(x, Node) else ("constant", x) for x in node.inputs
            ]
            many, stale = type(node._first), [place[x] for x in _stale(node)]
            steps.append((place[node], node.op.name, inputs, many, stale, _state(node)))
    return _restore_graph, (type(root), [(place[leaf], leaf) for leaf in leaves], steps)


def _state(node: Node) -> dict[str, Any]:
    return {
        "data": node._array,
        "grad": node._grad._array if isinstance(node._grad, Node) else node._grad,
        "label": node.label,
        "requires_grad": node.requires_grad,
        "settings": node.settings,
        "origin": tuple(node.origin),
        "own": _own_attributes(node),
    }


def _restore_leaf(kind: type[Node], state: dict[str, Any]) -> Node:
    return _restore(kind, None, [], type(None), state)


def _restore(
    kind: type[Node], op: Any, inputs: list[Any], many: type, state: dict[str, Any]
) -> Node:
    out = Node.__new__(kind)
    _fill(out, op, inputs, state["data"], many)
    out._grad, out.label = state["grad"], state["label"]
    out.requires_grad, out.settings = state["requires_grad"], state["settings"]
    out.scope, out._code, out._lasti = None, Origin(*state["origin"]), 0
    for name, own in state["own"].items():
        setattr(out, name, own)
    return out


def _restore_graph(
    kind: type[Node], leaves: list[tuple[int, Node]], steps: list[tuple[Any, ...]]
) -> Node:
    nodes: dict[int, Node] = dict(leaves)
    for place, op, inputs, many, stale, state in steps:
        operands = [nodes[x] if kind_of == "value" else x for kind_of, x in inputs]
        if op not in OPS:
            raise ValueError(
                f"this graph holds the op {op!r}, which is not defined here; expected one of the "
                f"table. Import the module that defines it before you load the graph."
            )
        nodes[place] = _restore(kind, OPS[op], operands, many, state)
        for changed in stale:
            _mark_overwritten(nodes[changed])
    return nodes[max(nodes)]
