"""Replay of a recorded graph of scalars: forward and backward with new numbers, level by level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..backprop import seed, sweep
from ..data import UntraceableError
from ..modes import tapes, thread
from ..node import Node
from .levels import Levels, is_number
from .passes import live, simplified
from .symbols import Symbol
from .tape import Tape
from .traced import Traced


class ReplayedGraph:
    """A graph of scalar Values as a program: call it with new numbers for some of the leaves.

    After each call ``data`` and ``grad`` tell the numbers of every Value of the graph, and
    ``store`` writes them all into the Values.
    """

    def __init__(self, root: Node, nodes: list[Node]) -> None:
        self.root = root
        self.nodes = nodes
        self.leaves = [node for node in nodes if node.op is None]
        for node in nodes:
            if not is_number(node._array):
                raise TypeError(
                    f"replay() got a graph with {node.describe()} of shape {node.shape} and dtype "
                    f"{node.dtype}; expected float64 scalars alone. Use autograd.compile() for "
                    f"arrays."
                )
        tape = Tape()
        data, grads = self.trace(tape)
        steps, new = simplified(live(tape.steps, [x for x in data + grads if is_symbol(x)]))
        #: Symbol of the number, and of the gradient, of each Value; a constant's number itself.
        self.data_symbols = [new.get(x, x) if is_symbol(x) else x for x in data]
        self.grad_symbols = [new.get(x, x) if is_symbol(x) else x for x in grads]
        self.levels = Levels(steps, tape.inputs, [self.data_symbols[-1]])
        self.index = {node: k for k, node in enumerate(nodes)}
        self.order = {leaf: k for k, leaf in enumerate(self.leaves)}

    def trace(self, tape: Tape) -> tuple[list[Any], list[Any]]:
        """Run the ops of the graph, and the sweep, on traced numbers."""
        kept = [(node, node._array) for node in self.nodes]
        state = thread.state
        state.tape, outer = tape, state.tape
        tapes.append(tape)
        try:
            with np.errstate(all="ignore"):
                for node in self.nodes:
                    if node.op is None:
                        node._array = tape.input(node._array, node)
                    else:
                        node._array = forward(tape, node)
                found = dict(sweep(self.root, seed(self.root)))
            data = [symbol_of(node._array) for node in self.nodes]
            return data, [symbol_of(found.get(node)) for node in self.nodes]
        finally:
            state.tape = outer
            tapes.pop()
            for node, array in kept:
                node._array = array

    # -- a run

    def __call__(self, inputs: Mapping[Node, float] | None = None) -> Any:
        """The root's number, with these numbers for some leaves; others have their present data.

        Raises:
            KeyError: a Value that is no leaf of the graph.
        """
        numbers = [leaf._array for leaf in self.leaves]
        for leaf, number in (inputs or {}).items():
            if leaf not in self.order:
                what = leaf.describe() if isinstance(leaf, Node) else type(leaf).__name__
                raise KeyError(f"replay() got a number for {what}; expected leaves of the graph.")
            numbers[self.order[leaf]] = float(number)
        return self.levels.run(*numbers)[0]

    def data(self, value: Node) -> Any:
        """The number that a Value of the graph had in the last call."""
        return self.number(self.data_symbols[self.index[value]])

    def grad(self, value: Node) -> Any:
        """∂root/∂value in the last call; None for a constant."""
        return self.number(self.grad_symbols[self.index[value]])

    def number(self, symbol: Any) -> Any:
        """The number of a symbol; of a constant the number itself."""
        return self.levels.read(symbol) if isinstance(symbol, Symbol) else symbol

    def store(self) -> None:
        """Write the numbers of the last call into all Values: data, and gradients afresh."""
        for node, data, grad in zip(self.nodes, self.data_symbols, self.grad_symbols, strict=True):
            if node.op is not None:
                node._array = self.number(data)
            node._grad = self.number(grad)


def forward(tape: Tape, node: Node) -> Any:
    """The result of a node's op on traced numbers."""
    op = node.op
    assert op is not None
    data = [x._array if isinstance(x, Node) else x for x in node.inputs]
    settings = node.settings or {}
    try:
        return op.forward(*data, **settings)
    except UntraceableError:
        return tape.call(op.forward, data, settings)


def is_symbol(x: Any) -> bool:
    """True for a symbol, not a plain number."""
    return isinstance(x, Symbol)


def symbol_of(data: Any) -> Any:
    """The symbol of traced data; plain data as they are."""
    return data.symbol if isinstance(data, Traced) else data
