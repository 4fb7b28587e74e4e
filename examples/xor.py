"""Learn XOR, which a single neuron cannot, with nine parameters."""

import numpy as np

import nn

inputs = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
targets = np.array([[0.0], [1.0], [1.0], [0.0]])

nn.seed(1)
model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
for _ in range(300):
    optimizer.zero_grad()
    loss = nn.binary_cross_entropy_with_logits(model(inputs), targets)
    loss.backward()
    optimizer.step()

print(f"{model.num_parameters()} numbers, loss {loss.item():.2g}")
for row, logit in zip(inputs, model(inputs).data, strict=True):
    print(f"{row[0]:.0f} xor {row[1]:.0f} = {1 / (1 + np.exp(-logit[0])):.4f}")
