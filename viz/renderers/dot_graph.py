"""DotGraph: the ``graphviz.Digraph`` that draw_dot returns, drawn by our own renderer."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import graphviz

from ..output import FigureError, write_whole
from .render import render
from .svg import fitting


class DotGraph(graphviz.Digraph):
    """A ``graphviz.Digraph`` that draws without a native ``dot``: render, pipe, notebook."""

    def pipe(self, format: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """The picture as bytes, or as text where ``encoding`` is given."""
        format = format or self.format
        picture = render(self.source, format)
        picture = fitting(picture) if format == "svg" else picture
        encoding = kwargs.get("encoding")
        return picture if encoding is None else picture.decode(encoding)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        **options: Any,
    ) -> str:
        """Write the DOT text and its picture ``filename.format``; the path of the picture.

        ``cleanup=True`` leaves the picture only, ``view=True`` opens it.
        """
        format = format or self.format
        source = Path(directory or self.directory or "", filename or self.filename)
        picture = write_whole(f"{source}.{format}", self.pipe(format))
        if not cleanup:
            write_whole(source, self.source.encode())
        if view:
            self._view(str(picture), format=format, quiet=True)
        return str(picture)

    def _repr_svg_(self) -> str:
        return str(self.pipe("svg", encoding="utf-8"))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> Any:
        bundle = {"text/plain": self.source}
        with suppress(FigureError):
            bundle["image/svg+xml"] = self._repr_svg_()
        return bundle
