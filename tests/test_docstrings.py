"""Docstrings of everything public: all parameters are documented, and there is an example."""

import importlib
import inspect
import re
import types

import numpy as np
import pytest

import autograd
from autograd.engine.primitive import Primitive

#: Public modules. HIPS autograd's API, in `autograd.hips`, is documented there.
MODULES = (
    "autograd",
    "autograd.check",
    "autograd.drawing",
    "autograd.errors",
    "autograd.files",
    "nn",
    "nn.callbacks",
    "nn.init",
    "nn.keras_style",
    "nn.optim",
)

SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)


def public_names(module):
    """Yield the names that a module offers: its ``__all__``, or what it defines itself."""
    if hasattr(module, "__all__"):
        yield from module.__all__
        return
    for name, thing in vars(module).items():
        if not name.startswith("_") and getattr(thing, "__module__", None) == module.__name__:
            yield name


def public_objects():
    """Return every public function and class once, under its first name."""
    found = {}
    for path in MODULES:
        module = importlib.import_module(path)
        for name in public_names(module):
            thing = getattr(module, name)
            if not isinstance(thing, types.ModuleType | bool):
                found.setdefault(id(thing), (f"{path}.{name}", thing))
    return dict(found.values())


OBJECTS = public_objects()


def members(kind):
    """Yield the public methods of a class that this project defines, with their names."""
    for name in dir(kind):
        if name.startswith("_"):
            continue
        for base in kind.__mro__:
            if name in vars(base):
                member = inspect.unwrap(getattr(base, name), stop=inspect.ismethoddescriptor)
                if base.__module__.startswith(("autograd", "nn")) and inspect.isroutine(member):
                    yield name, member
                break


def documented(docstring, *titles):
    """Return the names in sections of a docstring."""
    parts = SECTION.split(docstring)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    heads = [
        line.partition(" :")[0]
        for title in titles
        for line in sections.get(title, "").splitlines()
        if line and not line.startswith(" ")
    ]
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


def parameters(thing):
    """Return the names of the parameters of a function or class that users may pass."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return []
    return [name for name in signature.parameters if name != "self" and not name.startswith("_")]


def missing_parameters(thing):
    docstring = inspect.getdoc(thing) or ""
    known = documented(docstring, "Parameters", "Other Parameters")
    if inspect.isclass(thing):
        known |= documented(docstring, "Attributes")
    return [name for name in parameters(thing) if name not in known]


def undocumented_parameters(kind, name, method):
    """Return the parameters that neither a method documents nor the one that it overrides."""
    if issubclass(kind, autograd.Node) and (hasattr(np, name) or hasattr(np.ndarray, name)):
        return []  # NumPy documents them
    missing = set(missing_parameters(method))
    for base in kind.__mro__:
        if name in vars(base):
            missing &= set(missing_parameters(getattr(base, name)))
    return sorted(missing)


def has_own_docstring(thing):
    kind = thing if inspect.isclass(thing) else type(thing)
    return bool(thing.__doc__) and (kind is thing or thing.__doc__ is not kind.__doc__)


def complaints(thing):
    """Yield what is missing in the docstring of a function or class, and of its methods."""
    if isinstance(thing, type) and issubclass(thing, BaseException):
        if not has_own_docstring(thing):
            yield "no docstring"
        return  # exceptions take a message, and are shown by the functions that raise them
    if not has_own_docstring(thing):
        yield "no docstring"
    elif ">>> " not in (inspect.getdoc(thing) or ""):
        yield "no example"
    if missing := missing_parameters(thing):
        yield f"parameters {', '.join(missing)}"
    if inspect.isclass(thing):
        for name, member in members(thing):
            if not inspect.getdoc(member):
                yield f"{name}: no docstring"
            if missing := undocumented_parameters(thing, name, member):
                yield f"{name}: parameters {', '.join(missing)}"


@pytest.mark.each("name", list(OBJECTS))
def test_the_docstring_is_complete(name):
    assert list(complaints(OBJECTS[name])) == []


def test_the_walk_finds_all_public_names():
    assert {"autograd.grad", "autograd.Tensor", "nn.Linear", "nn.optim.Adam"} <= OBJECTS.keys()
    assert isinstance(autograd.relu, Primitive)
    assert len(OBJECTS) > 150


def test_missing_parts_are_found():
    def function(x, *rest, option=1):
        """Return x.

        Parameters
        ----------
        x, *rest : float
            Numbers.
        """

    assert list(complaints(function)) == ["no example", "parameters option"]
