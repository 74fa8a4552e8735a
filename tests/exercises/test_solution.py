"""Solutions are references without their switches, and read as if there had been none."""

import pytest

from exercises.curriculum import exercises
from exercises.solution import solution_text, without_switches


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("y = 1 if off else 2", "y = 2"),
        ("y = (1 if off else 2) * x", "y = 2 * x"),
        ("y = (1 if off else a + b) * x", "y = (a + b) * x"),
        ("y = f(1 if off else 2)", "y = f(2)"),
        ("y = x - (0.5 if off else -0.5)", "y = x - -0.5"),
        ("y = 1 if off else 2 if other else 3", "y = 3"),
        ("y = (1 if off else 2 if other else 3) + 1", "y = 3 + 1"),
        ("y = g(δ) * (1 if off else g(z))", "y = g(δ) * g(z)"),
        ("y = 1 if x else 2", "y = 1 if x else 2"),
        ("y = f(keepdims=not off)", "y = f(keepdims=True)"),
        ("if off:\n    y = 1\nelse:\n    y = 2  # two", "y = 2  # two"),
        ("if off:\n    y = 1\nelif other:\n    y = 2\nelse:\n    y = 3", "y = 3"),
        ("if off:\n    y = 1\nelif x:\n    y = 2\nelse:\n    y = 3",
         "if x:\n    y = 2\nelse:\n    y = 3"),
        ("y = 1\nif off:\n    y = 2\nz = 3", "y = 1\nz = 3"),
        ("if off and x:\n    y = 2\nz = 3", "z = 3"),
        ("if off or other:\n    y = 2\nz = 3", "z = 3"),
        ("for i in x:\n    if off:\n        y = 1\n    else:\n        y = (3 if other else i)",
         "for i in x:\n    y = i"),
    ],
)  # fmt: skip
def test_switches_are_folded_away(wrong, right):
    body = "\n".join(f"    {line}" for line in wrong.splitlines())
    source = f"def reference(given, *, off=False, other=False):\n{body}\n    return (y,)\n"
    assert without_switches(source, {"off", "other"}) == right + "\n"


def test_prerequisites_and_annotations_of_the_kit_are_left_out():
    source = (
        "def reference(given, *, off=False):\n    Value = given.Value\n\n"
        "    def f(x):  # type: ignore[misc]\n        return Value(x)\n\n    return (f,)\n"
    )
    assert without_switches(source, {"off"}) == "def f(x):\n    return Value(x)\n"


def test_solutions_are_short_and_no_line_is_long():
    for exercise in exercises():
        lines = solution_text(exercise).splitlines()
        assert len(lines) <= 70, exercise.file_name
        assert max(map(len, lines)) <= 100
