"""The training step of fit, compiled: traced at its first batch, replayed for the others."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd

from .lazy_layer import layers_under

#: Steps from which on it is worth to compile one.
WORTH = 50


def checked_jit(jit: Any) -> bool | str:
    """``jit`` as True, False or 'auto', or the error that says what came instead."""
    if isinstance(jit, bool) or jit == "auto":
        return jit
    raise ValueError(f"compile(jit) got {jit!r}; expected True, False or 'auto'.")


def training_step(step: Callable[..., Any], jit: bool | str, count: int) -> Any:
    """``step`` compiled for ``count`` steps; None where it stays as it is.

    True compiles it and raises a TraceError if that cannot be; 'auto' compiles it if there are
    many steps to make, and goes on without if that cannot be.
    """
    if jit is True:
        return autograd.compile(step)
    return CompiledWherePossible(step) if jit and count >= WORTH else None


def nothing_of_yours(model: Any, callbacks: list[Any]) -> bool:
    """True if layers, losses, optimizer, callbacks and functions in them are the library's.

    Code of your own may read or set what changes between steps, such as a momentum; a compiled
    step would go on with the number of its first batch.
    """
    things = [model, *layers_under(model), model.optimizer, *model.ready.losses]
    inside = [x for thing in things for x in getattr(thing, "__dict__", {}).values() if callable(x)]
    return all(map(of_the_library, things + inside + callbacks))


def of_the_library(thing: Any) -> bool:
    """True for a function of nn, autograd or NumPy, and for an object of a class of theirs."""
    named = thing if inspect.isroutine(thing) or isinstance(thing, type) else type(thing)
    home = "numpy" if isinstance(thing, np.ufunc) else named.__module__ or ""
    return home.partition(".")[0] in ("nn", "autograd", "numpy")


class CompiledWherePossible:
    """A step that is compiled, unless it turns out that it looks at numbers."""

    def __init__(self, step: Callable[..., Any]) -> None:
        self.step = step
        self.compiled = autograd.compile(step)
        self.run: Callable[..., Any] = self.compiled
        #: Why it runs uncompiled, if it does.
        self.reason: autograd.TraceError | None = None

    def __call__(self, *batch: Any) -> Any:
        try:
            return self.run(*batch)
        except autograd.TraceError as error:
            self.run, self.reason = self.step, error
            return self.step(*batch)
