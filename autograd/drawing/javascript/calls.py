"""The settings of calls of NumPy: what they are given besides arrays."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from autograd.program.instructions import Instruction, Method


def settings_of(instruction: Instruction, is_ufunc: bool = False) -> dict[str, Any]:
    """Return the arguments after the first by name, without those left to their defaults."""
    function: Any = instruction.function
    if is_ufunc or isinstance(function, Method):
        names = ["axis", "dtype", "out", "keepdims"]
    else:
        parameters = inspect.signature(function).parameters
        names = list(parameters)[1:]
    given = dict(zip(names, instruction.arguments[1:], strict=False)) | instruction.keywords
    if given.get("out", 0) is None:
        del given["out"]
    return {k: v for k, v in given.items() if v is not np._NoValue}


def pads_by_position(instruction: Instruction) -> bool:
    """Return whether padding puts elements or zeros at the border."""
    settings = settings_of(instruction)
    mode = settings.get("mode", "constant")
    return mode in ("constant", "edge", "reflect", "symmetric", "wrap") and not np.any(
        settings.get("constant_values", 0)
    )
