"""The kit proves itself: stubs fail, references pass, and each mistake is caught and named."""

import sys
from itertools import combinations

import numpy as np
import pytest

from exercises import given
from exercises.comparison import agree, differences
from exercises.curriculum import exercises, find, ids, part_of
from exercises.diagnosis import diagnose
from exercises.exercise import switches, untouched
from exercises.plain import plain
from exercises.prerequisites import Given, answers, references, right_answers
from exercises.probing import ask, decoded
from exercises.solution import solution_text
from exercises.why import flat

ALL = [pytest.param(find(number), id=find(number).file_name) for number in ids()]
CODES = [
    pytest.param(exercise, code, id=f"{exercise.id}-{code}")
    for exercise in exercises()
    for code in exercise.mistakes
]


def loaded(text, exercise, source=None):
    """The names of a learner's file, run in this process; ``source`` gives the prerequisites."""
    before = list(given._current)
    given.use(references(exercise.id) if source is None else Given(source, exercise.id))
    try:
        space = {"__name__": exercise.file_name}
        exec(compile(text, exercise.file_name, "exec"), space)
    finally:
        given._current[:] = before
    names = type("Names", (), {})()
    before = references(exercise.id) if source is None else Given(source, exercise.id)
    for name in exercise.uses:
        setattr(names, name, getattr(before, name))
    for name, value in space.items():
        setattr(names, name, value)
    return names


def outcomes(exercise, names):
    return [decoded(ask(probe, names)) for probe in exercise.probes()]


def test_there_are_25_exercises_in_four_parts():
    assert len(ids()) == 25
    assert sorted(ids()) == list(range(1, 26))
    assert [part_of(number) for number in (1, 9, 16, 21)] == [
        "I The neuron",
        "II Learning by hand",
        "III The engine",
        "IV Networks",
    ]


@pytest.mark.parametrize("exercise", ALL)
def test_the_stub_fails_on_every_probe_because_it_is_not_written(exercise):
    stub = exercise.stub_text()
    assert untouched(stub)
    for probe in exercise.probes():
        outcome = ask(probe, loaded(stub, exercise))
        assert outcome.raised == "NotImplementedError", probe.text


@pytest.mark.parametrize("exercise", ALL)
def test_the_solution_that_is_shown_passes_every_probe(exercise):
    text = solution_text(exercise)
    found = outcomes(exercise, loaded(text, exercise))
    for right, got in zip(right_answers(exercise.id), found, strict=True):
        assert not right.raised, right
        assert differences(right, got, exercise.parts, exercise.tolerance) == []


@pytest.mark.parametrize("exercise", ALL)
def test_the_switches_of_the_reference_are_the_mistakes_that_have_words(exercise):
    assert switches(exercise.reference) == list(exercise.mistakes)
    assert len(exercise.mistakes) >= 3
    text = solution_text(exercise)
    for code in exercise.mistakes:
        assert code not in text
    assert "given." not in text.replace("exercises.given", "")


@pytest.mark.parametrize(("exercise", "code"), CODES)
def test_each_mistake_is_caught_and_named_by_its_own_code(exercise, code):
    wrong = answers(exercise, code)
    assert not agree(list(right_answers(exercise.id)), wrong, exercise.tolerance)
    found = diagnose(exercise, wrong)
    assert found.explanations == ((code,),)
    assert found.code == code
    assert found.probes == len(exercise.probes())


@pytest.mark.parametrize("exercise", ALL)
def test_each_pair_of_mistakes_is_named_or_known_to_be_ambiguous(exercise):
    made = {codes: answers(exercise, *codes) for codes in every_set(exercise)}
    unnamed = []
    for pair in combinations(exercise.mistakes, 2):
        twins = [c for c in made if c != pair and agree(made[c], made[pair], exercise.tolerance)]
        if twins:
            unnamed.append("+".join(pair))
        else:
            assert not agree(list(right_answers(exercise.id)), made[pair], exercise.tolerance)
    assert unnamed == list(exercise.ambiguous)


def every_set(exercise):
    return [codes for size in (1, 2) for codes in combinations(exercise.mistakes, size)]


def test_pairs_are_diagnosed_as_pairs():
    exercise = find(13)
    found = diagnose(exercise, answers(exercise, "no_two", "gprime_at_a"))
    assert found.code == "no_two+gprime_at_a"
    exercise = find(15)
    assert diagnose(exercise, answers(exercise, "W_not_T", "b_zero")).code == "W_not_T+b_zero"


@pytest.mark.parametrize("exercise", ALL)
def test_a_solution_builds_on_the_solutions_before_it_and_on_stubs_after_it(exercise):
    made = {}

    def source(number):
        if number not in made:
            taught = find(number)
            text = solution_text(taught) if number <= exercise.id else taught.stub_text()
            made[number] = loaded(text, taught, source)
        return made[number]

    found = outcomes(exercise, loaded(solution_text(exercise), exercise, source))
    assert agree(list(right_answers(exercise.id)), found, exercise.tolerance)
    assert all(number <= exercise.id for number in made)


@pytest.mark.parametrize("exercise", ALL)
def test_finite_differences_agree_with_the_reference_where_they_are_given(exercise):
    for probe, right in zip(exercise.probes(), right_answers(exercise.id), strict=True):
        if probe.numeric is None:
            continue
        expected = flat(right.value, exercise.parts)
        numeric = flat(plain(probe.numeric()), exercise.parts)
        assert set(numeric) <= set(expected)
        for place, number in numeric.items():
            assert np.isclose(number, expected[place], rtol=1e-5, atol=1e-7), (probe.text, place)


def test_the_exercises_on_gradients_have_finite_differences():
    for number in (13, 15, 19, 20, 21, 23):
        assert any(probe.numeric is not None for probe in find(number).probes())


@pytest.mark.parametrize("exercise", ALL)
def test_texts_are_there_and_hints_do_not_give_away_the_next_level(exercise):
    assert exercise.title
    assert len(exercise.task.split()) > 15
    assert exercise.formula.strip()
    assert "raise NotImplementedError" in exercise.stub
    idea, formula, line = exercise.hints
    assert len({idea, formula, line}) == 3
    assert all(len(hint.split()) >= 5 for hint in exercise.hints)
    # The line is code; neither the formula nor the idea may hold a piece of it.
    pieces = [piece.strip() for piece in line.replace(";", "\n").splitlines()]
    for piece in pieces:
        if len(piece) > 12:
            assert piece not in formula
            assert piece not in idea
    for word in exercise.names:
        assert f"def {word}" in exercise.stub or f"class {word}" in exercise.stub


@pytest.mark.parametrize("exercise", ALL)
def test_a_learners_code_imports_numpy_the_kit_and_the_standard_library_only(exercise):
    for text in (exercise.stub, solution_text(exercise)):
        for line in text.splitlines():
            if line.startswith(("import ", "from ")):
                name = line.split()[1].split(".")[0]
                allowed = {"numpy", "exercises"} | ({"nn"} if exercise.id == 25 else set())
                assert name in allowed or name in sys.stdlib_module_names


@pytest.mark.slow
@pytest.mark.parametrize(
    "exercise", [p for p in ALL if find(ids()[0]) and p.values[0].milestones()]
)
def test_the_reference_reaches_every_milestone(exercise):
    names = exercise.solve(references(exercise.id))
    for milestone in exercise.milestones():
        value = decoded(ask(milestone, names)).value
        assert milestone.reached(value), f"{milestone.text}: {value}, wanted {milestone.wanted}"
        assert not milestone.reached(None)
        assert not milestone.reached(float("nan"))


def test_probes_are_the_same_each_time():
    for exercise in exercises():
        assert [p.text for p in exercise.probes()] == [p.text for p in exercise.probes()]
        again = outcomes(exercise, exercise.solve(references(exercise.id)))
        assert agree(answers(exercise), again, 0.0)
