"""A block and a classifier put together from layers in other files."""
import numpy as np

from attention import MultiHeadAttention
from convolution import ConvLayer
from layers import GELU, Affine, Relu, SoftmaxWithLoss
from normalisation import LayerNorm


class Block:
    """x + attention(norm(x)), then x + mlp(norm(x)); parameters in a dict."""

    def __init__(self, params, heads):
        self.ln1 = LayerNorm(params["g1"], params["b1"])
        self.ln2 = LayerNorm(params["g2"], params["b2"])
        self.attn = MultiHeadAttention(params["Wqkv"], params["Wo"], heads)
        self.W1, self.W2 = params["W1"], params["W2"]
        self.act = GELU()

    def forward(self, x):
        x = x + self.attn.forward(self.ln1(x))
        self.n2 = self.ln2(x)
        self.a = self.act.forward(self.n2 @ self.W1)
        return x + self.a @ self.W2

    def backward(self, dout):
        grads = {}
        da = dout @ self.W2.T
        grads["W2"] = np.einsum("bti,btj->ij", self.a, dout)  #~ grads["W2"] = np.einsum("bti,btj->ij", self.act.forward(self.a), dout)
        dh = self.act.backward(da)  #~ dh = da
        grads["W1"] = np.einsum("bti,btj->ij", self.n2, dh)  #~ grads["W1"] = np.einsum("bti,btj->ij", self.ln2.norm, dh)
        dx = dout + self.ln2.backward(dh @ self.W1.T)  #~ dx = self.ln2.backward(dh @ self.W1.T)
        grads["g2"], grads["b2"] = self.ln2.dgain, self.ln2.dbias
        dx = dx + self.ln1.backward(self.attn.backward(dx))  #~ dx = dx + self.ln1.backward(self.attn.backward(dout)) #~ dx = dout + self.ln1.backward(self.attn.backward(dx))
        grads["g1"], grads["b1"] = self.ln1.dgain, self.ln1.dbias  #~ grads["g1"], grads["b1"] = self.ln2.dgain, self.ln2.dbias
        grads.update(self.attn.grads)
        return dx, grads


class Classifier:
    def __init__(self, kernels, bias, W, b):
        self.layers = {
            "conv": ConvLayer(kernels, bias),
            "relu": Relu(),
            "affine": Affine(W, b),
        }
        self.last = SoftmaxWithLoss()

    def loss(self, images, labels):
        x = images
        for layer in self.layers.values():
            x = layer.forward(x)
        return self.last.forward(x, labels)

    def gradient(self, images, labels):
        self.loss(images, labels)
        dout = self.last.backward(1)
        for layer in reversed(list(self.layers.values())):
            dout = layer.backward(dout)
        conv, affine = self.layers["conv"], self.layers["affine"]
        return conv.dW, conv.db, affine.dW, affine.db


def cases(r):
    C = 4
    params = {"g1": 1 + 0.2 * r.normal(size=C), "b1": 0.2 * r.normal(size=C), "g2": 1 + 0.2 * r.normal(size=C),
              "b2": 0.2 * r.normal(size=C), "Wqkv": 0.5 * r.normal(size=(C, 3 * C)), "Wo": r.normal(size=(C, C)),
              "W1": 0.5 * r.normal(size=(C, 4)), "W2": r.normal(size=(4, C))}
    x = r.normal(size=(1, 3, C))

    def vjp(g, x, params):
        block = Block(params, 2)
        block.forward(x)
        return block.backward(g)

    yield "transformer block", dict(f=lambda x, p: Block(p, 2).forward(x), inputs=[x, params], vjp=vjp)
    images, labels = r.normal(size=(3, 2, 3, 3)), r.integers(0, 2, 3)
    yield "image classifier", dict(
        f=lambda *p: Classifier(*p).loss(images, labels),
        inputs=[r.normal(size=(2, 2, 3, 3)), r.normal(size=2), 0.3 * r.normal(size=(18, 2)), r.normal(size=2)],
        gradient=lambda *p: Classifier(*p).gradient(images, labels))
