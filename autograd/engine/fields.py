"""The fields of nodes: what is recorded of a number, and of an array.

Everything that walks a graph reads these fields. `Value` and `Tensor`, further up, add what users
see of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from autograd.engine import calls, tracing
from autograd.engine.array_methods import ArrayMethods
from autograd.engine.batching import Batched
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.memory import Memory, View
from autograd.engine.mypyc import mypyc_attr
from autograd.engine.node import UNRECORDED, Node
from autograd.engine.primitive import FLOAT64, NO_KEYWORDS, Primitive
from autograd.engine.scopes import notes_here
from autograd.engine.torch_methods import TorchMethods
from autograd.errors import ReadOnlyError

if TYPE_CHECKING:
    from mypy_extensions import i32

#: The call of a leaf whose transform has ended: no call is newer.
ENDED: Final = math.inf


def ended(made_in: float) -> float:
    """Return how a leaf stores the call it was made in, once that has ended: a negative number."""
    return made_in if made_in < 0.0 else -1.0 - made_in


def begun(made_in: float) -> float:
    """Return the call that a leaf was made in, whether it has ended or not."""
    return made_in if made_in >= 0.0 else -1.0 - made_in


class NumberNode(ArrayMethods):
    """The fields of a `Value`: the number, up to two parents, and the partial derivatives.

    Beside each parent stands one number, its partial derivative. Where there is no parent, this
    number is free for what is known of a node without one, and saves a field in every node: the
    constant that took the parent's place, or, in a leaf, the call of a transform in which it was
    made. Only `arguments`, `_call` and `_end_call` use it so.
    """

    __slots__ = (
        "_contents",
        "_grad",
        "_left",
        "_left_partial",
        "_mark",
        "_right",
        "_right_partial",
    )

    _contents: float
    _grad: float
    _left: NumberNode | None
    _right: NumberNode | None
    _left_partial: float
    _right_partial: float
    _mark: i32  # of the pass that is running; zero between passes

    def __init__(
        self,
        contents: float,
        primitive: Primitive | None,
        left: NumberNode | None,
        left_partial: float,
        right: NumberNode | None,
        right_partial: float,
    ) -> None:
        self._contents = contents
        self._grad = 0.0
        self._primitive = primitive
        self._left = left
        self._right = right
        self._left_partial = GRAD_MODE.calls if primitive is None else left_partial
        self._right_partial = right_partial
        self._mark = 0
        self._notes = None if GRAD_MODE.notes is None else notes_here()

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the primitive was called with, nodes and constants, in order."""
        primitive = self.primitive
        if primitive is None:
            return ()
        left: Any = self._left if self._left is not None else self._left_partial
        if primitive.arity == 1:
            return (left,)
        return (left, self._right if self._right is not None else self._right_partial)

    @property
    def keywords(self) -> dict[str, Any]:
        """Keyword arguments of the primitive: scalar primitives have none."""
        return {}

    @property
    def parents(self) -> tuple[Node, ...]:
        """The nodes this was computed from, in argument order."""
        return tuple(p for p in (self._left, self._right) if p is not None)

    def _bare_parents(self) -> tuple[Node, ...]:
        return self.parents

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a number, as NumPy's scalars have it: the empty tuple."""
        return ()

    @property
    def ndim(self) -> int:
        """The number of axes of one number: none."""
        return 0

    @property
    def size(self) -> int:
        """The number of elements: one."""
        return 1

    @property
    def dtype(self) -> Any:
        """The type of the number."""
        return FLOAT64

    def _plain(self) -> Any:
        return self._contents if GRAD_MODE.tracing == 0 else tracing.here().number(self)

    def _partial(self, argnum: int) -> float:
        """Return the partial derivative with respect to a parent."""
        return self._left_partial if argnum == 0 else self._right_partial

    def _needs_derivative(self) -> bool:
        return self._primitive is not UNRECORDED

    def _call(self) -> float:
        return self._left_partial if self._left_partial >= 0.0 else ENDED

    def _end_call(self) -> None:
        if self._primitive is None:
            self._left_partial = ended(self._left_partial)

    def _begun(self) -> float:
        return begun(self._left_partial)


@mypyc_attr(allow_interpreted_subclasses=True)
class ArrayNode(TorchMethods):
    """The fields of a `Tensor`: the array, how it was computed, and what views share."""

    __slots__ = (
        "_arguments",
        "_arguments_let_go",
        "_at",
        "_constants",
        "_contents",
        "_grad",
        "_hooks",
        "_keywords",
        "_latest",
        "_let_go",
        "_made_in",
        "_mark",
        "_memory",
        "_numbers",
        "_parameter",
        "_requires_grad",
        "_retains_grad",
        "_versions",
        "_view",
    )

    _contents: Any  # not `_data`: numpy.ma would take the numbers from there, without a derivative
    _mark: i32  # of the pass that is running; zero between passes
    _grad: Any
    _arguments: Any  # a tuple; None for a leaf and once the graph is freed
    _keywords: Any
    _hooks: Any
    _requires_grad: bool
    _retains_grad: bool
    _versions: int  # the mutations of what the rule reads, when this was computed
    _numbers: float  # the sum of the Values among the arguments
    _constants: int  # a fingerprint of the large constant arrays among them
    _memory: Memory | None  # once viewed or assigned to
    _view: View | None  # how this is taken from its base, if it shares its memory
    _latest: ArrayNode | None  # once assigned to: the node that holds the elements now
    _at: int  # the version of the memory for which that is true
    _parameter: bool
    _made_in: float  # the call of a transform in which this leaf was made
    _let_go: bool  # the contents are NaN: see `unread`
    _arguments_let_go: bool  # so are those of an argument

    def __init__(self, contents: Any) -> None:
        self._primitive = None
        self._mark = 0
        self._contents = contents
        self._notes = None if GRAD_MODE.notes is None else notes_here()
        self._grad = None
        self._arguments = None
        self._keywords = None
        self._hooks = None
        self._requires_grad = True
        self._retains_grad = False
        self._versions = 0
        self._numbers = 0.0
        self._constants = 0
        self._memory = None
        self._view = None
        self._latest = None
        self._at = 0
        self._parameter = False
        self._made_in = GRAD_MODE.calls
        self._let_go = False
        self._arguments_let_go = False

    @property
    def shape(self) -> Any:
        """The length of each axis."""
        return self._contents.shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        raise ReadOnlyError(
            f"The shape {self.shape} of a Tensor cannot be changed in place. "
            f"Write t = t.reshape({shape})."
        )

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        return self._contents.dtype

    @dtype.setter
    def dtype(self, dtype: Any) -> None:
        raise ReadOnlyError(
            f"The type {self.dtype} of a Tensor cannot be changed in place. "
            f"Write t = t.astype({str(np.dtype(dtype))!r})."
        )

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self._contents.shape)

    @property
    def size(self) -> Any:
        """The number of elements."""
        return self._contents.size

    @property
    def nbytes(self) -> Any:
        """The memory that the elements take, in bytes."""
        return self._contents.nbytes

    @property
    def freed(self) -> bool:
        """Whether `backward` has freed the record of how this was computed."""
        return self._primitive is not None and self._arguments is None

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the primitive was called with, nodes and constants, in order."""
        if self._arguments_let_go:
            calls.INSTALLED.dispatcher.restore(self)
        arguments: tuple[Any, ...] = () if self._arguments is None else self._arguments
        return arguments

    @property
    def keywords(self) -> dict[str, Any]:
        """The keyword arguments that the primitive was called with."""
        keywords: dict[str, Any] = NO_KEYWORDS if self._keywords is None else self._keywords
        return keywords

    @property
    def parents(self) -> tuple[Node, ...]:
        """The nodes this was computed from, in argument order; empty once freed."""
        return nodes_in(self.arguments)

    def _bare_parents(self) -> tuple[Node, ...]:
        return () if self._arguments is None else nodes_in(self._arguments)

    def _call(self) -> float:
        return self._made_in if self._made_in >= 0.0 else ENDED

    def _end_call(self) -> None:
        self._made_in = ended(self._made_in)

    def _begun(self) -> float:
        return begun(self._made_in)


def nodes_in(arguments: tuple[Any, ...]) -> tuple[Node, ...]:
    """Return the nodes among the arguments of a call."""
    return tuple([a for a in arguments if isinstance(a, Node)])


def versions_of(arguments: tuple[Any, ...]) -> tuple[int, float]:
    """Return the mutations of the arrays among the arguments, and the sum of the Values."""
    versions = 0
    numbers = 0.0
    for argument in arguments:
        if isinstance(argument, ArrayNode):
            if argument._memory is not None:
                versions += argument._memory.mutations
        elif isinstance(argument, NumberNode):
            numbers += argument._contents
    return versions, numbers


def plain_arguments(arguments: tuple[Any, ...]) -> list[Any]:
    """Return what a rule reads in the place of nodes: their numbers."""
    found: list[Any] = []
    for x in arguments:
        if isinstance(x, ArrayNode):
            x = x._contents
        elif isinstance(x, NumberNode):
            x = x._plain()
        found.append(x)
    return found


def set_mark(node: Node, mark: int) -> None:
    """Set the mark of either kind of node."""
    if isinstance(node, ArrayNode):
        array: ArrayNode = node  # typed, so that mypyc writes to the field directly
        array._mark = mark  # type: ignore[assignment]
    elif isinstance(node, NumberNode):
        number: NumberNode = node
        number._mark = mark  # type: ignore[assignment]


# -- while a function is traced: see `tracing` --------------------------------------------------


def adopt(node: ArrayNode) -> None:
    """Let a Tensor hold a followed array while this thread is traced."""
    if not isinstance(node._contents, (tracing.Followed, Batched)):
        node._contents = tracing.here().contents(node)


def note_store(node: ArrayNode) -> None:
    """Note that a Tensor gets new numbers without a record."""
    adopt(node)
    tracing.here().stored(node)


def replace_contents(node: ArrayNode, contents: Any) -> None:
    """Exchange the array that a Tensor holds."""
    node._contents = contents


def replace_gradient(node: ArrayNode, gradient: Any) -> None:
    """Exchange the ``grad`` of a Tensor."""
    node._grad = gradient
