"""Cleaning: text that a figure can hold, whatever a label was."""

from __future__ import annotations

import unicodedata

_BIDI_CONTROLS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def clean(text: str) -> str:
    """``text`` without what breaks a figure.

    Line ends become one kind, tabs spaces; control characters, lone surrogates, noncharacters
    and controls of the writing direction become the replacement character.
    """
    lines = text.replace("\t", "    ").splitlines()
    return "\n".join(line if line.isprintable() else _replaced(line) for line in lines)


def _replaced(line: str) -> str:
    return "".join(char if _harmless(char) else "\ufffd" for char in line)


def one_line(text: str) -> str:
    """Clean text on one line that is not empty."""
    return clean(text).replace("\n", " ").rstrip() or " "


def _harmless(char: str) -> bool:
    code = ord(char)
    if code in _BIDI_CONTROLS or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        return False
    return unicodedata.category(char) not in ("Cc", "Cs")
