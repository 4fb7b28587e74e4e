"""Write what CuPy offers NumPy's protocols: names and parameters. Needs CuPy, but no GPU.

``python tests/devices/write_interface.py`` writes ``cupy_interface.json`` beside it, with which the
arrays of `strict` refuse what CuPy's arrays would refuse.
"""

import functools
import inspect
import json
import re
from pathlib import Path

import cupy
import cupyx.scipy.special
import numpy as np
import scipy.special

HERE = Path(__file__).parent


def parameters_of(function):
    """Return the names of the parameters, with stars, also of functions compiled by Cython."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        text = re.search(r"\((.*)\)", function.__doc__.strip().splitlines()[0])[1]
        parts = re.split(r",\s*(?![^()\[\]]*[)\]])", text)
        names = [re.split(r"[=:]", part)[0].split()[-1:] for part in parts]
        return [name for (name,) in filter(None, names) if name not in ("self", "/")]
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [stars.get(x.kind, "") + x.name for x in found if x.name != "self"]


def functions():
    found = {}
    for module in (np, np.linalg, np.fft, np.lib.stride_tricks, np.emath):
        for name in dir(module):
            function = getattr(module, name)
            home = str(getattr(function, "__module__", "")).split(".")
            if home[0] != "numpy" or not callable(function):
                continue
            if isinstance(function, type | np.ufunc) or not hasattr(function, "__name__"):
                continue
            there = functools.reduce(lambda x, part: getattr(x, part, None), home[1:], cupy)
            there = getattr(there, function.__name__, None)
            if there is not None and there is not function:
                found[".".join([*home[1:], function.__name__])] = parameters_of(there)
    return found


def ufuncs():
    found = {
        x.__name__
        for module in (np, scipy.special)
        for x in vars(module).values()
        if isinstance(x, np.ufunc)
        and (hasattr(cupy, x.__name__) or hasattr(cupyx.scipy.special, x.__name__))
    }
    adding = {name for name in found if getattr(getattr(cupy, name, None), "_scatter_op", None)}
    return sorted(found), sorted(adding)


def attributes():
    found = {}
    for name in dir(cupy.ndarray):
        member = getattr(cupy.ndarray, name)
        if not name.startswith("_"):
            found[name] = parameters_of(member) if callable(member) else None
    return found


if __name__ == "__main__":
    names, at = ufuncs()
    interface = {
        "version": cupy.__version__,
        "functions": functions(),
        "ufuncs": names,
        "at": at,
        "attributes": attributes(),
    }
    lines = []
    for key, item in interface.items():
        if isinstance(item, dict):
            rows = [f"  {json.dumps(name)}: {json.dumps(item[name])}" for name in sorted(item)]
            text = "{\n" + ",\n".join(rows) + "\n }"
        else:
            text = json.dumps(item)
        lines.append(f" {json.dumps(key)}: {text}")
    (HERE / "cupy_interface.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
