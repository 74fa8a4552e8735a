"""In a debugger: few frames, few lines, all of them named and readable."""

import linecache
import os
import sys

import numpy as np
import pytest

import autograd as ag
from autograd import Value

PACKAGE = os.path.dirname(ag.__file__) + os.sep
NAMELESS = ("<lambda>", "<genexpr>", "<listcomp>", "<dictcomp>", "<setcomp>")


def step_through(run):
    """Calls and lines inside the package that stepping into ``run()`` stops at."""
    calls, lines = [], []

    def trace(frame, event, argument):
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return trace if frame.f_code.co_filename == __file__ else None
        if event == "call":
            calls.append((frame.f_code.co_filename, frame.f_code.co_name))
        elif event == "line":
            lines.append((frame.f_code.co_filename, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return calls, lines


def check_readable(calls, lines):
    for filename, name in calls:
        assert name not in NAMELESS
        assert os.path.isfile(filename)
    for filename, number in lines:
        assert linecache.getline(filename, number).strip()


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (Value(2.0), Value(3.0)),
        (Value([1.0, 2.0]), Value([[3.0], [4.0]])),
        (Value(2.0), 3.0),
        (2, Value(3.0)),
    ],
    ids=["scalars", "arrays", "constant", "reflected"],
)
def test_stepping_into_a_product_takes_few_calls_and_lines(x, y):
    calls, lines = step_through(lambda: x * y)
    assert 2 <= len(calls) <= 6
    # To take a plain number in costs three lines more.
    assert 3 <= len(lines) <= (13 if isinstance(x, Value) and isinstance(y, Value) else 16)
    assert "forward" in [name for _, name in calls]
    check_readable(calls, lines)


@pytest.mark.parametrize("seed", [None, [[1.0, 1.0], [1.0, 1.0]]], ids=["scalars", "arrays"])
def test_stepping_into_backward_takes_few_calls(seed):
    x, y = (Value(2.0), Value(3.0)) if seed is None else (Value([1.0, 2.0]), Value([[3.0], [4.0]]))
    z = x * y
    calls, lines = step_through(lambda: z.backward() if seed is None else None)
    if seed is not None:
        calls, lines = step_through(lambda: z.backward(seed))
    names = [name for _, name in calls]
    assert names.count("wrt_a") == names.count("wrt_b") == 1
    if seed is None:
        # The sweep is a generator: each time it goes on counts as one call.
        assert len(names) <= 10
    check_readable(calls, lines)


@pytest.mark.parametrize(
    "run",
    [
        lambda v: v.exp(), lambda v: v.sum(axis=0), lambda v: v[0], lambda v: np.tanh(v),
        lambda v: ag.relu(v), lambda v: v @ v, lambda v: ag.stack([v, v]), lambda v: -v,
        lambda v: list(v), lambda v: v**2, lambda v: ag.where([True, False], v, 0.0),
        lambda v: v.reshape(2, 1), lambda v: v.T, lambda v: np.sum(v),
    ],
)  # fmt: skip
def test_every_frame_on_the_way_is_named(run):
    v = Value([1.0, 2.0])
    run(v)
    calls, lines = step_through(lambda: run(v))
    assert calls
    check_readable(calls, lines)
    out = run(v)
    if isinstance(out, Value):
        calls, lines = step_through(lambda: out.backward(np.ones(out.shape)))
        assert calls
        check_readable(calls, lines)


def test_an_error_is_raised_in_a_named_frame_and_hides_no_cause():
    with pytest.raises(ValueError, match="add got") as caught:
        Value([1.0, 2.0]) + Value([1.0, 2.0, 3.0])
    assert caught.value.__suppress_context__
    names = [entry.name for entry in caught.traceback]
    assert not set(names) & set(NAMELESS)
    assert len(names) <= 4
