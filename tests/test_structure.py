"""What imports what: the folders are layers, and the optional ones can be removed."""

import ast
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import autograd
import nn
from autograd.aliases import target_of

#: Modules and packages, each of which may import only those above it: nothing imports the last.
LAYERS = """
autograd.version  autograd.errors  autograd.installation
autograd.tree  autograd.files  autograd.shell  autograd.aliases  autograd.prompt
autograd.engine
autograd.graph  autograd.batching
autograd.rules
autograd.devices  autograd.forward  autograd.captured
autograd.debugging  autograd.variables
autograd.program
autograd.transforms  autograd.checkpointing  autograd.expression
autograd.implicit
autograd.sparse
autograd
autograd.mypy_plugin
autograd.check  autograd.drawing
autograd.pytest_plugin
autograd.scipy
autograd.__main__
nn
autograd.hips
"""
#: Packages that the rest does without.
OPTIONAL = ("autograd.check", "autograd.drawing", "autograd.hips", "autograd.scipy", "nn")

#: `autograd/__init__.py` and the aliases name what they import on first access.
FACES = ("autograd", "autograd.aliases")

#: The public submodules of `autograd`.
PUBLIC = (
    "autograd.check",
    "autograd.devices",
    "autograd.drawing",
    "autograd.errors",
    "autograd.files",
    "autograd.implicit",
    "autograd.installation",
    "autograd.program",
    "autograd.scipy",
)


# -- the import graph -------------------------------------------------------------------------


@cache
def modules():
    """Return the syntax tree of each module of the two packages that is not an alias, by name."""
    trees = {}
    for package in (autograd, nn):
        folder = Path(package.__path__[0])
        for path in sorted(folder.rglob("*.py")):
            parts = [*folder.parts[-1:], *path.relative_to(folder).with_suffix("").parts]
            name = ".".join(parts).removesuffix(".__init__")
            if target_of(name) is None:
                trees[name] = ast.parse(path.read_text(encoding="utf-8"))
    return trees


def is_for_type_checkers(test):
    """Return whether a condition is `TYPE_CHECKING` or contains it."""
    return any(isinstance(node, ast.Name) and node.id == "TYPE_CHECKING" for node in ast.walk(test))


def statements_of(tree, with_types=True):
    """Yield the statements of a syntax tree, also inside functions and, if asked, for type checkers."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if not with_types and isinstance(node, ast.If) and is_for_type_checkers(node.test):
            waiting.extend(node.orelse)
            continue
        yield node
        for name in ("body", "orelse", "handlers", "finalbody", "cases"):
            waiting.extend(getattr(node, name, ()))


def imports_of(tree, with_types=True):
    """Yield (module, name) for each import of a name, and (module, None) for each of a module."""
    for node in statements_of(tree, with_types):
        if isinstance(node, ast.Import):
            yield from ((target_of(alias.name) or alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "Write imports in full: from autograd.engine import Node."
            for alias in node.names:
                source = target_of(node.module) or node.module
                module = f"{source}.{alias.name}"
                module = target_of(module) or module
                yield (module, None) if module in modules() else (source, alias.name)


def named_in(tree):
    """Yield the modules that strings name, to be imported later."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in modules() and "." in node.value:
            yield node.value


def layer_of(module):
    """Return the name of the module or package in LAYERS that a module belongs to."""
    parts = module.split(".")
    return "nn" if parts[0] == "nn" else ".".join(parts[:2])


def cycles_in(graph):
    """Return the sets of modules that import each other, directly or indirectly."""

    def reachable(start):
        found, waiting = set(), [start]
        while waiting:
            new = graph[waiting.pop()] - found
            found |= new
            waiting.extend(new)
        return found

    below = {module: reachable(module) for module in graph}
    on_cycle = [module for module in graph if module in below[module]]
    return {frozenset(m for m in below[module] if module in below[m]) for module in on_cycle}


@cache
def imported_by():
    """Return the modules that each module imports; a face names types of what it imports lazily."""
    return {
        name: {m for m, _ in imports_of(tree, with_types=name not in FACES) if m in modules()}
        for name, tree in modules().items()
    }


# -- layers -----------------------------------------------------------------------------------


def test_imports_point_to_layers_above():
    rank = {name: line for line, text in enumerate(LAYERS.split("\n")) for name in text.split()}
    missing = {layer_of(module) for module in modules()} - set(rank)
    assert not missing, f"Add to LAYERS what these may import, and what may import them: {missing}"
    upward = []
    for name, tree in modules().items():
        lazily = () if name in FACES else named_in(tree)
        here = layer_of(name)
        for other in (*imported_by()[name], *lazily):
            there = layer_of(other)
            if there != here and rank[there] >= rank[here]:
                upward.append(f"{name} imports {other}")
    assert not upward


def test_modules_have_no_import_cycles():
    assert not cycles_in(imported_by())


def test_cycles_are_found_also_through_functions():
    source = "if TYPE_CHECKING:\n    import nn\ndef f():\n    from autograd import tree, numpy"
    found = [("autograd.tree", None), ("autograd.hips.numpy", None)]
    assert list(imports_of(ast.parse(source), with_types=False)) == found
    assert ("nn", None) in imports_of(ast.parse(source))
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d", "a"}}
    assert cycles_in(graph) == {frozenset("bc"), frozenset("d")}


def test_nn_uses_only_public_names_of_autograd():
    private = set()
    for name, tree in modules().items():
        if layer_of(name) != "nn":
            continue
        for module, imported in imports_of(tree):
            public = (
                imported in (*autograd.__all__, None) if module == "autograd" else module in PUBLIC
            )
            if module.partition(".")[0] == "autograd" and not public:
                private.add(f"{module}.{imported}" if imported else module)
        private |= {
            f"autograd.{node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "autograd"
            and node.attr not in (*autograd.__all__, "__version__")
        }
    assert private == set()


# -- without the optional packages ------------------------------------------------------------

PROGRAM = """
import importlib, pkgutil, sys
import numpy as np
import autograd
from autograd import aliases
removed = set(sys.argv[1:])
needs = {"autograd.__main__": {"autograd.check", "autograd.drawing"}}
needs |= {f"autograd.{name}": {"autograd.hips"} for name in aliases.MODULES}
for package in {"autograd", "nn"} - removed:
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if not removed & needs.get(".".join(found.name.split(".")[:2]), set()):
            importlib.import_module(found.name)
assert not removed & set(sys.modules)

from autograd import Tensor, Value, grad, hessian, make_jvp
from autograd.errors import NoRuleError
x = Value(3.0)
(x * x).backward()
assert x.grad == 6.0
w = Tensor(np.eye(2))
np.linalg.inv(w + 1.0).sum().backward()
assert w.grad.shape == (2, 2)
assert grad(lambda v: np.sum(v ** 3))(np.array([2.0]))[0] == 12.0
assert hessian(lambda v: v[0] * v[1])(np.ones(2))[0, 1] == 1.0
assert make_jvp(np.sin)(0.0)(1.0) == (0.0, 1.0)
import scipy.linalg, scipy.special
for function, argument, error in (
    (scipy.special.kolmogorov, Tensor([0.5]), NoRuleError),
    (scipy.linalg.expm, w, NoRuleError),
):
    try:
        function(argument)
    except error:
        continue
    raise AssertionError(f"{function} lost the derivative")
print(autograd.__file__)
"""


@pytest.fixture(scope="module")
def copy_of_sources(tmp_path_factory):
    """Copy the sources, without compiled files."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "aside").mkdir()
    for package in (autograd, nn):
        shutil.copytree(
            package.__path__[0],
            folder / package.__name__,
            ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.pyd"),
        )
    return folder


@pytest.mark.parametrize("removed", [*((name,) for name in OPTIONAL), OPTIONAL], ids="-".join)
@pytest.mark.slow
def test_the_rest_works_without(removed, copy_of_sources):
    aside = copy_of_sources / "aside"
    folders = [copy_of_sources.joinpath(*package.split(".")) for package in removed]
    try:
        for folder in folders:
            folder.rename(aside / folder.name)
        done = subprocess.run(
            [sys.executable, "-P", "-W", "error", "-c", PROGRAM, *removed],
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(copy_of_sources), "OMP_NUM_THREADS": "1"},
            timeout=120,
        )
    finally:
        for folder in folders:
            (aside / folder.name).rename(folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(copy_of_sources))


#: After how many arguments the type of the elements comes.
TYPES_AFTER = {"zeros": 1, "ones": 1, "empty": 1, "full": 2, "asarray": 1, "array": 1, "arange": 3}


def test_types_are_named_where_arrays_are_made_like_others():
    for name, tree in modules().items():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and any(word.arg == "like" for word in call.keywords):
                last = TYPES_AFTER.get(getattr(call.func, "attr", ""), 99)
                # Dask ignores it there, and makes float64.
                assert len(call.args) <= last, f"{name}, line {call.lineno}: write dtype="
