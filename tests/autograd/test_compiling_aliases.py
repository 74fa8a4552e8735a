"""Arrays that are one and the same, or look alike: compiled, they are kept apart as eagerly."""

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Value
from autograd.compiling import blocks

RNG = np.random.default_rng(7)
X = RNG.normal(size=(5, 4))


def agrees(function, *calls):
    """True to the bit, at each of the calls, with the eager function."""
    compiled = ag.compile(function)
    for args in calls:
        np.testing.assert_array_equal(compiled(*args), function(*args))
    return True


# -- functions that give back what they got


@pytest.mark.parametrize(
    "same",
    [
        np.atleast_1d, np.atleast_2d, np.real, np.real_if_close, lambda y: np.diff(y, n=0),
        lambda y: np.astype(y, float, copy=False), lambda y: np.broadcast_arrays(y, y)[0],
        lambda y: np.linalg.matrix_power(y, 1),
    ],
)  # fmt: skip
def test_a_result_that_is_its_argument_keeps_the_memory_of_it(same):
    def function(x):
        y = x * 2
        z = same(y)
        w = np.tanh(y * 3)
        return z + w * w

    square = RNG.normal(size=(4, 4))
    assert agrees(function, (square,), (2 * square,))


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
@pytest.mark.parametrize("clipping", [{"clipnorm": 1.0}, {"global_clipnorm": 5.0}])
def test_gradients_that_are_clipped_at_some_steps_only_move_parameters_as_eagerly(
    optimizer, clipping
):
    def trained(transform):
        rng = np.random.default_rng(1)
        weights = [Value(rng.normal(size=shape)) for shape in ((4, 6), (6, 4), (4, 3))]
        rule = getattr(nn.optimizers, optimizer)(weights, learning_rate=0.05, **clipping)

        def step(x):
            h = ag.tanh(ag.tanh(x @ weights[0]) @ weights[1])
            J = ((h @ weights[2]) ** 2).sum()
            J.backward()
            rule.step()
            rule.zero_grad()
            return J

        step = transform(step)
        return [step(X * scale).item() for scale in (1, 1, 0.01, 3)], weights

    (wanted, eager), (found, compiled) = trained(lambda step: step), trained(ag.compile)
    assert found == wanted
    for a, b in zip(compiled, eager, strict=True):
        np.testing.assert_array_equal(a.data, b.data)


def test_a_clipped_gradient_that_is_returned_is_the_callers():
    w = Value(X, label="w")

    def clipped(x):
        y = ag.modes.whole_call(nn.clipping.clip_by_norm, [x * 2.0], 1e3)
        return y[0]

    compiled = ag.compile(clipped)
    first = compiled(w.data)
    kept = first.copy()
    compiled(w.data + 1)
    np.testing.assert_array_equal(first, kept)


# -- looks into memory


def test_a_row_whose_number_is_an_argument_is_looked_up_at_each_call():
    def function(x, i):
        y = np.tanh(x * 2)
        row = y[:, i]
        return row[1:] * 3 + row[:-1]

    assert agrees(function, (X, np.int64(1)), (2 * X, np.int64(3)))


def test_such_a_row_can_be_read_block_by_block(monkeypatch):
    for name, elements in (("WORTH", 2), ("MOST", 2), ("LEAST", 2), ("CACHE", 2)):
        monkeypatch.setattr(blocks, name, elements)
    assert agrees(
        lambda x, i: np.tanh((x * 2.0)[:, i] * 3 + 1) * 2,
        (X, np.int64(1)), (2 * X, np.int64(3)),
    )  # fmt: skip


@pytest.mark.parametrize("same", [lambda t: 1 * t, lambda t: t.astype(float), lambda t: t / 1.0])
def test_a_look_into_a_copy_of_a_part_is_none_into_the_part(same):
    # The part lies with gaps in memory: what looks into its copy as one row copies it.
    def function(x):
        return same((x * 2)[:, 1:3]).reshape(-1) * 3

    assert agrees(function, (X,), (2 * X,))


@pytest.mark.parametrize("look", [lambda x: x[1:], lambda x: x.T, np.ravel, np.real])
def test_a_look_into_an_array_that_is_written_into_later_is_returned_as_a_copy_only(look):
    def copied(x):
        seen = look(x).copy()
        x += 1.0
        return seen

    def looked(x):
        seen = look(x)
        x += 1.0
        return seen

    np.testing.assert_array_equal(ag.compile(copied)(X.copy()), look(X))
    with pytest.raises(ag.TraceError, match="a view is used after its array was written into"):
        ag.compile(looked)(X.copy())


def test_an_argument_may_be_the_array_of_a_parameter_that_is_updated_early():
    def trained(transform):
        start = np.random.default_rng(0).normal(size=(4, 4))
        weights = [Value(start), Value(start + 1), Value(start - 1)]

        def step(x):
            h = ag.tanh(ag.tanh(x @ weights[0]) @ weights[1])
            J = ((h @ weights[2]) ** 2).sum()
            J.backward()
            for w in weights:
                w.data -= 0.1 * w.grad
                w.zero_grad()

        transform(step)(weights[2].data)
        return [w.data for w in weights]

    for a, b in zip(trained(ag.compile), trained(lambda step: step), strict=True):
        np.testing.assert_array_equal(a, b)


# -- constants


def test_constants_computed_from_large_arrays_of_ones_are_what_they_were():
    def function(x):
        return x + np.sin(np.ones_like(x) * 3.5)

    large = RNG.normal(size=(100, 200))
    assert agrees(function, (large,), (2 * large,))


def test_rows_of_numbers_are_not_cut_into_blocks(monkeypatch):
    for name, elements in (("WORTH", 2), ("MOST", 8), ("LEAST", 4), ("CACHE", 8)):
        monkeypatch.setattr(blocks, name, elements)
    rows = [[float(k)] for k in range(5)]
    assert agrees(lambda x: np.tanh(x + rows) * 2 - np.multiply(x, rows), (X,))


def test_a_number_times_a_list_is_no_longer_list():
    numbers = [1.0, 2.0, 3.0]
    assert agrees(lambda a: np.multiply(a, numbers) * 2, (np.float32(2),), (np.int64(3),))


# -- what the arguments are called, and how they are given


def test_arrays_may_be_given_by_name():
    assert agrees(lambda x: np.sum(a=x * 2) + np.mean(a=x, axis=0), (X,))
    assert agrees(lambda x: np.clip(a=x, a_min=0, a_max=1) * 2, (X,))
    k = np.array([[1], [0], [3], [2], [1]])
    assert agrees(lambda x, k: np.take_along_axis(x, indices=k, axis=1) * 2, (X, k))


def test_names_of_the_users_are_not_those_of_scratch_arrays_or_converted_numbers():
    def function(x, lr, lr_):
        return np.tanh(np.tanh(x * lr) * lr_) + 1.0

    assert agrees(function, (X, 2.0, 3.0))
    w = Value(RNG.normal(size=(64, 64)), label="scratch_64_64")
    before = w.data.copy()
    J = ag.compile(lambda x: (ag.relu(x * w) ** 2).sum())(before)
    np.testing.assert_allclose(J.item(), np.sum(before**4))
    np.testing.assert_array_equal(w.data, before)
