"""Recognise handwritten digits with an LSTM that reads the rows from top to bottom."""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import nn


class Reader(nn.Module):
    """Reads the 8 rows of an image one by one; its last output gives a score for each digit."""

    def __init__(self, hidden_size=128):
        self.lstm = nn.LSTM(8, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(0.3)
        self.linear = nn.Linear(hidden_size, 10)

    def forward(self, images):
        outputs, _ = self.lstm(images)
        return self.linear(self.dropout(outputs[:, -1]))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where to put a picture")
    options = parser.parse_args(arguments)

    pixels, digits = load_digits(return_X_y=True)
    images = (pixels / 16.0).reshape(-1, 8, 8).astype(np.float32)
    images, test_images, digits, test_digits = train_test_split(
        images, digits, test_size=0.2, stratify=digits, random_state=0
    )
    nn.seed(options.seed)
    model = Reader().astype(np.float32)
    optimizer = nn.optim.AdamW(model.parameters(), lr=1e-2)
    started = time.perf_counter()
    history = nn.fit(
        model,
        nn.DataLoader((images, digits), batch_size=64, shuffle=True),
        nn.cross_entropy,
        optimizer,
        options.epochs,
        metrics=[nn.accuracy],
        schedule=nn.optim.CosineAnnealingLR(optimizer, options.epochs),
        max_norm=1.0,
    )
    seconds = time.perf_counter() - started
    result = nn.evaluate(model, [(test_images, test_digits)], nn.cross_entropy, [nn.accuracy])
    print(
        f"{model.num_parameters():,} parameters, {options.epochs} epochs in {seconds:.1f} s: "
        f"{result['accuracy']:.2%} of {len(test_digits)} held-out digits right"
    )
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        history.plot().savefig(options.output / "digits_lstm.png", dpi=120)
    return history, result["accuracy"]


if __name__ == "__main__":
    main()
