"""Compiled functions: called like the eager one, run as a flat program of NumPy calls."""

from __future__ import annotations

import functools
import gc
import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..containers import leaves_of
from ..modes import thread
from ..node import Node
from .replaying import Replay

#: Programs that a compiled function keeps at most: the least recently used one goes first.
PROGRAMS = 32
ndarray = np.ndarray


def compile(function: Callable[..., Any] | None = None, *, programs: int = PROGRAMS) -> Any:
    """``function`` as a program: traced at its first call, from then on replayed.

    Call it as before: it gives Values whose ``backward()`` fills the gradients of all that it
    closes over. It may be a loss, or a whole training step with ``backward()`` and update. There
    is one program per signature: shapes, dtypes and layout of arrays; other arguments by value,
    Python floats excepted. ``traces`` counts the programs made, of which it keeps ``programs`` at
    most; ``source()`` shows the last one.

    What Python decides is decided once, when the function is traced: loops are unrolled, plain
    arrays and numbers that it closes over are constants, lists are appended to and attributes set
    once, and printing happens once. Values are seen with the data that they have at each call, and
    may be given new data; arrays among the arguments may be written into. A function that does so
    gives its results without a graph: its own ``backward()`` is part of it.

    The numbers are those of the eager function to the last bit where its arrays lie contiguously
    in memory; else products and sums may be added up in another order, to 1e-12 the same.

    >>> import autograd as ag
    >>> w = ag.Value(2.0, label="w")
    >>> loss = ag.compile(lambda x: (w * x - 1.0) ** 2)
    >>> J = loss(3.0)
    >>> J.backward()
    >>> J.item(), w.grad
    (25.0, np.float64(30.0))

    Raises:
        TraceError: the function looks at numbers: ``if v > 0``, ``float(v)``, ``print(v)``.
    """
    if function is None:
        return functools.partial(compile, programs=programs)
    if not callable(function):
        raise TypeError(f"compile() got {type(function).__name__}; expected a function.")
    if isinstance(programs, bool) or not isinstance(programs, int) or programs < 1:
        raise ValueError(f"compile() got programs={programs!r}; expected an int of at least 1.")
    return Compiled(function, programs)


@contextmanager
def without_collections() -> Iterator[None]:
    """No garbage collection meanwhile: a trace makes many objects, and all of them stay."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class Compiled:
    """A compiled function. ``traces`` is the number of programs made so far."""

    def __init__(self, function: Callable[..., Any], programs: int) -> None:
        functools.update_wrapper(self, function, updated=())
        self.function = function
        self.most = programs
        self.traces = 0
        self._programs: OrderedDict[Any, list[Replay]] = OrderedDict()
        self._last: Replay | None = None
        self._lock = threading.RLock()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        state = thread.state
        if state.tape is not None or state.uncompiled:
            return self.function(*args, **kwargs)
        leaves: list[Any] = []
        form = (signature(args, leaves), signature(kwargs, leaves) if kwargs else None)
        key = (form, state.recording)
        made = self.traces
        for replay in self._programs.get(key, ()):
            if replay.fits(leaves):
                return replay.call(leaves)
        with self._lock, without_collections():
            if self.traces != made:  # by another thread meanwhile: it may be the one
                return self(*args, **kwargs)
            replay = self.trace(args, kwargs, key)
        return replay.call(leaves, replay.first_drawn)

    def trace(self, args: Any, kwargs: Any, key: Any) -> Replay:
        """A new program for these arguments, kept for later calls."""
        replay = Replay(self.function, args, kwargs, self.argument_names(args, kwargs))
        self.traces += 1
        self._programs.setdefault(key, []).append(replay)
        self._programs.move_to_end(key)
        while sum(map(len, self._programs.values())) > self.most:
            oldest = next(iter(self._programs))
            self._programs[oldest].pop(0)
            if not self._programs[oldest]:
                del self._programs[oldest]
        self._last = replay
        return replay

    def argument_names(self, args: Any, kwargs: Any) -> list[str]:
        """A name for each array among the arguments: that of its parameter."""
        try:
            bound = inspect.signature(self.function).bind(*args, **kwargs).arguments
        except (TypeError, ValueError):
            bound = {f"x{k}": x for k, x in enumerate((*args, *kwargs.values()), 1)}
        names = []
        for name, given in bound.items():
            inside = list(leaves_of(given))
            single = len(inside) == 1 and not isinstance(given, list | tuple | dict)
            names += [name] if single else [f"{name}{k}" for k in range(1, len(inside) + 1)]
        return names

    def source(self) -> str:
        """The last program as a readable module, which needs NumPy alone.

        Raises:
            ValueError: the function has not been called yet.
        """
        return self.program.source()

    @property
    def program(self) -> Any:
        """The last program made."""
        if self._last is None:
            raise ValueError(
                "source() came before the first call, which decides shapes and dtypes; call the "
                "compiled function once."
            )
        return self._last.program

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __reduce__(self) -> Any:
        return Compiled, (self.function, self.most)

    def __repr__(self) -> str:
        name = getattr(self.function, "__qualname__", repr(self.function))
        return f"<compiled {name}, {self.traces} traced>"


def signature(x: Any, leaves: list[Any]) -> Any:
    """What decides which program is run, the form of ``x``; its arrays are added to ``leaves``."""
    kind = type(x)
    if kind is ndarray:
        leaves.append(x)
        return x.shape, x.strides, x.dtype.char
    if kind is tuple or kind is list:
        parts: list[Any] = [kind]
        for part in x:
            if type(part) is ndarray:
                leaves.append(part)
                parts += (part.shape, part.strides, part.dtype.char)
            else:
                parts.append(signature(part, leaves))
        return tuple(parts)
    if kind is float:
        leaves.append(x)
        return float
    if kind is dict:
        return dict, *[(name, signature(part, leaves)) for name, part in x.items()]
    if x is None:
        return None
    if isinstance(x, tuple | list):  # a named tuple
        return kind, *[signature(part, leaves) for part in x]
    if isinstance(x, dict):
        return kind, *[(name, signature(part, leaves)) for name, part in x.items()]
    leaves.append(x)
    if isinstance(x, Node):
        data = x._array
        return Node, data.shape, data.dtype.char, x.requires_grad
    if isinstance(x, np.generic) and not isinstance(x, np.bool_):
        return kind
    try:
        hash(x)
    except TypeError:
        raise TypeError(
            f"a compiled function got an argument of type {kind.__name__}; expected arrays, "
            f"Values, numbers, and what can be compared: text, tuples, objects that have a hash."
        ) from None
    return kind, x
