"""Prices, risks and curves, with the sensitivities that a desk needs."""

from math import erf, exp, log, pi, sqrt

import numpy as np


def Phi(x):
    return 0.5 * (1 + erf(x / sqrt(2)))


def phi(x):
    return exp(-x * x / 2) / sqrt(2 * pi)


def BlackScholesCall(S, K, T, r, sigma):
    d1 = (log(S / K) + (r + sigma**2 / 2) * T) / (sigma * sqrt(T))
    d2 = d1 - sigma * sqrt(T)
    return S * Phi(d1) - K * exp(-r * T) * Phi(d2)


def Greeks(S, K, T, r, sigma):
    d1 = (log(S / K) + (r + sigma**2 / 2) * T) / (sigma * sqrt(T))
    d2 = d1 - sigma * sqrt(T)
    delta = Phi(d1)
    vega = S * phi(d1) * sqrt(T)  #~ vega = S * phi(d1) * T
    theta = S * phi(d1) * sigma / (2 * sqrt(T)) + r * K * exp(-r * T) * Phi(d2)
    rho = K * T * exp(-r * T) * Phi(d2)  #~ rho = K * T * exp(-r * T) * Phi(d1)
    return dict(S=delta, K=-exp(-r * T) * Phi(d2), T=theta, r=rho, sigma=vega)


# -- GARCH(1, 1)

RETURNS = np.array([0.4, -1.1, 0.3, 0.9, -0.2, 1.6, -0.7, 0.1])


def garch_nll(p):
    omega, alpha, beta = p
    h = RETURNS.var()
    nll = 0.0
    for t, r in enumerate(RETURNS):
        if t > 0:
            h = omega + alpha * RETURNS[t - 1] ** 2 + beta * h
        nll += 0.5 * (np.log(h) + r * r / h)
    return nll


def garch_grad(p):
    omega, alpha, beta = p
    h = RETURNS.var()
    dh = np.zeros(3)
    total = np.zeros(3)
    for t, r in enumerate(RETURNS):
        if t > 0:
            dh = np.array([1.0, RETURNS[t - 1] ** 2, h]) + beta * dh  #~ dh = np.array([1.0, RETURNS[t] ** 2, h]) + beta * dh
            h = omega + alpha * RETURNS[t - 1] ** 2 + beta * h
        total += 0.5 * (1 / h - r * r / h**2) * dh  #~ total += 0.5 * (1 / h - r * r / h) * dh
    return total


# -- the Sharpe ratio of a portfolio

MEAN = np.array([0.05, 0.08, 0.03, 0.11])
ROOT = np.array([[0.2, 0, 0, 0], [0.05, 0.25, 0, 0], [0.01, 0.02, 0.1, 0], [0.1, 0.06, -0.03, 0.3]])
COV = ROOT @ ROOT.T


def sharpe(w):
    return (w @ MEAN - 0.01) / np.sqrt(w @ COV @ w)


def sharpe_gradient(w):
    risk = np.sqrt(w @ COV @ w)
    excess = w @ MEAN - 0.01
    return MEAN / risk - excess * (COV @ w) / risk**3  #~ return MEAN / risk - excess * (COV @ w) / risk**2


# -- a Nelson-Siegel curve fitted to yields

MATURITY = np.array([0.5, 1.0, 2.0, 5.0, 10.0, 30.0])
YIELD = np.array([0.021, 0.023, 0.028, 0.033, 0.036, 0.038])


def curve(b0, b1, b2, tau):
    x = MATURITY / tau
    slope = (1 - np.exp(-x)) / x
    return b0 + b1 * slope + b2 * (slope - np.exp(-x))


def curve_error(b0, b1, b2, tau):
    return ((curve(b0, b1, b2, tau) - YIELD) ** 2).sum()


def curve_error_grad(b0, b1, b2, tau):
    x = MATURITY / tau
    e = np.exp(-x)
    slope = (1 - e) / x
    res = 2 * (b0 + b1 * slope + b2 * (slope - e) - YIELD)
    dslope = (e * x - (1 - e)) / x**2
    dx_dtau = -MATURITY / tau**2
    dtau = np.sum(res * (b1 * dslope + b2 * (dslope + e)) * dx_dtau)  #~ dtau = np.sum(res * (b1 * dslope + b2 * (dslope - e)) * dx_dtau)
    return res.sum(), res @ slope, res @ (slope - e), dtau


# -- a bond: price by its yield, and its cash flows

TIMES = np.arange(1, 6)


def bond_price(y, flows):
    return sum(c / (1 + y) ** t for c, t in zip(flows, TIMES, strict=True))


def bond_sensitivity(y, flows):
    dy = 0.0
    dflows = np.empty(len(flows))
    for i, t in enumerate(TIMES):
        discount = (1 + y) ** -float(t)
        dy -= t * flows[i] * discount / (1 + y)  #~ dy -= t * flows[i] * discount
        dflows[i] = discount
    return dy, dflows


# -- a binomial tree walked backwards

DEPTH = 4


def tree_value(spot, up, q):
    values = np.array([max(spot * up ** (2 * j - DEPTH) - 1.0, 0.0) for j in range(DEPTH + 1)])
    for _ in range(DEPTH):
        values = 0.99 * (q * values[1:] + (1 - q) * values[:-1])
    return values[0]


def tree_sensitivities(spot, up, q):
    power = 2 * np.arange(DEPTH + 1) - DEPTH
    layers = [np.maximum(spot * up ** power.astype(float) - 1.0, 0.0)]
    for _ in range(DEPTH):
        v = layers[-1]
        layers.append(0.99 * (q * v[1:] + (1 - q) * v[:-1]))
    bar, dq = np.ones(1), 0.0
    for v in reversed(layers[:-1]):
        dq += 0.99 * bar @ (v[1:] - v[:-1])
        wider = np.zeros(len(v))
        wider[1:] += 0.99 * q * bar  #~ wider[1:] += q * bar
        wider[:-1] += 0.99 * (1 - q) * bar
        bar = wider
    bar = bar * (layers[0] > 0)  #~ bar = bar * (layers[0] >= 0)
    dspot = bar @ up ** power.astype(float)
    dup = bar @ (spot * power * up ** (power - 1.0))
    return dspot, dup, dq


def cases(r):
    yield "Greeks", dict(f=BlackScholesCall, inputs=[102.0 * r.uniform(0.95, 1.05), 95.0 * r.uniform(0.95, 1.05), 0.75 * r.uniform(0.95, 1.05), 0.03 * r.uniform(0.95, 1.05), 0.24 * r.uniform(0.95, 1.05)], gradient=Greeks)
    yield "garch grad", dict(f=garch_nll, inputs=[np.array([0.2, 0.15, 0.6]) * r.uniform(0.95, 1.05)], gradient=garch_grad)
    yield "sharpe gradient", dict(f=sharpe, inputs=[r.uniform(0.3, 1.5, 4)], gradient=sharpe_gradient)
    yield "curve error grad", dict(f=curve_error, inputs=[0.03 * r.uniform(0.95, 1.05), -0.01 * r.uniform(0.95, 1.05), 0.02 * r.uniform(0.95, 1.05), 1.8 * r.uniform(0.95, 1.05)], gradient=curve_error_grad)
    yield "bond sensitivity", dict(f=bond_price, inputs=[0.04 * r.uniform(0.95, 1.05), np.array([5.0, 5.0, 5.0, 5.0, 105.0]) * r.uniform(0.95, 1.05)], gradient=bond_sensitivity)
    yield "tree sensitivities", dict(f=tree_value, inputs=[1.05 * r.uniform(0.95, 1.05), 1.12 * r.uniform(0.95, 1.05), 0.55 * r.uniform(0.95, 1.05)], gradient=tree_sensitivities)
