"""A program as the text of a function, and as a module that needs nothing but NumPy."""

from autograd.program.program import WRITERS
from autograd.program.source.module import source_of
from autograd.program.source.saving import save

WRITERS["source"] = source_of
WRITERS["save"] = save
