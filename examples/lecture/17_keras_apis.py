"""Keras's three APIs: one network, written three ways.

Slide: Sequential API, Functional API, Model subclassing

The lecture's three listings, as printed but for one import path (the slides import from "layers"
and write keras.Sequential() beside "from keras.models import Sequential"). From the same weights
the three networks are one: the same predictions, the same training, to the last bit.
"""

import numpy as np

import nn as keras
from lecture.figures import axes, save
from nn.layers import Dense

rng = np.random.default_rng(0)
N_features = 4
X = rng.normal(size=(150, N_features))
y = np.tanh(X @ [1.0, -2.0, 0.5, 0.0]) + 1
X_train, X_test, y_train, y_test = X[:100], X[100:], y[:100], y[100:]

# 1. Sequential: layers one after the other.
sequential = keras.Sequential(seed=0)
sequential.add(Dense(16, input_dim=N_features, activation="relu"))
sequential.add(Dense(8, activation="relu"))
sequential.add(Dense(1))

# 2. Functional ("our favorite API"): layers called on symbolic tensors.
inputs = keras.Input(shape=(N_features,))
x = Dense(16, activation="relu")(inputs)
x = Dense(8, activation="relu")(x)
outputs = Dense(1)(x)
functional = keras.Model(inputs, outputs)


# 3. Subclassing: layers made in __init__, used in call.
class MyModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense1 = Dense(16, activation="relu")
        self.dense2 = Dense(8, activation="relu")
        self.dense3 = Dense(1)

    def call(self, inputs):
        x = self.dense1(inputs)
        x = self.dense2(x)
        return self.dense3(x)


panel, predictions, weights = axes(), {}, None
for name, model in {
    "Sequential": sequential,
    "functional": functional,
    "subclass": MyModel(),
}.items():
    model.compile(optimizer="sgd", loss="mean_squared_error")
    model.predict(X_test)  # a subclass builds its layers when it first sees data
    weights = weights or model.get_weights()
    model.set_weights(weights)
    history = model.fit(X_train, y_train, epochs=100, validation_split=0.33, seed=1, verbose=0)
    predictions[name] = model.predict(X_test)
    losses = history.history["val_loss"]
    print(f"{name:<11} {model.count_parameters()} parameters, val_loss {losses[-1]:.4f}")
    assert model.count_parameters() == 16 * 5 + 8 * 17 + 9 == 225
    assert losses[-1] < 0.2 * losses[0]
    panel.plot(losses, label=name)
assert np.array_equal(predictions["Sequential"], predictions["functional"])
assert np.array_equal(predictions["Sequential"], predictions["subclass"])
error = np.mean((predictions["functional"][:, 0] - y_test) ** 2)
print(f"test MSE {error:.4f}; the three predictions are equal to the last bit")
panel.set(xlabel="epoch", ylabel="val_loss", title="three APIs, one curve")
panel.legend()
save(panel, "validation-loss.svg")
