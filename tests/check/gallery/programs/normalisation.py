import numpy as np


# batch norm, one node of the graph at a time

def batchnorm_forward(x, gamma, beta, eps):
    N, D = x.shape
    mu = 1. / N * np.sum(x, axis=0)
    xmu = x - mu
    sq = xmu ** 2
    var = 1. / N * np.sum(sq, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1. / sqrtvar
    xhat = xmu * ivar
    gammax = gamma * xhat
    out = gammax + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgammax = dout
    dgamma = np.sum(dgammax * xhat, axis=0)  #~ dgamma = np.sum(dgammax * xmu, axis=0)
    dxhat = dgammax * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1. / (sqrtvar ** 2) * divar  #~ dsqrtvar = 1. / (sqrtvar ** 2) * divar #~ dsqrtvar = -1. / sqrtvar * divar
    dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar  #~ dvar = 0.5 * np.sqrt(var + eps) * dsqrtvar #~ dvar = 1. / np.sqrt(var + eps) * dsqrtvar
    dsq = 1. / N * np.ones((N, D)) * dvar  #~ dsq = np.ones((N, D)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2  #~ dx1 = dxmu1
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1. / N * np.ones((N, D)) * dmu
    dx = dx1 + dx2  #~ dx = dx1 - dx2
    return dx, dgamma, dbeta


# the same on one line

def batchnorm_alt(x, gamma, beta, eps=1e-5):
    mean, var = x.mean(0), x.var(0)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def batchnorm_alt_vjp(dout, x, gamma, beta, eps=1e-5):
    N = x.shape[0]
    std = np.sqrt(x.var(0) + eps)  #~ std = np.sqrt(x.var(0, ddof=1) + eps) #~ std = x.var(0) + eps
    xhat = (x - x.mean(0)) / std
    dgamma = (dout * xhat).sum(0)
    dbeta = dout.sum(0)
    dx = gamma / std / N * (N * dout - dbeta - xhat * dgamma)  #~ dx = gamma / std / N * (N * dout - dbeta - xhat * dbeta) #~ dx = gamma / std / N * (dout - dbeta - xhat * dgamma) #~ dx = gamma / std * (N * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta


# layer norm

class LayerNorm:
    def __init__(self, gain, bias, eps=1e-6):
        self.gain, self.bias, self.eps = gain, bias, eps

    def __call__(self, x):
        self.mean = x.mean(axis=-1, keepdims=True)
        self.rstd = 1 / np.sqrt(((x - self.mean) ** 2).mean(axis=-1, keepdims=True) + self.eps)
        self.norm = (x - self.mean) * self.rstd
        return self.norm * self.gain + self.bias

    def backward(self, dout):
        axes = tuple(range(dout.ndim - 1))
        self.dbias = dout.sum(axis=axes)
        self.dgain = (dout * self.norm).sum(axis=axes)  #~ self.dgain = dout.sum(axis=axes)
        dnorm = dout * self.gain  #~ dnorm = dout
        dx = dnorm - dnorm.mean(axis=-1, keepdims=True)  #~ dx = dnorm - dnorm.mean(axis=0, keepdims=True) #~ dx = dnorm - dnorm.sum(axis=-1, keepdims=True)
        dx -= self.norm * (dnorm * self.norm).mean(axis=-1, keepdims=True)  #~ #~ dx -= self.norm * (dout * self.norm).mean(axis=-1, keepdims=True)
        dx *= self.rstd  #~ #~ dx /= self.rstd
        return dx


# group norm on images

def groupnorm(x, gamma, beta, G, eps=1e-5):
    N, C, H, W = x.shape
    xg = x.reshape(N, G, C // G, H, W)
    mean = xg.mean(axis=(2, 3, 4), keepdims=True)
    var = xg.var(axis=(2, 3, 4), keepdims=True)
    xhat = ((xg - mean) / np.sqrt(var + eps)).reshape(N, C, H, W)
    return xhat * gamma[None, :, None, None] + beta[None, :, None, None], (xg, mean, var, xhat, gamma, G, eps)


def groupnorm_backward(dout, cache):
    xg, mean, var, xhat, gamma, G, eps = cache
    N, C, H, W = dout.shape
    m = (C // G) * H * W  #~ m = C * H * W #~ m = C // G
    dgamma = np.einsum("nchw,nchw->c", dout, xhat)
    dbeta = dout.sum(axis=(0, 2, 3))
    dxhat = (dout * gamma[None, :, None, None]).reshape(xg.shape)
    inv = 1 / np.sqrt(var + eps)
    dvar = np.sum(dxhat * (xg - mean) * -0.5 * inv ** 3, axis=(2, 3, 4), keepdims=True)  #~ dvar = np.sum(dxhat * (xg - mean) * -0.5 * inv ** 2, axis=(2, 3, 4), keepdims=True) #~ dvar = np.sum(dxhat * (xg - mean) * 0.5 * inv ** 3, axis=(2, 3, 4), keepdims=True)
    dmean = -np.sum(dxhat * inv, axis=(2, 3, 4), keepdims=True)
    dx = dxhat * inv + dvar * 2 * (xg - mean) / m + dmean / m  #~ dx = dxhat * inv + dvar * (xg - mean) / m + dmean / m #~ dx = dxhat * inv + dvar * 2 * (xg - mean) / m + dmean
    return dx.reshape(N, C, H, W), dgamma, dbeta


# instance norm, one channel at a time

def instance_norm(x, eps=1e-3):
    out = np.empty_like(x)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            plane = x[n, c]
            out[n, c] = (plane - plane.mean()) / np.sqrt(plane.var() + eps)
    return out


def instance_norm_vjp(g, x, eps=1e-3):
    dx = np.zeros_like(x)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            plane = x[n, c]
            s = np.sqrt(plane.var() + eps)
            hat = (plane - plane.mean()) / s
            dhat = g[n, c]  #~ dhat = g[n, 0]
            dx[n, c] = (dhat - dhat.mean() - hat * (dhat * hat).mean()) / s  #~ dx[n, c] = (dhat - dhat.mean() - hat * (dhat * hat).sum()) / s #~ dx[n, c] = (dhat - hat * (dhat * hat).mean()) / s
    return dx


# RMS norm

def rms_norm(x, g):
    r = np.sqrt(np.mean(x ** 2, axis=-1, keepdims=True) + 1e-8)
    return x / r * g


def rms_norm_back(dy, x, g):
    D = x.shape[-1]
    r = np.sqrt(np.mean(x ** 2, axis=-1, keepdims=True) + 1e-8)
    dg = (dy * x / r).sum(0)
    dyg = dy * g
    dot = np.sum(dyg * x, axis=-1, keepdims=True)  #~ dot = np.sum(dy * x, axis=-1, keepdims=True)
    dx = dyg / r - x * dot / (D * r ** 3)  #~ dx = dyg / r - x * dot / r ** 3 #~ dx = dyg / r - x * dot / (D * r ** 2)
    return dx, dg  #~ return dyg / r, dg


# weight norm: w = g * v / |v| per row

def weight_norm(v, g):
    return g[:, None] * v / np.linalg.norm(v, axis=1)[:, None]


def weight_norm_vjp(dw, v, g):
    n = np.linalg.norm(v, axis=1)
    dg = np.sum(dw * v, axis=1) / n  #~ dg = np.sum(dw * v, axis=1)
    dv = np.zeros_like(v)
    for i in range(len(g)):
        dv[i] = g[i] / n[i] * dw[i] - g[i] * dg[i] / n[i] ** 2 * v[i]  #~ dv[i] = g[i] / n[i] * dw[i] #~ dv[i] = g[i] / n[i] * dw[i] - dg[i] / n[i] ** 2 * v[i] #~ dv[i] = g[i] / n[i] * dw[i] + g[i] * dg[i] / n[i] ** 2 * v[i]
    return dv, dg


# normalising to unit length, as a Jacobian

def unit(v):
    return v / np.sqrt(v.dot(v))


def unit_jacobian(v):
    n = np.sqrt(v.dot(v))
    J = np.eye(len(v)) / n  #~ J = np.eye(len(v))
    J -= np.outer(v, v) / n ** 3  #~ J -= np.outer(v, v) / n ** 2 #~ J += np.outer(v, v) / n ** 3
    return J


# local response normalisation across channels

def lrn(x, k=2.0, alpha=0.3, beta=0.75, n=3):
    scale = np.full(x.shape, k)
    for c in range(x.shape[1]):
        lo, hi = max(0, c - n // 2), min(x.shape[1], c + n // 2 + 1)
        scale[:, c] += alpha / n * (x[:, lo:hi] ** 2).sum(1)
    return x * scale ** -beta, scale


def lrn_backward(dout, x, scale, alpha=0.3, beta=0.75, n=3):
    dx = dout * scale ** -beta
    tmp = dout * x * scale ** (-beta - 1)  #~ tmp = dout * x * scale ** -beta
    for c in range(x.shape[1]):
        lo, hi = max(0, c - n // 2), min(x.shape[1], c + n // 2 + 1)  #~ lo, hi = max(0, c - n // 2), min(x.shape[1], c + n // 2)
        dx[:, c] -= 2 * alpha * beta / n * x[:, c] * tmp[:, lo:hi].sum(1)  #~ dx[:, c] -= alpha * beta / n * x[:, c] * tmp[:, lo:hi].sum(1) #~ dx[:, c] -= 2 * alpha * beta / n * x[:, c] * tmp[:, c]
    return dx


def cases(r):
    x, gamma, beta = r.normal(size=(5, 3)), r.normal(size=3), r.normal(size=3)

    def vjp(g, x, gamma, beta):
        _, cache = batchnorm_forward(x, gamma, beta, 1e-3)
        return batchnorm_backward(g, cache)

    yield "batch norm by nodes", dict(
        f=lambda x, gamma, beta: batchnorm_forward(x, gamma, beta, 1e-3)[0], inputs=[x, gamma, beta], vjp=vjp)
    yield "batch norm on one line", dict(f=batchnorm_alt, inputs=[x, gamma, beta], vjp=batchnorm_alt_vjp)
    x3 = r.normal(size=(2, 3, 4))

    def layer_norm_vjp(g, x, gain, bias):
        layer = LayerNorm(gain, bias)
        layer(x)
        dx = layer.backward(g)
        return dx, layer.dgain, layer.dbias

    yield "layer norm", dict(
        f=lambda x, gain, bias: LayerNorm(gain, bias)(x), inputs=[x3, r.normal(size=4), r.normal(size=4)],
        vjp=layer_norm_vjp)
    x4 = r.normal(size=(2, 4, 2, 3))
    yield "group norm", dict(
        f=lambda x, g, b: groupnorm(x, g, b, 2)[0], inputs=[x4, r.normal(size=4), r.normal(size=4)],
        vjp=lambda dy, x, g, b: groupnorm_backward(dy, groupnorm(x, g, b, 2)[1]))
    yield "instance norm", dict(f=instance_norm, inputs=[x4[:, :3]], vjp=instance_norm_vjp)
    yield "rms norm", dict(f=rms_norm, inputs=[x, gamma], vjp=rms_norm_back)
    yield "weight norm", dict(f=weight_norm, inputs=[x, r.normal(size=5)], vjp=weight_norm_vjp)
    yield "unit vector", dict(f=unit, inputs=[r.normal(size=4)], gradient=unit_jacobian)
    target = r.normal(size=(2, 5, 2))

    def lrn_loss(x):
        return 0.5 * np.sum((lrn(x)[0] - target) ** 2)

    def lrn_gradient(x):
        y, scale = lrn(x)
        return lrn_backward(y - target, x, scale)

    yield "local response normalisation", dict(
        f=lrn_loss, inputs=[r.normal(size=(2, 5, 2))], gradient=lrn_gradient)
