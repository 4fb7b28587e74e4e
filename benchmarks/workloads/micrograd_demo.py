"""One step of micrograd's demo: a 2-16-16-1 network on 100 points; only the import changes."""

import random
from pathlib import Path

import numpy as np

CALLS = 3
RATE, DECAY, POINTS = 1e-3, 1e-4, 100


def moons():
    """Two interleaved half circles, as in micrograd's demo, labelled -1 and 1."""
    generator = np.random.default_rng(1337)
    angle = generator.uniform(0, np.pi, POINTS)
    label = np.where(np.arange(POINTS) < POINTS // 2, 1, -1)
    x = np.cos(angle) * label + (label < 0)
    y = np.sin(angle) * label + 0.5 * (label < 0)
    points = np.stack([x, y], axis=1) + generator.normal(0, 0.1, (POINTS, 2))
    return points.tolist(), label.tolist()


def network(value):
    """Return micrograd's own MLP class with another Value imported, and nothing else changed."""
    import micrograd.nn

    source = Path(micrograd.nn.__file__).read_text()
    line = "from micrograd.engine import Value"
    assert line in source
    namespace = {"TheValue": value}
    exec(source.replace(line, "Value = TheValue"), namespace)
    random.seed(1337)
    return namespace["MLP"](2, [16, 16, 1])


def demo(value):
    model = network(value)
    X, y = moons()

    def step():
        inputs = [list(map(value, row)) for row in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = DECAY * sum(p * p for p in model.parameters())
        total = data_loss + reg_loss
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= RATE * p.grad
        return total.data

    return step


def chainrule(size):
    from autograd import Value

    return demo(Value)


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


def textbook(size):
    from textbook import Value

    return demo(Value)


def micrograd(size):
    from micrograd.engine import Value

    return demo(Value)


def floats(size):
    """The same network by hand: lists of floats, and its gradient written out."""
    random.seed(1337)
    layers = [
        [([random.uniform(-1, 1) for _ in range(i)], [0.0]) for _ in range(o)]
        for i, o in ((2, 16), (16, 16), (16, 1))
    ]
    X, y = moons()

    def step():
        gradients = [[([0.0] * len(w), [0.0]) for w, _ in layer] for layer in layers]
        total = 0.0
        for point, label in zip(X, y, strict=True):
            outputs = [point]
            for layer in layers:
                inside = outputs[-1]
                outputs.append(
                    [sum([a * b for a, b in zip(w, inside, strict=True)]) + b[0] for w, b in layer]
                )
                if layer is not layers[-1]:
                    outputs[-1] = [h if h > 0.0 else 0.0 for h in outputs[-1]]
            margin = 1.0 - label * outputs[-1][0]
            if margin <= 0.0:
                continue
            total += margin / POINTS
            g = [-label / POINTS]
            for i in (2, 1, 0):
                inside = outputs[i]
                below = [0.0] * len(inside)
                for gi, (w, _), (gw, gb) in zip(g, layers[i], gradients[i], strict=True):
                    if gi:
                        gb[0] += gi
                        for j, h in enumerate(inside):
                            gw[j] += gi * h
                            below[j] += gi * w[j]
                g = [gi if h > 0.0 else 0.0 for gi, h in zip(below, inside, strict=True)]
        for layer, found in zip(layers, gradients, strict=True):
            for neuron, gradient in zip(layer, found, strict=True):
                for p, gp in zip(neuron, gradient, strict=True):
                    for j, number in enumerate(p):
                        total += DECAY * number * number
                        p[j] = number - RATE * (gp[j] + 2.0 * DECAY * number)
        return total

    return step
