"""What one hidden layer can carve: any convex region.

Slide: Neural Networks

Each hidden unit cuts the plane with a line; an output unit that asks for all n of them (bias
−(n − ½)) answers 1 exactly on the inside of n lines: a convex polygon with n sides. The more
hidden units, the closer it comes to a disc. A region that is not convex, such as two separate
discs, needs an OR of such regions, so one more layer.
"""

import numpy as np

import nn
from lecture.figures import axes, save

grid = np.linspace(-2, 2, 161)
plane = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)


def polygon(sides, centre=(0.0, 0.0), radius=1.0):
    """A two-layer network of step units that is 1 inside a regular polygon around a disc."""
    angles = 2 * np.pi * np.arange(sides) / sides
    inwards = -np.column_stack([np.cos(angles), np.sin(angles)])
    network = nn.MLP(2, [sides, 1], activation="step", output="step")
    network.layers[0].weight.data = inwards
    network.layers[0].bias.data = radius - inwards @ np.array(centre)
    network.layers[1].weight.data = np.ones((1, sides))
    network.layers[1].bias.data = [0.5 - sides]
    return network


disc = np.hypot(*plane.T) < 1
print("sides   area   area of the polygon   points where it differs from the disc")
panels = axes(1, 4, sharey=True)
for panel, sides in zip(panels, (3, 4, 8, 32), strict=False):
    inside = polygon(sides)(plane).data[:, 0]
    area = inside.mean() * 16
    exact = sides * np.tan(np.pi / sides)
    print(f"{sides:>5} {area:>6.3f} {exact:>12.3f} {np.mean(inside != disc):>20.2%}")
    assert abs(area - exact) < 0.12
    panel.pcolormesh(grid, grid, inside.reshape(161, 161), cmap="cividis", vmax=1.3)
    around = np.linspace(0, 2 * np.pi, 200)
    panel.plot(np.cos(around), np.sin(around), "w", linewidth=1)
    panel.set(title=f"{sides} hidden units", aspect="equal")
save(panels[0], "polygons.png")

# Not convex: two discs. One unit on top ORs the two polygons.
left, right = polygon(16, (-1.0, 0.0), 0.6), polygon(16, (1.0, 0.0), 0.6)
both = nn.Neuron(2, "step", label="OR")
both.weight.data, both.bias.data = [1.0, 1.0], -0.5
answers = both(np.column_stack([left(plane).data, right(plane).data])).data
middle = np.argmin(np.hypot(*plane.T))
ends = [np.argmin(np.hypot(*(plane - [x, 0.0]).T)) for x in (-1.0, 1.0)]
print("two discs: left", answers[ends[0]], " middle", answers[middle], " right", answers[ends[1]])
assert [*answers[ends], answers[middle]] == [1.0, 1.0, 0.0]
