"""Shared code of the commands: output for any terminal, and one-line errors."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Callable

#: Replacements for characters that the terminal cannot show; others become ``?``.
ASCII = str.maketrans({
    "×": "x", "·": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "±": "+-", "√": "sqrt", "∛": "cbrt",
    "∂": "d", "∇": "grad", "Σ": "sum", "Π": "prod", "π": "pi", "σ": "sigma", "Γ": "gamma",
    "²": "^2", "³": "^3", "ᵀ": "^T", "ˣ": "^x", "ʸ": "^y", "₀": "0", "₁": "1", "₂": "2", "…": "...",
    "≈": "~", "≤": "<=", "≥": ">=", "→": "->", "←": "<-", "‖": "||", "⌊": "floor(", "⌋": ")",
    "⟦": "[", "⟧": "]", "‘": "'", "’": "'", "“": '"', "”": '"', "µ": "u", "ï": "i",
})  # fmt: skip


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(ASCII)
    return text.encode("ascii", "replace").decode("ascii"), error.end


codecs.register_error("autograd.ascii", _replace)


def run(name: str, command: Callable[[], int]) -> int:
    """Run a command and return its exit code; an error is printed as one line and gives 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # some streams, as in notebooks, take any character
            stream.reconfigure(errors="autograd.ascii")
    try:
        code = command()
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader stopped, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        message = " ".join(str(error).split()) or type(error).__name__
        print(f"{name}: {message:.1000}", file=sys.stderr)
        return 2
