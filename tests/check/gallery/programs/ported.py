"""Course exercises and toolboxes for MATLAB, moved to NumPy line by line."""

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


# -- nnCostFunction: one hidden layer, parameters in one long vector

INPUT, HIDDEN, LABELS = 3, 4, 3
XC = np.random.default_rng(41).normal(size=(5, INPUT))
YC = np.array([1, 3, 2, 3, 1])


def reshape_params(nn_params):
    split = HIDDEN * (INPUT + 1)
    Theta1 = nn_params[:split].reshape(HIDDEN, INPUT + 1, order="F")
    Theta2 = nn_params[split:].reshape(LABELS, HIDDEN + 1, order="F")
    return Theta1, Theta2


def nn_cost(nn_params, lam=0.7):
    Theta1, Theta2 = reshape_params(nn_params)
    m = XC.shape[0]
    A1 = np.hstack([np.ones((m, 1)), XC])
    A2 = np.hstack([np.ones((m, 1)), sigmoid(A1 @ Theta1.T)])
    H = sigmoid(A2 @ Theta2.T)
    Y = np.eye(LABELS)[YC - 1]
    J = -np.sum(Y * np.log(H) + (1 - Y) * np.log(1 - H)) / m
    return J + lam / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))


def nn_cost_grad(nn_params, lam=0.7):
    Theta1, Theta2 = reshape_params(nn_params)
    m = XC.shape[0]
    Theta1_grad = np.zeros(Theta1.shape)
    Theta2_grad = np.zeros(Theta2.shape)
    for t in range(m):
        a1 = np.concatenate(([1.0], XC[t, :]))
        z2 = Theta1 @ a1
        a2 = np.concatenate(([1.0], sigmoid(z2)))
        a3 = sigmoid(Theta2 @ a2)
        yt = (np.arange(1, LABELS + 1) == YC[t]).astype(float)
        d3 = a3 - yt  #~ d3 = (a3 - yt) * a3 * (1 - a3)
        d2 = (Theta2.T @ d3)[1:] * sigmoid(z2) * (1 - sigmoid(z2))  #~ d2 = (Theta2.T @ d3)[1:] * a2[1:] * (1 - z2)
        Theta2_grad += np.outer(d3, a2)
        Theta1_grad += np.outer(d2, a1)
    Theta1_grad /= m
    Theta2_grad /= m
    Theta1_grad[:, 1:] += lam / m * Theta1[:, 1:]  #~ Theta1_grad += lam / m * Theta1
    Theta2_grad[:, 1:] += lam / m * Theta2[:, 1:]  #~ Theta2_grad[:, 1:] += lam * Theta2[:, 1:]
    return np.concatenate((Theta1_grad.ravel(order="F"), Theta2_grad.ravel(order="F")))


# -- a sparse autoencoder; examples are columns

PATCHES = np.random.default_rng(42).uniform(0.1, 0.9, size=(4, 6))


def autoencoder_cost(W1, b1, W2, b2, lam=0.01, rho=0.2, beta=0.6):
    m = PATCHES.shape[1]
    a2 = sigmoid(W1 @ PATCHES + b1[:, None])
    a3 = W2 @ a2 + b2[:, None]
    rho_hat = a2.mean(1)
    kl = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
    return np.sum((a3 - PATCHES) ** 2) / (2 * m) + lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) + beta * kl.sum()


def autoencoder_grad(W1, b1, W2, b2, lam=0.01, rho=0.2, beta=0.6):
    m = PATCHES.shape[1]
    a2 = sigmoid(W1 @ PATCHES + np.tile(b1[:, None], (1, m)))
    a3 = W2 @ a2 + np.tile(b2[:, None], (1, m))
    rho_hat = np.sum(a2, 1) / m
    delta3 = a3 - PATCHES
    sparsity = -rho / rho_hat + (1 - rho) / (1 - rho_hat)  #~ sparsity = rho / rho_hat + (1 - rho) / (1 - rho_hat) #~ sparsity = -rho / rho_hat - (1 - rho) / (1 - rho_hat)
    delta2 = (W2.T @ delta3 + beta * np.tile(sparsity[:, None], (1, m))) * a2 * (1 - a2)  #~ delta2 = W2.T @ delta3 * a2 * (1 - a2) + beta * np.tile(sparsity[:, None], (1, m))
    W1grad = delta2 @ PATCHES.T / m + lam * W1
    W2grad = delta3 @ a2.T / m + lam * W2  #~ W2grad = delta3 @ a2.T / m + 2 * lam * W2
    return W1grad, np.sum(delta2, 1) / m, W2grad, np.sum(delta3, 1) / m


# -- convolve, sigmoid, mean-pool, softmax: the network of the tutorial

IMAGES = np.random.default_rng(43).normal(size=(6, 6, 3))
CLASSES = np.array([0, 1, 1])


def conv_valid(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


def cnn_forward(Wc, bc, Wd, bd):
    n = IMAGES.shape[2]
    act = np.zeros((4, 4, Wc.shape[2], n))
    for i in range(n):
        for f in range(Wc.shape[2]):
            act[:, :, f, i] = sigmoid(conv_valid(IMAGES[:, :, i], Wc[:, :, f]) + bc[f])
    pooled = act.reshape(2, 2, 2, 2, Wc.shape[2], n).mean(axis=(1, 3))
    flat = pooled.reshape(-1, n)
    scores = Wd @ flat + bd[:, None]
    e = np.exp(scores - scores.max(axis=0))
    return act, flat, e / e.sum(axis=0)


def cnn_cost(Wc, bc, Wd, bd):
    _, _, probs = cnn_forward(Wc, bc, Wd, bd)
    return -np.log(probs[CLASSES, np.arange(len(CLASSES))]).mean()


def cnn_cost_grad(Wc, bc, Wd, bd):
    act, flat, probs = cnn_forward(Wc, bc, Wd, bd)
    n = len(CLASSES)
    ds = probs.copy()
    ds[CLASSES, np.arange(n)] -= 1
    ds /= n
    Wd_grad = ds @ flat.T
    bd_grad = ds.sum(axis=1)  #~ bd_grad = ds.mean(axis=1)
    dpool = (Wd.T @ ds).reshape(2, 2, Wc.shape[2], n)
    Wc_grad, bc_grad = np.zeros_like(Wc), np.zeros_like(bc)
    for f in range(Wc.shape[2]):
        for i in range(n):
            up = np.kron(dpool[:, :, f, i], np.ones((2, 2))) / 4  #~ up = np.kron(dpool[:, :, f, i], np.ones((2, 2))) / 2 #~ up = np.kron(np.ones((2, 2)), dpool[:, :, f, i]) / 4
            err = up * act[:, :, f, i] * (1 - act[:, :, f, i])
            Wc_grad[:, :, f] += conv_valid(IMAGES[:, :, i], err)  #~ Wc_grad[:, :, f] += conv_valid(IMAGES[:, :, i], np.rot90(err, 2))
            bc_grad[f] += err.sum()  #~ bc_grad[f] = err.sum()
    return Wc_grad, bc_grad, Wd_grad, bd_grad


# -- cofiCostFunc: movie ratings

RATINGS = np.array([[5.0, 3, 0, 1], [4, 0, 2, 1], [1, 1, 0, 5], [0, 1, 5, 4], [2, 0, 4, 3]])


def cofi(params, lam=0.4, k=2):
    X = params[: 5 * k].reshape(5, k)
    Theta = params[5 * k :].reshape(4, k)
    err = (X @ Theta.T - RATINGS)[RATINGS > 0]
    return 0.5 * np.sum(err**2) + lam / 2 * np.sum(params**2)


def cofi_grad(params, lam=0.4, k=2):
    X = params[: 5 * k].reshape(5, k)
    Theta = params[5 * k :].reshape(4, k)
    X_grad, Theta_grad = np.zeros((5, k)), np.zeros((4, k))
    for i in range(5):
        idx = np.nonzero(RATINGS[i])[0]
        tmp = Theta[idx]
        X_grad[i] = (X[i] @ tmp.T - RATINGS[i, idx]) @ tmp + lam * X[i]  #~ X_grad[i] = (X[i] @ tmp.T - RATINGS[i, idx]) @ tmp
    for j in range(4):
        idx = np.nonzero(RATINGS[:, j])[0]  #~ idx = np.arange(5)
        tmp = X[idx]
        Theta_grad[j] = (tmp @ Theta[j] - RATINGS[idx, j]) @ tmp + lam * Theta[j]  #~ Theta_grad[j] = (tmp @ Theta[j] - RATINGS[idx, j]) @ tmp + lam * Theta_grad[j]
    return np.r_[X_grad.ravel(), Theta_grad.ravel()]


# -- radial basis functions with their own widths

POINTS = np.random.default_rng(44).normal(size=(7, 2))
HEIGHTS = np.sin(2 * POINTS[:, 0]) + POINTS[:, 1]


def rbf_cost(centres, widths, weights):
    n, k = POINTS.shape[0], centres.shape[0]
    d2 = np.zeros((n, k))
    for j in range(k):
        d2[:, j] = np.sum((POINTS - np.tile(centres[j], (n, 1))) ** 2, axis=1)
    phi = np.exp(-d2 / np.tile(2 * widths**2, (n, 1)))
    e = phi @ weights - HEIGHTS
    return e @ e / n


def rbf_grad(centres, widths, weights):
    n, k = POINTS.shape[0], centres.shape[0]
    gc, gs = np.zeros(centres.shape), np.zeros(widths.shape)
    d2 = np.zeros((n, k))
    for j in range(k):
        d2[:, j] = np.sum((POINTS - np.tile(centres[j], (n, 1))) ** 2, axis=1)
    phi = np.exp(-d2 / np.tile(2 * widths**2, (n, 1)))
    e = 2 * (phi @ weights - HEIGHTS) / n  #~ e = 2 * (phi @ weights - HEIGHTS)
    gw = phi.T @ e
    for j in range(k):
        s = e * weights[j] * phi[:, j]
        gc[j] = s @ (POINTS - centres[j]) / widths[j] ** 2  #~ gc[j] = s @ (centres[j] - POINTS) / widths[j] ** 2
        gs[j] = s @ d2[:, j] / widths[j] ** 3  #~ gs[j] = s @ d2[:, j] / widths[j] ** 2 #~ gs[j] = s @ np.sqrt(d2[:, j]) / widths[j] ** 3
    return gc, gs, gw


# -- directions of arrival at a row of antennas: complex numbers, real parameters

SNAPSHOT = np.array([1.0 + 0.3j, 0.2 - 0.9j, -0.8 + 0.1j, 0.4 + 0.7j, 0.1 - 0.2j])


def steering(angle):
    return np.exp(1j * np.pi * np.arange(5) * np.sin(angle))


def arrival_misfit(angles, amp, phase):
    model = sum(a * np.exp(1j * p) * steering(t) for t, a, p in zip(angles, amp, phase, strict=True))
    return np.sum(np.abs(SNAPSHOT - model) ** 2)


def arrival_grad(angles, amp, phase):
    A = np.stack([steering(t) for t in angles], axis=1)
    s = amp * np.exp(1j * phase)
    r = A @ s - SNAPSHOT
    k = 1j * np.pi * np.arange(5)[:, None] * np.cos(angles)  #~ k = 1j * np.pi * np.arange(5)[:, None] * np.sin(angles)
    g_angles = 2 * np.real(r.conj() @ (k * A * s))  #~ g_angles = 2 * np.real(r @ (k * A * s))
    g_amp = 2 * np.real(r.conj() @ A * np.exp(1j * phase))
    g_phase = 2 * np.real(r.conj() @ A * s * 1j)  #~ g_phase = 2 * np.imag(r.conj() @ A * s * 1j) #~ g_phase = 2 * np.real(r.conj() @ A * s)
    return g_angles, g_amp, g_phase


def cases(r):
    yield "unrolled network", dict(f=nn_cost, inputs=[r.normal(size=31) * 0.6], gradient=nn_cost_grad)
    auto = [r.normal(size=(3, 4)) * 0.7, r.normal(size=3), r.normal(size=(4, 3)), r.normal(size=4)]
    yield "sparse autoencoder", dict(f=autoencoder_cost, inputs=auto, gradient=autoencoder_grad)
    cnn = [r.normal(size=(3, 3, 2)) * 0.5, r.normal(size=2), r.normal(size=(2, 8)) * 0.8, r.normal(size=2)]
    yield "convolve and pool", dict(f=cnn_cost, inputs=cnn, gradient=cnn_cost_grad)
    yield "collaborative filtering", dict(f=cofi, inputs=[r.normal(size=18)], gradient=cofi_grad)
    rbf = [r.normal(size=(3, 2)), r.uniform(0.6, 1.5, size=3), r.normal(size=3)]
    yield "radial basis", dict(f=rbf_cost, inputs=rbf, gradient=rbf_grad)
    sources = [r.uniform(-1, 1, size=2), r.uniform(0.5, 1.5, size=2), r.normal(size=2)]
    yield "arrival", dict(f=arrival_misfit, inputs=sources, gradient=arrival_grad)
