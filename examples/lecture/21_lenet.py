"""A convolutional network reads handwritten digits, LeNet-style.

Slide: Topologies of Neural Networks: Convolutional networks (LeCun et al. 1998)

Each unit of a convolutional layer looks at a small neighbourhood, and all units of one map share
their weights: the net is a search for the same patterns everywhere. Pooling halves the picture;
dense layers decide. The digits are scikit-learn's 8 × 8 pictures.
"""

import numpy as np
from sklearn.datasets import load_digits

import nn
from lecture.figures import axes, save
from nn.layers import Conv2D, Dense, Flatten, MaxPooling2D

digits = load_digits()
images = (digits.images / 16)[..., None]
X_train, X_test, y_train, y_test = nn.train_test_split(images, digits.target, seed=0)

model = nn.Sequential(
    [
        nn.Input(shape=(8, 8, 1)),
        Conv2D(8, 3, padding="same", activation="relu"),
        MaxPooling2D(2),
        Conv2D(24, 3, padding="same", activation="relu"),
        MaxPooling2D(2),
        Flatten(),
        Dense(64, activation="relu"),
        Dense(10),
    ],
    seed=0,
)
model.summary()
model.compile(optimizer=nn.Adam(learning_rate=0.004), loss=nn.cross_entropy, metrics=["accuracy"])
history = model.fit(X_train, y_train, epochs=10, batch_size=16, seed=0, verbose=0)
loss, accuracy = model.evaluate(X_test, y_test, verbose=0)
print(f"held-out accuracy {accuracy:.3f}")
assert accuracy >= 0.97

# Shared weights: a convolution has far fewer than a dense layer with as many outputs.
shared = model.layers[0].count_parameters()
print(f"first layer: {shared} parameters; dense with as many outputs: {65 * 8 * 64:,}")
assert shared == 8 * (3 * 3 * 1 + 1)

guesses = np.argmax(model.predict(X_test[:24]), axis=1)
panels = axes(3, 8)
for panel, image, guess, truth in zip(panels.flat, X_test, guesses, y_test, strict=False):
    panel.imshow(image[..., 0], cmap="Greys")
    panel.set_title(f"{guess}" if guess == truth else f"{guess}, not {truth}", fontsize=9)
    panel.set(xticks=[], yticks=[])
panels[0, 0].get_figure().set_size_inches(8, 3.6)
save(panels[0, 0], "guesses.png")
