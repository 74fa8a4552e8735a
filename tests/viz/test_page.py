"""The page of a trace: its record replays to the same gradients, nothing in it can break out."""

import contextlib
import html
import itertools
import json
import math
import operator
import re
import time
import xml.etree.ElementTree as ET
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Value
from viz.output import OutputError
from viz.page.groups import DRAWN, FOLD
from viz.page.page import in_script, notebook, page
from viz.page.record import plain, record

BINARY = {"*": operator.mul, "+": operator.add, "-": operator.sub}
HOSTILE = [
    "</script><script>alert(1)</script>",
    "\"<&\\{|}'>",
    "עברית\u202eabc",
    "🧠 ∂J/∂w",
    "line\nbreak\x00\x1b[31m",
    "x" * 10_000,
    "\ud800 lone",
    "$title ${js}",
]


def scalar_trace(label="J"):
    """A loss in which one value is used twice, with its backward pass."""
    a, b = Value(3.0, label="a"), Value(-2.0, label="b")

    def run():
        c = a * a
        loss = (c * b + a).tanh() * 0.5 + c
        loss.label = label
        loss.backward()

    return ag.trace(run)


def loop_trace():
    """Two steps of gradient descent on arrays: passes, zeroing and updates."""
    model = nn.MLP(3, [4, 2], activation="tanh", seed=0)
    optimizer = nn.SGD(model.parameters(), learning_rate=0.1)
    X = np.random.default_rng(0).normal(size=(5, 3))

    def run():
        for _ in range(2):
            optimizer.zero_grad()
            nn.mse(model(X), np.zeros((5, 2))).backward()
            optimizer.step()

    return ag.trace(run)


def number(x):
    """A value of the record as NumPy data."""
    if x is None:
        return None
    if isinstance(x, dict):
        return np.array([float(c) for c in x["d"]]).reshape(x["s"])
    return float(x)


def replayed(data):
    """Values and gradients after each event, computed from the record alone."""
    nodes = data["nodes"]
    value, grad, delta = ([None] * len(nodes) for _ in range(3))
    held, stores, states, product = set(), True, [], None
    for k, (kind, node, *rest) in enumerate(data["events"]):
        for given_node, x, g, since in data["given"]:
            if since == k or (k == 0 and since < 0):
                value[given_node], grad[given_node] = number(x), number(g)
        after = None
        if kind == 0:
            value[node] = number(rest[0])
        elif kind == 1:
            delta, held = [None] * len(nodes), set()
            stores = rest[1] if len(rest) > 1 else True
            after = number(rest[0])
        elif kind == 2:
            product = number(rest[1])
        elif kind == 3 and rest[0] == 2:
            grad[node] = number(rest[1])
        elif kind == 3:
            known = rest[1] if len(rest) > 1 else None
            before = delta[node]
            after = product if before is None else before + product
            after = after if known is None else number(known)
        elif kind == 4:
            grad[node] = number(rest[0])
        elif rest[0]:
            grad[node] = number(rest[1])
        else:
            value[node] = number(rest[1])
        if after is not None:
            leaf = nodes[node][2] == ""
            if leaf and grad[node] is not None and delta[node] is None:
                held.add(node)
            delta[node] = after
            if node not in held and (stores is True or (stores and (not leaf or node in stores))):
                grad[node] = after
        states.append((list(value), list(grad)))
    return states


def same(a, b):
    return (a is None and b is None) or np.array_equal(a, b, equal_nan=True)


def assert_replays(trace):
    """Every state of the record is the trace's, to the last bit."""
    data = json.loads(json.dumps(record(trace), allow_nan=False))
    for k, (values, gradients) in enumerate(replayed(data)):
        state = trace.at(k)
        for node in trace.nodes:
            assert same(values[node.id], state.value(node)), (k, node)
            assert same(gradients[node.id], state.grad(node)), (k, node)


@pytest.mark.parametrize("make", [scalar_trace, loop_trace])
def test_the_record_replays_to_every_state_of_the_trace(make):
    assert_replays(make())


def test_the_record_replays_where_gradients_are_only_asked_for_or_kept_for_some():
    a, b = Value(1.5, label="a"), Value(0.5, label="b")

    def run():
        loss = a * b + a
        loss.backward(inputs=[a])
        ag.grad(lambda x: x * x * b)(2.0)
        (a * a).backward()

    assert_replays(ag.trace(run))


def test_the_record_replays_hooks_and_leaves_made_on_the_way():
    a = Value(1.5, label="a")
    a.register_hook(lambda delta: delta * 10)

    def run():
        x = Value(2.0, label="x")
        (a * x).backward()
        y = Value(np.float32(3.0), label="y")
        (y * y + y).backward()

    trace = ag.trace(run)
    assert_replays(trace)
    assert trace.last.grad("a") == 20


@given(st.lists(st.sampled_from(["*", "+", "tanh", "-"]), min_size=1, max_size=12), st.integers())
def test_the_record_of_a_random_graph_replays(names, seed):
    rng = np.random.default_rng(abs(seed))
    values = [Value(x) for x in rng.normal(size=3)]

    def run():
        for name in names:
            a, b = (values[k] for k in rng.integers(0, len(values), size=2))
            values.append(a.tanh() if name == "tanh" else BINARY[name](a, b))
        values[-1].backward()

    assert_replays(ag.trace(run))


@pytest.mark.parametrize("x", [0.1, -0.0, 1e300, 5e-324, 3.0, math.nan, math.inf, -math.inf])
def test_a_number_survives_json_to_the_last_bit(x):
    told = number(json.loads(json.dumps(plain(np.float64(x)), allow_nan=False)))
    assert np.float64(told).tobytes() == np.float64(x).tobytes() or math.isnan(x)


def svg_of(text):
    return ET.fromstring(re.search(r"<svg id=\"graph\".*?\n</svg>", text, re.DOTALL).group(0))


def test_the_picture_shows_the_last_state_without_a_script():
    trace = scalar_trace()
    shown = ["".join(x.itertext()) for x in svg_of(page(trace)).iter() if x.tag.endswith("text")]
    assert "δ 1" in shown
    assert f"δ {trace.last.grad('a'):.4g}".replace("-", "−") in shown


def test_every_value_has_a_box_and_every_use_an_arrow():
    trace = scalar_trace()
    ids = [x.get("id") for x in svg_of(page(trace)).iter() if x.get("id")]
    assert len(ids) == len(set(ids))
    assert {f"n{node.id}" for node in trace.nodes} <= set(ids)
    square = next(node for node in trace.nodes if node.form == "a * a")
    assert {f"g{square.id}_0", f"g{square.id}_1"} <= set(ids)


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_label_stays_text(label):
    trace = scalar_trace(label)
    text = page(trace)
    text.encode()
    svg_of(text)
    assert text.count("<script") == 2
    assert text.count("</script>") == 2
    data = re.search(r'id="trace">(.*?)</script>', text, re.DOTALL).group(1)
    assert json.loads(data)["nodes"][-1][0] == trace.nodes[-1].name.replace("\ud800", "\ufffd")


def test_json_in_a_script_element_cannot_end_it():
    text = in_script({"a": "</script><!--\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!--\u2028"}


def test_the_page_asks_for_nothing_from_elsewhere():
    text = page(scalar_trace())
    assert "default-src 'none'" in text
    assert re.findall(r'(?:src|href)="(?!#)', text) == []
    assert not re.search(r"https?://(?!www\.w3\.org/1998/Math/MathML)", text)


def test_the_same_run_gives_the_same_bytes():
    assert page(scalar_trace()) == page(scalar_trace())


def test_the_style_of_the_page_has_no_white_space_for_readers():
    style = page(scalar_trace()).split("<style>")[1].split("</style>")[0]
    assert ": " not in style
    assert " {" not in style
    assert "\n" not in style.strip()
    source = resources.files("viz.page").joinpath("stepper.css").read_text(encoding="utf-8")
    assert "'" not in source
    assert not any(set(text) & set("{};,:") for text in source.split('"')[1::2])


def test_sizes_keep_their_budget():
    model = nn.unroll(nn.MLP(2, [3, 1], activation="tanh", seed=0))

    def run():
        ((model([0.5, -1.0]) - 1) ** 2).backward()

    small = ag.trace(run)
    assert 30 <= len(small.nodes) <= 40
    assert len(page(small).encode()) <= 50_000


@pytest.mark.slow
def test_a_large_graph_keeps_its_budget_and_begins_with_an_overview():
    model = nn.unroll(nn.MLP(2, [16, 16, 1], activation="tanh", seed=0))

    def run():
        ((model([0.5, -1.0]) - 1) ** 2).backward()

    trace = ag.trace(run)
    text = page(trace)
    assert len(trace.nodes) > FOLD
    assert len(text.encode()) <= 600 * len(trace.nodes)
    names = [name for name, *_ in record(trace)["groups"]]
    assert names[:3] == ["layer 1", "layer 2", "layer 3"]
    assert {node for _, nodes, _ in record(trace)["groups"] for node in nodes} == {
        node.id for node in trace.nodes
    }


def test_a_leaf_that_one_layer_uses_stands_in_it():
    data = record(loop_trace())
    names = {node[0]: node[4] for node in data["nodes"]}
    assert data["layers"][names["W¹"]]["name"] == "layer 1"


def test_a_large_array_tells_its_first_elements():
    told = plain(np.arange(1000.0).reshape(10, 100))
    assert told["s"] == [10, 100]
    assert told["d"] == list(range(256))


def test_a_notebook_gets_a_frame_that_may_run_its_script_only():
    text = notebook(scalar_trace())
    assert text.startswith('<iframe sandbox="allow-scripts" ')
    inner = html.unescape(re.search(r'srcdoc="(.*?)"></iframe>', text, re.DOTALL).group(1))
    assert inner == page(scalar_trace())
    assert scalar_trace()._repr_html_() == text


def test_a_page_is_saved_whole_or_not_at_all(tmp_path):
    path = scalar_trace().save_html(tmp_path / "step.html")
    assert path.read_text(encoding="utf-8") == page(scalar_trace())
    with pytest.raises(OutputError, match="there is no folder"):
        scalar_trace().save_html(tmp_path / "nowhere" / "step.html")


def test_a_trace_in_which_nothing_happened_is_refused():
    with pytest.raises(ValueError, match="the trace has no event: nothing was computed on Values"):
        page(ag.trace(lambda: None))


def test_the_overview_of_a_large_graph_has_a_box_for_each_layer_and_each_value_aside(monkeypatch):
    trace = loop_trace()
    assert 'id="over"' not in page(trace)
    monkeypatch.setattr("viz.page.groups.FOLD", 4)
    found = record(trace)["groups"]
    layers = [name for name, *_ in found if name.startswith("layer ")]
    assert layers == sorted(set(layers))
    assert len(layers) >= 1
    nodes = [node for _, group, _ in found for node in group]
    assert sorted(nodes) == [node.id for node in trace.nodes]
    svg = page(trace).split('<g id="over"')[1]
    assert svg.count('class="nd grp"') == len(found)


def test_many_values_outside_of_layers_are_one_box_and_a_graph_without_layers_has_none(monkeypatch):
    monkeypatch.setattr("viz.page.groups.FOLD", 4)
    assert record(scalar_trace())["groups"] == []
    monkeypatch.setattr("viz.page.groups.ALONE", 1)
    names = [name for name, *_ in record(loop_trace())["groups"]]
    assert names.count("outside of layers") == 1
    assert names[-1] == "outside of layers"
    assert all(name.startswith("layer ") for name in names[:-1])


def samples_trace(values, scoped=False):
    """A network of scalars without layers over so many samples that it has ``values`` values."""
    rng = np.random.default_rng(0)
    sizes = [2, 16, 16, 1]
    layers = [rng.normal(size=(b, a)) for a, b in itertools.pairwise(sizes)]
    weights = [[[Value(w) for w in row] for row in layer] for layer in layers]

    def sample():
        x = [0.5, -1.0]
        for layer in weights:
            x = [sum((w * v for w, v in zip(row, x, strict=True)), 0.0).tanh() for row in layer]
        return x[0]

    def run():
        total = Value(0.0)
        for k in range(values // 640 + 1):
            with ag.scope(f"sample {k}") if scoped else contextlib.nullcontext():
                total = total + sample()
        total.backward()

    return ag.trace(run)


def texts_of(element):
    return ["".join(x.itertext()) for x in element.iter() if x.tag.endswith("text")]


def test_a_graph_of_many_values_is_folded_by_age_and_the_page_says_so(monkeypatch):
    monkeypatch.setattr("viz.page.groups.FOLD", 20)
    monkeypatch.setattr("viz.page.groups.DRAWN", 40)
    x = Value(0.5, label="x")

    def run():
        y = x
        for _ in range(30):
            y = y * 1.01 + 0.001
        y.backward()

    trace = ag.trace(run)
    text = page(trace)
    assert "61 values; 49 of them are folded into 4 boxes, " in text
    boxes = [box for box in svg_of(text).iter() if "grp" in box.get("class", "")]
    assert texts_of(boxes[0]) == ["x … u12", "13 of 13 values", f"max |δ| {1.01**30:.4g}"]
    assert texts_of(boxes[-1]) == ["u60", f"{float(trace.last.value('u60')):.4g}", "δ 1"]
    assert len(boxes) == 16
    title = next("".join(x.itertext()) for x in boxes[0].iter() if x.tag.endswith("title"))
    assert title.startswith("earlier values from test_page.py:")
    assert 'id="n0"' not in text
    assert '<g id="over" data-view' in text
    assert_replays(trace)


def test_the_overview_of_an_empty_gradient_tells_it_from_zero(monkeypatch):
    monkeypatch.setattr("viz.page.groups.FOLD", 4)
    monkeypatch.setattr("viz.page.groups.DRAWN", 13)
    x = Value(0.5, label="x")

    def shown(factor, back):
        def run():
            y = x * factor
            for _ in range(15):
                y = y * 1.0
            if back:
                y.backward()

        x.zero_grad()
        boxes = [b for b in svg_of(page(ag.trace(run))).iter() if "grp" in b.get("class", "")]
        return texts_of(boxes[0])[-1]

    assert shown(0.0, back=False) == "δ —"
    assert shown(0.0, back=True).startswith("max |δ| ")
    assert shown(float("nan"), back=True) == "max |δ| NaN"


def test_many_numbered_scopes_share_a_box_of_the_overview_or_are_folded_by_age(monkeypatch):
    x = Value(0.5, label="x")

    def run():
        total = x * 0.0
        for k in range(150):
            with ag.scope("start" if k < 50 else f"sample {k}"):
                total = total + (x * float(k)).tanh()
        total.backward()

    monkeypatch.setattr("viz.page.groups.FOLD", 20)
    found = record(ag.trace(run))["groups"]
    assert [(name, len(nodes)) for name, nodes, _ in found] == [
        ("start", 150), ("sample *", 300), ("x", 1), ("u1", 1),
    ]  # fmt: skip
    monkeypatch.setattr("viz.page.groups.READABLE", 3)
    found = record(ag.trace(run))["groups"]
    assert len(found) == 16
    assert sum(len(nodes) for _, nodes, _ in found) == 452


def test_a_large_graph_of_one_scope_is_folded_by_age(monkeypatch):
    monkeypatch.setattr("viz.page.groups.FOLD", 4)
    monkeypatch.setattr("viz.page.groups.DRAWN", 20)
    x = Value(0.5, label="x")

    def run():
        with ag.scope("model"):
            y = x
            for _ in range(30):
                y = y * 1.5
        y.backward()

    assert [len(nodes) for _, nodes, _ in record(ag.trace(run))["groups"]][:4] == [5, 5, 5, 4]


def test_a_crossed_graph_is_laid_out_by_ranks_in_a_moment():
    trace = samples_trace(2_000)
    assert FOLD < len(trace.nodes) <= DRAWN
    start = time.perf_counter()
    svg = svg_of(page(trace))
    assert time.perf_counter() - start < 20
    boxes = {}
    for box in svg.iter():
        if box.get("id", "").startswith("n"):
            boxes[box.get("id")] = tuple(map(int, re.findall(r"-?\d+", box.get("transform"))))
    assert len(boxes) == len(trace.nodes)
    assert len(set(boxes.values())) == len(boxes)
    left, top, width, height = map(float, svg.get("viewBox").split())
    assert all(left < x < left + width and top < y < top + height for x, y in boxes.values())
    # Each arrow begins at the right side of its operand's box and ends at the left of its own.
    node = trace.nodes[-1]
    (arrow,) = [g for g in svg.iter() if g.get("id") == f"g{node.id}_1"]
    x, y, *steps = map(int, re.findall(r"-?\d+", next(iter(arrow)).get("d")))
    from_x, from_y = boxes[f"n{node.inputs[1].id}"]
    to_x, to_y = boxes[f"n{node.id}"]
    assert (x, y) == pytest.approx((from_x + 48, from_y), abs=1)
    assert (x + steps[-2], y + steps[-1]) == pytest.approx((to_x - 48, to_y), abs=1)


@pytest.mark.slow
@pytest.mark.parametrize(("scoped", "boxes"), [(False, 4), (True, 95)])
def test_a_page_of_60_000_values_is_written_in_seconds(scoped, boxes):
    trace = samples_trace(60_000, scoped)
    assert len(trace.nodes) > 60_000
    start = time.perf_counter()
    text = page(trace)
    # About five seconds on a free machine; without folding it would be hours.
    assert time.perf_counter() - start < 60
    assert len(text.encode()) < 300 * len(trace.nodes)
    assert f"of them are folded into {boxes} boxes" in text
    assert text.count('class="nd ') <= 100
