import numpy as np


def softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


# softmax regression with weight decay

def softmax_loss(W, X, y, reg):
    n = X.shape[0]
    p = softmax(X.dot(W))
    return -np.mean(np.log(p[np.arange(n), y])) + 0.5 * reg * np.sum(W * W)


def softmax_gradient(W, X, y, reg):
    n = X.shape[0]
    dscores = softmax(X.dot(W))
    dscores[np.arange(n), y] -= 1  #~ dscores[np.arange(n), y] += 1 #~
    dscores /= n  #~
    dW = np.zeros_like(W)
    dW += X.T.dot(dscores)
    dW += reg * W  #~ #~ dW += 2 * reg * W #~ dW += 0.5 * reg * W
    return dW


# the same, written with loops

def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros(W.shape)
    num_train = X.shape[0]
    num_classes = W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W)
        scores -= np.max(scores)
        exp_scores = np.exp(scores)
        probs = exp_scores / np.sum(exp_scores)
        loss -= np.log(probs[y[i]])
        for j in range(num_classes):
            if j == y[i]:
                dW[:, j] += (probs[j] - 1) * X[i]  #~ dW[:, j] = (probs[j] - 1) * X[i] #~ dW[:, j] += (1 - probs[j]) * X[i]
            else:
                dW[:, j] += probs[j] * X[i]
    loss /= num_train
    dW /= num_train
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W  #~ dW += reg * W
    return loss, dW


# multiclass support vector machine

def svm_loss(W, X, y, reg=0.1):
    n = len(y)
    scores = X @ W
    correct = scores[np.arange(n), y][:, None]
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(n), y] = 0
    return margins.sum() / n + reg * np.sum(W ** 2)


def svm_gradient(W, X, y, reg=0.1):
    n = len(y)
    scores = X @ W
    correct = scores[np.arange(n), y][:, None]
    margins = scores - correct + 1
    mask = (margins > 0).astype(float)
    mask[np.arange(n), y] = 0  #~
    mask[np.arange(n), y] = -mask.sum(axis=1)  #~ mask[np.arange(n), y] = mask.sum(axis=1) #~ mask[np.arange(n), y] = -1
    return X.T @ mask / n + 2 * reg * W  #~ return X.T @ mask / n + reg * W


# logistic regression

class LogisticRegression:
    def __init__(self, X, t, alpha=0.5):
        self.X = X
        self.t = t
        self.alpha = alpha

    def _sigmoid(self, a):
        return 1.0 / (1.0 + np.exp(-a))

    def cost(self, theta):
        h = self._sigmoid(self.X.dot(theta))
        m = len(self.t)
        J = -(self.t * np.log(h) + (1 - self.t) * np.log(1 - h)).sum() / m
        return J + self.alpha / (2 * m) * np.sum(theta[1:] ** 2)

    def gradient(self, theta):
        h = self._sigmoid(self.X.dot(theta))
        m = len(self.t)
        grad = self.X.T.dot(h - self.t) / m  #~ grad = self.X.T.dot(self.t - h) / m
        grad[1:] += self.alpha / m * theta[1:]  #~ grad += self.alpha / m * theta #~ grad[1:] += self.alpha * theta[1:]
        return grad


# robust regression

def huber(w, X, y, delta=1.0):
    r = X @ w - y
    small = np.abs(r) <= delta
    return np.sum(np.where(small, 0.5 * r ** 2, delta * (np.abs(r) - 0.5 * delta)))


def huber_gradient(w, X, y, delta=1.0):
    r = X @ w - y
    dr = np.empty_like(r)
    for i in range(len(r)):
        if abs(r[i]) <= delta:
            dr[i] = r[i]
        elif r[i] > 0:
            dr[i] = delta
        else:
            dr[i] = -delta  #~ dr[i] = delta
    g = np.zeros_like(w)
    for i in range(len(r)):
        g += dr[i] * X[i]  #~ g = dr[i] * X[i]
    return g


# focal loss of logits

def focal_loss(z, t, gamma=2.0, alpha=0.25):
    p = 1 / (1 + np.exp(-z))
    pt = np.where(t == 1, p, 1 - p)
    at = np.where(t == 1, alpha, 1 - alpha)
    return np.sum(-at * (1 - pt) ** gamma * np.log(pt))


def focal_loss_grad(z, t, gamma=2.0, alpha=0.25):
    p = 1 / (1 + np.exp(-z))
    pt = np.where(t == 1, p, 1 - p)
    at = np.where(t == 1, alpha, 1 - alpha)
    first = gamma * (1 - pt) ** (gamma - 1) * np.log(pt)  #~ first = gamma * (1 - pt) ** gamma * np.log(pt) #~ first = (1 - pt) ** (gamma - 1) * np.log(pt)
    second = -(1 - pt) ** gamma / pt
    dpt = at * (first + second)  #~ dpt = first + second
    dp = np.where(t == 1, dpt, -dpt)  #~ dp = dpt
    return dp * p * (1 - p)


# triplet loss; returns one gradient per argument

def triplet_loss(a, p, n, margin):
    dp = ((a - p) ** 2).sum(1)
    dn = ((a - n) ** 2).sum(1)
    return np.maximum(dp - dn + margin, 0).mean()


def triplet_backward(a, p, n, margin):
    dp = ((a - p) ** 2).sum(1)
    dn = ((a - n) ** 2).sum(1)
    active = (dp - dn + margin > 0)[:, None] / len(a)
    ga = active * 2 * (n - p)  #~ ga = active * 2 * (p - n) #~ ga = active * 2 * (a - p)
    gp = active * -2 * (a - p)
    gn = active * 2 * (a - n)  #~ gn = active * -2 * (a - n) #~ gn = active * 2 * (p - n)
    return ga, gp, gn


# InfoNCE on unit vectors

def info_nce(q, k, tau):
    qn = q / np.linalg.norm(q, axis=1, keepdims=True)
    kn = k / np.linalg.norm(k, axis=1, keepdims=True)
    sim = qn @ kn.T / tau
    return -np.mean(np.diag(sim) - np.log(np.exp(sim).sum(1)))


def info_nce_grad(q, k, tau):
    B = q.shape[0]
    nq = np.linalg.norm(q, axis=1, keepdims=True)
    nk = np.linalg.norm(k, axis=1, keepdims=True)
    qn, kn = q / nq, k / nk
    sim = qn @ kn.T / tau
    P = np.exp(sim)
    P = P / P.sum(1, keepdims=True)  #~ P = P / P.sum(0, keepdims=True)
    dsim = (P - np.eye(B)) / B
    dqn = dsim @ kn / tau
    dkn = dsim.T @ qn / tau  #~ dkn = dsim @ qn / tau #~ dkn = dsim.T @ qn
    dq = (dqn - qn * np.sum(qn * dqn, axis=1, keepdims=True)) / nq  #~ dq = (dqn - qn * np.sum(qn * dqn, axis=1, keepdims=True)) * nq #~ dq = dqn / nq
    dk = (dkn - kn * np.sum(kn * dkn, axis=1, keepdims=True)) / nk
    return dq, dk


# Kullback-Leibler divergence from a teacher, with a temperature

def distillation(student, teacher, T):
    pt = softmax(teacher / T)
    ps = softmax(student / T)
    return T ** 2 * np.sum(pt * (np.log(pt) - np.log(ps))) / len(student)


def distillation_backward(student, teacher, T):
    pt = softmax(teacher / T)
    ps = softmax(student / T)
    grad = (ps - pt)
    grad *= T  #~ grad *= T ** 2 #~
    grad /= len(student)
    return grad


# Poisson regression

def poisson_nll(beta, X, counts, offset):
    eta = X @ beta + offset
    return np.sum(np.exp(eta) - counts * eta)


def poisson_score(beta, X, counts, offset):
    mu = np.exp(X @ beta + offset)  #~ mu = np.exp(X @ beta)
    score = []
    for j in range(len(beta)):
        score.append(np.sum((mu - counts) * X[:, j]))  #~ score.append(np.mean((mu - counts) * X[:, j])) #~ score.append(np.sum((mu - 1) * X[:, j]))
    return np.array(score)


# pinball loss

def pinball(q, y, taus):
    diff = y[:, None] - q
    return np.mean(np.maximum(taus * diff, (taus - 1) * diff))


def pinball_grad(q, y, taus):
    diff = y[:, None] - q
    g = np.empty(q.shape)
    over = diff > 0
    tt = np.broadcast_to(taus, q.shape)
    g[over] = -tt[over]  #~ g[over] = tt[over]
    g[~over] = 1 - tt[~over]  #~ g[~over] = tt[~over] - 1
    return g / q.size  #~ return g / len(q)


# soft Dice for a segmentation mask, as a vjp of the logits

def dice(logits, mask, eps=1.0):
    p = 1 / (1 + np.exp(-logits))
    inter = (p * mask).sum(axis=(1, 2))
    total = p.sum(axis=(1, 2)) + mask.sum(axis=(1, 2))
    return 1 - (2 * inter + eps) / (total + eps)


def dice_vjp(g, logits, mask, eps=1.0):
    p = 1 / (1 + np.exp(-logits))
    inter = (p * mask).sum(axis=(1, 2))[:, None, None]
    total = (p.sum(axis=(1, 2)) + mask.sum(axis=(1, 2)))[:, None, None]
    num = 2 * inter + eps
    den = total + eps
    dp = -(2 * mask * den - num) / den ** 2  #~ dp = -(2 * mask * den - num) / den #~ dp = -(mask * den - num) / den ** 2 #~ dp = (2 * mask * den - num) / den ** 2
    return g[:, None, None] * dp * p * (1 - p)  #~ return g[:, None, None] * dp * (1 - p)


# label smoothing; log-softmax by hand

def smoothed_ce(z, y, smooth):
    n, c = z.shape
    logp = z - z.max(1, keepdims=True)
    logp = logp - np.log(np.exp(logp).sum(1, keepdims=True))
    q = np.full((n, c), smooth / c)
    q[range(n), y] += 1 - smooth
    return -(q * logp).sum(1)


def smoothed_ce_vjp(g, z, y, smooth):
    n, c = z.shape
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p -= smooth / c  #~ p += smooth / c #~ p -= smooth
    p[range(n), y] -= 1 - smooth  #~ p[range(n), y] -= 1
    return p * g[:, None]


def cases(r):
    X, y, reg = r.normal(size=(6, 4)), r.integers(0, 3, 6), 0.3
    W = r.normal(size=(4, 3))
    yield "softmax regression", dict(
        f=lambda W: softmax_loss(W, X, y, reg), inputs=[W],
        gradient=lambda W: softmax_gradient(W, X, y, reg))
    yield "softmax regression in loops", dict(
        f=lambda W: softmax_loss_naive(W, X, y, reg), inputs=[W], gradient=True)
    yield "multiclass svm", dict(
        f=lambda W: svm_loss(W, X, y), inputs=[W], gradient=lambda W: svm_gradient(W, X, y))
    model = LogisticRegression(X, r.integers(0, 2, 6))
    yield "logistic regression", dict(f=model.cost, inputs=[W[:, 0]], gradient=model.gradient)
    target = 1.5 * r.normal(size=6)
    yield "huber regression", dict(
        f=lambda w: huber(w, X, target), inputs=[W[:, 0]], gradient=lambda w: huber_gradient(w, X, target))
    z, t = r.normal(size=7), np.array([1, 0, 0, 1, 1, 0, 1])
    yield "focal loss", dict(
        f=lambda z: focal_loss(z, t), inputs=[z], gradient=lambda z: focal_loss_grad(z, t))
    a, p, n = r.normal(size=(3, 5, 3))
    yield "triplet loss", dict(
        f=lambda a, p, n: triplet_loss(a, p, n, 1.0), inputs=[a, p, n],
        gradient=lambda a, p, n: triplet_backward(a, p, n, 1.0))
    yield "contrastive loss", dict(
        f=lambda q, k: info_nce(q, k, 0.5), inputs=[a, p], gradient=lambda q, k: info_nce_grad(q, k, 0.5))
    yield "distillation", dict(
        f=lambda s: distillation(s, p, 2.5), inputs=[a], gradient=lambda s: distillation_backward(s, p, 2.5))
    counts, offset = r.poisson(2.0, 6), 0.5 * r.normal(size=6)
    yield "poisson regression", dict(
        f=lambda b: poisson_nll(b, X, counts, offset), inputs=[0.3 * W[:, 1]],
        gradient=lambda b: poisson_score(b, X, counts, offset))
    taus = np.array([0.1, 0.5, 0.8])
    yield "pinball loss", dict(
        f=lambda q: pinball(q, target, taus), inputs=[r.normal(size=(6, 3))],
        gradient=lambda q: pinball_grad(q, target, taus))
    mask = (r.random((2, 3, 4)) > 0.5).astype(float)
    yield "dice loss", dict(
        f=lambda l: dice(l, mask), inputs=[r.normal(size=(2, 3, 4))], vjp=lambda g, l: dice_vjp(g, l, mask))
    yield "label smoothing", dict(
        f=lambda z: smoothed_ce(z, y, 0.1), inputs=[r.normal(size=(6, 3))],
        vjp=lambda g, z: smoothed_ce_vjp(g, z, y, 0.1))
