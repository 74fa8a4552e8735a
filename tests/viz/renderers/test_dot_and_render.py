"""DOT text and pictures: hostile labels, every format, missing renderers, files."""

import builtins
import os
import re
import subprocess
import sys
import threading
from xml.etree import ElementTree

import pytest

import autograd as ag
import nn
from viz import Drawing, OutputError, RendererError, diagram, draw, draw_dot
from viz.cleaning import clean
from viz.demo import neuron
from viz.diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from viz.output import writable_folder, write_all, write_whole
from viz.renderers.crowding import by_ranks, is_crowded, texts_in_boxes
from viz.renderers.dot import quoted, quoted_lines, to_dot
from viz.renderers.placing import place
from viz.renderers.render import render

render_module = sys.modules["viz.renderers.render"]

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
from viz.diagrams.diagram import Diagram, DiagramEdge, DiagramNode
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


def test_texts_of_a_crowded_graph_stand_in_the_boxes_of_their_ops():
    crowded = draw(hub(60))
    assert is_crowded(crowded.diagram)
    dot = crowded.dot
    assert " label=" not in "".join(line for line in dot.splitlines() if " -> n" in line)
    assert "δ —\\n∂u₂/∂u₁ = x = 1\\n∂u₂/∂x = u₁ = 1" in dot
    assert "nslimit=2" in dot
    assert "from x: ∂u₂/∂x = u₁ = 1" in str(crowded)
    assert not is_crowded(diagram(hub(10)))


def test_a_box_takes_in_a_few_texts_and_counts_the_others():
    values = [ag.Value(1.0, label=f"v{i}") for i in range(9)]
    boxed = texts_in_boxes(diagram(ag.stack(values).sum()))
    rows = boxed.node("u₁").rows
    assert (len(rows), rows[-1]) == (5, "… 5 more")
    assert all(edge.symbol and not edge.text for edge in boxed.edges)


def test_long_edges_are_laid_out_by_ranks_of_our_own():
    picture = draw(hub(300))
    places = place(texts_in_boxes(picture.diagram))
    assert [places[node.id].x for node in picture.diagram.nodes] == sorted(
        places[node.id].x for node in picture.diagram.nodes
    )
    svg = picture.svg
    assert svg.count('class="node"') == 301
    assert svg == draw(hub(300)).svg


@pytest.mark.parametrize(("boxes", "ours"), [(2_400, False), (2_600, True)])
def test_many_boxes_are_laid_out_by_ranks_of_our_own(boxes, ours):
    nodes = tuple(DiagramNode(f"n{k}", "result", f"u{k}") for k in range(boxes))
    edges = tuple(DiagramEdge(f"n{k}", f"n{k + 1}") for k in range(boxes - 1))
    assert by_ranks(Diagram("a chain", nodes, edges)) is ours


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_boxes_of_our_own_layout_do_not_overlap(rankdir):
    model = nn.unroll(nn.MLP(2, [4, 1], activation="tanh", seed=0))
    shown = diagram(model([0.5, 1.0]), limit=1000)
    places = list(place(shown, rankdir).values())
    for i, a in enumerate(places):
        for b in places[:i]:
            wide, high = (a.width + b.width) / 2, (a.height + b.height) / 2
            assert abs(a.x - b.x) >= wide or abs(a.y - b.y) >= high


def test_boxes_of_our_own_layout_hold_their_text():
    # What Graphviz measures with the font itself is not wider than what the layout allows.
    shown = diagram(labelled("WWWW MMMM wide @@ letters and more of them"))
    found = re.findall(r'width="?([\d.]+)', laid_out(to_dot(shown)))
    widths = {node.id: float(width) for node, width in zip(shown.nodes, found, strict=False)}
    for node in shown.nodes:
        assert place(shown)[node.id].width >= 72 * widths[node.id] * 0.95


def laid_out(dot):
    import pygraphviz

    graph = pygraphviz.AGraph(string=dot)
    graph.layout(prog="dot")
    return "\n".join(f"width={graph.get_node(f'n{i}').attr['width']}" for i in range(3))


@pytest.mark.skipif(os.name == "nt", reason="fontconfig is not asked there")
def test_a_users_font_configuration_without_fonts_leaves_ours(tmp_path):
    empty = tmp_path / "empty.conf"
    empty.write_text('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>')
    program = (
        "import os, sys; from viz import draw; from viz.demo import neuron\n"
        "picture = draw(neuron()).png\n"
        "assert os.environ.get('FONTCONFIG_FILE', '') == sys.argv[1]\n"
        "sys.stdout.buffer.write(picture)"
    )
    pictures = []
    for given in ("", str(empty)):
        environment = dict(os.environ)
        environment.pop("FONTCONFIG_FILE", None)
        if given:
            environment["FONTCONFIG_FILE"] = given
        command = [sys.executable, "-c", program, given]
        done = subprocess.run(command, capture_output=True, check=True, env=environment)
        pictures.append(done.stdout)
    assert pictures[0] == pictures[1]


def test_a_native_graphviz_gets_the_places_and_then_the_cells(monkeypatch):
    calls = []

    def run(program, dot, format, placed=False):
        calls.append((format, placed))
        if format == "plain":
            return b"graph 1 2 2\nnode n0 1 0.5 2 1 W solid box black white\nstop\n"
        return dot.encode()

    monkeypatch.setattr(render_module, "_embedded", lambda: None)
    monkeypatch.setattr(render_module.shutil, "which", lambda _: "dot")
    monkeypatch.setattr(render_module, "_run", run)
    seen = {}

    def overlay(boxes):
        seen.update(boxes)
        return [("h0", {"pos": "1,2", "style": '""'})]

    drawn = render('digraph { n0 [label="W"] }', "svg", overlay).decode()
    assert seen == {"n0": (72.0, 36.0, 144.0, 72.0)}
    assert calls == [("plain", False), ("dot", False), ("svg", True)]
    assert drawn.endswith('h0 [pos="1,2" style=""]\n}')


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
