"""A soap film across a bent frame: its area is minimised with a sparse Hessian."""

import argparse

import numpy as np
from scipy.optimize import minimize

from autograd import jit, sparse_hessian, value_and_grad


def frame(size):
    """Return heights that are 0 inside, and on the edge those of the frame."""
    line = np.linspace(-1, 1, size)
    heights = np.zeros((size, size))
    heights[0] = heights[-1] = 1 - line**2
    heights[:, 0] = heights[:, -1] = line**2 - 1
    return heights


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=40, help="points along an edge")
    size = parser.parse_args(arguments).size
    edge = frame(size)
    spacing = 2 / (size - 1)

    def area(inside):
        """Return the area of the film, with two triangles between each four points."""
        film = np.pad(inside.reshape(size - 2, size - 2), 1) + edge
        down, right = np.diff(film, axis=0) / spacing, np.diff(film, axis=1) / spacing
        first = np.sqrt(1 + down[:, :-1] ** 2 + right[:-1] ** 2)
        second = np.sqrt(1 + down[:, 1:] ** 2 + right[1:] ** 2)
        return np.sum(first + second) * spacing**2 / 2

    hessian = sparse_hessian(area)
    start = np.zeros((size - 2) ** 2)
    print(hessian.summary(start))
    found = minimize(
        jit(value_and_grad(area)), start, jac=True, hess=hessian, method="trust-constr",
        options={"gtol": 1e-6},
    )  # fmt: skip
    print(f"area {area(start):.5f} before, {found.fun:.5f} after {found.nit} steps")
    print(f"largest derivative {np.max(np.abs(found.grad)):.1e}")
    return found


if __name__ == "__main__":
    main()
