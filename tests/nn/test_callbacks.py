"""Callbacks: when they are called, what they do, and what they refuse."""

import csv

import numpy as np
import pytest

import nn
from nn.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)  # fmt: skip
from nn.layers import Dense
from nn.optimizers import SGD
from nn.schedules import ExponentialDecay

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 3)), RNG.normal(size=(12, 1))


def model(rate=0.1):
    made = nn.Sequential([Dense(1, input_dim=3)], seed=0)
    made.compile(SGD(learning_rate=rate), "mse")
    return made


def fit(callbacks, epochs=6, rate=0.1, **options):
    made = model(rate)
    made.fit(X, Y, epochs=epochs, verbose=0, callbacks=callbacks, **options)
    return made


class Numbers(Callback):
    """Puts given numbers into the logs, as if they had been measured."""

    def __init__(self, *numbers, name="val_loss"):
        self.numbers, self.name = numbers, name

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.numbers[epoch]


def test_hooks_are_called_in_keras_order_with_their_numbers():
    calls = []

    class Spy(Callback):
        pass

    hooks = [name for name in vars(Callback) if name.startswith("on_")]
    assert len(hooks) == 14
    for hook in hooks:

        def record(self, *args, hook=hook):
            calls.append((hook[3:], *[a for a in args if isinstance(a, int)]))
            if hook == "on_train_batch_end":
                assert list(args[1]) == ["loss"]
            if hook == "on_epoch_end":
                assert list(args[1]) == ["loss", "val_loss"]

        setattr(Spy, hook, record)
    spy = Spy()
    made = fit(spy, epochs=1, batch_size=3, validation_split=0.5)
    assert spy.params == {"epochs": 1, "steps": 2, "verbose": 0}
    assert calls == [
        ("train_begin",), ("epoch_begin", 0),
        ("train_batch_begin", 0), ("train_batch_end", 0),
        ("train_batch_begin", 1), ("train_batch_end", 1),
        ("test_begin",), ("test_batch_begin", 0), ("test_batch_end", 0),
        ("test_batch_begin", 1), ("test_batch_end", 1), ("test_end",),
        ("epoch_end", 0), ("train_end",),
    ]  # fmt: skip
    calls.clear()
    made.predict(X[:4], batch_size=3, callbacks=[spy])
    assert calls == [
        ("predict_begin",), ("predict_batch_begin", 0), ("predict_batch_end", 0),
        ("predict_batch_begin", 1), ("predict_batch_end", 1), ("predict_end",),
    ]  # fmt: skip
    assert spy.model is made
    assert spy.params == {"verbose": 0}


def test_the_base_of_callbacks_does_nothing():
    made = fit([Callback()], validation_split=0.5)
    assert made.history.epoch == list(range(6))
    assert repr(made.history) == "History(6 epochs: loss, val_loss)"


def test_early_stopping_waits_for_patience_and_restores_the_best_weights(capsys):
    kept = ModelCheckpoint(save_best_only=True)
    numbers = Numbers(3, 1, 2, 2, 2, 2)
    stopping = EarlyStopping(patience=2, restore_best_weights=True, verbose=1)
    made = fit([numbers, stopping, kept])
    assert made.history.epoch == [0, 1, 2, 3]
    assert (stopping.best_epoch, stopping.stopped_epoch, stopping.best) == (1, 3, 1)
    assert capsys.readouterr().out == "Epoch 4: early stopping\n"
    np.testing.assert_array_equal(made.get_weights()[0], kept.weights[0])
    made.fit(X, Y, epochs=2, verbose=0, callbacks=[numbers, stopping])
    assert made.history.epoch == [0, 1]


def test_early_stopping_knows_which_way_is_better():
    rising = Numbers(0.1, 0.2, 0.3, 0.3, 0.3, 0.9, name="val_accuracy")
    stopping = EarlyStopping("val_accuracy", patience=2)
    assert fit([rising, stopping]).history.epoch == [0, 1, 2, 3, 4]
    assert stopping.mode == "max"
    falling = EarlyStopping("val_accuracy", patience=2, mode="min")
    assert len(fit([rising, falling]).history.epoch) == 3
    late = EarlyStopping(patience=1, start_from_epoch=4)
    assert len(fit([Numbers(1, 1, 1, 1, 1, 1), late]).history.epoch) == 6
    baseline = EarlyStopping(patience=2, baseline=0.5)
    assert len(fit([Numbers(1, 1, 1, 1, 1, 1), baseline]).history.epoch) == 2
    delta = EarlyStopping(patience=2, min_delta=0.5)
    assert len(fit([Numbers(1, 0.9, 0.8, 0.7, 0.6, 0.1), delta]).history.epoch) == 3


def test_checkpoints_are_files_that_give_the_weights_back(tmp_path, capsys):
    path = tmp_path / "at-{epoch:02d}-{val_loss:.1f}.npz"
    best = ModelCheckpoint(path, save_best_only=True, verbose=1)
    made = fit([Numbers(3, 1, 2), best], epochs=3)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["at-01-3.0.npz", "at-02-1.0.npz"]
    assert "Epoch 2: saving weights to" in capsys.readouterr().out
    with np.load(tmp_path / names[1], allow_pickle=False) as file:
        assert file.files == ["layers.0.weight", "layers.0.bias"]
        made.set_weights(list(file.values()))
    np.testing.assert_array_equal(made.get_weights()[0], best.weights[0])
    every = ModelCheckpoint(tmp_path / "last.npz")
    made = fit([every], epochs=2)
    np.testing.assert_array_equal(made.get_weights()[0], every.weights[0])


@pytest.mark.parametrize("ending", [".npz", ".safetensors"])
def test_a_checkpoint_is_a_file_of_weights_that_a_model_takes(tmp_path, ending):
    kept = ModelCheckpoint(tmp_path / f"w{ending}")
    made, other = fit([kept], epochs=2), nn.Sequential([Dense(1, input_dim=3)])
    other.load_weights(tmp_path / f"w{ending}")
    np.testing.assert_array_equal(other.get_weights()[0], made.get_weights()[0])


def test_a_checkpoint_of_the_whole_model_goes_on_training(tmp_path, capsys):
    path = tmp_path / "epoch-{epoch}.safetensors"
    straight = fit([ModelCheckpoint(path, save_weights_only=False, verbose=1)], epochs=4)
    assert "Epoch 2: saving model to" in capsys.readouterr().out
    resumed = nn.load(tmp_path / "epoch-2.safetensors")
    resumed.fit(X, Y, epochs=4, initial_epoch=2, verbose=0)
    np.testing.assert_array_equal(resumed.get_weights()[0], straight.get_weights()[0])
    with pytest.raises(ValueError, match=r"got 'm.npz'; expected a name that ends in .safetensors"):
        ModelCheckpoint("m.npz", save_weights_only=False)


class Spoil(Callback):
    """Puts NaN into a weight after the second epoch."""

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            self.model.layers[0].weight.data = [[1.0, float("nan"), 2.0]]


def test_a_checkpoint_never_replaces_good_weights_with_nan(tmp_path):
    path = tmp_path / "w.npz"
    kept = ModelCheckpoint(path)
    with pytest.warns(
        RuntimeWarning, match=r"keeps what it has: in epoch 2 the weights are no lon"
    ):
        fit([Spoil(), kept], epochs=2)
    assert np.isfinite(kept.weights[0]).all()
    with np.load(path) as file:
        np.testing.assert_array_equal(file["layers.0.weight"], kept.weights[0])


def test_the_scheduler_sets_the_rate_and_writes_it_down(capsys):
    made = fit([LearningRateScheduler(lambda epoch, rate: rate * 0.5, verbose=1)], epochs=3)
    assert made.history.history["learning_rate"] == [0.05, 0.025, 0.0125]
    assert capsys.readouterr().out.splitlines()[0] == "Epoch 1: learning rate 0.05"


def test_the_rate_is_lowered_on_a_plateau_and_rests_after(capsys):
    plateau = ReduceLROnPlateau(factor=0.5, patience=2, verbose=1)
    made = fit([Numbers(1, 1, 1, 1, 1, 0.5), plateau])
    assert made.history.history["learning_rate"] == [0.1, 0.1, 0.1, 0.05, 0.05, 0.025]
    assert "Epoch 3: learning rate lowered to 0.05" in capsys.readouterr().out
    resting = ReduceLROnPlateau(factor=0.5, patience=1, cooldown=2, min_lr=0.04)
    made = fit([Numbers(1, 1, 1, 1, 1, 1), resting])
    assert made.history.history["learning_rate"] == [0.1, 0.1, 0.05, 0.05, 0.04, 0.04]


def test_the_csv_file_has_a_line_per_epoch(tmp_path):
    path = tmp_path / "log.csv"
    made = fit([CSVLogger(path)], epochs=2, validation_split=0.5)
    made.fit(X, Y, validation_split=0.5, verbose=0, callbacks=[CSVLogger(path, append=True)])
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["epoch", "loss", "val_loss"]
    assert [row[0] for row in rows[1:]] == ["0", "1", "0"]
    assert float(rows[3][1]) == made.history.history["loss"][0]


def test_training_ends_where_the_loss_is_no_number(capsys):
    with np.errstate(all="ignore"):
        made = fit([TerminateOnNaN()], epochs=400, rate=1e6, batch_size=4)
    assert len(made.history.epoch) < 40
    assert "training ends" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: EarlyStopping(mode="most"), ValueError, r"EarlyStopping\(mode\) got 'most'; expe"),
        (lambda: ModelCheckpoint("x.keras"), ValueError, r"'x.keras'; expected a name that ends"),
        (lambda: LearningRateScheduler(0.1), TypeError, r"got 0.1; expected a function of the ep"),
        (lambda: ReduceLROnPlateau(factor=2), ValueError, r"\(factor\) got 2; expected a number b"),
        (lambda: fit([EarlyStopping()]), ValueError, r"EarlyStopping\(monitor\) got 'val_loss'; "
         r"expected one of 'loss'\. Give fit\(\) a validation_split or validation_data"),
        (lambda: fit([EarlyStopping("los")]), ValueError, r"got 'los'; expected one of 'loss'\.$"),
        (lambda: fit([ReduceLROnPlateau("loss")], rate=ExponentialDecay(0.1, 10, 0.5)), ValueError,
         r"ReduceLROnPlateau got an optimizer whose learning rate is a schedule; expected a n"),
    ],
)  # fmt: skip
def test_what_callbacks_cannot_use_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_schedule_may_take_the_epoch_alone_as_in_keras():
    alone = fit([LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))], epochs=3)
    np.testing.assert_allclose(alone.history.history["learning_rate"], [0.1, 0.05, 0.1 / 3])
    both = fit([LearningRateScheduler(lambda epoch, rate: rate / 2)], epochs=3)
    np.testing.assert_allclose(both.history.history["learning_rate"], [0.05, 0.025, 0.0125])


def test_a_schedule_that_returns_nothing_is_refused():
    for schedule in (lambda epoch: None, lambda epoch, rate: [rate]):
        with pytest.raises(
            TypeError, match=r"schedule\) returned .* in epoch 0; expected a number"
        ):
            fit([LearningRateScheduler(schedule)])


def test_the_csv_logger_names_a_missing_folder(tmp_path):
    logger = CSVLogger(tmp_path / "none" / "log.csv")
    with pytest.raises(FileNotFoundError, match=r"found no folder .*none; make it first, or name"):
        logger.on_train_begin()
