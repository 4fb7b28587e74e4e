"""The extension for calls, if there was a C compiler when the package was installed."""

from __future__ import annotations

from typing import Any

calls: Any
try:
    import autograd.program.native.calls as calls
except ImportError:
    calls = None
