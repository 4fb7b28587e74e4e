"""What a tensor holds, and how results become tensors again.

A tensor in PyTorch's style is a view: it holds a Tensor of `autograd`, or an array of integers or
booleans, and its methods mean what PyTorch's do. Everything below, rules, layers and optimisers,
works on what it holds. So ordinary Tensors know nothing of this class and pay nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, Final, TypeVar

import numpy as np

import autograd
from autograd import Node
from autograd.errors import DataError
from nn.arrays import plain
from nn.torch_style.promotion import KINDS as KINDS_OF
from nn.torch_style.promotion import operands

S = TypeVar("S", bound="TensorBase")

_new: Final = object.__new__
_ndarray: Final = np.ndarray
_engine: Final = autograd.Tensor


class TensorBase:
    """A Tensor of `autograd`, or an array, in PyTorch's style."""

    __slots__ = ("__weakref__", "_held", "_owner")

    #: A Tensor of `autograd`, or an array: of integers or booleans, or of floats that are the
    #: memory of another tensor, as ``x.data``.
    _held: Any
    #: The Tensor whose memory such an array is.
    _owner: Any


class _Kinds:
    """The class of results. `tensor` sets it, because it is made of the files that use it."""

    def __init__(self) -> None:
        self.tensor: type[Any] = TensorBase


KINDS: Final = _Kinds()


def made(found: Any) -> Any:
    """Return a tensor that holds a result.

    New arrays of floats become constants, to which computed elements may be assigned later.
    """
    kind = type(found)
    if kind is not _engine:
        if isinstance(found, np.generic):
            found = np.asarray(found)
            kind = _ndarray
        if kind is _ndarray and found.base is None and found.dtype.kind in "fc":
            found = _engine(found, None, "", False)
    result = _new(KINDS.tensor)
    result._held = found
    result._owner = None
    return result


def constant(array: Any, requires_grad: Any = False) -> Any:
    """Return a tensor of a new array, or one of floats that was made for it."""
    if array.dtype.kind in "fc":
        array = _engine(array, None, "", requires_grad)
    elif requires_grad:
        raise DataError(
            f"Only tensors of floats can require gradients, not of {array.dtype}: write x.float()."
        )
    result = _new(KINDS.tensor)
    result._held = array
    result._owner = None
    return result


class Attribute:
    """The attribute that keeps an array which tensors show, so that ``x.grad.data = y`` reaches it.

    Parameters
    ----------
    holder : object
        What keeps it.
    name : str
        The attribute.
    """

    __slots__ = ("holder", "name")

    def __init__(self, holder: Any, name: str) -> None:
        self.holder, self.name = holder, name

    def put(self, old: Any, new: Any) -> Any:
        """Keep another array, in the memory of the old one if it fits; return what is kept."""
        fits = type(old) is _ndarray and old.shape == new.shape and old.dtype == new.dtype
        if fits and old.flags.writeable:
            old[...] = new
            return old
        setattr(self.holder, self.name, new)
        return new


def memory_of(array: Any, owner: Any) -> Any:
    """Return a tensor of the memory of another one; changes are seen there.

    `owner` is the Tensor whose memory it is, or says where the array is kept; None if nothing else
    has to know of changes.
    """
    result = _new(KINDS.tensor)
    result._held = array
    result._owner = owner
    return result


def held(x: Any) -> Any:
    """Return what a tensor holds; anything else unchanged."""
    return x._held if isinstance(x, TensorBase) else x


def tensor_held(x: Any, what: str = "This function") -> Any:
    """Return what a tensor, Tensor or array holds; raise for anything else."""
    if isinstance(x, TensorBase):
        return x._held
    if isinstance(x, (Node, np.ndarray)) or hasattr(x, "__array_function__"):
        return x
    raise DataError(f"{what} takes a tensor, not {type(x).__name__}: write torch.tensor(x).")


def inside(x: Any) -> Any:
    """Return anything with tensors, also in tuples, lists and dicts, as what these hold."""
    if isinstance(x, TensorBase):
        return x._held
    kind = type(x)
    if kind is tuple or kind is list:
        return kind([inside(item) for item in x])
    if kind is dict:
        return {name: inside(item) for name, item in x.items()}
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return kind(*[inside(item) for item in x])
    return x


def outside(x: Any) -> Any:
    """Return results as tensors, also in tuples, lists and dicts; the opposite of `inside`."""
    if isinstance(x, (Node, np.ndarray, np.generic)):
        return made(x)
    kind = type(x)
    if kind is tuple or kind is list:
        return kind([outside(item) for item in x])
    if kind is dict:
        return {name: outside(item) for name, item in x.items()}
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return kind(*[outside(item) for item in x])
    if isinstance(x, TensorBase):
        return x
    return made(x) if hasattr(x, "__array_function__") else x


def numbers(x: Any) -> Any:
    """Return the array of a tensor or Tensor, without history; anything else unchanged."""
    return plain(held(x))


def positions(index: Any) -> Any:
    """Return an index as NumPy takes it: tensors as arrays, lists as they are."""
    if isinstance(index, TensorBase):
        found = plain(index._held)
        if found.dtype.kind in "fc":
            raise DataError(
                f"Tensors used as indices must hold integers or booleans, not {found.dtype}: "
                "write index.long()."
            )
        return found
    if isinstance(index, tuple):
        return tuple([positions(part) for part in index])
    if isinstance(index, list) and any(isinstance(part, TensorBase) for part in index):
        return [positions(part) for part in index]
    return index


def apart(index: Any) -> Any:
    """Return the part of an index without lists, and an index of its result with the lists.

    Numbers choose first, as in PyTorch, where NumPy makes them lists: ``x[0, :, [0, 2]]`` has the
    axis of the slice first. None if the index has no numbers beside lists.

    Examples
    --------
    >>> apart((0, slice(1, 3), [0, 2]))
    ((0, slice(1, 3, None), slice(None, None, None)), (slice(None, None, None), [0, 2]))
    """
    if not any(isinstance(part, (list, np.ndarray)) and np.ndim(part) for part in index):
        return None
    numbers: list[Any] = []
    lists: list[Any] = []
    has_number = has_slice = False
    for part in index:
        if isinstance(part, (list, np.ndarray)) and np.ndim(part):
            is_mask = isinstance(part, np.ndarray) and part.dtype.kind == "b"
            numbers += [slice(None)] * (np.ndim(part) if is_mask else 1)
            lists.append(part)
            continue
        if isinstance(part, (bool, np.bool_)):
            return None
        numbers.append(part)
        if part is None or part is Ellipsis or isinstance(part, slice):
            lists.append(Ellipsis if part is Ellipsis else slice(None))
            has_slice = True
        else:
            has_number |= np.asarray(part).dtype.kind in "iu"
    return (tuple(numbers), tuple(lists)) if has_number and has_slice else None


def mutated(x: TensorBase) -> None:
    """Tell the Tensor whose memory this is that its numbers have changed."""
    owner = x._owner
    if owner is not None and not isinstance(owner, Attribute):
        owner.data = owner.data


def unary(function: Callable[[Any], Any], does: str, floating: bool = True) -> Callable[[S], S]:
    """Return a method that calls a function of one array; integers become floats before."""

    def method(self: S) -> S:
        x = self._held if isinstance(self, TensorBase) else tensor_held(self)
        if floating and x.dtype.kind in "iub":
            (x,) = operands(x, floating=True)
        return made(function(x))

    method.__doc__ = f"Return {does}."
    return method


def in_place(method: Callable[..., Any]) -> Callable[Concatenate[S, ...], S]:
    """Return the method that stores in the tensor what another one returns."""

    def stored(self: S, *arguments: Any, **options: Any) -> S:
        result = method(self, *arguments, **options)
        if result is NotImplemented:
            return result
        own, other = self._held.dtype, result._held.dtype
        if own is not other and KINDS_OF[other.kind] > KINDS_OF[own.kind]:
            raise DataError(
                f"A result of {other} cannot be stored in place in a tensor of {own}: write "
                "x = x + y, or convert the tensor before, x.float()."
            )
        return store(self, result)

    name = getattr(method, "__name__", "method")
    stored.__doc__ = f"Do the same as `{name.rstrip('_')}`, in place; return the tensor."
    return stored


def store(target: S, result: Any, index: Any = ...) -> S:
    """Assign to elements of a tensor; recorded, unless it is memory or inside ``no_grad``.

    Axes of length 1 in front do not count, as in PyTorch: ``x[0, 0] = torch.ones(1, 1)``.
    """
    found = held(result)
    if getattr(found, "ndim", 0) and found.shape[0] == 1 and index is not ...:
        found = found.reshape(found.shape[np.argmin([n == 1 for n in (*found.shape, 0)]) :])
    space: Any = target._held
    if isinstance(space, _engine):
        _check_leaf(space)
        if not space.requires_grad and not _flows(found) and _overwritten(space, index, found):
            return target
        if isinstance(found, _engine) and found.dtype != space.dtype:
            found = found.astype(space.dtype)
        space[index] = found
        return target
    if isinstance(found, Node):
        if _flows(found) and space.dtype.kind in "fc":
            raise DataError(
                "A result with a derivative cannot be stored in the memory of another tensor "
                "(x.data, x.grad, x.detach() or torch.from_numpy(a)): write y = x.clone() and "
                "assign to y."
            )
        found = plain(found)
    space[index] = found
    mutated(target)
    return target


def overwritten(x: Any, result: Any) -> Any:
    """Return a tensor in which a result has been stored, as ``inplace=True`` asks for."""
    if not isinstance(x, TensorBase):
        raise DataError(f"inplace=True takes a tensor to overwrite, not {type(x).__name__}.")
    return x if held(result) is x._held else store(x, result)


def _flows(x: Any) -> bool:
    """Return whether an assignment of this is to be recorded."""
    is_variable = isinstance(x, Node) and bool(getattr(x, "requires_grad", True))
    return is_variable and autograd.is_recording()


def _overwritten(space: Any, index: Any, item: Any) -> bool:
    """Write constants into the memory of a constant, which NumPy's arrays may share.

    Returns False, and does nothing, in a function that is traced or batched.
    """
    array, numbers = plain(space), plain(item)
    if type(array) is not _ndarray:
        return False
    if type(numbers) is not _ndarray and hasattr(numbers, "__array_function__"):
        return False
    array[index] = numbers
    space.data = array  # tells the engine about the change
    return True


def show_other(space: Any, other: Any) -> bool:
    """Let a leaf show other memory inside ``no_grad``, where `other` has no derivative.

    Returns False, and does nothing, where the tensor may hold `other` instead.
    """
    if not isinstance(space, _engine) or not space.requires_grad:
        return False
    _check_leaf(space)
    if autograd.is_recording():
        return False
    if not space.is_leaf:
        raise DataError(
            "A tensor that was computed cannot change its shape in place inside no_grad: it would "
            "lose its derivative. Write y = x.squeeze() or the like."
        )
    space.data = plain(other)
    return True


def _check_leaf(space: Any) -> None:
    """Raise where PyTorch does: a leaf that requires a gradient is not overwritten."""
    if space.requires_grad and space.is_leaf and autograd.is_recording():
        raise DataError(
            "A leaf that requires a gradient cannot be changed in place. Write `with "
            "torch.no_grad():` around it, or change x.data."
        )
