"""Describe handwritten digits by two numbers: an autoencoder, compared with principal components.

Source: Hinton & Salakhutdinov, "Reducing the dimensionality of data with neural networks", 2006.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

import nn


class Autoencoder(nn.Module):
    """An encoder to few numbers, and a decoder back to an image."""

    def __init__(self, size):
        self.encoder = nn.Sequential(
            nn.Linear(64, 128), nn.GELU(), nn.Linear(128, 32), nn.GELU(), nn.Linear(32, size)
        )
        self.decoder = nn.Sequential(
            nn.Linear(size, 32), nn.GELU(), nn.Linear(32, 128), nn.GELU(), nn.Linear(128, 64)
        )

    def forward(self, images):
        """Return the images, as the decoder sees them."""
        return self.decoder(self.encoder(images))


def by_components(train, test, size):
    """Return the error of the best linear encoder and decoder, principal components."""
    mean = train.mean(axis=0)
    axes = np.linalg.svd(train - mean, full_matrices=False)[2][:size]
    return float(np.mean((mean + (test - mean) @ axes.T @ axes - test) ** 2))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where to put a picture")
    options = parser.parse_args(arguments)

    nn.seed(options.seed)
    images, digits = load_digits(return_X_y=True)
    train, test, _, test_digits = nn.train_test_split(
        images / 16, digits, test_size=0.2, stratify=digits
    )
    model = Autoencoder(2)
    optimizer = nn.optim.AdamW(model.parameters(), lr=3e-3)
    started = time.perf_counter()
    history = nn.fit(
        model,
        nn.DataLoader(train, batch_size=64, shuffle=True),
        nn.mse,
        optimizer,
        options.epochs,
        validation=nn.DataLoader(test, batch_size=len(test)),
        schedule=nn.optim.CosineAnnealingLR(optimizer, options.epochs),
        targets="inputs",
    )
    error, linear = history["val_loss"][-1], by_components(train, test, 2)
    seconds = time.perf_counter() - started
    print(
        f"mean squared error of {len(test)} held-out digits by two numbers: {error:.4f}; "
        f"by two principal components {linear:.4f}; in {seconds:.1f} s"
    )
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        codes = model.encoder(test)
        figure = Figure(figsize=(6, 5), layout="constrained")
        axes = figure.add_subplot()
        for digit in range(10):
            places = codes[test_digits == digit]
            axes.scatter(*places.data.T, s=8, label=str(digit))
        axes.legend(frameon=False)
        figure.savefig(options.output / "autoencoder.png", dpi=120)
    return error, linear


if __name__ == "__main__":
    main()
