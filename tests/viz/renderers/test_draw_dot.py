"""draw_dot, as micrograd users know it."""

import os

import graphviz
import pytest

import autograd as ag
from viz import OutputError, draw, draw_dot


def squared():
    a = ag.Value(3.0, label="a")
    return a * a


def edges(source):
    return [line.strip() for line in source.splitlines() if "->" in line]


def test_a_times_a_has_two_edges():
    assert edges(draw_dot(squared()).source) == ["n1op -> n1", "n0 -> n1op", "n0 -> n1op"]


def test_nodes_show_data_and_grad():
    y = squared()
    assert 'label="a\\ndata 3.0000\\ngrad —"' in draw_dot(y).source
    y.backward()
    assert 'label="a\\ndata 3.0000\\ngrad 6.0000"' in draw_dot(y).source


def test_a_power_is_one_op_and_a_plain_number_a_box():
    source = draw_dot((ag.Value(3.0) + 1) ** 2).source
    assert 'label="**2"' in source
    assert 'n1c1 [label="1.0000" shape=box]' in source


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_rankdir_is_set(rankdir):
    assert f"rankdir={rankdir}" in draw_dot(squared(), rankdir=rankdir).source
    assert f"rankdir={rankdir}" in draw(squared(), rankdir=rankdir).dot


@pytest.mark.parametrize("function", [draw, draw_dot])
def test_another_rankdir_is_refused(function):
    with pytest.raises(ValueError, match="rankdir='RL'; expected 'LR'"):
        function(squared(), rankdir="RL")


def test_it_is_a_digraph_that_renders_and_pipes(tmp_path):
    dot = draw_dot(squared(), format="png")
    assert isinstance(dot, graphviz.Digraph)
    assert dot.pipe().startswith(b"\x89PNG")
    assert dot.pipe("svg", encoding="utf-8").startswith("<?xml")
    assert dot.render(tmp_path / "gout") == str(tmp_path / "gout.png")
    assert sorted(os.listdir(tmp_path)) == ["gout", "gout.png"]
    dot.render("small", directory=tmp_path, format="svg", cleanup=True)
    assert sorted(os.listdir(tmp_path)) == ["gout", "gout.png", "small.svg"]
    assert set(dot._repr_mimebundle_()) == {"text/plain", "image/svg+xml"}


def test_render_opens_the_picture_on_request(tmp_path, monkeypatch):
    dot, opened = draw_dot(squared()), []
    monkeypatch.setattr(dot, "_view", lambda path, **_: opened.append(path))
    dot.render(tmp_path / "gout", view=True)
    assert opened == [str(tmp_path / "gout.svg")]


def test_render_into_a_missing_folder_is_one_clear_error(tmp_path):
    with pytest.raises(OutputError, match="there is no folder"):
        draw_dot(squared()).render(tmp_path / "absent" / "gout")


def test_arrays_and_their_gradients_are_abridged():
    a = ag.Value([1.0, 2.0], label="a")
    y = a.sum()
    y.backward()
    assert "data [1, 2]\\ngrad [1, 1]" in draw_dot(y).source
