"""Handy things beside the calculus: flattening, optimizers, fixed points, replayed graphs."""

from autograd.misc.flatten import flatten as flatten
from autograd.misc.tracers import const_graph as const_graph
