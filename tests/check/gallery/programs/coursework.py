"""Homework of a course on neural networks: forward and backward functions with caches."""

import numpy as np

rng = np.random.default_rng(231)
X_train = rng.standard_normal((6, 4))
y_train = np.array([0, 2, 1, 2, 0, 1])


# -- multiclass support vector machine


def svm_loss(W):
    N = X_train.shape[0]
    scores = X_train.dot(W)
    correct = scores[np.arange(N), y_train][:, np.newaxis]
    margins = np.maximum(0, scores - correct + 1.0)
    margins[np.arange(N), y_train] = 0
    return margins.sum() / N + 0.1 * np.sum(W * W)


def svm_grad(W):
    N = X_train.shape[0]
    scores = X_train.dot(W)
    correct = scores[np.arange(N), y_train][:, np.newaxis]
    margins = scores - correct + 1.0
    mask = (margins > 0).astype(float)
    mask[np.arange(N), y_train] = 0
    mask[np.arange(N), y_train] = -mask.sum(axis=1)  #~ mask[np.arange(N), y_train] = -1
    dW = X_train.T.dot(mask) / N
    dW += 2 * 0.1 * W  #~ dW += 0.1 * W
    return dW


# -- batch normalisation


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    xhat = (x - mu) / np.sqrt(var + eps)
    return gamma * xhat + beta


def batchnorm_backward(dout, x, gamma, beta, eps=1e-5):
    N, D = x.shape
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    ivar = 1.0 / np.sqrt(var + eps)
    xhat = (x - mu) * ivar
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mu), axis=0) * -0.5 * ivar**3
    dmu = -np.sum(dxhat, axis=0) * ivar  #~ dmu = -np.sum(dout, axis=0) * ivar
    dx = dxhat * ivar + dvar * 2 * (x - mu) / N + dmu / N  #~ dx = dxhat * ivar + dvar * 2 * (x - mu) / D + dmu / N
    return dx, dgamma, dbeta


# -- a convolution with four loops


def conv_forward_naive(x, w, b):
    stride, pad = 2, 1
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    Ho = 1 + (H + 2 * pad - HH) // stride
    Wo = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    patch = xp[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(patch * w[f]) + b[f]
    return out


def conv_backward_naive(dout, x, w, b):
    stride, pad = 2, 1
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))  #~ db = dout.mean(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    rows = slice(i * stride, i * stride + HH)
                    cols = slice(j * stride, j * stride + WW)
                    dw[f] += xp[n, :, rows, cols] * dout[n, f, i, j]
                    dxp[n, :, rows, cols] += w[f] * dout[n, f, i, j]  #~ dxp[n, :, rows, cols] = w[f] * dout[n, f, i, j]
    return dxp[:, :, pad:-pad, pad:-pad], dw, db


# -- a plain recurrent network, unrolled


def rnn_forward(x, h0, Wx, Wh, b):
    h = h0
    hs = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ Wx + h @ Wh + b)
        hs.append(h)
    return np.stack(hs, axis=1)


def rnn_backward(dh, x, h0, Wx, Wh, b):
    hs = rnn_forward(x, h0, Wx, Wh, b)
    dx = np.zeros_like(x)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        dnext = dh[:, t] + dprev
        da = dnext * (1 - hs[:, t] ** 2)
        dx[:, t] = da @ Wx.T
        dprev = da @ Wh.T  #~ dprev = da @ Wh
        dWx += x[:, t].T @ da
        dWh += (hs[:, t - 1] if t > 0 else h0).T @ da  #~ dWh += hs[:, t - 1].T @ da
        db += da.sum(axis=0)
    return dx, dprev, dWx, dWh, db


# -- max pooling


def max_pool_forward(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))


def max_pool_backward(dout, x):
    N, C, H, W = x.shape
    dx = np.zeros_like(x)
    for n in range(N):
        for c in range(C):
            for i in range(H // 2):
                for j in range(W // 2):
                    window = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                    r, s = np.unravel_index(np.argmax(window), (2, 2))  #~ s, r = np.unravel_index(np.argmax(window), (2, 2))
                    dx[n, c, 2 * i + r, 2 * j + s] = dout[n, c, i, j]
    return dx


# -- a two-layer network in a class


class TwoLayerNet:
    def __init__(self, reg=0.05):
        self.reg = reg

    def loss(self, params):
        scores = self.forward(params)
        shifted = scores - scores.max(axis=1, keepdims=True)
        logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.probs = np.exp(logp)
        data = -logp[np.arange(len(y_train)), y_train].mean()
        return data + 0.5 * self.reg * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum())

    def forward(self, params):
        self.hidden = np.maximum(X_train @ params["W1"] + params["b1"], 0)
        return self.hidden @ params["W2"] + params["b2"]

    def grads(self, params):
        self.loss(params)
        dscores = self.probs.copy()
        dscores[np.arange(len(y_train)), y_train] -= 1
        dscores /= len(y_train)  #~ dscores /= dscores.shape[1]
        grads = {}
        grads["W2"] = self.hidden.T @ dscores + self.reg * params["W2"]
        grads["b2"] = dscores.sum(axis=0)
        dhidden = dscores @ params["W2"].T
        dhidden[self.hidden <= 0] = 0  #~ dhidden[dhidden <= 0] = 0
        grads["W1"] = X_train.T @ dhidden + self.reg * params["W1"]
        grads["b1"] = dhidden.sum(axis=0)
        return grads


net = TwoLayerNet()


def net_loss(params):
    return net.loss(params)


def net_grads(params):
    return net.grads(params)


def cases(r):
    yield "svm grad", dict(f=svm_loss, inputs=[r.normal(size=(4, 3))], gradient=svm_grad)
    yield "batchnorm backward", dict(f=batchnorm_forward, inputs=[r.normal(size=(5, 3)), r.normal(size=(3,)), r.normal(size=(3,))], vjp=batchnorm_backward)
    yield "conv backward naive", dict(f=conv_forward_naive, inputs=[r.normal(size=(2, 2, 5, 5)), r.normal(size=(3, 2, 3, 3)), r.normal(size=(3,))], vjp=conv_backward_naive)
    yield "rnn backward", dict(f=rnn_forward, inputs=[r.normal(size=(2, 3, 4)), r.normal(size=(2, 3)), r.normal(size=(4, 3)), r.normal(size=(3, 3)), r.normal(size=(3,))], vjp=rnn_backward)
    yield "max pool backward", dict(f=max_pool_forward, inputs=[r.normal(size=(2, 1, 4, 4))], vjp=max_pool_backward)
    yield "net grads", dict(f=net_loss, inputs=[{"W1": r.normal(size=(4, 5)), "b1": r.normal(size=(5,)), "W2": r.normal(size=(5, 3)), "b2": r.normal(size=(3,))}], gradient=net_grads)
