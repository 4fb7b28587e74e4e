"""Keras' ``Variable``: a parameter that can be assigned to."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import no_grad
from nn.arrays import plain
from nn.keras_style.config import floatx
from nn.keras_style.symbolic import is_tried
from nn.parameter import Parameter


class Variable(Parameter):
    """A parameter with Keras' methods.

    Parameters
    ----------
    initializer : array_like, str or callable
        The first numbers, or a function of the shape and the type, such as "zeros".
    shape : tuple of int, optional
        The shape, for a function.
    dtype : dtype, optional
        The type; by default `config.floatx`.
    trainable : bool
        Whether to train it.
    name : str, optional
        Its name.
    **options
        Options of Keras, which are ignored.

    Examples
    --------
    >>> v = Variable([1.0, 2.0])
    >>> v.assign_add([1.0, 1.0]).numpy()
    array([2., 3.], dtype=float32)
    """

    def __init__(
        self, initializer: Any, shape: Any = None, dtype: Any = None, trainable: bool = True,
        name: str | None = None, **options: Any,
    ) -> None:  # fmt: skip
        del options
        dtype = dtype or floatx()
        if isinstance(initializer, str):
            from nn.keras_style import initializers  # which imports this module

            initializer = initializers.get(initializer)
        data = initializer(shape, dtype) if callable(initializer) else plain(initializer)
        super().__init__(data, dtype, name or "", trainable)
        self.is_frozen = not trainable

    #: The names of the layers that it is in, and its own: ``"encoder/dense/kernel"``.
    path = ""

    #: What it is set to after each step of an optimizer, ``constraint(weight)``; None for nothing.
    constraint: Any = None

    @property
    def name(self) -> str:
        """The name: the one it was given, or the attribute of the layer that it is."""
        return str(self.label)

    @property
    def value(self) -> Variable:
        """The variable itself, as the steps of a model with PyTorch behind Keras read it."""
        return self

    @property
    def trainable(self) -> bool:
        """Whether it is trained."""
        return self.requires_grad

    @trainable.setter
    def trainable(self, wanted: bool) -> None:
        self.requires_grad = wanted

    def assign(self, value: Any) -> Variable:
        """Replace the numbers; return the variable.

        Calls that only find shapes, such as those of symbolic tensors, change nothing.

        Parameters
        ----------
        value : array_like
            The new numbers.
        """
        if is_tried():
            return self
        with no_grad():
            self[...] = np.broadcast_to(plain(value), self.shape)
        return self

    def assign_add(self, value: Any) -> Variable:
        """Add to the numbers; return the variable.

        Parameters
        ----------
        value : array_like
            What to add.
        """
        return self.assign(self.data + plain(value))

    def assign_sub(self, value: Any) -> Variable:
        """Subtract from the numbers; return the variable.

        Parameters
        ----------
        value : array_like
            What to subtract.
        """
        return self.assign(self.data - plain(value))

    def numpy(self) -> Any:
        """Return a copy of the numbers."""
        return self.data.copy()


def name_paths(model: Any) -> None:
    """Tell the variables of a model the names of the layers that they are in."""
    names: dict[str, str] = {}
    for place, module in model.named_modules():
        outer, _, own = place.rpartition(".")
        before = names.get(outer, "")
        own = str(getattr(module, "name", own)) if place else ""
        names[place] = f"{before}/{own}".strip("/")
        for name, one in module._own_parameters():
            if isinstance(one, Variable):
                one.path = f"{names[place]}/{name}".strip("/")
