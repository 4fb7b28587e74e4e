"""Keras' `Input` and `InputLayer`: where a model begins."""

from __future__ import annotations

from typing import Any

from autograd.errors import OptionError, ShapeError
from nn.keras_style.layers.layer import Layer
from nn.keras_style.symbolic import KerasTensor, Node


class InputLayer(Layer):
    """The layer of an input, which returns it.

    Parameters
    ----------
    shape, batch_size, dtype, name, batch_shape
        As for `Input`.
    """

    built = True
    supports_masking = True
    autocast = ""

    def __init__(
        self, shape: Any = None, batch_size: int | None = None, dtype: Any = None,
        *, name: str | None = None, batch_shape: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=str if dtype == "string" else dtype)
        if (shape is None) == (batch_shape is None):
            raise ShapeError("Input needs the shape of an example, such as Input((28, 28, 1)).")
        if shape is not None:
            batch_shape = (batch_size, *((shape,) if isinstance(shape, int) else shape))
        node = Node(self, (), {})
        node.outputs = KerasTensor(tuple(batch_shape), self.dtype, self.name, node)
        self._output_shape = node.outputs.shape
        self.add_node(node)

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a layer again."""
        return {"name": self.name, "dtype": str(self.dtype), "batch_shape": self._output_shape}

    def call(self, inputs: Any) -> Any:
        """Return the inputs.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        return inputs


def Input(  # noqa: N802 - Keras' name
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    *,
    name: str | None = None,
    batch_shape: Any = None,
    **options: Any,
) -> KerasTensor:
    """Return a symbolic tensor for the inputs of a model.

    Parameters
    ----------
    shape : tuple of int or None
        The shape of one example; None for lengths that vary.
    batch_size : int, optional
        The number of examples, if it is fixed.
    dtype : dtype, optional
        The type; by default `config.floatx`.
    name : str, optional
        The name, by which a dict of inputs is sorted.
    batch_shape : tuple of int or None, optional
        The shape with the axis of the batch, instead of `shape`.
    **options
        Options of Keras, which raise if they are not None or False.

    Raises
    ------
    ShapeError
        If there is no shape.

    Examples
    --------
    >>> Input((28, 28, 1), name="images")
    <KerasTensor shape=(None, 28, 28, 1), dtype=float32, name=images>
    """
    for option, setting in options.items():
        if setting:
            raise OptionError(f"Input has no {option}= here.")
    tensor: KerasTensor = InputLayer(
        shape, batch_size, dtype, name=name, batch_shape=batch_shape
    ).output
    return tensor
