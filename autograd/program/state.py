"""What objects say about their state: the protocol by which programs follow it.

A method that runs while a function is traced reads attributes: running averages, counters, rates,
modes. Without more, the program would contain their values as constants. An object whose class
defines ``__program_state__`` names the dicts in which these attributes are. In them, and in the
dicts and lists in them,

- arrays become inputs of the program, which each run reads and may change in place;
- numbers that are named as changing become inputs, too, and so does any other number whose change
  has been seen, inside the function or between two calls;
- random generators draw again in each run;
- everything else is fixed: if it is another object or number, the function is recorded again.

What the function assigns to such attributes is stored after each run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from autograd.engine import tracing as hooks
from autograd.engine.grad_mode import GRAD_MODE


class State(NamedTuple):
    """A dict with state, as `__program_state__` yields them.

    Attributes
    ----------
    space : dict
        The dict itself, such as ``vars(self)``.
    numbers : tuple of str
        The names of numbers that change from call to call.
    counted : bool
        Whether every assignment calls `changed`, unless it assigns what is there already. Then the
        dict is only looked at after a change.
    inner : bool
        Whether that holds for the dicts and lists in it as well.
    functions : tuple of function
        The functions that use this state and may read other names: globals, closures.

    Examples
    --------
    >>> State({"lr": 0.1}, numbers=("lr",)).counted
    False
    """

    space: dict[str, Any]
    numbers: tuple[str, ...] = ()
    counted: bool = False
    inner: bool = False
    functions: tuple[Callable[..., Any], ...] = ()


class _Changes:
    """Counts assignments to attributes of all objects with counted state."""

    def __init__(self) -> None:
        self.count = 0


CHANGES = _Changes()


def changed() -> None:
    """Note that something was assigned to an attribute of an object with counted state.

    Examples
    --------
    >>> changed()
    """
    CHANGES.count += 1


def is_tracing() -> bool:
    """Return whether this thread runs a function to record it as a program.

    Examples
    --------
    >>> is_tracing()
    False
    """
    return GRAD_MODE.tracing != 0 and hooks.tracer() is not None


def concrete(x: Any) -> Any:
    """Return the array or number that a followed one represents in this run; else `x` itself.

    Use only its shape and type: a program would contain its numbers as constants.

    Parameters
    ----------
    x : any
        An array or number.

    Examples
    --------
    >>> concrete(1.0)
    1.0
    """
    return hooks.concrete(x)


def created(owner: Any) -> None:
    """Note a new object: if this thread is traced, each run makes another one.

    Parameters
    ----------
    owner : object
        Its state is not followed.

    Examples
    --------
    >>> created([])
    """
    if GRAD_MODE.tracing != 0:
        tracer = hooks.tracer()
        if tracer is not None:
            tracer.ignore(owner)


def follow(owner: Any) -> bool:
    """Follow the state of an object, if this thread is traced: its methods call this at first.

    Parameters
    ----------
    owner : object
        Its class defines ``__program_state__``, which yields a `State` for each dict.

    Returns
    -------
    bool
        Whether it is followed, or nothing is traced; False for a new object: see `created`.

    Examples
    --------
    >>> from autograd import jit
    >>> class Counter:
    ...     def __init__(self):
    ...         self.count = 0
    ...
    ...     def __program_state__(self):
    ...         yield State(vars(self), numbers=("count",))
    ...
    ...     def step(self, x):
    ...         _ = follow(self)
    ...         self.count += 1
    ...         return self.count * x
    >>> counter = Counter()
    >>> step = jit(counter.step)
    >>> [step(2.0) for _ in range(3)]
    [2.0, 4.0, 6.0]
    >>> counter.count
    3
    """
    if GRAD_MODE.tracing != 0:
        tracer = hooks.tracer()
        if tracer is not None:
            return bool(tracer.follow(owner))
    return True


def followed(generator: Any) -> Any:
    """Return what represents a random generator, if this thread is traced; else the generator.

    Parameters
    ----------
    generator : numpy.random.Generator
        Each run of the program draws from it again, in the same order.

    Examples
    --------
    >>> import numpy as np
    >>> generator = np.random.default_rng(0)
    >>> followed(generator) is generator
    True
    """
    if GRAD_MODE.tracing != 0:
        tracer = hooks.tracer()
        if tracer is not None:
            generator = tracer.generator(generator)
    if GRAD_MODE.batching != 0:
        from autograd.batching.randomness import drawn  # what batches are needs time to import

        return drawn(generator)
    return generator


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function of numbers; in a program its call is one instruction.

    Use it for Python code with branches or functions of `math`, whose result depends on nothing
    but the arguments.

    Parameters
    ----------
    function : callable
        The function.
    *arguments : any
        What to call it with: floats and integers.

    Examples
    --------
    >>> import math
    >>> call(math.sqrt, 4.0)
    2.0
    """
    if GRAD_MODE.tracing != 0:
        tracer = hooks.tracer()
        if tracer is not None and hooks.any_followed(arguments):
            return tracer.emit(function, arguments, {})
    return function(*arguments)


def is_stateful(x: Any) -> bool:
    """Return whether an object follows the protocol."""
    return hasattr(type(x), "__program_state__")
