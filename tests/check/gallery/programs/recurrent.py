import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# character-level model, after Karpathy's min-char-rnn

def lossFun(Wxh, Whh, Why, bh, by, inputs, targets, hprev, vocab_size):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][targets[t], 0])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1  #~ dy[targets[t]] += 1
        dWhy += np.dot(dy, hs[t].T)  #~ dWhy += np.dot(dy, hs[t - 1].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext  #~ dh = np.dot(Why.T, dy)
        dhraw = (1 - hs[t] * hs[t]) * dh  #~ dhraw = (1 - hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)  #~ dWhh += np.dot(dhraw, hs[t].T)
        dhnext = np.dot(Whh.T, dhraw)  #~ dhnext = np.dot(Whh, dhraw) #~ dhnext = dhraw
    return loss, (dWxh, dWhh, dWhy, dbh, dby)


# vanilla RNN on batches, step functions with caches

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h ** 2)
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    cache = []
    prev = h0
    for t in range(T):
        prev, step = rnn_step_forward(x[:, t], prev, Wx, Wh, b)
        h[:, t] = prev
        cache.append(step)
    return h, cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][0].shape[1]
    dx = np.zeros((N, T, D))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    dprev = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dcurrent = dh[:, t] + dprev  #~ dcurrent = dh[:, t] #~ dcurrent = dh[:, t - 1] + dprev
        dx[:, t], dprev, dWx_t, dWh_t, db_t = rnn_step_backward(dcurrent, cache[t])  #~ dx[:, t], dprev, dWx_t, dWh_t, db_t = rnn_step_backward(dcurrent, cache[T - 1 - t])
        dWx += dWx_t
        dWh += dWh_t  #~ dWh = dWh_t
        db += db_t
    return dx, dprev, dWx, dWh, db


# LSTM with stacked gates

def lstm_forward(x, Wx, Wh, b):
    T, D = x.shape
    H = Wh.shape[0]
    h, c = np.zeros(H), np.zeros(H)
    caches, hs = [], []
    for t in range(T):
        a = x[t] @ Wx + h @ Wh + b
        i, f, o = sigmoid(a[:H]), sigmoid(a[H:2 * H]), sigmoid(a[2 * H:3 * H])
        g = np.tanh(a[3 * H:])
        c_prev, h_prev = c, h
        c = f * c_prev + i * g
        h = o * np.tanh(c)
        caches.append((i, f, o, g, c_prev, h_prev, c))
        hs.append(h)
    return np.array(hs), caches


def lstm_backward(dhs, x, Wx, Wh, caches):
    T, D = x.shape
    H = Wh.shape[0]
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(4 * H)
    dh_next, dc_next = np.zeros(H), np.zeros(H)
    for t in reversed(range(T)):
        i, f, o, g, c_prev, h_prev, c = caches[t]
        dh = dhs[t] + dh_next
        tc = np.tanh(c)
        dc = dc_next + dh * o * (1 - tc ** 2)  #~ dc = dh * o * (1 - tc ** 2) #~ dc = dc_next + dh * o * (1 - c ** 2) #~ dc = dc_next + dh * o
        do = dh * tc  #~ do = dh * c
        di, dg = dc * g, dc * i
        df = dc * c_prev  #~ df = dc * c
        da = np.empty(4 * H)
        da[:H] = di * i * (1 - i)
        da[H:2 * H] = df * f * (1 - f)  #~ da[H:2 * H] = df * (1 - f)
        da[2 * H:3 * H] = do * o * (1 - o)
        da[3 * H:] = dg * (1 - g ** 2)  #~ da[3 * H:] = dg * g * (1 - g)
        dx[t] = Wx @ da
        dWx += np.outer(x[t], da)
        dWh += np.outer(h_prev, da)
        db += da
        dh_next = Wh @ da
        dc_next = dc * f  #~ dc_next = dc #~ dc_next = dc * i
    return dx, dWx, dWh, db


# GRU cell as a class that pushes its caches on a stack

class GRUCell:
    def __init__(self, p):
        self.p = p
        self.stack = []
        self.grads = {k: np.zeros_like(v) for k, v in p.items()}

    def forward(self, x, h):
        p = self.p
        z = sigmoid(p["Wz"] @ x + p["Uz"] @ h)
        r = sigmoid(p["Wr"] @ x + p["Ur"] @ h)
        n = np.tanh(p["Wn"] @ x + r * (p["Un"] @ h))
        self.stack.append((x, h, z, r, n))
        return (1 - z) * n + z * h

    def backward(self, dh_new):
        p, grads = self.p, self.grads
        x, h, z, r, n = self.stack.pop()
        dz = dh_new * (h - n)  #~ dz = dh_new * (n - h) #~ dz = dh_new * h
        dn = dh_new * (1 - z)
        dh = dh_new * z  #~ dh = dh_new * (1 - z)
        dan = dn * (1 - n ** 2)
        dr = dan * (p["Un"] @ h)  #~ dr = dan * h
        daz = dz * z * (1 - z)
        dar = dr * r * (1 - r)
        grads["Wn"] += np.outer(dan, x)
        grads["Un"] += np.outer(dan * r, h)  #~ grads["Un"] += np.outer(dan, h)
        grads["Wz"] += np.outer(daz, x)  #~ grads["Wz"] = np.outer(daz, x)
        grads["Uz"] += np.outer(daz, h)
        grads["Wr"] += np.outer(dar, x)
        grads["Ur"] += np.outer(dar, h)
        dh = dh + p["Uz"].T @ daz
        dh = dh + p["Ur"].T @ dar  #~
        dh = dh + p["Un"].T @ (dan * r)  #~ dh = dh + p["Un"].T @ dan
        return dh


def gru_loss(params, xs, target):
    cell = GRUCell(params)
    h = np.zeros(len(target))
    for x in xs:
        h = cell.forward(x, h)
    return 0.5 * np.sum((h - target) ** 2)


def gru_gradient(params, xs, target):
    cell = GRUCell(params)
    h = np.zeros(len(target))
    for x in xs:
        h = cell.forward(x, h)
    dh = h - target
    for _ in xs:
        dh = cell.backward(dh)
    return cell.grads


# bidirectional RNN, both directions into one readout

def birnn(Wf, Wb, U, xs):
    T, H = len(xs), Wf.shape[0]
    hf = [np.zeros(H)]
    for t in range(T):
        hf.append(np.tanh(Wf @ hf[-1] + xs[t]))
    hb = [np.zeros(H)]
    for t in range(T - 1, -1, -1):
        hb.append(np.tanh(Wb @ hb[-1] + xs[t]))
    hb = hb[::-1]
    y = np.array([U @ np.r_[hf[t + 1], hb[t]] for t in range(T)])
    return y, hf, hb


def birnn_back(gy, Wf, Wb, U, xs, hf, hb):
    T, H = len(xs), Wf.shape[0]
    gWf, gWb, gU = np.zeros_like(Wf), np.zeros_like(Wb), np.zeros_like(U)
    for t in range(T):
        gU += np.outer(gy[t], np.r_[hf[t + 1], hb[t]])  #~ gU += np.outer(gy[t], np.r_[hf[t], hb[t]]) #~ gU += np.outer(gy[t], np.r_[hb[t], hf[t + 1]])
    back = np.zeros(H)
    for t in range(T - 1, -1, -1):
        d = (U[:, :H].T @ gy[t] + back) * (1 - hf[t + 1] ** 2)  #~ d = (U[:, :H].T @ gy[t] + back) * (1 - hf[t] ** 2)
        gWf += np.outer(d, hf[t])  #~ gWf += np.outer(d, hf[t + 1])
        back = Wf.T @ d
    back = np.zeros(H)  #~
    for t in range(T):
        d = (U[:, H:].T @ gy[t] + back) * (1 - hb[t] ** 2)  #~ d = (U[:, :H].T @ gy[t] + back) * (1 - hb[t] ** 2)
        gWb += np.outer(d, hb[t + 1])
        back = Wb.T @ d
    return gWf, gWb, gU


# a leaky integrator with learnable leak, many to one

def leaky(alpha, W, xs):
    h = np.zeros(W.shape[0])
    for x in xs:
        h = (1 - alpha) * h + alpha * np.tanh(W @ x)
    return h


def leaky_vjp(g, alpha, W, xs):
    hs = [np.zeros(W.shape[0])]
    for x in xs:
        hs.append((1 - alpha) * hs[-1] + alpha * np.tanh(W @ x))
    dalpha, dW = 0.0, np.zeros(W.shape)
    for t in range(len(xs) - 1, -1, -1):
        s = np.tanh(W @ xs[t])
        dalpha += g @ (s - hs[t])  #~ dalpha += g @ (s - hs[t + 1]) #~ dalpha += g @ s
        dW += np.outer(g * alpha * (1 - s ** 2), xs[t])  #~ dW += np.outer(g * (1 - s ** 2), xs[t])
        g = g * (1 - alpha)  #~ #~ g = g * alpha
    return dalpha, dW


# echo with a delay line: y[t] = tanh(x[t] + a y[t-1] + b y[t-3])

def echo(x, ab):
    y = np.zeros(len(x))
    for t in range(len(x)):
        y[t] = np.tanh(x[t] + ab[0] * (y[t - 1] if t >= 1 else 0) + ab[1] * (y[t - 3] if t >= 3 else 0))
    return y


def echo_vjp(g, x, ab):
    y = echo(x, ab)
    g = g.copy()
    dx, dab = np.zeros_like(x), np.zeros(2)
    for t in range(len(x) - 1, -1, -1):
        s = g[t] * (1 - y[t] ** 2)
        dx[t] = s
        if t >= 1:
            dab[0] += s * y[t - 1]  #~ dab[0] += s * y[t]
            g[t - 1] += s * ab[0]  #~ g[t - 1] = s * ab[0] #~ g[t - 1] += g[t] * ab[0]
        if t >= 3:
            dab[1] += s * y[t - 3]
            g[t - 3] += s * ab[1]  #~ g[t - 3] += s * ab[0] #~
    return dx, dab


def cases(r):
    V, H = 4, 3
    inputs, targets = r.integers(0, V, 5), r.integers(0, V, 5)
    weights = [0.5 * r.normal(size=s) for s in ((H, V), (H, H), (V, H), (H, 1), (V, 1))]
    h0 = r.normal(size=(H, 1))
    yield "character model", dict(
        f=lambda *w: lossFun(*w, inputs, targets, h0, V), inputs=weights, gradient=True)
    x = r.normal(size=(2, 4, 3))
    yield "rnn with step caches", dict(
        f=lambda *a: rnn_forward(*a)[0],
        inputs=[x, r.normal(size=(2, 3)), 0.5 * r.normal(size=(3, 3)), 0.5 * r.normal(size=(3, 3)), r.normal(size=3)],
        vjp=lambda g, *a: rnn_backward(g, rnn_forward(*a)[1]))
    yield "lstm", dict(
        f=lambda *a: lstm_forward(*a)[0],
        inputs=[x[0], 0.6 * r.normal(size=(3, 8)), 0.6 * r.normal(size=(2, 8)), r.normal(size=8)],
        vjp=lambda g, x, Wx, Wh, b: lstm_backward(g, x, Wx, Wh, lstm_forward(x, Wx, Wh, b)[1]))
    p = {k + g: 0.7 * r.normal(size=(2, 3) if k == "W" else (2, 2)) for k in "WU" for g in "zrn"}
    target = r.normal(size=2)
    yield "gru", dict(
        f=lambda p: gru_loss(p, x[0], target), inputs=[p], gradient=lambda p: gru_gradient(p, x[0], target))
    xs = r.normal(size=(4, 3))
    given = [0.5 * r.normal(size=(3, 3)), 0.5 * r.normal(size=(3, 3)), r.normal(size=(2, 6))]

    def birnn_vjp(g, Wf, Wb, U):
        _, hf, hb = birnn(Wf, Wb, U, xs)
        return birnn_back(g, Wf, Wb, U, xs, hf, hb)

    yield "bidirectional rnn", dict(f=lambda *w: birnn(*w, xs)[0], inputs=given, vjp=birnn_vjp)
    yield "leaky integrator", dict(
        f=lambda a, W: leaky(a, W, xs), inputs=[0.3 + 0.3 * r.random(), given[2][:, :3]],
        vjp=lambda g, a, W: leaky_vjp(g, a, W, xs))
    yield "echo", dict(f=echo, inputs=[r.normal(size=7), 0.5 * r.normal(size=2)], vjp=echo_vjp)
