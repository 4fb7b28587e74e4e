"""Products of matrices in C: any shape and layout, errors, and which ones NumPy computes."""

import itertools
import random
import warnings

import numpy as np
import pytest
from program.saved_c import SANITIZERS

from autograd import grad, jit, trace
from autograd.program.backends.c import compiler, products
from autograd.program.backends.c.library import unavailable

pytestmark = pytest.mark.skipif(unavailable() != "", reason=unavailable())

DTYPES = (np.float64, np.float32)


@pytest.fixture(autouse=True, scope="module")
def own_library(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        if SANITIZERS:
            flags = [x.replace("-O3", "-O1") for x in compiler.FLAGS]
            patch.setattr(compiler, "FLAGS", (*flags, *SANITIZERS))
        patch.setenv("CHAINRULE_CACHE", str(tmp_path_factory.mktemp("cache")))
        products._compiled.cache_clear()
        products._product.cache_clear()
        yield
    products._compiled.cache_clear()
    products._product.cache_clear()


def assert_right(x, y):
    """Compare the product with one in double precision, within the bound of any order of sums."""
    wanted = np.matmul(x.astype(np.float64), y.astype(np.float64))
    size = np.matmul(np.abs(x).astype(np.float64), np.abs(y).astype(np.float64))
    product = products.Product(wanted.shape, x.dtype, True)
    found = np.full(wanted.shape, 7, x.dtype)
    assert product._call((x, y, found, products.KINDS)) == 0
    assert np.array_equal(found, product(x, y))
    bound = np.finfo(x.dtype).eps * x.shape[-1] * size
    assert np.all(np.abs(found - wanted) <= bound), (x.shape, y.shape, x.strides, y.strides)


def laid_out(random, array):
    """Return an array that lies in memory in some way."""
    kind = random.randrange(5)
    if kind == 1:
        return np.asfortranarray(array)
    if kind == 2:
        return np.ascontiguousarray(array[..., ::-1, :])[..., ::-1, :]
    if kind == 3:
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1] + 1), array.dtype)
        wide[..., 1::2] = array
        return wide[..., 1::2]
    if kind == 4:
        return np.ascontiguousarray(array.swapaxes(-1, -2)).swapaxes(-1, -2)
    return array


def shapes(random):
    """Return the shapes of two stacks of matrices."""
    rows, n, columns = (random.choice((1, 2, 3, 5, 6, 7, 8, 12, 16, 17, 33, 64)) for _ in range(3))
    stack = random.choice(((), (), (1,), (3,), (2, 3), (4, 1, 2)))
    x, y = ([1 if random.random() < 0.3 else k for k in stack] for _ in range(2))
    kept = random.randrange(len(stack) + 1)
    return (*x, rows, n), (*y[kept:], n, columns)


@pytest.mark.parametrize("dtype", DTYPES)
def test_products_of_any_shape_and_layout_are_right(dtype):
    choose, numbers = random.Random(0), np.random.default_rng(0)
    for _ in range(400):
        assert_right(
            *(laid_out(choose, numbers.normal(size=s).astype(dtype)) for s in shapes(choose))
        )


@pytest.mark.parametrize("dtype", DTYPES)
def test_products_of_several_blocks_are_right(dtype):
    choose, numbers = random.Random(0), np.random.default_rng(0)
    for x, y in (
        ((9, 257), (257, 1100)),  # two blocks of columns, three of what is summed
        ((200, 130), (130, 517)),  # two blocks of rows
        ((2, 3, 7, 300), (300, 260)),
        ((2, 13, 129), (2, 129, 511)),
    ):
        for _ in range(4):
            assert_right(*(laid_out(choose, numbers.normal(size=s).astype(dtype)) for s in (x, y)))
    x = numbers.normal(size=(140, 2100)).astype(dtype).T  # its rows lie far apart
    assert_right(x[:50], numbers.normal(size=(140, 500)).astype(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_products_with_special_numbers_are_those_of_numpy(dtype):
    numbers = (0.0, -0.0, 1.0, np.inf, -np.inf, np.nan, np.finfo(dtype).max)
    x = np.array([*itertools.product(numbers, numbers)], dtype)
    y = np.array([[1, -1, 0, np.inf, 2], [1, 1, 3, 1, np.nan]], dtype)
    product = products.Product((len(x), 5), np.dtype(dtype), True)
    with np.errstate(all="ignore"):
        assert np.array_equal(product(x, y), x @ y, equal_nan=True)
    with pytest.warns(RuntimeWarning, match="in matmul"):
        product(x, y)
    most, ones = np.full_like(x, np.finfo(dtype).max), np.ones_like(y)
    with np.errstate(over="raise", invalid="ignore"), pytest.raises(FloatingPointError):
        product(most, ones)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        product(np.full_like(x, np.nan), ones)


def test_arrays_that_are_not_as_expected_go_to_numpy():
    product = products.Product((3, 4), np.dtype(float), True)
    x, y = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4)
    raw = np.zeros(65, np.uint8)
    odd = np.ndarray((2, 4), float, raw, 1)
    odd[...] = y
    for given in (y, y.astype("f"), y.astype(">f8"), y.astype(int), odd):
        assert np.array_equal(product(x, given), x @ y)
    for wrong in (np.ones((3, 4)), np.ones((2, 5)), np.ones(2), np.ones((2, 2, 4))):
        with pytest.raises(ValueError, match=r"mismatch|broadcast|dimension"):
            product(x, wrong)


def test_programs_use_products_where_they_are_faster():
    random = np.random.default_rng(0)
    w, x = random.normal(size=(16, 16)), random.normal(size=(4, 16))

    def steps(w, x):
        for _ in range(5):
            x = np.tanh(x @ w + np.matmul(x, w.T))
        return np.sum(x**2)

    for dtype in DTYPES:
        given = (w.astype(dtype), x.astype(dtype))
        jitted = jit(grad(steps, (0, 1)), backend="c")
        jitted(*given)
        limit = 1e-12 if dtype is np.float64 else 1e-3
        for found, wanted in zip(jitted(*given), grad(steps, (0, 1))(*given), strict=True):
            assert np.allclose(found, wanted, rtol=limit, atol=limit)
        assert "C products: " in jitted.summary()
        w *= 0.5  # in place: nothing of it was kept
        given[0][:] = w
        for found, wanted in zip(jitted(*given), grad(steps, (0, 1))(*given), strict=True):
            assert np.allclose(found, wanted, rtol=limit, atol=limit)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.ones((7, 200)), np.ones((600, 200)).T),
        (np.ones((3, 4)), np.ones(4)),
        (np.ones((3, 4), complex), np.ones((4, 2), complex)),
        (np.ones((3, 4), int), np.ones((4, 2), int)),
        (np.ones((3, 4), np.float32), np.ones((4, 2))),
        (np.ones((0, 4)), np.ones((4, 2))),
        (np.ones((3, 0)), np.ones((0, 2))),
        (np.ones((2, 3, 4), np.float16), np.ones((4, 2), np.float16)),
    ],
)
def test_other_products_are_left_to_numpy(x, y):
    jitted = jit(lambda x, y: x @ y, backend="c")
    jitted(x, y)
    found = jitted(x, y)
    assert found.dtype == (x @ y).dtype
    assert np.array_equal(found, x @ y)
    assert "C products" not in jitted.summary()


@pytest.mark.parametrize(("vector", "threads"), [(64, "1"), (64, "2"), (32, "1")])
def test_large_products_run_in_c_where_it_is_wider(monkeypatch, vector, threads):
    monkeypatch.setattr(products, "vector_bytes", lambda: vector)
    monkeypatch.setattr(products.os, "cpu_count", lambda: 2)
    for name in products._THREADS:
        monkeypatch.setenv(name, threads)
    random = np.random.default_rng(0)
    x, y = random.normal(size=(90, 200)), random.normal(size=(600, 200))
    jitted = jit(lambda x, y: x @ y.T, backend="c")
    jitted(x, y)
    assert np.allclose(jitted(x, y), x @ y.T, rtol=1e-12, atol=1e-12)
    assert ("C products: 1 of large ones" in jitted.summary()) == (vector == 64 and threads == "1")


def test_without_products_the_other_kernels_still_run(monkeypatch):
    monkeypatch.setattr(products, "HEAD", "this is no C\n")
    products._compiled.cache_clear()
    products._product.cache_clear()
    jitted = jit(lambda x: np.tanh(x @ x) * 2 + 1, backend="c")
    x = np.eye(4)
    jitted(x)
    assert np.allclose(jitted(x), np.tanh(x @ x) * 2 + 1)
    assert "C kernels: " in jitted.summary()
    assert "no C products: " in jitted.summary()
    assert unavailable() == ""
    products._compiled.cache_clear()


def test_a_matrix_that_changes_is_not_copied_once():
    def changed(x, w):
        w = w.copy()
        total = 0.0
        for k in range(4):
            total = total + np.sum(x @ w.T)
            w[k] = x[0, k] * w[k]
        return total

    x, w = np.arange(48.0).reshape(8, 6), np.arange(36.0).reshape(6, 6)
    jitted = jit(changed, backend="c")
    jitted(x, w)
    assert np.isclose(jitted(x, w), changed(x, w), rtol=1e-13)
    assert trace(changed)(x, w)(x, w) == changed(x, w)
