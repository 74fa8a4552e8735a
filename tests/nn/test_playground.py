"""The playground's data: places and labels by its formulas, noise, ratio, features."""

import math

import numpy as np
import pytest

import nn
from nn.playground import CLASSIFICATION, GENERATORS, HILLS, features_of

NAMES = list(GENERATORS)


def whole(name, **options):
    data = nn.playground(name, **options)
    return np.concatenate([data.X_train, data.X_test]), np.concatenate([data.y_train, data.y_test])


def rounded(points):
    return sorted((round(x, 9), round(y, 9), label) for (x, y), label in points)


@pytest.mark.parametrize("name", NAMES)
def test_sizes_ratio_and_seed(name):
    count = 500 if name in CLASSIFICATION else 1200
    data = nn.playground(name)
    assert data.X_train.shape == data.X_test.shape == (count // 2, 2)
    assert data.y_train.shape == data.y_test.shape == (count // 2,)
    again, other = nn.playground(name, seed=0), nn.playground(name, seed=1)
    for one, same, different in zip(data, again, other, strict=True):
        np.testing.assert_array_equal(one, same)
        assert np.any(one != different)
    assert len(nn.playground(name, samples=101, ratio=0.2).X_train) == 20
    assert len(whole(name, samples=101)[0]) == 101
    if name in CLASSIFICATION:
        assert set(data.y_train.tolist()) == {-1.0, 1.0}
        assert 0.3 < np.mean(data.y_train == 1) < 0.7


def test_the_parts_are_shuffled_and_share_no_point():
    data = nn.playground("gauss")
    assert 0.3 < np.mean(data.y_train == 1) < 0.7
    points = {tuple(x) for x in data.X_train} & {tuple(x) for x in data.X_test}
    assert points == set()


def test_the_circle_is_a_disc_inside_a_ring():
    X, y = whole("circle", noise=0.0)
    radius = np.hypot(*X.T)
    assert np.all(radius[y == 1] < 2.5)
    assert np.all((radius[y == -1] >= 3.5) & (radius[y == -1] <= 5))
    assert np.sum(y == 1) == 250
    # Radii are uniform, not areas: half of the disc's points lie within half of its radius.
    assert 0.4 < np.mean(radius[y == 1] < 1.25) < 0.6


def test_xor_is_the_sign_of_the_product_with_a_gap_along_the_axes():
    X, y = whole("xor", noise=0.0)
    np.testing.assert_array_equal(y, np.sign(X[:, 0] * X[:, 1]))
    assert np.abs(X).min() >= 0.3
    assert 5.2 < np.abs(X).max() <= 5.3


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.5])
def test_gauss_is_two_clouds_whose_variance_grows_with_noise(noise):
    X, y = whole("gauss", noise=noise, samples=40_000)
    for sign in (1, -1):
        cloud = X[y == sign]
        np.testing.assert_allclose(cloud.mean(axis=0), 2 * sign, atol=0.05)
        np.testing.assert_allclose(cloud.var(axis=0), 0.5 + 7 * noise, rtol=0.04)


def test_the_spiral_has_the_points_of_the_playground():
    X, y = whole("spiral", noise=0.0, samples=60)
    expected = []
    for turn, label in ((0.0, 1.0), (math.pi, -1.0)):
        for i in range(30):
            r, t = i / 30 * 5, 1.75 * i / 30 * 2 * math.pi + turn
            expected.append(((r * math.sin(t), r * math.cos(t)), label))
    assert rounded(zip(X.tolist(), y.tolist(), strict=True)) == rounded(expected)


def test_noise_moves_the_spiral_by_no_more_than_it_says():
    rngs = [np.random.default_rng(4) for _ in range(2)]
    clean = GENERATORS["spiral"](200, 0.0, rngs[0])[0]
    moved = GENERATORS["spiral"](200, 0.3, rngs[1])[0]
    assert 0.25 < np.abs(moved - clean).max() <= 0.3


def test_the_plane_is_a_tenth_of_the_sum():
    X, y = whole("plane", noise=0.0)
    np.testing.assert_allclose(y, X.sum(axis=1) / 10)
    assert 5.9 < np.abs(X).max() <= 6


def test_gaussian_regression_has_six_cones():
    X, y = whole("gaussian-regression", noise=0.0)
    for (x1, x2), label in zip(X, y, strict=True):
        best = 0.0
        for c1, c2, sign in HILLS:
            distance = math.hypot(x1 - c1, x2 - c2)
            height = sign * min(1.0, max(0.0, 1 - distance / 2))
            best = height if abs(height) > abs(best) else best
        assert label == pytest.approx(best, abs=1e-12)
    assert y.max() > 0.8
    assert y.min() < -0.8
    assert 0.3 < np.mean(y == 0) < 0.7


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("circle", lambda X: np.where(np.hypot(*X.T) < 2.5, 1, -1)),
        ("xor", lambda X: np.sign(X[:, 0] * X[:, 1])),
    ],
)
def test_noise_moves_points_before_they_are_judged(name, truth):
    shares = []
    for noise in (0.0, 0.1, 0.3, 0.5):
        X, y = whole(name, noise=noise, samples=4000)
        shares.append(np.mean(truth(X) != y))
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert 0.002 < shares[1] < 0.05 < shares[3]


def test_features_are_those_of_the_playground_in_the_order_asked_for():
    X = np.array([[2.0, 3.0], [-1.0, 0.5]])
    found = nn.playground_features(X, features_of(*X.T))
    x1, x2 = X.T
    expected = np.column_stack([x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)])
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(nn.playground_features(X), X)
    spelled = nn.playground_features(X.tolist(), ["sin x2", "x1x2", "x2^2"])
    np.testing.assert_array_equal(spelled, expected[:, [6, 4, 3]])
    np.testing.assert_array_equal(nn.playground_features(X, "x₁²"), expected[:, [2]])


def test_the_loss_is_half_the_mean_square():
    J = nn.playground_loss(np.array([[1.0], [0.0]]), np.array([[0.0], [2.0]]))
    assert J.item() == 1.25
    assert J.label == "J"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.playground("spirals"), r"got 'spirals'; expected circle, xor, .*'spiral'\?"),
        (lambda: nn.playground(3), r"playground\(\) got 3; expected circle"),
        (lambda: nn.playground("xor", noise=10), r"\(noise\) got 10; expected a share from 0 to"),
        (lambda: nn.playground("xor", noise=-0.1), r"got -0.1; expected a share"),
        (lambda: nn.playground("xor", ratio=50), r"got ratio=50 and 500 samples; expected a share"),
        (lambda: nn.playground("xor", ratio=0.01, samples=10), r"ratio=0.01 and 10 samples"),
        (lambda: nn.playground("xor", samples=0), r"\(samples\) got 0; expected a positive int"),
        (lambda: nn.playground_features([[1.0]]), r"got X of shape \(1, 1\); expected \(rows, 2\)"),
        (lambda: nn.playground_features([[1.0, 2.0]], ["x3"]), r"got 'x3'; expected x₁, x₂, x₁²"),
        (lambda: nn.playground_features([[1.0, 2.0]], []), r"got no names; expected at least one"),
    ],
)  # fmt: skip
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
