"""PyTorch's ``torch.nn.utils.prune``: parameters of which some elements are kept at zero.

A pruned parameter ``weight`` becomes the parameter ``weight_orig`` and the buffer ``weight_mask``
of ones and zeros; ``weight`` is their product, computed whenever it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from autograd.errors import OptionError, ShapeError
from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.base import held, made, numbers
from nn.torch_style.creation import ones_like, rand, rand_like
from nn.torch_style.joining import cat
from nn.torch_style.nn.computed import compute, forget
from nn.torch_style.nn.module import Module
from nn.torch_style.tensor import Tensor

__all__ = [
    "BasePruningMethod", "CustomFromMask", "Identity", "L1Unstructured", "LnStructured",
    "PruningContainer", "RandomStructured", "RandomUnstructured", "custom_from_mask",
    "global_unstructured", "identity", "is_pruned", "l1_unstructured", "ln_structured",
    "random_structured", "random_unstructured", "remove",
]  # fmt: skip


class BasePruningMethod:
    """The base class of ways to prune: your own define ``compute_mask`` and ``PRUNING_TYPE``.

    Examples
    --------
    >>> from nn.torch_style import nn
    >>> from nn.torch_style.nn.utils import prune
    >>> class EverySecond(prune.BasePruningMethod):
    ...     PRUNING_TYPE = "unstructured"
    ...
    ...     def compute_mask(self, t, default_mask):
    ...         mask = default_mask.clone()
    ...         mask.view(-1)[::2] = 0
    ...         return mask
    >>> EverySecond.apply(nn.Linear(2, 2), "bias")._tensor_name
    'bias'
    """

    #: What ``compute_mask`` gets of a pruned parameter: "unstructured", the elements that are left
    #: as a vector; "structured", the slices along ``self.dim`` that are left; "global", all of it.
    PRUNING_TYPE = "unstructured"
    _tensor_name: str = ""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Return the mask of what a tensor of scores says; ``default_mask`` is the one so far."""
        raise NotImplementedError("Define compute_mask(self, t, default_mask).")

    def prune(self, t: Tensor, default_mask: Any = None, importance_scores: Any = None) -> Tensor:
        """Return a pruned copy of a tensor."""
        scores = t if importance_scores is None else importance_scores
        mask = ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(scores, mask).to(t.dtype)

    @classmethod
    def apply(
        cls, module: Module, name: str, *args: Any, importance_scores: Any = None, **kwargs: Any
    ) -> BasePruningMethod:
        """Prune a parameter of a module; return what keeps its mask."""
        new = cls(*args, **kwargs)
        new._tensor_name = name
        old, hook = _found(module, name)
        method = new
        if old is not None:
            method = old if isinstance(old, PruningContainer) else PruningContainer(old)
            method.add_pruning_method(new)
        original = getattr(module, name)  # without what is pruned already
        mask = ones_like(original) if old is None else getattr(module, f"{name}_mask")
        scores = original if importance_scores is None else importance_scores
        if scores.shape != original.shape:
            raise ShapeError(
                f"importance_scores has shape {tuple(scores.shape)}; {name!r} has "
                f"{tuple(original.shape)}."
            )
        mask = method.compute_mask(scores.detach(), mask).to(original.dtype)
        if old is None:
            delattr(module, name)
            setattr(module, f"{name}_orig", original)
        module.register_buffer(f"{name}_mask", mask)
        if old is None:
            compute(module, name, method.apply_mask)
        elif hook is not None:
            hook.remove()
        module.register_forward_pre_hook(method)
        return method

    def apply_mask(self, module: Any) -> Tensor:
        """Return the parameter with zeros."""
        original = held(getattr(module, f"{self._tensor_name}_orig"))
        return made(original * numbers(getattr(module, f"{self._tensor_name}_mask")))  # type: ignore[no-any-return]

    def __call__(self, module: Module, inputs: Any) -> None:
        """Do nothing before ``forward``: the parameter is computed whenever it is used."""

    def remove(self, module: Module) -> None:
        """Make the parameter an ordinary one again, with the zeros in it."""
        name = self._tensor_name
        original, pruned = getattr(module, f"{name}_orig"), self.apply_mask(module)
        forget(module, name)
        for part in (f"{name}_orig", f"{name}_mask"):
            delattr(module, part)
        module._buffers = tuple(other for other in module._buffers if other != f"{name}_mask")
        original.data = pruned.detach()
        setattr(module, name, original)


class PruningContainer(BasePruningMethod):
    """Several ways to prune one parameter, each applied to what those before have left."""

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: BasePruningMethod) -> None:
        """Add another way."""
        if not isinstance(method, BasePruningMethod):
            raise OptionError(f"{type(method).__name__} is no BasePruningMethod.")
        if self._pruning_methods and method._tensor_name != self._tensor_name:
            raise OptionError(
                f"This container prunes {self._tensor_name!r}, not {method._tensor_name!r}."
            )
        self._tensor_name = method._tensor_name
        self._pruning_methods = (*self._pruning_methods, method)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._pruning_methods)

    def __getitem__(self, index: int) -> BasePruningMethod:
        return self._pruning_methods[index]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Return the mask after the last way, which is shown only what is left."""
        method, mask = self._pruning_methods[-1], default_mask.to(t.dtype).clone()
        place: Any
        if method.PRUNING_TYPE == "unstructured":
            place = mask == 1
        elif method.PRUNING_TYPE == "structured":
            dim = method.dim % t.dim()  # type: ignore[attr-defined]
            others = [axis for axis in range(t.dim()) if axis != dim]
            place = (slice(None),) * dim + (mask.sum(others) != 0,)
        elif method.PRUNING_TYPE == "global":
            place = (slice(None),) * t.dim()
        else:
            raise OptionError(
                f'PRUNING_TYPE={method.PRUNING_TYPE!r} must be "unstructured", "structured" or '
                '"global".'
            )
        mask[place] = method.compute_mask(t[place], mask[place]).to(t.dtype)
        return mask


class Identity(BasePruningMethod):
    """Prunes nothing, but makes the parameter one with a mask."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Return the mask so far."""
        return default_mask


class _Share(BasePruningMethod):
    """Prunes a number of elements or slices, or a share of them."""

    def __init__(self, amount: float) -> None:
        is_count = isinstance(amount, int) and not isinstance(amount, bool)
        if not (isinstance(amount, float) and 0 <= amount <= 1) and not (is_count and amount >= 0):
            raise OptionError(
                f"amount={amount!r} must be how many to prune, an int, or a share from 0.0 to 1.0."
            )
        self.amount = amount

    def _count(self, n: int) -> int:
        """Return how many of n to prune."""
        if isinstance(self.amount, float):
            return round(self.amount * n)
        if self.amount > n:
            raise OptionError(f"amount={self.amount} is more than the {n} that are left.")
        return self.amount


class RandomUnstructured(_Share):
    """Prunes random elements."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Return the mask without random elements."""
        mask, count = default_mask.clone(), self._count(t.numel())
        if count:
            mask.view(-1)[rand_like(t).view(-1).topk(count).indices] = 0
        return mask


class L1Unstructured(_Share):
    """Prunes the elements that are closest to 0."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Return the mask without the smallest elements."""
        mask, count = default_mask.clone(), self._count(t.numel())
        if count:
            mask.view(-1)[t.abs().reshape(-1).topk(count, largest=False).indices] = 0
        return mask


class _Slices(_Share):
    """Prunes whole slices along an axis."""

    PRUNING_TYPE = "structured"
    dim: int

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Return the mask without some slices."""
        if t.dim() < 2:
            raise ShapeError(
                f"A tensor of shape {tuple(t.shape)} has no slices: prune it unstructured."
            )
        count = self._count(t.shape[self.dim])
        if not count:
            return default_mask
        mask = default_mask.clone().zero_()
        place = (slice(None),) * (self.dim % t.dim()) + (self._kept(t, count),)
        mask[place] = 1
        return mask * default_mask

    def _kept(self, t: Tensor, count: int) -> Tensor:
        """Return an index of the slices that are left."""
        raise NotImplementedError


class RandomStructured(_Slices):
    """Prunes random slices along an axis."""

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def _kept(self, t: Tensor, count: int) -> Tensor:
        drawn = rand(t.shape[self.dim])
        return drawn > drawn.kthvalue(count).values


class LnStructured(_Slices):
    """Prunes the slices along an axis whose norm of order n is smallest."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount)
        self.n, self.dim = n, dim

    def _kept(self, t: Tensor, count: int) -> Tensor:
        others = [axis for axis in range(t.dim()) if axis != self.dim % t.dim()]
        norms = t.norm(self.n, others)
        return norms.topk(t.shape[self.dim] - count).indices  # type: ignore[no-any-return]


class CustomFromMask(BasePruningMethod):
    """Prunes where a mask is 0."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Return the product of both masks."""
        if self.mask.shape != default_mask.shape:
            raise ShapeError(
                f"The mask has shape {tuple(self.mask.shape)}; the parameter has "
                f"{tuple(default_mask.shape)}."
            )
        return default_mask * self.mask.to(default_mask.dtype)


def identity(module: Module, name: str) -> Module:
    """Make a parameter one with a mask of ones; return the module."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune random elements of a parameter; return the module."""
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(
    module: Module, name: str, amount: float, importance_scores: Any = None
) -> Module:
    """Prune the elements of a parameter that are closest to 0; return the module.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> from nn.torch_style.nn.utils import prune
    >>> layer = prune.l1_unstructured(torch.nn.Linear(4, 2), "weight", amount=0.5)
    >>> (layer.weight == 0).sum()
    tensor(4)
    >>> list(layer.state_dict())
    ['bias', 'weight_orig', 'weight_mask']
    """
    L1Unstructured.apply(module, name, amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune random slices of a parameter along an axis; return the module."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Any = None
) -> Module:
    """Prune the slices of a parameter with the smallest norms of order n; return the module."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune a parameter where a mask is 0; return the module."""
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]], pruning_method: Any, importance_scores: Any = None,
    **kwargs: Any,
) -> None:  # fmt: skip
    """Prune several parameters as if they were one vector.

    Parameters
    ----------
    parameters : iterable of (Module, str)
        The modules, and the names of their parameters.
    pruning_method : type
        A class such as `L1Unstructured`.
    importance_scores : dict, optional
        By module and name, a tensor in place of the parameter.
    **kwargs
        What the class takes, such as ``amount``.
    """
    found, given = list(parameters), importance_scores or {}
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise OptionError(f"{pruning_method.__name__} is not unstructured.")
    tensors = [getattr(module, name).detach() for module, name in found]
    scores = [given.get(pair, tensor) for pair, tensor in zip(found, tensors, strict=True)]
    masks = [
        getattr(module, f"{name}_mask") if _found(module, name)[0] else ones_like(tensor)
        for (module, name), tensor in zip(found, tensors, strict=True)
    ]
    flat = cat([score.detach().reshape(-1) for score in scores])
    mask = PruningContainer(method).compute_mask(flat, cat([m.reshape(-1) for m in masks]))
    parts = mask.split([tensor.numel() for tensor in tensors])
    for (module, name), tensor, part in zip(found, tensors, parts, strict=True):
        custom_from_mask(module, name, part.view(tensor.shape))


def remove(module: Module, name: str) -> Module:
    """Make a pruned parameter an ordinary one again, with the zeros in it; return the module."""
    method, hook = _found(module, name)
    if method is None or hook is None:
        raise OptionError(f"{name!r} of {type(module).__name__} is not pruned.")
    method.remove(module)
    hook.remove()
    return module


def is_pruned(module: Module) -> bool:
    """Return whether a parameter of a module, or of a module in it, is pruned."""
    return any(
        isinstance(hook.function, BasePruningMethod)
        for inner in module.modules()
        for hook in inner._hooks
    )


def _found(module: Module, name: str) -> tuple[BasePruningMethod | None, Any]:
    """Return what prunes a parameter, and its hook; None if nothing does."""
    for hook in module._hooks:
        method = hook.function
        if isinstance(method, BasePruningMethod) and method._tensor_name == name:
            return method, hook
    return None, None


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.nn.utils.prune", name, __all__))
