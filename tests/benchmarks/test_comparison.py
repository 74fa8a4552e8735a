"""The comparison's tables, targets and fits, on made-up results; and a quick run of the whole."""

import gc
import json
import sys

import compare
import engines
import growth
import problems
import pytest
import report
import targets
import time_step

SMALL, DIGITS, LARGE = problems.NETWORKS


def rounds_of(milliseconds, **more):
    """Three rounds with this median."""
    run = {"first": 0.1, "loss": 1.0, "peak_mb": 3.0, "steps": 10} | more
    return [run | {"median": x * 1e-3} for x in (milliseconds, milliseconds * 2, milliseconds / 2)]


def made_up():
    """Results in which some targets are met and some missed."""
    small = {
        "NumPy by hand": rounds_of(0.03), "glassgrad eager": rounds_of(0.06),
        "glassgrad compiled step": rounds_of(0.024, first=0.009, peak_mb=2.0),
        "glassgrad compiled loss": rounds_of(0.03), "PyTorch eager": rounds_of(0.12),
        "JAX jit": rounds_of(0.04),
    }  # fmt: skip
    moons = {
        "glassgrad eager": rounds_of(150.0), "micrograd": rounds_of(500.0),
        "glassgrad replayed graph": rounds_of(1.0, first=1.5, nodes=7, gradients=6),
    }  # fmt: skip
    return {SMALL: small, problems.MOONS: moons}


def row(rows, what):
    """The one row whose name begins so."""
    (found,) = [x for x in rows if x.what.startswith(what)]
    return found


def test_targets_are_ratios_of_medians_with_a_verdict():
    rows = targets.rows(made_up(), {})
    met = row(rows, f"{SMALL}: glassgrad compiled step / NumPy by hand")
    assert met == (met.what, "0.8", "≤ 0.85", "met")
    assert row(rows, f"{SMALL}: glassgrad eager").verdict == "**missed**"
    assert row(rows, f"{SMALL}: JAX jit").result == "1.67"
    assert row(rows, f"{SMALL}: JAX jit").verdict == "**missed**"
    assert row(rows, f"{SMALL}: PyTorch eager").verdict == "met"
    assert row(rows, f"{problems.MOONS}: micrograd").result == "500"
    assert row(rows, f"{LARGE}: glassgrad compiled step").verdict == "not measured"


def test_targets_of_gradients_compiling_and_memory():
    rows = targets.rows(made_up(), {})
    assert row(rows, f"{problems.MOONS}: gradients")[1:] == ("6 of 7", "all", "**missed**")
    compiling = row(rows, f"{SMALL}: compile time")
    assert compiling.result == "150 (8.98 ms)"
    assert compiling.verdict == "**missed**"
    assert row(rows, f"{problems.MOONS}: compile time of replayed graph").verdict == "met"
    memory = row(rows, f"{SMALL}: peak memory")
    assert memory[1:] == ("0.67 (2.0 / 3.0 MB)", "≤ 1", "met")


def test_a_compiled_step_that_failed_is_not_passed_over():
    found = made_up()
    del found[SMALL]["glassgrad compiled step"]
    rows = targets.rows(found, {})
    assert row(rows, f"{SMALL}: peak memory").verdict == "not measured"
    assert row(rows, f"{SMALL}: compile time").verdict == "not measured"


def test_exponents_are_fitted_over_all_sizes():
    sizes = [10**k for k in range(3, 7)]
    linear = {str(n): 2e-6 * n for n in sizes}
    steep = {str(n): 1e-6 * n**1.2 for n in sizes[:3]} | {str(sizes[3]): "too slow: > 1 s"}
    one = {"bytes": {str(sizes[0]): 5.0, str(sizes[1]): "killed by signal 9 (memory?)"}}
    found = {"a": {"time": linear, "time, no collections": linear}, "b": {"time": steep}, "c": one}
    assert growth.exponents(found) == pytest.approx(
        {("a", "time"): 1.0, ("a", "time, no collections"): 1.0, ("b", "time"): 1.2}
    )
    rows = targets.growth_rows(found)
    assert [x.verdict for x in rows] == ["met", "**missed**"]
    text = report.growth_table(found)
    assert "| a | time | 2 | 2 | 2 | 2 | 1.000 | 1.000 |" in text
    assert "| too slow: > 1 s | 1.200 | 1.200 |" in text
    assert "| c | bytes | 0 | killed by signal 9 (memory?) | — | — | — | — |" in text


def test_a_problem_shows_ratios_and_says_why_engines_are_missing():
    reasons = {SMALL: {"MyGrad": "mygrad is not installed", "JAX jit": "too slow: > 9 s"}}
    text = report.document(made_up(), reasons, {}, {"threads": "one", "machine": "A machine."})
    assert text.index("## Targets") < text.index(f"## {SMALL}")
    assert "| PyTorch eager | 0.12 | 4 | 100 | 3.0 | 3 × 10 |" in text
    assert "| MyGrad | — mygrad is not installed | | | | |" in text
    assert "| JAX jit (too slow: > 9 s) | 0.04 |" in text
    assert "| glassgrad replayed graph (recorded once) | 1 | 0.00667 |" in text


def test_unequal_losses_are_refused():
    found = made_up()[SMALL]
    compare.require_same_losses(SMALL, found)
    found["JAX jit"][0]["loss"] = 1.1
    with pytest.raises(SystemExit, match="disagree on the first loss"):
        compare.require_same_losses(SMALL, found)


def test_all_files_are_written(tmp_path):
    found = {"eager": {"time": {"1000": 1e-3, "10000": 1e-2}, "bytes": {"1000": 2e5}}}
    text = compare.write(tmp_path, made_up(), {}, found, "default")
    assert "default thread(s)" in text
    assert (tmp_path / "comparison.md").read_text(encoding="utf-8") == text
    assert json.loads((tmp_path / "comparison.json").read_text())["growth"] == found
    for name in ("comparison.png", "growth.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", growth.KINDS)
def test_each_kind_of_growth_is_measured_in_small(name):
    for what in growth.measures_of(name):
        try:
            numbers = growth.measured(name, what, 400, 0.0)
        finally:
            gc.enable()  # a measurement has a process of its own, and may leave it off
        assert numbers
        # So few values may find room in memory that the process holds already.
        least = 0.0 if what == growth.BYTES else 1e-9
        assert all(number >= least for number in numbers.values())


def test_a_slow_step_is_timed_once_and_a_quick_one_for_a_while(monkeypatch):
    calls = []
    quick = time_step.measured(lambda name: lambda: calls.append(name) or 2.5, "p", 0.0, False)
    assert (quick["steps"], quick["loss"], len(calls)) == (3, 2.5, 5)
    monkeypatch.setattr(time_step, "SLOW", -1.0)
    slow = time_step.measured(lambda name: lambda: 2.5, "p", 10.0, False)
    assert (slow["steps"], slow["loss"]) == (1, 2.5)
    monkeypatch.setattr(time_step, "SLOWEST", -1.0)
    slowest = time_step.measured(lambda name: lambda: 2.5, "p", 10.0, False)
    assert slowest["median"] == slowest["first"]
    compiling = time_step.measured(lambda name: lambda: 2.5, "p", 10.0, True)
    assert compiling["median"] != compiling["first"]


def test_a_process_without_a_result_says_why():
    def run(code, limit=20.0):
        return engines.in_own_process([sys.executable, "-c", code], {}, limit)

    assert run("print('noise'); print('{\"a\": 1}')") == {"a": 1}
    assert run("raise RecursionError('too deep')") == "fails: RecursionError: too deep"
    assert run("import os; os.kill(os.getpid(), 9)") == "killed by signal 9 (memory?)"
    assert run("import sys; sys.exit(3)") == "fails with code 3"
    assert run("import time; time.sleep(30)", 0.3) == "too slow: > 0 s"


def test_engines_that_are_not_there_say_so(monkeypatch):
    monkeypatch.setitem(engines.ENGINES, "MyGrad", engines.Engine("m", "no_such_package"))
    assert engines.missing("MyGrad") == "no_such_package is not installed"
    monkeypatch.setitem(engines.ENGINES, "tinygrad", engines.Engine("m", "numpy"))
    monkeypatch.setattr(engines, "clang", lambda: "")
    assert engines.missing("tinygrad").startswith("no usable device: it needs clang")
    assert compare.reason_before("torch.compile", problems.CHAIN).startswith("not given: 1,000 ops")
    assert compare.reason_before("NumPy by hand", SMALL) == ""
    assert compare.reason_before("NumPy by hand", "no problem") == "not given"
    monkeypatch.setitem(engines.ENGINES, "HIPS autograd", engines.Engine("no_module", "numpy"))
    monkeypatch.setattr(engines, "FOLDER", engines.HERE.parent.parent)
    reason = compare.reason_before("HIPS autograd", SMALL)
    assert reason == "fails: ModuleNotFoundError: No module named 'no_module'"


def test_default_threads_are_those_of_the_engines(monkeypatch):
    for name in engines.THREADS:
        monkeypatch.setenv(name, "7")
    assert not set(engines.THREADS) & set(engines.environment_of("JAX jit", "default"))
    assert engines.environment_of("JAX jit", "one")["OMP_NUM_THREADS"] == "1"


@pytest.mark.slow
@pytest.mark.parametrize("threads", ["one", "default"])
def test_a_quick_run_writes_the_whole(tmp_path, capsys, threads):
    ours = ["NumPy by hand", "matrix products alone", *engines.OURS]
    arguments = [str(tmp_path), "--quick", "--threads", threads, "--only", "MLP 2"]
    growing = [] if threads == "one" else ["--no-growth"]
    compare.main([*arguments, *growing, "--engines", *ours])
    text = capsys.readouterr().out
    assert f"{threads} thread(s)" in text
    for engine in ("NumPy by hand", "glassgrad eager", "glassgrad compiled step"):
        assert f"| {engine} | " in text
    assert ("growth of time: eager chain" in text) is (threads == "one")
    assert "fails" not in text
