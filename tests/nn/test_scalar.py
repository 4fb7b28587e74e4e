import random

import numpy as np
import pytest

import nn
from autograd import Value, check_gradients


def test_parameter_count_follows_from_the_layers():
    model = nn.MLP(3, [4, 4, 1])
    assert len(model.parameters()) == 3 * 4 + 4 + 4 * 4 + 4 + 4 + 1
    assert all(isinstance(p, Value) for p in model.parameters())
    assert "Neuron(4, relu)" in repr(model)
    assert "Neuron(4, linear)" in repr(model)


def test_a_network_of_values_matches_matrices():
    model = nn.MLP(2, [3, 2], generator=random.Random(1))
    x = [0.3, -0.7]
    hidden, last = (
        (
            np.array([[w.data for w in n.w] for n in layer.neurons]),
            [n.b.data for n in layer.neurons],
        )
        for layer in model.layers
    )
    expected = last[0] @ np.maximum(hidden[0] @ x + hidden[1], 0) + last[1]
    assert [y.data for y in model(x)] == pytest.approx(expected)


def test_the_gradient_of_a_loss_agrees_with_finite_differences():
    neuron = nn.Neuron(2, activation=lambda x: x.tanh(), generator=random.Random(2))

    def loss(w0, w1, b):
        neuron.w, neuron.b = [w0, w1], b
        return (neuron([0.5, -1.0]) - 1.0) ** 2

    check_gradients(loss, 0.4, -0.3, 0.1)


def test_zero_grad_clears_and_training_learns_xor():
    model = nn.MLP(2, [4, 1], activation=lambda x: x.tanh(), generator=random.Random(3))
    data = [((0, 0), -1.0), ((0, 1), 1.0), ((1, 0), 1.0), ((1, 1), -1.0)]
    for _ in range(200):
        loss = sum((model(x) - y) ** 2 for x, y in data)
        model.zero_grad()
        assert all(p.grad == 0.0 for p in model.parameters())
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
    assert all((model(x).data > 0) == (y > 0) for x, y in data)


def test_the_wrong_number_of_inputs_is_an_error():
    with pytest.raises(ValueError, match="2 weights got 1 inputs"):
        nn.MLP(2, [3, 1])([1.0])


def test_a_hidden_layer_can_have_one_neuron():
    assert isinstance(nn.MLP(2, [1, 2, 1])([1.0, 2.0]), Value)


def test_values_record_their_layer():
    y = nn.MLP(2, [3, 1])([1.0, 2.0])
    assert y.scope == "layers.1"
    assert {p.scope for n in y.parents for p in n.parents if p.op} >= {"layers.1"}


def test_one_seed_sets_all_randomness():
    """Weights of Values, of modules and from `nn.init`, masks, shuffles and splits."""

    def draw():
        return repr([
            [p.data for p in nn.MLP(2, [3, 1]).parameters()],
            [p.data for p in nn.Neuron(2).parameters()],
            [p.data for p in nn.TransformerBlock(4, 2).parameters()],
            [p.data for p in nn.LSTM(2, 3).parameters()],
            [p.data for p in nn.Conv1d(1, 2, 3).parameters()],
            nn.init.orthogonal((2, 2)),
            nn.Dropout(0.5)(np.ones(8)),
            list(nn.DataLoader(np.arange(8.0), batch_size=3, shuffle=True)),
            nn.train_test_split(np.arange(8.0)),
        ])  # fmt: skip

    nn.seed(3)
    first = draw()
    assert draw() != first
    nn.seed(3)
    assert draw() == first
