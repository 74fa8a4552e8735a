"""Metrics: how good the predictions are, in numbers for people; nothing is differentiated."""

from __future__ import annotations

from typing import Any

import numpy as np

from .inputs import as_numbers


def accuracy(scores: Any, labels: Any) -> float:
    """Share of rows whose largest score is that of their label, from 0 to 1.

    ``scores`` are logits or probabilities ``(batch, classes)``, ``labels`` ``(batch,)``.

    >>> accuracy([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]], [1, 0, 0, 0])
    0.75

    Raises:
        ValueError: other shapes, fewer than two classes, or no rows.
    """
    numbers, truth = as_numbers(scores), as_numbers(labels)
    if numbers.ndim != 2 or truth.shape != numbers.shape[:1] or numbers.shape[1] < 2:
        raise ValueError(
            f"accuracy() got scores of shape {numbers.shape} and labels of shape {truth.shape}; "
            f"expected (batch, classes) with at least 2 classes, and (batch,), one class number "
            f"per row."
        )
    if not len(truth):
        raise ValueError("accuracy() got no rows; expected at least one.")
    return float(np.mean(numbers.argmax(axis=1) == truth))
