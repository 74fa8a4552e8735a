"""Schedules: their formulas, their settings, what they refuse."""

import math

import pytest

from nn.schedules import (
    SCHEDULES,
    Constant,
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    StepDecay,
)

CASES = [
    (Constant(0.3), lambda t: 0.3),
    (StepDecay(0.4, 7, 0.5), lambda t: 0.4 * 0.5 ** (t // 7)),
    (ExponentialDecay(0.4, 7, 0.9), lambda t: 0.4 * 0.9 ** (t / 7)),
    (ExponentialDecay(0.4, 7, 0.9, staircase=True), lambda t: 0.4 * 0.9 ** (t // 7)),
    (InverseTimeDecay(0.4, 7, 0.9), lambda t: 0.4 / (1 + 0.9 * t / 7)),
    (
        CosineDecay(0.4, 20, 0.1),
        lambda t: 0.4 * (0.1 + 0.9 * (1 + math.cos(math.pi * min(t, 20) / 20)) / 2),
    ),
    (
        PiecewiseConstantDecay([5, 9], [3.0, 2.0, 1.0]),
        lambda t: 3.0 if t <= 5 else 2.0 if t <= 9 else 1.0,
    ),
]


@pytest.mark.parametrize(("schedule", "formula"), CASES)
def test_the_rate_of_each_step_is_the_formula(schedule, formula):
    for step in range(50):
        assert schedule(step) == pytest.approx(formula(step), rel=1e-14)


@pytest.mark.parametrize(("schedule", "formula"), CASES)
def test_settings_make_the_same_schedule_again(schedule, formula):
    again = SCHEDULES[type(schedule).__name__](**schedule.settings())
    assert repr(again) == repr(schedule)
    assert [again(step) for step in range(30)] == [schedule(step) for step in range(30)]


def test_a_schedule_says_in_its_repr_what_it_is():
    assert repr(StepDecay(1, 10)) == "StepDecay(initial_learning_rate=1.0, every=10, drop=0.1)"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Constant(-1), ValueError, r"Constant\(learning_rate\) got -1; expected a finite"),
        (lambda: Constant("a"), TypeError, r"Constant\(learning_rate\) got 'a' of type str"),
        (lambda: StepDecay(1, 0), ValueError, r"StepDecay\(every\) got 0; expected a number > 0"),
        (lambda: CosineDecay(math.nan, 3), ValueError, r"CosineDecay\(\) got nan"),
        (lambda: ExponentialDecay(1, 1, 0), ValueError, r"\(decay_rate\) got 0; expected a num"),
        (
            lambda: PiecewiseConstantDecay([1, 2], [0.1, 0.2]),
            ValueError,
            r"got 2 boundaries and 2 values; expected one value more than boundaries",
        ),
        (
            lambda: PiecewiseConstantDecay([2, 2], [1, 1, 1]),
            ValueError,
            r"got boundaries \[2, 2\]; expected them in ascending order",
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
