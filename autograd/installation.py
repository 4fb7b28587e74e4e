"""Report HIPS autograd in the same folder, which has the same import name.

Installed after this distribution, it replaces our `__init__` and some other modules: an error says
how to put them back. Installed before, it is replaced, and a warning says so, because uninstalling
it would remove files of ours. The engine and `nn` import this module before anything else.
"""

from __future__ import annotations

import os
import sys
import warnings

#: A module of HIPS autograd for which this distribution has no file.
_ONLY_HIPS = ("scipy", "stats", "norm.py")

_AGAIN = (
    "pip uninstall -y autograd, then pip install --force-reinstall --no-deps with the path of "
    "chainrule"
)

# Our __init__ imports `aliases` first of all. HIPS autograd has no module of this name.
if not hasattr(sys.modules["autograd"], "aliases"):
    raise ImportError(
        "autograd/__init__.py is not chainrule's: HIPS autograd, which has the same import name, "
        "was installed over chainrule, or has been uninstalled since. Put chainrule's files back: "
        f"{_AGAIN}. Install programs that ask for HIPS autograd with --no-deps."
    )

if os.path.exists(os.path.join(os.path.dirname(__file__), *_ONLY_HIPS)):
    warnings.warn(
        "HIPS autograd is installed under the same import name. Programs written for it run on "
        "chainrule, which was installed later, but uninstalling or upgrading it would remove "
        f"files of chainrule. To have only chainrule: {_AGAIN}.",
        stacklevel=2,
    )
