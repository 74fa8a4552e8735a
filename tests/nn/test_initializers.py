"""Initializers: the variance of their source, seeds, shapes, names."""

import numpy as np
import pytest

from nn import initializers
from nn.initializers import INITIALIZERS, get

UNITS, INPUTS = 300, 500
#: Standard deviation by the formula of the source, for weights (UNITS, INPUTS).
DEVIATIONS = {
    "glorot_uniform": (2 / (INPUTS + UNITS)) ** 0.5,
    "glorot_normal": (2 / (INPUTS + UNITS)) ** 0.5,
    "he_uniform": (2 / INPUTS) ** 0.5,
    "he_normal": (2 / INPUTS) ** 0.5,
    "lecun_uniform": (1 / INPUTS) ** 0.5,
    "lecun_normal": (1 / INPUTS) ** 0.5,
    "orthogonal": (1 / INPUTS) ** 0.5,
    "random_uniform": 0.1 / 12**0.5,
    "random_normal": 0.05,
    "truncated_normal": 0.05 * 0.8796256610342398,
    "variance_scaling": (1 / INPUTS) ** 0.5,
}


@pytest.mark.parametrize("name", DEVIATIONS)
def test_mean_and_variance_are_those_of_the_source(name):
    weights = get(name)((UNITS, INPUTS), rng=7)
    assert weights.shape == (UNITS, INPUTS)
    count, deviation = weights.size, DEVIATIONS[name]
    # Five standard errors of the mean and (as for the normal law) of the deviation.
    assert abs(weights.mean()) < 5 * deviation / count**0.5
    assert weights.std() == pytest.approx(deviation, rel=5 / (2 * count) ** 0.5)


@pytest.mark.parametrize("name", ["glorot_uniform", "he_uniform", "lecun_uniform"])
def test_uniform_weights_fill_their_interval_and_no_more(name):
    weights, limit = get(name)((UNITS, INPUTS), rng=7), DEVIATIONS[name] * 3**0.5
    assert 0.999 * limit < np.abs(weights).max() <= limit


def test_the_truncated_normal_keeps_within_two_deviations():
    weights = initializers.TruncatedNormal(mean=1.0, stddev=0.5)((200, 200), rng=0)
    assert 1.9 < np.abs((weights - 1.0) / 0.5).max() <= 2
    assert initializers.TruncatedNormal()((), rng=0).shape == ()


def test_constants_are_constant():
    assert get("zeros")((2, 2)).tolist() == [[0, 0], [0, 0]]
    assert get("ones")(3).tolist() == [1, 1, 1]
    assert initializers.Constant(2.5)((2,)).tolist() == [2.5, 2.5]
    assert get("zeros")((2,), dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4), (2, 3, 4), (7, 2, 2)])
def test_orthogonal_rows_or_columns_are_at_right_angles(shape):
    weights = initializers.Orthogonal(gain=2.0)(shape, rng=1).reshape(shape[0], -1)
    short = weights if shape[0] <= weights.shape[1] else weights.T
    np.testing.assert_allclose(short @ short.T, 4 * np.eye(len(short)), atol=1e-13)


@pytest.mark.parametrize("name", DEVIATIONS)
def test_seeds_decide(name):
    initializer = get(name)
    first, again, other = (initializer((4, 6), rng=seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
    own = type(initializer)(seed=1)
    assert (own((4, 6)) == first).all()
    assert (own((4, 6), rng=2) == first).all()
    rng = np.random.default_rng(0)
    assert (initializer((4, 6), rng) != initializer((4, 6), rng)).any()


def test_kernels_count_their_field_and_other_layouts_name_their_fans():
    kernel = get("he_normal")((64, 32, 5, 5), rng=0)
    assert kernel.std() == pytest.approx((2 / (32 * 25)) ** 0.5, rel=0.02)
    turned = get("he_normal")((5, 5, 32, 64), rng=0, fans=(32 * 25, 64 * 25))
    assert turned.std() == pytest.approx((2 / (32 * 25)) ** 0.5, rel=0.02)
    narrow = initializers.VarianceScaling(3.0, "fan_out", "uniform")((200, 400), rng=0)
    assert narrow.std() == pytest.approx((3 / 200) ** 0.5, rel=0.02)


def test_the_functions_of_two_counts_give_the_same_numbers():
    for name, function in [
        ("glorot_uniform", initializers.glorot_uniform),
        ("he_normal", initializers.he_normal),
    ]:
        expected = get(name)((3, 4), rng=5)
        assert (function(4, 3, np.random.default_rng(5)) == expected).all()


@pytest.mark.parametrize("name", INITIALIZERS)
def test_settings_make_the_same_initializer_again(name):
    initializer = get(name)
    again = type(initializer)(**initializer.settings())
    assert repr(again) == repr(initializer)
    assert (again((3, 4), rng=0) == initializer((3, 4), rng=0)).all()


def test_names_classes_and_functions_are_found():
    assert repr(get("Glorot_Uniform")) == "GlorotUniform()"
    assert repr(get("normal")) == "RandomNormal(mean=0.0, stddev=0.05)"
    assert repr(get(initializers.HeNormal)) == "HeNormal()"
    assert get(np.zeros) is np.zeros
    with pytest.raises(ValueError, match=r"the name 'he_norml'.*Did you mean 'he_normal'\?"):
        get("he_norml")
    with pytest.raises(ValueError, match=r"initializer got the name 'qqq'; expected glorot_unifo"):
        get("qqq")
    with pytest.raises(TypeError, match=r"initializer got None of type NoneType; expected a name"):
        get(None)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: get("orthogonal")((3,)), ValueError, r"Orthogonal\(\) got shape \(3,\); expected"),
        (lambda: initializers.RandomUniform(1, 0), ValueError, r"got minval=1 and maxval=0; expec"),
        (lambda: initializers.RandomNormal(0, -1), ValueError, r"RandomNormal\(stddev\) got -1"),
        (lambda: initializers.VarianceScaling(0), ValueError, r"\(scale\) got 0; expected a numb"),
        (lambda: initializers.VarianceScaling(1, "fan"), ValueError, r"got mode='fan'; expected"),
        (
            lambda: initializers.VarianceScaling(1, "fan_in", "x"),
            ValueError,
            r"got distribution='x'; expected uniform or normal",
        ),
        (lambda: initializers.HeNormal("a"), TypeError, r"seed or rng got 'a' of type str"),
    ],
)
def test_settings_that_make_no_sense_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
