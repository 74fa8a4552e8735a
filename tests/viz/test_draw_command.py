"""glassgrad draw: from any user's script to a picture, and clear lines where that fails."""

import json

import pytest

from viz.cli import main

SCRIPT = """
import sys
import numpy as np
import autograd as ag, nn
import helper

assert sys.argv == [sys.argv[0]]
model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
x, w = ag.Value(2.0, label="x"), ag.Value(-1.0, label="w")
loss = nn.mse(model(np.ones((4, 2))), np.zeros((4, 1)))
loss.backward()
y = (x * w).tanh()
if __name__ == "__main__":
    print("ran as a script")
"""


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "helper.py").write_text("")
    path = tmp_path / "train.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def test_the_loss_of_a_script_is_drawn_beside_it(script, capsys):
    assert main(["draw", str(script)]) == 0
    assert capsys.readouterr().out == "ran as a script\ntrain.svg: graph of J\n"
    assert "mean((z² − " in (script.parent / "train.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "title"),
    [
        (["--root", "y", "--backward"], "graph of u₂"),
        (["--view", "layers"], "back-propagation of J"),
        (["--view", "network"], "network 2-3-1"),
        (["--view", "layers", "--notation", "nielsen"], "back-propagation of C"),
    ],
)
def test_each_view_of_a_script(script, options, title):
    assert main(["draw", str(script), *options, "-o", "out.json"]) == 0
    assert json.loads((script.parent / "out.json").read_text())["title"] == title


def test_a_dash_prints_the_listing(script, capsys):
    assert main(["draw", str(script), "-o", "-"]) == 0
    assert "∂J/∂z² = " in capsys.readouterr().out.replace("  ", " ")
    assert [path.name for path in script.parent.glob("*.svg")] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--root", "q"],
            "--root q is no such variable; expected a Value. There is x, w, loss, y.",
        ),
        (["--root", "model"], "--root model is MLP; expected a Value."),
        (["--root", "y", "--view", "network"], "--root y is Value; expected a model."),
        (["--root", "y", "--view", "layers"], "draw_backprop() found no layer"),
        (["-o", "out.gif"], "cannot write out.gif: expected a name that ends in .svg, .png"),
        (["-o", "absent/out.svg"], "there is no folder absent"),
    ],
)
def test_wrong_calls_get_one_line(script, options, message, capsys):
    assert main(["draw", str(script), *options]) == 2
    said = capsys.readouterr().err
    assert said.startswith("glassgrad: ")
    assert message in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ("1 / 0", 1, "failed before there was anything to draw"),
        ("raise SystemExit(3)", 1, "ended itself with exit(3)"),
        ("raise SystemExit", 1, "ended itself; nothing is left to draw"),
        ("x = 1", 2, "the script left no Value in its variables"),
    ],
)
def test_scripts_that_leave_nothing_are_told_apart(
    tmp_path, monkeypatch, text, status, message, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.py").write_text(text)
    assert main(["draw", "s.py"]) == status
    assert message in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.py"]


def test_a_missing_script_is_named(capsys):
    assert main(["draw", "absent.py"]) == 2
    assert "cannot read absent.py: there is no such file" in capsys.readouterr().err
