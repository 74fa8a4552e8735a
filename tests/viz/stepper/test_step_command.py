"""glassgrad step: programs that end well, raise, exit, interrupt or compute no Value at all."""

import argparse
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.tracing import Trace
from viz import cli
from viz.stepper.command_line import take_options
from viz.stepper.script import opened, report, traced_run

PROGRAMS = Path(__file__).resolve().parent / "programs"


def step(*arguments, typed="s\nq\n"):
    """Status, output and errors of the command in a process of its own."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "viz.cli", "step", *map(str, arguments)]
    done = subprocess.run(
        command, input=typed, capture_output=True, text=True, encoding="utf-8", env=environment,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_a_program_gets_its_arguments_and_its_loops_are_one_trace():
    status, out, errors = step(PROGRAMS / "training.py", "2", typed="goto bwd\ngoto bwd\nq\n")
    assert status == 0, errors
    assert out.startswith("loss 0.548\nTrace(50 events, 12 values, 2 backward passes).")
    assert "0/49 forward, layer 1" in out
    assert "seed, backward pass 2" in out


def test_a_program_that_raises_is_stepped_through_from_its_end():
    status, out, errors = step(PROGRAMS / "raising.py")
    assert status == 1
    assert "AttributeError" in errors
    assert "post_mortem" not in errors
    assert "runpy" not in errors
    assert "y = x * 3 = 2 * 3 = 6.0" in out


def test_a_program_without_values_gets_a_message():
    status, out, errors = step(PROGRAMS / "without_values.py")
    assert (status, out) == (1, "no values here\n")
    assert "recorded nothing to step through: no op on a Value that needs a gradient" in errors


def test_a_program_that_exits_is_stepped_through_all_the_same():
    status, out, errors = step(PROGRAMS / "exiting.py")
    assert status == 0
    assert "left with sys.exit(3)" in errors
    assert "1/3 seed, backward pass 1" in out


def test_what_is_no_program_is_refused(tmp_path, capsys):
    assert cli.main(["step", str(tmp_path / "no.py")]) == 2
    assert "there is no file" in capsys.readouterr().err
    bad = tmp_path / "bad.json"
    bad.write_text("[]", encoding="utf-8")
    assert cli.main(["step", str(bad)]) == 2
    assert "this is no trace" in capsys.readouterr().err
    wrong = tmp_path / "wrong.py"
    wrong.write_text("x = = 3\n", encoding="utf-8")
    assert cli.main(["step", str(wrong)]) == 1
    assert "SyntaxError" in capsys.readouterr().err


def test_a_trace_is_saved_and_opened_again(tmp_path, capsys):
    path = tmp_path / "neuron.json"
    assert cli.main(["step", "--save", str(path), str(PROGRAMS / "neuron.py")]) == 0
    assert f"wrote {path} (" in capsys.readouterr().out
    assert json.loads(path.read_text(encoding="utf-8"))["format"] == "glassgrad-trace"
    assert len(opened(str(path), []).trace) == 24
    nowhere = tmp_path / "no" / "where.json"
    assert cli.main(["step", "--save", str(nowhere), str(PROGRAMS / "neuron.py")]) == 2
    assert f"there is no folder {nowhere.parent}; make it first" in capsys.readouterr().err


def test_an_interrupted_program_keeps_what_it_did(tmp_path):
    program = tmp_path / "endless.py"
    program.write_text(
        "from autograd import Value\nx = Value(2.0) * 3\nraise KeyboardInterrupt\n",
        encoding="utf-8",
    )
    run = traced_run(str(program), [])
    assert len(run.trace) == 1
    assert report(run, "endless.py") == (
        "endless.py was interrupted; this is what it did until then."
    )


def test_a_program_finds_its_neighbours_and_leaves_no_trace_of_itself(tmp_path, monkeypatch):
    (tmp_path / "neighbour_of_program.py").write_text("TWO = 2.0\n", encoding="utf-8")
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\nfrom neighbour_of_program import TWO\nfrom autograd import Value\n"
        "assert __name__ == '__main__' and sys.argv[1:] == ['a', '--b']\n"
        "Value(TWO) * 3\n",
        encoding="utf-8",
    )
    before = list(sys.argv), list(sys.path)
    run = traced_run(str(program), ["a", "--b"])
    assert run.error is None
    assert isinstance(run.trace, Trace)
    assert (sys.argv, sys.path) == before
    monkeypatch.delitem(sys.modules, "neighbour_of_program")


@pytest.mark.parametrize("name", ["help", "step"])
def test_the_help_names_the_command(name, capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"] if name == "help" else ["step", "--help"])
    out = capsys.readouterr().out
    assert "step" in out
    if name == "step":
        assert "--save FILE" in out
        assert "--html FILE" in out


@pytest.mark.parametrize(
    ("words", "html", "save", "left"),
    [
        (["--html"], "step.html", None, []),
        (["--html", "a.html", "b"], "a.html", None, ["b"]),
        (["b", "--html=a.html", "--save"], "a.html", "step.json", ["b"]),
        (["--html", "--verbose"], "step.html", None, ["--verbose"]),
        (["--", "--html", "x"], None, None, ["--html", "x"]),
        (["-v", "--", "--", "y"], None, None, ["-v", "--", "y"]),
    ],
)
def test_options_may_stand_after_the_script(words, html, save, left):
    words = ["step", "program.py", *words]
    arguments = cli.parser().parse_args(words, argparse.Namespace(words=words))
    take_options(arguments)
    assert (arguments.html, arguments.save, arguments.arguments) == (html, save, left)


def test_a_page_is_written_instead(tmp_path, capsys):
    path = tmp_path / "step.html"
    assert cli.main(["step", "--html", str(path), str(PROGRAMS / "neuron.py")]) == 0
    assert f"wrote {path} (" in capsys.readouterr().out
    assert path.stat().st_size > 10_000


def test_stepping_in_this_process_leaves_its_status(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("q\n"))
    assert cli.main(["step", str(PROGRAMS / "exiting.py")]) == 0
    assert "left with sys.exit(3)" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO("q\n"))
    assert cli.main(["step", str(PROGRAMS / "raising.py")]) == 1
