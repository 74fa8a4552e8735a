"""Labels in the lecture's notation: W¹, z¹₂, w¹₂₁ (to unit 2 of layer 1 from unit 1 below)."""

from __future__ import annotations

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def layer_label(letter: str, layer: int | None) -> str:
    """Name of a layer's array: the letter with the layer number above.

    >>> layer_label("W", 1), layer_label("z", 12), layer_label("b", None)
    ('W¹', 'z¹²', 'b')
    """
    return letter if layer is None else letter + str(layer).translate(SUPERSCRIPTS)


def unit_label(letter: str, layer: int | None, unit: int) -> str:
    """Name of one unit's scalar, units counted from 1.

    >>> unit_label("z", 1, 2)
    'z¹₂'
    """
    return layer_label(letter, layer) + str(unit).translate(SUBSCRIPTS)


def weight_label(layer: int | None, unit: int, source: int) -> str:
    """Name of one weight: to ``unit`` of ``layer`` from unit ``source`` of the layer below.

    Without a comma each index is one digit; an index of several digits brings the comma.

    >>> weight_label(1, 2, 1), weight_label(1, 12, 3), weight_label(1, 1, 23)
    ('w¹₂₁', 'w¹₁₂,₃', 'w¹₁,₂₃')
    """
    indices = f"{unit}{source}" if unit < 10 and source < 10 else f"{unit},{source}"
    return layer_label("w", layer) + indices.translate(SUBSCRIPTS)
