"""A program as the text of a function, and as a module that needs nothing but NumPy."""

from autograd.program.program import WRITERS
from autograd.program.source.layout import source_of

WRITERS["source"] = source_of
