"""Hooks: functions of the user's that are called when a gradient is complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .data import as_data


class HookHandle:
    """What registering a hook returns: ``remove()`` takes the hook away again."""

    def __init__(self, hooks: list[Callable[[Any], Any]], hook: Callable[[Any], Any]) -> None:
        if not callable(hook):
            raise TypeError(
                f"a hook got {hook!r} of type {type(hook).__name__}; expected a function of one "
                f"argument."
            )
        self._hooks = hooks
        self._hook = hook
        hooks.append(hook)

    def remove(self) -> None:
        """Take the hook away; a second call does nothing."""
        for k, hook in enumerate(self._hooks):
            if hook is self._hook:
                del self._hooks[k]
                return

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def run_hooks(hooks: list[Callable[[Any], Any]], delta: Any, owner: Any) -> Any:
    """``delta`` as the hooks leave it: each gets a copy, and may return another in its place."""
    for hook in list(hooks):
        replaced = hook(delta.copy())
        if replaced is not None:
            delta = checked(replaced, delta, owner)
    return delta


def checked(replaced: Any, delta: Any, owner: Any) -> Any:
    """A hook's gradient: recorded where gradients are, plain elsewhere, of the value's dtype."""
    what = f"a hook on {owner.describe()}"
    recorded = hasattr(delta, "__record__")
    if hasattr(replaced, "__record__"):
        gradient = replaced.astype(delta.dtype) if recorded else replaced.data.astype(delta.dtype)
    else:
        gradient = as_data(replaced, delta.dtype, what)
        gradient = type(owner)(gradient, requires_grad=False) if recorded else gradient
    if gradient.shape != delta.shape:
        raise ValueError(
            f"{what} returned {type(replaced).__name__} of shape {gradient.shape}; expected a "
            f"gradient of shape {delta.shape}, or None to leave it as it is."
        )
    return gradient
