"""The kit's commands, as a new user gives them, in a folder with a space and an accent."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from exercises import commands, folder, watching
from exercises.__main__ import main
from exercises.curriculum import exercises, find
from exercises.exercise import digest, stub_of, untouched
from exercises.folder import Folder, LearnError, exercise_of, find_folder, update
from exercises.progress import Cache, states
from exercises.solution import solution_text
from viz.cli import main as glassgrad

ROOT = Path(__file__).resolve().parents[2]
WRONG = solution_text(find(1)).replace("z + b", "z")


@pytest.fixture
def place(tmp_path, monkeypatch, capsys):
    """A new exercise folder, which is the current one."""
    root = tmp_path / "mes exercices é"
    assert main(["init", str(root)]) == 0
    monkeypatch.chdir(root)
    capsys.readouterr()
    return root


def run(*words, before=(), **more):
    """A command in a process of its own."""
    paths = [str(ROOT / "examples"), str(ROOT)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}
    command = [*before, sys.executable, *words]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment, check=False, **more
    )


def write(root, number, text):
    path = root / find(number).file_name
    path.write_text(text, encoding="utf-8")
    return path


def test_init_writes_stubs_a_readme_and_the_marker(tmp_path, capsys):
    root = tmp_path / "a b" / "é"
    assert main(["init", str(root)]) == 0
    said = capsys.readouterr().out
    assert f'cd "{root}" && glassgrad learn watch' in said
    names = {path.name for path in root.iterdir()}
    assert names == {
        *(exercise.file_name for exercise in exercises()),
        *("README.md", "pyproject.toml", ".vscode", ".gitignore"),
    }
    for exercise in exercises():
        text = (root / exercise.file_name).read_text(encoding="utf-8")
        assert untouched(text)
        assert stub_of(text) == digest(text.partition("\n")[2])
        compile(text, exercise.file_name, "exec")
    assert tomllib.loads((root / "pyproject.toml").read_text())["tool"]["glassgrad"]["exercises"]
    tasks = json.loads((root / ".vscode" / "tasks.json").read_text())["tasks"]
    assert ["-m", "exercises", "watch"] in [task["args"] for task in tasks]
    readme = (root / "README.md").read_text(encoding="utf-8")
    for exercise in exercises():
        assert f"]({exercise.file_name})" in readme


def test_init_refuses_a_folder_with_something_in_it(place, capsys):
    assert main(["init", str(place)]) == 2
    assert "is not empty: it is an exercise folder already" in capsys.readouterr().err
    other = place / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    assert main(["init", str(other)]) == 2
    assert "is not empty: name a new folder." in capsys.readouterr().err
    assert os.listdir(other) == ["mine.txt"]
    assert main(["init", str(other / "mine.txt")]) == 2
    assert "a file of that name is in the way." in capsys.readouterr().err
    assert main(["init", str(other / "mine.txt" / "below")]) == 2
    assert "cannot make" in capsys.readouterr().err


def test_commands_outside_an_exercise_folder_say_how_to_make_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for words in (["list"], ["next"], ["test"], ["watch"], ["update"], ["undo"], ["why", "1"]):
        assert main(words) == 2
        said = capsys.readouterr().err
        assert said.startswith("glassgrad learn: ")
        assert "is no exercise folder" in said
        assert "glassgrad learn init my-exercises" in said


def test_commands_work_from_below_the_folder(place, monkeypatch, capsys):
    monkeypatch.chdir(place / ".vscode")
    assert main(["next"]) == 0
    assert "1 · The pre-activation" in capsys.readouterr().out
    assert find_folder(Path.cwd()).root == place.resolve()


@pytest.mark.slow
def test_next_shows_the_first_exercise_and_after_it_the_second(place, capsys):
    assert main(["next"]) == 0
    said = capsys.readouterr().out
    assert "1 · The pre-activation of a neuron  (I The neuron)" in said
    assert "z = Σ wᵢ xᵢ + b" in said
    assert "Write in ex01_pre_activation.py; glassgrad learn hint 1 helps." in said
    write(place, 1, solution_text(find(1)))
    assert main(["next"]) == 0
    assert "2 · Activations" in capsys.readouterr().out


@pytest.mark.slow
def test_test_fails_names_the_mistake_and_passes(place, capsys):
    assert main(["test"]) == 0
    assert "Nothing is started yet" in capsys.readouterr().out
    write(place, 1, WRONG)
    assert main(["test", "1"]) == 1
    said = capsys.readouterr().out
    assert "→ the bias b is not added: z = Σ wᵢxᵢ + b" in said
    assert "(this explains all 12 probes; code: bias_missing)" in said
    write(place, 1, solution_text(find(1)))
    assert main(["test", "ex01_pre_activation.py"]) == 0
    said = capsys.readouterr().out
    assert "✓ 1 · The pre-activation of a neuron" in said
    assert "all 12 probes are right. You have written\n    z = Σ wᵢ xᵢ + b" in said
    assert "Compare: glassgrad learn solution 1" in said
    write(place, 4, "")
    assert main(["test"]) == 1
    said = capsys.readouterr().out
    assert "does not define perceptron, gate." in said
    assert "1 of 2 pass." in said
    assert main(["test", "7"]) == 1
    assert "not started: open ex07_collapse.py and begin." in capsys.readouterr().out


def test_hints_come_in_three_levels(place, capsys):
    for level, kind in ((1, "the idea"), (2, "the formula"), (3, "the line")):
        assert main(["hint", "13", str(level)]) == 0
        said = capsys.readouterr().out
        assert f"hint {level} of 3, {kind}" in said
        assert find(13).hints[level - 1] in said
        assert (f"hint 13 {level + 1}" in said) == (level < 3)
        for other in {0, 1, 2} - {level - 1}:
            assert find(13).hints[other] not in said


def test_a_number_that_is_no_exercise_is_refused(place, capsys):
    for text in ("99", "0", "x", "ex1x", "-", "13.5"):
        assert main(["hint", "--", text]) == 2
        said = capsys.readouterr().err
        assert f"there is no exercise {text!r}" in said
    for text in ("13", "ex13", "ex13_neuron_gradient.py", "ex13_neuron_gradient", "013"):
        assert exercise_of(text).id == 13


def test_why_puts_expected_yours_and_finite_differences_side_by_side(place, capsys):
    text = solution_text(find(13)).replace("2 * (a - y)", "(a - y)")
    write(place, 13, text)
    assert main(["why", "13"]) == 1
    said = capsys.readouterr().out
    assert re.search(r"expected +yours +ratio +finite difference", said)
    row = next(line.split() for line in said.splitlines() if line.startswith("dw[1]"))
    expected, yours, ratio, numeric = map(float, row[1:])
    assert ratio == pytest.approx(0.5)
    assert numeric == pytest.approx(expected, rel=1e-4)
    assert yours == pytest.approx(expected / 2, rel=1e-4)
    write(place, 13, solution_text(find(13)))
    assert main(["why", "13"]) == 0
    assert "ratio" in capsys.readouterr().out


def test_the_solution_comes_after_passing_or_giving_up_which_is_recorded(place, capsys):
    assert main(["solution", "1"]) == 2
    assert "exercise 1 is not done yet" in capsys.readouterr().err
    write(place, 1, solution_text(find(1)))
    assert main(["solution", "1"]) == 0
    said = capsys.readouterr().out
    assert "def pre_activation(x, w, b):" in said
    assert not (place / "given-up.json").exists()
    assert main(["solution", "2", "--give-up"]) == 0
    assert "def sigmoid(z):" in capsys.readouterr().out
    assert json.loads((place / "given-up.json").read_text()) == [2]
    main(["list"])
    assert "Activations  (solution seen)" in capsys.readouterr().out


def test_reset_keeps_a_backup_and_undo_brings_it_back(place, capsys):
    write(place, 1, WRONG)
    assert main(["reset", "1"]) == 0
    said = capsys.readouterr().out
    assert "yours is kept in .backup/0001-ex01_pre_activation.py; glassgrad learn undo 1" in said
    assert untouched((place / "ex01_pre_activation.py").read_text(encoding="utf-8"))
    assert main(["undo"]) == 0
    assert (place / "ex01_pre_activation.py").read_text(encoding="utf-8") == WRONG
    assert main(["undo", "1"]) == 0
    assert untouched((place / "ex01_pre_activation.py").read_text(encoding="utf-8"))
    write(place, 1, "mine\n")
    main(["reset", "1"])
    assert (place / ".backup/0002-ex01_pre_activation.py").read_text() == "mine\n"
    assert (place / ".backup/0001-ex01_pre_activation.py").read_text(encoding="utf-8") == WRONG
    capsys.readouterr()
    assert main(["undo", "2"]) == 2
    assert "there is no backup of exercise 2" in capsys.readouterr().err


def test_reset_of_a_stub_makes_no_backup_and_of_a_missing_file_writes_it(place, capsys):
    assert main(["reset", "1"]) == 0
    assert not (place / ".backup").exists()
    (place / "ex01_pre_activation.py").unlink()
    assert main(["reset", "1"]) == 0
    assert (place / "ex01_pre_activation.py").exists()


@pytest.mark.slow
def test_progress_is_derived_from_the_files_and_its_cache_may_be_deleted(place, capsys):
    write(place, 1, solution_text(find(1)))
    write(place, 13, solution_text(find(13)).replace("2 * (a", "(a"))
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    assert "mes exercices é: 1 of 25 done" in said
    assert "✓  1  The pre-activation" in said
    assert "✗ 13  The gradient of one neuron  → factor 2 is missing" in said
    assert re.search(r"I The neuron +━+ 1/8", said)
    assert "Next: ex02_activations.py" in said
    asked = []
    states(Folder(place), asked.append)
    assert asked == []
    # Another text is tested again, whatever the cache says; so is everything without a cache.
    write(place, 1, WRONG)
    found = states(Folder(place), asked.append)
    assert [exercise.id for exercise in asked] == [1]
    assert not found[0].done
    for text in ("", "[]", '{"1": 3}', '{"1": {"file": 1}}', "\xff"):
        (place / ".glassgrad" / "results.json").write_text(text, encoding="latin-1")
        asked.clear()
        assert not states(Folder(place), asked.append)[0].done
        assert [exercise.id for exercise in asked] == [1, 13]


def test_a_pass_counts_only_for_the_text_that_passed(place):
    path = write(place, 1, solution_text(find(1)))
    cache = Cache(Folder(place))
    assert states(Folder(place))[0].done
    path.write_text(path.read_text(encoding="utf-8") + "\n# a word\n", encoding="utf-8")
    assert cache.state(find(1)) is None


def older(exercise):
    """The stub that an earlier kit might have shipped."""
    body = exercise.stub_text().partition("\n")[2].replace("raise Not", "pass\n    raise Not", 1)
    return f"# glassgrad exercise {exercise.id}, stub {digest(body)}\n{body}"


def test_update_renews_what_was_not_started_and_shows_a_diff_for_what_was(place, capsys):
    assert main(["update"]) == 0
    assert "Everything is up to date." in capsys.readouterr().out
    write(place, 2, older(find(2)))
    mine = older(find(3)).replace("raise NotImplementedError", "return z")
    write(place, 3, mine)
    (place / find(5).file_name).unlink()
    assert main(["update"]) == 0
    said = capsys.readouterr().out
    assert "ex02_activations.py: updated" in said
    assert "ex05_xor.py: new" in said
    assert "ex03_softmax.py: you have begun it, so it stays" in said
    assert "+    raise NotImplementedError" in said
    assert (place / "ex03_softmax.py").read_text(encoding="utf-8") == mine
    assert (place / "ex02_activations.py").read_text(encoding="utf-8") == find(2).stub_text()
    assert main(["undo", "2"]) == 0
    assert (place / "ex02_activations.py").read_text(encoding="utf-8") == older(find(2))


def test_an_interrupted_update_leaves_whole_files_and_can_be_repeated(place, monkeypatch):
    for number in (2, 3, 4, 5):
        write(place, number, older(find(number)))
    genuine, written = folder.write_whole, []

    def interrupted(path, content):
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(path)
        return genuine(path, content)

    monkeypatch.setattr(folder, "write_whole", interrupted)
    with pytest.raises(KeyboardInterrupt):
        update(Folder(place))
    monkeypatch.undo()
    for number in (2, 3, 4, 5):
        text = (place / find(number).file_name).read_text(encoding="utf-8")
        assert text in (find(number).stub_text(), older(find(number)))
    done = update(Folder(place))
    assert set(done.values()) == {"updated"}
    assert update(Folder(place)) == {}
    assert not list(place.glob(".ex*"))


def test_files_that_are_missing_unreadable_or_wrongly_coded_have_a_message(place, capsys):
    path = place / "ex01_pre_activation.py"
    path.unlink()
    assert main(["test", "1"]) == 1
    assert "there is no file ex01_pre_activation.py; glassgrad learn update" in (
        capsys.readouterr().out
    )
    path.write_bytes(b"x = '\xff'\n")
    assert main(["test", "1"]) == 1
    assert "is not UTF-8" in capsys.readouterr().out
    assert main(["update"]) == 2
    assert "ex01_pre_activation.py is not UTF-8 text" in capsys.readouterr().err
    path.unlink()
    path.mkdir()
    assert main(["test", "1"]) == 1
    assert "is a directory" in capsys.readouterr().out


@pytest.mark.slow
def test_doctor_looks_at_python_the_packages_and_the_folder(place, capsys):
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert f"✓ Python {sys.version.split()[0]}" in said
    assert "✓ code runs in a process of its own" in said
    assert f"✓ exercise folder {place}" in said
    assert "✓ 0 of 25 exercises started" in said
    assert "Everything is in order." in said
    (place / "ex02_activations.py").unlink()
    (place / "random.py").write_text("")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ missing: ex02_activations.py; 'glassgrad learn update' writes them" in said
    assert "✗ random.py: such a name hides a module; rename it" in said
    assert "2 to mend." in said


def test_doctor_outside_a_folder_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["doctor"]) == 1
    assert "is no exercise folder" in capsys.readouterr().out


@pytest.mark.slow
def test_grade_is_plain_data_for_teachers(place, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    write(place, 1, solution_text(find(1)))
    write(place, 13, solution_text(find(13)).replace("2 * (a", "(a"))
    write(place, 2, "while True:\n")
    before = sorted(str(path) for path in place.rglob("*"))
    assert main(["grade", str(place), "--json"]) == 1
    graded = json.loads(capsys.readouterr().out)
    assert sorted(str(path) for path in place.rglob("*")) == before
    assert (graded["exercises"], graded["passed"]) == (25, 1)
    by_id = {entry["id"]: entry for entry in graded["results"]}
    assert by_id[1]["status"] == "passed"
    assert by_id[1]["right"] == by_id[1]["probes"] == 12
    assert by_id[13]["mistakes"] == ["no_two"]
    assert "factor 2 is missing" in by_id[13]["report"]
    assert by_id[2]["trouble"] == "load"
    assert by_id[3]["status"] == "not started"
    assert main(["grade", str(place)]) == 1
    said = capsys.readouterr().out
    assert "✗ 13  ex13_neuron_gradient.py  failed, 0 of 10 probes right: no_two" in said
    assert main(["grade", str(tmp_path)]) == 2
    assert "holds no exercise" in capsys.readouterr().err
    assert main(["grade", str(tmp_path / "nowhere")]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_learn_without_a_verb_shows_its_help(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    for verb in ("init", "watch", "next", "test", "hint", "why", "debug", "solution", "reset"):
        assert f"    {verb} " in said
    for verb in ("undo", "list", "update", "doctor", "grade"):
        assert f"    {verb} " in said


def test_the_command_is_an_entry_point_of_the_command_line(monkeypatch, capsys):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["glassgrad.commands"]["learn"] == "exercises.commands:add_learn"
    monkeypatch.setattr("viz.cli.entry_points_of_commands", lambda: [commands.add_learn])
    assert glassgrad(["learn", "hint", "13"]) == 0
    assert "hint 1 of 3" in capsys.readouterr().out
    assert glassgrad(["learn"]) == 0
    assert "watch" in capsys.readouterr().out
    done = run("-m", "exercises", "hint", "1")
    assert done.returncode == 0
    assert "1 · The pre-activation of a neuron" in done.stdout


def test_the_command_is_light_to_load():
    code = "import exercises.commands, sys; print(*sys.modules, sep='\\n')"
    loaded = set(run("-c", code).stdout.split())
    assert "exercises.commands" in loaded
    assert not {"numpy", "rich", "autograd", "nn", "viz", "exercises.curriculum"} & loaded


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_can_still_be_tested(place):
    write(place, 1, WRONG)
    before = []
    if os.geteuid() == 0:
        # Root may write anywhere, unless it lays that power down.
        before = ["setpriv", "--bounding-set", "-dac_override"]
        if shutil.which("setpriv") is None:
            pytest.skip("root without setpriv cannot meet a folder that it may not write")
    place.chmod(0o555)
    try:
        done = run("-m", "exercises", "test", "1", cwd=place, before=before)
        assert "the bias b is not added" in done.stdout
        assert done.returncode == 1
        assert run("-m", "exercises", "list", cwd=place, before=before).returncode == 0
        for words in (["reset", "1"], ["solution", "2", "--give-up"]):
            done = run("-m", "exercises", *words, cwd=place, before=before)
            assert done.returncode == 2
            assert re.search(r"cannot (make|write)", done.stderr)
            assert "Traceback" not in done.stderr
        assert "✗ cannot write" in run("-m", "exercises", "doctor", cwd=place, before=before).stdout
    finally:
        place.chmod(0o755)
    assert (place / "ex01_pre_activation.py").read_text(encoding="utf-8") == WRONG


@pytest.mark.slow
def test_every_solution_passes_as_a_learners_file_and_grading_says_so(place, capsys):
    for exercise in exercises():
        write(place, exercise.id, solution_text(exercise))
    assert main(["grade", ".", "--json"]) == 0
    graded = json.loads(capsys.readouterr().out)
    assert graded["passed"] == 25, [r["report"] for r in graded["results"] if r["report"]]
    assert main(["test", "5", "18", "20", "22", "--mine"]) == 0
    assert "4 of 4 pass." in capsys.readouterr().out


@pytest.mark.slow
def test_with_mine_a_learners_own_earlier_exercises_are_used(place, capsys):
    write(place, 4, solution_text(find(4)).replace("z > 0", "z >= 0.4"))
    write(place, 5, solution_text(find(5)))
    assert main(["test", "5"]) == 0
    capsys.readouterr()
    write(place, 4, solution_text(find(4)).replace("-0.5", "0.5").replace("z > 0", "z > 1"))
    assert main(["test", "5", "--mine"]) == 1
    capsys.readouterr()
    main(["reset", "4"])
    capsys.readouterr()
    assert main(["test", "5", "--mine"]) == 1
    said = capsys.readouterr().out
    assert "ex04_gates.py, line" in said
    assert "raise NotImplementedError still stands there." in said
    (place / "ex04_gates.py").unlink()
    assert main(["test", "5", "--mine"]) == 1
    assert "--mine needs your own exercise 4, which is not here" in capsys.readouterr().out


def test_watching_notices_edits_replacements_and_pauses(place):
    mine = Folder(place)
    seen = watching.texts(mine)
    name = find(1).file_name

    def batches():
        (place / name).write_text("x = 1\n")
        yield {(1, str(place / name))}
        yield {(1, str(place / name))}  # touched, not changed
        other = place / "new~"
        other.write_text("x = 2\n")
        os.replace(other, place / name)
        yield {(3, str(place / name)), (1, str(other))}
        (place / name).write_text("x = 3\n")
        yield set()  # the watcher has seen nothing
        yield set()
        (place / name).unlink()
        yield {(3, str(place / name)), (1, str(place / "README.md"))}
        yield set()

    found = [exercise.id for exercise in watching.changed(batches(), mine, seen)]
    assert found == [1, 1, 1, 1]


def test_watching_waits_for_a_file_that_an_editor_is_replacing(place):
    path, pauses = place / find(1).file_name, []
    path.unlink()

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            path.write_text("")
        if len(pauses) == 4:
            path.write_text("x = 1\n")

    assert watching.settled(path, pause) == digest("x = 1\n")
    assert len(pauses) == 4
    path.unlink()
    assert watching.settled(path, lambda seconds: None) is None


def test_watch_without_watchfiles_names_the_extra(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(LearnError, match=r'needs the extra "learn": pip install'):
        watching.watch(Folder(place))


@pytest.mark.slow
def test_an_exercise_is_added_by_adding_one_file(tmp_path):
    copy = tmp_path / "site"
    shutil.copytree(
        ROOT / "examples" / "exercises", copy / "exercises",
        ignore=shutil.ignore_patterns("__pycache__"),
    )  # fmt: skip
    (copy / "exercises" / "curriculum" / "ex26_double.py").write_text(NEW, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(copy), str(ROOT)])}

    def kit(*words, cwd):
        command = [sys.executable, "-m", "exercises", *words]
        return subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    assert "26 exercises are in mine." in kit("init", "mine", cwd=tmp_path).stdout
    place = tmp_path / "mine"
    path = place / "ex26_double.py"
    path.write_text("def double(x):\n    return x * x\n", encoding="utf-8")
    said = kit("test", "26", cwd=place).stdout
    assert "→ x is squared; double it" in said
    assert "code: squared)" in said
    path.write_text("def double(x):\n    return x + x\n", encoding="utf-8")
    assert "✓ 26 · Doubling" in kit("test", "26", cwd=place).stdout
    listed = kit("list", cwd=place).stdout
    assert re.search(r"More +━+ 1/1", listed)
    assert "def double(x):\n    return 2 * x" in kit("solution", "26", cwd=place).stdout


#: A whole exercise.
NEW = """
from ..exercise import Exercise, call


def reference(given, *, squared=False, nothing=False):
    def double(x):
        if nothing:
            return x
        return x * x if squared else 2 * x

    return (double,)


EXERCISE = Exercise(
    id=26,
    slug="double",
    title="Doubling",
    task="Return twice the number.",
    formula="y = 2x",
    hints=("What is twice?", "y = 2x", "return 2 * x"),
    stub="def double(x):\\n    raise NotImplementedError\\n",
    names=("double",),
    reference=reference,
    mistakes={"squared": "x is squared; double it", "nothing": "x is returned as it came"},
    probes=lambda: [call("double", x=x) for x in (1.0, 3.0, -0.5)],
)
"""


@pytest.mark.slow
def test_files_as_other_editors_write_them_are_read(place, capsys):
    text = solution_text(find(1))
    path = place / "ex01_pre_activation.py"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8"))
    assert main(["test", "1"]) == 0
    stub = (place / "ex02_activations.py").read_text(encoding="utf-8")
    (place / "ex02_activations.py").write_bytes(stub.replace("\n", "\r\n").encode("utf-8-sig"))
    capsys.readouterr()
    assert main(["test", "2"]) == 1
    assert "not started" in capsys.readouterr().out
