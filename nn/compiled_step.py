"""The training step of fit, compiled: traced at its first batch, replayed for the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd

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
