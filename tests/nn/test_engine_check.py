"""nn refuses a foreign package that is installed under the name autograd."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import autograd
import nn
from nn._engine_check import check_engine


def test_our_engine_passes():
    assert autograd.PROJECT == "glassgrad"
    assert check_engine(autograd) is None


def test_a_foreign_package_is_named_with_its_file_and_the_way_out():
    foreign = ModuleType("autograd")
    foreign.__file__ = "/somewhere/autograd/__init__.py"
    with pytest.raises(ImportError, match=r"/somewhere/autograd/__init__.py; expected the engine"):
        check_engine(foreign)
    with pytest.raises(ImportError, match=r"'pip uninstall autograd', then reinstall glassgrad"):
        check_engine(foreign)


def test_a_folder_that_happens_to_be_called_autograd_is_named_too():
    foreign = ModuleType("autograd")
    foreign.__path__ = ["/somewhere/autograd"]
    with pytest.raises(ImportError, match=r"at /somewhere/autograd; expected"):
        check_engine(foreign)


def test_importing_nn_beside_a_foreign_autograd_says_so_before_anything_else(tmp_path):
    package = tmp_path / "autograd"
    package.mkdir()
    (package / "__init__.py").write_text("__version__ = '1.8.0'\n", encoding="utf-8")
    root = Path(nn.__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(root)])}
    run = subprocess.run(
        [sys.executable, "-c", "import nn"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 1
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: nn found another package named 'autograd' at")
    assert str(package / "__init__.py") in last
