"""Small frameworks of their authors: closures, layers in classes, flat vectors, plain lists."""

import math

import numpy as np

# -- a scalar tape of closures


class Num:
    def __init__(self, v, parents=(), push=lambda: None):
        self.v, self.d, self.parents, self.push = v, 0.0, parents, push

    def __add__(self, other):
        out = Num(self.v + other.v, (self, other))

        def push():
            self.d += out.d
            other.d += out.d

        out.push = push
        return out

    def __mul__(self, other):
        out = Num(self.v * other.v, (self, other))

        def push():
            self.d += other.v * out.d
            other.d += self.v * out.d  #~ other.d = self.v * out.d

        out.push = push
        return out

    def tanh(self):
        t = math.tanh(self.v)
        out = Num(t, (self,))

        def push():
            self.d += (1 - t * t) * out.d  #~ self.d += (1 - t) * out.d

        out.push = push
        return out

    def backprop(self):
        order, seen = [], set()

        def visit(n):
            if id(n) not in seen:
                seen.add(id(n))
                for p in n.parents:
                    visit(p)
                order.append(n)

        visit(self)
        self.d = 1.0
        for n in reversed(order):
            n.push()


def neuron(w, x, b):
    a = math.tanh(w * x + b)
    return a * x + a * w


def neuron_grad(w, x, b):
    W, X, B = Num(w), Num(x), Num(b)
    a = (W * X + B).tanh()
    (a * X + a * W).backprop()
    return W.d, X.d, B.d


# -- layers that keep what they need


class Dense:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, g):
        self.dw = self.x.T @ g
        self.db = g.sum(0)
        return g @ self.w.T


class LeakyReLU:
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, 0.1 * x)

    def backward(self, g):
        return np.where(self.x > 0, g, 0.1 * g)  #~ return np.where(g > 0, g, 0.1 * g)


class Residual:
    def __init__(self, *inner):
        self.inner = inner

    def forward(self, x):
        y = x
        for layer in self.inner:
            y = layer.forward(y)
        return x + y

    def backward(self, g):
        inner = g
        for layer in self.inner[::-1]:
            inner = layer.backward(inner)
        return g + inner  #~ return inner


def build(w, b):
    return Residual(Dense(w, b), LeakyReLU())


def block(x, w, b):
    return build(w, b).forward(x)


def block_backward(g, x, w, b):
    net = build(w, b)
    net.forward(x)
    dx = net.backward(g)
    return dx, net.inner[0].dw, net.inner[0].db


# -- all parameters in one flat vector

SHAPES = [(3, 4), (4,), (4, 2), (2,)]
inputs = np.random.default_rng(8).normal(size=(5, 3))
targets = np.random.default_rng(9).normal(size=(5, 2))


def unpack(flat):
    parts, at = [], 0
    for shape in SHAPES:
        size = int(np.prod(shape))
        parts.append(flat[at : at + size].reshape(shape))
        at += size
    return parts


def flat_loss(flat):
    W1, b1, W2, b2 = unpack(flat)
    out = np.tanh(inputs @ W1 + b1) @ W2 + b2
    return 0.5 * ((out - targets) ** 2).sum() / len(inputs)


def flat_grad(flat):
    W1, b1, W2, b2 = unpack(flat)
    h = np.tanh(inputs @ W1 + b1)
    delta = (h @ W2 + b2 - targets) / len(inputs)  #~ delta = (h @ W2 + b2 - targets) / targets.size
    back = delta @ W2.T * (1 - h**2)
    pieces = [inputs.T @ back, back.sum(0), h.T @ delta, delta.sum(0)]  #~ pieces = [back.T @ inputs, back.sum(0), h.T @ delta, delta.sum(0)]
    return np.concatenate([p.ravel() for p in pieces])


# -- matrix factorisation over observed ratings, one at a time

RATINGS = [(0, 1, 4.0), (0, 2, 1.5), (1, 0, 3.0), (2, 2, 5.0), (2, 1, 2.0), (1, 2, 0.5)]


def rating_loss(users, items):
    loss = 0.0
    for u, i, stars in RATINGS:
        loss += (stars - users[u] @ items[i]) ** 2
    return loss + 0.1 * (np.sum(users**2) + np.sum(items**2))


def rating_grad(users, items):
    gu, gi = 0.2 * users, 0.2 * items
    for u, i, stars in RATINGS:
        error = stars - users[u] @ items[i]
        gu[u] -= 2 * error * items[i]  #~ gu[u] = -2 * error * items[i]
        gi[i] -= 2 * error * users[u]  #~ gi[i] -= 2 * error * users[i]
    return gu, gi


# -- a gated cell over time, with dictionaries of lists


def sigma(z):
    return 1.0 / (1.0 + np.exp(-z))


SEQUENCE = np.random.default_rng(10).normal(size=(4, 3))


def gru_loss(p):
    h = np.zeros(2)
    for x in SEQUENCE:
        z = sigma(p["Wz"] @ x + p["Uz"] @ h)
        c = np.tanh(p["Wc"] @ x + p["Uc"] @ h)
        h = (1 - z) * h + z * c
    return h @ h


def gru_grads(p):
    hs, zs, cs = [np.zeros(2)], [], []
    for x in SEQUENCE:
        h = hs[-1]
        zs.append(sigma(p["Wz"] @ x + p["Uz"] @ h))
        cs.append(np.tanh(p["Wc"] @ x + p["Uc"] @ h))
        hs.append((1 - zs[-1]) * h + zs[-1] * cs[-1])
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    dh = 2 * hs[-1]
    for t in range(len(SEQUENCE) - 1, -1, -1):
        h, z, c, x = hs[t], zs[t], cs[t], SEQUENCE[t]
        dz = dh * (c - h) * z * (1 - z)  #~ dz = dh * (c - h) * (1 - z)
        dc = dh * z * (1 - c**2)
        grads["Wz"] += np.outer(dz, x)
        grads["Uz"] += np.outer(dz, h)
        grads["Wc"] += np.outer(dc, x)
        grads["Uc"] += np.outer(dc, h)
        dh = dh * (1 - z) + p["Uz"].T @ dz + p["Uc"].T @ dc  #~ dh = p["Uz"].T @ dz + p["Uc"].T @ dc
    return grads


# -- plain lists and loops: logistic regression without NumPy

PEOPLE = [[0.5, 1.2], [-0.3, 0.8], [1.5, -0.7], [0.1, 0.4]]
ANSWERS = [1, 0, 1, 0]


def log_loss(w, b):
    total = 0.0
    for features, answer in zip(PEOPLE, ANSWERS, strict=True):
        z = b + sum(wi * fi for wi, fi in zip(w, features, strict=True))
        total += math.log(1 + math.exp(-z)) if answer else math.log(1 + math.exp(z))
    return total / len(PEOPLE)


def log_loss_grad(w, b):
    gw, gb = [0.0] * len(w), 0.0
    for features, answer in zip(PEOPLE, ANSWERS, strict=True):
        z = b + sum(wi * fi for wi, fi in zip(w, features, strict=True))
        error = 1 / (1 + math.exp(-z)) - answer
        for i in range(len(w)):
            gw[i] += error * features[i] / len(PEOPLE)
        gb += error / len(PEOPLE)  #~ gb = error / len(PEOPLE)
    return np.array(gw), gb


def cases(r):
    yield "neuron grad", dict(f=neuron, inputs=[0.4 * r.uniform(0.95, 1.05), -1.3 * r.uniform(0.95, 1.05), 0.2 * r.uniform(0.95, 1.05)], gradient=neuron_grad)
    yield "block backward", dict(f=block, inputs=[r.normal(size=(5, 3)), r.normal(size=(3, 3)), r.normal(size=(3,))], vjp=block_backward)
    yield "flat grad", dict(f=flat_loss, inputs=[r.normal(size=(26,))], gradient=flat_grad)
    yield "rating grad", dict(f=rating_loss, inputs=[r.normal(size=(3, 2)), r.normal(size=(3, 2))], gradient=rating_grad)
    yield "gru grads", dict(f=gru_loss, inputs=[{"Wz": r.normal(size=(2, 3)), "Uz": r.normal(size=(2, 2)), "Wc": r.normal(size=(2, 3)), "Uc": r.normal(size=(2, 2))}], gradient=gru_grads)
    yield "log loss grad", dict(f=log_loss, inputs=[r.normal(size=(2,)), r.normal()], gradient=log_loss_grad)
