"""Products and decompositions under NumPy's names: what the table of ops cannot say."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value

RNG = np.random.default_rng(3)
SHAPES = [(), (3,), (1,), (2, 3), (3, 3), (3, 2), (2, 4, 3), (2, 3, 4), (0, 3)]


def result(function, *arrays):
    try:
        return np.asarray(function(*arrays))
    except ValueError:
        return None


@pytest.mark.parametrize("name", ["dot", "inner", "outer", "vdot", "kron"])
def test_products_of_every_two_ranks_are_those_of_numpy(name):
    compared = refused = 0
    for shape_a in SHAPES:
        for shape_b in SHAPES:
            a, b = RNG.normal(size=shape_a), RNG.normal(size=shape_b)
            expected = result(getattr(np, name), a, b)
            v = Value(a)
            if expected is None:
                with pytest.raises(ValueError, match="expected"):
                    getattr(ag, name)(v, b)
                refused += 1
                continue
            forms = [
                getattr(ag, name)(v, b),
                getattr(np, name)(v, b),
                getattr(np, name)(a, Value(b)),
            ]
            if name == "dot":
                forms.append(v.dot(b))
            for y in forms:
                assert type(y) is Value
                assert y.shape == expected.shape
                np.testing.assert_allclose(y.data, expected, rtol=1e-13, atol=1e-14)
            forms[0].backward(np.ones(expected.shape))
            assert v.grad.shape == a.shape
            compared += 1
    assert compared + refused == len(SHAPES) ** 2
    assert compared > 10


def test_tensordot_takes_a_number_or_pairs_of_axes():
    a, b = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(4, 3, 5))
    for axes in (0, ([2], [0]), (2, 0), ([1, 2], [1, 0]), ([-1, 1], [0, -2])):
        y = ag.tensordot(Value(a), b, axes=axes)
        np.testing.assert_allclose(y.data, np.tensordot(a, b, axes=axes), rtol=1e-13)
    same = RNG.normal(size=(3, 4, 2))
    np.testing.assert_allclose(np.tensordot(Value(a), same).data, np.tensordot(a, same), rtol=1e-13)
    for axes in (5, ([0, 1], [0]), ([7], [0])):
        with pytest.raises(
            ValueError, match=r"tensordot\(\) got axes=.* of 3 and 3 axes; expected"
        ):
            ag.tensordot(Value(a), b, axes=axes)


def test_the_vector_product_is_that_of_numpy_and_broadcasts():
    a, b = RNG.normal(size=(2, 1, 3)), RNG.normal(size=(4, 3))
    for form in (ag.cross(Value(a), b), np.cross(Value(a), b), np.linalg.cross(a, Value(b))):
        np.testing.assert_allclose(form.data, np.cross(a, b), rtol=1e-13)
    assert ag.cross(Value(a, dtype=np.float32), b.astype(np.float32)).dtype == np.float32
    with pytest.raises(
        ValueError, match=r"cross\(\) got shapes \(2,\) and \(3,\); expected vectors"
    ):
        ag.cross([1.0, 2.0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize("n", [-3, -1, 0, 1, 2, 5, 8])
def test_powers_of_matrices_are_those_of_numpy(n):
    a = RNG.normal(size=(2, 3, 3)) + 3 * np.eye(3)
    y = ag.matrix_power(Value(a), n)
    np.testing.assert_allclose(y.data, np.linalg.matrix_power(a, n), rtol=1e-12)
    if n:
        assert ag.gradcheck(lambda x: ag.matrix_power(x, n), a)
    else:
        assert not y.requires_grad


def test_powers_that_are_none_are_refused():
    with pytest.raises(ValueError, match=r"matrix_power\(\) got shape \(2, 3\); expected square"):
        ag.matrix_power(np.ones((2, 3)), 2)
    with pytest.raises(TypeError, match=r"matrix_power\(\) got the power 0.5; expected an integer"):
        ag.matrix_power(np.eye(2), 0.5)


def test_einsum_takes_its_indices_first_and_as_a_string():
    v = Value(RNG.normal(size=(2, 3)))
    np.testing.assert_allclose(np.einsum("ij->i", v, optimize=True).data, v.data.sum(axis=1))
    for call in (
        lambda: np.einsum(v, [0, 1], [1]),
        lambda: ag.einsum(v, [0, 1]),
    ):
        with pytest.raises(TypeError, match="expected the indices as one string"):
            call()
    with pytest.raises(TypeError, match=r"np\.einsum on Values got out="):
        np.einsum("ij->i", v, out=np.zeros(2))
    with pytest.raises(ValueError, match=r"einsum\(\) got no operands for 'ij'"):
        ag.einsum("ij")


def test_einsum_gives_one_gradient_per_use_of_a_value():
    v = Value(RNG.normal(size=(3, 3)))
    ag.einsum("ij,jk,ki->", v, v, v).backward()
    np.testing.assert_allclose(v.grad, 3 * (v.data @ v.data).T, rtol=1e-13)


def test_einsum_multiplies_large_arrays_in_the_best_order():
    a, b, c = (RNG.normal(size=(60, 60)) for _ in range(3))
    y = ag.einsum("ij,jk,kl->il", Value(a), b, c)
    np.testing.assert_allclose(y.data, a @ b @ c, rtol=1e-10)


def test_decompositions_through_numpy_return_what_numpy_names():
    a = RNG.normal(size=(3, 3)) + 4 * np.eye(3)
    s = a @ a.T
    v, w = Value(a), Value(s)
    w_, v_ = np.linalg.eigh(w)
    np.testing.assert_allclose((v_.data * w_.data) @ v_.data.T, s, rtol=1e-12)
    assert np.linalg.eigh(w).eigenvalues.shape == (3,)
    u, sizes, vh = np.linalg.svd(v)
    np.testing.assert_allclose((u.data * sizes.data) @ vh.data, a, rtol=1e-12)
    sizes = np.linalg.svd(v, compute_uv=False)
    np.testing.assert_allclose(sizes.data, np.linalg.svdvals(a), rtol=1e-13)
    sign, logarithm = np.linalg.slogdet(v)
    assert (sign.data, logarithm.data) == tuple(np.linalg.slogdet(a))
    np.testing.assert_allclose(np.linalg.cholesky(w).data, np.linalg.cholesky(s), rtol=1e-13)
    np.testing.assert_allclose(np.linalg.eigvalsh(w).data, np.linalg.eigvalsh(s), rtol=1e-13)
    np.testing.assert_allclose(v.trace().data, np.trace(a))
    for order in (None, "fro", "nuc", 1, 2, -2, np.inf):
        np.testing.assert_allclose(np.linalg.norm(v, order).data, np.linalg.norm(a, order))
    cube = RNG.normal(size=(2, 3, 4))
    for order in ("nuc", 2, -2):
        for axis in ((0, 2), (2, 1)):
            for keepdims in (False, True):
                y = ag.norm(Value(cube), order, axis=axis, keepdims=keepdims)
                expected = np.linalg.norm(cube, order, axis=axis, keepdims=keepdims)
                np.testing.assert_allclose(y.data, expected, rtol=1e-13)
                assert y.shape == expected.shape


def test_the_full_form_of_other_than_square_matrices_is_refused():
    with pytest.raises(
        ValueError, match=r"svd\(\) got shape \(3, 2\) with full_matrices=True; exp"
    ):
        np.linalg.svd(Value(np.ones((3, 2))))
    with pytest.raises(TypeError, match=r"svd on Values got hermitian=True"):
        np.linalg.svd(Value(np.eye(2)), hermitian=True)


def test_least_squares_return_what_numpy_returns():
    a, b = RNG.normal(size=(5, 2)), RNG.normal(size=(5, 3))
    for rhs in (b, b[:, 0]):
        ours = np.linalg.lstsq(Value(a), rhs, rcond=None)
        theirs = np.linalg.lstsq(a, rhs, rcond=None)
        for mine, expected in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(getattr(mine, "data", mine), expected, rtol=1e-12)
    assert ag.gradcheck(lambda x, y: ag.lstsq(x, y).residuals, a, b)
    square = ag.lstsq(np.eye(2), [1.0, 2.0])
    assert square.residuals.shape == (0,)


def test_a_value_is_named_where_its_shape_is_wrong():
    a = Value(np.ones((2, 3)), label="A")
    with pytest.raises(
        ValueError, match=r"inv got 'A' of shape \(2, 3\); expected square matrices"
    ):
        np.linalg.inv(a)
    b = Value(np.ones(3), label="b")
    with pytest.raises(
        ValueError, match=r"solve got a constant of shape \(2, 2\) and 'b' of shape"
    ):
        ag.solve(np.eye(2), b)


@pytest.mark.parametrize(
    ("make", "expression"),
    [
        (lambda v: ag.dot(v, v), "ag.dot(v, v)"),
        (lambda v: v.dot(v), "v.dot(v)"),
        (lambda v: np.kron(v, v), "np.kron(v, v)"),
        (lambda v: ag.kron(v, v), "ag.kron(v, v)"),
        (lambda v: ag.matrix_power(v, 3), "ag.matrix_power(v, 3)"),
        (lambda v: ag.eigh(v)[1], "ag.eigh(v)"),
        (lambda v: np.linalg.svd(v)[0], "np.linalg.svd(v)"),
        (lambda v: ag.matrix_norm(v, "nuc"), 'ag.matrix_norm(v, "nuc")'),
        (lambda v: ag.lstsq(v, v[0])[0], "ag.lstsq(v, v[0])"),
    ],
)
def test_every_product_and_decomposition_points_at_its_call(make, expression):
    y = make(Value([[2.0, 0.5], [0.5, 1.0]]))
    assert y.origin.expression == expression
    assert y.origin.filename == __file__
