"""Attention, embeddings, graphs and sequences: research code for language."""

import numpy as np
from numpy import einsum

r = np.random.RandomState(2017)


# -- causal attention in one head


def attention(Q, K, V):
    scale = 1 / np.sqrt(Q.shape[-1])
    S = Q @ K.T * scale
    S = np.where(np.tril(np.ones_like(S)) > 0, S, -np.inf)
    P = np.exp(S - S.max(-1, keepdims=True))
    P /= P.sum(-1, keepdims=True)
    return P @ V


def attention_bwd(dO, Q, K, V):
    scale = 1 / np.sqrt(Q.shape[-1])
    S = np.where(np.tril(np.ones((len(Q), len(K)))) > 0, Q @ K.T * scale, -np.inf)
    P = np.exp(S - S.max(-1, keepdims=True))
    P /= P.sum(-1, keepdims=True)
    dV = P.T @ dO
    dP = dO @ V.T
    dS = P * (dP - (dP * P).sum(-1, keepdims=True))  #~ dS = P * (dP - (dP * P).sum(0, keepdims=True))
    dQ = dS @ K * scale
    dK = dS.T @ Q * scale  #~ dK = dS.T @ Q
    return dQ, dK, dV


# -- layer normalisation over the last axis


def layer_norm(x, g, b):
    m = x.mean(-1, keepdims=True)
    v = ((x - m) ** 2).mean(-1, keepdims=True)
    return (x - m) / np.sqrt(v + 1e-5) * g + b


def layer_norm_vjp(dy, x, g, b):
    m = x.mean(-1, keepdims=True)
    v = ((x - m) ** 2).mean(-1, keepdims=True)
    rstd = (v + 1e-5) ** -0.5
    norm = (x - m) * rstd
    dnorm = dy * g  #~ dnorm = dy
    dx = dnorm - dnorm.mean(-1, keepdims=True) - norm * (dnorm * norm).mean(-1, keepdims=True)
    return dx * rstd, einsum("btc,btc->c", dy, norm), einsum("btc->c", dy)


# -- skip-grams with negative samples; words repeat

centre = np.array([0, 2, 1, 2])
context = np.array([1, 1, 3, 0])
negatives = np.array([[3, 2], [0, 3], [3, 0], [1, 3]])


def sgns(params):
    U, V = params["in"], params["out"]
    pos = (U[centre] * V[context]).sum(1)
    neg = einsum("nd,nkd->nk", U[centre], V[negatives])
    return np.logaddexp(0, -pos).sum() + np.logaddexp(0, neg).sum()


def sgns_grad(params):
    U, V = params["in"], params["out"]
    pos = (U[centre] * V[context]).sum(1)
    neg = einsum("nd,nkd->nk", U[centre], V[negatives])
    gp = -1 / (1 + np.exp(pos))  #~ gp = -1 / (1 + np.exp(-pos))
    gn = 1 / (1 + np.exp(-neg))
    dU, dV = np.zeros_like(U), np.zeros_like(V)
    np.add.at(dU, centre, gp[:, None] * V[context] + einsum("nk,nkd->nd", gn, V[negatives]))
    np.add.at(dV, context, gp[:, None] * U[centre])
    np.add.at(dV, negatives, gn[..., None] * U[centre][:, None, :])  #~ dV[negatives] += gn[..., None] * U[centre][:, None, :]
    return {"in": dU, "out": dV}


# -- a linear chain: the log-likelihood of tags

tags = [1, 0, 2, 2, 1]


def lse(a, axis=None):
    m = a.max(axis=axis, keepdims=True)
    return np.squeeze(m, axis=axis) + np.log(np.exp(a - m).sum(axis=axis))


def crf_nll(emit, trans):
    alpha = emit[0]
    gold = emit[0, tags[0]]
    for t in range(1, len(emit)):
        alpha = lse(alpha[:, None] + trans, axis=0) + emit[t]
        gold += trans[tags[t - 1], tags[t]] + emit[t, tags[t]]
    return lse(alpha) - gold


def crf_grad(emit, trans):
    T, n = emit.shape
    alpha, beta = np.zeros((T, n)), np.zeros((T, n))
    alpha[0] = emit[0]
    for t in range(1, T):
        alpha[t] = lse(alpha[t - 1][:, None] + trans, axis=0) + emit[t]
    for t in range(T - 2, -1, -1):
        beta[t] = lse(trans + emit[t + 1] + beta[t + 1], axis=1)  #~ beta[t] = lse(trans + emit[t + 1] + beta[t + 1], axis=0)
    logZ = lse(alpha[-1])
    demit = np.exp(alpha + beta - logZ)
    dtrans = np.zeros((n, n))
    for t in range(1, T):
        joint = alpha[t - 1][:, None] + trans + (emit[t] + beta[t])[None, :]  #~ joint = alpha[t - 1][:, None] + trans + beta[t][None, :]
        dtrans += np.exp(joint - logZ)
        dtrans[tags[t - 1], tags[t]] -= 1
    for t in range(T):
        demit[t, tags[t]] -= 1
    return demit, dtrans


# -- a graph convolution of two layers

A = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]], float) + np.eye(4)
deg = A.sum(1)
A_hat = A / deg[:, None]
feats = r.randn(4, 3)
labelled = np.array([True, False, True, False])
want = r.randn(4, 2)


def gcn_loss(W0, W1):
    H = np.tanh(A_hat @ feats @ W0)
    out = A_hat @ H @ W1
    return ((out - want)[labelled] ** 2).mean()


def gcn_grads(W0, W1):
    H = np.tanh(A_hat @ feats @ W0)
    out = A_hat @ H @ W1
    dout = 2 * (out - want) / (labelled.sum() * want.shape[1])
    dout[~labelled] = 0  #~ dout[labelled] = 0
    dW1 = (A_hat @ H).T @ dout
    dH = A_hat.T @ (dout @ W1.T)  #~ dH = A_hat @ (dout @ W1.T)
    dZ = dH * (1 - H * H)
    dW0 = (A_hat @ feats).T @ dZ
    return dW0, dW1


# -- neighbour embedding with heavy tails

P_joint = np.abs(r.randn(5, 5))
P_joint = P_joint + P_joint.T
np.fill_diagonal(P_joint, 0)
P_joint /= P_joint.sum()


def tsne_kl(Y):
    num = 1 / (1 + ((Y[:, None] - Y[None]) ** 2).sum(-1))
    np.fill_diagonal(num, 0)
    Q = num / num.sum()
    off = ~np.eye(len(Y), dtype=bool)
    return (P_joint[off] * np.log(P_joint[off] / Q[off])).sum()


def tsne_grad(Y):
    num = 1 / (1 + ((Y[:, None] - Y[None]) ** 2).sum(-1))
    np.fill_diagonal(num, 0)
    Q = num / num.sum()
    PQ = (P_joint - Q) * num  #~ PQ = P_joint - Q
    return 4 * (np.diag(PQ.sum(1)) - PQ) @ Y


def cases(r):
    yield "attention bwd", dict(f=attention, inputs=[r.normal(size=(4, 3)), r.normal(size=(4, 3)), r.normal(size=(4, 2))], vjp=attention_bwd)
    yield "layer norm vjp", dict(f=layer_norm, inputs=[r.normal(size=(2, 3, 4)), r.normal(size=(4,)), r.normal(size=(4,))], vjp=layer_norm_vjp)
    yield "sgns grad", dict(f=sgns, inputs=[{"in": r.normal(size=(3, 2)), "out": r.normal(size=(4, 2))}], gradient=sgns_grad)
    yield "crf grad", dict(f=crf_nll, inputs=[r.normal(size=(5, 3)), r.normal(size=(3, 3))], gradient=crf_grad)
    yield "gcn grads", dict(f=gcn_loss, inputs=[r.normal(size=(3, 5)), r.normal(size=(5, 2))], gradient=gcn_grads)
    yield "tsne grad", dict(f=tsne_kl, inputs=[r.normal(size=(5, 2))], gradient=tsne_grad)
