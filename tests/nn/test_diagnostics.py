import sys

import numpy as np
import pytest

import nn
from autograd import relu, sigmoid
from autograd.errors import MissingProgramError, OptionError


class Deep(nn.Module):
    def __init__(self, depth, activation, scale, residual=False, width=16):
        random = np.random.default_rng(0)
        self.layers = [nn.Parameter(random.normal(0, scale, (width, width))) for _ in range(depth)]
        self.activation, self.residual = activation, residual

    def forward(self, x):
        for layer in self.layers:
            y = self.activation(x @ layer)
            x = x + 0.1 * y if self.residual else y
        return x


INPUTS = np.random.default_rng(1).normal(size=(32, 16))


def report_of(model, *inputs):
    (model(INPUTS) ** 2).mean().backward()
    return nn.gradient_report(model, *inputs)


def test_a_hundred_sigmoid_layers_have_vanishing_gradients():
    model = Deep(100, sigmoid, 0.25)
    report = report_of(model)
    assert report.verdict == "vanishing"
    assert report.factor < 0.5
    assert report.rows[0].rms < 1e-20 * report.rows[-1].rms
    assert "vanishing" in str(report)


@pytest.mark.parametrize("residual", [False, True])
def test_he_initialised_relu_and_residuals_keep_the_gradient(residual):
    width, depth = 64, 100
    model = Deep(depth, relu, np.sqrt(2 / width), residual=residual, width=width)
    inputs = np.random.default_rng(1).normal(size=(32, width))
    (model(inputs) ** 2).mean().backward()
    report = nn.gradient_report(model)
    assert report.verdict == "steady", str(report)
    assert 0.9 < report.factor < 1.1


def test_batch_norm_prevents_vanishing_gradients():
    def report(*between):
        nn.seed(0)
        layers = [make() for _ in range(100) for make in (lambda: nn.Linear(32, 32), *between)]
        model = nn.Sequential(*layers)
        (model(np.random.default_rng(0).normal(size=(128, 32))) ** 2).mean().backward()
        return nn.gradient_report(model)

    assert report(nn.Sigmoid).verdict == "vanishing"
    assert report(lambda: nn.BatchNorm1d(32), nn.Sigmoid).verdict == "steady"


def test_large_weights_make_gradients_explode():
    report = report_of(Deep(20, lambda x: x, 1.0))
    assert report.verdict == "exploding"
    assert 0.5 < report.factor < 2  # all layers alike: what grows back has grown forward before
    assert "Clip the gradients" in str(report)


def test_each_gradient_has_its_norm_rms_and_zero_count():
    model = Deep(2, relu, 0.5)
    report = report_of(model)
    for row, (name, parameter) in zip(report.rows, model.named_parameters(), strict=True):
        assert row.name == name
        assert row.shape == (16, 16)
        assert row.norm == pytest.approx(np.linalg.norm(parameter.grad))
        assert row.rms == pytest.approx(np.sqrt(np.mean(parameter.grad**2)))
        assert row.zeros == np.mean(parameter.grad == 0)
        assert name in str(report)


def test_dead_units_are_counted():
    model = Deep(2, relu, 0.5)
    model.layers[0].data[:, :5] = 0.0
    report = report_of(model, INPUTS)
    (first, units), (_, others) = report.dead.values()
    assert (first, units, others) == (5, 16, 16)
    assert "5 of 16 ReLU units are dead" in str(report)
    assert model.training


def test_counting_dead_units_keeps_modes_and_buffers():
    class Counting(Deep):
        def forward(self, x):
            if self.training:
                self.calls = getattr(self, "calls", 0) + 1
            return super().forward(x)

    model = Counting(1, relu, 0.5)
    report_of(model, INPUTS)
    assert model.calls == 1


@pytest.mark.parametrize(("number", "verdict"), [(np.nan, "not finite"), (0.0, "zero")])
def test_zero_and_nonfinite_gradients_get_a_verdict(number, verdict):
    model = Deep(2, relu, 0.5)
    for parameter in model.parameters():
        parameter.grad = np.full(parameter.shape, number)
    assert nn.gradient_report(model).verdict == verdict


def test_a_report_needs_gradients():
    with pytest.raises(OptionError, match="backward"):
        nn.gradient_report(Deep(2, relu, 0.5))


@pytest.mark.slow
def test_a_report_can_be_plotted(tmp_path, monkeypatch):
    figure = report_of(Deep(5, relu, 0.5), INPUTS).plot()
    assert len(figure.axes) == 2
    figure.savefig(tmp_path / "report.png")
    report = report_of(Deep(5, relu, 0.5))
    assert len(report.plot().axes) == 1
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingProgramError, match=r"chainrule\[plot\]"):
        report.plot()
