"""Gradients by PyTorch pass the checker, in double and in single precision."""

import numpy as np
import pytest

from autograd import check_gradients

torch = pytest.importorskip("torch", reason="PyTorch is not installed; `make test-peers` does it")
F = torch.nn.functional


def net(*layers, input, seed=0):
    """Return a function of the parameters of the first layer, and these parameters."""

    def build(dtype):
        torch.manual_seed(seed)
        model = torch.nn.Sequential(*(make() for make in layers)).to(dtype).requires_grad_(False)
        x = torch.randn(input, dtype=dtype)
        weight = dict(model.named_parameters())["0.weight"].detach().clone()

        def f(weight):
            return torch.func.functional_call(model, {"0.weight": weight}, (x,)).sum()

        return f, weight

    return build


def of(f, *shape, scale=1.0, shift=0.0, seed=0):
    """Return a function of a random tensor, and the tensor."""

    def build(dtype):
        torch.manual_seed(seed)
        return f, (shift + scale * torch.randn(shape, dtype=torch.float64)).to(dtype)

    return build


def at(f, numbers):
    return lambda dtype: (f, torch.tensor(numbers, dtype=dtype))


def spd(A):
    return A @ A.mT + torch.eye(len(A), dtype=A.dtype)


nn = torch.nn
LABELS = torch.tensor([0, 2, 1, 2, 0, 1])
RIGHT = {
    **{f"a relu network, seed {s}": net(lambda: nn.Linear(8, 12), nn.ReLU, lambda: nn.Linear(12, 3), input=(20, 8), seed=s) for s in range(8)},
    **{f"a deep relu network, seed {s}": net(lambda: nn.Linear(5, 10), nn.ReLU, lambda: nn.Linear(10, 10), nn.ReLU, lambda: nn.Linear(10, 1), input=(30, 5), seed=s) for s in range(4)},
    "a leaky relu network": net(lambda: nn.Linear(6, 9), nn.LeakyReLU, lambda: nn.Linear(9, 2), input=(20, 6)),
    "a convolution, relu and max pooling": net(lambda: nn.Conv2d(1, 3, 3), nn.ReLU, lambda: nn.MaxPool2d(2), nn.Flatten, lambda: nn.Linear(12, 1), input=(4, 1, 6, 6)),
    "batch normalisation": net(lambda: nn.Linear(4, 5), lambda: nn.BatchNorm1d(5, track_running_stats=False), nn.Tanh, lambda: nn.Linear(5, 1), input=(12, 4)),
    "layer normalisation and gelu": net(lambda: nn.Linear(4, 6), lambda: nn.LayerNorm(6), nn.GELU, lambda: nn.Linear(6, 1), input=(7, 4)),
    "a hard tanh": of(lambda x: F.hardtanh(x).sum(), 30),
    "softplus of large numbers": at(lambda x: F.softplus(x).sum(), [-300.0, -10.0, 0.0, 15.0, 300.0]),
    "logsumexp of large numbers": at(lambda x: torch.logsumexp(x, 0), [1e4, 1e4 - 2, -1e4]),
    "a cross-entropy": of(lambda x: F.cross_entropy(x, LABELS), 6, 3),
    "a cross-entropy of confident scores": of(lambda x: F.cross_entropy(x, LABELS), 6, 3, scale=30),
    "the sum of a softmax": of(lambda x: torch.softmax(x, 1).sum(), 4, 5),
    "a smooth L1 loss": of(lambda x: F.smooth_l1_loss(x, torch.zeros_like(x)), 20, scale=2),
    "a hinge loss": of(lambda x: F.multi_margin_loss(x, LABELS), 6, 3),
    "attention": of(lambda x: F.scaled_dot_product_attention(x[None], x[None], x[None], is_causal=True).sum(), 5, 4),
    "a median": of(lambda x: x.median(), 9),
    "the sum of the largest": of(lambda x: x.topk(3).values.sum(), 20),
    "sorted and weighted": of(lambda x: x.sort().values @ torch.arange(8, dtype=x.dtype), 8),
    "clamped": of(lambda x: x.clamp(-0.5, 0.7).sum(), 30),
    "a distance matrix": of(lambda x: torch.cdist(x, x + 1).sum(), 4, 3),
    "a product with a zero": at(lambda x: x.prod(), [0.0, 2.0, 3.0]),
    "cumulative products": of(lambda x: x.cumprod(0).sum(), 12, shift=1, scale=0.1),
    "eigenvalues": of(lambda x: torch.linalg.eigvalsh(x + x.mT)[-1], 4, 4),
    "a log-determinant": of(lambda x: torch.linalg.slogdet(spd(x))[1], 4, 4),
    "a solution": of(lambda x: torch.linalg.solve(spd(x), x[0]).sum(), 4, 4),
    "a power spectrum": of(lambda x: torch.fft.rfft(x).abs().square().sum(), 12),
    "an image read between its pixels": of(lambda x: F.interpolate(x[None, None], size=(7, 7), mode="bilinear").square().sum(), 4, 4),
    "a sum by index": of(lambda x: torch.zeros(4, dtype=x.dtype).index_add(0, torch.tensor([0, 1, 1, 3, 0]), x).square().sum(), 5),
    "a Huber loss where its pieces meet": at(lambda x: F.huber_loss(x, torch.zeros_like(x), reduction="sum"), [1.0, -1.0, 0.2]),
    "relu at zero": at(lambda x: F.relu(x).sum(), [0.0, 1.0, -1.0]),
    "a saturated sigmoid": at(lambda x: torch.sigmoid(x).sum(), [-50.0, -12.0, 0.0, 20.0]),
    "the norm of a small vector": of(lambda x: x.norm(), 4, scale=1e-5),
    "log1p of small numbers": at(lambda x: torch.log1p(x).sum(), [1e-6, -1e-6, 0.0]),
    "a mean of many": of(lambda x: x.square().mean(), 700),
    "a variance about a large mean": of(lambda x: x.var(), 8, shift=30),
}  # fmt: skip


def check(build, dtype, factor=1.0):
    f, x = build(dtype)

    def gradient(x):
        return factor * torch.func.grad(f)(x)

    return check_gradients(f, x, gradient=gradient, raises=False, explain=False)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("name", RIGHT)
def test_a_gradient_by_pytorch_is_not_called_wrong(name, dtype):
    report = check(RIGHT[name], dtype)
    assert "WRONG" not in report.counts, report
    if dtype == torch.float64:
        assert report.ok, report


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("name", RIGHT)
def test_a_gradient_that_is_too_large_is_found(name, dtype):
    f, x = RIGHT[name](dtype)
    if np.abs(np.asarray(torch.func.grad(f)(x))).max() < 1e-6:
        pytest.skip("its gradient is zero")
    assert not check(RIGHT[name], dtype, factor=1.5).ok
