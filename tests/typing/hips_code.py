"""User code written for HIPS autograd: its module names have types."""

import autograd
import autograd.numpy as np
import autograd.numpy.fft as npf
import autograd.numpy.linalg as npla
import autograd.numpy.random as npr
from autograd.builtins import isinstance as isinstance_of_data
from autograd.core import backward_pass, make_vjp
from autograd.differential_operators import make_jvp_reversemode
from autograd.extend import Box, defjvp, defvjp, primitive, vspace
from autograd.misc import const_graph, flatten
from autograd.misc.fixed_points import fixed_point
from autograd.misc.flatten import flatten_func
from autograd.misc.optimizers import adam, rmsprop, sgd
from autograd.misc.tracers import full_graph
from autograd.numpy import sin
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_jvps import broadcast
from autograd.numpy.numpy_vjps import unbroadcast
from autograd.numpy.numpy_vspaces import ArrayVSpace
from autograd.numpy.numpy_wrapper import wrap_namespace
from autograd.test_util import check_grads
from autograd.tracer import getval, isbox, notrace_primitive, toposort, trace
from autograd.util import subvals
from autograd.wrap_util import unary_to_nary


@primitive
def logsumexp(x: object) -> object:
    return np.log(np.sum(np.exp(x)))


defvjp(logsumexp, lambda ans, x: lambda g: g * np.exp(x - ans))
x = np.array([1.0, 2.0])
y = np.tanh(x) + npla.norm(x) + npr.randn(2) + npf.fft(x) + autograd.numpy.linalg.det(x)
count: int = ArrayVSpace(x).size
inside: bool = isbox(x) or isinstance(x, (ArrayBox, Box))
items: tuple[object, ...] = subvals((1, 2), [(0, 3)])
functions = (
    *(adam, autograd.extend.primitive, backward_pass, broadcast, check_grads, const_graph, defjvp),
    *(fixed_point, flatten, flatten_func, full_graph, getval, isinstance_of_data, make_vjp),
    *(make_jvp_reversemode, notrace_primitive, rmsprop, sgd, sin, toposort, trace, unary_to_nary),
    *(unbroadcast, vspace, wrap_namespace),
)
