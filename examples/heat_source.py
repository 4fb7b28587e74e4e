"""An inverse problem: how well a rod conducts heat, from temperatures at its surface.

The heat equation is solved by implicit steps, each a sparse system whose matrix depends on the
unknown conductivity. The gradient by all of its values takes one more solution for each step.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from autograd import value_and_grad
from autograd.scipy import sparse
from autograd.scipy.sparse.linalg import splu

CELLS, STEPS, TIME = 60, 40, 0.1
PLACES = (np.arange(CELLS) + 0.5) / CELLS


def temperatures(log_conductivity, start, time=TIME):
    """Return the temperatures after each step, of a rod whose ends are kept at 0."""
    k = np.exp(log_conductivity)
    between = 2 / (1 / k[1:] + 1 / k[:-1])  # two resistances in series
    flow = np.concatenate([2 * k[:1], between, 2 * k[-1:]]) * CELLS**2
    step = time / STEPS
    diagonals = [1 + step * (flow[1:] + flow[:-1]), -step * flow[1:-1], -step * flow[1:-1]]
    solver = splu(sparse.diags_array(diagonals, offsets=[0, 1, -1]))
    found = [start]
    for _ in range(STEPS):
        found.append(solver.solve(found[-1]))
    return np.stack(found[1:])


def exact_check():
    """Return the largest deviation from the closed form for a uniform rod.

    The discrete sine is multiplied by 1 / (1 + step λ) in each step.
    """
    mode = np.sin(np.pi * PLACES)
    rate = 4 * CELLS**2 * np.sin(np.pi / (2 * CELLS)) ** 2
    factors = (1 + TIME / STEPS * rate) ** -np.arange(1.0, STEPS + 1)
    return np.max(np.abs(temperatures(np.zeros(CELLS), mode) - factors[:, None] * mode))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, default=200)
    parser.add_argument("--output", type=Path, help="folder for a picture")
    options = parser.parse_args(arguments)
    print(f"a uniform rod differs from the closed form by {exact_check():.1e}")
    truth = 0.6 * np.sin(2 * np.pi * PLACES) + 0.4 * (PLACES > 0.6)
    starts = [np.sin(n * np.pi * PLACES) ** 2 for n in (1, 2, 3)]
    noise = np.random.default_rng(0)
    measured = [temperatures(truth, s) + 1e-4 * noise.normal(size=(STEPS, CELLS)) for s in starts]

    def misfit(guess):
        data = sum(
            np.sum((temperatures(guess, s) - m) ** 2) for s, m in zip(starts, measured, strict=True)
        )
        return data / 1e-8 / 2 + 5 * np.sum((guess[1:] - guess[:-1]) ** 2)

    found = minimize(
        value_and_grad(misfit),
        np.zeros(CELLS),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": options.iterations},
    )
    error = np.sqrt(np.mean((found.x - truth) ** 2))
    print(f"misfit {misfit(np.zeros(CELLS)):.0f} before, {found.fun:.0f} after {found.nit} steps")
    before = np.sqrt(np.mean(truth**2))
    print(f"error of the logarithm of the conductivity: {before:.3f} before, {error:.3f} after")
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        draw(truth, found.x, options.output)
    return exact_check(), error


def draw(truth, found, folder):
    """Draw the conductivity and what was found."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    axes.plot(PLACES, np.exp(truth), label="conductivity")
    axes.plot(PLACES, np.exp(found), "--", label="found from temperatures")
    axes.set(xlabel="place")
    axes.legend()
    figure.savefig(folder / "heat_source.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
