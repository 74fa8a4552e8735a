"""Equations: the listing of a diagram, forward and backward, as LaTeX."""

from __future__ import annotations

from ..cleaning import one_line
from ..diagrams.diagram import Diagram
from ..typesetting import latex, latex_text
from .text import Row, backward_rows, forward_rows


def to_latex(diagram: Diagram) -> str:
    """Two ``align*`` blocks: every value as it is computed, every gradient as it is added up."""
    parts = [rf"% {one_line(diagram.title)}", *_block("forward", forward_rows(diagram))]
    backward = backward_rows(diagram)
    if backward:
        parts += _block("backward", backward)
    if diagram.note:
        parts.append(latex_text(one_line(diagram.note)))
    return "\n".join(parts) + "\n"


def _block(title: str, rows: list[Row]) -> list[str]:
    lines = [_equation(row) for row in rows]
    return [rf"\paragraph{{{title}}}", r"\begin{align*}", " \\\\\n".join(lines), r"\end{align*}"]


def _equation(row: Row) -> str:
    what, how, number = row
    sign = "+=" if what.endswith(" +=") else "="
    name = what.removesuffix(" +=").removesuffix(" =")
    return f"{latex(name)} &\\mathrel{{{sign}}} {latex(how)} = {latex(number)}"
