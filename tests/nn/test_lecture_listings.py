"""The three Keras listings of the lecture run as printed, but for their import line."""

import numpy as np
import pytest

import nn

SEQUENTIAL = """
import nn as keras
from nn.models import Sequential
from nn.layers import Dense
from nn import layers

model = keras.Sequential()
model.add(layers.Dense(16, input_dim=N_features, activation='relu'))
model.add(layers.Dense(8, activation='relu'))
model.add(layers.Dense(1))

model.compile(optimizer='sgd', loss='mean_squared_error')

model.fit(X_train, y_train, epochs=100, validation_split=0.33)

y_pred = model.predict(X_test)
"""

FUNCTIONAL = """
import nn as keras
from nn.layers import Input, Dense

inputs = keras.Input(shape=(N_features,))
x = Dense(16, activation='relu')(inputs)
x = Dense(8, activation='relu')(x)
outputs = Dense(1)(x)

model = keras.Model(inputs, outputs)
model.compile(optimizer='sgd', loss='mean_squared_error')

model.fit(X_train, y_train, epochs=100, validation_split=0.33)

y_pred = model.predict(X_test)
"""

SUBCLASS = """
import nn as keras
from nn.layers import Dense

class MyModel(keras.Model):
    def __init__(self):
        super(MyModel, self).__init__()
        self.dense1 = Dense(16, activation='relu')
        self.dense2 = Dense(8, activation='relu')
        self.dense3 = Dense(1)
    def call(self, inputs):
        x = self.dense1(inputs)
        x = self.dense2(x)
        return self.dense3(x)

model = MyModel()
model.compile(optimizer='sgd', loss='mean_squared_error')

model.fit(X_train, y_train, epochs=100, validation_split=0.33)

y_pred = model.predict(X_test)
"""

LISTINGS = {"sequential": SEQUENTIAL, "functional": FUNCTIONAL, "subclass": SUBCLASS}


def names():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4))
    y = X @ [1.0, -2.0, 0.5, 0.0] + 1
    return {"N_features": 4, "X_train": X[:50], "y_train": y[:50], "X_test": X[50:]}


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_of_the_lecture_runs_as_printed_and_learns(name, capsys):
    space = names()
    exec(LISTINGS[name], space)
    model = space["model"]
    assert space["y_pred"].shape == (10, 1)
    assert isinstance(space["y_pred"], np.ndarray)
    assert model.count_parameters() == 16 * 5 + 8 * 17 + 9
    history = model.history.history
    assert list(history) == ["loss", "val_loss"]
    assert len(history["loss"]) == 100
    assert history["loss"][-1] < 0.2 * history["loss"][0]
    assert capsys.readouterr().out.splitlines()[0] == "Epoch 1/100"


def test_the_three_apis_give_the_same_numbers_from_the_same_weights():
    space, predictions, weights = names(), [], None
    for listing in LISTINGS.values():
        head = listing.split("model.fit")[0]
        exec(head, space)
        model = space["model"]
        model.predict(space["X_test"])
        weights = weights or model.get_weights()
        model.set_weights(weights)
        model.fit(space["X_train"], space["y_train"], epochs=3, seed=1, verbose=0)
        predictions.append(model.predict(space["X_test"]))
    np.testing.assert_array_equal(predictions[0], predictions[1])
    np.testing.assert_array_equal(predictions[0], predictions[2])


def test_the_names_of_keras_are_where_keras_has_them():
    from nn import callbacks, layers, losses, metrics, models, optimizers

    assert nn.Sequential is models.Sequential
    assert nn.Model is models.Model
    assert nn.Input is layers.Input
    kept = [callbacks.EarlyStopping, layers.Dense, layers.Dropout, losses.mse, optimizers.Adam]
    assert all(map(callable, [*kept, metrics.accuracy]))
