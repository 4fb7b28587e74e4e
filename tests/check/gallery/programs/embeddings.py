import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


# skip-gram with negative sampling

def sgns_loss(U, V, pairs, negatives):
    loss = 0.0
    for (c, o), negs in zip(pairs, negatives):
        loss -= np.log(sigmoid(U[o] @ V[c]))
        for k in negs:
            loss -= np.log(sigmoid(-U[k] @ V[c]))
    return loss


def sgns_gradient(U, V, pairs, negatives):
    dU, dV = np.zeros_like(U), np.zeros_like(V)
    for (c, o), negs in zip(pairs, negatives):
        e = sigmoid(U[o] @ V[c]) - 1  #~ e = 1 - sigmoid(U[o] @ V[c])
        dU[o] += e * V[c]  #~ dU[o] = e * V[c]
        dV[c] += e * U[o]
        for k in negs:
            e = sigmoid(U[k] @ V[c])  #~ e = sigmoid(-U[k] @ V[c])
            dU[k] += e * V[c]  #~ dU[k] += e * V[k] #~ dU[o] += e * V[c]
            dV[c] += e * U[k]
    return dU, dV


# word2vec with a full softmax, as in CS224n

def naive_softmax(center, outside, vectors):
    y = np.exp(vectors @ center)
    y = y / y.sum()
    loss = -np.log(y[outside])
    y[outside] -= 1
    grad_center = vectors.T @ y  #~ grad_center = vectors.T @ y / len(y)
    grad_outside = np.outer(y, center)
    return loss, grad_center, grad_outside


def skipgram(word_vectors, current, window):
    n = len(word_vectors) // 2
    center_vectors, outside_vectors = word_vectors[:n], word_vectors[n:]
    loss = 0.0
    grad = np.zeros_like(word_vectors)
    for o in window:
        c, gin, gout = naive_softmax(center_vectors[current], o, outside_vectors)
        loss += c
        grad[current] += gin  #~ grad[current] = gin #~ grad[o] += gin
        grad[n:] += gout  #~ grad[:n] += gout
    return loss, grad


# continuous bag of words with a batch of contexts

def cbow(E, W, contexts, words):
    h = E[contexts].mean(axis=1)
    z = h @ W
    return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(words)), words])


def cbow_gradient(E, W, contexts, words):
    B, C = contexts.shape
    h = E[contexts].mean(axis=1)
    p = np.exp(h @ W)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(B), words] -= 1
    p /= B  #~ p /= C
    dW = h.T @ p
    dh = p @ W.T
    dE = np.zeros_like(E)
    np.add.at(dE, contexts, dh[:, None, :] / C)  #~ dE[contexts] += dh[:, None, :] / C #~ np.add.at(dE, contexts, dh[:, None, :])
    return dE, dW


# GloVe

class GloVe:
    def __init__(self, X, xmax=10.0, alpha=0.75):
        self.rows, self.cols = np.nonzero(X)
        self.logs = np.log(X[self.rows, self.cols])
        self.weights = np.minimum(1, (X[self.rows, self.cols] / xmax) ** alpha)

    def loss(self, W, C, b, c):
        J = 0
        for i, j, l, f in zip(self.rows, self.cols, self.logs, self.weights):
            J += 0.5 * f * (W[i] @ C[j] + b[i] + c[j] - l) ** 2
        return J

    def gradient(self, W, C, b, c):
        gW, gC, gb, gc = (np.zeros_like(p) for p in (W, C, b, c))
        for i, j, l, f in zip(self.rows, self.cols, self.logs, self.weights):
            diff = f * (W[i] @ C[j] + b[i] + c[j] - l)  #~ diff = W[i] @ C[j] + b[i] + c[j] - l #~ diff = f * (W[i] @ C[j] + b[i] + c[j]) - l
            gW[i] += diff * C[j]
            gC[j] += diff * W[i]  #~ gC[j] += diff * W[j]
            gb[i] += diff
            gc[j] += diff  #~ gc[j] = diff
        return gW, gC, gb, gc


# embedding lookup followed by a linear layer, vjp

def embed(E, W, tokens):
    return E[tokens].reshape(len(tokens), -1) @ W


def embed_vjp(g, E, W, tokens):
    flat = E[tokens].reshape(len(tokens), -1)
    dW = flat.T @ g
    dflat = g @ W.T
    d = dflat.reshape(tokens.shape + (E.shape[1],))
    dE = np.zeros_like(E)
    for b in range(tokens.shape[0]):
        for t in range(tokens.shape[1]):
            dE[tokens[b, t]] += d[b, t]  #~ dE[tokens[b, t]] = d[b, t] #~ dE[tokens[b, t]] += d[b, 0]
    return dE, dW


# translation embeddings of knowledge graphs with a margin

def transe(E, R, triples, corrupted, margin=1.0):
    total = 0.0
    for (h, r, t), t2 in zip(triples, corrupted):
        good = np.sum((E[h] + R[r] - E[t]) ** 2)
        bad = np.sum((E[h] + R[r] - E[t2]) ** 2)
        total += max(0.0, margin + good - bad)
    return total


def transe_grad(E, R, triples, corrupted, margin=1.0):
    gE, gR = np.zeros(E.shape), np.zeros(R.shape)
    for (h, r, t), t2 in zip(triples, corrupted):
        u = E[h] + R[r] - E[t]
        v = E[h] + R[r] - E[t2]
        if margin + u @ u - v @ v <= 0:  #~ if margin + u @ u - v @ v > 0:
            continue
        gE[h] += 2 * (u - v)
        gE[t] -= 2 * u  #~ gE[t] += 2 * u #~ gE[t] -= u
        gE[t2] += 2 * v
        gR[r] += 2 * (u - v)  #~ gR[r] += 2 * u
    return gE, gR


# matrix factorisation of ratings with biases

class Recommender:
    def __init__(self, ratings, mu, lam):
        self.ratings, self.mu, self.lam = ratings, mu, lam

    def predict(self, P, Q, bu, bi, u, i):
        return self.mu + bu[u] + bi[i] + P[u].dot(Q[i])

    def cost(self, P, Q, bu, bi):
        c = 0
        for u, i, r in self.ratings:
            c += (r - self.predict(P, Q, bu, bi, u, i)) ** 2
        return c + self.lam * ((P ** 2).sum() + (Q ** 2).sum() + (bu ** 2).sum() + (bi ** 2).sum())

    def gradients(self, P, Q, bu, bi):
        gP, gQ = 2 * self.lam * P, 2 * self.lam * Q
        gbu, gbi = 2 * self.lam * bu, 2 * self.lam * bi  #~ gbu, gbi = 2 * self.lam * bu, self.lam * bi
        for u, i, r in self.ratings:
            err = r - self.predict(P, Q, bu, bi, u, i)
            gP[u] -= 2 * err * Q[i]  #~ gP[u] += 2 * err * Q[i] #~ gP[u] -= err * Q[i]
            gQ[i] -= 2 * err * P[u]  #~ gQ[i] -= 2 * err * Q[i]
            gbu[u] -= 2 * err
            gbi[i] -= 2 * err  #~ gbi[u] -= 2 * err #~ gbi[i] = -2 * err
        return gP, gQ, gbu, gbi


# implicit feedback, vectorised with a mask

def masked_mf(U, V, R, M, reg):
    return 0.5 * np.sum(M * (R - U.dot(V.T)) ** 2) + 0.5 * reg * (np.sum(U ** 2) + np.sum(V ** 2))


def masked_mf_grad(U, V, R, M, reg):
    E = M * (U.dot(V.T) - R)  #~ E = U.dot(V.T) - R
    return E.dot(V) + reg * U, E.T.dot(U) + reg * V  #~ return E.dot(V) + reg * U, E.T.dot(U) #~ return E.dot(V) + U, E.T.dot(U) + reg * V


# Bayesian personalised ranking

def bpr(X, Y, triples):
    s = [X[u].dot(Y[i] - Y[j]) for u, i, j in triples]
    return np.sum(np.log1p(np.exp(-np.array(s))))


def bpr_grad(X, Y, triples):
    gX = np.zeros_like(X)
    gY = np.zeros_like(Y)
    for u, i, j in triples:
        x = X[u].dot(Y[i] - Y[j])
        w = -sigmoid(-x)  #~ w = -sigmoid(x) #~ w = sigmoid(-x)
        gX[u] += w * (Y[i] - Y[j])
        gY[i] += w * X[u]
        gY[j] -= w * X[u]  #~ gY[j] += w * X[u] #~
    return gX, gY


def cases(r):
    U, V = r.normal(size=(5, 3)), r.normal(size=(5, 3))
    pairs, negatives = [(0, 1), (2, 1), (0, 3)], [[2, 4], [3, 3], [1, 4]]
    yield "skip-gram", dict(
        f=lambda U, V: sgns_loss(U, V, pairs, negatives), inputs=[U, V],
        gradient=lambda U, V: sgns_gradient(U, V, pairs, negatives))
    yield "word2vec", dict(
        f=lambda w: skipgram(w, 2, [0, 3, 1, 3]), inputs=[r.normal(size=(8, 3))], gradient=True)
    contexts, words = np.array([[0, 1], [1, 1], [3, 4]]), np.array([2, 3, 0])
    yield "continuous bag of words", dict(
        f=lambda E, W: cbow(E, W, contexts, words), inputs=[U, r.normal(size=(3, 5))],
        gradient=lambda E, W: cbow_gradient(E, W, contexts, words))
    counts = r.poisson(1.2, (5, 4)) * 1.0
    glove = GloVe(counts)
    yield "glove", dict(
        f=glove.loss, inputs=[U, r.normal(size=(4, 3)), r.normal(size=5), r.normal(size=4)],
        gradient=glove.gradient)
    tokens = np.array([[0, 2], [2, 2], [4, 1]])
    yield "embedding layer", dict(
        f=lambda E, W: embed(E, W, tokens), inputs=[U, r.normal(size=(6, 2))],
        vjp=lambda g, E, W: embed_vjp(g, E, W, tokens))
    triples = [(0, 0, 1), (2, 1, 3), (1, 0, 4), (0, 1, 2)]
    yield "knowledge graph", dict(
        f=lambda E, R: transe(E, R, triples, [2, 4, 0, 3]), inputs=[U, r.normal(size=(2, 3))],
        gradient=lambda E, R: transe_grad(E, R, triples, [2, 4, 0, 3]))
    ratings = [(0, 1, 4.0), (0, 2, 1.0), (1, 0, 5.0), (2, 1, 2.0), (3, 3, 3.0), (3, 1, 4.5)]
    rec = Recommender(ratings, 3.0, 0.1)
    yield "recommender", dict(
        f=rec.cost, inputs=[U[:4], V[:4], r.normal(size=4), r.normal(size=4)], gradient=rec.gradients)
    R, M = r.normal(size=(4, 5)), (r.random((4, 5)) > 0.4).astype(float)
    yield "masked factorisation", dict(
        f=lambda U, V: masked_mf(U, V, R, M, 0.2), inputs=[U[:4], V],
        gradient=lambda U, V: masked_mf_grad(U, V, R, M, 0.2))
    ranked = [(0, 1, 2), (0, 3, 1), (2, 2, 4), (1, 0, 2)]
    yield "personalised ranking", dict(
        f=lambda X, Y: bpr(X, Y, ranked), inputs=[U[:3], V], gradient=lambda X, Y: bpr_grad(X, Y, ranked))
