"""Gradients by JAX pass the checker; JAX computes in single precision unless told otherwise."""

import numpy as np
import pytest

from autograd import check_gradients

jax = pytest.importorskip("jax", reason="JAX is not installed; `make test-peers` does it")
jnp = jax.numpy
random = np.random.default_rng(3)


def real(*shape, scale=1.0, shift=0.0):
    return shift + scale * random.normal(size=shape)


def relu_net(seed):
    r = np.random.default_rng(seed)
    X, v = r.normal(size=(20, 8)), r.normal(size=5)
    return lambda W: jnp.sum(jax.nn.relu(cast(X, W) @ W) @ cast(v, W)), r.normal(size=(8, 5))


def deep_net(seed):
    r = np.random.default_rng(seed)
    X, V, u = r.normal(size=(30, 5)), r.normal(size=(8, 8)), r.normal(size=8)

    def f(W):
        h = jax.nn.relu(jax.nn.relu(cast(X, W) @ W) @ cast(V, W))
        return jnp.mean((h @ cast(u, W)) ** 2)

    return f, r.normal(size=(5, 8))


def cast(data, like):
    return jnp.asarray(data, like.dtype)


def recurrent(W):
    def step(h, x):
        h = jnp.tanh(W @ h + x)
        return h, h.sum()

    return jax.lax.scan(step, jnp.zeros(4, W.dtype), jnp.ones((15, 4), W.dtype))[1].sum()


def newton(a):
    return jax.lax.fori_loop(0, 20, lambda _, x: x - (x**3 + x - a) / (3 * x**2 + 1), a)


def pooled(x):
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (2, 2), (2, 2), "VALID").sum()


RIGHT = {
    **{f"a relu network, seed {s}": relu_net(s) for s in range(10)},
    **{f"a deep relu network, seed {s}": deep_net(s) for s in range(6)},
    "max pooling": (pooled, real(6, 6)),
    "a recurrent network": (recurrent, real(4, 4, scale=0.5)),
    "Newton's method": (newton, np.float64(2.7)),
    "softplus of large numbers": (lambda x: jax.nn.softplus(x).sum(), np.array([-200.0, -5.0, 0.0, 40.0])),
    "logsumexp of large numbers": (jax.nn.logsumexp, np.array([1e4, 1e4 - 1, -1e4])),
    "a log-softmax": (lambda x: jax.nn.log_softmax(x)[1], real(6, scale=5)),
    "the sum of a softmax": (lambda x: jax.nn.softmax(x).sum(), real(6)),
    "a normalised batch": (lambda x: (((x - x.mean(0)) / jnp.sqrt(x.var(0) + 1e-5)) ** 3).sum(), real(9, 3)),
    "hinge": (lambda w: jax.nn.relu(1 - w).mean(), real(40)),
    "leaky relu": (lambda x: jax.nn.leaky_relu(x).sum(), real(40)),
    "gelu": (lambda x: jax.nn.gelu(x).sum(), real(12, scale=3)),
    "a median": (jnp.median, real(9)),
    "sorted and weighted": (lambda x: jnp.sort(x) @ jnp.arange(8, dtype=x.dtype), real(8)),
    "clipped": (lambda x: jnp.clip(x, -0.5, 0.7).sum(), real(40)),
    "an absolute error": (lambda x: jnp.abs(x).sum(), real(40)),
    "a table read linearly": (lambda x: jnp.interp(x, jnp.arange(4.0), jnp.array([0.0, 2.0, 1.0, 5.0])).sum(), np.array([0.3, 1.7, 2.2])),
    "eigenvalues": (lambda x: jnp.linalg.eigvalsh(x + x.T)[-1], real(4, 4)),
    "a solution": (lambda x: jnp.linalg.solve(x @ x.T + jnp.eye(4), x[0]).sum(), real(4, 4)),
    "a power spectrum": (lambda x: (jnp.abs(jnp.fft.rfft(x)) ** 2).sum(), real(12)),
    "sums of segments": (lambda x: (jax.ops.segment_sum(x, jnp.array([0, 1, 1, 2, 0])) ** 2).sum(), real(5)),
    "a cumulative product": (lambda x: jnp.cumprod(x).sum(), real(12, shift=1, scale=0.1)),
    "a long sum": (lambda x: (x * x).sum(), real(500)),
    "relu at zero": (lambda x: jax.nn.relu(x).sum(), np.array([0.0, 1.0, -1.0])),
    "a saturated tanh": (lambda x: jnp.tanh(x).sum(), np.array([-15.0, -4.0, 0.0, 7.0])),
    "a norm of small numbers": (jnp.linalg.norm, real(4, scale=1e-5)),
    "a variance about a large mean": (jnp.var, real(8, shift=30)),
    "a lgamma": (lambda x: jax.scipy.special.gammaln(x).sum(), np.array([0.1, 1.5, 30.0])),
    "log of a sum with one": (lambda x: jnp.log1p(jnp.exp(x)).sum(), real(10, scale=4)),
}  # fmt: skip


@pytest.fixture(params=[True, False], ids=["float64", "float32"])
def double(request):
    with jax.enable_x64(request.param):
        yield request.param


def check(name, double, factor=1.0):
    f, x = RIGHT[name]
    x = np.asarray(x, np.float64 if double else np.float32)
    gradient = jax.grad(f)
    return check_gradients(
        f, x, gradient=lambda x: factor * gradient(x), raises=False, explain=False
    )


@pytest.mark.parametrize("name", RIGHT)
def test_a_gradient_by_jax_is_not_called_wrong(name, double):
    report = check(name, double)
    assert "WRONG" not in report.counts, report
    if double:
        assert report.ok, report


@pytest.mark.parametrize("name", RIGHT)
def test_a_gradient_that_is_too_large_is_found(name, double):
    f, x = RIGHT[name]
    if np.abs(jax.grad(f)(jnp.asarray(x))).max() < 1e-6:
        pytest.skip("its gradient is zero")
    assert not check(name, double, factor=1.5).ok
