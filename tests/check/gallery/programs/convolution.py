import numpy as np


# convolution with naive loops, as in CS231n

def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, F, H_out, W_out = dout.shape
    _, _, HH, WW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride  #~ hs, ws = i, j
                    dw[f] += dout[n, f, i, j] * x_pad[n, :, hs:hs + HH, ws:ws + WW]  #~ dw[f] = dout[n, f, i, j] * x_pad[n, :, hs:hs + HH, ws:ws + WW]
                    dx_pad[n, :, hs:hs + HH, ws:ws + WW] += dout[n, f, i, j] * w[f]  #~ dx_pad[n, :, hs:hs + HH, ws:ws + WW] = dout[n, f, i, j] * w[f] #~ dx_pad[n, :, hs:hs + HH, ws:ws + WW] += dout[n, f, i, j] * w[f, :, ::-1, ::-1]
    dx = dx_pad[:, :, pad:-pad, pad:-pad]
    return dx, dw, db


# convolution by im2col

def get_im2col_indices(x_shape, k, padding, stride):
    N, C, H, W = x_shape
    out_h = (H + 2 * padding - k) // stride + 1
    out_w = (W + 2 * padding - k) // stride + 1
    i0 = np.tile(np.repeat(np.arange(k), k), C)
    j0 = np.tile(np.arange(k), k * C)
    i1 = stride * np.repeat(np.arange(out_h), out_w)
    j1 = stride * np.tile(np.arange(out_w), out_h)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    c = np.repeat(np.arange(C), k * k).reshape(-1, 1)
    return c, i, j


def im2col(x, k, p, s):
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")
    c, i, j = get_im2col_indices(x.shape, k, p, s)
    cols = xp[:, c, i, j]
    return cols.transpose(1, 2, 0).reshape(k * k * x.shape[1], -1)


def col2im(cols, x_shape, k, p, s):
    N, C, H, W = x_shape
    xp = np.zeros((N, C, H + 2 * p, W + 2 * p))
    c, i, j = get_im2col_indices(x_shape, k, p, s)
    cols = cols.reshape(C * k * k, -1, N).transpose(2, 0, 1)  #~ cols = cols.reshape(N, C * k * k, -1)
    np.add.at(xp, (slice(None), c, i, j), cols)  #~ xp[:, c, i, j] += cols #~ xp[:, c, i, j] = cols
    return xp[:, :, p:-p, p:-p] if p else xp


class ConvLayer:
    def __init__(self, W, b, stride=1, padding=1):
        self.W, self.b, self.stride, self.padding = W, b, stride, padding

    def forward(self, X):
        F, C, k, _ = self.W.shape
        self.X_shape = X.shape
        self.X_col = im2col(X, k, self.padding, self.stride)
        out = self.W.reshape(F, -1) @ self.X_col + self.b.reshape(-1, 1)
        h = (X.shape[2] + 2 * self.padding - k) // self.stride + 1
        return out.reshape(F, h, -1, X.shape[0]).transpose(3, 0, 1, 2)

    def backward(self, dout):
        F, C, k, _ = self.W.shape
        self.db = dout.sum(axis=(0, 2, 3))  #~ self.db = dout.mean(axis=(0, 2, 3))
        dout_flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)  #~ dout_flat = dout.transpose(1, 0, 2, 3).reshape(F, -1)
        self.dW = (dout_flat @ self.X_col.T).reshape(self.W.shape)
        dX_col = self.W.reshape(F, -1).T @ dout_flat
        return col2im(dX_col, self.X_shape, k, self.padding, self.stride)


# max pooling

def maxpool(x, size=2):
    N, C, H, W = x.shape
    xr = x.reshape(N, C, H // size, size, W // size, size)
    return xr.max(axis=(3, 5))


def maxpool_backward(dout, x, size=2):
    N, C, H, W = x.shape
    dx = np.zeros(x.shape)
    for i in range(H // size):
        for j in range(W // size):
            window = x[:, :, i * size:(i + 1) * size, j * size:(j + 1) * size]
            m = window.max(axis=(2, 3), keepdims=True)
            mask = window == m  #~ mask = window >= m.mean()
            d = dout[:, :, i, j][:, :, None, None]  #~ d = dout[:, :, j, i][:, :, None, None]
            dx[:, :, i * size:(i + 1) * size, j * size:(j + 1) * size] += mask * d
    return dx


# max pooling with remembered positions

class MaxPool1d:
    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        b, t = x.shape
        blocks = x[:, :t // self.k * self.k].reshape(b, -1, self.k)
        self.shape = x.shape
        self.arg = blocks.argmax(axis=2)
        return blocks.max(axis=2)

    def grad(self, dy):
        dx = np.zeros(self.shape)
        b, n = dy.shape
        for i in range(b):
            for j in range(n):
                dx[i, j * self.k + self.arg[i, j]] = dy[i, j]  #~ dx[i, j + self.arg[i, j]] = dy[i, j] #~ dx[i, j * self.k + self.arg[0, j]] = dy[i, j]
        return dx


# average pooling and nearest upsampling

def avgpool(x, s):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // s, s, W // s, s).mean(axis=(3, 5))


def avgpool_vjp(g, x, s):
    up = g.repeat(s, axis=2).repeat(s, axis=3)
    return up / s ** 2  #~ return up / s #~ return up


def upsample(x):
    return np.kron(x, np.ones((2, 2)))


def upsample_vjp(g, x):
    h, w = x.shape
    out = np.empty((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = g[2 * i:2 * i + 2, 2 * j:2 * j + 2].sum()  #~ out[i, j] = g[2 * i:2 * i + 2, 2 * j:2 * j + 2].mean() #~ out[i, j] = g[2 * i:2 * i + 2, j:j + 2].sum()
    return out


# one-dimensional causal convolution with dilation

def causal_conv(x, w, d):
    T, C = x.shape
    K = w.shape[0]
    y = np.zeros((T, w.shape[2]))
    for k in range(K):
        shift = k * d
        y[shift:] += x[:T - shift] @ w[k]
    return y


def causal_conv_back(gy, x, w, d):
    T = len(x)
    gx = np.zeros_like(x)
    gw = np.zeros_like(w)
    for k in range(w.shape[0]):
        shift = k * d  #~ shift = k
        gx[:T - shift] += gy[shift:] @ w[k].T  #~ gx[shift:] += gy[:T - shift] @ w[k].T #~ gx[:T - shift] = gy[shift:] @ w[k].T
        gw[k] = x[:T - shift].T @ gy[shift:]  #~ gw[k] = x[shift:].T @ gy[shift:]
    return gx, gw


# depthwise convolution, shifts instead of loops over pixels

def depthwise(x, w):
    C, H, W = x.shape
    y = 0
    for i in range(3):
        for j in range(3):
            y = y + w[:, i, j][:, None, None] * x[:, i:H - 2 + i, j:W - 2 + j]
    return y


def depthwise_vjp(dy, x, w):
    C, H, W = x.shape
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(3):
        for j in range(3):
            patch = x[:, i:H - 2 + i, j:W - 2 + j]
            dw[:, i, j] = (patch * dy).sum(axis=(1, 2))
            dx[:, i:H - 2 + i, j:W - 2 + j] += w[:, i, j][:, None, None] * dy  #~ dx[:, i:H - 2 + i, j:W - 2 + j] += w[:, j, i][:, None, None] * dy #~ dx[:, i:H - 2 + i, j:W - 2 + j] += w[:, 2 - i, 2 - j][:, None, None] * dy
    return dx, dw


# transposed convolution

def conv_transpose(x, w, stride):
    n = len(x)
    out = np.zeros((n - 1) * stride + len(w))
    for i in range(n):
        out[i * stride:i * stride + len(w)] += x[i] * w
    return out


def conv_transpose_vjp(g, x, w, stride):
    dx = np.array([g[i * stride:i * stride + len(w)] @ w for i in range(len(x))])  #~ dx = np.array([g[i:i + len(w)] @ w for i in range(len(x))]) #~ dx = np.array([g[i * stride:i * stride + len(w)] @ w[::-1] for i in range(len(x))])
    dw = np.zeros(len(w))
    for k in range(len(w)):
        dw[k] = sum(x[i] * g[i * stride + k] for i in range(len(x)))  #~ dw[k] = sum(x[i] * g[i * stride] for i in range(len(x)))
    return dx, dw


# a whole small network: conv, relu, global average pooling, linear, squared error

def convnet_loss(kernels, v, images, target):
    loss = 0.0
    for image, t in zip(images, target):
        feats = []
        for k in kernels:
            a = np.lib.stride_tricks.sliding_window_view(image, k.shape)
            a = np.einsum("ijkl,kl->ij", a, k)
            feats.append(np.maximum(a, 0).mean())
        loss += 0.5 * (np.dot(feats, v) - t) ** 2
    return loss


def convnet_gradient(kernels, v, images, target):
    gk = np.zeros_like(kernels)
    gv = np.zeros_like(v)
    for image, t in zip(images, target):
        windows = np.lib.stride_tricks.sliding_window_view(image, kernels[0].shape)
        pre = [np.einsum("ijkl,kl->ij", windows, k) for k in kernels]
        feats = np.array([np.maximum(a, 0).mean() for a in pre])
        err = feats @ v - t
        gv += err * feats  #~ gv = err * feats
        for c, a in enumerate(pre):
            da = err * v[c] * (a > 0) / a.size  #~ da = err * v[c] * (a > 0) #~ da = err * (a > 0) / a.size
            gk[c] += np.einsum("ijkl,ij->kl", windows, da)
    return gk, gv


# reflection padding

def reflect(x, p):
    return np.pad(x, p, mode="reflect")


def reflect_vjp(g, x, p):
    n = len(x)
    dx = g[p:p + n].copy()
    for k in range(1, p + 1):
        dx[k] += g[p - k]  #~ dx[k - 1] += g[p - k] #~ dx[k] = g[p - k]
        dx[n - 1 - k] += g[p + n - 1 + k]  #~
    return dx


def cases(r):
    x, w, b = r.normal(size=(2, 2, 5, 5)), r.normal(size=(2, 2, 3, 3)), r.normal(size=2)
    param = {"stride": 2, "pad": 1}
    yield "convolution in loops", dict(
        f=lambda x, w, b: conv_forward_naive(x, w, b, param)[0], inputs=[x, w, b],
        vjp=lambda g, x, w, b: conv_backward_naive(g, conv_forward_naive(x, w, b, param)[1]))

    def conv(x, W, b):
        return ConvLayer(W, b).forward(x)

    def conv_vjp(dout, x, W, b):
        layer = ConvLayer(W, b)
        layer.forward(x)
        dx = layer.backward(dout)
        return dx, layer.dW, layer.db

    yield "convolution by im2col", dict(f=conv, inputs=[x[:, :, :4, :3], w, b], vjp=conv_vjp)
    yield "max pooling", dict(f=maxpool, inputs=[x[:, :, :4, :4]], vjp=maxpool_backward)
    pool = MaxPool1d(3)

    def pool_vjp(dy, x):
        pool(x)
        return pool.grad(dy)

    yield "max pooling by positions", dict(f=pool, inputs=[r.normal(size=(3, 10))], vjp=pool_vjp)
    yield "average pooling", dict(
        f=lambda x: avgpool(x, 2), inputs=[x[:1, :, :4, :4]], vjp=lambda g, x: avgpool_vjp(g, x, 2))
    yield "upsampling", dict(f=upsample, inputs=[r.normal(size=(3, 2))], vjp=upsample_vjp)
    yield "causal convolution", dict(
        f=lambda x, w: causal_conv(x, w, 2), inputs=[r.normal(size=(7, 2)), r.normal(size=(3, 2, 2))],
        vjp=lambda g, x, w: causal_conv_back(g, x, w, 2))
    yield "depthwise convolution", dict(
        f=depthwise, inputs=[r.normal(size=(2, 5, 4)), r.normal(size=(2, 3, 3))], vjp=depthwise_vjp)
    yield "transposed convolution", dict(
        f=lambda x, w: conv_transpose(x, w, 2), inputs=[r.normal(size=4), r.normal(size=3)],
        vjp=lambda g, x, w: conv_transpose_vjp(g, x, w, 2))
    images, target = r.normal(size=(3, 5, 5)), r.normal(size=3)
    yield "small convnet", dict(
        f=lambda k, v: convnet_loss(k, v, images, target), inputs=[r.normal(size=(2, 3, 3)), r.normal(size=2)],
        gradient=lambda k, v: convnet_gradient(k, v, images, target))
    yield "reflection padding", dict(
        f=lambda x: reflect(x, 2), inputs=[r.normal(size=6)], vjp=lambda g, x: reflect_vjp(g, x, 2))
