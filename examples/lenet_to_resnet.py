"""Thirty years of convolutional networks on small digits: LeNet, a plain network, a residual one.

LeCun et al., "Gradient-based learning applied to document recognition", 1998; Simonyan &
Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015; He et al.,
"Deep residual learning for image recognition", 2016.
"""

import argparse
import time

from sklearn.datasets import load_digits

import nn


def lenet():
    """Return a network with the layers of 1998: tanh and averages."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 3),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(64, 84),
        nn.Tanh(),
        nn.Linear(84, 10),
    )


def plain(depth):
    """Return a network of 3 × 3 convolutions and ReLU, one after the other."""
    layers = [nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    for _ in range(depth):
        layers += [nn.Conv2d(16, 16, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))


def resnet(depth):
    """Return the same with a shortcut around every two convolutions, and batch norms."""
    blocks = [
        nn.Residual(
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 16, 3, padding=1, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 16, 3, padding=1),
        )
        for _ in range(depth // 2)
    ]
    start = nn.Conv2d(1, 16, 3, padding=1), nn.MaxPool2d(2)
    end = nn.BatchNorm2d(16), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10)
    return nn.Sequential(*start, *blocks, *end)


NETWORKS = {
    "LeNet": lenet,
    "plain, 4 convolutions": lambda: plain(4),
    "plain, 16 convolutions": lambda: plain(16),
    "ResNet, 4 convolutions": lambda: resnet(4),
    "ResNet, 16 convolutions": lambda: resnet(16),
}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--networks", nargs="*", default=list(NETWORKS), choices=NETWORKS)
    options = parser.parse_args(arguments)

    nn.seed(0)
    images, digits = load_digits(return_X_y=True)
    images = (images / 8 - 1).reshape(-1, 1, 8, 8)
    train, test, digits, test_digits = nn.train_test_split(
        images, digits, test_size=0.2, stratify=digits
    )
    found = {}
    for name in options.networks:
        nn.seed(0)
        model = NETWORKS[name]()
        optimizer = nn.optim.AdamW(model.parameters(), lr=4e-3)
        started = time.perf_counter()
        history = nn.fit(
            model,
            nn.DataLoader((train, digits), batch_size=32, shuffle=True),
            nn.cross_entropy,
            optimizer,
            options.epochs,
            validation=nn.DataLoader((test, test_digits), batch_size=360),
            metrics=[nn.accuracy],
            schedule=nn.optim.CosineAnnealingLR(optimizer, options.epochs),
        )
        found[name] = history["val_accuracy"][-1]
        print(
            f"{name:24} {model.num_parameters():6,} parameters, {found[name]:.1%} of "
            f"{len(test)} held-out digits, {time.perf_counter() - started:.1f} s",
            flush=True,
        )
    return found


if __name__ == "__main__":
    main()
