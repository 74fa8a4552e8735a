"""Data: what becomes the data of a Value, what is refused, and whose memory it is."""

import array
import datetime
import decimal
import enum
import fractions

import numpy as np
import pytest

import autograd as ag
from autograd import Value


class Level(enum.IntEnum):
    LOW = 2


class Grid(np.ndarray):
    """A subclass of ndarray."""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (2, 2.0), (2.5, 2.5), (True, 1.0), (np.True_, 1.0), (np.int8(-3), -3.0), (Level.LOW, 2.0),
        (np.uint64(2**63), 2.0**63), (10**30, 1e30), (np.array(3), 3.0), (np.array(2.5), 2.5),
        (-0.0, -0.0), (1e308, 1e308), (5e-324, 5e-324), (float("inf"), np.inf),
    ],
    ids=repr,
)  # fmt: skip
def test_a_number_becomes_a_float64_scalar(given, expected):
    data = Value(given).data
    assert type(data) is np.float64
    assert data == expected
    assert np.signbit(data) == np.signbit(expected)


@pytest.mark.parametrize(
    "given",
    [
        [1, 2, 3], (1, 2, 3), [True, 2, 3.0], range(1, 4), array.array("i", [1, 2, 3]),
        memoryview(np.array([1.0, 2.0, 3.0])), [np.float32(1), np.array(2), 3],
        np.array([1, 2, 3], dtype=np.uint8), np.array([1.0, 2.0, 3.0]).view(Grid),
        np.array([1, 2, 3], dtype=">i4"), np.array([1, 2, 3], dtype=">f8"),
        np.array([3.0, 2.0, 1.0])[::-1], np.array([1.0, 0, 2, 0, 3])[::2],
    ],
    ids=lambda given: repr(given).partition(" at 0x")[0],
)  # fmt: skip
def test_a_sequence_becomes_a_plain_native_float64_array(given):
    data = Value(given).data
    assert type(data) is np.ndarray
    assert data.dtype is np.dtype(np.float64)
    assert data.dtype.isnative
    assert data.tolist() == [1.0, 2.0, 3.0]
    assert data.flags.writeable
    assert data.flags.owndata


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_float32_and_float16_stay_what_they_are(dtype):
    assert type(Value(dtype(1.5)).data) is dtype
    assert Value(np.ones(3, dtype=dtype)).dtype == dtype
    swapped = np.ones(3, dtype=np.dtype(dtype).newbyteorder())
    assert Value(swapped).dtype is np.dtype(dtype)
    assert Value(swapped).data.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("dtype", [np.float64, "float32", "f2", float, np.dtype(">f4")])
def test_dtype_names_a_floating_type(dtype):
    for given in (3, 2.5, [1, 2], np.arange(3.0)):
        v = Value(given, dtype=dtype)
        assert v.dtype == np.dtype(dtype).newbyteorder("=")
        assert v.dtype.isnative
        assert type(v.data) is (np.ndarray if v.ndim else v.dtype.type)


@pytest.mark.parametrize(
    "dtype", [int, bool, complex, object, str, "nonsense", np.longdouble, 5, "f8,f4", "M8[s]"]
)
def test_any_other_dtype_is_refused(dtype):
    with pytest.raises(
        TypeError, match=r"Value\(\) got dtype .*; expected a floating type: float64, float32"
    ):
        Value([1.0], dtype=dtype)


WRONG = [
    (1j, TypeError, r"1j of type complex; expected real numbers.*imaginary part separately"),
    ([1j], TypeError, r"a list whose elements are of dtype complex128; expected real numbers"),
    (np.array([1j]), TypeError, r"an array of dtype complex128; expected real numbers"),
    ("1.5", TypeError, r"'1.5' of type str; expected real numbers. Convert text"),
    (b"1", TypeError, r"b'1' of type bytes; expected real numbers. Convert text"),
    (["a", "b"], TypeError, r"a list whose elements are of dtype <U1; .*Convert text"),
    ("x" * 100, TypeError, r"'x{56}… of type str"),
    (None, TypeError, r"None of type NoneType; expected real numbers. A value is missing"),
    ([1.0, None], TypeError, r"a list whose elements are of dtype object; expected real"),
    (object, TypeError, r"<class 'object'> of type type; expected real numbers"),
    ({1: 2.0}, TypeError, r"of type dict; expected real numbers. Convert it to floating point"),
    ({1.0}, TypeError, r"of type set; expected real numbers"),
    ((x for x in [1.0]), TypeError, r"of type generator; expected real numbers"),
    (fractions.Fraction(1, 2), TypeError, r"of type Fraction; .*Convert it first: float\(x\)"),
    (decimal.Decimal("1.5"), TypeError, r"of type Decimal; .*Convert it first: float\(x\)"),
    (np.longdouble(1), TypeError, r"longdouble; .*Extended precision is not supported"),
    (np.ones(2, dtype=np.clongdouble), TypeError, r"an array of dtype clongdouble|complex256"),
    (datetime.datetime(2020, 1, 1), TypeError, r"of type datetime; expected real numbers"),
    (np.datetime64("2020-01-01"), TypeError, r"of type datetime64; expected real numbers"),
    (np.array(["2020"], dtype="M8[Y]"), TypeError, r"an array of dtype datetime64\[Y\]"),
    (np.zeros(2, dtype=[("a", float)]), TypeError, r"an array of dtype \[\('a', '<f8'\)\]"),
    (np.ma.array([1.0], mask=[True]), TypeError, r"a masked array, whose mask .*x.filled"),
    ([[1.0], [1.0, 2.0]], ValueError, r"ragged nested lists \(lengths 1, 2\); expected rows"),
    ([1.0, [2.0]], ValueError, r"ragged nested lists \(lengths a number, 1\)"),
    ([[k] * k for k in range(9)], ValueError, r"\(lengths 0, 1, 2, 3, 4, 5, …\)"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "error", "message"), WRONG, ids=lambda x: repr(x)[:30])
@pytest.mark.parametrize(
    ("what", "use"),
    [
        (r"Value\(\) got ", Value),
        (r"assignment to .data got ", lambda x: setattr(Value([1.0, 2.0]), "data", x)),
        (r"stack got ", lambda x: ag.stack([x, Value(1.0)])),
        (r"add got ", lambda x: Value([1.0, 2.0]) + x),
        (r"multiply got ", lambda x: Value(1.0) * x),
        (r"power got ", lambda x: Value(1.0) ** x),
        (r"matmul got ", lambda x: Value([1.0]) @ x),
        (r"exp got ", ag.exp),
    ],
    ids=["Value", "data", "stack", "add", "multiply", "power", "matmul", "exp"],
)
def test_what_is_no_real_number_is_refused_by_name(given, error, message, what, use):
    with pytest.raises(error, match=what + r".*" + message):
        use(given)


def test_an_error_of_the_object_itself_is_passed_on():
    class Broken:
        def __array__(self, dtype=None, copy=None):
            raise ValueError("the file is closed")

    with pytest.raises(ValueError, match="the file is closed"):
        Value(Broken())


def test_values_in_lists_are_refused_with_the_way_out():
    v = Value(1.0)
    for nested in ([v, 1.0], [[1.0], [v]], (1.0, (2.0, [v]))):
        with pytest.raises(TypeError, match=r"got a (list|tuple) that holds Values;.*stack"):
            Value(nested)
        with pytest.raises(TypeError, match=r"multiply got a (list|tuple) that holds Values"):
            Value([1.0, 2.0]) * nested
    with pytest.raises(TypeError, match="an array of dtype object; expected real numbers"):
        Value(np.array([None, 1.0], dtype=object))


@pytest.mark.parametrize("requires_grad", [True, False])
def test_a_value_is_no_data_for_a_value(requires_grad):
    v = Value(1.0, label="v", requires_grad=requires_grad)
    with pytest.raises(TypeError, match=r"Value\(\) got 'v', a Value; expected numbers. Use .data"):
        Value(v)
    with pytest.raises(TypeError, match=r"assignment to .data got 'v', a Value"):
        Value(2.0).data = v


def test_a_label_is_a_string():
    with pytest.raises(TypeError, match=r"Value\(\) got a label of type int; expected a str"):
        Value(1.0, label=3)


def test_data_is_a_copy_of_what_was_given():
    for given in (np.arange(3.0), np.arange(3.0, dtype=np.float32), np.arange(3.0).view(Grid)):
        v = Value(given)
        assert not np.shares_memory(v.data, given)
        given[0] = 100.0
        assert v.data[0] == 0.0
    constant = np.arange(3.0)
    constant.flags.writeable = False
    v = Value(constant)
    v.data[0] = 7.0
    assert (v.data[0], constant[0]) == (7.0, 0.0)
    repeated = Value(np.broadcast_to(1.0, (3,)))
    repeated.data[0] = 7.0
    assert repeated.data.tolist() == [7.0, 1.0, 1.0]


def _buffer():
    memory = np.array([2.0, 3.0])
    return memory, memoryview(memory)


def _array(kind):
    memory = np.array([2.0, 3.0]).astype(kind)
    return memory, memory


def _module_array():
    memory = array.array("d", [2.0, 3.0])
    return memory, memory


def _subclass():
    memory = np.array([2.0, 3.0]).view(Grid)
    return memory, memory


@pytest.mark.parametrize(
    "make",
    [
        _buffer, _module_array, _subclass, lambda: _array(float), lambda: _array(np.float32),
        lambda: _array(int), lambda: _array(">f8"),
    ],
    ids=["memoryview", "array.array", "subclass", "float64", "float32", "int", ">f8"],
)  # fmt: skip
def test_a_constant_operand_is_kept_as_it_was(make):
    memory, constant = make()
    w = Value([1.0, 1.0])
    out = (w * constant).sum()
    memory[0] = 99
    out.backward()
    assert w.grad.tolist() == [2.0, 3.0]


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_matrix_counts_as_an_array():
    m = np.matrix([[1.0, 2.0], [3.0, 4.0]])
    v = Value(m)
    assert type(v.data) is np.ndarray
    w = Value(np.eye(2))
    for product in (w * m, m + w):
        assert type(product.data) is np.ndarray
    out = (w * m).sum()
    m[0, 0] = 100.0
    out.backward()
    assert w.grad.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_index_and_condition_arrays_are_kept_as_they_were():
    v = Value([1.0, 2.0, 3.0])
    index, condition = np.array([0, 0]), np.array([True, False, False])
    picked = v[index].sum() + ag.where(condition, v, 0.0).sum() + np.where(condition, v, 0).sum()
    index[:], condition[:] = 2, True
    picked.backward()
    assert v.grad.tolist() == [4.0, 0.0, 0.0]
    rows = Value(np.eye(3))
    labels = np.array([0, 1, 2])
    loss = ag.softmax_cross_entropy(rows, labels)
    labels[:] = 0
    loss.backward()
    assert np.argmin(rows.grad, axis=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("number", [2, 2.5, True, 10**30])
def test_a_python_number_never_widens_an_array(number):
    for dtype in (np.float32, np.float16):
        for v in (Value(1.5, dtype=dtype), Value([1.5, 2.5], dtype=dtype)):
            if dtype is np.float16 and number == 10**30:
                continue
            for out in (v + number, number - v, v * number, v / number, number / v):
                assert out.dtype == dtype
    v = Value([1.5], dtype=np.float32)
    assert (v**2).dtype == (2**v).dtype == np.float32


def test_assigning_data_keeps_shape_and_dtype():
    v = Value([1.0, 2.0], dtype=np.float32, label="v")
    v.data = [3, 4]
    assert v.dtype == np.float32
    assert v.data.tolist() == [3.0, 4.0]
    with pytest.raises(ValueError, match=r"of 'v' got shape \(3,\); expected \(2,\). Make a new"):
        v.data = [1.0, 2.0, 3.0]
    assert v.data.tolist() == [3.0, 4.0]
    given = np.array([5.0, 6.0], dtype=np.float32)
    v.data = given
    assert not np.shares_memory(v.data, given)


@pytest.mark.parametrize(
    "view",
    [
        lambda v: v.reshape(4), lambda v: v.T, lambda v: v[0], lambda v: v[:, ::-1],
        lambda v: v[...], lambda v: v.swapaxes(0, 1), lambda v: np.expand_dims(v, 0),
        lambda v: v.detach(), lambda v: v.transpose(1, 0), lambda v: ag.broadcast_to(v, (3, 2, 2)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", [ag.set_grad_enabled(True), ag.no_grad()], ids=["grad", "no_grad"])
def test_writing_into_a_result_never_writes_into_its_operand(view, mode):
    v = Value([[1.0, 2.0], [3.0, 4.0]])
    with mode:
        out = view(v)
    before = out.data.copy()
    out.data -= 1.0
    assert v.data.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    np.testing.assert_array_equal(out.data, before - 1.0)


def test_data_of_a_constant_result_is_its_own_before_it_is_read():
    v = Value([1.0, 2.0])
    with ag.no_grad():
        kept = v.reshape(2, 1)
    v.data -= 1.0
    assert kept.data.tolist() == [[1.0], [2.0]]


def test_empty_values_compute_and_differentiate():
    for shape in ((0,), (0, 3), (3, 0, 2)):
        v = Value(np.zeros(shape))
        (v * 2 + 1).sum().backward()
        assert v.grad.shape == shape
    assert Value([]).shape == (0,)
    assert Value([[]]).shape == (1, 0)


def test_numbers_and_lengths_come_out_as_in_python():
    v = Value([[1.0, 2.0], [3.0, 4.0]], label="v")
    assert (len(v), v.shape, v.ndim, v.size) == (2, (2, 2), 2, 4)
    assert [row.data.tolist() for row in v] == [[1.0, 2.0], [3.0, 4.0]]
    assert [row.data.tolist() for row in reversed(v)] == [[3.0, 4.0], [1.0, 2.0]]
    _, second = v
    assert second.data.tolist() == [3.0, 4.0]
    s = Value(2.75, label="s")
    assert (float(s), int(s), s.item(), bool(s), bool(Value(0.0))) == (2.75, 2, 2.75, True, False)
    assert type(s.item()) is type(Value([[2.75]]).item()) is float
    with pytest.raises(TypeError, match=r"len\(\) of 's', a scalar; expected at least one axis"):
        len(s)
    with pytest.raises(TypeError, match=r"iteration over 's', a scalar; expected at least one"):
        list(s)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(v)
    assert +s is s


def test_iteration_passes_the_gradient_to_its_row():
    v = Value([[1.0, 2.0], [3.0, 4.0]])
    total = sum(k * row.sum() for k, row in enumerate(v, start=1))
    total.backward()
    assert v.grad.tolist() == [[1.0, 1.0], [2.0, 2.0]]


def test_a_value_is_no_index():
    v, k = Value([1.0, 2.0]), Value(1.0, label="k")
    for index in (k, (k,), (slice(None), k)):
        with pytest.raises(TypeError, match=r"indexing got 'k', a Value, as index; expected int"):
            v[index]
    with pytest.raises(TypeError, match=r"'k' into a plain array and lose its graph"):
        v[[k]]
    with pytest.raises(TypeError, match="must be integers or slices, not Value"):
        [1, 2][k]
    with pytest.raises(TypeError, match=r"writing into elements of"):
        v[0] = 1.0


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (2, r"index=2; NumPy says: index 2 is out of bounds"),
        ((0, 0), r"index=\(0, 0\); NumPy says: too many indices"),
        ("a", r"index='a'; NumPy says: only integers"),
        (1.0, r"index=1.0; NumPy says: only integers"),
        (np.array([0.0]), r".*NumPy says: arrays used as indices must be of integer"),
    ],
)
def test_a_wrong_index_is_named_with_the_shape(index, message):
    with pytest.raises(IndexError, match=r"getitem got 'v' of shape \(2,\) with " + message):
        Value([1.0, 2.0], label="v")[index]


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda a, b: a + b.T, r"add got 'a' of shape \(2, 3\) and a value of shape \(4, 3\)"),
        (lambda a, b: a * b, r"multiply got 'a' of shape \(2, 3\) and 'b' of shape \(3, 4\); exp"),
        (lambda a, b: a + a.data.T.copy(), r"a constant of shape \(3, 2\).*Did you mean .T on one"),
        (lambda a, b: a + [1.0, 2.0], r"\(2,\); .*Did you mean .reshape\(2, 1\) on the second"),
        (lambda a, b: np.ones(2) - a, r"Did you mean .reshape\(2, 1\) on the first"),
        (lambda a, b: a / np.ones(5), r"expected shapes that broadcast: from the right, equal"),
        (lambda a, b: a @ a, r"matmul got 'a' .*expected \(n, 3\) @ \(3, m\). .*a @ b.T"),
        (lambda a, b: a.T @ b, r"matmul got a value of shape \(3, 2\) and 'b' .*mean a.T @ b"),
        (lambda a, b: b @ np.ones((3, 2)), r"expected \(n, 4\) @ \(4, m\). Did you mean a.T @ b"),
        (lambda a, b: a @ np.ones(2), r"the last axis of the first is 3, .* second is 2"),
        (lambda a, b: a @ 2.0, r"expected at least one axis in both; use \* to multiply"),
        (lambda a, b: a.reshape(4), r"reshape got 'a' of shape \(2, 3\) with shape=\(4,\); NumPy"),
        (lambda a, b: a.sum(axis=5), r"sum got 'a' of shape \(2, 3\) with axis=5.*out of bounds"),
        (lambda a, b: a.transpose(0, 0), r"transpose got 'a' .*axes=\(0, 0\); NumPy says: repeat"),
        (lambda a, b: ag.stack([a, b]), r"stack got 'a' of shape \(2, 3\) and 'b' of shape \(3, 4"),
        (lambda a, b: ag.stack([]), r"stack\(\) got no values; expected at least one"),
        (lambda a, b: ag.broadcast_to(a, (2, 2)), r"broadcast_to got 'a' .*shape=\(2, 2\); NumPy"),
        (lambda a, b: Value([]).max(), r"max got a value of shape \(0,\) .*zero-size array"),
        (lambda a, b: a.softmax(axis=2), r"softmax got 'a' .*with axis=2; NumPy says: axis 2"),
        (lambda a, b: ag.affine(a, b, [1.0]), r"affine got .*expected weight \(units, inputs\)"),
        (lambda a, b: ag.affine(a.T, a, [1.0, 2.0]), r"expected x of shape \(…, 3\).*x.T\?"),
        (lambda a, b: ag.mean_squared_error(a, b), r"mean_squared_error got .*nothing broadcasts"),
        (
            lambda a, b: ag.mean_squared_error(np.ones((3, 1)), np.ones(3)),
            r"Did you mean .reshape\(3, 1\) on the second|Did you mean .reshape\(3,\) on the",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_both_named(compute, message):
    a, b = Value(np.ones((2, 3)), label="a"), Value(np.ones((3, 4)), label="b")
    with pytest.raises((ValueError, IndexError), match=message):
        compute(a, b)


@pytest.mark.parametrize(
    ("logits", "labels", "error", "message"),
    [
        (np.ones((2, 3)), [0], ValueError, r"logits of shape \(2, 3\) and labels of shape \(1,\)"),
        (np.ones((2, 3)), [[0], [1]], ValueError, r"expected \(batch, classes\) and \(batch,\)"),
        (1.0, 0, ValueError, r"logits of shape \(\)"),
        (np.ones((2, 3)), [0.5, 1], TypeError, r"dtype float64; expected integers 0 … 2"),
        (np.ones((2, 3)), [True, False], TypeError, r"dtype bool; expected integers"),
        (np.ones((2, 3)), [0, 3], ValueError, r"label 3 in row 1; expected 0 … 2"),
        (np.ones((2, 3)), [-1, 0], ValueError, r"label -1 in row 0; expected 0 … 2"),
        (np.ones((2, 3)), [np.inf, 0], ValueError, r"label inf in row 0"),
        (np.ones((2, 3)), [np.nan, 0], TypeError, r"expected integers"),
    ],
)
def test_wrong_class_labels_are_refused(logits, labels, error, message):
    with pytest.raises(error, match=r"softmax_cross_entropy\(\) got .*" + message):
        ag.softmax_cross_entropy(Value(logits), labels)


def test_an_element_is_not_written_into():
    v = Value([1.0, 2.0], label="v")
    with pytest.raises(TypeError, match=r"writing into elements of 'v'.*autograd\.where"):
        v[0] = 5.0


def test_requires_grad_is_true_or_false():
    with pytest.raises(TypeError, match="got requires_grad='no'; expected True or False"):
        Value(1.0, requires_grad="no")
    assert Value(1.0, requires_grad=np.True_).requires_grad is True


def test_an_integer_too_large_for_a_float_is_told_so():
    for compute in (lambda: Value(10**400), lambda: Value(1.0) * 10**400):
        with pytest.raises((ValueError, OverflowError)):
            compute()
    with pytest.raises(ValueError, match=r"an integer of 1329 bits; expected numbers within"):
        Value(10**400)


def test_numbers_come_back_as_lists():
    assert Value([[1.0, 2.0]]).tolist() == [[1.0, 2.0]]
    assert Value(3.0).tolist() == 3.0
