"""Corners of the engine: other names of an op, defaults, several hooks, answers without graph."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.ops import OPS, apply
from autograd.ops.inverses import singular


def test_positions_and_truths_are_those_of_the_data():
    data = np.array([[3.0, 0.0, 2.0], [1.0, 5.0, 5.0]])
    v = Value(data)
    for name in ("argmax", "argmin"):
        for axis in (None, 0, 1):
            expected = getattr(np, name)(data, axis=axis)
            np.testing.assert_array_equal(getattr(v, name)(axis=axis), expected)
        assert getattr(v, name)(axis=0, keepdims=True).shape == (1, 3)
    np.testing.assert_array_equal(v.argsort(), np.argsort(data, kind="stable"))
    np.testing.assert_array_equal(v.argsort(axis=0), np.argsort(data, axis=0, kind="stable"))
    np.testing.assert_array_equal(v.any(axis=1), [True, True])
    np.testing.assert_array_equal(v.all(axis=1, keepdims=True), [[False], [True]])


def test_a_value_takes_positions_in_a_row_or_along_an_axis():
    data = np.arange(6.0).reshape(2, 3)
    v = Value(data)
    out = v.take([5, 0, 0])
    assert out.data.tolist() == [5.0, 0.0, 0.0]
    out.backward([1.0, 2.0, 3.0])
    assert v.grad.tolist() == [[5.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    np.testing.assert_array_equal(v.take([1], axis=1).data, data[:, [1]])
    np.testing.assert_array_equal(Value(data[0]).take([-1]).data, [2.0])
    assert v.take(4).item() == 4.0


def test_other_names_record_the_same_op():
    a, b = Value([5.0, -7.0]), Value([3.0, 2.0])
    assert ag.mod(a, b).op is ag.remainder(a, b).op
    assert ag.mod(a, b).data.tolist() == [2.0, 1.0]
    assert ag.deg2rad(a).op is ag.radians(a).op
    assert ag.rad2deg(a).op is ag.degrees(a).op
    np.testing.assert_allclose(ag.rad2deg(ag.deg2rad(a)).data, a.data, rtol=1e-15)


@pytest.mark.parametrize("name", ["atleast_1d", "atleast_2d", "atleast_3d"])
@pytest.mark.parametrize("shape", [(), (2,), (2, 1), (2, 1, 2), (1, 2, 1, 2)])
def test_axes_are_added_as_numpy_adds_them_to_values_and_to_plain_arrays(name, shape):
    data = np.arange(np.prod(shape, dtype=int), dtype=float).reshape(shape)
    expected = getattr(np, name)(data)
    for given in (Value(data), data):
        np.testing.assert_array_equal(getattr(ag, name)(given).data, expected)
    several = getattr(ag, name)(Value(data), 1.0)
    assert [x.shape for x in several] == [x.shape for x in getattr(np, name)(data, 1.0)]


def test_what_has_three_axes_is_stacked_behind_as_it_is():
    data = np.arange(4.0).reshape(1, 2, 2)
    out = ag.dstack([Value(data), Value(data)])
    np.testing.assert_array_equal(out.data, np.dstack([data, data]))


def test_arguments_that_keep_numpys_default_are_taken():
    v = Value([[1.0, 2.0], [3.0, 4.0]])
    assert np.sum(v, axis=0, dtype=None).data.tolist() == [4.0, 6.0]
    assert np.max(v, initial=np._NoValue).item() == 4.0
    assert np.sum(v, None, None, None).item() == 10.0


def test_hooks_are_taken_away_one_by_one_and_a_second_time_without_harm():
    v, seen = Value(2.0), []
    handles = [v.register_hook(lambda g, k=k: seen.append(k)) for k in range(3)]
    after = [
        v.register_post_accumulate_grad_hook(lambda leaf, k=k: seen.append(10 + k)) for k in (0, 1)
    ]
    (v * v).backward()
    assert seen == [0, 1, 2, 10, 11]
    handles[2].remove()
    handles[2].remove()
    after[1].remove()
    seen.clear()
    (v * v).backward()
    assert seen == [0, 1, 10]


def test_debug_mode_is_a_decorator_too():
    @ag.debug()
    def logarithm(x):
        return ag.log(x)

    with np.errstate(all="ignore"), pytest.raises(ag.NonFiniteError, match="log"):
        logarithm(Value(-1.0))
    assert logarithm(Value(1.0)).item() == 0.0
    with np.errstate(all="ignore"):
        assert np.isnan(ag.log(Value(-1.0)).item())


def test_an_op_is_checked_in_the_first_order_alone_if_asked():
    assert ag.check_op(ag.ops.Sin, second_order=False) == len(ag.ops.Sin.samples())


def test_second_derivatives_of_a_part_that_needs_no_gradient_are_left_out():
    def f(x):
        return [x * x, Value(1.0, requires_grad=False) * 2]

    assert ag.gradgradcheck(f, 3.0)
    assert ag.gradgradcheck(lambda x: x.detach() * 2, 3.0)


def test_an_op_without_samples_is_not_checked():
    class Bare(ag.Op):
        """Nothing: y = a."""

        @staticmethod
        def forward(a):
            return a

        @staticmethod
        def wrt_a(delta, out, a):
            return delta

    try:
        with pytest.raises(ValueError, match="no samples"):
            ag.check_op(Bare)
    finally:
        del ag.ops.OPS["bare"]


def test_shapes_are_changed_by_methods_as_by_numpys():
    data = np.arange(6.0).reshape(1, 2, 3)
    v = Value(data)
    np.testing.assert_array_equal(v.mT.data, np.swapaxes(data, -1, -2))
    np.testing.assert_array_equal(v.ravel().data, data.ravel())
    np.testing.assert_array_equal(v.flatten().data, data.ravel())
    np.testing.assert_array_equal(v.squeeze().data, data[0])
    np.testing.assert_array_equal(v.squeeze(axis=0).data, data[0])


def test_the_kernel_of_a_convolution_needs_channels_in_groups():
    settings = {"kernel": (2,), "stride": (1,), "padding": ((0, 0),), "dilation": (1,)}
    with pytest.raises(ValueError, match="channels in groups of 2"):
        apply(OPS["convolution_kernel"], Value(np.ones((1, 3, 4))), np.ones((1, 2, 3)),
              **settings, groups=2)  # fmt: skip


def test_a_matrix_that_only_rounding_makes_singular_is_told_so():
    assert singular(np.eye(2)) == "expected regular matrices; one is singular up to rounding."
