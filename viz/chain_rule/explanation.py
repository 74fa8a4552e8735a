"""Explanation: a chain rule written out, for a terminal, Markdown, LaTeX and MathML."""

from __future__ import annotations

from typing import NamedTuple

from ..cleaning import one_line
from ..typesetting import latex, mathml

#: Between the columns of a table.
_COLUMNS = "   "


class Explanation(NamedTuple):
    """Text of a chain rule, its total, and the gradient that the value itself carries.

    ``print`` shows the text; ``markdown()``, ``latex()`` and ``mathml()`` write the same lines.
    ``rows`` are the cells of the ledger form, of which the first row is the heading.
    """

    text: str
    total: float
    gradient: float | None
    rows: tuple[tuple[str, ...], ...] = ()

    def __str__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def markdown(self) -> str:
        """Formulas between dollar signs, as GitHub and notebooks read them; a ledger as a table."""
        if not self.rows:
            lines = [f"{_quads(line)}${latex(line.strip())}$" for line in self.text.splitlines()]
            return "\n\n".join(lines) + "\n"
        heading, *rows = self.rows
        table = [heading, ("---",) * len(heading)]
        table += [tuple(f"${latex(cell)}$" if cell else "" for cell in row) for row in rows]
        told = [f"| {' | '.join(_no_bars(cell) for cell in row)} |" for row in table]
        first, last = (f"${latex(line)}$" for line in self._ends)
        return "\n".join([first, "", *told, "", last]) + "\n"

    def latex(self) -> str:
        """An ``aligned`` block for LaTeX's mathematical mode; a ledger as an ``array`` in it."""
        if self.rows:
            heading, *rows = self.rows
            cells = [" & ".join(latex(cell) for cell in heading) + r" \\ \hline"]
            cells += [" & ".join(latex(cell) for cell in row) + r" \\" for row in rows]
            body = "\n".join([rf"\begin{{array}}{{{'l' * len(heading)}}}", *cells, r"\end{array}"])
            first, last = (latex(line) for line in self._ends)
            lines = [f"&{first}", f"&{body}", f"&{last}"]
        else:
            lines = []
            for line in self.text.splitlines():
                left, sign, right = _split(line)
                told = rf"{_indent(left)}{latex(left.strip())} &{sign} {latex(right)}"
                lines.append(told.rstrip())
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def mathml(self) -> str:
        """A ``<math>`` element for a page: lines aligned at their equals signs, or the ledger."""
        if self.rows:
            first, last = self._ends
            lines = [(first,), *self.rows, (last,)]
            rows = [_row(row, len(self.rows[0])) for row in lines]
        else:
            rows = []
            for line in self.text.splitlines():
                left, sign, right = _split(line)
                deep = len(left) - len(left.lstrip())
                space = f'<mspace width="{deep}ch"/>' if deep and left.strip() else ""
                cells = (space + mathml(left.strip()), mathml(sign + right))
                rows.append("<mtr>" + "".join(_cell(cell) for cell in cells) + "</mtr>")
        return (
            '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">'
            f"<mtable>{''.join(rows)}</mtable></math>"
        )

    @property
    def _ends(self) -> tuple[str, str]:
        """The first and the last line, around a ledger's table."""
        lines = self.text.splitlines()
        return lines[0], lines[-1].strip()


def aligned(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    """Cells in columns of equal width, two spaces in front."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  " + _COLUMNS.join(cells).rstrip())
    return lines


def _split(line: str) -> tuple[str, str, str]:
    """Left side, equals sign and right side; a line without a sign is all left."""
    if line.lstrip().startswith("= "):
        return "", "=", line.lstrip()[2:]
    left, sign, right = line.partition(" = ")
    return (left, "=", right) if sign else (line, "", "")


def _row(cells: tuple[str, ...], columns: int) -> str:
    if len(cells) == 1:
        return f"<mtr>{_cell(mathml(cells[0]), columns)}</mtr>"
    return "<mtr>" + "".join(_cell(mathml(cell)) for cell in cells) + "</mtr>"


def _cell(content: str, columns: int = 1) -> str:
    """A cell, set to the left: MathML Core leaves that to CSS."""
    span = f' columnspan="{columns}"' if columns > 1 else ""
    return f'<mtd style="text-align:left"{span}>{content}</mtd>'


def _indent(line: str) -> str:
    return r"\quad " * ((len(line) - len(line.lstrip())) // 2)


def _quads(line: str) -> str:
    """The indentation of a line, as Markdown keeps it."""
    return "&emsp;" * ((len(line) - len(line.lstrip())) // 2)


def _no_bars(cell: str) -> str:
    return one_line(cell).replace("|", "\\|")
