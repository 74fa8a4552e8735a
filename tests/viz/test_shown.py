"""What notebooks and debuggers show of a Value, a model, a diagram and a trace."""

import json
import subprocess
import sys

import numpy as np

import autograd as ag
import nn
import viz.renderers.drawing
from viz import RendererError, draw
from viz.demo import neuron


def test_a_value_shows_its_graph_and_its_text():
    J = neuron()
    bundle = J._repr_mimebundle_()
    assert bundle["text/plain"] == repr(J)
    assert "∂J/∂e = e = −0.5379" in bundle["image/svg+xml"]
    assert set(ag.Value(3.0)._repr_mimebundle_()) == {"text/plain"}


def test_a_model_shows_its_network_and_never_fails():
    bundle = nn.MLP(2, [3, 1], seed=0)._repr_mimebundle_()
    assert "network 2-3-1" in bundle["image/svg+xml"]

    class Broken(nn.Module):
        def __init__(self):
            self.weight = ag.Value(np.ones((2, 2)))

        def forward(self, x):
            raise OSError("no")

    assert set(Broken()._repr_mimebundle_()) == {"text/plain"}


def test_a_trace_shows_what_its_function_returned():
    a = ag.Value(3.0, label="a")
    t = ag.trace(lambda: a * a)
    assert set(t._repr_mimebundle_()) == {"text/plain", "image/svg+xml"}
    assert set(ag.trace(lambda: None)._repr_mimebundle_()) == {"text/plain"}


def test_without_a_renderer_there_is_still_the_text(monkeypatch):
    def missing(*_, **__):
        raise RendererError("no Graphviz")

    monkeypatch.setattr(viz.renderers.drawing, "render", missing)
    for thing in (neuron(), nn.MLP(2, [1], seed=0), draw(neuron())):
        assert set(thing._repr_mimebundle_()) == {"text/plain"}


def test_the_debugger_gets_the_live_graph():
    a = ag.Value(3.0, label="a")
    y = a * a
    before, _ = json.loads(y.debug_json()), y.backward()
    after = json.loads(y.debug_json())
    assert before["kind"] == after["kind"] == {"graph": True}
    assert before["nodes"][0]["label"] == "a\nvalue 3\nδ —"
    assert after["nodes"][0]["label"] == "a\nvalue 3\nδ 6"
    assert len(after["edges"]) == len(before["edges"]) + 2


def test_where_no_floor_can_draw_a_value_is_its_text():
    program = (
        "import autograd.views as views, autograd as ag\n"
        "views._find_floors = lambda: None\n"
        "print(sorted((ag.Value(2.0) * 3)._repr_mimebundle_()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "['text/plain']"
