# ruff: noqa: E501  (a table reads better with one case per line)
"""Each way of writing a computation: compiled, and as source, it gives what NumPy gives."""

import collections
import functools
import gc
import math
import operator
from math import hypot

import numpy as np
import pytest

import autograd as ag
from autograd import Value

X = np.array([[1.5, -2.0, 0.25], [3.0, 0.5, -1.0]])
SQUARE = np.array([[2.0, 1.0, 0.0], [0.5, 3.0, 1.0], [0.0, 1.0, 4.0]])
CUBE = np.arange(24.0).reshape(2, 3, 4)
WHOLE = np.array([[3, 1, 2], [5, 4, 0]])
NEAR = functools.partial(np.sum, axis=0)
FORMS = {
    "power as a function": (lambda x: np.power(x, 2), X),
    "power from the right": (lambda x: 2.0**x, X),
    "power of a third": (lambda x: np.abs(x) ** (1 / 3), X),
    "logic between numbers": (lambda x: np.logical_and(x, x > 0), X),
    "logic between truths": (lambda x: np.logical_and(x > 0, x < 2) | (x == 0.25), X),
    "exclusive": (lambda x: (x > 0) ^ (x < 1), X),
    "not": (lambda x: ~(x > 0), X),
    "comparisons": (lambda x: ((x <= 1) == (x >= 1)) != (x < 0), X),
    "remainders": (lambda x: (x % 2.0, x // 2.0, np.fmod(x, 2.0)), X),
    "two results": (lambda x: np.modf(x), X),
    "two results, one used": (lambda x: np.frexp(x)[0] * 2, X),
    "divmod": (lambda x: divmod(x, 2.0), X),
    "a constant with a kind": (lambda x: x * np.float32(0.1) + np.int64(2), X),
    "a truth as an argument": (lambda x: np.where(np.bool_(True), x, 0.0), X),
    "infinite and nan": (lambda x: np.where(x > 0, np.inf, np.nan), X),
    "sum with a kind": (lambda x: x.sum(dtype=np.float32), X),
    "sums": (lambda x: (x.sum(0), x.sum(axis=(0, 1)), np.sum(x, 1, keepdims=True)), X),
    "means": (lambda x: (x.mean(), x.mean(0), np.mean(x, axis=(1,), keepdims=True)), X),
    "extremes": (lambda x: (x.max(1), np.min(x, axis=0), np.max(x)), X),
    "any and all": (lambda x: ((x > 0).any(), np.all(x > 0, axis=0)), X),
    "sums of whole numbers": (lambda i: (i.sum(), i.sum(0), i.mean(1)), WHOLE),
    "sums of halves": (lambda x: x.astype(np.float16).sum(0), X),
    "reduce": (lambda x: (np.add.reduce(x), np.multiply.reduce(x, 1), np.add.reduce(x, 1)), X),
    "accumulate": (lambda x: (np.cumsum(x, 1), np.add.accumulate(x), x.cumprod(axis=0)), X),
    "out": (lambda x: np.cumsum(x, 1, out=x * 0.0) + 1, X),
    "out of a ufunc": (lambda x: np.add(x, 1.0, out=x * 0.0), X),
    "out of another kind": (lambda x: np.add(x, 1.5, out=(x * 0).astype(np.float32), casting="unsafe"), X),
    "copyto": (lambda x: written(np.copyto, x), X),
    "broadcast on writing": (lambda x: written(lambda y, _: y.__setitem__(slice(None), 3.0), x), X),
    "a row into all rows": (lambda x: written(lambda y, x: np.copyto(y, x[0]), x), X),
    "transposes": (lambda x: (x.T @ x, x.mT, x[0].T, x.swapaxes(0, 1), np.transpose(x)), X),
    "stacked transposes": (lambda x: (x.mT, x.transpose(2, 0, 1), np.moveaxis(x, 0, 1)), CUBE),
    "products": (lambda x: (x @ x.T, x.dot(x.T), np.dot(x[0], x[1]), x @ x[0], np.vdot(x, x)), X),
    "stacked products": (lambda x: (x @ x.mT, np.matmul(x[0], x[1].T), x.dot(x[0, 0])), CUBE),
    "einsum": (lambda x: np.einsum("ij,kj->ik", x, x), X),
    "linear algebra": (lambda x: (np.linalg.inv(x), np.linalg.det(x), np.linalg.eigh(x + x.T)), SQUARE),
    "the named parts of a result": (lambda x: np.linalg.eigh(x + x.T).eigenvalues, SQUARE),
    "picks": (lambda x: (x[1], x[-1, 0], x[:, 1:], x[..., ::-1], x[None], x[[1, 0]], x[0, [2, 1]]), X),
    "a tuple of one": (lambda x: x[(0,)], X),
    "picks by traced places": (lambda x: (x[np.argmax(x, 0), [0, 1, 2]], x[x[:, 0].argsort()]), X),
    "take along": (lambda x: np.take_along_axis(x, np.argsort(x, axis=1), axis=1), X),
    "take along by keyword": (lambda x: np.take_along_axis(x, np.argsort(x, axis=1)[:, :1], -1), X),
    "take along the first": (lambda x: np.take_along_axis(x, np.argsort(x, axis=0), axis=0), X),
    "take": (lambda x: (np.take(x, [2, 0], axis=1), x.take([0, 1])), X),
    "sorted": (lambda x: (np.sort(x), np.argsort(x), np.partition(x, 1)), X),
    "shapes": (lambda x: (x.reshape(3, 2), np.ravel(x), x.ravel(), np.expand_dims(x, 1), x.flatten()), X),
    "joined": (lambda x: (np.concatenate([x, x]), np.stack([x, x], 1), np.vstack([x, x]), np.split(x, 3, 1), np.split(x, 1)), X),
    "padded": (lambda x: (np.pad(x, 1), np.roll(x, 1, 0), np.tile(x, (1, 2)), np.repeat(x, 2)), X),
    "clip": (lambda x: (x.clip(-1, 1), np.clip(x, None, 1.0), np.maximum(x, 0)), X),
    "kinds": (lambda x: (x.astype(int), x.astype("float32"), x.astype(np.float16), x.astype(bool)), X),
    "like": (lambda x: (np.zeros_like(x) + x, np.ones_like(x), np.full_like(x, 2.0)), X),
    "spread": (lambda x: (x.std(), x.var(0), np.median(x), np.quantile(x, 0.25), np.ptp(x)), X),
    "shape tells": (lambda x: x / len(x) / x.size / x.shape[1] / x.ndim / np.size(x, 0), X),
    "sum of rows by Python": (lambda x: sum(row * k for k, row in enumerate(x)), X),
    "where of long arrays": (lambda x: where_long(x), np.linspace(-1, 1, 3000)),
    "where with other zeros": (lambda x: (np.where(x > 0, x, -0.0), np.where(x[0] > 0, x, 0.0)), np.ones((2, 3000))),
    "where of whole numbers": (lambda x: np.where(x > 3, x, 0), np.arange(3000)),
    "where of a constant": (lambda x: np.where(np.arange(3000) > 9, x, 0.0), np.ones(3000)),
    "float32 throughout": (lambda x: (x * 2.0 + 1) / 3 - x**2, X.astype(np.float32)),
    "squares": (lambda x: (x**2, x**2.0, x**1, x**0, x**-1), X),
    "signs": (lambda x: (-x, +x, abs(x), np.negative(x) * -2.0), X),
    "times one": (lambda x: (1 * x, x * 1.0, x / 1, 1.0 * x * np.ones(3), x.astype(float)), X),
    "a long constant": (lambda x: x + np.arange(300.0).reshape(2, 150)[:, :3], X),
    "constants in memory order": (lambda x: x + np.asfortranarray(X), X),
    "empty constants": (lambda x: np.concatenate([x, np.zeros((0, 3))]), X),
    "a number": (lambda x: (x * 2, x + np.float64(1), math.pi * x, x**2), 3.0),
    "a NumPy number": (lambda x: (x * 2, x.astype(np.float32), x.sum(), np.round(x, 1)), np.float64(0.37)),
    "an array without axes": (lambda x: (x * 2, x[()], x.reshape(1)), np.array(0.37)),
    "a float32 number": (lambda x: x * 2 + 1, np.float32(0.37)),
    "whole numbers": (lambda i: (i * 2, i // 2, i / 2, i**2, i & 1, i | 4, -i), WHOLE),
    "flags": (lambda x: x * (2.0 if x.flags.c_contiguous else 3.0), X),
    "identities": (lambda x: x - x + np.eye(3)[0], X),
    "apply twice": (lambda x: (np.tanh(x), np.tanh(x)), X),
}  # fmt: skip


def written(write, x):
    y = x * 1.0
    write(y, x)
    return y


def where_long(x):
    return np.where(x > 0, x, 0.0), np.where(x > 0, 0.0, x), np.where(x > 0, x, 0.0) * 2


def arrays_of(result):
    if isinstance(result, list | tuple):
        return [a for part in result for a in arrays_of(part)]
    return [np.asarray(result)]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_gives_what_numpy_gives(form):
    function, x = FORMS[form]
    compiled = ag.compile(function)
    for factor in (1, 2):
        given = x * factor if np.asarray(x).dtype.kind == "f" else x
        wanted = arrays_of(function(given))
        found = arrays_of(compiled(given))
        for mine, other in zip(found, wanted, strict=True):
            np.testing.assert_array_equal(mine, other, strict=True)
    assert compiled.traces == 1
    namespace = {}
    exec(compiled.source(), namespace)
    program = compiled.program
    arguments = [given] * len(program.inputs)
    results = namespace[program.name](*arguments, *program.constants.values())
    for mine, other in zip(arrays_of(results), wanted, strict=False):
        np.testing.assert_array_equal(mine, other)


Point = collections.namedtuple("Point", "x y")


def test_arguments_and_results_nest():
    compiled = ag.compile(lambda p, more: (Point(p.x * 2, p.y), {"sum": p.x + more[0]["z"]}, None))
    for k in (1.0, 2.0):
        point, named, none = compiled(Point(X * k, 3.0), [{"z": k}])
        assert isinstance(point, Point)
        assert point.y == 3.0
        assert none is None
        np.testing.assert_array_equal(named["sum"], X * k + k)
    assert compiled.traces == 1


def test_every_kind_of_callable_compiles():
    class Model:
        def __init__(self, w):
            self.w = Value(w)

        @ag.compile
        def loss(self, x):
            return (self.w * x).sum()

        @ag.compile(programs=3)
        def other(self, x):
            return (self.w + x).sum()

        @staticmethod
        @ag.compile
        def twice(x):
            return x * 2

        def __call__(self, x):
            return self.w - x

    one, two = Model(2.0), Model(3.0)
    assert [m.loss(1.0).item() for m in (one, two, one)] == [2.0, 3.0, 2.0]
    one.w.data = 5.0
    assert [m.loss(1.0).item() for m in (one, two)] == [5.0, 3.0]
    assert one.other(1.0).item() == 6.0
    assert Model.twice(2.0) == two.twice(2.0) == 4.0
    assert isinstance(Model.loss, type(Model.other))
    assert ag.compile(one)(1.0).item() == 4.0
    assert ag.compile(functools.partial(operator.mul, 3.0))(np.ones(1)) == 3.0
    assert "partial" in repr(ag.compile(functools.partial(operator.mul, 3.0)))
    assert ag.compile(np.hypot)(3.0, 4.0) == 5.0
    assert ag.compile(max)(2, 3) == 3


def test_arguments_of_a_function_without_a_signature_are_named_by_place():
    compiled = ag.compile(np.add)
    assert compiled(np.ones(2), np.ones(2)).tolist() == [2.0, 2.0]
    assert "def " in compiled.source()


def test_a_copy_of_a_compiled_function_has_programs_of_its_own():
    import copy
    import pickle

    compiled = ag.compile(np.tanh, programs=2)
    compiled(np.ones(2))
    for twin in (
        copy.copy(compiled),
        copy.deepcopy(compiled),
        pickle.loads(pickle.dumps(compiled)),
    ):
        assert (twin.traces, twin.most) == (0, 2)
        np.testing.assert_array_equal(twin(np.ones(2)), np.tanh(np.ones(2)))


def test_what_no_array_is_refused_where_it_is_made():
    with pytest.raises(ag.TraceError, match=r"a call gives str, which is no array.*outside"):
        ag.compile(lambda x: np.array_repr(x) if False else ag.modes.whole_call(str, x))(X)


def test_programs_that_go_first_are_the_least_recently_used():
    compiled = ag.compile(lambda x, n: x * n, programs=2)
    w = Value(1.0)

    def flagged(x):
        return (w * x).sum()

    switched = ag.compile(flagged, programs=2)
    for needed in (True, False, True):
        w.requires_grad = needed
        assert switched(X).requires_grad == needed
    assert switched.traces == 2
    switched(X[0])
    assert switched.traces == 3
    for n in (1, 2, 3, 1):
        compiled(X, n)
    assert compiled.traces == 4


def test_data_changed_beside_the_results_make_gradients_of_the_old_call_an_error():
    w = Value([1.0, 2.0])
    compiled = ag.compile(lambda x: (w * x * x).sum())
    x = np.ones(2)
    J = compiled(x)
    J.backward()
    x[:] = 9.0
    with pytest.raises(RuntimeError, match="computed it again and got another result"):
        J.backward()


def test_an_error_of_numpy_inside_a_program_is_numpys_and_leaves_it_usable():
    compiled = ag.compile(lambda places, x: x[places])
    compiled(np.array([0, 1]), np.ones(3))
    with pytest.raises(IndexError, match="index 7 is out of bounds"):
        compiled(np.array([0, 7]), np.ones(3))
    np.testing.assert_array_equal(compiled(np.array([2, 1]), np.arange(3.0)), [2.0, 1.0])


def test_an_array_of_another_trace_is_refused_as_a_result():
    kept = []

    def inner(x):
        kept.append(x)
        return x * 2

    ag.compile(inner)(X)
    with pytest.raises(ag.TraceError, match=r"data of another trace|left behind"):
        ag.compile(lambda x: kept[0])(X)


def test_hashing_inside_the_library_and_its_own_printing_are_no_questions():
    compiled = ag.compile(lambda x: ag.Value(x, label="a").describe() and ag.Value(x) * 2)
    np.testing.assert_array_equal(compiled(X).data, X * 2)


def borrowed(x, factor):
    """What a program calls as it is, with globals of several kinds."""
    return np.asarray(operator.mul(hypot(float(x[0, 0]), factor), x + SQUARE[0]))


def test_functions_called_as_they_are_stand_in_the_source_or_beside_it():
    scale = [2.0]

    def closing(x):
        return x * scale[0]

    def function(x):
        return ag.modes.whole_call(functools.partial(borrowed, factor=4.0), x), (
            ag.modes.whole_call(closing, x)
        )

    compiled = ag.compile(function)
    for mine, wanted in zip(compiled(X), (borrowed(X, 4.0), closing(X)), strict=True):
        np.testing.assert_array_equal(mine, wanted)
    source = compiled.source()
    assert "from math import hypot" in source
    assert "def borrowed" in source
    assert "def closing" not in source  # no text shows what it closes over


def test_traced_arrays_and_values_mix():
    w = Value(np.ones((2, 3)), label="w")

    def function(x, i):
        return (
            np.concatenate([x, w]),
            np.power(x * x, w),
            np.add(x, w),
            (x * x) ** w,
            Value(i) * w,
            w,
        )

    for mine, wanted in zip(ag.compile(function)(X, WHOLE), function(X, WHOLE), strict=True):
        np.testing.assert_array_equal(mine.data, wanted.data)


def test_constants_and_themselves_may_be_written_into_parameters():
    w, v = Value(np.ones((2, 3))), Value(np.ones(3))

    @ag.compile
    def step(x):
        w.data[...] = 0.0
        v.data = v.data
        return x * 2

    for k in (1, 2):
        w.data = w.data + 1.0
        step(X)
        np.testing.assert_array_equal(w.data, np.zeros((2, 3)))
        assert v.version == k


def test_dicts_of_other_kinds_are_arguments_and_collection_stays_off_if_it_was():
    compiled = ag.compile(lambda given: given["x"] * given["k"])
    gc.disable()
    try:
        for k in (2.0, 3.0):
            given = collections.OrderedDict(x=X, k=k)
            np.testing.assert_array_equal(compiled(given), X * k)
        assert not gc.isenabled()
    finally:
        gc.enable()
    assert compiled.traces == 1
