# For type checkers; see autograd/aliases.py.
from autograd.hips.numpy.numpy_vjps import *
