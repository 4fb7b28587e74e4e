"""Memory of a scalar operation until backward: resident bytes for each of 100,000."""

import gc

import resident

from workloads.deep_chain import function

UNIT = "byte"
OPERATIONS = 100_000


def building(leaf):
    """Return a measure of a chain built from a leaf; one is built before, to warm up."""

    def measure():
        function(leaf(0.5), 1000)
        gc.collect()
        before = resident.now()
        last = function(leaf(0.5), OPERATIONS)
        grown = resident.now() - before
        del last
        return grown / OPERATIONS

    return measure


def chainrule(size):
    from autograd import Value

    return building(Value)


def textbook(size):
    from textbook import Value

    return building(Value)


def micrograd(size):
    from micrograd.engine import Value

    return building(Value)


def torch(size):
    import torch

    return building(lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True))


def mygrad(size):
    import mygrad

    return building(mygrad.tensor)


def casadi(size):
    import casadi

    return building(lambda x: casadi.SX.sym("x"))
