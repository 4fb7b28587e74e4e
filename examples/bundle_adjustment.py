"""Bundle adjustment: where cameras stood, and points they saw, from the points in their pictures.

Each picture of a point depends on one camera and one point, so almost all derivatives are zero.
"""

import argparse

import numpy as np
from scipy.optimize import least_squares

from autograd import sparse_jacobian


def rotated(points, turns):
    """Rotate points about axes by angles: Rodrigues' formula, for vectors of this length."""
    angle = np.sqrt(np.sum(turns**2, axis=1, keepdims=True) + 1e-30)
    axis = turns / angle
    along = np.sum(axis * points, axis=1, keepdims=True) * axis
    across = np.cross(axis, points)
    return np.cos(angle) * points + np.sin(angle) * across + (1 - np.cos(angle)) * along


def scene(cameras, points, seed):
    """Return cameras (a rotation and a position each) around random points."""
    rng = np.random.default_rng(seed)
    turns = np.zeros((cameras, 3))
    turns[:, 1] = np.linspace(-0.6, 0.6, cameras)
    positions = np.array([0.0, 0.0, 5.0]) + rng.normal(scale=0.2, size=(cameras, 3))
    return np.hstack([turns, positions]), rng.uniform(-1, 1, (points, 3))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=8)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    cameras, points = scene(options.cameras, options.points, options.seed)
    rng = np.random.default_rng(options.seed + 1)
    seen = np.nonzero(rng.uniform(size=(options.cameras, options.points)) < 0.5)

    def pictures(x):
        """Return where the cameras see the points."""
        first = 6 * options.cameras
        camera, point = x[:first].reshape(-1, 6)[seen[0]], x[first:].reshape(-1, 3)[seen[1]]
        moved = rotated(point, camera[:, :3]) + camera[:, 3:]
        return (moved[:, :2] / moved[:, 2:]).ravel()

    truth = np.concatenate([cameras.ravel(), points.ravel()])
    observed = pictures(truth) + rng.normal(scale=1e-3, size=2 * len(seen[0]))
    start = truth + rng.normal(scale=0.05, size=truth.size)
    residuals = lambda x: 1e3 * (pictures(x) - observed)  # noqa: E731 - in units of their noise
    jacobian = sparse_jacobian(residuals)
    print(jacobian.summary(start))
    found = least_squares(residuals, start, jacobian, x_scale="jac", ftol=1e-6)
    before, after = (np.sqrt(np.mean(residuals(x) ** 2)) for x in (start, found.x))
    print(f"errors in units of the noise: {before:.1f}, and {after:.2f} after {found.nfev} steps")
    return before, after


if __name__ == "__main__":
    main()
