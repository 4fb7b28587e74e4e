import numpy as np


# t-SNE

def tsne_q(Y):
    d2 = np.square(Y[:, None] - Y[None]).sum(-1)
    num = 1 / (1 + d2)
    np.fill_diagonal(num, 0)
    return num, num / num.sum()


def tsne_cost(Y, P):
    _, Q = tsne_q(Y)
    off = ~np.eye(len(Y), dtype=bool)
    return np.sum(P[off] * np.log(P[off] / Q[off]))


def tsne_gradient(Y, P):
    n, d = Y.shape
    num, Q = tsne_q(Y)
    PQ = P - Q  #~ PQ = Q - P
    dY = np.zeros((n, d))
    for i in range(n):
        dY[i, :] = 4 * np.sum(np.tile(PQ[:, i] * num[:, i], (d, 1)).T * (Y[i, :] - Y), 0)  #~ dY[i, :] = 2 * np.sum(np.tile(PQ[:, i] * num[:, i], (d, 1)).T * (Y[i, :] - Y), 0) #~ dY[i, :] = 4 * np.sum(np.tile(PQ[:, i], (d, 1)).T * (Y[i, :] - Y), 0) #~ dY[i, :] = 4 * np.sum(np.tile(PQ[:, i] * num[:, i], (d, 1)).T * (Y - Y[i, :]), 0)
    return dY


# nonnegative matrix factorisation, Kullback-Leibler divergence

def nmf_kl(W, H, V):
    WH = W @ H
    return np.sum(V * np.log(V / WH) - V + WH)


def nmf_kl_gradient(W, H, V):
    ratio = V / (W @ H)
    gW = (1 - ratio) @ H.T  #~ gW = (ratio - 1) @ H.T #~ gW = -ratio @ H.T #~ gW = (1 - 1 / ratio) @ H.T
    gH = W.T @ (1 - ratio)
    return gW, gH


# kernel ridge regression by its dual variables

def kernel(X, Z, gamma):
    return np.exp(-gamma * ((X[:, None] - Z[None]) ** 2).sum(-1))


def kernel_objective(alpha, X, y, lam, gamma=0.5):
    K = kernel(X, X, gamma)
    return 0.5 * np.sum((y - K @ alpha) ** 2) + 0.5 * lam * alpha @ K @ alpha


def kernel_objective_gradient(alpha, X, y, lam, gamma=0.5):
    K = kernel(X, X, gamma)
    g = np.zeros_like(alpha)
    g += K.T.dot(K.dot(alpha) - y)  #~ g += K.dot(alpha) - y #~ g += K.T.dot(y - K.dot(alpha))
    g += lam * K.dot(alpha)  #~ g += lam * alpha #~ g += 0.5 * lam * K.dot(alpha) #~
    return g


# kernel smoothing with one bandwidth per feature

def smoother_loss(logw, X, y):
    w = np.exp(logw)
    total = 0.0
    for i in range(len(y)):
        d = ((X - X[i]) ** 2) @ w
        k = np.exp(-d)
        k[i] = 0
        total += (y[i] - k @ y / k.sum()) ** 2
    return total


def smoother_gradient(logw, X, y):
    w = np.exp(logw)
    g = np.zeros_like(logw)
    for i in range(len(y)):
        sq = (X - X[i]) ** 2
        k = np.exp(-sq @ w)
        k[i] = 0
        s = k.sum()
        pred = k @ y / s
        dpred = -2 * (y[i] - pred)  #~ dpred = 2 * (y[i] - pred) #~ dpred = -(y[i] - pred)
        dk = dpred * (y - pred) / s  #~ dk = dpred * y / s #~ dk = dpred * (y - pred) / s ** 2
        g -= (dk * k) @ sq * w  #~ g -= (dk * k) @ sq #~ g -= dk @ sq * w #~ g += (dk * k) @ sq * w #~ g = -(dk * k) @ sq * w
    return g


# principal components by the Rayleigh quotient

def rayleigh(v, C):
    return v @ C @ v / (v @ v)


def rayleigh_gradient(v, C):
    vv = v @ v
    q = v @ C @ v / vv
    return 2 * (C @ v - q * v) / vv  #~ return 2 * (C @ v - q * v) #~ return 2 * (C @ v + q * v) / vv #~ return 2 * C @ v / vv #~ return (C @ v - q * v) / vv


# independent components, maximum likelihood

def ica(W, X):
    S = X @ W.T
    return np.log(np.cosh(S)).sum(axis=1).mean() - np.log(np.abs(np.linalg.det(W)))


def ica_gradient(W, X):
    S = X @ W.T
    G = np.tanh(S)  #~ G = 1 - np.tanh(S) ** 2 #~ G = np.tanh(X)
    dW = np.zeros_like(W)
    for s, x in zip(G, X):
        dW += np.outer(s, x)  #~ dW += np.outer(x, s) #~ dW = np.outer(s, x)
    dW /= len(X)  #~
    dW -= np.linalg.inv(W).T  #~ dW -= np.linalg.inv(W) #~ dW += np.linalg.inv(W).T
    return dW


# multidimensional scaling with weights

def stress(Y, D, w):
    total = 0
    for i in range(len(Y)):
        for j in range(i):
            total += w[i, j] * (np.linalg.norm(Y[i] - Y[j]) - D[i, j]) ** 2
    return total


def stress_gradient(Y, D, w):
    G = np.zeros_like(Y)
    for i in range(len(Y)):
        for j in range(i):
            d = Y[i] - Y[j]
            n = np.linalg.norm(d)
            if n == 0:
                continue
            c = 2 * w[i, j] * (n - D[i, j]) / n  #~ c = 2 * w[i, j] * (n - D[i, j]) #~ c = 2 * w[i, j] * (D[i, j] - n) / n #~ c = 2 * (n - D[i, j]) / n #~ c = 2 * w[i, j] * (n - D[j, i]) / n
            G[i] += c * d
            G[j] -= c * d  #~ G[j] += c * d #~ G[i] -= c * d
    return G


# soft k-means with fixed temperature

def soft_kmeans(C, X, beta):
    total = 0
    for x in X:
        d = np.sum((C - x) ** 2, axis=1)
        total -= np.log(np.sum(np.exp(-beta * d))) / beta
    return total / len(X)


def soft_kmeans_gradient(C, X, beta):
    D = ((X[:, None] - C) ** 2).sum(-1)
    R = np.exp(-beta * D)
    R /= R.sum(axis=1, keepdims=True)  #~ R /= R.sum(axis=0, keepdims=True) #~ R /= R.sum()
    G = np.empty_like(C)
    for k in range(len(C)):
        G[k] = 2 * (R[:, k, None] * (C[k] - X)).sum(axis=0)  #~ G[k] = 2 * (R[:, k, None] * (X - C[k])).sum(axis=0) #~ G[k] = 2 * beta * (R[:, k, None] * (C[k] - X)).sum(axis=0)
    return G / len(X)  #~ return G / len(C) #~ return G


# soft decision tree of depth two

def soft_tree(W, b, leaf, X):
    s = 1 / (1 + np.exp(-(X @ W.T + b)))
    left, right = 1 - s[:, 0], s[:, 0]
    paths = np.stack([left * (1 - s[:, 1]), left * s[:, 1], right * (1 - s[:, 2]), right * s[:, 2]], axis=1)
    return paths @ leaf


def soft_tree_vjp(g, W, b, leaf, X):
    s = 1 / (1 + np.exp(-(X @ W.T + b)))
    s0, s1, s2 = s.T
    paths = np.array([(1 - s0) * (1 - s1), (1 - s0) * s1, s0 * (1 - s2), s0 * s2])
    dleaf = paths @ g
    ds = np.zeros_like(s)
    lower = (1 - s1) * leaf[0] + s1 * leaf[1]
    upper = (1 - s2) * leaf[2] + s2 * leaf[3]
    ds[:, 0] = g * (upper - lower)  #~ ds[:, 0] = g * (lower - upper) #~ ds[:, 0] = g * upper
    ds[:, 1] = g * (1 - s0) * (leaf[1] - leaf[0])  #~ ds[:, 1] = g * s0 * (leaf[1] - leaf[0]) #~ ds[:, 1] = g * (1 - s0) * (leaf[1] + leaf[0])
    ds[:, 2] = g * s0 * (leaf[3] - leaf[2])  #~ ds[:, 2] = g * s0 * (leaf[2] - leaf[3]) #~ ds[:, 2] = g * s2 * (leaf[3] - leaf[2])
    da = ds * s * (1 - s)  #~ da = ds * s #~ da = ds
    return da.T @ X, da.sum(axis=0), dleaf  #~ return da.T @ X, da.mean(axis=0), dleaf


# entropic optimal transport: fixed number of Sinkhorn steps, unrolled

def sinkhorn(C, a, b, eps, steps):
    K = np.exp(-C / eps)
    v = np.ones(len(b))
    for _ in range(steps):
        u = a / (K @ v)
        v = b / (K.T @ u)
    return np.sum(u[:, None] * K * v * C)


def sinkhorn_gradient(C, a, b, eps, steps):
    K = np.exp(-C / eps)
    v = np.ones(len(b))
    us, vs = [], [v]
    for _ in range(steps):
        u = a / (K @ v)
        v = b / (K.T @ u)
        us.append(u)
        vs.append(v)
    P = u[:, None] * K * v
    dC = P.copy()
    dK = u[:, None] * v * C
    du = (K * C) @ v
    dv = (K * C).T @ u
    for t in reversed(range(steps)):
        u, v = us[t], vs[t + 1]
        w = -dv * v ** 2 / b  #~ w = -dv * v / b #~ w = dv * v ** 2 / b
        dK += np.outer(u, w)  #~ dK -= np.outer(u, w)
        du = du + K @ w  #~ du = K @ w #~ du = du - K @ w
        w = -du * u ** 2 / a
        dK += np.outer(w, vs[t])  #~ dK += np.outer(w, vs[t + 1]) #~ dK += np.outer(w, v)
        dv = K.T @ w
        du = np.zeros_like(u)  #~
    return dC - dK * K / eps  #~ return dC - dK / eps #~ return dC + dK * K / eps #~ return -dK * K / eps


# hyperparameters by unrolled gradient descent: validation loss by the penalty

def train(lam, X, y, steps, rate):
    w = np.zeros(X.shape[1])
    for _ in range(steps):
        w = w - rate * (X.T @ (X @ w - y) + lam * w)
    return w


def validation(lam, data, steps=5, rate=0.05):
    X, y, Xv, yv = data
    w = train(lam, X, y, steps, rate)
    return 0.5 * np.sum((Xv @ w - yv) ** 2)


def hypergradient(lam, data, steps=5, rate=0.05):
    X, y, Xv, yv = data
    trajectory = [np.zeros(X.shape[1])]
    for _ in range(steps):
        w = trajectory[-1]
        trajectory.append(w - rate * (X.T @ (X @ w - y) + lam * w))
    a = Xv.T @ (Xv @ trajectory[-1] - yv)  #~ a = X.T @ (X @ trajectory[-1] - y) #~ a = Xv.T @ (yv - Xv @ trajectory[-1])
    g = np.zeros_like(lam)
    for w in reversed(trajectory[:-1]):  #~ for w in reversed(trajectory[1:]): #~ for w in trajectory[:-1]:
        g -= rate * a * w  #~ g += rate * a * w #~ g = -rate * a * w #~ g -= a * w
        a = a - rate * (X.T @ (X @ a) + lam * a)  #~ a = a - rate * X.T @ (X @ a) #~ a = a + rate * (X.T @ (X @ a) + lam * a)
    return g


def cases(r):
    P = r.random((5, 5))
    P = P + P.T
    np.fill_diagonal(P, 0)
    P /= P.sum()
    yield "t-SNE", dict(
        f=lambda Y: tsne_cost(Y, P), inputs=[r.normal(size=(5, 2))], gradient=lambda Y: tsne_gradient(Y, P))
    V = 0.5 + r.random((4, 5))
    yield "nonnegative factorisation", dict(
        f=lambda W, H: nmf_kl(W, H, V), inputs=[0.2 + r.random((4, 2)), 0.2 + r.random((2, 5))],
        gradient=lambda W, H: nmf_kl_gradient(W, H, V))
    X, y = r.normal(size=(5, 3)), r.normal(size=5)
    yield "kernel ridge regression", dict(
        f=lambda a: kernel_objective(a, X, y, 0.3), inputs=[r.normal(size=5)],
        gradient=lambda a: kernel_objective_gradient(a, X, y, 0.3))
    yield "kernel smoother", dict(
        f=lambda w: smoother_loss(w, X, y), inputs=[-1 + 0.5 * r.normal(size=3)],
        gradient=lambda w: smoother_gradient(w, X, y))
    C = X.T @ X
    yield "Rayleigh quotient", dict(
        f=lambda v: rayleigh(v, C), inputs=[r.normal(size=3)], gradient=lambda v: rayleigh_gradient(v, C))
    yield "independent components", dict(
        f=lambda W: ica(W, X), inputs=[r.normal(size=(3, 3))], gradient=lambda W: ica_gradient(W, X))
    D, w = r.random((4, 4)), r.random((4, 4))
    yield "multidimensional scaling", dict(
        f=lambda Y: stress(Y, D, w), inputs=[r.normal(size=(4, 2))], gradient=lambda Y: stress_gradient(Y, D, w))
    yield "soft k-means", dict(
        f=lambda C: soft_kmeans(C, X, 1.3), inputs=[r.normal(size=(2, 3))],
        gradient=lambda C: soft_kmeans_gradient(C, X, 1.3))
    yield "soft decision tree", dict(
        f=lambda W, b, leaf: soft_tree(W, b, leaf, X), inputs=[r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=4)],
        vjp=lambda g, W, b, leaf: soft_tree_vjp(g, W, b, leaf, X))
    a, b = np.full(3, 1 / 3), np.array([0.1, 0.2, 0.3, 0.4])
    yield "optimal transport", dict(
        f=lambda C: sinkhorn(C, a, b, 0.5, 3), inputs=[r.random((3, 4))],
        gradient=lambda C: sinkhorn_gradient(C, a, b, 0.5, 3))
    data = X, y, r.normal(size=(4, 3)), r.normal(size=4)
    yield "unrolled training", dict(
        f=lambda lam: validation(lam, data), inputs=[r.random(3)], gradient=lambda lam: hypergradient(lam, data))
