"""Laws of operations on arrays: shapes and broadcasting, reductions, indices."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_arrays import assert_same, filled, numbers, seeds, upstream_of, with_ties

import autograd as ag
from autograd import Value

# -- shapes and broadcasting


@given(
    shape=filled,
    ones=st.tuples(*[st.booleans()] * 6),
    drop=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    name=st.sampled_from(["add", "subtract", "multiply", "divide", "power", "hypot", "arctan2"]),
    seed=seeds,
)
def test_broadcasting_is_explicit_tiling(shape, ones, drop, name, seed):
    arrays, widened = [], []
    for k in range(2):
        small = tuple(1 if ones[3 * k + i] else n for i, n in enumerate(shape))[drop[k] :]
        arrays.append(numbers(seed + k, *small, low=0.5))
    whole = np.broadcast_shapes(*(np.shape(x) for x in arrays))
    for x in arrays:
        times = np.array(whole) // np.array((1,) * (len(whole) - np.ndim(x)) + np.shape(x))
        widened.append(lambda v, times=times: ag.tile(v, tuple(times.tolist())))
    op = getattr(ag, name)
    assert_same(op, lambda a, b: op(widened[0](a), widened[1](b)), *arrays, seed=seed)


@given(shape=filled, seed=seeds, order=st.randoms(use_true_random=False))
def test_a_permutation_and_its_inverse_leave_everything(shape, seed, order):
    axes = list(range(len(shape)))
    order.shuffle(axes)
    inverse = tuple(np.argsort(axes).tolist())
    x = numbers(seed, *shape)
    assert_same(lambda v: v.transpose(axes).transpose(inverse), lambda v: v * 1.0, x, seed=seed)


@given(shape=filled, seed=seeds, shift=st.integers(-4, 4), axis=st.integers(0, 2))
def test_rolling_back_and_flipping_twice_leave_everything(shape, seed, shift, axis):
    axis %= len(shape)
    x = numbers(seed, *shape)
    there_and_back = lambda v: ag.roll(ag.roll(v, shift, axis), -shift, axis)  # noqa: E731
    assert_same(there_and_back, lambda v: v + 0.0, x, seed=seed)
    assert_same(lambda v: ag.flip(ag.flip(v, axis), axis), lambda v: v + 0.0, x, seed=seed)


@given(shape=filled, seed=seeds, widths=st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_cutting_off_what_was_padded_leaves_everything(shape, seed, widths):
    pairs = [(widths[2 * k], widths[2 * k + 1]) for k in range(len(shape))]
    inside = tuple(slice(a, a + n) for (a, _), n in zip(pairs, shape, strict=True))
    for mode in ("constant", "edge"):
        assert_same(
            lambda v, mode=mode: ag.pad(v, pairs, mode=mode)[inside],
            lambda v: v + 0.0, numbers(seed, *shape), seed=seed,
        )  # fmt: skip


@given(
    shape=filled, seed=seeds, cuts=st.lists(st.integers(0, 3), max_size=3), axis=st.integers(0, 2)
)
def test_joining_what_was_split_leaves_everything(shape, seed, cuts, axis):
    axis %= len(shape)
    cuts = sorted(min(cut, shape[axis]) for cut in cuts)
    x = numbers(seed, *shape)
    joined = lambda v: ag.concatenate(ag.split(v, cuts, axis), axis)  # noqa: E731
    assert_same(joined, lambda v: v + 0.0, x, seed=seed)
    assert_same(lambda v: ag.stack(ag.unstack(v, axis=axis), axis), lambda v: v + 0.0, x, seed=seed)


@given(shape=filled, seed=seeds, times=st.integers(1, 3), axis=st.integers(0, 2))
def test_repeating_is_taking_at_repeated_places_and_tiling_is_joining(shape, seed, times, axis):
    axis %= len(shape)
    x, places = numbers(seed, *shape), np.repeat(np.arange(shape[axis]), times)
    assert_same(
        lambda v: ag.repeat(v, times, axis), lambda v: ag.take(v, places, axis), x, seed=seed
    )
    reps = tuple(times if k == axis else 1 for k in range(len(shape)))
    joined = lambda v: ag.concatenate([v] * times, axis)  # noqa: E731
    assert_same(lambda v: ag.tile(v, reps), joined, x, seed=seed)


# -- sums and other reductions


@given(shape=filled, seed=seeds, order=st.randoms(use_true_random=False))
def test_a_sum_over_axes_does_not_mind_their_order(shape, seed, order):
    axes = order.sample(range(len(shape)), order.randint(1, len(shape)))
    x = numbers(seed, *shape)

    def one_by_one(v):
        for axis in sorted(axes, reverse=True):
            v = v.sum(axis=axis)
        return v

    assert_same(lambda v: v.sum(axis=tuple(axes)), one_by_one, x, seed=seed)
    assert_same(lambda v: v.sum(axis=tuple(axes)), lambda v: v.sum(axis=tuple(sorted(axes))), x)


REDUCTIONS = ["sum", "mean", "max", "min", "prod", "var", "logsumexp"]


@given(
    shape=filled, seed=seeds, name=st.sampled_from(REDUCTIONS),
    order=st.randoms(use_true_random=False),
)  # fmt: skip
def test_reducing_a_transpose_is_reducing_the_other_axis(shape, seed, name, order):
    axes = list(range(len(shape)))
    order.shuffle(axes)
    axis = order.randrange(len(shape))
    reduce, rest = getattr(ag, name), [a for a in axes if a != axes[axis]]
    assert_same(
        lambda v: reduce(v.transpose(axes), axis=axis),
        lambda v: reduce(v, axis=axes[axis]).transpose(tuple(np.argsort(np.argsort(rest)).tolist()))
        if rest else reduce(v, axis=axes[axis]),
        with_ties(seed, *shape), seed=seed,
    )  # fmt: skip


@given(shape=filled, seed=seeds, name=st.sampled_from([*REDUCTIONS, "std"]), axis=st.integers(0, 2))
def test_kept_axes_change_no_gradient(shape, seed, name, axis):
    reduce, axis = getattr(ag, name), axis % len(shape)
    assert_same(
        lambda v: ag.squeeze(reduce(v, axis=axis, keepdims=True), axis),
        lambda v: reduce(v, axis=axis), with_ties(seed, *shape), seed=seed,
    )  # fmt: skip


@given(shape=filled, seed=seeds, name=st.sampled_from(["max", "min"]), axis=st.integers(0, 2))
def test_an_extreme_passes_its_gradient_on_whole_shared_by_ties_alike(shape, seed, name, axis):
    axis %= len(shape)
    x = Value(with_ties(seed, *shape))
    out = getattr(x, name)(axis=axis, keepdims=True)
    delta = upstream_of(out, seed)
    out.backward(delta)
    np.testing.assert_allclose(x.grad.sum(axis=axis, keepdims=True), delta, rtol=1e-12)
    among = x.data == out.data
    share = delta / among.sum(axis=axis, keepdims=True)
    np.testing.assert_allclose(x.grad, np.where(among, share, 0.0), rtol=1e-12)


@given(shape=filled, seed=seeds)
def test_larger_and_smaller_share_out_the_sum(shape, seed):
    assert_same(
        lambda a, b: ag.maximum(a, b) + ag.minimum(a, b), lambda a, b: a + b,
        with_ties(seed, *shape), with_ties(seed + 1, *shape), seed=seed,
    )  # fmt: skip


@given(shape=filled, seed=seeds, low=st.floats(-1.9, -0.1), width=st.floats(0.1, 2))
def test_clipping_is_the_larger_of_the_smaller(shape, seed, low, width):
    assert_same(
        lambda v: ag.clip(v, low, low + width),
        lambda v: ag.minimum(ag.maximum(v, low), low + width), numbers(seed, *shape), seed=seed,
    )  # fmt: skip


@given(shape=filled, seed=seeds, zeros=st.integers(0, 3))
def test_a_product_passes_on_the_product_of_the_others(shape, seed, zeros):
    x = numbers(seed, *shape).ravel()
    x[:zeros] = 0.0
    v = Value(x.reshape(shape))
    v.prod().backward()
    others = [np.prod(np.delete(x, k)) for k in range(x.size)]
    np.testing.assert_allclose(v.grad.ravel(), others, rtol=1e-12, atol=1e-300)


@given(shape=filled, seed=seeds, axis=st.integers(0, 2))
def test_running_sums_go_back_as_running_sums_from_the_end(shape, seed, axis):
    axis %= len(shape)
    v = Value(numbers(seed, *shape))
    out = v.cumsum(axis=axis)
    delta = upstream_of(out, seed)
    out.backward(delta)
    expected = np.flip(np.cumsum(np.flip(delta, axis), axis), axis)
    np.testing.assert_allclose(v.grad, expected, rtol=1e-12, atol=1e-13)


@given(shape=filled, seed=seeds, axis=st.integers(0, 2))
def test_running_products_are_powers_of_running_sums_of_logarithms(shape, seed, axis):
    axis %= len(shape)
    assert_same(
        lambda v: ag.cumprod(v, axis), lambda v: ag.cumsum(v.log(), axis).exp(),
        numbers(seed, *shape, low=0.3), seed=seed,
    )  # fmt: skip


@given(shape=filled, seed=seeds, ddof=st.integers(0, 1))
def test_a_variance_is_the_mean_square_less_the_squared_mean(shape, seed, ddof):
    x = numbers(seed, *shape, 3)
    assert_same(
        lambda v: ag.var(v, axis=-1, ddof=ddof),
        lambda v: ((v * v).mean(axis=-1) - v.mean(axis=-1) ** 2) * (3 / (3 - ddof)), x, seed=seed,
    )  # fmt: skip
    assert_same(
        lambda v: ag.std(v, axis=-1, ddof=ddof), lambda v: ag.var(v, axis=-1, ddof=ddof).sqrt(),
        x, seed=seed, digits=9,
    )  # fmt: skip


@given(shape=filled, seed=seeds, factor=st.floats(-3, 3).filter(lambda c: abs(c) > 0.01))
def test_a_norm_grows_with_its_vector_and_its_gradient_has_length_one(shape, seed, factor):
    x = numbers(seed, *shape)
    assert_same(lambda v: ag.norm(v * factor), lambda v: ag.norm(v) * abs(factor), x.ravel())
    v = Value(x.ravel())
    ag.norm(v).backward()
    np.testing.assert_allclose(np.linalg.norm(v.grad), 1.0, rtol=1e-12)


@given(shape=filled, seed=seeds, shift=st.floats(-300, 300))
def test_a_shift_leaves_softmax_and_shifts_logsumexp(shape, seed, shift):
    x = numbers(seed, *shape)
    assert_same(lambda v: ag.softmax(v + shift), ag.softmax, x, seed=seed)
    assert_same(lambda v: ag.log_softmax(v + shift), ag.log_softmax, x, seed=seed, digits=10)
    assert_same(
        lambda v: ag.logsumexp(v + shift, axis=-1) - shift, lambda v: ag.logsumexp(v, axis=-1),
        x, seed=seed, digits=10,
    )  # fmt: skip
    v = Value(x)
    out = ag.softmax(v)
    out.backward(upstream_of(out, seed))
    np.testing.assert_allclose(v.grad.sum(axis=-1), 0.0, atol=1e-14)


@given(shape=filled, seed=seeds)
def test_softmax_is_the_gradient_of_logsumexp_and_the_power_of_its_logarithm(shape, seed):
    x = numbers(seed, *shape)
    v = Value(x)
    ag.logsumexp(v, axis=-1).sum().backward()
    np.testing.assert_allclose(v.grad, ag.softmax(x).data, rtol=1e-12)
    assert_same(lambda v: ag.log_softmax(v).exp(), ag.softmax, x, seed=seed)


@given(shape=filled, seed=seeds, axis=st.integers(0, 2))
def test_sorting_is_taking_in_order(shape, seed, axis):
    axis %= len(shape)
    x = with_ties(seed, *shape)
    places = np.argsort(x, axis=axis, kind="stable")
    in_order = lambda v: ag.take_along_axis(v, places, axis)  # noqa: E731
    assert_same(lambda v: ag.sort(v, axis), in_order, x, seed=seed)


@given(shape=filled, seed=seeds)
def test_where_is_a_sum_under_a_mask(shape, seed):
    mask = np.random.default_rng(seed).random(shape) < 0.5
    assert_same(
        lambda a, b: ag.where(mask, a, b), lambda a, b: a * mask + b * ~mask,
        numbers(seed, *shape), numbers(seed + 1, *shape), seed=seed,
    )  # fmt: skip


# -- indices


@given(rows=st.integers(1, 4), seed=seeds, picked=st.lists(st.integers(0, 3), max_size=6))
def test_picking_rows_is_multiplying_by_ones_and_zeros(rows, seed, picked):
    places = np.array([k % rows for k in picked], dtype=int)
    one_hot = np.zeros((len(places), rows))
    one_hot[np.arange(len(places)), places] = 1.0
    x = numbers(seed, rows, 3)
    for pick in (lambda v: v[places], lambda v: ag.embedding(v, places),
                 lambda v: ag.take(v, places, 0)):  # fmt: skip
        assert_same(pick, lambda v: one_hot @ v, x, seed=seed)


index_parts = st.one_of(
    st.integers(-2, 1), st.builds(slice, *[st.one_of(st.none(), st.integers(-3, 3))] * 2),
    st.just(slice(None, None, -1)), st.just(slice(None, None, 2)),
)  # fmt: skip


@given(index=st.lists(index_parts, max_size=3).map(tuple), seed=seeds, place=st.integers(0, 3))
def test_an_index_puts_the_gradient_back_where_it_took_from(index, seed, place):
    index = (*index[:place], *[[None], [...], []][place % 3], *index[place:])
    x = numbers(seed, 2, 3, 2)
    v = Value(x)
    out = v[index]
    delta = upstream_of(out, seed)
    out.backward(delta)
    expected = np.zeros_like(x)
    expected[index] = delta
    np.testing.assert_array_equal(out.data, x[index])
    np.testing.assert_array_equal(v.grad, expected)


@given(n=st.integers(1, 4), m=st.integers(1, 4), k=st.integers(-3, 3), seed=seeds)
def test_a_matrix_is_its_triangles_and_a_diagonal_comes_back(n, m, k, seed):
    x = numbers(seed, n, m)
    assert_same(lambda v: ag.triu(v, k) + ag.tril(v, k - 1), lambda v: v + 0.0, x, seed=seed)
    row = numbers(seed, n)
    assert_same(lambda v: ag.diagonal(ag.diag(v, k), k), lambda v: v + 0.0, row, seed=seed)
    square = numbers(seed, n, n)
    assert_same(np.trace, lambda v: ag.diagonal(v).sum(), square, seed=seed)
    assert_same(np.trace, lambda v: ag.einsum("ii", v), square, seed=seed)
