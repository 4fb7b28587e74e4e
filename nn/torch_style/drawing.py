"""Drawing places with given probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import DataError


def drawn_places(weights: Any, num_samples: int, replacement: bool, drawn: Any) -> Any:
    """Return places drawn with probabilities proportional to the weights in each row."""
    p = np.asarray(weights, np.float64)
    if (p < 0).any() or not np.isfinite(p).all() or not (p.sum(-1) > 0).all():
        raise DataError("multinomial takes weights that are not negative, finite, and not all 0.")
    if not replacement and num_samples > (p > 0).sum(-1).min():
        raise DataError(
            f"multinomial: {num_samples} different places cannot be drawn from "
            f"{(p > 0).sum(-1).min()} with positive weight: pass replacement=True."
        )
    rows = p.reshape(-1, p.shape[-1])
    shape = (*p.shape[:-1], num_samples)
    if replacement and num_samples > 1:
        ends = np.cumsum(rows, -1) / rows.sum(-1, keepdims=True)
        u = drawn.uniform(0.0, 1.0, (len(rows), num_samples), np.float64)
        found = [np.searchsorted(end, x, "right") for end, x in zip(ends, u, strict=True)]
        places = np.minimum(np.stack(found), rows.shape[-1] - 1)
    else:  # the largest of p / exponential numbers: the first ones of a race
        u = drawn.uniform(0.0, 1.0, rows.shape, np.float64)
        with np.errstate(divide="ignore"):
            race = np.where(rows > 0, rows / -np.log1p(-u), -1.0)
        places = np.argsort(-race, -1, kind="stable")[:, :num_samples]
    return places.reshape(shape).astype(np.int64)
