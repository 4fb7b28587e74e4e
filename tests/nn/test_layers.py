import functools
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor, check_gradients, grad, vmap

sys.path.insert(0, str(Path(__file__).parent))
from samples import CONSTANTS, TABLE, arrays, factors, flat, state

RECORDED = np.load(Path(__file__).with_name("data") / "torch_layers.npz")
SAMPLES = pytest.mark.each("sample", TABLE, ids=lambda sample: sample.name)


def build(sample):
    model = eval(sample.model, {"nn": nn})
    if model is not None:
        own = model.state_dict()
        given = state({name: array.shape for name, array in own.items()})
        model.load_state_dict({**own, **given})
    return model


def outputs_of(sample, model, x):
    return flat(eval(sample.call, {"nn": nn, **CONSTANTS}, {"model": model, "x": x}))


def total_of(outputs):
    return sum((y * factor).sum() for y, factor in zip(outputs, factors(outputs), strict=True))


def floats(sample):
    return [np.asarray(array, float) for array in arrays(sample)]


@SAMPLES
def test_a_layer_matches_pytorch(sample):
    model, x = build(sample), [Tensor(array) for array in floats(sample)]
    outputs = outputs_of(sample, model, x)
    total = total_of(outputs)
    if total.requires_grad:
        total.backward()
    found = {f"output {i}": y.data for i, y in enumerate(outputs)}
    found.update((f"gradient {i}", array.grad) for i, array in enumerate(x))
    if model is not None:
        found.update((f"gradient {n}", p.grad) for n, p in model.named_parameters())
        found.update((f"buffer {n}", b) for n, b in model.named_buffers())
    names = {name for name in RECORDED.files if name.startswith(f"{sample.name}: ")}
    assert names == {f"{sample.name}: {what}" for what in found}
    for what, array in found.items():
        expected = RECORDED[f"{sample.name}: {what}"]
        np.testing.assert_allclose(array, expected, rtol=1e-10, atol=1e-10, err_msg=what)


def some():
    """Yield a smooth sample of each kind and some more; `make gallery` takes the others."""
    seen = set()
    for number, sample in enumerate(s for s in TABLE if s.smooth):
        kind = (sample.model or sample.call).partition("(")[0]
        taken = kind not in seen or number % 4 == 0
        yield pytest.param(sample, marks=[] if taken else [pytest.mark.gallery])
        seen.add(kind)


@pytest.mark.each("sample", list(some()), ids=lambda sample: sample.name)
def test_derivatives_agree_with_finite_differences(sample):
    model, x = build(sample), floats(sample)
    named = [] if model is None else model.named_parameters()

    def f(inputs, parameters):
        new = {name: node for (name, _), node in zip(named, parameters, strict=True)}
        call = functools.partial(nn.functional_call, model, new)
        return total_of(outputs_of(sample, call if named else model, list(inputs)))

    parameters = tuple(p.data for _, p in named)
    kinked = sample.name.startswith(
        (
            "MaxPool",
            "RNN, relu",
            "RNNCell, relu",
            "Transformer",
            "mae",
            "huber",
            "hinge",
            "smooth",
            "triplet",
            "PReLU",
        )
    )
    options = {"modes": ("reverse", "forward"), "method": "projected"}
    check_gradients(f, tuple(x), parameters, order=1 if kinked else 2, **options)


@SAMPLES
def test_single_precision_stays_single(sample):
    model, x = build(sample), [Tensor(array.astype(np.float32)) for array in floats(sample)]
    if model is not None:
        model.astype(np.float32)
    outputs = outputs_of(sample, model, x)
    assert {y.dtype for y in outputs} == {np.dtype(np.float32)}
    total = sum(
        (y * f.astype(np.float32)).sum() for y, f in zip(outputs, factors(outputs), strict=True)
    )
    if total.requires_grad:
        total.backward()
    parameters = [] if model is None else model.parameters()
    assert all(leaf.grad.dtype == np.float32 for leaf in [*x, *parameters])
    if model is not None:
        assert {b.dtype.kind for b in model.buffers()} <= {"f", "i"}
        assert np.float64 not in {b.dtype for b in model.buffers()}
    assert all(
        np.allclose(y.data, RECORDED[f"{sample.name}: output {i}"], rtol=1e-4, atol=1e-4)
        for i, y in enumerate(outputs)
    )


def test_every_layer_and_loss_has_a_sample():
    text = " ".join(sample.model + sample.call for sample in TABLE)
    classes = {n for n in nn.__all__ if isinstance(getattr(nn, n), type)}
    layers = {n for n in classes if issubclass(getattr(nn, n), nn.Module)}
    layers = {n for n in layers if not n.endswith("Loss")} - {
        "Module",
        "Residual",
        "Identity",
        "ModuleDict",
        "ModuleList",
    }
    functions = {n for n in nn.__all__ if getattr(nn, n) is getattr(nn.losses, n, None)}
    assert len(layers) >= 80
    assert len(functions) == 20
    assert [name for name in layers | functions if f"nn.{name}(" not in text] == []


@pytest.mark.parametrize(
    ("module", "function"),
    [
        (nn.MSELoss("sum"), lambda x, t: nn.mse(x, t, "sum")),
        (nn.L1Loss(), nn.mae),
        (nn.HuberLoss(delta=0.1), lambda x, t: nn.huber(x, t, delta=0.1)),
        (nn.BCEWithLogitsLoss(), nn.binary_cross_entropy_with_logits),
        (nn.KLDivLoss("batchmean"), lambda x, t: nn.kl_divergence(x, t, "batchmean")),
        (
            nn.CrossEntropyLoss(label_smoothing=0.1),
            lambda x, t: nn.cross_entropy(x, t, label_smoothing=0.1),
        ),
    ],
    ids=lambda x: str(x) if isinstance(x, nn.Module) else "",
)
def test_a_loss_as_a_module_is_the_function(module, function):
    x, targets = Tensor([[0.3, -2.0]]), np.array([[0.2, 0.8]])
    assert module(x, targets).data == function(x, targets).data


def test_loss_and_activation_options_are_validated():
    with pytest.raises(TypeError, match="slope"):
        nn.LeakyReLU(slope=0.1)
    with pytest.raises(TypeError):
        nn.ReLU(0.1)
    assert repr(nn.LeakyReLU(0.2)) == "LeakyReLU(negative_slope=0.2)"


@pytest.mark.parametrize("number", [np.inf, np.nan])
def test_resampling_spreads_infinity_only_to_its_neighbours(number):
    x = np.array([[[1.0, 2.0, number, 3.0]]])
    repeated = np.array([[[1.0, 1.0, 2.0, 2.0, number, number, 3.0, 3.0]]])
    np.testing.assert_array_equal(nn.Upsample(scale_factor=2)(x), repeated)
    np.testing.assert_array_equal(nn.AdaptiveAvgPool1d(2)(x), [[[1.5, number]]])
    linear = nn.Upsample(scale_factor=2, mode="linear")(x)
    np.testing.assert_array_equal(np.isfinite(linear[0, 0]), [1, 1, 1, 0, 0, 0, 0, 1])
    tensor = Tensor(x)
    nn.AdaptiveAvgPool1d(2)(tensor).backward(np.array([[[np.inf, 1.0]]]))
    assert tensor.grad.tolist() == [[[np.inf, np.inf, 0.5, 0.5]]]


@pytest.mark.parametrize(
    "layer", [nn.Upsample((5, 3)), nn.Upsample((5, 3), mode="bilinear"), nn.AdaptiveAvgPool2d(2)]
)
def test_resampling_of_a_batch_is_that_of_its_entries(layer):
    x = np.random.default_rng(0).normal(size=(4, 2, 3, 3, 2))
    np.testing.assert_allclose(vmap(layer)(x), [layer(entry) for entry in x])
    slopes = vmap(grad(lambda entry: np.sum(layer(entry) ** 2)))(x)
    np.testing.assert_allclose(
        slopes, [grad(lambda entry: np.sum(layer(entry) ** 2))(entry) for entry in x]
    )


def test_prelu_has_its_left_derivative_at_zero():
    layer, x = nn.PReLU(2, init=0.25), Tensor(np.zeros((3, 2, 4)))
    layer(x).sum().backward()
    assert (x.grad == 0.25).all()
    assert layer.weight.grad.tolist() == [0.0, 0.0]
