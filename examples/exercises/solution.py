"""Solution: the text of a reference with its switches taken out."""

from __future__ import annotations

import ast
import inspect
import textwrap

from .exercise import Exercise, switches


def solution_text(exercise: Exercise) -> str:
    """The learner's file as the reference would write it.

    It is derived from the reference: every ``wrong if switch else right`` becomes ``right``.
    """
    source = textwrap.dedent(inspect.getsource(exercise.reference))
    body = without_switches(source, set(switches(exercise.reference)))
    lines = exercise.stub.strip().splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    preamble = "\n".join(imports) + "\n\n\n" if imports else "\n"
    return f'"""Exercise {exercise.id}: {exercise.title}."""\n\n{preamble}{body}'


def without_switches(source: str, names: set[str]) -> str:
    """The body of a reference function with its switches at False, as source text."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    edits = _Edits(source)
    for statement in function.body:
        _clean(statement, names, edits)
    _drop_frame(function, edits)
    start = edits.position(function.body[0].lineno, 0)
    return spaced(textwrap.dedent(edits.applied(start)))


class _Edits:
    """Replacements of stretches of a source text, by position."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.lines = source.splitlines()
        self.edits: list[tuple[int, int, str]] = []

    def position(self, line: int, column: int) -> int:
        """Place in the text of a line and a column that counts bytes, as ``ast`` does."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return self.starts[line - 1] + len(text.encode("utf-8")[:column].decode("utf-8"))

    def span(self, node: ast.AST) -> tuple[int, int]:
        start = self.position(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        end = self.position(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
        return start, end

    def drop_lines(self, node: ast.stmt) -> None:
        assert node.end_lineno is not None
        self.edits.append((self.starts[node.lineno - 1], self.starts[node.end_lineno], ""))

    def applied(self, start: int) -> str:
        text = self.source
        for low, high, new in sorted(self.edits, reverse=True):
            text = text[:low] + new + text[high:]
        return text[start:]


def _clean(node: ast.AST, names: set[str], edits: _Edits) -> None:
    """Note down what goes: switched expressions and switched statements, outermost first."""
    if isinstance(node, ast.IfExp) and _switched(node.test, names):
        low, high = edits.span(node)
        text = folded(edits.source, node.orelse, names, edits)
        kept = node.orelse
        while isinstance(kept, ast.IfExp) and _switched(kept.test, names):
            kept = kept.orelse
        if _bare(kept) and _grouping(edits.source, low, high):
            low, high = low - 1, high + 1
        edits.edits.append((low, high, text))
        return
    negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    if negated and _switched(node.operand, names):  # type: ignore[attr-defined]
        edits.edits.append((*edits.span(node), "True"))
        return
    if isinstance(node, ast.If) and _switched(node.test, names):
        _clean_statement(node, names, edits)
        return
    for child in ast.iter_child_nodes(node):
        _clean(child, names, edits)


def _clean_statement(node: ast.If, names: set[str], edits: _Edits) -> None:
    """``if switch: … else: …`` leaves what stands under ``else``, moved to the left."""
    assert node.end_lineno is not None
    low, high = edits.starts[node.lineno - 1], edits.starts[node.end_lineno]
    kept = ""
    if node.orelse:
        first, last = node.orelse[0].lineno, node.orelse[-1].end_lineno
        assert last is not None
        inner = _Edits("".join(f"{line}\n" for line in edits.lines))
        for statement in node.orelse:
            _clean(statement, names, inner)
        cut = inner.starts[first - 1]
        tail = len(inner.source) - inner.starts[last]
        text = inner.applied(cut)
        text = text[: len(text) - tail]
        is_elif = edits.lines[first - 1].lstrip().startswith("elif")
        kept = text.replace("elif", "if", 1) if is_elif else _outdented(text, node.col_offset)
    edits.edits.append((low, high, kept))


def _outdented(text: str, column: int) -> str:
    return textwrap.indent(textwrap.dedent(text), " " * column)


def folded(source: str, node: ast.AST, names: set[str], edits: _Edits) -> str:
    """Source text of an expression with the switches inside it taken out."""
    inner = _Edits(source)
    _clean(node, names, inner)
    low, high = edits.span(node)
    text = source[:high]
    for a, b, new in sorted(inner.edits, reverse=True):
        text = text[:a] + new + text[b:]
    return text[low:]


def _switched(test: ast.AST, names: set[str]) -> bool:
    """True for a test that is False when all switches are: a switch, or switches joined."""
    if isinstance(test, ast.BoolOp):
        checks = [_switched(value, names) for value in test.values]
        return any(checks) if isinstance(test.op, ast.And) else all(checks)
    return isinstance(test, ast.Name) and test.id in names


def _bare(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        return True
    return isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript)


def _grouping(source: str, low: int, high: int) -> bool:
    """True if the stretch stands in parentheses that only group."""
    if source[low - 1 : low] != "(" or source[high : high + 1] != ")":
        return False
    before = source[: low - 1].rstrip(" ")[-1:]
    return not (before.isalnum() or before in "_)]") or source[: low - 1].endswith(
        ("return ", "in ", "not ", "and ", "or ", "if ", "else ", "lambda: ")
    )


def _drop_frame(function: ast.FunctionDef, edits: _Edits) -> None:
    """Leave out the lines that belong to the kit: ``Value = given.Value`` and the return."""
    for statement in function.body:
        if isinstance(statement, ast.Return | ast.Import | ast.ImportFrom) or _from_given(
            statement
        ):
            edits.drop_lines(statement)


def _from_given(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    while isinstance(value, ast.Attribute):
        value = value.value
    named = isinstance(value, ast.Name) and value.id == "given"
    return isinstance(statement, ast.Assign) and named


def spaced(text: str) -> str:
    """The text with two empty lines between its top-level definitions."""
    lines: list[str] = []
    for line in text.strip("\n").splitlines():
        top = line.startswith(("def ", "class "))
        while top and lines and not lines[-1].strip():
            lines.pop()
        if top and lines:
            lines += ["", ""]
        lines.append(line.partition("  # type: ignore")[0].rstrip())
    return "\n".join(lines) + "\n"
