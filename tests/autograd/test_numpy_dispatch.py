"""NumPy on Values: what records, what answers on the data, what is refused."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.ops import numpy_table


@pytest.fixture
def v():
    return Value([[1.0, 2.0], [3.0, 4.0]], label="v")


REFUSED = [
    lambda v: np.asarray(v), lambda v: np.array(v), lambda v: np.array([v, v]),
    lambda v: np.asarray(v, dtype=object), lambda v: np.asarray(v, dtype=np.float32),
    lambda v: np.full((2, 2), v), lambda v: np.zeros((2, 2)).__setitem__(0, v[0]),
    lambda v: np.sum([v, v]), lambda v: np.mean([v[0], v[1]]), lambda v: np.ma.array(v),
    lambda v: np.random.default_rng(0).permutation(v), lambda v: np.zeros(4)[v],
]  # fmt: skip


@pytest.mark.parametrize("convert", REFUSED)
def test_turning_a_value_into_a_plain_array_is_refused(v, convert):
    with pytest.raises(
        TypeError,
        match=r"into a plain array and lose its graph. Use .data .*.detach\(\) for a constant",
    ):
        convert(v)


def test_a_constant_turns_into_an_array_of_its_own(v):
    constant = v.detach()
    array = np.asarray(constant)
    array[0, 0] = 100.0
    assert type(array) is np.ndarray
    assert constant.data[0, 0] == v.data[0, 0] == 1.0
    assert np.asarray(constant, dtype=np.float32).dtype == np.float32
    assert np.array([constant, constant]).shape == (2, 2, 2)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda v: np.convolve(v, v), "np.convolve"),
        (lambda v: np.linalg.cond(v), "np.linalg.cond"),
        (lambda v: np.fft.fft(v), "np.fft.fft"),
        (lambda v: np.median(v), "np.median"),
        (lambda v: np.polyfit(v[0], v[1], 1), "np.polyfit"),
    ],
)
def test_a_function_without_a_rule_is_named(v, call, name):
    with pytest.raises(TypeError, match=name + r" has no derivative rule here. Apply it to .data"):
        call(v)


@pytest.mark.parametrize("ufunc", [np.nextafter, np.spacing, np.gcd, np.frexp, np.ldexp])
def test_a_ufunc_without_a_rule_lists_those_that_have_one(v, ufunc):
    inputs = (v,) * ufunc.nin
    with pytest.raises(TypeError, match=rf"np.{ufunc.__name__} has no derivative rule.*np.add"):
        ufunc(*inputs)


def test_bits_have_no_operators(v):
    for operate in (lambda: v << 1, lambda: v & 1, lambda: 2 | v, lambda: ~v):
        with pytest.raises(TypeError, match=r"unsupported operand|bad operand"):
            operate()
    for operate in (lambda: np.ones(2, int) >> v, lambda: np.ones(2, int) & v):
        with pytest.raises(TypeError, match="has no derivative rule"):
            operate()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda v: np.add.reduce(v), r"np.add.reduce\(\) does not record; use np.sum"),
        (lambda v: np.maximum.reduce(v), r"np.maximum.reduce\(\) does not record; use np.max"),
        (lambda v: np.multiply.outer(v, v), r"np.multiply.outer\(\) does not record; use the fun"),
        (lambda v: np.add.accumulate(v), r"np.add.accumulate\(\) does not record"),
        (lambda v: np.add.at(v, 0, 1.0), r"np.add.at\(\) does not record"),
        (lambda v: np.add.at(np.ones(2), 0, v[0, 0]), r"np.add.at\(\) does not record"),
        (lambda v: np.add(v, 1, out=np.ones((2, 2))), r"np.add got out=, .* y = … instead"),
        (lambda v: np.ones((2, 2)).__iadd__(v), r"np.add got out=.* array = array \+ v"),
        (lambda v: np.add(v, 1, where=v.data > 1), r"np.add on Values got where=; expected no"),
        (lambda v: np.tanh(v, dtype=np.float32), r"np.tanh on Values got dtype="),
        (lambda v: np.sum(v, dtype=float), r"np.sum on Values got dtype=.*only axis, keepdims"),
        (lambda v: np.sum(v, initial=1.0), r"np.sum on Values got initial=1.0"),
        (lambda v: np.sum(v, where=v.data > 1), r"np.sum on Values got where="),
        (lambda v: np.sum(v, out=np.ones(())), r"np.sum on Values got out="),
        (lambda v: np.mean(v, dtype=np.float16), r"np.mean on Values got dtype="),
        (lambda v: np.max(v, initial=0.0), r"np.max on Values got initial="),
        (lambda v: np.reshape(v, 4, order="F"), r"np.reshape on Values got order='F'.*shape"),
        (lambda v: np.broadcast_to(v, (2, 2), subok=True), r"got subok=True"),
        (lambda v: np.stack([v], dtype=float), r"np.stack on Values got dtype="),
        (lambda v: np.where(v), r"np.where on Values expects np.where\(condition, a, b\)"),
    ],
)
def test_what_numpy_could_do_and_a_value_cannot_is_refused(v, call, message):
    with pytest.raises(TypeError, match=message):
        call(v)


@pytest.mark.parametrize(
    "compute",
    [
        lambda v: np.sum(v, axis=0), lambda v: np.sum(v, 1), lambda v: np.sum(a=v, keepdims=True),
        lambda v: np.max(v, axis=(0, 1)), lambda v: np.mean(v, axis=-1, keepdims=True),
        lambda v: np.reshape(v, (4,)), lambda v: np.reshape(v, -1), lambda v: np.transpose(v),
        lambda v: np.transpose(v, (1, 0)), lambda v: np.swapaxes(v, 0, 1),
        lambda v: np.expand_dims(v, axis=1), lambda v: np.broadcast_to(v, (3, 2, 2)),
        lambda v: np.stack([v, np.ones((2, 2))], axis=-1), lambda v: np.stack((v, v)),
        lambda v: np.matmul(v, [1.0, 2.0]), lambda v: np.where([True, False], v, 2.0),
        lambda v: np.where(v > 2, v, -v), lambda v: np.power(v, 2), lambda v: np.abs(-v),
        lambda v: np.add(v, 1, out=None), lambda v: np.subtract(np.ones(2), v),
        lambda v: np.sum(np.tanh(v) * np.float64(2) + np.exp(np.ones(2))),
    ],
)  # fmt: skip
def test_numpy_functions_record_and_compute_as_on_arrays(v, compute):
    out = compute(v)
    assert type(out) is Value
    assert out.requires_grad
    np.testing.assert_allclose(out.data, compute(v.data), rtol=1e-14)
    out.backward(np.ones(out.shape))
    assert v.grad.shape == (2, 2)


@pytest.mark.parametrize(
    "look",
    [
        np.isnan, np.isfinite, np.isinf, np.signbit, np.argmax, np.argmin, np.argsort, np.shape,
        np.ndim, np.size, np.zeros_like, np.ones_like, np.any, np.all, np.count_nonzero,
        np.nonzero, np.array_repr, np.array_str, np.result_type, np.logical_not,
        lambda v: np.full_like(v, 3), lambda v: np.allclose(v, v), lambda v: np.isclose(v, 2.0),
        lambda v: np.array_equal(v, v), lambda v: np.greater(v, 2), lambda v: np.equal(2, v),
        lambda v: np.logical_and(v > 1, v), lambda v: np.argmax(v, axis=0),
    ],
)  # fmt: skip
def test_functions_that_only_look_answer_on_the_data(v, look):
    answer, expected = look(v), look(v.data)
    assert type(answer) is type(expected)
    np.testing.assert_array_equal(answer, expected)


def test_every_stand_in_is_a_numpy_callable_used_once():
    table = list(numpy_table())
    assert len(table) >= 20
    assert len({function for function, _ in table}) == len(table)


COMPARISONS = [
    lambda a, b: a == b, lambda a, b: a != b, lambda a, b: a < b, lambda a, b: a <= b,
    lambda a, b: a > b, lambda a, b: a >= b,
]  # fmt: skip


@pytest.mark.parametrize("compare", COMPARISONS)
def test_comparisons_give_plain_booleans_on_either_side(v, compare):
    for other in (2, 2.0, np.float64(2), np.array([2.0, 4.0]), [2.0, 4.0], Value([2.0, 4.0])):
        bare = other.data if isinstance(other, Value) else np.asarray(other)
        for answer, expected in (
            (compare(v, other), compare(v.data, bare)),
            (compare(other, v), compare(bare, v.data)),
        ):
            assert type(answer) is np.ndarray
            assert answer.dtype == bool
            np.testing.assert_array_equal(answer, expected)
    assert type(compare(Value(1.0), 2.0)) is np.bool
    assert not isinstance(compare(Value(1.0), Value(2.0)), Value)


def test_comparing_with_none_or_text_is_false():
    assert bool(Value(1.0) == None) is False  # noqa: E711
    assert Value(1.0) != None  # noqa: E711
    assert Value(1.0) != "a"
    assert not (Value([1.0, 2.0]) == None).any()  # noqa: E711


def test_hashing_is_by_identity():
    a, b = Value(1.0), Value(1.0)
    assert hash(a) == hash(a)
    assert len({a, b, a}) == 2
    table = {a: "a", b: "b"}
    assert (table[a], table[b]) == ("a", "b")
    assert {Value([1.0, 2.0]): 1, Value([1.0, 2.0]): 2}.__len__() == 2


def test_sorting_and_python_max_compare_the_data():
    values = [Value(3.0), Value(1.0), Value(2.0)]
    assert [v.data for v in sorted(values)] == [1.0, 2.0, 3.0]
    assert max(values) is values[0]
    assert 2.0 in values


def test_a_where_condition_may_be_an_array_of_any_order():
    v = Value(np.arange(6.0).reshape(2, 3))
    conditions = [np.array([[1, 0], [0, 1], [1, 1]], dtype=bool).T, np.True_, [True, False, True]]
    conditions += [np.arange(6.0).reshape(2, 3)[:, ::-1], Value([[0.0], [1.0]])]
    for condition in conditions:
        bare = condition.data if isinstance(condition, Value) else condition
        out = np.where(condition, v, 0.0)
        np.testing.assert_array_equal(out.data, np.where(bare, v.data, 0.0))
        np.testing.assert_array_equal(ag.where(condition, v, 0.0).data, out.data)


def test_a_function_argument_missing_is_named_as_numpy_does(v):
    with pytest.raises(TypeError, match="axis2"):
        np.swapaxes(v, 0)


def test_a_masked_array_does_not_swallow_the_graph():
    v = Value([1.0, 2.0], label="v")
    masked = np.ma.array([1.0, 2.0], mask=[True, False])
    for combine in (lambda: masked * v, lambda: v * masked, lambda: masked + v):
        with pytest.raises(TypeError, match=r"masked array|lose its graph"):
            combine()
