"""Hooks: functions of the user's that are called when a gradient is complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class HookHandle:
    """What registering a hook returns: ``remove()`` takes the hook away again."""

    def __init__(self, hooks: list[Callable[[Any], Any]], hook: Callable[[Any], Any]) -> None:
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
    """A hook's gradient, in the dtype of the value it belongs to."""
    shape = getattr(replaced, "shape", None)
    if shape != delta.shape:
        raise ValueError(
            f"a hook on {owner.describe()} returned {type(replaced).__name__} of shape {shape}; "
            f"expected a gradient of shape {delta.shape}, or None to leave it as it is."
        )
    return replaced.astype(delta.dtype)
