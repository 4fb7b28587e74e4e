# For type checkers; see autograd/aliases.py.
from autograd.hips.differential_operators import *
