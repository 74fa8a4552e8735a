"""Explain: the chain rule for one value, with symbols and with numbers, path by path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.graph import Edge, Graph
from autograd.node import Node

from ..conventions import convention
from ..notation import NOT_REACHED, number, partial
from .chain import reaches
from .explanation import Explanation, aligned
from .gradients import gradients_under
from .layer_terms import layer_terms
from .ledger import HEADING, ledger
from .local_derivative import LocalDerivative, local_derivative
from .names import Names

#: Paths that are written out; the others are folded into one line.
PATHS = 8
#: Factors of a product that are written out.
FACTORS = 12


def explain(
    value: Node,
    root: Node,
    index: tuple[int, ...] | int | None = None,
    paths: int = PATHS,
    *,
    form: str = "paths",
    notation: str = "lecture",
) -> Explanation:
    """∂root/∂value as the sum over paths, each a product of local derivatives.

    For an array, ``index`` names the element. At most ``paths`` paths (for a layer's weight:
    rows of the batch) are written out. ``form="ledger"`` goes use by use instead: upstream δ,
    local derivative, contribution, running total; arrays that are no layer's weight have this
    form only. The result prints as text; it has ``markdown()``, ``latex()`` and ``mathml()``.
    No gradient is changed.

    >>> from autograd import Value
    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> J = (w * x).tanh()
    >>> J.label = "J"
    >>> J.backward()
    >>> print(explain(w, J))
    ∂J/∂w = ∂J/∂u₁ · ∂u₁/∂w
          = (1 − J²) · x
          = 2.458e−5 · 3
          = 7.373e−5, and w.grad = 7.373e−5

    Raises:
        ValueError: root is no scalar or was not computed from value, or the index is missing
            or outside.
    """
    _check(value, root)
    if form not in ("paths", "ledger"):
        raise ValueError(f"explain() got form={form!r}; expected 'paths' or 'ledger'.")
    names = Names(Graph(root), convention(notation))
    place = _place(value, index)
    terms, rows = None, ()
    if form == "paths" and all(node.shape == () for node in reaches(root, value)):
        terms = _scalar_paths(value, root, names, paths)
    elif form == "paths":
        terms = layer_terms(value, root, place, names, gradients_under(root), paths)
    if terms is None:
        *terms, rows = _ledger_terms(value, root, place, names)
    lines, total = terms
    own = _own_gradient(value, place)
    lines[-1] += _comparison(names[value], place, total, own)
    return Explanation("\n".join(lines), total, own, rows)


def _ledger_terms(value: Node, root: Node, place: tuple[int, ...], names: Names) -> Any:
    """Lines, total and rows of the ledger form."""
    at = f"[{', '.join(map(str, place))}]" if place else ""
    symbol = f"{partial(names[root], names[value])}{at}"
    if value is root:
        return [f"{symbol} = 1"], 1.0, ()
    found = ledger(value, root, place, names, gradients_under(root))
    rows = (HEADING, *(entry.cells for entry in found))
    total = found[-1].total if found else 0.0
    plural = "" if len(found) == 1 else "s"
    first = f"{symbol} = sum over {len(found)} use{plural} of {names[value]}"
    return [first, *aligned(rows), f"{symbol} = {number(total)}"], total, rows


def _check(value: Node, root: Node) -> None:
    for what, given in (("value", value), ("root", root)):
        if not isinstance(given, Node):
            raise TypeError(f"explain() got {type(given).__name__} as {what}; expected a Value.")
    if root.shape != ():
        raise ValueError(
            f"explain() got a root of shape {root.shape}; expected a scalar, such as the loss."
        )
    if value not in Graph(root):
        raise ValueError(
            f"explain() got {value.describe()}, from which {root.describe()} was not computed."
        )
    if not value.requires_grad:
        raise ValueError(f"explain() got {value.describe()}, a constant: it has no gradient.")


def _place(value: Node, index: Any) -> tuple[int, ...]:
    if index is None and value.shape != ():
        raise ValueError(
            f"explain() got {value.describe()} of shape {value.shape}; expected index= of one "
            f"element, for example index={(0,) * value.ndim}."
        )
    place = () if index is None else tuple(np.atleast_1d(index).tolist())
    fits = len(place) == value.ndim and all(
        isinstance(k, int) and -n <= k < n for k, n in zip(place, value.shape, strict=True)
    )
    if not fits:
        raise ValueError(
            f"explain() got index={index!r}; expected one element of {value.describe()}, whose "
            f"shape is {value.shape}."
        )
    return tuple(k % n for k, n in zip(place, value.shape, strict=True))


def _own_gradient(value: Node, place: tuple[int, ...]) -> float | None:
    if value.grad is None:
        return None
    grad = value.grad.data if isinstance(value.grad, Node) else value.grad
    return float(np.asarray(grad)[place])


def _comparison(name: str, place: tuple[int, ...], total: float, own: float | None) -> str:
    at = f"[{', '.join(map(str, place))}]" if place else ""
    if own is None:
        return f" ({name}.grad is {NOT_REACHED}: no backward pass has run)"
    if np.isclose(own, total, rtol=1e-6, atol=1e-12, equal_nan=True):
        return f", and {name}.grad{at} = {number(own)}"
    return (
        f", but {name}.grad{at} = {number(own)}: it comes from another root, or adds up "
        f"several backward passes"
    )


def _scalar_paths(value: Node, root: Node, names: Names, most: int) -> tuple[list[str], float]:
    """Every path of a scalar graph, as many as ``most`` written out."""
    symbol = partial(names[root], names[value])
    if value is root:
        return [f"{symbol} = 1"], 1.0
    graph = _Local(root, value, names)
    count, total = graph.totals()
    shown = [path for path, _ in zip(graph.paths(), range(most), strict=False)]
    if count == 1:
        parts = graph.product(shown[0])
        lead = " " * len(symbol)
        return [f"{symbol} = {parts[0]}", *(f"{lead} = {part}" for part in parts[1:])], total
    lines = [f"{symbol} = sum over {count:,} paths from {names[value]} to {names[root]}"]
    added = 0.0
    for position, path in enumerate(shown, start=1):
        parts = graph.product(path)
        added += graph.along(path)
        route = _joined(" → ", [names[value], *(names[edge.target] for edge in reversed(path))])
        lines.append(f"  path {position}: {route}")
        lines += [f"    {'=' if i else ' '} {part}" for i, part in enumerate(parts)]
    if count > len(shown):
        rest = number(total - added)
        lines.append(f"  {count - len(shown):,} more paths, not written out, bring {rest}")
    return [*lines, f"  Σ = {number(total)}"], total


class _Local:
    """Local derivatives on the edges between one value and a root, and the paths over them."""

    def __init__(self, root: Node, value: Node, names: Names) -> None:
        self.root, self.value, self.names = root, value, names
        between = reaches(root, value)
        self.uses: dict[Node, list[Edge]] = {node: [] for node in between}
        self.order = [node for node in Graph(root) if node in between]
        for node in self.order:
            for slot, x in enumerate(node.inputs):
                if isinstance(x, Node) and x in between and node is not value:
                    self.uses[node].append(Edge(x, node, slot))
        self._known: dict[tuple[Node, int], LocalDerivative] = {}

    def local(self, edge: Edge) -> LocalDerivative:
        key = (edge.target, edge.slot)
        if key not in self._known:
            inputs, out = self.names.inputs(edge.target), self.names[edge.target]
            found = local_derivative(edge.target, edge.slot, inputs, out)
            assert found is not None
            self._known[key] = found
        return self._known[key]

    def totals(self) -> tuple[int, float]:
        """How many paths there are and what they add up to, without walking them one by one."""
        counts, sums = {self.value: 1}, {self.value: 1.0}
        for node in self.order:
            if node is not self.value:
                counts[node] = sum(counts[edge.source] for edge in self.uses[node])
                sums[node] = sum(
                    float(self.local(edge).data) * sums[edge.source] for edge in self.uses[node]
                )
        return counts[self.root], sums[self.root]

    def paths(self) -> Iterator[list[Edge]]:
        """Paths from the root down to the value, one after the other."""
        waiting: list[tuple[Node, Any]] = [(self.root, None)]
        while waiting:
            node, link = waiting.pop()
            if node is self.value:
                yield _unlinked(link)
                continue
            for edge in reversed(self.uses[node]):
                waiting.append((edge.source, (edge, link)))

    def along(self, path: list[Edge]) -> float:
        """Product of the local derivatives along a path."""
        return float(np.prod([float(self.local(edge).data) for edge in path]))

    def product(self, path: list[Edge]) -> list[str]:
        """The product along a path: as partials, as formulas, as numbers, its result."""
        locals_ = [self.local(edge) for edge in path]
        numbers = [number(float(local.data)) for local in locals_]
        parts = [
            _joined(" · ", [local.symbol for local in locals_]),
            _joined(" · ", [_factor(local.formula) for local in locals_]),
            _joined(" · ", [f"({n})" if n.startswith("−") else n for n in numbers]),
            number(self.along(path)),
        ]
        return [part for i, part in enumerate(parts) if i == 0 or part != parts[i - 1]]


def _unlinked(link: Any) -> list[Edge]:
    path = []
    while link is not None:
        edge, link = link
        path.append(edge)
    return path[::-1]


def _joined(sign: str, parts: list[str]) -> str:
    """Parts with a sign between them; the middle of a long chain is folded."""
    if len(parts) > FACTORS:
        half = FACTORS // 2
        parts = [*parts[:half], f"… {len(parts) - 2 * half} more …", *parts[-half:]]
    return sign.join(parts)


def _factor(formula: str) -> str:
    """A formula as a factor of a product."""
    loose = any(sign in formula for sign in (" + ", " − ", " if ", " / ")) or formula[0] == "−"
    return f"({formula})" if loose else formula
