"""Filters, images and spectra: inverse problems of signal processing."""

import numpy as np

noise = np.random.default_rng(44100)
recording = noise.normal(size=9)


# -- a recursive filter of second order


def iir(x, b, a):
    y = np.zeros_like(x)
    for n in range(len(x)):
        y[n] = b[0] * x[n]
        if n >= 1:
            y[n] += b[1] * x[n - 1] - a[0] * y[n - 1]
        if n >= 2:
            y[n] += b[2] * x[n - 2] - a[1] * y[n - 2]
    return y


def iir_vjp(ybar, x, b, a):
    y = iir(x, b, a)
    s = np.zeros_like(x)
    N = len(x)
    for n in range(N - 1, -1, -1):
        s[n] = ybar[n]
        if n + 1 < N:
            s[n] -= a[0] * s[n + 1]
        if n + 2 < N:
            s[n] -= a[1] * s[n + 2]
    xbar = b[0] * s
    xbar[:-1] += b[1] * s[1:]  #~ xbar[1:] += b[1] * s[:-1]
    xbar[:-2] += b[2] * s[2:]
    bbar = np.array([s @ x, s[1:] @ x[:-1], s[2:] @ x[:-2]])
    abar = -np.array([s[1:] @ y[:-1], s[2:] @ y[:-2]])  #~ abar = -np.array([s[1:] @ x[:-1], s[2:] @ x[:-2]])
    return xbar, bbar, abar


# -- smoothed total variation of an image, with a data term

blurred = noise.random((5, 4))


def tv_objective(img, eps=0.01, lam=0.3):
    dx = np.diff(img, axis=1)[:-1, :]
    dy = np.diff(img, axis=0)[:, :-1]
    return 0.5 * np.sum((img - blurred) ** 2) + lam * np.sum(np.sqrt(dx**2 + dy**2 + eps))


def tv_gradient(img, eps=0.01, lam=0.3):
    dx = np.diff(img, axis=1)[:-1, :]
    dy = np.diff(img, axis=0)[:, :-1]
    root = np.sqrt(dx**2 + dy**2 + eps)
    g = img - blurred
    g[:-1, 1:] += lam * dx / root
    g[:-1, :-1] -= lam * (dx + dy) / root  #~ g[:-1, :-1] -= lam * dx / root
    g[1:, :-1] += lam * dy / root
    return g


# -- phase retrieval: magnitudes of a Fourier transform

magnitudes = np.abs(np.fft.fft(noise.normal(size=8)))


def phase_loss(x):
    return 0.5 * np.sum((np.abs(np.fft.fft(x)) - magnitudes) ** 2)


def phase_grad(x):
    F = np.fft.fft(x)
    residual = np.abs(F) - magnitudes  #~ residual = np.abs(F)
    return np.real(np.fft.ifft(residual * F / np.abs(F))) * len(x)  #~ return np.real(np.fft.ifft(residual * F / np.abs(F)))


# -- sampling an image between its pixels

PICTURE = noise.random((6, 7))


def sample_bilinear(rows, cols):
    out = np.empty(len(rows))
    for k, (r, c) in enumerate(zip(rows, cols, strict=True)):
        i, j = int(np.floor(r)), int(np.floor(c))
        u, v = r - i, c - j
        top = (1 - v) * PICTURE[i, j] + v * PICTURE[i, j + 1]
        bottom = (1 - v) * PICTURE[i + 1, j] + v * PICTURE[i + 1, j + 1]
        out[k] = (1 - u) * top + u * bottom
    return out


def sample_bilinear_vjp(g, rows, cols):
    i, j = rows.astype(int), cols.astype(int)
    u, v = rows - i, cols - j
    a, b = PICTURE[i, j], PICTURE[i, j + 1]
    c, d = PICTURE[i + 1, j], PICTURE[i + 1, j + 1]
    d_rows = (1 - v) * (c - a) + v * (d - b)
    d_cols = (1 - u) * (b - a) + u * (d - c)  #~ d_cols = (1 - v) * (b - a) + v * (d - c)
    return g * d_rows, g * d_cols


# -- the power in a window of a delayed and summed array of microphones

OMEGA = 2.1


def beam_power(delays, gains):
    phasor = gains * np.exp(1j * OMEGA * delays)
    return np.abs(phasor.sum()) ** 2


def beam_power_gradient(delays, gains):
    phasor = gains * np.exp(1j * OMEGA * delays)
    total = phasor.sum()
    d_delays = 2 * np.real(np.conj(total) * 1j * OMEGA * phasor)  #~ d_delays = 2 * np.real(total * 1j * OMEGA * phasor)
    d_gains = 2 * np.real(np.conj(total) * np.exp(1j * OMEGA * delays))
    return d_delays, d_gains


# -- soft dynamic time warping

GAMMA = 0.5
reference = np.array([0.1, 0.8, 0.3, -0.4])


def softmin(*values):
    z = -np.array(values) / GAMMA
    m = z.max()
    return -GAMMA * (m + np.log(np.exp(z - m).sum()))


def warp_table(x):
    n, m = len(x), len(reference)
    D = (x[:, None] - reference[None, :]) ** 2
    R = np.full((n + 2, m + 2), np.inf)
    R[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            R[i, j] = D[i - 1, j - 1] + softmin(R[i - 1, j], R[i, j - 1], R[i - 1, j - 1])
    return D, R


def soft_dtw(x):
    _, R = warp_table(x)
    return R[len(x), len(reference)]


def soft_dtw_grad(x):
    D, R = warp_table(x)
    n, m = D.shape
    D = np.pad(D, ((1, 1), (1, 1)))
    E = np.zeros((n + 2, m + 2))
    E[n + 1, m + 1] = 1
    R[:, m + 1] = -np.inf
    R[n + 1, :] = -np.inf
    R[n + 1, m + 1] = R[n, m]
    for j in range(m, 0, -1):
        for i in range(n, 0, -1):
            down = np.exp((R[i + 1, j] - R[i, j] - D[i + 1, j]) / GAMMA)
            right = np.exp((R[i, j + 1] - R[i, j] - D[i, j + 1]) / GAMMA)
            diagonal = np.exp((R[i + 1, j + 1] - R[i, j] - D[i + 1, j + 1]) / GAMMA)  #~ diagonal = np.exp((R[i + 1, j + 1] - R[i, j] - D[i, j]) / GAMMA)
            E[i, j] = E[i + 1, j] * down + E[i, j + 1] * right + E[i + 1, j + 1] * diagonal
    inner = E[1:-1, 1:-1]
    return np.sum(inner * 2 * (x[:, None] - reference[None, :]), axis=1)


def cases(r):
    yield "iir vjp", dict(f=iir, inputs=[r.normal(size=(9,)), r.normal(size=(3,)), r.normal(size=(2,))], vjp=iir_vjp)
    yield "tv gradient", dict(f=tv_objective, inputs=[r.normal(size=(5, 4))], gradient=tv_gradient)
    yield "phase grad", dict(f=phase_loss, inputs=[r.normal(size=(8,))], gradient=phase_grad)
    yield "sample bilinear vjp", dict(f=sample_bilinear, inputs=[np.array([0.3, 2.6, 4.1]) * r.uniform(0.95, 1.05), np.array([1.7, 3.2, 5.4]) * r.uniform(0.95, 1.05)], vjp=sample_bilinear_vjp)
    yield "beam power gradient", dict(f=beam_power, inputs=[r.normal(size=(4,)), r.normal(size=(4,))], gradient=beam_power_gradient)
    yield "soft dtw grad", dict(f=soft_dtw, inputs=[r.normal(size=(5,))], gradient=soft_dtw_grad)
