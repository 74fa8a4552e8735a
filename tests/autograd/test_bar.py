"""The bar that every op of the table meets: how much of it is tested, in numbers."""

import numpy as np
import pytest
from references import REFERENCES as BY_DEFINITION

from autograd.ops import OPS
from autograd.value import record

every_op = pytest.mark.parametrize("op", OPS.values(), ids=OPS.keys())

SAMPLES, WRONG_CALLS, REFERENCES = 30, 5, 60

#: Ops below the bar: op -> what is counted -> (its own number, why it has no more).
SHORTFALLS: dict[str, dict[str, tuple[int, str]]] = {}

#: Ops that may differ from NumPy in the last bits, and why.
ROUNDED = {
    "power": "a ** b of two NumPy scalars is another loop than np.power of two arrays",
}

#: What the elements of samples are replaced by, in turn: zeros, units, huge, tiny, not finite.
SPECIAL = [0.0, -0.0, 1.0, -1.0, 1e20, -1e20, np.inf, -np.inf, np.nan, 2.5, -2.0, 0.5, 1e-30]


def bar(op, what, number):
    """What ``op`` must reach: the common number, or that of its entry among the shortfalls."""
    return SHORTFALLS.get(op.name, {}).get(what, (number, ""))[0]


@every_op
def test_every_op_has_samples_enough(op):
    assert len(op.samples()) >= bar(op, "samples", SAMPLES)


@every_op
def test_every_op_has_wrong_calls_enough_and_each_is_told_its_name(op):
    wrong = op.error_samples()
    assert len(wrong) >= bar(op, "wrong calls", WRONG_CALLS)
    for inputs, settings, error, message in wrong:
        with pytest.raises(error, match=message) as raised:
            record(op, inputs, settings or None)
        assert op.name in str(raised.value)


def test_shortfalls_are_reasoned_and_none_is_out_of_date():
    common = {"samples": SAMPLES, "wrong calls": WRONG_CALLS, "references": REFERENCES}
    for name, entries in SHORTFALLS.items():
        for what, (number, reason) in entries.items():
            assert reason
            assert number < common[what], f"{name} reaches the bar; strike it off the list"
            if what == "samples":
                assert len(OPS[name].samples()) < common[what], f"{name}: strike it off the list"


def relaid(x, layout):
    """The same elements in memory of another layout."""
    if np.ndim(x) == 0:
        return x
    wide = np.zeros([2 * n for n in x.shape], x.dtype)
    there = {
        "strided": wide[tuple(slice(None, None, 2) for _ in x.shape)],
        "negative": wide[tuple(slice(None, n, -1) for n in [n - 1 for n in x.shape])],
        "fortran": np.asfortranarray(x),
    }[layout]
    if there.shape != x.shape:
        there = there[tuple(slice(0, n) for n in x.shape)]
    there[...] = x
    return there


def filled(x, turn):
    """``x`` with its elements replaced by special ones, of which ``turn`` is the first."""
    places = (np.arange(np.size(x)) + turn) % len(SPECIAL)
    return np.array(SPECIAL)[places].reshape(np.shape(x))[()]


def variants(inputs, number):
    """The inputs as they are, in other layouts, in float32, and with special elements."""

    def each(change):
        return tuple(x if type(x) in (int, float) else change(x) for x in inputs)

    double = each(lambda x: np.asarray(x, np.float64)[()])
    yield double
    yield each(lambda x: np.asarray(x, np.float32)[()])
    for layout in ("strided", "negative", "fortran"):
        yield each(lambda x, layout=layout: relaid(np.asarray(x)[()], layout))
    for turn in (number, number + 5):
        special = tuple(
            x if type(x) in (int, float) else filled(x, turn + 3 * k) for k, x in enumerate(inputs)
        )
        yield special
        yield tuple(
            x if type(x) in (int, float) else np.asarray(x, np.float32)[()] for x in special
        )


def outcome(function, *args, **settings):
    """Result as an array, or the fact that it was refused."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(function(*args, **settings))
    except (ValueError, TypeError, np.linalg.LinAlgError):
        return None


def same_bits(a, b):
    """True of equal shapes, dtypes and elements, signs of zeros included; any NaN is a NaN."""
    with np.errstate(invalid="ignore"):
        equal = a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)
    unsigned = np.isnan(a)
    return bool(equal and np.all(unsigned | (np.signbit(a) == np.signbit(b))))


def rounded_alike(a, b):
    """True of equal shapes and dtypes, and elements that differ in the last bits at most."""
    few = 8 * np.finfo(a.dtype).eps
    with np.errstate(all="ignore"):
        close = np.allclose(a, b, rtol=few, atol=few, equal_nan=True)
    return a.shape == b.shape and a.dtype == b.dtype and close


def of_numpy(op, function, inputs, settings):
    """The call of NumPy's own function that means ``op(*inputs, **settings)``."""
    if op.name == "where":
        return function(settings["condition"], *inputs)
    if op.name == "einsum":
        # Three operands and more are multiplied in the best order, not from the left.
        return function(settings["subscripts"], *inputs, optimize=len(inputs) > 2)
    if op.variadic:
        return function(list(inputs), **settings)
    return function(*inputs, **settings)


@every_op
def test_forward_gives_the_bits_of_numpy(op):
    for function in op.numpy:
        compared = 0
        for number, (inputs, settings) in enumerate(op.samples()):
            for kind, given in enumerate(variants(inputs, number)):
                ours = outcome(op.forward, *given, **settings)
                theirs = outcome(of_numpy, op, function, given, settings)
                where = f"{function.__name__}, sample {number}, variant {kind}: {given} {settings}"
                if ours is None or theirs is None:
                    assert ours is theirs, f"{ours}, NumPy {theirs}; None is refused ({where})"
                    continue
                if function is np.float_power and ours.dtype == np.float32:
                    continue  # NumPy's goes to float64; here float32 stays what it is
                same = rounded_alike if op.name in ROUNDED else same_bits
                assert same(ours, theirs), f"{ours}, NumPy {theirs} ({where})"
                compared += 1
        assert compared >= bar(op, "references", REFERENCES), function.__name__


def plain_variants(inputs, dtype):
    """The inputs in a dtype: as they are, and in three other layouts."""

    def each(change):
        return tuple(x if type(x) in (int, float) else change(x) for x in inputs)

    yield each(lambda x: np.asarray(x, dtype)[()])
    for layout in ("strided", "negative", "fortran"):
        yield each(lambda x, layout=layout: relaid(np.asarray(x, dtype)[()], layout))


@pytest.mark.parametrize("name", BY_DEFINITION)
@pytest.mark.parametrize(("dtype", "digits"), [(np.float64, 11), (np.float32, 4)])
def test_forward_agrees_with_the_definition_in_any_layout(name, dtype, digits):
    op, compared = OPS[name], 0
    for number, (inputs, settings) in enumerate(op.samples()):
        for given in plain_variants(inputs, dtype):
            ours = np.asarray(op.forward(*given, **settings))
            exact = [x if type(x) in (int, float) else np.asarray(x, float)[()] for x in given]
            theirs = np.asarray(BY_DEFINITION[name](*exact, **settings))
            assert ours.shape == theirs.shape
            assert ours.dtype == settings.get("dtype", dtype)
            scale = np.max(np.abs(theirs), initial=1.0)
            close = {"rtol": 10.0**-digits, "atol": 10.0**-digits * scale}
            np.testing.assert_allclose(ours, theirs, **close, err_msg=f"sample {number}")
            compared += 1
    assert compared >= bar(op, "references", REFERENCES)


def test_every_op_has_a_reference():
    assert [name for name, op in OPS.items() if not op.numpy and name not in BY_DEFINITION] == []


#: Where definitions overflow: values at 1e20, -1e20, inf and -inf, by taking the limit.
LIMITS = {
    "sigmoid": (1.0, 0.0, 1.0, 0.0),
    "relu": (1e20, 0.0, np.inf, 0.0),
    "leaky_relu": (1e20, -1e18, np.inf, -np.inf),
    "elu": (1e20, -1.0, np.inf, -1.0),
    "gelu": (1e20, 0.0, np.inf, 0.0),
    "silu": (1e20, 0.0, np.inf, 0.0),
    "softplus": (1e20, 0.0, np.inf, 0.0),
    "erf": (1.0, -1.0, 1.0, -1.0),
    "erfc": (0.0, 2.0, 0.0, 2.0),
    "step": (1.0, 0.0, 1.0, 0.0),
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize(("dtype", "digits"), [(np.float64, 14), (np.float32, 6)])
def test_functions_without_a_numpy_name_reach_their_limits_and_keep_nan(name, dtype, digits):
    points = np.array([1e20, -1e20, np.inf, -np.inf], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        ends = OPS[name].forward(points)
        np.testing.assert_allclose(ends, np.array(LIMITS[name], dtype), rtol=10.0**-digits)
        assert [float(OPS[name].forward(x)) for x in points] == ends.tolist()
    assert ends.dtype == dtype
    assert np.isnan(OPS[name].forward(dtype(np.nan)))


def test_every_elementwise_op_without_a_numpy_name_has_its_limits():
    elementwise = {name for name, op in OPS.items() if op.elementwise and not op.numpy}
    assert elementwise <= set(LIMITS)
