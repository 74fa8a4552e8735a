"""Look-up by name: how ``'adam'`` or ``'mse'`` becomes what it stands for, or is refused."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any


def named(
    kind: str, given: Any, table: Mapping[str, Any], other: str, aliases: Mapping[str, str] = {}
) -> Any:
    """The entry of ``table`` of that name; the case does not matter.

    ``other`` is what the caller takes besides names, for the error.

    >>> named("colour", "Red", {"red": 1, "green": 2}, " or a number")
    1

    Raises:
        ValueError: there is none; the message lists them, and the closest.
        TypeError: something that is no name.
    """
    known = ", ".join(table)
    if not isinstance(given, str):
        raise TypeError(
            f"{kind} got {given!r} of type {type(given).__name__}; expected a name "
            f"({known}){other}."
        )
    name = aliases.get(given.lower(), given.lower())
    if name not in table:
        close = difflib.get_close_matches(given.lower(), [*table, *aliases], n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"{kind} got the name {given!r}; expected {known}.{hint}")
    return table[name]
