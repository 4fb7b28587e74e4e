"""PyTorch's ``torch.distributions``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.distributions import categorical, normal
from nn.torch_style.distributions.bernoulli import Bernoulli
from nn.torch_style.distributions.categorical import Categorical
from nn.torch_style.distributions.distribution import Distribution
from nn.torch_style.distributions.kl import kl_divergence
from nn.torch_style.distributions.located import Cauchy, Gumbel, Laplace, StudentT
from nn.torch_style.distributions.multivariate_normal import Independent, MultivariateNormal
from nn.torch_style.distributions.normal import Normal
from nn.torch_style.distributions.positive import (
    Exponential,
    Gamma,
    HalfNormal,
    LogNormal,
    Poisson,
)
from nn.torch_style.distributions.shares import Beta, Dirichlet, OneHotCategorical
from nn.torch_style.distributions.transformed import (
    AffineTransform,
    ExpTransform,
    SigmoidTransform,
    TanhTransform,
    Transform,
    TransformedDistribution,
)
from nn.torch_style.distributions.uniform import Uniform

__all__ = [
    "AffineTransform", "Bernoulli", "Beta", "Categorical", "Cauchy", "Dirichlet", "Distribution",
    "ExpTransform", "Exponential", "Gamma", "Gumbel", "HalfNormal", "Independent", "Laplace",
    "LogNormal", "MultivariateNormal", "Normal", "OneHotCategorical", "Poisson",
    "SigmoidTransform", "StudentT", "TanhTransform", "Transform", "TransformedDistribution",
    "Uniform", "categorical", "kl_divergence", "normal",
]  # fmt: skip

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.distributions", name, __all__))
