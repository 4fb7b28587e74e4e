"""Uniform numbers and initial weights of `nn.torch_style`: PyTorch's, bit for bit."""

from fractions import Fraction

import numpy as np
import pytest

import nn.torch_style as torch
from nn.torch_style.random import fused

#: What PyTorch 2.14 draws after ``torch.manual_seed(0)``.
RECORDED = {
    "layer": (
        lambda: torch.nn.Linear(3, 4).weight[:2],
        "-0x1.1b47d0p-8 0x1.3d2626p-2 -0x1.e696fcp-2 -0x1.b31792p-2 -0x1.c76962p-3 0x1.3d12a6p-3",
    ),
    "initialiser": (
        lambda: torch.nn.init.kaiming_uniform_(torch.empty(2, 3)),
        "-0x1.5af244p-7 0x1.846d38p-1 -0x1.29f962p+0 -0x1.0a703ap+0 -0x1.16e1acp-1 0x1.845556p-2",
    ),
    "double": (
        lambda: torch.empty(4, dtype=torch.float64).uniform_(-0.3, 0.7),
        "0x1.57112fe2b1096p-1 0x1.a19b87d10664dp-2 0x1.466a90822e586p-3 0x1.3dd2a3f4be3cep-1",
    ),
}


@pytest.mark.parametrize("name", RECORDED)
def test_uniform_numbers_are_those_of_pytorch(name):
    draw, recorded = RECORDED[name]
    torch.manual_seed(0)
    assert draw().flatten().tolist() == [float.fromhex(text) for text in recorded.split()]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_fused_product_and_sum_is_rounded_once(dtype):
    rng = np.random.default_rng(0)
    x, (factor, term) = rng.random(500).astype(dtype), rng.normal(size=2).astype(dtype)
    exact = [Fraction(float(a)) * Fraction(float(factor)) + Fraction(float(term)) for a in x]
    np.testing.assert_array_equal(
        fused(x, factor, term), np.array([float(e) for e in exact], dtype)
    )
    twice = x * factor + term
    assert (twice != fused(x, factor, term)).any()


#: Tensors that are not contiguous, and the axes with which they are.
LAYOUTS = {
    "transposed": (lambda x: x.t(), (1, 0)),
    "permuted": (lambda x: x.reshape(2, 3, 4).permute(1, 2, 0), (2, 0, 1)),
    "with gaps": (lambda x: x[:, ::2].t(), (1, 0)),
}
DRAWS = {
    "randn_like": torch.randn_like, "rand_like": torch.rand_like, "zeros_like": torch.zeros_like,
    "randint_like": lambda x: torch.randint_like(x, 9), "normal_": lambda x: x.clone().normal_(),
    "empty_like": lambda x: torch.empty_like(x).exponential_(),
    "bernoulli_": lambda x: x.clone().bernoulli_(0.5), "dropout": torch.nn.Dropout(0.5),
}  # fmt: skip


def test_random_zeros_of_results_are_drawn_in_their_order():
    x = torch.ones(4, 3).t().softmax(-1)  # not contiguous, but it is in PyTorch
    torch.manual_seed(0)
    found = torch.nn.functional.dropout(x, 0.5)
    torch.manual_seed(0)
    expected = torch.nn.functional.dropout(torch.full((3, 4), 0.25), 0.5)
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-6)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", DRAWS)
def test_numbers_are_drawn_in_the_order_of_memory(layout, name):
    turn, axes = LAYOUTS[layout]
    torch.manual_seed(0)
    found = DRAWS[name](turn(torch.ones(4, 6))).permute(*axes)
    torch.manual_seed(0)
    expected = DRAWS[name](torch.ones(found.shape))
    if "norm" in name or name == "randn_like":  # one by one, though there are many
        torch.manual_seed(0)
        expected = torch.cat([torch.randn(1) for _ in range(found.numel())]).reshape(found.shape)
    assert found.is_contiguous()
    np.testing.assert_array_equal(found.numpy(), expected.numpy())


@pytest.mark.parametrize("name", ["Linear", "Bilinear", "LSTM", "MultiheadAttention", "Embedding"])
@pytest.mark.parametrize("wanted", [torch.float32, torch.float64])
def test_initial_numbers_are_drawn_in_their_own_type(name, wanted):
    other = {torch.float32: torch.float64, torch.float64: torch.float32}[wanted]
    sizes = (4, 2, 3) if name == "Bilinear" else (4, 2)

    def drawn(default, make):
        torch.set_default_dtype(default)
        torch.manual_seed(0)
        return [p.detach().numpy() for p in make().parameters()]

    def redrawn():
        layer = getattr(torch.nn, name)(*sizes).to(wanted)
        torch.manual_seed(0)
        if not isinstance(layer, torch.nn.MultiheadAttention):  # whose method draws less
            layer.reset_parameters()
            return layer
        return getattr(torch.nn, name)(*sizes, dtype=wanted)

    try:
        expected = drawn(wanted, lambda: getattr(torch.nn, name)(*sizes))
        for make in (lambda: getattr(torch.nn, name)(*sizes, dtype=wanted), redrawn):
            for found, one in zip(drawn(other, make), expected, strict=True):
                np.testing.assert_array_equal(found, one)
        torch.set_default_dtype(other)
        torch.manual_seed(0)
        found = torch.nn.init.normal_(torch.empty(3, 7, dtype=wanted))
        torch.manual_seed(0)
        assert torch.equal(found, torch.randn(3, 7, dtype=wanted))
    finally:
        torch.set_default_dtype(torch.float32)
