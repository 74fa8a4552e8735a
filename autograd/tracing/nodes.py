"""TraceNode: a value as a trace remembers it. Names that a trace gives to its values."""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from typing import Any

from ..ops import Op
from ..origin import Origin, resolve


class TraceNode:
    """A value of a trace: what made it, from what, and where. Data and gradients change over
    the trace, so a `State` has them.

    ``inputs`` holds nodes, and constants as plain numbers or arrays. ``name`` is unique in the
    trace: the label, or u1, u2, … for results and p1, p2, … for leaves without one; a label that
    comes again gets a number, ``loss:2``.
    """

    __slots__ = (
        "_at", "_source", "block", "dtype", "earlier", "id", "inputs", "label", "name", "op",
        "requires_grad", "scope", "settings", "shape",
    )  # fmt: skip

    def __init__(
        self,
        number: int,
        op: str | None,
        block: type[Op] | None,
        inputs: tuple[Any, ...],
        settings: dict[str, Any] | None,
        shape: tuple[int, ...],
        dtype: Any,
        label: str | None,
        requires_grad: bool,
        scope: str,
        at: Any,
        earlier: bool,
    ) -> None:
        #: Its place among the nodes of the trace: operands have smaller ones than results.
        self.id = number
        #: Name of the op that made it; None for a leaf.
        self.op = op
        #: The op itself, where it is known here.
        self.block = block
        self.inputs = inputs
        self.settings = settings
        self.shape = shape
        self.dtype = dtype
        self.label = label
        self.name = ""
        self.requires_grad = requires_grad
        #: Names of the scopes (layers) it was made in, joined by dots; "" outside of any.
        self.scope = scope
        #: True if it was made before the trace began.
        self.earlier = earlier
        self._at = at
        self._source: str | None = None

    @property
    def origin(self) -> Origin:
        """The line and sub-expression that made it."""
        if not isinstance(self._at, Origin):
            self._at = resolve(*self._at)
        return self._at

    @property
    def source(self) -> str:
        """The line of source code that made it, without its end; "" where it is not at hand."""
        if self._source is None:
            self._source = linecache.getline(self.origin.filename, self.origin.line).rstrip()
        return self._source

    @source.setter
    def source(self, line: str) -> None:
        self._source = line

    @property
    def symbol(self) -> str:
        """The short sign of its op: ``*`` for multiply; "" for a leaf."""
        if self.op is None:
            return ""
        return self.block.symbol if self.block is not None else self.op

    @property
    def form(self) -> str:
        """How it was computed, with the names of its operands: ``w * x``; "" for a leaf."""
        if self.op is None:
            return ""
        names = [operand_name(x) for x in self.inputs]
        if self.block is None or self.block.variadic:
            return f"{self.op}({', '.join(names)})"
        return self.block.pattern.format(**dict(zip(self.block.input_names, names, strict=True)))

    def describe(self) -> str:
        """Name for a message: the label, or the op and the expression that made it."""
        if self.label is not None:
            return repr(self.label)
        return f"the {self.op or 'value'} from {self.origin}"

    def __repr__(self) -> str:
        return f"{self.name} = {self.form}" if self.op is not None else self.name


def operand_name(x: Any) -> str:
    """The name of a node; a constant number itself, a constant array by its shape."""
    if isinstance(x, TraceNode):
        return x.name
    if getattr(x, "shape", ()):
        return f"array {x.shape}"
    return f"{float(x):.6g}"


def give_names(nodes: Iterable[TraceNode]) -> dict[str, TraceNode]:
    """Give each node its name; the nodes by name."""
    nodes = list(nodes)
    taken = {node.label for node in nodes if node.label}
    found: dict[str, TraceNode] = {}
    counts: dict[str, int] = {}
    for node in nodes:
        label = node.label.strip() if node.label else ""
        base = label or ("p" if node.op is None else "u")
        name = label
        while not name or name in found or (not label and name in taken):
            counts[base] = counts.get(base, 1 if label else 0) + 1
            name = f"{base}:{counts[base]}" if label else f"{base}{counts[base]}"
        node.name = name
        found[name] = node
    return found
