"""One perceptron as a gate: NOT, AND and OR by given weights, and no XOR.

Slide: Linearly separable

A perceptron answers 1 if w·x + b > 0 and else 0 (the slide's "−1 if output < 0 else output" is no
step). Its decision line w·x + b = 0 cuts the plane in two. AND and OR lie on two sides of a line,
XOR does not: of all lines none gets more than three of its four points right.
"""

import itertools

import numpy as np

import nn
from lecture.figures import axes, save

GATES = {"NOT": ([-1.0], 0.5), "AND": ([1.0, 1.0], -1.5), "OR": ([1.0, 1.0], -0.5)}
TABLES = {"NOT": [1, 0], "AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
CORNERS = np.array(list(itertools.product([0, 1], repeat=2)), dtype=float)


def gate(name):
    """The perceptron of that name, with the lecture's weights."""
    weights, bias = GATES[name]
    neuron = nn.Neuron(len(weights), "step", label=name)
    neuron.weight.data, neuron.bias.data = weights, bias
    return neuron


for name, (weights, bias) in GATES.items():
    points = CORNERS if len(weights) == 2 else np.array([[0.0], [1.0]])
    answers = gate(name)(points).data
    print(f"{name:<4} w = {weights}, b = {bias}")
    for point, answer in zip(points, answers, strict=True):
        print("    ", *point.astype(int), "->", int(answer))
    assert answers.tolist() == TABLES[name]

# XOR: try every line of a fine grid of directions and offsets.
best = 0
for angle in np.linspace(0, 2 * np.pi, 360, endpoint=False):
    direction = np.array([np.cos(angle), np.sin(angle)])
    for offset in np.linspace(-2, 2, 81):
        answers = CORNERS @ direction + offset > 0
        best = max(best, int(np.sum(answers == np.array(TABLES["XOR"]))))
print("XOR  best of 29,160 lines:", best, "of 4 points right")
assert best == 3

panels = axes(1, 3)
for panel, name in zip(panels, ("AND", "OR", "XOR"), strict=True):
    targets = np.array(TABLES[name])
    for target, marker in ((0, "o"), (1, "s")):
        panel.scatter(*CORNERS[targets == target].T, marker=marker, s=90, label=f"target {target}")
    panel.set(title=name, xlabel="x₁", ylabel="x₂", xlim=(-0.5, 1.7), ylim=(-0.5, 1.7))
    if name in GATES:
        weights, bias = GATES[name]
        line = np.array([-0.5, 1.7])
        panel.plot(line, -(weights[0] * line + bias) / weights[1], "k--", label="w·x + b = 0")
    panel.legend()
save(panels[0], "decision-lines.svg")
