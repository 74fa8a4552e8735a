"""SVG: what Graphviz draws, finished: fitting the page, with title and description, in colour."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from ..cleaning import clean, one_line
from ..diagrams.diagram import Diagram
from .labels import gradient_word
from .style import Style
from .text import text

#: Lines of the description at most.
LINES = 400

_FILL = re.compile(r' fill="[^"]*"')
_TEXT = re.compile(r"<text ([^>]*)>(.*?)</text>")


def finished(svg: str, diagram: Diagram, style: Style) -> str:
    """The SVG with the words of ``text`` for those who cannot see it, and values coloured.

    It shrinks with the page instead of being clipped by it.
    """
    said = text(diagram).splitlines()
    if len(said) > LINES:
        said = [*said[:LINES], f"… {len(said) - LINES} more lines"]
    title, described = escape(one_line(diagram.title)), escape(clean("\n".join(said)))
    words = {gradient_word(node, diagram.notation) for node in diagram.nodes if node.gradient}

    def coloured(found: re.Match[str]) -> str:
        shown = found[2].replace("&#160;", " ")
        if shown.startswith("value "):
            colour = style.value_text
        elif shown.startswith("⊘ ") or any(shown.startswith(f"{word} ") for word in words):
            colour = style.gradient_text
        else:
            return found[0]
        return f'<text {_FILL.sub("", found[1])} fill="{colour}">{found[2]}</text>'

    if len(words) < 50:
        svg = _TEXT.sub(coloured, svg)
    svg = svg.replace("<svg ", '<svg role="img" style="max-width:100%;height:auto" ', 1)
    end = svg.index(">", svg.index("<svg ")) + 1
    intro = f"\n<title>{title}</title>\n<desc>{described}</desc>"
    return svg[:end] + intro + svg[end:]


def fitting(svg: bytes) -> bytes:
    """An SVG that shrinks with the page instead of being clipped by it."""
    return svg.replace(b"<svg ", b'<svg style="max-width:100%;height:auto" ', 1)
