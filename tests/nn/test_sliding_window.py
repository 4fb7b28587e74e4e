"""Convolution and pooling against loops, over shapes of all kinds."""

import itertools
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Tensor, check_gradients, jit
from autograd.errors import OptionError, ShapeError
from nn.layers import (
    convolution,
    convolution_by_bands,
    convolution_by_planes,
    convolution_by_runs,
    small_pooling,
)
from nn.layers.pooled_windows import max_indices


@st.composite
def cases(draw, ndim, with_groups=True, most=2):
    each = {
        name: tuple(draw(st.integers(low, high)) for _ in range(ndim))
        for name, low, high in (
            ("size", 1, 7), ("kernel", 1, 3), ("stride", 1, 4), ("padding", 0, 2), ("dilation", 1, 2)
        )
    }  # fmt: skip
    groups = draw(st.integers(1, 3)) if with_groups else 1
    batch, inputs, outputs = (
        draw(st.sampled_from([0, 1, 2, 9])),  # many examples are computed together
        draw(st.integers(1, most)),
        draw(st.integers(1, most)),
    )
    return each, groups, (batch, inputs * groups, *each["size"]), outputs * groups


def has_room(each):
    rows = zip(each["size"], each["padding"], each["dilation"], each["kernel"], strict=True)
    return all(n + 2 * p >= d * (k - 1) + 1 for n, p, d, k in rows)


def windows_by_loop(x, each, fill):
    """Yield where each window goes, and what is in it: (batch, channels, *kernel)."""
    x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in each["padding"])], constant_values=fill)
    spans = [
        range(0, n - d * (k - 1), s)
        for n, d, k, s in zip(
            x.shape[2:], each["dilation"], each["kernel"], each["stride"], strict=True
        )
    ]
    for place in itertools.product(*[range(len(span)) for span in spans]):
        starts = [span[i] for span, i in zip(spans, place, strict=True)]
        index = np.ix_(*[
            [start + d * i for i in range(k)]
            for start, d, k in zip(starts, each["dilation"], each["kernel"], strict=True)
        ])  # fmt: skip
        yield place, x[(slice(None), slice(None), *index)]


def put_together(found, x):
    shape = tuple(1 + max(place[i] for place in found) for i in range(x.ndim - 2))
    channels = next(iter(found.values())).shape[1]
    y = np.empty((len(x), channels, *shape))
    for place, values in found.items():
        y[(slice(None), slice(None), *place)] = values
    return y


def convolved_by_loop(x, weight, each, groups):
    found = {}
    for place, window in windows_by_loop(x, each, 0.0):
        parts = zip(np.split(window, groups, 1), np.split(weight, groups), strict=True)
        axes = list(range(1, x.ndim))
        sums = [np.tensordot(part, w, (axes, axes)) for part, w in parts]
        found[place] = np.concatenate(sums, axis=1)
    return put_together(found, x)


def assert_convolution_matches_a_loop(case):
    each, groups, shape, outputs = case
    kind = {3: nn.Conv1d, 4: nn.Conv2d, 5: nn.Conv3d}[len(shape)]
    random = np.random.default_rng(0)
    layer = kind(
        shape[1], outputs, each["kernel"], each["stride"], each["padding"], each["dilation"], groups,
        generator=random,
    )  # fmt: skip
    x = random.normal(size=shape)
    if not has_room(each):
        with pytest.raises(ShapeError, match="is too small"):
            layer(x)
        return
    weight, bias = layer.weight.data, layer.bias.data.reshape((-1,) + (1,) * (len(shape) - 2))
    node = Tensor(x)
    y = layer(node)
    expected = convolved_by_loop(x, weight, each, groups) + bias
    np.testing.assert_allclose(y.data, expected, rtol=1e-12, atol=1e-12)
    if not x.size:
        return
    g, other, direction = (random.normal(size=s) for s in (y.shape, shape, weight.shape))
    y.backward(g)
    # Linear in x and in the weight: a derivative times a direction is the change along it.
    along_x = (convolved_by_loop(other, weight, each, groups) * g).sum()
    along_weight = (convolved_by_loop(x, direction, each, groups) * g).sum()
    assert np.isclose((node.grad * other).sum(), along_x)
    assert np.isclose((layer.weight.grad * direction).sum(), along_weight)


@given(st.one_of(cases(1), cases(2), cases(2, most=1)), st.booleans())
def test_convolution_matches_a_loop(case, by_bands):
    never = mock.patch.object(convolution_by_runs, "FEWEST", 1 << 20)
    with never, mock.patch.object(convolution_by_bands, "FEWEST", 0 if by_bands else 1 << 11):
        assert_convolution_matches_a_loop(case)


@settings(max_examples=100)
@given(
    st.one_of(*(cases(ndim, most=1) for ndim in (1, 2, 3))).filter(lambda case: case[1] > 1),
    st.sampled_from([100, 2000, 1 << 19]),
)
def test_convolution_by_runs_matches_a_loop(case, most):
    each, *others = case
    each["stride"] = (1,) * len(each["stride"])
    with mock.patch.multiple(convolution_by_runs, FEWEST=0, MOST=most):
        assert_convolution_matches_a_loop((each, *others))


@settings(max_examples=120)
@given(
    st.one_of(cases(2), cases(3)).filter(lambda case: has_room(case[0]) and case[2][0]),
    st.sampled_from([64, 1024]),
    st.sampled_from([2, 16]),
)
def test_convolution_by_planes_matches_a_loop(case, most, short):
    every = {"VOLUMES": range(9), "IMAGES": range(9), "MOST": most, "COLUMNS": 8, "SHORT": short}
    any_size = mock.patch.multiple(convolution, ELEMENTS=0, TRANSPOSED=0)
    with any_size, mock.patch.multiple(convolution_by_planes, **every):
        plans = (convolution_by_planes.forward_plan, convolution_by_planes.transposed_plan)
        for plan in plans:
            plan.cache_clear()
        assert_convolution_matches_a_loop(case)
        for plan in plans:
            plan.cache_clear()


@pytest.mark.parametrize("layer", [nn.Conv3d(4, 4, 3), nn.Conv2d(4, 4, 3, groups=4)], ids=str)
def test_an_infinite_element_reaches_only_what_it_meets(layer):
    x = Tensor(np.ones((2, 4, *[16] * layer.ndim)))
    x.data[0, 0, *[0] * layer.ndim] = np.inf  # a corner, in the first element of one window
    y = layer(x)
    y.backward(np.ones(y.shape))
    for array in (y.data[:, 0], layer.weight.grad[0]):
        np.testing.assert_array_equal(np.argwhere(~np.isfinite(array)), [[0] * array.ndim])


@given(st.one_of(cases(1, False), cases(2, False)), st.booleans())
def test_pooling_matches_a_loop(case, is_small):
    with mock.patch.object(small_pooling, "ELEMENTS", small_pooling.ELEMENTS * is_small):
        assert_pooling_matches_a_loop(case)


def assert_pooling_matches_a_loop(case):
    each, _, shape, _ = case
    x = np.random.default_rng(1).integers(-2, 3, shape).astype(float)  # with ties
    each["dilation"] = (1,) * (len(shape) - 2)
    arguments = [each[name] for name in ("kernel", "stride", "padding")]
    largest = nn.MaxPool1d if len(shape) == 3 else nn.MaxPool2d
    average = nn.AvgPool1d if len(shape) == 3 else nn.AvgPool2d
    if any(2 * p > k for p, k in zip(each["padding"], each["kernel"], strict=True)):
        with pytest.raises(OptionError, match="half"):
            largest(*arguments)
        return
    if not has_room(each):
        with pytest.raises(ShapeError, match="is too small"):
            largest(*arguments)(x)
        return
    found = {p: w.max(axis=tuple(range(2, w.ndim))) for p, w in windows_by_loop(x, each, -np.inf)}
    node = Tensor(x)
    y = largest(*arguments)(node)
    np.testing.assert_array_equal(y.data, put_together(found, x))
    y.sum().backward()
    assert node.grad.sum() == y.size
    for padded in (True, False):
        ones = windows_by_loop(np.ones((1, 1, *shape[2:])), each, 0.0)
        counts = {place: window.size if padded else window.sum() for place, window in ones}
        found = {
            place: window.sum(axis=tuple(range(2, window.ndim))) / counts[place]
            for place, window in windows_by_loop(x, each, 0.0)
        }
        y = average(*arguments, count_include_pad=padded)(x)
        np.testing.assert_allclose(y, put_together(found, x), rtol=1e-12)


def test_max_pooling_ignores_padding_and_propagates_nan():
    assert nn.MaxPool1d(2, padding=1)(np.array([[-3.0, -2.0]])).tolist() == [[-3.0, -2.0]]
    assert np.isnan(nn.MaxPool1d(2)(np.array([[1.0, np.nan]]))).all()


@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize(("stride", "dilation", "extra"), [(1, 2, 1), (1, 3, 2), (2, 3, 2)])
def test_output_padding_may_exceed_the_stride(stride, dilation, extra, padding):
    random = np.random.default_rng(0)
    options = {"stride": stride, "dilation": dilation, "generator": random}
    layer = nn.ConvTranspose2d(2, 3, 2, padding=padding, output_padding=extra, **options)
    layer.astype(np.float64)
    x = random.normal(size=(2, 2, 4, 5))
    taps = [(tap * dilation, tap) for tap in range(2)]
    wanted = np.zeros((2, 3, *((n - 1) * stride + dilation + 1 + extra for n in x.shape[2:])))
    for (i, a), (j, b) in itertools.product(taps, taps):
        part = wanted[:, :, i:, j:][:, :, : 3 * stride + 1 : stride, : 4 * stride + 1 : stride]
        part += np.einsum("nchw,co->nohw", x, layer.weight.data[:, :, a, b])
    wanted = wanted[..., padding:, padding:]
    wanted = wanted[..., : wanted.shape[-2] - padding, : wanted.shape[-1] - padding]
    wanted += layer.bias.data[:, None, None]
    np.testing.assert_allclose(layer(x).data, wanted)
    called = lambda x, w: nn.functional_call(layer, {"weight": w}, x)  # noqa: E731
    check_gradients(called, x, layer.weight.data, order=2, method="projected")


#: Layers that take maxima, with shapes that take each way to compute them.
MAXIMA = [
    (nn.MaxPool1d(3, 2, 1, 2), (2, 3, 9)), (nn.MaxPool2d(3, 2, 1), (1, 2, 5, 6)),
    (nn.MaxPool2d(3, 2, 1), (1, 8, 40, 40)), (nn.MaxPool2d((3, 2), 1, 1, 2), (2, 2, 9, 40)),
    (nn.MaxPool2d(8), (2, 1, 16, 24)), (nn.MaxPool3d(2, 1, 1), (2, 2, 3, 4, 3)),
    (nn.MaxPool1d(40, 7), (2, 2, 90)), (nn.MaxPool2d((2, 12), 3), (2, 2, 7, 30)),
    (nn.AdaptiveMaxPool2d((2, 3)), (2, 2, 5, 7)), (nn.AdaptiveMaxPool1d(4), (2, 2, 8)),
]  # fmt: skip


def windows_of(layer, shape):
    """Return for each window where its elements are in the flat channel, in order."""
    places = np.arange(np.prod(shape[2:])).reshape(1, 1, *shape[2:])
    if not hasattr(layer, "windows"):
        sizes = [*zip(shape[2:], layer.output_size, strict=True)]
        axes = [[range(i * n // m, -(-(i + 1) * n // m)) for i in range(m)] for n, m in sizes]
        return [places[(0, 0, *np.ix_(*axes))].ravel() for axes in itertools.product(*axes)]
    names = ("kernel", "stride", "dilation")
    each = {name: getattr(layer.windows, name) for name in names}
    each["padding"] = [before for before, _ in layer.windows.padding]
    return [found[found >= 0] for _, found in windows_by_loop(places, each, -1)]


@pytest.mark.parametrize("backend", [None, "numpy", "c"])
def test_of_a_window_the_first_maximum_or_last_nan_counts(backend):
    def slopes(*arrays):
        for (layer, _), array in zip(MAXIMA, arrays, strict=True):
            x = Tensor(array)
            y = layer(x)
            y.sum().backward()
            yield y.data, x.grad

    def step(*arrays):
        return list(slopes(*arrays))

    step = step if backend is None else jit(step, backend=backend)
    random = np.random.default_rng(0)
    for numbers in ([0, 1, 2], [0, 1, -np.inf], [0, 1, 2, np.nan, -np.inf], [np.nan], [-np.inf]):
        arrays = [random.choice(np.array(numbers, float), shape) for _, shape in MAXIMA]
        for (layer, shape), x, (y, g) in zip(MAXIMA, arrays, step(*arrays), strict=True):
            windows = windows_of(layer, shape)
            flat, wanted = x.reshape(*shape[:2], -1), np.zeros((*shape[:2], np.prod(shape[2:])))
            found = np.zeros((*shape[:2], len(windows)), int)
            for image in np.ndindex(*shape[:2]):
                for number, places in enumerate(windows):
                    best = places[0]
                    for place in places:
                        larger = flat[image][place] > flat[image][best]
                        best = place if larger or np.isnan(flat[image][place]) else best
                    wanted[image][best] += 1
                    found[image][number] = best
            np.testing.assert_array_equal(g, wanted.reshape(shape), str(layer))
            largest = np.take_along_axis(flat, found, -1).reshape(y.shape)
            np.testing.assert_array_equal(y, largest, str(layer))
            if hasattr(layer, "windows"):
                places = max_indices(x, layer.windows)
                np.testing.assert_array_equal(places, found.reshape(y.shape), str(layer))


def test_third_derivatives_of_a_convolution():
    random = np.random.default_rng(0)
    layer = nn.Conv1d(2, 2, 2, 2, 1, 1, 2, generator=random)

    def f(x, weight, bias):
        return np.sum(nn.functional_call(layer, {"weight": weight, "bias": bias}, x) ** 3)

    shapes = ((2, 2, 4), (2, 1, 2), (2,))
    check_gradients(f, *(random.normal(size=s) for s in shapes), order=3, method="projected")


@pytest.mark.parametrize("layer", [nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.AvgPool2d(2)], ids=str)
def test_an_input_without_channels_raises_naming_its_shape(layer):
    with pytest.raises(ShapeError, match=r"\(28, 28\).*height, width"):
        layer(np.zeros((28, 28)))


def test_invalid_options_are_errors():
    for options, message in (
        ({"stride": 0}, "stride="), ({"padding": "some"}, "padding="), ({"kernel_size": (3, 3, 3)}, "kernel_size="),
        ({"padding": "same", "stride": 2}, "same"), ({"groups": 2}, "groups="), ({"dilation": 1.5}, "dilation="),
    ):  # fmt: skip
        with pytest.raises(OptionError, match=message):
            nn.Conv2d(**{"in_channels": 3, "out_channels": 4, "kernel_size": 3, **options})
    with pytest.raises(ShapeError, match="3, height, width"):
        nn.Conv2d(3, 4, 3)(np.zeros((1, 2, 8, 8)))
