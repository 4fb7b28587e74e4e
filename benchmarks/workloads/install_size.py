"""Disk space of an installation with all its requirements."""

import importlib.metadata
import re

UNIT = "byte"


def with_required(distribution, seen):
    """Add to `seen` a distribution and, in turn, what it requires without extras."""
    name = re.sub(r"[-_.]+", "-", distribution).lower()
    if name in seen:
        return
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return  # required on another platform only
    seen[name] = sum(file.locate().stat().st_size for file in found.files or () if exists(file))
    for requirement in found.requires or ():
        if "extra ==" not in requirement:
            with_required(re.match(r"[\w.-]+", requirement)[0], seen)


def exists(file):
    return file.suffix != ".pyc" and file.locate().exists()


def size_of(distribution):
    def measure():
        seen = {}
        with_required(distribution, seen)
        return sum(seen.values())

    return lambda size: measure


chainrule = size_of("chainrule")
numpy = size_of("numpy")
micrograd = size_of("micrograd")
torch = size_of("torch")
jax = size_of("jax")
hips = size_of("autograd")
mygrad = size_of("mygrad")
tinygrad = size_of("tinygrad")
casadi = size_of("casadi")
