"""The program: a recorded computation as an object, which can be read, run again and saved."""

from autograd.program import calling as calling
from autograd.program import formulas as formulas
from autograd.program import graph_program as graph_program
from autograd.program import nonfinite as nonfinite
from autograd.program import source as source
from autograd.program.comparison import compare
from autograd.program.jit import jit
from autograd.program.program import Program
from autograd.program.state import (
    State,
    call,
    changed,
    concrete,
    created,
    follow,
    followed,
    is_tracing,
)
from autograd.program.tracing import trace

__all__ = [
    "Program", "State", "call", "changed", "compare", "concrete", "created", "follow", "followed",
    "is_tracing", "jit", "trace",
]  # fmt: skip
