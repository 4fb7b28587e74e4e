"""The base class of Keras' layers: weights that are made at the first call, names, masks."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError
from nn.arrays import plain, shape_of
from nn.contents import joined
from nn.keras_style import constraints, initializers, regularizers
from nn.keras_style.config import floatx
from nn.keras_style.configured import (
    Configured,
    described,
    described_by,
    is_built_in,
    kept_options,
    options_of,
    revived,
)
from nn.keras_style.layers import building
from nn.keras_style.layers.building import shapes_of, taken_by
from nn.keras_style.layers.checks import check_options
from nn.keras_style.layers.passing import LOSSES, MASKS, mask_of, with_masks
from nn.keras_style.naming import new_name
from nn.keras_style.symbolic import Node, applied, is_symbolic, is_tried, mapped
from nn.keras_style.variable import Variable
from nn.modes import in_mode
from nn.module import Module

#: The options that all layers have.
BASE = ("name", "dtype", "trainable", "input_shape")


class Layer(Configured, Module):
    """A layer as in Keras. Subclasses define ``call``, and ``build`` to make the weights.

    Parameters
    ----------
    name : str, optional
        The name; by default the class and a number.
    dtype : dtype, optional
        The type of the weights; by default `config.floatx`.
    trainable : bool
        Whether to train its weights.
    input_shape : tuple, optional
        The shape of an example, for the first layer of a `Sequential`.
    **options
        Options of Keras, which raise unless they change nothing.

    Examples
    --------
    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight(shape=input_shape[-1:], initializer="ones")
    ...
    ...     def call(self, inputs):
    ...         return inputs * self.factor
    >>> layer = Scale(name="factors")
    >>> layer(np.ones((2, 3))).shape, layer.name
    ((2, 3), 'factors')
    """

    keras_module = "layers"
    call: Callable[..., Any]
    built = False
    training = False
    supports_masking = False
    builds_parts = False  # whether ``build`` leaves the weights of layers in it to the first call
    keeps_steps: Any = True  # whether the outputs have the steps of the inputs, and so their mask
    makes_mask = False  # whether it gives its outputs a mask
    autocast = "f"  # the kinds of inputs that are converted to the type of the weights
    _trainable = True

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        """Return a new layer, if its options are right."""
        if is_built_in(cls):
            check_options(cls, arguments, options)
        return super().__new__(cls, *arguments, **options)

    def __init__(
        self, *, name: str | None = None, dtype: Any = None, trainable: bool = True,
        input_shape: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        self.activity_regularizer = regularizers.get(options.pop("activity_regularizer", None))
        if "input_dim" in options and input_shape is None:
            input_shape = (options.pop("input_dim"),)
        self._constraints = {
            option.removesuffix("_constraint"): constraints.get(options.pop(option))
            for option in list(options)
            if option.endswith("_constraint") and options[option] is not None
        }
        for option, setting in options.items():
            if setting is not None and setting is not False:
                raise OptionError(f"{type(self).__name__} has no {option}= here.")
        self._name = name or new_name(type(self).__name__)
        self._dtype = np.dtype(dtype or floatx())
        self._trainable = trainable
        self._input_shape = None if input_shape is None else tuple(input_shape)
        self._nodes: list[Node] = []
        self._output_shape: Any = None

    # -- what it is --------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name."""
        if "_name" not in vars(self):
            self._name = new_name(type(self).__name__)
        return self._name

    @property
    def dtype(self) -> Any:
        """The type of the weights."""
        return vars(self).get("_dtype", np.dtype(floatx()))

    @property
    def trainable(self) -> bool:
        """Whether the weights are trained; it may be assigned to."""
        return self._trainable

    @trainable.setter
    def trainable(self, wanted: bool) -> None:
        for module in self.modules():
            if isinstance(module, Layer):
                module._trainable = wanted
        for parameter in self.parameters():
            parameter.requires_grad = wanted and not getattr(parameter, "is_frozen", False)

    def add_weight(
        self, shape: Any = (), initializer: Any = None, dtype: Any = None, trainable: bool = True,
        regularizer: Any = None, constraint: Any = None, name: str | None = None, **options: Any,
    ) -> Variable:  # fmt: skip
        """Return a new weight, to be assigned to an attribute.

        Parameters
        ----------
        shape : tuple of int
            The shape.
        initializer : str or callable
            The first numbers; by default Glorot's uniform distribution.
        dtype : dtype, optional
            The type; by default that of the layer.
        trainable : bool
            Whether to train it.
        regularizer : str or callable, optional
            A penalty, which `fit` adds to the loss.
        constraint : str or callable, optional
            What the weight is set to after each step, ``constraint(weight)``.
        name : str, optional
            Its name.
        **options
            Options of Keras, which are ignored.
        """
        del options
        made = initializers.get("glorot_uniform" if initializer is None else initializer)
        weight = Variable(made, tuple(shape), dtype or self.dtype, trainable, name)
        weight.requires_grad = trainable and self._trainable
        weight.constraint = constraints.get(constraint)
        penalty = regularizers.get(regularizer)
        if penalty is not None:
            self._penalised = (
                *vars(self).get("_penalised", ()),
                regularizers.Penalty(penalty, weight),
            )
        return weight

    # -- calls -------------------------------------------------------------------------------

    def __call__(self, *inputs: Any, training: bool | None = None, **options: Any) -> Any:
        """Call the layer, or record the call of symbolic tensors.

        Parameters
        ----------
        *inputs : array_like, Tensor or KerasTensor
            The inputs.
        training : bool, optional
            Whether to act as in training; by default what `train` and `eval` set, at first False.
        **options
            Options of ``call``.
        """
        is_recorded = is_symbolic((inputs, options))
        if not MASKS.depth:
            LOSSES.forget(self)
        MASKS.depth += 1
        try:
            if is_recorded:
                mode = {} if training is None else {"training": training}
                return applied(self, inputs, {**options, **mode})
            with nullcontext() if training is None else in_mode(self, bool(training)):
                return super().__call__(*inputs, **options)
        finally:
            MASKS.depth -= 1
            if not MASKS.depth:
                MASKS.known.clear()
                if self.makes_mask and not is_recorded:
                    warnings.warn(
                        f"The mask of {self.name} is forgotten: call the layers in a model, or "
                        f"pass mask={self.name}.compute_mask(inputs) to the next one.",
                        stacklevel=2,
                    )

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Make the weights, if there are none yet, and compute ``call``.

        Parameters
        ----------
        *inputs : array_like or Tensor
            The inputs.
        **options
            Options of ``call``.
        """
        first = inputs[0] if inputs else None
        options = with_masks(type(self).call, inputs, options)
        inputs = tuple(self._cast(part) for part in inputs)
        if not self.built:
            self._is_building = True
            try:
                named = building.shapes_to_build(self, inputs, options)
                self.build(**named) if named else self.build(shapes_of(first))
            finally:
                self._is_building = False
            self._settle()
        takes = taken_by(type(self).call)
        if "training" in takes:
            options.setdefault("training", self.training)
        mask = options.get("mask")
        if mask is None:
            mask = mask_of(first)
            if mask is not None and "mask" in takes:
                options["mask"] = mask
        outputs = self.call(*inputs, **options)
        if mask is not None or self.makes_mask:
            self._remember(first, mask, outputs)
        if vars(self).get("_output_shape") is None:
            self._output_shape = shapes_of(outputs)
        if vars(self).get("activity_regularizer") is not None:
            for part in outputs if isinstance(outputs, (list, tuple)) else [outputs]:
                self.add_loss(self.activity_regularizer(part) / max(1, *shape_of(part)[:1]))
        return outputs

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "build" in vars(cls):
            cls.build = building.settling(vars(cls)["build"])  # type: ignore[method-assign]

    def _shape_to_build(self, shape: Any) -> Any:
        """Return the shape for which ``build`` makes the weights, given that of the inputs."""
        return shape

    def _settle(self) -> None:
        """Keep the weights that ``build`` has made, and tell them about their constraints."""
        self.built = True
        for name, constraint in vars(self).get("_constraints", {}).items():
            weight = getattr(self, f"{name}_kernel", getattr(self, name, None))
            if not isinstance(weight, Variable):
                raise OptionError(f"{type(self).__name__} has no weight for {name}_constraint=.")
            weight.constraint = constraint

    @building.settling
    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple of int or None
            The shape of the inputs; None for the number of examples.
        """

    def compute_output_shape(self, *shapes: Any, **named: Any) -> Any:
        """Return the shapes of the outputs, with None for any length.

        Parameters
        ----------
        *shapes, **named : tuple of int or None
            Those of the inputs, in their order or by names such as ``value_shape``.
        """
        return building.output_shapes(self, shapes, named)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the outputs.

        Parameters
        ----------
        inputs : array
            The inputs.
        mask : array of bool, optional
            Their mask.
        """
        if not self.supports_masking:
            warnings.warn(
                f"The layer {self.name} ({type(self).__name__}) does not know what to do with the "
                "mask of its inputs; what follows has none.",
                stacklevel=2,
            )
            return None
        return mask if self.keeps_steps else None

    def _remember(self, first: Any, mask: Any, outputs: Any) -> None:
        mask = self.compute_mask(first, mask)
        if mask is not None:
            found = outputs[0] if isinstance(outputs, (list, tuple)) else outputs
            MASKS.known[id(found)] = (found, mask)

    def _cast(self, x: Any) -> Any:
        """Return inputs in the type of the weights."""
        if isinstance(x, (list, tuple)) and building.holds_arrays(x):
            return type(x)([self._cast(part) for part in x])
        if isinstance(x, (list, tuple, float, int)):
            x = np.asarray(x)
        kind = getattr(getattr(x, "dtype", None), "kind", "")
        is_other = kind and kind in self.autocast and x.dtype != self.dtype
        return x.astype(self.dtype) if is_other else x

    # -- symbolic calls ----------------------------------------------------------------------

    def add_node(self, node: Node) -> None:
        """Note a symbolic call of the layer.

        Parameters
        ----------
        node : Node
            The call.
        """
        if "_nodes" not in vars(self):
            self._nodes = []
        self._nodes.append(node)

    @property
    def symbolic_calls(self) -> list[Node]:
        """Its symbolic calls."""
        return vars(self).get("_nodes", [])  # type: ignore[no-any-return]

    @property
    def output_shape(self) -> Any:
        """The shape of its outputs in its first call; None before."""
        return vars(self).get("_output_shape")

    @property
    def input_shape(self) -> Any:
        """The shape of its inputs in its first symbolic call."""
        return mapped(lambda tensor: tensor.shape, self.input)

    @property
    def input(self) -> Any:
        """The symbolic inputs of its first call."""
        found = self._first_node().inputs
        return found[0] if len(found) == 1 else found

    @property
    def output(self) -> Any:
        """The symbolic outputs of its first call."""
        return self._first_node().outputs

    def _first_node(self) -> Node:
        if not self.symbolic_calls:
            raise OptionError(
                f"The layer {self.name} has not been called with a symbolic tensor, so that it has "
                "no input and output: begin with keras.Input(shape)."
            )
        return self.symbolic_calls[0]

    # -- weights -----------------------------------------------------------------------------

    @property
    def weights(self) -> list[Any]:
        """The parameters and the buffers, in the order of `get_weights`, shared ones once."""
        return list({id(array): array for _, array in self._named_weights()}.values())

    def _named_weights(self) -> Iterator[tuple[str, Any]]:
        """Yield the parameters and the buffers, shared ones under each of their names."""
        for prefix, module in self._walk("", ()):
            buffers = (pair for pair in module._own_buffers() if pair[0] not in module._unsaved)
            for name, array in (*module._own_parameters(), *buffers):
                yield joined(prefix, name), array

    @property
    def variables(self) -> list[Any]:
        """The parameters and the buffers."""
        return self.weights

    @property
    def trainable_weights(self) -> list[Any]:
        """The parameters that are trained."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    @property
    def trainable_variables(self) -> list[Any]:
        """The parameters that are trained."""
        return self.trainable_weights

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The parameters and buffers that are not trained."""
        return [one for one in self.weights if not getattr(one, "requires_grad", False)]

    def get_weights(self) -> list[Any]:
        """Return copies of all parameters and buffers."""
        return [plain(array).copy() for array in self.weights]

    def set_weights(self, weights: Any) -> None:
        """Set all parameters and buffers.

        Parameters
        ----------
        weights : list of array
            As `get_weights` returns them.
        """
        own = self.weights
        if len(weights) != len(own):
            raise OptionError(f"There are {len(own)} arrays, not {len(weights)}.")
        new = {id(array): one for array, one in zip(own, weights, strict=True)}
        self.load_state_dict({name: new[id(array)] for name, array in self._named_weights()})

    def count_params(self) -> int:
        """Return the number of parameters, and of numbers in buffers."""
        return sum(array.size for array in self.weights)

    def expect(self, arrays: dict[str, Any]) -> None:
        """Make the weights of a file that only data would make, as `Normalization` does.

        Parameters
        ----------
        arrays : dict of str to array
            The weights of the layer by their names.
        """

    def add_loss(self, loss: Any) -> None:
        """Add to the loss of the model that is being called; call it in ``call``.

        Parameters
        ----------
        loss : Tensor, or list of Tensor
            One number, computed from the inputs.

        Raises
        ------
        DataError
            If it is not one number, or is computed from symbolic tensors.
        """
        parts = list(loss) if isinstance(loss, (list, tuple)) else [loss]
        for part in parts:
            if is_symbolic(part) or shape_of(part) != ():
                raise DataError(
                    f"add_loss got {part!r}; it takes one number, computed in call of a layer: "
                    "self.add_loss(np.mean(...))."
                )
        if not is_tried():
            LOSSES.of_layer.setdefault(self, []).extend(parts)

    @property
    def losses(self) -> list[Any]:
        """What layers have added in the last call, and the penalties of the regularisers."""
        modules = self.modules()
        added = [loss for module in modules for loss in LOSSES.of_layer.get(module, ())]
        penalties = [part() for module in modules for part in vars(module).get("_penalised", ())]
        return added + penalties

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a layer again.

        A class of your own that does not define `get_config` is described by the arguments that it
        was called with; one that does adds its options to those of `super`.
        """
        config = {"name": self.name, "trainable": self._trainable, "dtype": str(self.dtype)}
        kind = described_by(type(self))
        if not is_built_in(kind):
            return {**config, **self._made.by_name(kind)}
        found = vars(self).get("_constraints", {})
        limits = {f"{name}_constraint": one for name, one in found.items()}
        penalty = vars(self).get("activity_regularizer")
        options = limits if penalty is None else {**limits, "activity_regularizer": penalty}
        return {**config, **described(options), **kept_options(self, options_of(kind, BASE))}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Return a new layer with the options that `get_config` returned.

        Parameters
        ----------
        config : dict
            The options.
        """
        options = {name: revived(option) for name, option in config.items()}
        parameters = inspect.signature(cls.__init__).parameters
        takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
        later = {} if takes_all else {n: options.pop(n) for n in BASE if n not in parameters
                                      and n in options}  # fmt: skip
        made = cls(**options)
        made._name = later.get("name", made.name)
        made._dtype = np.dtype(later.get("dtype", made.dtype))
        if not later.get("trainable", True):
            made.trainable = False
        return made
