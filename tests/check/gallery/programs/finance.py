import numpy as np
from scipy.special import ndtr


def phi(x):
    return np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


# Black-Scholes call; the gradient holds the greeks

def call_price(S, sigma, r, T, K):
    d1 = (np.log(S / K) + (r + 0.5 * sigma ** 2) * T) / (sigma * np.sqrt(T))
    d2 = d1 - sigma * np.sqrt(T)
    return S * ndtr(d1) - K * np.exp(-r * T) * ndtr(d2)


def greeks(S, sigma, r, T, K):
    sq = np.sqrt(T)
    d1 = (np.log(S / K) + (r + 0.5 * sigma ** 2) * T) / (sigma * sq)
    d2 = d1 - sigma * sq
    disc = K * np.exp(-r * T)
    delta = ndtr(d1)  #~ delta = ndtr(d2)
    vega = S * phi(d1) * sq  #~ vega = S * phi(d1) #~ vega = S * phi(d2) * sq
    rho = T * disc * ndtr(d2)  #~ rho = disc * ndtr(d2) #~ rho = -T * disc * ndtr(d2)
    theta = S * phi(d1) * sigma / (2 * sq) + r * disc * ndtr(d2)  #~ theta = S * phi(d1) * sigma / (2 * sq) - r * disc * ndtr(d2) #~ theta = S * phi(d1) * sigma / sq + r * disc * ndtr(d2) #~ theta = -S * phi(d1) * sigma / (2 * sq) - r * disc * ndtr(d2)
    return delta, vega, rho, theta


# a book of options: Jacobian of the prices by spot and volatility

def put_prices(x, strikes, T):
    S, sigma = x
    d1 = (np.log(S / strikes) + 0.5 * sigma ** 2 * T) / (sigma * np.sqrt(T))
    return strikes * ndtr(sigma * np.sqrt(T) - d1) - S * ndtr(-d1)


def put_jacobian(x, strikes, T):
    S, sigma = x
    J = np.empty((len(strikes), 2))
    for k, K in enumerate(strikes):
        d1 = (np.log(S / K) + 0.5 * sigma ** 2 * T) / (sigma * np.sqrt(T))
        J[k, 0] = -ndtr(-d1)  #~ J[k, 0] = ndtr(-d1) #~ J[k, 0] = -ndtr(d1) #~ J[k, 0] = ndtr(d1)
        J[k, 1] = S * phi(d1) * np.sqrt(T)  #~ J[k, 1] = K * phi(d1) * np.sqrt(T) #~ J[k, 1] = S * phi(d1) * T #~ J[k, 0] = S * phi(d1) * np.sqrt(T)
    return J


# mean-variance portfolio with a turnover penalty, weights by softmax

class Portfolio:
    def __init__(self, mu, Sigma, held, risk=3.0, cost=0.1):
        self.mu, self.Sigma, self.held, self.risk, self.cost = mu, Sigma, held, risk, cost

    def weights(self, theta):
        e = np.exp(theta - theta.max())
        return e / e.sum()

    def objective(self, theta):
        w = self.weights(theta)
        trade = w - self.held
        return w @ self.mu - 0.5 * self.risk * w @ self.Sigma @ w - self.cost * np.sqrt(trade ** 2 + 1e-2).sum()

    def gradient(self, theta):
        w = self.weights(theta)
        trade = w - self.held  #~ trade = self.held - w
        dw = self.mu.copy()
        dw -= self.risk * self.Sigma @ w  #~ dw -= 0.5 * self.risk * self.Sigma @ w #~ dw += self.risk * self.Sigma @ w #~ dw -= self.risk * np.diag(self.Sigma) * w
        dw -= self.cost * trade / np.sqrt(trade ** 2 + 1e-2)  #~ #~ dw -= self.cost * np.sign(trade) #~ dw -= self.cost * trade * np.sqrt(trade ** 2 + 1e-2)
        return w * (dw - w @ dw)  #~ return w * dw #~ return w * (1 - w) * dw


# pathwise derivatives of an Asian option by simulation

def asian(S0, sigma, Z, K, r=0.03, T=1.0):
    n = Z.shape[1]
    dt = T / n
    W = np.cumsum(Z, axis=1) * np.sqrt(dt)
    t = dt * np.arange(1, n + 1)
    S = S0 * np.exp((r - 0.5 * sigma ** 2) * t + sigma * W)
    return np.exp(-r * T) * np.mean(np.maximum(S.mean(axis=1) - K, 0))


def asian_gradient(S0, sigma, Z, K, r=0.03, T=1.0):
    n = Z.shape[1]
    dt = T / n
    W = np.cumsum(Z, axis=1) * np.sqrt(dt)
    t = dt * np.arange(1, n + 1)
    S = S0 * np.exp((r - 0.5 * sigma ** 2) * t + sigma * W)
    A = S.mean(axis=1)
    hit = A > K  #~ hit = A < K #~ hit = S[:, -1] > K
    delta = np.where(hit, A / S0, 0).mean()  #~ delta = np.where(hit, A / K, 0).mean() #~ delta = np.where(hit, A / S0, 0).sum()
    dA = (S * (W - sigma * t)).mean(axis=1)  #~ dA = (S * (W - sigma)).mean(axis=1) #~ dA = (S * (W + sigma * t)).mean(axis=1) #~ dA = (S * W).mean(axis=1)
    vega = (hit * dA).mean()
    return np.exp(-r * T) * delta, np.exp(-r * T) * vega  #~ return np.exp(-r * T) * delta, vega #~ return np.exp(r * T) * delta, np.exp(r * T) * vega


# binomial tree, adjoint sweep from the root to the leaves

def tree_price(S, p, K, disc, u=1.1, n=4):
    v = np.array([max(S * u ** (2 * j - n) - K, 0.0) for j in range(n + 1)])
    for _ in range(n):
        v = disc * (p * v[1:] + (1 - p) * v[:-1])
    return v[0]


def tree_gradient(S, p, K, disc, u=1.1, n=4):
    levels = [np.array([max(S * u ** (2 * j - n) - K, 0.0) for j in range(n + 1)])]
    for _ in range(n):
        v = levels[-1]
        levels.append(disc * (p * v[1:] + (1 - p) * v[:-1]))
    bar = np.array([1.0])
    dp = 0.0
    for v in reversed(levels[:-1]):
        dp += disc * np.sum(bar * (v[1:] - v[:-1]))  #~ dp += np.sum(bar * (v[1:] - v[:-1])) #~ dp += disc * np.sum(bar * (v[1:] + v[:-1])) #~ dp = disc * np.sum(bar * (v[1:] - v[:-1]))
        new = np.zeros(len(v))
        new[1:] += disc * p * bar  #~ new[:-1] += disc * p * bar
        new[:-1] += disc * (1 - p) * bar  #~ new[:-1] = disc * (1 - p) * bar #~ new[:-1] += disc * p * bar
        bar = new
    dS = 0.0
    for j in range(n + 1):
        if levels[0][j] > 0:
            dS += bar[j] * u ** (2 * j - n)  #~ dS += bar[j] * u ** j #~ dS += u ** (2 * j - n) #~ dS += bar[j]
    return dS, dp


# GARCH(1,1) likelihood with derivatives carried forward

def garch_nll(theta, e):
    omega, alpha, beta = theta
    h = np.var(e)
    total = 0.0
    for t in range(len(e)):
        total += np.log(h) + e[t] ** 2 / h
        h = omega + alpha * e[t] ** 2 + beta * h
    return 0.5 * total


def garch_score(theta, e):
    omega, alpha, beta = theta
    h = np.var(e)
    dh = np.zeros(3)
    score = np.zeros(3)
    for t in range(len(e)):
        score += 0.5 * (1 / h - e[t] ** 2 / h ** 2) * dh  #~ score += 0.5 * (1 / h - e[t] ** 2 / h) * dh #~ score += (1 / h - e[t] ** 2 / h ** 2) * dh #~ score += 0.5 * (1 / h + e[t] ** 2 / h ** 2) * dh
        dh = np.array([1.0, e[t] ** 2, h]) + beta * dh  #~ dh = np.array([1.0, e[t] ** 2, h]) #~ dh = np.array([1.0, e[t] ** 2, h]) + alpha * dh #~ dh = np.array([1.0, e[t - 1] ** 2, h]) + beta * dh
        h = omega + alpha * e[t] ** 2 + beta * h
    return score


# bonds: prices of a curve of zero rates, vjp by bootstrapped nodes with interpolation

def bond_prices(rates, coupons, times, nodes):
    z = np.interp(times, nodes, rates)
    return coupons @ np.exp(-z * times)


def bond_prices_vjp(g, rates, coupons, times, nodes):
    z = np.interp(times, nodes, rates)
    dz = -(coupons.T @ g) * times * np.exp(-z * times)  #~ dz = (coupons.T @ g) * times * np.exp(-z * times) #~ dz = -(coupons.T @ g) * np.exp(-z * times) #~ dz = -(coupons.T @ g) * times * np.exp(-z)
    out = np.zeros(len(rates))
    for k, t in enumerate(times):
        i = min(max(np.searchsorted(nodes, t) - 1, 0), len(nodes) - 2)
        w = (t - nodes[i]) / (nodes[i + 1] - nodes[i])
        out[i] += (1 - w) * dz[k]  #~ out[i] += w * dz[k] #~ out[i] = (1 - w) * dz[k]
        out[i + 1] += w * dz[k]  #~ #~ out[i + 1] += dz[k]
    return out


# yield to maturity by Newton, differentiated implicitly

def irr(flows, iterations=40):
    y = 0.05
    k = np.arange(len(flows))
    for _ in range(iterations):
        v = (1 + y) ** -k
        y = y + (flows @ v) / (flows @ (k * v) / (1 + y))
    return y


def irr_gradient(flows):
    y = irr(flows)
    k = np.arange(len(flows))
    v = (1 + y) ** -k
    by_y = -flows @ (k * v) / (1 + y)  #~ by_y = -flows @ (k * v) #~ by_y = flows @ (k * v) / (1 + y)
    return -v / by_y  #~ return v / by_y #~ return -v * k / by_y #~ return -1 / (v * by_y)


def cases(r):
    S, sigma = 100 + 5 * r.normal(), 0.2 + 0.1 * r.random()
    yield "Black-Scholes greeks", dict(
        f=lambda S, s, rate, T: call_price(S, s, rate, T, 95.0), inputs=[S, sigma, 0.03, 1.5],
        gradient=lambda S, s, rate, T: greeks(S, s, rate, T, 95.0))
    strikes = np.array([0.8, 1.0, 1.1])
    yield "book of puts", dict(
        f=lambda x: put_prices(x, strikes, 2.0), inputs=[np.array([S / 100, sigma])],
        gradient=lambda x: put_jacobian(x, strikes, 2.0))
    A = r.normal(size=(4, 4))
    book = Portfolio(r.normal(size=4), A @ A.T, np.full(4, 0.25))
    yield "portfolio", dict(f=book.objective, inputs=[r.normal(size=4)], gradient=book.gradient)
    Z = r.normal(size=(12, 4))
    yield "Asian option", dict(
        f=lambda S, s: asian(S, s, Z, 1.0), inputs=[S / 100, sigma], gradient=lambda S, s: asian_gradient(S, s, Z, 1.0))
    yield "binomial tree", dict(
        f=lambda S, p: tree_price(S, p, 1.0, 0.97), inputs=[S / 100 + 0.013, 0.5 + 0.1 * r.random()],
        gradient=lambda S, p: tree_gradient(S, p, 1.0, 0.97))
    e = r.normal(size=8)
    yield "GARCH", dict(
        f=lambda th: garch_nll(th, e), inputs=[np.array([0.2, 0.15, 0.6]) + 0.05 * r.random(3)],
        gradient=lambda th: garch_score(th, e))
    times, nodes = np.array([0.5, 1.2, 2.5, 3.0, 4.4]), np.array([0.0, 1.0, 2.0, 3.5, 5.0])
    coupons = r.random((3, 5))
    yield "bond prices", dict(
        f=lambda z: bond_prices(z, coupons, times, nodes), inputs=[0.1 + 0.1 * r.random(5)],
        vjp=lambda g, z: bond_prices_vjp(g, z, coupons, times, nodes))
    yield "internal rate of return", dict(
        f=irr, inputs=[np.array([-3.0, 1, 1, 1, 1]) + 0.2 * r.random(5)], gradient=irr_gradient)
