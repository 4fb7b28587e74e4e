"""`autograd.numpy.numpy_vspaces`: the vector spaces of arrays."""

from autograd.hips.vector_spaces import ArrayVSpace as ArrayVSpace
from autograd.hips.vector_spaces import ComplexArrayVSpace as ComplexArrayVSpace
