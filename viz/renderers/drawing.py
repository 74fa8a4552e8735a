"""Drawing: a diagram and its picture in every format; shows itself in a notebook."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..diagrams.diagram import Diagram
from ..output import FigureError, write_whole
from .dot import label_lines, one_line, to_dot
from .render import FORMATS, render


class Drawing:
    """The picture of a diagram: ``.svg``, ``.png``, ``.dot``, ``.save(path)``.

    The last expression of a notebook cell shows it; ``print`` gives it as text.
    """

    def __init__(self, diagram: Diagram, rankdir: str = "LR") -> None:
        self.diagram = diagram
        self.dot = to_dot(diagram, rankdir)

    def render(self, format: str = "svg") -> bytes:
        """The picture as bytes: svg, png, pdf, or dot."""
        picture = render(self.dot, format)
        return fitting(picture) if format == "svg" else picture

    @property
    def svg(self) -> str:
        """The picture as an SVG document."""
        return self.render("svg").decode()

    @property
    def png(self) -> bytes:
        """The picture as a PNG file's content."""
        return self.render("png")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to ``path``, in the format that its suffix names.

        Raises:
            ValueError: for a suffix other than .svg, .png, .pdf or .dot.
            OutputError: where it cannot be written; nothing half-written is left.
        """
        format = Path(path).suffix.lstrip(".").lower()
        if format not in FORMATS:
            endings = ", ".join(f".{known}" for known in FORMATS)
            raise ValueError(f"save({str(path)!r}) has no known ending; expected one of {endings}.")
        return write_whole(path, self.render(format))

    def __str__(self) -> str:
        return text(self.diagram)

    def __repr__(self) -> str:
        counts = f"{len(self.diagram.nodes)} nodes, {len(self.diagram.edges)} edges"
        return f"Drawing({self.diagram.title!r}, {counts})"

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/plain": str(self)}
        with suppress(FigureError):
            bundle["image/svg+xml"] = self.svg
        return bundle


def fitting(svg: bytes) -> bytes:
    """An SVG that shrinks with the page instead of being clipped by it."""
    return svg.replace(b"<svg ", b'<svg style="max-width:100%;height:auto" ', 1)


def text(diagram: Diagram) -> str:
    """The diagram as lines of text: each node, and under it the edges that come in."""
    names = {node.id: node.name or node.rows[0].split(" = ")[0] for node in diagram.nodes}
    lines = [one_line(diagram.title)]
    for node in diagram.nodes:
        if node.kind == "constant":
            continue
        lines.append("  " + "   ".join(one_line(line) for line in label_lines(node)))
        for edge in diagram.into(node):
            if edge.kind in ("forward", "backward"):
                said = f": {edge.text}" if edge.text else ""
                lines.append("    " + one_line(f"from {names[edge.source]}{said}"))
    return "\n".join(lines)
