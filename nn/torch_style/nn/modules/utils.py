"""PyTorch's ``torch.nn.modules.utils``: one number for each axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def _ntuple(n: int, name: str = "parse") -> Callable[[Any], Any]:
    def repeated(x: Any) -> Any:
        return tuple(x) if isinstance(x, Iterable) else (x,) * n

    repeated.__name__ = name
    return repeated


_single, _pair, _triple, _quadruple = (_ntuple(n) for n in (1, 2, 3, 4))
