"""The sum over all alignments of steps and labels, by the forward-backward algorithm.

Positions are those of the labels with a blank before, between and after them. Source: Graves et
al., "Connectionist temporal classification", 2006.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, define, kernel, logsumexp, make_vjp
from autograd.devices import full, like
from nn.losses.alignments_in_c import LIKELIHOOD as LIKELIHOOD_IN_C
from nn.losses.kernels import Kept
from nn.notation import LIKELIHOOD

#: The logarithm of what cannot happen: finite, so that differences of two are no NaN.
NEVER = -1e30


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


@kernel(c=LIKELIHOOD_IN_C)
def likelihood_and_shares(said: Any, skips: Any, reads: Any, lengths: Any) -> Any:
    """Return the log-probability of all alignments, and of each position in each step given these.

    What follows a position is what precedes it backwards, from the last step and label of each
    example.
    """
    steps, batch, width = said.shape
    last = np.maximum(reads, 1) - 1
    step, place = last - np.arange(steps)[:, None], 2 * lengths[:, None] - np.arange(width)
    rows = np.arange(batch)
    turned = np.maximum(step, 0)[:, :, None], rows[:, None], np.maximum(place, 0)
    closed = np.where(skips, said.dtype.type(0), said.dtype.type(NEVER))
    closed_back = np.full_like(closed, NEVER)
    closed_back[:, 2:] = closed[rows[:, None], turned[2]][:, :-2]
    both = log_of_ways(np.stack([said, said[turned]], axis=1), np.stack([closed, closed_back]))
    before, after = both[:, 0], both[:, 1][turned]
    end, label = before[last, rows, 2 * lengths], np.maximum(2 * lengths - 1, 0)
    total = np.logaddexp(end, np.where(lengths > 0, before[last, rows, label], NEVER))
    shares = before + after
    shares -= said  # which is in both
    shares -= total[:, None]
    # Of labels that have no alignment, only what rounding has left would be known.
    shares[(step < 0)[:, :, None] | (place < 0) | (total < NEVER / 2)[:, None]] = -np.inf
    np.exp(shares, out=shares)
    return total, shares


def likelihood_of_arrays(said: Any, skips: Any, reads: Any, lengths: Any, kept: Kept) -> Any:
    """Return `log_likelihood`, and keep its derivative."""
    total, shares = likelihood_and_shares(said, skips, reads, lengths)
    kept.put(said, shares)
    return total


def likelihood_vjp(
    g: Any, y: Any, said: Any, skips: Any, reads: Any, lengths: Any, kept: Kept
) -> Any:
    """Return g times the probability of each position in each step, given the labels."""
    if isinstance(g, Tensor) or isinstance(said, Tensor):
        return make_vjp(log_likelihood)(said, skips, reads, lengths)[0](g)
    found = kept.take(said)
    if found is None:  # in a second backward pass, or a gradient check
        likelihood_of_arrays(said, skips, reads, lengths, kept)
        found = kept.take(said)
    shares = found[0]
    shares *= g[:, None]
    return shares


#: `log_likelihood` of arrays of NumPy as one step.
likelihood = define(
    likelihood_of_arrays,
    likelihood_vjp,
    fresh_results=True,
    name="ctc",
    notation=LIKELIHOOD,
)
