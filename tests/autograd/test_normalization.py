"""Normalisation, dropout and embeddings: constant features, masks to look at, refusals."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value

RNG = np.random.default_rng(9)


def test_rows_have_mean_0_and_variance_1():
    a = 5 + 3 * RNG.normal(size=(4, 2, 6))
    y = ag.layer_normalization(a, eps=1e-12).data
    np.testing.assert_allclose(y.mean(axis=-1), 0.0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=-1), 1.0, rtol=1e-9)
    both = ag.layer_normalization(a, axis=(-2, -1), eps=1e-12).data
    np.testing.assert_allclose(both.var(axis=(1, 2)), 1.0, rtol=1e-9)
    same = ag.layer_normalization(a, np.ones((2, 6)), eps=1e-12).data
    np.testing.assert_array_equal(both, same)
    features = ag.batch_normalization(a, eps=1e-12).data
    np.testing.assert_allclose(features.var(axis=(0, 2)), 1.0, rtol=1e-9)


@pytest.mark.parametrize("function", [ag.layer_normalization, ag.batch_normalization])
def test_constant_features_have_finite_gradients(function):
    v, w, b = Value(np.full((3, 3), 7.0)), Value([1.0, 2.0, 3.0]), Value([4.0, 5.0, 6.0])
    y = function(v, w, b)
    np.testing.assert_array_equal(y.data, np.broadcast_to(b.data, (3, 3)))
    y.backward(np.arange(9.0).reshape(3, 3))
    assert np.all(np.isfinite(v.grad))
    assert w.grad.tolist() == [0.0, 0.0, 0.0]
    assert b.grad.tolist() == [9.0, 12.0, 15.0]


def test_float32_stays_float32_where_weight_and_bias_are_left_out():
    v = Value(RNG.normal(size=(3, 4)), dtype=np.float32)
    assert ag.layer_normalization(v).dtype == np.float32
    assert ag.batch_normalization(v).dtype == np.float32


A = np.ones((4, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ag.layer_normalization(A, axis=0), r"axis=0 for shape \(4, 3\); expected the"),
        (lambda: ag.layer_normalization(1.0), r"axis=.* for shape \(\); expected the last axis"),
        (lambda: ag.layer_normalization(A, np.ones(4)), r"weight of shape \(4,\) .*\(3,\)"),
        (lambda: ag.layer_normalization(A, bias=np.ones(2)), r"a bias of shape \(2,\) .*\(3,\)"),
        (lambda: ag.layer_normalization(A, eps=0.0), r"eps=0.0; expected eps > 0"),
        (lambda: ag.batch_normalization(A, np.ones(4)), r"weight of shape \(4,\) .*\(3,\)"),
        (lambda: ag.batch_normalization(A[:1]), "expected more than one element per feature"),
        (lambda: ag.dropout(A, 1.5), r"dropout\(\) got rate=1.5; expected a number from 0 to 1"),
        (lambda: ag.dropout(A, "half"), r"dropout\(\) got rate='half'; expected a number"),
        (lambda: ag.embedding(A, [[0, 4]]), r"expected indices 0 … 3, .*; got 4 at \(0, 1\)"),
        (lambda: ag.embedding(A, -1), r"expected indices 0 … 3, .*; got -1"),
        (lambda: ag.binary_cross_entropy_with_logits(A, A + 1), "targets from 0 to 1; got 2"),
        (lambda: ag.binary_cross_entropy_with_logits(A, A[0]), "logits and targets of one shape"),
    ],
)  # fmt: skip
def test_wrong_calls_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_mask_of_a_dropout_can_be_looked_at_and_is_that_of_the_way_back():
    v = Value(np.ones((50, 40)))
    y = ag.dropout(v, 0.25, rng=3)
    mask = y.settings["mask"]
    assert 0.7 < mask.mean() < 0.8
    np.testing.assert_array_equal(y.data, mask / 0.75)
    y.backward(np.full(v.shape, 3.0))
    np.testing.assert_array_equal(v.grad, mask / 0.25)


def test_a_seed_or_a_generator_repeats_a_dropout():
    a = np.ones(100)
    first = ag.dropout(a, 0.5, rng=7).data
    np.testing.assert_array_equal(first, ag.dropout(a, 0.5, rng=7).data)
    generator = np.random.default_rng(7)
    np.testing.assert_array_equal(first, ag.dropout(a, 0.5, rng=generator).data)
    assert np.any(first != ag.dropout(a, 0.5, rng=generator).data)
    assert np.any(ag.dropout(a, 0.5).data != ag.dropout(a, 0.5).data)


def test_nothing_is_dropped_at_rate_0_and_everything_at_rate_1():
    v = Value([1.0, 2.0, 3.0])
    assert ag.dropout(v, 0).data.tolist() == [1.0, 2.0, 3.0]
    y = ag.dropout(v, 1)
    assert y.data.tolist() == [0.0, 0.0, 0.0]
    y.backward(np.ones(3))
    assert v.grad.tolist() == [0.0, 0.0, 0.0]
    assert ag.dropout(v, 0.9, training=False) is v
    constant = ag.dropout([1.0], 0.9, training=False)
    assert (constant.data.tolist(), constant.requires_grad) == ([1.0], False)


def test_embeddings_copy_their_indices_and_add_up_repeats():
    table, places = Value(np.arange(6.0).reshape(3, 2)), np.array([2, 0, 2])
    y = ag.embedding(table, places)
    places[:] = 1
    assert y.data.tolist() == [[4.0, 5.0], [0.0, 1.0], [4.0, 5.0]]
    y.backward([[1.0, 2.0], [3.0, 4.0], [10.0, 20.0]])
    assert table.grad.tolist() == [[3.0, 4.0], [0.0, 0.0], [11.0, 22.0]]
    assert ag.embedding(table, []).shape == (0, 2)
    with pytest.raises(
        TypeError, match=r"embedding\(\) got indices of dtype float64; expected int"
    ):
        ag.embedding(table, [0.0, 1.0])


def test_the_cross_entropy_of_two_classes_neither_overflows_nor_warns():
    v = Value([1000.0, -1000.0, 1000.0, -1000.0, 0.0])
    loss = ag.binary_cross_entropy_with_logits(v, [1.0, 0.0, 0.0, 1.0, 0.5])
    assert loss.item() == pytest.approx((2000 + np.log(2)) / 5, rel=1e-15)
    loss.backward()
    assert v.grad.tolist() == [0.0, 0.0, 0.2, -0.2, 0.0]
