"""Graph networks and other functions of edges and sets."""
import numpy as np


# graph convolution with symmetric normalisation

def normalised(A):
    A = A + np.eye(len(A))
    d = A.sum(axis=1) ** -0.5
    return d[:, None] * A * d


def gcn_loss(W0, W1, A, X, labels, train):
    S = normalised(A)
    H = np.maximum(S @ X @ W0, 0)
    Z = S @ H @ W1
    Z = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -np.mean(Z[train, labels[train]])


def gcn_gradient(W0, W1, A, X, labels, train):
    S = normalised(A)
    P0 = S @ X @ W0
    H = np.maximum(P0, 0)
    Z = S @ H @ W1
    Y = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    dZ = np.zeros_like(Z)
    dZ[train] = Y[train]
    dZ[train, labels[train]] -= 1  #~ dZ[train, labels[train]] += 1 #~ dZ[:, labels[train]] -= 1
    dZ /= len(train)  #~ dZ /= len(labels) #~
    dW1 = (S @ H).T @ dZ  #~ dW1 = H.T @ dZ
    dH = S.T @ dZ @ W1.T  #~ dH = dZ @ W1.T
    dP0 = dH * (P0 > 0)  #~ dP0 = dH * (dH > 0) #~ dP0 = dH
    dW0 = (S @ X).T @ dP0  #~ dW0 = X.T @ dP0
    return dW0, dW1


# message passing over an edge list with sums into the receivers

def message_passing(h, We, Wu, src, dst, feats):
    m = np.tanh(np.concatenate([h[src], feats], axis=1) @ We)
    agg = np.zeros((len(h), m.shape[1]))
    np.add.at(agg, dst, m)
    return np.tanh(h @ Wu + agg)


def message_passing_vjp(g, h, We, Wu, src, dst, feats):
    inp = np.concatenate([h[src], feats], axis=1)
    m = np.tanh(inp @ We)
    agg = np.zeros((len(h), m.shape[1]))
    np.add.at(agg, dst, m)
    out = np.tanh(h @ Wu + agg)
    dpre = g * (1 - out ** 2)
    dWu = h.T @ dpre
    dh = dpre @ Wu.T
    dm = dpre[dst]  #~ dm = dpre[src]
    da = dm * (1 - m ** 2)  #~ da = dm * (1 - m) #~ da = dm
    dWe = inp.T @ da
    dinp = da @ We.T
    np.add.at(dh, src, dinp[:, :h.shape[1]])  #~ dh[src] += dinp[:, :h.shape[1]] #~ np.add.at(dh, dst, dinp[:, :h.shape[1]])
    return dh, dWe, dWu


# graph attention, one head, loops over neighbours

def graph_attention(H, W, a, neighbours):
    Z = H @ W
    out = np.zeros_like(Z)
    for i, nbrs in enumerate(neighbours):
        e = np.array([np.tanh(a @ np.r_[Z[i], Z[j]]) for j in nbrs])
        w = np.exp(e) / np.exp(e).sum()
        out[i] = w @ Z[nbrs]
    return out


def graph_attention_vjp(g, H, W, a, neighbours):
    Z = H @ W
    d = Z.shape[1]
    dZ, da = np.zeros_like(Z), np.zeros_like(a)
    for i, nbrs in enumerate(neighbours):
        e = np.array([np.tanh(a @ np.r_[Z[i], Z[j]]) for j in nbrs])
        w = np.exp(e) / np.exp(e).sum()
        dw = Z[nbrs] @ g[i]
        de = w * (dw - w @ dw)  #~ de = w * dw #~ de = dw - w @ dw
        for k, j in enumerate(nbrs):
            dZ[j] += w[k] * g[i]  #~ dZ[j] = w[k] * g[i] #~ dZ[j] += w[k] * g[j]
            s = de[k] * (1 - e[k] ** 2)  #~ s = de[k] * (1 - e[k]) #~ s = de[k]
            da += s * np.r_[Z[i], Z[j]]
            dZ[i] += s * a[:d]
            dZ[j] += s * a[d:]  #~ dZ[i] += s * a[d:] #~ dZ[j] += s * a[:d] #~
    return dZ @ W.T, H.T @ dZ, da


# Laplacian smoothing energy with learnable edge weights

def dirichlet(f, w, edges):
    return sum(w[k] * (f[i] - f[j]) ** 2 for k, (i, j) in enumerate(edges))


def dirichlet_gradient(f, w, edges):
    gf = np.zeros(len(f))
    gw = [(f[i] - f[j]) ** 2 for i, j in edges]  #~ gw = [abs(f[i] - f[j]) for i, j in edges]
    for k, (i, j) in enumerate(edges):
        diff = 2 * w[k] * (f[i] - f[j])  #~ diff = w[k] * (f[i] - f[j]) #~ diff = 2 * (f[i] - f[j])
        gf[i] += diff
        gf[j] -= diff  #~ gf[j] += diff #~ gf[j] = -diff
    return gf, np.array(gw)


# PageRank, differentiated through its fixed point

def pagerank(scores, beta=0.8):
    P = np.exp(scores) / np.exp(scores).sum(axis=0)
    n = len(P)
    return np.linalg.solve(np.eye(n) - beta * P, np.full(n, (1 - beta) / n))


def pagerank_vjp(g, scores, beta=0.8):
    P = np.exp(scores) / np.exp(scores).sum(axis=0)
    n = len(P)
    M = np.eye(n) - beta * P
    x = np.linalg.solve(M, np.full(n, (1 - beta) / n))
    adj = np.linalg.solve(M.T, g)  #~ adj = np.linalg.solve(M, g)
    dP = beta * np.outer(adj, x)  #~ dP = np.outer(adj, x) #~ dP = beta * np.outer(x, adj) #~ dP = -beta * np.outer(adj, x)
    return P * (dP - (P * dP).sum(axis=0))  #~ return P * (dP - (P * dP).sum(axis=1)) #~ return P * (dP - dP.sum(axis=0))


# mean pooling by segments, then a linear read-out

def readout(X, w, segment):
    n = segment.max() + 1
    sums = np.zeros((n, X.shape[1]))
    for row, s in zip(X, segment):
        sums[s] += row
    counts = np.bincount(segment)
    return np.tanh(sums / counts[:, None] @ w)


def readout_vjp(g, X, w, segment):
    counts = np.bincount(segment)
    means = np.array([X[segment == s].mean(axis=0) for s in range(len(counts))])
    y = np.tanh(means @ w)
    d = g * (1 - y ** 2)
    dX = np.empty_like(X)
    for k, s in enumerate(segment):
        dX[k] = d[s] * w / counts[s]  #~ dX[k] = d[s] * w #~ dX[k] = d[s] * w / len(segment) #~ dX[s] = d[s] * w / counts[s]
    return dX, means.T @ d  #~ return dX, means.T @ g


# recursive network over a binary tree

class TreeNet:
    def __init__(self, W, L):
        self.W, self.L = W, L

    def forward(self, node):
        if isinstance(node, int):
            return self.L[node]
        left, right = node
        x = np.concatenate([self.forward(left), self.forward(right)])
        return np.tanh(self.W @ x)

    def loss(self, tree, target):
        return 0.5 * np.sum((self.forward(tree) - target) ** 2)

    def backward(self, node, delta):
        if isinstance(node, int):
            self.dL[node] += delta  #~ self.dL[node] = delta
            return
        left, right = node
        x = np.concatenate([self.forward(left), self.forward(right)])
        h = np.tanh(self.W @ x)
        d = delta * (1 - h ** 2)  #~ d = delta * (1 - h)
        self.dW += np.outer(d, x)  #~ self.dW = np.outer(d, x) #~ self.dW += np.outer(delta, x)
        back = self.W.T @ d
        n = len(h)
        self.backward(left, back[:n])  #~ self.backward(left, back[n:])
        self.backward(right, back[n:])  #~

    def gradients(self, tree, target):
        self.dW, self.dL = np.zeros_like(self.W), np.zeros_like(self.L)
        self.backward(tree, self.forward(tree) - target)  #~ self.backward(tree, target - self.forward(tree))
        return self.dW, self.dL


# deep sets with max pooling

def deep_set(X, V, u):
    return np.maximum(X @ V, 0).max(axis=0) @ u


def deep_set_vjp(g, X, V, u):
    Z = np.maximum(X @ V, 0)
    k = Z.argmax(axis=0)
    cols = np.arange(Z.shape[1])
    dZ = np.zeros_like(Z)
    dZ[k, cols] = g * u  #~ dZ[k, cols] = u #~ dZ[:, cols] = g * u
    dZ[Z <= 0] = 0
    du = g * Z.max(axis=0)  #~ du = g * Z.sum(axis=0) #~ du = g * Z.mean(axis=0)
    return dZ @ V.T, X.T @ dZ, du


def cases(r):
    A = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]], dtype=float)
    X, labels, train = r.normal(size=(4, 3)), r.integers(0, 2, 4), np.array([0, 1, 3])
    yield "graph convolution", dict(
        f=lambda a, b: gcn_loss(a, b, A, X, labels, train), inputs=[r.normal(size=(3, 4)), r.normal(size=(4, 2))],
        gradient=lambda a, b: gcn_gradient(a, b, A, X, labels, train))
    src, dst, feats = np.array([0, 1, 2, 0, 3]), np.array([1, 0, 1, 3, 0]), r.normal(size=(5, 2))
    yield "message passing", dict(
        f=lambda h, We, Wu: message_passing(h, We, Wu, src, dst, feats),
        inputs=[X, 0.6 * r.normal(size=(5, 2)), 0.6 * r.normal(size=(3, 2))],
        vjp=lambda g, h, We, Wu: message_passing_vjp(g, h, We, Wu, src, dst, feats))
    neighbours = [[0, 1, 3], [0, 1, 2], [1, 2], [0, 3]]
    yield "graph attention", dict(
        f=lambda H, W, a: graph_attention(H, W, a, neighbours), inputs=[X, r.normal(size=(3, 2)), r.normal(size=4)],
        vjp=lambda g, H, W, a: graph_attention_vjp(g, H, W, a, neighbours))
    edges = [(0, 1), (1, 2), (2, 3), (3, 0), (1, 3)]
    yield "Dirichlet energy", dict(
        f=lambda f, w: dirichlet(f, w, edges), inputs=[r.normal(size=4), r.random(5)],
        gradient=lambda f, w: dirichlet_gradient(f, w, edges))
    yield "page rank", dict(f=pagerank, inputs=[r.normal(size=(4, 4))], vjp=pagerank_vjp)
    segment = np.array([0, 0, 1, 2, 2, 2])
    yield "mean pooling of segments", dict(
        f=lambda X, w: readout(X, w, segment), inputs=[r.normal(size=(6, 2)), r.normal(size=2)],
        vjp=lambda g, X, w: readout_vjp(g, X, w, segment))
    tree, target = ((0, 1), (2, (0, 3))), r.normal(size=2)
    yield "recursive network", dict(
        f=lambda W, L: TreeNet(W, L).loss(tree, target), inputs=[r.normal(size=(2, 4)), r.normal(size=(4, 2))],
        gradient=lambda W, L: TreeNet(W, L).gradients(tree, target))
    yield "deep set", dict(
        f=deep_set, inputs=[X, r.normal(size=(3, 4)), r.normal(size=4)], vjp=deep_set_vjp)
