"""The command ``glassgrad lecture`` and the page of all programs."""

import os
import re
import subprocess
import sys

import pytest

from lecture import figures
from lecture.page import page
from lecture.running import run
from lecture.topics import find, read, topics
from viz.cli import main


def test_without_a_topic_all_are_listed(capsys):
    assert main(["lecture"]) == 0
    said = capsys.readouterr().out
    for topic in topics():
        assert f"{topic.number:>3}  {topic.title}\n" in said


def test_a_topic_runs_by_number_and_says_where_its_figures_are(tmp_path, capsys):
    assert main(["lecture", "4", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "x1 x2   OR AND   y" in said
    (figure,) = re.findall(r"^figure: (.+)$", said, flags=re.MULTILINE)
    assert os.listdir(tmp_path / "out") == [os.path.basename(figure)]


@pytest.mark.parametrize("wanted", ["4", "04", "xor", "04_xor", "04_xor.py", "XOR"])
def test_a_topic_is_found_by_number_or_word(wanted):
    assert find(wanted).name == "04_xor"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["99"], "there is no topic '99'; expected a number from 1 to "),
        (["nothing"], "there is no topic 'nothing'; expected a number from 1 to "),
        (["neuron"], "'neuron' may be 01_neuron, 14_one_neuron, 15_chain_of_neurons; name one"),
        (["4", "--all"], "got --all and the topic '4'; expected one of the two."),
    ],
)
def test_a_wrong_call_is_refused_in_one_line(arguments, message, capsys):
    assert main(["lecture", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"glassgrad lecture: {message}")
    assert said.err.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert main(["lecture", "4", "--out", str(tmp_path / "file")]) == 2
    assert "it is a file; name a folder." in capsys.readouterr().err


def test_a_script_without_its_slide_is_refused(tmp_path):
    (tmp_path / "01_x.py").write_text('"""Title."""\n')
    with pytest.raises(ValueError, match=r"01_x\.py opens without a line 'Slide: …'"):
        read(tmp_path / "01_x.py")


def test_the_page_holds_code_numbers_and_figures_and_asks_for_nothing(tmp_path):
    runs = [run(find(name), tmp_path) for name in ("1", "13")]
    text = page(runs)
    assert text.count("<section ") == 2
    assert text.count("<img ") == 2
    assert "by hand     z = 0.5000" in text
    assert "4 - 3 - 1                    19" in text
    assert '<a href="#13_counting_parameters">' in text
    assert "default-src 'none'" in text
    assert re.findall(r'(?:src|href)="(?!data:|#)', text) == []
    assert "<script" not in text


def test_a_script_run_by_itself_writes_beside_the_caller(tmp_path):
    done = subprocess.run(
        [sys.executable, str(find("13").path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path / "lecture-figures") == ["13_counting_parameters-network.svg"]


def test_without_matplotlib_a_script_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(SystemExit, match=r'pip install -e "\.\[lecture\]"'):
        figures.axes()


@pytest.mark.slow
def test_all_topics_become_one_page(tmp_path, capsys):
    assert main(["lecture", "--all", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert f"page: {tmp_path / 'lecture.html'}" in said
    text = (tmp_path / "lecture.html").read_text(encoding="utf-8")
    assert text.count("<section ") == len(topics())
