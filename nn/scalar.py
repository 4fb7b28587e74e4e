"""Networks of Values: each weight is one `Value`, and each sum is written out.

They are slow but transparent: made for watching backpropagation, not for training on much data.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value, scope
from autograd.errors import ShapeError
from nn.seeding import GENERATOR

Activation = Callable[[Any], Any]
Generator = random.Random | np.random.Generator


def relu(x: Any) -> Any:
    """Return max(x, 0)."""
    return x.relu()


class _Scalars:
    """The base class of networks whose parameters are Values."""

    def parts(self) -> list[Any]:
        """Return the layers or neurons."""
        raise NotImplementedError

    def parameters(self) -> list[Value]:
        """Return all weights and biases."""
        return [parameter for part in self.parts() for parameter in part.parameters()]

    def __repr__(self) -> str:
        return f"{type(self).__name__}[{', '.join(map(repr, self.parts()))}]"

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to zero."""
        for parameter in self.parameters():
            parameter.grad = 0.0


class Neuron(_Scalars):
    """A neuron: activation(Σ w x + b), made of Values.

    The weights are initialised uniformly from -1 to 1, the bias to 0.

    Parameters
    ----------
    inputs : int
        The number of inputs.
    activation : callable or None
        The activation function, by default ReLU; None for a linear neuron.
    generator : random.Random or numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> neuron = Neuron(2)
    >>> len(neuron.parameters())
    3
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
        for parameter in self.parameters():
            parameter.is_parameter = True
        self._name("")

    def _name(self, row: str) -> None:
        """Label the parameters as textbooks do, with the number of the neuron if there is one."""
        for column, weight in enumerate(self.w):
            weight.label = f"w[{row}{', ' if row else ''}{column}]"
        self.b.label = f"b[{row}]" if row else "b"

    def __call__(self, x: Sequence[Any]) -> Any:
        """Return the output.

        Parameters
        ----------
        x : sequence of number or Value
            One input for each weight.

        Raises
        ------
        ShapeError
            If the number of inputs is not the number of weights.
        """
        if len(x) != len(self.w):
            raise ShapeError(f"A neuron with {len(self.w)} weights got {len(x)} inputs.")
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
    """A layer of neurons with the same inputs.

    Parameters
    ----------
    inputs, outputs : int
        The number of inputs and of neurons.
    activation, generator : callable or None, and generator
        As for `Neuron`.

    Examples
    --------
    >>> len(Layer(2, 3)([1.0, -1.0]))
    3
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: Activation | None = relu,
        generator: Generator | None = None,
    ) -> None:
        self.neurons = [Neuron(inputs, activation, generator) for _ in range(outputs)]
        for row, neuron in enumerate(self.neurons):
            neuron._name(str(row))

    def __call__(self, x: Sequence[Any]) -> Any:
        """Return the list of outputs; for a layer of one neuron, the output itself.

        Parameters
        ----------
        x : sequence of number or Value
            The inputs.
        """
        found = [neuron(x) for neuron in self.neurons]
        return found[0] if len(found) == 1 else found

    def parts(self) -> list[Neuron]:
        """Return the neurons."""
        return self.neurons


class MLP(_Scalars):
    """A multi-layer perceptron made of Values, whose last layer is linear.

    Parameters
    ----------
    inputs : int
        The number of inputs.
    outputs : sequence of int
        The number of neurons of each layer.
    activation, generator : callable or None, and generator
        As for `Neuron`.

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
        """Return the output of the last layer.

        Parameters
        ----------
        x : sequence of number or Value
            The inputs.
        """
        for i, layer in enumerate(self.layers):
            with scope(f"layers.{i}", f"Layer({len(layer.neurons[0].w)}, {len(layer.neurons)})"):
                x = layer(x if i == 0 or isinstance(x, list) else [x])
        return x

    def parts(self) -> list[Layer]:
        """Return the layers."""
        return self.layers
