"""The estimators are scikit-learn's own kind: by its checks, in its tools, and by the numbers."""

import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris, make_regression
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import nn

X, Y = load_iris(return_X_y=True)
SCALED = StandardScaler().fit_transform(X)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", [nn.MLPClassifier, nn.MLPRegressor])
def test_scikit_learns_own_checks_pass_without_exception(kind):
    results = check_estimator(kind(), on_fail="raise", on_skip=None)
    assert len(results) > 45
    for result in results:
        # Skipped is only what needs a package or a setting that is not there.
        assert (
            result["status"] == "passed"
            or "not installed" in str(result["exception"])
            or ("SCIPY_ARRAY_API is not set" in str(result["exception"]))
        )
        assert not result["expected_to_fail"]
    assert sum(result["status"] == "passed" for result in results) >= len(results) - 2


def classifier(**options):
    settings = {"max_iter": 100, "learning_rate": 0.05, "batch_size": 50, "random_state": 0}
    return nn.MLPClassifier((8,), **{**settings, **options})


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_classifier_works_in_scikit_learns_tools():
    net = make_pipeline(StandardScaler(), classifier(max_iter=60))
    assert cross_val_score(net, X, Y, cv=3).mean() > 0.93
    search = GridSearchCV(net, {"mlpclassifier__alpha": [0.0, 0.01]}, cv=3).fit(X, Y)
    assert search.best_score_ > 0.93
    copy = clone(net)
    assert copy.get_params()["mlpclassifier__hidden_layer_sizes"] == (8,)
    copy.set_params(mlpclassifier__activation="tanh").fit(X, Y)
    assert copy.score(X, Y) > 0.95


def test_probabilities_are_those_of_the_classes():
    names = np.array(["setosa", "versicolor", "virginica"])[Y]
    net = classifier().fit(SCALED, names)
    p = net.predict_proba(SCALED)
    assert p.shape == (150, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_array_equal(net.classes_, ["setosa", "versicolor", "virginica"])
    np.testing.assert_array_equal(net.predict(SCALED), net.classes_[p.argmax(axis=1)])
    assert net.score(SCALED, names) > 0.95
    two = classifier().fit(SCALED[:100], names[:100])
    p = two.predict_proba(SCALED[:100])
    assert p.shape == (100, 2)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_array_equal(two.predict(SCALED[:100]), two.classes_[p.argmax(axis=1)])
    # Far out, the small probability is small and not 0.
    assert 0 < two.predict_proba(np.sign(SCALED[:1]) * 20).min() < 1e-10


def test_a_classifier_without_hidden_units_is_logistic_regression():
    y = (Y == 2).astype(int)
    net = nn.MLPClassifier(
        (), alpha=0.1, learning_rate=1.0, optimizer="sgd", batch_size=150, max_iter=1500,
        tol=0, n_iter_no_change=1500, random_state=0,
    )  # fmt: skip
    with pytest.warns(ConvergenceWarning):
        net.fit(SCALED, y)
    # Its C weighs the sum of the losses; here the mean is taken.
    same = LogisticRegression(C=1 / (0.1 * 150), tol=1e-10).fit(SCALED, y)
    layer = net.model_.layers[0]
    np.testing.assert_allclose(layer.weight.data, same.coef_, atol=1e-5)
    np.testing.assert_allclose(layer.bias.data, same.intercept_, atol=1e-5)
    np.testing.assert_allclose(net.predict_proba(SCALED), same.predict_proba(SCALED), atol=1e-5)


def test_a_regressor_fits_one_function_or_several():
    X, y = make_regression(200, 5, n_targets=2, random_state=0)
    y = y / y.std(axis=0)
    settings = {"learning_rate": 0.02, "max_iter": 150, "alpha": 0, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        both = nn.MLPRegressor((16,), **settings).fit(X, y)
        one = nn.MLPRegressor(16, **settings).fit(X, y[:, 0])
    assert both.predict(X).shape == (200, 2)
    assert one.predict(X).shape == (200,)
    assert both.score(X, y) > 0.98
    assert one.score(X, y[:, 0]) > 0.98
    assert both.loss_ == both.loss_curve_[-1] < both.loss_curve_[0]
    assert both.n_iter_ == len(both.loss_curve_)
    with pytest.warns(DataConversionWarning):
        column = nn.MLPRegressor((), max_iter=1).fit(X, y[:, :1])
    assert column.predict(X).shape == (200,)


def test_training_ends_when_the_loss_no_longer_falls_and_says_so_when_it_does():
    net = classifier(max_iter=3, tol=1e-9)
    with pytest.warns(ConvergenceWarning, match="ended after max_iter=3 epochs while its"):
        net.fit(SCALED, Y)
    assert net.n_iter_ == 3
    early = classifier(tol=10.0, n_iter_no_change=4).fit(SCALED, Y)
    assert early.n_iter_ == 5


def test_equal_random_states_give_equal_networks():
    nets = [classifier(tol=10, random_state=s).fit(SCALED, Y) for s in (1, 1, 2)]
    np.testing.assert_array_equal(*[net.predict_proba(SCALED) for net in nets[:2]])
    assert np.any(nets[0].predict_proba(SCALED) != nets[2].predict_proba(SCALED))
    shared = np.random.RandomState(0)
    for _ in range(2):
        classifier(tol=10, random_state=shared).fit(SCALED, Y)
    assert shared.randint(1000) != np.random.RandomState(0).randint(1000)


def test_a_warm_start_goes_on_where_fit_ended():
    cold = classifier(tol=10, n_iter_no_change=2)
    assert cold.fit(SCALED, Y).fit(SCALED, Y).n_iter_ == 3
    warm = classifier(tol=10, n_iter_no_change=2, warm_start=True).fit(SCALED, Y)
    weights = warm.model_.get_weights()
    assert warm.fit(SCALED, Y).n_iter_ == 6
    assert warm.loss_curve_[3] < warm.loss_curve_[0]
    assert any(np.any(a != b) for a, b in zip(weights, warm.model_.get_weights(), strict=True))
    with pytest.raises(ValueError, match=r"warm_start got the classes \[0 1\]; expected those of"):
        warm.fit(SCALED[:100], Y[:100])
    regressor = nn.MLPRegressor((4,), tol=10, n_iter_no_change=2, warm_start=True, alpha=0)
    assert regressor.fit(SCALED, Y).fit(SCALED, Y).n_iter_ == 6


def test_partial_fit_is_one_epoch_on_the_rows_given():
    net = classifier(batch_size=10)
    for _ in range(20):
        for rows in np.array_split(np.random.default_rng(0).permutation(150), 3):
            net.partial_fit(SCALED[rows], Y[rows], classes=[0, 1, 2])
    assert net.n_iter_ == 60
    assert net.score(SCALED, Y) > 0.95
    with pytest.raises(ValueError, match=r"got the class 7; expected one of \[0 1 2\]"):
        net.partial_fit(SCALED[:2], [7, 0])
    fresh = classifier().partial_fit(SCALED, Y)
    np.testing.assert_array_equal(fresh.classes_, [0, 1, 2])
    regressor = nn.MLPRegressor((4,), "tanh", learning_rate=0.05, batch_size=10, random_state=0)
    for _ in range(30):
        regressor.partial_fit(SCALED, Y)
    assert regressor.score(SCALED, Y) > 0.9
    with pytest.raises(ValueError, match="features"):
        regressor.partial_fit(SCALED[:, :2], Y)


def test_an_optimizer_of_ones_own_settings_is_copied_not_used_up():
    given = nn.SGD(learning_rate=0.2, momentum=0.9)
    net = classifier(optimizer=given, tol=10).fit(SCALED, Y)
    assert net.model_.optimizer.momentum == 0.9
    assert net.model_.optimizer.learning_rate == 0.2
    assert given.parameters == []
    again = clone(net).fit(SCALED, Y)
    np.testing.assert_array_equal(net.predict_proba(SCALED), again.predict_proba(SCALED))


def test_an_estimator_is_pickled_with_what_it_learned():
    net = classifier(tol=10).fit(SCALED, Y)
    again = pickle.loads(pickle.dumps(net))
    np.testing.assert_array_equal(net.predict_proba(SCALED), again.predict_proba(SCALED))


def test_the_network_inside_is_saved_like_any_other(tmp_path):
    net = classifier(tol=10).fit(SCALED, Y)
    net.model_.save(tmp_path / "net.safetensors")
    loaded = nn.load(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(loaded.predict(SCALED), net.model_.predict(SCALED))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: classifier().predict(X), NotFittedError, "is not fitted yet"),
        (lambda: classifier().fit(X, np.zeros(150)), ValueError, "got 1 class, 0.0; expected at"),
        (lambda: classifier().fit(X, Y + 0.5), ValueError, "Unknown label type"),
        (lambda: classifier().fit(X[:-1], Y), ValueError, "inconsistent numbers of samples"),
        (lambda: classifier(activation="rel").fit(X, Y), ValueError, "Did you mean 'relu'"),
        (lambda: classifier(optimizer="lbfgs").fit(X, Y), ValueError, "got the name 'lbfgs'"),
        (lambda: classifier(max_iter=0).fit(X, Y), ValueError, r"fit\(epochs\) got 0"),
        (lambda: nn.MLPRegressor((0,)).fit(X, Y), ValueError, r"Dense\(units\) got 0"),
        (lambda: nn.MLPRegressor().fit(X, np.full(150, np.nan)), ValueError, "contains NaN"),
    ],
)  # fmt: skip
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_verbose_prints_a_line_per_epoch(capsys):
    classifier(tol=10, verbose=True).fit(SCALED, Y)
    assert "Epoch 1/100" in capsys.readouterr().out


def test_digits_are_read_with_the_defaults():
    X, y = load_digits(return_X_y=True)
    net = nn.MLPClassifier(max_iter=20, random_state=0, batch_size=50)
    with pytest.warns(ConvergenceWarning):
        net.fit(X[:900] / 16, y[:900])
    assert net.score(X[900:] / 16, y[900:]) > 0.85


WITHOUT = """
import sys
sys.modules["sklearn"] = None
import nn
assert "sklearn.base" not in sys.modules
assert "MLPClassifier" in dir(nn)
nn.MLP(2, [1])
try:
    nn.MLPClassifier
except ImportError as error:
    print(error)
try:
    nn.Missing
except AttributeError as error:
    print(error)
"""


def test_nn_works_without_scikit_learn_and_says_what_to_install():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        "nn.MLPClassifier and nn.MLPRegressor need scikit-learn 1.6 or newer: pip install "
        "'glassgrad[sklearn]'.",
        "module 'nn' has no attribute 'Missing'",
    ], done.stderr


def test_importing_nn_loads_no_scikit_learn():
    code = "import sys, nn; print([name for name in sys.modules if name.startswith('sklearn')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
