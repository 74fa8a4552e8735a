"""Names in generated code: from labels and scopes, in the notation of the lecture."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from typing import Any

#: What generated code uses itself: NumPy, and the numbers of the loops that make blocks.
TAKEN = {"np", "i", "n", *keyword.kwlist, *dir(builtins)}


class Names:
    """Hands out names that are valid in Python and not yet taken."""

    def __init__(self) -> None:
        self.taken = set(TAKEN)

    def unique(self, wanted: str) -> str:
        """``wanted`` as an identifier; with a number behind it if it is taken."""
        name = identifier(wanted)
        number, base = 2, name
        while name in self.taken:
            name = f"{base}_{number}"
            number += 1
        self.taken.add(name)
        return name


def identifier(text: str) -> str:
    """``text`` as a Python identifier: W¹ becomes W1, ŷ stays.

    >>> identifier("W¹"), identifier("hidden state"), identifier("2x")
    ('W1', 'hidden_state', 'v2x')
    """
    plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", text)).strip("_")
    plain = plain or "v"
    return plain if plain.isidentifier() else f"v{plain}"


def name_symbols(tape: Any, names: Names, gradients: list[tuple[Any, Any]]) -> None:
    """Name what a label tells: leaves, labelled values, and their gradients."""
    called: dict[int, str] = {}
    for number, (leaf, kept) in enumerate(tape.leaves.items(), 1):
        symbol = kept.symbol
        if symbol.name is None or leaf.label:
            symbol.name = names.unique(leaf.label or f"parameter{number}")
        called[id(leaf)] = symbol.name
    for value in tape.values:
        symbol = value._array.symbol if hasattr(value._array, "__traced__") else None
        if symbol is not None and symbol.step is not None and value.label and not symbol.name:
            symbol.name = called[id(value)] = names.unique(value.label)
    for value, delta in gradients:
        if not hasattr(delta, "__traced__"):
            continue
        symbol = delta.symbol
        if symbol.name is None and symbol.step is not None and id(value) in called:
            symbol.name = names.unique(gradient_name(called[id(value)]))


def gradient_name(name: str) -> str:
    """What the gradient of a value is called: δ of a net input z, else ∂J/∂name.

    >>> gradient_name("z1"), gradient_name("W1")
    ('delta1', 'dJ_dW1')
    """
    if re.fullmatch(r"z\d*", name):
        return f"delta{name[1:]}"
    return f"dJ_d{name}"
