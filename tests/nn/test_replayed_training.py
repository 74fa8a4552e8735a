"""Training with jit_compile: the same numbers as step by step, from a program traced once."""

import numpy as np
import pytest

import nn
from autograd import TraceError
from nn.callbacks import LearningRateScheduler
from nn.layers import (
    GRU,
    LSTM,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    LayerNormalization,
    LazyLayer,
    MaxPool,
    SimpleRNN,
)  # fmt: skip

RNG = np.random.default_rng(0)
ROWS, IMAGES = RNG.normal(size=(20, 4)), RNG.normal(size=(20, 6, 6, 2))
LINES, WORDS = RNG.normal(size=(20, 5, 3)), RNG.integers(0, 7, size=(20, 4))
Y, LABELS = RNG.normal(size=(20, 1)), (ROWS[:, 0] > 0).astype(int)
FROM_LOGITS = nn.losses.SparseCategoricalCrossentropy(from_logits=True)


def trained(layers, x, y, loss, replayed, optimizer="adam", **options):
    model = nn.Sequential(layers(), seed=0)
    model.compile(optimizer, loss, metrics=["mse"] if loss == "mse" else None,
                  jit_compile=replayed)  # fmt: skip
    history = model.fit(x, y, epochs=3, batch_size=8, verbose=0, **options)
    return model, history.history


CASES = {
    "mse": (lambda: [Dense(5, "relu"), Dense(1)], ROWS, Y, "mse"),
    "labels, logits": (lambda: [Dense(5, "tanh"), Dense(2)], ROWS, LABELS, FROM_LOGITS),
    "labels": (lambda: [Dense(2, "softmax")], ROWS, LABELS, "sparse_categorical_crossentropy"),
    "one-hot": (
        lambda: [Dense(2, "softmax")], ROWS, np.eye(2)[LABELS], "categorical_crossentropy"
    ),
    "binary": (lambda: [Dense(1, "sigmoid")], ROWS, LABELS, "binary_crossentropy"),
    "penalties": (
        lambda: [Dense(1, kernel_regularizer="l2", kernel_constraint="max_norm")], ROWS, Y, "mse"
    ),
    "normalised": (
        lambda: [Dense(5), BatchNormalization(), LayerNormalization(), Dense(1)], ROWS, Y, "mse"
    ),
    "masks": (lambda: [Dense(5), Dropout(0.5), LSTM(2, dropout=0.3), Dense(1)], LINES, Y, "mse"),
    "images": (
        lambda: [Conv2D(3, 3, padding="same"), MaxPool(), Activation("relu"), Flatten(), Dense(1)],
        IMAGES, Y, "mse",
    ),
    "sequences": (
        lambda: [GRU(3, return_sequences=True), LSTM(3, return_sequences=True), SimpleRNN(1)],
        LINES, Y, "mse",
    ),
    "words": (lambda: [Embedding(7, 3), Flatten(), Dense(1)], WORDS, Y, "mse"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_numbers_are_those_of_training_step_by_step(case):
    (model, history), (replayed, again) = (trained(*CASES[case], jit) for jit in (False, True))
    for name in history:
        np.testing.assert_allclose(again[name], history[name], rtol=1e-12)
    for ours, theirs in zip(replayed.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-13)


def test_one_program_serves_all_batches_of_one_shape():
    layers, traces = [], []

    class Spy(LazyLayer):
        def call(self, inputs):
            traces.append(inputs.shape)
            return inputs

    layers = [Spy(), Dense(1)]
    model = nn.Sequential(layers, seed=0)
    model.compile("sgd", "mse", jit_compile=True)
    model.fit(ROWS, Y, epochs=4, batch_size=8, verbose=0)
    assert traces.count((8, 4)) == traces.count((4, 4)) == 1


def test_weights_and_schedules_reach_the_program():
    options = {"sample_weight": np.arange(20.0), "class_weight": {0: 1.0, 1: 3.0}}
    callbacks = [LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))]
    runs = []
    for replayed in (False, True):
        sgd = nn.SGD(momentum=0.9, global_clipnorm=0.5)
        case = (lambda: [Dense(2)], ROWS, LABELS, FROM_LOGITS, replayed, sgd)
        runs.append(trained(*case, callbacks=callbacks, **options)[0].get_weights())
    np.testing.assert_allclose(runs[1][0], runs[0][0], rtol=1e-11)


@pytest.mark.parametrize("layer", [lambda: Dropout(0.5), lambda: LSTM(4, dropout=0.5)])
def test_masks_are_drawn_anew_at_each_step(layer):
    x = np.ones((8, 2, 3)) if isinstance(layer(), LSTM) else np.ones((8, 6))
    model = nn.Sequential([layer(), Dense(1, kernel_initializer="ones")], seed=0)
    model.compile(nn.SGD(learning_rate=0.0), "mse", jit_compile=True)
    losses = [model.train_on_batch(x, np.zeros((8, 1))) for _ in range(6)]
    assert len(set(losses)) == 6


def test_a_wrong_label_in_a_later_batch_is_named():
    model = nn.Sequential([Dense(2)], seed=0)
    model.compile("sgd", FROM_LOGITS, jit_compile=True)
    model.train_on_batch(ROWS, LABELS)
    wrong = np.where(np.arange(20) == 7, 2, LABELS)
    with pytest.raises(ValueError, match=r"got label 2 in row 7; expected 0 … 1"):
        model.train_on_batch(ROWS, wrong)


def test_a_layer_that_decides_on_numbers_is_refused():
    class Moody(LazyLayer):
        def call(self, inputs):
            return inputs if inputs.sum() > 0 else -inputs

    model = nn.Sequential([Dense(3), Moody(), Dense(1)], seed=0)
    model.compile("sgd", "mse", jit_compile=True)
    with pytest.raises(TraceError, match=r"inputs\.sum\(\) > 0"):
        model.fit(ROWS, Y, verbose=0)


def test_a_new_compile_makes_a_new_program():
    model = nn.Sequential([Dense(1)], seed=0)
    model.compile("sgd", "mse", jit_compile=True)
    model.train_on_batch(ROWS, Y)
    model.compile("sgd", "mae", jit_compile=True)
    expected = np.abs(model.predict(ROWS) - Y).mean()
    assert model.train_on_batch(ROWS, Y) == pytest.approx(expected)
