"""Formula: a symbolic stand-in that a derivative rule is run on, to print what it computes.

A rule of the op table is written on ``(delta, out, *inputs)``. Given Formulas in place of
arrays it goes through the same lines, and what comes out is its formula, beside the number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import ops
from autograd.ops import Op

from .. import notation

#: How tightly a written form binds; see ``Op.precedence``.
LOOSEST, SUM, PRODUCT, SIGN, POWER, ATOM = 0, 1, 2, 3, 4, 9


class Formula:
    """Text and data of one term. ``number`` is set where the text is a plain number.

    >>> w, x = Formula("w", np.float64(2.0)), Formula("x", np.float64(3.0))
    >>> print(1 * x, "|", (w + 1) * x, "|", 1 - w * w, "|", float((w + 1) * x))
    x | (w + 1) · x | 1 − w² | 9.0
    """

    __slots__ = ("data", "number", "precedence", "text")
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self, text: str, data: Any, precedence: int = ATOM, number: float | None = None
    ) -> None:
        self.text = text
        self.data = data
        self.precedence = precedence
        self.number = number

    # -- what a rule may ask

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the data it stands for."""
        return notation.shape_of(self.data)

    @property
    def ndim(self) -> int:
        """Number of axes of the data it stands for."""
        return np.ndim(self.data)

    @property
    def size(self) -> int:
        """Number of elements of the data it stands for."""
        return int(np.size(self.data))

    @property
    def dtype(self) -> Any:
        """NumPy dtype of the data it stands for."""
        return np.asarray(self.data).dtype

    def __len__(self) -> int:
        return len(self.data)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __float__(self) -> float:
        return float(self.data)

    def __repr__(self) -> str:
        return f"Formula({self.text!r}, {notation.array(self.data)})"

    def __str__(self) -> str:
        return self.text

    # -- operators

    def __add__(self, other: Any) -> Formula:
        return write(ops.Add, self, other)

    def __radd__(self, other: Any) -> Formula:
        return write(ops.Add, other, self)

    def __sub__(self, other: Any) -> Formula:
        return write(ops.Subtract, self, other)

    def __rsub__(self, other: Any) -> Formula:
        return write(ops.Subtract, other, self)

    def __mul__(self, other: Any) -> Formula:
        return write(ops.Multiply, self, other)

    def __rmul__(self, other: Any) -> Formula:
        return write(ops.Multiply, other, self)

    def __truediv__(self, other: Any) -> Formula:
        return write(ops.Divide, self, other)

    def __rtruediv__(self, other: Any) -> Formula:
        return write(ops.Divide, other, self)

    def __pow__(self, other: Any) -> Formula:
        return write(ops.Power, self, other)

    def __rpow__(self, other: Any) -> Formula:
        return write(ops.Power, other, self)

    def __matmul__(self, other: Any) -> Formula:
        return write(ops.Matmul, self, other)

    def __rmatmul__(self, other: Any) -> Formula:
        return write(ops.Matmul, other, self)

    def dot(self, other: Any) -> Formula:
        """The product of matrices."""
        return write(ops.Matmul, self, other)

    def __neg__(self) -> Formula:
        return write(ops.Negative, self)

    def __abs__(self) -> Formula:
        return write(ops.Absolute, self)

    def __eq__(self, other: object) -> Any:
        return relation("=", self, other, np.equal)

    def __ne__(self, other: object) -> Any:
        return relation("≠", self, other, np.not_equal)

    def __lt__(self, other: Any) -> Formula:
        return relation("<", self, other, np.less)

    def __le__(self, other: Any) -> Formula:
        return relation("≤", self, other, np.less_equal)

    def __gt__(self, other: Any) -> Formula:
        return relation(">", self, other, np.greater)

    def __ge__(self, other: Any) -> Formula:
        return relation("≥", self, other, np.greater_equal)

    def __and__(self, other: Any) -> Formula:
        return relation("and", self, other, np.logical_and)

    def __or__(self, other: Any) -> Formula:
        return relation("or", self, other, np.logical_or)

    def __invert__(self) -> Formula:
        return Formula(f"not {bracketed(self, SUM)}", np.logical_not(self.data), LOOSEST)

    # -- methods that rules use

    @property
    def T(self) -> Formula:
        """The transpose."""
        return self.transpose()

    def transpose(self, *axes: Any) -> Formula:
        """Axes in another order."""
        data = np.transpose(self.data, *axes)
        if self.ndim <= 1:
            return self._moved(self.text, data)
        return self._moved(raised(self, "ᵀ"), data)

    def swapaxes(self, axis1: int, axis2: int) -> Formula:
        """Two axes exchanged; ᵀ where they are the last two."""
        data = np.swapaxes(self.data, axis1, axis2)
        axes = {axis1 % self.ndim, axis2 % self.ndim}
        if axes == {self.ndim - 1, self.ndim - 2}:
            return self._moved(raised(self, "ᵀ"), data)
        return self._moved(f"swapaxes({self.text})", data)

    def reshape(self, *shape: Any) -> Formula:
        """The same elements in another shape; written only where the shape changes."""
        whole = shape[0] if len(shape) == 1 else shape
        data = np.reshape(self.data, whole)
        if data.shape == self.shape or self.number is not None:
            return Formula(self.text, data, self.precedence, self.number)
        return self._moved(f"reshape({self.text})", data)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Formula:
        """Sum over axes; of one element it is the element."""
        return self.__record__(ops.Sum, (self,), {"axis": axis, "keepdims": keepdims})

    def mean(self, axis: Any = None, keepdims: bool = False) -> Formula:
        """Mean over axes."""
        return self.__record__(ops.Mean, (self,), {"axis": axis, "keepdims": keepdims})

    def astype(self, dtype: Any) -> Formula:
        """Another dtype is written the same."""
        return Formula(self.text, np.asarray(self.data).astype(dtype), self.precedence, self.number)

    def copy(self) -> Formula:
        """Formulas never change, so a copy is the same."""
        return self

    def __getitem__(self, index: Any) -> Formula:
        index = bare(index)
        text = f"{bracketed(self, ATOM)}[{notation.index(index)}]"
        return self._moved(text, np.asarray(self.data)[index])

    def _moved(self, text: str, data: Any) -> Formula:
        if self.number is not None:
            return Formula(self.text, data, self.precedence, self.number)
        return Formula(text, data)

    # -- the engine and NumPy

    def __record__(
        self, op: type[Op], inputs: tuple[Any, ...], settings: dict[str, Any] | None = None
    ) -> Formula:
        """``op`` written on ``inputs``; how a rule that uses another op prints it."""
        return write(op, *inputs, **(settings or {}))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__":
            return call(getattr(ufunc, method), inputs, kwargs, f"{ufunc.__name__}.{method}")
        sign = RELATIONS.get(ufunc)
        if sign is not None:
            return relation(sign, inputs[0], inputs[1], ufunc)
        op = STAND_INS().get(ufunc)
        return call(ufunc, inputs, kwargs) if op is None else write(op, *inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function in (np.all, np.any, np.shape, np.ndim, np.size, np.argsort):
            return function(*bare(args), **bare(kwargs))
        if function in (np.ones_like, np.zeros_like):
            data, one = function(bare(args[0])), float(function is np.ones_like)
            return Formula(notation.number(one), data, number=one)
        if function is np.where and len(args) == 3:
            return choice(*args)
        if function in (np.expand_dims, np.squeeze, np.atleast_1d):
            first = lifted(args[0])
            data = function(first.data, *bare(args[1:]), **bare(kwargs))
            return Formula(first.text, data, first.precedence, first.number)
        op = STAND_INS().get(function)
        if op is None:
            return call(function, args, kwargs)
        inputs, settings = op.bind(function, args, kwargs)
        return write(op, *inputs, **settings)


RELATIONS = {
    np.equal: "=", np.not_equal: "≠", np.less: "<", np.less_equal: "≤",
    np.greater: ">", np.greater_equal: "≥",
}  # fmt: skip


def STAND_INS() -> dict[Callable[..., Any], type[Op]]:
    """The op for each NumPy callable that has one."""
    return dict(ops.numpy_table())


def bare(x: Any) -> Any:
    """``x`` with every Formula in it replaced by its data."""
    if isinstance(x, Formula):
        return x.data
    if isinstance(x, tuple):
        return tuple(bare(part) for part in x)
    if isinstance(x, list):
        return [bare(part) for part in x]
    if isinstance(x, dict):
        return {key: bare(part) for key, part in x.items()}
    return x


def lifted(x: Any) -> Formula:
    """``x`` as a Formula: a plain number is written as itself, an array abridged."""
    if isinstance(x, Formula):
        return x
    data = np.asarray(x)
    if data.ndim == 0 and data.dtype.kind in "fiub":
        value = float(data)
        negative = value < 0
        return Formula(notation.number(value), x, SIGN if negative else ATOM, value)
    if data.dtype.kind in "fiub":
        return Formula(notation.array(data.astype(float)), x)
    return Formula(notation.abridged(str(x)), x)


def operand(x: Any, name: str) -> Formula:
    """An operand's data under its name; a plain number stands for itself."""
    plain = lifted(x)
    return plain if plain.number is not None else Formula(name, x)


def bracketed(term: Formula, tightness: int, strictly: bool = False) -> str:
    """Text of ``term`` for a place that binds with ``tightness``."""
    loose = term.precedence < tightness or (strictly and term.precedence == tightness)
    return f"({term.text})" if loose else term.text


def raised(term: Formula, mark: str) -> str:
    """``term`` with a superscript: bᵀ, (a + b)ᵀ, and (a¹)² because a¹² would be another."""
    already = any(char in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ" for char in term.text)
    return f"({term.text}){mark}" if already or term.precedence < ATOM else term.text + mark


def write(op: type[Op], *inputs: Any, **settings: Any) -> Formula:
    """``op`` applied to Formulas: its written form, simplified where that is plain to see."""
    terms = [lifted(x) for x in inputs]
    data = op.forward(*(term.data for term in terms), **bare(settings))
    if all(term.number is not None for term in terms) and op.elementwise and not settings:
        with np.errstate(all="ignore"):
            value = float(op.forward(*(np.float64(term.number or 0.0) for term in terms)))
        plain = lifted(value)
        return Formula(plain.text, data, plain.precedence, value)
    simple = simplified(op, terms)
    if simple is not None:
        return Formula(simple.text, data, simple.precedence, simple.number)
    if op is ops.BroadcastTo and (np.shape(data) == terms[0].shape or terms[0].number is not None):
        return Formula(terms[0].text, data, terms[0].precedence, terms[0].number)
    return Formula(written(op, terms), data, op.precedence)


def written(op: type[Op], terms: list[Formula]) -> str:
    """The pattern of ``op`` filled in, with brackets where they are needed."""
    if op.variadic:
        return f"{op.name}({', '.join(notation.abridged(t.text) for t in terms[:4])}" + (
            ", …)" if len(terms) > 4 else ")"
        )
    if op is ops.Power and terms[1].number is not None and terms[1].text.lstrip("−").isdigit():
        return raised(terms[0], notation.superscript(terms[1].text))
    texts, pattern = {}, op.pattern
    for position, (name, term) in enumerate(zip(op.input_names, terms, strict=False)):
        if f"{{{name}}}ᵀ" in pattern:
            pattern = pattern.replace(f"{{{name}}}ᵀ", f"{{{name}}}")
            texts[name] = raised(term, "ᵀ")
        elif op.precedence == ATOM and f"{{{name}}}[" not in pattern:
            texts[name] = term.text
        else:
            strictly = position > 0 and op.precedence < ATOM and op is not ops.Add
            text = bracketed(term, op.precedence, strictly)
            texts[name] = f"({text})" if position > 0 and text[0] == "−" else text
    return notation.typeset(pattern).format(**texts)


def simplified(op: type[Op], terms: list[Formula]) -> Formula | None:
    """The simpler form of 1 · b, 0 · b, b + 0, b / 1, b ** 1, a · a; None where there is none."""
    if op is ops.Multiply:
        return _product(*terms)
    first = terms[0]
    second = terms[1] if len(terms) > 1 else None
    if op is ops.Negative and first.precedence == SIGN and first.text.startswith("−"):
        return Formula(first.text[1:], first.data)
    if second is None or second.number is None:
        if op is ops.Add and first.number == 0:
            return second
        if op is ops.Subtract and first.number == 0 and second is not None:
            return write(ops.Negative, second)
        return None
    if (op is ops.Divide or op is ops.Power) and second.number == 1:
        return first
    if (op is ops.Add or op is ops.Subtract) and second.number == 0:
        return first
    if op is ops.Power and second.number == 0:
        return lifted(1.0)
    return None


def _product(a: Formula, b: Formula) -> Formula | None:
    for one, other in ((a, b), (b, a)):
        if one.number == 1:
            return other
        if one.number == 0:
            return lifted(0.0)
        if one.number == -1:
            return write(ops.Negative, other)
    if a.text == b.text and a.number is None and a.precedence >= SIGN:
        return Formula(raised(a, "²"), a.data, POWER)
    return None


def relation(sign: str, a: Any, b: Any, function: Callable[..., Any]) -> Formula:
    """A comparison, written and answered on the data."""
    left, right = lifted(a), lifted(b)
    text = f"{bracketed(left, SUM)} {sign} {bracketed(right, SUM)}"
    return Formula(text, function(left.data, right.data), LOOSEST)


def choice(condition: Any, a: Any, b: Any) -> Formula:
    """``np.where``: ``a if condition else b``."""
    test, yes, no = lifted(condition), lifted(a), lifted(b)
    data = np.where(test.data, yes.data, no.data)
    if test.number is not None:
        yes = yes if test.number else no
    if yes.text == no.text or test.number is not None:
        return Formula(yes.text, data, yes.precedence, yes.number)
    text = f"{bracketed(yes, SUM)} if {test.text} else {bracketed(no, SUM)}"
    return Formula(text, data, LOOSEST)


def call(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], name: str = ""
) -> Any:
    """A NumPy function outside the op table: written as a call, answered on the data."""
    result = function(*bare(args), **bare(kwargs))
    if not isinstance(result, np.ndarray | np.generic):
        return result
    texts = [arg.text for arg in args if isinstance(arg, Formula)]
    return Formula(f"{name or function.__name__}({', '.join(texts)})", result)
