"""A hundred layers: why a plain sigmoid network does not learn, and what helps.

Five networks classify handwritten digits. Before training, `nn.gradient_report` shows how
large the gradients are in each layer; then some steps show which network learns. The last
network is a warning: with batch norm and ReLU, gradients grow by √(π/(π - 1)) = 1.21 per layer,
as Yang et al. computed in "A mean field theory of batch normalization", 2019.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import nn

DEPTH, WIDTH, BATCH = 100, 64, 128


def linear(inputs, outputs, first_weights):
    layer = nn.Linear(inputs, outputs)
    layer.weight.data[...] = first_weights(layer.weight.shape)
    layer.bias.data[...] = 0.0
    return layer


def plain(first_weights, *following):
    """Return linear layers, each followed by the layers that `make` returns, and ten scores."""
    layers = []
    for inputs in [64] + [WIDTH] * (DEPTH - 2):
        layers += [linear(inputs, WIDTH, first_weights), *(make() for make in following)]
    return nn.Sequential(*layers, linear(WIDTH, 10, first_weights))


def residual(first_weights):
    """Return sigmoid layers with a shortcut around each, initialised to small changes."""

    def small(shape):
        return first_weights(shape) / np.sqrt(DEPTH)

    blocks = [nn.Residual(nn.Sigmoid(), linear(WIDTH, WIDTH, small)) for _ in range(DEPTH - 2)]
    return nn.Sequential(
        linear(64, WIDTH, first_weights), *blocks, linear(WIDTH, 10, first_weights)
    )


xavier, he = nn.init.xavier_normal, nn.init.kaiming_normal
NETWORKS = {
    "sigmoid": lambda: plain(xavier, nn.Sigmoid),
    "ReLU, He initialisation": lambda: plain(he, nn.ReLU),
    "sigmoid, batch norm": lambda: plain(xavier, lambda: nn.BatchNorm1d(WIDTH), nn.Sigmoid),
    "sigmoid, residual": lambda: residual(xavier),
    "ReLU, batch norm": lambda: plain(he, lambda: nn.BatchNorm1d(WIDTH), nn.ReLU),
}


def trained(model, images, digits, steps):
    """Train for some steps; return the loss at each step."""
    optimizer = nn.optim.Adam(model.parameters(), lr=1e-3)
    batches = nn.DataLoader((images, digits), BATCH, shuffle=True, drop_last=True)
    losses = []
    while len(losses) < steps:
        for batch, targets in batches:
            optimizer.zero_grad()
            loss = nn.cross_entropy(model(batch), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses[:steps]


def draw(weights, path):
    """Draw the norm of the gradient of each layer's weights, for all networks."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    for name, norms in weights.items():
        axes.plot(range(1, DEPTH + 1), norms, label=name)
    axes.set(yscale="log", xlabel="layer, from the input on", ylabel="norm of the gradient")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=110)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where to put a picture")
    options = parser.parse_args(arguments)

    pixels, digits = load_digits(return_X_y=True)
    images = (pixels - pixels.mean(axis=0)) / pixels.std()
    images, test_images, digits, test_digits = train_test_split(
        images, digits, test_size=0.2, stratify=digits, random_state=0
    )
    print(
        f"{DEPTH} layers of {WIDTH}     first layer  last layer   a layer back            "
        f"loss, first and last 5 of {options.steps} steps   held out"
    )
    started = time.perf_counter()
    results, weights = {}, {}
    for name, make in NETWORKS.items():
        nn.seed(options.seed)
        model = make()  # in float64: the smallest gradients would be zeros in float32
        nn.cross_entropy(model(images[:BATCH]), digits[:BATCH]).backward()
        report = nn.gradient_report(model)
        norms = [row.norm for row in report.rows if len(row.shape) == 2]
        losses = trained(model.astype(np.float32), images.astype(np.float32), digits, options.steps)
        found = nn.evaluate(
            model, [(test_images.astype(np.float32), test_digits)], nn.cross_entropy, [nn.accuracy]
        )
        print(
            f"{name:23}  {norms[0]:10.1e}  {norms[-1]:10.1e}   ×{report.factor:.3f} "
            f"{report.verdict:10}  {np.mean(losses[:5]):16.3f} {np.mean(losses[-5:]):8.3f} "
            f"{found['accuracy']:20.1%}",
            flush=True,
        )
        results[name], weights[name] = (report, found["accuracy"]), norms
    print(f"in {time.perf_counter() - started:.1f} s")
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        draw(weights, options.output / "depth.png")
    return results


if __name__ == "__main__":
    main()
