"""PyTorch's ``torch.distributions``: `Categorical`, `Bernoulli`, `Normal`, `Uniform`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.torch_style import hints
from nn.torch_style.distributions.bernoulli import Bernoulli
from nn.torch_style.distributions.categorical import Categorical
from nn.torch_style.distributions.distribution import Distribution
from nn.torch_style.distributions.kl import kl_divergence
from nn.torch_style.distributions.normal import Normal
from nn.torch_style.distributions.uniform import Uniform

__all__ = ["Bernoulli", "Categorical", "Distribution", "Normal", "Uniform", "kl_divergence"]

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        raise AttributeError(hints.missing("torch.distributions", name, __all__))
