"""Eight models of the kinds that people draw, from one neuron to twelve transformer blocks."""

import numpy as np

import nn
from autograd import Value


def backward(loss):
    loss.label = "loss"
    if isinstance(loss, Value):
        loss.backward()
    else:
        loss.backward(retain_graph=True)
    return (loss,)


def neuron():
    numbers = {"x1": 2.0, "w1": -3.0, "x2": 0.0, "w2": 1.0, "b": 6.8813735870195432}
    x1, w1, x2, w2, b = (Value(number, label=name) for name, number in numbers.items())
    return backward((x1 * w1 + x2 * w2 + b).tanh())


def second_order():
    x, w = Value(0.5, label="x"), Value(2.0, label="w")
    y = (w * x).tanh() + x**2
    y.label = "y"
    y.backward(create_graph=True)
    return y, x.grad


def mlp_of_values():
    return backward((nn.MLP(2, [3, 3, 1])([1.0, -1.0]) - 1.0) ** 2)


def mlp_of_tensors():
    model = nn.Sequential(
        nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 4)
    )
    return backward(nn.cross_entropy(model(random(32, 8)), np.arange(32) % 4))


def cnn():
    class Network(nn.Module):
        def __init__(self):
            self.features = nn.Sequential(
                nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
                nn.Conv2d(8, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            )  # fmt: skip
            self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(400, 10))

        def forward(self, x):
            return self.classifier(self.features(x))

    return backward(nn.cross_entropy(Network()(random(2, 1, 28, 28)), np.arange(2)))


class Encoder(nn.Module):
    def __init__(self, blocks):
        self.blocks = nn.Sequential(*[nn.TransformerEncoderLayer(16, 4, 32) for _ in range(blocks)])
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        return self.head(self.blocks(x))


def transformer_block():
    return backward((Encoder(1).eval()(random(2, 5, 16)) ** 2).mean())


def twelve_blocks():
    return backward((Encoder(12).eval()(random(2, 5, 16)) ** 2).mean())


class Recurrent(nn.Module):
    def __init__(self):
        self.cell = nn.LSTMCell(4, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, xs):
        state = None
        for x in xs:
            state = self.cell(x, state)
        return self.head(state[0])


def lstm():
    return backward((Recurrent()(random(20, 3, 4)) ** 2).mean())


def random(*shape):
    return np.random.default_rng(0).normal(size=shape)


MODELS = {
    model.__name__: model
    for model in (
        neuron, second_order, mlp_of_values, mlp_of_tensors, cnn, transformer_block, lstm,
        twelve_blocks,
    )
}  # fmt: skip
