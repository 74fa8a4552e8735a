"""Losses, the accuracy and SGD: values by hand, gradients, and what they refuse."""

import numpy as np
import pytest

from autograd import Value
from nn import MLP, SGD, accuracy, cross_entropy, mse


def test_mse_is_the_mean_of_squared_differences_and_so_is_its_gradient():
    prediction, target = Value([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, 0.0], [0.0, 4.0]])
    loss = mse(prediction, target)
    loss.backward()
    assert loss.item() == (0 + 4 + 9 + 1) / 4
    assert loss.label == "J"
    np.testing.assert_allclose(prediction.grad, 2 * (prediction.data - target) / 4)


def test_mse_takes_scalars_lists_and_values():
    assert mse(Value(3.0), 1).item() == 4.0
    assert mse(Value([1.0, 2.0]), Value([2.0, 4.0])).item() == 2.5
    predictions = [Value(1.0), Value(2.0)]
    mse(predictions, [0.0, 0.0]).backward()
    assert [p.grad for p in predictions] == [1.0, 2.0]


@pytest.mark.parametrize(
    ("prediction", "target", "hint"),
    [
        ((4, 1), (4,), r"Did you mean target.reshape\(-1, 1\)\?$"),
        ((4,), (4, 1), r"Did you mean target.reshape\(-1\)\?$"),
        ((1,), (), r"Did you mean target.reshape\(-1\)\?$"),
        ((4, 2), (2, 4), r"Did you mean target.T\?$"),
        ((4, 2), (3, 2), r"expected equal shapes.$"),
        ((), (4,), r"expected equal shapes.$"),
    ],
)
def test_mse_does_not_broadcast_and_names_the_reshape(prediction, target, hint):
    with pytest.raises(ValueError, match=hint) as caught:
        mse(Value(np.ones(prediction)), np.ones(target))
    assert f"prediction of shape {prediction} and a target of shape {target}" in str(caught.value)


@pytest.mark.parametrize(("prediction", "target"), [((4, 1), (4,)), ((4,), (4, 1)), ((1,), ())])
def test_the_reshape_that_mse_proposes_helps(prediction, target):
    value, other = Value(np.full(prediction, 3.0)), np.ones(target)
    with pytest.raises(ValueError, match="Did you mean") as caught:
        mse(value, other)
    advice = str(caught.value).split("Did you mean ")[1].rstrip("?")
    assert mse(value, eval(advice, {"target": other})).item() == 4.0


def test_cross_entropy_is_the_mean_negative_log_probability():
    logits, labels = Value([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]]), [1, 0]
    powers = np.exp(logits.data)
    p = powers / powers.sum(axis=1, keepdims=True)
    loss = cross_entropy(logits, labels)
    loss.backward()
    assert loss.item() == pytest.approx(-(np.log(p[0, 1]) + np.log(p[1, 0])) / 2)
    assert loss.label == "J"
    np.testing.assert_allclose(logits.grad, (p - [[0, 1, 0], [1, 0, 0]]) / 2, rtol=1e-12)


def test_cross_entropy_takes_one_sample_and_a_list_of_values():
    logits = [Value(1.0), Value(2.0)]
    loss = cross_entropy(logits, 1)
    assert loss.item() == pytest.approx(np.log(1 + np.exp(-1.0)))


def test_cross_entropy_refuses_one_hot_labels_and_classes_out_of_range():
    logits = MLP(2, [3], seed=0)(np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"logits of shape \(2, 3\) and labels of shape \(2, 3\)"):
        cross_entropy(logits, np.eye(3)[:2])
    with pytest.raises(ValueError, match=r"got label 3 in row 1; expected 0 … 2"):
        cross_entropy(logits, [0, 3])
    with pytest.raises(TypeError, match=r"labels of dtype float64; expected integers"):
        cross_entropy(logits, [0.5, 1.0])


def test_accuracy_counts_rows_whose_largest_score_is_the_labels():
    scores = [[2.0, 1.0, 0.0], [0.0, 5.0, 1.0], [1.0, 0.0, 3.0], [9.0, 0.0, 0.0]]
    assert accuracy(Value(scores), np.array([0, 1, 2, 1])) == 0.75
    assert accuracy(scores, [1, 0, 0, 1]) == 0.0


@pytest.mark.parametrize(
    ("scores", "labels"), [((4, 1), (4,)), ((4,), (4, 1)), ((4, 3), (4, 1)), ((4, 3), (3,))]
)
def test_accuracy_refuses_other_shapes(scores, labels):
    with pytest.raises(ValueError, match=r"accuracy\(\) got scores of shape .* and labels of shap"):
        accuracy(np.zeros(scores), np.zeros(labels))


def test_accuracy_of_no_rows_is_refused():
    with pytest.raises(ValueError, match=r"accuracy\(\) got no rows"):
        accuracy(np.zeros((0, 3)), np.zeros(0, dtype=int))


def test_sgd_moves_against_the_gradient_arrays_and_scalars_alike():
    w, b = Value([1.0, 2.0]), Value(3.0)
    optimizer = SGD([w, b], learning_rate=0.1)
    (w.sum() * 2 + b * b).backward()
    optimizer.step()
    np.testing.assert_allclose(w.data, [0.8, 1.8])
    assert b.item() == pytest.approx(2.4)
    optimizer.zero_grad()
    assert w.grad is None
    assert b.grad is None


def test_sgd_leaves_parameters_without_gradient_where_they_are():
    used, unused = Value(1.0), Value([5.0, 6.0])
    optimizer = SGD([used, unused], learning_rate=1.0)
    (used * 3).backward()
    optimizer.step()
    assert used.item() == -2.0
    assert unused.data.tolist() == [5.0, 6.0]
    assert unused.version == 0


def test_sgd_says_in_its_repr_what_it_does():
    assert repr(SGD([Value(1.0)])) == "SGD(1 parameters, learning_rate=0.01)"


def test_sgd_refuses_an_empty_list_other_things_and_a_rate_that_is_none():
    with pytest.raises(ValueError, match=r"SGD\(\) got no parameters; .*model.parameters\(\)"):
        SGD(iter([]))
    with pytest.raises(TypeError, match=r"SGD\(\) got a parameter of type MLP; expected Values"):
        SGD([MLP(1, [1])])
    for rate in (-0.1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=r"SGD\(\) got learning_rate=.*; expected a finite"):
            SGD([Value(1.0)], learning_rate=rate)
