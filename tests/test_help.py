"""`help` and `inspect.signature` show the docstrings and signatures of the source, also compiled."""

import ast
import importlib
import inspect
import pkgutil
import pydoc
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import engine

PUBLIC = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in (autograd, nn, nn.optim)
    for name in module.__all__
}
MODULES = [
    importlib.import_module(f"autograd.engine.{found.name}")
    for found in pkgutil.iter_modules(engine.__path__)
]


def members(item):
    """List the public methods and properties of a class."""
    found = [(name, getattr(item, name)) for name in dir(item) if not name.startswith("_")]
    return [
        (name, member)
        for name, member in found
        if isinstance(item, type)
        and (inspect.isroutine(member) or inspect.isdatadescriptor(member))
    ]


@pytest.mark.each("name", [n for n, o in PUBLIC.items() if callable(o)])
def test_every_public_name_has_docstring_and_signature(name):
    item = PUBLIC[name]
    for path, one in [(name, item), *((f"{name}.{n}", m) for n, m in members(item))]:
        assert (inspect.getdoc(one) or "").strip(), f"{path} has no docstring"
        assert inspect.getdoc(one) != inspect.getdoc(type(one)), f"{path} says what its class says"
        if callable(one) and not (isinstance(one, type) and issubclass(one, Exception)):
            shown = inspect.signature(one).parameters
            private = [p for p in shown if p.startswith("_")]
            assert not private or not autograd.COMPILED, f"{path}{inspect.signature(one)}"


def described(definition):
    """Return the docstring of a definition and its public parameters with their defaults."""
    arguments = definition.args
    listed = [*arguments.posonlyargs, *arguments.args]
    defaults = [""] * (len(listed) - len(arguments.defaults)) + [
        *map(ast.unparse, arguments.defaults)
    ]
    shown = [(a.arg, d) for a, d in zip(listed, defaults, strict=True) if a.arg != "self"]
    shown += [("*" + arguments.vararg.arg, "")] if arguments.vararg else []
    shown += [
        (a.arg, ast.unparse(d) if d else "")
        for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    shown += [("**" + arguments.kwarg.arg, "")] if arguments.kwarg else []
    return ast.get_docstring(definition) or None, [pair for pair in shown if pair[0][0] != "_"]


def shown(item):
    """Return the same as `help` shows it."""
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    found = [
        (marks.get(p.kind, "") + p.name, "" if p.default is p.empty else repr(p.default))
        for p in inspect.signature(item).parameters.values()
    ]
    return inspect.getdoc(item) or None, [
        pair for pair in found if pair[0][0] != "_" and pair[0] != "self"
    ]


def marked(decorator):
    """Return the last name of a decorator."""
    return ast.unparse(decorator).rpartition(".")[2]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_help_matches_the_source(module):
    source = Path(importlib.util.find_spec(module.__name__).origin)
    source = source.with_name(module.__name__.rpartition(".")[2] + ".py")
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assert inspect.cleandoc(module.__doc__) == ast.get_docstring(tree)
    for item in tree.body:
        if isinstance(item, ast.FunctionDef) and item.name != "mypyc_attr":
            assert shown(getattr(module, item.name)) == described(item), item.name
        if not isinstance(item, ast.ClassDef):
            continue
        found = getattr(module, item.name)
        assert inspect.getdoc(found) == ast.get_docstring(item)
        for method in item.body:
            if not isinstance(method, ast.FunctionDef) or "setter" in map(
                marked, method.decorator_list
            ):
                continue
            if method.name == "__init__":
                assert shown(found)[1] == described(method)[1], item.name
            elif "property" in map(marked, method.decorator_list):
                assert inspect.getdoc(found.__dict__[method.name]) == ast.get_docstring(method)
            elif not method.name.startswith("_"):
                assert shown(getattr(found, method.name)) == described(method), method.name


def test_a_primitive_is_described_by_its_function():
    assert "max(x, 0)" in pydoc.render_doc(nn.relu, renderer=pydoc.plaintext)
    assert str(inspect.signature(autograd.softmax)) == str(
        inspect.signature(autograd.softmax.function)
    )
    assert inspect.getdoc(engine.node.SIN) == inspect.getdoc(np.sin)
    assert inspect.signature(engine.node.SIN).parameters
    assert autograd.Primitive.__doc__.startswith("A function, how to compute it")
    assert list(inspect.signature(autograd.Primitive).parameters) == ["name"]


def test_every_module_is_an_attribute_after_import(run_python):
    finished = run_python(
        "import autograd, importlib, pkgutil\n"
        "for found in pkgutil.iter_modules(autograd.__path__):\n"
        "    if found.name not in ('__main__', 'scipy') and not found.name.startswith('_'):\n"
        "        path = f'autograd.{found.name}'\n"
        "        assert getattr(autograd, found.name).__name__.startswith('autograd'), path\n"
        "print(autograd.check.check_gradients.__name__, hasattr(autograd, 'no_such_name'))\n"
    )
    assert finished.stdout == "check_gradients False\n"
