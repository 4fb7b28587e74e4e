import numpy as np


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


# variational autoencoder, one linear layer each way, fixed noise

def vae_loss(params, x, eps):
    mu = x @ params["Wm"]
    logvar = x @ params["Wv"]
    z = mu + np.exp(0.5 * logvar) * eps
    y = 1 / (1 + np.exp(-(z @ params["Wd"])))
    bce = -np.sum(x * np.log(y) + (1 - x) * np.log(1 - y))
    kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar))
    return bce + kl


def vae_backward(params, x, eps):
    mu = x @ params["Wm"]
    logvar = x @ params["Wv"]
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    y = 1 / (1 + np.exp(-(z @ params["Wd"])))
    dlogits = y - x
    grads = {"Wd": z.T @ dlogits}  #~ grads = {"Wd": mu.T @ dlogits}
    dz = dlogits @ params["Wd"].T
    dmu = dz + mu  #~ dmu = dz #~ dmu = dz - mu
    dlogvar = dz * eps * 0.5 * std + 0.5 * (np.exp(logvar) - 1)  #~ dlogvar = dz * eps * std + 0.5 * (np.exp(logvar) - 1) #~ dlogvar = dz * eps * 0.5 * std + 0.5 * (1 - np.exp(logvar)) #~ dlogvar = dz * eps * 0.5 * std + 0.5 * (std - 1) #~ dlogvar = dz * 0.5 * std + 0.5 * (np.exp(logvar) - 1)
    grads["Wm"] = x.T @ dmu
    grads["Wv"] = x.T @ dlogvar
    return grads


# policy gradient for pong-like episodes

def discount_rewards(r, gamma):
    out = np.zeros_like(r)
    running = 0.0
    for t in reversed(range(len(r))):
        running = running * gamma + r[t]
        out[t] = running
    return out


def surrogate(W1, W2, xs, actions, rewards, gamma=0.9):
    adv = discount_rewards(rewards, gamma)
    total = 0.0
    for x, a, r in zip(xs, actions, adv):
        h = np.maximum(W1 @ x, 0)
        p = 1 / (1 + np.exp(-(W2 @ h)))
        total += r * np.log(p if a == 1 else 1 - p)
    return total


def policy_backward(W1, W2, xs, actions, rewards, gamma=0.9):
    hs, dlogps = [], []
    for x, a in zip(xs, actions):
        h = W1 @ x
        h[h < 0] = 0
        p = 1 / (1 + np.exp(-(W2 @ h)))
        hs.append(h)
        dlogps.append(a - p)  #~ dlogps.append(p - a)
    eph = np.vstack(hs)
    epdlogp = np.array(dlogps) * discount_rewards(rewards, gamma)  #~ epdlogp = np.array(dlogps) * rewards #~ epdlogp = np.array(dlogps)
    dW2 = eph.T @ epdlogp
    dh = np.outer(epdlogp, W2)
    dh[eph <= 0] = 0  #~ dh[dh <= 0] = 0 #~
    dW1 = dh.T @ xs
    return dW1, dW2


# REINFORCE with a softmax policy, baseline and entropy bonus

def reinforce(theta, S, A, G, beta):
    J = 0
    for s, a, g in zip(S, A, G):
        p = softmax(s @ theta)
        J -= g * np.log(p[a])
        J += beta * np.sum(p * np.log(p))
    return J / len(A)


def reinforce_grad(theta, S, A, G, beta):
    grad = np.zeros_like(theta)
    for s, a, g in zip(S, A, G):
        p = softmax(s @ theta)
        onehot = np.zeros(len(p))
        onehot[a] = 1
        dlogits = g * (p - onehot)  #~ dlogits = g * (onehot - p) #~ dlogits = p - onehot
        ent = np.log(p) - np.sum(p * np.log(p))  #~ ent = np.log(p) + 1
        dlogits += beta * p * ent  #~ dlogits -= beta * p * ent #~ dlogits += p * ent
        grad += np.outer(s, dlogits)
    return grad / len(A)  #~ return grad


# PPO's clipped objective

def ppo(logits, actions, old, adv, eps=0.2):
    logp = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    ratio = np.exp(logp[np.arange(len(actions)), actions] - old)
    return -np.minimum(ratio * adv, np.clip(ratio, 1 - eps, 1 + eps) * adv).mean()


def ppo_grad(logits, actions, old, adv, eps=0.2):
    n = len(actions)
    p = np.exp(logits)
    p /= p.sum(1, keepdims=True)
    ratio = p[np.arange(n), actions] / np.exp(old)
    clipped = ((adv > 0) & (ratio > 1 + eps)) | ((adv < 0) & (ratio < 1 - eps))  #~ clipped = (ratio > 1 + eps) | (ratio < 1 - eps) #~ clipped = ((adv > 0) & (ratio < 1 - eps)) | ((adv < 0) & (ratio > 1 + eps))
    dlogp = np.where(clipped, 0, -ratio * adv / n)  #~ dlogp = np.where(clipped, 0, -adv / n) #~ dlogp = np.where(clipped, 0, -ratio * adv)
    d = -p * dlogp[:, None]
    d[np.arange(n), actions] += dlogp  #~ d[np.arange(n), actions] -= dlogp
    return d


# mixture of Gaussians

def gmm_nll(w, mu, s, X):
    pi = softmax(w)
    ll = 0
    for x in X:
        d = ((x - mu) ** 2).sum(1)
        ll += np.log(np.sum(pi * np.exp(-0.5 * d / s ** 2) / s ** 2))
    return -ll


def gmm_gradient(w, mu, s, X):
    pi = softmax(w)
    gw, gmu, gs = np.zeros_like(w), np.zeros_like(mu), np.zeros_like(s)
    for x in X:
        d = ((x - mu) ** 2).sum(1)
        joint = pi * np.exp(-0.5 * d / s ** 2) / s ** 2
        resp = joint / joint.sum()
        gw -= resp - pi  #~ gw -= resp #~ gw += resp - pi
        gmu -= (resp / s ** 2)[:, None] * (x - mu)  #~ gmu -= resp[:, None] * (x - mu) #~ gmu -= (resp / s)[:, None] * (x - mu)
        gs -= resp * (d / s ** 3 - 2 / s)  #~ gs -= resp * (d / s ** 3 - 1 / s) #~ gs -= resp * d / s ** 3 #~ gs -= resp * (d / s ** 2 - 2 / s)
    return gw, gmu, gs


# forward algorithm of a hidden Markov model, scaled

def hmm_nll(logA, logB, obs):
    A = np.exp(logA)
    B = np.exp(logB)
    n = len(A)
    alpha = B[:, obs[0]] / n
    nll = 0.0
    for o in obs[1:]:
        c = alpha.sum()
        nll -= np.log(c)
        alpha = (alpha / c) @ A * B[:, o]
    return nll - np.log(alpha.sum())


def hmm_grad(logA, logB, obs):
    A, B = np.exp(logA), np.exp(logB)
    n, T = len(A), len(obs)
    alpha = np.zeros((T, n))
    alpha[0] = B[:, obs[0]] / n
    for t in range(1, T):
        alpha[t] = alpha[t - 1] @ A * B[:, obs[t]]
    beta = np.ones((T, n))
    for t in range(T - 2, -1, -1):
        beta[t] = A @ (B[:, obs[t + 1]] * beta[t + 1])  #~ beta[t] = A @ (B[:, obs[t]] * beta[t + 1]) #~ beta[t] = A.T @ (B[:, obs[t + 1]] * beta[t + 1])
    total = alpha[-1].sum()
    gA, gB = np.zeros_like(A), np.zeros_like(B)
    for t in range(T):
        gB[:, obs[t]] -= alpha[t] * beta[t] / total  #~ gB[:, obs[t]] = -alpha[t] * beta[t] / total #~ gB[:, obs[t]] -= alpha[t] / total
        if t > 0:
            gA -= np.outer(alpha[t - 1], B[:, obs[t]] * beta[t]) * A / total  #~ gA -= np.outer(alpha[t - 1], B[:, obs[t]] * beta[t]) / total #~ gA -= np.outer(alpha[t], B[:, obs[t]] * beta[t]) * A / total
    return gA, gB


# Kalman filter: log-likelihood of a local level model

def kalman_nll(params, y):
    q, r = np.exp(params)
    m, P = 0.0, 10.0
    nll = 0.0
    for yt in y:
        P = P + q
        S = P + r
        v = yt - m
        K = P / S
        nll += 0.5 * (np.log(S) + v ** 2 / S)
        m = m + K * v
        P = (1 - K) * P
    return nll


def kalman_gradient(params, y):
    q, r = np.exp(params)
    m, P = 0.0, 10.0
    dm, dP = np.zeros(2), np.zeros(2)
    grad = np.zeros(2)
    eq, er = np.array([q, 0.0]), np.array([0.0, r])  #~ eq, er = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    for yt in y:
        P = P + q
        dP = dP + eq  #~ #~ dP = eq
        S = P + r
        dS = dP + er
        v = yt - m
        dv = -dm  #~ dv = dm
        K = P / S
        dK = dP / S - P * dS / S ** 2  #~ dK = dP / S #~ dK = dP / S - P * dS / S
        grad += 0.5 * (dS / S + 2 * v * dv / S - v ** 2 * dS / S ** 2)  #~ grad += 0.5 * (dS / S + v * dv / S - v ** 2 * dS / S ** 2) #~ grad += 0.5 * (dS / S + 2 * v * dv / S)
        m = m + K * v
        dm = dm + dK * v + K * dv  #~ dm = dm + dK * v
        P, dP = (1 - K) * P, -dK * P + (1 - K) * dP  #~ P, dP = (1 - K) * P, dK * P + (1 - K) * dP
    return grad


# linear-chain conditional random field

def crf_nll(emit, trans, tags):
    T, K = emit.shape
    score = emit[0, tags[0]]
    for t in range(1, T):
        score += trans[tags[t - 1], tags[t]] + emit[t, tags[t]]
    a = emit[0]
    for t in range(1, T):
        a = np.log(np.exp(a[:, None] + trans).sum(0)) + emit[t]
    return np.log(np.exp(a).sum()) - score


def crf_gradient(emit, trans, tags):
    T, K = emit.shape
    a = np.zeros((T, K))
    b = np.zeros((T, K))
    a[0] = emit[0]
    for t in range(1, T):
        a[t] = np.log(np.exp(a[t - 1][:, None] + trans).sum(axis=0)) + emit[t]
    for t in range(T - 2, -1, -1):
        b[t] = np.log(np.exp(trans + emit[t + 1] + b[t + 1]).sum(axis=1))  #~ b[t] = np.log(np.exp(trans + emit[t + 1] + b[t + 1]).sum(axis=0)) #~ b[t] = np.log(np.exp(trans + emit[t] + b[t + 1]).sum(axis=1))
    logZ = np.log(np.exp(a[-1]).sum())
    demit = np.exp(a + b - logZ)
    dtrans = np.zeros((K, K))
    for t in range(1, T):
        dtrans += np.exp(a[t - 1][:, None] + trans + emit[t] + b[t] - logZ)  #~ dtrans += np.exp(a[t - 1][:, None] + trans + b[t] - logZ) #~ dtrans += np.exp(a[t][:, None] + trans + emit[t] + b[t] - logZ)
        dtrans[tags[t - 1], tags[t]] -= 1  #~ dtrans[tags[t], tags[t - 1]] -= 1
    for t in range(T):
        demit[t, tags[t]] -= 1  #~ demit[t, tags[t]] += 1
    return demit, dtrans


# connectionist temporal classification without repeats

def ctc(logits, label):
    T, K = logits.shape
    y = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    ext = [0]
    for c in label:
        ext += [c, 0]
    S = len(ext)
    alpha = np.zeros((T, S))
    alpha[0, 0], alpha[0, 1] = y[0, 0], y[0, ext[1]]
    for t in range(1, T):
        for s in range(S):
            a = alpha[t - 1, s]
            if s >= 1:
                a += alpha[t - 1, s - 1]
            if s >= 2 and ext[s] != 0 and ext[s] != ext[s - 2]:
                a += alpha[t - 1, s - 2]
            alpha[t, s] = a * y[t, ext[s]]
    p = alpha[-1, -1] + alpha[-1, -2]
    return -np.log(p), (y, ext, alpha, p)


def ctc_grad(logits, label):
    _, (y, ext, alpha, p) = ctc(logits, label)
    T, S = alpha.shape
    beta = np.zeros((T, S))
    beta[-1, -1] = beta[-1, -2] = 1.0
    for t in range(T - 2, -1, -1):
        for s in range(S):
            b = beta[t + 1, s] * y[t + 1, ext[s]]  #~ b = beta[t + 1, s] * y[t, ext[s]]
            if s + 1 < S:
                b += beta[t + 1, s + 1] * y[t + 1, ext[s + 1]]
            if s + 2 < S and ext[s + 2] != 0 and ext[s + 2] != ext[s]:
                b += beta[t + 1, s + 2] * y[t + 1, ext[s + 2]]  #~ b = beta[t + 1, s + 2] * y[t + 1, ext[s + 2]]
            beta[t, s] = b
    grad = y.copy()
    for s in range(S):
        grad[:, ext[s]] -= alpha[:, s] * beta[:, s] / p  #~ grad[:, ext[s]] -= alpha[:, s] * beta[:, s]
    return grad


# GAN losses: gradients for the discriminator's and the generator's weights

def gan_losses(d, g, real, noise):
    fake = np.tanh(noise @ g)
    dr, df = real @ d, fake @ d
    return np.array([np.mean(np.log1p(np.exp(-dr))) + np.mean(np.log1p(np.exp(df))), np.mean(np.log1p(np.exp(-df)))])


def gan_jacobian(d, g, real, noise):
    fake = np.tanh(noise @ g)
    sr = 1 / (1 + np.exp(real @ d))
    sf = 1 / (1 + np.exp(-(fake @ d)))
    n = len(noise)
    Jd = np.empty((2, d.size))
    Jd[0] = (sf @ fake - sr @ real) / n  #~ Jd[0] = (sf @ fake + sr @ real) / n
    Jd[1] = -((1 - sf) @ fake) / n  #~ Jd[1] = -(sf @ fake) / n
    Jg = np.zeros((2,) + g.shape)
    for i, w in enumerate((sf, sf - 1)):  #~ for i, w in enumerate((sf, 1 - sf)):
        dfake = np.outer(w, d) * (1 - fake ** 2)
        Jg[i] = noise.T @ dfake / n
    return Jd, Jg


# soft dynamic time warping

def softdtw(x, y, gamma):
    n, m = len(x), len(y)
    R = np.full((n + 2, m + 2), np.inf)
    R[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            prev = np.array([R[i - 1, j - 1], R[i - 1, j], R[i, j - 1]])
            low = prev.min()
            R[i, j] = (x[i - 1] - y[j - 1]) ** 2 + low - gamma * np.log(np.exp(-(prev - low) / gamma).sum())
    return R[n, m], R


def softdtw_gradient(x, y, gamma):
    n, m = len(x), len(y)
    _, R = softdtw(x, y, gamma)
    D = np.zeros((n + 2, m + 2))
    D[1:n + 1, 1:m + 1] = (x[:, None] - y[None, :]) ** 2
    R[:, m + 1] = -np.inf
    R[n + 1, :] = -np.inf
    R[n + 1, m + 1] = R[n, m]
    E = np.zeros((n + 2, m + 2))
    E[n + 1, m + 1] = 1
    for j in range(m, 0, -1):
        for i in range(n, 0, -1):
            a = np.exp((R[i + 1, j] - R[i, j] - D[i + 1, j]) / gamma)
            b = np.exp((R[i, j + 1] - R[i, j] - D[i, j + 1]) / gamma)  #~ b = np.exp((R[i, j + 1] - R[i, j] - D[i, j]) / gamma)
            c = np.exp((R[i + 1, j + 1] - R[i, j] - D[i + 1, j + 1]) / gamma)
            E[i, j] = E[i + 1, j] * a + E[i, j + 1] * b + E[i + 1, j + 1] * c  #~ E[i, j] = E[i + 1, j] * a + E[i, j + 1] * b
    E = E[1:n + 1, 1:m + 1]
    return np.array([np.sum(2 * (x[i] - y) * E[i]) for i in range(n)])  #~ return np.array([np.sum((x[i] - y) * E[i]) for i in range(n)]) #~ return np.array([np.sum(2 * (y - x[i]) * E[i]) for i in range(n)])


# actor-critic with generalised advantages held fixed and a value loss

def critic(v, S, returns, weight):
    values = np.tanh(S @ v[:-1] + v[-1])
    return np.array([weight * (g - u) ** 2 for g, u in zip(returns, values)])


def critic_vjp(g, v, S, returns, weight):
    values = np.tanh(S @ v[:-1] + v[-1])
    d = [-2 * weight * (ret - u) * (1 - u * u) for ret, u in zip(returns, values)]  #~ d = [2 * weight * (ret - u) * (1 - u * u) for ret, u in zip(returns, values)] #~ d = [-2 * weight * (ret - u) for ret, u in zip(returns, values)]
    d = g * np.array(d)
    return np.append(S.T @ d, d.sum())  #~ return np.append(S.T @ d, d.mean())


def cases(r):
    x = r.random((3, 4))
    params = {"Wm": r.normal(size=(4, 2)), "Wv": 0.5 * r.normal(size=(4, 2)), "Wd": r.normal(size=(2, 4))}
    eps = r.normal(size=(3, 2))
    yield "variational autoencoder", dict(
        f=lambda p: vae_loss(p, x, eps), inputs=[params], gradient=lambda p: vae_backward(p, x, eps))
    xs, actions, rewards = r.normal(size=(5, 3)), r.integers(0, 2, 5), r.normal(size=5)
    yield "policy gradient", dict(
        f=lambda a, b: surrogate(a, b, xs, actions, rewards), inputs=[r.normal(size=(4, 3)), r.normal(size=4)],
        gradient=lambda a, b: policy_backward(a, b, xs, actions, rewards))
    choices = r.integers(0, 3, 5)
    yield "reinforce with entropy", dict(
        f=lambda th: reinforce(th, xs, choices, rewards, 0.3), inputs=[r.normal(size=(3, 3))],
        gradient=lambda th: reinforce_grad(th, xs, choices, rewards, 0.3))
    logits = r.normal(size=(5, 3))
    old = np.log(softmax(r.normal(size=3)))[choices] + 0.3 * r.normal(size=5)
    yield "clipped policy objective", dict(
        f=lambda l: ppo(l, choices, old, rewards), inputs=[logits],
        gradient=lambda l: ppo_grad(l, choices, old, rewards))
    X = r.normal(size=(5, 2))
    yield "mixture of Gaussians", dict(
        f=lambda w, mu, s: gmm_nll(w, mu, s, X), inputs=[r.normal(size=3), r.normal(size=(3, 2)), 0.5 + r.random(3)],
        gradient=lambda w, mu, s: gmm_gradient(w, mu, s, X))
    obs = r.integers(0, 3, 6)
    yield "hidden Markov model", dict(
        f=lambda a, b: hmm_nll(a, b, obs), inputs=[r.normal(size=(2, 2)) - 1, r.normal(size=(2, 3)) - 1],
        gradient=lambda a, b: hmm_grad(a, b, obs))
    y = np.cumsum(r.normal(size=8))
    yield "Kalman filter", dict(
        f=lambda p: kalman_nll(p, y), inputs=[0.4 * r.normal(size=2)], gradient=lambda p: kalman_gradient(p, y))
    tags = r.integers(0, 3, 4)
    yield "conditional random field", dict(
        f=lambda e, t: crf_nll(e, t, tags), inputs=[r.normal(size=(4, 3)), r.normal(size=(3, 3))],
        gradient=lambda e, t: crf_gradient(e, t, tags))
    yield "connectionist temporal classification", dict(
        f=lambda l: ctc(l, [1, 2])[0], inputs=[r.normal(size=(5, 3))], gradient=lambda l: ctc_grad(l, [1, 2]))
    real, noise = r.normal(size=(4, 2)), r.normal(size=(4, 3))
    yield "adversarial losses", dict(
        f=lambda d, g: gan_losses(d, g, real, noise), inputs=[r.normal(size=2), r.normal(size=(3, 2))],
        gradient=lambda d, g: gan_jacobian(d, g, real, noise))
    s, t = r.normal(size=4), r.normal(size=5)
    yield "soft time warping", dict(
        f=lambda x: softdtw(x, t, 0.7)[0], inputs=[s], gradient=lambda x: softdtw_gradient(x, t, 0.7))
    yield "critic", dict(
        f=lambda v: critic(v, xs, rewards, 0.5), inputs=[r.normal(size=4)],
        vjp=lambda g, v: critic_vjp(g, v, xs, rewards, 0.5))
