"""Where a value was made: the line and the sub-expression of the code that made it."""

from __future__ import annotations

import functools
import linecache
import os
from types import CodeType, FrameType
from typing import NamedTuple

#: Source files of the engine and of floors above, whose frames are passed over where the user's
#: own is asked for: what they make counts as made by the user's code that called them.
LIBRARY: set[str] = set()


def count_as_library(folder: str) -> None:
    """From now on the files in ``folder`` are not the user's code."""
    for path, _, names in os.walk(folder):
        for name in names:
            LIBRARY.add(os.path.join(path, name))


count_as_library(os.path.dirname(__file__))


def users_frame(frame: FrameType) -> FrameType:
    """The nearest frame, from ``frame`` outwards, of the user's code."""
    nearest = frame
    while nearest.f_code.co_filename in LIBRARY:
        if nearest.f_back is None:
            return frame
        nearest = nearest.f_back
    return nearest


class Origin(NamedTuple):
    """A place in source code. Lines count from 1, columns from 0; ``expression`` is the
    exact sub-expression, or "" where the source text is not at hand."""

    filename: str
    line: int
    end_line: int
    column: int
    end_column: int
    function: str
    expression: str

    def __str__(self) -> str:
        place = f"{os.path.basename(self.filename)}:{self.line}"
        return f"{place} {self.expression!r}" if self.expression else place


@functools.lru_cache(maxsize=4096)
def resolve(code: CodeType, lasti: int) -> Origin:
    """The place of instruction ``lasti`` of ``code``."""
    line, end_line, column, end_column = _position(code, lasti)
    expression = ""
    if column is not None and end_column is not None:
        expression = _text(code.co_filename, line, end_line, column, end_column)
    return Origin(
        code.co_filename, line, end_line, column or 0, end_column or 0, code.co_qualname, expression
    )


def _position(code: CodeType, lasti: int) -> tuple[int, int, int | None, int | None]:
    for index, (line, end_line, column, end_column) in enumerate(code.co_positions()):
        if index == lasti // 2 and line is not None:
            return line, end_line or line, column, end_column
    return code.co_firstlineno, code.co_firstlineno, None, None


def _text(filename: str, line: int, end_line: int, column: int, end_column: int) -> str:
    """Source text between two places; columns are offsets in UTF-8 bytes."""
    lines = [linecache.getline(filename, number) for number in range(line, end_line + 1)]
    if not all(lines):
        return ""
    encoded = [text.encode() for text in lines]
    encoded[-1] = encoded[-1][:end_column]
    encoded[0] = encoded[0][column:]
    return " ".join(part.decode(errors="replace").strip() for part in encoded)
