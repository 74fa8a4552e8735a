"""Every message of the kit, once, as a learner reads it, against the files in ``golden``.

To keep new texts after a change that is meant: ``python tests/exercises/test_golden_messages.py``.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

from exercises.clues import clues
from exercises.comparison import compare
from exercises.curriculum import exercises, find
from exercises.plain import Opaque
from exercises.prerequisites import answers, right_answers
from exercises.probing import Outcome
from exercises.report import alternatives, report, task_lines, text_of
from exercises.runner import Run, Trouble
from exercises.verdict import FAILED, MISSING, NOT_STARTED, Verdict, judge

GOLDEN = Path(__file__).resolve().parent / "golden"


def verdict(exercise, outcomes, trouble=None, printed=""):
    return judge(exercise, Path(exercise.file_name), Run(tuple(outcomes), trouble, printed, 0.0))


def reached(exercise):
    """Outcomes that pass each milestone."""
    bounds = [(m.at_least, m.at_most) for m in exercise.milestones()]
    return [Outcome(low if high is None else high) for low, high in bounds]


def messages_of(exercise):
    """The task, success, hints, and the report on each mistake."""
    path = Path(exercise.file_name)
    right = [*right_answers(exercise.id), *reached(exercise)]
    parts = {
        "task": text_of(task_lines(exercise)),
        "not started": text_of(report(Verdict(exercise, NOT_STARTED, path))),
        "passed": text_of(report(verdict(exercise, right))),
    }
    for level, hint in enumerate(exercise.hints, start=1):
        parts[f"hint {level}"] = hint
    for code in exercise.mistakes:
        wrong = [*answers(exercise, code), *reached(exercise)]
        parts[code] = text_of(report(verdict(exercise, wrong)))
    for number in range(len(exercise.milestones())):
        missed = list(right)
        above = exercise.milestones()[number].at_least is None
        missed[len(right_answers(exercise.id)) + number] = Outcome(1.0 if above else 0.5)
        parts[f"milestone {number + 1} missed"] = text_of(report(verdict(exercise, missed)))
    return parts


TROUBLES = {
    "syntax": Trouble("load", "'(' was never closed", 7, "z = np.dot(w, x", error="SyntaxError"),
    "import": Trouble(
        "load", "No module named 'torch'", 1, "import torch", error="ModuleNotFoundError"
    ),
    "exit while loading": Trouble("load", "0", 3, "sys.exit(0)", error="SystemExit"),
    "error while loading": Trouble(
        "load", "division by zero", 2, "1 / 0", error="ZeroDivisionError"
    ),
    "missing name": Trouble("load", "neuron_gradient", error="MissingNamesError"),
    "not UTF-8": Trouble("load", "byte 3 is not UTF-8", error="UnicodeDecodeError"),
    "timeout": Trouble("timeout", "10 s", 12, probe=0),
    "timeout at no line": Trouble("timeout", "10 s"),
    "crash": Trouble("crash", "SIGSEGV", 4, probe=2),
    "printed": Trouble("printed", "4 MB", 5, probe=0),
    "ended": Trouble("ended", "0", probe=1),
    "start": Trouble("start", "ModuleNotFoundError: No module named 'exercises'"),
    "another file, with --mine": Trouble("load", "x", 4, error="NameError", file="ex16_value.py"),
}


def trouble_messages():
    """Every kind of trouble, and what else is no answer."""
    exercise, path = find(13), Path("ex13_neuron_gradient.py")
    right = list(right_answers(13))
    parts = {}
    for name, trouble in TROUBLES.items():
        parts[name] = text_of(report(Verdict(exercise, FAILED, path, trouble=trouble)))
    parts["missing file"] = text_of(report(Verdict(exercise, MISSING, path)))
    parts["too few answers"] = text_of(report(verdict(exercise, right[:4])))
    to_do = Outcome(raised="NotImplementedError", line=20, code="raise NotImplementedError")
    parts["to do"] = text_of(report(verdict(exercise, [to_do] * len(right))))
    parts["half done"] = text_of(report(verdict(exercise, [*right[:5], *[to_do] * 5])))
    other = Outcome(raised="NotImplementedError", line=9, file="ex16_value.py")
    parts["to do elsewhere"] = text_of(report(verdict(exercise, [other] * len(right))))
    raised = Outcome(raised="NameError", message="name 'q' is not defined", line=9, code="q")
    parts["raised"] = text_of(report(verdict(exercise, [raised] * len(right))))
    changed = [Outcome(o.value, ("w", "x")) for o in right]
    parts["changed"] = text_of(report(verdict(exercise, changed)))
    printed = "\n".join(f"line {i}" for i in range(12))
    parts["printed and passed"] = text_of(report(verdict(exercise, right, printed=printed)))
    parts["an object"] = text_of(report(verdict(exercise, [Outcome(Opaque("Any"))] * len(right))))
    pair = answers(exercise, "no_two", "gprime_at_a")
    parts["a pair"] = text_of(report(verdict(exercise, pair)))
    twins = answers(find(18), "assign", "grad_never_reset")
    parts["a hidden mistake"] = text_of(report(verdict(find(18), twins)))
    sets = [("no_two", "sign"), ("no_two", "no_x")]
    parts["one of several pairs"] = text_of(alternatives(sets, exercise, 10))
    parts["one of several"] = text_of(alternatives([("no_two",), ("sign",)], exercise, 10))
    mixed = answers(exercise, "no_two")
    mixed[3] = Outcome([1.0, np.array([1.0, 1.0]), 1.0])
    parts["explained in part"] = text_of(report(verdict(exercise, mixed)))
    return parts


#: Expected and yours, in two probes where that says more.
CASES = {
    "half": [(2.0, 1.0), (3.0, 1.5)],
    "twice": [(2.0, 4.0), (3.0, 6.0)],
    "minus": [(2.0, -2.0), (3.0, -3.0)],
    "minus two": [(2.0, -4.0), (3.0, -6.0)],
    "minus half": [(2.0, -1.0), (3.0, -1.5)],
    "a fifth": [(np.array([5.0, 10.0]), np.array([1.0, 2.0]))],
    "five times": [(np.array([1.0, 2.0]), np.array([5.0, 10.0]))],
    "any ratio": [(np.array([1.0, 2.0]), np.array([1.7, 3.4]))],
    "zero": [(np.array([1.0, 2.0]), np.array([0.0, 0.0]))],
    "signs": [(np.array([1.0, 2.0]), np.array([1.0, -2.0]))],
    "shift": [(np.array([1.0, 2.0]), np.array([1.5, 2.5]))],
    "nan": [(1.0, float("nan"))],
    "infinite": [(1.0, float("inf"))],
    "a ratio per probe": [
        (np.array([2.0, 4.0]), np.array([1.0, 2.0])),
        (np.array([3.0, 6.0]), np.array([1.0, 2.0])),
    ],
    "nested lists": [
        ([np.array([1.0]), np.array([2.0, 3.0])], [np.array([2.0]), np.array([4.0, 6.0])])
    ],
    "nested lists with a text": [([["a"], 1.0], [["b"], 2.0])],
    "transposed shape": [(np.ones((2, 3)), np.ones((3, 2)))],
    "transposed": [(np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, 3.0], [2.0, 5.0]]))],
    "reversed": [(np.array([1.0, 2.0, 4.0]), np.array([4.0, 2.0, 1.0]))],
    "column": [(np.ones(3), np.ones((3, 1)))],
    "no sum": [(1.0, np.array([1.0, 2.0]))],
    "another shape": [(np.ones(3), np.ones(4))],
    "swapped": [([1.0, np.array([2.0])], [np.array([2.0]), 1.0])],
    "swapped numbers": [(["a", 1.0, 2.0], ["a", 2.0, 1.0])],
    "nothing": [(1.0, None)],
    "text": [(1.0, "1")],
    "list": [(1.0, ["a"])],
    "dict": [({"x": 1.0}, 2.0)],
    "missing key": [({"x": 1.0, "y": 2.0}, {"x": 1.0})],
    "truth": [("good", True)],
    "too few": [(["a", "b"], ["a"])],
    "object": [(1.0, Opaque("Value"))],
    "no sense": [(np.array([1.0, 2.0, 3.0]), np.array([4.0, 1.0, 0.5]))],
}


def clue_messages():
    """What the numbers say where no mistake is known."""
    parts = {}
    for name, pairs in CASES.items():
        found = [compare(expected, got, "", (), 1e-6) for expected, got in pairs]
        assert all(found), name
        parts[name] = "\n".join(clues(found)) or "(nothing)"
    return parts


def rendered(parts):
    return "\n\n".join(f"== {name}\n{text}" for name, text in parts.items()) + "\n"


def everything():
    """File name and text of all golden files."""
    made = {exercise.file_name[:-3]: messages_of(exercise) for exercise in exercises()}
    made |= {"troubles": trouble_messages(), "clues": clue_messages()}
    return made


NAMES = [*(exercise.file_name[:-3] for exercise in exercises()), "troubles", "clues"]


@pytest.mark.parametrize("name", NAMES)
def test_messages_are_those_that_were_read_and_kept(name):
    if name in ("troubles", "clues"):
        parts = trouble_messages() if name == "troubles" else clue_messages()
    else:
        parts = messages_of(next(e for e in exercises() if e.file_name[:-3] == name))
    kept = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert rendered(parts) == kept


def test_the_readme_shows_a_message_of_the_kit():
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    block = readme.partition("```text\n✗ 13")[2].partition("```")[0]
    message = trouble_messages()["a pair"].splitlines()
    lines = f"✗ 13{block}".rstrip().splitlines()
    assert len(lines) == 4
    assert all(line in message for line in lines)


def test_every_golden_file_belongs_to_something():
    assert sorted(path.stem for path in GOLDEN.glob("*.txt")) == sorted(NAMES)


@pytest.mark.parametrize("exercise", exercises(), ids=lambda e: e.file_name)
def test_every_word_on_a_mistake_stands_in_its_message(exercise):
    parts = messages_of(exercise)
    for code, words in exercise.mistakes.items():
        assert words in parts[code]
        assert f"code: {code})" in parts[code]


def test_no_line_of_a_message_is_too_long_to_read():
    for name, parts in everything().items():
        for part, text in parts.items():
            for line in text.splitlines():
                assert len(line) <= 240, (name, part, line)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, parts in everything().items():
        (GOLDEN / f"{name}.txt").write_text(rendered(parts), encoding="utf-8")
        sys.stdout.write(f"{name}\n")
