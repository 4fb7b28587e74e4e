"""What programs are called."""

from __future__ import annotations

import re


def function_name(name: str) -> str:
    """Return a name for the function that a program is written as.

    Examples
    --------
    >>> function_name("grad_of_loss_wrt_argnum_0")
    'gradient_of_loss'
    """
    match = re.fullmatch(r"(\w+?)_of_(.+?)(?:_wrt_argnum_.+)?", name)
    if match is None:
        return name if name.isidentifier() else "program"
    kind = {"grad": "gradient", "value_and_grad": "value_and_gradient"}.get(match[1], match[1])
    return f"{kind}_of_{match[2]}" if match[2].isidentifier() else kind
