"""Optimisers by Keras' names and with its default rates; their formulas are those of `nn.optim`.

Each is a recipe: ``compile`` gives it the parameters of the model.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from autograd.errors import OptionError
from nn import optim

#: The classes, and Keras' defaults where they differ.
RECIPES: dict[str, tuple[Any, dict[str, Any]]] = {
    "sgd": (optim.SGD, {"lr": 0.01}),
    "rmsprop": (optim.RMSprop, {"lr": 0.001, "alpha": 0.9, "eps": 1e-7}),
    "adam": (optim.Adam, {"lr": 0.001, "eps": 1e-7}),
    "adamw": (optim.AdamW, {"lr": 0.001, "eps": 1e-7, "weight_decay": 0.004}),
    "adamax": (optim.Adamax, {"lr": 0.001, "eps": 1e-7}),
    "nadam": (optim.NAdam, {"lr": 0.001, "eps": 1e-7}),
    "adagrad": (optim.Adagrad, {"lr": 0.001, "initial_accumulator_value": 0.1, "eps": 1e-7}),
    "adadelta": (optim.Adadelta, {"lr": 0.001, "rho": 0.95, "eps": 1e-7}),
    "lion": (optim.Lion, {"lr": 0.001}),
}

#: Keras' names of options.
OPTIONS = {"learning_rate": "lr", "epsilon": "eps"}

Recipe = Callable[[Any], optim.Optimizer]


def recipe(name: str, **options: Any) -> Recipe:
    """Return a function that makes an optimiser, given the parameters.

    Parameters
    ----------
    name : str
        The name of the optimiser.
    **options
        Its options, by Keras' or PyTorch's names.

    Raises
    ------
    OptionError
        If there is no optimiser of this name.
    """
    if name.lower() not in RECIPES:
        raise OptionError(f"There is no optimizer {name!r}; there are {', '.join(RECIPES)}.")
    kind, defaults = RECIPES[name.lower()]
    options = {OPTIONS.get(option, option): value for option, value in options.items()}
    if "beta_1" in options or "beta_2" in options:
        options["betas"] = options.pop("beta_1", 0.9), options.pop("beta_2", 0.999)
    if name.lower() == "rmsprop" and "rho" in options:
        options["alpha"] = options.pop("rho")
    return partial(kind, **{**defaults, **options})


SGD = partial(recipe, "sgd")
RMSprop = partial(recipe, "rmsprop")
Adam = partial(recipe, "adam")
AdamW = partial(recipe, "adamw")
Adamax = partial(recipe, "adamax")
Nadam = partial(recipe, "nadam")
Adagrad = partial(recipe, "adagrad")
Adadelta = partial(recipe, "adadelta")
Lion = partial(recipe, "lion")
