"""`autograd.misc`: flattening, optimizers, fixed points and replayed graphs."""

from autograd.hips.misc.flatten import flatten as flatten
from autograd.hips.misc.tracers import const_graph as const_graph
