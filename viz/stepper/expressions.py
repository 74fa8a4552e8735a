"""Expressions: what a user types, worked out on the numbers of one step of a trace."""

from __future__ import annotations

import ast
import builtins
import functools
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.tracing import Contribution, Seed, State, Trace

#: Python's own functions that an expression may use.
BUILTINS = ("abs", "all", "any", "bool", "float", "int", "len", "max", "min", "round", "sum")
#: What is asked of a value: ``w.grad`` and ``grad(w)`` mean the same.
QUESTIONS = {"grad": "grad", "delta": "delta", "data": "value", "value": "value"}
#: Names that speak of the event that has just happened, so that each event may change them.
EVENT_NAMES = {"event", "index", "kind", "op", "name"}


class ExpressionError(ValueError):
    """An expression that cannot be understood, or not be worked out at this step."""


class Expression:
    """A Python expression over the values of a trace.

    ``w`` is the data of w at the step, ``w.grad`` its gradient, ``w.delta`` that of the present
    pass alone; ``grad("loss:2")`` is for names that are not Python's. ``event`` is what has just
    happened; ``kind``, ``op`` and ``name`` speak of it; ``np`` is NumPy.

    >>> import autograd as ag
    >>> w = ag.Value(2.0, label="w")
    >>> t = ag.trace(lambda: (w * w).backward())
    >>> Expression("w.grad > 3", t).at(t.last), Expression("w * 10", t).at(t.at(0))
    (np.True_, np.float64(20.0))
    """

    def __init__(self, text: str, trace: Trace) -> None:
        self.text = text.strip()
        self.trace = trace
        self.tree = parsed(unicodedata.normalize("NFKC", self.text))
        self.code = compile(self.tree, "<expression>", "eval")

    @functools.cached_property
    def touched_by(self) -> frozenset[int] | None:
        """Numbers of the nodes that it asks about; None if it speaks of the event, too."""
        walked = list(ast.walk(self.tree))
        names = {node.id for node in walked if isinstance(node, ast.Name)}
        texts = {node.value for node in walked if isinstance(node, ast.Constant)}
        if names & EVENT_NAMES or not names <= {*BUILTINS, *QUESTIONS, "np"} | self._known(names):
            return None
        return frozenset(self.trace.node(name).id for name in self._known(names | texts))

    @functools.cached_property
    def _births(self) -> frozenset[int]:
        """The events with which its values come to be there."""
        return frozenset(self.trace.history.born[number] for number in self.touched_by or ())

    def may_change_at(self, index: int) -> bool:
        """False if the event cannot change it, which saves working it out."""
        kind, number, *_ = self.trace.history.steps[index]
        if self.touched_by is None or kind is Seed or index in self._births:
            return True
        return number in self.touched_by and kind is not Contribution

    def _known(self, names: set[Any]) -> set[str]:
        typed = self.trace.history.typed
        return {name for name in names if name in self.trace.history.named or name in typed}

    def at(self, state: State) -> Any:
        """Its value after a step; None where it needs a number that is not there yet.

        Raises:
            ExpressionError: an unknown name, or an error in working it out.
        """
        scope = _Scope(state, self.trace)
        try:
            with np.errstate(all="ignore"):
                return eval(self.code, {"__builtins__": {}}, scope)
        except Exception as error:
            if scope.missing:
                return None
            raise ExpressionError(f"{self.text}: {described(error)}") from None

    def holds(self, state: State) -> bool:
        """True if it is true now, of an array in one element at least."""
        found = self.at(state)
        return found is not None and bool(np.any(found))


def described(error: Exception) -> str:
    """An error in one line."""
    text = error.args[0] if isinstance(error, LookupError) and error.args else error
    return str(text) or type(error).__name__


def parsed(text: str) -> ast.Expression:
    """The expression as a tree, in which ``w.grad`` and ``grad(w)`` ask for the value named w."""
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError) as error:
        raise ExpressionError(f"{text!r} is no expression: {error.args[0]}.") from None
    return ast.fix_missing_locations(_Asking().visit(tree))


class _Asking(ast.NodeTransformer):
    """Turns ``w.grad`` and ``grad(w)`` into ``grad("w")``."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.attr in QUESTIONS:
            return _question(node.attr, node.value.id)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        asked = node.func.id if isinstance(node.func, ast.Name) else ""
        if asked in QUESTIONS and len(node.args) == 1 and isinstance(node.args[0], ast.Name):
            return _question(asked, node.args[0].id)
        self.generic_visit(node)
        return node


def _question(asked: str, name: str) -> ast.Call:
    function = ast.Name(QUESTIONS[asked], ast.Load())
    return ast.Call(function, [ast.Constant(name)], [])


class _Scope(dict[str, Any]):
    """The names of an expression, looked up when they are used."""

    def __init__(self, state: State, trace: Trace) -> None:
        super().__init__({name: getattr(builtins, name) for name in BUILTINS})
        self.state, self.trace = state, trace
        #: True once a number was asked for that is not there yet.
        self.missing = False
        event = state.event
        self["np"] = np
        self["event"], self["index"] = event, state.index
        self["kind"] = event.kind if event is not None else ""
        self["op"] = (event.node.op or "") if event is not None else ""
        self["name"] = event.node.name if event is not None else ""
        for asked in ("grad", "delta", "value"):
            self[asked] = self._asked(getattr(state, asked))

    def _asked(self, question: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def ask(name: Any) -> Any:
            found = question(name)
            self.missing |= found is None
            return found

        return ask

    def __missing__(self, name: str) -> Any:
        return self["value"](self.trace.node(name))
