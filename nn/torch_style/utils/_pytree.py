"""PyTorch's ``torch.utils._pytree``: nested tuples, lists and dicts as lists of their leaves."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from autograd.errors import ShapeError


@dataclass(frozen=True)
class TreeSpec:
    """The structure of a tree: that of a leaf by default.

    Attributes
    ----------
    type : type or None
        The class of the container; None for a leaf.
    context : any
        What else it takes to build one: the keys of a dict, the limit of a deque.
    children_specs : list of TreeSpec
        The structures of what is in it.
    """

    type: Any = None
    context: Any = None
    children_specs: list[TreeSpec] = field(default_factory=list)

    @property
    def num_leaves(self) -> int:
        """The number of leaves."""
        return 1 if self.type is None else sum(spec.num_leaves for spec in self.children_specs)

    @property
    def num_children(self) -> int:
        """The number of items of the container."""
        return len(self.children_specs)

    def is_leaf(self) -> bool:
        """Return whether this is a leaf."""
        return self.type is None


def _opened(tree: Any) -> tuple[Any, list[Any]] | None:
    """Return the context and the items of a container; None for a leaf."""
    kind = type(tree)
    if kind in (dict, OrderedDict, defaultdict):
        factory = tree.default_factory if kind is defaultdict else None
        return (factory, list(tree)), list(tree.values())
    if kind is deque:
        return tree.maxlen, list(tree)
    if kind in (list, tuple) or _is_named(kind):
        return None, list(tree)
    return None


def _is_named(kind: Any) -> bool:
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def tree_flatten(
    tree: Any, is_leaf: Callable[[Any], bool] | None = None
) -> tuple[list[Any], TreeSpec]:
    """Return the leaves of a tree and its structure.

    Parameters
    ----------
    tree : any
        Nested tuples, named tuples, lists, dicts and deques; anything else is a leaf.
    is_leaf : callable, optional
        Says of a container whether it is a leaf, too.

    Examples
    --------
    >>> leaves, spec = tree_flatten({"a": [1, 2], "b": (3,)})
    >>> leaves, tree_unflatten([4, 5, 6], spec)
    ([1, 2, 3], {'a': [4, 5], 'b': (6,)})
    """
    leaves: list[Any] = []

    def structure(node: Any) -> TreeSpec:
        opened = None if is_leaf is not None and is_leaf(node) else _opened(node)
        if opened is None:
            leaves.append(node)
            return TreeSpec()
        context, items = opened
        return TreeSpec(type(node), context, [structure(item) for item in items])

    return leaves, structure(tree)


def tree_unflatten(leaves: Any, treespec: TreeSpec) -> Any:
    """Return the tree of a structure with these leaves.

    Parameters
    ----------
    leaves : iterable
        The leaves.
    treespec : TreeSpec
        The structure.

    Raises
    ------
    ShapeError
        If there are more or fewer leaves.
    """
    given = list(leaves)
    if len(given) != treespec.num_leaves:
        raise ShapeError(f"The tree has {treespec.num_leaves} leaves, not {len(given)}.")
    return _built(treespec, iter(given))


def _built(spec: TreeSpec, leaves: Iterator[Any]) -> Any:
    if spec.type is None:
        return next(leaves)
    items = [_built(child, leaves) for child in spec.children_specs]
    if spec.type in (dict, OrderedDict, defaultdict):
        factory, keys = spec.context
        pairs = zip(keys, items, strict=True)
        return spec.type(factory, pairs) if spec.type is defaultdict else spec.type(pairs)
    if spec.type is deque:
        return deque(items, spec.context)
    return spec.type(*items) if _is_named(spec.type) else spec.type(items)


def tree_leaves(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> list[Any]:
    """Return the leaves of a tree."""
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> Iterator[Any]:
    """Yield the leaves of a tree."""
    yield from tree_leaves(tree, is_leaf)


def tree_structure(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> TreeSpec:
    """Return the structure of a tree."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(
    func: Callable[..., Any], tree: Any, *rests: Any,
    is_leaf: Callable[[Any], bool] | None = None,
) -> Any:  # fmt: skip
    """Return the tree of what a function returns for each leaf, and for those of other trees.

    Parameters
    ----------
    func : callable
        Takes a leaf of each tree.
    tree, *rests : any
        Trees of one structure.
    is_leaf : callable, optional
        As for `tree_flatten`.

    Raises
    ------
    ShapeError
        If the structures differ.
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    columns = [leaves]
    for rest in rests:
        others, other = tree_flatten(rest, is_leaf)
        if other != spec:
            raise ShapeError(f"tree_map got trees of different structures: {spec} and {other}.")
        columns.append(others)
    return tree_unflatten([func(*row) for row in zip(*columns, strict=True)], spec)


def tree_map_(func: Callable[..., Any], tree: Any, *rests: Any) -> Any:
    """Call a function for each leaf, and return the tree itself."""
    tree_map(func, tree, *rests)
    return tree


def tree_map_only(kind: Any, func: Callable[[Any], Any], tree: Any) -> Any:
    """Do the same for the leaves of a class or of several; the others stay."""
    return tree_map(lambda leaf: func(leaf) if isinstance(leaf, kind) else leaf, tree)


def tree_all(predicate: Callable[[Any], bool], tree: Any) -> bool:
    """Return whether something is true of all leaves."""
    return all(map(predicate, tree_leaves(tree)))


def tree_any(predicate: Callable[[Any], bool], tree: Any) -> bool:
    """Return whether something is true of some leaf."""
    return any(map(predicate, tree_leaves(tree)))
