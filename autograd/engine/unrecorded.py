"""Changes of the numbers of a Tensor that are not recorded: ``t.data = x``, ``no_grad``."""

from __future__ import annotations

from typing import Any

from autograd.engine import assignment, batching
from autograd.engine.fields import ArrayNode, note_store
from autograd.engine.grad_mode import GRAD_MODE, is_recording
from autograd.errors import GraphError


def replace_data(handle: ArrayNode, data: Any) -> None:
    """Replace the numbers of a Tensor, without recording it."""
    if GRAD_MODE.batching != 0:
        batching.refuse_assignment(handle)
    memory = assignment.memory_of(handle)
    if handle._primitive is None:
        _become_leaf_again(handle)
    now = assignment.current(handle)
    if data is not now._contents:
        handle._view = None
        memory.private = False
        memory.version += 1
        handle._at = memory.version
    if GRAD_MODE.tracing != 0:
        note_store(now)
    now._contents = data
    memory.mutations += 1


def _become_leaf_again(handle: ArrayNode) -> None:
    """Forget what was assigned to a leaf; raise an error if a derivative would be lost.

    A constant to which computed elements were assigned stays in the graph.
    """
    latest = handle._latest
    if latest is None:
        return
    if latest._requires_grad and latest._primitive is not None and not latest.freed:
        if not handle._requires_grad:
            return
        raise GraphError(
            f"Computed elements were assigned to this leaf of shape {handle.shape}; new data would "
            "lose their derivative. Call backward() before, or continue with t = t.detach()."
        )
    handle._latest = None


def is_unrecorded(handle: ArrayNode) -> bool:
    """Return whether a change in place modifies the array itself: that of a leaf in `no_grad`."""
    if GRAD_MODE.interventions == 0 or is_recording():
        return False
    return assignment.changes_unrecorded(handle)
