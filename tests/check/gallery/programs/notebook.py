"""Statistics and data analysis, out of the notebooks of several people."""

import math
from functools import reduce

import numpy as np

# -- a filter forwards, a smoother backwards, and the loss of what it smooths

Y = np.array([0.3, -0.2, 0.9, 1.4, 0.8, 1.1])


def smoother(a, log_q, log_r):
    q, r = np.exp(log_q), np.exp(log_r)
    m, P = 0.0, 1.0
    kept = []
    for y in Y:
        mp, Pp = a * m, a * a * P + q
        K = Pp / (Pp + r)
        kept.append([m, P, mp, Pp, K])
        m, P = mp + K * (y - mp), (1 - K) * Pp
    filtered = [k[:2] for k in kept[1:]] + [[m, P]]
    s = m
    smooth = [s]
    for t in range(len(Y) - 2, -1, -1):
        mf, Pf = filtered[t]
        s = mf + Pf * a / kept[t + 1][3] * (s - kept[t + 1][2])
        smooth.insert(0, s)
    return q, r, kept, filtered, smooth


def smooth_loss(a, log_q, log_r):
    smooth = smoother(a, log_q, log_r)[-1]
    return sum((s - 0.8 * y) ** 2 for s, y in zip(smooth, Y, strict=True))


def smooth_loss_grad(a, log_q, log_r):
    q, r, kept, filtered, smooth = smoother(a, log_q, log_r)
    n = len(Y)
    da = dq = dr = 0.0
    dm, dP = np.zeros(n), np.zeros(n)  # of the filtered means and variances
    dmp, dPp = np.zeros(n), np.zeros(n)  # of the predicted ones
    ds = 0.0
    for t in range(n - 1):
        ds += 2 * (smooth[t] - 0.8 * Y[t])
        (mf, Pf), (_, _, mp, Pp, _) = filtered[t], kept[t + 1]
        G, gap = Pf * a / Pp, smooth[t + 1] - mp
        dm[t] += ds
        dG = ds * gap
        dP[t] += dG * a / Pp
        da += dG * Pf / Pp
        dPp[t + 1] -= dG * G / Pp  #~ dPp[t + 1] -= dG * G
        dmp[t + 1] -= ds * G
        ds = ds * G  #~ ds = G
    dm[-1] += ds + 2 * (smooth[-1] - 0.8 * Y[-1])
    for t in reversed(range(n)):
        m, P, mp, Pp, K = kept[t]
        dK = dm[t] * (Y[t] - mp) - dP[t] * Pp
        dmp[t] += dm[t] * (1 - K)
        dPp[t] += dP[t] * (1 - K) + dK * r / (Pp + r) ** 2
        dr -= dK * Pp / (Pp + r) ** 2
        da += dmp[t] * m + dPp[t] * 2 * a * P  #~ da += dmp[t] * m + dPp[t] * a * P
        dq += dPp[t]
        if t:
            dm[t - 1] += dmp[t] * a
            dP[t - 1] += dPp[t] * a * a  #~ dP[t - 1] += dPp[t] * a
    return da, dq * q, dr * r


# -- a Gaussian process with one length for each feature, gradients by name

XS = np.random.default_rng(4).normal(size=(7, 2))
TS = np.sin(XS[:, 0]) + 0.3 * XS[:, 1]


class Kernel:
    def __init__(self, log_ell, log_amp):
        self.ell, self.amp = np.exp(log_ell), np.exp(2 * log_amp)
        self.d2 = (XS[:, None] - XS[None]) ** 2
        self.K = self.amp * np.exp(-0.5 * (self.d2 / self.ell**2).sum(-1))

    def derivatives(self):
        """Yield (name, dK/dname)."""
        yield "log_amp", 2 * self.K  #~ yield "log_amp", self.K
        for i, l in enumerate(self.ell):
            yield ("log_ell", i), self.K * self.d2[..., i] / l**2  #~ yield ("log_ell", i), self.K * self.d2[..., i] / l


def evidence(log_ell, log_amp, log_noise):
    K = Kernel(log_ell, log_amp).K + np.exp(2 * log_noise) * np.eye(7)
    return 0.5 * TS @ np.linalg.solve(K, TS) + 0.5 * np.linalg.slogdet(K)[1]


def evidence_grad(log_ell, log_amp, log_noise):
    kernel = Kernel(log_ell, log_amp)
    noise = math.exp(2 * log_noise)
    inverse = np.linalg.inv(kernel.K + noise * np.eye(7))
    alpha = inverse @ TS
    M = 0.5 * (inverse - np.outer(alpha, alpha))  #~ M = 0.5 * (inverse + np.outer(alpha, alpha))
    grads = {"log_ell": np.zeros_like(log_ell), "log_noise": 2 * noise * np.trace(M)}
    for name, dK in kernel.derivatives():
        match name:
            case str():
                grads[name] = np.vdot(M, dK)
            case key, i:
                grads[key][i] = np.vdot(M, dK)
    return grads


# -- implied volatility by Newton's method, and a smile fitted to it


def normal_cdf(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def black(forward, strike, total):
    d = math.log(forward / strike) / total + total / 2
    return forward * normal_cdf(d) - strike * normal_cdf(d - total)


def black_vega(forward, strike, total):
    d = math.log(forward / strike) / total + total / 2
    return forward * math.exp(-d * d / 2) / math.sqrt(2 * math.pi)


def implied(price, forward, strike):
    guess = 0.3
    while True:
        step = (black(forward, strike, guess) - price) / black_vega(forward, strike, guess)
        guess -= step
        if abs(step) < 1e-14:
            return guess


def implied_grad(price, forward, strike):
    total = implied(price, forward, strike)
    d = math.log(forward / strike) / total + total / 2
    vega = black_vega(forward, strike, total)
    return 1 / vega, -normal_cdf(d) / vega, normal_cdf(d - total) / vega  #~ return 1 / vega, -normal_cdf(d) / vega, normal_cdf(d) / vega


# -- parts of a picture: a divergence, and penalties

COUNTS = np.random.default_rng(6).poisson(4.0, size=(5, 6)) + 1.0


def divergence(W, H):
    V = W @ H + 0.1
    return np.sum(COUNTS * np.log(COUNTS / V) - COUNTS + V) + 0.2 * np.sum(np.abs(H)) + 0.5 * np.sum(np.diff(W, axis=0) ** 2)


def divergence_grad(W, H):
    ratio = 1 - COUNTS / (W @ H + 0.1)  #~ ratio = 1 - COUNTS / (W @ H)
    dW = ratio @ H.T
    dH = W.T @ ratio + 0.2 * np.sign(H)  #~ dH = W.T @ ratio + 0.2 * H
    step = np.diff(W, axis=0)
    dW[1:] += step
    dW[:-1] -= step  #~ dW[:-1] += step
    return dW, dH


# -- a map of neighbours with negative samples, into an array by np.add.at

EDGES = np.array([(0, 1), (1, 2), (0, 3), (3, 4), (2, 4), (0, 1)])
FAR = np.array([(0, 4), (1, 3), (2, 3), (0, 2)])


def layout_loss(z):
    near = np.sum((z[EDGES[:, 0]] - z[EDGES[:, 1]]) ** 2, 1)
    far = np.sum((z[FAR[:, 0]] - z[FAR[:, 1]]) ** 2, 1)
    return np.sum(np.log1p(near)) + 0.7 * np.sum(np.log1p(1 / (0.01 + far)))


def layout_grad(z):
    g = np.zeros_like(z)
    d = z[EDGES[:, 0]] - z[EDGES[:, 1]]
    pull = 2 * d / (1 + (d**2).sum(1, keepdims=True))
    np.add.at(g, EDGES[:, 0], pull)  #~ g[EDGES[:, 0]] += pull
    np.add.at(g, EDGES[:, 1], -pull)
    d = z[FAR[:, 0]] - z[FAR[:, 1]]
    far = (d**2).sum(1, keepdims=True)
    push = -1.4 * d / ((0.01 + far) * (1.01 + far))  #~ push = -1.4 * d / ((0.01 + far) * (1 + far))
    np.add.at(g, FAR[:, 0], push)
    np.subtract.at(g, FAR[:, 1], push)
    return g


# -- words in a tree of decisions

PATHS = {0: [(0, 1), (1, 1)], 1: [(0, 1), (1, -1)], 2: [(0, -1), (2, 1)], 3: [(0, -1), (2, -1)]}
CORPUS = [(0, 2), (1, 3), (2, 2), (0, 1)]


def tree_nll(words, nodes):
    return sum(math.log1p(math.exp(-side * (words[w] @ nodes[n]))) for w, target in CORPUS for n, side in PATHS[target])


def tree_nll_grad(words, nodes):
    dwords = {w: np.zeros(words.shape[1]) for w in range(len(words))}
    dnodes = [np.zeros(nodes.shape[1]) for _ in nodes]
    for w, target in CORPUS:
        for n, side in PATHS[target]:
            p = 1 / (1 + math.exp(-side * (words[w] @ nodes[n])))
            e = -side * (1 - p)  #~ e = -side * p
            dwords[w] += e * nodes[n]
            dnodes[n] += e * words[w]  #~ dnodes[n] = e * words[w]
    return np.array([*dwords.values()]), np.array(dnodes)


# -- a ranking drawn place by place

ORDER = [3, 0, 4, 1, 2]


def plackett_luce(scores):
    s = scores[ORDER]
    tails = np.logaddexp.accumulate(s[::-1])[::-1]
    return np.sum(tails - s)


def plackett_luce_grad(scores):
    s = scores[ORDER]
    tails = np.logaddexp.accumulate(s[::-1])[::-1]
    out = np.zeros(len(s))
    chances = np.exp(s) * np.cumsum(np.exp(-tails))  #~ chances = np.exp(s) * np.cumsum(np.exp(-tails))[::-1]
    out[ORDER] = chances - 1  #~ out[:] = chances - 1
    return out


# -- sentences of a grammar: probabilities inside, then outside

WORDS = (0, 1, 1, 0)


def inside(theta, emit):
    rules = np.exp(theta)
    n = len(WORDS)
    table = {(i, i + 1): np.exp(emit[:, w]) for i, w in enumerate(WORDS)}
    for width in range(2, n + 1):
        for i in range(n - width + 1):
            k = i + width
            table[i, k] = sum(np.einsum("abc,b,c->a", rules, table[i, j], table[j, k]) for j in range(i + 1, k))
    return rules, table


def grammar_loss(theta, emit):
    _, table = inside(theta, emit)
    return -math.log(table[0, len(WORDS)][0])


def grammar_loss_grad(theta, emit):
    rules, table = inside(theta, emit)
    n = len(WORDS)
    outside = {span: np.zeros(2) for span in table}
    outside[0, n][0] = -1 / table[0, n][0]
    drules = np.zeros_like(rules)
    for width in range(n, 1, -1):
        for i in range(n - width + 1):
            k = i + width
            o = outside[i, k]
            for j in range(i + 1, k):
                left, right = table[i, j], table[j, k]
                drules += np.einsum("a,b,c->abc", o, left, right)
                outside[i, j] += np.einsum("a,abc,c->b", o, rules, right)
                outside[j, k] += np.einsum("a,abc,b->c", o, rules, left)  #~ outside[j, k] += np.einsum("a,abc,c->b", o, rules, left)
    demit = np.zeros_like(emit)
    for i, w in enumerate(WORDS):
        demit[:, w] += outside[i, i + 1] * table[i, i + 1]  #~ demit[:, w] += outside[i, i + 1]
    return drules * rules, demit


# -- the distance of two sets of points

SCAN = np.random.default_rng(9).normal(size=(5, 2))


def chamfer(points):
    d = np.linalg.norm(points[:, None] - SCAN, axis=-1)
    return d.min(0).mean() + d.min(1).mean()


def chamfer_grad(points):
    offsets = points[:, None] - SCAN
    d = np.linalg.norm(offsets, axis=-1)
    g = np.zeros_like(points)
    for j, i in enumerate(d.argmin(0)):
        g[i] += offsets[i, j] / d[i, j] / len(SCAN)  #~ g[i] += offsets[i, j] / d[i, j] / len(points)
    nearest = d.argmin(1)
    rows = np.arange(len(points))
    g += offsets[rows, nearest] / d[rows, nearest][:, None] / len(points)  #~ g += offsets[rows, nearest] / len(points)
    return g


# -- players and matches, by name

MATCHES = [("ann", "bob", 2), ("bob", "cat", 1), ("cat", "ann", 3), ("ann", "cat", 1)]


def ladder(skill):
    rest = 0.1 * sum(s * s for s in skill.values())
    return rest + sum(n * math.log1p(math.exp(skill[b] - skill[a])) for a, b, n in MATCHES)


def ladder_grad(skill):
    g = {name: 0.2 * s for name, s in skill.items()}
    for a, b, n in MATCHES:
        p = 1 / (1 + math.exp(skill[b] - skill[a]))
        g[a] -= n * (1 - p)  #~ g[a] -= n * p
        g[b] += n * (1 - p)  #~ g[b] += (1 - p)
    return g


# -- the loudness of frames of sound, put together again

WINDOW = np.hanning(6)


def frames(x, hop=3):
    return np.stack([x[i : i + 6] for i in range(0, len(x) - 5, hop)])


def spectral_distance(x):
    magnitude = np.abs(np.fft.rfft(frames(x) * WINDOW))
    return np.sum(np.log(0.1 + magnitude**2))


def spectral_distance_grad(x, hop=3):
    F = np.fft.rfft(frames(x) * WINDOW)
    D = 2 * F / (0.1 + np.abs(F) ** 2)
    D[:, 1:-1] /= 2  #~ D[:, 1:] /= 2
    parts = np.fft.irfft(D, 6) * 6 * WINDOW  #~ parts = np.fft.irfft(D, 6) * 6
    out = np.zeros_like(x)
    for k, part in enumerate(parts):
        out[k * hop : k * hop + 6] += part  #~ out[k * hop : k * hop + 6] = part
    return out


# -- an odd chain: a product of matrices by reduce


def chain_trace(*matrices):
    return np.trace(reduce(np.matmul, matrices))


def chain_trace_grad(*matrices):
    lefts, rights = [np.eye(3)], [np.eye(3)]
    for m in matrices[:-1]:
        lefts.append(lefts[-1] @ m)
    for m in matrices[:0:-1]:
        rights.append(m @ rights[-1])  #~ rights.append(rights[-1] @ m)
    return tuple((r @ l).T for l, r in zip(lefts, rights[::-1], strict=True))  #~ return tuple(r @ l for l, r in zip(lefts, rights[::-1], strict=True))


def cases(r):
    yield "smoother", dict(f=smooth_loss, inputs=[0.8 * r.uniform(0.9, 1.1), -0.5 * r.uniform(0.9, 1.1), -1.0 * r.uniform(0.9, 1.1)], gradient=smooth_loss_grad)
    yield "evidence of a process", dict(f=evidence, inputs=[r.normal(size=2) * 0.3, 0.2 * r.uniform(0.9, 1.1), -0.7 * r.uniform(0.9, 1.1)], gradient=evidence_grad)
    yield "implied volatility", dict(f=implied, inputs=[0.15 * r.uniform(0.95, 1.05), 1.0 * r.uniform(0.97, 1.03), 1.05 * r.uniform(0.97, 1.03)], gradient=implied_grad)
    yield "counts in parts", dict(f=divergence, inputs=[r.uniform(0.5, 2.0, (5, 2)), r.uniform(0.5, 2.0, (2, 6))], gradient=divergence_grad)
    yield "map of neighbours", dict(f=layout_loss, inputs=[r.normal(size=(5, 2))], gradient=layout_grad)
    yield "tree of words", dict(f=tree_nll, inputs=[r.normal(size=(3, 2)), r.normal(size=(3, 2))], gradient=tree_nll_grad)
    yield "places in a ranking", dict(f=plackett_luce, inputs=[r.normal(size=5)], gradient=plackett_luce_grad)
    yield "grammar", dict(f=grammar_loss, inputs=[r.normal(size=(2, 2, 2)) * 0.5, r.normal(size=(2, 2)) * 0.5], gradient=grammar_loss_grad)
    yield "two sets of points", dict(f=chamfer, inputs=[r.normal(size=(4, 2))], gradient=chamfer_grad)
    yield "ladder of players", dict(f=ladder, inputs=[{n: float(r.normal()) for n in ("ann", "bob", "cat")}], gradient=ladder_grad)
    yield "frames of sound", dict(f=spectral_distance, inputs=[r.normal(size=15)], gradient=spectral_distance_grad)
    yield "chain of matrices", dict(f=chain_trace, inputs=[r.normal(size=(3, 3)) for _ in range(4)], gradient=chain_trace_grad)
