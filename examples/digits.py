"""Fit a two-layer network to 1,797 handwritten digits."""

import argparse
import shutil
import time
from pathlib import Path

from sklearn.datasets import load_digits

import autograd
import nn


def data():
    """Return training and test images, of 64 numbers in [0, 1], and their digits."""
    images, digits = load_digits(return_X_y=True)
    return nn.train_test_split(images / 16.0, digits, test_size=0.2, stratify=digits)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("demo-output"), metavar="FOLDER")
    parser.add_argument("--epochs", type=int, default=40)
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)

    nn.seed(0)
    images, test_images, digits, test_digits = data()
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10))
    print(
        f"{len(images)} digits to learn from, {len(test_images)} held out; "
        f"{model.num_parameters():,} parameters; "
        f"engine {'compiled' if autograd.COMPILED else 'interpreted'}"
    )

    picture = options.output / ("digits.svg" if shutil.which("dot") else "digits.dot")
    loss = nn.cross_entropy(model(images[:32]), digits[:32])
    loss.label = "loss"
    loss.backward(retain_graph=True)
    autograd.draw(loss).save(picture)

    optimizer = nn.optim.AdamW(model.parameters(), lr=3e-3)
    started = time.perf_counter()
    history = nn.fit(
        model,
        nn.DataLoader((images, digits), batch_size=32, shuffle=True),
        nn.cross_entropy,
        optimizer,
        options.epochs,
        validation=nn.DataLoader((test_images, test_digits), batch_size=360),
        metrics=[nn.accuracy],
        schedule=nn.optim.CosineAnnealingLR(optimizer, options.epochs),
    )
    seconds = time.perf_counter() - started
    curves = options.output / "digits.png"
    history.plot().savefig(curves, dpi=120)
    right = nn.evaluate(model, [(images, digits)], nn.cross_entropy, [nn.accuracy])["accuracy"]
    print(
        f"accuracy on the training images {right:.1%}, on the held-out fifth "
        f"{history['val_accuracy'][-1]:.1%}, after {len(history)} epochs in {seconds:.1f} s"
    )
    if history.stopped:
        print(history.stopped)
    print(f"the graph of one step is in {picture}, loss and accuracy in {curves}")
    return history


if __name__ == "__main__":
    main()
