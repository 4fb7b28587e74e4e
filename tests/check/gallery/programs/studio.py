"""Networks of a research group: one style for each author."""

import functools
from dataclasses import dataclass, field

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# -- a GRU with one dataclass for each step and gradients in a dict


@dataclass
class Step:
    x: np.ndarray
    h: np.ndarray
    z: np.ndarray
    r: np.ndarray
    c: np.ndarray


def gru_steps(p, xs):
    h = np.zeros(p["Uz"].shape[0])
    for x in xs:
        z = sigmoid(p["Wz"] @ x + p["Uz"] @ h)
        r = sigmoid(p["Wr"] @ x + p["Ur"] @ h)
        c = np.tanh(p["Wc"] @ x + p["Uc"] @ (r * h))
        yield Step(x, h, z, r, c)
        h = z * h + (1 - z) * c


SEQUENCE = np.random.default_rng(5).normal(size=(5, 2))


def gru_energy(p):
    steps = [*gru_steps(p, SEQUENCE)]
    s = steps[-1]
    h = s.z * s.h + (1 - s.z) * s.c
    return 0.5 * h @ h + sum(0.1 * np.sum(t.h**2) for t in steps[1:])


def gru_energy_grad(p):
    g = {k: np.zeros_like(v) for k, v in p.items()}
    steps = [*gru_steps(p, SEQUENCE)]
    s = steps[-1]
    dh = s.z * s.h + (1 - s.z) * s.c
    for t, s in reversed([*enumerate(steps)]):
        az = dh * (s.h - s.c) * s.z * (1 - s.z)  #~ az = dh * (s.c - s.h) * s.z * (1 - s.z)
        ac = dh * (1 - s.z) * (1 - s.c**2)
        drh = p["Uc"].T @ ac
        ar = drh * s.h * s.r * (1 - s.r)
        g["Wz"] += np.outer(az, s.x)
        g["Wr"] += np.outer(ar, s.x)
        g["Wc"] += np.outer(ac, s.x)
        g["Uz"] += np.outer(az, s.h)
        g["Ur"] += np.outer(ar, s.h)
        g["Uc"] += np.outer(ac, s.r * s.h)  #~ g["Uc"] += np.outer(ac, s.h)
        dh = dh * s.z + drh * s.r + p["Uz"].T @ az + p["Ur"].T @ ar  #~ dh = dh * s.z + drh + p["Uz"].T @ az + p["Ur"].T @ ar
        if t > 0:
            dh += 0.2 * s.h  #~ dh += 0.1 * s.h
    return g


# -- heads with a causal mask and padding, by einsum

PADDED = np.array([[1, 1, 1, 1], [1, 1, 1, 0]], bool)


class MaskedHeads:
    heads = 2

    def __call__(self, x, wq, wk, wv, wo):
        b, t, d = x.shape
        self.split = lambda a: a.reshape(b, t, self.heads, -1)
        self.x = x
        self.q, self.k, self.v = (self.split(x @ w) for w in (wq, wk, wv))
        self.scale = self.q.shape[-1] ** -0.5
        s = np.einsum("bihd,bjhd->bhij", self.q, self.k) * self.scale
        allowed = np.tril(np.ones((t, t), bool)) & PADDED[:, None, None, :]
        s = np.where(allowed, s, -1e9)
        e = np.exp(s - s.max(-1, keepdims=True))
        self.p = e / e.sum(-1, keepdims=True)
        self.o = np.einsum("bhij,bjhd->bihd", self.p, self.v).reshape(b, t, -1)
        return self.o @ wo

    def back(self, dy, x, wq, wk, wv, wo):
        do = self.split(dy @ wo.T)
        dwo = np.einsum("bti,btj->ij", self.o, dy)
        dp = np.einsum("bihd,bjhd->bhij", do, self.v)
        dv = np.einsum("bhij,bihd->bjhd", self.p, do)  #~ dv = np.einsum("bhji,bihd->bjhd", self.p, do)
        ds = self.p * (dp - (dp * self.p).sum(-1, keepdims=True)) * self.scale  #~ ds = self.p * (dp - (dp * self.p).sum(-1, keepdims=True))
        dq = np.einsum("bhij,bjhd->bihd", ds, self.k)
        dk = np.einsum("bhij,bihd->bjhd", ds, self.q)
        joined = [a.reshape(self.x.shape[0], self.x.shape[1], -1) for a in (dq, dk, dv)]
        grads = [np.einsum("bti,btj->ij", self.x, a) for a in joined]
        dx = sum(a @ w.T for a, w in zip(joined, (wq, wk, wv), strict=True))  #~ dx = sum(a @ w for a, w in zip(joined, (wq, wk, wv), strict=True))
        return (dx, *grads, dwo)


def masked_heads(*arguments):
    return MaskedHeads()(*arguments)


def masked_heads_vjp(g, *arguments):
    layer = MaskedHeads()
    layer(*arguments)
    return layer.back(g, *arguments)


# -- group normalisation of pictures followed by a swish, state in self


class GroupNormSwish:
    def __init__(self, groups=2, eps=1e-3):
        self.groups, self.eps = groups, eps

    def forward(self, x, gamma, beta):
        n, c, h, w = x.shape
        grouped = x.reshape(n, self.groups, -1)
        self.sigma = np.sqrt(grouped.var(-1, keepdims=True) + self.eps)
        self.hat = ((grouped - grouped.mean(-1, keepdims=True)) / self.sigma).reshape(x.shape)
        self.gamma = gamma[:, None, None]
        self.pre = self.hat * self.gamma + beta[:, None, None]
        self.gate = sigmoid(self.pre)
        return self.pre * self.gate

    def backward(self, g):
        gp = g * self.gate * (1 + self.pre * (1 - self.gate))  #~ gp = g * self.gate * (1 + self.pre * self.gate)
        dgamma = (gp * self.hat).sum((0, 2, 3))
        dbeta = gp.sum((0, 2, 3))
        a = (gp * self.gamma).reshape(*self.sigma.shape[:2], -1)
        xh = self.hat.reshape(a.shape)
        dx = a - a.mean(-1, keepdims=True) - xh * (a * xh).mean(-1, keepdims=True)  #~ dx = a - a.mean(-1, keepdims=True) - xh * (a * xh).sum(-1, keepdims=True)
        dx /= self.sigma  #~
        return dx.reshape(g.shape), dgamma, dbeta


def group_norm_swish(x, gamma, beta):
    return GroupNormSwish().forward(x, gamma, beta)


def group_norm_swish_vjp(g, x, gamma, beta):
    layer = GroupNormSwish()
    layer.forward(x, gamma, beta)
    return layer.backward(g)


# -- a depthwise and a pointwise convolution over windows


def separable(x, depth, point, stride=2):
    windows = np.lib.stride_tricks.sliding_window_view(x, depth.shape[1:], (1, 2))
    middle = np.einsum("cijkl,ckl->cij", windows[:, ::stride, ::stride], depth)
    return np.tensordot(point, middle, 1)


def separable_vjp(g, x, depth, point, stride=2):
    k, l = depth.shape[1:]
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, l), (1, 2))[:, ::stride, ::stride]
    middle = np.einsum("cijkl,ckl->cij", windows, depth)
    dpoint = np.tensordot(g, middle, ((1, 2), (1, 2)))
    dmiddle = np.tensordot(point, g, (0, 0))  #~ dmiddle = np.tensordot(point, g, (1, 0))
    ddepth = np.einsum("cijkl,cij->ckl", windows, dmiddle)
    dx = np.zeros_like(x)
    rows, columns = dmiddle.shape[1:]
    for a in range(k):
        for b in range(l):
            into = dx[:, a : a + stride * rows : stride, b : b + stride * columns : stride]
            into += dmiddle * depth[:, a, b, None, None]  #~ into += dmiddle * depth[:, b, a, None, None]
    return dx, ddepth, dpoint


# -- couplings of a normalising flow: each layer returns its own pullback


def coupling(flip):
    def decorate(net):
        @functools.wraps(net)
        def layer(x, w):
            a, b = (x[:, ::-1] if flip else x).reshape(len(x), 2, -1).swapaxes(0, 1)
            hidden, s, t = net(a, w)
            y = np.concatenate([a, b * np.exp(s) + t], 1)

            def pull(gy, glogdet):
                ga, gout = np.split(gy, 2, axis=1)
                gs = gout * b * np.exp(s) + glogdet[:, None]  #~ gs = gout * b * np.exp(s)
                gt = gout
                gb = gout * np.exp(s)
                gpre = np.concatenate([gs * (1 - s**2), gt], 1)  #~ gpre = np.concatenate([gs, gt], 1)
                gw2 = hidden.T @ gpre
                ghidden = gpre @ w[1].T * (1 - hidden**2)
                gw1 = a.T @ ghidden
                ga = ga + ghidden @ w[0].T  #~ ga = ghidden @ w[0].T
                gx = np.concatenate([ga, gb], 1)
                return (gx[:, ::-1] if flip else gx), [gw1, gw2]

            return y, s.sum(1), pull

        return layer

    return decorate


@coupling(flip=False)
def first(a, w):
    hidden = np.tanh(a @ w[0])
    s, t = np.split(hidden @ w[1], 2, axis=1)
    return hidden, np.tanh(s), t


@coupling(flip=True)
def second(a, w):
    hidden = np.tanh(a @ w[0])
    s, t = np.split(hidden @ w[1], 2, axis=1)
    return hidden, np.tanh(s), t


SAMPLES = np.random.default_rng(8).normal(size=(6, 4))


def flow_nll(w1, w2):
    y, logdet, pulls = SAMPLES, 0.0, []
    for layer, w in ((first, w1), (second, w2)):
        y, some, pull = layer(y, w)
        logdet = logdet + some
        pulls.append(pull)
    nll = 0.5 * np.sum(y**2) - np.sum(logdet)
    flow_nll.last = y, pulls
    return nll


def flow_nll_grad(w1, w2):
    flow_nll(w1, w2)
    g, pulls = flow_nll.last
    grads = []
    while pulls:
        g, gw = pulls.pop()(g, -np.ones(len(g)))
        grads.insert(0, gw)
    return tuple(grads)


# -- a variational autoencoder of three functions

PICTURES = (np.random.default_rng(2).uniform(size=(4, 6)) > 0.5).astype(float)
NOISE = np.random.default_rng(3).normal(size=(4, 2))


def encode(p, x):
    h = np.maximum(0.1 * (a := x @ p["enc"]), a)
    return h, h @ p["mu"], h @ p["logvar"]


def decode(p, z):
    return z @ p["dec"]


def elbo(p):
    _, mu, logvar = encode(p, PICTURES)
    z = mu + np.exp(0.5 * logvar) * NOISE
    logits = decode(p, z)
    reconstruction = np.sum(np.logaddexp(0, logits) - PICTURES * logits)
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (reconstruction + kl) / len(PICTURES)


def elbo_grad(p):
    x, n = PICTURES, len(PICTURES)
    h, mu, logvar = encode(p, x)
    std = np.exp(0.5 * logvar)
    z = mu + std * NOISE
    dlogits = (sigmoid(decode(p, z)) - x) / n
    out = {"dec": z.T @ dlogits}
    dz = dlogits @ p["dec"].T
    dmu = dz + mu / n  #~ dmu = dz + mu
    dlogvar = dz * NOISE * std / 2 + (np.exp(logvar) - 1) / (2 * n)  #~ dlogvar = dz * NOISE * std + (np.exp(logvar) - 1) / (2 * n)
    out["mu"], out["logvar"] = h.T @ dmu, h.T @ dlogvar
    dh = dmu @ p["mu"].T + dlogvar @ p["logvar"].T
    dh[h < 0] *= 0.1  #~ dh[h < 0] = 0
    out["enc"] = x.T @ dh
    return out


# -- clipped policy, value and entropy in one objective


@dataclass
class Rollout:
    obs: np.ndarray = field(default_factory=lambda: np.random.default_rng(1).normal(size=(7, 3)))
    act: tuple = (0, 2, 1, 1, 0, 2, 2)
    adv: np.ndarray = field(default_factory=lambda: np.linspace(-1.2, 1.5, 7))
    ret: np.ndarray = field(default_factory=lambda: np.linspace(2.0, -1.0, 7))
    old: np.ndarray = field(default_factory=lambda: np.log([0.3, 0.4, 0.2, 0.5, 0.35, 0.25, 0.3]))


ROLL = Rollout()


def log_softmax(a):
    a = a - a.max(1, keepdims=True)
    return a - np.log(np.exp(a).sum(1, keepdims=True))


def ppo(theta, v):
    logp = log_softmax(ROLL.obs @ theta)
    chosen = np.array([row[a] for row, a in zip(logp, ROLL.act, strict=True)])
    ratio = np.exp(chosen - ROLL.old)
    surrogate = np.minimum(ratio * ROLL.adv, np.clip(ratio, 0.8, 1.2) * ROLL.adv)
    entropy = -(np.exp(logp) * logp).sum(1)
    value = (ROLL.obs @ v - ROLL.ret) ** 2
    return np.mean(-surrogate + 0.5 * value - 0.01 * entropy)


def ppo_grad(theta, v):
    T = len(ROLL.act)
    logp = log_softmax(ROLL.obs @ theta)
    p = np.exp(logp)
    ratio = np.exp(logp[np.arange(T), list(ROLL.act)] - ROLL.old)
    active = ratio * ROLL.adv <= np.clip(ratio, 0.8, 1.2) * ROLL.adv  #~ active = np.abs(ratio - 1) < 0.2
    dlogp = np.zeros_like(p)
    dlogp[np.arange(T), list(ROLL.act)] = -np.where(active, ratio * ROLL.adv, 0) / T  #~ dlogp[np.arange(T), list(ROLL.act)] = -np.where(active, ROLL.adv, 0) / T
    dlogits = dlogp - p * dlogp.sum(1, keepdims=True)
    entropy = -(p * logp).sum(1, keepdims=True)
    dlogits += 0.01 / T * p * (logp + entropy)  #~ dlogits += 0.01 / T * p * (logp - entropy)
    return ROLL.obs.T @ dlogits, ROLL.obs.T @ (ROLL.obs @ v - ROLL.ret) / T


# -- a recursion that returns its own derivative


def unrolled(w, u, xs):
    if not xs:
        return np.zeros(len(u)), lambda g: (np.zeros_like(w), np.zeros_like(u))
    *before, x = xs
    h, back = unrolled(w, u, before)
    y = np.tanh(u @ h + w * x)

    def pull(g):
        a = g * (1 - y * y)
        gw, gu = back(u.T @ a)  #~ gw, gu = back(u @ a)
        return gw + a * x, gu + np.outer(a, h)  #~ return gw + a * x, gu + np.outer(h, a)

    return y, pull


def echo_state(w, u):
    return unrolled(w, u, [0.5, -1.0, 2.0, 0.3])[0]


def echo_state_vjp(g, w, u):
    return unrolled(w, u, [0.5, -1.0, 2.0, 0.3])[1](g)


def cases(r):
    names = ("Wz", "Wr", "Wc", "Uz", "Ur", "Uc")
    gru = {n: r.normal(size=(3, 2) if n[0] == "W" else (3, 3)) * 0.7 for n in names}
    yield "gated steps", dict(f=gru_energy, inputs=[gru], gradient=gru_energy_grad)
    shapes = ((2, 4, 4), (4, 4), (4, 4), (4, 4), (4, 3))
    yield "masked heads", dict(f=masked_heads, inputs=[r.normal(size=s) for s in shapes], vjp=masked_heads_vjp)
    yield "group norm and swish", dict(f=group_norm_swish, inputs=[r.normal(size=(2, 4, 2, 3)), r.normal(size=4), r.normal(size=4)], vjp=group_norm_swish_vjp)
    yield "separable convolution", dict(f=separable, inputs=[r.normal(size=(3, 7, 7)), r.normal(size=(3, 3, 3)), r.normal(size=(3, 3))], vjp=separable_vjp)
    w1, w2 = ([r.normal(size=(2, 3)) * 0.6, r.normal(size=(3, 4)) * 0.6] for _ in range(2))
    yield "coupling flow", dict(f=flow_nll, inputs=[w1, w2], gradient=flow_nll_grad)
    vae = {"enc": r.normal(size=(6, 3)), "mu": r.normal(size=(3, 2)), "logvar": r.normal(size=(3, 2)) * 0.5, "dec": r.normal(size=(2, 6))}
    yield "evidence bound", dict(f=elbo, inputs=[vae], gradient=elbo_grad)
    yield "policy with value and entropy", dict(f=ppo, inputs=[r.normal(size=(3, 3)) * 0.6, r.normal(size=3)], gradient=ppo_grad)
    yield "echo state", dict(f=echo_state, inputs=[r.normal(size=3), r.normal(size=(3, 3)) * 0.6], vjp=echo_state_vjp)
