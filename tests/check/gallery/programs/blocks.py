"""Blocks of networks: classes with caches, closures, einsum and windows."""

import math
from collections import OrderedDict

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# -- layers in a row, each with its cache and its dict of gradients


class Linear:
    def __init__(self, W, b):
        self.params = {"W": W, "b": b}
        self.grads = {}

    def __call__(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backprop(self, dy):
        self.grads["W"] = np.einsum("ni,no->io", self.x, dy)
        self.grads["b"] = dy.sum(0)  #~ self.grads["b"] = dy.mean(0)
        return np.einsum("no,io->ni", dy, self.params["W"])


class LayerNorm:
    def __init__(self, gain, shift, eps=1e-5):
        self.params = {"gain": gain, "shift": shift}
        self.grads = {}
        self.eps = eps

    def __call__(self, x):
        centred = x - x.mean(-1, keepdims=True)
        self.inv = 1 / np.sqrt((centred**2).mean(-1, keepdims=True) + self.eps)
        self.xhat = centred * self.inv
        return self.xhat * self.params["gain"] + self.params["shift"]

    def backprop(self, dy):
        self.grads["gain"] = (dy * self.xhat).sum(0)
        self.grads["shift"] = dy.sum(0)
        dx = dy * self.params["gain"]  #~ dx = dy
        dx = dx - dx.mean(-1, keepdims=True) - self.xhat * (dx * self.xhat).mean(-1, keepdims=True)  #~ dx = dx - dx.mean(-1, keepdims=True) - self.xhat * (dy * self.xhat).mean(-1, keepdims=True) #~ dx = dx - dx.mean(-1, keepdims=True) + self.xhat * (dx * self.xhat).mean(-1, keepdims=True)
        return dx * self.inv


class Gelu:
    params: dict = {}
    grads: dict = {}
    C = math.sqrt(2 / math.pi)

    def __call__(self, x):
        self.x = x
        self.t = np.tanh(self.C * (x + 0.044715 * x**3))
        return 0.5 * x * (1 + self.t)

    def backprop(self, dy):
        inner = self.C * (1 + 3 * 0.044715 * self.x**2)  #~ inner = self.C * (1 + 0.044715 * self.x**2)
        return dy * (0.5 * (1 + self.t) + 0.5 * self.x * (1 - self.t**2) * inner)  #~ return dy * (0.5 * (1 + self.t) + self.x * (1 - self.t**2) * inner)


class Dropout:
    params: dict = {}
    grads: dict = {}

    def __init__(self, keep, seed):
        self.keep, self.seed = keep, seed

    def __call__(self, x):
        self.mask = np.random.default_rng(self.seed).random(x.shape) < self.keep
        return x * self.mask / self.keep

    def backprop(self, dy):
        return dy * self.mask / self.keep  #~ return dy * self.mask


BATCH = np.random.default_rng(61).normal(size=(5, 3))


def network(w1, b1, gain, shift, w2, b2):
    return OrderedDict(
        first=Linear(w1, b1),
        norm=LayerNorm(gain, shift),
        act=Gelu(),
        drop=Dropout(0.75, 7),
        last=Linear(w2, b2),
    )


def stack_loss(w1, b1, gain, shift, w2, b2):
    y = BATCH
    for layer in network(w1, b1, gain, shift, w2, b2).values():
        y = layer(y)
    return np.mean(y**2) / 2


def stack_grads(w1, b1, gain, shift, w2, b2):
    net = network(w1, b1, gain, shift, w2, b2)
    y = BATCH
    for layer in net.values():
        y = layer(y)
    d = y / y.size
    for name in reversed(net):
        d = net[name].backprop(d)
    g = {name: layer.grads for name, layer in net.items()}
    return g["first"]["W"], g["first"]["b"], g["norm"]["gain"], g["norm"]["shift"], g["last"]["W"], g["last"]["b"]


# -- closures: each function returns its value and a pullback


def rms_norm(x, scale):
    r = np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-6)
    y = x / r * scale

    def pullback(dy):
        dscale = np.sum(dy * x / r, axis=0)
        dn = dy * scale
        dx = dn / r - x * np.mean(dn * x, axis=-1, keepdims=True) / r**3  #~ dx = dn / r - x * np.mean(dn * x, axis=-1, keepdims=True) / r**2 #~ dx = dn / r - x * np.sum(dn * x, axis=-1, keepdims=True) / r**3
        return dx, dscale

    return y, pullback


def swiglu(x, wg, wu, wd):
    gate, up = x @ wg, x @ wu
    s = 1 / (1 + np.exp(-gate))
    act = gate * s * up

    def pullback(dy):
        dact = dy @ wd.T
        dup = dact * gate * s
        dgate = dact * up * s * (1 + gate * (1 - s))  #~ dgate = dact * up * s * (1 + gate * s) #~ dgate = dact * up * s * (1 - s)
        return dgate @ wg.T + dup @ wu.T, x.T @ dgate, x.T @ dup, act.T @ dy  #~ return dgate @ wg.T, x.T @ dgate, x.T @ dup, act.T @ dy

    return act @ wd, pullback


def ffn_block(x, scale, wg, wu, wd):
    h, back_norm = rms_norm(x, scale)
    y, back_ffn = swiglu(h, wg, wu, wd)

    def pullback(dy):
        dh, dwg, dwu, dwd = back_ffn(dy)
        dx, dscale = back_norm(dh)
        return dx + dy, dscale, dwg, dwu, dwd  #~ return dx, dscale, dwg, dwu, dwd

    return x + y, pullback


def ffn_value(*arguments):
    return ffn_block(*arguments)[0]


def ffn_vjp(dy, *arguments):
    return ffn_block(*arguments)[1](dy)


# -- a transposed convolution in one dimension, with stride


def deconv(x, w, b, stride=2):
    B, C, L = x.shape
    _, O, K = w.shape
    out = np.zeros((B, O, (L - 1) * stride + K))
    for k in range(K):
        out[:, :, k : k + stride * L : stride][..., :L] += np.einsum("bcl,co->bol", x, w[:, :, k])
    return out + b[None, :, None]


def deconv_vjp(g, x, w, b, stride=2):
    L, K = x.shape[-1], w.shape[-1]
    windows = sliding_window_view(g, K, axis=-1)[:, :, ::stride]
    dx = np.einsum("bolk,cok->bcl", windows, w)  #~ dx = np.einsum("bolk,cok->bcl", windows, w[..., ::-1])
    dw = np.zeros_like(w)
    for k in range(K):
        dw[:, :, k] = np.einsum("bcl,bol->co", x, g[:, :, k : k + stride * L : stride][..., :L])  #~ dw[:, :, k] = np.einsum("bcl,bol->co", x, g[:, :, k : k + L]) #~ dw[:, :, k] += np.einsum("bcl,bol->co", x, g[:, :, 0 : stride * L : stride][..., :L])
    return dx, dw, g.sum(axis=(0, 2))  #~ return dx, dw, g.mean(axis=0).sum(axis=1)


# -- squeeze and excitation


def excite(x, w1, w2):
    s = x.mean(axis=(2, 3))
    z = np.maximum(s @ w1, 0)
    e = 1 / (1 + np.exp(-(z @ w2)))
    return x * e[:, :, None, None]


def excite_vjp(g, x, w1, w2):
    N, C, H, W = x.shape
    s = x.mean(axis=(2, 3))
    a = s @ w1
    z = a * (a > 0)
    e = 1 / (1 + np.exp(-(z @ w2)))
    dx = g * e[:, :, None, None]
    de = np.einsum("nchw,nchw->nc", g, x)
    dq = de * e * (1 - e)  #~ dq = de * (1 - e)
    dw2 = z.T @ dq
    da = (dq @ w2.T) * (a > 0)  #~ da = (dq @ w2.T) * (z >= 0) #~ da = dq @ w2.T
    dw1 = s.T @ da
    ds = da @ w1.T
    dx += ds[:, :, None, None] / (H * W)  #~ dx += ds[:, :, None, None] #~ dx += ds[:, :, None, None] / (N * H * W)
    return dx, dw1, dw2


# -- attention with heads, a window and a penalty on the distance


def windowed(q, k, v, slopes, reach=2):
    T = q.shape[1]
    away = np.abs(np.arange(T)[:, None] - np.arange(T)[None, :])
    scores = np.einsum("htd,hsd->hts", q, k) / np.sqrt(q.shape[-1]) - slopes[:, None, None] * away
    scores = np.where(away <= reach, scores, -np.inf)
    p = np.exp(scores - scores.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    return np.einsum("hts,hsd->htd", p, v)


def windowed_vjp(g, q, k, v, slopes, reach=2):
    T, d = q.shape[1:]
    away = np.abs(np.arange(T)[:, None] - np.arange(T)[None, :])
    scores = np.einsum("htd,hsd->hts", q, k) / np.sqrt(d) - slopes[:, None, None] * away
    scores[:, away > reach] = -np.inf
    p = np.exp(scores - scores.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    dv = np.einsum("hts,htd->hsd", p, g)  #~ dv = np.einsum("hst,htd->hsd", p, g)
    dp = np.einsum("htd,hsd->hts", g, v)
    ds = p * (dp - np.einsum("hts,hts->ht", dp, p)[..., None])  #~ ds = p * (dp - np.einsum("hts,hts->hs", dp, p)[:, None, :]) #~ ds = p * dp
    dq = np.einsum("hts,hsd->htd", ds, k) / np.sqrt(d)  #~ dq = np.einsum("hts,hsd->htd", ds, k) / d
    dk = np.einsum("hts,htd->hsd", ds, q) / np.sqrt(d)
    return dq, dk, dv, -np.einsum("hts,ts->h", ds, away)  #~ return dq, dk, dv, np.einsum("hts,ts->h", ds, away) #~ return dq, dk, dv, -np.einsum("hts,hts->h", p, away * dp)


# -- a diagonal state space, scanned in time and pulled back by closures


def scan(step, carry, xs):
    ys, backs = [], []
    for x in xs:
        carry, y, back = step(carry, x)
        ys.append(y)
        backs.append(back)

    def pullback(gys, gcarry):
        for gy, back in zip(reversed(gys), reversed(backs), strict=True):
            gcarry = back(gcarry, gy)  #~ gcarry = back(0 * gcarry, gy)
        return gcarry

    return np.array(ys), pullback


def state_space(log_a, B, C, D, u):
    a = np.exp(-np.exp(log_a))
    grads = {"a": 0.0, "B": 0.0, "C": 0.0, "D": 0.0}

    def step(h, x):
        new = a * h + B * x

        def back(gh, gy):
            grads["C"] = grads["C"] + gy * new  #~ grads["C"] = grads["C"] + gy * h
            grads["D"] += gy * x
            gnew = gh + gy * C  #~ gnew = gy * C
            grads["a"] = grads["a"] + gnew * h  #~ grads["a"] = grads["a"] + gnew * new
            grads["B"] = grads["B"] + gnew * x  #~ grads["B"] = gnew * x
            return a * gnew

        return new, C @ new + D * x, back

    ys, pullback = scan(step, np.zeros_like(log_a), u)

    def vjp(g):
        pullback(list(g), np.zeros_like(log_a))
        return -grads["a"] * a * np.exp(log_a), grads["B"], grads["C"], grads["D"]  #~ return -grads["a"] * a, grads["B"], grads["C"], grads["D"]

    return ys, vjp


SIGNAL = [0.3, -1.1, 0.8, 1.9, -0.4]


def filtered(log_a, B, C, D):
    return state_space(log_a, B, C, D, SIGNAL)[0]


def filtered_vjp(g, log_a, B, C, D):
    return state_space(log_a, B, C, D, SIGNAL)[1](g)


# -- a cell with peepholes; gradients in a dict, added up in place

SENTENCE = np.random.default_rng(62).normal(size=(4, 2))


def logistic(x):
    return 1 / (1 + np.exp(-x))


def peephole(p):
    h = c = np.zeros(3)
    for x in SENTENCE:
        z = np.concatenate([x, h])
        f = logistic(p["Wf"] @ z + p["pf"] * c)
        i = logistic(p["Wi"] @ z + p["pi"] * c)
        c = f * c + i * np.tanh(p["Wc"] @ z)
        h = logistic(p["Wo"] @ z + p["po"] * c) * np.tanh(c)
    return h @ h + c.sum()


def peephole_grad(p):
    grads = {k: np.zeros_like(v) for k, v in p.items()}
    h, c, stored = np.zeros(3), np.zeros(3), []
    for x in SENTENCE:
        z, c_old = np.concatenate([x, h]), c
        f = logistic(p["Wf"] @ z + p["pf"] * c)
        i = logistic(p["Wi"] @ z + p["pi"] * c)
        u = np.tanh(p["Wc"] @ z)
        c = f * c + i * u
        o = logistic(p["Wo"] @ z + p["po"] * c)
        h = o * np.tanh(c)
        stored.append((z, c_old, f, i, u, c, o))
    dh, dc = 2 * h, np.ones(3)
    for z, c_old, f, i, u, c, o in stored[::-1]:
        tc = np.tanh(c)
        do = dh * tc * o * (1 - o)
        dc = dc + dh * o * (1 - tc**2) + do * p["po"]  #~ dc = dc + dh * o * (1 - tc**2) #~ dc = dh * o * (1 - tc**2) + do * p["po"]
        df = dc * c_old * f * (1 - f)
        di = dc * u * i * (1 - i)
        du = dc * i * (1 - u**2)  #~ du = dc * i * (1 - u)
        grads["po"] += do * c  #~ grads["po"] += do * c_old
        grads["pf"] += df * c_old
        grads["pi"] += di * c_old
        dz = np.zeros_like(z)
        for name, d in (("f", df), ("i", di), ("c", du), ("o", do)):
            grads["W" + name] += np.outer(d, z)
            dz += p["W" + name].T @ d
        dh = dz[2:]  #~ dh = dz[:3]
        dc = dc * f + df * p["pf"] + di * p["pi"]  #~ dc = dc * f #~ dc = dc * i + df * p["pf"] + di * p["pi"]
    return grads


def cases(r):
    stack = [r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4), r.normal(size=4), r.normal(size=(4, 2)), r.normal(size=2)]
    yield "layers in a row", dict(f=stack_loss, inputs=stack, gradient=stack_grads)
    ffn = [r.normal(size=(2, 3)), r.normal(size=3), r.normal(size=(3, 4)) * 0.7, r.normal(size=(3, 4)) * 0.7, r.normal(size=(4, 3)) * 0.7]
    yield "gated block", dict(f=ffn_value, inputs=ffn, vjp=ffn_vjp)
    yield "transposed convolution", dict(f=deconv, inputs=[r.normal(size=(2, 2, 4)), r.normal(size=(2, 3, 3)), r.normal(size=3)], vjp=deconv_vjp)
    yield "squeeze and excitation", dict(f=excite, inputs=[r.normal(size=(2, 4, 3, 2)), r.normal(size=(4, 3)) * 2, r.normal(size=(3, 4))], vjp=excite_vjp)
    heads = [r.normal(size=(2, 5, 3)) for _ in range(3)]
    yield "windowed attention", dict(f=windowed, inputs=[*heads, r.uniform(0.2, 0.8, size=2)], vjp=windowed_vjp)
    yield "state space", dict(f=filtered, inputs=[r.normal(size=3) * 0.5, r.normal(size=3), r.normal(size=3), 0.4], vjp=filtered_vjp)
    cell = {"W" + n: r.normal(size=(3, 5)) * 0.7 for n in "fico"} | {"p" + n: r.normal(size=3) for n in "fio"}
    yield "peepholes", dict(f=peephole, inputs=[cell], gradient=peephole_grad)
