"""Checking many inputs at once, along random directions.

If a gradient is off by a vector e, then along a direction u of independent normal numbers it is
off by e·u, a normal number of standard deviation ‖e‖: a few directions find any error, wherever it
sits, except with a probability that can be stated.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.check.subject import Vector


def directions(scales: Vector, count: int, seed: int) -> Vector:
    """Return random directions, each input moving in proportion to its scale.

    Returns
    -------
    ndarray, shape (count, inputs)
    """
    random = np.random.default_rng(seed)
    return random.standard_normal((count, scales.size)) * scales


def probability_of_missing(ratios: Vector, of_sums: bool = False) -> float:
    """Return how likely an error goes unseen by all projections.

    Parameters
    ----------
    ratios : ndarray
        For each projection its tolerance over the norm of the error.
    of_sums : bool
        Whether each projection is random on the side of the results as well: then an error
        shows as a product of two normal numbers, which is more often small.
    """
    return math.prod(_likely_within(float(ratio), of_sums) for ratio in ratios)


def _likely_within(ratio: float, of_sums: bool) -> float:
    if not of_sums:
        return math.erf(ratio / math.sqrt(2))
    # The product xy has density K₀(|z|)/π, and K₀(z) = ln(2/z) - γ + O(z² ln z) near zero.
    if ratio > 0.5:
        return 1.0
    return 2 / math.pi * ratio * (math.log(2 / ratio) + 1 - np.euler_gamma) if ratio else 0.0


def narrow_down(
    candidates: Any,
    mismatch: Callable[[Vector], tuple[float, float]],
    direction: Vector,
    most: int = 10,
    budget: int = 400,
) -> list[int]:
    """Find single inputs whose derivative is off, by halving where the sum is off.

    Parameters
    ----------
    candidates : ndarray of int
        The positions to look among.
    mismatch : callable
        Takes a direction; returns by how much analytic and numerical derivative differ along it,
        and the difference that is still accepted.
    direction : ndarray
        A random direction; parts of it are asked about.
    most, budget : int
        How many to find, and how often to ask at most.

    Returns
    -------
    list of int
        Positions, in the order in which they were found: largest parts of the error first.
    """

    def ask(positions: Any) -> float:
        part = np.zeros_like(direction)
        part[positions] = direction[positions]
        off, accepted = mismatch(part)
        return off if off > accepted else 0.0

    found: list[int] = []
    heap: list[tuple[float, int, Any]] = [(-math.inf, 0, np.asarray(candidates))]
    asked = 0
    while heap and len(found) < most and asked < budget:
        _, _, positions = heapq.heappop(heap)
        if len(positions) == 1:
            found.append(int(positions[0]))
            continue
        for half in np.array_split(positions, 2):
            asked += 1
            off = ask(half)
            if off > 0:
                heapq.heappush(heap, (-off, asked, half))
    return found
