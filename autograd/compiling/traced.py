"""Traced: what stands for an array while a function is traced. It acts like one, and records."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..node import Node
from .errors import (
    TraceError,
    asked_by_a_rule,
    asked_by_library,
    asking_frame,
    refusal,
    user_place,
)  # fmt: skip
from .symbols import Symbol

#: NumPy functions that answer from shape and dtype alone.
STATIC = {np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj}
#: NumPy functions whose result has a shape that depends on the numbers.
SHAPED_BY_DATA = {
    np.nonzero, np.flatnonzero, np.argwhere, np.unique, np.extract, np.compress, np.trim_zeros,
}  # fmt: skip
#: Methods of an array that are recorded as they are written.
METHODS = {
    "all", "any", "argmax", "argmin", "argsort", "astype", "choose", "clip", "conj", "conjugate",
    "cumprod", "cumsum", "diagonal", "dot", "max", "mean", "min", "prod", "repeat", "reshape",
    "round", "squeeze", "std", "sum", "swapaxes", "take", "trace", "transpose", "var", "view",
}  # fmt: skip


class Traced(NDArrayOperatorsMixin):
    """An array, or a number, of a function that is being traced.

    It knows shape and dtype, and refuses to tell its numbers. Writing into it (``+=``, ``[…] =``)
    gives it another symbol, for everyone who holds it.
    """

    __slots__ = ("is_array", "is_copy", "is_view", "sample", "symbol", "tape")
    #: How the engine knows it.
    __traced__ = True

    def __init__(self, tape: Any, symbol: Symbol) -> None:
        self.tape = tape
        self.symbol = symbol
        #: The numbers of this run, which live as long as somebody may ask for them.
        self.sample = symbol.sample
        #: False for a number, which += does not write into but names anew. An array without
        #: axes stays one when what is written into it was computed as a number.
        self.is_array = isinstance(self.sample, np.ndarray)
        #: Whether it looks into the memory of another traced array.
        self.is_view = symbol.base is not None
        #: Whether it shares its symbol with the array that it is a copy of.
        self.is_copy = False

    # -- shape and dtype, which do not change from call to call

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis."""
        return np.shape(self.sample)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return np.ndim(self.sample)

    @property
    def size(self) -> int:
        """Number of elements."""
        return np.size(self.sample)

    @property
    def dtype(self) -> Any:
        """NumPy dtype of the data."""
        sample = self.sample
        return sample.dtype if hasattr(sample, "dtype") else np.asarray(sample).dtype

    @property
    def flags(self) -> Any:
        """Memory layout."""
        return np.asarray(self.sample).flags

    #: Nobody else's memory: what is written into it is recorded anyway.
    base = None

    def __len__(self) -> int:
        return len(self.sample)

    # -- calls that are recorded

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", None)
        if holds_values(inputs):
            return NotImplemented
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        if method == "at":
            raise self._refused(f"{ufunc.__name__}.at writes into an array", "Use np.add.reduce.")
        if ufunc is np.power and method == "__call__" and not kwargs:
            result = self.tape.record("power", None, inputs, kwargs)
        else:
            result = self.tape.record("function", function, inputs, kwargs)
        return result if out is None else self._written(out, result)

    def _written(self, out: tuple[Any, ...], result: Any) -> Any:
        (target,) = out
        if not isinstance(target, Traced):
            raise self._refused(
                "a traced result is written into a plain array",
                "Write y = … instead of out= or +=, or pass the array as an argument.",
            )
        if not target.is_array:
            return result  # numbers are not written into: += names a new one
        target.write(result)
        return target

    def write(self, result: Any) -> None:
        """Have ``result`` in place of what it was, cast and broadcast as NumPy does.

        Into a part of an array, x[1:], only ``x[1:] += …`` writes: Python puts that back into x.
        """
        sample = self.sample
        if id(self) in self.tape.arguments and isinstance(self.symbol.source, int):
            self.tape.written_arguments.append((self, self.symbol, user_place(asking_frame())))
        symbol = result.symbol if isinstance(result, Traced) else None
        if symbol is None or np.shape(symbol.sample) != sample.shape:
            result = self.tape.record("function", np.broadcast_to, (result, sample.shape), {})
        if result.dtype != sample.dtype:
            result = self.tape.record("method", "astype", (result, sample.dtype), {})
        if self.is_view:
            self.tape.part_written(self)
        elif not self.is_copy:
            memory = owner(sample)
            self.tape.written[id(memory)] = memory
        self.symbol, self.sample = result.symbol, result.sample
        self.is_view = self.is_copy = False

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if holds_values(args):
            return NotImplemented
        if function in STATIC:
            return function(*bare(args), **kwargs)
        if function in SHAPED_BY_DATA:
            raise self._refused(
                f"the shape of np.{function.__name__} depends on the numbers",
                "Keep all elements and use np.where(condition, …, …).",
            )
        if function is np.where and len(args) == 1:
            raise self._refused(
                "the shape of np.where(condition) depends on the numbers",
                "Give it both branches: np.where(condition, …, …).",
            )
        if function in (np.array_repr, np.array_str, np.array2string):
            self._asked("traced data is printed", "Return the Value and print it outside.")
        if kwargs.get("out") is not None:
            out = kwargs.pop("out")
            return self._written((out,), self.tape.record("function", function, args, kwargs))
        if function is np.copyto:
            return args[0].write(args[1])
        return self.tape.record("function", function, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name not in METHODS:
            known = hasattr(np.ndarray, name) or hasattr(np.float64, name)
            if known and not name.startswith("__"):
                raise self._refused(f".{name} of an array is used", "Use a function of NumPy.")
            raise AttributeError(f"a traced array has no {name!r}")

        def method(*args: Any, **kwargs: Any) -> Any:
            return self.tape.record("method", name, (self, *args), kwargs)

        return method

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, Node):
            return NotImplemented
        return self.tape.record("power", None, (self, other), {})

    def __rpow__(self, other: Any) -> Any:
        return self.tape.record("power", None, (other, self), {})

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, tuple) and not index and self.ndim == 0:
            return self  # the number itself
        for part in index if isinstance(index, tuple) else (index,):
            if isinstance(part, Traced):
                part.as_index()
        return self.tape.record("getitem", None, (self, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        self.write(self.tape.record("setitem", None, (self, index, value), {}))

    def __iter__(self) -> Any:
        return iter([self[k] for k in range(len(self))])

    @property
    def T(self) -> Any:
        """The transpose."""
        return self if self.ndim < 2 else self.tape.record("method", "transpose", (self,), {})

    @property
    def mT(self) -> Any:
        """The transpose of each matrix."""
        return self.tape.record("method", "swapaxes", (self, -1, -2), {})

    def copy(self, order: str = "C") -> Traced:
        """The same numbers; what is written into one is not seen in the other."""
        twin = Traced(self.tape, self.symbol)
        twin.sample = self.sample
        twin.is_array, twin.is_view, twin.is_copy = self.is_array, False, True
        return twin

    def ravel(self) -> Any:
        """All elements in one row."""
        return self.tape.record("method", "reshape", (self, -1), {})

    def flatten(self) -> Any:
        """All elements in one row, in memory of its own."""
        return self.ravel().copy()

    def as_data(self, dtype: Any) -> Traced:
        """As the data of a Value: floating, of that dtype or its own."""
        mine = self.dtype
        target = dtype or (mine if mine.kind == "f" else np.dtype(float))
        if mine == target and isinstance(self.sample, np.ndarray | np.generic):
            return self.copy()
        if not isinstance(self.sample, np.ndarray | np.generic):
            return self.tape.record("function", np.dtype(target).type, (self,), {})
        return self.tape.record("method", "astype", (self, target), {})

    def as_index(self) -> Traced:
        """The array itself as an index: integers only."""
        if self.dtype == bool:
            raise self._refused(
                "a boolean array picks elements, whose number depends on the numbers",
                "Keep all elements and use np.where(condition, …, …).",
            )
        return self

    # -- questions that only numbers can answer

    def _refused(self, what: str, remedy: str) -> TraceError:
        return refusal(self.tape, what, remedy)

    def _asked(self, what: str, remedy: str) -> NoReturn:
        raise self._refused(what, remedy)

    def __bool__(self) -> bool:
        frame = asking_frame()
        if asked_by_library(frame) and not asked_by_a_rule(frame):
            return self.tape.guard(self)
        self._asked(
            "an if, while, and, or, assert or bool() decides on traced data",
            "Use np.where(condition, a, b), or decide outside the compiled function.",
        )

    def item(self, *index: Any) -> NoReturn:
        """Refused: a number would be the same at every call."""
        self._asked(".item() takes a number out", "Return the Value and take .item() outside.")

    def tolist(self) -> NoReturn:
        """Refused: numbers would be the same at every call."""
        self._asked(".tolist() takes the numbers out", "Return the Value and list it outside.")

    def __float__(self) -> float:
        self._asked("float() takes a number out", "Return the Value and convert it outside.")

    def __int__(self) -> int:
        self._asked(
            "int() takes a number out",
            "Return the Value and convert it outside; a count can be an int argument.",
        )

    def __index__(self) -> int:
        self._asked(
            "a traced number is used as a position or a count",
            "Pass it as an int argument: then each int has a program of its own.",
        )

    def __round__(self, digits: int | None = None) -> Any:
        if digits is None:
            self._asked("round() takes a number out", "Use np.round, which gives an array.")
        return self.tape.record("function", np.round, (self, digits), {})

    def __hash__(self) -> int:
        if asked_by_library(asking_frame()):
            return id(self)
        self._asked(
            "a traced number is looked up in a dict or set",
            "Pass it as an int argument: then each int has a program of its own.",
        )

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        self._asked("traced data is pickled", "Return the Value and save it outside.")

    def __copy__(self) -> Traced:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Traced:
        return self.copy()

    def __complex__(self) -> complex:
        self._asked("complex() takes a number out", "Return the Value and convert it outside.")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._asked(
            "np.asarray() or a plain array takes the numbers out",
            "Compute with the array as it is, or outside the compiled function.",
        )

    def __repr__(self) -> str:
        if asked_by_library(asking_frame()):
            return f"<a traced array of shape {self.shape}>"
        self._asked("traced data is printed", "Return the Value and print it outside.")

    def __format__(self, spec: str) -> str:
        return repr(self)


def holds_values(args: Any) -> bool:
    """True if a Value is among the arguments: then the Value records the call."""
    for x in args:
        if isinstance(x, Node) or (isinstance(x, list | tuple) and holds_values(x)):
            return True
    return False


def bare(x: Any) -> Any:
    """A nest with samples in place of traced arrays."""
    if isinstance(x, Traced):
        return x.sample
    if isinstance(x, tuple | list):
        return type(x)([bare(part) for part in x])
    return x


def owner(sample: Any) -> Any:
    """The array whose memory a sample looks into."""
    while isinstance(sample, np.ndarray) and isinstance(sample.base, np.ndarray):
        sample = sample.base
    return sample
