"""A robot's arm of six joints reaches for places, by least squares with exact Jacobians.

The Jacobian of the hand by the angles is known: each joint turns the hand about its axis, so its
column is the axis times the way from the joint to the hand (Siciliano and others, "Robotics",
2009).
"""

import argparse
from pathlib import Path

import numpy as np

from autograd import jacobian
from autograd.scipy.optimize import least_squares
from autograd.scipy.spatial.transform import Rotation

AXES = "zyyzyz"
LINKS = np.array([[0, 0, 0.3], [0, 0, 0.5], [0, 0, 0.4], [0, 0, 0.2], [0, 0, 0.2], [0, 0, 0.1]])


def joints(angles):
    """Return the places of all joints and of the hand, and how the hand is turned."""
    turn, place = Rotation.identity(), np.zeros(3)
    places = [place]
    for i, axis in enumerate(AXES):
        turn = turn * Rotation.from_euler(axis, angles[i])
        place = place + turn.apply(LINKS[i])
        places.append(place)
    return places, turn


def hand(angles):
    """Return where the hand is."""
    return joints(angles)[0][-1]


def geometric_jacobian(angles):
    """Return the derivatives of `hand` by the formula of axes and ways."""
    places, _ = joints(angles)
    turn, columns = Rotation.identity(), []
    for i, axis in enumerate(AXES):
        along = turn.apply(np.eye(3)["xyz".index(axis)])
        columns.append(np.cross(along, places[-1] - places[i]))
        turn = turn * Rotation.from_euler(axis, angles[i])
    return np.stack(columns, axis=1)


def reach(target, turned, start):
    """Return the angles at which the hand is at a place and turned in a way."""

    def miss(angles):
        places, turn = joints(angles)
        return np.concatenate([places[-1] - target, 0.3 * (turned.inv() * turn).as_rotvec()])

    return least_squares(miss, start, xtol=1e-15, ftol=1e-15, gtol=1e-15)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, help="folder for a picture")
    options = parser.parse_args(arguments)
    start = np.array([0.1, 0.6, 0.8, 0.2, 0.7, 0.1])
    difference = np.max(np.abs(jacobian(hand)(start) - geometric_jacobian(start)))
    print(f"the Jacobian differs from the formula by {difference:.1e}")
    poses, misses = [start], []
    for t in np.linspace(0, 2 * np.pi, 13)[:-1]:
        target = np.array([0.6 + 0.15 * np.cos(t), 0.25 * np.sin(t), 0.5])
        found = reach(target, Rotation.from_euler("y", np.pi * 0.6), poses[-1])
        poses.append(found.x)
        misses.append(np.linalg.norm(hand(found.x) - target))
    print(f"12 places of a circle reached, the farthest miss is {max(misses):.1e} m")
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        draw(poses[1:], options.output)
    return difference, max(misses)


def draw(poses, folder):
    """Draw the arm from the side and from above."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(6, 3), layout="constrained")
    for pose in poses:
        places = np.stack(joints(pose)[0])
        axes[0].plot(places[:, 0], places[:, 2], "o-", markersize=3, alpha=0.6)
        axes[1].plot(places[:, 0], places[:, 1], "o-", markersize=3, alpha=0.6)
    for axis, name in zip(axes, ("height", "depth"), strict=True):
        axis.set(xlabel="width", ylabel=name, aspect="equal")
    figure.savefig(folder / "robot_arm.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
