"""Errors for names that a module lacks, which also ``from module import name`` shows."""

from __future__ import annotations

import dis
import sys
from typing import NoReturn


def refuse(message: str) -> NoReturn:
    """Raise an error for a name, called by the ``__getattr__`` of a module.

    Python replaces the message of an AttributeError in ``from module import name`` by one of its
    own, but not that of an ImportError.

    Raises
    ------
    ImportError
        In ``from module import name``.
    AttributeError
        Elsewhere, so that `hasattr` and `getattr` work.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> hasattr(torch, "sparse_coo_tensor")
    False
    >>> from nn.torch_style import sparse_coo_tensor  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ImportError: torch has no 'sparse_coo_tensor' in nn.torch_style: write a dense tensor: ...
    """
    frame = sys._getframe(2)
    code, place = frame.f_code.co_code, frame.f_lasti
    if 0 <= place < len(code) and dis.opname[code[place]] == "IMPORT_FROM":
        raise ImportError(message)
    raise AttributeError(message)
