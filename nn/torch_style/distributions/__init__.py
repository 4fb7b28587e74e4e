"""PyTorch's ``torch.distributions``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.distributions import categorical, constraints, normal
from nn.torch_style.distributions.array_transforms import (
    CatTransform,
    CorrCholeskyTransform,
    CumulativeDistributionTransform,
    IndependentTransform,
    LowerCholeskyTransform,
    PositiveDefiniteTransform,
    ReshapeTransform,
    SoftmaxTransform,
    StackTransform,
    StickBreakingTransform,
)
from nn.torch_style.distributions.bernoulli import Bernoulli
from nn.torch_style.distributions.bounded import ContinuousBernoulli, GeneralizedPareto
from nn.torch_style.distributions.categorical import Categorical
from nn.torch_style.distributions.counts import (
    Binomial,
    Geometric,
    Multinomial,
    NegativeBinomial,
)
from nn.torch_style.distributions.distribution import Distribution
from nn.torch_style.distributions.elementwise_transforms import (
    AbsTransform,
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    PowerTransform,
    SigmoidTransform,
    SoftplusTransform,
    TanhTransform,
    Transform,
    identity_transform,
)
from nn.torch_style.distributions.exponential_family import ExponentialFamily
from nn.torch_style.distributions.kl import kl_divergence, register_kl
from nn.torch_style.distributions.located import Cauchy, Gumbel, Laplace, StudentT
from nn.torch_style.distributions.matrices import LKJCholesky, LowRankMultivariateNormal, Wishart
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
from nn.torch_style.distributions.registry import ConstraintRegistry, biject_to, transform_to
from nn.torch_style.distributions.shares import (
    Beta,
    Dirichlet,
    OneHotCategorical,
    OneHotCategoricalStraightThrough,
)
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
from nn.torch_style.distributions.transformed import LogisticNormal, TransformedDistribution
from nn.torch_style.distributions.uniform import Uniform

__all__ = [
    "AbsTransform", "AffineTransform", "Bernoulli", "Beta", "Binomial", "CatTransform",
    "Categorical", "Cauchy", "Chi2", "ComposeTransform", "ConstraintRegistry",
    "ContinuousBernoulli", "CorrCholeskyTransform", "CumulativeDistributionTransform", "Dirichlet",
    "Distribution", "ExpTransform", "Exponential", "ExponentialFamily",
    "FisherSnedecor", "Gamma", "GeneralizedPareto",
    "Geometric", "Gumbel", "HalfCauchy", "HalfNormal", "Independent", "IndependentTransform",
    "InverseGamma", "Kumaraswamy", "LKJCholesky", "Laplace", "LogNormal", "LogisticNormal",
    "LowRankMultivariateNormal", "LowerCholeskyTransform", "MixtureSameFamily", "Multinomial",
    "MultivariateNormal", "NegativeBinomial", "Normal", "OneHotCategorical",
    "OneHotCategoricalStraightThrough", "Pareto", "Poisson", "PositiveDefiniteTransform",
    "PowerTransform", "RelaxedBernoulli", "RelaxedOneHotCategorical", "ReshapeTransform",
    "SigmoidTransform", "SoftmaxTransform", "SoftplusTransform", "StackTransform",
    "StickBreakingTransform", "StudentT", "TanhTransform", "Transform", "TransformedDistribution",
    "Uniform", "VonMises", "Weibull", "Wishart", "biject_to", "categorical", "constraints",
    "identity_transform", "kl_divergence", "normal", "register_kl", "transform_to",
]  # fmt: skip

from nn.torch_style.distributions import kl_families  # isort: skip # noqa: F401 - registers formulas

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.distributions", name, __all__))
