"""A learner's own engine: its first wrong contribution is found, and it trains and is drawn."""

import io

import numpy as np
import pytest

import viz
from exercises import own_picture
from exercises.__main__ import main
from exercises.curriculum import find
from exercises.folder import create
from exercises.mirror import mirrored, place_of
from exercises.prerequisites import references
from exercises.samples import playground_points
from exercises.solution import solution_text
from exercises.training_models import ArrayModel, columns_model

ENGINE = (16, 17, 18, 19, 20, 21)


def diverges(number, *codes):
    exercise = find(number)
    return exercise.diverges(exercise.solve(references(number), *codes))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder whose exercises 16 to 22 are solved."""
    root = tmp_path / "mes exercices é"
    create(root)
    for number in (*ENGINE, 22):
        exercise = find(number)
        (root / exercise.file_name).write_text(solution_text(exercise), encoding="utf-8")
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("number", [15, 16, 17, 18, 19])
def test_a_right_engine_has_no_wrong_step(number):
    assert diverges(number) == ""


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        (15, "no_two", "δ^3 is the first that is wrong"),
        (15, "W_not_T", "δ^2 is the first that is wrong"),
        (15, "same_layer_a", "∂J/∂W^3 is the first that is wrong"),
        (16, "mul_swapped", "this is the contribution that belongs to the other operand"),
        (16, "add_like_mul", "step 2: d = c + a = -4 (upstream δ = -3) → c = a * b = -6"),
        (17, "no_seed", "its grad became 0; the sweep starts from 1"),
        (17, "no_delta", "the upstream δ is left out"),
        (18, "assign", 'should become -4, became -3: "=" instead of "+="'),
        (19, "no_upstream", "the upstream δ is left out: the local derivative alone was added"),
        (19, "sub_sign", "the sign is wrong"),
        (19, "div_no_square", "there is a factor too much"),
        (19, "tanh_of_z", "tanh = 0.462117 (upstream δ = -0.256794) → div = 0.5"),
    ],
)
def test_the_first_wrong_step_is_named(number, code, expected):
    assert expected in diverges(number, code)


@pytest.mark.parametrize("points", ["xor", "circle"])
def test_the_exercises_engine_trains_the_exercises_network(points):
    names = find(22).solve(references(22))
    X, y = playground_points(points, 1, 60)
    model = columns_model(names, [2, 4, 1], 3)
    losses = names.train(model, X, y, 0.2, 150)
    assert losses[-1] < 0.5 * losses[0]
    assert np.mean(np.sign(model(X).data) == y) > 0.85


def test_array_and_columns_models_agree_on_the_same_weights():
    names = find(22).solve(references(22))
    columns, arrays = columns_model(names, [2, 3, 1], 0), ArrayModel(names, [2, 3, 1], 0)
    numbers = [p.data for p in columns.parameters()]
    arrays.weights[0].data = np.array([numbers[0:2], numbers[3:5], numbers[6:8]]).T
    arrays.weights[1].data = np.array(numbers[9:12])[:, None]
    X, _ = playground_points("gauss", 0, 6)
    assert np.allclose(columns(X).data, arrays(X).data[:, 0])


def test_the_engine_of_the_exercises_agrees_with_autograd():
    import autograd as ag

    Value = references(100).Value
    a, b = Value(0.7), Value(-1.3)
    J = ((a * b + 2.0 - a / b) ** 3).tanh() * (b * a).sigmoid() + (a.exp() + 1.0).log().relu()
    J.backward()
    x, y = ag.Value(0.7), ag.Value(-1.3)
    K = ((x * y + 2.0 - x / y) ** 3).tanh() * (y * x).sigmoid() + (x.exp() + 1.0).log().relu()
    K.backward()
    assert J.data == pytest.approx(float(K.data), rel=1e-12)
    assert a.grad == pytest.approx(float(x.grad), rel=1e-12)
    assert b.grad == pytest.approx(float(y.grad), rel=1e-12)


def test_the_engine_is_drawn_by_our_figures():
    J = own_picture.loss(references(own_picture.PARTS[-1] + 1))
    shown = viz.draw(J).diagram
    assert shown.node("J").form == "(u₁₄)**2"
    assert shown.node("w₁").gradient != "0"
    assert len(shown.nodes) == 28
    assert "tanh(" in viz.draw(J).dot


@pytest.mark.slow
def test_draw_and_training_use_the_learners_own_files(place, capsys):
    assert main(["test", "22", "--mine"]) == 0
    assert main(["draw", "mine.svg"]) == 0
    assert "a 2-2-1 network on your own Value" in capsys.readouterr().out
    assert "<svg" in (place / "mine.svg").read_text(encoding="utf-8")
    path = place / "ex19_operations.py"
    path.write_text(path.read_text(encoding="utf-8").replace("np.tanh(a.data)", "q"), "utf-8")
    assert main(["draw", "other.svg"]) == 2
    assert "your engine cannot be drawn: NameError: name 'q'" in capsys.readouterr().err
    assert main(["draw", str(place / "nowhere" / "x.svg")]) == 2
    path.unlink()
    assert main(["draw", "other.svg"]) == 2
    assert "there is no file of exercise 19" in capsys.readouterr().err
    assert not (place / "other.svg").exists()


@pytest.mark.slow
def test_why_draws_the_gradient_check(place, capsys):
    text = solution_text(find(15)).replace("2 * (a[-1]", "(a[-1]")
    (place / "ex15_backprop.py").write_text(text, encoding="utf-8")
    assert main(["why", "15", "--picture", "check.txt"]) == 1
    said = capsys.readouterr().out
    assert "first wrong step: on the way back through three layers, δ^3" in said
    assert "drawn in check.txt" in said
    shown = (place / "check.txt").read_text(encoding="utf-8")
    assert "deltas[2]" in shown
    assert "⊘ × 0.5" in shown
    assert "measured" in shown


@pytest.mark.slow
def test_debug_stops_in_the_learners_code_at_the_wrong_probe(place, capfd, monkeypatch):
    text = solution_text(find(13)).replace("2 * (a - y)", "(a - y)")
    (place / "ex13_neuron_gradient.py").write_text(text, encoding="utf-8")
    (place / "input").write_text("n\nn\np z\nq\n")
    with open(place / "input") as commands:
        monkeypatch.setattr("subprocess.run", with_input(commands))
        assert main(["debug", "13"]) == 1
    said = capfd.readouterr().out
    assert "-> z = np.dot(w, x) + b" in said
    assert "-> dJ_da = (a - y)" in said
    assert "np.float64(0.5)" in said
    assert main(["debug", "14"]) == 2
    assert "exercise 14 is not started: write something first." in capfd.readouterr().err
    assert main(["debug", "16"]) == 0
    assert "nothing is wrong" in capfd.readouterr().out
    (place / "ex13_neuron_gradient.py").write_text("def f(:\n")
    assert main(["debug", "13"]) == 1
    assert "Stepping" not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        (16, "add_like_mul", "d = c + a → c = a * b: upstream -3.0 · local 1.0 = -3.0"),
        (17, "no_delta", "u2 → c: upstream 4.0 · local 1.0 = 4.0"),
        (18, "assign", "d = c + a → c = a * b: upstream -3.0 · local 1.0 = -3.0"),
        (19, "div_no_square", "div → b: upstream -0.201955 · local -0.333333 = 0.0673183"),
    ],
)
def test_the_right_run_is_found_at_the_step_that_goes_wrong(number, code, expected):
    trace = mirrored(find(number))
    assert expected in repr(trace[place_of(trace, diverges(number, code))])


def test_the_right_run_has_the_numbers_of_the_exercises_engine():
    for number in (16, 17, 18, 19):
        exercise = find(number)
        names = exercise.solve(references(number))
        root = exercise.graph(names)
        references(100).backward(root)
        trace = mirrored(exercise)
        assert trace.at(len(trace) - 1).grad("a") == pytest.approx(leaf_of(root, "a").grad)
    assert mirrored(find(13)) is None


def leaf_of(root, label):
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if getattr(value, "label", "") == label:
            return value
        waiting += value.inputs
    raise LookupError(label)


@pytest.mark.slow
def test_debug_opens_the_stepper_on_the_right_run_of_an_engine(place, capfd, monkeypatch):
    path = place / "ex19_operations.py"
    path.write_text(solution_text(find(19)).replace("times(-1.0)", "times(1.0)"), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("s\nq\n"))
    (place / "input").write_text("q\n")
    with open(place / "input") as commands:
        monkeypatch.setattr("subprocess.run", with_input(commands))
        assert main(["debug", "19"]) == 1
    said = capfd.readouterr().out
    assert "first wrong step: step 4: sub = 1.0627" in said
    assert "What it should be: the same graph on autograd's Value, at that step." in said
    assert "sub → tanh" in said or "tanh" in said.partition("What it should be")[2]
    assert "(Pdb)" in said


def with_input(commands):
    import subprocess

    genuine = subprocess.run
    return lambda *arguments, **more: genuine(*arguments, stdin=commands, **more)
