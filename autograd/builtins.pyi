# For type checkers; see autograd/aliases.py.
from autograd.hips.builtins import *
