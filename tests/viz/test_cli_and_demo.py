"""The command line and its demo."""

import os
import subprocess
import sys

import pytest

from viz import cli
from viz.cli import main, parser


def test_the_demo_goes_the_whole_way(tmp_path, capsys):
    assert main(["demo", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    files = ["backprop.png", "backprop.svg", "neuron.png", "neuron.svg"]
    assert sorted(os.listdir(tmp_path / "out")) == files
    for name in files:
        assert f"{name}: " in said
    accuracy = float(said.split("held-out flowers: ")[1].split()[0])
    assert accuracy >= 0.93
    error = float(said.split("largest relative error ")[1].split()[0])
    assert error < 1e-6
    assert "∂J/∂w¹₁₃ = Σ over 105 rows of δ¹₁ · x₃" in said
    assert ", and W¹.grad[0, 2] = " in said


def test_the_demo_says_the_same_twice(tmp_path, capsys):
    texts = []
    for name in ("one", "two"):
        main(["demo", "--out", str(tmp_path / name), "--seed", "3"])
        said = capsys.readouterr().out.replace(str(tmp_path / name), "")
        texts.append([line for line in said.splitlines() if "━" not in line])
    assert texts[0] == texts[1]
    for name in os.listdir(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_an_output_folder_that_cannot_be_written_stops_it_before_training(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert main(["demo", "--out", str(tmp_path / "file" / "below")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"glassgrad: cannot write to {tmp_path / 'file' / 'below'}: ")
    assert said.err.count("\n") == 1
    assert os.listdir(tmp_path) == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("glassgrad ")


def test_without_a_command_the_help_is_shown(capsys):
    assert main([]) == 0
    assert "demo" in capsys.readouterr().out


def test_a_wrong_seed_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        parser().parse_args(["demo", "--seed", "-1"])
    assert stop.value.code == 2
    assert "got '-1'; expected a whole number" in capsys.readouterr().err


def test_an_interrupt_ends_quietly(monkeypatch, tmp_path, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("viz.demo.run", interrupted)
    assert main(["demo", "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "glassgrad: stopped.\n"


def test_a_console_without_greek_shows_question_marks(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "viz.cli", "demo", "--out", str(tmp_path / "out")],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "?J/?w" in done.stdout
    assert len(list((tmp_path / "out").iterdir())) == 4


def test_other_floors_add_commands_through_their_entry_points(monkeypatch, capsys):
    def add_greet(commands):
        greet = commands.add_parser("greet")
        greet.add_argument("name")
        greet.set_defaults(run=lambda arguments: print(f"hello {arguments.name}") or 7)

    monkeypatch.setattr("viz.cli.entry_points_of_commands", lambda: [add_greet])
    assert main(["greet", "Ada"]) == 7
    assert capsys.readouterr().out == "hello Ada\n"


@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_reader_that_has_had_enough_is_no_error(lines):
    code = (
        "import argparse, sys; from viz.cli import run_command; p = argparse.ArgumentParser(); "
        f"p.set_defaults(run=lambda a: [print('line') for _ in range({lines})] and 0); "
        "sys.exit(run_command(p, []))"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait() == 0


def test_output_that_is_no_stream_and_a_program_that_is_not_installed_are_no_error(monkeypatch):
    class Window:
        def __init__(self):
            self.text = ""

        def write(self, text):
            self.text += text

    def missing(name):
        raise cli.metadata.PackageNotFoundError(name)

    window = Window()
    monkeypatch.setattr(sys, "stdout", window)
    monkeypatch.setattr(cli.metadata, "version", missing)
    assert cli.version() == "(not installed)"
    assert main([]) == 0
    assert "usage: " in window.text


def test_a_closed_pipe_inside_a_command_ends_it_as_a_success(monkeypatch, tmp_path):
    def closed(arguments):
        raise BrokenPipeError

    commands = parser()
    commands.set_defaults(run=closed)
    with open(tmp_path / "out", "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert cli.run_command(commands, []) == 0
        print("after the reader has gone")
    assert (tmp_path / "out").read_text() == ""
