"""Axes: the place that a curve is drawn in, the caller's or a figure of its own."""

from __future__ import annotations

from typing import Any

from ..output import FigureError

#: Okabe–Ito colours in an order that colour-blind readers can follow; lines differ in dashes too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
INSTALL = "pip install 'glassgrad[plots]'"


class PlotsMissingError(FigureError, ImportError):
    """matplotlib is not installed."""


def axes(ax: Any = None, width: float = 6.0, height: float = 4.0) -> Any:
    """``ax``, or the axes of a new figure, which belongs to no window: it needs no display.

    Raises:
        PlotsMissingError: matplotlib is not installed.
    """
    if ax is not None:
        if not hasattr(ax, "plot") or not hasattr(ax, "set_xlabel"):
            raise TypeError(f"ax= got {type(ax).__name__}; expected matplotlib axes.")
        return ax
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise PlotsMissingError(f"no matplotlib to draw curves with; {INSTALL}.") from None
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def line(position: int) -> dict[str, Any]:
    """Colour and dashes of line number ``position``."""
    place = position % len(COLOURS)
    return {"color": COLOURS[place], "linestyle": DASHES[place]}
