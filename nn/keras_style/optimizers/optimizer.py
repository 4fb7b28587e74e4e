"""The base class of optimisers with Keras' formulas, which get the parameters from ``compile``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import signature
from typing import Any

import numpy as np

from autograd import no_grad
from autograd.errors import OptionError, TraceError
from autograd.program import call, follow, is_tracing
from nn import optim
from nn.arrays import plain
from nn.keras_style.configured import Configured, described
from nn.keras_style.naming import snake_case
from nn.optim.packing import Block

#: Options of Keras that are not here, and what to write.
ELSEWHERE = {
    "loss_scale_factor": "nothing: float32 needs no scaling",
    "gradient_accumulation_steps": "nn.fit(..., accumulate=steps)",
}

#: Options that change nothing, or nothing without one of those.
WITHOUT_EFFECT = ("name", "jit_compile")

#: The options of averages of the weights, and what they are by default.
AVERAGES = {"use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None}

CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


class Optimizer(Configured, optim.Optimizer):
    """The base class: an optimiser that gets its parameters later, from `build`.

    Parameters
    ----------
    learning_rate : float or callable
        The rate; or a schedule, called with the number of steps so far, such as those of
        `schedules`.
    weight_decay : float, optional
        Subtracts ``learning_rate·weight_decay·p`` from p besides the step.
    clipnorm : float, optional
        The largest norm of the gradient of each parameter.
    clipvalue : float, optional
        The largest magnitude of a derivative.
    global_clipnorm : float, optional
        The largest norm of all gradients together.
    **options
        The options of the formula, and Keras' others, which raise unless they change nothing.
        With ``use_ema=True`` an average of the weights over the steps is kept,
        ``average = ema_momentum·average + (1 - ema_momentum)·p``, which replaces the weights after
        each `ema_overwrite_frequency` steps, and when `fit` ends.

    Raises
    ------
    OptionError
        If several ways to clip are asked for, or something that is not here.

    Examples
    --------
    >>> class Signs(Optimizer):
    ...     def _change(self, block, group):
    ...         block.gradient[...] = group["lr"] * np.sign(block.gradient)
    >>> Signs(0.1).learning_rate
    0.1
    """

    keras_module = "optimizers"
    decays_gradient = False
    takes_complex = False

    def __init__(
        self,
        learning_rate: Any = 0.01,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        **options: Any,
    ) -> None:
        for name, advice in ELSEWHERE.items():
            if options.pop(name, None):
                raise OptionError(f"{type(self).__name__} has no {name}= here: write {advice}.")
        for name in WITHOUT_EFFECT:
            options.pop(name, None)
        averages = {name: options.pop(name, usual) for name, usual in AVERAGES.items()}
        if averages["use_ema"] and not 0 <= averages["ema_momentum"] <= 1:
            raise OptionError(f"ema_momentum={averages['ema_momentum']!r} must be in [0, 1].")
        self._check_names(options)
        clipping = {
            "clipnorm": clipnorm,
            "clipvalue": clipvalue,
            "global_clipnorm": global_clipnorm,
        }
        if sum(limit is not None for limit in clipping.values()) > 1:
            raise OptionError(f"Write one of {', '.join(CLIPPING)}, not several.")
        self.schedule = learning_rate if callable(learning_rate) else None
        rate = learning_rate(0) if callable(learning_rate) else learning_rate
        self.defaults = {"lr": rate, "weight_decay": weight_decay, **clipping, **options}
        self.defaults |= averages if averages["use_ema"] else {}
        self.defaults["iterations"] = 0
        self.param_groups, self._packings = [], []

    def _check_names(self, options: dict[str, Any]) -> None:
        """Raise if an option is none of those that the class and its base classes name."""
        makers = [vars(kind)["__init__"] for kind in type(self).__mro__ if "__init__" in vars(kind)]
        names = {name for maker in makers for name in signature(maker).parameters}
        unknown = sorted(options.keys() - names)
        if unknown:
            raise OptionError(
                f"{type(self).__name__} has no {', '.join(f'{name}=' for name in unknown)}; it has "
                f"{', '.join(sorted(names - {'self', 'options', 'args', 'kwargs'}))}."
            )

    def build(self, variables: Iterable[Any]) -> None:
        """Take the parameters to update, once.

        Parameters
        ----------
        variables : iterable of Tensor
            The parameters.

        Raises
        ------
        OptionError
            If it has others.
        """
        given = list(variables)
        if not self.param_groups:
            self.add_param_group({"params": given})
        elif not {id(p) for p in given} <= {id(p) for p in self.param_groups[0]["params"]}:
            raise OptionError(
                f"This {type(self).__name__} updates another model; write a new one: "
                f"keras.optimizers.{type(self).__name__}(...)."
            )

    @property
    def iterations(self) -> int:
        """The number of steps so far."""
        return int(self._options()["iterations"])

    @property
    def learning_rate(self) -> float:
        """The rate of the next step, which may be assigned to unless there is a schedule."""
        if self.schedule is not None:
            return float(self.schedule(self.iterations))
        return float(self._options()["lr"])

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        if self.schedule is not None:
            raise OptionError("A schedule sets the learning rate; make an optimizer without one.")
        self._options()["lr"] = float(rate)

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such an optimizer again, without its steps."""
        options = {n: o for n, o in self._options().items() if n not in ("params", "iterations")}
        rate = options.pop("lr")
        rate = rate if self.schedule is None else described(self.schedule)
        return {"name": self.name, "learning_rate": rate, **options}

    @property
    def name(self) -> str:
        """The name; by default that of its class."""
        return str(self._made.options.get("name") or snake_case(type(self).__name__))

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss: float32 needs no scaling.

        Parameters
        ----------
        loss : Tensor
            The loss.
        """
        return loss

    def _options(self) -> dict[str, Any]:
        return self.param_groups[0] if self.param_groups else self.defaults

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> None:
        """Take a step with given gradients.

        Parameters
        ----------
        grads_and_vars : iterable of (array, Tensor)
            Pairs of gradients and parameters.
        """
        pairs = list(grads_and_vars)
        self.build([variable for _, variable in pairs])
        for variable in self.param_groups[0]["params"]:
            variable.grad = None  # of those that are not among the pairs
        for gradient, variable in pairs:
            variable.grad = None if gradient is None else np.asarray(plain(gradient))
        self.step()

    def apply(self, grads: Iterable[Any], trainable_variables: Iterable[Any] | None = None) -> None:
        """Take a step with given gradients.

        Parameters
        ----------
        grads : iterable of array
            The gradients.
        trainable_variables : iterable of Tensor, optional
            Their parameters; by default those that it was built with.
        """
        if trainable_variables is None:
            trainable_variables = self.param_groups[0]["params"] if self.param_groups else ()
        self.apply_gradients(zip(list(grads), list(trainable_variables), strict=True))

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient.

        Parameters
        ----------
        closure : callable, optional
            Called first; computes the loss and its gradients, and returns the loss.

        Raises
        ------
        OptionError
            If it has no parameters yet.
        """
        if not self.param_groups:
            raise OptionError("The optimizer has no parameters: write optimizer.build(parameters).")
        loss = None if closure is None else closure()
        follow(self)
        (group,) = self.param_groups
        if self.schedule is not None:
            group["lr"] = call(self.schedule, group["iterations"])
        self._clip(group)
        super().step()
        _constrain(group["params"])
        group["iterations"] += 1
        return loss

    def _clip(self, group: dict[str, Any]) -> None:
        kind = next((name for name in CLIPPING if group[name]), None)
        if kind is None:
            return
        limit = group[kind]
        given = [p for p in group["params"] if p.grad is not None]
        if kind == "clipvalue":
            for p in given:
                p.grad = np.clip(plain(p.grad), -limit, limit)
            return
        squares = [np.sum(plain(p.grad) ** 2) for p in given]
        if kind == "global_clipnorm":
            squares = [sum(squares)] * len(given)
        for p, square in zip(given, squares, strict=True):
            p.grad = plain(p.grad) * (limit / np.maximum(np.sqrt(square), limit))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        self._change(block, group)
        if group["weight_decay"]:
            block.decay(group["lr"] * group["weight_decay"])
        if group.get("use_ema"):
            before = np.array(block.read_data())
            average = block.filled("average")
            if averaged(average, before - block.gradient, group) is average:
                block.gradient[...] = before - average

    def finalize_variable_values(self, var_list: Iterable[Any]) -> None:
        """Set weights to their averages, if there are any; `fit` does so at its end.

        Parameters
        ----------
        var_list : iterable of Tensor
            The weights.
        """
        if not self._options().get("use_ema") or not self.param_groups:
            return
        wanted, parameters = {id(variable) for variable in var_list}, self.param_groups[0]["params"]
        for position, average in self._averages().items():
            if id(parameters[position]) in wanted:
                parameters[position].data = np.array(average, parameters[position].dtype)

    def _averages(self) -> dict[int, Any]:
        """Return the averages by the places of their parameters."""
        states = self._packings[0].states().items()
        return {place: state["average"] for place, state in states if "average" in state}

    def _change(self, block: Block, group: dict[str, Any]) -> None:
        """Replace ``block.gradient`` by the numbers to subtract, weight decay aside."""
        raise NotImplementedError


def averaged(average: Any, new: Any, group: dict[str, Any]) -> Any:
    """Take new weights into their average; return them, or the average if it is to replace them.

    Parameters
    ----------
    average : array
        The average, which is changed.
    new : array
        The weights after a step.
    group : dict
        The options of the optimizer.

    Raises
    ------
    TraceError
        In a program of `autograd.jit`.
    """
    if is_tracing():
        raise TraceError("use_ema=True averages weights step by step: write jit_compile=False.")
    past = group["ema_momentum"] if group["iterations"] else 0.0
    average[...] = past * average + (1 - past) * new
    often = group["ema_overwrite_frequency"]
    return average if often and (group["iterations"] + 1) % often == 0 else new


def _constrain(parameters: list[Any]) -> None:
    """Set the weights that have a constraint to what it returns."""
    for parameter in parameters:
        constraint = getattr(parameter, "constraint", None)
        if constraint is None or not parameter.requires_grad:
            continue
        if is_tracing():
            raise TraceError(
                "Constraints change weights outside of a program: write jit_compile=False."
            )
        with no_grad():
            parameter[...] = plain(constraint(parameter.data))
