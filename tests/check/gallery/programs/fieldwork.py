"""Rays, doses, orbits, fish and rivers: models of measurements, fitted by gradients."""

import numpy as np

field = np.random.default_rng(1906)

# -- travel times of waves along straight rays, with a smooth slowness


class Tomography:
    """Travel times through cells; the model is the logarithm of the slowness."""

    def __init__(self, n_rays=7, n_cells=5, damping=0.3):
        self.G = field.uniform(0, 1, (n_rays, n_cells)) * (field.random((n_rays, n_cells)) < 0.6)
        self.observed = field.uniform(1, 3, n_rays)
        self.sigma = field.uniform(0.5, 1.5, n_rays)
        self.damping = damping

    def misfit(self, m):
        r = (self.G @ np.exp(m) - self.observed) / self.sigma
        rough = np.diff(m, n=2)
        return 0.5 * r @ r + self.damping * np.sum(rough**2)

    def gradient(self, m):
        s = np.exp(m)
        r = (self.G @ s - self.observed) / self.sigma
        g = s * np.einsum("rc,r->c", self.G, r / self.sigma)  #~ g = np.einsum("rc,r->c", self.G, r / self.sigma) #~ g = s * np.einsum("rc,r->c", self.G, r)
        rough = 2 * self.damping * np.diff(m, n=2)  #~ rough = self.damping * np.diff(m, n=2)
        g[:-2] += rough
        g[1:-1] -= 2 * rough  #~ g[1:-1] -= rough
        g[2:] += rough  #~ g[2:] -= rough
        return g


ground = Tomography()


# -- full waveform inversion in one dimension

CELLS, DT = 9, 0.4
wavelet = np.array([0.0, 0.4, 1.0, 0.4, -0.3, -0.5, -0.1, 0.0])
seismogram = field.normal(size=len(wavelet)) * 0.2


def propagate(c):
    old = now = np.zeros(CELLS)
    trace = []
    fields = [old, now]
    for source in wavelet:
        lap = np.zeros(CELLS)
        lap[1:-1] = now[2:] - 2 * now[1:-1] + now[:-2]
        new = 2 * now - old + DT**2 * c**2 * lap
        new[2] += source
        old, now = now, new
        fields.append(now)
        trace.append(now[6])
    return trace, fields


def waveform_misfit(c):
    trace, _ = propagate(c)
    return sum((a - b) ** 2 for a, b in zip(trace, seismogram)) / 2


def waveform_gradient(c):
    trace, fields = propagate(c)
    residual = np.array(trace) - seismogram
    after = later = np.zeros(CELLS)
    dc = np.zeros(CELLS)
    for k in range(len(wavelet) - 1, -1, -1):
        scaled = DT**2 * c**2 * later  #~ scaled = DT * c**2 * later #~ scaled = DT**2 * c * later
        lam = 2 * later - after
        lam[1:-1] -= 2 * scaled[1:-1]
        lam[2:] += scaled[1:-1]
        lam[:-2] += scaled[1:-1]  #~ lam[:-2] -= scaled[1:-1]
        lam[6] += residual[k]
        u = fields[k + 1]  #~ u = fields[k + 2]
        lap = np.zeros(CELLS)
        lap[1:-1] = u[2:] - 2 * u[1:-1] + u[:-2]
        dc += 2 * DT**2 * c * lam * lap  #~ dc = 2 * DT**2 * c * lam * lap #~ dc += 2 * DT**2 * c * later * lap
        after, later = later, lam  #~ later, after = later, lam
    return dc


# -- concentrations of a drug after several doses

DOSES = [(0.0, 100.0), (6.0, 50.0), (12.0, 50.0)]
SAMPLED = np.array([1.0, 3.0, 7.0, 11.0, 14.0, 20.0])
MEASURED = np.array([3.1, 3.9, 5.6, 4.8, 5.5, 3.0])


def concentration(ka, ke, V):
    c = np.zeros(len(SAMPLED))
    for start, dose in DOSES:
        t = SAMPLED - start
        on = t > 0
        c = c + on * dose * ka / (V * (ka - ke)) * (np.exp(-ke * t * on) - np.exp(-ka * t * on))
    return c


def dosing_loss(p):
    c = concentration(np.exp(p["ka"]), np.exp(p["ke"]), np.exp(p["V"]))
    return np.sum((np.log(c) - np.log(MEASURED)) ** 2)


def dosing_gradient(p):
    ka, ke, V = (np.exp(p[k]) for k in ("ka", "ke", "V"))
    c = concentration(ka, ke, V)
    dc = 2 * (np.log(c) - np.log(MEASURED)) / c
    g = dict.fromkeys(p, 0.0)
    for start, dose in DOSES:
        on = SAMPLED > start
        t = (SAMPLED - start)[on]
        front = dose * ka / (V * (ka - ke))
        slow, fast = np.exp(-ke * t), np.exp(-ka * t)
        seed = dc[on]
        dfront = seed @ (slow - fast)  #~ dfront = seed @ (slow + fast)
        g["V"] -= dfront * front  #~ g["V"] += dfront * front #~ g["V"] -= dfront * front / V
        g["ka"] += dfront * front * (1 - ka / (ka - ke)) + front * (seed * t * fast).sum() * ka  #~ g["ka"] += dfront * front * (1 - ka / (ka - ke)) + front * (seed * t * fast).sum() #~ g["ka"] += dfront * front + front * (seed * t * fast).sum() * ka
        g["ke"] += ke * (dfront * front / (ka - ke) - front * (seed * t * slow).sum())  #~ g["ke"] += ke * (dfront / (ka - ke) - front * (seed * t * slow).sum())
    return g


# -- the velocity of a star with a planet: Kepler's equation by Newton's method

EPOCHS = np.linspace(0.0, 5.0, 6)
SPEEDS = np.array([0.4, -0.2, 0.1, 0.9, -0.5, -0.3])


def anomaly(M, e):
    E = M
    for _ in range(12):
        E = E - (E - e * np.sin(E) - M) / (1 - e * np.cos(E))
    return E


def radial_velocity_loss(K, n, e):
    E = anomaly(n * EPOCHS, e)
    v = K * np.sqrt(1 - e**2) * np.cos(E) / (1 - e * np.cos(E))
    return 0.5 * np.mean((v - SPEEDS) ** 2)


def radial_velocity_grad(K, n, e):
    E = anomaly(n * EPOCHS, e)
    cosE, sinE = np.cos(E), np.sin(E)
    q = np.sqrt(1 - e * e)
    denom = 1 - e * cosE
    v = K * q * cosE / denom
    vbar = (v - SPEEDS) / EPOCHS.size  #~ vbar = v - SPEEDS
    dK = np.dot(vbar, v) / K
    dv_dE = -K * q * sinE / denom**2  #~ dv_dE = -K * q * sinE / denom
    Ebar = vbar * dv_dE
    dn = np.sum(Ebar * EPOCHS / denom)  #~ dn = np.sum(Ebar * EPOCHS)
    direct = v * cosE / denom - e * v / q**2  #~ direct = v * cosE / denom
    de = np.sum(vbar * direct + Ebar * sinE / denom)  #~ de = np.sum(vbar * direct + Ebar * cosE / denom)
    return dK, dn, de


# -- a stock of fish with catches, differentiated forward

CATCH = np.array([0.2, 0.3, 0.25, 0.1, 0.15])
INDEX = np.array([0.9, 0.8, 0.75, 0.8, 0.95])


def stock_nll(theta):
    r, k, q = theta[0], theta[1], theta[2]
    B, nll = k, 0.0
    for catch, index in zip(CATCH, INDEX):
        nll = nll + 0.5 * (np.log(index) - np.log(q * B)) ** 2
        B = B + r * B * (1 - B / k) - catch
    return nll


def stock_score(theta):
    r, k, q = theta
    B = k
    dB = np.array([0.0, 1.0, 0.0])
    score = np.zeros(3)
    for catch, index in zip(CATCH, INDEX):
        resid = np.log(index) - np.log(q * B)
        score -= resid * dB / B
        score[2] -= resid / q  #~ score[2] -= resid
        growth = 1 + r * (1 - 2 * B / k)  #~ growth = 1 + r * (1 - B / k)
        dB = growth * dB
        dB[0] += B * (1 - B / k)
        dB[1] += r * (B / k) ** 2  #~ dB[1] -= r * (B / k) ** 2 #~ dB[1] += r * B / k**2
        B = B + r * B * (1 - B / k) - catch
    return score


# -- rain through a cascade of reservoirs to a gauge

RAIN = np.array([0.0, 5.0, 2.0, 0.0, 0.0, 7.0, 1.0, 0.0])
GAUGE = np.array([0.1, 0.4, 1.0, 1.2, 1.0, 1.3, 1.7, 1.6])


def discharge(k, loss):
    S = [np.zeros(3)]
    out = []
    for rain in RAIN:
        flow = k * S[-1]
        inflow = np.stack([np.maximum(rain - loss, 0.0), flow[0], flow[1]])
        S.append(S[-1] + inflow - flow)
        out.append(flow[2])
    return np.stack(out), S


def river_objective(k, loss):
    q, _ = discharge(k, loss)
    return np.mean((np.sqrt(q + 0.1) - np.sqrt(GAUGE + 0.1)) ** 2)


def river_gradient(k, loss):
    q, S = discharge(k, loss)
    root = np.sqrt(q + 0.1)
    qbar = (root - np.sqrt(GAUGE + 0.1)) / root / len(q)  #~ qbar = 2 * (root - np.sqrt(GAUGE + 0.1)) / root / len(q)
    kbar, lossbar = np.zeros(3), 0.0
    Sbar = np.zeros(3)
    t = len(RAIN)
    while t > 0:
        t -= 1
        inbar = Sbar
        fbar = -Sbar  #~ fbar = Sbar.copy()
        fbar[:2] += inbar[1:]  #~ fbar[1:] += inbar[:2] #~ fbar[:2] = inbar[1:]
        fbar[2] += qbar[t]
        if RAIN[t] > loss:
            lossbar -= inbar[0]  #~ lossbar += inbar[0]
        kbar += fbar * S[t]  #~ kbar += fbar * S[t + 1]
        Sbar = Sbar + k * fbar  #~ Sbar = k * fbar
    return kbar, lossbar


def cases(r):
    yield "tomography", dict(f=ground.misfit, inputs=[r.normal(size=5) * 0.4], gradient=ground.gradient)
    yield "waveform inversion", dict(f=waveform_misfit, inputs=[r.uniform(0.6, 1.4, CELLS)], gradient=waveform_gradient)
    yield "doses of a drug", dict(f=dosing_loss, inputs=[{"ka": 0.3 * r.uniform(0.8, 1.2), "ke": -1.5 * r.uniform(0.9, 1.1), "V": 2.5 * r.uniform(0.9, 1.1)}], gradient=dosing_gradient)
    yield "radial velocity", dict(f=radial_velocity_loss, inputs=[r.uniform(0.5, 1.0), r.uniform(0.8, 1.2), r.uniform(0.2, 0.4)], gradient=radial_velocity_grad)
    yield "stock of fish", dict(f=stock_nll, inputs=[np.array([0.5, 1.2, 0.8]) * r.uniform(0.9, 1.1, 3)], gradient=stock_score)
    yield "river", dict(f=river_objective, inputs=[r.uniform(0.3, 0.7, 3), r.uniform(0.4, 0.8)], gradient=river_gradient)
