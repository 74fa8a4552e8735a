"""The new user's path: every command and every program of examples/README.md, in order."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:as\s+`([\w.]+)`:\s+)?```(\w+)\n(.*?)```", re.DOTALL)


def run(command, folder):
    """One command of the page in a shell, with the programs of this Python's environment first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.slow
def test_every_command_of_the_path_works(tmp_path):
    folder, said = tmp_path, {}
    for name, kind, text in BLOCK.findall(PAGE):
        if kind == "python" and name:
            (folder / name).write_text(text, encoding="utf-8")
        elif kind == "python":
            stub = folder / "ex01_pre_activation.py"
            source = stub.read_text(encoding="utf-8")
            assert "    raise NotImplementedError\n" in source
            answer = source.replace("    raise NotImplementedError\n", text)
            stub.write_text(answer, encoding="utf-8")
        for command in text.splitlines() if kind == "sh" else ():
            if command.startswith("cd "):
                folder = (folder / command[3:]).resolve()
            elif not command.startswith("pip install"):
                done = run(command, folder)
                assert done.returncode == 0, (command, done.stdout, done.stderr)
                said[command] = done.stdout
    assert len(said) >= 12
    assert said["python neuron.py"] == "-1.3177\n"
    assert (tmp_path / "neuron.html").stat().st_size > 10_000
    assert len(list((tmp_path / "glassgrad-demo").iterdir())) == 4
    assert "1 of 25" in run("glassgrad learn list", tmp_path / "my-exercises").stdout


def test_the_path_installs_extras_that_exist():
    (extras,) = re.findall(r'pip install -e "\.\[([\w,]+)\]"', PAGE)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for extra in extras.split(","):
        assert f"\n{extra} = [" in project


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)]+)\)", PAGE))
def test_every_link_of_the_path_leads_to_a_file(path):
    assert (ROOT / "examples" / path).is_file()
