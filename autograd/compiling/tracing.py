"""Tracing: one run of a function on traced arrays, forward and backward, as a Trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..backprop import seed, sweep
from ..containers import leaves_of, rebuild
from ..modes import observing, tapes, thread
from ..node import Node
from .comments import Comments, equations_of
from .errors import TraceError, refusal
from .naming import Names, name_symbols
from .program import Program
from .symbols import Symbol
from .tape import Tape
from .traced import Traced


class Trace:
    """What one run recorded: its results, the Values it used, and what it changed."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: Any,
        kwargs: Any,
        names: Any,
        first: Trace | None = None,
    ) -> None:
        self.function = function
        self.tape: Tape = Tape(first.tape if first else None)
        #: Argument places: the Value that was given there, or None for plain numbers.
        self.places: list[Any] = []
        self.result: Any = None
        #: The scalar that is differentiated, and the values it depends on with their gradients.
        self.root: Any = None
        self.pulled: list[tuple[Any, Any]] = []
        #: Whether results are Values to be differentiated later.
        self.differentiable = False
        self.forward_steps = 0
        given = self.arguments(args, kwargs, names)
        state = thread.state
        state.tape, outer = self.tape, state.tape
        # Debug mode and traces of a run see the compiled calls, not these stand-ins.
        watches = state.observer, state.watch
        state.observer = state.watch = None
        tapes.append(self.tape)
        try:
            with observing(self.tape.observe), np.errstate(all="ignore"):
                self.result = function(*given[0], **given[1])
                self.tape.put_back()
                self.forward_steps = len(self.tape.steps)
                self.finish()
        finally:
            state.tape = outer
            state.observer, state.watch = watches
            tapes.pop()
            self.after = self.changes()
            self.tape.restore()

    def arguments(self, args: Any, kwargs: Any, names: Any) -> Any:
        """The arguments with traced arrays in place of arrays, and Values taken over."""
        spelled = iter(names or ())
        traced: list[Any] = []
        for x in leaves_of((args, kwargs)):
            name = next(spelled, "x")
            if isinstance(x, Node):
                self.tape.adopt(x)
                self.tape.leaves[x].symbol.name = name
                traced.append(x)
            elif is_dynamic(x):
                traced.append(self.tape.input(x, len(self.places), name))
            else:
                traced.append(x)
            self.places.append(x if isinstance(x, Node) else None)
        return rebuild((args, kwargs), iter(traced))

    def finish(self) -> None:
        """Differentiate the result, if it is one scalar and the function did not do it itself."""
        roots = [x for x in leaves_of(self.result) if self.is_root(x)]
        self.differentiable = bool(roots) and not self.changed()
        if self.differentiable and self.tape.written_arguments:
            error = TraceError(
                f"compile() cannot trace {self.tape.written_arguments[0][2]}: an argument is "
                f"written into, and what the function returns needs gradients. Write y = x + …, "
                f"which leaves the argument as it is."
            )
            error.tape = self.tape
            raise error
        if self.differentiable and len(roots) == 1 and roots[0].shape == ():
            self.root = roots[0]
            for node in self.tape.leaves:
                if node._rare is not None:
                    node._rare.hooks = None  # they run at each backward(), not in the program
            for value, delta in sweep(self.root, seed(self.root)):
                if value.op is None or value.label:
                    self.pulled.append((value, delta))

    def is_root(self, x: Any) -> bool:
        """True for a result that can be differentiated."""
        return isinstance(x, Node) and x.requires_grad and x not in self.tape.leaves

    def changed(self) -> bool:
        """True if the function wrote into data or gradients of Values from outside."""
        for node, kept in self.tape.leaves.items():
            if node._array is not kept.traced or kept.traced.symbol is not kept.symbol:
                return True
            if node._grad is not kept.traced_grad or kept.reset:
                return True
        return False

    def changes(self) -> list[tuple[Any, Any, Any, int]]:
        """Data and gradient of each Value from outside after the run, and how often overwritten."""
        found = []
        for node, kept in self.tape.leaves.items():
            found.append((node, node._array, node._grad, node.version - kept.version))
        return found

    def let_go(self) -> None:
        """Forget the graph, which is freed then, and with it the arrays of the run."""
        self.tape.let_go()
        self.pulled.clear()
        self.after.clear()
        self.result = self.root = None

    # -- as a program

    def program(
        self, outputs: list[Any], writes: list[tuple[Symbol, Any]], name: str, title: str
    ) -> Program:
        """The steps that lead to these outputs, with names and equations."""
        names = Names()
        for symbol in self.tape.inputs:
            if symbol.name is not None:
                symbol.name = names.unique(symbol.name)
        gradients = self.pulled or self.stored_gradients()
        name_symbols(self.tape, names, gradients)
        for symbol in self.tape.inputs:
            if symbol.name is None:
                symbol.name = names.unique("grad1")
        comments = Comments(title)
        comments.equations = equations_of(self.tape, gradients)
        return Program(
            name, self.tape.steps, self.tape.inputs, outputs, writes, self.tape.guards, names,
            comments,
        )  # fmt: skip

    def stored_gradients(self) -> list[tuple[Any, Any]]:
        """Values with the gradients that a backward pass inside the function left in them."""
        pairs = [(value, value._grad) for value in self.tape.values if value._grad is not None]
        return pairs + [(node, grad) for node, _, grad, _ in self.after if grad is not None]


def is_dynamic(x: Any) -> bool:
    """True for what may change from call to call without a new program."""
    return isinstance(x, np.ndarray | np.floating | float) or (
        isinstance(x, np.generic) and not isinstance(x, np.bool_ | np.str_ | np.bytes_)
    )


def traced_symbol(x: Any, tape: Tape) -> Any:
    """The symbol of a result's data, or the plain data itself."""
    data = x._array if isinstance(x, Node) else x
    if isinstance(data, Traced):
        if data.tape is not tape:
            raise refusal(tape, "data of another trace is used", "Compute it anew inside.")
        return data.symbol
    return data


__all__ = ["Trace", "TraceError", "traced_symbol"]
