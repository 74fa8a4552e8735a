"""Topics: the scripts of the lecture, found in their folder and described by their own words."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent


class Topic(NamedTuple):
    """One script: its number, its path, and the first words of its text.

    ``title`` is the first line, ``slide`` the slide's heading that it belongs to.
    """

    number: int
    path: Path
    title: str
    slide: str
    text: str

    @property
    def name(self) -> str:
        """The file's name without its ending: ``04_xor``."""
        return self.path.stem


def topics() -> list[Topic]:
    """All topics in the order of the lecture."""
    return [read(path) for path in sorted(FOLDER.glob("[0-9][0-9]_*.py"))]


def read(path: Path) -> Topic:
    """The topic that the script at ``path`` says it is about.

    Raises:
        ValueError: the script does not open with a title and a line ``Slide: …``.
    """
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    slide = re.search(r"^Slides?: (.+)$", text, flags=re.MULTILINE)
    if slide is None:
        raise ValueError(f"{path.name} opens without a line 'Slide: …'; expected a title and it.")
    title = text.splitlines()[0].rstrip(".")
    return Topic(int(path.name[:2]), path, title, slide.group(1), text)


def find(wanted: str) -> Topic:
    """The topic of that number or name: ``4``, ``04``, ``xor`` or ``04_xor``.

    Raises:
        LookupError: no topic, or several, have that name.
    """
    known = topics()
    if wanted.isdecimal():
        found = [topic for topic in known if topic.number == int(wanted)]
    else:
        found = [topic for topic in known if wanted.lower().removesuffix(".py") in topic.name]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(topic.name for topic in found)
        raise LookupError(f"{wanted!r} may be {names}; name one of them, or its number.")
    raise LookupError(
        f"there is no topic {wanted!r}; expected a number from 1 to {len(known)} or a word of a "
        f"name. 'glassgrad lecture' lists them."
    )
