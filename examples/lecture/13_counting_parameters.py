"""Counting parameters: 4 inputs, 3 hidden units, 1 output make 19.

Slide: How a neural network learns with gradient descent

Every unit has one weight per input and one bias: a layer has units · (inputs + 1) parameters.
3·(4 + 1) + 1·(3 + 1) = 19. The slide writes "h = 4 neurons" beside 3·(4 + 1): there are 3 hidden
neurons; with 4 the sum would be 25.
"""

import itertools

import numpy as np

import nn
import viz
from lecture.figures import save
from nn.layers import Dense


def count(sizes):
    """Parameters of a fully connected network with these layer sizes, the input first."""
    total = 0
    for inputs, units in itertools.pairwise(sizes):
        total += units * (inputs + 1)
    return total


for sizes in ([4, 3, 1], [4, 4, 1], [4, 8, 3], [64, 128, 64, 10], [784, 512, 512, 10]):
    model = nn.MLP(sizes[0], sizes[1:])
    arrays = sum(parameter.size for parameter in model.parameters())
    print(f"{' - '.join(map(str, sizes)):<22} {count(sizes):>8,}")
    assert count(sizes) == model.count_parameters() == arrays
assert count([4, 3, 1]) == 3 * (4 + 1) + 1 * (3 + 1) == 19
assert count([4, 4, 1]) == 25

model = nn.Sequential([Dense(3, activation="sigmoid", input_dim=4), Dense(1)], seed=0)
print()
model.summary()
assert model.count_parameters() == 19

network = nn.MLP(4, [3, 1], activation="sigmoid", seed=0)
x, y = np.array([[0.5, -1.0, 2.0, 0.1]]), np.array([[1.0]])
save(viz.draw_backprop(network, x, y), "network.svg")
