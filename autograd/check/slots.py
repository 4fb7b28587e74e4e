"""The arrays and numbers that an object holds, and which of them is the gradient of which."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograd.check.arrays import as_array
from autograd.check.explain.repair.memory import slots_of_object
from autograd.errors import DataError

#: How many objects are looked at.
MOST_OBJECTS = 5000

#: How people write the name of a gradient, in lower case and without underscores.
FORMS = ("d{}", "grad{}", "{}grad", "gradient{}", "{}gradient", "{}grads", "g{}")

#: Methods that return parameters, and gradients in the same order.
METHODS = [
    ("parameters", "gradients"),
    ("params", "grads"),
    ("get_parameters", "get_gradients"),
    ("get_params", "get_grads"),
]

_OPAQUE = (type, types.ModuleType, types.FunctionType, types.MethodType, str, bytes, np.ndarray)

Step = tuple[str, Any]  # ("attribute", name) or ("item", key)


@dataclass(frozen=True)
class Slot:
    """A place in an object that holds a number, an array or nothing yet.

    Attributes
    ----------
    steps : tuple
        How to get there.
    value : any
        What was there.
    """

    steps: tuple[Step, ...]
    value: Any

    @property
    def path(self) -> str:
        """Its name: ``layers[0].W``."""
        return path_of(self.steps)


def path_of(steps: Iterable[Step]) -> str:
    """Return the text of steps as Python writes it, without the first object."""
    return "".join(
        f".{key}" if kind == "attribute" else f"[{key!r}]" for kind, key in steps
    ).removeprefix(".")


def follow(root: Any, steps: Iterable[Step]) -> Any:
    """Return what is at a place; raises LookupError or AttributeError if there is none."""
    for kind, key in steps:
        root = getattr(root, key) if kind == "attribute" else root[key]
    return root


def put(root: Any, steps: tuple[Step, ...], value: Any) -> None:
    """Store something at a place."""
    owner = follow(root, steps[:-1])
    kind, key = steps[-1]
    if kind == "attribute":
        object.__setattr__(owner, key, value)
    else:
        owner[key] = value


def members(item: Any) -> list[tuple[Step, Any]]:
    """Return what an object or container holds directly, with the step to each."""
    if isinstance(item, Mapping):
        return [(("item", key), value) for key, value in item.items()]
    if isinstance(item, (list, tuple)):
        return [(("item", position), value) for position, value in enumerate(item)]
    if isinstance(item, _OPAQUE):
        return []
    held = getattr(item, "__dict__", None)
    named = {**(held if isinstance(held, dict) else {}), **slots_of_object(item)}
    return [(("attribute", name), value) for name, value in named.items()]


def slots_of(root: Any) -> list[Slot]:
    """Return the places of all numbers and arrays in an object, those near its surface first."""
    found: list[Slot] = []
    seen = {id(root)}
    waiting: list[tuple[tuple[Step, ...], Any]] = [((), root)]
    for steps, item in waiting:
        for step, value in members(item):
            if value is None or as_number(value) is not None:
                found.append(Slot((*steps, step), value))
            elif id(value) not in seen and len(seen) < MOST_OBJECTS:
                seen.add(id(value))
                waiting.append(((*steps, step), value))
    return found


def as_number(value: Any) -> Any:
    """Return a floating point number or array as an array; else None."""
    return as_array(value) if isinstance(value, (float, complex, np.ndarray, np.generic)) else None


def gradient_key(name: Any, keys: Iterable[Any]) -> Any:
    """Return the key under which the gradient of a name is kept; None if it is not clear.

    Examples
    --------
    >>> gradient_key("W", ["W", "b", "dW", "db"]), gradient_key("W_1", ["grad_w1"])
    ('dW', 'grad_w1')
    """
    if not isinstance(name, str):
        return None
    texts = [key for key in keys if isinstance(key, str) and key != name]
    for form in (*FORMS, "d_{}", "grad_{}", "{}_grad"):
        if form.format(name) in texts:
            return form.format(name)
    wanted = {form.format(_normal(name)) for form in FORMS}
    found = [key for key in texts if _normal(key) in wanted]
    return found[0] if len(found) == 1 else None


def renamed(given: Mapping[Any, Any], names: Iterable[Any]) -> dict[Any, Any] | None:
    """Return gradients by the names of what they belong to; None if some belong to nothing.

    Examples
    --------
    >>> renamed({"dW": 1.0, "b": 2.0}, ["W", "b"])
    {'W': 1.0, 'b': 2.0}
    """
    keys = {name: name if name in given else gradient_key(name, given) for name in names}
    found = {name: given[key] for name, key in keys.items() if key is not None or name in given}
    return found if set(keys.values()) >= set(given) else None


def _normal(name: str) -> str:
    return name.replace("_", "").lower()


def _stem(name: str) -> str:
    """Return the part of a gradient's name that names the parameter; empty if it is not one."""
    match = re.fullmatch(r"(?:d|grads?|gradient)(.+)|(.+?)(?:grads?|gradient)", _normal(name))
    return (match[1] or match[2]) if match else ""


def gradient_steps(root: Any, steps: tuple[Step, ...], shape: tuple[int, ...]) -> Any:
    """Return the place of the gradient of what is at a place; None if there is none.

    It is beside it (``W``, ``dW``), in a container beside it (``W``, ``grads["W"]``), at the same
    place in such a container (``params["W"]``, ``grads["W"]``), or the ``grad`` of its owner.
    """
    for number in reversed(range(len(steps))):
        prefix, (kind, key), rest = steps[:number], steps[number], steps[number + 1 :]
        beside = dict(members(follow(root, prefix)))
        keys = [other for same, other in beside if same == kind]
        own = gradient_key(key, keys)
        if not rest:
            found = own
            if found is None and (kind, "grad") in beside and _is_alone(beside, key):
                found = "grad"
            if found is None:
                found = _abbreviation(key, {k: beside[kind, k] for k in keys}, shape)
            if found is not None:
                return (*prefix, (kind, found))
        for name in ([own] if own is not None else []) + [k for k in keys if _holds_gradients(k)]:
            for inner in (rest, (("item", key), *rest), (("attribute", key), *rest)):
                found = _existing(root, (*prefix, (kind, name)), inner)
                if inner and name != key and found is not None:
                    return found
    return None


def _holds_gradients(key: Any) -> bool:
    return isinstance(key, str) and _normal(key).startswith(("grad", "dparam", "dweight"))


def _is_alone(beside: Mapping[Step, Any], key: Any) -> bool:
    """Return whether an object holds one array, and its gradient."""
    arrays = [
        k for (_, k), value in beside.items() if isinstance(value, np.ndarray) and k != "grad"
    ]
    return arrays == [key]


def _abbreviation(name: Any, values: Mapping[Any, Any], shape: tuple[int, ...]) -> Any:
    """Return the key of a gradient with a shorter or longer name, such as dW for weights."""
    if not isinstance(name, str):
        return None
    found = [
        key
        for key, value in values.items()
        if isinstance(key, str) and key != name and as_number(value) is not None
        if np.shape(value) == shape and (stem := _stem(key))
        if _normal(name).startswith(stem) or stem.startswith(_normal(name))
    ]
    return found[0] if len(found) == 1 else None


def _existing(root: Any, base: tuple[Step, ...], inner: tuple[Step, ...]) -> Any:
    """Return a place in a container if it exists, its last key perhaps the name of a gradient."""
    try:
        owner = follow(root, (*base, *inner[:-1]))
        kind, key = inner[-1]
        held = [step for step, value in members(owner)]
    except (LookupError, AttributeError, TypeError):
        return None
    if (kind, key) in held:
        return (*base, *inner)
    own = gradient_key(key, [other for same, other in held if same == kind])
    return None if own is None else (*base, *inner[:-1], (kind, own))


@dataclass
class Parameter:
    """A parameter of an object: the places that hold it, and how to read its gradient.

    Attributes
    ----------
    name : str
        Its name in the report.
    places : list
        The steps to all places that hold this very array.
    value : any
        The array or number.
    gradient : callable or None
        Returns its gradient after a backward pass; None if that is among the results.
    where : tuple or None
        The place of the gradient.
    stepped : bool
        Whether the backward pass subtracts the gradient from the parameter instead of keeping it.
    """

    name: str
    places: list[tuple[Step, ...]]
    value: Any
    gradient: Callable[[], Any] | None = None
    where: tuple[Step, ...] | None = None
    stepped: bool = False

    def install(self, root: Any, value: Any) -> None:
        """Give it another value: in place if possible, so that all views of it change."""
        mine = self.value
        fits = type(value) is np.ndarray and type(mine) is np.ndarray
        if fits and mine.flags.writeable and mine.dtype == value.dtype:
            mine[...] = value
            return
        for steps in self.places:
            put(root, steps, value)


def parameters_among(root: Any, slots: Iterable[Slot]) -> list[Parameter]:
    """Group places that hold the same array."""
    groups: dict[int, Parameter] = {}
    for number, slot in enumerate(slots):
        array = as_number(slot.value)
        if array is None or array.size == 0:
            continue
        key = id(slot.value) if isinstance(slot.value, np.ndarray) else -number
        groups.setdefault(key, Parameter(slot.path, [], slot.value)).places.append(slot.steps)
    return list(groups.values())


def with_gradients(root: Any, candidates: Iterable[Parameter]) -> list[Parameter]:
    """Return the parameters whose gradient is found, after a backward pass."""
    found = []
    methods = dict(_by_methods(root))
    for candidate in candidates:
        shape = np.shape(candidate.value)
        for steps in candidate.places:
            candidate.where = gradient_steps(root, steps, shape)
            if candidate.where is not None:
                break
        where = candidate.where
        if where is not None:
            candidate.gradient = lambda where=where: follow(root, where)
        elif id(candidate.value) in methods:
            candidate.gradient = methods[id(candidate.value)]
        else:
            continue
        found.append(candidate)
    taken = {p.where for p in found if p.where is not None}
    return [p for p in found if not taken & set(p.places)]


def _by_methods(root: Any) -> Iterator[tuple[int, Callable[[], Any]]]:
    """Yield the id of each parameter that a method returns, and what reads its gradient."""
    for names in METHODS:
        both = [getattr(root, name, None) for name in names]
        if not all(callable(method) for method in both):
            continue
        try:
            given, gradients = (_listed(method()) for method in both)  # type: ignore[misc]
        except TypeError:  # they want arguments
            continue
        if len(given) != len(gradients):
            continue
        for key, value in given.items():
            at = key if key in gradients else gradient_key(key, gradients)
            if at is not None:
                yield id(value), partial(_item_of, both[1], at)


def _item_of(method: Any, key: Any) -> Any:
    return _listed(method())[key]


def _listed(given: Any) -> dict[Any, Any]:
    return dict(given) if isinstance(given, Mapping) else dict(enumerate(given))


def named(root: Any, names: Iterable[str]) -> list[tuple[Step, ...]]:
    """Return the places that a user names: ``W``, ``params['W']``, ``layers[0].W``.

    Raises
    ------
    DataError
        If there is no such place.
    """
    known = {slot.path: slot.steps for slot in reversed(slots_of(root))}
    found = []
    for name in names:
        at = name.removeprefix("self.").replace('"', "'")
        if at not in known:
            raise DataError(
                f"The layer has no number or array {name!r}. It has: "
                f"{', '.join(list(known)[::-1][:20]) or 'none'}."
            )
        found.append(known[at])
    return found
