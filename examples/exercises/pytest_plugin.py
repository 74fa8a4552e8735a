"""A pytest plugin: in an exercise folder, each exercise is a test that says why it fails.

Elsewhere it does nothing. ``@pytest.mark.exercise(13)`` marks a test of one's own, whose fixture
``learner`` is the module of that exercise.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MARK = "exercise"
_marked = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Find out whether this is an exercise folder."""
    config.addinivalue_line("markers", f"{MARK}(id): a test of the exercise with this id")
    config.stash[_marked] = has_marker(config.rootpath)


def has_marker(folder: Path) -> bool:
    """True for a folder with the kit's table; read as text first, so that others pay nothing."""
    try:
        if "glassgrad.exercises" not in (folder / "pyproject.toml").read_text(encoding="utf-8"):
            return False
    except (OSError, UnicodeDecodeError):
        return False
    from .folder import is_marked

    return is_marked(folder)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The learner's files as tests."""
    if not parent.config.stash.get(_marked, False) or not file_path.name.startswith("ex"):
        return None
    if file_path.parent != parent.config.rootpath:
        return None
    from .curriculum import exercises

    for exercise in exercises():
        if file_path.name == exercise.file_name:
            return ExerciseFile.from_parent(parent, path=file_path)
    return None


class ExerciseFile(pytest.File):
    """One of the learner's files."""

    def collect(self) -> Iterator[pytest.Item]:
        """One test: the exercise."""
        yield ExerciseItem.from_parent(self, name=self.path.stem.partition("_")[2])


class ExerciseItem(pytest.Item):
    """One exercise."""

    def runtest(self) -> None:
        """Run the learner's code in a child; fail with the kit's own words."""
        from .folder import exercise_of
        from .report import report, text_of
        from .verdict import NOT_STARTED, examine

        verdict = examine(exercise_of(self.path.name), self.path)
        if verdict.status == NOT_STARTED:
            pytest.skip("not started")
        if not verdict.passed:
            pytest.fail(text_of(report(verdict)), pytrace=False)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The message alone."""
        if isinstance(excinfo.value, pytest.fail.Exception):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the exercise is."""
        return self.path, 0, f"exercise {self.path.stem}"


@pytest.fixture
def learner(request: pytest.FixtureRequest) -> Any:
    """The module of the exercise that the test is marked with, loaded in this process."""
    mark = request.node.get_closest_marker(MARK)
    if mark is None or not mark.args:
        pytest.fail(
            "the fixture 'learner' got no exercise; expected @pytest.mark.exercise(13) on the test",
            pytrace=False,
        )
    from .folder import exercise_of

    exercise = exercise_of(str(mark.args[0]))
    path = request.config.rootpath / exercise.file_name
    if not path.exists():
        pytest.fail(f"there is no {exercise.file_name} in {request.config.rootpath}", pytrace=False)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: Any, right: Any
) -> list[str] | None:
    """For numbers and arrays in an exercise folder: yours, expected, and what the ratio says."""
    if op != "==" or not config.stash.get(_marked, False):
        return None
    from .clues import clues
    from .comparison import compare
    from .plain import plain
    from .report import difference_text

    found = compare(plain(right), plain(left), "", (), 1e-12)
    if not found:
        return None
    lines = [text for difference in found[:4] for text in difference_text(difference)]
    return ["yours == expected", *lines, *(f"→ {text}" for text in clues([found]))]
