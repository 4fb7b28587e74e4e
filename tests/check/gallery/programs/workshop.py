"""Lenses, power lines, curves, pictures, tastes and gates: small models in several styles."""

import functools
from types import SimpleNamespace

import numpy as np

bench = np.random.default_rng(77)

# -- a train of thin lenses as matrices; the spot at the end


def lens(power):
    return np.array([[1.0, 0.0], [-power, 1.0]]) if isinstance(power, float) else None


GAPS = [0.3, 0.5, 0.2, 0.4]
RAY = np.array([0.5, 0.1])


def spot(powers):
    height, slope = RAY
    for gap, power in zip(GAPS, powers):
        height = height + gap * slope
        slope = slope - power * height
    return height**2 + 0.1 * slope**2


def spot_gradient(powers):
    free = [np.array([[1.0, gap], [0.0, 1.0]]) for gap in GAPS]
    stages = [lens(float(p)) @ F for p, F in zip(powers, free)]
    rays = [RAY]
    for stage in stages:
        rays.append(stage @ rays[-1])
    weights = np.diag([1.0, 0.1])
    costate = 2 * weights @ rays[-1]
    out = []
    for i in reversed(range(len(stages))):
        before = free[i] @ rays[i]  #~ before = rays[i] #~ before = free[i] @ rays[i + 1]
        out.append(-costate[1] * before[0])  #~ out.append(-costate[0] * before[1])
        costate = stages[i].T @ costate  #~ costate = stages[i] @ costate
    return np.array(out[::-1])  #~ return np.array(out)


# -- mismatches of active and reactive power at the buses of a grid

G = np.array([[2.0, -1.0, -1.0], [-1.0, 2.5, -1.5], [-1.0, -1.5, 2.5]])
B = np.array([[-6.0, 3.0, 3.0], [3.0, -7.0, 4.0], [3.0, 4.0, -7.0]])


def power_flow(theta, V):
    d = theta[:, None] - theta[None, :]
    P = V * ((G * np.cos(d) + B * np.sin(d)) @ V)
    Q = V * ((G * np.sin(d) - B * np.cos(d)) @ V)
    return np.concatenate([P, Q])


def power_flow_jacobian(theta, V):
    d = theta[:, None] - theta[None, :]
    c, s = np.cos(d), np.sin(d)
    real, imag = G * c + B * s, G * s - B * c
    P, Q = V * (real @ V), V * (imag @ V)
    VV = np.outer(V, V)
    H = VV * imag
    H -= np.diag(Q)  #~ H += np.diag(Q) #~ H -= np.diag(P)
    N = V[:, None] * real + np.diag(P / V)  #~ N = V[:, None] * real + np.diag(P)
    J = -VV * real
    J += np.diag(P)
    L = V[:, None] * imag + np.diag(Q / V)  #~ L = V[None, :] * imag + np.diag(Q / V)
    return np.vstack([H, J]), np.vstack([N, L])


# -- fitting a Bezier curve by de Casteljau's construction

PARAMETERS = np.array([0.1, 0.35, 0.6, 0.9])
PENCIL = bench.normal(size=(4, 2))


def bezier_error(points):
    total = 0.0
    for t, target in zip(PARAMETERS, PENCIL):
        level = points
        while len(level) > 1:
            level = (1 - t) * level[:-1] + t * level[1:]
        total = total + ((level[0] - target) ** 2).sum()
    return total


def bezier_gradient(points):
    grad = np.zeros_like(points)
    for t, target in zip(PARAMETERS, PENCIL):
        level = points
        while len(level) > 1:
            level = (1 - t) * level[:-1] + t * level[1:]
        back = 2 * (level - target)  #~ back = level - target
        while len(back) < len(points):
            wider = np.zeros((len(back) + 1, 2))
            wider[:-1] += (1 - t) * back  #~ wider[:-1] += t * back
            wider[1:] += t * back  #~ wider[1:] = t * back
            back = wider
        grad += back  #~ grad = back
    return grad


# -- a soft picture of discs

ROWS, COLUMNS = np.mgrid[0:1:5j, 0:1:6j]
PICTURE = bench.random((5, 6))
SOFT = 0.15


def logistic(z):
    return 1 / (1 + np.exp(-z))


def render(discs):
    clear = np.ones_like(PICTURE)
    for y, x, radius in discs:
        distance = np.sqrt((ROWS - y) ** 2 + (COLUMNS - x) ** 2 + 1e-3)
        clear = clear * (1 - logistic((radius - distance) / SOFT))
    return 1 - clear


def picture_loss(discs):
    return ((render(discs) - PICTURE) ** 2).sum()


def picture_gradient(discs):
    covers, distances = [], []
    for y, x, radius in discs:
        distances.append(np.sqrt((ROWS - y) ** 2 + (COLUMNS - x) ** 2 + 1e-3))
        covers.append(logistic((radius - distances[-1]) / SOFT))
    clear = functools.reduce(np.multiply, [1 - a for a in covers])
    error = 2 * (1 - clear - PICTURE)
    grad = np.empty_like(discs)
    for i, ((y, x, _), a, dist) in enumerate(zip(discs, covers, distances)):
        others = clear / (1 - a)
        local = error * others * a * (1 - a) / SOFT  #~ local = error * others * a / SOFT #~ local = error * clear * a * (1 - a) / SOFT
        grad[i, 2] = local.sum()
        pull = local / dist  #~ pull = local
        grad[i, 0] = (pull * (ROWS - y)).sum()  #~ grad[i, 0] = (pull * (y - ROWS)).sum() #~ grad[i, 0] = (pull * (COLUMNS - y)).sum()
        grad[i, 1] = np.vdot(pull, COLUMNS - x)
    return grad


# -- a factorisation machine

VISITS = bench.normal(size=(6, 4)) * (bench.random((6, 4)) < 0.7)
CLICKS = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0])


def fm_score(bias, w, V):
    pairs = (VISITS @ V) ** 2 - VISITS**2 @ V**2
    return bias + VISITS @ w + 0.5 * pairs.sum(axis=1)


def fm_loss(bias, w, V):
    z = fm_score(bias, w, V)
    return np.mean(np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - CLICKS * z)


def fm_gradient(bias, w, V):
    z = fm_score(bias, w, V)
    delta = (logistic(z) - CLICKS) / CLICKS.size  #~ delta = logistic(z) - CLICKS
    first = VISITS.T @ delta
    inner = VISITS @ V
    second = VISITS.T @ (delta[:, np.newaxis] * inner)  #~ second = VISITS.T @ inner
    squares = (VISITS**2).T @ delta  #~ squares = VISITS.T**2 @ delta**2 #~ squares = VISITS.T @ delta
    return delta.sum(), first, second - squares[:, np.newaxis] * V  #~ return delta.mean(), first, second - squares[:, np.newaxis] * V #~ return delta.sum(), first, second - V


# -- experts and a gate, with closures for the way back


def moe(x, We, Wg):
    gate = x @ Wg
    gate = np.exp(gate - gate.max(axis=1, keepdims=True))
    gate = gate / gate.sum(axis=1, keepdims=True)
    hidden = np.einsum("bi,eio->beo", x, We)
    return np.einsum("be,beo->bo", gate, np.tanh(hidden))


def moe_vjp(g, x, We, Wg):
    scores = x @ Wg
    gate = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    act = np.tanh(np.einsum("bi,eio->beo", x, We))

    def mix_back(g):
        return np.einsum("bo,beo->be", g, act), np.einsum("bo,be->beo", g, gate)  #~ return np.einsum("bo,beo->be", g, act), np.einsum("bo,be->beo", g, 1 - gate)

    def softmax_back(d):
        return gate * (d - (d * gate).sum(axis=1, keepdims=True))  #~ return gate * (d - d.sum(axis=1, keepdims=True)) #~ return gate * d

    def experts_back(d):
        d = d * (1 - act**2)  #~ d = d * (1 - act)
        return np.einsum("beo,eio->bi", d, We), np.einsum("beo,bi->eio", d, x)

    dgate, dact = mix_back(g)
    dscores = softmax_back(dgate)
    dx, dWe = experts_back(dact)
    dx += dscores @ Wg.T  #~ dx = dscores @ Wg.T
    return dx, dWe, x.T @ dscores


# -- grades in order: cumulative logits with increasing thresholds

LEVELS = np.array([0, 2, 1, 3, 1, 2])
FEATURES = bench.normal(size=(6, 2))


def ordinal_nll(beta, steps):
    cuts = np.cumsum(np.concatenate([steps[:1], np.exp(steps[1:])]))
    eta = FEATURES @ beta
    upper = np.concatenate([logistic(cuts[None, :] - eta[:, None]), np.ones((6, 1))], axis=1)
    lower = np.concatenate([np.zeros((6, 1)), logistic(cuts[None, :] - eta[:, None])], axis=1)
    p = (upper - lower)[np.arange(6), LEVELS]
    return -np.log(p).sum()


def ordinal_grad(beta, steps):
    s = SimpleNamespace()
    s.widths = np.r_[steps[0], np.exp(steps[1:])]
    s.cuts = s.widths.cumsum()
    s.F = logistic(s.cuts - (FEATURES @ beta)[:, None])
    s.pdf = s.F * (1 - s.F)
    dcuts, deta = np.zeros(3), np.zeros(6)
    for n, level in enumerate(LEVELS):
        hi = s.F[n, level] if level < 3 else 1.0
        lo = s.F[n, level - 1] if level > 0 else 0.0
        w = -1 / (hi - lo)
        if level < 3:
            dcuts[level] += w * s.pdf[n, level]
            deta[n] -= w * s.pdf[n, level]  #~ deta[n] += w * s.pdf[n, level]
        if level > 0:
            dcuts[level - 1] -= w * s.pdf[n, level - 1]  #~ dcuts[level - 1] -= w * s.pdf[n, level - 2]
            deta[n] += w * s.pdf[n, level - 1]
    dwidths = dcuts[::-1].cumsum()[::-1]  #~ dwidths = dcuts.cumsum() #~ dwidths = dcuts
    dwidths[1:] *= s.widths[1:]  #~ dwidths *= s.widths
    return FEATURES.T @ deta, dwidths


def cases(r):
    yield "train of lenses", dict(f=spot, inputs=[r.uniform(0.5, 2.0, 4)], gradient=spot_gradient)
    yield "power flow", dict(f=power_flow, inputs=[r.normal(size=3) * 0.2, r.uniform(0.9, 1.1, 3)], gradient=power_flow_jacobian)
    yield "Bezier curve", dict(f=bezier_error, inputs=[r.normal(size=(4, 2))], gradient=bezier_gradient)
    yield "picture of discs", dict(f=picture_loss, inputs=[r.uniform(0.2, 0.8, (3, 3))], gradient=picture_gradient)
    yield "factorisation machine", dict(f=fm_loss, inputs=[r.normal(), r.normal(size=4), r.normal(size=(4, 2))], gradient=fm_gradient)
    yield "mixture of experts", dict(f=moe, inputs=[r.normal(size=(3, 4)), r.normal(size=(2, 4, 3)) * 0.5, r.normal(size=(4, 2))], vjp=moe_vjp)
    yield "ordered grades", dict(f=ordinal_nll, inputs=[r.normal(size=2), r.normal(size=3) * 0.4], gradient=ordinal_grad)
