"""Log-likelihoods and their scores, as a statistician writes them."""

import math

import numpy as np
from scipy import special, stats

gen = np.random.default_rng(1812)
age = gen.uniform(20, 70, 12)
dose = gen.uniform(0, 3, 12)
counts = gen.poisson(3.0, 12).astype(float)
died = gen.random(12) < 0.6
survival = gen.exponential(2.0, 12)
Z = np.column_stack([np.ones(12), (age - 45) / 10, dose])
sample = gen.normal(0.4, 1.3, 15)


def poisson_nll(beta):
    eta = Z @ beta
    return np.sum(np.exp(eta) - counts * eta + special.gammaln(counts + 1))


def poisson_score(beta):
    fitted = np.exp(Z @ beta)  #~ fitted = Z @ beta
    return Z.T @ (fitted - counts)


# -- probit regression


def probit_nll(beta):
    q = 2 * died - 1
    return -np.sum(special.log_ndtr(q * (Z @ beta)))


def probit_score(beta):
    q = 2 * died - 1
    index = q * (Z @ beta)
    mills = np.exp(stats.norm.logpdf(index) - special.log_ndtr(index))
    return -(q * mills) @ Z  #~ return -mills @ Z


# -- negative binomial with dispersion on the log scale


def negbin_nll(beta, logr):
    r = np.exp(logr)
    mu = np.exp(Z @ beta)
    ll = special.gammaln(counts + r) - special.gammaln(r)
    ll += r * np.log(r / (r + mu)) + counts * np.log(mu / (r + mu))
    return -ll.sum()


def negbin_grad(beta, logr):
    r = np.exp(logr)
    mu = np.exp(Z @ beta)
    dmu = counts / mu - (counts + r) / (r + mu)
    dr = special.digamma(counts + r) - special.digamma(r)
    dr += np.log(r / (r + mu)) + 1 - (r + counts) / (r + mu)  #~ dr += np.log(r / (r + mu)) + 1 - r / (r + mu)
    return -Z.T @ (dmu * mu), -np.sum(dr) * r  #~ return -Z.T @ (dmu * mu), -np.sum(dr)


# -- the Cox partial likelihood


def cox_nll(beta):
    risk = Z[:, 1:] @ beta
    total = 0.0
    for i in range(len(survival)):
        if died[i]:
            at_risk = survival >= survival[i]
            total -= risk[i] - np.log(np.exp(risk[at_risk]).sum())
    return total


def cox_grad(beta):
    X = Z[:, 1:]
    risk = X @ beta
    grad = np.zeros_like(beta)
    for i in range(len(survival)):
        if died[i]:
            at_risk = survival >= survival[i]
            weights = np.exp(risk[at_risk])
            grad -= X[i] - weights @ X[at_risk] / weights.sum()  #~ grad -= X[i] - weights @ X[at_risk] / len(weights)
    return grad


# -- a mixture of two normal distributions


def mixture_nll(theta):
    w = 1 / (1 + math.exp(-theta[0]))
    dens = 0.0
    for p, m, s in ((w, theta[1], math.exp(theta[3])), (1 - w, theta[2], math.exp(theta[4]))):
        dens = dens + p * np.exp(-0.5 * ((sample - m) / s) ** 2) / (s * math.sqrt(2 * math.pi))
    return -np.log(dens).sum()


def mixture_grad(theta):
    w = 1 / (1 + math.exp(-theta[0]))
    m1, m2 = theta[1], theta[2]
    s1, s2 = math.exp(theta[3]), math.exp(theta[4])
    z1, z2 = (sample - m1) / s1, (sample - m2) / s2
    p1 = w * stats.norm.pdf(z1) / s1
    p2 = (1 - w) * stats.norm.pdf(z2) / s2
    resp = p1 / (p1 + p2)
    g = np.empty(5)
    g[0] = -np.sum(resp - w)
    g[1] = -np.sum(resp * z1 / s1)  #~ g[1] = -np.sum(resp * z1)
    g[2] = -np.sum((1 - resp) * z2 / s2)
    g[3] = -np.sum(resp * (z1**2 - 1))
    g[4] = -np.sum((1 - resp) * (z2**2 - 1))  #~ g[4] = -np.sum(resp * (z2**2 - 1))
    return g


# -- a Gaussian process: the marginal likelihood in its logarithmic hyperparameters

grid = np.linspace(0.0, 4.0, 8)
observed = np.sin(1.7 * grid) + 0.1 * gen.normal(size=8)


def gp_nlml(loghyp):
    ell, sf, sn = np.exp(loghyp)
    D2 = (grid[:, None] - grid[None, :]) ** 2
    K = sf**2 * np.exp(-0.5 * D2 / ell**2) + sn**2 * np.eye(len(grid))
    L = np.linalg.cholesky(K)
    alpha = np.linalg.solve(L.T, np.linalg.solve(L, observed))
    return 0.5 * observed @ alpha + np.log(np.diag(L)).sum() + 0.5 * len(grid) * np.log(2 * np.pi)


def gp_nlml_grad(loghyp):
    ell, sf, sn = np.exp(loghyp)
    D2 = (grid[:, None] - grid[None, :]) ** 2
    R = sf**2 * np.exp(-0.5 * D2 / ell**2)
    Kinv = np.linalg.inv(R + sn**2 * np.eye(len(grid)))
    alpha = Kinv @ observed
    Q = Kinv - np.outer(alpha, alpha)
    dell = R * D2 / ell**2  #~ dell = R * D2 / ell**3
    dsf = 2 * R
    dsn = 2 * sn**2 * np.eye(len(grid))  #~ dsn = 2 * sn * np.eye(len(grid))
    return np.array([0.5 * np.sum(Q * dK) for dK in (dell, dsf, dsn)])


# -- a Hawkes process with an exponential kernel, by its recursion

events = np.cumsum(gen.exponential(0.7, 10))
horizon = events[-1] + 0.5


def hawkes_nll(params):
    mu, alpha, beta = params
    A, ll = 0.0, math.log(mu)
    for i in range(1, len(events)):
        A = math.exp(-beta * (events[i] - events[i - 1])) * (1 + A)
        ll += math.log(mu + alpha * A)
    compensator = mu * horizon + alpha / beta * np.sum(1 - np.exp(-beta * (horizon - events)))
    return compensator - ll


def hawkes_grad(params):
    mu, alpha, beta = params
    A, dA = 0.0, 0.0
    g_mu, g_alpha, g_beta = -1 / mu, 0.0, 0.0
    for i in range(1, len(events)):
        gap = events[i] - events[i - 1]
        decay = math.exp(-beta * gap)
        dA = decay * dA - gap * decay * (1 + A)  #~ dA = -gap * decay * (1 + A)
        A = decay * (1 + A)
        rate = mu + alpha * A
        g_mu -= 1 / rate
        g_alpha -= A / rate
        g_beta -= alpha * dA / rate
    left = horizon - events
    g_mu += horizon  #~ g_mu += events[-1]
    g_alpha += np.sum(1 - np.exp(-beta * left)) / beta
    g_beta += alpha * np.sum(
        left * np.exp(-beta * left) / beta - (1 - np.exp(-beta * left)) / beta**2
    )
    return np.array([g_mu, g_alpha, g_beta])


def cases(r):
    yield "poisson score", dict(f=poisson_nll, inputs=[r.normal(size=(3,))], gradient=poisson_score)
    yield "probit score", dict(f=probit_nll, inputs=[r.normal(size=(3,))], gradient=probit_score)
    yield "negbin grad", dict(f=negbin_nll, inputs=[r.normal(size=(3,)), r.normal()], gradient=negbin_grad)
    yield "cox grad", dict(f=cox_nll, inputs=[r.normal(size=(2,))], gradient=cox_grad)
    yield "mixture grad", dict(f=mixture_nll, inputs=[np.array([0.3, -0.5, 1.2, -0.2, 0.4]) * r.uniform(0.95, 1.05)], gradient=mixture_grad)
    yield "gp nlml grad", dict(f=gp_nlml, inputs=[np.array([0.1, -0.2, -1.5]) * r.uniform(0.95, 1.05)], gradient=gp_nlml_grad)
    yield "hawkes grad", dict(f=hawkes_nll, inputs=[r.uniform(0.3, 1.5, 3)], gradient=hawkes_grad)
