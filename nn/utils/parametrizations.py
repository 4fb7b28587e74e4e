"""Weights as a length and a direction, and weights with a largest singular value of 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.arrays import plain
from nn.module import Module
from nn.seeding import chosen
from nn.utils.orthogonal_weights import orthogonal
from nn.utils.parametrize import register_parametrization

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


class WeightNorm(Module):
    """A weight g · v / |v|, with a length g for each index along an axis."""

    def __init__(self, dim: int | None) -> None:
        self.dim = dim

    def forward(self, g: Any, v: Any) -> Any:
        """Return the weight.

        Parameters
        ----------
        g, v : Tensor
            The lengths and the directions.
        """
        return v * (g / self._norm(v))

    def right_inverse(self, weight: Any) -> tuple[Any, Any]:
        """Return the lengths and the directions of a weight.

        Parameters
        ----------
        weight : array
            The weight.
        """
        return self._norm(weight), weight

    def _norm(self, v: Any) -> Any:
        if self.dim is None:
            return np.sqrt(np.sum(v * v))
        axes = tuple(axis for axis in range(v.ndim) if axis != self.dim % v.ndim)
        return np.sqrt(np.sum(v * v, axis=axes, keepdims=True))


class SpectralNorm(Module):
    """A weight divided by its largest singular value, which is found by iteration."""

    _u: Any
    _v: Any

    def __init__(
        self,
        weight: Any,
        n_power_iterations: int,
        dim: int,
        eps: float,
        generator: np.random.Generator | None = None,
    ) -> None:
        self.n_power_iterations, self.dim, self.eps = n_power_iterations, dim, eps
        matrix = self._matrix(weight)
        for name, size in zip(("_u", "_v"), matrix.shape, strict=True):
            start = chosen(generator).normal(size=size).astype(weight.dtype)
            self.register_buffer(name, self._unit(start))
        self._iterate(matrix, 15)

    def forward(self, weight: Any) -> Any:
        """Return the weight divided by its largest singular value.

        Parameters
        ----------
        weight : Tensor
            The weight.
        """
        if self.training:
            self._iterate(plain(self._matrix(weight)), self.n_power_iterations)
        u, v = self._u.copy(), self._v.copy()
        return weight / (u @ self._matrix(weight) @ v)

    def _matrix(self, weight: Any) -> Any:
        return np.moveaxis(weight, self.dim, 0).reshape((weight.shape[self.dim], -1))

    def _unit(self, x: Any) -> Any:
        return x / np.maximum(np.sqrt(np.sum(x * x)), self.eps)

    def _iterate(self, matrix: Any, count: int) -> None:
        for _ in range(count):
            self._u[...] = self._unit(matrix @ self._v)
            self._v[...] = self._unit(matrix.T @ self._u)


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Train the lengths and the directions of a weight apart; return the module.

    Source: Salimans & Kingma, "Weight normalization", 2016.

    Parameters
    ----------
    module : Module
        The module that has the weight.
    name : str
        The name of the weight.
    dim : int or None
        The axis along which there is a length for each index; None for one length.

    Examples
    --------
    >>> import nn
    >>> layer = weight_norm(nn.Linear(2, 3))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'parametrizations.weight.original0', 'parametrizations.weight.original1']
    """
    return register_parametrization(module, name, WeightNorm(dim))


def spectral_norm(
    module: Module,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> Module:
    """Keep the largest singular value of a weight at 1; return the module.

    Source: Miyato et al., "Spectral normalization for generative adversarial networks", 2018.

    Parameters
    ----------
    module : Module
        The module that has the weight.
    name : str
        The name of the weight.
    n_power_iterations : int
        The number of iterations for each call, in training mode.
    eps : float
        The smallest divisor of a vector.
    dim : int, optional
        The axis of the outputs; by default 1 for transposed convolutions and else 0.

    Examples
    --------
    >>> import nn
    >>> layer = spectral_norm(nn.Linear(2, 3), n_power_iterations=10)
    >>> round(float(np.linalg.norm(layer.weight.data, 2)), 6)
    1.0
    """
    axis = getattr(module, "output_axis", 0) if dim is None else dim
    weight = plain(getattr(module, name))
    return register_parametrization(
        module, name, SpectralNorm(weight, n_power_iterations, axis, eps)
    )
