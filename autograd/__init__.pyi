"""The types that users of `autograd` see.

The engine computes with ``Any``: what an operator returns depends on its operands, and annotations
there become checks in the compiled code. Signatures are compared with the modules by
`mypy.stubtest`.
"""

from builtins import dict as _dict
from builtins import list as _list
from builtins import tuple as _tuple
from collections.abc import Callable, Iterator, Sequence
from typing import (
    Any,
    Concatenate,
    Final,
    Generic,
    Literal,
    ParamSpec,
    TypeAlias,
    TypeVar,
    final,
    overload,
)

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from autograd import builtins as builtins
from autograd import check as check
from autograd import checkpointing as checkpointing
from autograd import core as core
from autograd import debugging as debugging
from autograd import drawing as drawing
from autograd import engine as engine
from autograd import errors as errors
from autograd import expression as expression
from autograd import extend as extend
from autograd import misc as misc
from autograd import numpy as numpy
from autograd import program as program
from autograd import rules as rules
from autograd import scipy as scipy
from autograd import transforms as transforms
from autograd import tree as tree
from autograd.check import assert_gradients as assert_gradients
from autograd.check import check_gradients as check_gradients
from autograd.check import check_layer as check_layer
from autograd.check import check_precision as check_precision
from autograd.check import check_primitive as check_primitive
from autograd.debugging import Trace as Trace
from autograd.debugging import debug as debug
from autograd.drawing import draw as draw
from autograd.drawing import steps as steps
from autograd.drawing import summary as summary
from autograd.drawing import text as text
from autograd.engine import Node as Node
from autograd.engine import Primitive as Primitive
from autograd.hips.builtins import dict as dict
from autograd.hips.builtins import isinstance as isinstance
from autograd.hips.builtins import list as list
from autograd.hips.builtins import tuple as tuple
from autograd.hips.builtins import type as type
from autograd.hips.core import primitive as primitive
from autograd.program import Program as Program
from autograd.rules.custom import define as define
from autograd.rules.custom import elementwise as elementwise
from autograd.rules.custom import linear as linear
from autograd.rules.notation import Notation as Notation
from autograd.sparse import SparseDerivative as SparseDerivative

__all__ = [
    "COMPILED",
    "Node",
    "Notation",
    "Primitive",
    "Program",
    "SparseDerivative",
    "Tensor",
    "Trace",
    "Value",
    "assert_gradients",
    "check_gradients",
    "check_layer",
    "check_precision",
    "check_primitive",
    "checkpoint",
    "debug",
    "define",
    "deriv",
    "draw",
    "elementwise",
    "elementwise_grad",
    "elu",
    "enable_grad",
    "erf",
    "gelu",
    "grad",
    "grad_and_aux",
    "grad_named",
    "gradients",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "hvp",
    "is_recording",
    "jacobian",
    "jit",
    "jvp",
    "kernel",
    "leaky_relu",
    "lgamma",
    "linear",
    "log_softmax",
    "logsumexp",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "multigrad_dict",
    "no_grad",
    "relu",
    "scope",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "sparse_hessian",
    "sparse_jacobian",
    "steps",
    "summary",
    "tensor_jacobian_product",
    "text",
    "trace",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
    "vmap",
]

__version__: Final[str]
COMPILED: bool

_P = ParamSpec("_P")
_R = TypeVar("_R")  # a result
_A = TypeVar("_A", bound=Any)  # the first argument, and its derivative
_Aux = TypeVar("_Aux")
_N = TypeVar("_N", "Value", "Tensor", covariant=True)

_Number: TypeAlias = float | np.floating[Any] | np.integer[Any] | np.bool[Any]
_Array: TypeAlias = NDArray[Any] | complex | np.complexfloating[Any, Any]
_Operand: TypeAlias = _Array | np.number[Any] | np.bool[Any] | _list[Any] | _tuple[Any, ...] | Node
_Axis: TypeAlias = int | Sequence[int] | None

# -- nodes ------------------------------------------------------------------------------------

class _Functions(Generic[_N]):
    """The elementwise functions of one argument."""

    def exp(self) -> _N: ...
    def exp2(self) -> _N: ...
    def expm1(self) -> _N: ...
    def log(self) -> _N: ...
    def log2(self) -> _N: ...
    def log10(self) -> _N: ...
    def log1p(self) -> _N: ...
    def sqrt(self) -> _N: ...
    def cbrt(self) -> _N: ...
    def square(self) -> _N: ...
    def reciprocal(self) -> _N: ...
    def sin(self) -> _N: ...
    def cos(self) -> _N: ...
    def tan(self) -> _N: ...
    def arcsin(self) -> _N: ...
    def arccos(self) -> _N: ...
    def arctan(self) -> _N: ...
    def sinh(self) -> _N: ...
    def cosh(self) -> _N: ...
    def tanh(self) -> _N: ...
    def arcsinh(self) -> _N: ...
    def arccosh(self) -> _N: ...
    def arctanh(self) -> _N: ...
    def abs(self) -> _N: ...
    def degrees(self) -> _N: ...
    def rad2deg(self) -> _N: ...
    def radians(self) -> _N: ...
    def deg2rad(self) -> _N: ...
    def fabs(self) -> _N: ...
    def rint(self) -> _N: ...
    def sign(self) -> _N: ...
    def sigmoid(self) -> _N: ...
    def relu(self) -> _N: ...
    def softplus(self) -> _N: ...
    def erf(self) -> _N: ...
    def lgamma(self) -> _N: ...
    def __neg__(self) -> _N: ...
    def __pos__(self) -> _N: ...
    def __abs__(self) -> _N: ...

@final
class Value(_Functions[Value], engine.Value):  # type: ignore[misc]  # final for everybody else
    def __init__(self, data: ArrayLike, label: str = "") -> None: ...
    @property
    def data(self) -> float: ...
    @data.setter
    def data(self, data: ArrayLike) -> None: ...
    is_parameter: bool
    @property
    def parents(self) -> _tuple[Value, ...]: ...
    def backward(
        self,
        gradient: _Number | Value = 1.0,
        create_graph: bool = False,
        *,
        retain_graph: bool = True,
    ) -> None: ...
    def conjugate(self) -> Value: ...
    def conj(self) -> Value: ...
    def clip(
        self,
        min: _Number | Node | None = None,
        max: _Number | Node | None = None,
        out: Tensor | None = None,
        *,
        dtype: DTypeLike | None = None,
    ) -> Value: ...
    @overload
    def maximum(self, other: Value | _Number) -> Value: ...
    @overload
    def maximum(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def minimum(self, other: Value | _Number) -> Value: ...
    @overload
    def minimum(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def hypot(self, other: Value | _Number) -> Value: ...
    @overload
    def hypot(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def arctan2(self, other: Value | _Number) -> Value: ...
    @overload
    def arctan2(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def logaddexp(self, other: Value | _Number) -> Value: ...
    @overload
    def logaddexp(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __add__(self, other: Value | _Number) -> Value: ...
    @overload
    def __add__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __radd__(self, other: Value | _Number) -> Value: ...
    @overload
    def __radd__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __sub__(self, other: Value | _Number) -> Value: ...
    @overload
    def __sub__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __rsub__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rsub__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __mul__(self, other: Value | _Number) -> Value: ...
    @overload
    def __mul__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __rmul__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rmul__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __truediv__(self, other: Value | _Number) -> Value: ...
    @overload
    def __truediv__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __rtruediv__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rtruediv__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __floordiv__(self, other: Value | _Number) -> Value: ...
    @overload
    def __floordiv__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __rfloordiv__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rfloordiv__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __mod__(self, other: Value | _Number) -> Value: ...
    @overload
    def __mod__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __rmod__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rmod__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __pow__(self, other: Value | _Number) -> Value: ...
    @overload
    def __pow__(self, other: Tensor | _Array) -> Tensor: ...
    @overload
    def __rpow__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rpow__(self, other: Tensor | _Array) -> Tensor: ...
    def __bool__(self) -> bool: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> bool: ...
    @overload
    def __lt__(self, other: Value | _Number) -> bool: ...
    @overload
    def __lt__(self, other: Tensor | _Array) -> NDArray[np.bool[Any]]: ...
    @overload
    def __le__(self, other: Value | _Number) -> bool: ...
    @overload
    def __le__(self, other: Tensor | _Array) -> NDArray[np.bool[Any]]: ...
    @overload
    def __gt__(self, other: Value | _Number) -> bool: ...
    @overload
    def __gt__(self, other: Tensor | _Array) -> NDArray[np.bool[Any]]: ...
    @overload
    def __ge__(self, other: Value | _Number) -> bool: ...
    @overload
    def __ge__(self, other: Tensor | _Array) -> NDArray[np.bool[Any]]: ...
    def sum(
        self,
        axis: _Axis = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
        keepdims: bool = False,
        initial: float | None = None,
        where: ArrayLike = True,
        *,
        dim: _Axis = None,
        keepdim: bool | None = None,
    ) -> Tensor: ...
    def mean(
        self,
        axis: _Axis = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
        keepdims: bool = False,
        *,
        where: ArrayLike = True,
        dim: _Axis = None,
        keepdim: bool | None = None,
    ) -> Tensor: ...

class Tensor(_Functions[Tensor], engine.Tensor):
    def __init__(
        self,
        data: ArrayLike,
        dtype: DTypeLike | None = None,
        label: str = "",
        requires_grad: bool = True,
    ) -> None: ...
    @property  # type: ignore[misc]  # setting it is an error, which says what to write
    def shape(self) -> _tuple[int, ...]: ...
    @property  # type: ignore[misc]
    def dtype(self) -> np.dtype[Any]: ...
    @property
    def size(self) -> int: ...
    @property
    def nbytes(self) -> int: ...
    @property
    def T(self) -> Tensor: ...  # noqa: N802
    @property
    def mT(self) -> Tensor: ...  # noqa: N802
    @property
    def real(self) -> Tensor: ...
    @real.setter
    def real(self, part: _Operand) -> None: ...
    @property
    def imag(self) -> Tensor: ...
    @imag.setter
    def imag(self, part: _Operand) -> None: ...
    def backward(
        self,
        gradient: _Operand | None = None,
        retain_graph: bool = False,
        create_graph: bool = False,
    ) -> None: ...
    def retain_grad(self) -> Tensor: ...
    def detach(self) -> Tensor: ...
    def view(self, *shape: int | Sequence[int]) -> Tensor: ...
    def sum(
        self,
        axis: _Axis = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
        keepdims: bool = False,
        initial: float | None = None,
        where: ArrayLike = True,
        *,
        dim: _Axis = None,
        keepdim: bool | None = None,
    ) -> Tensor: ...
    def mean(
        self,
        axis: _Axis = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
        keepdims: bool = False,
        *,
        where: ArrayLike = True,
        dim: _Axis = None,
        keepdim: bool | None = None,
    ) -> Tensor: ...
    def var(
        self,
        axis: _Axis = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        where: ArrayLike = True,
        mean: ArrayLike | Node | None = None,
        dim: _Axis = None,
        unbiased: bool | None = None,
    ) -> Tensor: ...
    def std(
        self,
        axis: _Axis = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        where: ArrayLike = True,
        mean: ArrayLike | Node | None = None,
        dim: _Axis = None,
        unbiased: bool | None = None,
    ) -> Tensor: ...
    def prod(
        self,
        axis: _Axis = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
        keepdims: bool = False,
        initial: float | None = None,
        where: ArrayLike = True,
        *,
        dim: _Axis = None,
        keepdim: bool | None = None,
    ) -> Tensor: ...
    def max(
        self,
        axis: _Axis = None,
        out: Tensor | None = None,
        keepdims: bool = False,
        initial: float | None = None,
        where: ArrayLike = True,
        *,
        dim: _Axis = None,
        keepdim: bool | None = None,
    ) -> Tensor: ...
    def min(
        self,
        axis: _Axis = None,
        out: Tensor | None = None,
        keepdims: bool = False,
        initial: float | None = None,
        where: ArrayLike = True,
        *,
        dim: _Axis = None,
        keepdim: bool | None = None,
    ) -> Tensor: ...
    def ptp(
        self,
        axis: _Axis = None,
        out: Tensor | None = None,
        keepdims: bool = False,
    ) -> Tensor: ...
    def cumsum(
        self,
        axis: int | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
        *,
        dim: int | None = None,
    ) -> Tensor: ...
    def cumprod(
        self,
        axis: int | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
        *,
        dim: int | None = None,
    ) -> Tensor: ...
    def round(
        self,
        decimals: int = 0,
        out: Tensor | None = None,
    ) -> Tensor: ...
    def reshape(
        self, *shape: int | Sequence[int], order: str = "C", copy: bool | None = None
    ) -> Tensor: ...
    def ravel(self, order: str = "C") -> Tensor: ...
    def flatten(
        self, order: str | int = "C", end_dim: int = -1, *, start_dim: int | None = None
    ) -> Tensor: ...
    def transpose(self, *axes: int | Sequence[int] | None) -> Tensor: ...
    def swapaxes(self, axis1: int, axis2: int) -> Tensor: ...
    def squeeze(self, axis: _Axis = None, *, dim: _Axis = None) -> Tensor: ...
    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor: ...
    def trace(
        self,
        offset: int = 0,
        axis1: int = 0,
        axis2: int = 1,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    def dot(
        self,
        other: _Operand,
        out: Tensor | None = None,
    ) -> Tensor: ...
    def take(
        self,
        indices: ArrayLike,
        axis: int | None = None,
        out: Tensor | None = None,
        mode: str = "raise",
    ) -> Tensor: ...
    def repeat(self, repeats: ArrayLike, axis: int | None = None) -> Tensor: ...
    def compress(
        self,
        condition: ArrayLike,
        axis: int | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    def copy(self, order: str = "C") -> Tensor: ...
    def conj(self) -> Tensor: ...
    def conjugate(self) -> Tensor: ...
    def clip(
        self,
        min: _Operand | None = None,
        max: _Operand | None = None,
        out: Tensor | None = None,
        *,
        dtype: DTypeLike | None = None,
    ) -> Tensor: ...
    def maximum(self, other: _Operand) -> Tensor: ...
    def minimum(self, other: _Operand) -> Tensor: ...
    def hypot(self, other: _Operand) -> Tensor: ...
    def arctan2(self, other: _Operand) -> Tensor: ...
    def logaddexp(self, other: _Operand) -> Tensor: ...
    def __add__(self, other: _Operand) -> Tensor: ...
    def __radd__(self, other: _Operand) -> Tensor: ...
    def __sub__(self, other: _Operand) -> Tensor: ...
    def __rsub__(self, other: _Operand) -> Tensor: ...
    def __mul__(self, other: _Operand) -> Tensor: ...
    def __rmul__(self, other: _Operand) -> Tensor: ...
    def __truediv__(self, other: _Operand) -> Tensor: ...
    def __rtruediv__(self, other: _Operand) -> Tensor: ...
    def __floordiv__(self, other: _Operand) -> Tensor: ...
    def __rfloordiv__(self, other: _Operand) -> Tensor: ...
    def __mod__(self, other: _Operand) -> Tensor: ...
    def __rmod__(self, other: _Operand) -> Tensor: ...
    def __pow__(self, other: _Operand) -> Tensor: ...
    def __rpow__(self, other: _Operand) -> Tensor: ...
    def __matmul__(self, other: _Operand) -> Tensor: ...
    def __rmatmul__(self, other: _Operand) -> Tensor: ...
    def __divmod__(self, other: _Operand) -> _tuple[Tensor, Tensor]: ...
    def __rdivmod__(self, other: _Operand) -> _tuple[Tensor, Tensor]: ...
    def __iadd__(self, other: _Operand) -> Tensor: ...
    def __isub__(self, other: _Operand) -> Tensor: ...
    def __imul__(self, other: _Operand) -> Tensor: ...
    def __itruediv__(self, other: _Operand) -> Tensor: ...
    def __ifloordiv__(self, other: _Operand) -> Tensor: ...
    def __imod__(self, other: _Operand) -> Tensor: ...
    def __ipow__(self, other: _Operand) -> Tensor: ...
    def __imatmul__(self, other: _Operand) -> Tensor: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> NDArray[np.bool[Any]]: ...  # type: ignore[override]
    def __ne__(self, other: object) -> NDArray[np.bool[Any]]: ...  # type: ignore[override]
    def __lt__(self, other: _Operand) -> NDArray[np.bool[Any]]: ...
    def __le__(self, other: _Operand) -> NDArray[np.bool[Any]]: ...
    def __gt__(self, other: _Operand) -> NDArray[np.bool[Any]]: ...
    def __ge__(self, other: _Operand) -> NDArray[np.bool[Any]]: ...
    def __getitem__(self, index: Any) -> Tensor: ...
    def __iter__(self) -> Iterator[Tensor]: ...

# -- contexts, which decorate functions as well ------------------------------------------------

class no_grad(engine.no_grad):  # noqa: N801
    def __call__(self, function: Callable[_P, _R]) -> Callable[_P, _R]: ...

class enable_grad(engine.enable_grad):  # noqa: N801
    def __call__(self, function: Callable[_P, _R]) -> Callable[_P, _R]: ...

class scope(engine.scope):  # noqa: N801
    def __init__(self, name: str, about: str = "") -> None: ...
    def __call__(self, function: Callable[_P, _R]) -> Callable[_P, _R]: ...

# -- functions --------------------------------------------------------------------------------

def kernel(
    elementwise: bool = False, tiled: bool = False, c: str | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]: ...

class _Elementwise(Primitive):
    """A function of one argument: of a Value a Value, of a Tensor a Tensor."""

    @overload
    def __call__(self, x: Value) -> Value: ...
    @overload
    def __call__(self, x: Tensor) -> Tensor: ...
    @overload
    def __call__(self, x: Any) -> Any: ...

class _Softmax(Primitive):
    @overload
    def __call__(self, x: Tensor, axis: _Axis = -1) -> Tensor: ...
    @overload
    def __call__(self, x: Any, axis: _Axis = -1) -> Any: ...

class _LogSumExp(Primitive):
    @overload
    def __call__(self, x: Tensor, axis: _Axis = None, keepdims: bool = False) -> Tensor: ...
    @overload
    def __call__(self, x: Any, axis: _Axis = None, keepdims: bool = False) -> Any: ...

class _Scaled(Primitive):
    """A function of one argument and a setting."""

    @overload
    def __call__(self, x: Value, setting: float = ...) -> Value: ...
    @overload
    def __call__(self, x: Tensor, setting: Any = ...) -> Tensor: ...
    @overload
    def __call__(self, x: Any, setting: Any = ...) -> Any: ...

elu: _Scaled
erf: _Elementwise
gelu: _Elementwise
leaky_relu: _Scaled
lgamma: _Elementwise
log_softmax: _Softmax
logsumexp: _LogSumExp
relu: _Elementwise
sigmoid: _Elementwise
silu: _Elementwise
softmax: _Softmax
softplus: _Elementwise

def checkpoint(f: Callable[_P, _R]) -> Callable[_P, _R]: ...

# -- programs ---------------------------------------------------------------------------------

def jit(
    function: Callable[_P, _R], *, backend: str | None = None, threads: int = 1
) -> Callable[_P, _R]: ...
def trace(function: Callable[_P, Any]) -> Callable[_P, Program]: ...

# -- transforms -------------------------------------------------------------------------------
#
# The argument to differentiate by is positional. By default it is the first one; otherwise its
# type, and so that of the derivative, is unknown here.

@overload
def grad(
    f: Callable[Concatenate[_A, _P], Any], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], _A]: ...
@overload
def grad(f: Callable[_P, Any], argnum: int | Sequence[int]) -> Callable[_P, Any]: ...
@overload
def value_and_grad(  # type: ignore[overload-overlap]
    f: Callable[Concatenate[_A, _P], _R], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], _tuple[_R, _A]]: ...
@overload
def value_and_grad(
    f: Callable[_P, _R], argnum: int | Sequence[int]
) -> Callable[_P, _tuple[_R, Any]]: ...
@overload
def grad_and_aux(  # type: ignore[overload-overlap]
    f: Callable[Concatenate[_A, _P], _tuple[Any, _Aux]], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], _tuple[_A, _Aux]]: ...
@overload
def grad_and_aux(
    f: Callable[_P, _tuple[Any, _Aux]], argnum: int | Sequence[int]
) -> Callable[_P, _tuple[Any, _Aux]]: ...
@overload
def elementwise_grad(f: np.ufunc, argnum: int | Sequence[int] = 0) -> Callable[..., Any]: ...
@overload
def elementwise_grad(
    f: Callable[Concatenate[_A, _P], Any], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], _A]: ...
@overload
def elementwise_grad(f: Callable[_P, Any], argnum: int | Sequence[int]) -> Callable[_P, Any]: ...
@overload
def holomorphic_grad(
    f: Callable[Concatenate[_A, _P], Any], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], _A]: ...
@overload
def holomorphic_grad(f: Callable[_P, Any], argnum: int | Sequence[int]) -> Callable[_P, Any]: ...
@overload
def jacobian(f: np.ufunc, argnum: int | Sequence[int] = 0) -> Callable[..., Any]: ...
@overload
def jacobian(f: Callable[_P, Any], argnum: int | Sequence[int] = 0) -> Callable[_P, Any]: ...
def hessian(f: Callable[_P, Any], argnum: int = 0) -> Callable[_P, Any]: ...
def sparse_jacobian(
    f: Callable[..., Any],
    argnum: int | Sequence[int] = 0,
    *,
    mode: Literal["auto", "forward", "reverse"] = "auto",
    verify: bool = True,
) -> SparseDerivative: ...
def sparse_hessian(
    f: Callable[..., Any], argnum: int = 0, *, verify: bool = True
) -> SparseDerivative: ...
@overload
def deriv(f: np.ufunc, argnum: int | Sequence[int] = 0) -> Callable[..., Any]: ...
@overload
def deriv(f: Callable[_P, Any], argnum: int | Sequence[int] = 0) -> Callable[_P, Any]: ...
def vmap(
    f: Callable[_P, _R],
    in_axes: Any = 0,
    out_axes: Any = 0,
    *,
    keyword_axes: Any = None,
    axis_size: int | None = None,
    randomness: Literal["error", "same", "different"] = "error",
) -> Callable[_P, _R]: ...
@overload
def make_vjp(f: np.ufunc, argnum: int | Sequence[int] = 0) -> Callable[..., Any]: ...
@overload
def make_vjp(  # type: ignore[overload-overlap]
    f: Callable[Concatenate[_A, _P], _R], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], _tuple[Callable[[Any], _A], _R]]: ...
@overload
def make_vjp(
    f: Callable[_P, _R], argnum: int | Sequence[int]
) -> Callable[_P, _tuple[Callable[[Any], Any], _R]]: ...
@overload
def vjp(f: np.ufunc, argnum: int | Sequence[int] = 0) -> Callable[..., Any]: ...
@overload
def vjp(  # type: ignore[overload-overlap]
    f: Callable[Concatenate[_A, _P], _R], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], _tuple[Callable[[Any], _A], _R]]: ...
@overload
def vjp(
    f: Callable[_P, _R], argnum: int | Sequence[int]
) -> Callable[_P, _tuple[Callable[[Any], Any], _R]]: ...
@overload
def make_jvp(f: np.ufunc, argnum: int | Sequence[int] = 0) -> Callable[..., Any]: ...
@overload
def make_jvp(  # type: ignore[overload-overlap]
    f: Callable[Concatenate[_A, _P], _R], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], Callable[[_A], _tuple[_R, _R]]]: ...
@overload
def make_jvp(
    f: Callable[_P, _R], argnum: int | Sequence[int]
) -> Callable[_P, Callable[[Any], _tuple[_R, _R]]]: ...
@overload
def jvp(f: np.ufunc, argnum: int | Sequence[int] = 0) -> Callable[..., Any]: ...
@overload
def jvp(  # type: ignore[overload-overlap]
    f: Callable[Concatenate[_A, _P], _R], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], Callable[[_A], _tuple[_R, _R]]]: ...
@overload
def jvp(
    f: Callable[_P, _R], argnum: int | Sequence[int]
) -> Callable[_P, Callable[[Any], _tuple[_R, _R]]]: ...
@overload
def make_hvp(
    f: Callable[Concatenate[_A, _P], Any], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], _tuple[Callable[[_A], _A], _A]]: ...
@overload
def make_hvp(
    f: Callable[_P, Any], argnum: int | Sequence[int]
) -> Callable[_P, _tuple[Callable[[Any], Any], Any]]: ...
@overload
def hvp(
    f: Callable[Concatenate[_A, _P], Any], argnum: Literal[0] = 0
) -> Callable[Concatenate[_A, _P], _tuple[Callable[[_A], _A], _A]]: ...
@overload
def hvp(
    f: Callable[_P, Any], argnum: int | Sequence[int]
) -> Callable[_P, _tuple[Callable[[Any], Any], Any]]: ...
def hessian_vector_product(
    f: Callable[..., Any], argnum: int | Sequence[int] = 0
) -> Callable[..., Any]: ...

hessian_tensor_product = hessian_vector_product

def vector_jacobian_product(
    f: Callable[..., Any], argnum: int | Sequence[int] = 0
) -> Callable[..., Any]: ...

tensor_jacobian_product = vector_jacobian_product

def make_ggnvp(
    f: Callable[_P, Any], g: Callable[[Any], Any] = ..., f_argnum: int | Sequence[int] = 0
) -> Callable[_P, Callable[[Any], Any]]: ...
def grad_named(f: Callable[_P, Any], argname: str) -> Callable[_P, Any]: ...
@overload
def gradients(
    result: Node,
    nodes: Sequence[Node],
    gradient: Any = ...,
    *,
    create_graph: Literal[True],
    retain_graph: bool = ...,
) -> _list[Node | None]: ...
@overload
def gradients(
    result: Node,
    nodes: Sequence[Node],
    gradient: Any = ...,
    *,
    create_graph: bool = ...,
    retain_graph: bool = ...,
) -> _list[Any]: ...
def is_recording() -> bool: ...
def multigrad_dict(f: Callable[_P, Any]) -> Callable[_P, _dict[str, Any]]: ...
