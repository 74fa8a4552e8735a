"""The house: what lies at the top level, who may import whom, what an import loads."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["autograd", "nn", "viz", "examples"]
#: Packages that lie in examples/ and are imported under their own names.
UPSTAIRS = {"exercises", "lecture"}
TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "tests", *FLOORS}


def modules(floor):
    """The modules of a floor by dotted name."""
    found = {}
    for path in sorted((ROOT / floor).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name, path, known):
    """Dotted names that the module imports, in functions too; relative ones resolved."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                found.add(inner if inner in known else base)
    return found


def edges(floor):
    known = modules(floor)
    return {name: imports(name, path, known) for name, path in known.items()}


def cycle(graph):
    """One cycle of the graph as a list of names, or []."""
    done, path = set(), []

    def visit(name):
        if name in path:
            return path[path.index(name) :]
        if name in done or name not in graph:
            return []
        path.append(name)
        for other in sorted(graph[name] - {name}):
            if found := visit(other):
                return found
        done.add(path.pop())
        return []

    for name in graph:
        if found := visit(name):
            return found
    return []


def test_the_top_level_holds_what_was_agreed():
    if not (ROOT / ".git").exists():
        pytest.skip("only a clone knows which files are the project's")
    # What git tracks: a user's own files beside it are no concern of ours.
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    entries = {line.split("/")[0] for line in done.stdout.splitlines()}
    entries = {name for name in entries if not name.startswith(".")}
    assert entries <= TOP_LEVEL, f"not agreed: {sorted(entries - TOP_LEVEL)}"
    assert entries >= {"pyproject.toml", "README.md", "LICENSE", "autograd", "tests"}


def test_no_folder_of_tests_is_a_package():
    assert list((ROOT / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_only_look_down(floor):
    above = set(FLOORS[FLOORS.index(floor) + 1 :]) | UPSTAIRS | {"tests"}
    wrong = []
    for name, others in edges(floor).items():
        wrong += [(name, other) for other in others if other.split(".")[0] in above]
    if floor != "examples":
        assert wrong == []
    else:
        assert [pair for pair in wrong if pair[1].split(".")[0] == "tests"] == []


def test_the_ground_floor_imports_numpy_and_the_standard_library_only():
    graph = edges("autograd")
    assert len(graph) >= 25
    outside = {other.split(".")[0] for others in graph.values() for other in others}
    assert outside - set(sys.stdlib_module_names) - {"autograd"} == {"numpy"}


@pytest.mark.parametrize("floor", FLOORS[:3])
def test_no_package_imports_in_a_circle(floor):
    assert cycle(edges(floor)) == []


def test_the_exercises_import_in_no_circle_and_stand_on_top():
    graph = {
        name.removeprefix("examples."): {other.removeprefix("examples.") for other in others}
        for name, others in edges("examples").items()
        if name.startswith("examples.exercises")
    }
    assert len(graph) >= 50
    assert cycle(graph) == []
    outside = {other.split(".")[0] for others in graph.values() for other in others}
    allowed = {"exercises", "numpy", "autograd", "nn", "viz", "rich"}
    allowed |= {"pytest", "hypothesis", "watchfiles"}  # the extra "learn"
    assert outside - set(sys.stdlib_module_names) <= allowed
    for name, others in graph.items():
        # What the command line loads before a verb is chosen.
        if name == "exercises.commands":
            assert {other.split(".")[0] for other in others} <= set(sys.stdlib_module_names)


def test_the_search_for_circles_finds_one():
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize("floor", FLOORS[:3])
def test_the_reading_order_of_a_package_names_each_of_its_parts(floor):
    said = ast.get_docstring(ast.parse((ROOT / floor / "__init__.py").read_text(encoding="utf-8")))
    parts = {path.stem for path in (ROOT / floor).iterdir() if (path / "__init__.py").exists()}
    parts |= {path.stem for path in (ROOT / floor).glob("[a-z]*.py")}
    assert len(parts) >= 10
    assert parts - set(re.findall(r"`(\w+)`", said)) == set()


def test_no_file_outgrows_one_sitting():
    long = []
    for floor in FLOORS:
        for name, path in modules(floor).items():
            if len(path.read_text(encoding="utf-8").splitlines()) > 420:
                long.append(name)
    assert long == []


def loaded(code):
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    code += "; import sys; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    return set(done.stdout.split())


def test_importing_autograd_loads_nothing_beyond_numpy():
    more = loaded("import autograd") - loaded("import numpy")
    tops = {name.split(".")[0] for name in more}
    assert "autograd" in tops
    foreign = tops - {"autograd"} - set(sys.stdlib_module_names)
    assert foreign == set()
    assert not {name for name in more if name.startswith("numpy.") and name.count(".") == 1}


@pytest.mark.parametrize("folder", [ROOT, ROOT / "tests", ROOT.parent])
def test_tests_run_from_any_folder_and_shadow_no_package(folder):
    test = str(ROOT / "tests" / "autograd" / "test_graph.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


def test_the_autograd_that_is_imported_is_ours():
    assert autograd.PROJECT == "glassgrad"
    assert Path(autograd.__file__).parent.name == "autograd"
    assert hasattr(autograd, "Value")


def test_public_names_are_spelled_once_and_documented():
    names = [name for name in vars(autograd) if not name.startswith("_")]
    assert "Value" in names
    undocumented = [
        name
        for name in names
        if callable(getattr(autograd, name)) and not (getattr(autograd, name).__doc__ or "").strip()
    ]
    assert undocumented == []
