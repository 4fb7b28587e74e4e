"""The base of nodes, for the modules below those of nodes."""

from __future__ import annotations

from autograd.engine.mypyc import mypyc_attr


@mypyc_attr(allow_interpreted_subclasses=True)
class Recorded:
    """What a primitive is called with besides numbers and arrays."""

    __slots__ = ()
