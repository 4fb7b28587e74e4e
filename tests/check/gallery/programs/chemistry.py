"""Force fields, kinetics and thermodynamics."""

import numpy as np

# -- the angle at the middle atom


def bend_energy(a, b, c, k=3.0, theta0=1.9):
    u, v = a - b, c - b
    theta = np.arccos(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))
    return 0.5 * k * (theta - theta0) ** 2


def bend_forces(a, b, c, k=3.0, theta0=1.9):
    u, v = a - b, c - b
    nu, nv = np.linalg.norm(u), np.linalg.norm(v)
    cosine = u @ v / (nu * nv)
    theta = np.arccos(cosine)
    dE = k * (theta - theta0)
    dtheta = -1 / np.sqrt(1 - cosine**2)
    du = dE * dtheta * (v / (nu * nv) - cosine * u / nu**2)  #~ du = dE * dtheta * (v / (nu * nv) - cosine * u / nu)
    dv = dE * dtheta * (u / (nu * nv) - cosine * v / nv**2)
    return du, -du - dv, dv  #~ return du, du - dv, dv


# -- sensitivities of a reaction A -> B -> C by forward differentiation of Euler steps


def concentrations(k):
    c = np.array([1.0, 0.0, 0.0])
    h = 0.1
    for _ in range(12):
        rate1, rate2 = k[0] * c[0], k[1] * c[1]
        c = c + h * np.array([-rate1, rate1 - rate2, rate2])
    return c


def sensitivities(k):
    c = np.array([1.0, 0.0, 0.0])
    S = np.zeros((3, 2))
    h = 0.1
    for _ in range(12):
        J = np.array([[-k[0], 0, 0], [k[0], -k[1], 0], [0, k[1], 0]])
        dfdk = np.array([[-c[0], 0], [c[0], -c[1]], [0, c[1]]])  #~ dfdk = np.array([[-c[0], 0], [c[0], c[1]], [0, c[1]]])
        S = S + h * (J @ S + dfdk)  #~ S = S + h * dfdk
        c = c + h * np.array([-k[0] * c[0], k[0] * c[0] - k[1] * c[1], k[1] * c[1]])
    return S


# -- Arrhenius with a modified exponent

R_GAS = 8.314e-3


def arrhenius(lnA, n, Ea, T):
    return np.exp(lnA + n * np.log(T / 300) - Ea / (R_GAS * T))


def arrhenius_partials(lnA, n, Ea, T):
    rate = arrhenius(lnA, n, Ea, T)
    return rate, rate * np.log(T / 300), -rate / (R_GAS * T), rate * (n / T + Ea / (R_GAS * T**2))  #~ return rate, rate * np.log(T / 300), -rate / (R_GAS * T), rate * (n / T - Ea / (R_GAS * T**2))


# -- enzyme kinetics with an inhibitor, fitted to rates

substrate = np.array([0.2, 0.5, 1.0, 2.0, 5.0])
inhibitor = np.array([0.0, 0.1, 0.3, 0.0, 0.5])
rates = np.array([0.15, 0.3, 0.38, 0.62, 0.6])


def enzyme_residuals(p):
    vmax, km, ki = p
    return vmax * substrate / (km * (1 + inhibitor / ki) + substrate) - rates


def enzyme_jacobian(p):
    vmax, km, ki = p
    factor = 1 + inhibitor / ki
    denominator = km * factor + substrate
    J = np.empty((len(rates), 3))
    J[:, 0] = substrate / denominator
    J[:, 1] = -vmax * substrate * factor / denominator**2  #~ J[:, 1] = -vmax * substrate / denominator**2
    J[:, 2] = vmax * substrate * km * inhibitor / (ki * denominator) ** 2  #~ J[:, 2] = vmax * substrate * km * inhibitor / ki * denominator ** 2
    return J


# -- the free energy of a regular mixture and its chemical potentials

CHI = np.array([[0.0, 1.2, 0.4], [1.2, 0.0, -0.3], [0.4, -0.3, 0.0]])


def free_energy(moles):
    total = moles.sum()
    x = moles / total
    return np.sum(moles * np.log(x)) + 0.5 * total * x @ CHI @ x


def potentials(moles):
    x = moles / moles.sum()
    mu = np.log(x)
    mu = mu + CHI @ x
    mu -= 0.5 * x @ CHI @ x  #~ mu -= x @ CHI @ x
    return mu


# -- an equilibrium found by Newton steps: x²/(1 - x) = K, differentiated implicitly


def degree(K):
    x = 0.5
    for _ in range(50):
        x -= (x * x + K * x - K) / (2 * x + K)
    return x


def yield_of_product(K, c):
    x = degree(K)
    return c * x**2 + np.log(1 + x)


def yield_gradient(K, c):
    x = degree(K)
    dx_dK = (1 - x) / (2 * x + K)  #~ dx_dK = (1 - x) / (2 * x)
    dy_dx = 2 * c * x + 1 / (1 + x)
    return dy_dx * dx_dK, x**2


def cases(r):
    yield "bend forces", dict(f=bend_energy, inputs=[np.array([0.9, 0.2, -0.1]) * r.uniform(0.95, 1.05), np.array([0.0, 0.1, 0.0]) * r.uniform(0.95, 1.05), np.array([-0.4, 1.1, 0.3]) * r.uniform(0.95, 1.05)], gradient=bend_forces)
    yield "sensitivities", dict(f=concentrations, inputs=[r.uniform(0.3, 1.5, 2)], gradient=sensitivities)
    yield "arrhenius partials", dict(f=arrhenius, inputs=[1.2 * r.uniform(0.95, 1.05), 0.7 * r.uniform(0.95, 1.05), 5.0 * r.uniform(0.95, 1.05), 410.0 * r.uniform(0.95, 1.05)], gradient=arrhenius_partials)
    yield "enzyme jacobian", dict(f=enzyme_residuals, inputs=[r.uniform(0.3, 1.5, 3)], gradient=enzyme_jacobian)
    yield "potentials", dict(f=free_energy, inputs=[r.uniform(0.3, 1.5, 3)], gradient=potentials)
    yield "yield gradient", dict(f=yield_of_product, inputs=[0.7 * r.uniform(0.95, 1.05), 1.3 * r.uniform(0.95, 1.05)], gradient=yield_gradient)
