"""The lecture's programs: each runs, asserts what it claims, and prints the numbers kept here.

To keep new numbers after a change that is meant: ``python tests/lecture/test_lecture.py``.
"""

import math
import re
import sys
import tempfile
from pathlib import Path

import pytest

from lecture.running import run
from lecture.topics import topics

EXPECTED = Path(__file__).resolve().parent / "expected"
TOPICS = {topic.name: topic for topic in topics()}
NUMBER = re.compile(r"[-−]?\d[\d,]*\.?\d*(?:e[-−+]?\d+)?")
#: Relative tolerance of a printed number, and of those of programs that train for long, whose
#: last digits depend on the machine's linear algebra.
TOLERANCE = 2e-3
LONG_TRAINING = {
    "09_playground_smallest": 0.05,
    "10_playground_learning_rate": 0.05,
    "20_autoencoder": 0.01,
    "21_lenet": 0.02,
    "22_elman": 0.1,
}
#: Below this a printed number is the rounding error of an exact zero.
NOISE = 1e-10


def as_number(text):
    return float(text.replace("−", "-").replace(",", ""))


def unit_of_last_digit(text):
    """1 for "12", 0.1 for "3.5", 1e-9 for "1e-9"."""
    digits, _, exponent = text.partition("e")
    places = len(digits.partition(".")[2])
    return 10.0 ** (int(exponent.replace("−", "-") or 0) - places)


def differences(printed, expected, tolerance):
    """Lines that differ in words, or in a number by more than the tolerance and one last digit."""
    wrong = []
    lines, kept = printed.splitlines(), expected.splitlines()
    if len(lines) != len(kept):
        wrong.append(f"{len(lines)} lines instead of {len(kept)}")
    for line, other in zip(lines, kept, strict=False):
        words, other_words = (" ".join(NUMBER.sub("#", text).split()) for text in (line, other))
        same = words == other_words
        for text, number in zip(NUMBER.findall(line), NUMBER.findall(other), strict=False):
            a, b = as_number(text), as_number(number)
            noise = abs(a) < NOISE and abs(b) < NOISE
            spare = 1.01 * max(unit_of_last_digit(text), unit_of_last_digit(number))
            same &= noise or math.isclose(a, b, rel_tol=tolerance, abs_tol=spare)
        if not same:
            wrong.append(f"printed  {line}\nexpected {other}")
    return wrong


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Each program run once: its text, figures and seconds, by name."""
    known = {}

    def once(name):
        if name not in known:
            known[name] = run(TOPICS[name], tmp_path_factory.mktemp(name))
        return known[name]

    return once


SLOW = set(LONG_TRAINING)


def each(names):
    return [pytest.param(n, marks=pytest.mark.slow if n in SLOW else ()) for n in names]


@pytest.mark.parametrize("name", each(TOPICS))
def test_a_program_prints_the_numbers_that_are_kept(name, ran):
    done = ran(name)
    expected = (EXPECTED / f"{name}.txt").read_text(encoding="utf-8")
    assert differences(done.text, expected, LONG_TRAINING.get(name, TOLERANCE)) == []
    assert done.seconds < 20


@pytest.mark.parametrize("name", each(TOPICS))
def test_a_program_draws_figures_that_are_whole(name, ran):
    figures = ran(name).figures
    assert len(figures) >= 1
    for path in figures:
        content = path.read_bytes()
        assert path.name.startswith(name)
        assert content.startswith((b"\x89PNG", b"<?xml", b"<svg"))
        assert len(content) > 2000


@pytest.mark.parametrize("name", TOPICS)
def test_a_program_is_short_and_asserts_what_it_claims(name):
    source = TOPICS[name].path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 80
    assert source.count("\nassert ") + source.count(" assert ") >= 2
    assert TOPICS[name].slide
    assert len(TOPICS[name].title) <= 90


def test_the_numbers_run_from_one_without_a_gap():
    assert [topic.number for topic in topics()] == list(range(1, len(topics()) + 1))


def test_nothing_is_kept_for_a_program_that_is_gone():
    assert {path.stem for path in EXPECTED.glob("*.txt")} == set(TOPICS)


def test_the_comparison_sees_words_numbers_and_lines():
    assert differences("J = 1.000", "J = 1.001", 1e-6) == []
    assert differences("gap 8.9e-16", "gap 3.1e-16", 1e-6) == []
    assert len(differences("J = 1.00", "J = 1.05", 1e-3)) == 1
    assert len(differences("J = 1", "K = 1", 1e-3)) == 1
    assert len(differences("J = 1\nK = 2", "J = 1", 1e-3)) == 1
    assert len(differences("β = −1", "β = 1", 1e-3)) == 1


def test_figures_of_a_program_are_the_same_bytes_each_time(tmp_path):
    topic = TOPICS["03_gates"]
    first, second = run(topic, tmp_path / "a"), run(topic, tmp_path / "b")
    assert [path.read_bytes() for path in first.figures] == [
        path.read_bytes() for path in second.figures
    ]


def keep(names):
    """Write what the programs print now as what is expected of them."""
    EXPECTED.mkdir(exist_ok=True)
    for name in names or TOPICS:
        with tempfile.TemporaryDirectory() as folder:
            text = run(TOPICS[name], Path(folder)).text
        (EXPECTED / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    keep(sys.argv[1:])
