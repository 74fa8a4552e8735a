"""Points of matrices at which a formula alone would fail: singular, degenerate, constant, empty."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.ops import OPS, apply

ROWS = np.arange(1.0, 10.0).reshape(3, 3)
PERMUTATIONS = np.array([[[0, 0, 0], [0, 0, 1], [0, -1, 0]], [[0, 0, -1], [0, 0, 0], [1, 0, 0]],
                         [[0, 1, 0], [-1, 0, 0], [0, 0, 0]]])  # fmt: skip
COFACTORS = np.array([[-3.0, 6.0, -3.0], [6.0, -12.0, 6.0], [-3.0, 6.0, -3.0]])


@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e12])
def test_a_determinant_has_its_cofactors_as_gradient_where_it_is_0(scale):
    a = Value(scale * ROWS)  # of rank 2, but for rounding
    ag.det(a).backward()
    np.testing.assert_allclose(a.grad, scale**2 * COFACTORS, rtol=1e-13)
    one = Value([[0.0]])
    ag.det(one).backward()
    assert one.grad.tolist() == [[1.0]]
    nothing = Value(np.zeros((0, 0)))
    y = ag.det(nothing)
    y.backward()
    assert (y.item(), nothing.grad.shape) == (1.0, (0, 0))


def test_a_determinant_has_second_derivatives_where_it_is_0():
    a = np.array([[1.0, 2.0], [2.0, 4.0]])
    expected = np.zeros((2, 2, 2, 2))
    expected[0, 0, 1, 1] = expected[1, 1, 0, 0] = 1.0
    expected[0, 1, 1, 0] = expected[1, 0, 0, 1] = -1.0
    np.testing.assert_allclose(ag.hessian(ag.det)(a), expected, atol=1e-12)

    def by_definition(a):
        return ag.einsum("ijk,i,j,k->", PERMUTATIONS, a[0], a[1], a[2])

    for scale in (1.0, 1e-12, 1e12):
        expected = ag.hessian(by_definition)(scale * ROWS)
        np.testing.assert_allclose(ag.hessian(ag.det)(scale * ROWS), expected, atol=1e-14 * scale)


def test_large_regular_matrices_go_by_the_inverse():
    a = Value(np.eye(40) + 0.01 * np.arange(40))
    ag.det(a).backward()
    np.testing.assert_allclose(a.grad, np.linalg.det(a.data) * np.linalg.inv(a.data).T, rtol=1e-12)
    with pytest.raises(ValueError, match=r"expected regular matrices; it is singular"):
        ag.det(Value(np.zeros((33, 33)))).backward()


def test_the_logarithm_of_a_determinant_neither_overflows_nor_has_a_gradient_at_0():
    big = Value(1e200 * np.diag([1.0, 2.0, -4.0]))
    sign, logarithm = ag.slogdet(big)
    assert (sign.item(), sign.requires_grad) == (-1.0, False)
    assert logarithm.item() == pytest.approx(600 * np.log(10) + np.log(8), rel=1e-14)
    logarithm.backward()
    np.testing.assert_allclose(big.grad, 1e-200 * np.diag([1.0, 0.5, -0.25]), rtol=1e-14)
    flat = ag.logabsdet(Value(np.zeros((2, 2))))
    assert flat.item() == -np.inf
    message = (
        r"^the gradient of logabsdet: expected regular matrices; it is singular, of rank 0 with 2 "
        r"rows\. Its pseudo-inverse exists \(pinv\), or add a small multiple of np\.eye\(2\)\."
        r"(\n|$)"
    )
    with pytest.raises(ValueError, match=message):
        flat.backward()


def test_coinciding_eigenvalues_have_a_gradient_and_their_vectors_have_none():
    a = Value(np.diag([2.0, 2.0, 5.0]))
    w, v = ag.eigh(a)
    (w * w).sum().backward()
    np.testing.assert_allclose(a.grad, 2 * a.data, atol=1e-14)
    b = Value(a.data)
    last = ag.eigh(b).eigenvectors[:, 2]
    ag.dot(last, [3.0, 4.0, 7.0]).backward(np.sign(last.data[2]))
    np.testing.assert_allclose(b.grad[2], [0.5, 2 / 3, 0.0], rtol=1e-14)
    np.testing.assert_allclose(b.grad, b.grad.T)
    np.testing.assert_allclose(b.grad[:2, :2], 0.0, atol=1e-15)
    rebuilt = (v * w) @ v.T
    with pytest.raises(ValueError, match="arrives at vectors whose eigenvalues coincide"):
        rebuilt.backward(np.ones((3, 3)))


def test_what_reaches_coinciding_vectors_does_not_tell_the_gradient():
    rng = np.random.default_rng(5)
    weight = rng.normal(size=(3, 3))
    weight = weight + weight.T
    a = np.diag([2.0, 2.0, 5.0])

    def projector(x):
        v = np.linalg.eigh((x + x.T) / 2)[1][:, :2]
        return np.sum(weight * (v @ v.T))

    def square(x):
        w, v = np.linalg.eigh((x + x.T) / 2)
        return np.sum(weight * ((v[:, :2] * w[:2] ** 2) @ v[:, :2].T))

    def numeric(f):
        found = np.zeros((3, 3))
        for i, j in np.ndindex(3, 3):
            step = np.zeros((3, 3))
            step[i, j] = 1e-6
            found[i, j] = (f(a + step) - f(a - step)) / 2e-6
        return found[:2, :2]

    # At the vectors the second's gradient is λ² = 4 times the first's ...
    np.testing.assert_allclose(numeric(projector), 0.0, atol=1e-8)
    # ... but in the matrix one is 0 and the other 2λ times the weight.
    np.testing.assert_allclose(numeric(square), 4 * weight[:2, :2], rtol=1e-6)
    for power in (0, 2):
        w, v = ag.eigh(Value(a))
        part = (v[:, :2] * w[:2] ** power) @ v[:, :2].T
        with pytest.raises(ValueError, match=r"write it without them .*, or set the eigenvalues"):
            (part * weight).sum().backward()


def test_eigenvalues_set_apart_give_the_gradient_of_what_needs_no_vectors():
    weight = np.array([[1.0, 2.0, 0.0], [2.0, -1.0, 0.5], [0.0, 0.5, 3.0]])
    x = Value(np.diag([2.0, 2.0, 5.0]))
    w, v = ag.eigh(x + 1e-6 * np.diag(np.arange(3)))
    (((v * w**2) @ v.T) * weight).sum().backward()
    np.testing.assert_allclose(x.grad, x.data @ weight + weight @ x.data, rtol=1e-5, atol=1e-8)


def test_a_slope_of_0_at_an_undetermined_vector_passes_beside_others():
    for data in (np.diag([1.0, 3.0]), np.diag([-2.0, 5.0])):
        x = Value(data)
        v = ag.eigh(x).eigenvectors
        (v[0, 0] * v[1, 0]).backward()
        gap = data[1, 1] - data[0, 0]
        np.testing.assert_allclose(x.grad, [[0.0, -0.5 / gap], [-0.5 / gap, 0.0]], atol=1e-15)


@pytest.mark.parametrize("turn", [False, True])
def test_singular_values_that_coincide_or_vanish_leave_their_vectors_without_gradient(turn):
    def first(x):
        u, s, vh = ag.svd(x.T if turn else x, full_matrices=False)
        return (vh.T if turn else u), s

    flat = Value([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    vectors, s = first(flat)
    (vectors[:, 0] * np.array([5.0, 4.0, 3.0])).sum().backward(np.sign(vectors.data[0, 0]))
    np.testing.assert_allclose(flat.grad, [[0.0, 0.0], [2.0, 0.0], [1.5, 0.0]], atol=1e-15)
    with pytest.raises(ValueError, match="singular vectors of the singular value 0"):
        (first(flat)[0][:, 1] * np.array([0.0, 3.0, 4.0])).sum().backward()
    alike = Value(2 * np.eye(3, 2))
    vectors, s = first(alike)
    s.sum().backward()
    np.testing.assert_allclose(alike.grad, np.eye(3, 2), atol=1e-15)
    with pytest.raises(ValueError, match="arrives at vectors whose singular values coincide"):
        (vectors * np.arange(6.0).reshape(3, 2)).sum().backward()


def test_norms_of_matrices_are_those_of_numpy_and_that_of_0_has_gradient_0():
    rng = np.random.default_rng(0)
    a = rng.normal(size=(2, 3, 4))
    for order in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
        for keepdims in (False, True):
            y = ag.matrix_norm(Value(a), order, keepdims=keepdims)
            expected = np.linalg.norm(a, order, axis=(-2, -1), keepdims=keepdims)
            np.testing.assert_allclose(y.data, expected, rtol=1e-13)
            assert y.data.shape == expected.shape
        ag.gradcheck(lambda x, order=order: ag.matrix_norm(x, order), a)
    zero = Value(np.zeros((2, 2)))
    ag.matrix_norm(zero).backward()
    assert zero.grad.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    with pytest.raises(ValueError, match=r"matrix_norm\(\) got ord=3; expected 'fro', 'nuc', 2"):
        ag.matrix_norm(zero, 3)
    with pytest.raises(ValueError, match=r"matrix_norm\(\) got shape \(3,\); expected matrices"):
        ag.matrix_norm([1.0, 2.0, 3.0])


def test_what_is_not_symmetric_is_refused_and_rounding_is_not():
    a = np.array([[2.0, 1.0], [1.0 + 1e-9, 3.0]])
    np.testing.assert_allclose(ag.cholesky(a).data @ ag.cholesky(a).data.T, a, atol=1e-9)
    for function in (ag.cholesky, ag.eigvalsh, ag.eigh):
        with pytest.raises(ValueError, match=r"the elements \(0, 1\) and \(1, 0\) are 1 and 2"):
            function([[2.0, 1.0], [2.0, 3.0]])
        g = Value(np.array([[2.0, 1.0], [1.0, 3.0]]))
        y = function(g)
        (y if isinstance(y, Value) else y.eigenvectors)[0].sum().backward()
        np.testing.assert_array_equal(g.grad, g.grad.T)


def test_a_dropped_element_gets_nothing_whatever_the_rate():
    v = Value([2.0, np.inf])
    y = apply(OPS["dropout"], v, mask=np.array([True, False]), rate=1.0)
    y.backward([3.0, np.inf])
    assert (y.data.tolist(), v.grad.tolist()) == ([0.0, 0.0], [0.0, 0.0])


def test_tied_elements_of_a_window_share_its_gradient_and_padding_gets_none():
    v = Value([[[1.0, 3.0, 3.0, 0.0, 3.0]]])
    y = ag.max_pool1d(v, 3, stride=2)
    y.backward([[[8.0, 6.0]]])
    assert v.grad.tolist() == [[[0.0, 4.0, 7.0, 0.0, 3.0]]]
    w = Value(np.full((1, 1, 2), -np.inf))
    y = ag.max_pool1d(w, 2, stride=2, padding=1)
    y.backward([[[5.0, 7.0]]])
    assert w.grad.tolist() == [[[5.0, 7.0]]]
    edged = ag.max_pool1d(Value([[[-3.0, -5.0, -4.0]]]), 2, stride=2, padding=1)
    assert edged.data.tolist() == [[[-3.0, -4.0]]]
    holed = Value([[[np.nan, 1.0, 2.0, 2.0]]])
    ag.max_pool1d(holed, 2).backward([[[5.0, 8.0]]])
    assert holed.grad.tolist() == [[[0.0, 0.0, 4.0, 4.0]]]
