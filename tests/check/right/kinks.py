"""Sorted, clipped, interpolated: smooth in pieces."""

import numpy as np
from check.right.table import mask, normal, right, uniform


def one_hot(index, like):
    g = np.zeros_like(like)
    g[index] = 1
    return g


def median_gradient(x):
    order = np.argsort(x)
    middle = order[(len(x) - 1) // 2 : len(x) // 2 + 1]
    return one_hot(middle, x) / x.dtype.type(len(middle))


def quantile_gradient(x):
    order, at = np.argsort(x), x.dtype.type(0.3) * x.dtype.type(len(x) - 1)
    low = int(at)
    g = np.zeros_like(x)
    g[order[low]], g[order[low + 1]] = 1 - (at - low), at - low
    return g


def interpolate(x, xs, ys):
    k = np.clip(np.searchsorted(xs, x) - 1, 0, len(xs) - 2)
    return np.sum(ys[k] + (ys[k + 1] - ys[k]) * (x - xs[k]) / (xs[k + 1] - xs[k]))


def interpolate_gradient(x, xs, ys):
    k = np.clip(np.searchsorted(xs, x) - 1, 0, len(xs) - 2)
    return (ys[k + 1] - ys[k]) / (xs[k + 1] - xs[k])


def huber(x):
    return np.where(np.abs(x) <= 1, 0.5 * x * x, np.abs(x) - 0.5).sum()


def top3(x):
    return np.sort(x)[-3:].sum()


def smoothstep(x):
    t = np.clip(x, 0, 1)
    return (t * t * (3 - 2 * t)).sum()


def smoothstep_gradient(x):
    t = np.clip(x, 0, 1)
    return 6 * t * (1 - t)


def variation(x):
    return np.abs(np.diff(x)).sum()


def variation_gradient(x):
    s = np.sign(np.diff(x))
    g = np.zeros_like(x)
    g[1:] += s
    g[:-1] -= s
    return g


def closest(x, centres):
    return ((x[:, None] - centres) ** 2).sum(2).min(1).sum()


def closest_gradient(x, centres):
    return 2 * (x - centres[((x[:, None] - centres) ** 2).sum(2).argmin(1)])


def viterbi(s, t):
    best = s[0]
    for row in s[1:]:
        best = (best[:, None] + t).max(0) + row
    return best.max()


def viterbi_gradient(s, t):
    best, back = [s[0]], []
    for row in s[1:]:
        back.append((best[-1][:, None] + t).argmax(0))
        best.append((best[-1][:, None] + t).max(0) + row)
    k = int(best[-1].argmax())
    ds, dt = np.zeros_like(s), np.zeros_like(t)
    for i in range(len(s) - 1, -1, -1):
        ds[i, k] = 1
        if i:
            dt[back[i - 1][k], k] += 1
            k = int(back[i - 1][k])
    return ds, dt


def polygon(p, q):
    inside = np.maximum(0, np.minimum(p[2:], q[2:]) - np.maximum(p[:2], q[:2]))
    return inside[0] * inside[1]


def polygon_gradient(p, q):
    side = np.minimum(p[2:], q[2:]) - np.maximum(p[:2], q[:2])
    other = side[::-1]
    return np.concatenate([-other * (p[:2] > q[:2]), other * (p[2:] < q[2:])])


KINKS = [
    right("the median of seven", np.median, median_gradient, normal(7), seeds=3),
    right("the median of eight", np.median, median_gradient, normal(8), seeds=3),
    right("a quantile", lambda x: np.quantile(x, 0.3), quantile_gradient, normal(9), seeds=3),
    right("a weighted sum of sorted numbers", lambda x, w: np.sort(x) @ w, lambda x, w: w[np.argsort(np.argsort(x))], normal(12), data=(normal(12),), seeds=4),
    right("sorted numbers, nearly tied", lambda x, w: np.sort(x) @ w, lambda x, w: w[np.argsort(np.argsort(x))], lambda r: 1 + 1e-3 * r.permutation(10), data=(normal(10),), seeds=2),
    right("the three largest of a hundred", top3, lambda x: (x >= np.sort(x)[-3]).astype(x.dtype), normal(100)),
    right("clip at some bounds", lambda x: np.clip(x, -0.5, 0.7).sum(), lambda x: ((x >= -0.5) & (x <= 0.7)).astype(x.dtype), normal(40), seeds=3),
    right("abs of many", lambda x: np.abs(x).sum(), np.sign, normal(60), seeds=3),
    right("abs of tiny numbers", lambda x: np.abs(x).sum(), np.sign, normal(6, scale=1e-12)),
    right("abs at zero", lambda x: np.abs(x).sum(), np.sign, [0.0, 1.0, -2.0]),
    right("relu at zero", lambda x: np.maximum(x, 0).sum(), lambda x: (x > 0).astype(x.dtype), [0.0, 1.0, -2.0, 0.0]),
    right("the maximum of a tie", np.max, lambda x: (x == x.max()) / x.dtype.type((x == x.max()).sum()), [2.0, 5.0, 5.0, 1.0]),
    right("the first maximum of a tie", np.max, lambda x: one_hot(x.argmax(), x), [2.0, 5.0, 5.0, 1.0]),
    right("the largest of nearly tied", np.max, lambda x: one_hot(x.argmax(), x), [2.0, 2.0 + 1e-3, 2.0 - 1e-3]),
    right("a Huber loss", huber, lambda x: np.clip(x, -1, 1), normal(20, scale=2), seeds=3),
    right("a Huber loss where its pieces meet", huber, lambda x: np.clip(x, -1, 1), [1.0, -1.0, 0.0]),
    right("a pinball loss", lambda q, y: np.where(y > q, 0.8 * (y - q), -0.2 * (y - q)).sum(), lambda q, y: np.where(y > q, q.dtype.type(-0.8), q.dtype.type(0.2)), normal(15), data=(normal(15),), seeds=3),
    right("a pinball loss of one quantile", lambda q, y: np.where(y > q, 0.8 * (y - q), -0.2 * (y - q)).sum(), lambda q, y: np.where(y > q, -0.8, 0.2).sum(), 0.2, data=(normal(30),), seeds=4),
    right("a smooth step", smoothstep, smoothstep_gradient, uniform(-1, 2, 15), seeds=2),
    right("a smooth step at its ends", smoothstep, smoothstep_gradient, [0.0, 1.0, 0.5]),
    right("total variation", variation, variation_gradient, normal(20), seeds=3),
    right("the total variation of steps", variation, variation_gradient, [0.0, 0.0, 1.0, 1.0, 0.5]),
    right("the distance to the closest centre", closest, closest_gradient, normal(12, 2), data=(normal(4, 2),), seeds=3),
    right("the best path of a Viterbi search", viterbi, viterbi_gradient, normal(6, 3), normal(3, 3), seeds=3),
    right("the overlap of two boxes", polygon, polygon_gradient, [0.1, 0.2, 1.3, 1.1], data=([0.4, 0.0, 2.0, 0.9],)),
    right("boxes that do not overlap", lambda p, q: np.maximum(0, p[1] - q[0]) ** 2, lambda p, q: np.zeros_like(p), [0.1, 0.4], data=([0.6, 0.9],)),
    right("a table read linearly", interpolate, interpolate_gradient, uniform(0.05, 2.95, 8), data=(lambda r: np.arange(4.0), normal(4)), seeds=2),
    right("np.interp of a fine table", lambda x: np.interp(x, np.linspace(0, 1, 101), np.linspace(0, 1, 101) ** 2).sum(), lambda x: (2 * np.floor(x * 100) + 1) / x.dtype.type(100), [0.123, 0.5055, 0.987]),
    right("floor times its argument", lambda x: (np.floor(x) * x).sum(), np.floor, [2.5, -1.3, 0.7]),
    right("the fractional part", lambda x: (x - np.floor(x)).sum(), np.ones_like, [2.5, 0.0625, 3.75]),
    right("a sum over a mask", lambda x, m: np.where(m, np.exp(x), 0).sum(), lambda x, m: np.where(m, np.exp(x), 0), normal(4, 5), data=(mask(4, 5),)),
    right("a mask of the values", lambda x: (x[x > 0] ** 1.5).sum(), lambda x: np.where(x > 0, x.dtype.type(1.5) * np.sqrt(np.abs(x)), 0), normal(12), seeds=2),
    right("the range of an array", np.ptp, lambda x: one_hot(x.argmax(), x) - one_hot(x.argmin(), x), normal(8), seeds=2),
    right("a running maximum", lambda x, w: np.maximum.accumulate(x) @ w, lambda x, w: np.array([w[np.flatnonzero(np.maximum.accumulate(x) == v)].sum() if v in np.maximum.accumulate(x) else 0 for v in x], x.dtype), normal(9), data=(normal(9),), seeds=2),
]  # fmt: skip
