"""Recognise handwritten digits with convolutions, like LeNet."""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import nn


def network():
    """Return a network that maps images of shape (batch, 1, 8, 8) to a score for each digit."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding="same"),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding="same"),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(512, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where to put a picture")
    options = parser.parse_args(arguments)

    pixels, digits = load_digits(return_X_y=True)
    images = (pixels / 16.0).reshape(-1, 1, 8, 8).astype(np.float32)
    images, test_images, digits, test_digits = train_test_split(
        images, digits, test_size=0.2, stratify=digits, random_state=0
    )
    nn.seed(options.seed)
    model = network().astype(np.float32)
    optimizer = nn.optim.AdamW(model.parameters(), lr=3e-3)
    started = time.perf_counter()
    history = nn.fit(
        model,
        nn.DataLoader((images, digits), batch_size=32, shuffle=True),
        nn.cross_entropy,
        optimizer,
        options.epochs,
        metrics=[nn.accuracy],
        schedule=nn.optim.CosineAnnealingLR(optimizer, options.epochs),
    )
    seconds = time.perf_counter() - started
    result = nn.evaluate(model, [(test_images, test_digits)], nn.cross_entropy, [nn.accuracy])
    print(
        f"{model.num_parameters():,} parameters, {options.epochs} epochs in {seconds:.1f} s: "
        f"{result['accuracy']:.2%} of {len(test_digits)} held-out digits right"
    )
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        history.plot().savefig(options.output / "digits_cnn.png", dpi=120)
    return history, result["accuracy"]


if __name__ == "__main__":
    main()
