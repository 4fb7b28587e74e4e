from collections.abc import Callable
from typing import Any, final

ADD: int
SUB: int
MUL: int
DIV: int
NEG: int
COPY: int
ABS: int
RELU: int
SIGN: int
LT: int
LE: int
GT: int
GE: int
EQ: int
NE: int
AND: int
OR: int
XOR: int
NOT: int
CHOOSE: int
LIMIT: int
POWER: int
CALL: int
GUARD: int
EXP: int
EXP2: int
EXPM1: int
LOG: int
LOG2: int
LOG10: int
LOG1P: int
SQRT: int
CBRT: int
SIN: int
COS: int
TAN: int
ASIN: int
ACOS: int
ATAN: int
SINH: int
COSH: int
TANH: int
ASINH: int
ACOSH: int
ATANH: int
ERF: int
ERFC: int
ATAN2: int
FMOD: int
MATHPOW: int
COPYSIGN: int
KEEP: int

@final
class Tape:
    operations: int
    callbacks: int
    slots: int
    inputs: int
    calls: tuple[Callable[..., Any], ...]
    code: tuple[int, ...]
    def __new__(
        cls,
        records: Any,
        arguments: Any,
        constants: Any,
        inputs: int,
        outputs: Any,
        boxes: tuple[Any, ...],
        calls: tuple[Callable[..., Any], ...],
        failed: Callable[[int, float], Any],
        limit: float,
    ) -> Tape: ...
    def __call__(self, *numbers: float) -> Any: ...
    def batch(self, count: int, inputs: tuple[Any, ...], results: Any, failed: Any, /) -> None: ...

@final
class Bound:
    def __new__(
        cls,
        tape: Tape,
        nodes: tuple[Any, ...],
        reads: Any,
        writes: Any,
        constants: Any,
        returned: Any,
        empty: Any,
        otherwise: Callable[..., Any],
    ) -> Bound: ...
    def __call__(self, *numbers: float) -> tuple[Any, ...]: ...
