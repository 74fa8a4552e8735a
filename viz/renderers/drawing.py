"""Drawing: a diagram and its picture in every format; shows itself in a notebook."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..diagrams.diagram import Diagram
from ..output import FigureError, write_whole
from .cells import cell_nodes, room_for
from .crowding import by_ranks, is_crowded, texts_in_boxes
from .dot import to_dot
from .equations import to_latex
from .mermaid import to_mermaid
from .placing import Place, as_attributes, place
from .plain_json import to_json
from .render import Overlay, render
from .style import style
from .svg import finished
from .text import listing, text, tree
from .tikz import to_tikz

#: The format that each ending of a file names.
ENDINGS = {
    "svg": "svg", "png": "png", "pdf": "pdf", "dot": "dot", "gv": "dot", "txt": "text",
    "mmd": "mermaid", "mermaid": "mermaid", "tikz": "tikz", "tex": "latex", "json": "json",
}  # fmt: skip
FORMATS = tuple(dict.fromkeys(ENDINGS.values()))
#: Edges up to which their texts are written in a layout of our own.
LABELLED = 60


class Drawing:
    """The picture of a diagram: ``.svg``, ``.png``, ``.dot``, ``.save(path)``.

    The last expression of a notebook cell shows it; ``print`` gives it as text, ``listing()``
    as two lists of assignments, forward and backward, and ``tree()`` from the root down.
    ``palette`` is default, cs231n or print, ``theme`` light or dark.
    """

    def __init__(
        self,
        diagram: Diagram,
        rankdir: str = "LR",
        palette: str = "default",
        theme: str = "light",
        like: Diagram | None = None,
    ) -> None:
        self.diagram, self.rankdir = diagram, rankdir
        #: A diagram of the same nodes, by whose texts the boxes are placed.
        self.like = like
        self.style = style(palette, theme)

    @property
    def dot(self) -> str:
        """The diagram as DOT text."""
        return to_dot(self._drawn(), self.rankdir, self.style)

    def _drawn(self) -> Diagram:
        """The diagram as it is drawn: where it is crowded, with the texts of edges in boxes."""
        diagram = self.diagram
        network = bool(diagram.nodes) and diagram.nodes[0].cell is not None
        if self.like is None and not network and is_crowded(diagram):
            return texts_in_boxes(diagram)
        return diagram

    @property
    def mermaid(self) -> str:
        """The diagram as a Mermaid flowchart."""
        return to_mermaid(self.diagram, self.rankdir, self.style)

    @property
    def tikz(self) -> str:
        """The picture as a LaTeX document of its own, drawn with TikZ."""
        return to_tikz(self.diagram, self.rankdir, self.style)

    @property
    def latex(self) -> str:
        """The listing, forward and backward, as LaTeX equations."""
        return to_latex(self.diagram)

    @property
    def json(self) -> str:
        """The diagram as JSON, described by ``viz.renderers.plain_json.SCHEMA``."""
        return to_json(self.diagram)

    def render(self, format: str = "svg") -> bytes:
        """The picture as bytes: svg, png, pdf; or dot, text, mermaid, tikz, latex, json.

        Raises:
            ValueError: for another format.
            RendererError: where there is no Graphviz for svg, png or pdf.
        """
        if format in WRITERS:
            return WRITERS[format](self).encode()
        if format not in FORMATS:
            raise ValueError(f"format={format!r}; expected one of {', '.join(FORMATS)}.")
        picture = self._picture(format)
        if format != "svg":
            return picture
        return finished(picture.decode(), self.diagram, self.style).encode()

    def _picture(self, format: str) -> bytes:
        """The layout by Graphviz, or by ranks where that would take too long; then the cells."""
        diagram = self._drawn()
        if (places := self._places(diagram)) is not None:
            labels = len(diagram.edges) <= LABELLED
            attributes = as_attributes(diagram, places, self.rankdir, labels)
            dot = to_dot(diagram, self.rankdir, self.style, places=attributes)
            return render(dot, format, placed=True)
        room = room_for(diagram)
        if not room:
            return render(self.dot, format)
        overlay: Overlay = lambda boxes: cell_nodes(diagram, boxes, room, self.style)  # noqa: E731
        return render(to_dot(diagram, self.rankdir, self.style, room), format, overlay)

    def _places(self, diagram: Diagram) -> dict[str, Place] | None:
        """The places of a layout of our own, where there is one."""
        diagram = self.like if self.like is not None else diagram
        columns = bool(diagram.nodes) and diagram.nodes[0].cell is not None
        chosen = self.like is not None or columns
        if not chosen and not by_ranks(diagram):
            return None
        return place(diagram, self.rankdir, labels=len(diagram.edges) <= LABELLED)

    @property
    def svg(self) -> str:
        """The picture as an SVG document."""
        return self.render("svg").decode()

    @property
    def png(self) -> bytes:
        """The picture as a PNG file's content."""
        return self.render("png")

    def listing(self) -> str:
        """Forward and backward as aligned lists of assignments."""
        return listing(self.diagram)

    def tree(self) -> str:
        """The root, under it its operands, and so on."""
        return tree(self.diagram)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to ``path``, in the format that its suffix names.

        Raises:
            ValueError: for an unknown suffix; the message lists the known ones.
            OutputError: where it cannot be written; nothing half-written is left.
        """
        format = ENDINGS.get(Path(path).suffix.lstrip(".").lower())
        if format is None:
            endings = ", ".join(f".{known}" for known in ENDINGS)
            raise ValueError(f"save({str(path)!r}) has no known ending; expected one of {endings}.")
        content = self.render(format)
        end = b"\n" if format in WRITERS and not content.endswith(b"\n") else b""
        return write_whole(path, content + end)

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


#: How each format that is text is written.
WRITERS: dict[str, Callable[[Drawing], str]] = {
    "dot": lambda drawing: drawing.dot,
    "text": str,
    "mermaid": lambda drawing: drawing.mermaid,
    "tikz": lambda drawing: drawing.tikz,
    "latex": lambda drawing: drawing.latex,
    "json": lambda drawing: drawing.json,
}
