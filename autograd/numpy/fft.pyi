# For type checkers; see autograd/aliases.py.
from typing import Any

from autograd.hips.numpy.fft import *

def __getattr__(name: str) -> Any: ...
