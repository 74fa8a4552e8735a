"""An autoencoder compresses digits; the linear one finds the PCA subspace.

Slide: Topologies of Neural Networks: Autoencoders (Bourlard & Kamp 1988)

An autoencoder is trained to give back its input through a layer with fewer units: the code. With
linear units the best code spans the same subspace as the first principal components (Bourlard &
Kamp's result): the principal angles between the two are 0. A tanh code of the same width is
another curve, not another subspace.
"""

import numpy as np
from sklearn.datasets import load_digits

import nn
from lecture.figures import axes, save

CODE = 8
images = load_digits().data / 16
X = images[:600] - images[:600].mean(axis=0)

# PCA: the right singular vectors of the data.
_, singular, directions = np.linalg.svd(X, full_matrices=False)
principal = directions[:CODE].T
least = np.sum(singular[CODE:] ** 2) / X.size
print(f"PCA with {CODE} components: mean squared error {least:.5f}")


def autoencoder(activation, epochs, learning_rate):
    """A 64-8-64 network trained to repeat its input, and its last loss."""
    model = nn.MLP(64, [CODE, 64], activation=activation, output="linear", seed=0)
    optimizer = nn.Adam(model.parameters(), learning_rate=learning_rate)
    for _ in range(epochs):
        model.zero_grad()
        loss = nn.mse(model(X), X)
        loss.backward()
        optimizer.step()
    return model, loss.item()


linear, reached = autoencoder("linear", 800, 0.01)
decoder = np.linalg.qr(linear.layers[1].weight.data)[0]
cosines = np.linalg.svd(principal.T @ decoder, compute_uv=False)
angles = np.arccos(np.minimum(cosines, 1))
print(f"linear autoencoder: mean squared error {reached:.5f}")
print(f"largest principal angle to the PCA subspace: {angles.max():.3f}")
assert np.isclose(reached, least, rtol=1e-3)
assert angles.max() < 1e-2

bent, bent_loss = autoencoder("tanh", 800, 0.01)
print(f"tanh code: mean squared error {bent_loss:.5f}")
assert bent_loss < 0.5 * np.mean(X**2)

# 64 numbers in, 8 numbers in between, 64 numbers out.
rows = {"input": X[:8], "PCA": X[:8] @ principal @ principal.T}
rows |= {"linear": linear(X[:8]).data, "tanh": bent(X[:8]).data}
panels = axes(4, 8)
for line, (name, pictures) in zip(panels, rows.items(), strict=True):
    for panel, picture in zip(line, pictures, strict=True):
        panel.imshow((picture + images[:600].mean(axis=0)).reshape(8, 8), cmap="Greys")
        panel.set(xticks=[], yticks=[])
    line[0].set_ylabel(name)
panels[0, 0].get_figure().set_size_inches(8, 4.2)
save(panels[0, 0], "digits.png")
