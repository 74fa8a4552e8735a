"""Given: what earlier exercises teach, for a learner's file to import.

``from exercises.given import Value`` brings the reference's Value, or with ``--mine`` the
learner's own.
"""

from __future__ import annotations

from typing import Any

from .prerequisites import Given, references

#: The level that stands for "all exercises".
ALL = 1_000_000
_current: list[Given] = []


def use(source: Given) -> None:
    """From now on, names come from here."""
    _current[:] = [source]


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    if not _current:
        use(references(ALL))
    return getattr(_current[0], name)
