"""`autograd.util`: small helpers that programs import."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from autograd.hips.shared import func, subval, subvals, toposort
from autograd.hips.test_util import check_grads

__all__ = ["func", "quick_grad_check", "subval", "subvals", "toposort"]


def quick_grad_check(
    fun: Callable[..., Any],
    arg0: Any,
    extra_args: Any = (),
    kwargs: Any = None,
    **settings: Any,
) -> None:
    """Check the gradient with respect to the first argument.

    Deprecated in HIPS autograd; use `autograd.check_gradients`.
    """
    warnings.warn("Deprecated: use autograd.check_gradients.", stacklevel=2)
    check_grads(lambda x: fun(x, *extra_args, **(kwargs or {})), modes=["rev"], order=1)(arg0)
