"""The closed table of the classes that a file may name; loading looks names up here only."""

from __future__ import annotations

from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=type)

#: Layers and models by the name that files know them under.
CLASSES: dict[str, Any] = {}


def savable(kind: Kind) -> Kind:
    """Enter a class of nn into the table; used as a decorator.

    What a saved layer needs to be made again are its constructor's arguments: each is read from
    the attribute of the same name, or all of them from a method ``saved_settings``.

    Raises:
        TypeError: a class from outside of nn, which a file must not name.
    """
    if kind.__module__.partition(".")[0] != "nn":
        raise TypeError(
            f"savable() got {kind.__qualname__} of {kind.__module__}; expected a class of nn. A "
            f"model with layers of your own saves its weights: model.save_weights(path)."
        )
    CLASSES[kind.__name__] = kind
    return kind


def is_savable(thing: Any) -> bool:
    """True if the class of ``thing`` is in the table; a subclass of one that is does not count."""
    return CLASSES.get(type(thing).__name__) is type(thing)
