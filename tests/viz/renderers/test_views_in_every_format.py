"""Every view in every format: graphs, networks, derivatives, comparisons, folded graphs."""

import json
import re
from xml.etree import ElementTree

import jsonschema
import numpy as np
import pytest

import autograd as ag
import nn
from viz import Drawing, compare, diagram, draw, draw_backprop, draw_derivative, draw_network
from viz.renderers.crowding import texts_in_boxes
from viz.renderers.drawing import ENDINGS
from viz.renderers.placing import place
from viz.renderers.plain_json import SCHEMA

X, Y = np.array([[0.5, -1.0], [1.0, 2.0]]), np.array([[1.0], [0.0]])


def model():
    return nn.MLP(2, [10, 1], activation="tanh", seed=0)


def loss(w0=2.0):
    w, x = ag.Value(w0, label="w"), ag.Value(-0.5, label="x")
    with ag.scope("outer"):
        z = w * x
        with ag.scope("inner"):
            J = z.relu() + z.tanh() * x.detach()
    J.label = "J"
    J.backward()
    return J


def chain():
    x = ag.Value(1.0, label="x")
    for _ in range(600):
        x = x * 1.01
    x.backward()
    return x


VIEWS = {
    "graph": lambda: draw(loss(), backward=True),
    "closed": lambda: draw(loss(), collapse="outer"),
    "folded": lambda: draw(chain()),
    "layers": lambda: draw_backprop(model(), X, Y),
    "network": lambda: draw_network(model(), X, Y),
    "downwards": lambda: draw_network(model(), rankdir="TB", palette="print"),
    "derivative": lambda: draw_derivative(loss()),
    "comparison": lambda: compare(loss(), loss(1.0), palette="cs231n", theme="dark"),
    "empty array": lambda: draw(ag.Value(np.zeros((0, 3)), label="e").sum()),
}


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_whole_in_every_format_that_is_text(view):
    drawing = VIEWS[view]()
    written = {format: drawing.render(format).decode() for format in set(ENDINGS.values()) - BINARY}
    jsonschema.validate(json.loads(written["json"]), SCHEMA)
    shown = len(drawing.diagram.nodes)
    assert len(re.findall(r"\\node\[[^]]*\] \(n\d+\) at ", written["tikz"])) == shown
    assert written["tikz"].count("{") == written["tikz"].count("}")
    assert written["mermaid"].count("subgraph") == len(drawing.diagram.clusters)
    assert drawing.tree()
    if drawing.diagram.note:
        assert all(drawing.diagram.note in text for text in (written["text"], drawing.tree()))


BINARY = {"svg", "png", "pdf"}


@pytest.mark.parametrize("view", VIEWS)
def test_each_svg_parses_and_every_reference_in_it_resolves(view):
    svg = VIEWS[view]().svg
    root = ElementTree.fromstring(svg)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.endswith("href")
            for reference in re.findall(r"url\(#([^)]+)\)", value):
                assert reference in ids
    described = [e for e in root if e.tag.rpartition("}")[2] in ("title", "desc")]
    assert [e.tag.rpartition("}")[2] for e in described] == ["title", "desc"]
    assert all((e.text or "").strip() for e in described)


def test_what_each_tells_apart_it_does_not_tell_by_colour_alone():
    network = draw_network(model())
    assert "stroke-dasharray" in network.svg
    assert "minus,dashed," in network.tikz
    blocked = draw(loss(), backward=True)
    for written in (blocked.svg, blocked.mermaid, str(blocked), blocked.listing()):
        assert "⊘" in written
    assert "blocked,dotted" in blocked.tikz


def test_a_way_back_is_a_row_of_its_op_where_the_graph_is_crowded():
    boxed = texts_in_boxes(diagram(loss(), backward=True))
    rows = [row for node in boxed.nodes for row in node.rows]
    assert [row for row in rows if row.startswith("to w: δ · x = ")]


def test_forward_values_that_the_derivative_reads_are_dotted():
    drawing = VIEWS["derivative"]()
    across = sum(1 for edge in drawing.diagram.edges if edge.kind == "across")
    assert across
    assert drawing.tikz.count("muted,dotted") == across
    places = place(drawing.diagram)
    below = [node for node in drawing.diagram.nodes if node.kind == "derivative"]
    assert len({places[node.id].x for node in below}) > 2


def test_the_same_view_gives_the_same_bytes():
    for view in ("graph", "network", "derivative", "comparison"):
        assert VIEWS[view]().svg == VIEWS[view]().svg


def test_a_drawing_with_unknown_format_is_refused():
    with pytest.raises(ValueError, match="format='gif'; expected one of svg, png"):
        Drawing(diagram(loss())).render("gif")


def test_an_op_without_a_rule_is_marked():
    class Round2(ag.Op):
        """Rounded, with no derivative."""

        pattern = "round2({a})"

        @staticmethod
        def forward(a):
            return np.round(a, 2)

        @staticmethod
        def samples():
            return [ag.Sample((0.5,))]

    try:
        edge = diagram(ag.apply(Round2, ag.Value(2.0, label="x"))).edges[0]
    finally:
        ag.ops.base.OPS.pop("round2", None)
    assert (edge.text, edge.blocked) == ("not differentiable", "not differentiable")
