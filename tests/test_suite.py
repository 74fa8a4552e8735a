"""The suite itself: how many laws there are, how hard they are tried, that CI skips nothing."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).resolve().parent

#: Fewer laws than this are not enough.
PROPERTIES = 60


def functions_of_tests():
    for path in sorted(HERE.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def calls(node, name):
    """The calls of ``name`` among the decorators of a function."""
    found = [d for d in node.decorator_list if isinstance(d, ast.Call)]
    return [d for d in found if ast.unparse(d.func).split(".")[-1] == name]


def test_there_are_laws_enough_and_each_is_collected():
    laws = [node.name for _, node in functions_of_tests() if calls(node, "given")]
    assert len(set(laws)) >= PROPERTIES
    assert [name for name in laws if not name.startswith("test_")] == []


def test_no_law_is_tried_on_fewer_examples_than_the_profile_says():
    for path, node in functions_of_tests():
        assert calls(node, "settings") == [], f"{path.name}, {node.name}: leave it to the profile"


def test_the_profiles_try_what_the_bar_asks_for():
    commit, nightly = settings.get_profile("commit"), settings.get_profile("nightly")
    assert (commit.max_examples, commit.derandomize) == (200, True)
    assert (nightly.max_examples, nightly.stateful_step_count) == (2000, 100)
    assert not nightly.derandomize


EXPECTED_TO_FAIL = "@pytest.mark.xfail\ndef test_is_expected_to_fail():\n    assert False"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("skipping", "passes"),
    [
        ("", True),
        ("def test_skips():\n    pytest.skip('no reason')", False),
        (EXPECTED_TO_FAIL, False),
        ("pytest.importorskip('nothing_of_this_name', reason='not installed')", False),
    ],
)
def test_ci_fails_when_something_is_skipped(tmp_path, skipping, passes):
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_passing.py").write_text("def test_passes(): pass\n", encoding="utf-8")
    (tmp_path / "test_skipping.py").write_text(f"import pytest\n\n{skipping}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(HERE), "GLASSGRAD_NO_SKIPS": "1"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode == 0) == passes, done.stdout


@pytest.fixture
def coverage_bar():
    spec = importlib.util.spec_from_file_location("coverage_bar", HERE / "coverage_bar.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "ran", "expected"),
    [
        ("autograd/value.py", 100, []),
        ("autograd/value.py", 99, ["autograd/*: 99 of 100 lines and branches run, below 100 %"]),
        ("nn/saving/model.py", 0, ["nn/saving/*: 0 of 100 lines and branches run, below 100 %"]),
        ("nn/losses.py", 98, []),
        ("nn/losses.py", 97, ["nn/*: 97 of 100 lines and branches run, below 98 %"]),
    ],
)
def test_coverage_below_its_level_is_named(coverage_bar, name, ran, expected):
    found = coverage_bar.shortfalls({name: {"ran": ran, "all": 100}})
    assert [text for text in found if "nothing was measured" not in text] == expected
    assert len(found) - len(expected) == len(coverage_bar.LEVELS) - 1


def test_the_engine_the_optimizers_and_saving_are_measured_whole(coverage_bar):
    levels = dict(coverage_bar.LEVELS)
    for pattern in ("autograd/*", "nn/optimizer*.py", "nn/saving/*"):
        assert levels[pattern] == 100.0
