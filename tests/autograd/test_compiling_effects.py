"""Compiled functions that write: into parameters, arguments, views; and what they keep."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value


def parameter(*shape):
    return Value(np.random.default_rng(7).normal(size=shape), label="w")


def old_and_new(w):
    """Results that show the data from before they are written over."""

    def step(x):
        old, head = w.data.copy(), w.data[:2].copy()
        w.data -= 0.1 * x
        return old, head, w.data - old, w.data[2:] * 1.0

    return step


def exchanged(w):
    """Two arrays that take each other's place, in the arrays themselves."""
    other = Value(np.arange(4.0))

    def step(x):
        kept = w.data.copy()
        w.data[...] = other.data
        other.data[...] = kept * x
        return other.data * 1.0

    return step


def written_twice(w):
    def step(x):
        w.data += x
        doubled = w.data * 2
        w.data += doubled
        w.data[0] = 7.0
        w.data[1:] *= 0.5
        return doubled

    return step


def parts(w):
    """``x[index] += …`` reads a view, writes into it, and puts it back."""

    def step(x):
        square = x.reshape(2, 2) * 1.0
        square[0] += x[:2]
        square[:, 1] *= 3
        square[1, 0] -= 0.5
        w.data[1:3] *= square[:, 1]
        return square

    return step


def averaged(w):
    """A running mean of the weights beside them."""
    mean = Value(np.zeros(4), requires_grad=False)

    def step(x):
        w.data = w.data - 0.1 * x
        mean.data = 0.9 * mean.data + 0.1 * w.data
        return mean.data * 1.0

    return step


def argument_in_place(w):
    def step(x):
        x += w.data
        x[0] = 5.0
        return x * 2, x

    return step


def argument_copied(w):
    def step(x):
        mine = x.copy()
        mine += 1.0
        row = x.reshape(2, 2).flatten()
        row *= 3.0
        return mine * x, row

    return step


def gradient_scaled(w):
    def step(x):
        w.grad = None
        (w * w * x).sum().backward()
        w.grad *= 0.5
        w.data -= 0.1 * w.grad
        return w.grad * 1.0

    return step


def gradient_added_up(w):
    w.grad = np.ones(4)

    def step(x):
        w.grad[...] = 0
        (w * x).sum().backward()
        w.data -= 0.1 * w.grad

    return step


def hooked(w):
    w.register_hook(lambda delta: delta * 2)

    def step(x):
        w.grad = None
        (w * x).sum().backward()
        w.data -= w.grad

    return step


STEPS = [
    old_and_new, exchanged, written_twice, parts, averaged, argument_in_place, argument_copied,
    gradient_scaled, gradient_added_up, hooked,
]  # fmt: skip


def copies(result):
    results = result if isinstance(result, tuple) else (result,)
    return [np.array(x) for x in results if x is not None]


def history(make, compiled):
    w, found = parameter(4), []
    step = make(w)
    if compiled:
        step = ag.compile(step)
    for k in range(4):
        x = np.arange(4.0) * k + 1.0
        found += copies(step(x))
        found += [x, *copies((w.data, w.grad))]
    return found


@pytest.mark.parametrize("make", STEPS)
def test_what_is_written_is_what_eager_mode_writes(make):
    for mine, wanted in zip(history(make, True), history(make, False), strict=True):
        np.testing.assert_array_equal(mine, wanted, strict=True)


@pytest.mark.parametrize("make", STEPS)
def test_the_readable_source_writes_the_same(make):
    w = parameter(4)
    compiled = ag.compile(make(w))
    compiled(np.ones(4))
    namespace = {}
    exec(compiled.source(), namespace)
    program, replay = compiled.program, compiled._last
    given = [np.copy(x) if np.ndim(x) else x for x in replay.inputs([np.arange(4.0)])]
    twins = [np.copy(x) if np.ndim(x) else x for x in given]
    constants = list(program.constants.values())
    found = namespace[program.name](*given, *constants)
    wanted = replay.run(*twins)
    for mine, other in zip([*found, *given], [*wanted, *twins], strict=True):
        np.testing.assert_array_equal(mine, other, strict=True)


@pytest.mark.parametrize("kind", [np.float32, np.int64])
def test_arguments_of_any_kind_and_layout_are_written_into(kind):
    def step(x):
        x += 2
        x[:, 0] = 9

    compiled = ag.compile(step)
    for k in range(3):
        mine, wanted = (np.arange(12).reshape(3, 4)[:, ::2].astype(kind) * k for _ in range(2))
        compiled(mine)
        step(wanted)
        np.testing.assert_array_equal(mine, wanted, strict=True)
    assert compiled.traces == 1


def reshaped(y):
    row = y.reshape(-1)
    row += 1.0
    return y


def transposed(y):
    turned = y.T
    turned += np.arange(2.0)
    return y


def whole(y):
    all_of_it = y[...]
    all_of_it *= 2
    return y


def put_elsewhere(y):
    row = y[0]
    row += 1
    y[1] = row
    return y


@pytest.mark.parametrize("function", [reshaped, transposed, whole, put_elsewhere])
@pytest.mark.parametrize("own", [True, False])
def test_writing_through_a_view_is_refused(function, own):
    compiled = ag.compile(lambda x: function(x * 1.0) if own else function(x))
    x = np.ones((2, 2))
    with pytest.raises(
        ag.TraceError, match=r"test_compiling_effects\.py:\d+ .*through a view of it.*x\[index\] = "
    ):
        compiled(x)
    np.testing.assert_array_equal(x, np.ones((2, 2)))


def test_a_view_taken_before_its_array_was_written_into_is_refused():
    def step(x):
        row = x[0]
        x += 1.0
        return row * 2

    with pytest.raises(ag.TraceError, match=r"'row \* 2'.*Take the view again after writing"):
        ag.compile(step)(np.ones((2, 2)))


def test_an_argument_is_not_written_into_where_results_need_gradients():
    w = parameter(3)

    def loss(x):
        x -= x.mean()
        return (w * x).sum()

    x = np.arange(3.0)
    with pytest.raises(
        ag.TraceError, match=r"'x -= x\.mean\(\)': an argument is written into.*Write y = x"
    ):
        ag.compile(loss)(x)
    np.testing.assert_array_equal(x, np.arange(3.0))
    assert isinstance(w.data, np.ndarray)


def test_running_arrays_in_a_list_are_refused_and_as_an_argument_run_on():
    w = parameter(3)
    velocity = [np.zeros(3)]

    def step(x):
        velocity[0] = 0.9 * velocity[0] + w.data * x
        w.data -= 0.1 * velocity[0]

    with pytest.raises(
        ag.TraceError, match=r"'0\.9 \* velocity\[0\]'.*left behind.*the data of a Value"
    ):
        ag.compile(step)(np.ones(3))
    with pytest.raises(ag.TraceError, match="an earlier run of a compiled function left behind"):
        velocity[0] * 2.0

    def stepping(w):
        def step(x, velocity):
            velocity *= 0.9
            velocity += w.data * x
            w.data -= 0.1 * velocity

        return step

    v, twin = parameter(3), parameter(3)
    eager, compiled = stepping(v), ag.compile(stepping(twin))
    mine, wanted = np.zeros(3), np.zeros(3)
    for k in range(4):
        eager(np.full(3, k + 1.0), wanted)
        compiled(np.full(3, k + 1.0), mine)
        np.testing.assert_array_equal(mine, wanted)
        np.testing.assert_array_equal(twin.data, v.data)


@pytest.mark.parametrize("function", [lambda w: (w * 3.0).sum(), lambda w: w * 3.0])
def test_hooks_run_once_at_each_backward(function):
    w = parameter(3)
    calls = []

    def hook(delta):
        calls.append(delta)
        return delta * 2

    w.register_hook(hook)
    compiled = ag.compile(lambda: function(w))
    for _ in range(2):
        w.grad = None
        out = compiled()
        calls.clear()
        out.backward(np.ones(out.shape)[()])
        np.testing.assert_array_equal(w.grad, np.full(3, 6.0))
        assert len(calls) == 1


def test_one_value_in_two_places_gets_both_gradients_and_two_values_their_own():
    compiled = ag.compile(lambda u, v: (u * u * v).sum())
    u, v = Value([1.0, 2.0]), Value([3.0, 5.0])
    for _ in range(2):
        u.grad = v.grad = None
        compiled(u, u).backward()
        np.testing.assert_array_equal(u.grad, 3 * u.data**2)
        u.grad = None
        compiled(u, v).backward()
        np.testing.assert_array_equal(u.grad, 2 * u.data * v.data)
        np.testing.assert_array_equal(v.grad, u.data**2)
    assert compiled.traces == 2


def test_hooks_run_once_where_gradients_are_values():
    w = parameter(3)
    w.register_hook(lambda delta: delta * 2)
    compiled = ag.compile(lambda: (w**3).sum())
    compiled().backward(create_graph=True)
    np.testing.assert_allclose(w.grad.data, 6 * w.data**2, rtol=1e-15)


def test_a_value_of_the_functions_own_needs_nothing_from_outside():
    for function in (lambda x: Value(x).sum(), lambda x: Value(x) * 2.0):
        compiled = ag.compile(function)
        for _ in range(2):
            out = compiled(np.ones(3))
            out.backward(np.ones(out.shape)[()])
            np.testing.assert_array_equal(out.data, function(np.ones(3)).data)
            assert out.requires_grad


class Holder:
    def __init__(self, x):
        self.x = x


@pytest.mark.parametrize(
    "function", [lambda x: Holder(x * 2.0), lambda x: Holder([Value(x) * 2.0])]
)
def test_results_hidden_in_objects_are_refused(function):
    with pytest.raises(
        ag.TraceError, match=r"returns a Holder that holds traced arrays.*lists and dicts"
    ):
        ag.compile(function)(np.ones(3))
    assert ag.compile(lambda x: Holder(3).x)(np.ones(3)) == 3
    assert ag.compile(lambda x: {"kinds": frozenset({1, 2})})(np.ones(3)) == {"kinds": {1, 2}}


def test_programs_that_are_gone_leave_no_source_behind():
    import gc
    import linecache

    w = parameter(3)
    gc.collect()
    before = len(linecache.cache)
    for _ in range(5):
        ag.compile(lambda x: (w * x).sum())(np.ones(3))
    gc.collect()
    assert len(linecache.cache) <= before + 1


def test_copies_inside_are_copies_and_rounding_to_digits_is_traced():
    import copy

    def function(x):
        mine = copy.deepcopy(x)
        mine += 1.0
        twin = copy.copy(mine)
        twin *= 2.0
        return x, mine, twin, round(x.sum(), 1)

    x = np.array([0.25, 1.5, 3.01])
    for mine, wanted in zip(ag.compile(function)(x), function(x), strict=True):
        np.testing.assert_array_equal(mine, wanted, strict=True)
