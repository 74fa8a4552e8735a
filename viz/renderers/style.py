"""Style: the colours of a picture, by palette and theme; meaning never lies in colour alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Style:
    """Colours of a picture. ``fills`` are fill, border and line style of each kind of box.

    ``positive`` and ``negative`` colour edges by sign (negative ones are dashed as well) and are
    the ends of the heatmaps' scale, ``middle`` is zero.
    """

    background: str = "#FFFFFF"
    text: str = "#000000"
    muted: str = "#444444"
    line: str = "#555555"
    frame: str = "#BBBBBB"
    value: str = "#0072B2"
    gradient: str = "#D55E00"
    value_text: str = "#005A8C"
    gradient_text: str = "#A84300"
    blocked: str = "#B0B0B0"
    positive: str = "#0072B2"
    negative: str = "#D55E00"
    middle: str = "#FFFFFF"
    fills: dict[str, tuple[str, str, str]] = field(default_factory=dict)


def _fills(
    plain: str, soft: str, value: str, gradient: str, grey: str, line: str
) -> dict[str, tuple[str, str, str]]:
    """Fill, border and line style per kind of box."""
    return {
        "parameter": (value, "", "filled"),
        "input": (soft, line, "filled"),
        "constant": (soft, grey, "filled,dashed"),
        "result": (plain, line, "filled,rounded"),
        "root": (gradient, "δ", "filled,rounded,bold"),
        "folded": (soft, grey, "filled,dashed,bold"),
        "error": (gradient, "δ", "filled"),
        "weights": (gradient, "δ", "filled,dashed"),
        "derivative": (gradient, "δ", "filled,rounded"),
        "unit": (plain, line, "filled"),
        "bias": (soft, grey, "filled,dashed"),
        "ellipsis": ("none", "none", "filled"),
        "note": ("none", "none", "filled"),
    }


#: Okabe–Ito blue and vermilion, which colour-blind readers can tell apart.
_LIGHT = Style(fills=_fills("#FFFFFF", "#F4F4F4", "#E3F0F8", "#FDF0E6", "#888888", "#333333"))
_DARK = replace(
    _LIGHT,
    background="#15181C", text="#F2F2F2", muted="#C8C8C8", line="#A8A8A8", frame="#5A5A5A",
    value="#56B4E9", gradient="#E8823A", value_text="#7CC7F0", gradient_text="#F0A06A",
    blocked="#6A6A6A", positive="#56B4E9", negative="#E8823A", middle="#15181C",
    fills=_fills("#20252B", "#2A2F36", "#12303F", "#3A2416", "#8A8A8A", "#B8B8B8"),
)  # fmt: skip
#: Values green, gradients red, as CS231n writes them on its circuits.
_CS231N = {
    "value": "#2E7D32", "gradient": "#C62828", "value_text": "#1B5E20",
    "gradient_text": "#B71C1C", "positive": "#2E7D32", "negative": "#C62828",
}  # fmt: skip
_CS231N_DARK = {
    "value": "#81C784", "gradient": "#EF7A74", "value_text": "#A5D6A7",
    "gradient_text": "#F29B96", "positive": "#81C784", "negative": "#EF7A74",
}  # fmt: skip
_PRINT = replace(
    _LIGHT,
    value="#000000", gradient="#000000", value_text="#000000", gradient_text="#000000",
    line="#000000", frame="#777777", muted="#222222", blocked="#999999",
    positive="#000000", negative="#777777",
    fills=_fills("#FFFFFF", "#FFFFFF", "#FFFFFF", "#EDEDED", "#555555", "#000000"),
)  # fmt: skip
STYLES = {
    ("default", "light"): _LIGHT,
    ("default", "dark"): _DARK,
    ("cs231n", "light"): replace(
        _LIGHT, **_CS231N,
        fills=_fills("#FFFFFF", "#F4F4F4", "#E8F5E9", "#FDECEA", "#888888", "#333333"),
    ),
    ("cs231n", "dark"): replace(
        _DARK, **_CS231N_DARK,
        fills=_fills("#20252B", "#2A2F36", "#16301A", "#3B1A18", "#8A8A8A", "#B8B8B8"),
    ),
    ("print", "light"): _PRINT,
    ("print", "dark"): _PRINT,
}  # fmt: skip
PALETTES, THEMES = ("default", "cs231n", "print"), ("light", "dark")


def style(palette: str = "default", theme: str = "light") -> Style:
    """The style of a palette and a theme; ``print`` is black on white in both.

    Raises:
        ValueError: for another palette or theme.
    """
    for what, given, known in (("palette", palette, PALETTES), ("theme", theme, THEMES)):
        if given not in known:
            names = ", ".join(map(repr, known))
            raise ValueError(f"{what}={given!r}; expected one of {names}.")
    return STYLES[palette, theme]


def box(of: Style, kind: str) -> tuple[str, str, str]:
    """Fill, border and line style of a kind of box."""
    fill, border, line = of.fills.get(kind, of.fills["result"])
    return fill, {"": of.value, "δ": of.gradient}.get(border, border), line


def blend(of: Style, share: float) -> str:
    """The colour at ``share`` of a heatmap's scale, from -1 (negative) over 0 to 1 (positive)."""
    end = of.positive if share >= 0 else of.negative
    share = min(1.0, abs(share))
    channels = []
    for place in (1, 3, 5):
        low, high = int(of.middle[place : place + 2], 16), int(end[place : place + 2], 16)
        channels.append(round(low + (high - low) * share))
    return "#" + "".join(f"{channel:02X}" for channel in channels)
