"""Draw the pictures of README.md and of this folder; run by `make pictures`, needs Graphviz."""

from __future__ import annotations

import operator
import random
from pathlib import Path
from typing import Any

import graphviz
import numpy as np

import autograd
import nn
from autograd import Tensor, Value, scope
from autograd.drawing.dot import FONT

IMAGES = Path(__file__).resolve().parent / "images"


def first() -> Value:
    """Return the expression at the beginning of seeing.md."""
    x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    y = (x * w + x).tanh()
    y.label = "y"
    return y


def neuron() -> Value:
    """Return micrograd's neuron with two inputs."""
    numbers = {"x1": 2.0, "w1": -3.0, "x2": 0.0, "w2": 1.0, "b": 6.8813735870195432}
    x1, w1, x2, w2, b = [Value(number, label=name) for name, number in numbers.items()]
    y = (x1 * w1 + x2 * w2 + b).tanh()
    y.label = "y"
    return y


def shared() -> Value:
    """Return an expression in which a node is used twice."""
    x = Value(0.5, label="x")
    u = x * x
    u.label = "u"
    y = u.sin() * u
    y.label = "y"
    return y


def layer() -> Tensor:
    """Return the loss of one layer, computed with Tensors."""
    generator = np.random.default_rng(0)
    inputs, targets = generator.normal(size=(50, 3)), generator.normal(size=(50, 4))
    weights = Tensor(generator.normal(size=(3, 4)), label="W")
    bias = Tensor(np.zeros(4), label="b")
    with scope("layer"):
        h = np.tanh(inputs @ weights + bias)
    loss = ((h - targets) ** 2).mean()
    loss.label = "loss"
    return loss


class Network(nn.Module):
    """A convolutional network of two blocks."""

    def __init__(self) -> None:
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        )  # fmt: skip
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(400, 10))

    def forward(self, x: Any) -> Any:
        """Return the logits of images."""
        return self.classifier(self.features(x))


def cnn() -> Tensor:
    """Return the loss of a convolutional network."""
    nn.seed(0)
    images = np.random.default_rng(0).normal(size=(32, 1, 28, 28))
    loss: Tensor = nn.cross_entropy(Network()(images), np.arange(32) % 10)
    loss.label = "loss"
    return loss


def deep(activation: object, depth: int = 7) -> Tensor:
    """Return the loss of a deep network."""
    generator = np.random.default_rng(0)
    h = Tensor(generator.normal(size=(20, 16)), label="x", requires_grad=False)
    for i in range(depth):
        with scope(f"layers.{i}"):
            h = activation(h @ Tensor(generator.normal(size=(16, 16)) * 0.5))
    loss = (h**2).mean()
    loss.label = "loss"
    return loss


def many() -> Value:
    """Return the loss of a network on 155 points: 100,000 Values without scopes."""
    generator = random.Random(0)
    layers = [
        [[Value(generator.uniform(-1, 1)) for _ in range(inputs + 1)] for _ in range(outputs)]
        for inputs, outputs in ((2, 16), (16, 16), (16, 1))
    ]

    def network(h: list[Any]) -> Any:
        for layer in layers:
            h = [np.tanh(sum(map(operator.mul, row, h), row[-1])) for row in layer]
        return h[0]

    points = np.random.default_rng(0).normal(size=(155, 2))
    loss = sum((network(list(point)) - 1.0) ** 2 for point in points)
    loss.label = "loss"
    return loss


#: The steps of a function call, and the file of each.
CALL = [
    ("np.tanh(t)", "your program"),
    ("Tensor.__array_ufunc__", "engine/node.py"),
    ("dispatch.ufunc", "engine/dispatch.py"),
    ("DISPATCH[np.tanh], a row of the table", "rules/elementwise.py"),
    ("dispatch.apply computes with NumPy", "engine/dispatch.py"),
    ("Tensor: data, primitive, arguments", "engine/tensor.py"),
]
#: The same for `backward`.
BACKWARD = [
    ("loss.backward()", "your program"),
    ("explore numbers nodes, counts edges", "engine/backward.py"),
    ("walk visits a node when its edges are done", "engine/backward.py"),
    ("Primitive.pullback runs the rule of the row", "engine/primitive.py"),
    ("_commit writes grad into the leaves", "engine/backward.py"),
]


def flow(steps: list[tuple[str, str]]) -> bytes:
    """Draw the steps in the colours of the graph pictures."""
    lines = ["digraph {", 'bgcolor="transparent"; ranksep=0.22']
    lines += [f'node [shape="box", style="filled", fontname="{FONT}", fontsize=11, width=3.9]']
    lines += ['edge [color="#5c6370", arrowsize=0.6]']
    for number, (step, file) in enumerate(steps):
        ends = number in (0, len(steps) - 1)
        fill, line = ("#d9e9f7", "#2a6496") if ends else ("#ffffff", "#5c6370")
        below = f'<br/><font point-size="9" color="#5c6370">{file}</font>'
        lines.append(f'{number} [label=<{step}{below}>, fillcolor="{fill}", color="{line}"]')
        if number:
            lines.append(f"{number - 1} -> {number}")
    return graphviz.pipe("dot", "svg", "\n".join([*lines, "}"]).encode())


def main() -> None:
    """Draw all pictures."""
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / "call.svg").write_bytes(flow(CALL))
    (IMAGES / "backward.svg").write_bytes(flow(BACKWARD))
    for name, y in (("first", first()), ("neuron", neuron())):
        y.backward()
        autograd.draw(y).save(IMAGES / f"{name}.svg")
    autograd.steps(shared()).save(IMAGES / "steps.svg")
    loss = layer()
    loss.backward(retain_graph=True)
    autograd.draw(loss).save(IMAGES / "layer.svg")
    autograd.draw(cnn()).save(IMAGES / "cnn.svg")
    autograd.draw(deep(autograd.sigmoid), shade=True).save(IMAGES / "vanishing.svg")
    autograd.draw(many()).save(IMAGES / "overview.svg")


if __name__ == "__main__":
    main()
