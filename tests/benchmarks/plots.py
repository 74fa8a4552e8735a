"""The results as pictures: ratios of all engines, and the growth of time and memory."""

from __future__ import annotations

from pathlib import Path

import engines
import growth
from report import base_of
from targets import Rounds, median

MARKERS = dict(zip(engines.ENGINES, "|_osDxv^P*Xdh", strict=True))
#: The ten colours that matplotlib takes in turn, then three more.
COLOURS = dict(
    zip(engines.ENGINES, [*(f"C{k}" for k in range(10)), "black", "gold", "navy"], strict=True)
)


def ratios(rounds: Rounds, path: Path) -> None:
    """Ratios to the first engine of each problem, on a logarithmic axis."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, max(4.0, 1.5 + 0.5 * len(rounds))), layout="constrained")
    axes = figure.subplots()
    places = {problem: k for k, problem in enumerate(rounds)}
    for engine, marker in MARKERS.items():
        x, y = [], []
        for problem, measured in rounds.items():
            base = measured.get(base_of(measured))
            if engine in measured and base:
                x.append(median(measured[engine]) / median(base))
                y.append(places[problem])
        if x:
            axes.plot(x, y, marker, linestyle="", label=engine, markersize=8, color=COLOURS[engine])
    axes.set_xscale("log")
    axes.set_yticks(list(places.values()), list(places))
    axes.axvline(1.0, color="grey", linewidth=0.8)
    axes.set_xlabel("time of a step: ratio to NumPy by hand (else to glassgrad eager)")
    axes.grid(axis="both", alpha=0.3)
    axes.invert_yaxis()
    figure.legend(loc="outside right upper")
    figure.savefig(path, dpi=130)


def growths(found: growth.Growth, path: Path) -> None:
    """Time and memory per value over the number of values: level where growth is linear."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4), layout="constrained")
    panels = figure.subplots(1, 2)
    exponents = growth.exponents(found)
    for name, measures in found.items():
        for what, numbers in measures.items():
            pairs = [(int(n), x) for n, x in numbers.items() if not isinstance(x, str)]
            if not pairs:
                continue
            scale = 1.0 if what == growth.BYTES else 1e6
            sizes, amounts = zip(*[(n, x / n * scale) for n, x in pairs], strict=True)
            p = exponents.get((name, what))
            label = name + ", no collections" * (what == growth.CALM)
            label += f" (p = {p:.2f})" if p is not None else ""
            panels[int(what == growth.BYTES)].plot(sizes, amounts, "o-", label=label, markersize=4)
    for axes, unit in zip(panels, ("µs", "bytes"), strict=True):
        axes.set(xscale="log", yscale="log", xlabel="values", ylabel=f"{unit} per value")
        axes.grid(alpha=0.3)
        if axes.lines:
            axes.legend(fontsize=7)
    figure.savefig(path, dpi=130)
