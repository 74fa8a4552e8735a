"""Metrics: values by hand, the shapes they refuse, names."""

import numpy as np
import pytest

import nn
from autograd import Value
from nn import metrics
from nn.metrics import confusion_matrix, get

SCORES = [[2.0, 1.0, 0.0], [0.0, 5.0, 1.0], [1.0, 0.0, 3.0], [9.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
LABELS = np.array([0, 1, 2, 1, 1])


def test_accuracy_goes_by_the_shapes():
    assert metrics.accuracy(SCORES, LABELS) == 0.8
    assert metrics.accuracy(Value(SCORES), np.eye(3)[LABELS]) == 0.8
    assert metrics.accuracy([0.9, 0.4, 0.5], [1, 1, 0]) == pytest.approx(2 / 3)
    assert metrics.accuracy([[0.9], [0.4]], [[1], [0]]) == 1.0
    assert metrics.binary_accuracy(Value([-1.0, 0.3]), [0, 1], threshold=0.0) == 1.0


def test_the_confusion_matrix_has_the_truth_in_rows():
    expected = [[1, 0, 0], [1, 2, 0], [0, 0, 1]]
    assert confusion_matrix(SCORES, LABELS).tolist() == expected
    assert confusion_matrix(np.argmax(SCORES, axis=1), LABELS).tolist() == expected
    assert confusion_matrix([0, 1], [0, 0], classes=3).tolist() == [[1, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_precision_recall_and_f1_are_the_formulas():
    scores, target = [0.9, 0.8, 0.7, 0.2, 0.1], [1, 0, 1, 1, 0]
    assert metrics.precision(scores, target) == pytest.approx(2 / 3)
    assert metrics.recall(scores, target) == pytest.approx(2 / 3)
    assert metrics.recall(scores, target, threshold=0.85) == pytest.approx(1 / 3)
    assert metrics.precision(scores, target, threshold=0.85) == 1.0
    assert metrics.f1(scores, target, threshold=0.85) == pytest.approx(2 * (1 / 3) / (4 / 3))


def test_for_several_classes_they_are_means_over_the_classes():
    precisions, recalls = np.array([1 / 2, 1, 1]), np.array([1, 2 / 3, 1])
    assert metrics.precision(SCORES, LABELS) == pytest.approx(precisions.mean())
    assert metrics.recall(SCORES, LABELS) == pytest.approx(recalls.mean())
    by_class = 2 * precisions * recalls / (precisions + recalls)
    assert metrics.f1(SCORES, LABELS) == pytest.approx(by_class.mean())


def test_where_nothing_is_positive_they_are_zero():
    assert metrics.precision([0.1, 0.2], [1, 1]) == 0.0
    assert metrics.recall([0.9, 0.8], [0, 0]) == 0.0
    assert metrics.f1([0.1], [0]) == 0.0


def test_regression_metrics_are_the_formulas():
    prediction, target = Value([1.0, 2.0, 6.0]), [1.0, 4.0, 4.0]
    assert get("mae")(prediction, target) == pytest.approx(4 / 3)
    assert get("mse")(prediction, target) == pytest.approx(8 / 3)
    assert get("rmse")(prediction, target) == pytest.approx((8 / 3) ** 0.5)
    assert get("r2")(prediction, target) == pytest.approx(1 - 8 / 6)
    two = np.array([[1.0, 1.0], [2.0, 2.0]])
    assert metrics.r2(two, np.array([[1.0, 2.0], [2.0, 1.0]])) == pytest.approx((1 - 3) / 2)
    assert metrics.r2([5.0, 5.0], [5.0, 5.0]) == 1.0
    assert metrics.r2([5.0, 6.0], [5.0, 5.0]) == 0.0
    assert metrics.mean_absolute_error(2.0, 3.0) == 1.0


def test_names_find_their_metric():
    assert [get(name) for name in metrics.METRICS] == list(metrics.METRICS.values())
    assert get("ACC") is metrics.accuracy
    assert get("f1_score") is metrics.f1
    assert get(np.dot) is np.dot
    with pytest.raises(ValueError, match=r"got the name 'acuracy'; .*Did you mean 'accuracy'\?"):
        get("acuracy")
    with pytest.raises(
        ValueError, match=r"metric got the name 'zzz'; expected accuracy, .*r2 or a function"
    ):
        get("zzz")
    with pytest.raises(TypeError, match=r"metric got 3 of type int; expected a name"):
        get(3)


@pytest.mark.parametrize("name", ["binary_accuracy", "precision", "mae", "mse", "rmse", "r2"])
def test_shapes_are_not_broadcast(name):
    with pytest.raises(ValueError, match=r"\(4, 1\).*\(4,\).*Did you mean target.reshape\(-1, 1\)"):
        get(name)(np.zeros((4, 1)), np.zeros(4))


@pytest.mark.parametrize("name", ["binary_accuracy", "recall", "mae", "r2", "accuracy"])
def test_no_rows_are_refused(name):
    with pytest.raises(ValueError, match=r"\(\) got no rows; expected at least one"):
        get(name)(np.zeros(0), np.zeros(0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: get("f1")([0.1, 0.2], [1, 2]), r"f1\(\) got target 2 in row 1; expected 0 or 1"),
        (lambda: confusion_matrix([0, 1], [0, -1]), r"got label -1 in row 1; expected 0 … 1"),
        (lambda: confusion_matrix([0, 5], [0, 1], 2), r"got label 5 in row 1; expected 0 … 1"),
        (lambda: confusion_matrix([], []), r"confusion_matrix\(\) got no rows"),
        (lambda: confusion_matrix([0], [0], 0), r"confusion_matrix\(classes\) got 0; expected a"),
        (lambda: get("categorical_accuracy")(SCORES, LABELS), r"expected one-hot rows. For class"),
        (
            lambda: get("sparse_categorical_accuracy")(SCORES, LABELS[:2]),
            r"sparse_categorical_accuracy\(\) got scores of shape \(5, 3\) and labels of shape",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_metrics_are_classes_too_with_a_name_for_the_history():
    scores, target = [0.9, 0.6, 0.2], [1, 0, 1]
    assert metrics.Precision(threshold=0.7)(scores, target) == 1.0
    assert metrics.Recall()(scores, target) == 0.5
    assert metrics.F1Score()(scores, target) == metrics.f1(scores, target)
    assert metrics.BinaryAccuracy(0.1)(scores, target) == pytest.approx(2 / 3)
    assert repr(get(metrics.R2Score)) == "R2Score(name='r2_score')"
    assert metrics.Precision(0.2, name="p").settings() == {"threshold": 0.2, "name": "p"}
    pairs = [("MeanAbsoluteError", "mae"), ("MeanSquaredError", "mse"), ("R2Score", "r2"),
             ("RootMeanSquaredError", "rmse"), ("Accuracy", "accuracy")]  # fmt: skip
    for name, function in pairs:
        assert getattr(metrics, name)()(scores, target) == get(function)(scores, target)
    assert metrics.CategoricalAccuracy()([[0.1, 0.9]], [[0, 1]]) == 1.0
    assert metrics.SparseCategoricalAccuracy()([[0.1, 0.9]], [0]) == 0.0
    with pytest.raises(TypeError, match=r"Recall\(threshold\) got '0.5'; expected a number"):
        metrics.Recall("0.5")
    with pytest.raises(TypeError, match=r"Recall\(name\) got 3 of type int; expected a str"):
        metrics.Recall(name=3)


def test_the_history_of_a_fit_bears_the_names_of_the_classes():
    x, y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2
    model = nn.Sequential([nn.layers.Dense(1, "sigmoid")], seed=0)
    model.compile("adam", "binary_crossentropy", [metrics.Precision(), metrics.Recall(name="r")])
    history = model.fit(x, y, epochs=1, verbose=0).history
    assert list(history) == ["loss", "precision", "r"]


def test_accuracies_of_sequences_count_every_step():
    scores = np.zeros((2, 3, 4))
    scores[..., 1] = 1.0
    labels = np.array([[1, 1, 0], [1, 2, 3]])
    assert get("accuracy")(scores, labels) == 0.5
    assert get("accuracy")(scores, np.eye(4)[labels]) == 0.5
    assert get("accuracy")(scores[..., :1] + 1, np.ones((2, 3, 1))) == 1.0


def test_labels_of_minus_one_and_one_are_told_their_accuracy():
    with pytest.raises(ValueError, match=r"target -1 in row 1; expected 0 or 1. For labels of -1"):
        metrics.accuracy([0.9, -0.3], [1, -1])
    with pytest.raises(ValueError, match=r"got target 2 in row 1; expected 0 or 1.$"):
        metrics.accuracy([0.9, -0.3], [1, 2])
