"""Normalisation of rows and channels in parts: the same as the formula, whatever the layout."""

import numpy as np
import pytest

import nn
from autograd import Tensor, check_gradients, make_vjp
from nn.layers import norm_kernels, norm_parts, norm_rows
from nn.layers.normalisation import Kept, normalised

#: Shapes and the axes whose mean is removed: rows, channels and others.
LAYOUTS = [
    ((7, 5), (1,)), ((7, 5), (0,)), ((3, 4, 5), (2,)), ((3, 4, 5), (1, 2)), ((3, 4, 5), (0, 2)),
    ((6, 3, 2, 4), (0, 2, 3)), ((3, 4, 5), (1,)), ((5, 4), (0, 1)), ((40, 3), (0,)),
]  # fmt: skip
EACH = pytest.mark.parametrize(("shape", "axes"), LAYOUTS, ids=str)


def formula(x, weight, bias, axes, eps, centred):
    centre = x - x.mean(axes, keepdims=True) if centred else x
    y = centre / np.sqrt((centre * centre).mean(axes, keepdims=True) + eps)
    return (y if weight is None else y * weight) + (0 if bias is None else bias)


def inputs(shape, axes, dtype=np.float64, offset=0.3):
    random = np.random.default_rng(7)
    x = random.normal(offset, 1, shape).astype(dtype)
    if axes == tuple(range(len(shape) - len(axes), len(shape))):
        inner = shape[len(shape) - len(axes) :]
    else:
        inner = tuple(1 if a in axes else n for a, n in enumerate(shape))
    return x, random.normal(1, 1, inner).astype(dtype), random.normal(0, 1, inner).astype(dtype)


def cut(monkeypatch, size):
    """Let parts have a size; if it is 1, columns and rows are products of matrices."""
    for module in (norm_kernels, norm_rows):
        monkeypatch.setattr(module, "PART", size)
    monkeypatch.setattr(norm_parts, "SMALL", size)


@pytest.mark.parametrize("size", [1, 64, 1 << 19])
@pytest.mark.parametrize("centred", [True, False])
@EACH
def test_normalisation_in_parts_matches_its_formula(shape, axes, centred, size, monkeypatch):
    cut(monkeypatch, size)
    x, weight, bias = inputs(shape, axes)
    for given in ((weight, bias), (weight, None), (None, bias), (None, None)):
        settings = (*given, axes, 1e-3, centred)
        expected = formula(x, *settings)
        np.testing.assert_allclose(normalised(x, *settings, Kept()), expected, 1e-12, 1e-12)
        turned = np.asfortranarray(x)
        np.testing.assert_allclose(normalised(turned, *settings, Kept()), expected, 1e-12, 1e-12)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("size", [1, 1 << 19])
@EACH
def test_its_derivatives_match_finite_differences(shape, axes, size, centred, monkeypatch):
    cut(monkeypatch, size)
    x, weight, bias = inputs(shape, axes)

    def f(x, weight, bias):
        if not isinstance(x, Tensor):
            return formula(x, weight, bias, axes, 1e-3, centred)
        return normalised(x, weight, bias, axes, 1e-3, centred, Kept())

    options = {"modes": ("reverse", "forward"), "method": "projected"}
    assert check_gradients(f, x, weight, bias, **options).ok
    assert check_gradients(lambda x: f(x, None, None) ** 2, x, method="projected").ok
    assert check_gradients(lambda x, b: f(x, None, b), np.asfortranarray(x), bias, **options).ok
    assert check_gradients(lambda weight: f(Tensor(x), weight, bias), weight).ok


@pytest.mark.parametrize("size", [1, 1 << 19])
@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("inner", [(20,), (3, 1)], ids=["rows", "groups"])
def test_large_and_small_numbers_are_normalised_as_well(inner, centred, size, monkeypatch):
    cut(monkeypatch, size)
    shape, axes = ((6, 20), (1,)) if inner == (20,) else ((4, 2, 3, 5), (2, 3))
    inner = inner if inner == (20,) else (2, *inner)
    random = np.random.default_rng(5)
    numbers, g = random.normal(size=(2, *shape)).astype(np.float32)
    weight, bias = random.normal(1, 1, (2, *inner)).astype(np.float32)
    for power, mean in ((0, 0.9), (0, 1.1), (0, 2.0**10), (-60, 0), (60, 0), (60, 1), (55, 2.0**8)):
        x = np.ldexp(numbers + np.float32(mean), power)
        if not centred and mean > 2:
            continue  # the square of such a number is infinite
        settings = axes, 2.0 ** min(2 * power - 20, 0), centred
        pull, y = make_vjp(normalised, (0, 1, 2))(x, weight, bias, *settings, Kept())
        wide = [np.float64(a) for a in (x, weight, bias)]
        exact, expected = make_vjp(formula, (0, 1, 2))(*wide, *settings)
        for found, wanted in zip((y, *pull(g)), (expected, *exact(np.float64(g))), strict=True):
            assert np.max(abs(found - wanted)) <= 1e-4 * np.max(abs(wanted)), (power, mean)


@EACH
def test_second_derivatives_of_normalisation(shape, axes):
    from autograd import grad

    x, weight, bias = inputs(shape, axes)
    v = np.random.default_rng(1).normal(size=shape)

    def loss(x, weight):
        return np.sum(np.sin(normalised(x, weight, bias, axes, 1e-3, True, Kept())))

    def along(x, weight):
        return np.sum(grad(loss)(x, weight) * v)

    assert check_gradients(along, x, weight).ok


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@EACH
def test_low_precision_is_kept_and_accurate(shape, axes, dtype):
    x, weight, bias = inputs(shape, axes, dtype, offset=30)
    t, w, b = Tensor(x), Tensor(weight), Tensor(bias)
    y = normalised(t, w, b, axes, 1e-3, True, Kept())
    y.backward(np.ones_like(x))
    wide = [a.astype(np.float64) for a in (x, weight, bias)]
    expected = formula(*wide, axes, 1e-3, True)
    assert {y.dtype, t.grad.dtype, w.grad.dtype, b.grad.dtype} == {np.dtype(dtype)}
    tolerance = {np.float16: 0.15, np.float32: 1e-4}[dtype]
    np.testing.assert_allclose(y.data, expected, tolerance, tolerance)


def test_variances_of_very_different_examples_are_exact(monkeypatch):
    cut(monkeypatch, 8)
    x = np.concatenate([np.zeros((3, 2)), np.random.default_rng(0).normal(1e6, 1, (50, 2))])
    kept = Kept()
    normalised(x, None, None, (0,), 1e-5, True, kept)
    np.testing.assert_allclose(kept.mean[0], x.mean(0), 1e-14)
    np.testing.assert_allclose(kept.variance[0], x.var(0), 1e-12)


def test_a_constant_channel_is_exactly_its_bias():
    layer = nn.BatchNorm1d(1)
    layer.bias.data[...] = 0.25
    np.testing.assert_array_equal(layer(np.full((8, 1), 1024.0)).data, np.full((8, 1), 0.25))


def test_backward_twice_and_after_another_forward_pass():
    layer = nn.LayerNorm(4)
    x, other = np.random.default_rng(0).normal(size=(2, 3, 4))
    t = Tensor(x)
    y = layer(t)
    layer(Tensor(other)).sum().backward()
    layer.zero_grad()
    y.backward(np.cos(x), retain_graph=True)
    first, weight = t.grad.copy(), layer.weight.grad.copy()
    y.backward(np.cos(x))
    np.testing.assert_array_equal(t.grad, 2 * first)
    np.testing.assert_array_equal(layer.weight.grad, 2 * weight)


def test_nan_stays_in_its_row_or_channel():
    x = np.random.default_rng(0).normal(size=(4, 3))
    x[1, 2] = np.nan
    rows = nn.LayerNorm(3)(x).data
    assert np.isnan(rows).any(1).tolist() == [False, True, False, False]
    columns = nn.BatchNorm1d(3)(x).data
    assert np.isnan(columns).any(0).tolist() == [False, False, True]
