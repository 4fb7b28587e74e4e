"""Coatings for light: their layers are designed by the gradient of what they reflect.

Light that meets glass is described by a sparse system, Helmholtz's equation on a line. What one
uniform layer reflects is known in closed form (Born & Wolf, "Principles of Optics", 1.6.4).
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from autograd import value_and_grad
from autograd.scipy import sparse
from autograd.scipy.sparse.linalg import spsolve

GLASS, POINTS, SPACING = 2.25, 1200, 1 / 400  # the square of the index; lengths in waves
LAYER = slice(400, 800)


def reflected(square_of_index, wave=1.0):
    """Return the share of light that is reflected by a line of matter, from air into glass."""
    k, n = 2 * np.pi / wave, POINTS
    phase = [2 * np.arcsin(k * SPACING * np.sqrt(e) / 2) for e in (1.0, GLASS)]  # per point
    steps = np.exp(1j * np.array(phase))
    square = square_of_index * (k * SPACING) ** 2
    ends = np.zeros(n, complex)
    ends[0], ends[-1] = steps[0], steps[1]  # outgoing waves
    source = np.zeros(n, complex)
    source[0] = steps[0] - 1 / steps[0]  # and one that comes in, of size 1
    diagonals = [square - 2 + ends, np.ones(n - 1), np.ones(n - 1)]
    matrix = sparse.diags_array(diagonals, offsets=[0, 1, -1])
    field = spsolve(sparse.csc_array(matrix), source)
    amplitude = field[0] - 1
    return np.real(amplitude) ** 2 + np.imag(amplitude) ** 2


def profile(layer):
    """Return the square of the index along the line: air, some layers, glass."""
    air, glass = np.ones(LAYER.start), np.full(POINTS - LAYER.stop, GLASS)
    return np.concatenate([air, np.repeat(layer, (LAYER.stop - LAYER.start) // len(layer)), glass])


def closed_form(square_of_index, thickness):
    """Return what one layer reflects, by Airy's formula."""
    a, n, b = 1.0, np.sqrt(square_of_index), np.sqrt(GLASS)
    first, second = (a - n) / (a + n), (n - b) / (n + b)
    turn = np.exp(4j * np.pi * n * thickness)
    return abs((first + second * turn) / (1 + first * second * turn)) ** 2


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, default=40)
    parser.add_argument("--output", type=Path, help="folder for a picture")
    options = parser.parse_args(arguments)
    thickness = (LAYER.stop - LAYER.start) * SPACING
    exact = closed_form(1.9, thickness)
    print(
        f"one layer reflects {reflected(profile(np.array([1.9]))):.5f}, in closed form {exact:.5f}"
    )
    waves = np.linspace(0.8, 1.3, 6)

    def loss(layers):
        return sum(reflected(profile(layers), wave) for wave in waves) / len(waves)

    start = np.full(20, 1.6)
    found = minimize(
        value_and_grad(loss),
        start,
        jac=True,
        bounds=[(1.0, GLASS)] * 20,
        options={"maxiter": options.iterations},
    )
    bare = ((1 - np.sqrt(GLASS)) / (1 + np.sqrt(GLASS))) ** 2
    print(f"bare glass reflects {bare:.4f} (closed form)")
    print(f"six colours: {loss(start):.4f} before, {found.fun:.1e} after {found.nit} steps")
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        draw(found.x, options.output)
    return reflected(profile(np.array([1.9]))), exact, found.fun, bare


def draw(layers, folder):
    """Draw the layers, and what they reflect of each colour."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(7, 3), layout="constrained")
    axes[0].plot(np.arange(POINTS) * SPACING, np.sqrt(profile(layers)))
    axes[0].set(xlabel="place, in waves", ylabel="index")
    waves = np.linspace(0.7, 1.4, 60)
    axes[1].plot(waves, [reflected(profile(layers), w) for w in waves], label="designed")
    axes[1].plot(waves, np.full(60, 0.04), "--", label="bare glass")
    axes[1].set(xlabel="wave length", ylabel="reflected")
    axes[1].legend()
    figure.savefig(folder / "photonics.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
