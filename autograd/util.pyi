# For type checkers; see autograd/aliases.py.
from autograd.hips.util import *
