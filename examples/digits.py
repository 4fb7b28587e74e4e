"""Fit a two-layer network to 1,797 handwritten digits, with nothing but Tensors and NumPy."""

import argparse
import shutil
import time
from pathlib import Path

import matplotlib
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import trange

import autograd
from autograd import Tensor, logsumexp, no_grad

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def load():
    """Return training and test images, of 64 numbers in [0, 1], and their digits."""
    images, digits = load_digits(return_X_y=True)
    return train_test_split(images / 16.0, digits, test_size=0.2, random_state=0, stratify=digits)


def initial_parameters(random, inputs=64, hidden=128, classes=10):
    """Draw weights whose products keep their size from layer to layer."""
    return [
        Tensor(random.normal(0, inputs**-0.5, (inputs, hidden)), label="W1"),
        Tensor(np.zeros(hidden), label="b1"),
        Tensor(random.normal(0, hidden**-0.5, (hidden, classes)), label="W2"),
        Tensor(np.zeros(classes), label="b2"),
    ]


def logits_of(parameters, images):
    """Return the unnormalised log-probability of each digit, one row for each image."""
    w1, b1, w2, b2 = parameters
    return np.tanh(images @ w1 + b1) @ w2 + b2


def cross_entropy(logits, digits):
    """Return the average of -log(probability of the right digit)."""
    right = logits[np.arange(len(digits)), digits]
    return (logsumexp(logits, axis=1) - right).mean()


@no_grad()
def accuracy(parameters, images, digits):
    """Return the share of images whose digit is recognised."""
    return float(np.mean(np.argmax(logits_of(parameters, images), axis=1) == digits))


def train(parameters, images, digits, held_out, random, epochs, batch=32, rate=0.2, momentum=0.9):
    """Go down the gradient of mini-batches with momentum and a falling rate; return the history."""
    velocities = [np.zeros_like(p.data) for p in parameters]
    history = []
    progress = trange(epochs, desc="training", unit="epoch")
    for epoch in progress:
        step = rate * 0.5 * (1 + np.cos(np.pi * epoch / epochs))
        losses = []
        order = random.permutation(len(images))
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            loss = cross_entropy(logits_of(parameters, images[chosen]), digits[chosen])
            loss.backward()
            losses.append(loss.item())
            for parameter, velocity in zip(parameters, velocities, strict=True):
                velocity *= momentum
                velocity -= step * parameter.grad
                parameter.data += velocity
                parameter.grad = None
        scores = accuracy(parameters, images, digits), accuracy(parameters, *held_out)
        history.append((np.mean(losses), *scores))
        progress.set_postfix(loss=f"{history[-1][0]:.4f}", test=f"{history[-1][2]:.1%}")
    return np.array(history)


def plot(history, target):
    """Draw loss and accuracy over the epochs."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    epochs = np.arange(1, len(history) + 1)
    left.semilogy(epochs, history[:, 0], color="#2a6496")
    left.set(xlabel="epoch", title="training loss (cross-entropy)")
    right.plot(epochs, 100 * history[:, 1], color="#2a6496", label="training images")
    right.plot(epochs, 100 * history[:, 2], color="#b35c00", label="held-out fifth")
    right.set(xlabel="epoch", title="digits recognised, %", ylim=(85, 100.5))
    right.legend(loc="lower right", frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
    figure.savefig(target, dpi=120)
    plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("demo-output"), metavar="FOLDER")
    parser.add_argument("--epochs", type=int, default=40)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)

    images, test_images, digits, test_digits = load()
    random = np.random.default_rng(0)
    parameters = initial_parameters(random)
    print(
        f"{len(images)} digits to learn from, {len(test_images)} held out; "
        f"{sum(p.size for p in parameters):,} parameters; "
        f"engine {'compiled' if autograd.COMPILED else 'interpreted'}"
    )

    picture = options.output / ("digits.svg" if shutil.which("dot") else "digits.dot")
    loss = cross_entropy(logits_of(parameters, images[:32]), digits[:32])
    loss.label = "loss"
    loss.backward(retain_graph=True)
    autograd.draw(loss).save(picture)
    for parameter in parameters:
        parameter.grad = None

    started = time.perf_counter()
    history = train(parameters, images, digits, (test_images, test_digits), random, options.epochs)
    seconds = time.perf_counter() - started
    curves = options.output / "digits.png"
    plot(history, curves)
    print(f"accuracy on the training images {history[-1][1]:.1%}, on the held-out fifth "
          f"{history[-1][2]:.1%}, after {options.epochs} epochs in {seconds:.1f} s")  # fmt: skip
    print(f"the graph of one step is in {picture}, loss and accuracy in {curves}")


if __name__ == "__main__":
    main()
