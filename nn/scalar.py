"""Networks of `Value`s: every weight a number of its own, every sum written out.

Slow, and clear: to see backpropagation happen, not to train on much data.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value, scope
from nn.seeding import GENERATOR

Activation = Callable[[Any], Any]
Generator = random.Random | np.random.Generator


def relu(x: Any) -> Any:
    """Return max(x, 0)."""
    return x.relu()


class _Scalars:
    """Something whose parameters are Values, where those of a `nn.Module` are Tensors."""

    def parts(self) -> list[Any]:
        """Return what it is made of."""
        raise NotImplementedError

    def parameters(self) -> list[Value]:
        """Return every Value that training is to change."""
        return [parameter for part in self.parts() for parameter in part.parameters()]

    def __repr__(self) -> str:
        return f"{type(self).__name__}[{', '.join(map(repr, self.parts()))}]"

    def zero_grad(self) -> None:
        """Set the derivative of every parameter to zero."""
        for parameter in self.parameters():
            parameter.grad = 0.0


class Neuron(_Scalars):
    """A weighted sum of its inputs plus a bias, and an activation.

    The activation may be None, for a linear neuron. The initial weights, uniform in [-1, 1], come
    from the generator, a `random.Random` or a `numpy.random.Generator`; by default from the one
    that `nn.seed` sets.
    """

    def __init__(
        self,
        inputs: int,
        activation: Activation | None = relu,
        generator: Generator | None = None,
    ) -> None:
        uniform = (generator or GENERATOR).uniform
        self.w = [Value(uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0)
        self.activation = activation

    def __call__(self, x: Sequence[Any]) -> Any:
        """Return the output for as many inputs as there are weights; else raise a ValueError."""
        if len(x) != len(self.w):
            raise ValueError(f"A neuron of {len(self.w)} weights got {len(x)} inputs.")
        total: Any = self.b
        for weight, number in zip(self.w, x, strict=True):
            total = total + weight * number
        return total if self.activation is None else self.activation(total)

    def parameters(self) -> list[Value]:
        """Return the weights and the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        name = "linear" if self.activation is None else self.activation.__name__
        return f"Neuron({len(self.w)}, {name})"


class Layer(_Scalars):
    """Several neurons side by side on the same inputs."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: Activation | None = relu,
        generator: Generator | None = None,
    ) -> None:
        self.neurons = [Neuron(inputs, activation, generator) for _ in range(outputs)]

    def __call__(self, x: Sequence[Any]) -> Any:
        """Return the outputs as a list; of a layer of one neuron, the output itself."""
        found = [neuron(x) for neuron in self.neurons]
        return found[0] if len(found) == 1 else found

    def parts(self) -> list[Neuron]:
        """Return the neurons."""
        return self.neurons


class MLP(_Scalars):
    """A multi-layer perceptron: layers one after the other, the last one linear.

    Parameters
    ----------
    inputs, outputs : int and sequence of int
        How many numbers come in, and the number of neurons of each layer.
    activation, generator : callable and generator, optional
        As for `Neuron`, for all layers.

    Examples
    --------
    >>> import random
    >>> model = MLP(2, [16, 16, 1], generator=random.Random(0))
    >>> len(model.parameters())
    337
    >>> loss = (model([1.0, -1.0]) - 1.0) ** 2
    >>> loss.backward()
    """

    def __init__(
        self,
        inputs: int,
        outputs: Sequence[int],
        activation: Activation | None = relu,
        generator: Generator | None = None,
    ) -> None:
        sizes = [inputs, *outputs]
        last = len(outputs) - 1
        self.layers = [
            Layer(sizes[i], sizes[i + 1], activation if i < last else None, generator)
            for i in range(len(outputs))
        ]

    def __call__(self, x: Sequence[Any]) -> Any:
        """Return the output of the last layer."""
        for i, layer in enumerate(self.layers):
            with scope(f"layers.{i}"):
                x = layer(x if i == 0 or isinstance(x, list) else [x])
        return x

    def parts(self) -> list[Layer]:
        """Return the layers."""
        return self.layers
