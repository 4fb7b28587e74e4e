import numpy as np


# Lennard-Jones energy and forces

def lj_energy(x, eps=1.0, sigma=1.0):
    n = len(x)
    E = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            r = np.linalg.norm(x[i] - x[j])
            sr6 = (sigma / r) ** 6
            E += 4 * eps * (sr6 ** 2 - sr6)
    return E


def lj_gradient(x, eps=1.0, sigma=1.0):
    n = len(x)
    F = np.zeros_like(x)
    for i in range(n):
        for j in range(i + 1, n):
            d = x[i] - x[j]
            r2 = d @ d
            sr6 = (sigma ** 2 / r2) ** 3
            f = 24 * eps * (2 * sr6 ** 2 - sr6) / r2 * d  #~ f = 24 * eps * (sr6 ** 2 - sr6) / r2 * d #~ f = 24 * eps * (2 * sr6 ** 2 - sr6) / np.sqrt(r2) * d #~ f = 4 * eps * (2 * sr6 ** 2 - sr6) / r2 * d
            F[i] += f
            F[j] -= f  #~ F[j] += f #~ F[j] = -f #~
    return -F  #~ return F


# bonded terms: stretching, bending

def bonded(x, bonds, angles):
    E = 0
    for i, j, k, r0 in bonds:
        E += 0.5 * k * (np.linalg.norm(x[i] - x[j]) - r0) ** 2
    for i, j, l, k, t0 in angles:
        u, v = x[i] - x[j], x[l] - x[j]
        cos = u @ v / np.linalg.norm(u) / np.linalg.norm(v)
        E += 0.5 * k * (np.arccos(cos) - t0) ** 2
    return E


def bonded_gradient(x, bonds, angles):
    g = np.zeros(x.shape)
    for i, j, k, r0 in bonds:
        d = x[i] - x[j]
        r = np.linalg.norm(d)
        f = k * (r - r0) * d / r  #~ f = k * (r - r0) * d #~ f = k * (r0 - r) * d / r
        g[i] += f
        g[j] -= f
    for i, j, l, k, t0 in angles:
        u, v = x[i] - x[j], x[l] - x[j]
        nu, nv = np.linalg.norm(u), np.linalg.norm(v)
        cos = u @ v / (nu * nv)
        theta = np.arccos(cos)
        dcos = -k * (theta - t0) / np.sqrt(1 - cos ** 2)  #~ dcos = k * (theta - t0) / np.sqrt(1 - cos ** 2) #~ dcos = -k * (theta - t0) / (1 - cos ** 2)
        gu = dcos * (v / (nu * nv) - cos * u / nu ** 2)  #~ gu = dcos * v / (nu * nv) #~ gu = dcos * (v / (nu * nv) - cos * u / nu)
        gv = dcos * (u / (nu * nv) - cos * v / nv ** 2)  #~ gv = dcos * (u / (nu * nv) - cos * v / nu ** 2)
        g[i] += gu
        g[l] += gv
        g[j] -= gu + gv  #~ g[j] -= gu #~ g[i] -= gu + gv
    return g


# screened Coulomb energy in a periodic box with a reciprocal sum

def ewald(x, q, box, alpha, kvecs):
    E = 0
    for k in kvecs:
        G = 2 * np.pi * np.array(k) / box
        g2 = G @ G
        S = np.sum(q * np.exp(1j * x @ G))
        E += np.exp(-g2 / (4 * alpha ** 2)) / g2 * np.abs(S) ** 2
    return 2 * np.pi / box ** 3 * E


def ewald_forces(x, q, box, alpha, kvecs):
    grad = np.zeros_like(x)
    for k in kvecs:
        G = 2 * np.pi * np.array(k) / box
        g2 = G @ G
        phase = x @ G
        C, S = np.sum(q * np.cos(phase)), np.sum(q * np.sin(phase))
        w = np.exp(-g2 / (4 * alpha ** 2)) / g2  #~ w = np.exp(-g2 / (4 * alpha)) / g2
        dphase = 2 * w * q * (S * np.cos(phase) - C * np.sin(phase))  #~ dphase = 2 * w * q * (C * np.cos(phase) - S * np.sin(phase)) #~ dphase = 2 * w * q * (S * np.cos(phase) + C * np.sin(phase)) #~ dphase = w * q * (S * np.cos(phase) - C * np.sin(phase))
        grad += np.outer(dphase, G)
    return grad * 2 * np.pi / box ** 3  #~ return grad * 2 * np.pi / box


# nets of springs with rest lengths; force as a vjp of the positions of free nodes

def spring_forces(x, springs, k):
    F = np.zeros_like(x)
    for (i, j, L), ks in zip(springs, k):
        d = x[j] - x[i]
        r = np.sqrt(d @ d)
        f = ks * (r - L) * d / r
        F[i] += f
        F[j] -= f
    return F


def spring_forces_vjp(v, x, springs, k):
    dx, dk = np.zeros_like(x), np.zeros_like(k)
    for s, (i, j, L) in enumerate(springs):
        d = x[j] - x[i]
        r = np.sqrt(d @ d)
        n = d / r
        w = v[i] - v[j]  #~ w = v[j] - v[i]
        dk[s] = (r - L) * (w @ n)  #~ dk[s] = (r - L) * (w @ d) #~ dk[s] = r * (w @ n)
        dd = k[s] * ((1 - L / r) * w + L / r * (w @ n) * n)  #~ dd = k[s] * ((1 - L / r) * w - L / r * (w @ n) * n) #~ dd = k[s] * ((1 - L / r) * w + L * (w @ n) * n) #~ dd = k[s] * (w @ n) * n
        dx[j] += dd
        dx[i] -= dd  #~ dx[i] += dd
    return dx, dk


# truss: compliance by its areas, with the adjoint of the stiffness equations

class Truss:
    def __init__(self, nodes, bars, fixed, load):
        self.nodes, self.bars, self.load = nodes, bars, load
        self.free = [d for d in range(2 * len(nodes)) if d not in fixed]

    def element(self, e):
        i, j = self.bars[e]
        d = self.nodes[j] - self.nodes[i]
        L = np.linalg.norm(d)
        b = np.r_[-d, d] / L
        return np.outer(b, b) / L, [2 * i, 2 * i + 1, 2 * j, 2 * j + 1]

    def displacement(self, areas):
        n = 2 * len(self.nodes)
        K = np.zeros((n, n))
        for e, a in enumerate(areas):
            k, dofs = self.element(e)
            K[np.ix_(dofs, dofs)] += a * k
        u = np.zeros(n)
        f = self.free
        u[f] = np.linalg.solve(K[np.ix_(f, f)], self.load[f])
        return u

    def objective(self, areas):
        return self.load @ self.displacement(areas) + 0.1 * np.sum(areas ** 2)

    def sensitivity(self, areas):
        u = self.displacement(areas)
        out = np.empty(len(areas))
        for e in range(len(areas)):
            k, dofs = self.element(e)
            ue = u[dofs]
            out[e] = -ue @ k @ ue  #~ out[e] = ue @ k @ ue #~ out[e] = -areas[e] * ue @ k @ ue #~ out[e] = -0.5 * ue @ k @ ue
        return out + 0.2 * areas  #~ return out + 0.1 * areas #~ return out


# finite elements: energy of a nonlinear elastic bar

def bar_energy(u, h, E, load):
    full = np.concatenate([[0.0], u])
    strain = np.diff(full) / h
    return np.sum(h * E * (0.5 * strain ** 2 + 0.25 * strain ** 4)) - load @ u


def bar_residual(u, h, E, load):
    n = len(u)
    R = np.zeros(n + 1)
    for e in range(n):
        left = u[e - 1] if e > 0 else 0.0
        strain = (u[e] - left) / h[e]
        stress = E[e] * (strain + strain ** 3)  #~ stress = E[e] * (strain + 0.25 * strain ** 3) #~ stress = E[e] * strain
        R[e] -= stress  #~ R[e] = -stress #~ R[e] += stress
        R[e + 1] += stress
    return R[1:] - load  #~ return R[:-1] - load #~ return R[1:] + load


def bar_tangent(u, h, E, load):
    n = len(u)
    strain = np.diff(np.r_[0, u]) / h
    k = E * (1 + 3 * strain ** 2) / h  #~ k = E * (1 + 3 * strain ** 2) #~ k = E * (1 + strain ** 2) / h #~ k = E * (1 + 3 * strain) / h
    K = np.diag(k)
    for e in range(1, n):
        K[e - 1, e - 1] += k[e]  #~ K[e - 1, e - 1] += k[e - 1]
        K[e, e - 1] -= k[e]
        K[e - 1, e] -= k[e]  #~ K[e - 1, e] += k[e] #~
    return K


# a pendulum thrown at a target: gradient of the landing angle by backpropagation through time

def pendulum(theta0, omega0, length, steps=20, dt=0.05):
    th, om = theta0, omega0
    for _ in range(steps):
        om = om - dt * 9.81 / length * np.sin(th)
        th = th + dt * om
    return (th - 1.0) ** 2


def pendulum_gradient(theta0, omega0, length, steps=20, dt=0.05):
    ths, oms = [theta0], [omega0]
    for t in range(steps):
        oms.append(oms[-1] - dt * 9.81 / length * np.sin(ths[-1]))
        ths.append(ths[-1] + dt * oms[-1])
    bth = 2 * (ths[-1] - 1.0)
    bom = 0.0
    blen = 0.0
    for t in range(steps - 1, -1, -1):
        bom = bom + dt * bth  #~ bom = dt * bth #~ bom = bom + bth
        blen += bom * dt * 9.81 / length ** 2 * np.sin(ths[t])  #~ blen += bom * dt * 9.81 / length ** 2 * np.sin(ths[t + 1]) #~ blen -= bom * dt * 9.81 / length ** 2 * np.sin(ths[t]) #~ blen += bom * dt * 9.81 / length * np.sin(ths[t])
        bth = bth - bom * dt * 9.81 / length * np.cos(ths[t])  #~ bth = bth - bom * dt * 9.81 / length * np.sin(ths[t]) #~ bth = -bom * dt * 9.81 / length * np.cos(ths[t]) #~ bth = bth - bom * dt * 9.81 / length * np.cos(ths[t + 1])
    return bth, bom, blen


# planets: leapfrog with its adjoint

def acceleration(x, m):
    a = np.zeros_like(x)
    for i in range(len(x)):
        for j in range(len(x)):
            if i != j:
                d = x[j] - x[i]
                a[i] += m[j] * d / (d @ d + 0.1) ** 1.5
    return a


def acceleration_vjp(g, x, m):
    gx, gm = np.zeros_like(x), np.zeros_like(m)
    for i in range(len(x)):
        for j in range(len(x)):
            if i == j:
                continue
            d = x[j] - x[i]
            s = d @ d + 0.1
            gm[j] += g[i] @ d / s ** 1.5  #~ gm[i] += g[i] @ d / s ** 1.5 #~ gm[j] = g[i] @ d / s ** 1.5
            gd = m[j] * (g[i] / s ** 1.5 - 3 * (g[i] @ d) * d / s ** 2.5)  #~ gd = m[j] * (g[i] / s ** 1.5 - 1.5 * (g[i] @ d) * d / s ** 2.5) #~ gd = m[j] * g[i] / s ** 1.5
            gx[j] += gd
            gx[i] -= gd
    return gx, gm


def leapfrog(x, v, m, steps, dt):
    v = v + 0.5 * dt * acceleration(x, m)
    for k in range(steps):
        x = x + dt * v
        v = v + (dt if k < steps - 1 else 0.5 * dt) * acceleration(x, m)
    return np.concatenate([x.ravel(), v.ravel()])


def leapfrog_vjp(g, x, v, m, steps, dt):
    xs = [x]
    v = v + 0.5 * dt * acceleration(x, m)
    for k in range(steps):
        x = x + dt * v
        xs.append(x)
        v = v + (dt if k < steps - 1 else 0.5 * dt) * acceleration(x, m)
    gx, gv = g[:x.size].reshape(x.shape).copy(), g[x.size:].reshape(x.shape).copy()
    gm = np.zeros_like(m)
    for k in reversed(range(steps)):
        w = dt if k < steps - 1 else 0.5 * dt  #~ w = dt if k < steps - 1 else dt #~ w = dt if k > 0 else 0.5 * dt
        ax, am = acceleration_vjp(w * gv, xs[k + 1], m)  #~ ax, am = acceleration_vjp(w * gv, xs[k], m) #~ ax, am = acceleration_vjp(gv, xs[k + 1], m)
        gx = gx + ax  #~ gx = ax
        gm += am
        gv = gv + dt * gx  #~ gv = dt * gx
    ax, am = acceleration_vjp(0.5 * dt * gv, xs[0], m)
    return gx + ax, gv, gm + am  #~ return gx, gv, gm + am #~ return gx + ax, gv, gm


# mean field of an Ising model, free energy by magnetisation

def free_energy(m, J, h, T):
    e = -0.5 * m @ J @ m - h @ m
    s = -np.sum((1 + m) / 2 * np.log((1 + m) / 2) + (1 - m) / 2 * np.log((1 - m) / 2))
    return e - T * s


def free_energy_gradient(m, J, h, T):
    g = -0.5 * (J + J.T) @ m - h  #~ g = -0.5 * J @ m - h #~ g = -J @ m - h #~ g = -0.5 * (J + J.T) @ m + h
    g += T * np.arctanh(m)  #~ g -= T * np.arctanh(m) #~ g += np.arctanh(m) #~ g += T * np.tanh(m)
    return g


# thin membrane: area of a height field over a grid

def membrane_area(z):
    dx = z[1:, :-1] - z[:-1, :-1]
    dy = z[:-1, 1:] - z[:-1, :-1]
    return np.sqrt(1 + dx ** 2 + dy ** 2).sum()


def membrane_gradient(z):
    dx = z[1:, :-1] - z[:-1, :-1]
    dy = z[:-1, 1:] - z[:-1, :-1]
    A = np.sqrt(1 + dx ** 2 + dy ** 2)
    g = np.zeros_like(z)
    g[1:, :-1] += dx / A
    g[:-1, 1:] += dy / A  #~ g[:-1, 1:] += dx / A #~ g[:-1, 1:] = dy / A #~ g[:-1, 1:] += dy
    g[:-1, :-1] -= (dx + dy) / A  #~ g[:-1, :-1] += (dx + dy) / A #~ g[:-1, :-1] -= dx / A
    return g


# optics: path of light through layers, time as a function of the crossing points

def travel_time(y, n, ends):
    pts = np.r_[ends[0], y, ends[1]]
    return sum(n[i] * np.hypot(1.0, pts[i + 1] - pts[i]) for i in range(len(n)))


def travel_time_grad(y, n, ends):
    pts = np.r_[ends[0], y, ends[1]]
    sines = [(pts[i + 1] - pts[i]) / np.hypot(1.0, pts[i + 1] - pts[i]) for i in range(len(n))]
    return np.array([n[i] * sines[i] - n[i + 1] * sines[i + 1] for i in range(len(y))])  #~ return np.array([n[i] * sines[i] - n[i] * sines[i + 1] for i in range(len(y))]) #~ return np.array([n[i] * sines[i] + n[i + 1] * sines[i + 1] for i in range(len(y))])


def cases(r):
    grid = np.array([[0, 0, 0], [1.2, 0, 0], [0, 1.2, 0], [0, 0, 1.2]])
    x = grid + 0.1 * r.normal(size=(4, 3))
    yield "Lennard-Jones", dict(f=lj_energy, inputs=[x], gradient=lj_gradient)
    bonds, angles = [(0, 1, 3.0, 1.0), (0, 2, 2.0, 1.1), (2, 3, 1.0, 0.9)], [(1, 0, 2, 1.5, 1.9), (0, 2, 3, 0.7, 2.0)]
    yield "bonds and angles", dict(
        f=lambda x: bonded(x, bonds, angles), inputs=[x], gradient=lambda x: bonded_gradient(x, bonds, angles))
    q, kvecs = r.normal(size=4), [(1, 0, 0), (0, 1, 1), (1, -1, 0), (2, 0, 1)]
    yield "Ewald sum", dict(
        f=lambda x: ewald(x, q, 3.0, 1.4, kvecs), inputs=[x], gradient=lambda x: ewald_forces(x, q, 3.0, 1.4, kvecs))
    springs = [(0, 1, 1.0), (1, 2, 0.8), (0, 3, 0.5), (3, 2, 1.2)]
    yield "spring forces", dict(
        f=lambda x, k: spring_forces(x, springs, k), inputs=[x[:, :2] + 0.3 * r.normal(size=(4, 2)), 1 + r.random(4)],
        vjp=lambda v, x, k: spring_forces_vjp(v, x, springs, k))
    truss = Truss(
        np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), [(0, 2), (1, 3), (0, 3), (1, 2), (2, 3)], {0, 1, 2, 3},
        np.array([0, 0, 0, 0, 0.3, -1.0, 0.1, -0.5]))
    yield "truss", dict(f=truss.objective, inputs=[0.5 + r.random(5)], gradient=truss.sensitivity)
    h, E, load, u = 0.5 + r.random(4), 1 + r.random(4), r.normal(size=4), 0.5 * r.normal(size=4)
    yield "elastic bar", dict(
        f=lambda u: bar_energy(u, h, E, load), inputs=[u], gradient=lambda u: bar_residual(u, h, E, load))
    yield "tangent of an elastic bar", dict(
        f=lambda u: bar_residual(u, h, E, load), inputs=[u], gradient=lambda u: bar_tangent(u, h, E, load))
    yield "pendulum", dict(
        f=pendulum, inputs=[0.5 + 0.3 * r.normal(), 0.3 * r.normal(), 1 + r.random()], gradient=pendulum_gradient)
    pos, vel, m = 2 * x[:3, :2] + 0.3 * r.normal(size=(3, 2)), r.normal(size=(3, 2)), 0.5 + r.random(3)
    yield "planets", dict(
        f=lambda x, v, m: leapfrog(x, v, m, 3, 0.2), inputs=[pos, vel, m],
        vjp=lambda g, x, v, m: leapfrog_vjp(g, x, v, m, 3, 0.2))
    J = r.normal(size=(4, 4))
    yield "mean field", dict(
        f=lambda m: free_energy(m, J, q, 1.5), inputs=[np.tanh(r.normal(size=4))],
        gradient=lambda m: free_energy_gradient(m, J, q, 1.5))
    yield "membrane", dict(f=membrane_area, inputs=[r.normal(size=(3, 4))], gradient=membrane_gradient)
    n = 1 + r.random(4)
    yield "path of light", dict(
        f=lambda y: travel_time(y, n, (0.0, 2.0)), inputs=[r.normal(size=3)],
        gradient=lambda y: travel_time_grad(y, n, (0.0, 2.0)))
