"""Gradient descent: the lecture's algorithm and its numbers."""

import numpy as np
import pytest

import autograd as ag
from nn import gradient_descent


def parabola(w):
    return (w - 3) ** 2


@pytest.mark.parametrize(("alpha", "steps"), [(0.1, 70), (0.01, 773), (0.5, 1)])
def test_the_parabola_takes_the_lectures_number_of_steps(alpha, steps):
    descent = gradient_descent(parabola, 0.0, alpha, tolerance=1e-6, max_steps=2000)
    assert descent.converged
    assert descent.steps == steps
    assert descent.x == pytest.approx(3.0, abs=1e-6)
    assert descent.rose == descent.stood == []
    assert len(descent.points) == len(descent.values) == len(descent.gradient_norms) == steps + 1
    assert descent.gradient_norms[-1] <= 1e-6 < descent.gradient_norms[-2]


def test_a_rate_of_one_jumps_to_and_fro_for_ever():
    descent = gradient_descent(parabola, 0.0, 1.0, max_steps=100)
    assert not descent.converged
    assert descent.steps == 100
    assert set(map(float, descent.points)) == {0.0, 6.0}
    assert descent.rose == []
    assert descent.stood == list(range(1, 101))
    assert "f did not fall from step 1 on: try another α" in descent.report()


def test_a_rate_that_is_too_large_is_reported():
    descent = gradient_descent(parabola, 0.0, 1.1, max_steps=50)
    assert not descent.converged
    assert descent.rose == list(range(1, 51))
    assert descent.values[-1] > 1e8
    assert "f rose in 50 of them, first in step 1: α was too large there" in descent.report()


def test_a_descent_that_overflows_ends_without_a_warning():
    descent = gradient_descent(parabola, 0.0, 1e10, max_steps=10_000)
    assert not descent.converged
    assert descent.steps < 100
    assert not np.isfinite(descent.values[-1])


def test_each_step_is_the_formula():
    descent = gradient_descent(parabola, 0.0, 0.2, max_steps=5)
    for before, after in zip(descent.points, descent.points[1:], strict=False):
        assert after == pytest.approx(before - 0.2 * 2 * (before - 3), abs=1e-15)


def test_vectors_descend_together_and_the_start_is_not_changed():
    start, target = np.array([1.0, -2.0]), np.array([3.0, 4.0])
    descent = gradient_descent(lambda x: ag.sum((x - target) ** 2), start, 0.3)
    np.testing.assert_allclose(descent.x, target, atol=1e-6)
    assert start.tolist() == [1.0, -2.0]
    start[0] = 99.0
    assert descent.points[0].tolist() == [1.0, -2.0]
    assert len({id(point) for point in descent.points}) == descent.steps + 1


def test_a_start_at_the_minimum_takes_no_step():
    descent = gradient_descent(parabola, ag.Value(3.0), 0.1)
    assert (descent.converged, descent.steps) == (True, 0)
    assert gradient_descent(parabola, 3, 0.1, tolerance=0).converged


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3.0, 0.0, 0.1), TypeError, r"gradient_descent\(f\) got 3.0; expected a function"),
        ((parabola, 0.0, -1), ValueError, r"\(learning_rate\) got -1; expected a finite number >"),
        ((parabola, 0.0, "a"), TypeError, r"\(learning_rate\) got 'a' of type str; expected a"),
        ((parabola, 0.0, 0.1, -1.0), ValueError, r"\(tolerance\) got -1.0; expected a finite"),
        ((parabola, 0.0, 0.1, 1e-6, 0), ValueError, r"\(max_steps\) got 0; expected a positive"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        gradient_descent(*arguments)
