"""Shapes and labels are taken seriously by fit, before the first step: value, row and reshape."""

# ruff: noqa: E501 - in the table, a case is a line

import numpy as np
import pytest

import nn
from nn.layers import Dense

X = np.random.default_rng(0).normal(size=(50, 4))
LABELS = np.arange(50) % 3
ONE_HOT = np.eye(3)[LABELS]
SOFT = {"activation": "softmax"}
LOGITS = {"from_logits": True}


def model(units, loss, **options):
    made = nn.Sequential([Dense(units, input_dim=4, **options)], seed=0)
    made.compile("sgd", loss)
    return made


def changed(array, place, new):
    array = np.array(array, dtype=float if isinstance(new, float) else None)
    array[place] = new
    return array


REFUSED = {
    "a label too large": (3, nn.cross_entropy, changed(LABELS, 40, 7), {}, r"cross_entropy\(\) got label 7 in row 40; expected 0 … 2"),
    "a negative label": (3, nn.cross_entropy, changed(LABELS, 41, -1), {}, r"got label -1 in row 41; expected 0 … 2"),
    "a label of the sparse loss": (3, "sparse_categorical_crossentropy", changed(LABELS, 42, 3), SOFT, r"got label 3 in row 42"),
    "a label of the loss object": (3, nn.losses.SparseCategoricalCrossentropy(True), changed(LABELS, 43, 3), {}, r"got label 3 in row 43"),
    "a label between two": (3, nn.cross_entropy, changed(LABELS, 44, 0.5), {}, r"got label 0.5 in row 44; expected integers 0 … 2"),
    "a column of labels": (3, nn.cross_entropy, LABELS[:, None], {}, r"labels of shape \(50, 1\); .* Did you mean target.reshape\(-1\)"),
    "one-hot rows for labels": (3, nn.cross_entropy, ONE_HOT, {}, r"For one-hot rows use the loss 'categorical_crossentropy'"),
    "labels for one unit": (1, "sparse_categorical_crossentropy", LABELS % 2, {"activation": "sigmoid"}, r"For one unit use the loss 'binary_crossentropy'"),
    "labels for one-hot rows": (3, "categorical_crossentropy", LABELS, SOFT, r"target of shape \(50,\); expected one-hot rows"),
    "rows that do not sum to 1": (3, "categorical_crossentropy", changed(ONE_HOT, 45, 1.0), SOFT, r"got target row 45 with the sum 3"),
    "two columns for one": (1, "mse", np.zeros((50, 2)), {}, r"prediction of shape \(50, 1\) and a target of shape \(50, 2\)"),
    "a vector for two columns": (2, "mse", np.zeros(50), {}, r"prediction of shape \(50, 2\) and a target of shape \(50,\)"),
    "a row of its own": (2, "mae", np.zeros((50, 1)), {}, r"expected equal shapes"),
    "zeros for hinge": (1, "hinge", np.zeros(50), {}, r"got target 0 in row 0; expected -1 or 1"),
    "a label for a probability": (1, "binary_crossentropy", changed(np.zeros(50), 46, 2), {"activation": "sigmoid"}, r"got target 2 in row 46; expected numbers from 0 to 1"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_fit_names_value_and_row_and_changes_nothing(kind):
    units, loss, y, options, message = REFUSED[kind]
    made = model(units, loss, **options)
    before = made.get_weights()
    for act in (
        lambda: made.fit(X, y, verbose=0, batch_size=8),
        lambda: made.fit(X, y, verbose=0, validation_split=0.2),
        lambda: made.evaluate(X, y, verbose=0),
    ):
        with pytest.raises((ValueError, TypeError), match=message):
            act()
    with pytest.raises((ValueError, TypeError)):
        made.train_on_batch(X, y)
    for old, new in zip(before, made.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_validation_data_is_checked_before_the_first_epoch():
    made = model(3, nn.cross_entropy)
    before = made.get_weights()[0]
    with pytest.raises(ValueError, match=r"got label 9 in row 2; expected 0 … 2"):
        made.fit(X, LABELS, validation_data=(X[:5], [0, 1, 9, 1, 0]), verbose=0)
    np.testing.assert_array_equal(made.get_weights()[0], before)


class Flat(nn.Model):
    """One number per row, without an axis for the unit."""

    def __init__(self):
        super().__init__(seed=0)
        self.dense = Dense(1)

    def call(self, inputs):
        return self.dense(inputs)[:, 0]


def test_a_column_against_a_vector_is_never_broadcast():
    y = np.linspace(0, 1, 50)
    made = Flat()
    made.compile("sgd", "mse")
    with pytest.raises(
        ValueError, match=r"\(50,\) and a target of shape \(50, 1\); .* Did you mean t"
    ):
        made.fit(X, y[:, None], verbose=0)
    made.fit(X, y, verbose=0)
    # The one case that Keras's users rely on: (rows,) for one unit is that column, not a square.
    column = model(1, "mse")
    column.fit(X, y, epochs=3, verbose=0)
    same = model(1, "mse")
    same.fit(X, y[:, None], epochs=3, verbose=0)
    assert column.history.history == same.history.history


def test_a_loss_of_ones_own_is_not_asked_before_it_is_needed():
    calls = []

    def loss(prediction, target):
        calls.append(prediction.shape)
        return ((prediction - target) ** 2).mean()

    model(1, loss).fit(X, np.zeros(50), verbose=0, batch_size=25)
    assert calls == [(25, 1), (25, 1)]


def test_several_outputs_are_checked_one_by_one():
    inputs = nn.Input(shape=(4,))
    made = nn.Model(inputs, [Dense(3, name="kind")(inputs), Dense(1, name="size")(inputs)], seed=0)
    made.compile("sgd", {"kind": nn.cross_entropy, "size": "mse"})
    with pytest.raises(ValueError, match=r"got label 5 in row 49"):
        made.fit(X, {"kind": changed(LABELS, 49, 5), "size": np.zeros(50)}, verbose=0)
    made.fit(X, {"kind": LABELS, "size": np.zeros(50)}, verbose=0)


def test_epochs_go_on_counting_from_an_earlier_run():
    rates = nn.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 / (1 + epoch))
    straight, parted = model(1, "mse"), model(1, "mse")
    expected = straight.fit(X, X[:, 0], epochs=5, verbose=0, callbacks=rates).history
    parted.fit(X, X[:, 0], epochs=2, verbose=0, callbacks=rates)
    rest = parted.fit(X, X[:, 0], epochs=5, initial_epoch=2, verbose=0, callbacks=rates)
    assert rest.epoch == [2, 3, 4]
    assert rest.history["loss"] == expected["loss"][2:]
    for wrong in (5, -1):
        with pytest.raises(
            ValueError, match=rf"\(initial_epoch\) got {wrong} with epochs=5; expec"
        ):
            parted.fit(X, X[:, 0], epochs=5, initial_epoch=wrong, verbose=0)
