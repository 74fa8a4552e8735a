"""A user's script runs as Python runs it, and leaves the process as it was."""

import sys

import pytest

from viz.program import run_program

SCRIPT = """
import sys
import beside

seen = (__name__, sys.argv, sys.path[0], beside.word)
sys.argv.append("changed")
if "fail" in sys.argv:
    raise LookupError("on purpose")
"""


@pytest.fixture
def script(tmp_path):
    (tmp_path / "beside.py").write_text("word = 'found'")
    path = tmp_path / "program.py"
    path.write_text(SCRIPT)
    yield path
    sys.modules.pop("beside", None)


def test_a_program_is_main_with_its_arguments_and_its_folder_first(script):
    name, argv, folder, word = run_program(script, ["a", "b"])["seen"]
    assert (name, word) == ("__main__", "found")
    assert argv == [str(script), "a", "b", "changed"]
    assert folder == str(script.parent)


@pytest.mark.parametrize("arguments", [[], ["fail"]])
def test_arguments_and_path_are_as_before_when_a_program_has_ended(script, arguments):
    before = list(sys.argv), list(sys.path)
    try:
        run_program(script, arguments)
    except LookupError:
        assert arguments
    assert (list(sys.argv), list(sys.path)) == before
