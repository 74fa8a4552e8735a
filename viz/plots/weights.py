"""Weights: how the weights of each layer are distributed."""

from __future__ import annotations

from typing import Any

import numpy as np

from .axes import COLOURS, DASHES, axes

BINS = 30


def plot_weights(model: Any, what: str = "data", bins: int = BINS, ax: Any = None) -> Any:
    """Histograms of all weight arrays, one outline each, on bins that they share.

    ``what="grad"`` shows the gradients instead. Biases and other vectors are left out.

    Raises:
        ValueError: no weights, no gradients yet, or another ``what``.
    """
    if what not in ("data", "grad"):
        raise ValueError(f"plot_weights() got what={what!r}; expected 'data' or 'grad'.")
    named = [(name, value) for name, value in model.named_parameters() if value.ndim > 1]
    found = [(value.label or name, getattr(value, what)) for name, value in named]
    arrays = [(name, np.ravel(np.asarray(data))) for name, data in found if data is not None]
    if not arrays:
        hint = "a backward pass first" if what == "grad" and named else "a model with weights"
        raise ValueError(f"plot_weights() found nothing to draw; expected {hint}.")
    ax = axes(ax)
    finite = np.concatenate([data[np.isfinite(data)] for _, data in arrays])
    edges = np.histogram_bin_edges(finite, bins)
    for position, (name, data) in enumerate(arrays):
        place = position % len(COLOURS)
        ax.hist(
            data[np.isfinite(data)], edges, histtype="step", linewidth=1.5, color=COLOURS[place],
            linestyle=DASHES[place], density=True, label=f"{name}, {data.size:,} numbers",
        )  # fmt: skip
    ax.set_xlabel("weight" if what == "data" else "gradient of the weight")
    ax.set_ylabel("density")
    ax.legend()
    return ax
