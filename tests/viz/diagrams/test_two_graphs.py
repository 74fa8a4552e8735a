"""More than one state: moments of a trace, two states compared, the graph of a derivative."""

import numpy as np
import pytest

import autograd as ag
import nn
from viz import compare, diagram, draw_derivative
from viz.diagrams.comparison import compare_states
from viz.diagrams.derivative_view import derivative_diagram


def loss(w0=2.0):
    w, x = ag.Value(w0, label="w"), ag.Value(0.5, label="x")
    z = w * x
    J = (z.tanh() + z) ** 2
    z.label, J.label = "z", "J"
    J.backward()
    return J


def test_a_diagram_shows_any_moment_of_a_trace():
    t = ag.trace(loss)
    J = t.result
    states = {}
    for i in range(-1, len(t)):
        shown = diagram(J, at=t.at(i))
        states.setdefault((shown.node("z").state, shown.node("z").uses), shown.node("z").gradient)
    assert list(states) == [
        ("not reached", (0, 0)), ("not reached", (0, 2)), ("partial", (1, 2)), ("final", (2, 2)),
    ]  # fmt: skip
    assert diagram(J, at=t.at(-1)).node("J").value == "—"
    last = diagram(J, at=t.last)
    assert [n.gradient for n in last.nodes] == [n.gradient for n in diagram(J).nodes]
    assert [e.passed for e in last.edges] == [e.passed for e in diagram(J).edges]


def test_an_arrow_back_appears_when_its_contribution_has_happened():
    t = ag.trace(loss)
    for i in range(len(t)):
        shown = diagram(t.result, at=t.at(i), backward=True)
        back = sum(1 for edge in shown.edges if edge.kind == "backward")
        assert back == sum(1 for event in t[: i + 1] if event.kind == "contribution")
    assert back == 6


def test_half_a_gradient_is_the_first_contribution():
    t = ag.trace(loss)
    for i in range(len(t)):
        node = diagram(t.result, at=t.at(i)).node("z")
        if node.state == "partial":
            z = next(v for v in ag.Graph(t.result) if v.label == "z")
            assert node.grad == t.at(i).delta(z) == 2 * float(t.result.inputs[0].data)
            return
    raise AssertionError("no moment at which one of two uses had brought its part")


def test_data_that_was_overwritten_since_shows_no_present_derivative():
    def step():
        w = ag.Value(2.0, label="w")
        J = w * w
        J.backward()
        w.data = 5.0
        return J

    t = ag.trace(step)
    before = t.first(kind="update").index - 1
    shown = diagram(t.result, at=t.at(before))
    assert shown.node("w").value == "2"
    assert [e.text for e in shown.edges] == ["", ""]


def test_two_states_stand_in_each_box_with_what_changed():
    found = compare_states(loss(2.0), loss(1.5))
    w, x = found.difference.node("w"), found.difference.node("x")
    assert w.value == "2 → 1.5"
    assert w.changed.startswith("value −0.5, gradient ")
    assert (x.value, x.changed[:9]) == ("0.5", "gradient ")
    edge = found.difference.out_of(w)[0]
    assert edge.text == "∂z/∂w = x = 0.5"
    assert found.difference.out_of(x)[0].text == "∂z/∂x: 2 → 1.5"
    assert (
        found.difference.note == "6 of 7 boxes differ" or " boxes differ" in found.difference.note
    )


def test_equal_states_do_not_differ():
    found = compare_states(loss(), loss())
    assert found.difference.note.startswith("0 of ")
    assert {n.changed for n in found.difference.nodes} == {""}


def test_before_and_after_are_drawn_in_the_same_places():
    drawn = compare(loss(2.0), loss(1.5))
    boxes = [positions(d.svg) for d in (drawn, drawn.before, drawn.after)]
    assert boxes[0] == boxes[1] == boxes[2]
    assert len(boxes[0]) == len(drawn.diagram.nodes)


def positions(svg):
    import re

    groups = re.findall(r'class="node">.*?</g>', svg, flags=re.DOTALL)
    return [re.search(r'(points|d)="([^" ]+)', group)[2] for group in groups]


def test_traces_and_moments_of_traces_are_compared():
    one, two = ag.trace(loss, 2.0), ag.trace(loss, 1.5)
    assert compare(one, two).diagram.node("w").value == "2 → 1.5"
    moments = compare(one.at(len(one) // 2), one.last).diagram
    assert [n.gradient for n in moments.nodes if "—" in n.gradient]


def test_arrows_back_of_the_later_moment_are_drawn():
    t = ag.trace(loss)
    drawn = compare(t.at(len(t) // 2), t.last, backward=True)
    back = [edge for edge in drawn.diagram.edges if edge.kind == "backward"]
    assert len(back) == 6
    assert positions(drawn.before.svg) == positions(drawn.after.svg)


def test_a_gradient_that_appears_is_said():
    a = ag.Value(3.0, label="a")
    y = a * a
    b = ag.Value(3.0, label="a")
    z = b * b
    z.backward()
    assert compare(y, z).diagram.node("a").changed == "gradient not reached → final"


def test_arrays_show_their_largest_change():
    def batch(shift):
        model = nn.MLP(2, [2], seed=0)
        J = nn.mse(model(np.ones((3, 2)) + shift), np.zeros((3, 2)))
        J.backward()
        return J

    assert "value up to" in compare(batch(0.0), batch(0.5)).diagram.node("z¹").changed


@pytest.mark.parametrize(
    ("one", "two", "error", "message"),
    [
        (
            lambda: ag.Value(1.0) * 2,
            lambda: ag.Value(1.0) + 2,
            ValueError,
            r"got u₁ = p₁ · 2 on one",
        ),
        (lambda: ag.Value(1.0) * 2, lambda: ag.Value(1.0) * 2 * 3, ValueError, "graphs of 3 and 5"),
        (lambda: 3.0, lambda: ag.Value(1.0), TypeError, "got float; expected a Value, a trace"),
        (lambda: ag.trace(lambda: 3), lambda: ag.Value(1.0), TypeError, "returned no Value"),
    ],
)
def test_what_cannot_be_compared_is_refused(one, two, error, message):
    with pytest.raises(error, match=message):
        compare(one(), two())


def test_operands_in_another_order_are_another_graph():
    def graph(swap):
        a, b = ag.Value(1.0), ag.Value(2.0)
        return b - a if swap else a - b

    with pytest.raises(ValueError, match="used in different places"):
        compare(graph(False), graph(True))


def test_the_derivative_is_a_graph_below_the_graph():
    J = loss()
    w = next(v for v in ag.Graph(J) if v.label == "w")
    w.zero_grad()
    shown = derivative_diagram(J)
    below = [n for n in shown.nodes if n.kind == "derivative"]
    named = {n.name: n for n in below}
    assert w.grad is None
    first = ag.grad(lambda w: (np.tanh(w * 0.5) + w * 0.5) ** 2)(2.0)
    assert named["∂J/∂w"].data == pytest.approx(first, rel=1e-12)
    assert named["∂J/∂w"].form == "∂J/∂z · x"
    assert [c.title for c in shown.clusters] == ["forward", "backward: the gradients as a graph"]
    ids = {n.id for n in below}
    assert all(e.kind == "backward" for e in shown.edges if e.source in ids and e.target in ids)
    across = [e for e in shown.edges if e.kind == "across"]
    assert across
    assert all(e.source not in ids and e.target in ids for e in across)


def test_gradients_stand_in_line_with_their_values():
    svg = draw_derivative(loss()).svg
    assert "∂J/∂z" in svg
    assert "backward: the gradients as a graph" in svg


def test_a_derivative_of_too_much_is_refused():
    with pytest.raises(
        ValueError, match=r"got 6 values, \d+ with their gradients; expected at most"
    ):
        draw_derivative(loss(), limit=8)


def test_a_graph_may_have_several_roots():
    a = ag.Value(1.0)
    b, c = a * 2, a * 3
    assert len(ag.Graph(b, c)) == 3
    with pytest.raises(TypeError, match="Graph\\(\\) got int"):
        ag.Graph(b, 3)
