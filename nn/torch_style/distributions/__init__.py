"""PyTorch's ``torch.distributions``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.distributions import categorical, constraints, normal
from nn.torch_style.distributions.bernoulli import Bernoulli
from nn.torch_style.distributions.categorical import Categorical
from nn.torch_style.distributions.counts import (
    Binomial,
    Geometric,
    Multinomial,
    NegativeBinomial,
)
from nn.torch_style.distributions.distribution import Distribution
from nn.torch_style.distributions.kl import kl_divergence, register_kl
from nn.torch_style.distributions.located import Cauchy, Gumbel, Laplace, StudentT
from nn.torch_style.distributions.mixtures import (
    MixtureSameFamily,
    RelaxedBernoulli,
    RelaxedOneHotCategorical,
)
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
from nn.torch_style.distributions.tails import (
    Chi2,
    FisherSnedecor,
    HalfCauchy,
    InverseGamma,
    Kumaraswamy,
    Pareto,
    VonMises,
    Weibull,
)
from nn.torch_style.distributions.transformed import (
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    PowerTransform,
    SigmoidTransform,
    SoftplusTransform,
    TanhTransform,
    Transform,
    TransformedDistribution,
)
from nn.torch_style.distributions.uniform import Uniform

__all__ = [
    "AffineTransform", "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy", "Chi2",
    "ComposeTransform", "Dirichlet", "Distribution", "ExpTransform", "Exponential",
    "FisherSnedecor", "Gamma", "Geometric", "Gumbel", "HalfCauchy", "HalfNormal", "Independent",
    "InverseGamma", "Kumaraswamy", "Laplace", "LogNormal", "MixtureSameFamily", "Multinomial",
    "MultivariateNormal", "NegativeBinomial", "Normal", "OneHotCategorical", "Pareto",
    "Poisson", "PowerTransform", "RelaxedBernoulli", "RelaxedOneHotCategorical",
    "SigmoidTransform", "SoftplusTransform", "StudentT", "TanhTransform", "Transform",
    "TransformedDistribution", "Uniform", "VonMises", "Weibull", "categorical", "constraints",
    "kl_divergence", "normal", "register_kl",
]  # fmt: skip

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.distributions", name, __all__))
