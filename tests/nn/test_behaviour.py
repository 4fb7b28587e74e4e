"""Layers beyond a single call: modes, masks, states, and unusual inputs."""

import math

import numpy as np
import pytest

import nn
from autograd import Tensor, check_gradients
from autograd.errors import DataError, OptionError, ShapeError


def test_dropout_drops_rescales_and_is_off_in_eval():
    layer = nn.Dropout(0.3, generator=np.random.default_rng(0))
    x = Tensor(np.ones(10000, np.float32))
    y = layer(x)
    assert y.dtype == np.float32
    assert np.isclose((y.data == 0).mean(), 0.3, atol=0.02)
    np.testing.assert_allclose(np.unique(y.data), [0.0, 1 / 0.7], rtol=1e-6)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, y.data)
    assert layer.eval()(x) is x
    assert (nn.Dropout(1.0)(x).data == 0).all()
    assert nn.Dropout(0.0)(x) is x
    with pytest.raises(OptionError, match=r"not 1\.5"):
        nn.Dropout(1.5)


def test_batch_norm_keeps_running_statistics_and_uses_them():
    layer, random = nn.BatchNorm1d(2), np.random.default_rng(0)
    mean, variance = np.zeros(2), np.ones(2)
    for _ in range(3):
        x = random.normal(3, 2, (8, 2))
        layer(x)
        mean = 0.9 * mean + 0.1 * x.mean(0)
        variance = 0.9 * variance + 0.1 * x.var(0, ddof=1)
    np.testing.assert_allclose(layer.running_mean, mean)
    np.testing.assert_allclose(layer.running_var, variance)
    assert layer.num_batches_tracked == 3
    expected = (x - mean) / np.sqrt(variance + 1e-5)
    np.testing.assert_allclose(layer.eval()(x).data, expected)
    np.testing.assert_allclose(layer.running_mean, mean)


def test_batch_norm_of_one_number_fails_only_in_training():
    layer = nn.BatchNorm2d(2)
    with pytest.raises(ShapeError, match=r"eval\(\)"):
        layer(np.ones((1, 2, 1, 1)))
    assert layer.num_batches_tracked == 0
    assert layer.eval()(np.ones((1, 2, 1, 1))).shape == (1, 2, 1, 1)
    with pytest.raises(ShapeError, match=r"\(3, 3\)"):
        layer(np.ones((3, 3)))


def test_a_frozen_norm_still_propagates_gradients():
    layer = nn.LayerNorm(3).requires_grad_(False)
    check_gradients(lambda x: layer(x) ** 3, np.array([[1.0, 2.0, 4.0]]))
    assert layer.weight.grad is None
    with pytest.raises(ShapeError, match=r"\(1, 4\)"):
        layer(np.ones((1, 4)))


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (nn.Linear(3, 2), (0, 3), (0, 2)),
        (nn.Conv1d(2, 3, 2), (0, 2, 5), (0, 3, 4)),
        (nn.Conv2d(2, 3, 2), (0, 2, 5, 5), (0, 3, 4, 4)),
        (nn.MaxPool2d(2), (0, 2, 4, 4), (0, 2, 2, 2)),
        (nn.AvgPool2d(2), (0, 2, 4, 4), (0, 2, 2, 2)),
        (nn.LayerNorm(3), (0, 3), (0, 3)),
        (nn.BatchNorm1d(3).eval(), (0, 3), (0, 3)),
        (nn.LSTM(3, 2, batch_first=True), (0, 4, 3), (0, 4, 2)),
        (nn.GRU(3, 2), (4, 0, 3), (4, 0, 2)),
        (nn.MultiheadAttention(4, 2), (3, 0, 4), (3, 0, 4)),
        (nn.Flatten(), (0, 3, 2), (0, 6)),
        (nn.GELU(), (0, 2), (0, 2)),
        (nn.Softmax(), (0, 2), (0, 2)),
    ],
    ids=str,
)
def test_an_empty_batch_works_forward_and_backward(layer, shape, expected):
    x = Tensor(np.zeros(shape))
    y = layer(x)
    y = y[0] if isinstance(y, tuple) else y
    assert y.shape == expected
    y.sum().backward()
    assert x.grad.shape == shape
    assert all((p.grad == 0).all() for p in layer.parameters() if p.grad is not None)


def test_an_embedding_accumulates_and_rejects_bad_indices():
    layer = nn.Embedding(3, 2, padding_idx=0)
    assert (layer.weight.data[0] == 0).all()
    layer(np.array([1, 1, 0])).sum().backward()
    assert layer.weight.grad.tolist() == [[0.0, 0.0], [2.0, 2.0], [0.0, 0.0]]
    for indices, message in (([3], "0 to 2"), ([-1], "-1"), ([0.5], "float64")):
        with pytest.raises(DataError, match=message):
            layer(np.array(indices))


@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
def test_a_negative_padding_index_counts_from_the_end(layer):
    indices = np.array([[4, 1], [3, 4]])
    table = layer(5, 2, padding_idx=-1)
    assert table.padding_idx == 4
    table.weight.data[...] = 1.0
    y = table(indices)
    y.sum().backward()
    assert (table.weight.grad != 0).any(axis=1).tolist() == [False, True, False, True, False]
    with pytest.raises(OptionError, match=r"padding_idx=5 must be from -5 to 4"):
        layer(5, 2, padding_idx=5)


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_a_sequence_in_two_parts_equals_the_whole_sequence(kind):
    layer = kind(3, 4, num_layers=2, generator=np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(6, 2, 3))
    whole, end = layer(x)
    first, state = layer(x[:2])
    second, other_end = layer(x[2:], state)
    np.testing.assert_allclose(np.concatenate([first.data, second.data]), whole.data)
    for a, b in zip(*(e if kind is nn.LSTM else (e,) for e in (end, other_end)), strict=True):
        np.testing.assert_allclose(a.data, b.data)
    alone, _ = layer(x[:, 0])
    np.testing.assert_allclose(alone.data, whole.data[:, 0])


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_mismatched_recurrent_inputs_are_errors(kind):
    layer = kind(3, 4, batch_first=True)
    for shape in ((2, 5, 4), (3,), (2, 0, 3)):
        with pytest.raises(ShapeError, match="batch, steps, 3"):
            layer(np.zeros(shape))
    state = np.zeros((1, 5, 4))
    with pytest.raises(ShapeError, match=r"\(1, 5, 4\).*\(1, 2, 4\)"):
        layer(np.zeros((2, 5, 3)), (state, state) if kind is nn.LSTM else state)
    with pytest.raises(OptionError, match="at least 1"):
        kind(3, 0)


def test_recurrent_dropout_applies_only_in_training():
    layer = nn.LSTM(2, 3, num_layers=2, dropout=0.5, generator=np.random.default_rng(0))
    x = np.ones((4, 2, 2))
    assert not np.array_equal(layer(x)[0].data, layer(x)[0].data)
    layer.eval()
    np.testing.assert_array_equal(layer(x)[0].data, layer(x)[0].data)
    with pytest.raises(OptionError, match="sigmoid"):
        nn.RNN(2, 3, nonlinearity="sigmoid")


def test_masked_keys_and_the_future_get_no_gradient():
    layer = nn.MultiheadAttention(4, 2, generator=np.random.default_rng(0))
    x = Tensor(np.random.default_rng(1).normal(size=(5, 1, 4)))
    y, weights = layer(x, is_causal=True, need_weights=True)
    assert (np.triu(weights.data[0], 1) == 0).all()
    np.testing.assert_allclose(weights.data.sum(-1), 1.0)
    y[1].sum().backward()
    assert (x.grad[2:] == 0).all()
    x.grad = None
    padding = np.array([[False, True, False, False, False]])
    layer(Tensor(x.data), x, key_padding_mask=padding)[0].sum().backward()
    assert (x.grad[1] == 0).all()
    assert (x.grad[2] != 0).any()


def test_a_fully_masked_row_has_the_weights_zero():
    layer = nn.MultiheadAttention(4, 2)
    y, weights = layer(
        np.ones((3, 1, 4)), key_padding_mask=np.ones((1, 3), bool), need_weights=True
    )
    assert np.isfinite(y.data).all()
    np.testing.assert_array_equal(weights.data, 0)


def test_per_head_masks_work_and_bad_masks_are_errors():
    layer, x = nn.MultiheadAttention(4, 2), np.ones((3, 2, 4))
    masks = np.zeros((4, 3, 3), bool)
    masks[3, :, 1:] = True  # of the second example, the second head
    weights = layer(x, attn_mask=masks, need_weights=True, average_attn_weights=False)[1].data
    np.testing.assert_allclose(weights[1, 1, :, 0], 1.0)
    np.testing.assert_allclose(weights[0], 1 / 3)
    for options, message in (
        ({"attn_mask": np.zeros((2, 2), bool)}, r"\(3, 3\)"),
        ({"key_padding_mask": np.zeros((2, 2), bool)}, r"\(2, 3\)"),
        ({"key_padding_mask": np.zeros((2, 3), int)}, "int64"),
        ({"key": np.ones((3, 1, 4))}, "batch"),
        ({"value": np.ones((4, 2, 4))}, "steps"),
    ):
        with pytest.raises(ShapeError, match=message):
            layer(x, **options)
    with pytest.raises(ShapeError, match=r"\(4,\)"):
        layer(x[0, 0])
    with pytest.raises(OptionError, match="num_heads=3"):
        nn.MultiheadAttention(4, 3)


def test_block_dropout_applies_only_in_training():
    block = nn.TransformerBlock(4, 2, 8, 0.5, generator=np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(3, 2, 4))
    assert not np.array_equal(block(x).data, block(x).data)
    block.eval()
    np.testing.assert_array_equal(block(x).data, block(x).data)


def test_invalid_input_errors_name_the_shape():
    with pytest.raises(ShapeError, match=r"\(2, 4\).*length 3"):
        nn.Linear(3, 2)(np.ones((2, 4)))
    with pytest.raises(ShapeError, match=r"\(\)"):
        nn.Linear(3, 2)(1.0)


# -- initial weights --------------------------------------------------------------------------

SHAPE = (200, 30, 3)
FAN_IN, FAN_OUT = 90, 600


@pytest.mark.parametrize(
    ("function", "std"),
    [
        (nn.init.xavier_uniform, math.sqrt(2 / (FAN_IN + FAN_OUT))),
        (nn.init.xavier_normal, math.sqrt(2 / (FAN_IN + FAN_OUT))),
        (nn.init.kaiming_uniform, math.sqrt(2 / FAN_IN)),
        (nn.init.kaiming_normal, math.sqrt(2 / FAN_IN)),
        (
            lambda *a, **k: nn.init.kaiming_normal(*a, "fan_out", "tanh", **k),
            5 / 3 / math.sqrt(FAN_OUT),
        ),
        (nn.init.truncated_normal, 0.8796),
    ],
)
def test_initial_weights_have_the_documented_spread(function, std):
    weight = function(SHAPE, generator=np.random.default_rng(0))
    assert weight.shape == SHAPE
    assert np.isclose(weight.std(), std, rtol=0.02)
    assert abs(weight.mean()) < 0.02 * std


def test_truncated_normal_and_orthogonal_initialisation():
    numbers = nn.init.truncated_normal((1000,), 2.0, -1.0, 0.5)
    assert -1.0 <= numbers.min() < numbers.max() <= 0.5
    for shape in ((3, 8), (8, 3), (3, 2, 2, 2)):
        weight = nn.init.orthogonal(shape, 2.0).reshape(shape[0], -1)
        product = weight @ weight.T if shape[0] == 3 else weight.T @ weight
        np.testing.assert_allclose(product, 4 * np.eye(3), atol=1e-12)
    assert nn.init.constant((2,), 3).tolist() == [3.0, 3.0]


def test_invalid_initialisation_arguments_are_errors():
    with pytest.raises(ShapeError, match=r"\(3,\)"):
        nn.init.xavier_uniform((3,))
    for call in (
        lambda: nn.init.kaiming_normal((2, 2), "fan"),
        lambda: nn.init.kaiming_normal((2, 2), nonlinearity="cosine"),
        lambda: nn.init.truncated_normal((2,), 1.0, 10.0, 9.0),
    ):
        with pytest.raises(OptionError):
            call()


@pytest.mark.parametrize(
    ("std", "low", "high"),
    [(1.0, -0.5, 0.5), (1.0, 3.0, 4.0), (2.0, 1.0, math.inf), (0.5, -math.inf, -4.0)],
)
def test_truncated_normal_numbers_have_their_moments(std, low, high):
    """The mean is that of the density, (φ(a) - φ(b)) / (Φ(b) - Φ(a)), and so is the second moment."""
    a, b = low / std, high / std
    density = [
        0.0 if math.isinf(x) else math.exp(-x * x / 2) / math.sqrt(2 * math.pi) for x in (a, b)
    ]
    below = [math.erfc(-x / math.sqrt(2)) / 2 for x in (a, b)]
    edges = [0.0 if math.isinf(x) else x * d for x, d in zip((a, b), density, strict=True)]
    mean = std * (density[0] - density[1]) / (below[1] - below[0])
    square = std**2 * (1 + (edges[0] - edges[1]) / (below[1] - below[0]))
    x = nn.init.truncated_normal((4000,), std, low, high, np.random.default_rng(0))
    assert low <= x.min() <= x.max() <= high
    assert abs(x.mean() - mean) < 5 * x.std() / math.sqrt(len(x))
    assert abs((x * x).mean() - square) < 5 * (x * x).std() / math.sqrt(len(x))


def test_truncated_normals_without_spread_are_the_likeliest():
    assert nn.init.truncated_normal((2,), 0.0, 1.0, 3.0).tolist() == [1.0, 1.0]
    with pytest.raises(OptionError, match="not negative"):
        nn.init.truncated_normal((2,), -1.0)


def test_layers_are_initialised_like_pytorch():
    nn.seed(0)
    layer = nn.Linear(100, 300)
    assert np.isclose(abs(layer.weight.data).max(), 0.1, rtol=0.01)
    assert np.isclose(abs(layer.bias.data).max(), 0.1, rtol=0.05)
    conv = nn.Conv2d(4, 50, 5, groups=2)
    assert np.isclose(abs(conv.weight.data).max(), 1 / math.sqrt(2 * 25), rtol=0.01)
    assert np.isclose(abs(nn.GRU(5, 64).weight_ih_l0.data).max(), 1 / 8, rtol=0.01)
    assert np.isclose(nn.Embedding(500, 20).weight.data.std(), 1.0, rtol=0.05)


@pytest.mark.parametrize("layer", [nn.Dropout, nn.Dropout1d, nn.Dropout2d])
def test_a_generator_in_the_place_of_inplace_is_an_error(layer):
    with pytest.raises(OptionError, match="generator="):
        layer(0.5, np.random.default_rng(0))
