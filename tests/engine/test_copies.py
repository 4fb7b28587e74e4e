"""A copy of a node being differentiated depends on it; a copy of any other leaf is a leaf."""

import copy
import dataclasses
import pickle
import threading

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value, checkpoint, grad, hessian, jacobian, make_jvp, no_grad
from autograd.errors import GraphError
from autograd.tracer import Node, trace

b = np.array([2.0, 3.0, 5.0])


@dataclasses.dataclass
class Parameters:
    x: object


COPIES = {
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "deepcopy of a container": lambda x: copy.deepcopy({"a": [x, x]})["a"][1],
    "dataclasses.asdict": lambda x: dataclasses.asdict(Parameters(x))["x"],
    "dataclasses.replace": lambda x: copy.deepcopy(dataclasses.replace(Parameters(x))).x,
    "numpy.copy": np.copy,
    ".copy()": lambda x: x.copy(),
}


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_a_copy_of_an_argument_depends_on_it(duplicate):
    def f(x):
        return np.sum(x * duplicate(x))

    np.testing.assert_array_equal(grad(f)(b), 2 * b)
    assert grad(f)(3.0) == 6.0
    np.testing.assert_array_equal(hessian(f)(b), 2 * np.eye(3))
    assert make_jvp(f)(b)(np.ones(3))[1] == 20.0
    np.testing.assert_array_equal(grad(checkpoint(f))(b), 2 * b)
    np.testing.assert_array_equal(grad(lambda x: np.sum(duplicate(x * x) * x))(b), 3 * b**2)
    np.testing.assert_array_equal(jacobian(lambda x: duplicate(x)[:2])(b), np.eye(3)[:2])


def test_trace_follows_a_copy():
    class Count(Node):
        def initialize_root(self):
            self.depth = 0

        def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
            self.depth = 1 + max(parent.depth for parent in parents)

    _, node = trace(Count.new_root(), lambda x: copy.deepcopy(x) * 2.0, 1.0)
    assert node.depth == 2


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_result_depends_on_it(duplicate):
    t = Tensor(b)
    np.sum(duplicate(t * t)).backward()
    np.testing.assert_array_equal(t.grad, 2 * b)
    v = Value(3.0)
    duplicate(v * v).backward()
    assert v.grad == 6.0
    t = Tensor(b)
    t[0] = v
    v.grad = 0.0
    duplicate(t).sum().backward()
    assert v.grad == 1.0


def test_a_copy_of_a_leaf_is_a_leaf_even_in_transforms():
    t, v = Tensor(b, label="t"), Value(2.0)

    def f(x):
        for leaf in (t, v):
            other = copy.deepcopy(leaf)
            assert other.primitive is None
            assert other is not leaf
        assert copy.deepcopy(t).data is not t.data
        assert copy.copy(t).data is t.data
        return x

    f(1.0)
    grad(f)(1.0)
    f(1.0)  # again, once transforms have run
    mean = nn.Linear(2, 1)
    average = copy.deepcopy(mean)
    for own, other in zip(mean.parameters(), average.parameters(), strict=True):
        assert other.primitive is None
        assert other is not own
        assert not np.shares_memory(own.data, other.data)
    with no_grad():
        assert copy.copy(t * 2).requires_grad is False


def test_a_node_being_differentiated_cannot_be_pickled():
    for x in (2.0, b):
        with pytest.raises(GraphError, match="is being differentiated"):
            grad(lambda x: np.sum(pickle.loads(pickle.dumps(x))))(x)
    pickle.dumps(Value(1.0))


def test_a_function_that_raises_leaks_no_arguments():
    from autograd.engine.transform_calls import ARGUMENTS

    def fail(x):
        raise KeyError(1)

    with pytest.raises(KeyError):
        grad(fail)(1.0)
    threads = [threading.Thread(target=grad(np.sum), args=(b,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not ARGUMENTS


def test_a_masked_array_times_a_node_keeps_mask_and_gradient():
    m = np.ma.masked_array(b, mask=[True, False, False])

    def f(x):
        return np.sum(x**2) + np.sum(m * x)

    try:
        found = grad(f)(b)
    except (TypeError, NotImplementedError):
        return  # an error will do
    np.testing.assert_array_equal(found, 2 * b + np.where(m.mask, 0.0, b))


def test_a_copy_of_a_primitive_is_the_primitive():
    held = {"activation": [autograd.relu, autograd.softmax]}
    assert copy.deepcopy(held) == held
    assert copy.copy(autograd.relu) is copy.deepcopy(autograd.relu) is autograd.relu


def test_primitives_are_pickled_by_their_names():
    named = [f for f in vars(autograd).values() if isinstance(f, autograd.Primitive)]
    assert len(named) > 5
    for primitive in named:
        assert pickle.loads(pickle.dumps(primitive)) is primitive
    with pytest.raises(pickle.PicklingError, match="assign it to a name"):
        pickle.dumps(autograd.elementwise(lambda x: x, None, 1.0, name="nameless"))
