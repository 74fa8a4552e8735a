"""Formats that are text: listing, tree, Mermaid, TikZ, LaTeX, JSON; whatever a label holds."""

import json
import re

import jsonschema
import numpy as np
import pytest

import autograd as ag
import nn
from viz import diagram, draw
from viz.demo import neuron
from viz.diagrams.graph_view import Reached
from viz.renderers.drawing import Drawing
from viz.renderers.plain_json import SCHEMA, debugger_json
from viz.renderers.style import PALETTES, STYLES, THEMES, style
from viz.renderers.text import listing, text, tree

HOSTILE = [
    '"<&\\{}|`', "one\ntwo\r\nthree\u2028four", "مرحبا", "</script><script>alert(1)</script>",
    "trailing\\", '"] --> evil["', "end", "$x_1^2$ % #5 ~", "\x00\x07\x1b[31m", "\ud800\ufffe",
    "x" * 10_000, "`**bold**`", "   ", "}} \\end{document}", "#quot;", "'; title: x",
]  # fmt: skip
TEXT_FORMATS = ["dot", "text", "mermaid", "tikz", "latex", "json"]


def labelled(label):
    with ag.scope(label):
        y = ag.Value(2.0, label=label) * ag.Value(3.0, label="w")
    y.label = label
    y.backward()
    return y


def test_the_listing_runs_forward_and_backward():
    a, b = ag.Value(2.0, label="a"), ag.Value(3.0, label="b")
    J = a * b + a
    J.label = "J"
    assert listing(diagram(J)).splitlines()[-2:] == [
        "backward",
        "  — no backward pass has run",
    ]
    J.backward()
    assert listing(diagram(J)).splitlines() == [
        "graph of J: forward",
        "  a   = parameter  = 2",
        "  b   = parameter  = 3",
        "  u₁  = a · b      = 6",
        "  J   = u₁ + a     = 8",
        "backward",
        "  ∂J/∂J   = seed                = 1",
        "  ∂J/∂u₁  = ∂J/∂J               = 1",
        "  ∂J/∂a   = ∂J/∂J               = 1",
        "  ∂J/∂a  += ∂J/∂u₁ · b = 1 · 3  = 3",
        "  ∂J/∂b   = ∂J/∂u₁ · a = 1 · 2  = 2",
    ]


def test_transposes_of_a_gradient_are_bracketed_in_the_listing():
    model = nn.MLP(2, [2], seed=0)
    J = nn.mse(model(np.ones((3, 2))), np.zeros((3, 2)))
    J.backward()
    assert "(∂J/∂z¹)ᵀ c₁" in listing(diagram(J))


def test_a_value_used_twice_is_told_once_in_the_tree():
    a = ag.Value(2.0, label="a")
    assert tree(diagram(a * a)).splitlines() == [
        "u₁ = a · a   value 4   δ —",
        "├─ a   value 2   δ —   [∂u₁/∂a = a = 2]",
        "└─ a (above)   [∂u₁/∂a = a = 2]",
    ]


def test_a_deep_tree_does_not_recurse():
    x = ag.Value(1.0, label="x")
    for _ in range(3000):
        x = x * 1.0
    assert len(tree(diagram(x, limit=10_000)).splitlines()) == 6001


def test_a_partial_gradient_and_a_blocked_one_are_told():
    a = ag.Value(-3.0, label="a")
    y = a.relu() * a
    shown = text(diagram(y, reached={a: Reached(2.0, 1, 2)}))
    assert "δ 2 (1 of 2 uses)" in shown
    assert "⊘ dead ReLU: ∂u₁/∂a = 1 if a > 0 else 0 = 0" in shown


@pytest.mark.parametrize("format", TEXT_FORMATS)
@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_leave_every_format_whole(format, label):
    written = draw(labelled(label), backward=True).render(format).decode()
    if format in ("mermaid", "json"):
        assert "<script" not in written
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", written)
    if format == "mermaid":
        for line in written.splitlines()[4:]:
            assert line.count('"') % 2 == 0
    if format == "json":
        jsonschema.validate(json.loads(written), SCHEMA)
        assert "<" not in written
    if format in ("tikz", "latex"):
        written = re.sub(r"(?m)^%.*$", "", written)
        bare = re.sub(r"\\[{}]", "", written)
        assert bare.count("{") == bare.count("}")
        assert written.count("\\end{document}") == (format == "tikz")


def test_json_carries_the_numbers_behind_the_texts():
    document = json.loads(draw(neuron(), backward=True).json)
    jsonschema.validate(document, SCHEMA)
    by_name = {node["name"]: node for node in document["nodes"]}
    assert by_name["w₁"]["grad"] == pytest.approx(-1.692, abs=1e-3)
    back = [edge for edge in document["edges"] if edge["kind"] == "backward"]
    into = [edge["contribution"] for edge in back if edge["target"] == by_name["e"]["id"]]
    assert sum(into) == pytest.approx(by_name["e"]["grad"], rel=1e-12)


def test_json_has_no_nan_and_leaves_huge_arrays_out():
    v = ag.Value([np.nan, np.inf, -np.inf, 0.0, 1.0], label="v")
    document = json.loads(draw(v.sum()).json)
    jsonschema.validate(document, SCHEMA)
    assert document["nodes"][0]["data"]["data"][:3] == ["NaN", "Infinity", "-Infinity"]
    huge = ag.Value(np.zeros(10_001), label="v")
    assert json.loads(draw(huge.sum()).json)["nodes"][0]["data"] is None


def test_the_debugger_of_vs_code_gets_a_graph():
    document = json.loads(
        debugger_json(diagram(neuron(), backward=True), STYLES["default", "light"])
    )
    assert document["kind"] == {"graph": True}
    assert {edge["from"] for edge in document["edges"]} <= {n["id"] for n in document["nodes"]}
    assert [edge["dashes"] for edge in document["edges"]] == [False] * 13 + [True] * 13


def test_mermaid_has_a_line_for_each_node_edge_and_frame():
    written = draw(neuron(), backward=True).mermaid
    assert written.startswith("---\ntitle: 'graph of J'\n---\nflowchart LR\n")
    assert written.count("-->|") == 13
    assert written.count("-.->|") == 13
    assert '  subgraph c0["neuron"]' in written
    assert "  linkStyle 13,14," in written


def test_tikz_places_every_node_and_frames_every_cluster():
    written = draw(neuron()).tikz
    assert len(re.findall(r"\\node\[[^]]*\] \(n\d+\) at \(", written)) == 13
    assert written.count(r"\draw[") == 13
    assert r"fit=(n0)(n1)" in written
    assert r"$\frac{\partial a}{\partial z} = 1 - a^{2} = 0.7864$" in written


def test_latex_adds_up_the_second_use():
    written = draw(neuron()).latex
    assert written.count(r"\begin{align*}") == 2
    assert written.count(r"\frac{\partial J}{\partial e} &\mathrel{+=}") == 1


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("f.gv", "digraph"), ("f.txt", "graph of J"), ("f.mmd", "---"), ("f.tikz", "% Needs"),
        ("f.tex", "% graph of J"), ("f.json", "{"),
    ],
)  # fmt: skip
def test_every_ending_names_a_format(name, start, tmp_path):
    written = draw(neuron()).save(tmp_path / name).read_text(encoding="utf-8")
    assert written.startswith(start)
    assert written.endswith("\n")


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_every_fill(palette, theme):
    chosen = style(palette, theme)
    fills = [fill for fill, _, _ in chosen.fills.values() if fill != "none"]
    for fill in [*fills, chosen.background]:
        assert contrast(chosen.text, fill) >= 7
        assert contrast(chosen.value_text, fill) >= 4.5
        assert contrast(chosen.gradient_text, fill) >= 4.5
        assert contrast(chosen.muted, fill) >= 4.5


def contrast(one, two):
    """Contrast ratio of two colours (WCAG 2.1)."""

    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted([luminance(one), luminance(two)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("options", "message"), [
    ({"palette": "pink"}, "palette='pink'; expected one of 'default', 'cs231n', 'print'"),
    ({"theme": "dusk"}, "theme='dusk'; expected one of 'light', 'dark'"),
])  # fmt: skip
def test_unknown_palettes_and_themes_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        draw(neuron(), **options)


def test_an_svg_says_what_it_shows_and_colours_values_and_gradients():
    svg = Drawing(diagram(neuron()), palette="cs231n").svg
    assert "<title>graph of J</title>" in svg
    assert "from a: ∂e/∂a = 1" in svg
    assert svg.count(f'fill="{style("cs231n").gradient_text}">δ ') == 13
    dark = draw(neuron(), theme="dark").svg
    assert 'fill="#15181c"' in dark
