"""Iris, splitting, scaling, batches, and training on them."""

import numpy as np
import pytest

from nn import (
    MLP,
    SGD,
    Standardizer,
    cross_entropy,
    evaluate,
    load_iris,
    minibatches,
    mse,
    train,
    train_test_split,
)


def test_iris_has_fishers_numbers():
    X, y, feature_names, class_names = load_iris()
    assert X.shape == (150, 4)
    assert X.dtype == np.float64
    np.testing.assert_allclose(X.mean(axis=0), [5.8433, 3.0573, 3.758, 1.1993], atol=5e-5)
    np.testing.assert_allclose(X.std(axis=0, ddof=1), [0.8281, 0.4359, 1.7653, 0.7622], atol=5e-5)
    assert X[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert X[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    assert np.bincount(y).tolist() == [50, 50, 50]
    assert y.dtype.kind == "i"
    assert feature_names[2] == "petal length (cm)"
    assert class_names == ("setosa", "versicolor", "virginica")


def test_a_split_has_every_row_once_and_its_label_beside_it():
    X, y = np.arange(20).reshape(10, 2), np.arange(10)
    X_train, X_test, y_train, y_test = train_test_split(X, y, 0.3, seed=1)
    assert (len(X_train), len(X_test)) == (7, 3)
    assert sorted([*y_train, *y_test]) == list(range(10))
    assert (X_train[:, 0] == 2 * y_train).all()
    assert (X_test[:, 0] == 2 * y_test).all()


def test_a_split_is_decided_by_its_seed():
    parts = [train_test_split(np.eye(50), np.arange(50), 0.5, seed=s)[3] for s in (3, 3, 4)]
    assert (parts[0] == parts[1]).all()
    assert (parts[0] != parts[2]).any()


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 1.5, 0.01])
def test_a_split_that_leaves_a_part_empty_is_refused(fraction):
    with pytest.raises(ValueError, match=rf"got test_fraction={fraction} and 10 rows; expected a"):
        train_test_split(np.eye(10), np.arange(10), fraction)


def test_features_and_labels_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"train_test_split\(\) got X of shape \(3, 3\) and y of"):
        train_test_split(np.eye(3), np.arange(2))
    with pytest.raises(ValueError, match=r"minibatches\(\) got X of shape \(3, 3\) and y of shape"):
        list(minibatches(np.eye(3), np.arange(2), 1))


def test_the_standardizer_measures_the_training_part_only():
    X = load_iris().features
    scaled = Standardizer().fit(X[:100]).transform(X[:100])
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=0), 1)
    other = Standardizer().fit(X[:100]).transform(X[100])
    np.testing.assert_allclose(other, (X[100] - X[:100].mean(axis=0)) / X[:100].std(axis=0))


def test_a_column_that_does_not_vary_becomes_zero():
    scaled = Standardizer().fit([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]]).transform([[0.1, 2.0]])
    np.testing.assert_allclose(scaled, [[0.0, 0.0]], atol=1e-12)


def test_the_standardizer_refuses_other_shapes_and_other_orders():
    with pytest.raises(ValueError, match=r"transform\(\) came before fit\(\)"):
        Standardizer().transform([[1.0]])
    with pytest.raises(ValueError, match=r"fit\(\) got shape \(3,\); expected \(rows, features\)"):
        Standardizer().fit([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"got shape \(1, 3\); expected \(rows, 2\)"):
        Standardizer().fit(np.eye(2)).transform([[1.0, 2.0, 3.0]])


def test_minibatches_are_one_epoch_in_an_order_that_changes_with_the_generator():
    rng = np.random.default_rng(0)
    epochs = [list(minibatches(np.arange(14).reshape(7, 2), np.arange(7), 3, rng)) for _ in "ab"]
    for batches in epochs:
        assert [len(X) for X, _ in batches] == [3, 3, 1]
        assert sorted(np.concatenate([y for _, y in batches])) == list(range(7))
        assert all((X[:, 0] == 2 * y).all() for X, y in batches)
    orders = [np.concatenate([y for _, y in batches]).tolist() for batches in epochs]
    assert orders[0] != orders[1]


def test_a_batch_size_is_a_positive_int():
    with pytest.raises(ValueError, match=r"minibatches\(batch_size\) got 0; expected a positive"):
        list(minibatches(np.eye(3), np.arange(3), 0))


def iris_run(seed=0):
    X, y, _, _ = load_iris()
    X_train, X_test, y_train, y_test = train_test_split(X, y, 0.3, seed=seed)
    scaler = Standardizer().fit(X_train)
    model = MLP(4, [8, 3], activation="tanh", seed=seed)
    optimizer = SGD(model.parameters(), learning_rate=0.2)
    history = train(
        model, cross_entropy, scaler.transform(X_train), y_train, 60, 16, optimizer, seed
    )
    return model, history, evaluate(model, cross_entropy, scaler.transform(X_test), y_test)


def test_an_mlp_learns_iris_reproducibly():
    model, history, (loss, accuracy) = iris_run()
    assert accuracy >= 0.93
    assert loss < 0.2
    assert [epoch.number for epoch in history] == list(range(1, 61))
    assert history[-1].loss < history[0].loss / 4
    again, history_again, _ = iris_run()
    assert history_again == history
    assert (again.layers[0].weight.data == model.layers[0].weight.data).all()


def test_epochs_are_reported_as_they_come():
    model, seen = MLP(2, [1], seed=0), []
    X, y = np.eye(2), np.array([[1.0], [-1.0]])
    optimizer = SGD(model.parameters(), 0.1)
    history = train(model, mse, X, y, 3, 2, optimizer, on_epoch=seen.append)
    assert seen == history
    assert [epoch.accuracy for epoch in history] == [None] * 3
    assert history[-1].loss == mse(model(X), y).item()


def test_evaluation_gives_plain_numbers_and_leaves_no_gradient():
    model = MLP(4, [3], seed=0)
    loss, accuracy = evaluate(model, cross_entropy, np.eye(4), np.array([0, 1, 2, 0]))
    assert isinstance(loss, float)
    assert 0 <= accuracy <= 1
    assert all(p.grad is None for p in model.parameters())


def test_one_epoch_with_one_batch_is_one_step_of_gradient_descent():
    model, X, y = MLP(2, [1], seed=0), np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0], [0.0]])
    weight, bias = (p.data.copy() for p in model.parameters())
    delta = 2 * (X @ weight.T + bias - y) / 2
    train(model, mse, X, y, 1, 2, SGD(model.parameters(), 0.1))
    np.testing.assert_allclose(model.layers[0].weight.data, weight - 0.1 * delta.T @ X)
    np.testing.assert_allclose(model.layers[0].bias.data, bias - 0.1 * delta.sum(axis=0))


def test_epochs_are_a_positive_int():
    model = MLP(2, [1])
    with pytest.raises(ValueError, match=r"train\(epochs\) got 0; expected a positive int"):
        train(model, mse, np.eye(2), np.ones((2, 1)), 0, 1, SGD(model.parameters()))


def test_each_epoch_takes_the_rows_in_another_order():
    model, X, batches = MLP(1, [1], seed=0), np.arange(8.0).reshape(8, 1), []

    def loss(prediction, target):
        batches.append(target.ravel().tolist())
        return mse(prediction, target)

    train(model, loss, X, X, 2, 8, SGD(model.parameters(), 0.001))
    first, evaluated, second, _ = batches
    assert sorted(first) == sorted(second) == evaluated
    assert first != second


def test_evaluation_records_no_graph():
    scores = []

    def loss(prediction, target):
        scores.append(prediction)
        return cross_entropy(prediction, target)

    evaluate(MLP(2, [2]), loss, np.eye(2), np.array([0, 1]))
    assert scores[0].op is None
