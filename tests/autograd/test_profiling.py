"""The profiler: calls, times and bytes of each op and line, forward and backward."""

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Value
from autograd.profiling import REPEATS, fastest


def profiled(batch=64):
    rng = np.random.default_rng(0)
    model = nn.MLP(4, [32, 32, 1], activation="tanh", seed=0)
    x, y = rng.normal(size=(batch, 4)), rng.normal(size=(batch, 1))
    with ag.profile() as report:
        J = nn.mse(model(x), y)
        J.backward()
    return report


def test_calls_and_bytes_of_each_op_are_counted():
    report = profiled()
    rows = {row.name: row for row in report.ops}
    assert set(rows) == {"affine", "tanh", "mean_squared_error"}
    assert (rows["affine"].forward.calls, rows["tanh"].forward.calls) == (3, 2)
    assert rows["tanh"].backward.calls == 2
    assert rows["tanh"].forward.bytes == 2 * 64 * 32 * 8
    assert rows["affine"].backward.calls == 8
    assert rows["mean_squared_error"].forward.bytes == 8


def test_times_add_up_to_at_most_the_whole_and_exceed_numpys():
    report = profiled(2000)
    assert 0 < sum(row.seconds for row in report.ops) <= report.seconds
    assert 0 < report.numpy_seconds < 3 * report.seconds
    assert report.percent_of_numpy == pytest.approx(100 * report.seconds / report.numpy_seconds)
    assert [row.seconds for row in report.ops] == sorted(
        [row.seconds for row in report.ops], reverse=True
    )


def test_lines_are_those_that_made_the_values():
    x = Value(np.ones(3))
    with ag.profile() as report:
        y = x * 2.0
        (y + x).sum().backward()
    names = [row.name for row in report.lines]
    assert any("test_profiling.py" in name and "x * 2.0" in name for name in names)
    assert len(names) == 3


def test_the_table_names_what_it_shows():
    report = profiled()
    table = str(report)
    assert table == report.table("op")
    assert all(
        word in table for word in ("forward", "backward", "NumPy ms", "% of NumPy", "affine")
    )
    assert "that NumPy itself needs" in report.table("line")
    with pytest.raises(ValueError, match="by='file'; expected 'op' or 'line'"):
        report.table("file")
    with ag.profile() as empty:
        pass
    assert "0.000 ms that NumPy" in str(empty)


def test_compiled_functions_are_profiled_op_by_op():
    w = Value(np.ones(3))
    compiled = ag.compile(lambda x: (w * x).sum())
    compiled(np.ones(3))
    with ag.profile() as report:
        compiled(np.ones(3)).backward()
    assert {row.name for row in report.ops} == {"multiply", "sum"}


def test_modes_are_restored_after_an_error():
    with pytest.raises(KeyError), ag.profile():
        raise KeyError("inside")
    with ag.profile() as report:
        (Value(2.0) * 3.0).backward()
    assert [row.name for row in report.ops] == ["multiply"]


def test_second_derivatives_are_profiled_too():
    with ag.profile() as report:
        ag.hessian(lambda x: (x**3).sum())(np.ones(2))
    assert {row.name for row in report.ops} >= {"power", "sum"}


def test_the_fastest_of_several_runs_counts_and_what_cannot_run_again_counts_nothing():
    runs = []
    assert fastest(lambda: runs.append(None)) > 0
    assert len(runs) == REPEATS

    def once():
        raise RuntimeError("handed over before")

    assert fastest(once) == 0.0
