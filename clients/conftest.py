"""Check that the programs run on this distribution."""

import importlib.metadata

import pytest

import autograd


def pytest_configure(config):
    if not hasattr(autograd, "check_gradients"):
        raise pytest.UsageError(f"{autograd.__file__} is not chainrule")
    installed = {distribution.name for distribution in importlib.metadata.distributions()}
    if "autograd" in installed:
        raise pytest.UsageError("HIPS autograd is installed beside chainrule")
