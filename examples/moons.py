"""Separate two half moons with a network of Values, in which every weight is a node."""

import argparse
import random

from sklearn.datasets import make_moons

import nn


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args(arguments)

    points, classes = make_moons(n_samples=100, noise=0.1, random_state=0)
    signs = (2 * classes - 1).tolist()
    model = nn.MLP(2, [16, 16, 1], generator=random.Random(0))
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    schedule = nn.optim.CosineAnnealingLR(optimizer, T_max=options.steps)

    for step in range(1, options.steps + 1):
        optimizer.zero_grad()
        scores = [model(point) for point in points.tolist()]
        loss = sum((1 - sign * score).relu() for sign, score in zip(signs, scores, strict=True))
        loss = loss / len(scores)
        loss.backward()
        optimizer.step()
        schedule.step()
        right = sum((score.data > 0) == (s > 0) for s, score in zip(signs, scores, strict=True))
        if step % max(1, options.steps // 5) == 0:
            print(f"step {step}: hinge loss {loss.data:.4f}, {right} of {len(scores)} right")
    return loss.data, right


if __name__ == "__main__":
    main()
