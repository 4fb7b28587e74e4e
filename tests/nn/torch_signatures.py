"""The arguments of PyTorch's public functions and classes: `record_torch_signatures.py` records them."""

import importlib

MODULES = [
    "nn",
    "nn.functional",
    "nn.init",
    "nn.utils",
    "nn.utils.parametrizations",
    "nn.utils.parametrize",
    "nn.utils.prune",
    "nn.utils.rnn",
    "optim",
    "optim.lr_scheduler",
    "optim.swa_utils",
    "utils.data",
    "distributions",
    "autograd",
    "func",
    "utils.checkpoint",
]


def public(root, module):
    """Return the public functions and classes of a module, by name."""
    found = importlib.import_module(f"{root}.{module}")
    names = [n for n in getattr(found, "__all__", None) or dir(found) if n[0] != "_"]
    if module == "nn.functional":  # __all__ has some of them only
        names = [n for n in dir(found) if n[0].islower()]
    return {name: getattr(found, name) for name in names if callable(getattr(found, name))}


def default(parameter):
    """Return the default as text; "" if there is none."""
    return "" if parameter.default is parameter.empty else as_text(parameter.default)


def as_text(item):
    """Return a number, a string and the like as text."""
    if isinstance(item, (int, float)) and not isinstance(item, bool):
        return f"{float(item):.9g}"
    if isinstance(item, tuple):
        return f"({', '.join(map(as_text, item))})"
    return repr(item) if isinstance(item, (bool, str, type(None))) else "..."


def arguments(signature):
    """Return name, default and whether it may be positional of all arguments."""
    return [
        [p.name, default(p), p.kind is p.POSITIONAL_OR_KEYWORD]
        for p in signature.parameters.values()
        if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    ]


def is_open(signature):
    """Return whether a signature takes any arguments."""
    return any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values())
