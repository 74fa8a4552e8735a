"""Notation: how numbers, arrays, symbols, δ terms and partial derivatives are written."""

from __future__ import annotations

from typing import Any

import numpy as np

#: What stands for a gradient that no backward pass has reached; never the same as 0.
NOT_REACHED = "—"
#: Okabe–Ito colours: distinguishable for colour-blind readers. Words carry the meaning too.
VALUE_COLOUR, GRADIENT_COLOUR = "#0072B2", "#D55E00"

_SUPERSCRIPTS = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_SUBSCRIPTS = str.maketrans("0123456789-−", "₀₁₂₃₄₅₆₇₈₉₋₋")
#: Lowered digits back to plain ones.
DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def superscript(text: Any) -> str:
    """Digits raised: 12 -> ¹²."""
    return str(text).translate(_SUPERSCRIPTS)


def subscript(text: Any) -> str:
    """Digits lowered: 12 -> ₁₂."""
    return str(text).translate(_SUBSCRIPTS)


def number(x: Any, digits: int = 4) -> str:
    """A number with ``digits`` significant digits and a real minus sign.

    >>> number(3.0), number(-0.123456), number(1.5e-7), number(float("inf"))
    ('3', '−0.1235', '1.5e−7', '∞')
    """
    x = float(x)
    if np.isnan(x):
        return "NaN"
    if np.isinf(x):
        return "∞" if x > 0 else "−∞"
    text = f"{x:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = str(int(float(text))) if 0 < int(exponent) <= 5 else f"{mantissa}e{int(exponent)}"
    return "0" if text == "-0" else text.replace("-", "−")


def shape(axes: tuple[int, ...]) -> str:
    """Lengths of the axes: ``4×3``, ``3`` for a vector, "" for a scalar."""
    return "×".join(str(length) for length in axes)


def shape_of(data: Any) -> tuple[int, ...]:
    """Shape of a number or array."""
    return tuple(np.shape(data))


def array(data: Any, most: int = 4) -> str:
    """Data on one line: a number, or the first ``most`` elements of an array and its shape.

    >>> array(np.array([1.0, -2.0])), array(np.ones((30, 3)))
    ('[1, −2]', '[1, 1, 1, 1, …] 30×3')
    """
    data = np.asarray(data)
    if data.ndim == 0:
        return number(data)
    shown = ", ".join(number(x) for x in data.flat[:most])
    if data.ndim == 1 and data.size <= most:
        return f"[{shown}]"
    return f"[{shown}{', …' if data.size > most else ''}] {shape(data.shape)}"


def partial(top: str, bottom: str) -> str:
    """A partial derivative: ∂z/∂w; names that are not one word get brackets."""
    return f"∂{_bracketed(top)}/∂{_bracketed(bottom)}"


def _bracketed(name: str) -> str:
    return f"({name})" if any(sign in name for sign in " +−·/*") else name


def typeset(pattern: str) -> str:
    """A pattern of the op table as mathematics: ``a · b`` for ``a * b``, ``A B`` for ``A @ B``.

    >>> typeset("{a} @ {weight}ᵀ + {bias}"), typeset("{a} * {b}")
    ('{a} {weight}ᵀ + {bias}', '{a} · {b}')
    """
    return pattern.replace(" @ ", " ").replace(" * ", " · ").replace(" - ", " − ").replace("-", "−")


def abridged(text: str, most: int = 24) -> str:
    """``text`` on one line, cut to ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def index(place: Any) -> str:
    """An index as it is written in Python, arrays abridged."""
    if isinstance(place, tuple):
        return ", ".join(index(part) for part in place)
    if isinstance(place, slice):
        ends = ("" if end is None else str(end) for end in (place.start, place.stop))
        return ":".join(ends) + ("" if place.step is None else f":{place.step}")
    if place is Ellipsis:
        return "…"
    if isinstance(place, np.ndarray | list):
        return abridged(str(place), 16)
    return str(place)
