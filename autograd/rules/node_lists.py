"""Lists of nodes as arrays: `numpy.asarray` makes an array of objects of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Node, objects


def has_nodes(x: Any) -> bool:
    """Return whether `x` is a list or tuple that contains nodes."""
    return isinstance(x, (list, tuple)) and any(isinstance(i, Node) for i in tree.flat(x))


def joined(x: Any) -> Any:
    """Return nested lists of nodes as one node."""
    return np.stack([joined(item) for item in x]) if isinstance(x, (list, tuple)) else x


def as_array(x: Any) -> Any:
    """Return `x` as an array; as a node if it is one or holds nodes."""
    x = objects.joined(x)
    if isinstance(x, Node):
        return x
    return joined(x) if has_nodes(x) else np.asarray(x)
