"""The spaces of arrays, as programs written for HIPS autograd import them."""

from autograd.vector_spaces import ArrayVSpace as ArrayVSpace
from autograd.vector_spaces import ComplexArrayVSpace as ComplexArrayVSpace
