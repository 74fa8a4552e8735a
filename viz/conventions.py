"""Conventions: the symbols in which the lecture and three well-known texts write one thing."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LAYERED = re.compile(r"([A-Za-zδ])([⁰¹²³⁴⁵⁶⁷⁸⁹]+)(.*)", re.DOTALL)
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True)
class Convention:
    """How one text writes cost, layers, products, slopes and gradients.

    ``layer`` is the form of a symbol with its layer: {letter} {raised} {plain} {unit}; ``delta``
    that of δ^l; ``equations`` the numbers under which the four equations of back-propagation
    stand there (for δ^L, δ^l, bias, weight).
    """

    name: str
    cost: str = "J"
    layer: str = "{letter}{raised}{unit}"
    weight: str = "W"
    delta: str = "δ{raised}{unit}"
    gradient: str = "δ"
    parameter_gradient: str = "∂{cost}/∂{symbol}"
    hadamard: str = "⊙"
    slope: str = "g′"
    equations: tuple[str, str, str, str] = ("", "", "", "")

    def symbol(self, label: str) -> str:
        """A label of the lecture in this convention: J, W¹, z²₁, δ¹; any other as it is."""
        if label == "J":
            return self.cost
        found = _LAYERED.fullmatch(label)
        if found is None:
            return label
        letter, raised, unit = found.groups()
        if letter == "δ":
            return self.delta_of(raised, unit)
        if letter == "W":
            letter = self.weight
        return self.layer.format(letter=letter, raised=raised, plain=_plain(raised), unit=unit)

    def delta_of(self, raised: str, unit: str = "") -> str:
        """δ^l, or of one unit δ^l_i."""
        return self.delta.format(raised=raised, plain=_plain(raised), unit=unit)

    def gradient_of(self, cost: str, symbol: str) -> str:
        """The gradient in a parameter: ∂J/∂W¹."""
        return self.parameter_gradient.format(cost=cost, symbol=symbol)


def _plain(raised: str) -> str:
    return raised.translate(_PLAIN)


#: The lecture (see its formulas 8 to 11); M. Nielsen, "Neural Networks and Deep Learning",
#: chapter 2; Stanford CS224n, notes 3; Stanford CS231n, "Backpropagation, Intuitions".
CONVENTIONS = {
    "lecture": Convention("lecture"),
    "nielsen": Convention(
        "nielsen", cost="C", weight="w", gradient="∂{cost}/∂{symbol}", slope="σ′",
        equations=("BP1", "BP2", "BP3", "BP4"),
    ),
    "cs224n": Convention(
        "cs224n", layer="{letter}⁽{raised}⁾{unit}", delta="δ⁽{raised}⁾{unit}", hadamard="∘",
        slope="f′", parameter_gradient="∇{symbol} {cost}",
    ),
    "cs231n": Convention(
        "cs231n", cost="L", layer="{letter}{plain}{unit}", delta="dz{plain}{unit}",
        gradient="grad", hadamard="*", slope="f′", parameter_gradient="d{symbol}",
    ),
}  # fmt: skip


def convention(name: str) -> Convention:
    """The convention of that name.

    >>> convention("nielsen").symbol("W²"), convention("cs224n").symbol("δ¹")
    ('w²', 'δ⁽¹⁾')

    Raises:
        ValueError: for another name.
    """
    if name not in CONVENTIONS:
        known = ", ".join(map(repr, CONVENTIONS))
        raise ValueError(f"notation={name!r}; expected one of {known}.")
    return CONVENTIONS[name]
