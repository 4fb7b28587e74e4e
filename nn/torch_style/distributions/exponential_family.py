"""The base class of distributions with densities exp(η·t(x) - A(η) + k(x))."""

from __future__ import annotations

from typing import Any

from nn.torch_style.autograd import grad
from nn.torch_style.distributions.distribution import Distribution
from nn.torch_style.tensor import Tensor


class ExponentialFamily(Distribution):
    """The base class of distributions with densities exp(η·t(x) - A(η) + k(x)).

    Your own define the property ``_natural_params``, the tuple of η; ``_log_normalizer``, the
    function A of them; and ``_mean_carrier_measure``, the average of k(x).

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> isinstance(torch.distributions.Normal(0.0, 1.0), torch.distributions.ExponentialFamily)
    True
    """

    @property
    def _natural_params(self) -> Any:
        raise NotImplementedError(f"Define the property _natural_params of {type(self).__name__}.")

    def _log_normalizer(self, *natural_params: Any) -> Any:
        raise NotImplementedError(f"Define _log_normalizer of {type(self).__name__}.")

    @property
    def _mean_carrier_measure(self) -> float:
        raise NotImplementedError(f"Define _mean_carrier_measure of {type(self).__name__}.")

    def entropy(self) -> Tensor:
        """Return A - Σ η ∂A/∂η - E[k(x)].

        Source: Nielsen & Nock, "Entropies and cross-entropies of exponential families", 2010.
        """
        parameters = [
            p if p.requires_grad else p.detach().requires_grad_() for p in self._natural_params
        ]
        total = self._log_normalizer(*parameters)
        slopes = grad(total.sum(), parameters, create_graph=True)
        found = total - self._mean_carrier_measure
        for parameter, slope in zip(parameters, slopes, strict=True):
            found = found - (parameter * slope).reshape(*self.batch_shape, -1).sum(-1)
        return found  # type: ignore[no-any-return]
