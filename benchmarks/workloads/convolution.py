"""Loss of a convolutional network (two convolutions with pooling, one linear), with gradient."""

import numpy as np

SIZES = ("float32", "float64")
QUICK_SIZES = ("float32",)
CALLS = 3
TOLERANCE = 1e-3


def data(dtype):
    """Return 32 images of 28×28, what to come near to, and the parameters."""
    random = np.random.default_rng(0)
    shapes = ((6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (256, 10), (10,))
    images, targets = random.normal(size=(32, 1, 28, 28)), random.normal(size=(32, 10))
    parameters = [random.normal(size=shape) / np.sqrt(np.prod(shape[1:]) + 9) for shape in shapes]
    return images.astype(dtype), targets.astype(dtype), [p.astype(dtype) for p in parameters]


def windows(x, width):
    return np.lib.stride_tricks.sliding_window_view(x, (width, width), axis=(2, 3))


def numpy(dtype):
    images, targets, (w1, b1, w2, b2, w3, b3) = data(dtype)

    def convolved(x, w, b):
        laid = windows(x, w.shape[2])
        y = np.tensordot(laid, w, ((1, 4, 5), (1, 2, 3))) + b
        return laid, y.transpose(0, 3, 1, 2)

    def pooled(y):
        n, c, rows, columns = y.shape
        parts = np.maximum(y, 0).reshape(n, c, rows // 2, 2, columns // 2, 2)
        return parts, parts.max(axis=(3, 5))

    def back(g, y, parts, best):
        chosen = (parts == best[:, :, :, None, :, None]) & (parts > 0)
        return (chosen * g[:, :, :, None, :, None]).reshape(y.shape)

    def by_weights(g, laid):
        return np.tensordot(g, laid, ((0, 2, 3), (0, 2, 3))), g.sum(axis=(0, 2, 3))

    def run():
        laid1, y1 = convolved(images, w1, b1)
        parts1, x2 = pooled(y1)
        laid2, y2 = convolved(x2, w2, b2)
        parts2, x3 = pooled(y2)
        flat = x3.reshape(len(x3), -1)
        difference = flat @ w3 + b3 - targets
        g = difference * (2 / difference.size)
        gw3, gb3 = flat.T @ g, g.sum(axis=0)
        g = back((g @ w3.T).reshape(x3.shape), y2, parts2, x3)
        gw2, gb2 = by_weights(g, laid2)
        padded = np.pad(g, ((0, 0), (0, 0), (4, 4), (4, 4)))
        g = np.tensordot(windows(padded, 5), w2[:, :, ::-1, ::-1], ((1, 4, 5), (0, 2, 3)))
        g = back(g.transpose(0, 3, 1, 2), y1, parts1, x2)
        return (difference**2).mean(), *by_weights(g, laid1), gw2, gb2, gw3, gb3

    return run


def chainrule(dtype):
    import nn
    from autograd import Tensor

    images, targets, parameters = data(dtype)
    first, second, pool, relu = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.ReLU()
    w3, b3 = Tensor(parameters[4]), Tensor(parameters[5])
    leaves = [first.weight, first.bias, second.weight, second.bias, w3, b3]
    for leaf, numbers in zip(leaves, parameters, strict=True):
        leaf.data = numbers

    def run():
        x = pool(relu(second(pool(relu(first(images))))))
        loss = ((x.reshape((len(images), -1)) @ w3 + b3 - targets) ** 2).mean()
        loss.backward()
        found = [leaf.grad for leaf in leaves]
        for leaf in leaves:
            leaf.grad = None
        return loss.item(), *found

    return run


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def torch(dtype):
    import torch
    from torch.nn.functional import conv2d, max_pool2d, relu

    images, targets, parameters = data(dtype)
    images, targets = torch.from_numpy(images), torch.from_numpy(targets)
    leaves = [torch.from_numpy(p).requires_grad_() for p in parameters]
    w1, b1, w2, b2, w3, b3 = leaves

    def run():
        x = max_pool2d(relu(conv2d(images, w1, b1)), 2)
        x = max_pool2d(relu(conv2d(x, w2, b2)), 2)
        loss = ((x.flatten(1) @ w3 + b3 - targets) ** 2).mean()
        loss.backward()
        found = [leaf.grad for leaf in leaves]
        for leaf in leaves:
            leaf.grad = None
        return loss.item(), *found

    return run


def jax_call(dtype, jit):
    import jax

    images, targets, parameters = data(dtype)

    def convolved(x, w, b):
        y = jax.lax.conv(x, w, (1, 1), "VALID") + b[:, None, None]
        y = jax.nn.relu(y)
        return jax.lax.reduce_window(y, -np.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def loss(parameters):
        w1, b1, w2, b2, w3, b3 = parameters
        x = convolved(convolved(images, w1, b1), w2, b2)
        return ((x.reshape(len(x), -1) @ w3 + b3 - targets) ** 2).mean()

    gradient = jax.value_and_grad(loss)
    if jit:
        gradient = jax.jit(gradient)

    def run():
        value, found = jax.block_until_ready(gradient(parameters))
        return value, *found

    return run


def jax(dtype):
    return jax_call(dtype, jit=False)


def jax_jit(dtype):
    return jax_call(dtype, jit=True)


def mygrad(dtype):
    import mygrad
    from mygrad.nnet.activations import relu
    from mygrad.nnet.layers import conv_nd, max_pool

    images, targets, parameters = data(dtype)
    leaves = [mygrad.tensor(p) for p in parameters]
    w1, b1, w2, b2, w3, b3 = leaves

    def run():
        x = max_pool(relu(conv_nd(images, w1, stride=1) + b1.reshape(1, -1, 1, 1)), (2, 2), 2)
        x = max_pool(relu(conv_nd(x, w2, stride=1) + b2.reshape(1, -1, 1, 1)), (2, 2), 2)
        loss = ((x.reshape(len(images), -1) @ w3 + b3 - targets) ** 2).mean()
        loss.backward()
        return loss.item(), *[leaf.grad for leaf in leaves]

    return run


def tinygrad(dtype):
    from tinygrad import Tensor, TinyJit

    images, targets, parameters = data(dtype)
    images, targets = Tensor(images).realize(), Tensor(targets).realize()
    leaves = [Tensor(p).realize() for p in parameters]
    w1, b1, w2, b2, w3, b3 = leaves

    @TinyJit
    def both():
        x = images.conv2d(w1, b1).relu().max_pool2d(2).conv2d(w2, b2).relu().max_pool2d(2)
        loss = ((x.flatten(1) @ w3 + b3 - targets) ** 2).mean()
        found = loss.gradient(*leaves)
        return loss.realize(), *[g.realize() for g in found]

    return lambda: [t.numpy() for t in both()]
