"""Losses that compare examples, and generative models, from repositories of papers."""

import numpy as np


def l2_normalize(x, eps=1e-12):
    n = np.sqrt((x * x).sum(-1, keepdims=True) + eps)
    return x / n, n


def l2_normalize_bwd(g, y, n):
    return (g - y * (g * y).sum(-1, keepdims=True)) / n  #~ return (g - y * (g * y).sum(-1, keepdims=True)) / n**2 #~ return g / n - y * (g * y).sum(-1, keepdims=True)


def log_softmax(z, axis):
    z = z - z.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


# -- images and texts, symmetric cross-entropy, learned temperature


def clip_loss(params, images, texts):
    zi, _ = l2_normalize(images @ params["image_proj"])
    zt, _ = l2_normalize(texts @ params["text_proj"])
    logits = np.exp(params["log_scale"]) * zi @ zt.T
    diag = np.arange(len(logits))
    return -0.5 * (log_softmax(logits, 1)[diag, diag].mean() + log_softmax(logits, 0)[diag, diag].mean())


def clip_grads(params, images, texts):
    grads = {}
    zi, ni = l2_normalize(images @ params["image_proj"])
    zt, nt = l2_normalize(texts @ params["text_proj"])
    scale = np.exp(params["log_scale"])
    logits = scale * zi @ zt.T
    B = len(logits)
    d_logits = (np.exp(log_softmax(logits, 1)) - np.eye(B)) / (2 * B)
    d_logits += (np.exp(log_softmax(logits, 0)) - np.eye(B)) / (2 * B)  #~ d_logits += (np.exp(log_softmax(logits, 1)).T - np.eye(B)) / (2 * B)
    grads["log_scale"] = np.sum(d_logits * logits)  #~ grads["log_scale"] = np.sum(d_logits * logits) / scale
    d_zi = scale * d_logits @ zt
    d_zt = scale * d_logits.T @ zi  #~ d_zt = scale * d_logits @ zi
    grads["image_proj"] = images.T @ l2_normalize_bwd(d_zi, zi, ni)
    grads["text_proj"] = texts.T @ l2_normalize_bwd(d_zt, zt, nt)
    return grads


PHOTOS = np.random.default_rng(51).normal(size=(4, 3))
WORDS = np.random.default_rng(52).normal(size=(4, 5))


def clip(params):
    return clip_loss(params, PHOTOS, WORDS)


def clip_gradient(params):
    return clip_grads(params, PHOTOS, WORDS)


# -- redundancy between two views


class BarlowTwins:
    def __init__(self, lambd=0.3):
        self.lambd = lambd

    def standardize(self, z):
        mu, sd = z.mean(0), z.std(0)
        return (z - mu) / sd, sd

    def forward(self, za, zb):
        self.a, self.sa = self.standardize(za)
        self.b, self.sb = self.standardize(zb)
        self.N = za.shape[0]
        self.c = self.a.T @ self.b / self.N
        self.diff = self.c - np.eye(self.c.shape[0])
        w = self.lambd + (1 - self.lambd) * np.eye(self.c.shape[0])
        return np.sum(w * self.diff**2)

    def unstandardize(self, g, z, sd):
        return (g - g.mean(0) - z * (g * z).mean(0)) / sd  #~ return (g - g.mean(0) - z * (g * z).sum(0)) / sd #~ return (g - g.mean(0)) / sd

    def backward(self):
        off = ~np.eye(self.c.shape[0], dtype=bool)
        dc = 2 * self.diff
        dc[off] *= self.lambd  #~ dc[~off] *= self.lambd
        da = self.b @ dc.T / self.N  #~ da = self.b @ dc / self.N
        db = self.a @ dc / self.N
        return self.unstandardize(da, self.a, self.sa), self.unstandardize(db, self.b, self.sb)


def twins(za, zb):
    return BarlowTwins().forward(za, zb)


def twins_grad(za, zb):
    criterion = BarlowTwins()
    criterion.forward(za, zb)
    return criterion.backward()


# -- supervised contrast: several positives each

GROUPS = np.array([0, 1, 0, 2, 1, 0])


def supcon(features, temperature=0.5):
    z, _ = l2_normalize(features)
    n = len(z)
    logits = z @ z.T / temperature
    logits = np.where(np.eye(n, dtype=bool), -1e9, logits)
    logp = log_softmax(logits, 1)
    mask = (GROUPS[:, None] == GROUPS[None, :]) & ~np.eye(n, dtype=bool)
    count = mask.sum(1)
    rows = count > 0
    return -np.mean(np.where(mask, logp, 0).sum(1)[rows] / count[rows])


def supcon_grad(features, temperature=0.5):
    z, norm = l2_normalize(features)
    n = len(z)
    logits = z @ z.T / temperature
    logits = np.where(np.eye(n, dtype=bool), -1e9, logits)
    prob = np.exp(log_softmax(logits, 1))
    mask = (GROUPS[:, None] == GROUPS[None, :]) & ~np.eye(n, dtype=bool)
    count = mask.sum(1)
    rows = count > 0
    dlogits = np.zeros_like(prob)
    dlogits[rows] = (prob[rows] - mask[rows] / count[rows, None]) / rows.sum()  #~ dlogits[rows] = (prob[rows] - mask[rows] / count[rows, None]) / n #~ dlogits[rows] = (prob[rows] - mask[rows]) / rows.sum()
    dz = (dlogits + dlogits.T) @ z / temperature  #~ dz = dlogits @ z / temperature #~ dz = (dlogits + dlogits.T) @ z * temperature
    return l2_normalize_bwd(dz, z, norm)


# -- an auto-encoder whose posterior passes through planar flows

DATA = np.array([[1.0, 0, 1, 1], [0, 1, 1, 0], [1, 1, 0, 0]])
NOISE = np.random.default_rng(53).normal(size=(3, 2))


def softplus(x):
    return np.logaddexp(0, x)


def expit(x):
    return 1 / (1 + np.exp(-x))


def flow_elbo(enc_mu, enc_s, flows, dec):
    mu, s = DATA @ enc_mu, DATA @ enc_s
    z = mu + np.exp(s) * NOISE
    logq = -(s + 0.5 * NOISE**2).sum(1)
    for u, w, b in flows:
        h = np.tanh(z @ w + b)
        logq = logq - np.log(np.abs(1 + (1 - h**2) * (u @ w)))
        z = z + h[:, None] * u
    logits = z @ dec
    logp = (DATA * logits - softplus(logits)).sum(1) - 0.5 * (z**2).sum(1)
    return np.mean(logq - logp)


def flow_elbo_grad(enc_mu, enc_s, flows, dec):
    N = len(DATA)
    s = DATA @ enc_s
    z = DATA @ enc_mu + np.exp(s) * NOISE
    tape = []
    for u, w, b in flows:
        h = np.tanh(z @ w + b)
        tape.append((z, h))
        z = z + h[:, None] * u
    g_logits = (expit(z @ dec) - DATA) / N
    g_dec = z.T @ g_logits
    gz = g_logits @ dec.T + z / N  #~ gz = g_logits @ dec.T
    g_flows = []
    for (u, w, _b), (z_in, h) in zip(flows[::-1], tape[::-1], strict=True):
        dh = 1 - h**2
        det = 1 + dh * (u @ w)
        g_det = -1 / (N * det)
        g_h = gz @ u + g_det * (u @ w) * (-2 * h)  #~ g_h = gz @ u #~ g_h = gz @ u + g_det * (u @ w) * (-2 * h) * dh
        g_a = g_h * dh
        g_u = h @ gz + (g_det * dh).sum() * w  #~ g_u = h @ gz + (g_det * dh).sum() * u
        g_w = z_in.T @ g_a + (g_det * dh).sum() * u
        g_flows.insert(0, (g_u, g_w, g_a.sum()))  #~ g_flows.insert(0, (g_u, g_w, g_a.mean()))
        gz = gz + g_a[:, None] * w
    g_s = gz * np.exp(s) * NOISE - 1 / N
    return DATA.T @ gz, DATA.T @ g_s, g_flows, g_dec


# -- triplets: cosine distance, the hardest negative of the batch


def hardest(anchor, positive, negatives, margin=0.6):
    total = 0.0
    for a, p in zip(anchor, positive, strict=True):
        cos = lambda u, v: u @ v / (np.linalg.norm(u) * np.linalg.norm(v))  # noqa: E731
        worst = max(cos(a, q) for q in negatives)
        total += max(0.0, margin - cos(a, p) + worst)
    return total / len(anchor)


def cosine_grads(u, v):
    nu, nv = np.linalg.norm(u), np.linalg.norm(v)
    c = u @ v / (nu * nv)
    return c, v / (nu * nv) - c * u / nu**2, u / (nu * nv) - c * v / nv**2  #~ return c, v / (nu * nv) - c * u / nu**2, u / (nu * nv) - c * v / nu**2 #~ return c, v / (nu * nv) - u / nu**2, u / (nu * nv) - v / nv**2


def hardest_grad(anchor, positive, negatives, margin=0.6):
    ga, gp, gn = (np.zeros_like(x) for x in (anchor, positive, negatives))
    B = len(anchor)
    for i, (a, p) in enumerate(zip(anchor, positive, strict=True)):
        cp, ca_p, cp_p = cosine_grads(a, p)
        parts = [cosine_grads(a, q) for q in negatives]
        j = max(range(len(parts)), key=lambda t: parts[t][0])  #~ j = min(range(len(parts)), key=lambda t: parts[t][0])
        cn, ca_n, cn_n = parts[j]
        if margin - cp + cn > 0:  #~ if margin - cp + cn < 0:
            ga[i] += (ca_n - ca_p) / B
            gp[i] -= cp_p / B
            gn[j] += cn_n / B  #~ gn[j] = cn_n / B
    return ga, gp, gn


# -- maximum mean discrepancy with a mixture of kernels


def mmd(x, y, scales=(0.5, 1.0, 3.0)):
    def k(a, b):
        d = ((a[:, None, :] - b[None, :, :]) ** 2).sum(-1)
        return sum(np.exp(-d / (2 * s**2)) for s in scales)

    n, m = len(x), len(y)
    kxx = (k(x, x).sum() - len(scales) * n) / (n * (n - 1))
    return kxx + (k(y, y).sum() - len(scales) * m) / (m * (m - 1)) - 2 * k(x, y).mean()


def mmd_grad(x, y, scales=(0.5, 1.0, 3.0)):
    def dk(a, b):
        diff = a[:, None, :] - b[None, :, :]
        d = (diff**2).sum(-1)
        w = sum(np.exp(-d / (2 * s**2)) / s**2 for s in scales)  #~ w = sum(np.exp(-d / (2 * s**2)) / s for s in scales)
        return -w[..., None] * diff

    n, m = len(x), len(y)
    cross = dk(x, y)
    gx = 2 * dk(x, x).sum(1) / (n * (n - 1)) - 2 * cross.sum(1) / (n * m)  #~ gx = dk(x, x).sum(1) / (n * (n - 1)) - 2 * cross.sum(1) / (n * m) #~ gx = 2 * dk(x, x).sum(1) / (n * n) - 2 * cross.sum(1) / (n * m)
    gy = 2 * dk(y, y).sum(1) / (m * (m - 1)) + 2 * cross.sum(0) / (n * m)  #~ gy = 2 * dk(y, y).sum(1) / (m * (m - 1)) - 2 * cross.sum(0) / (n * m)
    return gx, gy


def cases(r):
    params = {"image_proj": r.normal(size=(3, 2)), "text_proj": r.normal(size=(5, 2)), "log_scale": 0.7}
    yield "images and texts", dict(f=clip, inputs=[params], gradient=clip_gradient)
    yield "redundancy", dict(f=twins, inputs=[r.normal(size=(6, 3)), r.normal(size=(6, 3))], gradient=twins_grad)
    yield "several positives", dict(f=supcon, inputs=[r.normal(size=(6, 3))], gradient=supcon_grad)
    flows = [(r.normal(size=2) * 0.4, r.normal(size=2), float(r.normal())) for _ in range(2)]
    enc = [r.normal(size=(4, 2)) * 0.5, r.normal(size=(4, 2)) * 0.3]
    yield "planar flows", dict(f=flow_elbo, inputs=[*enc, flows, r.normal(size=(2, 4))], gradient=flow_elbo_grad)
    some = [r.normal(size=(4, 3)), r.normal(size=(4, 3)), r.normal(size=(3, 3))]
    yield "hardest negative", dict(f=hardest, inputs=some, gradient=hardest_grad)
    yield "discrepancy", dict(f=mmd, inputs=[r.normal(size=(4, 2)), r.normal(size=(5, 2))], gradient=mmd_grad)
