"""A network that memorises its examples, and three cures: dropout, weight decay, early stopping.

Of 300 digits a fifth have a wrong label. A large network learns these labels as well, and gets
worse on new digits.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

import nn


def data(generator):
    """Return 300 digits of which a fifth are labelled wrongly, 300 to choose with, and the rest."""
    images, digits = load_digits(return_X_y=True)
    order = generator.permutation(len(digits))
    images, digits = images[order] / 16, digits[order]
    wrong = digits[:300].copy()
    wrong[:60] = (wrong[:60] + generator.integers(1, 10, 60)) % 10
    parts = (images[:300], wrong), (images[300:600], digits[300:600]), (images[600:], digits[600:])
    return parts


#: The probability of dropout, the weight decay, and whether to stop early.
CURES = {
    "nothing": (0.0, 0.0, False),
    "dropout": (0.6, 0.0, False),
    "weight decay": (0.0, 1.0, False),
    "early stopping": (0.0, 0.0, True),
    "all three": (0.6, 1.0, True),
}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=80)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cures", nargs="*", default=list(CURES), choices=CURES)
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where to put a picture")
    options = parser.parse_args(arguments)

    train, validation, test = data(np.random.default_rng(options.seed))
    found, histories = {}, {}
    started = time.perf_counter()
    for name in options.cures:
        dropout, decay, stops = CURES[name]
        nn.seed(options.seed)
        model = nn.Sequential(
            nn.Linear(64, 256), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(256, 256), nn.ReLU(), nn.Dropout(dropout), nn.Linear(256, 10),
        )  # fmt: skip
        optimizer = nn.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=decay)
        histories[name] = nn.fit(
            model,
            nn.DataLoader(train, batch_size=32, shuffle=True),
            nn.cross_entropy,
            optimizer,
            options.epochs,
            validation=[validation],
            early_stopping=nn.EarlyStopping(patience=5) if stops else None,
            progress=False,
        )
        found[name] = tuple(
            nn.evaluate(model, [part], nn.cross_entropy, [nn.accuracy])["accuracy"]
            for part in (train, test)
        )
        print(
            f"{name:15} {found[name][0]:.1%} of the labels learnt, {found[name][1]:.1%} of "
            f"{len(test[1])} new digits, after {len(histories[name])} epochs",
            flush=True,
        )
    print(f"{time.perf_counter() - started:.1f} s")
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        figure = Figure(figsize=(6, 3.6), layout="constrained")
        axes = figure.add_subplot()
        for name, history in histories.items():
            axes.plot(history["val_loss"], label=name)
        axes.set(xlabel="epoch", ylabel="loss of the validation data", ylim=(0, 4))
        axes.legend(frameon=False)
        figure.savefig(options.output / "overfitting.png", dpi=120)
    return found


if __name__ == "__main__":
    main()
