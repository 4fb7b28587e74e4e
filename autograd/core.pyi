# For type checkers; see autograd/aliases.py.
from autograd.hips.core import *
