"""Assignment to elements of Tensors, with NumPy's semantics and without losing a derivative.

An assignment must not change numbers that a rule will read. So it makes a new node, and the handle
and all its views refer to that node from then on. The buffer is copied only if something may still
read what is overwritten: see `memory`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine import batching, calls, constants, memoryless, objects, tracing
from autograd.engine.fields import ArrayNode, NumberNode, adopt, note_store
from autograd.engine.foreign import (
    as_array,
    copied,
    full,
    index_beside,
    is_writable,
    like,
    write_elements,
)
from autograd.engine.grad_mode import GRAD_MODE, is_recording
from autograd.engine.memory import Memory, View, owner_of
from autograd.engine.node import plain
from autograd.engine.observers import is_observed, tell_assigned, tell_made
from autograd.engine.operations import GETITEM, IMAG, POSITIVE, REAL, SETITEM
from autograd.engine.primitive import NO_KEYWORDS, Primitive
from autograd.engine.transform_calls import ARGUMENTS
from autograd.engine.wrapped import refuse_in, without_labels
from autograd.errors import DataError, GraphError, NoRuleError, ReadOnlyError, ShapeError

_ndarray: Final = np.ndarray

#: Instead of a version: the memory belongs to another Tensor, whose assignments do not count.
DETACHED: Final = -1


def current(handle: ArrayNode) -> ArrayNode:
    """Return the node that holds the current elements of a Tensor."""
    memory = handle._memory
    if handle._view is not None and memory is not None and handle._at != memory.version:
        _refresh(handle)
    latest = handle._latest
    now = handle if latest is None else latest
    if GRAD_MODE.tracing != 0:
        if latest is not None:
            tracing.here().replaced(handle)
        adopt(now)
    return now


def _refresh(handle: ArrayNode) -> None:
    """Compute a view again from its base, which has been assigned to; without recursion."""
    outdated: list[ArrayNode] = []
    above: Any = handle
    while above._view is not None and above._at != above._memory.version:
        outdated.append(above)
        above = above._view.base
    now = current(above)
    for stale in reversed(outdated):
        view = stale._view
        assert view is not None
        _require_known(stale)
        again: ArrayNode = calls.tensor(view.of(now._contents))
        if view.recorded and now._requires_grad:
            arguments = [*view.arguments]
            arguments[view.argnum] = now
            again._primitive = view.primitive
            again._arguments = tuple(arguments)
            again._keywords = view.keywords
            if GRAD_MODE.interventions != 0 and is_recording():
                tell_made(again)
        else:
            again._requires_grad = False
        _succeed(stale, again)
        now = again


def _succeed(handle: ArrayNode, node: ArrayNode) -> None:
    """Make a handle refer to another node from now on."""
    memory = handle._memory
    assert memory is not None
    node._memory = memory
    node._at = memory.version
    node._versions += memory.mutations
    before = handle if handle._latest is None else handle._latest
    if before._retains_grad:
        node._retains_grad = True
    if handle._notes is not None and handle._notes.label:
        node.label = handle._notes.label
    handle._latest = node
    handle._at = memory.version


def link_view(
    result: ArrayNode, primitive: Primitive, arguments: Any, handles: Any, keywords: Any
) -> None:
    """Record that a result is a view of an argument, if they share memory.

    `handles` are the Tensors that the caller passed, `arguments` the nodes they refer to.
    """
    data = result._contents
    owner = owner_of(data)
    for argnum in range(len(arguments)):
        argument = arguments[argnum]
        if not isinstance(argument, ArrayNode):
            continue
        given = argument._contents
        kind = memoryless.COPY
        if type(data) is not _ndarray and not memoryless.has_memory(given):
            kind = memoryless.kind_of_result(primitive, arguments, keywords, argnum)
        elif data is given or (owner is not data and owner is owner_of(given)):
            kind = memoryless.VIEW
        if kind != memoryless.COPY:
            handle: ArrayNode = handles[argnum]
            if not handle._contents.shape and _is_number(handle):
                return
            memory = memory_of(handle)
            result._memory = memory
            result._at = memory.version
            result._versions += memory.mutations
            recorded = GRAD_MODE.interventions == 0 or is_recording()
            result._view = View(handle, argnum, primitive, arguments, keywords, recorded, kind)
            return


def _is_number(handle: ArrayNode) -> bool:
    """Return whether NumPy would have a number here, of shape (), and no array: it has no views."""
    primitive = handle._primitive
    if primitive is None or handle._view is not None or handle._latest is not None:
        return False
    return primitive.gives_numbers or not primitive.makes_views


def memory_of(handle: ArrayNode) -> Memory:
    """Return what all handles on the buffer of a Tensor have in common."""
    memory = handle._memory
    if memory is None:
        memory = handle._memory = Memory()
    return memory


def detached(handle: ArrayNode) -> Any:
    """Return a constant with the same numbers; assigning to either one copies them first."""
    memory = memory_of(handle)
    memory.private = False
    constant: ArrayNode = calls.tensor(current(handle)._contents, handle.label, False)
    constant._memory = memory
    constant._at = DETACHED
    return constant


# -- writing ------------------------------------------------------------------------------------


def assign(handle: ArrayNode, index: Any, item: Any) -> None:
    """Assign to elements of a Tensor; if it is a view, to those of its base."""
    index = without_labels(index)
    refuse_in((index, item))
    index = plain(index)
    item = objects.as_item(item)
    if GRAD_MODE.batching != 0:
        batching.refuse_assignment(_root(handle))
    if GRAD_MODE.interventions != 0:
        tell_assigned(_root(handle))
    if GRAD_MODE.interventions != 0 and not is_recording():
        if changes_unrecorded(handle):
            _require_memory(handle)
            current(handle)._contents[index] = plain(item)
            mutated(handle)
            return
        item = plain(item)
    check_writable(handle)
    if handle._view is not None and not memoryless.has_memory(handle._contents):
        _assign_by_rule(handle, index, item)
        return
    root, index = _place(handle, index)
    if root._view is not None:
        _assign_part(root, index, item)
        return
    if root is not handle and not root._contents.shape:
        item = np.reshape(item, ())  # the view may have axes of length one
    now = current(root)
    if isinstance(item, ArrayNode):
        item = current(item)
    numbers = plain(item)
    if np.iscomplexobj(numbers) and now._contents.dtype.kind != "c":
        raise DataError("A complex number cannot be assigned to an element of a real Tensor.")
    memory = memory_of(root)
    if root._at == DETACHED:
        memory = root._memory = Memory()
    in_place = now is not root and not is_observed() and memory.may_write(now._contents, index)
    replaces = index is Ellipsis and _is_computed_from(item, now)
    if replaces and not in_place:
        data = copied(numbers)
    else:
        data = now._contents if in_place else copied(now._contents)
        data = batching.holding(data, index, numbers)
        write_elements(data, index, numbers)
    if in_place:
        now._contents = memory.overwritten(data)
    else:
        memory.own()
    result = _recorded(data, now, index, item, replaces)
    memory.version += 1
    _succeed(root, result)


def _recorded(data: Any, now: ArrayNode, index: Any, item: Any, replaces: bool) -> ArrayNode:
    """Return the node of the new elements, connected to what they were computed from."""
    result: ArrayNode = calls.tensor(data)
    connected = isinstance(item, NumberNode)
    if isinstance(item, ArrayNode):
        connected = item._requires_grad
    if replaces:
        result._primitive = POSITIVE
        result._arguments = (item,)
    elif connected or now._requires_grad:
        result._primitive = SETITEM
        result._arguments = (now, constants.kept(index), item)
        if isinstance(item, NumberNode):
            result._numbers = item._contents
    else:
        result._requires_grad = False
        return result
    result._keywords = NO_KEYWORDS
    if GRAD_MODE.interventions != 0:
        tell_made(result)
    return result


def _is_computed_from(item: Any, now: ArrayNode) -> bool:
    """Return whether an array is the result of a rule that reads a node, of the same layout.

    Then it may replace the node: the graph still has all that the old elements depend on.
    """
    if not isinstance(item, ArrayNode) or not item._requires_grad or item._primitive is None:
        return False
    old, new = now._contents, item._contents
    if type(old) is not _ndarray or type(new) is not _ndarray or old.dtype != new.dtype:
        return False
    if old.shape != new.shape or old.strides != new.strides:
        return False
    return any(argument is now for argument in item._arguments)


def update(handle: ArrayNode, result: Any) -> Any:
    """Complete a recorded in-place operator such as ``t += x``, whose result has been computed.

    A Tensor of shape () that is no view represents a number, and numbers are immutable: then the
    name refers to the result from now on, as with NumPy's scalars.
    """
    if not isinstance(result, ArrayNode) or (handle._view is None and not handle._contents.shape):
        return result
    check_writable(handle)
    data = handle._contents
    if result.shape != data.shape:
        raise ShapeError(
            f"An in-place operator gives shape {result.shape}, which does not fit into the Tensor "
            f"of shape {data.shape}. Make a new Tensor: write t = t + x instead of t += x."
        )
    if result.dtype != data.dtype:
        if result.dtype.kind == "c" and data.dtype.kind != "c":
            raise DataError("A complex result cannot be assigned to a real Tensor in place.")
        result = result.astype(data.dtype)
    if handle._view is not None:
        assign(handle, Ellipsis, result)
        return handle
    if GRAD_MODE.batching != 0:
        batching.refuse_assignment(handle)
    if GRAD_MODE.interventions != 0:
        tell_assigned(handle)
    memory = memory_of(handle)
    if handle._at == DETACHED:
        memory = handle._memory = Memory()
    memory.private = False
    memory.version += 1
    _succeed(handle, result)
    return handle


def update_unrecorded(handle: ArrayNode, ufunc: Any, other: Any) -> ArrayNode:
    """Compute an in-place operator in the array of the leaf itself."""
    if GRAD_MODE.batching != 0:
        batching.refuse_assignment(_root(handle))
    tell_assigned(_root(handle))
    _require_memory(handle)
    data = current(handle)._contents
    ufunc(data, plain(other), out=data)
    mutated(handle)
    return handle


def mutated(handle: ArrayNode) -> None:
    """Count an unrecorded change of the numbers."""
    if GRAD_MODE.tracing != 0:
        note_store(current(handle))
    memory = memory_of(handle)
    memory.mutations += 1
    if not memoryless.has_memory(handle._contents):
        memory.version += 1  # no view sees the change


def changes_unrecorded(handle: ArrayNode) -> bool:
    """Return whether a change inside `no_grad` modifies the array itself, as that of a leaf does.

    A constant is copied if something may still read it, as outside of `no_grad`. Computed nodes
    cannot be changed: their derivative would remain that of the old elements.
    """
    root = _root(handle)
    node = current(root)
    if node._requires_grad and (node._primitive is not None or id(root) in ARGUMENTS):
        what = f"computed by {node.op!r}" if node.op else "an argument that is differentiated"
        raise GraphError(
            f"A Tensor of shape {root.shape}, {what}, cannot be changed inside no_grad(): its "
            "derivative would be that of the old elements. Assign outside no_grad(), or to a "
            "constant copy, t.detach().copy()."
        )
    return node._requires_grad or root._parameter


def check_writable(handle: ArrayNode) -> None:
    """Raise an error if a recorded assignment would lose a derivative or detach a parameter."""
    root = _root(handle)
    if root._notes is not None:
        objects.require_unshown(root)
    above = handle
    while above._view is not None:
        if not above._view.recorded and current(root)._requires_grad:
            raise GraphError(
                f"This Tensor of shape {handle.shape} is a view taken inside no_grad(), so its "
                "derivative is lost. To assign to it, take it outside, or copy it: t = t.copy()."
            )
        above = above._view.base
    if root._parameter:
        raise GraphError(
            f"{root.label or 'This Tensor'} (shape {root.shape}) is a parameter of a module or "
            "an optimiser; a recorded assignment would cut it off from training. "
            "Write `with no_grad():` around the assignment, or assign to a copy, t = w.copy()."
        )


def _root(handle: ArrayNode) -> ArrayNode:
    while handle._view is not None:
        handle = handle._view.base
    return handle


def _place(handle: ArrayNode, index: Any) -> tuple[ArrayNode, Any]:
    """Return the base of a view, and the index there of the elements that an index selects.

    The base may itself be the real or imaginary part of another Tensor.
    """
    if handle._view is None:
        return handle, index
    data = current(handle)._contents
    views: list[View] = []
    root: ArrayNode = handle
    while root._view is not None and not _is_part(root):
        views.append(root._view)
        root = root._view.base
    if not views:
        return root, index
    if not is_writable(data):
        raise _read_only(handle)
    first = views[0]
    if len(views) == 1 and first.primitive is GETITEM:
        joined = _joined(first.arguments[1], index)
        if joined is not None:
            return root, joined
    shape = root._contents.shape
    positions: Any = np.arange(root._contents.size, like=like(root._contents)).reshape(shape)
    for view in reversed(views):
        positions = view.of(positions)
    if not shape:
        return root, ()
    found = as_array(positions[index_beside(index, positions)])
    return root, np.unravel_index(found.astype(int), shape)


def _is_part(handle: ArrayNode) -> bool:
    """Return whether this is the real or imaginary part of a complex Tensor."""
    view = handle._view
    if view is None or not (view.primitive is REAL or view.primitive is IMAG):
        return False
    return bool(view.base.dtype.kind == "c")


def _assign_by_rule(handle: ArrayNode, index: Any, item: Any) -> None:
    """Assign to a view that has no memory: give its base the new elements, by the rule's transpose.

    The base may be such a view itself.
    """
    view = handle._view
    assert view is not None
    _require_known(handle)
    if view.kind == memoryless.READ_ONLY:
        raise _read_only(handle)
    if _is_part(handle):
        _assign_part(handle, index, item)
        return
    if view.primitive is GETITEM:
        whole = view.arguments[1] if index is Ellipsis else _joined(view.arguments[1], index)
        if whole is not None:
            assign(view.base, whole, item)
            return
    old, base = current(handle), current(view.base)
    copy: Any = calls.apply(POSITIVE, (old,), NO_KEYWORDS)
    assign(copy, index, item)
    new: Any = current(copy)
    arguments = [*view.arguments]
    arguments[view.argnum] = base
    given = tuple(arguments)
    moved = view.primitive.pullback(view.argnum, new, old, given, view.keywords)
    numbers = tuple([plain(x) for x in given])
    chosen = full(handle.shape, 1, handle.dtype, handle._contents)
    mask = view.primitive.pullback(view.argnum, chosen, old._contents, numbers, view.keywords)
    update(view.base, np.where(mask != 0, moved, base))  # type: ignore[arg-type]


def _require_known(handle: ArrayNode) -> None:
    """Raise an error if it is not known whether NumPy's array would share memory with its base."""
    view = handle._view
    if view is not None and view.kind == memoryless.UNKNOWN:
        raise NoRuleError(
            f"After numpy.{view.primitive.name} of an array of shape {view.base.shape} that is "
            "computed later, elements of one of both were assigned to. In NumPy the other may see "
            "that, if they share memory, which depends on how the elements lie there. Assign "
            "before, or to a copy, t = t * 1."
        )


def _require_memory(handle: ArrayNode) -> None:
    """Raise an error for a change of a view, inside `no_grad`, that its base would not see."""
    if handle._view is not None and not memoryless.has_memory(handle._contents):
        raise NoRuleError(
            f"A part of shape {handle.shape} of an array that is computed later cannot be changed "
            "inside no_grad(): the whole would not see it. Assign to the whole, t[index] = x."
        )


def _read_only(handle: ArrayNode) -> ReadOnlyError:
    name = "" if handle._view is None else handle._view.primitive.name
    return ReadOnlyError(
        f"This Tensor of shape {handle.shape} is a read-only view ({name}), as it is in NumPy. "
        "Assign to the Tensor it was taken from, or to a copy: t = t.copy()."
    )


def _assign_part(part: ArrayNode, index: Any, item: Any) -> None:
    """Assign to the real or imaginary part of some elements; the other part stays."""
    view = part._view
    assert view is not None
    before = view.base[index]
    if np.iscomplexobj(plain(item)):
        raise DataError("A complex number cannot be assigned to a real or an imaginary part.")
    if view.primitive is REAL:
        assign(view.base, index, item + 1j * before.imag)
    else:
        assign(view.base, index, before.real + 1j * item)


def _joined(outer: Any, inner: Any) -> Any:
    """Join ``t[outer][inner]`` to one index, if `outer` has integers only and `inner` is basic."""
    outer = outer if isinstance(outer, tuple) else (outer,)
    inner = inner if isinstance(inner, tuple) else (inner,)
    for part in outer:
        if isinstance(part, bool) or not isinstance(part, (int, np.integer)):
            return None
    for part in inner:
        if isinstance(part, bool) or not isinstance(part, (int, np.integer, slice)):
            return None
    return (*outer, *inner)


def as_recorded(x: Any, primitive: Primitive) -> Any:
    """Return a node as it was when `primitive` used it, before later assignments.

    A rule that runs on nodes, for higher derivatives, must not see elements assigned later.
    """
    if not isinstance(x, ArrayNode) or not primitive.reads_data or current(x) is x:
        return x
    before: ArrayNode = calls.tensor(x._contents)
    before._requires_grad = x._requires_grad
    if x._requires_grad:
        before._primitive = POSITIVE
        before._arguments = (x,)
        before._keywords = NO_KEYWORDS
    return before
