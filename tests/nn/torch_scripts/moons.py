"""Two half moons: a small network of scalars' style, a hinge loss, a falling rate."""

import random

import torch


class Layer:
    def __init__(self, nin, nout, nonlin=True):
        self.w = torch.rand(nin, nout) * 2 - 1
        self.b = torch.zeros(nout)
        self.nonlin = nonlin
        for p in self.parameters():
            p.requires_grad = True

    def __call__(self, x):
        act = x @ self.w + self.b
        return act.relu() if self.nonlin else act

    def parameters(self):
        return [self.w, self.b]


class MLP:
    def __init__(self, nin, nouts):
        sz = [nin] + nouts
        self.layers = [Layer(sz[i], sz[i + 1], i != len(nouts) - 1) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = None


def make_moons(n):
    t = torch.linspace(0, 3.14159, n)
    outer = torch.stack([t.cos(), t.sin()], dim=1)
    inner = torch.stack([1 - t.cos(), 0.5 - t.sin()], dim=1)
    X = torch.cat([outer, inner]) + 0.1 * torch.randn(2 * n, 2)
    return X, torch.cat([torch.ones(n), -torch.ones(n)])


def run():
    random.seed(1337)
    torch.manual_seed(1337)
    X, y = make_moons(20)
    model = MLP(2, [8, 8, 1])
    losses = []
    for k in range(6):
        ri = torch.tensor(random.sample(range(40), 20))
        Xb, yb = X[ri], y[ri]
        scores = model(Xb)
        data_loss = (1 + -yb * scores.squeeze()).relu().mean()
        reg_loss = 1e-4 * sum((p * p).sum() for p in model.parameters())
        total_loss = data_loss + reg_loss
        accuracy = ((yb > 0) == (scores[:, 0] > 0)).float().mean()
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses += [total_loss.item(), accuracy.item()]
    return losses
