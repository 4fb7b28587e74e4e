"""Keras' `SpectralNormalization`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import no_grad
from autograd.errors import OptionError, TraceError
from autograd.program import is_tracing
from nn.arrays import plain
from nn.keras_style import initializers
from nn.keras_style.configured import described
from nn.keras_style.layers.layer import Layer
from nn.keras_style.symbolic import is_tried


class SpectralNormalization(Layer):
    """A layer whose kernel is divided by its largest singular value before each step of training.

    Source: Miyato et al., "Spectral normalization for generative adversarial networks", 2018; as in
    Keras the kernel itself is replaced, so that the derivative does not see the division.

    Parameters
    ----------
    layer : Layer
        A layer with a ``kernel``, or an `Embedding`.
    power_iterations : int
        How many times to improve the estimate of the singular vectors in each step.
    **options
        Options of `Layer`.

    Raises
    ------
    OptionError
        If `power_iterations` is not positive, or the layer has no kernel.

    Examples
    --------
    >>> from nn.keras_style.layers import Dense
    >>> layer = SpectralNormalization(Dense(2, kernel_initializer="ones"), power_iterations=5)
    >>> layer(np.ones((1, 3)), training=True).data.round(4)
    array([[1.2247, 1.2247]], dtype=float32)
    """

    fixed = ("layer",)

    def __init__(self, layer: Any, power_iterations: int = 1, **options: Any) -> None:
        super().__init__(**options)
        if power_iterations < 1:
            raise OptionError(f"power_iterations={power_iterations} must be positive.")
        self.layer, self.power_iterations = layer, power_iterations
        self.vector_u: Any = None

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a layer again."""
        return {**super().get_config(), "layer": described(self.layer)}

    @property
    def kernel(self) -> Any:
        """The weights that are divided; None before there are any."""
        return getattr(self.layer, "kernel", getattr(self.layer, "embeddings", None))

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        if not self.layer.built:
            self.layer.build(input_shape)
        if self.kernel is None:
            raise OptionError(f"{self.layer.name} has no kernel and no embeddings.")
        first = initializers.TruncatedNormal(stddev=0.02)
        self.vector_u = self.add_weight(
            (1, self.kernel.shape[-1]), first, self.kernel.dtype, trainable=False
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the outputs of the layer, in training after the division.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        training : bool
            Whether to train.
        """
        if training and not is_tried() and np.any(plain(self.kernel)):
            self._divide()
        return self.layer(inputs)

    def _divide(self) -> None:
        if is_tracing():
            raise TraceError(f"{self.name} replaces a kernel: write jit_compile=False.")
        with no_grad():
            table = plain(self.kernel).reshape(-1, self.kernel.shape[-1])
            u = plain(self.vector_u)
            for _ in range(self.power_iterations):
                v = _unit(u @ table.T)
                u = _unit(v @ table)
            self.vector_u.assign(u)
            self.kernel.assign(plain(self.kernel) / (v @ table @ u.T))


def _unit(x: Any) -> Any:
    return x / np.sqrt(np.maximum(np.sum(x * x), 1e-12))
