import numpy as np


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# scaled dot-product attention

def attention(Q, K, V):
    A = softmax(Q @ K.T / np.sqrt(Q.shape[1]))
    return A @ V


def attention_vjp(dO, Q, K, V):
    d = Q.shape[1]
    A = softmax(Q @ K.T / np.sqrt(d))
    dV = A.T @ dO  #~ dV = A @ dO
    dA = dO @ V.T
    dS = A * (dA - (dA * A).sum(axis=1, keepdims=True))  #~ dS = A * (dA - (dA * A).sum(axis=0, keepdims=True)) #~ dS = dA - (dA * A).sum(axis=1, keepdims=True) #~ dS = A * (1 - A) * dA
    dS = dS / np.sqrt(d)  #~ #~ dS = dS * np.sqrt(d)
    dQ = dS @ K
    dK = dS.T @ Q  #~ dK = dS @ Q
    return dQ, dK, dV


# causal multi-head self-attention with its projections

class MultiHeadAttention:
    def __init__(self, Wqkv, Wo, heads):
        self.Wqkv, self.Wo, self.heads = Wqkv, Wo, heads
        self.grads = {}

    def split(self, x):
        B, T, C = x.shape
        return x.reshape(B, T, self.heads, C // self.heads).transpose(0, 2, 1, 3)

    def merge(self, x):
        B, nh, T, hs = x.shape
        return x.transpose(0, 2, 1, 3).reshape(B, T, nh * hs)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (self.split(part) for part in np.split(x @ self.Wqkv, 3, axis=2))
        scale = 1.0 / np.sqrt(C // self.heads)
        att = q @ k.swapaxes(-1, -2) * scale
        att = np.where(np.tril(np.ones((T, T))) == 0, -1e9, att)
        att = softmax(att)
        y = self.merge(att @ v)
        self.cache = x, q, k, v, att, y, scale
        return y @ self.Wo

    def backward(self, dout):
        x, q, k, v, att, y, scale = self.cache
        self.grads["Wo"] = np.einsum("btc,btd->cd", y, dout)
        dy = self.split(dout @ self.Wo.T)  #~ dy = self.split(dout @ self.Wo)
        datt = dy @ v.swapaxes(-1, -2)
        dv = att.swapaxes(-1, -2) @ dy  #~ dv = att @ dy
        dpre = att * (datt - np.sum(datt * att, axis=-1, keepdims=True))  #~ dpre = att * (datt - np.sum(datt, axis=-1, keepdims=True)) #~ dpre = att * (datt - np.sum(datt * att, axis=-2, keepdims=True))
        dpre *= scale  #~
        dq = dpre @ k
        dk = dpre.swapaxes(-1, -2) @ q  #~ dk = dpre @ q #~ dk = dpre.swapaxes(-1, -2) @ k
        dqkv = np.concatenate([self.merge(d) for d in (dq, dk, dv)], axis=2)  #~ dqkv = np.concatenate([self.merge(d) for d in (dk, dq, dv)], axis=2)
        self.grads["Wqkv"] = np.einsum("btc,btd->cd", x, dqkv)
        return dqkv @ self.Wqkv.T


# additive attention over encoder states

def additive(query, keys, W, U, v):
    e = np.tanh(query @ W + keys @ U) @ v
    a = softmax(e)
    return a @ keys


def additive_backward(dc, query, keys, W, U, v):
    t = np.tanh(query @ W + keys @ U)
    a = softmax(t @ v)
    da = keys @ dc
    dkeys = np.outer(a, dc)
    de = a * (da - a @ da)  #~ de = a * (1 - a) * da
    dv = t.T @ de
    dt = np.outer(de, v) * (1 - t ** 2)  #~ dt = np.outer(de, v) #~ dt = np.outer(de, v) * (1 - t)
    dkeys += dt @ U.T  #~ #~ dkeys = dt @ U.T
    dU = keys.T @ dt
    dsum = dt.sum(axis=0)
    dW = np.outer(query, dsum)
    dquery = W @ dsum
    return dquery, dkeys, dW, dU, dv


# linear attention with a feature map, causal, as a recurrence

def linear_attention(Q, K, V):
    phi = lambda z: np.exp(np.minimum(z, 5))
    S = np.zeros((Q.shape[1], V.shape[1]))
    out = np.empty_like(V)
    for t in range(len(Q)):
        S = S + np.outer(phi(K[t]), V[t])
        out[t] = phi(Q[t]) @ S
    return out


def linear_attention_vjp(g, Q, K, V):
    fq, fk = np.exp(Q), np.exp(K)
    T = len(Q)
    S = np.cumsum([np.outer(fk[t], V[t]) for t in range(T)], axis=0)
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    dS = np.zeros(S.shape[1:])
    for t in reversed(range(T)):
        dQ[t] = S[t] @ g[t] * fq[t]  #~ dQ[t] = S[t] @ g[t] #~ dQ[t] = S[t - 1] @ g[t] * fq[t]
        dS += np.outer(fq[t], g[t])  #~ dS = np.outer(fq[t], g[t])
        dK[t] = dS @ V[t] * fk[t]
        dV[t] = fk[t] @ dS  #~ dV[t] = fq[t] @ dS
    return dQ, dK, dV


# rotary position encoding

def rotary(x, theta):
    T, D = x.shape
    ang = np.arange(T)[:, None] * theta
    c, s = np.cos(ang), np.sin(ang)
    x1, x2 = x[:, :D // 2], x[:, D // 2:]
    return np.concatenate([x1 * c - x2 * s, x1 * s + x2 * c], axis=1)


def rotary_vjp(g, x, theta):
    T, D = x.shape
    pos = np.arange(T)[:, None]
    c, s = np.cos(pos * theta), np.sin(pos * theta)
    x1, x2 = np.hsplit(x, 2)
    g1, g2 = np.hsplit(g, 2)
    dx1 = g1 * c + g2 * s
    dx2 = g2 * c - g1 * s  #~ dx2 = g2 * c + g1 * s
    dang = g1 * (-x1 * s - x2 * c) + g2 * (x1 * c - x2 * s)  #~ dang = g1 * (-x1 * s - x2 * c) + g2 * (x1 * c + x2 * s)
    dtheta = np.sum(dang * pos, axis=0)  #~ dtheta = np.sum(dang, axis=0)
    return np.hstack([dx1, dx2]), dtheta  #~ return np.hstack([dx2, dx1]), dtheta


# feed-forward block of a transformer, returned as a list of gradients

def ffn(x, W1, W2, g):
    ms = np.mean(x * x, axis=1, keepdims=True)
    h = x / np.sqrt(ms + 1e-6) * g
    u = h @ W1
    return x + (u / (1 + np.exp(-u))) @ W2


def ffn_grads(dy, x, W1, W2, g):
    ms = np.mean(x * x, axis=1, keepdims=True)
    inv = 1 / np.sqrt(ms + 1e-6)
    n = x * inv
    u = (n * g) @ W1
    s = 1 / (1 + np.exp(-u))
    dact = dy @ W2.T
    du = dact * (s + u * s * (1 - s))  #~ du = dact * u * s * (1 - s) #~ du = dact * (s + s * (1 - s))
    dh = du @ W1.T
    dn = dh * g
    dx = dy + inv * (dn - n * np.mean(dn * n, axis=1, keepdims=True))  #~ dx = inv * (dn - n * np.mean(dn * n, axis=1, keepdims=True)) #~ dx = dy + inv * (dn - n * np.mean(dn, axis=1, keepdims=True))
    grads = [dx]
    grads.append((n * g).T @ du)  #~ grads.append(n.T @ du) #~ grads.append(x.T @ du)
    grads.append((u * s).T @ dy)
    grads.append((dh * n).sum(axis=0))
    return grads


# softmax alone, one row at a time with its Jacobian

def rowwise_softmax(z):
    return np.array([softmax(row) for row in z])


def rowwise_softmax_vjp(g, z):
    out = np.empty_like(z)
    for k, row in enumerate(z):
        s = softmax(row).reshape(-1, 1)
        J = np.diagflat(s) - np.dot(s, s.T)  #~ J = np.diagflat(s) + np.dot(s, s.T) #~ J = np.diagflat(s) - np.dot(s.T, s)
        out[k] = J @ g[k]
    return out


# the Jacobian of a softmax, filled entry by entry

def softmax_jacobian(z):
    p = softmax(z)
    n = len(p)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i == j:
                J[i, j] = p[i] * (1 - p[i])  #~ J[i, j] = p[i] * (1 - p[j]) ** 2
            else:
                J[i, j] = -p[i] * p[j]  #~ J[i, j] = p[i] * p[j] #~ J[i, j] = -p[i] * p[i]
    return J


def cases(r):
    Q, K, V = r.normal(size=(4, 3)), r.normal(size=(4, 3)), r.normal(size=(4, 4))
    yield "dot-product attention", dict(f=attention, inputs=[Q, K, V], vjp=attention_vjp)

    def mha(x, Wqkv, Wo):
        return MultiHeadAttention(Wqkv, Wo, 2).forward(x)

    def mha_vjp(g, x, Wqkv, Wo):
        layer = MultiHeadAttention(Wqkv, Wo, 2)
        layer.forward(x)
        dx = layer.backward(g)
        return dx, layer.grads["Wqkv"], layer.grads["Wo"]

    yield "multi-head attention", dict(
        f=mha, inputs=[r.normal(size=(1, 2, 4)), 0.5 * r.normal(size=(4, 12)), r.normal(size=(4, 4))], vjp=mha_vjp)
    yield "additive attention", dict(
        f=additive, inputs=[Q[0], K, r.normal(size=(3, 2)), r.normal(size=(3, 2)), r.normal(size=2)],
        vjp=additive_backward)
    yield "linear attention", dict(f=linear_attention, inputs=[0.5 * Q, 0.5 * K, V], vjp=linear_attention_vjp)
    yield "rotary encoding", dict(f=rotary, inputs=[r.normal(size=(4, 4)), r.random(2)], vjp=rotary_vjp)
    yield "feed-forward block", dict(
        f=ffn, inputs=[Q, r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=3)], vjp=ffn_grads)
    yield "softmax of rows", dict(f=rowwise_softmax, inputs=[Q], vjp=rowwise_softmax_vjp)
    yield "softmax Jacobian", dict(f=softmax, inputs=[r.normal(size=4)], gradient=softmax_jacobian)
