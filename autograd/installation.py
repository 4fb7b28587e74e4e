"""Importing this module is an error where HIPS autograd has overwritten files of ours.

Installed after this distribution, which has the same import name, it leaves its own `__init__` and
some other modules beside the rest of ours. What it leaves of ours imports this module first.
"""

from __future__ import annotations

import autograd

if not hasattr(autograd, "COMPILED"):
    raise ImportError(
        "HIPS autograd was installed over chainrule, which has the same import name, and has "
        "overwritten some of its files. Uninstall it and put them back: pip uninstall -y autograd, "
        "then pip install --force-reinstall --no-deps with the path of chainrule. Install "
        "programs that ask for HIPS autograd with --no-deps."
    )
