"""Import in a fresh Python process; plain floats only need Python's own start."""

import subprocess
import sys


def importing(*modules):
    command = [sys.executable, "-P", "-c", "\n".join(f"import {module}" for module in modules)]

    def run():
        subprocess.run(command, check=True)
        return True

    return lambda size: run


floats = importing("sys")
numpy = importing("numpy")
chainrule = importing("autograd")
micrograd = importing("micrograd.engine")
torch = importing("torch")
jax = importing("jax")
hips = importing("autograd.numpy")
mygrad = importing("mygrad")
tinygrad = importing("tinygrad")
casadi = importing("casadi")
