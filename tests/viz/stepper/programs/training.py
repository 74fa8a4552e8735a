import sys

import numpy as np

import nn

steps = int(sys.argv[1])
X = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = np.array([[1.0], [1.0], [0.0]])
model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
optimizer = nn.SGD(model.parameters(), learning_rate=0.1)
for _ in range(steps):
    loss = nn.mse(model(X), y)
    loss.label = "loss"
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", round(loss.item(), 4))
