"""The program: a recorded computation as an object, which can be read, run again and saved."""

from autograd.program.jit import jit
from autograd.program.program import Program
from autograd.program.tracing import trace

__all__ = ["Program", "jit", "trace"]
