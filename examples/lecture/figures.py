"""Figures of the scripts: where they are written, and axes to draw on."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

#: Folder for the figures of a script that is run by itself.
DEFAULT = Path("lecture-figures")


class Destination(NamedTuple):
    """Where the figures of one run go, the script's name, and the files saved so far."""

    folder: Path
    script: str
    saved: list[Path]


_destinations: list[Destination] = []


def save(figure: Any, name: str) -> Path:
    """Write a figure of the running script and return its path.

    ``figure`` is one of viz's drawings, or matplotlib axes (their whole figure is written);
    ``name`` says what it shows and ends in .svg or .png. The script's own name stands before it.
    """
    folder, script, saved = _destinations[-1] if _destinations else _by_itself()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{script}-{name}"
    if hasattr(figure, "get_figure"):
        _save_axes(figure, path)
    else:
        figure.save(path)
    saved.append(path)
    return path


def _by_itself() -> Destination:
    script = getattr(sys.modules["__main__"], "__file__", None) or "figure"
    return Destination(DEFAULT, Path(script).stem, [])


def _save_axes(axes: Any, path: Path) -> None:
    """The figure that ``axes`` belong to, the same bytes for the same picture."""
    import matplotlib

    figure = axes.get_figure()
    metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
    with matplotlib.rc_context({"svg.hashsalt": "lecture"}):
        figure.savefig(path, dpi=120, metadata=metadata)


def axes(rows: int = 1, columns: int = 1, **settings: Any) -> Any:
    """Fresh matplotlib axes: one, or an array of ``rows`` × ``columns`` of them."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise SystemExit(
            "This script draws curves with matplotlib, which is not installed: "
            'pip install -e ".[lecture]" in the checkout of glassgrad.'
        ) from None
    figure = Figure(figsize=(4.2 * columns, 3.6 * rows), layout="constrained")
    return figure.subplots(rows, columns, **settings)


@contextlib.contextmanager
def collected(folder: Path, script: str) -> Iterator[list[Path]]:
    """Inside, the figures of ``script`` go to ``folder``; the list fills with their paths."""
    _destinations.append(Destination(folder, script, []))
    try:
        yield _destinations[-1].saved
    finally:
        _destinations.pop()
