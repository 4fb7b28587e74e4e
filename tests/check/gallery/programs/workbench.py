"""Physics and engineering models, each with the adjoint that its author derived by hand."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np

# -- an orbit by leapfrog, and its adjoint


@dataclass(frozen=True)
class State:
    q: np.ndarray
    v: np.ndarray


def pull_of_sun(q):
    return -q / np.linalg.norm(q) ** 3


def leapfrog(state, dt):
    half = state.v + 0.5 * dt * pull_of_sun(state.q)
    q = state.q + dt * half
    return State(q, half + 0.5 * dt * pull_of_sun(q))


def orbit(q0, v0, n=6, dt=0.15):
    states = [State(q0, v0)]
    for _ in range(n):
        states.append(leapfrog(states[-1], dt))
    return states


TARGET = np.array([0.2, 0.9])


def miss(q0, v0):
    last = orbit(q0, v0)[-1]
    return 0.5 * np.sum((last.q - TARGET) ** 2) + 0.1 * last.v @ last.v


def tidal(q):
    r = np.linalg.norm(q)
    return 3 * np.outer(q, q) / r**5 - np.eye(2) / r**3  #~ return 3 * np.outer(q, q) / r**4 - np.eye(2) / r**3


def miss_grad(q0, v0, dt=0.15):
    states = orbit(q0, v0)
    lq = states[-1].q - TARGET
    lv = 0.2 * states[-1].v
    for before, after in zip(states[-2::-1], states[:0:-1], strict=True):
        lq = lq + 0.5 * dt * tidal(after.q) @ lv  #~ lq = lq + 0.5 * dt * tidal(before.q) @ lv
        lhalf = lv + dt * lq  #~ lhalf = lv
        lq = lq + 0.5 * dt * tidal(before.q) @ lhalf
        lv = lhalf
    return lq, lv


# -- heat in triangles: conductivities and the places of the nodes

NODES = np.array([[0.0, 0.0], [1.0, 0.1], [2.0, -0.1], [0.1, 1.0], [1.1, 0.9], [1.9, 1.1]])
TRIANGLES = [(0, 1, 4), (0, 4, 3), (1, 2, 5), (1, 5, 4)]
FREE = [1, 2, 4, 5]


def element(points):
    (x0, y0), (x1, y1), (x2, y2) = points
    b = np.array([y1 - y2, y2 - y0, y0 - y1])
    c = np.array([x2 - x1, x0 - x2, x1 - x0])
    area = 0.5 * (x0 * b[0] + x1 * b[1] + x2 * b[2])
    return b, c, area


def assemble(kappa, nodes):
    K = np.zeros((len(nodes), len(nodes)))
    for k, tri in zip(kappa, TRIANGLES, strict=True):
        b, c, area = element(nodes[list(tri)])
        K[np.ix_(tri, tri)] += k * (np.outer(b, b) + np.outer(c, c)) / (4 * area)
    return K[np.ix_(FREE, FREE)]


LOAD = np.array([0.0, 1.0, -0.5, 2.0])


def compliance(kappa, moved):
    nodes = NODES.copy()
    nodes[4:] += moved
    return LOAD @ np.linalg.solve(assemble(kappa, nodes), LOAD)


def compliance_grad(kappa, moved):
    nodes = NODES.copy()
    nodes[4:] += moved
    u = np.zeros(len(nodes))
    u[FREE] = np.linalg.solve(assemble(kappa, nodes), LOAD)
    dkappa = np.empty_like(kappa)
    dnodes = np.zeros_like(nodes)
    for e, tri in enumerate(TRIANGLES):
        b, c, area = element(nodes[list(tri)])
        local = u[list(tri)]
        bu, cu = b @ local, c @ local
        dkappa[e] = -(bu**2 + cu**2) / (4 * area)  #~ dkappa[e] = -(bu**2 + cu**2) / (2 * area)
        db = -2 * kappa[e] * bu * local / (4 * area)
        dc = -2 * kappa[e] * cu * local / (4 * area)
        darea = kappa[e] * (bu**2 + cu**2) / (4 * area**2)  #~ darea = -kappa[e] * (bu**2 + cu**2) / (4 * area**2)
        x = nodes[list(tri), 0]
        db += 0.5 * darea * x
        for i, n in enumerate(tri):
            dnodes[n, 1] += db[i - 1] - db[i - 2]  #~ dnodes[n, 1] += db[i - 2] - db[i - 1]
            dnodes[n, 0] += dc[i - 2] - dc[i - 1] + 0.5 * darea * b[i]
    return dkappa, dnodes[4:]


# -- one ball, a camera and a lamp

PIXELS = np.stack(np.meshgrid(np.linspace(-0.7, 0.7, 4), np.linspace(-0.6, 0.8, 4)), -1).reshape(-1, 2)
RAYS = np.concatenate([PIXELS, np.ones((16, 1))], 1)
RAYS /= np.linalg.norm(RAYS, axis=1, keepdims=True)


def render(centre, radius, lamp):
    along = RAYS @ centre
    inside = along**2 - centre @ centre + radius**2
    hit = inside > 0
    root = np.sqrt(np.where(hit, inside, 1.0))
    depth = along - root
    normal = (depth[:, None] * RAYS - centre) / radius
    light = np.maximum(normal @ lamp, 0)
    return np.where(hit, light, 0.0)


def render_vjp(g, centre, radius, lamp):
    along = RAYS @ centre
    inside = along**2 - centre @ centre + radius**2
    hit = inside > 0
    root = np.sqrt(np.where(hit, inside, 1.0))
    normal = ((along - root)[:, None] * RAYS - centre) / radius
    g = g * hit * (normal @ lamp > 0)  #~ g = g * hit
    dlamp = normal.T @ g
    dnormal = g[:, None] * lamp
    ddepth = (dnormal * RAYS).sum(1) / radius
    dcentre = -dnormal.sum(0) / radius
    dradius = -np.sum(dnormal * normal) / radius  #~ dradius = -np.sum(dnormal * normal)
    dinside = -ddepth / (2 * root)
    dalong = ddepth + 2 * along * dinside
    dcentre += RAYS.T @ dalong - 2 * centre * dinside.sum()  #~ dcentre += RAYS.T @ dalong - 2 * centre * dinside.mean()
    dradius += 2 * radius * dinside.sum()
    return dcentre, dradius, dlamp


# -- a gyroscope: quaternions integrated with normalisation

Quaternion = namedtuple("Quaternion", "w v")


def times(p, q):
    return Quaternion(p.w * q.w - p.v @ q.v, p.w * q.v + q.w * p.v + np.cross(p.v, q.v))


def times_back(g, p, q):
    gp = Quaternion(g.w * q.w + g.v @ q.v, -g.w * q.v + q.w * g.v + np.cross(q.v, g.v))  #~ gp = Quaternion(g.w * q.w + g.v @ q.v, -g.w * q.v + q.w * g.v + np.cross(g.v, q.v))
    gq = Quaternion(g.w * p.w + g.v @ p.v, -g.w * p.v + p.w * g.v - np.cross(p.v, g.v))
    return gp, gq


def attitude(rates):
    q, steps = Quaternion(1.0, np.zeros(3)), []
    for rate in rates:
        turn = Quaternion(1.0, 0.05 * rate)
        raw = times(q, turn)
        steps.append((q, turn, raw))
        size = np.sqrt(raw.w**2 + raw.v @ raw.v)
        q = Quaternion(raw.w / size, raw.v / size)
    return q, steps


def attitude_error(rates):
    q, _ = attitude(rates)
    return (q.w - 0.9) ** 2 + 3 * np.sum((q.v - np.array([0.1, 0.2, -0.3])) ** 2)


def attitude_error_grad(rates):
    q, steps = attitude(rates)
    g = Quaternion(2 * (q.w - 0.9), 6 * (q.v - np.array([0.1, 0.2, -0.3])))
    out = np.zeros_like(rates)
    for k in range(len(steps) - 1, -1, -1):
        before, turn, raw = steps[k]
        size = np.sqrt(raw.w**2 + raw.v @ raw.v)
        radial = (g.w * raw.w + g.v @ raw.v) / size**3  #~ radial = (g.w * raw.w + g.v @ raw.v) / size**2
        g = Quaternion(g.w / size - radial * raw.w, g.v / size - radial * raw.v)
        g, gturn = times_back(g, before, turn)
        out[k] = 0.05 * gturn.v  #~ out[k] = 0.05 * g.v
    return out


# -- albedo feedback: a temperature by iteration, its derivative by the implicit function theorem


def balance(T, sun, emissivity):
    albedo = 0.5 - 0.2 * np.tanh((T - 2.65) / 0.1)
    return sun / 4 * (1 - albedo) - emissivity * 0.02 * T**4


def temperature(sun, emissivity):
    T = 2.9
    while abs(step := balance(T, sun, emissivity)) > 1e-13:
        T += 0.3 * step
    return T


def temperature_grad(sun, emissivity):
    T = temperature(sun, emissivity)
    t = np.tanh((T - 2.65) / 0.1)
    albedo = 0.5 - 0.2 * t
    dalbedo = -0.2 * (1 - t**2) / 0.1  #~ dalbedo = -0.2 * (1 - t**2)
    slope = -sun / 4 * dalbedo - 4 * emissivity * 0.02 * T**3
    return -(1 - albedo) / 4 / slope, 0.02 * T**4 / slope  #~ return -(1 - albedo) / 4 * slope, 0.02 * T**4 / slope


# -- the torques of an arm with two links, by recursion from the tip

LENGTHS, MASSES = (1.0, 0.8), (1.5, 0.7)


def rotate(a, v):
    return np.array([np.cos(a) * v[0] - np.sin(a) * v[1], np.sin(a) * v[0] + np.cos(a) * v[1]])


def holding_torques(angles):
    out, position, total = [], np.zeros(2), 0.0
    tips = []
    for a, l in zip(np.cumsum(angles), LENGTHS, strict=True):
        tips.append((position, position + rotate(a, np.array([l, 0.0]))))
        position = tips[-1][1]
    for joint, _ in tips:
        centre = [0.5 * (start[0] + end[0]) for start, end in tips]
        first = [k for k, (start, _) in enumerate(tips) if start is joint][0]
        out.append(sum(9.81 * MASSES[k] * (centre[k] - joint[0]) for k in range(first, 2)))
    return np.array(out)


def holding_torques_jacobian(angles):
    s = [-l * np.sin(a) for a, l in zip(np.cumsum(angles), LENGTHS, strict=True)]
    J = np.zeros((2, 2))
    J[1, :] = 9.81 * MASSES[1] * 0.5 * s[1]  #~ J[1, 1] = 9.81 * MASSES[1] * 0.5 * s[1]
    J[0, 1] = J[1, 1]
    J[0, 0] = 9.81 * (MASSES[0] * 0.5 * s[0] + MASSES[1] * (s[0] + 0.5 * s[1]))  #~ J[0, 0] = 9.81 * (MASSES[0] * 0.5 * s[0] + MASSES[1] * (0.5 * s[0] + 0.5 * s[1]))
    return J


# -- particles of a smooth fluid: densities and pressures of pairs


def kernel(r, h=1.2):
    u = 1 - r / h
    return u**3 * (u > 0)


def kernel_slope(r, h=1.2):
    u = 1 - r / h
    return -3 * u**2 * (u > 0) / h  #~ return -3 * u**2 * (u > 0)


def pairs(n):
    for i in range(n):
        for j in range(i):
            yield i, j


def pressure_energy(x):
    rho = np.ones(len(x))
    for i, j in pairs(len(x)):
        w = kernel(np.linalg.norm(x[i] - x[j]))
        rho[i] += w
        rho[j] += w
    return np.sum(np.where(rho > 1.1, (rho - 1.1) ** 2, 0)) + 0.01 * np.sum(x**2)


def pressure_energy_grad(x):
    rho = np.ones(len(x))
    for i, j in pairs(len(x)):
        rho[[i, j]] += kernel(np.linalg.norm(x[i] - x[j]))
    drho = 2 * np.maximum(rho - 1.1, 0)
    g = 0.02 * x
    for i, j in pairs(len(x)):
        d = x[i] - x[j]
        r = np.linalg.norm(d)
        force = (drho[i] + drho[j]) * kernel_slope(r) * d / r  #~ force = drho[i] * kernel_slope(r) * d / r
        g[i] += force
        g[j] -= force  #~ g[j] += force
    return g


def cases(r):
    yield "orbit by leapfrog", dict(f=miss, inputs=[np.array([1.0, 0.1]) * r.uniform(0.9, 1.1, 2), np.array([-0.1, 0.9]) * r.uniform(0.9, 1.1, 2)], gradient=miss_grad)
    yield "triangles of heat", dict(f=compliance, inputs=[r.uniform(0.5, 2.0, 4), r.normal(size=(2, 2)) * 0.05], gradient=compliance_grad)
    yield "ball and lamp", dict(f=render, inputs=[np.array([0.1, -0.05, 2.5]) * r.uniform(0.9, 1.1, 3), 1.1 * r.uniform(0.95, 1.05), np.array([1.5, 0.9, -0.6]) * r.uniform(0.9, 1.1, 3)], vjp=render_vjp)
    yield "gyroscope", dict(f=attitude_error, inputs=[r.normal(size=(5, 3)) * 3], gradient=attitude_error_grad)
    yield "albedo feedback", dict(f=temperature, inputs=[8.0 * r.uniform(0.98, 1.02), 0.6 * r.uniform(0.98, 1.02)], gradient=temperature_grad)
    yield "holding torques", dict(f=holding_torques, inputs=[r.uniform(0.2, 0.9, 2)], gradient=holding_torques_jacobian)
    yield "smooth fluid", dict(f=pressure_energy, inputs=[r.normal(size=(6, 2)) * 0.6], gradient=pressure_energy_grad)
