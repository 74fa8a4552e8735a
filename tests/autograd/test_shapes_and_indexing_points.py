"""Spellings of shape functions, their refusals, and indexing without np.add.at."""

from types import SimpleNamespace

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.ops import OPS
from autograd.ops.indexing import Scatter

M, C, V = np.arange(6.0).reshape(2, 3), np.arange(24.0).reshape(4, 2, 3), np.arange(4.0)
S = np.array([[[1.0], [2.0]]])

#: NumPy call -> the op that its results record. Each is tried on Values and on plain arrays.
SPELLINGS = [
    (lambda x: np.ravel(x), M, "reshape"),
    (lambda x: np.squeeze(x), S, "reshape"),
    (lambda x: np.squeeze(x, axis=(0, -1)), S, "reshape"),
    (lambda x: np.squeeze(x, 0), S, "reshape"),
    (lambda x: np.squeeze(x, axis=()), S, "reshape"),
    (lambda x: np.moveaxis(x, 0, -1), C, "transpose"),
    (lambda x: np.moveaxis(x, (0, 1), (-1, 0)), C, "transpose"),
    (lambda x: np.moveaxis(x, [2, 0], [0, 1]), C, "transpose"),
    (lambda x: np.matrix_transpose(x), C, "swapaxes"),
    (lambda x: np.atleast_1d(x), np.float64(2.0), "reshape"),
    (lambda x: np.atleast_2d(x), V, "reshape"),
    (lambda x: np.atleast_3d(x), V, "reshape"),
    (lambda x: np.atleast_3d(x), M, "reshape"),
    (lambda x: np.broadcast_arrays(x, np.zeros((5, 1)))[0], V, "broadcast_to"),
    (lambda x: np.concatenate((x, x), 1), M, "concatenate"),
    (lambda x: np.concatenate((x, M, x), axis=None), M, "concatenate"),
    (lambda x: np.hstack([x, V]), V, "concatenate"),
    (lambda x: np.hstack([x, M]), M, "concatenate"),
    (lambda x: np.hstack([x, 2.0]), np.float64(1.0), "concatenate"),
    (lambda x: np.vstack([x, V]), V, "concatenate"),
    (lambda x: np.vstack((M, x)), M, "concatenate"),
    (lambda x: np.dstack([x, V]), V, "concatenate"),
    (lambda x: np.dstack([x, M]), M, "concatenate"),
    (lambda x: np.column_stack([x, V]), V, "concatenate"),
    (lambda x: np.column_stack([x, np.ones(2)]), M, "concatenate"),
    (lambda x: np.split(x, 2), V, "getitem"),
    (lambda x: np.split(x, [1, 3]), V, "getitem"),
    (lambda x: np.split(x, [2, 1, 9]), V, "getitem"),
    (lambda x: np.split(x, 3, axis=-1), C, "getitem"),
    (lambda x: np.array_split(x, 3), V, "getitem"),
    (lambda x: np.array_split(x, 7), V, "getitem"),
    (lambda x: np.array_split(x, [1], 1), C, "getitem"),
    (lambda x: np.hsplit(x, 3), M, "getitem"),
    (lambda x: np.hsplit(x, 2), V, "getitem"),
    (lambda x: np.vsplit(x, 2), M, "getitem"),
    (lambda x: np.dsplit(x, [1]), C, "getitem"),
    (lambda x: np.take(x, [0, 3, 0]), V, "getitem"),
    (lambda x: np.take(x, 4), M, "getitem"),
    (lambda x: np.take(x, [[1, -1]], axis=1), M, "getitem"),
    (lambda x: np.take(x, [1, 5], 0, mode="wrap"), M, "getitem"),
    (lambda x: np.take(x, [-5, 5], 1, mode="clip"), M, "getitem"),
    (lambda x: np.take(x, []), V, "getitem"),
    (lambda x: np.take_along_axis(x, np.argsort(-M, axis=1), 1), M, "getitem"),
    (lambda x: np.take_along_axis(x, np.array([[1], [0]]), axis=-1), M, "getitem"),
    (lambda x: np.take_along_axis(x, np.array([5, 0, 5]), axis=None), M, "getitem"),
    (lambda x: np.fliplr(x), M, "flip"),
    (lambda x: np.flipud(x), M, "flip"),
    (lambda x: np.rot90(x, 0), M, "flip"),
    (lambda x: np.rot90(x), M, "swapaxes"),
    (lambda x: np.rot90(x, 2), M, "flip"),
    (lambda x: np.rot90(x, -1), M, "flip"),
    (lambda x: np.rot90(x, 5, axes=(2, 0)), C, "swapaxes"),
    (lambda x: np.rot90(x, 3, (1, 2)), C, "flip"),
    (lambda x: np.diag(x), M, "diagonal"),
    (lambda x: np.diag(x, -1), V, "diag"),
    (lambda x: np.repeat(x, [1, 2], axis=0), M, "repeat"),
    (lambda x: np.tile(x, [2, 1]), M, "tile"),
    (lambda x: np.pad(x, ((1, 0), (0, 2)), "edge"), M, "pad"),
    (lambda x: np.pad(x, 1, constant_values=((1, 2), (3, 4))), M, "pad"),
    (lambda x: np.roll(x, [1, 2], axis=[0, 1]), M, "roll"),
    (lambda x: np.ptp(x, axis=1), M, "subtract"),
]


@pytest.mark.parametrize(("call", "data", "name"), SPELLINGS)
def test_numpy_spellings_record_the_op_they_mean(call, data, name):
    v = Value(data)
    expected, found = call(data), call(v)
    several = isinstance(expected, list | tuple)
    assert len(found) == len(expected) if several else isinstance(found, Value)
    if not several:
        found, expected = [found], [expected]
    for got, plain in zip(found, expected, strict=True):
        assert got.op is OPS[name]
        np.testing.assert_array_equal(got.data, plain)
        assert got.origin.function == "<lambda>"
        got.backward(np.ones(got.shape), inputs=[v])
    # All are linear in v, but for constants: what v contributes is v times its gradient.
    base = call(np.zeros_like(data))
    contributed = 0.0
    for plain, zero in zip(expected, base if several else [base], strict=True):
        contributed += np.sum(plain - zero)
    np.testing.assert_allclose(np.sum(v.grad * data), contributed)


def test_results_of_several_ops_all_count_as_made_on_the_users_line():
    v = Value(V)
    out = np.hstack([np.float64(1.0), np.rot90(Value(M)), v][2:] + [v])
    turned = np.rot90(Value(M), 3)
    assert out.origin.line == out.origin.end_line
    assert turned.inputs[0].op is OPS["swapaxes"]
    assert turned.inputs[0].origin == turned.origin
    assert "np.rot90" in turned.origin.expression


def test_pieces_put_together_again_pass_every_gradient_on():
    v = Value(C)
    whole = ag.concatenate(ag.array_split(v, 3, axis=2), axis=2)
    np.testing.assert_array_equal(whole.data, C)
    whole.backward(C)
    np.testing.assert_array_equal(v.grad, C)
    again = ag.stack(ag.unstack(v, axis=1), axis=1)
    np.testing.assert_array_equal(again.data, C)


def test_functions_take_plain_numbers_and_give_constants():
    results = [ag.hstack([1, [2, 3]]), *ag.split([1, 2], 2), *ag.atleast_2d(1, [2]), ag.diag([1])]
    results += [ag.squeeze([[1]]), ag.take([1, 2], 0), ag.pad([1], 1), *ag.broadcast_arrays(1, [2])]
    for result in results:
        assert isinstance(result, Value)
        assert not result.requires_grad
        assert result.dtype == np.float64
    v = Value(M)
    assert ag.atleast_2d(v) is v


REFUSED = [
    (lambda v: np.hstack([v, v], dtype=float), TypeError, "np.hstack on Values got dtype="),
    (lambda v: np.sum(v, where=M > 1), TypeError, "np.sum on Values got where="),
    (lambda v: np.prod(v, initial=2.0), TypeError, "np.prod on Values got initial=2.0"),
    (lambda v: np.take(v, 1, mode="wrap", out=M), TypeError, "np.take on Values got out="),
    (lambda v: np.pad(v, 1, "reflect", reflect_type="odd"), TypeError, "got reflect_type='odd'"),
    (
        lambda v: np.pad(v, 1, "linear_ramp"),
        ValueError,
        "expected mode to be one of constant, edge",
    ),
    (lambda v: ag.pad(v, 1, "edge", constant_values=3), ValueError, "expected mode='constant'"),
    (lambda v: ag.pad(v, 1.5), TypeError, "pad got pad_width=1.5; expected integers"),
    (lambda v: np.ravel(v, order="F"), TypeError, "np.ravel on Values got order='F'"),
    (lambda v: np.sort(v, kind="stable"), TypeError, "np.sort on Values got kind='stable'"),
    (lambda v: np.var(v, correction=1), TypeError, "np.var on Values got correction=1"),
    (lambda v: np.cumsum(v, dtype=float), TypeError, "np.cumsum on Values got dtype="),
    (lambda v: np.repeat(M, v), TypeError, "lose its graph"),
    (lambda v: np.sum(v, v), TypeError, "np.sum got .* a Value, for axis; expected plain numbers"),
    (
        lambda v: ag.squeeze(v, 0),
        ValueError,
        r"squeeze got shape \(2, 3\) with axis=0; expected axes",
    ),
    (lambda v: ag.squeeze(v, 2), IndexError, "squeeze got .*axis 2 is out of bounds"),
    (lambda v: ag.moveaxis(v, 0, 5), IndexError, r"moveaxis got shape \(2, 3\) with axis=5"),
    (lambda v: ag.moveaxis(v, (0, 1), 0), ValueError, "expected equally many"),
    (
        lambda v: ag.split(v, 2, axis=1),
        ValueError,
        "to split into 2 pieces; expected a number that",
    ),
    (lambda v: ag.array_split(v, 0), ValueError, "expected at least one"),
    (lambda v: ag.split(v[0, 0], 1), ValueError, r"split got shape \(\); expected at least 1 axes"),
    (lambda v: ag.dsplit(v, 1), ValueError, r"dsplit got shape \(2, 3\); expected at least 3 axes"),
    (lambda v: ag.hstack([]), ValueError, r"hstack\(\) got no values; expected at least one"),
    (lambda v: ag.concatenate(()), ValueError, r"concatenate\(\) got no values"),
    (
        lambda v: ag.broadcast_arrays(v, V),
        ValueError,
        r"got shapes \(2, 3\), \(4,\); expected shapes",
    ),
    (lambda v: ag.take(v, 1.5), TypeError, "take got indices of dtype float64; expected integers"),
    (lambda v: ag.take(v, 0, axis=2), IndexError, "with axis=2; expected an axis of it"),
    (
        lambda v: ag.take(v, 0, mode="no"),
        ValueError,
        "mode='no'; expected 'raise', 'wrap' or 'clip'",
    ),
    (lambda v: ag.take(v, 9), IndexError, "getitem got .* index 9 is out of bounds"),
    (lambda v: ag.take_along_axis(v, [1], 0), ValueError, "expected equally many axes"),
    (lambda v: ag.take_along_axis(v, [[1.0]], 0), TypeError, "dtype float64; expected integers"),
    (lambda v: ag.diag(C), ValueError, "diag got .*expected a vector, or a matrix"),
    (lambda v: ag.rot90(v[0]), ValueError, r"rot90 got shape \(3,\); expected at least 2 axes"),
    (lambda v: ag.repeat(v, 1.5), TypeError, "repeat got repeats=1.5; expected integers"),
    (lambda v: ag.var(v, ddof=6), ValueError, "var got .*more than 6 elements per result"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_has_no_rule_is_refused_by_a_message(call, error, message):
    with pytest.raises(error, match=message):
        call(Value(M))


def test_settings_are_copied_so_that_later_changes_do_no_harm():
    places, counts, width = np.array([0, 2]), np.array([2, 0, 1, 0]), [[1, 2]]
    v = Value(V)
    values = [ag.take(v, places), np.repeat(v, counts), np.pad(v, width, "wrap"), v[places]]
    places[:], counts[:], width[0][0] = 9, 9, 9
    for value in values:
        value.backward(np.ones(value.shape))
    picked = np.array([1.0, 0.0, 1.0, 0.0])
    repeated, padded = np.array([2.0, 0.0, 1.0, 0.0]), np.array([2.0, 2.0, 1.0, 2.0])
    np.testing.assert_array_equal(v.grad, 2 * picked + repeated + padded)


@pytest.mark.parametrize(
    ("index", "shape"),
    [
        (slice(1, 3), (4, 3)),
        (np.array([True, False, True, True]), (4, 3)),
        ((slice(None), np.array([True, False, True])), (4, 3)),
        (np.array([3, 0, 2]), (4, 3)),
        (np.array([-1, 0]), (4, 3)),
        ((slice(None), np.array([2, 0])), (4, 3)),
        ((..., [[1], [0]]), (4, 3)),
    ],
)
def test_distinct_positions_are_assigned_not_added(index, shape, monkeypatch):
    a = np.random.default_rng(0).normal(size=np.zeros(shape)[index].shape)
    expected = np.zeros(shape)
    np.add.at(expected, index, a)
    without = SimpleNamespace(**{**vars(np), "add": None})
    monkeypatch.setattr("autograd.ops.indexing.np", without)
    np.testing.assert_array_equal(Scatter.forward(a, index=index, shape=shape), expected)


@pytest.mark.parametrize("index", [[1, 1, 0], [-1, 3, 3], (slice(None), [2, 2]), (..., [0, -3, 0])])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
def test_repeated_positions_add_up(index, dtype):
    shape = (4, 3)
    a = np.arange(1.0, 1.0 + np.zeros(shape)[index].size).astype(dtype)
    a = a.reshape(np.zeros(shape)[index].shape)
    expected = np.zeros(shape, dtype)
    np.add.at(expected, index, a)
    found = Scatter.forward(a, index=index, shape=shape)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, expected)


def test_an_index_out_of_bounds_is_never_wrapped_around():
    for index in ([0, 4], (slice(None), [3]), [-5, 0]):
        with pytest.raises(IndexError, match=r"scatter got .*out of bounds for axis"):
            ag.scatter(
                np.ones(np.shape(index[-1]) if isinstance(index, tuple) else 2), index, (4, 3)
            )


def test_sorting_ties_passes_each_gradient_once():
    v = Value([2.0, 1.0, 2.0, 1.0])
    out = ag.sort(v)
    out.backward([1.0, 2.0, 3.0, 4.0])
    assert v.grad.tolist() == [3.0, 1.0, 4.0, 2.0]
