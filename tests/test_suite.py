"""The suite itself: how many laws there are, how hard they are tried, that CI skips nothing."""

import ast
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


SKIPPING = """
import pytest

def test_passes():
    pass

{}
"""


@pytest.mark.parametrize(
    ("skipping", "allowed"),
    [
        ("", True),
        ("def test_skips():\n    pytest.skip('no reason')", False),
        ("@pytest.mark.xfail\ndef test_is_expected_to_fail():\n    assert False", False),
        ("pytest.skip('a whole file', allow_module_level=True)", False),
    ],
)
def test_ci_fails_when_something_is_skipped(tmp_path, skipping, allowed):
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_skipping.py").write_text(SKIPPING.format(skipping), encoding="utf-8")
    codes = []
    for ci in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "."],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(HERE), "GLASSGRAD_NO_SKIPS": ci},
            capture_output=True,
            text=True,
        )
        codes.append(done.returncode)
    # A file that holds nothing but a skip is "no tests collected" (5) as it is.
    assert codes[0] in (0, 5), done.stdout
    assert (codes[1] == 0) == allowed, done.stdout
