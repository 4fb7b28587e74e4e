"""The sum over all alignments of steps and labels, by the forward-backward algorithm.

Positions are those of the labels with a blank before, between and after them. Source: Graves et
al., "Connectionist temporal classification", 2006.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, define, kernel, logsumexp, make_vjp
from autograd.devices import full, like
from nn.arrays import plain
from nn.losses.alignments_in_c import LIKELIHOOD as LIKELIHOOD_IN_C
from nn.losses.kernels import Kept
from nn.notation import LIKELIHOOD

#: The logarithm of what cannot happen: finite, so that differences of two are no NaN.
NEVER = -1e30

#: Products of probabilities from exp(-MODERATE) to exp(MODERATE) keep all digits.
MODERATE = 600.0


def log_likelihood(said: Any, skips: Any, reads: Any, lengths: Any) -> Any:
    """Return the log-probability of all alignments, in steps that have derivatives.

    `said` has the shape (steps, batch, positions); `skips` says which positions follow the one
    before the last, `reads` how many steps count, and `lengths` how many labels.
    """
    batch, width = skips.shape
    never = full((batch, 2), NEVER, said.dtype, said)
    alpha = np.where(np.arange(width, like=like(said)) < 2, said[0], NEVER)
    for step in range(1, len(said)):
        before = np.concatenate([never, alpha], axis=1)
        ways = [alpha, before[:, 1 : 1 + width], np.where(skips, before[:, :width], NEVER)]
        following = logsumexp(np.stack(ways), axis=0) + said[step]
        alpha = np.where((step < reads)[:, None], following, alpha)
    rows = np.arange(batch, like=like(said))
    ends = np.stack([alpha[rows, 2 * lengths], alpha[rows, np.maximum(2 * lengths - 1, 0)]])
    return logsumexp(np.where(np.stack([lengths >= 0, lengths > 0]), ends, NEVER), axis=0)


# -- arrays, in both directions at once -------------------------------------------------------


@kernel()
def log_of_ways(said: Any, closed: Any) -> Any:
    """Return the log-probability to be at each position after each step.

    `closed` is what the way from two positions before costs: 0 or NEVER. Nothing is ever at the two
    positions that are added in front.
    """
    *others, width = said.shape
    found = np.full((*others, width + 2), NEVER, said.dtype)
    found[0, ..., 2:4] = said[0, ..., :2]
    ways = np.lib.stride_tricks.sliding_window_view(found, width, axis=-1)
    ways = np.moveaxis(ways, -2, 1)  # from two positions before, one and none
    costs = np.zeros(ways.shape[1:], said.dtype)
    costs[0] = closed
    for step in range(1, len(said)):
        each = ways[step - 1] + costs
        most = np.maximum.reduce(each, 0)
        each -= most
        np.exp(each, out=each)
        total = np.add.reduce(each, 0)
        np.log(total, out=total)
        total += most
        np.add(total, said[step], out=found[step, ..., 2:])
    return found[..., 2:]


@kernel()
def backwards(skips: Any, reads: Any, lengths: Any, steps: int) -> Any:
    """Return what turns around steps and labels, what is beyond an end, and `skips` turned.

    What follows a position is what precedes it backwards, from the last step and label of each
    example.
    """
    batch, width = skips.shape
    step = np.maximum(reads, 1) - 1 - np.arange(steps)[:, None]
    place, rows = 2 * lengths[:, None] - np.arange(width), np.arange(batch)
    turned = np.maximum(step, 0)[:, :, None], rows[:, None], np.maximum(place, 0)
    skips_back = np.zeros_like(skips)
    skips_back[:, 2:] = skips[rows[:, None], turned[2]][:, :-2]
    return turned, (step < 0)[:, :, None] | (place < 0), skips_back


@kernel()
def both_ends(before: Any, reads: Any, lengths: Any, never: float) -> Any:
    """Return the ways to the last blank and to the last label, after the last step that counts."""
    last, rows = np.maximum(reads, 1) - 1, np.arange(len(reads))
    label = before[last, rows, np.maximum(2 * lengths - 1, 0)]
    return before[last, rows, 2 * lengths], np.where(lengths > 0, label, never)


@kernel()
def by_probabilities(said: Any, skips: Any, reads: Any, lengths: Any) -> Any:
    """Return `likelihood_and_shares` without logarithms, in less than half the time.

    Probabilities are relative to the largest of their step. Return None if products of all steps
    could leave the range of double precision, or if an example has no alignment.
    """
    largest = np.maximum.reduce(said, 2, keepdims=True, initial=NEVER)
    ranges = largest - np.minimum.reduce(said, 2, keepdims=True)
    if not np.add.reduce(ranges, 0).max(initial=0.0) + 2 * len(said) < MODERATE:
        return None
    turned, beyond, skips_back = backwards(skips, reads, lengths, len(said))
    spoken = np.exp(said.astype(np.float64) - largest)
    steps, batch, width = said.shape
    # The positions come before the examples, so that a step is one run in memory.
    both = np.empty((steps, width, 2, batch))
    both[:, :, 0], both[:, :, 1] = spoken.swapaxes(1, 2), spoken[turned].swapaxes(1, 2)
    skipped = np.empty((width, 2, batch))
    skipped[:, 0], skipped[:, 1] = skips.T, skips_back.T
    ways = np.zeros((steps, width + 2, 2, batch))
    ways[0, 2:4] = both[0, :2]
    for earlier, later, share in zip(ways, ways[1:, 2:], both[1:], strict=False):
        np.multiply(earlier[:-2], skipped, out=later)
        later += earlier[1:-1]
        later += earlier[2:]
        later *= share
    before, after = ways[:, 2:, 0].swapaxes(1, 2), ways[:, 2:, 1].swapaxes(1, 2)[turned]
    end, label = both_ends(before, reads, lengths, 0.0)
    total = end + label
    if not (total > 0).all():
        return None
    shares = before * after
    shares /= spoken  # which is in both
    shares /= total[:, None]
    shares[beyond] = 0.0
    counted = np.arange(len(said))[:, None] < np.maximum(reads, 1)
    logs = np.log(total) + np.add.reduce(largest[..., 0] * counted, 0)
    return logs.astype(said.dtype), shares.astype(said.dtype, copy=False)


@kernel(c=LIKELIHOOD_IN_C)
def likelihood_and_shares(said: Any, skips: Any, reads: Any, lengths: Any) -> Any:
    """Return the log-probability of all alignments, and of each position in each step, of these."""
    found = by_probabilities(said, skips, reads, lengths)
    if found is not None:
        return found
    turned, beyond, skips_back = backwards(skips, reads, lengths, len(said))
    closed = np.where(np.stack([skips, skips_back]), said.dtype.type(0), said.dtype.type(NEVER))
    both = log_of_ways(np.stack([said, said[turned]], axis=1), closed)
    before, after = both[:, 0], both[:, 1][turned]
    total = np.logaddexp(*both_ends(before, reads, lengths, NEVER))
    shares = before + after
    shares -= said  # which is in both
    shares -= total[:, None]
    # Of labels that have no alignment, only what rounding has left would be known.
    shares[beyond | (total < NEVER / 2)[:, None]] = -np.inf
    np.exp(shares, out=shares)
    return total, shares


@kernel()
def said_in(x: Any, labels: Any) -> Any:
    """Return the log-probability of each position in each step; at least NEVER."""
    rows = np.arange(len(labels), like=like(x))[:, None]
    return np.maximum(x[:, rows, labels], NEVER)


@kernel()
def put_back(shares: Any, x: Any, labels: Any) -> Any:
    """Return what the classes get of the shares of positions, which may repeat classes."""
    found = np.zeros_like(x)
    places: Any = slice(None), np.arange(len(labels))[:, None], labels
    np.add.at(found, places, shares)
    return found


def losses_in_steps(
    x: Any, labels: Any, skips: Any, reads: Any, lengths: Any, of_impossible: float
) -> Any:
    """Return minus the log-probability of all alignments, in steps that have derivatives."""
    losses = -log_likelihood(said_in(x, labels), skips, reads, lengths)
    return np.where(plain(losses) > -NEVER / 2, of_impossible, losses)


def losses_of_arrays(
    x: Any, labels: Any, skips: Any, reads: Any, lengths: Any, of_impossible: float, kept: Kept
) -> Any:
    """Return the same, and keep the derivative."""
    total, shares = likelihood_and_shares(said_in(x, labels), skips, reads, lengths)
    is_impossible = total < NEVER / 2
    if is_impossible.any():  # a step without a possible class may have left shares of rounding
        shares = np.where(is_impossible[:, None], x.dtype.type(0), shares)
    kept.put(x, shares)
    return np.where(is_impossible, x.dtype.type(of_impossible), -total)


def losses_vjp(
    g: Any, y: Any, x: Any, labels: Any, skips: Any, reads: Any, lengths: Any,
    of_impossible: float, kept: Kept,
) -> Any:  # fmt: skip
    """Return -g times the probability of each class in each step, given the labels."""
    arguments = labels, skips, reads, lengths, of_impossible
    if isinstance(g, Tensor) or isinstance(x, Tensor):
        return make_vjp(losses_in_steps)(x, *arguments)[0](g)
    found = kept.take(x)
    if found is None:  # in a second backward pass, or a gradient check
        losses_of_arrays(x, *arguments, kept)
        found = kept.take(x)
    return put_back(found[0] * -g[:, None], x, labels)


#: `losses_in_steps` of arrays of NumPy as one step.
losses_of_labels = define(
    losses_of_arrays,
    losses_vjp,
    fresh_results=True,
    name="ctc",
    notation=LIKELIHOOD,
)
