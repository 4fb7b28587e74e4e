"""Models of rows that do not fit in memory, and a network, on the workers of a Dask cluster."""

import argparse

import dask
import dask.array as da
import numpy as np
from distributed import Client, LocalCluster
from scipy.optimize import minimize
from sklearn.datasets import load_digits

import nn
from autograd import value_and_grad

COLUMNS = 50


def generated(count, seed=0):
    """Return rows that are generated anew whenever they are computed, and their classes."""
    chunks = (min(count, 100_000), COLUMNS)
    rows = da.random.default_rng(seed).normal(size=(count, COLUMNS), chunks=chunks)
    weights = np.linspace(-1, 1, COLUMNS)
    return rows, (np.matmul(rows, weights) + 0.5 > 0) * 1.0, weights


def logistic_loss(rows, classes):
    """Return the loss of logistic regression as a function of the weights and, last, the bias."""

    def loss(w):
        margin = np.matmul(rows, w[:-1]) + w[-1]
        return np.mean(np.logaddexp(0.0, margin) - classes * margin) + 1e-3 * np.sum(w * w)

    return loss


def mixture_loss(rows):
    """Return minus the mean log-likelihood of two normal distributions, by their two means."""

    def loss(means):
        first, second = (np.sum((rows - mean) ** 2, axis=1) / 2 for mean in (means[:2], means[2:]))
        return -np.mean(np.logaddexp(-first, -second))

    return loss


def minimized(loss, start):
    """Minimise by SciPy's L-BFGS; each call reads the rows once, for the loss and its gradient."""
    objective = value_and_grad(loss)
    found = minimize(lambda w: dask.compute(*objective(w)), start, jac=True, method="L-BFGS-B")
    return found.x, found.fun, found.nfev


def digits(client):
    """Train a network for digits on four shards; return its accuracy on the rest."""
    images, classes = load_digits(return_X_y=True)
    first, last = (np.random.default_rng(seed) for seed in (1, 2))
    model = nn.Sequential(
        nn.Linear(64, 64, generator=first), nn.ReLU(), nn.Linear(64, 10, generator=last)
    )
    shards = nn.Shards((images[:1400] / 16, classes[:1400]), 4, batch_size=200)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    nn.fit(model, shards, nn.cross_entropy, optimizer, 10, client=client, progress=False)
    return nn.accuracy(model(images[1400:] / 16), classes[1400:])


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="5,000,000 rows are 2 GB")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="1GB", help="the limit of each worker")
    options = parser.parse_args(arguments)
    with (
        LocalCluster(
            n_workers=options.workers,
            threads_per_worker=1,
            memory_limit=options.memory,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster) as client,
    ):
        rows, classes, weights = generated(options.rows)
        w, loss, calls = minimized(logistic_loss(rows, classes), np.zeros(COLUMNS + 1))
        alike = w[:-1] @ weights / np.linalg.norm(w[:-1]) / np.linalg.norm(weights)
        print(f"logistic regression of {rows.nbytes / 1e9:.2f} GB: loss {loss:.3f}, {calls} calls,")
        print(f"    cosine of the weights and the true ones {alike:.3f}")

        shifted = rows[:, :2] + 2.0 * np.where(rows[:, 2:3] > 0, 1.0, -1.0)
        means, loss, calls = minimized(mixture_loss(shifted), np.array([1.0, 0.0, -1.0, 0.5]))
        print(f"mixture of distributions: means {np.round(means, 2).tolist()}, {calls} calls")

        right = digits(client)
        print(f"network trained by {options.workers} workers: {right:.1%} of the held-out digits")
    return alike, means, right


if __name__ == "__main__":
    main()
