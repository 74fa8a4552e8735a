"""What a flat program is made of: steps, each one call, and symbols, each one array."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np

#: Bytes from which on an array of the trace is not kept beyond its use there.
LARGE = 1 << 12


class Symbol:
    """One array of the program: where it comes from, and what it was when it was traced."""

    __slots__ = ("_form", "_sample", "base", "index", "name", "number", "source", "step")

    def __init__(
        self, number: int, sample: Any, step: Step | None, index: int | None = None
    ) -> None:
        self.number = number
        self._form: Any = None
        self._sample: Any = sample
        #: The symbol in whose memory this one lies, for a view.
        self.base: Symbol | None = None
        #: The step that gives it; None for an input of the program.
        self.step = step
        #: Which of several results of the step it is.
        self.index = index
        #: What it is called in generated code, if it has a name.
        self.name: str | None = None
        #: For an input: the leaf, argument or function that supplies it.
        self.source: Any = None

    @property
    def sample(self) -> Any:
        """The array of the trace; of a large one that is gone, an empty one of its form."""
        if self._form is None:
            return self._sample
        array = self._sample()
        return empty(*self._form) if array is None else array

    @property
    def is_there(self) -> bool:
        """Whether ``sample`` holds the numbers of the trace."""
        return self._form is None or self._sample() is not None

    def let_go(self) -> None:
        """Keep only the form of a large array, so that it is freed when the trace needs it no more.

        In a trace of 1,000 calls on large arrays all of them would not fit into memory.
        """
        array = self._sample
        if self._form is None and isinstance(array, np.ndarray) and array.nbytes > LARGE:
            self._form = array.shape, array.strides, array.dtype
            self._sample = weakref.ref(array)


class Step:
    """One call: a NumPy function, method, power or index, or a function of our own.

    ``kind`` is "function" (a callable of NumPy), "method" (of the first argument), "power",
    "getitem", "setitem" (a copy with elements replaced) or "call" (a function of our own).
    """

    __slots__ = ("args", "function", "inputs", "kind", "kwargs", "out", "outs")

    def __init__(self, kind: str, function: Any, args: Any, kwargs: dict[str, Any]) -> None:
        self.kind = kind
        self.function = function
        self.args = args
        self.kwargs = kwargs
        #: The result as a symbol, or a list of them; and all of them in a row.
        self.out: Any = None
        self.outs: list[Symbol] = []
        #: The symbols among the arguments, one per use.
        self.inputs: list[Symbol] = []
        for x in args:
            if isinstance(x, Symbol):
                self.inputs.append(x)
            elif isinstance(x, tuple | list | dict | slice):
                collect(x, self.inputs)
        if kwargs:
            collect(kwargs, self.inputs)


def empty(shape: tuple[int, ...], strides: tuple[int, ...], dtype: Any) -> Any:
    """An array whose axes lie in memory in the order of those strides, one element for a 0."""
    outer = sorted(range(len(shape)), key=lambda axis: -abs(strides[axis]))
    array = np.empty([shape[axis] if strides[axis] else 1 for axis in outer], dtype)
    array = array.transpose([outer.index(axis) for axis in range(len(shape))])
    return array if 0 not in strides else np.broadcast_to(array, shape)


def root(symbol: Symbol) -> Symbol:
    """The symbol in whose memory this one lies: itself, unless it is a view."""
    while symbol.base is not None:
        symbol = symbol.base
    return symbol


def users_of(steps: Sequence[Step]) -> dict[Symbol, list[Step]]:
    """The steps that use each symbol, one for each use."""
    users: dict[Symbol, list[Step]] = {}
    for step in steps:
        for x in step.inputs:
            users.setdefault(x, []).append(step)
    return users


def collect(x: Any, found: list[Symbol]) -> None:
    """Add the symbols in a nest of arguments to ``found``."""
    if isinstance(x, Symbol):
        found.append(x)
    elif isinstance(x, tuple | list):
        for part in x:
            collect(part, found)
    elif isinstance(x, dict):
        for part in x.values():
            collect(part, found)
    elif isinstance(x, slice):
        collect((x.start, x.stop, x.step), found)


def replaced(x: Any, new: dict[Symbol, Any]) -> Any:
    """A nest of arguments with other symbols, or constants, in place of some."""
    if isinstance(x, Symbol):
        return new.get(x, x)
    if isinstance(x, tuple):
        return tuple([replaced(part, new) for part in x])
    if isinstance(x, list):
        return [replaced(part, new) for part in x]
    if isinstance(x, dict):
        return {key: replaced(part, new) for key, part in x.items()}
    return x


def perform(kind: str, function: Any, args: Any, kwargs: Any) -> Any:
    """What a step does, on arrays."""
    if kind == "function" or kind == "call":
        return function(*args, **kwargs)
    if kind == "method":
        return getattr(args[0], function)(*args[1:], **kwargs)
    if kind == "getitem":
        return args[0][args[1]]
    if kind == "power":
        return args[0] ** args[1]
    written = args[0].copy()
    written[args[1]] = args[2]
    return written
