"""The README: snippets print what they say, its picture is ours, its commands exist."""

import doctest
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from autograd.ops import OPS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_snippet_of_the_readme_prints_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("autograd.ops.base.OPS", dict(OPS))  # the tour defines an op
    text = "\n".join(re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL))
    test = doctest.DocTestParser().get_doctest(text, {}, "README.md", "README.md", 0)
    assert len(test.examples) >= 20
    report = []
    result = doctest.DocTestRunner().run(test, out=report.append)
    assert result.failed == 0, "".join(report)
    assert (tmp_path / "neuron.svg").stat().st_size > 1000
    assert (tmp_path / "backprop.png").read_bytes().startswith(b"\x89PNG")


def test_the_two_commands_of_the_readme_name_what_the_project_defines():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    commands = re.findall(r"```sh\n(.*?)\n```", README, flags=re.DOTALL)
    assert commands == ["pip install -e . && glassgrad demo", 'pip install -e ".[dev]" && pytest']
    assert "glassgrad" in project["scripts"]
    assert "dev" in project["optional-dependencies"]


def test_ci_runs_the_test_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text()
    assert 'pip install -q -e ".[dev]"' in script
    assert script.rstrip().endswith("pytest")


@pytest.mark.parametrize("name", ["neuron", "network"])
def test_the_pictures_of_the_readme_are_drawn_by_the_project(name):
    spec = importlib.util.spec_from_file_location(
        "readme_figures", ROOT / "examples/readme_figures.py"
    )
    figures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(figures)
    stored = (ROOT / f"examples/figures/{name}.svg").read_text(encoding="utf-8")
    drawn = re.findall(r"<text[^>]*>(.*?)</text>", getattr(figures, name)().svg)
    assert len(drawn) > 15
    assert re.findall(r"<text[^>]*>(.*?)</text>", stored) == drawn


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)]+)\)", README))
def test_every_link_of_the_readme_leads_to_a_file(path):
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("name", re.findall(r"\| `(\w+/)` \|", README))
def test_every_folder_of_the_readme_exists(name):
    assert (ROOT / name).is_dir()
