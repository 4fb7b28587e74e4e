"""The Brusselator with diffusion: a stiff system of equations, with and without its Jacobian."""

import argparse
import time

import numpy as np
from scipy.integrate import solve_ivp

from autograd import sparse_jacobian


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=24, help="points along an edge")
    parser.add_argument("--until", type=float, default=5.0, help="the end of the time")
    options = parser.parse_args(arguments)
    size = options.size
    spread = 0.02 * size**2

    def change(t, state):
        """Return the derivatives of two concentrations on a periodic grid."""
        u, v = state.reshape(2, size, size)
        diffused = [
            np.roll(x, 1, 0) + np.roll(x, -1, 0) + np.roll(x, 1, 1) + np.roll(x, -1, 1) - 4 * x
            for x in (u, v)
        ]
        reaction = u * u * v
        du = 1 + reaction - 4.4 * u + spread * diffused[0]
        dv = 3.4 * u - reaction + spread * diffused[1]
        return np.stack([du, dv]).ravel()

    x, y = np.meshgrid(*2 * [np.linspace(0, 1, size, endpoint=False)])
    start = np.stack([22 * y * (1 - y) ** 1.5, 27 * x * (1 - x) ** 1.5]).ravel()
    jacobian = sparse_jacobian(change, 1)
    print(jacobian.summary(0.0, start))
    results = {}
    for name, options_of_jacobian in {
        "derivatives": {"jac": jacobian},
        "differences": {"jac_sparsity": jacobian.pattern(0.0, start)},
    }.items():
        begun = time.perf_counter()
        found = solve_ivp(
            change, (0, options.until), start, method="BDF", rtol=1e-6, atol=1e-6,
            **options_of_jacobian,
        )  # fmt: skip
        seconds = time.perf_counter() - begun
        print(f"{name}: {found.nfev} calls, {found.njev} Jacobians, {seconds:.1f} seconds")
        results[name] = found
    return results


if __name__ == "__main__":
    main()
