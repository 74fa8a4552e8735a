"""Boundary: what a model of two inputs answers everywhere in the plane, and the data in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Value
from autograd.node import data_of

from .axes import COLOURS, axes

#: Points of the grid along each axis, and the shapes that tell classes apart without colour.
POINTS, MARKERS = 120, "osD^vP*X"


def plot_decision_boundary(
    model: Callable[[Any], Any],
    X: Any,
    y: Any = None,
    points: int = POINTS,
    threshold: float | None = None,
    ax: Any = None,
) -> Any:
    """The class that ``model`` gives each point of the plane, the line between them, the data.

    ``X`` is ``(samples, 2)``, ``y`` holds class labels, or -1 and 1. A model of one output decides
    at ``threshold``: 0 for labels -1 and 1, else 0.5; of several outputs the largest wins.

    Raises:
        ValueError: X has not two columns, or the model gives something else than one row a sample.
    """
    X = np.asarray(data_of(X), dtype=float)
    if X.ndim != 2 or X.shape[1] != 2:
        raise ValueError(
            f"plot_decision_boundary() got X of shape {X.shape}; expected (samples, 2)."
        )
    labels = None if y is None else np.ravel(np.asarray(data_of(y)))
    ax = axes(ax, 5.0, 4.5)
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.15 * np.maximum(high - low, 1e-9)
    across, up = (np.linspace(low[k] - margin[k], high[k] + margin[k], points) for k in (0, 1))
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    scores = answers(model, grid)
    if scores.shape[1] == 1:
        _one_output(ax, across, up, scores[:, 0], _threshold(threshold, labels))
    else:
        _several_outputs(ax, across, up, scores)
    if labels is not None:
        _data(ax, X, labels)
    ax.set_xlabel("x₁")
    ax.set_ylabel("x₂")
    return ax


def answers(model: Callable[[Any], Any], grid: Any) -> Any:
    """What the model gives for each point, ``(points, outputs)``; nothing is recorded."""
    predict = getattr(model, "predict", None)
    with autograd.no_grad():
        found = predict(grid) if predict is not None else model(Value(grid, requires_grad=False))
    scores = np.asarray(data_of(found), dtype=float)
    if scores.ndim == 1:
        scores = scores[:, None]
    if scores.ndim != 2 or len(scores) != len(grid):
        raise ValueError(
            f"plot_decision_boundary() got a model that gives shape {scores.shape} for "
            f"{len(grid)} points; expected one row for each."
        )
    return scores


def _threshold(given: float | None, labels: Any) -> float:
    if given is not None:
        return given
    return 0.0 if labels is not None and labels.min(initial=0) < 0 else 0.5


def _one_output(ax: Any, across: Any, up: Any, scores: Any, threshold: float) -> None:
    plane = scores.reshape(len(up), len(across))
    far = float(np.abs(plane - threshold).max()) or 1.0
    ax.pcolormesh(
        across, up, plane, cmap=_between(COLOURS[1], COLOURS[0]), alpha=0.5, shading="nearest",
        vmin=threshold - far, vmax=threshold + far,
    )  # fmt: skip
    if plane.min() < threshold < plane.max():
        ax.contour(across, up, plane, [threshold], colors="black", linewidths=1.5)


def _several_outputs(ax: Any, across: Any, up: Any, scores: Any) -> None:
    classes = scores.argmax(axis=1).reshape(len(up), len(across))
    count = scores.shape[1]
    from matplotlib.colors import ListedColormap

    colours = ListedColormap([COLOURS[k % len(COLOURS)] for k in range(count)])
    ax.pcolormesh(
        across, up, classes, cmap=colours, alpha=0.3, vmin=-0.5, vmax=count - 0.5, shading="nearest"
    )
    between = [k + 0.5 for k in range(count - 1)]
    if classes.min() < classes.max():
        ax.contour(across, up, classes, between, colors="black", linewidths=1.0)


def _data(ax: Any, X: Any, labels: Any) -> None:
    """The samples, one marker and colour for each class."""
    classes = np.unique(labels)
    for position, label in enumerate(classes):
        rows = X[labels == label]
        # Two classes have the colours of the two sides: orange below the threshold, blue above.
        place = (1, 0)[position] if len(classes) == 2 else position % len(COLOURS)
        ax.scatter(
            rows[:, 0], rows[:, 1], s=22, color=COLOURS[place], edgecolors="white", linewidths=0.6,
            marker=MARKERS[position % len(MARKERS)], label=f"{label:g}",
        )  # fmt: skip
    if len(classes) <= 10:
        ax.legend(title="class")


def _between(low: str, high: str) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("sides", [low, "white", high])
