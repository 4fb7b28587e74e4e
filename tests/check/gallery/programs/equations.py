"""Adjoints of differential equations."""
import numpy as np


# explicit Euler for a two-species system, parameters and start

def lotka(z, p):
    a, b, c, d = p
    return np.array([a * z[0] - b * z[0] * z[1], d * z[0] * z[1] - c * z[1]])


def euler_loss(z0, p, data, dt):
    z = z0
    loss = 0.0
    for y in data:
        z = z + dt * lotka(z, p)
        loss += np.sum((z - y) ** 2)
    return loss


def euler_adjoint(z0, p, data, dt):
    zs = [z0]
    for _ in data:
        zs.append(zs[-1] + dt * lotka(zs[-1], p))
    lam = np.zeros(2)
    gp = np.zeros(4)
    for n in range(len(data), 0, -1):
        lam = lam + 2 * (zs[n] - data[n - 1])  #~ lam = 2 * (zs[n] - data[n - 1]) #~ lam = lam + 2 * (zs[n - 1] - data[n - 1])
        x, y = zs[n - 1]  #~ x, y = zs[n]
        gp[0] += dt * lam[0] * x
        gp[1] -= dt * lam[0] * x * y
        gp[2] -= dt * lam[1] * y  #~ gp[2] += dt * lam[1] * y #~ gp[2] -= dt * lam[0] * y
        gp[3] += dt * lam[1] * x * y
        J = np.array([[p[0] - p[1] * y, -p[1] * x], [p[3] * y, p[3] * x - p[2]]])  #~ J = np.array([[p[0] - p[1] * y, -p[1] * x], [p[3] * y, p[2] - p[3] * x]])
        lam = lam + dt * J.T @ lam  #~ lam = lam + dt * J @ lam #~ lam = dt * J.T @ lam
    return lam, gp


# Runge-Kutta with a neural vector field

def field(y, W):
    return np.tanh(W @ y)


def rk4(y, W, h, steps):
    for _ in range(steps):
        k1 = field(y, W)
        k2 = field(y + h / 2 * k1, W)
        k3 = field(y + h / 2 * k2, W)
        k4 = field(y + h * k3, W)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def field_vjp(g, y, W):
    a = g * (1 - np.tanh(W @ y) ** 2)
    return W.T @ a, np.outer(a, y)


def rk4_vjp(g, y0, W, h, steps):
    tape = []
    y = y0
    for _ in range(steps):
        k1 = field(y, W)
        k2 = field(y + h / 2 * k1, W)
        k3 = field(y + h / 2 * k2, W)
        k4 = field(y + h * k3, W)
        tape.append((y, k1, k2, k3))
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    gW = np.zeros_like(W)
    while tape:
        y, k1, k2, k3 = tape.pop()
        b4 = h / 6 * g
        d4, w4 = field_vjp(b4, y + h * k3, W)  #~ d4, w4 = field_vjp(b4, y + h / 2 * k3, W)
        b3 = h / 3 * g + h * d4  #~ b3 = h / 6 * g + h * d4 #~ b3 = h / 3 * g + h / 2 * d4
        d3, w3 = field_vjp(b3, y + h / 2 * k2, W)  #~ d3, w3 = field_vjp(b3, y + h / 2 * k1, W)
        b2 = h / 3 * g + h / 2 * d3  #~ b2 = h / 3 * g #~ b2 = h / 3 * g + h * d3
        d2, w2 = field_vjp(b2, y + h / 2 * k1, W)
        b1 = h / 6 * g + h / 2 * d2  #~ b1 = h / 6 * g + h / 2 * d3
        d1, w1 = field_vjp(b1, y, W)
        g = g + d1 + d2 + d3 + d4  #~ g = g + d1 + d2 + d3 #~ g = d1 + d2 + d3 + d4
        gW += w1 + w2 + w3 + w4  #~ gW = w1 + w2 + w3 + w4
    return g, gW


# heat equation with a conductivity that is sought

def heat(kappa, u0, dt, dx, steps):
    u = u0.copy()
    for _ in range(steps):
        flux = kappa * (u[1:] - u[:-1]) / dx
        u[1:-1] = u[1:-1] + dt / dx * (flux[1:] - flux[:-1])
    return u


def heat_vjp(g, kappa, u0, dt, dx, steps):
    us = [u0.copy()]
    for _ in range(steps):
        u = us[-1].copy()
        flux = kappa * (u[1:] - u[:-1]) / dx
        u[1:-1] += dt / dx * (flux[1:] - flux[:-1])
        us.append(u)
    lam = g.copy()
    gk = np.zeros_like(kappa)
    for n in range(steps - 1, -1, -1):
        u = us[n]  #~ u = us[n + 1]
        bflux = np.zeros(len(kappa))
        bflux[1:] += dt / dx * lam[1:-1]  #~ bflux[:-1] += dt / dx * lam[1:-1]
        bflux[:-1] -= dt / dx * lam[1:-1]  #~ bflux[:-1] += dt / dx * lam[1:-1] #~
        gk += bflux * (u[1:] - u[:-1]) / dx  #~ gk += bflux * (u[1:] - u[:-1]) #~ gk = bflux * (u[1:] - u[:-1]) / dx
        lam = lam.copy()
        lam[1:] += kappa * bflux / dx
        lam[:-1] -= kappa * bflux / dx  #~ lam[:-1] += kappa * bflux / dx #~ lam[:-1] -= bflux / dx
    return gk, lam


# implicit diffusion: a tridiagonal system in each step

class CrankNicolson:
    def __init__(self, n, steps, dt):
        self.n, self.steps, self.dt = n, steps, dt
        self.L = np.diag(-2.0 * np.ones(n)) + np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1)

    def matrices(self, c):
        D = 0.5 * self.dt * c[:, None] * self.L
        return np.eye(self.n) - D, np.eye(self.n) + D

    def solve(self, c, u):
        A, B = self.matrices(c)
        self.history = [u]
        for _ in range(self.steps):
            u = np.linalg.solve(A, B @ u)
            self.history.append(u)
        return u

    def loss(self, c, u0, target):
        return 0.5 * np.sum((self.solve(c, u0) - target) ** 2)

    def gradient(self, c, u0, target):
        lam = self.solve(c, u0) - target
        A, B = self.matrices(c)
        gc = np.zeros(self.n)
        for k in range(self.steps, 0, -1):
            mu = np.linalg.solve(A.T, lam)  #~ mu = np.linalg.solve(A, lam)
            middle = self.history[k] + self.history[k - 1]  #~ middle = self.history[k] + self.history[k] #~ middle = self.history[k] - self.history[k - 1] #~ middle = self.history[k - 1]
            gc += 0.5 * self.dt * mu * (self.L @ middle)  #~ gc += self.dt * mu * (self.L @ middle) #~ gc += 0.5 * self.dt * lam * (self.L @ middle)
            lam = B.T @ mu  #~ lam = B @ mu #~ lam = B.T @ lam
        return gc, lam


# advection by the upwind scheme on a ring

def advect(u, c, steps, lam=0.4):
    for _ in range(steps):
        u = u - lam * c * (u - np.roll(u, 1))
    return u


def advect_vjp(g, u, c, steps, lam=0.4):
    us = [u]
    for _ in range(steps):
        us.append(us[-1] - lam * c * (us[-1] - np.roll(us[-1], 1)))
    gc = np.zeros_like(c)
    for u in us[-2::-1]:  #~ for u in us[:0:-1]: #~ for u in us[:-1]:
        gc -= lam * g * (u - np.roll(u, 1))  #~ gc += lam * g * (u - np.roll(u, 1)) #~ gc -= lam * g * (u - np.roll(u, -1))
        f = lam * c * g
        g = g - f + np.roll(f, -1)  #~ g = g - f + np.roll(f, 1) #~ g = g - f - np.roll(f, -1) #~ g = g - f
    return g, gc


# viscous Burgers, data assimilation of the initial state

def burgers_step(u, nu, dt):
    up, um = np.roll(u, -1), np.roll(u, 1)
    return u - dt * u * (up - um) / 2 + dt * nu * (up - 2 * u + um)


def assimilation(u, nu, dt, obs):
    J = 0
    for y in obs:
        u = burgers_step(u, nu, dt)
        J = J + 0.5 * ((u - y) ** 2).sum()
    return J


def assimilation_gradient(u, nu, dt, obs):
    path = [u]
    for y in obs:
        path.append(burgers_step(path[-1], nu, dt))
    a = np.zeros_like(u)
    for k in reversed(range(len(obs))):
        a = a + path[k + 1] - obs[k]  #~ a = path[k + 1] - obs[k] #~ a = a + path[k] - obs[k]
        v = path[k]  #~ v = path[k + 1]
        up, um = np.roll(v, -1), np.roll(v, 1)
        va = v * a
        conv = a * (up - um) / 2 + (np.roll(va, 1) - np.roll(va, -1)) / 2  #~ conv = a * (up - um) / 2 + (np.roll(va, -1) - np.roll(va, 1)) / 2 #~ conv = a * (up - um) / 2 #~ conv = a * (up - um) + (np.roll(va, 1) - np.roll(va, -1)) / 2
        a = a - dt * conv + dt * nu * (np.roll(a, -1) - 2 * a + np.roll(a, 1))  #~ a = a - dt * conv #~ a = a - dt * conv + dt * nu * (np.roll(a, -1) - a + np.roll(a, 1)) #~ a = a + dt * conv + dt * nu * (np.roll(a, -1) - 2 * a + np.roll(a, 1))
    return a


# acoustic wave, velocity model by seismogram

def wave(c, src, rec, dt):
    n = len(c)
    old, now = np.zeros(n), np.zeros(n)
    trace = []
    for s in src:
        lap = np.zeros(n)
        lap[1:-1] = now[2:] - 2 * now[1:-1] + now[:-2]
        new = 2 * now - old + (dt * c) ** 2 * lap
        new[1] += s
        old, now = now, new
        trace.append(now[rec])
    return np.array(trace)


def wave_vjp(g, c, src, rec, dt):
    n = len(c)
    states = [np.zeros(n), np.zeros(n)]
    laps = []
    for s in src:
        lap = np.zeros(n)
        lap[1:-1] = states[-1][2:] - 2 * states[-1][1:-1] + states[-1][:-2]
        new = 2 * states[-1] - states[-2] + (dt * c) ** 2 * lap
        new[1] += s
        laps.append(lap)
        states.append(new)
    gc = np.zeros(n)
    a_new, a_now = np.zeros(n), np.zeros(n)
    for t in reversed(range(len(src))):
        a_new[rec] += g[t]  #~ a_new[rec] = g[t] #~ a_now[rec] += g[t]
        gc += 2 * dt ** 2 * c * laps[t] * a_new  #~ gc += 2 * dt * c * laps[t] * a_new #~ gc += dt ** 2 * c * laps[t] * a_new #~ gc += 2 * dt ** 2 * c * laps[t - 1] * a_new
        w = (dt * c) ** 2 * a_new
        a_now += 2 * a_new
        a_now[2:] += w[1:-1]
        a_now[1:-1] -= 2 * w[1:-1]  #~ a_now[1:-1] -= w[1:-1]
        a_now[:-2] += w[1:-1]  #~ a_now[:-2] += w[2:] #~
        a_new, a_now = a_now, -a_new  #~ a_new, a_now = a_now, a_new
    return gc


# epidemic: forward sensitivities instead of an adjoint

def sir(p, y0, dt, steps):
    beta, gamma = p
    s, i = y0
    curve = []
    for _ in range(steps):
        new, rec = beta * s * i, gamma * i
        s, i = s - dt * new, i + dt * (new - rec)
        curve.append(i)
    return np.array(curve)


def sir_jacobian(p, y0, dt, steps):
    beta, gamma = p
    s, i = y0
    ds, di = np.zeros(2), np.zeros(2)
    J = np.zeros((steps, 2))
    for k in range(steps):
        new = beta * s * i
        rec = gamma * i
        dnew = beta * (ds * i + s * di)
        dnew[0] += s * i  #~ dnew[1] += s * i #~
        drec = gamma * di
        drec[1] += i  #~ drec[1] += s #~ drec[1] = i
        s, i = s - dt * new, i + dt * (new - rec)
        ds = ds - dt * dnew
        di = di + dt * (dnew - drec)  #~ di = di + dt * (dnew + drec) #~ di = di + dt * dnew #~ di = dt * (dnew - drec)
        J[k] = di
    return J


# reaction and diffusion on a grid, Fisher's equation

def laplacian(u):
    return np.roll(u, 1, 0) + np.roll(u, -1, 0) + np.roll(u, 1, 1) + np.roll(u, -1, 1) - 4 * u


def fisher(u, D, r, steps, dt=0.1):
    for _ in range(steps):
        u = u + dt * (D * laplacian(u) + r * u * (1 - u))
    return u


def fisher_vjp(g, u, D, r, steps, dt=0.1):
    us = [u]
    for _ in range(steps - 1):
        u = us[-1]
        us.append(u + dt * (D * laplacian(u) + r * u * (1 - u)))
    gD, gr = 0.0, 0.0
    for u in reversed(us):
        gD += dt * np.sum(g * laplacian(u))  #~ gD += np.sum(g * laplacian(u)) #~ gD += dt * np.mean(g * laplacian(u)) #~ gD += dt * np.sum(u * laplacian(u))
        gr += dt * np.sum(g * u * (1 - u))
        g = g + dt * (D * laplacian(g) + r * (1 - 2 * u) * g)  #~ g = g + dt * (D * laplacian(g) + r * (1 - u) * g) #~ g = g + dt * (D * laplacian(g) + r * g * (1 - 2 * g)) #~ g = dt * (D * laplacian(g) + r * (1 - 2 * u) * g)
    return g, gD, gr


# boundary value problem: shape of a nonlinear string by Newton, adjoint by one solve

def string_shape(load, k, iterations=8):
    n = len(load)
    A = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    u = np.zeros(n)
    for _ in range(iterations):
        u = u - np.linalg.solve(A + np.diag(3 * k * u ** 2), A @ u + k * u ** 3 - load)
    return u


def string_vjp(g, load, k):
    n = len(load)
    u = string_shape(load, k)
    A = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    H = A + np.diag(3 * k * u ** 2)  #~ H = A + np.diag(k * u ** 2) #~ H = A #~ H = A + np.diag(k * u ** 3)
    adj = np.linalg.solve(H, g)
    return adj, -adj @ u ** 3  #~ return adj, adj @ u ** 3 #~ return adj, -adj @ u ** 2


def cases(r):
    data = r.random((5, 2)) + 0.5
    yield "Lotka-Volterra", dict(
        f=lambda z, p: euler_loss(z, p, data, 0.2), inputs=[1 + 0.3 * r.random(2), 0.5 + r.random(4)],
        gradient=lambda z, p: euler_adjoint(z, p, data, 0.2))
    yield "Runge-Kutta", dict(
        f=lambda y, W: rk4(y, W, 0.7, 3), inputs=[r.normal(size=3), r.normal(size=(3, 3))],
        vjp=lambda g, y, W: rk4_vjp(g, y, W, 0.7, 3))
    yield "heat equation", dict(
        f=lambda k, u: heat(k, u, 0.1, 0.5, 3), inputs=[0.5 + r.random(5), r.normal(size=6)],
        vjp=lambda g, k, u: heat_vjp(g, k, u, 0.1, 0.5, 3))
    scheme, target = CrankNicolson(4, 3, 0.4), r.normal(size=4)
    yield "Crank-Nicolson", dict(
        f=lambda c, u: scheme.loss(c, u, target), inputs=[0.5 + r.random(4), r.normal(size=4)],
        gradient=lambda c, u: scheme.gradient(c, u, target))
    yield "upwind scheme", dict(
        f=lambda u, c: advect(u, c, 3), inputs=[r.normal(size=5), r.random(5)],
        vjp=lambda g, u, c: advect_vjp(g, u, c, 3))
    obs = r.normal(size=(3, 5))
    yield "Burgers' equation", dict(
        f=lambda u: assimilation(u, 0.3, 0.2, obs), inputs=[r.normal(size=5)],
        gradient=lambda u: assimilation_gradient(u, 0.3, 0.2, obs))
    src = r.normal(size=6)
    yield "wave equation", dict(
        f=lambda c: wave(c, src, 3, 0.5), inputs=[1 + 0.5 * r.random(6)], vjp=lambda g, c: wave_vjp(g, c, src, 3, 0.5))
    yield "epidemic", dict(
        f=lambda p: sir(p, (0.9, 0.1), 0.5, 5), inputs=[0.5 + 0.5 * r.random(2)],
        gradient=lambda p: sir_jacobian(p, (0.9, 0.1), 0.5, 5))
    yield "reaction and diffusion", dict(
        f=lambda u, D, k: fisher(u, D, k, 3), inputs=[r.random((3, 4)), 0.5 + r.random(), 1 + r.random()],
        vjp=lambda g, u, D, k: fisher_vjp(g, u, D, k, 3))
    yield "nonlinear string", dict(
        f=string_shape, inputs=[r.normal(size=4), 0.5 + r.random()], vjp=string_vjp)
