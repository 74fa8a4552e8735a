"""Views: how the floors above show a value or a trace, without being imported from down here.

A higher floor announces what it can show by name and place; the place is imported when the
view is first asked for. An installed floor is found by itself, through its entry point.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

#: Place of each view, as ``package.module:function``.
PLACES: dict[str, str] = {}
#: The entry points through which installed floors are found.
GROUP = "glassgrad.floors"


def announce(name: str, place: str) -> None:
    """From now on the view ``name`` is the function at ``place`` (``package.module:function``)."""
    if ":" not in place:
        raise ValueError(f"announce() got place={place!r}; expected 'package.module:function'.")
    PLACES[name] = place


def view(name: str) -> Callable[..., Any]:
    """The function that shows something as ``name``; imports the floor that announced it.

    Raises:
        LookupError: no floor has announced it.
    """
    if name not in PLACES:
        _find_floors()
    if name not in PLACES:
        raise LookupError(
            f"nothing shows a value as {name!r}: the package viz is not imported. Run "
            f"'import viz' first, or install glassgrad ('pip install -e .' in its checkout)."
        )
    return pkgutil.resolve_name(PLACES[name])


def bundle(thing: Any, name: str) -> dict[str, str]:
    """What a notebook shows: the view ``name`` of a thing; its text where no floor has that."""
    try:
        shown = view(name)
    except LookupError:
        return {"text/plain": repr(thing)}
    return shown(thing)


def _find_floors() -> None:
    from importlib import metadata

    for entry in metadata.entry_points(group=GROUP):
        import_module(entry.module)
