"""Clipping: lengths after it, directions kept, nothing overwritten."""

import numpy as np
import pytest

from nn.clipping import clip_by_global_norm, clip_by_norm, clip_by_value, global_norm

GRADIENTS = [np.array([[3.0, -4.0]]), None, np.array(0.5), np.array([12.0])]


def test_values_are_moved_into_the_interval():
    clipped = clip_by_value(GRADIENTS, 3.5)
    assert clipped[0].tolist() == [[3.0, -3.5]]
    assert clipped[1] is None
    assert clipped[2] == 0.5


def test_each_gradient_is_cut_to_the_length_by_itself():
    clipped = clip_by_norm(GRADIENTS, 2.0)
    np.testing.assert_allclose(clipped[0], [[1.2, -1.6]])
    assert clipped[1] is None
    assert clipped[2] == 0.5
    assert clipped[3].tolist() == [2.0]


def test_all_gradients_share_one_factor():
    norm = np.sqrt(9 + 16 + 0.25 + 144)
    assert global_norm(GRADIENTS) == pytest.approx(norm)
    clipped = clip_by_global_norm(GRADIENTS, 1.0)
    assert global_norm(clipped) == pytest.approx(1.0)
    np.testing.assert_allclose(clipped[0], GRADIENTS[0] / norm)
    unclipped = clip_by_global_norm(GRADIENTS, 100.0)
    assert all(a is b for a, b in zip(unclipped, GRADIENTS, strict=True))


def test_the_gradients_given_are_not_changed():
    before = [None if g is None else g.copy() for g in GRADIENTS]
    for clip in (clip_by_value, clip_by_norm, clip_by_global_norm):
        clip(GRADIENTS, 0.1)
    for gradient, copy in zip(GRADIENTS, before, strict=True):
        assert gradient is copy or (gradient == copy).all()


def test_huge_and_tiny_and_no_gradients_have_a_length():
    assert global_norm([np.full(4, 1e300)]) == pytest.approx(2e300)
    assert global_norm([np.full(4, 1e-300)]) == pytest.approx(2e-300)
    assert global_norm([None]) == global_norm([]) == global_norm([np.zeros((0, 3))]) == 0.0
    np.testing.assert_allclose(clip_by_norm([np.full(4, 1e300)], 1.0)[0], 0.5)
    single = clip_by_global_norm([np.full(4, 1e30, dtype=np.float32)], 1.0)[0]
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, 0.5, rtol=1e-6)


def test_an_infinite_gradient_becomes_nan_without_a_warning():
    assert np.isnan(clip_by_norm([np.array([np.inf, 1.0])], 1.0)[0][0])
    assert np.isnan(clip_by_global_norm([np.array([np.nan, 1.0])], 1.0)[0]).all()


@pytest.mark.parametrize("clip", [clip_by_value, clip_by_norm, clip_by_global_norm])
def test_a_limit_is_a_positive_number(clip):
    with pytest.raises(ValueError, match=rf"{clip.__name__}\(limit\) got 0; expected a number > 0"):
        clip(GRADIENTS, 0)
    with pytest.raises(TypeError, match=rf"{clip.__name__}\(limit\) got None of type NoneType"):
        clip(GRADIENTS, None)
