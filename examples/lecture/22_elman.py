"""A recurrent network finds the structure of XOR in time.

Slide: Topologies of Neural Networks: Recurrent networks (Elman 1990)

Elman's task: an endless row of bits, two random ones and then their XOR, over and over. The net
sees one bit at a time and predicts the next. Two of three bits are random and cannot be guessed;
the third can, if the net remembers the two before it. So the error must drop on every third bit
and only there, which is the figure of the 1990 paper.
"""

import numpy as np

import nn
from lecture.figures import axes, save
from nn.layers import Dense, SimpleRNN

STEPS = 30


def rows(count, seed):
    """``count`` rows of bits: two random, then their XOR; the next bit of each is the target."""
    bits = np.random.default_rng(seed).integers(0, 2, size=(count, STEPS // 3 + 1, 3))
    bits[..., 2] = bits[..., 0] ^ bits[..., 1]
    flat = bits.reshape(count, -1).astype(float)
    return flat[:, :STEPS, None], flat[:, 1 : STEPS + 1, None]


X, y = rows(300, seed=1)
X_test, y_test = rows(300, seed=2)
model = nn.Sequential(
    [
        nn.Input(shape=(STEPS, 1)),
        SimpleRNN(12, activation="tanh", return_sequences=True),
        Dense(1, activation="sigmoid"),
    ],
    seed=0,
)
model.compile(optimizer=nn.Adam(learning_rate=0.01), loss="binary_crossentropy")
model.fit(X, y, epochs=60, batch_size=30, seed=0, verbose=0)

error = np.sqrt(np.mean((model.predict(X_test) - y_test) ** 2, axis=(0, 2)))
# After bits 2, 5, 8, … the next one is an XOR.
thirds = np.arange(STEPS) % 3 == 1
print("error by step:", " ".join(f"{e:.2f}" for e in error[:12]))
print(f"where the next bit is the XOR {error[thirds].mean():.3f}, ", end="")
print(f"elsewhere {error[~thirds].mean():.3f}")
assert error[thirds].max() < 0.25
assert error[~thirds].min() > 0.45

panel = axes()
panel.plot(np.arange(1, STEPS + 1), error, ".-")
panel.plot(np.arange(1, STEPS + 1)[thirds], error[thirds], "s", label="XOR of the last two")
panel.set(xlabel="step in time", ylabel="error of the next bit", ylim=(0, 0.65))
panel.set_title("it drops on every third bit, and only there")
panel.legend()
save(panel, "error-by-step.svg")
