"""NaN and infinity, and when they count as born: in an op, in an edge, in a sum of edges."""

from __future__ import annotations

from typing import Any

import numpy as np

from .node import Node


class NonFiniteError(FloatingPointError):
    """A NaN or infinity appeared where nothing that it was computed from held one.

    ``trace`` is the run up to there, for ``autograd.post_mortem()``.
    """

    trace: Any = None


def born(result: Any, *sources: Any) -> str | None:
    """ "NaN" or "inf" if ``result`` holds it and none of what it was computed from does.

    An infinity is no cause of itself elsewhere, but a NaN can come of two infinities: then it is
    born there.
    """
    if finite(result):
        return None
    kind = kind_of(result)
    for x in sources:
        if not finite(x) and (kind == "inf" or kind_of(x) == "NaN"):
            return None
    return kind


def finite(x: Any) -> bool:
    """True if every element of a value, array or number is finite."""
    data = x._array if isinstance(x, Node) else x
    return bool(np.isfinite(data).all())


def kind_of(x: Any) -> str:
    """ "NaN" or "inf", whichever an array or number holds; NaN if both."""
    data = x._array if isinstance(x, Node) else x
    return "NaN" if np.isnan(data).any() else "inf"
