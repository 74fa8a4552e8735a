"""Keywords of NumPy's functions on Values: meant as given, or refused; never ignored."""

import inspect

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.numpy_dispatch import PLAIN, SPELLINGS, stand_ins

SQUARE, ROW = Value(2 * np.eye(3) + 1), Value(np.arange(3.0))
COLUMNS = Value(np.arange(6.0).reshape(3, 2))
#: Arguments of the functions that take more than one square matrix.
ARGUMENTS = {
    "where": (np.array([True, False, True]), ROW, ROW), "einsum": ("ij,jk", SQUARE, SQUARE),
    "concatenate": ([SQUARE, SQUARE],), "stack": ([ROW, ROW],), "reshape": (SQUARE, (9,)),
    "broadcast_to": (ROW, (3, 3)), "expand_dims": (ROW, 0), "repeat": (ROW, 2), "tile": (ROW, 2),
    "pad": (ROW, 1), "take": (ROW, [0, 1]), "take_along_axis": (ROW, np.array([0, 1]), 0),
    "swapaxes": (SQUARE, 0, 1), "moveaxis": (SQUARE, 0, 1), "clip": (ROW, 0, 1), "roll": (ROW, 1),
    "split": (ROW, 3), "array_split": (ROW, 3), "hsplit": (SQUARE, 3), "vsplit": (SQUARE, 3),
    "dsplit": (SQUARE.reshape(3, 1, 3), 3), "solve": (SQUARE, ROW), "lstsq": (COLUMNS, ROW),
    "matrix_power": (SQUARE, 2), "tensordot": (SQUARE, SQUARE), "dot": (SQUARE, SQUARE),
    "vdot": (ROW, ROW), "inner": (ROW, ROW), "outer": (ROW, ROW), "kron": (ROW, ROW),
    "cross": (ROW, ROW), "hstack": ([ROW, ROW],), "vstack": ([ROW, ROW],), "append": (ROW, ROW),
    "average": (ROW,), "dstack": ([ROW, ROW],), "column_stack": ([ROW, ROW],),
    "broadcast_arrays": (ROW, ROW),
}  # fmt: skip
KEYWORDS = {
    "out": np.empty(3), "where": np.array([True, False, True]), "dtype": np.float32,
    "initial": 1.0, "order": "F", "casting": "unsafe", "like": np.empty(1), "subok": True,
    "mode": "wrap", "bogus": 1, "keepdims": True, "stable": True, "overwrite_input": True,
    "hermitian": True, "UPLO": "U", "rcond": 0.5, "correction": 1, "mean": 0.0, "copy": False,
    "returned": True, "weights": [1.0, 2.0, 3.0],
}  # fmt: skip
#: What our own functions of that name can do as well.
MEANT = {
    "keepdims": {"sum", "mean", "max", "amax", "min", "amin", "prod", "var", "std", "ptp",
                 "vector_norm", "matrix_norm", "norm", "average"},
    "mode": {"pad", "take"}, "weights": {"average"},
}  # fmt: skip


def functions():
    table = dict.fromkeys([*stand_ins(), *SPELLINGS])
    return [f for f in table if not isinstance(f, np.ufunc)]


def ufuncs():
    return [f for f in dict.fromkeys([*stand_ins(), *SPELLINGS]) if isinstance(f, np.ufunc)]


def named(f):
    return f"{f.__module__}.{f.__name__}" if hasattr(f, "__module__") else f.__name__


@pytest.mark.parametrize("f", functions(), ids=named)
def test_a_function_means_a_keyword_or_refuses_it(f):
    arguments = ARGUMENTS.get(f.__name__, (SQUARE,))
    f(*arguments)
    for keyword, given in KEYWORDS.items():
        if f.__name__ in MEANT.get(keyword, ()):
            assert f(*arguments, **{keyword: given}) is not None
            continue
        with pytest.raises(TypeError) as caught:
            f(*arguments, **{keyword: given})
        # What NumPy itself does not know, it refuses before us.
        if keyword in inspect.signature(f).parameters:
            assert f.__name__ in str(caught.value)
            assert keyword in str(caught.value)


@pytest.mark.parametrize("f", ufuncs(), ids=named)
def test_a_ufunc_refuses_out_and_every_keyword_and_its_methods(f):
    arguments = [SQUARE + 1.5] * f.nin
    for keyword in ("out", "where", "dtype", "casting", "order", "subok", "bogus"):
        given = {"out": np.empty((3, 3)), "subok": False}.get(keyword, KEYWORDS.get(keyword))
        if f.__name__ in ("matmul", "vecdot", "matvec", "vecmat") and keyword == "where":
            continue  # generalised ufuncs have none
        with pytest.raises(TypeError) as caught:
            f(*arguments, **{keyword: given})
        if keyword != "bogus":
            assert f"np.{f.__name__}" in str(caught.value)
            assert f"{keyword}=" in str(caught.value)
    for method in ("reduce", "accumulate", "outer"):
        if f.nin == 2 and f.signature is None:
            with pytest.raises(TypeError, match=rf"np\.{f.__name__}\.{method}\(\) does not record"):
                getattr(f, method)(*(arguments if method == "outer" else arguments[:1]))


def test_every_differentiable_ufunc_of_numpy_has_an_op():
    bits = {
        "bitwise_and", "bitwise_count", "bitwise_or", "bitwise_xor", "gcd", "invert", "lcm",
        "left_shift", "right_shift", "isnat", "logical_xor",
    }  # fmt: skip
    several_results = {"divmod", "frexp", "modf"}
    steps = {"ldexp", "nextafter", "spacing"}
    for name in dir(np):
        f = getattr(np, name)
        if isinstance(f, np.ufunc) and f not in PLAIN:
            expected = f.__name__ not in bits | several_results | steps
            assert (f in stand_ins() or f in SPELLINGS) == expected, name


@pytest.mark.parametrize(
    ("name", "subscripts", "shapes"),
    [
        ("vecdot", "...i,...i->...", [(2, 3), (3,)]),
        ("matvec", "...ij,...j->...i", [(4, 2, 3), (4, 3)]),
        ("vecmat", "...i,...ij->...j", [(4, 2), (4, 2, 3)]),
    ],
)
def test_products_along_the_last_axis_are_sums_of_products(name, subscripts, shapes):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in shapes]
    values = [Value(a) for a in arrays]
    out = getattr(ag, name)(*values)
    np.testing.assert_allclose(out.data, np.einsum(subscripts, *arrays), rtol=1e-14)
    if hasattr(np, name):
        by_numpy = getattr(np, name)(*values)
        assert by_numpy.data.tolist() == out.data.tolist()
        assert by_numpy.origin.expression == "getattr(np, name)(*values)"
        np.testing.assert_allclose(out.data, getattr(np, name)(*arrays), rtol=1e-14)
    ag.gradcheck(getattr(ag, name), *arrays)
