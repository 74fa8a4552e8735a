"""Typesetting: formulas as they stand in figures, turned into LaTeX and MathML.

Both read the same tokens, so that a formula says the same in a terminal, a paper and a page.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from xml.sax.saxutils import escape

from .cleaning import clean

_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾ᵀ", ["0123456789−()T"[i] for i in range(14)], strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₋", "0123456789−", strict=True))
_MARKS = "".join(_RAISED) + "".join(_LOWERED) + "′"

#: Functions that LaTeX knows by name; every other word before a bracket is set upright.
_FUNCTIONS = {"tanh", "sinh", "cosh", "sin", "cos", "tan", "exp", "log", "max", "min", "det"}
_LATEX = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon",
    "λ": r"\lambda", "μ": r"\mu", "σ": r"\sigma", "θ": r"\theta", "π": r"\pi", "ρ": r"\rho",
    "∇": r"\nabla", "Σ": r"\sum", "∂": r"\partial", "·": r"\cdot", "⊙": r"\odot", "∘": r"\circ",
    "×": r"\times", "−": "-", "→": r"\to", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "∞": r"\infty",
    "…": r"\dots", "⋯": r"\cdots", "—": r"\text{---}", "ŷ": r"\hat{y}", "‖": r"\|",
    "∛": r"\sqrt[3]", "*": "*", "±": r"\pm", "⊘": r"\oslash", "√": r"\surd",
    "\\": r"\backslash", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\hat{}", "~": r"\sim", "'": "'", "’": "'", "`": "`", '"': r"\text{''}",
}  # fmt: skip
_TEXT = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip


class Token(NamedTuple):
    """A piece of a formula: name, word, number, operator, partial, or space.

    ``text`` of a number is its mantissa, ``raised`` its power of ten; a partial has the numerator
    in ``text`` and the denominator in ``below``.
    """

    kind: str
    text: str
    raised: str = ""
    lowered: str = ""
    below: str = ""


_PARTIAL = re.compile(r"∂(\([^()]+\)|[^\s()/·=,]+)/∂(\([^()]+\)|[^\s()/·=,\[]+)")
_NUMBER = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)(?:e(−?\d+))?")
_WORD = re.compile(r"[^\W\d_]+")
_AFTER = re.compile(f"[{re.escape(_MARKS)}]*")


def tokens(formula: str) -> list[Token]:
    """The pieces of a formula, spaces included."""
    found, at = [], 0
    formula = clean(formula).replace("\n", " ")
    while at < len(formula):
        token, at = _next(formula, at)
        found.append(token)
    return found


def _next(formula: str, at: int) -> tuple[Token, int]:
    if match := _PARTIAL.match(formula, at):
        return Token("partial", match[1], below=match[2]), match.end()
    char = formula[at]
    if char == " ":
        end = at + len(formula[at:]) - len(formula[at:].lstrip(" "))
        return Token("space", formula[at:end]), end
    if char.isdigit() and char.isascii() and (match := _NUMBER.match(formula, at)):
        return Token("number", match[1], match[2] or ""), match.end()
    match = None
    if unicodedata.category(char).startswith("L") and char not in _MARKS:
        match = _WORD.match(formula, at)
    if match is None:
        after = _AFTER.match(formula, at + 1)
        assert after is not None
        raised, lowered = _scripts(after[0])
        return Token("operator", char, raised, lowered), after.end()
    word = match[0]
    cut = next((i for i, letter in enumerate(word) if letter in _MARKS), len(word))
    after = _AFTER.match(formula, at + cut)
    assert after is not None
    raised, lowered = _scripts(after[0])
    called = formula[after.end() : after.end() + 1] == "("
    plain = cut == 1 or raised or lowered or called or not word.isascii()
    return Token("name" if plain else "word", word[:cut], raised, lowered), after.end()


def _scripts(marks: str) -> tuple[str, str]:
    """Raised and lowered characters as plain ones."""
    raised = "".join("′" if mark == "′" else _RAISED.get(mark, "") for mark in marks)
    return raised, "".join(_LOWERED.get(mark, "") for mark in marks)


def latex(formula: str) -> str:
    r"""The formula for LaTeX's mathematical mode.

    >>> print(latex("∂J/∂w¹₂ = δ¹ · (1 − a²) · 2.5e−3"))
    \frac{\partial J}{\partial w^{1}_{2}} = \delta^{1} \cdot (1 - a^{2}) \cdot 2.5\cdot 10^{-3}
    """
    pieces = tokens(formula)
    written = []
    for position, token in enumerate(pieces):
        beside = pieces[max(0, position - 1) : position + 2]
        prose = token.kind == "space" and any(other.kind == "word" for other in beside)
        written.append("\\ " if prose else _latex(token))
    return re.sub(" {2,}", " ", "".join(written))


def _latex(token: Token) -> str:
    kind, text = token.kind, token.text
    if kind == "space":
        return " "
    if kind == "partial":
        return rf"\frac{{\partial {latex(text)}}}{{\partial {latex(token.below)}}}"
    if kind == "number":
        power = token.raised.replace("−", "-")
        return text.replace(",", "{,}") + (rf"\cdot 10^{{{power}}}" if power else "")
    if kind == "word":
        return rf"\text{{{latex_text(text)}}}"
    if kind == "name":
        text = _latex_name(text)
    else:
        text = _LATEX.get(text, text)
        if not text.isascii():
            text = rf"\text{{{text}}}"
        text += " " if text.startswith("\\") and text[-1].isalpha() and not token.raised else ""
    return text.rstrip() + _latex_scripts(token) if token.raised or token.lowered else text


def _latex_name(name: str) -> str:
    if name in _LATEX:
        return _LATEX[name]
    if len(name) == 1:
        return name if name.isascii() else rf"\text{{{name}}}"
    if name in _FUNCTIONS:
        return f"\\{name}"
    if name[0] == "δ" and len(name) == 2:
        return rf"\delta {name[1]}"
    return rf"\operatorname{{{latex_text(name)}}}"


def _latex_scripts(token: Token) -> str:
    raised = token.raised.replace("−", "-").replace("T", r"\top").replace("′", r"\prime")
    lowered = token.lowered.replace("−", "-")
    return (f"^{{{raised}}}" if raised else "") + (f"_{{{lowered}}}" if lowered else "")


def latex_text(text: str) -> str:
    r"""Plain text for LaTeX: what is special there is written out.

    >>> print(latex_text("50 % of a_b {x}, δ¹"))
    50 \% of a\_b \{x\}, $\delta$¹
    """
    return "".join(_in_text(char) for char in clean(text).replace("\n", " "))


def _in_text(char: str) -> str:
    """A character of plain text; one that text fonts lack, δ for example, as mathematics."""
    if char > "\u0370" and char in _LATEX:
        return f"${_LATEX[char]}$"
    return _TEXT.get(char, char)


def mathml(formula: str) -> str:
    """The formula as MathML elements, to stand in a ``<math>`` or a cell of a table.

    >>> mathml("∂J/∂w = x²")
    '<mfrac><mrow><mo>∂</mo><mi>J</mi></mrow><mrow><mo>∂</mo><mi>w</mi></mrow></mfrac><mo>=</mo><msup><mi>x</mi><mn>2</mn></msup>'
    """
    return "".join(_mathml(token) for token in tokens(formula))


def _mathml(token: Token) -> str:
    kind, text = token.kind, escape(token.text)
    if kind == "space":
        return ""
    if kind == "partial":
        above, below = mathml(token.text), mathml(token.below)
        return f"<mfrac><mrow><mo>∂</mo>{above}</mrow><mrow><mo>∂</mo>{below}</mrow></mfrac>"
    if kind == "number":
        if not token.raised:
            return f"<mn>{text}</mn>"
        return f"<mn>{text}</mn><mo>·</mo><msup><mn>10</mn><mn>{token.raised}</mn></msup>"
    if kind == "word":
        return f"<mtext>&#160;{text}&#160;</mtext>"
    base = f"<mi>{text}</mi>" if kind == "name" else f"<mo>{text}</mo>"
    raised, lowered = _script(token.raised), _script(token.lowered)
    if raised and lowered:
        return f"<msubsup>{base}{lowered}{raised}</msubsup>"
    if raised:
        return f"<msup>{base}{raised}</msup>"
    return f"<msub>{base}{lowered}</msub>" if lowered else base


def _script(marks: str) -> str:
    if not marks:
        return ""
    return f"<mn>{marks}</mn>" if marks.isdigit() else f"<mi>{escape(marks)}</mi>"
