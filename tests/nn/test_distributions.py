"""Distributions of `nn.torch_style`: samples, their derivatives, transforms; values are recorded."""

import numpy as np
import pytest

import nn.torch_style as torch
from autograd import check_gradients
from autograd.errors import OptionError
from nn.torch_style.base import held, made

D = torch.distributions
TWO = torch.tensor([1.5, 3.0], dtype=torch.float64)
MATRIX = torch.tensor([[2.0, 0.5], [0.5, 1.0]], dtype=torch.float64)


def test_more_samples_have_their_shape_and_average():
    torch.manual_seed(0)
    found = [
        D.ContinuousBernoulli(logits=TWO), D.GeneralizedPareto(TWO, TWO, -0.3),
        D.OneHotCategoricalStraightThrough(TWO), D.LowRankMultivariateNormal(TWO, MATRIX, TWO),
        D.Wishart(4.0, MATRIX),
    ]  # fmt: skip
    for distribution in found:
        for sample in (distribution.sample, distribution.rsample):
            if sample == distribution.rsample and isinstance(distribution, D.Wishart):
                pytest.importorskip("scipy")
            samples = sample((4000,))
            error = (samples.mean(0) - distribution.mean).abs() / distribution.stddev
            assert samples.shape[1:] == distribution.event_shape or samples.shape == (4000, 2)
            assert error.max() < 0.1, distribution
    shares = D.LogisticNormal(TWO, TWO).sample((3,))
    assert torch.allclose(shares.sum(-1), torch.ones(3, dtype=torch.float64))
    roots = D.LKJCholesky(3, TWO).sample((2000,))
    assert roots.shape == (2000, 2, 3, 3)
    assert D.constraints.corr_cholesky.check(roots).all()
    correlations = (roots @ roots.mT)[:, :, 0, 1]  # whose variance is 1 / (2η + 1) for 3 rows
    assert torch.allclose((correlations**2).mean(0), 1 / (2 * TWO + 2), rtol=0.1)


def test_expanded_distributions_have_samples_of_their_own():
    torch.manual_seed(0)
    once = D.Normal(torch.zeros(2), torch.ones(2)).expand((3, 2))
    samples = once.sample((5,))
    assert samples.shape == (5, 3, 2)
    assert len(np.unique(samples.numpy())) == 30
    assert D.MixtureSameFamily(D.Categorical(torch.ones(2)), D.Normal(TWO, TWO)).expand(
        (4,)
    ).sample().shape == (4,)  # fmt: skip


@pytest.mark.parametrize(
    "make",
    [
        lambda a: D.Gamma(a, 2.0), D.Chi2, lambda a: D.InverseGamma(a, 1.0),
        lambda a: D.Beta(a, 2.0), lambda a: D.StudentT(a), lambda a: D.FisherSnedecor(a, 3.0),
    ],
)  # fmt: skip
def test_the_derivative_of_the_average_is_that_of_samples(make):
    """The slope of E[sin x] by samples is that of the integral by the density."""
    stats = pytest.importorskip("scipy.stats")
    torch.manual_seed(0)
    a = torch.tensor(2.5, dtype=torch.float64, requires_grad=True)
    count, h = 20000, 1e-4
    slopes = []
    x = make(a.expand(count)).rsample()
    (slope,) = torch.autograd.grad(x.sin().sum(), a)
    points = stats.qmc.Sobol(1, seed=0).random(8192)[:, 0] * np.pi - np.pi / 2
    t = torch.tensor(np.tan(points))  # all numbers
    weights = np.pi / np.cos(points) ** 2
    support = make(a).support.check(t).numpy()
    inside = t.where(torch.tensor(support), 0 * t + 0.5)
    for b in (a.detach() - h, a.detach() + h):
        density = np.where(support, make(b).log_prob(inside).exp().numpy(), 0.0)
        slopes.append(np.mean(np.sin(t.numpy()) * density * weights))
    expected = (slopes[1] - slopes[0]) / (2 * h)
    assert abs(slope.item() / count - expected) < 0.02


def test_quotients_that_are_0_over_0_have_their_derivatives():
    at = np.array([0.0, 1e-6, -1e-3, 0.05, -0.2, 3.0, -12.0, 14.0])
    share = made(np.linspace(0.1, 0.9, at.size))

    def of_bernoulli(x):
        found = D.ContinuousBernoulli(logits=made(x))
        parts = [found.log_prob(share), found.cdf(share), found.icdf(share), found.mean]
        return held(sum(part.sum() for part in parts))

    def of_pareto(x):
        found = D.GeneralizedPareto(0.0, made(np.ones(5)), made(x))
        return held(found.log_prob(0.7).sum() + found.icdf(share[:5]).sum() + found.cdf(0.4).sum())

    check_gradients(of_bernoulli, at, order=2)
    check_gradients(of_pareto, np.array([0.0, 1e-7, -0.3, 0.4, 1e-2]), order=2)


def test_x_log_y_has_a_derivative_where_x_is_0():
    x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    x.xlogy(torch.tensor([2.0, 0.0], dtype=torch.float64)).sum().backward()
    np.testing.assert_allclose(x.grad, [np.log(2), 0.0])


def test_parts_of_an_array_are_transformed_apart():
    both = [D.ExpTransform(), D.AffineTransform(1.0, -2.0)]
    x = torch.tensor([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], dtype=torch.float64)
    cat = D.CatTransform(both, -1, [2, 1])
    assert torch.allclose(cat(x), torch.cat([x[:, :2].exp(), 1 - 2 * x[:, 2:]], -1))
    assert torch.allclose(cat.inv(cat(x)), x)
    slopes = cat.log_abs_det_jacobian(x, cat(x))
    assert torch.allclose(slopes[:, :2], x[:, :2])
    assert torch.allclose(slopes[:, 2], torch.tensor(2.0, dtype=torch.float64).log())
    stack = D.StackTransform(both, 0)
    assert torch.allclose(stack.inv(stack(x)), x)
    assert D.ReshapeTransform((3,), (3, 1))(x).shape == (2, 3, 1)
    composed = D.ComposeTransform([D.ExpTransform(), D.StickBreakingTransform()])
    assert (composed.domain.event_dim, composed.sign) == (1, 1)
    assert D.AffineTransform(1.0, 2.0) == D.AffineTransform(1.0, 2.0) != D.AffineTransform(1.0, 3.0)


def test_a_transform_of_vectors_makes_a_batch_a_vector():
    class Scale(D.Transform):
        domain = codomain = D.constraints.real_vector
        bijective = True

        def _call(self, x):
            return 2 * x

        def _inverse(self, y):
            return y / 2

        def log_abs_det_jacobian(self, x, y):
            return x.shape[-1] * torch.tensor(2.0).log().expand(x.shape[:-1])

    flow = D.TransformedDistribution(D.Normal(torch.zeros(3, 2), torch.ones(3, 2)), Scale())
    assert (flow.batch_shape, flow.event_shape) == ((3,), (2,))
    expected = D.Normal(0.0, 2.0).log_prob(torch.ones(3, 2)).sum(-1)
    assert torch.allclose(flow.log_prob(torch.ones(3, 2)), expected)


def test_distances_between_families_are_those_of_samples():
    pytest.importorskip("scipy")
    torch.manual_seed(0)
    pairs = [
        (D.Gamma(TWO, TWO), D.Gumbel(TWO, TWO)), (D.Beta(TWO, TWO), D.Exponential(TWO)),
        (D.Uniform(TWO * 0, TWO), D.Gamma(TWO, TWO)), (D.Pareto(TWO, 3.0), D.Normal(TWO, TWO)),
        (D.Normal(TWO, TWO), D.Laplace(-TWO, TWO)), (D.Gumbel(TWO, TWO), D.Normal(TWO, TWO)),
        (D.Geometric(TWO / 4), D.Geometric(TWO / 5)),
    ]  # fmt: skip
    for p, q in pairs:
        x = p.sample((20000,))
        far = p.log_prob(x) - q.log_prob(x)
        error = (far.mean(0) - D.kl_divergence(p, q)).abs() / far.std(0)
        assert error.max() < 0.05, (p, q)
    assert D.kl_divergence(D.Normal(TWO, TWO), D.Gamma(TWO, TWO)).isinf().all()
    with pytest.raises(OptionError, match="different transforms"):
        D.kl_divergence(
            D.TransformedDistribution(D.Normal(0.0, 1.0), D.TanhTransform()),
            D.TransformedDistribution(D.Normal(0.0, 1.0), D.SigmoidTransform()),
        )


#: Parameters of each family, and a value that it does not have.
OUTSIDE = {
    "Bernoulli": ((0.3,), 0.5), "Beta": ((2.0, 3.0), 1.5), "Binomial": ((4, 0.5), 5.0),
    "Categorical": ((TWO,), 0.5), "Cauchy": ((0.0, 1.0), np.nan), "Chi2": ((3.0,), -1.0),
    "ContinuousBernoulli": ((0.3,), 1.5), "Exponential": ((1.0,), -1.0),
    "FisherSnedecor": ((2.0, 3.0), -1.0), "Gamma": ((2.0, 1.0), -1.0),
    "GeneralizedPareto": ((0.0, 1.0, 0.2), -1.0), "Geometric": ((0.3,), 1.5),
    "Gumbel": ((0.0, 1.0), np.nan), "HalfCauchy": ((1.0,), -1.0), "HalfNormal": ((1.0,), -1.0),
    "InverseGamma": ((2.0, 1.0), -1.0), "Kumaraswamy": ((2.0, 3.0), 1.5),
    "Laplace": ((0.0, 1.0), np.nan), "LogNormal": ((0.0, 1.0), -1.0),
    "NegativeBinomial": ((3.0, 0.5), 1.5), "Normal": ((0.0, 1.0), np.nan),
    "Pareto": ((1.0, 2.0), 0.5), "Poisson": ((2.0,), 1.5), "RelaxedBernoulli": ((1.0, 0.5), 1.5),
    "StudentT": ((2.0,), np.nan), "Uniform": ((0.0, 1.0), 2.0), "Weibull": ((1.0, 2.0), -0.5),
}  # fmt: skip


def test_values_are_checked_unless_it_is_turned_off():
    for name, (parameters, outside) in OUTSIDE.items():
        family, value = getattr(D, name), torch.tensor(outside)
        with pytest.raises(ValueError, match=name):
            family(*parameters).log_prob(value)
        with np.errstate(all="ignore"):
            family(*parameters, validate_args=False).log_prob(value)
    with pytest.raises(ValueError, match="shape"):
        D.Dirichlet(TWO).log_prob(torch.ones(3) / 3)
    D.Distribution.set_default_validate_args(False)
    try:
        assert D.Exponential(1.0).log_prob(torch.tensor(-1.0)) == 1.0
        with pytest.raises(ValueError, match=r"rate of Exponential must be above 0\.0, not -1\.0"):
            D.Exponential(-1.0, validate_args=True)
    finally:
        D.Distribution.set_default_validate_args(True)


def test_parameters_are_checked_unless_it_is_turned_off():
    families = [getattr(D, name) for name in OUTSIDE if name not in ("Poisson", "Uniform")]
    of_vectors = [D.Dirichlet, D.OneHotCategorical, lambda p, **k: D.Multinomial(3, p, **k)]
    for family in families:
        count = len(OUTSIDE[family.__name__][0])
        bad = [-2.0] * count if family is not D.Categorical else [torch.tensor([-2.0, 3.0])]
        with pytest.raises(ValueError, match="must be"):
            family(*bad)
        with np.errstate(all="ignore"):
            family(*bad, validate_args=False)
    for family in of_vectors:
        with pytest.raises(ValueError, match="must be"):
            family(torch.tensor([-2.0, 3.0]))
        with np.errstate(all="ignore"):
            family(torch.tensor([-2.0, 3.0]), validate_args=False)
    assert D.Poisson(0.0).log_prob(torch.tensor(0.0)) == 0.0
    assert D.NegativeBinomial(0.0, 0.5).mean == 0.0


def test_numbers_beside_tensors_have_their_type():
    one, loc = TWO[:1], TWO.clone().requires_grad_()
    found = [
        D.Normal(0.0, TWO), D.Laplace(TWO, 1), D.Gamma(TWO, 2.0), D.Chi2(TWO), D.Uniform(0, TWO),
        D.StudentT(TWO), D.FisherSnedecor(3.0, TWO), D.Pareto(1.0, TWO), D.Beta(0.5, TWO),
        D.Weibull(2, TWO), D.Binomial(3, one / 4), D.GeneralizedPareto(0.0, 1.0, TWO / 4),
    ]  # fmt: skip
    assert {d.sample().dtype for d in found} == {torch.float64}
    assert D.Normal(0, 1).sample().dtype == torch.float32
    assert [d.has_enumerate_support for d in found] == [False] * 10 + [True, False]
    independent = D.Independent(D.Bernoulli(TWO / 4), 1)
    assert (independent.has_enumerate_support, independent.base_dist.has_enumerate_support) == (
        False,
        True,
    )
    shared = D.Normal(loc, 1.0)  # made once, for several passes
    for _ in range(2):
        shared.log_prob(TWO + 1).sum().backward()
    np.testing.assert_allclose(loc.grad, 2.0)
