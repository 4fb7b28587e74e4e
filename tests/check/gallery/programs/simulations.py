"""Equations of physics in time and space, filters and curves, with adjoints by hand."""

import numpy as np

# -- a small network that should solve u'' + u = sin(2 t), u(0) = 0


TIMES = np.linspace(0.2, 2.0, 5)


def pinn_loss(w, b, v):
    s = np.tanh(np.outer(TIMES, w) + b)
    u = s @ v
    ds = 1 - s**2
    u_tt = (-2 * s * ds * w**2) @ v
    res = u_tt + u - np.sin(2 * TIMES)
    u0 = np.tanh(b) @ v
    return np.mean(res**2) + 5.0 * u0**2


def pinn_grad(w, b, v):
    t = TIMES[:, None]
    s = np.tanh(t * w + b)
    ds = 1 - s**2
    dds = -2 * s * ds
    ddds = -2 * ds**2 + 4 * s**2 * ds  #~ ddds = -2 * ds**2 - 2 * s * ds #~ ddds = -2 * ds**2 + 4 * s**2
    res = (dds * w**2) @ v + s @ v - np.sin(2 * TIMES)
    g = 2 * res / len(TIMES)
    gv = (dds * w**2 + s).T @ g
    gz = g[:, None] * (ddds * w**2 + ds) * v  #~ gz = g[:, None] * (dds * w**2 + ds) * v
    gw = (gz * t).sum(0) + g @ dds * 2 * w * v  #~ gw = (gz * t).sum(0) #~ gw = gz.sum(0) + g @ dds * 2 * w * v
    gb = gz.sum(0)
    s0 = np.tanh(b)
    u0 = s0 @ v
    gv += 10.0 * u0 * s0
    gb += 10.0 * u0 * (1 - s0**2) * v  #~ gb += 10.0 * u0 * (1 - s0**2)
    return gw, gb, gv


# -- waves on a string: where are the slow parts?

RECORD = np.array([0.0, 0.02, -0.05, 0.1, 0.2, -0.1, 0.05, 0.3])


def propagate(c2, amplitude):
    n = len(c2)
    prev, cur = np.zeros(n), np.zeros(n)
    fields = [prev, cur]
    for it in range(len(RECORD)):
        lap = np.zeros(n)
        lap[1:-1] = cur[2:] - 2 * cur[1:-1] + cur[:-2]
        nxt = 2 * cur - prev + 0.4 * c2 * lap
        nxt[2] += amplitude * np.exp(-((it - 2.0) ** 2))
        prev, cur = cur, nxt
        fields.append(nxt)
    return fields


def seismic(c2, amplitude):
    fields = propagate(c2, amplitude)
    trace = np.array([f[4] for f in fields[2:]])
    return 0.5 * np.sum((trace - RECORD) ** 2)


def seismic_grad(c2, amplitude):
    fields = propagate(c2, amplitude)
    n, T = len(c2), len(RECORD)
    lam_next = np.zeros(n)
    lam_after = np.zeros(n)
    g_c2 = np.zeros(n)
    g_amp = 0.0
    for it in range(T - 1, -1, -1):
        cur = fields[it + 1]
        lam = lam_next
        lam[4] += fields[it + 2][4] - RECORD[it]  #~ lam[4] += fields[it + 1][4] - RECORD[it]
        lap = np.zeros(n)
        lap[1:-1] = cur[2:] - 2 * cur[1:-1] + cur[:-2]
        g_c2 += 0.4 * lam * lap  #~ g_c2 = 0.4 * lam * lap
        g_amp += lam[2] * np.exp(-((it - 2.0) ** 2))
        q = 0.4 * c2 * lam  #~ q = 0.4 * lam
        adj = np.zeros(n)
        adj[2:] += q[1:-1]
        adj[1:-1] -= 2 * q[1:-1]
        adj[:-2] += q[1:-1]
        lam_next = 2 * lam + adj - lam_after  #~ lam_next = 2 * lam + adj
        lam_after = lam
    return g_c2, g_amp


# -- Burgers' equation, upwind


def burgers(u0, nu, n=5, dt=0.05, dx=0.3):
    us = [u0]
    for _ in range(n):
        u = us[-1]
        left, right = np.roll(u, 1), np.roll(u, -1)
        flux = np.where(u > 0, u * (u - left), u * (right - u)) / dx
        us.append(u - dt * flux + nu * dt / dx**2 * (right - 2 * u + left))
    return us


def burgers_end(u0, nu):
    return burgers(u0, nu)[-1]


def burgers_vjp(lam, u0, nu, n=5, dt=0.05, dx=0.3):
    us = burgers(u0, nu)
    gnu = 0.0
    for k in range(n - 1, -1, -1):
        u = us[k]
        left, right = np.roll(u, 1), np.roll(u, -1)
        gnu += dt / dx**2 * lam @ (right - 2 * u + left)
        gf = -dt / dx * lam
        pos = u > 0  #~ pos = lam > 0
        gu = lam + gf * np.where(pos, 2 * u - left, right - 2 * u)  #~ gu = lam + gf * np.where(pos, 2 * u - left, right - u) #~ gu = gf * np.where(pos, 2 * u - left, right - 2 * u)
        gleft = np.where(pos, -u * gf, 0.0)
        gright = np.where(pos, 0.0, u * gf)
        gd = nu * dt / dx**2 * lam
        gu = gu - 2 * gd + np.roll(gleft + gd, -1) + np.roll(gright + gd, 1)  #~ gu = gu - 2 * gd + np.roll(gleft + gd, 1) + np.roll(gright + gd, -1)
        lam = gu
    return lam, gnu


# -- foxes and hares by Runge and Kutta

CENSUS = np.array([[1.2, 0.6], [1.5, 0.7], [1.7, 1.0]])


def rates(x, th):
    a, b, c, d = th["a"], th["b"], th["c"], th["d"]
    return np.array([a * x[0] - b * x[0] * x[1], c * x[0] * x[1] - d * x[1]])


def hares(th, x0, h=0.2):
    x, loss = x0, 0.0
    for obs in CENSUS:
        k1 = rates(x, th)
        k2 = rates(x + h / 2 * k1, th)
        k3 = rates(x + h / 2 * k2, th)
        k4 = rates(x + h * k3, th)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        loss += np.sum((np.log(x) - np.log(obs)) ** 2)
    return loss


def rates_vjp(g, x, th, acc):
    xy = x[0] * x[1]
    acc["a"] += g[0] * x[0]
    acc["b"] -= g[0] * xy  #~ acc["b"] += g[0] * xy
    acc["c"] += g[1] * xy
    acc["d"] -= g[1] * x[1]  #~ acc["d"] -= g[1] * x[0]
    jac = np.array([[th["a"] - th["b"] * x[1], -th["b"] * x[0]], [th["c"] * x[1], th["c"] * x[0] - th["d"]]])
    return g @ jac  #~ return jac @ g


def hares_grad(th, x0, h=0.2):
    x, steps = x0, []
    for _ in CENSUS:
        k1 = rates(x, th)
        k2 = rates(x + h / 2 * k1, th)
        k3 = rates(x + h / 2 * k2, th)
        k4 = rates(x + h * k3, th)
        steps.append((x, k1, k2, k3))
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        steps[-1] += (x,)
    acc = dict.fromkeys(th, 0.0)
    gx = np.zeros(2)
    for (x, k1, k2, k3, new), obs in zip(reversed(steps), CENSUS[::-1], strict=True):
        gx = gx + 2 * (np.log(new) - np.log(obs)) / new  #~ gx = gx + 2 * (np.log(new) - np.log(obs)) #~ gx = 2 * (np.log(new) - np.log(obs)) / new
        g4 = rates_vjp(h / 6 * gx, x + h * k3, th, acc)
        g3 = rates_vjp(h / 3 * gx + h * g4, x + h / 2 * k2, th, acc)  #~ g3 = rates_vjp(h / 3 * gx + h / 2 * g4, x + h / 2 * k2, th, acc)
        g2 = rates_vjp(h / 3 * gx + h / 2 * g3, x + h / 2 * k1, th, acc)  #~ g2 = rates_vjp(h / 3 * gx + h / 2 * g3, x, th, acc)
        g1 = rates_vjp(h / 6 * gx + h / 2 * g2, x, th, acc)
        gx = gx + g1 + g2 + g3 + g4  #~ gx = g1 + g2 + g3 + g4
    return acc, gx


# -- conduction whose conductivity depends on the temperature: Newton's method and the adjoint

LOAD = np.array([0.5, 1.0, 0.7, 0.2])


def residual(u, k, beta):
    full = np.concatenate([[0.0], u, [1.0]])
    mid = (full[1:] + full[:-1]) / 2
    flux = k * (1 + beta * mid) * np.diff(full)
    return np.diff(flux) + LOAD


def jacobian(u, k, beta):
    full = np.concatenate([[0.0], u, [1.0]])
    mid = (full[1:] + full[:-1]) / 2
    du = np.diff(full)
    right = k * ((1 + beta * mid) + beta / 2 * du)
    left = k * (-(1 + beta * mid) + beta / 2 * du)
    n = len(u)
    J = np.zeros((n, n))
    for i in range(n):
        J[i, i] = left[i + 1] - right[i]
        if i + 1 < n:
            J[i, i + 1] = right[i + 1]
        if i > 0:
            J[i, i - 1] = -left[i]
    return J


def equilibrium(k, beta):
    u = np.linspace(0, 1, 6)[1:-1]
    for _ in range(30):
        u = u - np.linalg.solve(jacobian(u, k, beta), residual(u, k, beta))
    return u


def hottest(k, beta):
    u = equilibrium(k, beta)
    return np.log(np.exp(3 * u).sum()) / 3


def hottest_grad(k, beta):
    u = equilibrium(k, beta)
    p = np.exp(3 * u)
    lam = np.linalg.solve(jacobian(u, k, beta).T, p / p.sum())  #~ lam = np.linalg.solve(jacobian(u, k, beta), p / p.sum())
    full = np.concatenate([[0.0], u, [1.0]])
    mid, du = (full[1:] + full[:-1]) / 2, np.diff(full)
    padded = np.concatenate([[0.0], lam, [0.0]])
    dflux = np.diff(padded)  #~ dflux = -np.diff(padded)
    gk = dflux * (1 + beta * mid) * du  #~ gk = dflux * du
    gbeta = np.sum(dflux * k * mid * du)  #~ gbeta = np.sum(dflux * k * mid * full[1:])
    return gk, gbeta


# -- an extended Kalman filter: ranges to a beacon

RANGES = np.array([2.1, 1.9, 1.8, 2.2])


def ekf(x0, log_q, log_r):
    F = np.array([[1.0, 0.5], [0.0, 1.0]])
    q, s2 = np.exp(log_q), np.exp(log_r)
    x, P, nll = x0, np.eye(2), 0.0
    for z in RANGES:
        x, P = F @ x, F @ P @ F.T + q * np.eye(2)
        d = np.sqrt(x[0] ** 2 + 1.0)
        H = np.array([x[0] / d, 0.0])
        S = H @ P @ H + s2
        e = z - d
        nll += 0.5 * (np.log(S) + e**2 / S)
        K = P @ H / S
        x = x + K * e
        P = P - np.outer(K, H @ P)
    return nll


def ekf_grad(x0, log_q, log_r):
    F = np.array([[1.0, 0.5], [0.0, 1.0]])
    q, s2 = np.exp(log_q), np.exp(log_r)
    x, P, tape = x0, np.eye(2), []
    for z in RANGES:
        Pold = P
        x, P = F @ x, F @ P @ F.T + q * np.eye(2)
        d = np.sqrt(x[0] ** 2 + 1.0)
        H = np.array([x[0] / d, 0.0])
        S = H @ P @ H + s2
        e = z - d
        K = P @ H / S
        tape.append((x, P, d, H, S, e, K, Pold))
        x = x + K * e
        P = P - np.outer(K, H @ P)
    gx, gP, gq, gr = np.zeros(2), np.zeros((2, 2)), 0.0, 0.0
    for x, P, d, H, S, e, K, _ in reversed(tape):
        gK = gx * e - gP @ (P @ H)  #~ gK = gx * e
        ge = gx @ K + e / S  #~ ge = gx @ K
        gH = -P @ gP.T @ K
        gPp = gP - np.outer(H, gP.T @ K)
        gPp = gPp + np.outer(gK, H) / S
        gH = gH + P @ gK / S
        gS = 0.5 * (1 / S - e**2 / S**2) - gK @ K / S  #~ gS = 0.5 * (1 / S - e**2 / S**2)
        gr += gS
        gPp = gPp + gS * np.outer(H, H)
        gH = gH + gS * 2 * P @ H  #~ gH = gH + gS * P @ H
        gd = -ge - gH[0] * x[0] / d**2
        gx = gx + np.array([gH[0] / d + gd * x[0] / d, 0.0])
        gq += np.trace(gPp)
        gx = F.T @ gx  #~ gx = F @ gx
        gP = F.T @ gPp @ F  #~ gP = F @ gPp @ F.T
    return gx, gq * q, gr * s2


# -- hidden states with normal emissions: scaled forward and backward passes

HEARD = np.array([0.1, 1.4, -0.6, 2.0, 0.3])


def soft(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def emissions(mu, log_sd):
    z = (HEARD[:, None] - mu) / np.exp(log_sd)
    return np.exp(-0.5 * z**2 - log_sd) / np.sqrt(2 * np.pi)


def hmm(start, trans, mu, log_sd):
    A, B = soft(trans), emissions(mu, log_sd)
    alpha = soft(start) * B[0]
    ll = np.log(alpha.sum())
    alpha = alpha / alpha.sum()
    for b in B[1:]:
        alpha = (alpha @ A) * b
        ll += np.log(alpha.sum())
        alpha = alpha / alpha.sum()
    return -ll


def hmm_posterior_grad(start, trans, mu, log_sd):
    A, B, pi = soft(trans), emissions(mu, log_sd), soft(start)
    T, K = B.shape
    alpha, beta, scale = np.zeros((T, K)), np.ones((T, K)), np.zeros(T)
    for t in range(T):
        alpha[t] = (pi if t == 0 else alpha[t - 1] @ A) * B[t]
        scale[t] = alpha[t].sum()
        alpha[t] /= scale[t]
    for t in range(T - 2, -1, -1):
        beta[t] = A @ (B[t + 1] * beta[t + 1]) / scale[t + 1]  #~ beta[t] = A.T @ (B[t + 1] * beta[t + 1]) / scale[t + 1] #~ beta[t] = A @ (B[t] * beta[t + 1]) / scale[t + 1]
    gamma = alpha * beta
    xi = np.zeros((K, K))
    for t in range(T - 1):
        xi += A * np.outer(alpha[t], B[t + 1] * beta[t + 1]) / scale[t + 1]  #~ xi += A * np.outer(alpha[t], B[t + 1] * beta[t + 1])
    g_start = pi - gamma[0]
    g_trans = A * xi.sum(1, keepdims=True) - xi  #~ g_trans = A * xi.sum(0, keepdims=True) - xi #~ g_trans = A - xi
    z = (HEARD[:, None] - mu) / np.exp(log_sd)
    g_mu = -(gamma * z / np.exp(log_sd)).sum(0)  #~ g_mu = -(gamma * z).sum(0)
    g_sd = (gamma * (1 - z**2)).sum(0)  #~ g_sd = (gamma * (z**2 - 1)).sum(0)
    return g_start, g_trans, g_mu, g_sd


# -- a curve through points by Catmull and Rom

WHEN = np.array([0.15, 0.8, 1.3, 1.75, 2.6])
SEEN = np.array([0.4, -0.2, 1.1, 0.3, 0.9])
BASIS = np.array([[-0.5, 1.5, -1.5, 0.5], [1.0, -2.5, 2.0, -0.5], [-0.5, 0.0, 0.5, 0.0], [0.0, 1.0, 0.0, 0.0]])


def curve_loss(y, smooth):
    total = 0.0
    for t, target in zip(WHEN, SEEN, strict=True):
        i, s = int(t), t - int(t)
        value = np.array([s**3, s**2, s, 1.0]) @ BASIS @ y[i : i + 4]
        total += (value - target) ** 2
    return total + np.exp(smooth) * np.sum(np.diff(y, 2) ** 2)


def curve_grad(y, smooth):
    g = np.zeros_like(y)
    for t, target in zip(WHEN, SEEN, strict=True):
        i, s = int(t), t - int(t)
        w = np.array([s**3, s**2, s, 1.0]) @ BASIS
        g[i : i + 4] += 2 * (w @ y[i : i + 4] - target) * w  #~ g[i : i + 4] = 2 * (w @ y[i : i + 4] - target) * w #~ g[i : i + 4] += (w @ y[i : i + 4] - target) * w
    bend = np.diff(y, 2)
    lam = np.exp(smooth)
    g[:-2] += 2 * lam * bend
    g[1:-1] -= 4 * lam * bend  #~ g[1:-1] -= 2 * lam * bend
    g[2:] += 2 * lam * bend  #~ g[2:] -= 2 * lam * bend
    return g, lam * np.sum(bend**2)  #~ return g, np.sum(bend**2)


def cases(r):
    yield "equation in a network", dict(f=pinn_loss, inputs=[r.normal(size=4), r.normal(size=4), r.normal(size=4)], gradient=pinn_grad)
    yield "waves on a string", dict(f=seismic, inputs=[r.uniform(0.6, 1.4, size=7), 0.8], gradient=seismic_grad)
    yield "upwind", dict(f=burgers_end, inputs=[r.normal(size=7), 0.2], vjp=burgers_vjp)
    th = {"a": 1.1, "b": 0.7, "c": 0.5, "d": 0.9}
    th = {k: v * float(r.uniform(0.8, 1.2)) for k, v in th.items()}
    yield "foxes and hares", dict(f=hares, inputs=[th, r.uniform(0.7, 1.4, size=2)], gradient=hares_grad)
    yield "hottest place", dict(f=hottest, inputs=[r.uniform(0.8, 2.0, size=5), 0.3], gradient=hottest_grad)
    yield "extended filter", dict(f=ekf, inputs=[r.normal(size=2) + 1, -1.0, -0.5], gradient=ekf_grad)
    hidden = [r.normal(size=3), r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=3) * 0.3]
    yield "posterior of hidden states", dict(f=hmm, inputs=hidden, gradient=hmm_posterior_grad)
    yield "curve through points", dict(f=curve_loss, inputs=[r.normal(size=6), -1.0], gradient=curve_grad)
