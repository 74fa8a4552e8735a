"""Convolution and pooling as a network calls them: padding by name, bias, groups, refusals."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value

RNG = np.random.default_rng(8)


def test_a_convolution_by_hand():
    x = Value([[[1.0, 2.0, 4.0, 8.0]]])
    w = Value([[[10.0, 1.0]]])
    y = ag.conv1d(x, w, [0.5], stride=1)
    assert y.data.tolist() == [[[12.5, 24.5, 48.5]]]
    y.backward([[[1.0, 0.0, 2.0]]])
    assert w.grad.tolist() == [[[9.0, 18.0]]]
    assert x.grad.tolist() == [[[10.0, 1.0, 20.0, 2.0]]]


@pytest.mark.parametrize("length", [4, 5, 7])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_padding_gives_as_many_results_as_inputs(length, kernel, dilation):
    x, w = RNG.normal(size=(2, 1, length)), RNG.normal(size=(3, 1, kernel))
    assert ag.conv1d(x, w, padding="same", dilation=dilation).shape == (2, 3, length)
    for stride in (2, 3):
        y = ag.conv1d(x, w, padding="same", dilation=dilation, stride=stride)
        assert y.shape == (2, 3, -(-length // stride))
    image = RNG.normal(size=(1, 1, length, length + 1))
    y = ag.conv2d(image, w[..., None], padding="same", dilation=(dilation, 1))
    assert y.shape == (1, 3, length, length + 1)


def test_where_padding_cannot_be_equal_the_end_gets_more():
    y = ag.conv1d([[[1.0, 2.0, 3.0]]], [[[1.0, 10.0]]], padding="same")
    assert y.data.tolist() == [[[21.0, 32.0, 3.0]]]


def test_padding_is_written_in_four_ways():
    x, w = RNG.normal(size=(1, 1, 4, 4)), RNG.normal(size=(1, 1, 3, 3))
    one = ag.conv2d(x, w, padding=1).data
    for padding in ((1, 1), [1, 1], ((1, 1), (1, 1)), "same", np.int64(1)):
        np.testing.assert_allclose(ag.conv2d(x, w, padding=padding).data, one, rtol=1e-14)
    valid = ag.conv2d(x, w, padding="valid").data
    np.testing.assert_allclose(valid, one[..., 1:-1, 1:-1], rtol=1e-14)
    uneven = ag.conv2d(x, w, padding=((1, 0), (0, 1))).data
    np.testing.assert_allclose(uneven, one[..., :-1, 1:], rtol=1e-14)


def test_groups_convolve_apart():
    x, w = RNG.normal(size=(2, 4, 5)), RNG.normal(size=(6, 2, 3))
    whole = ag.conv1d(x, w, groups=2).data
    first = ag.conv1d(x[:, :2], w[:3]).data
    second = ag.conv1d(x[:, 2:], w[3:]).data
    np.testing.assert_allclose(whole, np.concatenate([first, second], axis=1), rtol=1e-14)


def test_third_derivatives_of_a_convolution_exist():
    x, w = RNG.normal(size=(1, 1, 3)), RNG.normal(size=(1, 1, 2))

    def f(x):
        return (ag.conv1d(x, w) ** 3).sum()

    hessian = ag.hessian(f)(x).reshape(3, 3)
    y, jacobian = ag.conv1d(x, w).data.ravel(), np.array([w.ravel().tolist() + [0.0]] * 2)
    jacobian[1] = [0.0, *w.ravel()]
    np.testing.assert_allclose(hessian, jacobian.T @ np.diag(6 * y) @ jacobian, rtol=1e-12)


def test_a_convolution_of_float32_stays_float32():
    x = Value(RNG.normal(size=(2, 2, 5, 5)), dtype=np.float32)
    w = Value(RNG.normal(size=(3, 2, 3, 3)), dtype=np.float32)
    y = ag.conv2d(x, w, Value(np.ones(3), dtype=np.float32), padding="same")
    y = ag.avg_pool2d(ag.max_pool2d(y, 2, padding=1), 2)
    assert y.dtype == np.float32
    y.sum().backward()
    assert (x.grad.dtype, w.grad.dtype) == (np.float32, np.float32)


X1, X2 = np.ones((1, 2, 5)), np.ones((1, 2, 5, 5))
W1, W2 = np.ones((3, 2, 2)), np.ones((3, 2, 2, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ag.conv1d(X1, W1, stride=0), r"conv1d\(\) got stride=0; expected .* at least 1\."),
        (lambda: ag.conv2d(X2, W2, stride=(1, 2, 3)), r"stride=\(1, 2, 3\); .* 1 or 2 of them"),
        (lambda: ag.conv2d(X2, W2, stride=1.5), r"conv2d\(\) got stride=1.5; expected a whole"),
        (lambda: ag.conv1d(X1, W1, dilation=-1), r"conv1d\(\) got dilation=-1; expected"),
        (lambda: ag.conv1d(X1, W1, padding=-1), r"conv1d\(\) got padding=-1; .* at least 0"),
        (lambda: ag.conv1d(X1, W1, padding="full"), r"padding='full'; expected 'same' or 'valid'"),
        (lambda: ag.conv2d(X2, W2, padding=((1, 1),)), r"expected 2 pairs \(before, after\)"),
        (lambda: ag.conv1d(X1, W1, groups=0), r"conv1d\(\) got groups=0; expected a whole number"),
        (lambda: ag.conv1d(X1, W1, np.ones(2)), r"a bias of shape \(2,\); expected \(3,\), one"),
        (lambda: ag.conv2d(X2[0], W2), r"shape \(2, 5, 5\).*Did you mean x\[None\]\?"),
        (lambda: ag.conv2d(X2[0], W2, padding="same"), r"shape \(2, 5, 5\).*\(batch, channels, h"),
        (lambda: ag.conv1d(X1, W2), r"expected a weight \(units, channels, \*kernel\) of 3 axes"),
        (lambda: ag.max_pool2d(X2, 0), r"max_pool2d\(\) got kernel_size=0; expected"),
        (lambda: ag.max_pool2d(X2, "2"), r"max_pool2d\(\) got kernel_size='2'; expected"),
        (lambda: ag.avg_pool1d(X1, 2, padding=2), r"expected padding of at most half the kernel"),
        (lambda: ag.avg_pool2d(X1, 2), r"avg_pool got a constant of shape \(1, 2, 5\).*4 axes"),
    ],
)  # fmt: skip
def test_wrong_settings_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_mean_of_a_window_counts_padding_or_not():
    x = [[[2.0, 4.0, 6.0]]]
    assert ag.avg_pool1d(x, 2, padding=1).data.tolist() == [[[1.0, 5.0]]]
    assert ag.avg_pool1d(x, 2, padding=1, count_include_pad=False).data.tolist() == [[[2.0, 5.0]]]


def test_windows_overlap_and_gradients_add_up():
    v = Value([[[1.0, 5.0, 2.0, 4.0]]])
    ag.max_pool1d(v, 2, stride=1).backward([[[1.0, 10.0, 100.0]]])
    assert v.grad.tolist() == [[[0.0, 11.0, 0.0, 100.0]]]


def test_a_bias_points_at_the_call():
    y = ag.conv2d(Value(X2), W2, np.zeros(3))
    assert y.origin.expression == "ag.conv2d(Value(X2), W2, np.zeros(3))"
