"""The modes of recording, each local to its thread: no_grad, debug, scope.

All are context managers that restore what was before, also after an exception, and the
first two are decorators as well.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any


class State:
    """What the recorder asks at every op: record at all? in which scope? who watches?"""

    __slots__ = ("caller", "observer", "recording", "scope", "tape", "uncompiled", "watch")

    def __init__(self) -> None:
        self.recording = True
        self.scope: scope | None = None
        #: Called with each newly recorded value, which it returns; debug mode sets it.
        self.observer: Callable[[Any], Any] | None = None
        #: Told of each backward pass, and of assignments to data and gradients (a Watch).
        self.watch: Any = None
        #: Where a function is being traced: the tape, which takes over the Values it meets.
        self.tape: Any = None
        #: Whether compiled functions run as if they were not, so that each op is seen.
        self.uncompiled = False
        #: The user's frame that called a module of a floor above, while that runs.
        self.caller: Any = None


class _Thread(threading.local):
    def __init__(self) -> None:
        self.state = State()


thread = _Thread()

#: The tapes that are recorded on, in any thread: while there is none, nobody need look for one.
tapes: list[Any] = []
#: Held while a function is traced, whose Values hold no numbers meanwhile, and by who fetches them.
tracing = threading.RLock()


def each_call(draw: Callable[[], Any], name: str = "drawn") -> Any:
    """``draw()``: a number or array from outside, such as random numbers, at each call anew.

    A compiled function calls ``draw`` every time it is called, where it would otherwise keep for
    ever what the first call drew; ``name`` is what its generated code calls the result.

    >>> import autograd as ag
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> noisy = ag.compile(lambda x: x + ag.each_call(lambda: rng.random()))
    >>> bool(noisy(1.0) == noisy(1.0))
    False
    """
    tape = thread.state.tape
    return draw() if tape is None else tape.drawn(draw, name)


def after_call(effect: Callable[[], object]) -> None:
    """``effect()`` now; in a compiled function after each call, when its results are there.

    For what a step leaves behind beside arrays, such as a count of steps.
    """
    tape = thread.state.tape
    if tape is None:
        effect()
    else:
        tape.effects.append(effect)


def running(container: Any, key: Any, name: str = "state") -> Any:
    """``container[key]``, an array of a running state that is written into in place.

    A compiled function reads and writes the array that is there at each call.
    """
    tape = thread.state.tape
    return container[key] if tape is None else tape.state(container, key, name)


def whole_call(function: Callable[..., Any], *args: Any) -> Any:
    """``function(*args)``; in a compiled function one call, whose inside is not traced."""
    tape = thread.state.tape
    return function(*args) if tape is None else tape.call(function, args)


class scope:
    """A named part of a computation, such as a layer; scopes nest.

    Values made inside ``with scope(name):`` carry it as ``.scope``, and diagrams draw them as
    one cluster. Each ``with`` takes a scope of its own.

    >>> import autograd as ag
    >>> with ag.scope("encoder"), ag.scope("layer 1"):
    ...     code = ag.Value(1.0) * 2
    >>> code.scope.name, code.scope.path
    ('layer 1', 'encoder.layer 1')
    """

    __slots__ = ("entered", "name", "outer")

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"scope() got a name of type {type(name).__name__}; expected a str.")
        self.name = name
        self.outer: scope | None = None
        self.entered = False

    def __enter__(self) -> scope:
        if self.entered:
            raise RuntimeError(f"scope({self.name!r}) was entered before; make a new one.")
        state = thread.state
        self.entered, self.outer, state.scope = True, state.scope, self
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        thread.state.scope = self.outer

    @property
    def path(self) -> str:
        """Names from the outermost scope inwards, joined by dots."""
        names = []
        part: scope | None = self
        while part is not None:
            names.append(part.name)
            part = part.outer
        return ".".join(reversed(names))

    def __repr__(self) -> str:
        return f"scope({self.path!r})"


Scope = scope


def _called_at_once(function: Any, mode: object) -> Any:
    """``function``, unless its body runs after the call has returned, out of reach of a mode."""
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        raise TypeError(
            f"{type(mode).__name__}() got {function.__qualname__}, whose body runs only after the "
            f"call has returned; expected an ordinary function. Use the with statement inside it."
        )
    return function


class set_grad_enabled(ContextDecorator):
    """Recording switched on or off inside a ``with`` block or a decorated function.

    >>> import autograd as ag
    >>> x = ag.Value(3.0)
    >>> with ag.set_grad_enabled(False):
    ...     y = x * x
    >>> y.requires_grad
    False
    """

    def __init__(self, enabled: bool) -> None:
        if not isinstance(enabled, bool):
            raise TypeError(
                f"set_grad_enabled() got {type(enabled).__name__}; expected True or False."
            )
        self.enabled = enabled
        self._previous: list[bool] = []

    def __call__(self, function: Any) -> Any:
        return super().__call__(_called_at_once(function, self))

    def _recreate_cm(self) -> set_grad_enabled:
        return set_grad_enabled(self.enabled)

    def __enter__(self) -> None:
        self._previous.append(thread.state.recording)
        thread.state.recording = self.enabled

    def __exit__(self, *exception: object) -> None:
        thread.state.recording = self._previous.pop()


class no_grad(set_grad_enabled):
    """Nothing is recorded inside: results are constants, no gradient flows through them.

    >>> import autograd as ag
    >>> x = ag.Value(3.0)
    >>> with ag.no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """

    def __init__(self, *misplaced: object) -> None:
        if misplaced:
            raise TypeError("no_grad takes no argument; write @no_grad() with brackets.")
        super().__init__(False)

    def _recreate_cm(self) -> no_grad:
        return no_grad()


class observing(ContextDecorator):
    """``observer`` is called with each value recorded inside, after the observers around it."""

    def __init__(self, observer: Callable[[Any], Any]) -> None:
        self.observer = observer
        self._previous: list[Callable[[Any], Any] | None] = []

    def __call__(self, function: Any) -> Any:
        return super().__call__(_called_at_once(function, self))

    def _recreate_cm(self) -> observing:
        return type(self)(self.observer)

    def __enter__(self) -> None:
        outer = thread.state.observer
        self._previous.append(outer)
        inner = self.observer

        def both(value: Any) -> Any:
            return inner(outer(value))  # type: ignore[misc]

        thread.state.observer = inner if outer is None else both

    def __exit__(self, *exception: object) -> None:
        thread.state.observer = self._previous.pop()
