"""How far distributions of different families are from each other: -H(p) minus the mean of log q.

The mean of log q under p needs averages of x, x², log x or exp(t·x) under p only, which the tables
below have. Where q excludes values of p, the distance is infinite.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from autograd.errors import OptionError
from nn.torch_style.creation import full_like
from nn.torch_style.distributions.bernoulli import Bernoulli
from nn.torch_style.distributions.bounded import ContinuousBernoulli
from nn.torch_style.distributions.counts import Binomial, Geometric
from nn.torch_style.distributions.distribution import LOG_2PI
from nn.torch_style.distributions.kl import kl_divergence, register_kl
from nn.torch_style.distributions.located import Cauchy, Gumbel, Laplace
from nn.torch_style.distributions.normal import Normal
from nn.torch_style.distributions.positive import (
    Exponential,
    Gamma,
    HalfNormal,
    LogNormal,
    Poisson,
)
from nn.torch_style.distributions.shares import Beta
from nn.torch_style.distributions.tails import EULER, Pareto
from nn.torch_style.distributions.transformed import TransformedDistribution
from nn.torch_style.distributions.uniform import Uniform
from nn.torch_style.special import digamma

Formula = Callable[..., Any]


def _log_at(x: Any) -> Any:
    """Return x·log(x) - x, whose difference is the integral of a logarithm."""
    return x.xlogy(x) - x


#: The mean of log x.
MEAN_LOG: Final[dict[type, Formula]] = {
    Exponential: lambda p: -EULER - p.rate.log(),
    Gamma: lambda p: digamma(p.concentration) - p.rate.log(),
    Beta: lambda p: digamma(p.concentration1) - digamma(p.concentration1 + p.concentration0),
    Pareto: lambda p: p.scale.log() + 1 / p.alpha,
    Uniform: lambda p: (_log_at(p.high) - _log_at(p.low)) / (p.high - p.low),
}

#: The mean of exp(t·x), for t below 0.
MEAN_EXP: Final[dict[type, Formula]] = {
    Exponential: lambda p, t: p.rate / (p.rate - t),
    Gamma: lambda p, t: (-p.concentration * (-t / p.rate).log1p()).exp(),
    Gumbel: lambda p, t: (p.loc * t + (1 - p.scale * t).lgamma()).exp(),
    Normal: lambda p, t: (p.loc * t + (p.scale * t) ** 2 / 2).exp(),
    Uniform: lambda p, t: ((t * p.high).exp() - (t * p.low).exp()) / (t * (p.high - p.low)),
}


def _mean_log(p: Any) -> Any:
    return next(MEAN_LOG[kind] for kind in type(p).__mro__ if kind in MEAN_LOG)(p)


def _mean_exp(p: Any, t: Any) -> Any:
    return next(MEAN_EXP[kind] for kind in type(p).__mro__ if kind in MEAN_EXP)(p, t)


def _of_gumbel(p: Any, q: Any) -> Any:
    above = (p.mean - q.loc) / q.scale
    return -q.scale.log() - above - _mean_exp(p, -1 / q.scale) * (q.loc / q.scale).exp()


def _of_gamma(p: Any, q: Any) -> Any:
    a = q.concentration
    return a * q.rate.log() - a.lgamma() + (a - 1) * _mean_log(p) - q.rate * p.mean


def _of_beta(p: Any, q: Any) -> Any:
    """Return the mean of log q for uniform numbers."""
    a, b, width = q.concentration1, q.concentration0, p.high - p.low
    above = (_log_at(p.high) - _log_at(p.low)) / width
    below = (_log_at(1 - p.low) - _log_at(1 - p.high)) / width
    return (a - 1) * above + (b - 1) * below + (a + b).lgamma() - a.lgamma() - b.lgamma()


def _of_normal(p: Any, q: Any) -> Any:
    spread = (p.variance + (p.mean - q.loc) ** 2) / (2 * q.scale**2)
    return -0.5 * LOG_2PI - q.scale.log() - spread


def _of_pareto(p: Any, q: Any) -> Any:
    return q.alpha.log() + q.alpha * q.scale.log() - (q.alpha + 1) * _mean_log(p)


#: The mean of log q under p, by the class of q.
MEAN_LOG_DENSITY: Final[dict[type, Formula]] = {
    Beta: _of_beta,
    ContinuousBernoulli: lambda p, q: q.logits * p.mean - q._log_norm(),
    Exponential: lambda p, q: q.rate.log() - q.rate * p.mean,
    Gamma: _of_gamma,
    Geometric: lambda p, q: q.probs.log() + (-q.probs).log1p() * p.mean,
    Gumbel: _of_gumbel,
    Normal: _of_normal,
    Pareto: _of_pareto,
    Poisson: lambda p, q: p.mean * q.rate.log() - q.rate,  # of zeros and ones
    Uniform: lambda p, q: -(q.high - q.low).log() + 0 * p.mean,
}

#: Where a distance is infinite, by the classes of p and q.
INFINITE: Final[dict[tuple[type, type], Formula]] = {
    (Beta, Uniform): lambda p, q: (q.low > 0) | (q.high < 1),
    (ContinuousBernoulli, Uniform): lambda p, q: (q.low > 0) | (q.high < 1),
    (Pareto, Exponential): lambda p, q: p.alpha <= 1,
    (Pareto, Gamma): lambda p, q: p.alpha <= 1,
    (Pareto, Normal): lambda p, q: p.alpha <= 2,
    (Pareto, Pareto): lambda p, q: p.scale < q.scale,
    (Uniform, Beta): lambda p, q: (p.low < 0) | (p.high > 1),
    (Uniform, ContinuousBernoulli): lambda p, q: (p.low < 0) | (p.high > 1),
    (Uniform, Exponential): lambda p, q: p.low < 0,
    (Uniform, Gamma): lambda p, q: p.low < 0,
    (Uniform, Pareto): lambda p, q: p.low < q.scale,
}

#: By the class of p, the classes of q with a finite distance.
FINITE: Final[dict[type, tuple[type, ...]]] = {
    Bernoulli: (Poisson,),
    Beta: (ContinuousBernoulli, Exponential, Gamma, Normal, Uniform),
    ContinuousBernoulli: (ContinuousBernoulli, Exponential, Normal, Uniform),
    Exponential: (Gamma, Gumbel, Normal),
    Gamma: (Exponential, Gumbel, Normal),
    Geometric: (Geometric,),
    Gumbel: (Gumbel, Normal),
    Laplace: (Normal,),
    Normal: (Gumbel,),
    Pareto: (Exponential, Gamma, Normal, Pareto),
    Uniform: (Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Normal, Pareto),
}

#: By the class of p, the classes of q that exclude values of p.
EXCLUDING: Final[dict[type, tuple[type, ...]]] = {
    Beta: (Pareto,),
    ContinuousBernoulli: (Pareto,),
    Exponential: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gamma: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gumbel: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Laplace: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Normal: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Pareto: (Beta, ContinuousBernoulli, Uniform),
    Poisson: (Bernoulli, Binomial),
}


def _register(one: type, other: type) -> None:
    is_infinite = INFINITE.get((one, other))

    @register_kl(one, other)
    def distance(p: Any, q: Any) -> Any:
        found = -p.entropy() - MEAN_LOG_DENSITY[other](p, q)
        if is_infinite is None:
            return found
        return full_like(found, math.inf).where(is_infinite(p, q), found)


def _register_infinite(one: type, other: type) -> None:
    @register_kl(one, other)
    def distance(p: Any, q: Any) -> Any:
        return full_like(p.mean + q.mean, math.inf)


for _one, _others in FINITE.items():
    for _other in _others:
        _register(_one, _other)
for _one, _others in EXCLUDING.items():
    for _other in _others:
        _register_infinite(_one, _other)


@register_kl(Normal, Laplace)
def _of_laplace(p: Any, q: Any) -> Any:
    far = p.loc - q.loc
    z = far / (p.scale * math.sqrt(2))
    distance = p.scale * math.sqrt(2 / math.pi) * (-(z**2)).exp() + far * z.erf()
    return -p.entropy() + (2 * q.scale).log() + distance / q.scale


@register_kl(Binomial, Binomial)
def _of_binomial(p: Any, q: Any) -> Any:
    if bool((p.total_count < q.total_count).any()):
        raise OptionError("Binomials with fewer trials than the other one have no formula.")
    of_one = p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p()
    found = p.total_count * of_one
    return full_like(found, math.inf).where(p.total_count > q.total_count, found)


@register_kl(Cauchy, Cauchy)
def _of_cauchy(p: Any, q: Any) -> Any:
    far = (p.scale + q.scale) ** 2 + (p.loc - q.loc) ** 2
    return far.log() - (4 * p.scale * q.scale).log()


@register_kl(HalfNormal, HalfNormal)
def _of_half_normal(p: Any, q: Any) -> Any:
    return kl_divergence(Normal(0 * p.scale, p.scale), Normal(0 * q.scale, q.scale))


@register_kl(LogNormal, LogNormal)
def _of_log_normal(p: Any, q: Any) -> Any:
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(TransformedDistribution, TransformedDistribution)
def _of_transformed(p: Any, q: Any) -> Any:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise OptionError(
            "There is no formula for different transforms. Write the mean of p.log_prob(x) - "
            "q.log_prob(x) over samples x of p."
        )
    return kl_divergence(p.base_dist, q.base_dist)
