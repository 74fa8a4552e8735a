"""Laws of products, of convolutions and other ops of networks, and of elementwise functions."""

import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_arrays import assert_same, filled, numbers, seeds, shapes, upstream_of, with_ties

import autograd as ag
from autograd import Value
from autograd.ops import apply

# -- products


@given(data=st.data(), seed=seeds)
def test_einsum_is_its_loops(data, seed):
    lengths = {"i": 2, "j": 3, "k": 1, "l": 2}
    words = [data.draw(st.text("ijkl", max_size=3)) for _ in range(data.draw(st.integers(1, 3)))]
    letters = sorted(set("".join(words)))
    kept = data.draw(st.permutations(letters))[: data.draw(st.integers(0, len(letters)))]
    arrays = [numbers(seed + k, *(lengths[c] for c in word)) for k, word in enumerate(words)]
    leaves = [Value(x) for x in arrays]
    out = ag.einsum(f"{','.join(words)}->{''.join(kept)}", *leaves)
    delta = upstream_of(out, seed)
    out.backward(delta)
    total, gradients = np.zeros(out.shape), [np.zeros(np.shape(x)) for x in arrays]
    for place in itertools.product(*(range(lengths[c]) for c in letters)):
        at = dict(zip(letters, place, strict=True))
        places = [tuple(at[c] for c in word) for word in words]
        factors = [x[p] if p else x for x, p in zip(arrays, places, strict=True)]
        target = tuple(at[c] for c in kept)
        total[target] += math.prod(factors)
        for k, gradient in enumerate(gradients):
            gradient[places[k]] += delta[target] * math.prod(factors[:k] + factors[k + 1 :])
    np.testing.assert_allclose(out.data, total, rtol=1e-12, atol=1e-13)
    for leaf, gradient in zip(leaves, gradients, strict=True):
        np.testing.assert_allclose(leaf.grad, gradient, rtol=1e-11, atol=1e-12)


sides = st.integers(1, 3)


@given(n=sides, m=sides, p=sides, q=sides, seed=seeds)
def test_products_of_matrices_may_be_grouped_either_way(n, m, p, q, seed):
    arrays = numbers(seed, n, m), numbers(seed + 1, m, p), numbers(seed + 2, p, q)
    assert_same(lambda a, b, c: (a @ b) @ c, lambda a, b, c: a @ (b @ c), *arrays, seed=seed)


@given(n=sides, m=sides, p=sides, batch=st.sampled_from([(), (2,), (1,), (2, 1)]), seed=seeds)
def test_a_product_of_matrices_is_a_sum_of_products(n, m, p, batch, seed):
    a, b = numbers(seed, *batch, n, m), numbers(seed + 1, m, p)
    products = lambda a, b: (a[..., :, :, None] * b).sum(axis=-2)  # noqa: E731
    assert_same(lambda a, b: a @ b, products, a, b, seed=seed)
    assert_same(
        lambda a, b: a @ b, lambda a, b: ag.einsum("...ij,jk->...ik", a, b), a, b, seed=seed
    )
    assert_same(lambda a, b: a @ b, lambda a, b: ag.tensordot(a, b, 1), a, b, seed=seed)
    flipped = lambda a, b: (b.T @ a.swapaxes(-1, -2)).swapaxes(-1, -2)  # noqa: E731
    assert_same(lambda a, b: a @ b, flipped, a, b, seed=seed)


# -- networks


@given(
    length=st.integers(3, 7), kernel=st.integers(1, 3), stride=st.integers(1, 2),
    padding=st.integers(0, 2), dilation=st.integers(1, 2), seed=seeds,
)  # fmt: skip
def test_a_convolution_is_a_matrix(length, kernel, stride, padding, dilation, seed):
    count = (length + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    if count < 1:
        return
    x, w = numbers(seed, 2, 2, length), numbers(seed + 1, 3, 2, kernel)
    places = np.zeros((count, length, kernel))
    for row in range(count):
        for k in range(kernel):
            column = row * stride + k * dilation - padding
            if 0 <= column < length:
                places[row, column, k] = 1.0
    assert_same(
        lambda x, w: ag.conv1d(x, w, stride=stride, padding=padding, dilation=dilation),
        lambda x, w: ag.einsum("bcl,ock,rlk->bor", x, w, places), x, w, seed=seed,
    )  # fmt: skip


@given(groups=st.integers(1, 3), seed=seeds, padding=st.integers(0, 1), stride=st.integers(1, 2))
def test_groups_are_convolutions_side_by_side(groups, seed, padding, stride):
    x, w = numbers(seed, 1, 2 * groups, 3, 4), numbers(seed + 1, 2 * groups, 2, 2, 2)
    settings = {"stride": stride, "padding": padding}

    def apart(x, w):
        parts = []
        for k in range(groups):
            part = slice(2 * k, 2 * k + 2)
            parts.append(ag.conv2d(x[:, part], w[part], **settings))
        return ag.concatenate(parts, axis=1)

    assert_same(lambda x, w: ag.conv2d(x, w, groups=groups, **settings), apart, x, w, seed=seed)


@given(seed=seeds, s=st.floats(-2, 2), t=st.floats(-2, 2))
def test_a_convolution_is_linear_in_each_of_its_inputs(seed, s, t):
    x, y, w = numbers(seed, 1, 2, 4), numbers(seed + 1, 1, 2, 4), numbers(seed + 2, 3, 2, 2)
    assert_same(
        lambda x, y, w: ag.conv1d(x * s + y * t, w),
        lambda x, y, w: ag.conv1d(x, w) * s + ag.conv1d(y, w) * t, x, y, w, seed=seed,
    )  # fmt: skip


@given(seed=seeds, kernel=st.integers(1, 3), stride=st.integers(1, 2), ties=st.booleans())
def test_pooling_hands_on_the_whole_gradient(seed, kernel, stride, ties):
    x = with_ties(seed, 2, 1, 5, 6) if ties else numbers(seed, 2, 1, 5, 6)
    for pool in (ag.max_pool2d, ag.avg_pool2d):
        v = Value(x)
        out = pool(v, kernel, stride)
        delta = upstream_of(out, seed)
        out.backward(delta)
        np.testing.assert_allclose(v.grad.sum(), delta.sum(), rtol=1e-10, atol=1e-12)
    windows = lambda v: ag.max(ag.stack(  # noqa: E731
        [v[..., i : i + 4 * 1 : 1, :][..., : 4, j : j + 5] for i in range(2) for j in range(2)]
    ), axis=0)  # fmt: skip
    assert_same(lambda v: ag.max_pool2d(v, 2, 1), windows, x, seed=seed)


@given(seed=seeds, shift=st.floats(-5, 5), factor=st.floats(0.1, 5))
def test_normalising_undoes_shift_and_scale(seed, shift, factor):
    x = numbers(seed, 4, 3)
    for normalise in (ag.layer_normalization, ag.batch_normalization):
        plain = lambda v, f=normalise: f(v, eps=1e-14)  # noqa: E731
        moved = lambda v, f=normalise: f(v * factor + shift, eps=1e-14)  # noqa: E731
        assert_same(moved, plain, x, seed=seed, digits=7)
    v = Value(x)
    out = ag.layer_normalization(v, eps=1e-14)
    out.backward(upstream_of(out, seed))
    scale = np.max(np.abs(v.grad)) + 1.0
    np.testing.assert_allclose(v.grad.sum(axis=-1), 0.0, atol=1e-9 * scale)
    np.testing.assert_allclose((v.grad * x).sum(axis=-1), 0.0, atol=1e-9 * scale)


@given(seed=seeds, rate=st.floats(0.0, 0.9), shape=filled)
def test_dropout_passes_the_gradient_through_its_own_mask(seed, rate, shape):
    v = Value(numbers(seed, *shape, low=0.5))
    out = ag.dropout(v, rate, rng=np.random.default_rng(seed))
    mask = out.data / v.data
    delta = upstream_of(out, seed)
    out.backward(delta)
    np.testing.assert_allclose(v.grad, delta * mask, rtol=1e-12)
    kept = mask[mask != 0]
    np.testing.assert_allclose(kept, 1 / (1 - rate), rtol=1e-12)


@given(rows=st.integers(1, 4), classes=st.integers(1, 4), seed=seeds, shift=st.floats(-50, 50))
def test_cross_entropy_is_the_mean_of_picked_logarithms(rows, classes, seed, shift):
    x = numbers(seed, rows, classes)
    labels = np.random.default_rng(seed).integers(0, classes, rows)
    picked = lambda v: -ag.log_softmax(v)[np.arange(rows), labels].mean()  # noqa: E731
    assert_same(lambda v: ag.softmax_cross_entropy(v, labels), picked, x)
    moved = lambda v: ag.softmax_cross_entropy(v + shift, labels)  # noqa: E731
    assert_same(moved, picked, x, digits=9)
    v = Value(x)
    ag.softmax_cross_entropy(v, labels).backward()
    np.testing.assert_allclose(v.grad.sum(axis=1), 0.0, atol=1e-15)


# -- elementwise


@given(seed=seeds, shape=shapes)
def test_functions_and_their_inverses_undo_each_other(seed, shape):
    pairs = [(ag.exp, ag.log), (ag.expm1, ag.log1p), (ag.exp2, ag.log2), (ag.sinh, ag.arcsinh),
             (ag.tanh, ag.arctanh), (ag.tan, ag.arctan), (ag.sin, ag.arcsin),
             (ag.reciprocal, ag.reciprocal), (ag.square, ag.sqrt)]  # fmt: skip
    x = numbers(seed, *shape, low=0.1, high=1.4)
    for there, back in pairs:
        assert_same(lambda v, f=there, g=back: g(f(v)), lambda v: v + 0.0, x, digits=9)


@given(seed=seeds, shape=shapes)
def test_even_functions_are_even_and_odd_ones_odd(seed, shape):
    x = with_ties(seed, *shape)
    for name in ("cos", "cosh", "square", "absolute"):
        f = getattr(ag, name)
        assert_same(lambda v, f=f: f(-v), f, x, seed=seed)
    for name in ("sin", "sinh", "tanh", "arctan", "arcsinh", "erf", "cbrt", "sign"):
        f = getattr(ag, name)
        if name != "cbrt":
            assert_same(lambda v, f=f: -f(-v), f, x, seed=seed)


@given(seed=seeds, shape=shapes)
def test_activations_are_their_definitions(seed, shape):
    x = numbers(seed, *shape, low=-6, high=6)
    definitions = {
        "sigmoid": lambda v: 1 / (1 + (-v).exp()),
        "silu": lambda v: v * v.sigmoid(),
        "softplus": lambda v: (1 + v.exp()).log(),
        "gelu": lambda v: v * (1 + ag.erf(v / math.sqrt(2))) / 2,
        "relu": lambda v: ag.maximum(v, 0.0),
        "elu": lambda v: ag.where(v > 0, v, v.exp() - 1),
        "tanh": lambda v: 2 * (2 * v).sigmoid() - 1,
        "erfc": lambda v: 1 - ag.erf(v),
    }
    for name, definition in definitions.items():
        assert_same(getattr(ag, name), definition, x, seed=seed, digits=10)


@given(seed=seeds, shape=shapes, dtype=st.sampled_from([np.float16, np.float32]))
def test_a_change_of_type_hands_back_the_gradient_in_the_old_type(seed, shape, dtype):
    v = Value(numbers(seed, *shape))
    out = v.astype(dtype)
    out.backward(upstream_of(out, seed))
    assert (v.grad.dtype, out.grad.dtype) == (np.float64, dtype)
    np.testing.assert_array_equal(v.grad, upstream_of(out, seed).astype(dtype).astype(float))


@given(seed=seeds, shape=shapes, name=st.sampled_from(["exp", "tanh", "sigmoid", "square", "sin"]))
def test_numpys_function_the_method_and_the_free_function_are_one(seed, shape, name):
    x = numbers(seed, *shape)
    free = getattr(ag, name)
    assert_same(lambda v: getattr(v, name)(), free, x, seed=seed)
    if hasattr(np, name):
        assert_same(getattr(np, name), free, x, seed=seed)
    v = Value(x)
    assert apply(free(v).op, v).data.tobytes() == free(v).data.tobytes()
