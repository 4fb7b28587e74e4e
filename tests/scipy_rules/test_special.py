"""Derivatives of special functions where formulas cancel or overflow, with mpmath as the oracle."""

import mpmath
import numpy as np
import pytest
import scipy.special

from autograd import Tensor, Value, grad, jacobian
from autograd.errors import DataError, NoRuleError
from autograd.scipy import special

quiet = pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")


@pytest.fixture(autouse=True)
def precision():
    with mpmath.workdps(40):
        yield


def close(found, expected, rtol=1e-11):
    assert float(found) == pytest.approx(float(expected), rel=rtol, abs=1e-290)


def regularized_gamma(a, x, lower):
    if lower:
        return mpmath.gammainc(a, 0, x, regularized=True)
    return -mpmath.gammainc(a, x, regularized=True)


@pytest.mark.parametrize("a", [1e-3, 0.3, 1.0, 2.5, 40.0, 700.0])
@pytest.mark.parametrize("ratio", [1e-5, 0.1, 0.9, 1.0, 1.1, 3.0, 20.0])
def test_incomplete_gamma_derivative_by_its_parameter(a, ratio):
    x = a * ratio
    expected = mpmath.diff(lambda t: regularized_gamma(t, x, ratio < 1), a)
    close(grad(special.gammainc)(a, x), expected)
    close(grad(special.gammaincc)(a, x), -expected)


@pytest.mark.parametrize("a", [0.02, 0.5, 1.0, 3.0, 300.0])
@pytest.mark.parametrize("b", [0.02, 1.0, 40.0])
@pytest.mark.parametrize("x", [1e-8, 0.1, 0.5, 0.99])
def test_incomplete_beta_derivatives_by_its_parameters(a, b, x):
    def function(a, b):
        if x < 0.5:
            return mpmath.betainc(a, b, 0, x, regularized=True)
        return -mpmath.betainc(b, a, 0, 1 - mpmath.mpf(x), regularized=True)

    found = grad(special.betainc, (0, 1))(a, b, x)
    for i, slope in enumerate(found):
        expected = mpmath.diff(function, (mpmath.mpf(a), mpmath.mpf(b)), (1 - i, i))
        # Where I is 1 up to rounding, its derivative is known only up to rounding.
        assert slope == pytest.approx(float(expected), rel=1e-10, abs=1e-17)


def test_second_derivatives_by_the_parameter_are_exact():
    for a, x in ((2.5, 1.0), (2.5, 6.0), (30.0, 20.0), (30.0, 45.0)):
        expected = mpmath.diff(lambda t, x=x: mpmath.gammainc(t, 0, x, regularized=True), a, 2)
        close(grad(grad(special.gammainc))(a, x), expected, 1e-9)


@quiet
@pytest.mark.parametrize("x", [-300.0, -40.0, -5.0, -0.1, 0.0, 0.1, 5.0, 30.0])
def test_log_ndtr_in_its_tails(x):
    def first(x):
        return mpmath.npdf(x) / mpmath.ncdf(x)

    close(grad(special.log_ndtr)(x), first(mpmath.mpf(x)))
    slope = first(mpmath.mpf(x))
    close(grad(grad(special.log_ndtr))(x), -slope * (slope + x), 1e-9)


@pytest.mark.parametrize("x", [1e8, 300.0, 10.1, 9.9, 1.0, -1.0])
def test_dawson_and_erfcx_at_extreme_arguments(x):
    with mpmath.workdps(60):
        x_ = mpmath.mpf(x)
        scaled = (
            mpmath.exp(x_**2) * mpmath.erfc(x_)
            if x < 1e4
            else 1 / (x_ * mpmath.sqrt(mpmath.pi)) * (1 - 1 / (2 * x_**2) + 3 / (4 * x_**4))
        )
        close(grad(special.erfcx)(x), 2 * x_ * scaled - 2 / mpmath.sqrt(mpmath.pi), 2e-12)
    if x < 1e4:
        with mpmath.workdps(200):
            dawson = mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(-(x_**2)) * mpmath.erfi(x_)
            close(grad(special.dawsn)(x), 1 - 2 * x_ * dawson, 3e-11)


@pytest.mark.parametrize("m", [-50.0, -1e-9, 0.0, 1e-9, 0.5, 0.999999])
def test_complete_elliptic_integrals_near_zero_and_one(m):
    close(grad(special.ellipk)(m), mpmath.diff(mpmath.ellipk, m), 1e-12)
    close(grad(special.ellipe)(m), mpmath.diff(mpmath.ellipe, m), 1e-12)
    close(grad(special.ellipkm1)(1 - m), -mpmath.diff(mpmath.ellipk, 1 - mpmath.mpf(1 - m)), 1e-12)


@pytest.mark.parametrize("x", [-2.0, -1.0, 0.0, 1e-9, 0.5])
def test_rgamma_at_its_zeros(x):
    close(grad(special.rgamma)(x), mpmath.diff(mpmath.rgamma, x))
    close(grad(grad(special.rgamma))(x), mpmath.diff(mpmath.rgamma, x, 2), 1e-10)


@pytest.mark.parametrize("p", [0.0, 1e-10, 1e-4, 0.5, -2.0])
def test_boxcox_derivative_near_exponent_zero(p):
    def boxcox(x, p):
        return mpmath.expm1(p * mpmath.log(x)) / p if p else mpmath.log(x)

    with mpmath.workdps(80):
        expected = mpmath.diff(
            lambda p: boxcox(mpmath.mpf(3.0), p), mpmath.mpf(p) + mpmath.mpf(10) ** -30
        )
    close(grad(special.boxcox, 1)(3.0, p), expected)
    y = float(special.boxcox(3.0, p))
    close(grad(special.inv_boxcox, 1)(y, p), -expected * 3.0 ** (1 - p))


@quiet
def test_spence_and_relatives_near_one():
    close(grad(special.spence)(1.0), -1.0)
    close(grad(special.spence)(1 + 1e-6), -mpmath.log1p(1e-6) / 1e-6)
    close(grad(special.exprel)(0.0), 0.5)
    close(grad(special.exprel)(1e-7), 0.5 + 1e-7 / 3)
    close(grad(lambda x: special.shichi(x)[0])(0.0), 1.0)


def test_logsumexp_with_zero_weights_and_empty_terms():
    a = np.array([1.0, 2.0, -np.inf])
    b = np.array([1.0, 0.0, 1.0])
    np.testing.assert_allclose(grad(lambda a: special.logsumexp(a, b=b))(a), [1.0, 0.0, 0.0])
    gradient = grad(lambda b: special.logsumexp(a[:2], b=b))(b[:2])
    np.testing.assert_allclose(gradient, [1.0, np.e], rtol=1e-15)
    value, sign = special.logsumexp(Tensor([1.0, 3.0]), b=np.array([1.0, -1.0]), return_sign=True)
    expected = special.logsumexp(np.array([1.0, 3.0]), b=np.array([1.0, -1.0]), return_sign=True)
    assert (value.data, sign) == pytest.approx(expected)
    with pytest.raises(DataError, match="only for real numbers"):
        special.logsumexp(Tensor([1j]), b=np.ones(1))


def test_missing_derivatives_raise_only_when_requested():
    for name, arguments in {
        "yn": (1.0, 2.0), "kn": (1.0, 2.0), "expn": (1.0, 2.0), "polygamma": (1.0, 2.0),
    }.items():  # fmt: skip
        with pytest.raises(NoRuleError, match=f"{name} has no derivative rule"):
            grad(getattr(special, name))(*arguments)
    with pytest.raises(NoRuleError, match="factorial2 has no derivative rule"):
        special.factorial2(Tensor([5.0]))
    with pytest.raises(NoRuleError, match="complex"):
        jacobian(lambda z: special.psi(z))(np.array([1.0 + 1j]))
    assert special.comb(5, 2) == 10


def test_invalid_arguments_are_rejected_like_scipy():
    with pytest.raises(ValueError, match="integer"):
        special.multigammaln(Value(3.0), 1.5)
    with pytest.raises(ValueError, match="not met"):
        special.multigammaln(Value(0.5), 3)
    assert special.factorial(5, exact=True) == 120
    assert special.factorial(Value(-1.5)) == 0.0
    assert special.zeta(2.0) == pytest.approx(np.pi**2 / 6)


def test_logarithms_at_their_smallest_argument():
    for function in (special.xlogy, special.xlog1py):
        assert grad(function, 1)(0.0, 0.0 if function is special.xlogy else -1.0) == 0.0
    assert grad(special.rel_entr, 1)(0.0, 0.5) == 0.0
    assert grad(special.huber, 1)(1.0, 1.0) == 1.0
    assert grad(special.huber)(1.0, 1.0) == 0.0
    assert grad(special.huber, 1)(1.0, -3.0) == -1.0
    assert grad(special.i0e)(0.0) == 0.0


@pytest.mark.filterwarnings("ignore:floating point number truncated:RuntimeWarning")
def test_orders_in_c_are_cut_to_integers_in_derivatives_too():
    for name in ("kn", "yn", "expn"):
        function = getattr(scipy.special, name)
        assert grad(function, 1)(1.7, 0.4) == grad(function, 1)(1.0, 0.4)


def test_zeta_has_values_and_derivatives_below_one():
    for s in (-0.6, 0.3, 0.9):
        assert special.zeta(Value(s)).data == scipy.special.zeta(s)
        close(grad(special.zeta)(s), mpmath.zeta(s, derivative=1))
        close(grad(grad(special.zeta))(s), mpmath.zeta(s, derivative=2))


def test_complex_results_of_a_value_are_refused():
    for function, x in ((special.lambertw, -1.0), (special.wofz, 0.4)):
        with pytest.raises(DataError, match="use a Tensor"):
            function(Value(x))
    assert special.lambertw(Value(0.4)).data == pytest.approx(special.lambertw(0.4).real)


BESSEL = {"jv": mpmath.besselj, "yv": mpmath.bessely, "iv": mpmath.besseli, "kv": mpmath.besselk}
ORDERS_AND_PLACES = [(0.3, 1.3), (2.0, 0.5), (1.5, 30.0), (-0.7, 2.0), (7.3, 0.2), (20.0, 15.0)]


def assert_slope(function, argnum, arguments, exact, digits=1e-9):
    """Compare a derivative by one argument with that of a function of mpmath."""
    with mpmath.workdps(30):
        others = [mpmath.mpf(x) for x in arguments]
        expected = mpmath.diff(
            lambda t: exact(*others[:argnum], t, *others[argnum + 1 :]), others[argnum]
        )
    assert grad(function, argnum)(*arguments) == pytest.approx(float(expected), rel=digits)


@pytest.mark.parametrize("name", BESSEL)
def test_bessel_functions_have_derivatives_by_their_order(name):
    function, exact = getattr(scipy.special, name), BESSEL[name]
    for v, x in ORDERS_AND_PLACES:
        assert_slope(function, 0, (v, x), exact)
        with mpmath.workdps(30):
            expected = float(mpmath.diff(lambda t: exact(t, mpmath.mpf(x)), mpmath.mpf(v), 2))  # noqa: B023
        assert grad(grad(function))(v, x) == pytest.approx(expected, rel=1e-7)
    assert grad(function)(1.5, 0.0) == 0.0
    assert np.isnan(grad(function)(1.5, -1.0))


def test_hypergeometric_functions_have_derivatives_by_parameters():
    for arguments in ((0.7, 1.3, 0.5), (2.0, 3.5, -4.0), (-2.0, 1.2, 3.0), (0.3, 0.9, -30.0)):
        for argnum in (0, 1):
            assert_slope(scipy.special.hyp1f1, argnum, arguments, mpmath.hyp1f1)
    for arguments in ((0.7, 1.3, 2.1, 0.5), (2.0, 3.5, 1.2, -4.0), (-2.0, 1.2, 0.7, 0.8)):
        for argnum in (0, 1, 2):
            assert_slope(scipy.special.hyp2f1, argnum, arguments, mpmath.hyp2f1)
    assert_slope(scipy.special.hyp0f1, 0, (1.2, 0.7), mpmath.hyp0f1)
    with pytest.raises(NoRuleError, match=r"above 0\.9"):
        grad(scipy.special.hyp2f1)(0.7, 1.3, 2.1, 0.95)


def test_elliptic_integrals_have_derivatives_by_the_parameter():
    for name, exact in (("ellipkinc", mpmath.ellipf), ("ellipeinc", mpmath.ellipe)):
        for arguments in ((0.7, 0.0), (1.2, 0.2), (-0.6, 0.7), (1.4, -2.0), (5.0, 1e-3)):
            assert_slope(getattr(scipy.special, name), 1, arguments, exact)


@pytest.mark.parametrize(("n", "m"), [(0, 0), (1, -1), (3, 2), (4, -4)])
@pytest.mark.parametrize("angles", [(0.7, 0.3), (0.0, 0.4), (np.pi, 1.0)])
def test_spherical_harmonics_have_derivatives_by_angles(n, m, angles):
    value, by_both = scipy.special.sph_harm_y(n, m, *angles, diff_n=1)
    assert special.sph_harm_y(n, m, Value(angles[0]), angles[1]).data == pytest.approx(
        value, abs=1e-14
    )
    real = grad(lambda t, p: np.real(special.sph_harm_y(n, m, t, p)), (0, 1))(*angles)
    imaginary = grad(lambda t, p: np.imag(special.sph_harm_y(n, m, t, p)), (0, 1))(*angles)
    np.testing.assert_allclose(real, by_both.real, atol=1e-12)
    np.testing.assert_allclose(imaginary, by_both.imag, atol=1e-12)
