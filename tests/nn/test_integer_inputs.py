"""Integers and booleans give each layer and loss the result of the same floats."""

import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor
from autograd.errors import DataError, ShapeError

sys.path.insert(0, str(Path(__file__).parent))
from samples import CONSTANTS, TABLE, flat, state

KINDS = ("uint8", "int8", "int64", "bool")
SAMPLES = {sample.name: sample for sample in TABLE if sample.inputs}
#: Layers that only move elements, and keep their type.
MOVES = (
    "Flatten",
    "Unflatten",
    "Unfold",
    "ChannelShuffle",
    "ZeroPad",
    "ConstantPad",
    "CircularPad",
    "ReflectionPad",
    "ReplicationPad",
    "PixelShuffle",
    "PixelUnshuffle",
)
#: Losses whose outputs or targets are probabilities.
PROBABILITIES = ("binary", "kl", "poisson of rates", "cross-entropy by both")


def integers(sample, kind):
    """Return integers of the shapes of a sample's inputs, as large as their type allows."""
    random = np.random.default_rng(zlib.crc32(sample.name.encode()))
    bits = kind == "bool" or sample.name.startswith(PROBABILITIES)
    largest = 2 if bits else min(np.iinfo(kind).max, 1000)
    shapes = [x if isinstance(x, tuple) else x.shape for x in sample.inputs]
    return [random.integers(0, largest, shape).astype(kind) for shape in shapes]


def outputs(sample, inputs, training):
    nn.seed(0)
    names = {**CONSTANTS, "nn": nn, "np": np}
    model = eval(sample.model, names)
    if isinstance(model, nn.Module):
        shapes = {name: array.shape for name, array in model.state_dict().items()}
        model.load_state_dict(state(shapes), strict=False)
        model.train(training)
    found = flat(eval(sample.call, {**names, "model": model, "x": inputs}))
    return [np.asarray(y.data if isinstance(y, Tensor) else y) for y in found]


@pytest.mark.filterwarnings("ignore")  # of extreme numbers, also as floats
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.each("name", list(SAMPLES))
def test_integers_give_the_result_of_floats(name, kind):
    sample = SAMPLES[name]
    inputs = integers(sample, kind)
    for training in (False, True):
        expected = outputs(sample, [x.astype(float) for x in inputs], training)
        for y, wanted in zip(outputs(sample, inputs, training), expected, strict=True):
            np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-12)
            assert y.dtype == wanted.dtype or sample.name.startswith(MOVES)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("of", [np.asarray, Tensor], ids=["arrays", "Tensors"])
def test_integer_targets_give_the_result_of_floats(kind, of):
    random = np.random.default_rng(0)
    outputs = of(random.uniform(0.1, 0.9, (3, 4)))
    bits = random.integers(0, 2, (3, 4)).astype(kind)
    for loss in (
        nn.mse, nn.mae, nn.huber, nn.binary_cross_entropy, nn.binary_cross_entropy_with_logits,
        nn.kl_divergence, lambda y, t: nn.kl_divergence(y, t, log_target=True),
    ):  # fmt: skip
        found, wanted = loss(outputs, bits), loss(outputs, bits.astype(float))
        np.testing.assert_allclose(found.item(), wanted.item(), rtol=1e-15)
    large = np.array([[200, 100, 0, 50]] * 3).astype("uint8")
    np.testing.assert_allclose(nn.mse(large, large[:, ::-1]), nn.mse(large * 1.0, large[:, ::-1]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "function",
    [autograd.sigmoid, autograd.softplus, autograd.softmax, autograd.logsumexp, autograd.erf,
     autograd.relu, nn.gelu, nn.silu, nn.elu, nn.leaky_relu, nn.log_softmax,
     lambda x: nn.softplus(x, 2), lambda x: nn.gelu(x, "tanh")],
)  # fmt: skip
def test_functions_of_integers_are_those_of_floats(function, kind):
    x = np.array([[0, 1, 3], [1, 120, 127]]).astype(kind)
    np.testing.assert_allclose(function(x), function(x.astype(float)), rtol=1e-15)
    np.testing.assert_allclose(function(x.tolist()), function(x.astype(float)), rtol=1e-15)


def test_a_uint8_image_keeps_its_average_and_its_scale():
    image = np.full((1, 1, 4, 4), 200, np.uint8)
    assert (nn.AvgPool2d(2)(image) == 200).all()
    assert set(np.unique(nn.Dropout(0.5)(image))) <= {0.0, 400.0}
    assert nn.mse(np.array([0], np.uint8), np.array([16], np.uint8)) == 256


def test_attention_masks_are_booleans_or_numbers_to_add():
    attention = nn.MultiheadAttention(4, 2)
    x = np.random.default_rng(0).normal(size=(3, 1, 4))
    mask = np.triu(np.ones((3, 3), int), 1)
    with pytest.raises(DataError, match=r"int64.*mask.astype\(bool\)"):
        attention(x, attn_mask=mask)
    with pytest.raises(DataError, match=r"astype\(bool\)"):
        nn.TransformerBlock(4, 2)(x, attn_mask=mask)
    with pytest.raises(ShapeError, match="int64"):
        attention(x, key_padding_mask=np.zeros((1, 3), int))
    mask[1] = 1  # a query that sees no key
    found = [
        attention(x, attn_mask=m, need_weights=True)
        for m in (mask.astype(bool), np.where(mask, -np.inf, 0.0))
    ]
    np.testing.assert_allclose(found[0][0].data, found[1][0].data, rtol=1e-12)
    for y, weights in found:
        assert (weights.data[0, 1] == 0).all()
        assert (y.data[1] == attention.out_proj.bias.data).all()
        np.testing.assert_allclose(weights.data[0, [0, 2]].sum(axis=-1), 1)


#: Layers that look up indices below 100, in rows that small integers cannot count.
LOOKUPS = {
    "Embedding": lambda: nn.Embedding(100, 40),
    "EmbeddingBag, sum": lambda: nn.EmbeddingBag(100, 40, mode="sum"),
    "EmbeddingBag, mean": lambda: nn.EmbeddingBag(100, 40, mode="mean"),
    "EmbeddingBag, max": lambda: nn.EmbeddingBag(100, 40, mode="max"),
}

#: Functions of outputs and indices below 100.
SELECTIONS = {
    "cross_entropy": nn.cross_entropy,
    "nll": nn.nll,
    "multi_margin": nn.multi_margin,
    "elements": lambda y, i: y[i % 8] * y[i % 7],
    "take": lambda y, i: np.take(y, i, axis=1),
}


@pytest.mark.parametrize("count", [8, 2000])
def test_indices_of_all_types_give_the_same_derivatives(count):
    indices = np.random.default_rng(0).integers(0, 100, count)
    outputs = np.cos(np.arange(count * 100.0)).reshape(count, 100)

    def slope(name, given):
        if name in SELECTIONS:
            leaf = Tensor(outputs)
            y = SELECTIONS[name](leaf, given)
        else:
            nn.seed(0)
            layer = LOOKUPS[name]()
            leaf, y = layer.weight, layer(given.reshape(-1, 4))
        (y * np.sin(np.arange(y.size)).reshape(y.shape)).sum().backward()
        return leaf.grad

    for name in (*LOOKUPS, *SELECTIONS):
        expected = slope(name, indices)
        for kind in ("int8", "uint8", "int16", "uint16", "int32", "uint32"):
            found = slope(name, indices.astype(kind))
            np.testing.assert_allclose(found, expected, 1e-5, 1e-5, err_msg=f"{name}, {kind}")
