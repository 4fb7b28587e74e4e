"""Small functions as found in exercises, and ones with one case for each kind of bookkeeping."""
import math

import numpy as np


# Rosenbrock

def rosen(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0)


def rosen_der(x):
    xm = x[1:-1]
    xm_m1 = x[:-2]
    xm_p1 = x[2:]
    der = np.zeros_like(x)
    der[1:-1] = 200 * (xm - xm_m1 ** 2) - 400 * (xm_p1 - xm ** 2) * xm - 2 * (1 - xm)  #~ der[1:-1] = 200 * (xm - xm_m1 ** 2) - 400 * (xm_p1 - xm ** 2) * xm + 2 * (1 - xm) #~ der[1:-1] = 200 * (xm - xm_m1) - 400 * (xm_p1 - xm ** 2) * xm - 2 * (1 - xm)
    der[0] = -400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0])  #~ der[0] = -400 * x[0] * (x[1] - x[0] ** 2) - 2 * x[0]
    der[-1] = 200 * (x[-1] - x[-2] ** 2)  #~ der[-1] = 200 * (x[-1] - x[-2]) ** 2
    return der


# the CS231n circuit: f = (x + sigma(y)) / (sigma(x) + (x + y)^2)

def circuit(x, y):
    sigy = 1.0 / (1 + math.exp(-y))
    sigx = 1.0 / (1 + math.exp(-x))
    return (x + sigy) / (sigx + (x + y) ** 2)


def circuit_backward(x, y):
    sigy = 1.0 / (1 + math.exp(-y))
    num = x + sigy
    sigx = 1.0 / (1 + math.exp(-x))
    xpy = x + y
    xpysqr = xpy ** 2
    den = sigx + xpysqr
    invden = 1.0 / den
    dnum = invden
    dinvden = num
    dden = (-1.0 / (den ** 2)) * dinvden  #~ dden = (-1.0 / den) * dinvden
    dsigx = (1) * dden
    dxpysqr = (1) * dden
    dxpy = (2 * xpy) * dxpysqr  #~ dxpy = xpy * dxpysqr
    dx = (1) * dxpy
    dy = (1) * dxpy
    dx += ((1 - sigx) * sigx) * dsigx  #~ dx = ((1 - sigx) * sigx) * dsigx #~ dx += (1 - sigx) * dsigx
    dx += (1) * dnum
    dsigy = (1) * dnum
    dy += ((1 - sigy) * sigy) * dsigy  #~ dy += ((1 - sigy) * sigy) * dsigx
    return dx, dy


# Horner's scheme, derivative by the point and the coefficients

def polynomial(c, x):
    p = 0.0
    for a in c[::-1]:
        p = p * x + a
    return p


def polynomial_gradient(c, x):
    dc = np.array([x ** k for k in range(len(c))])
    dx = 0.0
    for k in range(len(c) - 1, 0, -1):
        dx = dx * x + k * c[k]  #~ dx = dx * x + c[k] #~ dx = dx * x + (k - 1) * c[k] #~ dx = dx + k * c[k]
    return dc, dx


# a scalar computation graph, written out as a class per gate

class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return dz * self.y, dz * self.x  #~ return dz * self.x, dz * self.y


class SigmoidGate:
    def forward(self, x):
        self.s = 1 / (1 + math.exp(-x))
        return self.s

    def backward(self, ds):
        return ds * self.s * (1 - self.s)  #~ return ds * self.s


class Neuron:
    def __init__(self):
        self.gates = [MultiplyGate() for _ in range(2)]
        self.out = SigmoidGate()

    def forward(self, w, x, bias):
        self.n = len(w)
        total = bias
        for k in range(self.n):
            total += self.gates[k].forward(w[k], x[k])
        return self.out.forward(total)

    def backward(self, dout=1.0):
        dtotal = self.out.backward(dout)
        dw, dx = np.zeros(self.n), np.zeros(self.n)
        for k in range(self.n):
            dw[k], dx[k] = self.gates[k].backward(dtotal)  #~ dw[k], dx[k] = self.gates[0].backward(dtotal) #~ dw[k], dx[k] = self.gates[k].backward(dout)
        return dw, dx, dtotal


# implicit function by Newton: x with x + a sin(x) = b (Kepler)

def kepler(a, b):
    x = b
    for _ in range(30):
        x = x - (x - a * np.sin(x) - b) / (1 - a * np.cos(x))
    return x


def kepler_gradient(a, b):
    x = kepler(a, b)
    den = 1 - a * np.cos(x)  #~ den = 1 + a * np.cos(x) #~ den = 1 - a * np.sin(x)
    return np.sin(x) / den, 1 / den  #~ return -np.sin(x) / den, 1 / den #~ return np.cos(x) / den, 1 / den


# geometric mean and its pieces, early return for zero weights

def geometric_mean(x, w):
    if not np.any(w):
        return 0.0
    return np.exp(np.sum(w * np.log(x)) / np.sum(w))


def geometric_mean_gradient(x, w):
    if not np.any(w):
        return np.zeros_like(x), np.zeros_like(w)
    W = np.sum(w)
    m = np.exp(np.sum(w * np.log(x)) / W)
    gx = m * w / (W * x)  #~ gx = w / (W * x) #~ gx = m * w / x #~ gx = m * w * x / W
    gw = m * (np.log(x) - np.log(m)) / W  #~ gw = m * np.log(x) / W #~ gw = m * (np.log(x) - m) / W #~ gw = m * (np.log(x) + np.log(m)) / W
    return gx, gw


# variance and skewness, column by column

def moments(X):
    d = X - X.mean(axis=0)
    var = (d ** 2).mean(axis=0)
    return np.stack([var, (d ** 3).mean(axis=0) / var ** 1.5])


def moments_vjp(g, X):
    n = len(X)
    d = X - X.mean(axis=0)
    v = (d ** 2).mean(axis=0)
    m3 = (d ** 3).mean(axis=0)
    dm3 = g[1] / v ** 1.5
    dv = g[0] - 1.5 * g[1] * m3 / v ** 2.5  #~ dv = g[0] #~ dv = g[0] + 1.5 * g[1] * m3 / v ** 2.5 #~ dv = g[0] - 1.5 * g[1] * m3 / v ** 1.5
    dd = dv * 2 * d / n + dm3 * 3 * d ** 2 / n  #~ dd = dv * 2 * d / n + dm3 * 2 * d ** 2 / n #~ dd = dv * d / n + dm3 * 3 * d ** 2 / n
    return dd - dd.mean(axis=0)  #~ return dd #~ return dd - dd.sum(axis=0) #~ return dd - dd.mean(axis=1, keepdims=True)


# log-sum-exp along an axis, with dims kept

def logsumexp(x):
    m = x.max(axis=1, keepdims=True)
    return np.log(np.exp(x - m).sum(axis=1, keepdims=True)) + m


def logsumexp_vjp(g, x):
    return g * np.exp(x - logsumexp(x))  #~ return g * np.exp(logsumexp(x) - x) #~ return g * np.exp(x) / np.exp(x).sum() #~ return g * np.exp(x - logsumexp(x)) * (1 - np.exp(x - logsumexp(x)))


# sorting, cumulative products, and slices

def ranked(x, w):
    order = np.argsort(x)
    return np.cumprod(1 + w * x[order])


def ranked_vjp(g, x, w):
    order = np.argsort(x)
    s = x[order]
    y = np.cumprod(1 + w * s)
    tail = np.cumsum((g * y)[::-1])[::-1]  #~ tail = np.cumsum(g * y) #~ tail = g * y
    ds = tail * w / (1 + w * s)  #~ ds = tail / (1 + w * s) #~ ds = tail * w
    dx = np.zeros_like(x)
    dx[order] = ds  #~ dx = ds[order] #~ dx = ds
    return dx, tail * s / (1 + w * s)  #~ return dx, tail * x / (1 + w * s)


# capsules: squashing of vectors

def squash(s):
    n2 = (s ** 2).sum(axis=-1, keepdims=True)
    return n2 / (1 + n2) * s / np.sqrt(n2)


def squash_vjp(g, s):
    n2 = (s ** 2).sum(axis=-1, keepdims=True)
    n = np.sqrt(n2)
    scale = n / (1 + n2)
    dscale = (1 - n2) / (1 + n2) ** 2  #~ dscale = (1 + n2) / (1 + n2) ** 2 #~ dscale = (1 - n) / (1 + n2) ** 2 #~ dscale = 1 / (1 + n2)
    proj = (g * s).sum(axis=-1, keepdims=True)  #~ proj = (g * s).sum(axis=0, keepdims=True) #~ proj = (g * s).sum()
    return scale * g + dscale * proj * s / n  #~ return scale * g + dscale * proj * s #~ return scale * g #~ return scale * g - dscale * proj * s / n


def cases(r):
    yield "Rosenbrock", dict(f=rosen, inputs=[r.normal(size=5)], gradient=rosen_der)
    yield "circuit", dict(f=circuit, inputs=[1 + r.random(), r.normal()], gradient=circuit_backward)
    yield "polynomial", dict(f=polynomial, inputs=[r.normal(size=5), r.normal()], gradient=polynomial_gradient)

    def neuron_gradient(w, x, bias):
        neuron = Neuron()
        neuron.forward(w, x, bias)
        return neuron.backward()

    yield "neuron of gates", dict(
        f=lambda w, x, bias: Neuron().forward(w, x, bias), inputs=[r.normal(size=2), r.normal(size=2), r.normal()],
        gradient=neuron_gradient)
    yield "Kepler's equation", dict(f=kepler, inputs=[0.3 + 0.3 * r.random(), 1 + r.random()], gradient=kepler_gradient)
    yield "geometric mean", dict(
        f=geometric_mean, inputs=[0.5 + r.random(4), 0.5 + r.random(4)], gradient=geometric_mean_gradient)
    yield "moments", dict(f=moments, inputs=[r.normal(size=(5, 2))], vjp=moments_vjp)
    yield "log-sum-exp", dict(f=logsumexp, inputs=[r.normal(size=(3, 4))], vjp=logsumexp_vjp)
    yield "cumulative product of sorted", dict(
        f=ranked, inputs=[r.random(5), r.random(5)], vjp=ranked_vjp)
    yield "capsules", dict(f=squash, inputs=[r.normal(size=(3, 2))], vjp=squash_vjp)
