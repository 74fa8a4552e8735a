"""How a step is written in NumPy: an expression, with brackets only where they are needed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .symbols import Step, Symbol

#: Operators: sign and how tightly it binds.
OPERATORS = {
    np.add: ("+", 5), np.subtract: ("-", 5), np.multiply: ("*", 6), np.divide: ("/", 6),
    np.floor_divide: ("//", 6), np.remainder: ("%", 6), np.matmul: ("@", 6),
    np.bitwise_and: ("&", 4), np.logical_and: ("&", 4), np.bitwise_or: ("|", 2),
    np.bitwise_xor: ("^", 3), np.less: ("<", 1), np.less_equal: ("<=", 1),
    np.greater: (">", 1), np.greater_equal: (">=", 1), np.equal: ("==", 1),
    np.not_equal: ("!=", 1),
}  # fmt: skip
#: Left out where both sides are not boolean.
LOGICAL = {np.logical_and}
ATOM = 9


class Text(NamedTuple):
    """An expression, and how tightly its outermost operator binds."""

    text: str
    binds: int


class Writer:
    """Writes steps; ``name`` gives the text of a symbol, ``constant`` a name for an array.

    ``borrow`` gives a name for a function, ``unique`` one that is not taken yet.
    """

    def __init__(self, name: Any, constant: Any, borrow: Any, unique: Any = str) -> None:
        self.name = name
        self.constant = constant
        self.borrow = borrow
        self.unique = unique
        #: Whether a plain number does what a NumPy number would: among doubles it does.
        self.plain_numbers = False
        self.numbers: dict[str, Any] = {}
        #: Numbers among the arguments that are made arrays without axes, by name.
        self.converted: dict[str, str] = {}

    def step(self, step: Step) -> Text:
        """The step as an expression."""
        self.plain_numbers = step.kind != "call" and all_double(step)
        if step.kind == "power":
            a, b = self.operand(step.args[0]), self.operand(step.args[1])
            return Text(f"{bracketed(a, 8)}**{bracketed(b, 7)}", 7)
        if step.kind == "getitem":
            return Text(
                f"{bracketed(self.operand(step.args[0]), ATOM)}[{self.index(step.args[1])}]", ATOM
            )
        if step.kind == "setitem":
            return Text(f"replaced({self.arguments(step.args, {})})", ATOM)
        if step.kind == "method" and step.function == "dot" and self.is_matrix_product(step):
            a, b = self.operand(step.args[0]), self.operand(step.args[1])
            return Text(f"{bracketed(a, 6)} @ {bracketed(b, 7)}", 6)
        if step.kind == "method":
            receiver = bracketed(self.operand(step.args[0]), ATOM)
            if step.function == "transpose" and len(step.args) == 1 and not step.kwargs:
                return Text(f"{receiver}.T", ATOM)
            given = self.arguments(step.args[1:], step.kwargs)
            return Text(f"{receiver}.{step.function}({given})", ATOM)
        return self.function(step)

    def function(self, step: Step) -> Text:
        """A call of a function; of operators and signs in their own form."""
        function = step.function
        if function in OPERATORS and len(step.args) == 2 and self.usable(step):
            sign, binds = OPERATORS[function]
            a, b = self.operand(step.args[0]), self.operand(step.args[1])
            left = binds + 1 if binds == 1 else binds
            return Text(f"{bracketed(a, left)} {sign} {bracketed(b, binds + 1)}", binds)
        if function is np.negative and not step.kwargs:
            return Text(f"-{bracketed(self.operand(step.args[0]), 7)}", 7)
        name = path(function) if step.kind == "function" else None
        if name is None:
            name = self.borrow(function)
        return Text(f"{name}({self.arguments(step.args, step.kwargs)})", ATOM)

    @staticmethod
    def is_matrix_product(step: Step) -> bool:
        """True where the method dot does what @ does."""
        ranks = [np.ndim(getattr(x, "sample", x)) for x in step.args]
        return len(ranks) == 2 and not step.kwargs and min(ranks) >= 1 and max(ranks) <= 2

    @staticmethod
    def usable(step: Step) -> bool:
        """True if the operator does what the function does: & is ∧ between booleans only."""
        if step.kwargs or not any(isinstance(x, Symbol) for x in step.args):
            return False
        if any(isinstance(x, list | tuple) for x in step.args):
            return False  # a list has signs of its own
        if step.function not in LOGICAL:
            return True
        kinds = {getattr(getattr(x, "sample", x), "dtype", None) for x in step.args}
        return kinds == {np.dtype(bool)}

    def given(self, step: Step, hoisted: bool = False) -> str:
        """The arguments of a step; with ``hoisted``, numbers among doubles as made before."""
        self.plain_numbers = all_double(step)
        if not (hoisted and self.plain_numbers):
            return self.arguments(step.args, step.kwargs)
        return ", ".join([self.made_before(x) for x in step.args])

    def made_before(self, x: Any) -> str:
        """An argument among doubles; a number as an array without axes made before."""
        if isinstance(x, Symbol) and type(x.sample) is float:
            return self.hoisted(self.operand(x).text)
        plain = isinstance(x, int | float) and not isinstance(x, bool)
        return self.number(float(x)) if plain else self.operand(x).text

    def hoisted(self, name: str) -> str:
        """The name of a number among the arguments, as an array without axes."""
        if name not in self.converted:
            self.converted[name] = self.unique(f"{name}_")
        return self.converted[name]

    def number(self, x: float) -> str:
        """The name of a number as an array without axes, which NumPy takes faster."""
        key = repr(x)
        if key not in self.numbers:
            self.numbers[key] = np.array(x)
        return self.constant(self.numbers[key])

    def operand_of(self, step: Step, x: Any) -> str:
        """One argument of a step."""
        self.plain_numbers = all_double(step)
        return self.operand(x).text

    def arguments(self, args: Any, kwargs: dict[str, Any]) -> str:
        """What stands in the brackets of a call."""
        parts = [self.operand(x).text for x in args]
        parts += [f"{key}={self.operand(x).text}" for key, x in kwargs.items()]
        return ", ".join(parts)

    def operand(self, x: Any) -> Text:
        """An argument: a symbol's name or expression, or a constant."""
        if isinstance(x, Symbol):
            return self.name(x)
        if isinstance(x, tuple):
            inside = ", ".join(self.operand(part).text for part in x)
            return Text(f"({inside},)" if len(x) == 1 else f"({inside})", ATOM)
        if isinstance(x, list):
            return Text(f"[{', '.join(self.operand(part).text for part in x)}]", ATOM)
        if isinstance(x, slice):
            return Text(f"slice({self.arguments((x.start, x.stop, x.step), {})})", ATOM)
        if isinstance(x, np.ndarray):
            return Text(self.constant(x), ATOM)
        text = literal(float(x) if self.plain_numbers and type(x) is np.float64 else x)
        if text is None:
            return Text(self.constant(x), ATOM)
        return Text(text, 7 if text.startswith("-") else ATOM)

    def index(self, index: Any) -> str:
        """What stands in square brackets."""
        if isinstance(index, tuple) and index:
            inside = ", ".join(self.place(part) for part in index)
            return f"{inside}," if len(index) == 1 else inside
        return self.place(index)

    def place(self, part: Any) -> str:
        """One axis of an index."""
        if isinstance(part, slice):
            start, stop, step = (
                "" if x is None else self.operand(x).text
                for x in (part.start, part.stop, part.step)
            )
            return f"{start}:{stop}" + (f":{step}" if step else "")
        return "..." if part is Ellipsis else self.operand(part).text


def all_double(step: Step) -> bool:
    """True if the arrays of a step, given and found, are all float64; Python numbers may be."""
    for symbol in (*step.inputs, *step.outs):
        sample = symbol.sample
        if getattr(sample, "dtype", None) != np.float64 and type(sample) is not float:
            return False
    return True


def bracketed(expression: Text, binds: int) -> str:
    """The expression, in brackets if it binds less tightly than ``binds``."""
    return expression.text if expression.binds >= binds else f"({expression.text})"


def literal(x: Any) -> str | None:
    """A constant as Python writes it; None for what has no such form."""
    if x is None or isinstance(x, bool | int | str):
        return repr(x)
    if isinstance(x, np.bool_):
        return repr(bool(x))
    if isinstance(x, np.integer):
        return f"np.{x.dtype.name}({int(x)})"
    if isinstance(x, float | np.floating):
        number = repr(float(x)).replace("inf", "np.inf").replace("nan", "np.nan")
        # A NumPy number widens float32; a Python number does not.
        return f"np.{x.dtype.name}({number})" if isinstance(x, np.floating) else number
    if isinstance(x, np.dtype):
        return f"np.{x.name}" if hasattr(np, x.name) else repr(x.str)
    if isinstance(x, type):
        return path(x) or (x.__name__ if x in (bool, int, float) else None)
    return "..." if x is Ellipsis else None


def path(function: Any) -> str | None:
    """How a callable of NumPy is written, from ``np`` on; None for others."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        return f"np.{owner.__name__}.{function.__name__}"
    name = getattr(function, "__name__", None)
    if name is None:
        return None
    for module, prefix in ((np, "np"), (np.linalg, "np.linalg")):
        if getattr(module, name, None) is function:
            return f"{prefix}.{name}"
    return None
