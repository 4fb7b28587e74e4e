"""Structures, trajectories and arms: adjoints and Jacobians of an engineer."""

import numpy as np
from numpy import cos, sin

# -- compliance of a chain of springs: K(x) u = load

LOAD = np.array([0.0, 1.0, -0.5, 2.0])


def stiffness(k):
    n = len(LOAD)
    K = np.zeros((n, n))
    for e in range(n):
        K[e, e] += k[e]
        if e > 0:
            K[e - 1, e - 1] += k[e]
            K[e - 1, e] -= k[e]
            K[e, e - 1] -= k[e]
    return K


def compliance(k):
    u = np.linalg.solve(stiffness(k), LOAD)
    return LOAD @ u


def compliance_sensitivity(k):
    u = np.linalg.solve(stiffness(k), LOAD)
    dc = np.zeros(len(k))
    for e in range(len(k)):
        left = u[e - 1] if e > 0 else 0.0  #~ left = u[e - 1]
        dc[e] = -((u[e] - left) ** 2)
    return dc


# -- the heat equation in explicit steps, and its adjoint

DX, DT, STEPS = 0.2, 0.01, 6
TARGET = np.array([0.3, 0.9, 1.1, 0.7, 0.2])


def heat_misfit(u0, kappa):
    u = u0
    for _ in range(STEPS):
        padded = np.concatenate(([0.0], u, [0.0]))
        u = u + kappa * DT / DX**2 * (padded[2:] - 2 * u + padded[:-2])
    return 0.5 * np.sum((u - TARGET) ** 2)


def heat_adjoint(u0, kappa):
    states = [u0]
    for _ in range(STEPS):
        u = states[-1]
        padded = np.concatenate(([0.0], u, [0.0]))
        states.append(u + kappa * DT / DX**2 * (padded[2:] - 2 * u + padded[:-2]))
    lam = states[-1] - TARGET
    dkappa = 0.0
    for u in states[-2::-1]:  #~ for u in states[::-1]:
        padded = np.concatenate(([0.0], u, [0.0]))
        dkappa += lam @ (padded[2:] - 2 * u + padded[:-2]) * DT / DX**2  #~ dkappa += lam @ (padded[2:] - 2 * u + padded[:-2]) * DT / DX
        padded = np.concatenate(([0.0], lam, [0.0]))
        lam = lam + kappa * DT / DX**2 * (padded[2:] - 2 * lam + padded[:-2])
    return lam, dkappa


# -- the Jacobian of a planar arm with three joints

LINKS = np.array([1.0, 0.8, 0.3])


def end_effector(q):
    x = y = angle = 0.0
    for length, joint in zip(LINKS, q, strict=True):
        angle += joint
        x += length * cos(angle)
        y += length * sin(angle)
    return np.array([x, y])


def arm_jacobian(q):
    J = np.zeros((2, 3))
    absolute = np.cumsum(q)  #~ absolute = q
    for j in range(3):
        for i in range(j, 3):  #~ for i in range(j + 1):
            J[0, j] -= LINKS[i] * sin(absolute[i])
            J[1, j] += LINKS[i] * cos(absolute[i])
    return J


# -- rotating a point by a quaternion that is not normalised

POINT = np.array([0.3, -1.2, 0.5])


def rotate(q):
    w, x, y, z = q / np.linalg.norm(q)
    R = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    return R @ POINT


def rotate_jacobian(q):
    n = np.linalg.norm(q)
    w, x, y, z = u = q / n
    a, b, c = POINT
    J = 2 * np.array(
        [
            [y * c - z * b, y * b + z * c, -2 * y * a + x * b + w * c, -2 * z * a - w * b + x * c],
            [z * a - x * c, y * a - 2 * x * b - w * c, x * a + z * c, w * a - 2 * z * b + y * c],
            [x * b - y * a, z * a + w * b - 2 * x * c, -w * a + z * b - 2 * y * c, x * a + y * b],
        ]
    )
    project = (np.eye(4) - np.outer(u, u)) / n  #~ project = np.eye(4) / n
    return J @ project


# -- Lennard-Jones forces


def lj_energy(pos):
    energy = 0.0
    for i in range(len(pos)):
        for j in range(i):
            r2 = ((pos[i] - pos[j]) ** 2).sum()
            s6 = 1 / r2**3
            energy += 4 * (s6**2 - s6)
    return energy


def lj_gradient(pos):
    g = np.zeros_like(pos)
    for i in range(len(pos)):
        for j in range(i):
            d = pos[i] - pos[j]
            r2 = (d**2).sum()
            s6 = 1 / r2**3
            f = -24 * (2 * s6**2 - s6) / r2  #~ f = -24 * (2 * s6**2 - s6) / np.sqrt(r2)
            g[i] += f * d
            g[j] -= f * d  #~ g[j] += f * d
    return g


# -- a damped pendulum with torques, by symplectic Euler steps

STEP, DAMPING = 0.05, 0.2


def swing(torque, theta0):
    theta, omega = theta0, 0.0
    cost = 0.0
    for tau in torque:
        omega = omega + STEP * (tau - sin(theta) - DAMPING * omega)
        theta = theta + STEP * omega
        cost += 1 - cos(theta) + 0.01 * tau**2
    return cost


def swing_gradient(torque, theta0):
    theta, omega = theta0, 0.0
    thetas = [theta0]
    for tau in torque:
        omega = omega + STEP * (tau - sin(theta) - DAMPING * omega)
        theta = theta + STEP * omega
        thetas.append(theta)
    p_theta = p_omega = 0.0
    out = np.zeros_like(torque)
    for k in range(len(torque) - 1, -1, -1):
        p_theta += sin(thetas[k + 1])
        p_omega += STEP * p_theta
        out[k] = STEP * p_omega + 0.02 * torque[k]
        p_theta -= STEP * cos(thetas[k]) * p_omega  #~ p_theta -= STEP * sin(thetas[k]) * p_omega
        p_omega *= 1 - STEP * DAMPING
    return out, p_theta


def cases(r):
    yield "compliance sensitivity", dict(f=compliance, inputs=[r.uniform(0.3, 1.5, 4)], gradient=compliance_sensitivity)
    yield "heat adjoint", dict(f=heat_misfit, inputs=[r.normal(size=(5,)), r.normal()], gradient=heat_adjoint)
    yield "arm jacobian", dict(f=end_effector, inputs=[r.normal(size=(3,))], gradient=arm_jacobian)
    yield "rotate jacobian", dict(f=rotate, inputs=[np.array([0.9, -0.4, 0.3, 0.8]) * r.uniform(0.95, 1.05)], gradient=rotate_jacobian)
    yield "lj gradient", dict(f=lj_energy, inputs=[np.array([[0.0, 0.0], [1.2, 0.1], [0.3, 1.1], [1.4, 1.3]]) * r.uniform(0.95, 1.05)], gradient=lj_gradient)
    yield "swing gradient", dict(f=swing, inputs=[r.normal(size=(5,)), r.normal()], gradient=swing_gradient)
