"""The chart of a profile: what each op costs, forward and backward, beside NumPy itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Profile

FORWARD, BACKWARD = "#4878a8", "#d1813a"


def profile_chart(report: Profile, path: str | None = None) -> Any:
    """A bar chart of the ops of a profile, as a matplotlib Figure; saved if ``path`` is given.

    Raises:
        TypeError: no profile.
        ImportError: matplotlib is missing.
    """
    if not isinstance(report, Profile):
        raise TypeError(
            f"profile_chart() got {type(report).__name__}; expected what autograd.profile() gave."
        )
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(
            "profile_chart() needs matplotlib: pip install 'glassgrad[plots]'. "
            "print(report) shows the same as a table."
        ) from None
    rows = report.ops[::-1]
    names = [row.name for row in rows]
    figure = Figure(figsize=(8, 1.6 + 0.35 * len(names)), layout="constrained")
    axes = figure.subplots()
    left = np.zeros(len(names))
    for way, colour in (("forward", FORWARD), ("backward", BACKWARD)):
        times = np.array([getattr(row, way).seconds * 1e3 for row in rows])
        axes.barh(names, times, left=left, label=way, color=colour)
        left += times
    numpy = [(row.forward.numpy + row.backward.numpy) * 1e3 for row in rows]
    axes.plot(numpy, names, "k|", markersize=14, label="NumPy itself")
    axes.set_xlabel("milliseconds")
    axes.set_title(
        f"{report.seconds * 1e3:.2f} ms, {report.percent_of_numpy:.0f} % of NumPy's own time"
    )
    axes.legend()
    if path is not None:
        figure.savefig(path, dpi=150)
    return figure
