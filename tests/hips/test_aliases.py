"""`autograd.numpy` and the other module names of HIPS autograd: aliases of `autograd.hips`."""

import importlib
import pickle
import pkgutil
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd
import autograd.hips
import autograd.misc.fixed_points
import autograd.misc.optimizers
import autograd.numpy as anp
from autograd import aliases

#: The alias of each module, also those in packages.
ALIASES = {
    found.name.replace(".hips", "", 1): found.name
    for found in pkgutil.walk_packages(autograd.hips.__path__, "autograd.hips.")
    if found.name.split(".")[2] in aliases.MODULES
}
#: Modules that HIPS autograd does not have: they need no file.
OURS = {"autograd.numpy.accept_lists", "autograd.numpy.arrays"}


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_is_the_module_itself(alias):
    module = importlib.import_module(alias)
    assert module is importlib.import_module(ALIASES[alias])
    assert module.__name__ == module.__spec__.name == ALIASES[alias]
    assert module.__spec__.loader is module.__loader__
    parent, _, name = alias.rpartition(".")
    assert getattr(sys.modules[parent], name) is module


def test_aliases_are_imported_on_first_access(run_python):
    program = (
        "import autograd, sys\n"
        "print([m for m in sys.modules if m.startswith('autograd.hips')])\n"
        "print(autograd.numpy.linalg.__name__, autograd.misc.flatten.__name__)\n"
        "import autograd.misc.optimizers as o; print(o.sgd.__module__)"
    )
    assert run_python(program).stdout.split("\n")[:3] == [
        "[]",
        "autograd.hips.numpy.linalg flatten",  # the function hides the module, as in HIPS autograd
        "autograd.hips.misc.optimizers",
    ]


@pytest.mark.parametrize("name", ["autograd.nothing", "autograd.numpy.nothing", "autograd.core.no"])
def test_other_names_are_not_found(name):
    with pytest.raises(ModuleNotFoundError, match=f"'{name}'"):
        importlib.import_module(name)
    assert not hasattr(autograd, "nothing")


def test_what_is_assigned_to_an_alias_is_seen_in_the_module(monkeypatch):
    monkeypatch.setattr(anp, "custom", np.sin, raising=False)
    monkeypatch.setattr(anp.linalg, "custom", np.cos, raising=False)
    assert autograd.hips.numpy.custom is np.sin
    assert sys.modules["autograd.numpy.linalg"].custom is np.cos


@pytest.mark.parametrize(
    "thing",
    [
        anp.int64,
        autograd.numpy.array,
        autograd.tracer.Box,
        autograd.extend.primitive,
        autograd.core.make_vjp,
        autograd.misc.optimizers.adam,
        autograd.misc.fixed_points.fixed_point,
        autograd.extend.vspace(np.zeros(2)),
    ],
)
def test_functions_classes_and_objects_are_pickled(thing):
    loaded = pickle.loads(pickle.dumps(thing))
    assert loaded is thing or loaded == thing


def test_pickles_made_under_the_alias_are_read():
    assert pickle.loads(b"cautograd.tracer\nBox\n.") is autograd.tracer.Box
    assert pickle.loads(b"cautograd.misc.optimizers\nadam\n.") is autograd.misc.optimizers.adam


def test_aliases_can_be_reloaded():
    before = autograd.wrap_util.get_name
    importlib.reload(autograd.wrap_util)
    assert sys.modules["autograd.wrap_util"] is sys.modules["autograd.hips.wrap_util"]
    assert autograd.wrap_util.get_name is not before


def test_aliases_can_be_run_as_programs(run_python):
    program = "import runpy, sys; print(sorted(runpy.run_module(sys.argv[1]))[-1])"
    assert run_python(program, "autograd.misc.optimizers").stdout == "unflatten_optimizer\n"
    assert run_python(program, "autograd.util").stdout == "warnings\n"


def test_threads_import_an_alias_once(run_python):
    program = (
        "import importlib, threading, autograd\n"
        "found = []\n"
        "names = ['autograd.numpy.numpy_boxes', 'autograd.hips.numpy.numpy_boxes'] * 8\n"
        "load = lambda name: found.append(importlib.import_module(name).ArrayBox)\n"
        "threads = [threading.Thread(target=load, args=(name,)) for name in names]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "print(len(found), len(set(map(id, found))))"
    )
    assert run_python(program).stdout.split() == ["16", "1"]


@pytest.mark.parametrize("alias", sorted(set(ALIASES) - OURS))
def test_tools_that_read_sources_find_each_alias(alias):
    path = Path(autograd.__path__[0], *alias.split(".")[1:])
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    source = file.read_text(encoding="utf-8")
    assert f"from {ALIASES[alias]} import *" in source
    module = importlib.import_module(alias)
    assert ("def __getattr__" in source) == ("__getattr__" in vars(module))
    namespace = {}
    exec(compile(source, file, "exec"), namespace)  # as if it were run
    public = getattr(module, "__all__", [n for n in vars(module) if not n.startswith("_")])
    assert not [name for name in public if namespace.get(name) is not getattr(module, name)]
