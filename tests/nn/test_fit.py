"""compile, fit, evaluate, predict and train_on_batch: numbers, order of rows, and refusals."""

import numpy as np
import pytest

import autograd
import nn
from nn.callbacks import Callback, History
from nn.layers import Dense, Dropout, Input
from nn.optimizers import SGD

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(20, 3)), RNG.normal(size=(20, 1))
LABELS = (X[:, 0] > 0).astype(int)


def linear(loss="mse", units=1, optimizer="sgd", activation=None, **options):
    layers = [Input((3,)), Dense(units, activation=activation, kernel_initializer="ones")]
    model = nn.Sequential(layers, seed=0)
    model.compile(optimizer, loss, **options)
    return model


def test_a_step_is_that_of_gradient_descent_by_hand():
    model = linear(optimizer=SGD(learning_rate=0.1))
    W, error = np.ones((1, 3)), X.sum(axis=1, keepdims=True) - Y
    loss = model.train_on_batch(X, Y)
    assert loss == pytest.approx((error**2).mean())
    expected = W - 0.1 * 2 * (error.T @ X) / 20
    np.testing.assert_allclose(model.get_weights()[0], expected, rtol=1e-12)
    np.testing.assert_allclose(model.get_weights()[1], -0.1 * 2 * error.mean(axis=0), rtol=1e-12)


def test_fit_is_the_same_as_its_batches_one_by_one():
    whole, parts = linear(), linear()
    history = whole.fit(X, Y, epochs=2, batch_size=6, shuffle=False, verbose=0)
    for epoch in range(2):
        losses = []
        for start in range(0, 20, 6):
            rows = slice(start, start + 6)
            losses.append(len(X[rows]) * parts.train_on_batch(X[rows], Y[rows]))
        assert history.history["loss"][epoch] == pytest.approx(sum(losses) / 20)
    np.testing.assert_array_equal(whole.get_weights()[0], parts.get_weights()[0])


def test_a_linear_model_reaches_least_squares():
    model = linear(optimizer=SGD(learning_rate=0.3))
    model.fit(X, Y, epochs=300, batch_size=20, verbose=0)
    solution, *_ = np.linalg.lstsq(np.hstack([X, np.ones((20, 1))]), Y, rcond=None)
    np.testing.assert_allclose(model.get_weights()[0], solution[:3].T, atol=1e-8)
    np.testing.assert_allclose(model.get_weights()[1], solution[3], atol=1e-8)


def test_targets_may_leave_out_the_axis_of_a_single_unit():
    first, second = linear(), linear()
    first.fit(X, Y, verbose=0, seed=0)
    second.fit(X, Y[:, 0].tolist(), verbose=0, seed=0)
    np.testing.assert_array_equal(first.get_weights()[0], second.get_weights()[0])
    assert second.evaluate(X, Y[:, 0], verbose=0) == first.evaluate(X, Y, verbose=0)


@pytest.mark.parametrize("y", [np.zeros(20), np.zeros((20, 1)), np.zeros((20, 3))])
def test_other_targets_are_never_broadcast(y):
    with pytest.raises(ValueError, match=r"got a prediction of shape \(20, 2\) and a target"):
        linear(units=2).fit(X, y, verbose=0)


def test_validation_split_takes_the_last_rows_before_shuffling():
    seen = []

    class Spy(nn.Model):
        def __init__(self):
            super().__init__(seed=0)
            self.out = Dense(1)

        def call(self, inputs, training=False):
            seen.append((training, np.asarray(inputs)[:, 0].tolist()))
            return self.out(inputs)

    rows = np.arange(10.0).reshape(10, 1)
    model = Spy()
    model.compile("sgd", "mse")
    model.fit(rows / 10, rows, validation_split=0.33, batch_size=10, verbose=0)
    trained = [row for training, row in seen if training]
    assert sorted(trained[0]) == [0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert trained[0] != sorted(trained[0])
    assert seen[-1] == (False, [0.6, 0.7, 0.8, 0.9])


def test_validation_data_is_measured_without_training():
    model = linear(metrics=["mae"])
    history = model.fit(X, Y, validation_data=(X[:5], Y[:5]), epochs=2, verbose=0)
    loss, mae = model.evaluate(X[:5], Y[:5], verbose=0)
    assert history.history["val_loss"][-1] == pytest.approx(loss)
    assert history.history["val_mae"][-1] == pytest.approx(mae)
    assert history.epoch == [0, 1]
    weighted = linear().fit(X, Y, validation_data=(X[:2], Y[:2], [0, 2.0]), verbose=0)
    assert list(weighted.history) == ["loss", "val_loss"]


@pytest.mark.parametrize(
    ("units", "activation", "loss", "y"),
    [
        (1, "sigmoid", "binary_crossentropy", LABELS),
        (2, "softmax", "sparse_categorical_crossentropy", LABELS),
        (2, "softmax", "categorical_crossentropy", np.eye(2)[LABELS]),
    ],
)
def test_accuracy_is_the_one_that_fits_the_loss(units, activation, loss, y):
    model = linear(loss, units, "adam", activation, metrics=["accuracy"])
    history = model.fit(X, y, epochs=2, verbose=0)
    assert list(history.history) == ["loss", "accuracy"]
    scores = model.predict(X)
    answers = scores[:, 0] > 0.5 if units == 1 else scores.argmax(axis=1)
    found = model.evaluate(X, y, verbose=0, return_dict=True)["accuracy"]
    assert found == pytest.approx(np.mean(answers == LABELS))


def test_metrics_are_those_of_all_rows_together_not_means_over_batches():
    def root(prediction, target):
        return np.sqrt(np.mean((prediction - target) ** 2))

    model = linear(metrics=[root])
    found = model.evaluate(X, Y, batch_size=3, verbose=0, return_dict=True)
    assert found["root"] == pytest.approx(np.sqrt(found["loss"]))


def test_sample_weights_weigh_rows_and_class_weights_classes():
    def loss_of(loss="mse", **options):
        return linear(loss).train_on_batch(X, LABELS, **options)

    errors = (X.sum(axis=1) - LABELS) ** 2
    weight = np.where(LABELS == 1, 5.0, 0.5)
    expected = pytest.approx((weight * errors).mean())
    assert loss_of(sample_weight=weight) == expected
    assert loss_of(class_weight={0: 0.5, 1: 5.0}) == expected
    assert loss_of(lambda p, y: nn.mse(p, y), sample_weight=weight) == expected
    both = loss_of(class_weight={0: 0.5, 1: 5.0}, sample_weight=weight)
    assert both == pytest.approx((weight**2 * errors).mean())
    one_hot = linear(units=2)
    loss = one_hot.train_on_batch(X, np.eye(2)[LABELS], class_weight={0: 0.0, 1: 0.0})
    assert loss == 0


def test_regularizers_are_part_of_the_loss_and_of_its_gradient():
    model = nn.Sequential([Dense(1, kernel_regularizer="l2", input_dim=3)], seed=0)
    model.compile(SGD(learning_rate=0.1), "mse")
    W = model.get_weights()[0]
    prediction = model.predict(X)
    plain = ((prediction - Y) ** 2).mean()
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(plain + 0.01 * (W**2).sum())
    gradient = 2 * (prediction - Y).T @ X / 20 + 0.02 * W
    model.train_on_batch(X, Y)
    np.testing.assert_allclose(model.get_weights()[0], W - 0.1 * gradient)


def test_dropout_is_active_in_fit_only():
    model = nn.Sequential([Dropout(0.5), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert (model.predict(X) == model.predict(X)).all()
    np.testing.assert_allclose(
        model.predict(X), X @ model.get_weights()[0].T + model.get_weights()[1]
    )


def test_the_seed_of_fit_decides_the_order_of_the_rows():
    def trained(**options):
        model = linear()
        model.fit(X, Y, batch_size=4, verbose=0, **options)
        return model.get_weights()[0]

    assert (trained(seed=1) == trained(seed=1)).all()
    assert (trained(seed=1) != trained(seed=2)).any()
    assert (trained(shuffle=False) == trained(shuffle=False)).all()


def test_float32_data_and_integers_are_taken_as_they_are():
    model = linear()
    model.fit(X.astype(np.float32), Y.astype(np.float32), verbose=0)
    model.fit((10 * X).astype(int), LABELS, verbose=0)
    assert model.predict(X.tolist()).shape == (20, 1)
    assert model.predict(autograd.Value(X)).shape == (20, 1)


def test_predict_leaves_no_graph_and_gives_arrays():
    prediction = linear().predict(X, batch_size=7)
    assert type(prediction) is np.ndarray
    np.testing.assert_allclose(prediction, X.sum(axis=1, keepdims=True))


def test_train_on_batch_gives_metrics_as_list_or_dict():
    model = linear(metrics=["mae"])
    loss, _ = model.train_on_batch(X, Y)
    assert loss > 0
    assert list(model.train_on_batch(X, Y, return_dict=True)) == ["loss", "mae"]


def test_verbose_2_prints_lines_1_a_bar_and_0_nothing(capsys):
    model = linear(metrics=["mae"])
    model.fit(X, Y, epochs=2, validation_split=0.5, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/2"
    assert lines[1].startswith("1/1 - 0s - loss: ")
    assert [part.split(":")[0] for part in lines[1].split(" - ")[2:]] == [
        "loss", "mae", "val_loss", "val_mae",
    ]  # fmt: skip
    model.fit(X, Y, epochs=2, batch_size=5, verbose=1)
    text = capsys.readouterr().out
    assert "Epoch 2/2" in text
    assert "4/4" in text
    model.fit(X, Y, verbose=0)
    assert capsys.readouterr().out == ""
    model.fit(X, Y)
    assert "Epoch 1/1" in capsys.readouterr().out
    model.evaluate(X, Y)
    assert capsys.readouterr().out.startswith("loss: ")


def test_a_bar_is_closed_when_training_breaks_off(capsys):
    class Breaking(Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        linear().fit(X, Y, verbose=1, callbacks=[Breaking()])
    assert isinstance(linear().fit(X, Y, verbose=1), History)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"x": X[:5]}, ValueError, r"fit\(\) got x of shape \(5, 3\) and y of shape \(20, 1\); ex"),
        ({"x": X.T}, ValueError, r"expected the same number of rows in all. Did you mean x\.T\?"),
        ({"x": X[:0], "y": Y[:0]}, ValueError, r"expected at least one row"),
        ({"x": X.astype(str)}, TypeError, r"got data of dtype <U32; expected real numbers"),
        ({"epochs": 0}, ValueError, r"fit\(epochs\) got 0; expected a positive int"),
        ({"batch_size": 0}, ValueError, r"batch_size got 0; expected a positive int"),
        ({"validation_split": 1.5}, ValueError, r"got validation_split=1.5 and 20 rows; expected"),
        ({"validation_split": 0.99}, ValueError, r"leaves at least one row in each part"),
        ({"validation_data": X}, ValueError, r"fit\(validation_data\) got a ndarray; expected \("),
        ({"verbose": 3}, ValueError, r"verbose got 3; expected 0 \(silent\), 1 \(bars\), 2"),
        ({"callbacks": [print]}, TypeError, r"expected objects of subclasses of Callback"),
        ({"sample_weight": [1.0]}, ValueError, r"sample_weight of shape \(1,\); expected \(20,\)"),
        ({"sample_weight": -np.ones(20)}, ValueError, r"a sample_weight below 0 or not finite"),
        ({"class_weight": [1, 2]}, TypeError, r"class_weight of type list; expected a dict from"),
        ({"y": LABELS, "class_weight": {1: 2}}, ValueError, r"but y holds 0 too; expected a w"),
    ],
)
def test_what_fit_cannot_use_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        linear().fit(**{"x": X, "y": Y, "verbose": 0, **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, r"compile\(\) got no loss; expected a name such as 'mean_squared_error'"),
        ({"loss": "mes"}, r"loss got the name 'mes'; .* Did you mean 'mse'\?"),
        ({"loss": "mse", "optimizer": "sdg"}, r"optimizer got the name 'sdg'; .* 'sgd'\?"),
        ({"loss": ["mse", "mae"]}, r"compile\(loss\) got 2 entries; expected 1, one for each outp"),
        ({"loss": {"x": "mse"}}, r"compile\(loss\) got entries for \['x'\]; expected \['output_1'"),
        ({"loss": "mse", "metrics": {"x": []}}, r"compile\(metrics\) got entries for \['x'\]"),
        ({"loss": "mse", "metrics": ["maee"]}, r"metric got the name 'maee'"),
    ],
)
def test_what_compile_cannot_use_is_refused(options, message):
    model = nn.Sequential([Dense(1)])
    with pytest.raises(ValueError, match=message):
        model.compile(**options) or model.fit(X, Y, verbose=0)


def test_a_model_that_was_not_compiled_says_so():
    model = nn.Sequential([Dense(1)])
    for use in (model.fit, model.evaluate, model.train_on_batch):
        with pytest.raises(ValueError, match=r"'sequential' was not compiled; expected compile\("):
            use(X, Y)


def test_the_wrong_number_or_names_of_targets_are_refused():
    model = linear()
    with pytest.raises(ValueError, match=r"y got 2 targets; expected 1, one for each output"):
        model.fit(X, [Y, Y], verbose=0)
    with pytest.raises(ValueError, match=r"y got targets named \['z'\]; expected \['output_1'\]"):
        model.fit(X, {"z": Y}, verbose=0)
    with pytest.raises(ValueError, match=r"got class_weight with several outputs; use sample_w"):
        model.fit(X, [Y, Y], class_weight={0: 1}, verbose=0)


def test_one_batch_is_tested_and_predicted_without_training():
    model = linear(metrics=["mae"])
    before = model.get_weights()
    loss, mae = model.test_on_batch(X, Y)
    assert [loss, mae] == pytest.approx(model.evaluate(X, Y, batch_size=20, verbose=0))
    assert list(model.test_on_batch(X, Y, return_dict=True)) == ["loss", "mae"]
    np.testing.assert_array_equal(model.predict_on_batch(X), model.predict(X, batch_size=20))
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_kerass_short_names_are_there():
    assert nn.regularizers.l2(0.1).settings() == {"l2": 0.1}
    assert nn.regularizers.l1_l2(l1=0.1).settings() == {"l1": 0.1, "l2": 0.0}
    schedule = nn.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    assert SGD(learning_rate=schedule).current_rate() == pytest.approx(0.1)
    model = nn.Sequential([Input((3,)), nn.layers.BatchNormalization(), Dense(1)])
    assert (model.count_params(), model.count_parameters()) == (16, 10)


def test_a_loss_and_a_metric_in_keras_order_get_the_target_first():
    def lopsided(y_true, y_pred):
        return ((y_true - 2 * y_pred) ** 2).mean()

    class Missed:
        def __call__(self, y_true, y_pred):
            return (y_true - 3 * y_pred).sum()

    model = linear(lopsided, metrics=[lopsided, Missed()], optimizer=SGD(learning_rate=0.0))
    prediction = model.predict(X)
    expected = ((Y - 2 * prediction) ** 2).mean()
    found = model.fit(X, Y, verbose=0).history
    assert found["loss"] == found["lopsided"] == [pytest.approx(expected)]
    assert found["Missed"] == [pytest.approx((Y - 3 * prediction).sum())]
    weighted = model.evaluate(X, Y, sample_weight=np.full(20, 2.0), verbose=0)
    assert weighted[0] == pytest.approx(2 * expected)
    ours = linear(lambda prediction, target: ((target - 2 * prediction) ** 2).mean())
    assert ours.evaluate(X, Y, verbose=0) == pytest.approx(expected)


def nothing(prediction, target):
    pass


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (nothing, r"the loss 'nothing' returned NoneType; expected a Value .* from the prediction"),
        (lambda p, t: 1.0, r"the loss '<lambda>' returned float"),
        (lambda p, t: (p - t) ** 2, r"returned shape \(20, 1\); expected a scalar. Reduce it"),
    ],
)
@pytest.mark.parametrize("weight", [None, np.ones(20)])
def test_a_loss_that_gives_no_scalar_is_named(loss, message, weight):
    if weight is not None:
        message = message.replace("20", "1")
    with pytest.raises((TypeError, ValueError), match=message):
        linear(loss).fit(X, Y, verbose=0, sample_weight=weight)
    with pytest.raises((TypeError, ValueError), match=message):
        linear(loss).evaluate(X, Y, verbose=0, sample_weight=weight)


def test_a_metric_that_gives_no_number_is_named():
    for metric, came in [
        (lambda p, t: p - t, r"ndarray of shape \(20, 1\)"),
        (nothing, "NoneType"),
    ]:
        with pytest.raises(TypeError, match=rf"the metric '.*' returned {came}.*expected a number"):
            linear(metrics=[metric]).evaluate(X, Y, verbose=0)


def test_a_layer_frozen_after_fit_asks_for_a_new_compile():
    model = linear()
    model.fit(X, Y, verbose=0)
    before = model.get_weights()[0].copy()
    model.add(Dense(1))
    with pytest.raises(ValueError, match=r"a layer was added or frozen, compile the model again"):
        model.fit(X, Y, verbose=0)
    model.layers[-2].trainable = False
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], before)
    model.trainable = False
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"no parameters; .* Weights with trainable=False are not"):
        model.fit(X, Y, verbose=0)


def test_targets_and_shares_that_are_none_are_refused():
    model = linear()
    for use in (model.fit, model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(TypeError, match=r"got y=None; expected the targets, one row for each"):
            use(X, None)
    with pytest.raises(TypeError, match=r"got y=None; expected the targets"):
        model.fit(X, Y, validation_data=(X, None), verbose=0)
    for share in ("0.2", True):
        with pytest.raises(TypeError, match=r"fit\(validation_split\) got .*; expected a share"):
            model.fit(X, Y, validation_split=share, verbose=0)


def test_one_sample_of_many_features_is_predicted_whole():
    sample = RNG.normal(size=50)
    model = nn.Sequential([Dense(2)], seed=0)
    np.testing.assert_allclose(model.predict(sample), model.predict(sample[None])[0], rtol=1e-12)
    assert model.layers[0].weight.shape == (2, 50)
    with pytest.raises(ValueError, match=r"got x of shape \(49,\); expected \(batch, 50\)"):
        model.predict(sample[:49], batch_size=7)
