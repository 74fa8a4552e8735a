"""fit with a compiled training step: the same bits as without, and eager where it must be."""

import copy

import numpy as np
import pytest

import autograd as ag
import nn
from nn.compiled_step import CompiledWherePossible
from nn.layers import Activation, BatchNormalization, Dense, Dropout
from nn.losses import SparseCategoricalCrossentropy
from nn.optimizers import SGD, Adam, RMSprop

RNG = np.random.default_rng(0)
X = RNG.normal(size=(70, 6))
Y = (X[:, :1] > 0).astype(float)
LABELS = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


def dense_network():
    model = nn.Sequential(
        [
            Dense(8, activation="relu", input_dim=6, kernel_regularizer="l2"),
            Dense(1, activation="sigmoid"),
        ],
        seed=3,
    )
    return model, "binary_crossentropy", Y


def noisy_network():
    layers = [Dense(8, input_dim=6), BatchNormalization(), Activation("tanh")]
    model = nn.Sequential([*layers, Dropout(0.3), Dense(3)], seed=3)
    return model, SparseCategoricalCrossentropy(from_logits=True), LABELS


NETWORKS = [dense_network, noisy_network]
OPTIMIZERS = [
    lambda: SGD(learning_rate=0.1, momentum=0.9),
    lambda: Adam(learning_rate=0.01),
    lambda: RMSprop(learning_rate=0.01, global_clipnorm=0.5),
]


def fitted(network, optimizer, jit):
    model, loss, y = network()
    model.compile(optimizer(), loss, metrics=["accuracy"], jit=jit)
    history = model.fit(X, y, epochs=6, batch_size=8, verbose=0, seed=1)
    return model, history


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_fit_gives_the_same_bits_compiled(network, optimizer):
    eager, wanted = fitted(network, optimizer, False)
    for jit in (True, "auto"):
        model, history = fitted(network, optimizer, jit)
        assert history.history == wanted.history
        for a, b in zip(model.get_weights(), eager.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
        assert model.optimizer.steps == eager.optimizer.steps == 54


def test_the_step_is_compiled_once_per_size_of_batch():
    model, _ = fitted(dense_network, OPTIMIZERS[0], True)
    assert model._replayed.traces == 2
    model, _ = fitted(dense_network, OPTIMIZERS[0], "auto")
    assert model._replayed.compiled.traces == 2
    assert model._replayed.reason is None


def test_few_steps_are_not_worth_compiling():
    model, loss, y = dense_network()
    model.compile("sgd", loss)
    model.fit(X, y, epochs=1, verbose=0)
    assert model._replayed is None


def looking(prediction, target):
    error = ((prediction - target) ** 2).mean()
    return error if error.item() >= 0 else -error


def test_a_loss_that_looks_at_numbers_runs_uncompiled_or_is_refused():
    model, _, y = dense_network()
    model.compile("sgd", looking)
    model.fit(X, y, epochs=6, batch_size=8, verbose=0)
    assert model._replayed is None
    step = CompiledWherePossible(lambda x: x * x.sum().item())
    assert step(ag.Value([1.0, 2.0])).data.tolist() == step(ag.Value([1.0, 2.0])).data.tolist()
    assert "item() takes a number out" in str(step.reason)
    assert model.optimizer.steps == 54
    model, _, y = dense_network()
    model.compile("sgd", looking, jit=True)
    with pytest.raises(ag.TraceError, match=r"test_compiled_step\.py:\d+ 'error\.item\(\)'"):
        model.fit(X, y, verbose=0)
    with pytest.raises(ValueError, match="got 'yes'; expected True, False or 'auto'"):
        model.compile("sgd", "mse", jit="yes")


def test_a_model_with_a_compiled_step_is_copied_with_a_step_of_its_own():
    model, _ = fitted(dense_network, OPTIMIZERS[0], True)
    twin = copy.deepcopy(model)
    before = [a.copy() for a in model.get_weights()]
    twin.fit(X, Y, verbose=0)
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)
    assert twin._replayed.function.__self__ is twin


def test_learning_rates_and_trainable_layers_may_change_between_fits():
    pair = [dense_network()[0] for _ in range(2)]
    for model, jit in zip(pair, (False, True), strict=True):
        model.compile(SGD(learning_rate=0.1), "binary_crossentropy", jit=jit)
        model.fit(X, Y, epochs=2, verbose=0, seed=1)
        model.optimizer.learning_rate = 0.01
        model.fit(X, Y, epochs=2, verbose=0, seed=1)
        model.layers[0].trainable = False
        model.compile(SGD(learning_rate=0.1), "mse", jit=jit)
        model.fit(X, Y, epochs=2, verbose=0, seed=1)
    for a, b in zip(*[model.get_weights() for model in pair], strict=True):
        np.testing.assert_array_equal(a, b)


class Setting(nn.callbacks.Callback):
    """From the fourth epoch on another number."""

    def __init__(self, change):
        self.change = change

    def on_epoch_begin(self, epoch, logs=None):
        self.change(self.model, epoch > 2)


def test_code_of_your_own_that_changes_between_steps_is_not_compiled_unasked():
    factor, noise = [1.0], np.random.default_rng(0)

    def scaled(prediction, target):
        return ((prediction - target) ** 2).mean() * factor[0]

    def noisy(z):
        return z + noise.normal()

    def change_factor(model, late):
        factor[0] = 3.0 if late else 1.0

    def change_momentum(model, late):
        model.optimizer.momentum = 0.5 if late else 0.9

    cases = [
        (None, scaled, [Setting(change_factor)]),
        (None, "mse", [Setting(change_momentum)]),
        (noisy, "mse", []),
    ]
    for activation, loss, callbacks in cases:
        runs = []
        for jit in (False, "auto"):
            factor[0], noise = 1.0, np.random.default_rng(0)
            layers = [Dense(2, activation=activation, input_dim=6), Dense(1)]
            model = nn.Sequential(layers, seed=0)
            model.compile(SGD(learning_rate=0.01, momentum=0.9), loss, jit=jit)
            model.fit(X, Y, epochs=6, batch_size=7, verbose=0)  # may leave a compiled step
            history = model.fit(X, Y, epochs=6, batch_size=7, verbose=0, callbacks=callbacks)
            runs.append(history.history["loss"])
        assert runs[0] == runs[1]
        assert model._replayed is None


def test_explicit_jit_reads_once_what_is_your_own_and_each_call_reads_it_anew():
    factor, seen = [1.0], []

    def frozen(prediction, target):
        return ((prediction - target) ** 2).mean() * factor[0]

    def fresh(prediction, target):
        return ((prediction - target) ** 2).mean() * ag.each_call(lambda: factor[0])

    def schedule(step):
        seen.append(step)
        return 0.01 / (step + 1)

    def losses(loss, jit):
        factor[0] = 1.0
        model = nn.Sequential([Dense(1, input_dim=6)], seed=0)
        model.compile(SGD(learning_rate=schedule), loss, jit=jit)
        found = [model.train_on_batch(X, Y)]
        factor[0] = 3.0
        return [*found, model.train_on_batch(X, Y), model.train_on_batch(X, Y)]

    wanted = losses(fresh, False)
    assert losses(frozen, False) == wanted
    seen.clear()
    assert losses(fresh, True) == wanted
    assert seen[-1] == 2  # a schedule of one's own is asked at each step
    assert len(seen) >= 3
    first, second, _ = losses(frozen, True)
    assert first == wanted[0]
    assert second == pytest.approx(wanted[1] / 3)
