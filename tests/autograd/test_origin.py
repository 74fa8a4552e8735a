"""Origin: the line and the exact sub-expression that made a value."""

import operator
import subprocess
import sys
from functools import reduce

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.origin import users_frame


# fmt: off
def on_one_line(a, b):
    return a * b + (a - b) / b ** 2


def over_lines(a, b):
    return (
        a *
        b
        + a.exp(
        )
    )


def with_bytes_that_are_no_characters(a, b):
    gewicht, größe = a, b
    return len("δσ∂名") + gewicht * größe
# fmt: on


def expressions(root):
    found = []
    for node in ag.Graph(root):
        if node.op is not None:
            found.append(node.origin.expression)
    return found


def test_each_operation_of_a_line_knows_its_own_part():
    out = on_one_line(Value(1.0), Value(2.0))
    assert expressions(out) == [
        "a * b", "a - b", "b ** 2", "(a - b) / b ** 2", "a * b + (a - b) / b ** 2",
    ]  # fmt: skip
    first = on_one_line.__code__.co_firstlineno
    for node in ag.Graph(out):
        if node.op is not None:
            place = node.origin
            assert (place.line, place.end_line) == (first + 1, first + 1)
            assert place.function == "on_one_line"
            assert place.filename == __file__
            assert place.end_column - place.column == len(place.expression)


def test_an_expression_over_several_lines_is_joined():
    out = over_lines(Value(1.0), Value(2.0))
    assert expressions(out) == ["a * b", "a.exp( )", "a * b + a.exp( )"]
    first = over_lines.__code__.co_firstlineno
    assert (out.origin.line, out.origin.end_line) == (first + 2, first + 5)


def test_columns_count_bytes_of_the_source():
    out = with_bytes_that_are_no_characters(Value(1.0), Value(2.0))
    assert expressions(out) == ["gewicht * größe", 'len("δσ∂名") + gewicht * größe']


@pytest.mark.parametrize(
    ("make", "expression"),
    [
        (lambda v: v.exp(), "v.exp()"),
        (lambda v: ag.exp(v), "ag.exp(v)"),
        (lambda v: np.exp(v), "np.exp(v)"),
        (lambda v: np.sum(v), "np.sum(v)"),
        (lambda v: -v, "-v"),
        (lambda v: abs(v), "abs(v)"),
        (lambda v: v.T, "v.T"),
        (lambda v: v[0], "v[0]"),
        (lambda v: next(iter(v)), "iter(v)"),
        (lambda v: 2 - v, "2 - v"),
        (lambda v: np.ones(2) * v, "np.ones(2) * v"),
        (lambda v: np.float64(2) * v, "np.float64(2) * v"),
        (lambda v: v @ [1.0, 2.0], "v @ [1.0, 2.0]"),
        (lambda v: [1.0, 2.0] @ v, "[1.0, 2.0] @ v"),
        (lambda v: ag.stack([v, v]), "ag.stack([v, v])"),
        (lambda v: np.stack([v, v]), "np.stack([v, v])"),
        (lambda v: ag.where(True, v, 0), "ag.where(True, v, 0)"),
        (lambda v: ag.softmax_cross_entropy(v, 0), "ag.softmax_cross_entropy(v, 0)"),
        (lambda v: ag.mean_squared_error(v, [1, 2]), "ag.mean_squared_error(v, [1, 2])"),
        (lambda v: ag.affine([1.0], v.reshape(2, 1), v), "ag.affine([1.0], v.reshape(2, 1), v)"),
        (lambda v: sum([v, v]), "sum([v, v])"),
        (lambda v: reduce(operator.mul, [v, v]), "reduce(operator.mul, [v, v])"),
        (lambda v: v.detach(), "v.detach()"),
        (lambda v: Value([1.0]), "Value([1.0])"),
        (lambda v: ag.broadcast_to(v, (2, 2)), "ag.broadcast_to(v, (2, 2))"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)  # fmt: skip
def test_every_way_of_calling_points_at_the_call(make, expression):
    v = Value([1.0, 2.0])
    made = make(v)
    assert made.origin.expression == expression
    assert made.origin.filename == __file__


def test_values_made_without_recording_know_their_line_too():
    v = Value([1.0, 2.0])
    with ag.no_grad():
        y = v.exp()
    assert y.origin.expression == "v.exp()"
    assert (Value(1.0, requires_grad=False) * 2).origin.expression.endswith("* 2")


def test_detach_works_at_the_top_level_of_a_script():
    code = "import autograd as ag\nd = ag.Value(1.0).detach()\nprint(d.origin.line)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.strip() == "2"


def test_a_subclass_is_made_where_its_user_stands():
    class Weight(Value):
        __slots__ = ()

    w = Weight(1.0)
    assert w.origin.expression == "Weight(1.0)"


def test_source_that_is_not_at_hand_leaves_the_line():
    scope = {"ag": ag}
    exec(compile("\n\ny = ag.Value(2.0) * 3", "<somewhere>", "exec"), scope)
    place = scope["y"].origin
    assert (place.filename, place.line, place.expression) == ("<somewhere>", 3, "")
    assert str(place) == "<somewhere>:3"
    assert "multiply at <somewhere>:3" in repr(scope["y"])


def test_code_without_positions_leaves_its_first_line():
    scope = {"ag": ag}
    exec(compile("\n\ny = ag.Value(2.0) * 3", __file__, "exec").replace(co_linetable=b""), scope)
    assert (scope["y"].origin.line, scope["y"].origin.expression) == (1, "")


def test_text_of_an_origin_is_file_line_and_expression():
    v = Value(1.0)
    y = v * 2
    assert str(y.origin) == f"test_origin.py:{y.origin.line} 'v * 2'"


def test_where_all_frames_are_the_librarys_the_place_is_the_innermost():
    made_in_the_library = compile("def one(): yield", ag.value.__file__, "exec")
    names = {}
    exec(made_in_the_library, names)
    frame = names["one"]().gi_frame
    assert frame.f_back is None
    assert users_frame(frame) is frame
    assert users_frame(sys._getframe()) is sys._getframe()
