"""DOT text and pictures: hostile labels, every format, missing renderers, files."""

import builtins
import os
import subprocess
import sys
import threading
from xml.etree import ElementTree

import pytest

import autograd as ag
from viz import Drawing, OutputError, RendererError, diagram, draw, draw_dot
from viz.cleaning import clean
from viz.demo import neuron
from viz.output import writable_folder, write_all, write_whole
from viz.renderers.dot import quoted, quoted_lines, to_dot
from viz.renderers.render import render

HOSTILE = {
    "punctuation": '"<&\\{}|`',
    "newlines": "one\ntwo\r\nthree\u2028four",
    "arabic": "مرحبا بالعالم",
    "emoji": "🙂 emoji",
    "script": "</script><script>alert(1)</script>",
    "trailing backslash": "trailing\\",
    "injection": '" URL="javascript:alert(1)" x="',
    "substitutions": "\\N \\G \\L \\T &lt; &#65;",
    "long": "x" * 10_000 + "end",
    "long arabic": "ال" * 5_000,
    "control": "\x00\x07\x1b[31m\x7f\x85",
    "noncharacters": "\ufffe\uffff\ufdd0\U0001ffff",
    "surrogate": "\ud800",
    "bidi": "\u202egnp.exe\u202c",
    "html": "<b>bold</b>",
    "html label": "<<b>bold</b>>",
    "blank": "   ",
    "only newlines": "\n\n",
    "comment": "// /* */ # --",
}


def labelled(text):
    with ag.scope(text):
        y = ag.Value(2.0, label=text) * ag.Value(3.0, label="w")
    y.label = text
    return y


def texts(svg):
    return [e.text or "" for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("text")]


def attributes(svg):
    elements = ElementTree.fromstring(svg).iter()
    return [pair for element in elements for pair in element.attrib.items()]


@pytest.mark.parametrize("label", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_labels_leave_the_figure_whole(label):
    root = labelled(label)
    for svg in (draw(root).svg, draw_dot(root).pipe("svg", encoding="utf-8")):
        shown = texts(svg)
        assert any("w" in text for text in shown)
        assert any("6" in text for text in shown)
        assert not [a for a in attributes(svg) if a[0].endswith("href")]
        assert "<script" not in svg
    assert draw(root).png.startswith(b"\x89PNG")
    assert str(draw(root)).encode()


@pytest.mark.parametrize("key", ["punctuation", "arabic", "emoji", "html", "injection"])
def test_ordinary_characters_are_shown_as_they_are(key):
    label = HOSTILE[key]
    shown = [
        " ".join(text.replace("\xa0", " ").split()) for text in texts(draw(labelled(label)).svg)
    ]
    assert label in shown


def test_backslashes_and_entities_are_text():
    shown = texts(draw(labelled("\\N &lt;")).svg)
    assert any("\\N" in text and "&lt;" in text for text in shown)


def test_long_labels_are_cut_and_whole_in_the_tooltip():
    svg = draw(labelled(HOSTILE["long"])).svg
    assert max(len(text) for text in texts(svg)) < 250
    titles = [value for name, value in attributes(svg) if name.endswith("title")]
    assert any("x" * 10_000 + "end" in title for title in titles)


def test_the_dot_text_is_the_same_each_time_and_names_nodes_plainly():
    dot = to_dot(diagram(neuron()))
    assert dot == to_dot(diagram(neuron()))
    assert "n0 [label=" in dot
    assert "label=<" not in dot


def test_clean_replaces_what_no_xml_may_hold():
    assert clean("a\x00\ud800\ufffe\u202eb\tc") == "a����b    c"


def test_quotes_close():
    assert quoted("end\\") == '"end\\\\"'
    assert quoted_lines(["a", 'b"']) == '"a\\nb\\""'


@pytest.mark.parametrize(
    ("format", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_every_format_is_drawn(format, start, tmp_path):
    drawing = draw(neuron())
    path = drawing.save(tmp_path / f"figure.{format}")
    assert path.read_bytes().startswith(start)
    assert os.listdir(tmp_path) == [f"figure.{format}"]


def test_dot_is_saved_as_text(tmp_path):
    drawing = draw(neuron())
    assert drawing.save(tmp_path / "figure.dot").read_text(encoding="utf-8") == drawing.dot


def test_svg_shrinks_with_the_page():
    root = ElementTree.fromstring(draw(neuron()).svg)
    assert root.attrib["style"] == "max-width:100%;height:auto"
    assert {"width", "height", "viewBox"} <= set(root.attrib)


def test_nothing_is_written_to_stderr(capfd):
    draw(neuron()).render("png")
    assert capfd.readouterr() == ("", "")


def test_threads_draw_at_the_same_time():
    drawing, pictures = draw(neuron()), []
    threads = [threading.Thread(target=lambda: pictures.append(drawing.svg)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pictures) == 8
    assert len(set(pictures)) == 1


def test_a_notebook_shows_svg_and_text():
    bundle = draw(neuron())._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/svg+xml"}
    assert "∂a/∂z = 1 − a² = 0.7864" in bundle["text/plain"]


def without_renderer(monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest):
        if name.split(".")[0] == "pygraphviz":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setenv("PATH", "")


def test_a_missing_renderer_is_named_with_the_install_command(monkeypatch):
    without_renderer(monkeypatch)
    with pytest.raises(RendererError, match=r"no Graphviz to draw png with; .*pip install"):
        draw(neuron()).render("png")
    assert set(draw(neuron())._repr_mimebundle_()) == {"text/plain"}
    assert set(draw_dot(neuron())._repr_mimebundle_()) == {"text/plain"}


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for dot is a shell script")
@pytest.mark.parametrize(("script", "fails"), [("cat", False), ("echo no >&2; exit 1", True)])
def test_a_native_dot_is_used_where_there_is_no_pygraphviz(monkeypatch, tmp_path, script, fails):
    program = tmp_path / "dot"
    program.write_text(f"#!/bin/sh\nPATH=/bin:/usr/bin\n{script}\n")
    program.chmod(0o755)
    without_renderer(monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path))
    if fails:
        with pytest.raises(RendererError, match="could not draw the figure: no"):
            render("digraph {}", "png")
    else:
        assert render("digraph {}", "png") == b"digraph {}"


def test_refused_dot_is_an_error_with_graphviz_own_words():
    with pytest.raises(RendererError, match=r"could not draw the figure: .*syntax error"):
        render("digraph { [ }", "svg")


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="format='gif'; expected one of svg, png, pdf, dot"):
        render("digraph {}", "gif")


@pytest.mark.parametrize("name", ["figure", "figure.gif"])
def test_an_unknown_ending_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match=r"no known ending; expected one of \.svg"):
        draw(neuron()).save(tmp_path / name)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"there is no folder .*absent; make it first"):
        draw(neuron()).save(tmp_path / "absent" / "figure.svg")


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "figure.svg").mkdir()
    with pytest.raises(OutputError, match="it is a folder; name a file in it"):
        draw(neuron()).save(tmp_path / "figure.svg")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "figure.svg"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match=r"figure\.svg: no space left on device; name a folder"):
        write_whole(path, b"new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["figure.svg"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="it is a file; name a folder"):
        writable_folder(tmp_path / "file")
    with pytest.raises(OutputError, match="not a directory; name a folder"):
        writable_folder(tmp_path / "file" / "below")


def test_text_is_drawn_on_a_machine_without_fonts(tmp_path):
    program = """
import re, sys
from viz import draw
import viz.renderers.render
render = sys.modules["viz.renderers.render"]
from viz.demo import neuron
hidden = re.sub("<dir[^f]*?>.*?</dir>", "", render._FONTCONFIG.replace("{fonts}", "FONTS"))
assert "FONTS" not in hidden
hidden = hidden.replace("<fontconfig>", "<fontconfig><dir>{fonts}</dir>")
render._FONTCONFIG = hidden if sys.argv[1] == "ours" else hidden.replace("{fonts}", "/none")
sys.stdout.buffer.write(draw(neuron()).png)
"""
    pictures = {}
    for fonts in ("ours", "none"):
        done = subprocess.run(
            [sys.executable, "-c", program, fonts], capture_output=True, check=True
        )
        pictures[fonts] = done.stdout
    assert pictures["ours"].startswith(b"\x89PNG")
    assert pictures["ours"] != pictures["none"]


def test_importing_viz_imports_no_plotter_and_no_renderer():
    program = (
        "import sys, viz, viz.cli; "
        "print([m for m in ('matplotlib', 'pygraphviz', 'graphviz', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_a_drawing_says_what_it_is():
    assert repr(draw(neuron())) == "Drawing('graph of J', 13 nodes, 13 edges)"
    assert isinstance(draw(neuron()), Drawing)


def test_no_line_of_a_label_is_empty():
    # Graphviz 14 crashes on a frame whose label is nothing but line ends.
    assert quoted_lines(["", "a", ""]) == '" \\na\\n "'
    dot = draw(labelled("\n\n")).dot
    assert 'label=" " labeljust' in dot


def hub(uses):
    x = ag.Value(1.0, label="x")
    y = x
    for _ in range(uses):
        y = y * x
    return y


def test_labels_of_a_crowded_graph_stand_beside_their_edges():
    assert "xlabel=" in draw(hub(60)).dot
    assert "nslimit=2" in draw(hub(60)).dot
    assert "xlabel=" not in draw(hub(10)).dot


def test_several_files_are_written_all_or_none(tmp_path):
    (tmp_path / "b.svg").mkdir()
    with pytest.raises(OutputError, match=r"b\.svg: it is a folder"):
        write_all([(tmp_path / "a.svg", b"a"), (tmp_path / "b.svg", b"b")])
    with pytest.raises(OutputError, match="there is no folder"):
        write_all([(tmp_path / "a.svg", b"a"), (tmp_path / "none" / "b.svg", b"b")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.svg"]


def test_a_disk_that_fills_up_leaves_the_old_files(tmp_path, monkeypatch):
    (tmp_path / "a.svg").write_bytes(b"old")
    rename, calls = os.fdopen, []

    def full(*args):
        calls.append(args)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return rename(*args)

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(OutputError, match="no space left on device"):
        write_all([(tmp_path / "a.svg", b"new"), (tmp_path / "b.svg", b"new")])
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]
    assert (tmp_path / "a.svg").read_bytes() == b"old"
