"""Shown: how the engine's and the networks' own objects appear in notebooks and debuggers.

The floors below find these functions by name, through ``autograd.views``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from autograd.node import Node

from .diagrams.graph_view import diagram
from .draw import draw, draw_network
from .output import FigureError
from .renderers.plain_json import debugger_json
from .renderers.style import style


def value_bundle(value: Node) -> dict[str, str]:
    """A Value in a notebook: its text, and the picture of its graph where one can be drawn."""
    bundle = {"text/plain": repr(value)}
    if value.op is not None:
        with suppress(FigureError):
            bundle["image/svg+xml"] = draw(value).svg
    return bundle


def model_bundle(model: Any) -> dict[str, str]:
    """A model in a notebook: its text, and its neurons where it has fully connected layers."""
    bundle = {"text/plain": repr(model)}
    # Whatever a user's forward() raises on a trial run is no business of a notebook's display.
    with suppress(Exception):
        bundle["image/svg+xml"] = draw_network(model).svg
    return bundle


def trace_bundle(trace: Any) -> dict[str, str]:
    """A trace in a notebook: its text, and the graph of what the traced function returned."""
    bundle = {"text/plain": repr(trace)}
    if isinstance(trace.result, Node) and np.shape(trace.result.data) == ():
        with suppress(FigureError, LookupError):
            bundle["image/svg+xml"] = draw(trace.result, backward=True).svg
    return bundle


def value_debug_json(value: Node) -> str:
    """The graph of a Value as JSON for the "Debug Visualizer" of VS Code."""
    return debugger_json(diagram(value, backward=True, heatmaps=False), style())
