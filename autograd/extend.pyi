# For type checkers; see autograd/aliases.py.
from autograd.hips.extend import *
