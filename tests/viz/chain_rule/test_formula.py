"""Formulas: what the rules print when they are run on symbols."""

import numpy as np
import pytest

import autograd as ag
from autograd.graph import Graph
from autograd.ops import OPS
from autograd.value import record
from viz.chain_rule.formula import Formula, choice, lifted, operand
from viz.chain_rule.local_derivative import local_derivative
from viz.chain_rule.names import Names


def recorded(op, sample):
    values = tuple(ag.Value(x) for x in sample.inputs)
    with np.errstate(all="ignore"):
        return record(op, values, dict(sample.settings) or None)


def test_the_op_table_is_not_empty():
    assert sum(len(op.samples()) for op in OPS.values()) > 100


@pytest.mark.parametrize("op", OPS.values(), ids=OPS.keys())
def test_every_rule_prints_a_formula_whose_numbers_are_its_own(op):
    for k, sample in enumerate(op.samples()):
        try:
            check_formula_of_each_rule(op, sample)
        except Exception as error:
            error.add_note(f"at sample {k} of the op")
            raise


def check_formula_of_each_rule(op, sample):
    value = recorded(op, sample)
    names = [f"x{i}" for i in range(len(value.inputs))]
    for slot in range(len(value.inputs)):
        local = local_derivative(value, slot, names, "y")
        if op.rules[slot] is None:
            assert local is None
            continue
        assert local.formula
        if op.__module__.startswith("autograd.ops."):
            assert "′(" not in local.formula, "a rule of plain NumPy is printed, not just named"
        assert "Formula" not in local.text
        if local.data is None:
            continue
        inputs = [x.data for x in value.inputs]
        ones = np.ones(value.shape)[()]
        with np.errstate(all="ignore"):
            expected = op.rules[slot](ones, value.data, *inputs, **(value.settings or {}))
        np.testing.assert_array_equal(np.asarray(local.data), np.asarray(expected))


def formula_of(function, *inputs, slot=0, names=("a", "b"), out="y"):
    value = function(*(ag.Value(x) for x in inputs))
    return local_derivative(value, slot, names[: len(inputs)], out)


@pytest.mark.parametrize(
    ("function", "slot", "expected"),
    [
        (lambda a, b: a * b, 0, "∂y/∂a = b = 3"),
        (lambda a, b: a * b, 1, "∂y/∂b = a = 2"),
        (lambda a, b: a + b, 0, "∂y/∂a = 1"),
        (lambda a, b: a - b, 1, "∂y/∂b = −1"),
        (lambda a, b: a / b, 0, "∂y/∂a = 1 / b = 0.3333"),
        (lambda a, b: a / b, 1, "∂y/∂b = −y / b = −0.2222"),
    ],
)
def test_an_edge_reads_symbol_formula_number(function, slot, expected):
    assert formula_of(function, 2.0, 3.0, slot=slot).text == expected


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (ag.tanh, "1 − y²"),
        (ag.sigmoid, "y · (1 − y)"),
        (ag.relu, "1 if a > 0 else 0"),
        (ag.exp, "y"),
        (ag.log, "1 / a"),
        (ag.sqrt, "1 / (2 · y)"),
        (lambda a: a**3, "3 · a²"),
        (lambda a: a**2, "2 · a"),
        (lambda a: a**1, "1"),
        (lambda a: -a, "−1"),
    ],
)
def test_one_times_is_left_out(function, expected):
    value = function(ag.Value(0.5))
    assert local_derivative(value, 0, ["a", "2"][: len(value.inputs)], "y").formula == expected


def test_matrix_rules_are_written_on_delta():
    rng = np.random.default_rng(0)
    value = ag.affine(rng.normal(size=(5, 3)), ag.Value(rng.normal(size=(2, 3))), np.zeros(2))
    local = local_derivative(value, 1, ["a", "W", "b"], "z")
    assert local.text == "passes δᵀ a"
    assert local.data is None


def test_undone_broadcasting_is_said():
    value = ag.Value(np.ones((4, 3))) + ag.Value(np.ones(3))
    assert local_derivative(value, 1, ["a", "b"], "y").text.endswith("Σ over axis 0")


def test_superscripts_do_not_run_together():
    a = Formula("a¹", 2.0)
    assert str(a * a) == "(a¹)²"
    assert str(Formula("W²", np.ones((2, 2))).T) == "(W²)ᵀ"


def test_brackets_keep_the_meaning():
    a, b, c = (Formula(name, 2.0) for name in "abc")
    assert str((a + b) * c) == "(a + b) · c"
    assert str(a - (b - c)) == "a − (b − c)"
    assert str(a / (b * c)) == "a / (b · c)"
    assert str((-a) ** 2) == "(−a)²"
    assert str(-(a + b)) == "−(a + b)"
    assert str(a * -0.5) == "a · (−0.5)"
    assert str(a - -b) == "a − (−b)"


def test_comparisons_write_a_condition_and_decide_on_the_data():
    a = Formula("a", np.array([1.0, -1.0]))
    assert str(a > 0) == "a > 0"
    assert str(choice(a >= 0, a, 0.0)) == "a if a ≥ 0 else 0"
    assert bool(Formula("b", 3.0) > 2)
    assert str(choice(False, a, 0.0)) == "0"


def test_methods_and_functions_of_numpy_are_written():
    a = Formula("a", np.ones((2, 3)))
    assert str(a.reshape(3, 2)) == "reshape(a)"
    assert str(np.sign(a)) == "sign(a)"
    assert str(np.tanh(a)) == "tanh(a)"
    assert str(a[0, 1:]) == "a[0, 1:]"
    assert str(np.cumsum(a)) == "cumsum(a)"
    assert (a.shape, a.ndim, a.size, len(a)) == ((2, 3), 2, 6, 2)


def test_plain_numbers_and_arrays_become_terms():
    assert str(lifted(-2.0)) == "−2"
    assert str(lifted(np.array([1.0, 2.0]))) == "[1, 2]"


def test_a_rule_that_formulas_cannot_run_gets_a_generic_form(monkeypatch):
    value = ag.Value(2.0).tanh()

    def stubborn(delta, out, a):
        if isinstance(delta, Formula):
            raise TypeError("numbers only")
        return delta * (1 - out * out)

    monkeypatch.setattr(value.op, "rules", (stubborn,))
    local = local_derivative(value, 0, ["a"], "y")
    assert local.formula == "tanh′(a)"
    assert float(local.data) == pytest.approx(1 - np.tanh(2.0) ** 2)


a, b, zero = Formula("a", 3.0), Formula("b", 2.0), lifted(0.0)


@pytest.mark.parametrize(
    ("written", "text", "data"),
    [
        (1.5 / b, "1.5 / b", 0.75), (5.0**b, "5 ** b", 25.0), (abs(-a), "|−a|", 3.0),
        (zero + a, "a", 3.0), (a + zero, "a", 3.0), (a - zero, "a", 3.0), (zero - a, "−a", -3.0),
        ((-a).__neg__(), "a", 3.0), (a.copy(), "a", 3.0), (~(a < b), "not (a < b)", True),
    ],
)  # fmt: skip
def test_numbers_on_either_side_and_zeros_are_written_plainly(written, text, data):
    assert (str(written), written.data) == (text, data)
    assert float(written) == data
    assert repr(written).startswith(f"Formula({text!r}, ")


def test_a_matrix_of_numbers_may_stand_on_the_left():
    vector = Formula("v", np.array([1.0, 2.0]))
    product = vector.__rmatmul__(np.array([[1.0, 0.0], [1.0, 1.0]]))
    np.testing.assert_array_equal(product.data, [1.0, 3.0])
    assert str(product).endswith(" v")


def test_methods_of_numpy_functions_and_things_that_are_no_numbers_are_written_by_name():
    vector = Formula("v", np.array([1.0, 2.0]))
    summed = np.add.reduce(vector)
    assert summed.data == 3.0
    assert str(summed) == "add.reduce(v)"
    assert str(lifted("text")) == "text"


def test_an_operand_has_its_name_unless_it_is_a_plain_number():
    assert [operand(x, "c").text for x in (2, np.float64(-0.5), np.ones(3))] == ["2", "−0.5", "c"]


def test_operands_without_a_label_are_written_out_as_deep_as_is_asked():
    a, b = ag.Value(2.0, label="a"), ag.Value(3.0, label="b")
    root = ((a * b + 1).tanh() * np.ones(2)).sum()
    names = Names(Graph(root))
    deep = [[term.text for term in names.terms(root, depth)] for depth in range(4)]
    assert deep == [["u₄"], ["u₃ · c₁"], ["tanh(u₂) · c₁"], ["tanh(u₁ + 1) · c₁"]]
