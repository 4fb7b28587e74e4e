"""The interpreter of tapes, if there was a C compiler when the package was installed."""

from __future__ import annotations

from typing import Any

machine: Any
try:
    import autograd.program.backends.tape.machine as machine
except ImportError:
    machine = None
