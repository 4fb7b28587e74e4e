"""lifelines: survival analysis by maximum likelihood. The expected numbers come from HIPS autograd."""

import numpy as np
import pytest
from lifelines import (
    ExponentialFitter,
    GeneralizedGammaFitter,
    LogLogisticAFTFitter,
    LogNormalAFTFitter,
    LogNormalFitter,
    PiecewiseExponentialFitter,
    SplineFitter,
    WeibullAFTFitter,
    WeibullFitter,
)
from lifelines.datasets import load_rossi, load_waltons


@pytest.fixture(scope="module")
def rossi():
    return load_rossi()


@pytest.fixture(scope="module")
def waltons():
    return load_waltons()


def test_a_weibull_accelerated_failure_time_model_is_fitted(rossi):
    fitted = WeibullAFTFitter().fit(rossi, "week", "arrest")
    assert fitted.log_likelihood_ == pytest.approx(-679.9165639, abs=1e-6)
    coefficients = fitted.summary["coef"]["lambda_"]
    assert coefficients["age"] == pytest.approx(0.040715, abs=1e-5)
    assert coefficients["fin"] == pytest.approx(0.272172, abs=1e-5)
    # The standard errors come from the Hessian.
    assert fitted.summary["se(coef)"]["lambda_"]["age"] == pytest.approx(0.0160, abs=1e-4)
    assert np.isfinite(fitted.predict_median(rossi)).any()


@pytest.mark.parametrize(
    ("model", "likelihood"),
    [(LogNormalAFTFitter, -683.2346254), (LogLogisticAFTFitter, -679.9385061)],
)
def test_other_regressions_are_fitted(model, likelihood, rossi):
    fitted = model().fit(rossi, "week", "arrest")
    assert fitted.log_likelihood_ == pytest.approx(likelihood, abs=1e-5)


@pytest.mark.parametrize(
    ("fitter", "likelihood"),
    [
        (SplineFitter([5, 30, 60]), -663.5421198),
        (WeibullFitter(), -672.0621873),
        (ExponentialFitter(), -771.9125085),
        (LogNormalFitter(), -716.1464057),
        (GeneralizedGammaFitter(), -644.3346289),
        (PiecewiseExponentialFitter([20, 40]), -687.6850725),
    ],
    ids=lambda x: type(x).__name__,
)
def test_a_curve_is_fitted_to_lifetimes(fitter, likelihood, waltons):
    fitter.fit(waltons["T"], waltons["E"])
    assert fitter.log_likelihood_ == pytest.approx(likelihood, abs=1e-3)
    assert np.all(np.diff(fitter.survival_function_.to_numpy().ravel()) <= 1e-12)


def test_intervals_are_fitted_and_hazards_differentiated(waltons):
    fitter = WeibullFitter().fit_interval_censoring(waltons["T"] - 1, waltons["T"])
    assert np.isfinite(fitter.log_likelihood_)
    hazard = fitter.hazard_.to_numpy().ravel()
    assert np.all(hazard[1:] > 0)
