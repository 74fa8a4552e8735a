"""An answer that passes every probe and is wrong all the same is found by a search."""

import json
from pathlib import Path

import numpy as np
import pytest

from exercises.comparison import agree, differences
from exercises.curriculum import exercises, find
from exercises.exercise import Probe
from exercises.prerequisites import answers, references, right_answers
from exercises.probing import Outcome, ask, decoded
from exercises.random_inputs import NUMBERS
from exercises.report import report, text_of
from exercises.runner import Run, found_by_search
from exercises.searching import replay, search
from exercises.verdict import examine, judge

RANDOM = [exercise for exercise in exercises() if exercise.random is not None]


def names_of(exercise, **changed):
    names = exercise.solve(references(exercise.id))
    for name, function in changed.items():
        setattr(names, name, function)
    return names


def searched(exercise, **changed):
    return search(exercise, names_of(exercise, **changed), names_of(exercise), ())


@pytest.mark.slow
def test_six_exercises_are_searched_and_their_references_hold():
    assert [exercise.id for exercise in RANDOM] == [1, 3, 6, 13, 15, 20]
    for exercise in RANDOM:
        assert searched(exercise) == {}


def test_a_wrong_answer_on_rare_inputs_is_found_and_made_small():
    def pre_activation(x, w, b):
        return float(np.dot(x, w)) + b + (0.5 if len(x) == 6 else 0.0)

    exercise = find(1)
    wrong = names_of(exercise, pre_activation=pre_activation)
    outcomes = [decoded(ask(probe, wrong)) for probe in exercise.probes()]
    assert agree(list(right_answers(1)), outcomes, exercise.tolerance)
    found = searched(exercise, pre_activation=pre_activation)
    probe = replay(exercise, found["picks"])
    assert probe.text in (
        "pre_activation(x=[1, 1, 1, 1, 1, 1], w=[1, 1, 1, 1, 1, 1], b=1)",
        "pre_activation(x=[1., 1., 1., 1., 1., 1.], w=[1., 1., 1., 1., 1., 1.], b=1)",
    )
    assert found == searched(exercise, pre_activation=pre_activation)


def test_the_parent_judges_the_found_input_anew():
    exercise, path = find(1), Path("ex01_pre_activation.py")
    right = right_answers(1)
    picks = (0, 0, 0, 0, 0)
    assert replay(exercise, picks).text == "pre_activation(x=[1], w=[1], b=1)"
    wrong = judge(exercise, path, Run(right, None, "", 0.0, "", picks, Outcome(1.0)))
    assert not wrong.passed
    text = text_of(report(wrong))
    assert "all 12 probes are right, but a search has found an input" in text
    assert "pre_activation(x=[1], w=[1], b=1)" in text
    assert "expected 2   yours 1" in text
    # A report of a wrong answer that is right, or of an input that does not exist, is no failure.
    assert judge(exercise, path, Run(right, None, "", 0.0, "", picks, Outcome(2.0))).passed
    for picks in ((), (9,), ("a",), (0, 0), (True, None), (-1, 0, 0, 0, 0)):
        assert judge(exercise, path, Run(right, None, "", 0.0, "", picks, Outcome(1.0))).passed


def test_exercises_without_random_inputs_and_machines_without_hypothesis_search_nothing(
    monkeypatch,
):
    assert search(find(2), None, None, ()) == {}
    assert replay(find(2), [1]) is None
    monkeypatch.setitem(__import__("sys").modules, "hypothesis", None)
    assert searched(find(1), pre_activation=lambda x, w, b: 7.0) == {}


def test_what_a_child_reports_is_read_with_care():
    outcome = json.loads(json.dumps(ask(Probe("", lambda names: 1.0), None).to_json()))
    assert found_by_search([{"search": {"picks": [1], "outcome": outcome}}]) == ((1,), Outcome(1.0))
    for entry in ({"search": {}}, {"search": 3}, {"search": {"outcome": 1}}, {"search": None}):
        assert found_by_search([entry]) == ((), None)


@pytest.mark.slow
def test_a_learners_file_is_searched_after_its_probes(tmp_path):
    path = tmp_path / "ex20_arrays.py"
    path.write_text(
        "import numpy as np\nfrom exercises.given import Value\n\n\n"
        "def unbroadcast(grad, shape):\n    grad = np.asarray(grad)\n"
        "    while grad.ndim > len(shape):\n        grad = grad.sum(axis=0)\n"
        "    for axis, n in enumerate(shape):\n        if n == 1 and axis < 2:\n"
        "            grad = grad.sum(axis=axis, keepdims=True)\n    return grad\n\n\n"
        "def matmul(a, b):\n    return Value(a.data @ b.data, (a, b),\n"
        "        (lambda d: d @ b.data.T, lambda d: a.data.T @ d))\n",
        encoding="utf-8",
    )
    verdict = examine(find(20), path)
    assert verdict.right == len(verdict.outcomes) == 13
    assert not verdict.passed
    assert "on which the answer is wrong: unbroadcast(grad=" in text_of(report(verdict))


@pytest.mark.slow
@pytest.mark.parametrize("exercise", RANDOM, ids=lambda e: e.file_name)
def test_single_mistakes_are_found_by_random_inputs_too(exercise):
    missed = []
    for code in exercise.mistakes:
        names = exercise.solve(references(exercise.id), code)
        if not search(exercise, names, names_of(exercise), ()):
            missed.append(code)
    # Large numbers, and what only another function of the exercise does, no small input shows.
    assert set(missed) <= {"no_max_shift", "no_T", "operands_swapped"}


def test_no_number_of_a_random_input_hides_a_factor():
    assert 0.0 not in NUMBERS
    assert len(set(map(abs, NUMBERS))) == 4
    assert differences(answers(find(1))[0], answers(find(1))[0]) == []
