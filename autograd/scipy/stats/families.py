"""What all distributions have in common: the names of their parameters, and their modules.

`densities` adds what continuous distributions need, `masses` what those of integers need.
"""

from __future__ import annotations

import functools
import math
import sys
import types
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from typing import Any

import numpy as np
import scipy.stats

from autograd.engine import Node
from autograd.engine.dispatch import plain
from autograd.engine.tracing import concrete
from autograd.errors import NoRuleError
from autograd.rules.elementwise import where
from autograd.rules.node_lists import as_array
from autograd.rules.redefinable import redefinable
from autograd.scipy.fallback import has_node, joined, names_of, recorded, refusing_nodes

Formula = Callable[..., Any]

#: The functions whose first argument is a point or a probability; the parameters follow it.
OF_A_POINT = frozenset(
    (
        *("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"),
        *("interval", "moment"),
    )
)


def log_or_minus_infinity(p: Any) -> Any:
    """Return log(p); where p has underflowed to 0, -inf with derivative 0."""
    gone = plain(p) == 0
    return where(gone, -math.inf, np.log(where(gone, 1.0, p)))


def number(x: Any) -> Any:
    """Convert lists to arrays, and integers to floating point."""
    if isinstance(concrete(x), (float, Node)):
        return x
    if isinstance(x, int):
        return float(x)
    x = joined(x) if hasattr(x, "dtype") else as_array(x)
    if isinstance(x, Node):
        return x
    return x if x.dtype.kind in "fc" else x.astype(float)


def connected(result: Any, *inputs: Any) -> Any:
    """Return the result as a node even if it is constant, as it is outside of the support."""
    if not isinstance(result, Node):
        for x in inputs:
            if isinstance(x, Node):
                result = np.where(False, x, result)  # type: ignore[call-overload]
    return result


def constant(distribution: str, x: Any, what: str) -> Any:
    """Return plain numbers for a distribution of integers; raise for a node."""
    if isinstance(x, Node) and getattr(x, "requires_grad", True):
        raise NoRuleError(
            f"scipy.stats.{distribution} is a distribution of integers and has no derivative with "
            f"respect to {what}. Pass a plain number or array there (node.data)."
        )
    return number(plain(x))


class DistributionModule(types.ModuleType):
    """A module that is called like SciPy's distributions: `norm(loc, scale)` is frozen."""

    #: What its functions are made from, for those that are.
    family: Family | None = None

    def __call__(self, *parameters: Any, **keywords: Any) -> Frozen:
        """Return the distribution with these parameters."""
        return Frozen(self, parameters, keywords)


def as_distribution(name: str) -> None:
    """Let the module of this name be called, to freeze its parameters."""
    sys.modules[name].__class__ = DistributionModule


class Frozen:
    """A distribution with its parameters, which may be nodes.

    Parameters
    ----------
    dist : module
        The distribution.
    args : tuple
        Its parameters.
    kwds : dict
        Parameters by name.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy.stats import norm
    >>> grad(lambda scale: norm(1.0, scale).logpdf(1.0))(2.0)
    -0.5
    """

    def __init__(
        self, dist: DistributionModule, args: tuple[Any, ...], kwds: dict[str, Any]
    ) -> None:
        self.dist, self.args, self.kwds = dist, args, kwds

    def __getattr__(self, name: str) -> Any:
        """Return a function of the distribution, of what is not a parameter."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in vars(self.dist):
            return self._of_scipy(name)
        function = getattr(self.dist, name)
        if name not in OF_A_POINT:
            return functools.partial(function, *self.args, **self.kwds)
        return lambda x, **keywords: function(x, *self.args, **self.kwds, **keywords)

    def expect(
        self,
        func: Any = None,
        lb: Any = None,
        ub: Any = None,
        conditional: bool = False,
        **keywords: Any,
    ) -> Any:
        """Return the mean of a function of one number."""
        family = self.dist.family
        if family is None:
            raise AttributeError("expect")
        *shapes, loc = family.parameters(self.args, self.kwds)[: len(family.shapes) + 1]
        scale = family.parameters(self.args, self.kwds)[-1:] if family.scales else []
        return self.dist.expect(func, tuple(shapes), loc, *scale, lb, ub, conditional, **keywords)

    def _of_scipy(self, name: str) -> Any:
        short = self.dist.__name__.rpartition(".")[2]
        if has_node(self.args, self.kwds):
            raise NoRuleError(
                f"scipy.stats.{short}(...).{name} has no derivative rule. Pass plain numbers as "
                "parameters (node.data)."
            )
        found = getattr(getattr(scipy.stats, short)(*self.args, **self.kwds), name)
        is_method = isinstance(found, types.MethodType)
        return refusing_nodes(f"scipy.stats.{short}(...).{name}", found) if is_method else found


def without_rules(name: str, package: str) -> DistributionModule:
    """Return a module of a distribution of SciPy's without derivatives, whose functions refuse nodes."""
    module = DistributionModule(f"{package}.{name}", f"`scipy.stats.{name}`, for plain numbers.")
    module.__spec__ = ModuleSpec(module.__name__, None, origin=__file__)
    original = getattr(scipy.stats, name)
    module.__dict__["__getattr__"] = names_of(original, f"scipy.stats.{name}")
    return module


class Family:
    """A continuous or discrete distribution.

    Parameters
    ----------
    name : str
        The name in `scipy.stats`.
    shapes : sequence of str
        The names of its parameters besides location and scale.
    valid : callable
        ``valid(*shapes)``: where the parameters are allowed; elsewhere all results are NaN.
    """

    scales = False
    functions: tuple[str, ...] = ()

    def __init__(self, name: str, shapes: Sequence[str], valid: Callable[..., Any]) -> None:
        self.name = name
        self.shapes = tuple(shapes)
        self.valid = valid
        for function in self.functions:
            setattr(self, function, redefinable(getattr(self, function)))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parameters."""
        return (*self.shapes, "loc", "scale") if self.scales else (*self.shapes, "loc")

    def module(self, package: str) -> types.ModuleType:
        """Return a module of the functions of this distribution; other names are SciPy's."""
        name = f"{package}.{self.name}"
        module = DistributionModule(name, f"`scipy.stats.{self.name}` with derivatives.")
        module.__spec__ = ModuleSpec(name, None, origin=__file__)
        module.family = self
        for function in self.functions:
            setattr(module, function, getattr(self, function))
        others = names_of(getattr(scipy.stats, self.name), f"scipy.stats.{self.name}")
        module.__dict__.update(__all__=list(self.functions), __getattr__=others)
        return module

    def parameters(self, given: tuple[Any, ...], keywords: dict[str, Any]) -> list[Any]:
        """Return the parameters in order, then location and, if there is one, scale."""
        names = self.names
        if len(given) > len(names):
            raise TypeError(
                f"{self.name} takes at most {len(names)} parameters, {', '.join(names)}; "
                f"{len(given)} were given."
            )
        found = dict(zip(names, given, strict=False))
        for name, value in keywords.items():
            if name not in names or name in found:
                what = "was given twice" if name in names else "is not one of them"
                raise TypeError(f"{self.name} takes {', '.join(names)}; {name} {what}.")
            found[name] = value
        missing = [name for name in self.shapes if name not in found]
        if missing:
            raise TypeError(f"{self.name} needs its parameters {', '.join(missing)}.")
        return [number(found.get(name, 1.0 if name == "scale" else 0.0)) for name in names]

    def sampled(
        self, given: tuple[Any, ...], keywords: dict[str, Any], more: dict[str, Any]
    ) -> Any:
        """Return the samples of SciPy for these parameters as numbers."""
        rvs = recorded(getattr(scipy.stats, self.name).rvs)
        return rvs(*plain(given), **plain(keywords), **more)

    def checked(self, allowed: Any, compute: Callable[[], Any]) -> Any:
        """Compute the result, with NaN where the parameters are not allowed."""
        if np.all(allowed):
            return compute()
        with np.errstate(all="ignore"):
            return where(allowed, compute(), math.nan)
