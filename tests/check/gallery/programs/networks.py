import numpy as np

from layers import Affine, Relu, Sigmoid


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# two layers, gradients in a dict, as in CS231n

def two_layer_net(params, X, y, reg):
    W1, b1 = params["W1"], params["b1"]
    W2, b2 = params["W2"], params["b2"]
    N = X.shape[0]
    h = np.maximum(0, X.dot(W1) + b1)
    scores = h.dot(W2) + b2
    shifted = scores - scores.max(axis=1, keepdims=True)
    probs = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(probs[range(N), y]).sum() / N
    loss += reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

    grads = {}
    dscores = probs.copy()
    dscores[range(N), y] -= 1
    dscores /= N
    grads["W1"] = None
    grads["b1"] = None
    grads["W2"] = h.T.dot(dscores) + 2 * reg * W2  #~ grads["W2"] = h.T.dot(dscores) #~ grads["W2"] = h.T.dot(dscores) + reg * W2
    grads["b2"] = np.sum(dscores, axis=0)
    dh = dscores.dot(W2.T)
    dh[h <= 0] = 0  #~ dh[dh <= 0] = 0 #~ dh[h < 0] = 0
    grads["W1"] = X.T.dot(dh) + 2 * reg * W1  #~ grads["W1"] = X.T.dot(dh) + reg * W1
    grads["b1"] = np.sum(dh, axis=0)  #~ grads["b1"] = np.mean(dh, axis=0)
    return loss, grads


# a net as a list of weights, as in Nielsen's book: column vectors, one example

def feedforward(biases, weights, a):
    for b, w in zip(biases, weights):
        a = sigmoid(np.dot(w, a) + b)
    return a


def quadratic_cost(biases, weights, x, y):
    return 0.5 * np.sum((feedforward(biases, weights, x) - y) ** 2)


def backprop(biases, weights, x, y):
    nabla_b = [np.zeros(b.shape) for b in biases]
    nabla_w = [np.zeros(w.shape) for w in weights]
    activation = x
    activations = [x]
    zs = []
    for b, w in zip(biases, weights):
        z = np.dot(w, activation) + b
        zs.append(z)
        activation = sigmoid(z)
        activations.append(activation)
    sp = sigmoid(zs[-1]) * (1 - sigmoid(zs[-1]))
    delta = (activations[-1] - y) * sp  #~ delta = activations[-1] - y #~ delta = (y - activations[-1]) * sp
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].T)
    for l in range(2, len(weights) + 1):
        z = zs[-l]
        s = sigmoid(z)
        sp = s * (1 - s)  #~ sp = 1 - s
        delta = np.dot(weights[-l + 1].T, delta) * sp
        nabla_b[-l] = delta
        nabla_w[-l] = np.dot(delta, activations[-l - 1].T)  #~ nabla_w[-l] = np.dot(delta, activations[-l].T)
    return nabla_b, nabla_w


# deep net with the caches of deeplearning.ai: columns are examples

def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    A = sigmoid(Z) if activation == "sigmoid" else np.maximum(0, Z)
    return A, ((A_prev, W, b), Z)


def model_forward(parameters, X):
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A, cache = linear_activation_forward(A, parameters["W" + str(l)], parameters["b" + str(l)], "relu")
        caches.append(cache)
    AL, cache = linear_activation_forward(A, parameters["W" + str(L)], parameters["b" + str(L)], "sigmoid")
    caches.append(cache)
    return AL, caches


def compute_cost(AL, Y):
    m = Y.shape[1]
    return -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m


def linear_backward(dZ, linear_cache, m):
    A_prev, W, b = linear_cache
    dW = np.dot(dZ, A_prev.T) / m  #~ dW = np.dot(dZ, A_prev.T)
    db = np.sum(dZ, axis=1, keepdims=True) / m  #~ db = np.sum(dZ) / m * np.ones_like(b)
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def linear_activation_backward(dA, cache, m, activation):
    linear_cache, Z = cache
    if activation == "relu":
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0  #~ dZ[dA <= 0] = 0 #~ dZ[Z >= 0] = 0
    else:
        s = sigmoid(Z)
        dZ = dA * s * (1 - s)  #~ dZ = dA * s #~ dZ = dA * Z * (1 - Z)
    return linear_backward(dZ, linear_cache, m)


def model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    m = AL.shape[1]
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))  #~ dAL = -(np.divide(Y, AL) + np.divide(1 - Y, 1 - AL)) #~ dAL = np.divide(Y, AL) - np.divide(1 - Y, 1 - AL)
    dA, grads["W" + str(L)], grads["b" + str(L)] = linear_activation_backward(dAL, caches[L - 1], m, "sigmoid")
    for l in reversed(range(L - 1)):
        dA, dW, db = linear_activation_backward(dA, caches[l], m, "relu")
        grads["W" + str(l + 1)] = dW
        grads["b" + str(l + 1)] = db
    return grads


# autoencoder with tied weights and a sparsity penalty

def autoencoder_cost(W, b, c, X, rho, beta):
    H = sigmoid(X @ W + b)
    R = H @ W.T + c
    rho_hat = H.mean(axis=0)
    kl = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
    return 0.5 * np.sum((R - X) ** 2) / len(X) + beta * kl.sum()


def autoencoder_grad(W, b, c, X, rho, beta):
    m = len(X)
    H = sigmoid(X @ W + b)
    R = H @ W.T + c
    rho_hat = H.mean(axis=0)
    delta3 = (R - X) / m
    sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat)) / m  #~ sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat)) #~ sparsity = beta * (-rho / rho_hat - (1 - rho) / (1 - rho_hat)) / m
    delta2 = (delta3 @ W + sparsity) * H * (1 - H)  #~ delta2 = delta3 @ W * H * (1 - H)
    gW = X.T @ delta2
    gW += delta3.T @ H  #~ #~ gW += delta3.T @ H * m
    gb = delta2.sum(axis=0)
    gc = delta3.sum(axis=0)
    return gW, gb, gc


# RBF network

def rbf_forward(x, centres, log_width, w):
    d2 = ((x[:, None, :] - centres[None]) ** 2).sum(-1)
    phi = np.exp(-d2 * np.exp(log_width))
    return phi @ w


def rbf_vjp(g, x, centres, log_width, w):
    diff = x[:, None, :] - centres[None]
    d2 = (diff ** 2).sum(-1)
    beta = np.exp(log_width)
    phi = np.exp(-d2 * beta)
    dw = phi.T @ g
    dphi = np.outer(g, w)
    dd2 = -dphi * phi * beta  #~ dd2 = dphi * phi * beta #~ dd2 = -dphi * phi
    dlog = (-dphi * phi * d2 * beta).sum(axis=0)  #~ dlog = (-dphi * phi * d2).sum(axis=0)
    dcentres = -2 * (dd2[:, :, None] * diff).sum(axis=0)  #~ dcentres = 2 * (dd2[:, :, None] * diff).sum(axis=0)
    dx = 2 * (dd2[:, :, None] * diff).sum(axis=1)
    return dx, dcentres, dlog, dw


# mixture density network head

def mdn_loss(params, t):
    K = params.shape[1] // 3
    logit, mu, logs = params[:, :K], params[:, K:2 * K], params[:, 2 * K:]
    logpi = logit - np.log(np.exp(logit).sum(1, keepdims=True))
    comp = logpi - logs - 0.5 * ((t[:, None] - mu) / np.exp(logs)) ** 2
    return -np.log(np.exp(comp).sum(1)).sum()


def mdn_grad(params, t):
    K = params.shape[1] // 3
    logit, mu, logs = params[:, :K], params[:, K:2 * K], params[:, 2 * K:]
    pi = np.exp(logit) / np.exp(logit).sum(1, keepdims=True)
    sigma = np.exp(logs)
    z = (t[:, None] - mu) / sigma
    comp = pi / sigma * np.exp(-0.5 * z ** 2)
    gamma = comp / comp.sum(1, keepdims=True)
    out = np.zeros_like(params)
    out[:, :K] = pi - gamma  #~ out[:, :K] = gamma - pi
    out[:, K:2 * K] = -gamma * z / sigma  #~ out[:, K:2 * K] = -gamma * z #~ out[:, K:2 * K] = -gamma * z / sigma ** 2
    out[:, 2 * K:] = gamma * (1 - z ** 2)  #~ out[:, 2 * K:] = gamma * (1 - z)
    return out


# siamese network: one weight matrix, used twice

def siamese(W, a, b, same, margin=2.0):
    e1, e2 = np.tanh(a @ W), np.tanh(b @ W)
    d = np.sqrt(((e1 - e2) ** 2).sum(axis=1))
    return np.mean(same * d ** 2 + (1 - same) * np.maximum(margin - d, 0) ** 2)


def siamese_grad(W, a, b, same, margin=2.0):
    e1, e2 = np.tanh(a @ W), np.tanh(b @ W)
    delta = e1 - e2
    d = np.sqrt((delta ** 2).sum(axis=1))
    dd = 2 * same * d - 2 * (1 - same) * np.maximum(margin - d, 0)  #~ dd = 2 * same * d + 2 * (1 - same) * np.maximum(margin - d, 0)
    dd /= len(d)
    de = delta * (dd / d)[:, None]  #~ de = delta * dd[:, None]
    gW = a.T @ (de * (1 - e1 ** 2))
    gW -= b.T @ (de * (1 - e2 ** 2))  #~ gW += b.T @ (de * (1 - e2 ** 2)) #~ gW -= b.T @ (de * (1 - e1 ** 2)) #~ gW -= a.T @ (de * (1 - e2 ** 2))
    return gW


# a net whose layers live in another file

def layered_loss(W1, b1, W2, b2, x, t):
    h = Sigmoid().forward(Affine(W1, b1).forward(x))
    out = Relu().forward(Affine(W2, b2).forward(h))
    return np.sum((out - t) ** 2)


def layered_gradient(W1, b1, W2, b2, x, t):
    first, middle, second, last = Affine(W1, b1), Sigmoid(), Affine(W2, b2), Relu()
    out = x
    for layer in [first, middle, second, last]:
        out = layer.forward(out)
    dout = 2 * (out - t)  #~ dout = out - t
    for layer in [last, second, middle, first]:
        dout = layer.backward(dout)
    return first.dW, first.db, second.dW, second.db


def cases(r):
    X, y = r.normal(size=(5, 4)), r.integers(0, 3, 5)
    params = {"W1": r.normal(size=(4, 6)), "b1": r.normal(size=6), "W2": r.normal(size=(6, 3)), "b2": r.normal(size=3)}
    yield "two layer net", dict(
        f=lambda params: two_layer_net(params, X, y, 0.1), inputs=[params], gradient=True)
    sizes = [4, 4, 4, 2]
    biases = [r.normal(size=(n, 1)) for n in sizes[1:]]
    weights = [r.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:])]
    x, t = r.normal(size=(4, 1)), r.random((2, 1))
    yield "net of column vectors", dict(
        f=lambda b, w: quadratic_cost(b, w, x, t), inputs=[biases, weights],
        gradient=lambda b, w: backprop(b, w, x, t))
    parameters = {}
    for l in (1, 2, 3):
        parameters["W" + str(l)] = r.normal(size=([0, 4, 3, 1][l], [3, 4, 3][l - 1]))
        parameters["b" + str(l)] = 0.5 * r.normal(size=([0, 4, 3, 1][l], 1))
    Xc, Y = r.normal(size=(3, 6)), r.integers(0, 2, (1, 6))

    def gradient(parameters):
        AL, caches = model_forward(parameters, Xc)
        return model_backward(AL, Y, caches)

    yield "deep net with caches", dict(
        f=lambda p: compute_cost(model_forward(p, Xc)[0], Y), inputs=[parameters], gradient=gradient)
    W = r.normal(size=(4, 3))
    yield "sparse autoencoder", dict(
        f=lambda W, b, c: autoencoder_cost(W, b, c, X, 0.2, 0.5), inputs=[W, r.normal(size=3), r.normal(size=4)],
        gradient=lambda W, b, c: autoencoder_grad(W, b, c, X, 0.2, 0.5))
    yield "rbf network", dict(
        f=rbf_forward, inputs=[X[:, :2], r.normal(size=(3, 2)), -0.5 + 0.3 * r.normal(size=3), r.normal(size=3)],
        vjp=rbf_vjp)
    targets = r.normal(size=5)
    yield "mixture density network", dict(
        f=lambda p: mdn_loss(p, targets), inputs=[0.5 * r.normal(size=(5, 6))], gradient=lambda p: mdn_grad(p, targets))
    same = np.array([1, 0, 1, 0, 0])
    other = r.normal(size=(5, 4))
    yield "siamese network", dict(
        f=lambda W: siamese(0.3 * W, X, other, same), inputs=[W],
        gradient=lambda W: 0.3 * siamese_grad(0.3 * W, X, other, same))
    goal = r.normal(size=(5, 2))
    yield "net of layers from another file", dict(
        f=lambda W1, b1, W2, b2: layered_loss(W1, b1, W2, b2, X, goal),
        inputs=[W, np.zeros(3) + 0.1, r.normal(size=(3, 2)), np.ones(2)],
        gradient=lambda W1, b1, W2, b2: layered_gradient(W1, b1, W2, b2, X, goal))
