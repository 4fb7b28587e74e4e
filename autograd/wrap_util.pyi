# For type checkers; see autograd/aliases.py.
from autograd.hips.wrap_util import *
