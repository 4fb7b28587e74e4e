"""Tell two half moons apart with a network of Values, every weight a number of its own."""

import random

from sklearn.datasets import make_moons

import nn

points, classes = make_moons(n_samples=100, noise=0.1, random_state=0)
signs = 2 * classes - 1
model = nn.MLP(2, [16, 16, 1], generator=random.Random(0))
optimizer = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
schedule = nn.optim.CosineAnnealingLR(optimizer, T_max=100)

for step in range(100):
    optimizer.zero_grad()
    scores = [model(point) for point in points.tolist()]
    loss = sum(
        (1 - sign * score).relu() for sign, score in zip(signs.tolist(), scores, strict=True)
    )
    loss = loss / len(scores)
    loss.backward()
    optimizer.step()
    schedule.step()
    if step % 20 == 19:
        right = sum((score.data > 0) == (s > 0) for s, score in zip(signs, scores, strict=True))
        print(f"step {step + 1}: hinge loss {loss.data:.4f}, {right} of {len(scores)} right")
