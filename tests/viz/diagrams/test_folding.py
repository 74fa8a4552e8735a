"""Folding: scopes closed and open, large graphs in a few boxes, never a circle."""

import time

import numpy as np
import pytest

import autograd as ag
import nn
from viz import diagram, draw
from viz.diagrams.folding import fold, has_circle


def chain(length):
    x = ag.Value(1.0, label="x")
    for _ in range(length):
        x = x * 1.0001
    return x


def network(samples, sizes=(3, 1)):
    model = nn.unroll(nn.MLP(2, list(sizes), activation="tanh", seed=0))
    total = ag.Value(0.0, label="zero")
    for i in range(samples):
        with ag.scope(f"sample {i + 1}"):
            total = total + (model([0.5, 1.0 - i]) - 1.0) ** 2
    return total


def boxes(shown):
    return [node.name for node in shown.nodes if node.kind == "folded"]


def test_a_long_chain_is_folded_by_age_and_says_so():
    root = chain(1000)
    root.backward()
    shown = diagram(root)
    assert shown.note == "1,001 values; 989 of them are folded into 4 boxes"
    assert [node.folded for node in shown.nodes if node.folded] == [248, 248, 248, 245]
    first = shown.nodes[0]
    assert first.name == "earlier values from test_folding.py:17 'x * 1.0001'"
    assert first.rows == ("248 values: 247 *, 1 leaf", "1 parameter")
    assert (first.form, first.state) == ("u₂₄₇", "final")
    assert len([n for n in shown.nodes if n.kind in ("result", "root")]) == 12


def test_the_limit_decides_what_is_drawn_one_by_one():
    assert len(diagram(chain(30), limit=31).nodes) == 61
    assert [n.folded for n in diagram(chain(30), limit=5).nodes if n.folded] == [7, 7, 7, 5]
    assert [n.kind for n in diagram(chain(3), limit=1).nodes][-1] == "root"


def test_layers_of_a_network_are_closed_first():
    root = nn.unroll(nn.MLP(2, [16, 16, 1], activation="tanh", seed=0))([0.5, -1.0])
    shown = diagram(root)
    assert boxes(shown) == ["layer 1", "layer 2", "layer 3"]
    assert [e.text for e in shown.edges if e.text.endswith("uses")][:2] == ["256 uses", "16 uses"]
    assert shown.nodes[0].rows == ("128 values: 32 *, 32 +, 16 tanh, 48 leaves", "48 parameters")


def test_runs_in_numbered_scopes_share_a_box():
    shown = diagram(network(60))
    assert boxes(shown)[:2] == ["layer 1, 60 runs", "layer 2, 60 runs"]
    assert len(shown.nodes) < 40


def test_steps_that_feed_each_other_fold_without_a_circle():
    h = ag.Value(0.1, label="h")
    w = ag.Value(0.9, label="w")
    for step in range(300):
        with ag.scope(f"step {step}"):
            with ag.scope("cell"):
                u = (h * w).tanh()
            h = u + 0.1
    graph = ag.Graph(h)
    folding = fold(graph, 100)
    assert not has_circle(graph, folding.homes)
    assert len(diagram(h, limit=100).nodes) < 40


def test_a_circle_is_seen():
    a = ag.Value(1.0)
    b = a * 2
    c = b * 3
    graph = ag.Graph(c * 4)
    from viz.diagrams.folding import Group

    group = Group("ends")
    assert has_circle(graph, {a: group, c: group})
    assert not has_circle(graph, {a: group, b: group})


def nested():
    x = ag.Value(np.ones(3), label="x")
    with ag.scope("encoder"):
        with ag.scope("layer 1"):
            h = (x * 2).tanh()
        with ag.scope("layer 2"):
            h = (h * 3).tanh()
    with ag.scope("head"):
        return (h * 4).sum()


@pytest.mark.parametrize(
    ("options", "closed", "frames"),
    [
        ({}, [], ["encoder", "encoder.layer 1", "encoder.layer 2", "head"]),
        ({"depth": 0}, ["encoder", "head"], ["head"]),
        ({"depth": 1}, ["layer 1", "layer 2"], ["encoder", "head"]),
        ({"collapse": "encoder"}, ["encoder"], ["head"]),
        ({"collapse": ["*.layer 1"]}, ["layer 1"], ["encoder", "encoder.layer 2", "head"]),
        ({"depth": 1, "expand": "*.layer 2"}, ["layer 1"], ["encoder", "encoder.layer 2", "head"]),
    ],
)
def test_scopes_open_and_close_by_depth_and_path(options, closed, frames):
    shown = diagram(nested(), **options)
    assert boxes(shown) == closed
    assert [cluster.path for cluster in shown.clusters] == frames


def test_a_closed_box_carries_the_gradient_of_the_one_value_that_leaves_it():
    root = nested()
    root.backward()
    node = diagram(root, collapse="encoder").nodes[0]
    assert (node.form, node.state) == ("u₄", "final")
    assert node.gradient == "[4, 4, 4]"
    edge = diagram(root, collapse="encoder").out_of(node)[0]
    assert edge.text.startswith("∂u₅/∂u₄ = 4")


def test_a_negative_depth_is_refused():
    with pytest.raises(ValueError, match="depth=-1; expected 0 or more open scopes"):
        diagram(nested(), depth=-1)


@pytest.mark.slow
def test_a_hundred_thousand_values_fold_in_three_seconds():
    root = chain(100_000)
    start = time.process_time()
    picture = draw(root)
    svg = picture.svg
    assert time.process_time() - start < 3
    assert "100,001 values; 99,989 of them are folded into 4 boxes" in svg


@pytest.mark.slow
def test_a_thousand_values_are_drawn_in_two_seconds():
    rng = np.random.default_rng(0)
    values = [ag.Value(0.5, label=f"v{i}") for i in range(20)]
    for _ in range(980):
        i, j = rng.integers(max(0, len(values) - 200), len(values), 2)
        values.append(values[i] * values[j])
    root = ag.stack(values).sum()
    start = time.process_time()
    svg = draw(root, limit=10_000).svg
    assert time.process_time() - start < 2
    assert svg.count('class="node"') >= 1002


def test_twenty_values_are_drawn_in_twenty_milliseconds():
    root = network(1, (2, 1))
    draw(root).render()
    times = []
    for _ in range(5):
        start = time.process_time()
        draw(root).render()
        times.append(time.process_time() - start)
    assert len(ag.Graph(root)) >= 20
    assert min(times) < 0.02


def test_the_rule_of_all_inputs_runs_once_for_all_edges_of_a_value(monkeypatch):
    runs = []
    rule = ag.ops.Stack.wrt_inputs

    def counted(delta, out, *inputs, **settings):
        runs.append(len(inputs))
        return rule(delta, out, *inputs, **settings)

    monkeypatch.setattr(ag.ops.Stack, "wrt_inputs", staticmethod(counted))
    leaves = [ag.Value(0.5 + k, label=f"x{k}") for k in range(6)]
    text = draw(ag.stack(leaves)).dot
    assert runs == [6]
    assert all(f"δ[{k}]" in text for k in range(6))
