import numpy as np


# finite impulse response, by np.convolve

def fir(x, h):
    return np.convolve(x, h)


def fir_vjp(g, x, h):
    dx = np.correlate(g, h, mode="valid")  #~ dx = np.convolve(g, h, mode="valid")
    dh = np.correlate(g, x, mode="valid")  #~ dh = np.convolve(g, x, mode="valid") #~ dh = np.correlate(g, x, mode="valid")[::-1]
    return dx, dh


# second-order recursive filter

class Biquad:
    def __init__(self, b, a):
        self.b, self.a = b, a

    def __call__(self, x):
        b, a = self.b, self.a
        y = np.zeros(len(x))
        for n in range(len(x)):
            y[n] = b[0] * x[n]
            if n > 0:
                y[n] += b[1] * x[n - 1] - a[0] * y[n - 1]
            if n > 1:
                y[n] += b[2] * x[n - 2] - a[1] * y[n - 2]
        self.x, self.y = x, y
        return y

    def backward(self, g):
        b, a, x, y = self.b, self.a, self.x, self.y
        g = np.array(g)
        dx = np.zeros(len(x))
        self.db, self.da = np.zeros(3), np.zeros(2)
        for n in range(len(x) - 1, -1, -1):
            dx[n] += g[n] * b[0]  #~ dx[n] = g[n] * b[0]
            self.db[0] += g[n] * x[n]
            if n > 0:
                dx[n - 1] += g[n] * b[1]
                g[n - 1] -= g[n] * a[0]  #~ g[n - 1] += g[n] * a[0] #~ dx[n - 1] -= g[n] * a[0]
                self.db[1] += g[n] * x[n - 1]  #~ self.db[1] += g[n] * x[n]
                self.da[0] -= g[n] * y[n - 1]  #~ self.da[0] -= g[n] * y[n] #~ self.da[0] -= g[n] * x[n - 1]
            if n > 1:
                dx[n - 2] += g[n] * b[2]
                g[n - 2] -= g[n] * a[1]  #~ g[n - 2] -= g[n] * a[0] #~
                self.db[2] += g[n] * x[n - 2]
                self.da[1] -= g[n] * y[n - 2]  #~ self.da[1] = -g[n] * y[n - 2]
        return dx


# loss on the log power spectrum

def spectral_loss(x, target):
    X = np.fft.rfft(x)
    P = np.abs(X) ** 2 + 1.0
    return np.sum((np.log(P) - target) ** 2)


def spectral_gradient(x, target):
    n = len(x)
    X = np.fft.rfft(x)
    P = np.abs(X) ** 2 + 1.0
    dP = 2 * (np.log(P) - target) / P  #~ dP = 2 * (np.log(P) - target) #~ dP = (np.log(P) - target) / P
    dX = 2 * dP * X  #~ dX = dP * X #~ dX = 2 * dP * np.conj(X) #~ dX = 2 * dP * np.abs(X)
    full = np.zeros(n, dtype=complex)
    full[: len(X)] = dX
    return n * np.fft.ifft(full).real  #~ return np.fft.ifft(full).real #~ return n * np.fft.fft(full).real #~ return n * np.abs(np.fft.ifft(full))


# filtering in the frequency domain

def frequency_filter(x, H):
    return np.fft.irfft(np.fft.rfft(x) * H, n=len(x))


def frequency_filter_vjp(g, x, H):
    n = len(x)
    G = np.fft.rfft(g)
    X = np.fft.rfft(x)
    dx = np.fft.irfft(G * H, n=n)
    dH = (np.conj(X) * G).real * 2 / n  #~ dH = (X * G).real * 2 / n #~ dH = (np.conj(X) * G).real / n #~ dH = (np.conj(X) * G).real * 2
    dH[0] /= 2  #~
    if n % 2 == 0:
        dH[-1] /= 2
    return dx, dH


# total variation denoising, smoothed

def tv(u, f, lam, eps=0.1):
    gx = np.diff(u, axis=1, append=u[:, -1:])
    gy = np.diff(u, axis=0, append=u[-1:])
    return 0.5 * np.sum((u - f) ** 2) + lam * np.sqrt(gx ** 2 + gy ** 2 + eps).sum()


def tv_gradient(u, f, lam, eps=0.1):
    gx = np.diff(u, axis=1, append=u[:, -1:])
    gy = np.diff(u, axis=0, append=u[-1:])
    mag = np.sqrt(gx ** 2 + gy ** 2 + eps)  #~ mag = gx ** 2 + gy ** 2 + eps
    px, py = gx / mag, gy / mag
    div = np.zeros_like(u)
    div += px + py
    div[:, 1:] -= px[:, :-1]  #~ div[:, 1:] -= px[:, 1:] #~ div[:, 1:] += px[:, :-1]
    div[1:] -= py[:-1]  #~
    return u - f - lam * div  #~ return u - f + lam * div #~ return u - f - div #~ return f - u - lam * div


# Haar wavelet, lossy: sum of soft-thresholded coefficients

def haar(x, levels):
    coeffs = []
    a = x
    for _ in range(levels):
        even, odd = a[::2], a[1::2]
        coeffs.append((even - odd) / np.sqrt(2))
        a = (even + odd) / np.sqrt(2)
    coeffs.append(a)
    return coeffs


def sparsity(x, levels):
    return sum(np.sum(np.sqrt(c ** 2 + 0.01)) for c in haar(x, levels))


def sparsity_gradient(x, levels):
    coeffs = haar(x, levels)
    grads = [c / np.sqrt(c ** 2 + 0.01) for c in coeffs]  #~ grads = [c * np.sqrt(c ** 2 + 0.01) for c in coeffs] #~ grads = [c / (c ** 2 + 0.01) for c in coeffs]
    a = grads[-1]
    for d in reversed(grads[:-1]):
        up = np.empty(2 * len(d))
        up[::2] = (a + d) / np.sqrt(2)  #~ up[::2] = (a + d) / 2
        up[1::2] = (a - d) / np.sqrt(2)  #~ up[1::2] = (d - a) / np.sqrt(2) #~ up[1::2] = (a + d) / np.sqrt(2)
        a = up
    return a


# natural cubic spline: value at a point as a function of the knots' ordinates

def second_derivatives(x, y):
    n = len(x)
    h = np.diff(x)
    A = np.eye(n)
    b = np.zeros(n)
    for i in range(1, n - 1):
        A[i, i - 1], A[i, i], A[i, i + 1] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        b[i] = 6 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
    return np.linalg.solve(A, b), A


def spline(y, x, t):
    M, _ = second_derivatives(x, y)
    i = np.clip(np.searchsorted(x, t) - 1, 0, len(x) - 2)
    h = x[i + 1] - x[i]
    a, b = (x[i + 1] - t) / h, (t - x[i]) / h
    return a * y[i] + b * y[i + 1] + ((a ** 3 - a) * M[i] + (b ** 3 - b) * M[i + 1]) * h ** 2 / 6


def spline_vjp(g, y, x, t):
    _, A = second_derivatives(x, y)
    i = np.clip(np.searchsorted(x, t) - 1, 0, len(x) - 2)
    h = x[i + 1] - x[i]
    a, b = (x[i + 1] - t) / h, (t - x[i]) / h
    dy, dM = np.zeros_like(y), np.zeros_like(y)
    np.add.at(dy, i, a * g)
    np.add.at(dy, i + 1, b * g)  #~ dy[i + 1] += b * g #~ np.add.at(dy, i, b * g) #~ np.add.at(dy, i + 1, a * g)
    np.add.at(dM, i, (a ** 3 - a) * h ** 2 / 6 * g)  #~ dM[i] += (a ** 3 - a) * h ** 2 / 6 * g #~ np.add.at(dM, i, (a ** 3 - a) * h ** 2 * g)
    np.add.at(dM, i + 1, (b ** 3 - b) * h ** 2 / 6 * g)
    db = np.linalg.solve(A.T, dM)  #~ db = np.linalg.solve(A, dM)
    hh = np.diff(x)
    for k in range(1, len(x) - 1):
        dy[k + 1] += 6 * db[k] / hh[k]
        dy[k] -= 6 * db[k] * (1 / hh[k] + 1 / hh[k - 1])  #~ dy[k] -= 6 * db[k] / hh[k] #~ dy[k] += 6 * db[k] * (1 / hh[k] + 1 / hh[k - 1])
        dy[k - 1] += 6 * db[k] / hh[k - 1]  #~ dy[k - 1] += 6 * db[k] / hh[k] #~ dy[k - 1] -= 6 * db[k] / hh[k - 1]
    return dy


# sum of damped sinusoids, fitted to data: a Jacobian by parameter

def damped(theta, t):
    A, k, w, p = theta
    return A * np.exp(-k * t) * np.cos(w * t + p)


def damped_jacobian(theta, t):
    A, k, w, p = theta
    e = np.exp(-k * t)
    c, s = np.cos(w * t + p), np.sin(w * t + p)
    return np.column_stack([
        e * c,
        -A * t * e * c,  #~ A * t * e * c, #~ -A * k * e * c, #~ -A * e * c,
        -A * t * e * s,  #~ -A * w * e * s, #~ A * t * e * s, #~ -A * t * e * c,
        -A * e * s,  #~ -A * p * e * s,
    ])


# exponential smoothing with trend, after Holt: sum of squared one-step errors

def holt(params, y):
    alpha, beta = params
    level, trend = y[0], y[1] - y[0]
    sse = 0.0
    for t in range(1, len(y)):
        err = y[t] - level - trend
        sse += err ** 2
        new = level + trend + alpha * err
        trend = trend + alpha * beta * err
        level = new
    return sse


def holt_gradient(params, y):
    alpha, beta = params
    level, trend = y[0], y[1] - y[0]
    dl, dt = np.zeros(2), np.zeros(2)
    g = np.zeros(2)
    for t in range(1, len(y)):
        err = y[t] - level - trend
        derr = -dl - dt  #~ derr = -dl #~ derr = dl + dt
        g += 2 * err * derr  #~ g = 2 * err * derr #~ g += err * derr
        dnew = dl + dt + alpha * derr
        dnew[0] += err  #~ dnew[1] += err #~
        dt = dt + alpha * beta * derr
        dt = dt + err * np.array([beta, alpha])  #~ dt = dt + err * np.array([alpha, beta]) #~
        trend = trend + alpha * beta * err
        level = level + trend + alpha * err - alpha * beta * err
        dl = dnew
    return g


# time delay by cross-correlation with a shifted, interpolated copy

def shifted(x, delay):
    n = np.arange(len(x)) - delay
    i = np.floor(n).astype(int)
    f = n - i
    at = lambda j: np.where((j >= 0) & (j < len(x)), x[np.clip(j, 0, len(x) - 1)], 0.0)
    return (1 - f) * at(i) + f * at(i + 1)


def shifted_vjp(g, x, delay):
    dx = np.zeros_like(x)
    ddelay = 0.0
    for k in range(len(x)):
        pos = k - delay
        i = int(np.floor(pos))
        f = pos - i
        left = x[i] if 0 <= i < len(x) else 0.0
        right = x[i + 1] if 0 <= i + 1 < len(x) else 0.0
        if 0 <= i < len(x):
            dx[i] += (1 - f) * g[k]  #~ dx[i] = (1 - f) * g[k] #~ dx[i] += f * g[k]
        if 0 <= i + 1 < len(x):
            dx[i + 1] += f * g[k]  #~ dx[i + 1] += f * g[i + 1]
        ddelay -= g[k] * (right - left)  #~ ddelay += g[k] * (right - left) #~ ddelay -= g[k] * right #~ ddelay = -g[k] * (right - left)
    return dx, ddelay


def cases(r):
    yield "fir filter", dict(f=fir, inputs=[r.normal(size=6), r.normal(size=3)], vjp=fir_vjp)

    def biquad_vjp(g, x, b, a):
        filt = Biquad(b, a)
        filt(x)
        dx = filt.backward(g)
        return dx, filt.db, filt.da

    yield "biquad filter", dict(
        f=lambda x, b, a: Biquad(b, a)(x), inputs=[r.normal(size=6), r.normal(size=3), 0.4 * r.normal(size=2)],
        vjp=biquad_vjp)
    target = r.random(5)
    yield "log spectrum", dict(
        f=lambda x: spectral_loss(x, target), inputs=[r.normal(size=8)], gradient=lambda x: spectral_gradient(x, target))
    yield "frequency filter", dict(
        f=frequency_filter, inputs=[r.normal(size=8), r.normal(size=5)], vjp=frequency_filter_vjp)
    noisy = r.normal(size=(4, 3))
    yield "total variation", dict(
        f=lambda u: tv(u, noisy, 0.7), inputs=[r.normal(size=(4, 3))], gradient=lambda u: tv_gradient(u, noisy, 0.7))
    yield "wavelet sparsity", dict(
        f=lambda x: sparsity(x, 2), inputs=[r.normal(size=8)], gradient=lambda x: sparsity_gradient(x, 2))
    x = np.array([0.0, 1.0, 1.7, 3.0, 4.2])
    t = np.array([0.3, 0.6, 2.0, 2.5, 3.9])
    yield "cubic spline", dict(
        f=lambda y: spline(y, x, t), inputs=[r.normal(size=5)], vjp=lambda g, y: spline_vjp(g, y, x, t))
    yield "damped sinusoid", dict(
        f=lambda th: damped(th, t), inputs=[0.5 + r.random(4)], gradient=lambda th: damped_jacobian(th, t))
    y = np.cumsum(r.normal(size=7))
    yield "exponential smoothing", dict(
        f=lambda p: holt(p, y), inputs=[0.3 + 0.4 * r.random(2)], gradient=lambda p: holt_gradient(p, y))
    yield "time delay", dict(f=shifted, inputs=[r.normal(size=6), 1.2 + 0.6 * r.random()], vjp=shifted_vjp)
