"""Layers in the style of many courses: forward keeps a cache, backward fills self.grads."""
import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.x = None
        self.dW = None
        self.db = None

    def forward(self, x):
        self.original_shape = x.shape
        self.x = x.reshape(x.shape[0], -1)
        return np.dot(self.x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)  #~ self.dW = np.dot(self.x.T, dout) / len(dout)
        self.db = np.sum(dout, axis=0)  #~ self.db = np.mean(dout, axis=0)
        return dx.reshape(*self.original_shape)


class Relu:
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout = dout.copy()
        dout[self.mask] = 0  #~ dout[~self.mask] = 0 #~ #~ dout[dout <= 0] = 0
        return dout


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out  #~ return dout * (1.0 - self.out)


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out ** 2)  #~ return dout * (1 - self.out) #~ return dout * (1 - dout ** 2)


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        batch_size = x.shape[0]
        return -np.sum(np.log(self.y[np.arange(batch_size), t])) / batch_size

    def backward(self, dout=1):
        batch_size = self.t.shape[0]
        dx = self.y.copy()
        dx[np.arange(batch_size), self.t] -= 1
        return dx * dout / batch_size  #~ return dx * dout


class Dropout:
    def __init__(self, ratio, mask):
        self.keep = 1 - ratio
        self.mask = mask

    def forward(self, x):
        return x * self.mask / self.keep

    def backward(self, dout):
        return dout * self.mask / self.keep  #~ return dout * self.mask #~ return dout / self.keep


class Sequential:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout


class Residual:
    def __init__(self, inner):
        self.inner = inner

    def forward(self, x):
        return x + self.inner.forward(x)

    def backward(self, dout):
        return dout + self.inner.backward(dout)  #~ return self.inner.backward(dout)


class Highway:
    """y = t * h + (1 - t) * x."""

    def __init__(self, Wh, Wt, bt):
        self.Wh, self.Wt, self.bt = Wh, Wt, bt
        self.grads = {}

    def forward(self, x):
        h = np.tanh(x @ self.Wh)
        t = 1 / (1 + np.exp(-(x @ self.Wt + self.bt)))
        self.cache = x, h, t
        return t * h + (1 - t) * x

    def backward(self, dy):
        x, h, t = self.cache
        dh = dy * t
        dt = dy * (h - x)  #~ dt = dy * h
        dah = dh * (1 - h * h)
        dat = dt * t * (1 - t)  #~ dat = dt * (1 - t)
        self.grads["Wh"] = x.T @ dah
        self.grads["Wt"] = x.T @ dat  #~ self.grads["Wt"] = x.T @ dt
        self.grads["bt"] = dat.sum(0)
        dx = dah @ self.Wh.T + dat @ self.Wt.T
        dx += dy * (1 - t)  #~ #~ dx += dy * t
        return dx


class PReLU:
    def __init__(self, alpha):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        negative = self.x < 0
        self.dalpha = np.sum(dout * self.x * negative, axis=0)  #~ self.dalpha = np.sum(dout * self.x, axis=0) #~ self.dalpha = np.sum(dout * negative, axis=0)
        return np.where(negative, self.alpha * dout, dout)  #~ return np.where(negative, dout, self.alpha * dout)


class Maxout:
    def __init__(self, W):
        self.W = W

    def forward(self, x):
        z = np.einsum("nd,dko->nko", x, self.W)
        self.x = x
        self.winner = z.argmax(axis=1)
        return z.max(axis=1)

    def backward(self, dout):
        n, o = dout.shape
        dz = np.zeros((n, self.W.shape[1], o))
        rows, cols = np.indices((n, o))
        dz[rows, self.winner, cols] = dout
        self.dW = np.einsum("nd,nko->dko", self.x, dz)
        return np.einsum("nko,dko->nd", dz, self.W)


class GELU:
    c = np.sqrt(2 / np.pi)

    def forward(self, x):
        self.x = x
        self.t = np.tanh(self.c * (x + 0.044715 * x ** 3))
        return 0.5 * x * (1 + self.t)

    def backward(self, g):
        x, t = self.x, self.t
        dinner = self.c * (1 + 3 * 0.044715 * x ** 2)  #~ dinner = self.c * (1 + 0.044715 * x ** 2) #~ dinner = 1 + 3 * 0.044715 * x ** 2 #~ dinner = self.c * (1 + 3 * 0.044715 * x ** 3)
        return g * (0.5 * (1 + t) + 0.5 * x * (1 - t ** 2) * dinner)  #~ return g * (0.5 * (1 + t) + x * (1 - t ** 2) * dinner)


class GLU:
    def forward(self, x):
        a, b = np.split(x, 2, axis=-1)
        self.a = a
        self.s = 1 / (1 + np.exp(-b))
        return a * self.s

    def backward(self, g):
        da = g * self.s
        db = g * self.a * self.s * (1 - self.s)  #~ db = g * self.s * (1 - self.s)
        return np.concatenate([da, db], axis=-1)  #~ return np.concatenate([db, da], axis=-1)


def cases(r):
    x, W, b = r.normal(size=(4, 2, 3)), r.normal(size=(6, 5)), r.normal(size=5)

    def affine(x, W, b):
        return Affine(W, b).forward(x)

    def affine_vjp(g, x, W, b):
        layer = Affine(W, b)
        layer.forward(x)
        dx = layer.backward(g)
        return dx, layer.dW, layer.db

    yield "affine layer", dict(f=affine, inputs=[x, W, b], vjp=affine_vjp)
    z = r.normal(size=(3, 6))
    for layer in (Relu(), Sigmoid(), Tanh(), GELU(), GLU()):
        def vjp(g, z, layer=layer):
            layer.forward(z)
            return layer.backward(g)
        yield f"{type(layer).__name__} layer", dict(f=layer.forward, inputs=[z], vjp=vjp)
    mask = r.random((3, 6)) > 0.3
    dropout = Dropout(0.3, mask)
    yield "dropout layer", dict(f=dropout.forward, inputs=[z], vjp=lambda g, z: dropout.backward(g))

    t = r.integers(0, 3, 4)

    def net(params):
        return Sequential(
            Affine(params["W1"], params["b1"]), Relu(),
            Affine(params["W2"], params["b2"]), Tanh(), Affine(params["W3"], params["b3"]))

    def net_loss(params):
        return SoftmaxWithLoss().forward(net(params).forward(x), t)

    def net_gradient(params):
        model, loss = net(params), SoftmaxWithLoss()
        loss.forward(model.forward(x), t)
        model.backward(loss.backward())
        grads = {}
        for i, layer in enumerate(model.layers[::2], 1):
            grads[f"W{i}"] = layer.dW
            grads[f"b{i}"] = layer.db
        return grads

    sizes = [6, 5, 4, 3]
    params = {}
    for i in range(3):
        params[f"W{i + 1}"] = 0.7 * r.normal(size=(sizes[i], sizes[i + 1]))
        params[f"b{i + 1}"] = 0.3 * r.normal(size=sizes[i + 1])
    yield "sequential network", dict(f=net_loss, inputs=[params], gradient=net_gradient)

    def block(x, W):
        return Residual(Sequential(Affine(W, np.zeros(6)), Relu(), Dropout(0.3, mask))).forward(x)

    def block_vjp(g, x, W):
        affine = Affine(W, np.zeros(6))
        model = Residual(Sequential(affine, Relu(), Dropout(0.3, mask)))
        model.forward(x)
        return model.backward(g), affine.dW

    yield "residual block", dict(f=block, inputs=[z, r.normal(size=(6, 6))], vjp=block_vjp)

    def highway(x, Wh, Wt, bt):
        return Highway(Wh, Wt, bt).forward(x)

    def highway_vjp(g, x, Wh, Wt, bt):
        layer = Highway(Wh, Wt, bt)
        layer.forward(x)
        dx = layer.backward(g)
        return dx, layer.grads["Wh"], layer.grads["Wt"], layer.grads["bt"]

    yield "highway layer", dict(
        f=highway, inputs=[z[:, :4], W[:4, :4], W[2:, 1:], b[:4]], vjp=highway_vjp)

    def prelu_vjp(g, x, alpha):
        layer = PReLU(alpha)
        layer.forward(x)
        dx = layer.backward(g)
        return dx, layer.dalpha

    yield "prelu layer", dict(
        f=lambda x, alpha: PReLU(alpha).forward(x), inputs=[z, r.random(6)], vjp=prelu_vjp)

    def maxout_vjp(g, x, W):
        layer = Maxout(W)
        layer.forward(x)
        dx = layer.backward(g)
        return dx, layer.dW

    yield "maxout layer", dict(
        f=lambda x, W: Maxout(W).forward(x), inputs=[z, r.normal(size=(6, 3, 2))], vjp=maxout_vjp)
