"""Exported models compute what the models do, for other batch sizes; skipped without onnx."""

import sys

import numpy as np
import pytest

import nn
from autograd import Tensor
from autograd.errors import DataError, MissingProgramError

RANDOM = np.random.default_rng(0)


class Mixed(nn.Module):
    """Operations between layers."""

    def __init__(self):
        self.a, self.b = nn.Linear(6, 6), nn.Linear(6, 6, bias=False)

    def forward(self, x):
        h = np.concatenate([np.tanh(self.a(x)), 2 - x * self.b(x)], axis=1).reshape(-1, 2, 6)
        h = (h @ np.arange(18.0).reshape(6, 3)).mean(axis=2, keepdims=True)[:, :, 0]
        h = np.maximum(np.exp(-np.square(h)), 0.1) + np.sqrt(np.abs(h)) + np.clip(h, -1, 1)
        return nn.softmax(h, axis=-1) ** 2 / (1 + np.max(h, axis=1, keepdims=True) ** 2)


class Attention(nn.Module):
    """Attention to other steps, and to earlier ones."""

    def __init__(self):
        self.first = nn.MultiheadAttention(6, 3)
        self.second = nn.MultiheadAttention(6, 2, batch_first=True)

    def forward(self, x):
        x = x + self.second(x, is_causal=True)[0]
        turned = x.transpose(1, 0, 2)
        return self.first(turned, turned * 2, turned)[0].transpose(1, 0, 2)


MODELS = {
    "convolutions": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
            nn.Residual(nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1, groups=2)),
            nn.AvgPool2d(2, count_include_pad=False, padding=1), nn.ConvTranspose2d(4, 2, 3, 2, 1, 1),
            nn.GroupNorm(1, 2), nn.Flatten(), nn.Dropout(), nn.Linear(72, 8), nn.LayerNorm(8),
        ),
        (3, 1, 8, 8),
    ),
    "activations": (
        lambda: nn.Sequential(
            nn.Linear(4, 8), nn.GELU(), nn.GELU("tanh"), nn.LeakyReLU(), nn.PReLU(), nn.ELU(), nn.SiLU(),
            nn.Softplus(2.0), nn.Sigmoid(), nn.Mish(), nn.Hardswish(), nn.RMSNorm(8), nn.Softmax(1), nn.LogSoftmax(1),
        ),
        (2, 4),
    ),
    "sequences": (
        lambda: nn.Sequential(
            nn.Conv1d(2, 3, 4, padding="same", dilation=2), nn.MaxPool1d(3, 2, 1, ceil_mode=True),
            nn.AvgPool1d(3, 2, 1, ceil_mode=True),
        ),
        (2, 2, 9),
    ),
    "attention": (lambda: nn.TransformerEncoderLayer(6, 2, 8, batch_first=True), (2, 4, 6)),
    "masked attention": (Attention, (2, 4, 6)),
    "operations": (Mixed, (5, 6)),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", MODELS)
def test_exported_models_compute_the_same(name, dtype, tmp_path):
    pytest.importorskip("onnx", reason="onnx is not installed")
    build, shape = MODELS[name]
    nn.seed(0)
    model = build()
    model.train()
    path = tmp_path / "model.onnx"
    nn.export_onnx(model, path, RANDOM.normal(size=shape), dtype)
    assert model.training
    model.eval()
    x = RANDOM.normal(size=(7, *shape[1:])).astype(dtype)
    expected = model(x.astype(np.float64)).data
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    try:
        session = runtime.InferenceSession(path)
    except Exception as error:
        if dtype == np.float64 and "NOT_IMPLEMENTED" in str(error):
            pytest.skip("onnxruntime has no such operation in double precision")
        raise
    (found,) = session.run(None, {"input": x})
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-6)


def test_what_onnx_cannot_represent_is_an_error(tmp_path):
    pytest.importorskip("onnx", reason="onnx is not installed")

    class Own(nn.Module):
        def __init__(self, function):
            self.function = function
            self.weight = nn.Parameter(np.ones(3))

        def forward(self, x):
            return self.function(x * self.weight)

    path, x = tmp_path / "model.onnx", RANDOM.normal(size=(4, 3))
    for function, message in (
        (np.sinc, "sinc has no translation"),
        (lambda y: y * y.data, "something else"),
        (lambda y: y.reshape(2, 6), "something else"),
        (lambda y: y.data, "not one Tensor"),
        (lambda y: Tensor(y.data) * 2, "does not depend"),
        (lambda y: y[[0, 1]], "integers and slices"),
    ):
        with pytest.raises(DataError, match=message):
            nn.export_onnx(Own(function), path, x)
    with pytest.raises(DataError, match="at least two"):
        nn.export_onnx(nn.Linear(3, 1), path, x[:1])
    assert not path.exists()


def test_export_without_onnx_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingProgramError, match=r'pip install "chainrule\[onnx\]"'):
        nn.export_onnx(nn.Linear(3, 1), tmp_path / "model.onnx", np.zeros((2, 3)))
