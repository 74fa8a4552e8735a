"""Plain pytest in an exercise folder, and in any other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exercises.curriculum import find
from exercises.folder import create
from exercises.solution import solution_text

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = "exercises.pytest_plugin"


def pytest_in(folder, *words):
    paths = os.pathsep.join([str(ROOT / "examples"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    command = [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "mes exercices é"
    create(root)
    (root / "ex01_pre_activation.py").write_text(solution_text(find(1)), encoding="utf-8")
    wrong = solution_text(find(13)).replace("2 * (a - y)", "(a - y)")
    (root / "ex13_neuron_gradient.py").write_text(wrong, encoding="utf-8")
    return root


@pytest.mark.slow
def test_plain_pytest_tests_the_exercises_and_says_why(folder):
    done = pytest_in(folder)
    assert done.returncode == 1
    assert "1 failed, 1 passed, 23 skipped" in done.stdout
    assert "→ factor 2 is missing: J = (ŷ−y)²" in done.stdout
    assert "Traceback" not in done.stdout
    assert "pytest_plugin.py" not in done.stdout
    listed = pytest_in(folder, "--collect-only", "-q").stdout.splitlines()
    assert "ex13_neuron_gradient.py::neuron_gradient" in listed
    one = pytest_in(folder, "ex01_pre_activation.py")
    assert "1 passed" in one.stdout


@pytest.mark.slow
def test_a_learners_own_tests_get_the_module_and_readable_comparisons(folder):
    (folder / "test_mine.py").write_text(
        "import numpy as np\nimport pytest\n\n\n"
        "@pytest.mark.exercise(1)\ndef test_one(learner):\n"
        "    assert learner.pre_activation([2.0], [3.0], 1.0) == 7.0\n\n\n"
        "@pytest.mark.exercise(13)\ndef test_two(learner):\n"
        "    w, x = np.array([1.0, 2.0]), np.array([0.5, -1.0])\n"
        "    found = learner.neuron_gradient(w, 0.0, x, 1.0, lambda z: z, lambda z: 1.0)\n"
        "    assert list(found[1]) == [-2.5, 5.0]\n\n\n"
        "def test_three(learner):\n    pass\n",
        encoding="utf-8",
    )
    done = pytest_in(folder, "test_mine.py", "--strict-markers")
    assert "1 failed, 1 passed, 1 error" in done.stdout
    assert "half of what is expected, everywhere. Is a factor 2 missing?" in done.stdout
    assert (
        "the fixture 'learner' got no exercise; expected @pytest.mark.exercise(13)" in done.stdout
    )


@pytest.mark.slow
def test_elsewhere_the_plugin_does_nothing(tmp_path):
    (tmp_path / "ex01_pre_activation.py").write_text("raise SystemExit\n")
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n")
    (tmp_path / "test_it.py").write_text("def test_it():\n    assert [1.0] == [2.0]\n")
    done = pytest_in(tmp_path)
    assert "1 failed" in done.stdout
    assert "ex01" not in done.stdout
    assert "half" not in done.stdout
    code = f"import sys, {PLUGIN}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "examples")}
    loaded = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert not {"numpy", "viz", "exercises.curriculum"} & set(loaded.stdout.split())
