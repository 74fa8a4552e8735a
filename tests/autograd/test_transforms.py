"""Functions of functions against hand-derived formulas and central differences."""

from collections import namedtuple

import numpy as np
import pytest

import autograd as ag
from autograd import Value

RNG = np.random.default_rng(11)
A = RNG.normal(size=(3, 3))
X = RNG.normal(size=3)
V = RNG.normal(size=3)


def quadratic(x):
    """xᵀ A x, whose gradient is (A + Aᵀ) x and Hessian A + Aᵀ."""
    return x @ (A @ x)


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def test_grad_of_a_quadratic_form_is_the_hand_derived_one():
    np.testing.assert_allclose(ag.grad(quadratic)(X), (A + A.T) @ X, rtol=1e-13)


def test_grad_gives_plain_arrays_for_plain_arguments_and_values_for_values():
    assert type(ag.grad(quadratic)(X)) is np.ndarray
    assert type(ag.grad(lambda x: x * x)(3)) is np.float64
    assert isinstance(ag.grad(quadratic)(Value(X)), Value)


def test_grad_leaves_the_gradients_of_everything_else_alone():
    w = Value(2.0)
    assert ag.grad(lambda x: w * x * x)(3.0) == 12.0
    assert w.grad is None


def test_grad_nests_to_any_order():
    f = ag.grad(ag.grad(ag.grad(ag.grad(lambda x: x**5 * 2))))
    assert f(3.0) == pytest.approx(2 * 120 * 3.0)
    g = ag.grad(ag.grad(ag.grad(np.tanh)))
    t = np.tanh(0.3)
    assert g(0.3) == pytest.approx((1 - t**2) * (6 * t**2 - 2), rel=1e-12)


def test_a_nested_grad_takes_the_outer_variable_for_a_constant():
    outer = ag.grad(lambda x: ag.grad(lambda y: x * y * y)(x))
    assert outer(3.0) == pytest.approx(2 * 3.0 + 2 * 3.0)


def test_grad_of_several_arguments_is_a_tuple():
    got = ag.grad(lambda x, y: (x * y).sum(), argnums=(1, 0))(X, V)
    np.testing.assert_array_equal(got[0], X)
    np.testing.assert_array_equal(got[1], V)


def test_negative_argnums_count_from_the_end():
    assert ag.grad(lambda x, y: x * y**2, argnums=-1)(2.0, 3.0) == 12.0


def test_an_argument_without_influence_gets_zeros():
    np.testing.assert_array_equal(ag.grad(lambda x, y: (y * y).sum())(X, Value(V)), np.zeros(3))
    np.testing.assert_array_equal(ag.grad(lambda x: Value(3.0))(X), np.zeros(3))


def test_nested_containers_keep_their_form():
    Layer = namedtuple("Layer", "w b")

    def f(p):
        return (p["layers"][0].w @ X).sum() + p["layers"][0].b * 2 + p["scale"] ** 2

    p = {"layers": [Layer(A, 0.5)], "scale": np.float64(3.0), "none": None}
    g = ag.grad(f)(p)
    assert list(g) == ["layers", "scale", "none"]
    assert g["none"] is None
    np.testing.assert_allclose(g["layers"][0].w, np.tile(X, (3, 1)))
    assert isinstance(g["layers"][0], Layer)
    assert (g["layers"][0].b, g["scale"]) == (2.0, 6.0)


def test_value_and_grad_gives_both_and_passes_the_rest_on():
    assert ag.value_and_grad(lambda x: x * x)(3.0) == (9.0, 6.0)
    (value, aux), g = ag.value_and_grad(lambda x: (x * x, "kept"), has_aux=True)(3.0)
    assert (value, aux, g) == (9.0, "kept", 6.0)


def test_jacobian_of_a_linear_map_is_its_matrix():
    np.testing.assert_allclose(ag.jacobian(lambda x: A @ x)(X), A, rtol=1e-14)


def test_jacobian_has_the_shape_of_value_and_argument():
    got = ag.jacobian(lambda m: (m * m).sum(axis=0))(np.ones((2, 3)))
    assert got.shape == (3, 2, 3)
    np.testing.assert_array_equal(got[1], [[0, 2, 0], [0, 2, 0]])


def test_jacobian_of_a_nested_argument_is_a_nest():
    got = ag.jacobian(lambda p: p["a"] * p["b"])({"a": X, "b": 2.0})
    np.testing.assert_allclose(got["a"], 2 * np.eye(3))
    np.testing.assert_allclose(got["b"], X)


def test_hessian_of_the_rosenbrock_function_agrees_with_differences_of_its_gradient():
    x, h = RNG.normal(size=5), 1e-5
    g = ag.grad(rosenbrock)
    numeric = np.array([(g(x + h * e) - g(x - h * e)) / (2 * h) for e in np.eye(5)])
    np.testing.assert_allclose(ag.hessian(rosenbrock)(x), numeric, rtol=1e-6, atol=1e-5)


def test_hvp_is_the_hessian_times_the_vector():
    x, v = RNG.normal(size=5), RNG.normal(size=5)
    (got,) = ag.hvp(rosenbrock, (x,), (v,))
    np.testing.assert_allclose(got, ag.hessian(rosenbrock)(x) @ v, rtol=1e-10)


def test_jvp_is_the_jacobian_times_the_vector_and_vjp_its_transpose():
    def f(x):
        return np.tanh(A @ x) * x

    jacobian = ag.jacobian(f)(X)
    value, change = ag.jvp(f, (X,), (V,))
    np.testing.assert_allclose(change, jacobian @ V, rtol=1e-12)
    out, pullback = ag.vjp(f, X)
    np.testing.assert_allclose(pullback(V)[0], V @ jacobian, rtol=1e-12)
    np.testing.assert_array_equal(value, out)
    np.testing.assert_array_equal(value, np.tanh(A @ X) * X)


def test_a_pullback_can_be_called_again():
    _, pullback = ag.vjp(lambda x: x * x, X)
    np.testing.assert_array_equal(pullback(V)[0], pullback(V)[0])


def test_jvp_of_a_function_without_influence_is_zero():
    assert ag.jvp(lambda x: Value(2.0), (1.0,), (1.0,)) == (2.0, 0.0)


def test_transforms_keep_float32():
    assert ag.grad(quadratic)(X.astype(np.float32)).dtype == np.float32
    assert ag.jacobian(lambda x: x * x)(X.astype(np.float32)).dtype == np.float32


def test_transforms_work_inside_no_grad():
    with ag.no_grad():
        assert ag.grad(lambda x: x * x)(3.0) == 6.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ag.grad(lambda x: x * x)(X), ValueError, r"returns shape \(3,\).*jacobian"),
        (lambda: ag.grad(lambda x: 3.0)(X), TypeError, "returns float; expected a Value"),
        (lambda: ag.grad(lambda x: x, argnums=2)(1.0), ValueError, "argnums=2.*1 positional"),
        (lambda: ag.vjp(lambda x: x * x, X)[1](1.0), ValueError, r"shape \(\);.*\(3,\)"),
        (lambda: ag.jvp(lambda x: x, (X,), (1.0,)), ValueError, "differ in form or shape"),
        (lambda: ag.hvp(quadratic, (X,), (V, V)), ValueError, "one vector for each argument"),
        (lambda: ag.grad(lambda x: x)("a"), TypeError, "expected real numbers"),
    ],
)
def test_a_wrong_call_is_told_what_was_expected(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_what_is_given_by_keyword_is_handed_on():
    def f(x, power=2):
        return (x**power).sum()

    point = np.array([1.0, 2.0])
    assert ag.grad(f)(point, power=3).tolist() == [3.0, 12.0]
    assert ag.value_and_grad(f)(point, power=3)[0] == 9.0
    assert ag.hessian(f)(point, power=3).tolist() == [[6.0, 0.0], [0.0, 12.0]]


@pytest.mark.parametrize("transform", [ag.grad, ag.value_and_grad, ag.jacobian, ag.hessian])
def test_what_is_no_function_is_refused_at_once(transform):
    with pytest.raises(TypeError, match="got int; expected a function"):
        transform(3)


def test_argument_numbers_are_integers_and_aux_comes_in_a_pair():
    with pytest.raises(TypeError, match="got argnums='x'; expected a position"):
        ag.grad(lambda x: x, "x")(1.0)
    with pytest.raises(TypeError, match=r"returns Value; expected a pair \(scalar, anything\)"):
        ag.value_and_grad(lambda x: x, has_aux=True)(1.0)
