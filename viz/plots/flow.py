"""Flow: how large δ is in each layer, and how many units of each layer are saturated or dead."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.node import Node

from .. import notation
from ..chain_rule.contributions import SATURATED
from ..chain_rule.gradients import gradients_under
from ..chain_rule.local_derivative import local_derivative
from ..diagrams.layers import LayerStep, layer_steps
from .axes import COLOURS, axes


def gradient_norms(root: Node) -> list[tuple[str, float]]:
    """Title and ‖δ^l‖ of each layer under a loss, the first layer first. No ``.grad`` changes."""
    steps = _steps(root, "plot_gradient_flow")
    gradients = gradients_under(root)
    return [(step.title, float(np.linalg.norm(np.ravel(gradients[step.z])))) for step in steps]


def plot_gradient_flow(root: Node, ax: Any = None) -> Any:
    """‖δ^l‖ = ‖∂J/∂z^l‖ of every layer, on a logarithmic scale, with the ratio ‖δ¹‖/‖δ^L‖.

    A ratio far below 1 says that gradients vanish on their way to the first layer, one far above
    that they explode.

    Raises:
        ValueError: no layer is found under ``root``.
    """
    norms = gradient_norms(root)
    ax = axes(ax)
    places, sizes = np.arange(len(norms)), np.array([norm for _, norm in norms])
    shown = np.where(sizes > 0, sizes, np.nan)
    ax.plot(places, shown, marker="o", color=COLOURS[1])
    for place, (_, norm) in zip(places, norms, strict=True):
        text = notation.number(norm, 3)
        height = norm if norm > 0 else np.nanmin(np.append(shown, 1.0))
        ax.annotate(text, (place, height), (0, 7), textcoords="offset points", ha="center")
    if (sizes > 0).any():
        ax.set_yscale("log")
        ax.margins(x=0.12, y=0.2)
    ax.set_xticks(places, [title for title, _ in norms])
    ax.set_ylabel("‖δ‖")
    ratio = notation.number(norms[0][1] / norms[-1][1], 3) if norms[-1][1] else "undefined"
    ax.set_title(f"‖δ¹‖/‖δ{notation.superscript(len(norms))}‖ = {ratio}", fontsize="medium")
    return ax


def saturation(root: Node) -> list[tuple[str, float, float]]:
    """Title, share of saturated elements (|g′| below 0.01) and of dead ones (0) of each layer."""
    found = []
    for step in _steps(root, "plot_saturation"):
        slopes = _slopes(step)
        if slopes is not None:
            size = np.abs(slopes)
            dead = float(np.mean(size == 0))
            found.append((step.title, float(np.mean(size < SATURATED)) - dead, dead))
    return found


def plot_saturation(root: Node, ax: Any = None) -> Any:
    """Share of each layer's activations that pass next to no gradient: saturated, and dead.

    Saturated is a derivative g′(z) below 0.01 in size, dead one of 0.

    Raises:
        ValueError: no layer with an activation is found under ``root``.
    """
    found = saturation(root)
    if not found:
        raise ValueError(
            "plot_saturation() found no layer with an elementwise activation; expected a loss "
            "computed through scopes that hold z and a = g(z)."
        )
    ax = axes(ax)
    places = np.arange(len(found))
    weak, dead = (np.array([row[k] for row in found]) for k in (1, 2))
    ax.bar(places, weak, color=COLOURS[4], label=f"saturated: |g′(z)| < {SATURATED}")
    ax.bar(places, dead, bottom=weak, color=COLOURS[1], hatch="//", label="dead: g′(z) = 0")
    ax.set_xticks(places, [title for title, _, _ in found])
    ax.set_ylim(0, 1)
    ax.set_ylabel("share of activations")
    ax.legend()
    return ax


def _steps(root: Any, who: str) -> list[LayerStep]:
    if not isinstance(root, Node):
        raise TypeError(f"{who}() got {type(root).__name__}; expected a Value, such as the loss.")
    steps = layer_steps(root)
    if not steps:
        raise ValueError(
            f"{who}() found no layer; expected a loss computed through scopes that hold a net "
            f"input, as nn's layers make them."
        )
    return steps


def _slopes(step: LayerStep) -> Any:
    """g′(z) of a layer, where its activation is one elementwise op; else None."""
    slots = [slot for slot, x in enumerate(step.a.inputs) if x is step.z]
    if step.a is step.z or len(slots) != 1 or step.a.op is None or not step.a.op.elementwise:
        return None
    names = [f"x{i}" for i in range(len(step.a.inputs))]
    local = local_derivative(step.a, slots[0], names, "a")
    return None if local is None else local.data
