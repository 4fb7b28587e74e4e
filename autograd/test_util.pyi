# For type checkers; see autograd/aliases.py.
from autograd.hips.test_util import *
