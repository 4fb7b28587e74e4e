"""How far one distribution is from another: a formula for each pair of classes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.torch_style.arithmetic import pair
from nn.torch_style.base import made
from nn.torch_style.creation import full_like
from nn.torch_style.distributions.bernoulli import Bernoulli
from nn.torch_style.distributions.categorical import Categorical
from nn.torch_style.distributions.located import Laplace
from nn.torch_style.distributions.multivariate_normal import Independent, MultivariateNormal
from nn.torch_style.distributions.normal import Normal
from nn.torch_style.distributions.positive import Exponential, Gamma, Poisson
from nn.torch_style.distributions.shares import Beta, Dirichlet, OneHotCategorical
from nn.torch_style.distributions.uniform import Uniform
from nn.torch_style.special import digamma
from nn.torch_style.tensor import Tensor

#: By the classes of the two distributions, the formula.
FORMULAS: dict[tuple[type, type], Callable[[Any, Any], Any]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator for the formula of two classes."""

    def register(formula: Callable[..., Any]) -> Callable[..., Any]:
        FORMULAS[type_p, type_q] = formula
        return formula

    return register


def kl_divergence(p: Any, q: Any) -> Tensor:
    """Return the average of log p - log q under p."""
    for one in type(p).__mro__:
        for other in type(q).__mro__:
            if (one, other) in FORMULAS:
                return FORMULAS[one, other](p, q)  # type: ignore[no-any-return]
    raise OptionError(
        f"There is no formula for {type(p).__name__} and {type(q).__name__}. Write one with "
        f"@register_kl, or the mean of p.log_prob(x) - q.log_prob(x) over samples x of p."
    )


@register_kl(Categorical, Categorical)
def _of_classes(p: Any, q: Any) -> Any:
    return (p.probs * (p.logits - q.logits)).sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def _of_vectors_of_classes(p: Any, q: Any) -> Any:
    return _of_classes(p._classes, q._classes)


@register_kl(Normal, Normal)
def _of_normal(p: Any, q: Any) -> Any:
    ratio = (p.scale / q.scale) ** 2
    distance = ((p.loc - q.loc) / q.scale) ** 2
    return 0.5 * (ratio + distance - 1 - ratio.log())


@register_kl(Bernoulli, Bernoulli)
def _of_bits(p: Any, q: Any) -> Any:
    ones = p.probs * (p.probs / q.probs).log()
    return ones + (1 - p.probs) * ((1 - p.probs) / (1 - q.probs)).log()


@register_kl(Independent, Independent)
def _of_independent(p: Any, q: Any) -> Any:
    if p.count != q.count:
        raise OptionError(f"The distributions have {p.count} and {q.count} axes of events.")
    return p.summed(kl_divergence(p.base_dist, q.base_dist))


@register_kl(Exponential, Exponential)
def _of_exponential(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return ratio - ratio.log() - 1


@register_kl(Gamma, Gamma)
def _of_gamma(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    constant = b * (p.rate / q.rate).log() + b.lgamma() - a.lgamma()
    return constant + (a - b) * digamma(a) + (q.rate - p.rate) * (a / p.rate)


@register_kl(Dirichlet, Dirichlet)
def _of_shares(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    total = a.sum(-1, keepdim=True)
    constant = total.lgamma()[..., 0] - b.sum(-1).lgamma() - (a.lgamma() - b.lgamma()).sum(-1)
    return constant + ((a - b) * (digamma(a) - digamma(total))).sum(-1)


@register_kl(Beta, Beta)
def _of_beta(p: Any, q: Any) -> Any:
    return _of_shares(p._pair, q._pair)


@register_kl(Poisson, Poisson)
def _of_counts(p: Any, q: Any) -> Any:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Laplace, Laplace)
def _of_laplace(p: Any, q: Any) -> Any:
    ratio, far = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + far / q.scale + ratio * (-far / p.scale).exp() - 1


@register_kl(Uniform, Uniform)
def _of_uniform(p: Any, q: Any) -> Any:
    found = ((q.high - q.low) / (p.high - p.low)).log()
    return found.where((q.low <= p.low) & (q.high >= p.high), full_like(found, math.inf))


@register_kl(MultivariateNormal, MultivariateNormal)
def _of_vectors(p: Any, q: Any) -> Any:
    logs = q._half_log_det() - p._half_log_det()
    root = made(np.linalg.solve(*pair(q.scale_tril, p.scale_tril)))
    distance = q._standardised(q.loc - p.loc).square().sum(-1)
    return logs + 0.5 * (root.square().sum((-2, -1)) + distance - p.event_shape[0])
