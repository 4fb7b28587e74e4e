"""PyTorch's modules that have no file here: ``from torch.optim.adam import Adam``.

Their names are those of a package above. They are attributes of packages, and can be imported.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

from nn.torch_style import hints

ROOT: Final = "nn.torch_style"

#: Pairs of what has the names, a package or a part of one, and PyTorch's modules with these names.
SUBMODULES: Final = (
    ("amp", "amp", "autocast_mode grad_scaler"),
    ("autograd", "autograd", "function grad_mode variable"),
    ("autograd", "autograd.functional", "functional"),
    (
        "distributions",
        "distributions",
        "beta binomial cauchy chi2 constraint_registry continuous_bernoulli dirichlet exp_family "
        "exponential fishersnedecor gamma generalized_pareto geometric gumbel half_cauchy "
        "half_normal independent inverse_gamma kumaraswamy laplace lkj_cholesky log_normal "
        "logistic_normal lowrank_multivariate_normal mixture_same_family multinomial "
        "negative_binomial one_hot_categorical pareto poisson relaxed_bernoulli "
        "relaxed_categorical studentT transformed_distribution transforms von_mises weibull "
        "wishart",
    ),
    ("nn.modules", "nn", "adaptive channelshuffle distance flatten fold lazy padding"),
    ("nn.utils", "nn.utils", "clip_grad convert_parameters"),
    (
        "optim",
        "optim",
        "adadelta adafactor adagrad adam adamax adamw asgd lbfgs nadam radam rmsprop rprop sgd "
        "sparse_adam",
    ),
)

#: By full name: what has the names.
OWNERS: Final = {
    f"{ROOT}.{package}.{name}": owner
    for package, owner, names in SUBMODULES
    for name in names.split()
}


class Submodule(ModuleType):
    """A module whose names are those of something else."""

    def __init__(self, name: str, doc: str, owner: Any) -> None:
        super().__init__(name, doc)
        self.owner = owner

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.owner, name)


class Finder(MetaPathFinder, Loader):
    """Finds the modules of `OWNERS`; says of others of PyTorch's what to write."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load a module; None for those of other packages.

        Raises
        ------
        ModuleNotFoundError
            If it is a module that only PyTorch has.
        """
        if fullname in OWNERS:
            return ModuleSpec(fullname, self)
        if not fullname.startswith(f"{ROOT}."):
            return None
        package, _, name = fullname.rpartition(".")
        found = vars(sys.modules[package]).get("__all__", ())
        message = hints.missing(package.replace(ROOT, "torch"), name, found)
        raise ModuleNotFoundError(message, name=fullname)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module."""
        root = importlib.import_module(ROOT)
        owner = functools.reduce(getattr, OWNERS[spec.name].split("."), root)
        return Submodule(spec.name, f"PyTorch's ``{spec.name.replace(ROOT, 'torch')}``.", owner)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: names are looked up when they are used."""


def install() -> None:
    """Let Python find the modules, behind its own ways; make them attributes, as in PyTorch."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.append(Finder())
    for fullname in OWNERS:
        package, _, name = fullname.rpartition(".")
        if name not in vars(sys.modules[package]):
            importlib.import_module(fullname)
