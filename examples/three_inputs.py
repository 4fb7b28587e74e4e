"""Three small networks with three inputs: one learns, one memorises, one cannot learn.

Introductions to backpropagation often start with them.
"""

import argparse
import time

import numpy as np

import nn


def network(hidden):
    """Return a network with three inputs, an optional layer of sigmoids, and one sigmoid output."""
    if not hidden:
        return nn.Sequential(nn.Linear(3, 1, bias=False), nn.Sigmoid())
    return nn.Sequential(nn.Linear(3, hidden), nn.Sigmoid(), nn.Linear(hidden, 1), nn.Sigmoid())


def train(model, optimizer, inputs, targets, steps):
    """Minimise the mean squared error on the full batch; return it at each step."""
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.mse(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def right(model, inputs, targets):
    """Return the accuracy at a threshold of one half."""
    return np.mean((model(inputs).data > 0.5) == (targets > 0.5))


def three_examples(steps=1000):
    """Train on three examples with Adam, and predict a fourth one that they do not determine."""
    inputs = np.array([[0.0, 0.0, 1.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
    model = network(2)
    losses = train(
        model,
        nn.optim.Adam(model.parameters(), lr=0.1),
        inputs,
        np.array([[0.0], [1.0], [0.0]]),
        steps,
    )
    return losses, model(np.array([[1.0, 1.0, 0.0]])).item()


def random_labels(lr, steps, count=10):
    """Train on random labels; there is nothing to learn from them."""
    generator = np.random.default_rng(0)
    inputs = generator.random((count, 3))
    labels = generator.integers(0, 2, (count, 1)).astype(float)
    model = network(2)
    losses = train(model, nn.optim.SGD(model.parameters(), lr=lr), inputs, labels, steps)
    others = generator.random((1000, 3)), generator.integers(0, 2, (1000, 1))
    commoner = max(labels.mean(), 1 - labels.mean())
    return losses[-1], right(model, inputs, labels), commoner, right(model, *others)


def exclusive_or(hidden, lr, steps):
    """Train on XOR; the third input is always one."""
    inputs = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
    targets = np.array([[0.0], [1.0], [1.0], [0.0]])  # a column, like the outputs
    model = network(hidden)
    losses = train(model, nn.optim.Adam(model.parameters(), lr=lr), inputs, targets, steps)
    return losses[-1], model(inputs).data[:, 0], right(model, inputs, targets)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    nn.seed(options.seed)
    started = time.perf_counter()

    losses, guess = three_examples()
    shown = ", ".join(f"{losses[step - 1]:.2g}" for step in (1, 100, 200, 500, 1000))
    print(
        f"three examples: loss {shown} at step 1, 100, 200, 500, 1000; [1, 1, 0] gives {guess:.2f}"
    )

    for lr, steps in ((0.01, 1000), (5.0, 2000)):
        loss, learnt, commoner, new = random_labels(lr, steps)
        print(
            f"ten random labels, rate {lr}, {steps:,} steps: loss {loss:.3f}, {learnt:.0%} right "
            f"({commoner:.0%} have the same label); of 1,000 others {new:.0%}"
        )

    print("exclusive or of the first two inputs, wanted 0 1 1 0:")
    found = {}
    for hidden, name in ((0, "linear"), (4, "four hidden units")):
        loss, outputs, share = exclusive_or(hidden, 0.1, 1000)
        print(f"  {name}: loss {loss:.2g}, outputs {' '.join(f'{y:.2f}' for y in outputs)}")
        found[name] = loss, share
    print(
        "  no plane has (0, 0) and (1, 1) on one side and (0, 1) and (1, 0) on the other: both\n"
        f"  pairs have the same middle. In {time.perf_counter() - started:.1f} s"
    )
    return losses, found


if __name__ == "__main__":
    main()
