"""Keyword arguments and corner cases that the table of samples does not cover."""

import numpy as np
import pytest

from autograd import Tensor, Value, check_gradients, grad, make_jvp
from autograd.errors import NoDerivativeError, NoRuleError, ShapeError

random = np.random.default_rng(8)


def test_sequences_between_values_are_double_precision():
    for f in (np.linspace, np.geomspace, np.logspace):
        y = f(Value(0.1), 1.0, 5)
        assert y.dtype == np.float64
        np.testing.assert_allclose(y.data, f(0.1, 1.0, 5), rtol=1e-14)


def test_geometric_sequences_have_exact_ends_and_dtypes():
    t = Tensor([1.0, 2.0])
    y = np.geomspace(t, [[8.0, 16.0]], 4, endpoint=False, dtype=np.float32, axis=-1)
    expected = np.geomspace([1.0, 2.0], [[8.0, 16.0]], 4, endpoint=False, dtype=np.float32, axis=-1)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.data, expected, rtol=1e-6)
    with pytest.raises(ValueError, match="zero"):
        np.geomspace(Tensor(0.0), 1.0)


def test_i0_is_right_where_its_series_meet():
    x = np.array([29.999999, 30.000001, -30.5, 700.0])
    check_gradients(np.i0, x[:3])
    t = Tensor(x)
    np.i0(t).sum().backward()
    import scipy.special

    np.testing.assert_allclose(t.grad, scipy.special.i1(x), rtol=1e-14)
    assert grad(np.i0)(0.0) == 0.0
    assert grad(grad(np.i0))(0.0) == 0.5
    with np.errstate(over="ignore"):
        assert grad(np.i0)(1000.0) == np.inf


def test_quantiles_of_nan_are_nan_unless_ignored():
    a = np.array([[1.0, np.nan, 3.0], [4.0, 6.0, 5.0]])
    for f in (np.median, np.nanmedian):
        np.testing.assert_array_equal(f(Tensor(a), axis=1).data, f(a, axis=1))
    for axis in (0, 1, None, (0, 1)):
        found = np.nanpercentile(Tensor(a), [[20, 30], [50, 90]], axis=axis, keepdims=True)
        expected = np.nanpercentile(a, [[20, 30], [50, 90]], axis=axis, keepdims=True)
        np.testing.assert_allclose(found.data, expected)
    with pytest.warns(RuntimeWarning, match="All-NaN"):
        assert np.isnan(np.nanmedian(Tensor([np.nan, np.nan])).data)


def test_a_fraction_of_quantiles_by_ranks_has_no_derivative():
    for more in ({"method": "weibull"}, {"method": "inverted_cdf", "weights": [1.0, 2.0]}):
        with pytest.raises(NoRuleError, match="fraction q"):
            np.quantile(Tensor([1.0, 2.0]), Value(0.3), **more)


def test_a_multiple_zero_of_a_polynomial_has_no_derivative():
    for p in ([1.0, -2.0, 1.0], [2.0, 1.0, 0.0, 0.0]):
        with pytest.raises(NoDerivativeError, match="multiple root"):
            np.sum(np.real(np.roots(Tensor(p)))).backward()
    slope = grad(lambda p: np.sum(np.roots(p) ** 2))(np.array([2.0, -3.0, 0.0]))
    np.testing.assert_allclose(slope, [-9 / 4, -3 / 2, -1.0])  # (b/a)² - 2 c/a


def test_polynomials_from_roots_and_matrices_match_numpy():
    zeros = np.array([1 + 2j, 3.0, 1 - 2j])
    assert np.poly(Tensor(zeros)).dtype == np.float64
    assert np.poly(Tensor(zeros[:2])).dtype == np.complex128
    with pytest.raises(ShapeError, match=r"\(2, 3\)"):
        np.poly(Tensor(np.zeros((2, 3))))


def test_polydiv_drops_leading_zeros_of_the_remainder():
    for u, v in (([1.0, 2.0, 1.0], [1.0, 1.0]), ([1.0, 0.0, 0.0, 3.0], [1.0, 0.0])):
        for one, other in zip(np.polydiv(Tensor(u), Tensor(v)), np.polydiv(u, v), strict=True):
            np.testing.assert_allclose(one.data, other)
    quotient, rest = np.polydiv(Tensor([3.0]), [1.0, 2.0])
    assert np.asarray(quotient).tolist() == [0.0]
    assert rest.data.tolist() == [3.0]


def test_polyfit_warns_rejects_and_estimates_like_numpy():
    x, y = np.arange(6.0), random.normal(size=6)
    c, covariance = np.polyfit(x, Tensor(np.stack([y, 2 * y], axis=1)), 1, cov=True)
    expected = np.polyfit(x, np.stack([y, 2 * y], axis=1), 1, cov=True)
    np.testing.assert_allclose(c.data, expected[0])
    np.testing.assert_allclose(covariance.data, expected[1])
    with pytest.warns(np.exceptions.RankWarning):
        found = np.polyfit(np.ones(4), Tensor(y[:4]), 1)
    with pytest.warns(np.exceptions.RankWarning):
        expected = np.polyfit(np.ones(4), y[:4], 1)
    np.testing.assert_allclose(found.data, expected)
    with (
        pytest.warns(np.exceptions.RankWarning),
        pytest.raises(NoDerivativeError, match="rank-deficient"),
    ):
        np.polyfit(Tensor(np.ones(4)), y[:4], 1)
    with pytest.raises(NoRuleError, match="lstsq"):
        np.polyfit(Tensor(x), y, 1, full=True)
    with pytest.raises(ShapeError, match="unscaled"):
        np.polyfit(Tensor(x[:2]), y[:2], 1, cov=True)


def test_unique_returns_plain_indices_like_numpy():
    x = np.array([3.0, 1.0, 3.0, 2.0, 1.0])
    t = Tensor(x)
    found = np.unique(t, return_index=True, return_inverse=True, return_counts=True)
    expected = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    np.testing.assert_array_equal(found[0].data, expected[0])
    for one, other in zip(found[1:], expected[1:], strict=True):
        assert type(one) is np.ndarray
        np.testing.assert_array_equal(one, other)
    found[0].backward(np.array([1.0, 2.0, 3.0]))
    assert t.grad.tolist() == [3, 1, 0, 2, 0]
    assert np.unique_counts(t).counts.tolist() == [2, 1, 2]
    assert np.unique_inverse(t).inverse_indices.tolist() == [2, 0, 2, 1, 0]
    assert np.unique_all(t).indices.tolist() == [1, 3, 0]
    values, i, j = np.intersect1d(np.array([1.0, 2.0]), t, return_indices=True)
    assert values.parents
    assert (i.tolist(), j.tolist()) == ([0, 1], [1, 3])


def test_trim_zeros_trims_the_axes_numpy_trims():
    a = np.zeros((4, 5))
    a[1, 2] = a[2, 3] = 1.0
    assert np.trim_zeros(Tensor(a)).shape == (2, 2)
    assert np.trim_zeros(Tensor(a), axis=1).shape == (4, 2)
    assert np.trim_zeros(Tensor(a), "b", axis=0).shape == (3, 5)
    assert np.trim_zeros(Tensor(np.zeros(3))).shape == (0,)


def test_ufunc_methods_accept_the_arguments_of_numpy():
    a = random.uniform(0.5, 2, (3, 4))
    t = Tensor(a)
    for f in (np.add, np.multiply, np.maximum, np.subtract, np.hypot):
        one, other = (f.reduce(x, axis=1, dtype=np.float32) for x in (t, a))
        assert one.dtype == other.dtype == np.float32
        np.testing.assert_allclose(one.data, other, rtol=1e-5)
        one, other = (f.accumulate(x, axis=-1, dtype=np.float32) for x in (t, a))
        assert one.dtype == np.float32
        np.testing.assert_allclose(one.data, other, rtol=1e-5)
    assert np.add.reduce(t, axis=None, where=a > 1, initial=1.0).shape == ()
    assert np.hypot.reduce(Tensor(np.zeros((0, 2)))).tolist() == [0, 0]
    with pytest.raises(ShapeError, match="order"):
        np.subtract.reduce(t, axis=(0, 1))
    np.testing.assert_allclose(np.fmin.reduce(t, axis=None).data, a.min())


def test_accumulated_maximum_ties_and_nan():
    t = Tensor([1.0, 3.0, 3.0, 2.0, 5.0])
    np.maximum.accumulate(t).sum().backward()
    assert t.grad.tolist() == [1, 3, 0, 0, 1]
    y = np.minimum.accumulate(Tensor([2.0, np.nan, 1.0]))
    np.testing.assert_array_equal(y.data, [2.0, np.nan, np.nan])


def test_saving_functions_write_the_data_of_nodes(tmp_path):
    np.savez(tmp_path / "x.npz", w=Tensor([1.0, 2.0]))
    with np.load(tmp_path / "x.npz") as stored:
        assert stored["w"].tolist() == [1, 2]


def test_integer_functions_reject_nodes_like_floats():
    for f in (np.bitwise_and, np.gcd, np.left_shift):
        with pytest.raises(TypeError, match=r"not supported|did not contain a loop"):
            f(Tensor([1.0]), 2)


@pytest.mark.parametrize("x", [np.array([3.5]), np.array([[3.5], [1.0]]), np.array([[2.0 + 1j]])])
def test_std_of_one_number_is_constant_to_any_order(x):
    f = lambda x: np.sum(np.std(x, axis=-1))  # noqa: E731
    assert not np.any(grad(f)(x))
    assert make_jvp(f)(x)(np.ones_like(x))[1] == 0
    g = lambda x: make_jvp(f)(x)(np.ones_like(x))[1] + np.sum(np.real(x))  # noqa: E731
    np.testing.assert_array_equal(grad(g)(x), np.ones_like(x))
