"""What is shipped: wheel and sdist carry code, data, font and licence, and nothing else."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP = ("autograd", "nn", "viz", "examples", "tests", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Folder with a wheel and an sdist, built from a copy of the tree."""
    pytest.importorskip("build", reason='building needs the dev extra: pip install -e ".[dev]"')
    copy, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    for name in TOP:
        if (ROOT / name).is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(ROOT / name, copy / name, ignore=ignore)
        else:
            shutil.copy(ROOT / name, copy / name)
    command = [sys.executable, "-m", "build", "--outdir", str(out), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.slow
def test_the_wheel_carries_code_data_font_and_licence(built):
    (wheel,) = built.glob("*.whl")
    assert wheel.name == "glassgrad-0.1.0-py3-none-any.whl"
    names = set(zipfile.ZipFile(wheel).namelist())
    for expected in (
        "autograd/ops/arithmetic.py",
        "nn/datasets/iris.csv",
        "viz/fonts/DejaVuSans.ttf",
        "pydevd_plugins/extensions/pydevd_plugin_glassgrad.py",
        "viz/fonts/LICENSE-DejaVu.txt",
        "lecture/01_neuron.py",
        "exercises/curriculum/ex13_neuron_gradient.py",
    ):
        assert expected in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0] for name in names} == {
        "autograd",
        "nn",
        "viz",
        "lecture",
        "exercises",
        "pydevd_plugins",
        "glassgrad-0.1.0.dist-info",
    }


@pytest.mark.slow
def test_the_sdist_carries_the_data_files_too(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"nn/datasets/iris.csv", "viz/fonts/DejaVuSans.ttf", "LICENSE", "README.md"} <= names


@pytest.mark.slow
def test_the_exercises_work_from_the_wheel(built, tmp_path):
    (wheel,) = built.glob("*.whl")
    place = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(place)
    (names,) = place.glob("*.dist-info/entry_points.txt")
    assert "learn = exercises.commands:add_learn" in names.read_text()
    assert "exercises.pytest_plugin = exercises.pytest_plugin" in names.read_text()
    code = (
        "import sys; import exercises; from exercises.__main__ import main; "
        "from exercises.curriculum import find; from exercises.solution import solution_text; "
        "print(exercises.__file__); main(['init', 'mine']); import os; os.chdir('mine'); "
        "open('ex13_neuron_gradient.py', 'w').write(solution_text(find(13))); "
        "sys.exit(main(['test', '13']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(place), "PATH": "", "SYSTEMROOT": "", "PYTHONUTF8": "1"},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(place) in done.stdout
    assert "✓ 13 · The gradient of one neuron" in done.stdout


@pytest.mark.slow
def test_the_installed_wheel_finds_its_data(built, tmp_path):
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "import nn; print(nn.__file__); print(nn.load_iris().features.shape)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(tmp_path), "PATH": "", "SYSTEMROOT": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [str(tmp_path / "nn/__init__.py"), "(150, 4)"], done.stderr
