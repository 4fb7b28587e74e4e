"""Tensors of Dask arrays: lazy, with NumPy's derivatives, or an error."""

import numpy as np
import pytest
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd as ag
from autograd import Tensor
from autograd.errors import NoRuleError, ReadOnlyError, ShapeError, TraceError

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")
from devices.dask_support import lazy, refusal  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*not implemented by Dask array:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*imaginary part"),  # in Dask's own functions
]

RANDOM = np.random.default_rng(0)
ROWS, WEIGHTS = RANDOM.normal(size=(100, 5)), np.full(6, 0.1)


class Computations(dask.callbacks.Callback):
    """Counts how often Dask computes."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def _start(self, graph):
        self.count += 1


def logistic(rows):
    classes = (rows[:, 0] > 0) * 1.0

    def loss(w):
        margin = np.matmul(rows, w[:-1]) + w[-1]
        return np.mean(np.logaddexp(0.0, margin) - classes * margin)

    return loss


def mixture(rows):
    def loss(parameters):
        apart = [
            np.sum((rows - centre) ** 2, axis=1) for centre in (parameters[:5], parameters[5:])
        ]
        return -np.mean(np.logaddexp(-apart[0], -apart[1]))

    return loss


@pytest.mark.parametrize(
    ("model", "at"), [(logistic, WEIGHTS), (mixture, RANDOM.normal(size=10))], ids=["logistic", "mixture"]
)  # fmt: skip
def test_loss_and_gradient_are_computed_together(model, at):
    here, there = model(ROWS), model(da.from_array(ROWS, chunks=(20, 5)))
    with Computations() as computations:
        loss, slope = ag.value_and_grad(there)(at)
        product = ag.hessian_vector_product(there)(at, np.ones(len(at)))
        assert computations.count == 0
        found = dask.compute(loss, slope, product)
        assert computations.count == 1
    expected = (
        *ag.value_and_grad(here)(at),
        ag.hessian_vector_product(here)(at, np.ones(len(at))),
    )
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, 1e-10, 1e-12)


def test_the_graph_does_not_grow_from_step_to_step():
    rows = da.from_array(ROWS, chunks=(20, 5))
    w, sizes = Tensor(WEIGHTS), []
    for _ in range(3):
        w.grad = None
        loss = logistic(rows)(w)
        loss.backward()
        sizes.append(len(w.grad.dask))
        (step,) = dask.compute(w.grad)
        w.data = w.data - 0.1 * step
    assert sizes[0] == sizes[1] == sizes[2]


@pytest.mark.each("sample", SAMPLES[3::10])
@quiet
def test_a_rule_is_right_or_refused_on_dask(sample):
    assert isinstance(refusal(sample), str)  # it raises if the numbers are wrong


WHOLE = {
    "mean of columns": lambda x: np.sum(np.mean(x, axis=0) ** 2),
    "part": lambda x: np.sum(x[1:3, 1:] ** 2),
    "row of the transpose": lambda x: np.sum(x.T[1] ** 2),
    "product": lambda x: np.sum(np.matmul(x, np.ones(3)) ** 2),
    "outer": lambda x: np.sum(np.outer(x[:, 0], x[:, 1])),
}


@pytest.mark.parametrize("name", WHOLE)
def test_derivatives_have_the_chunks_of_their_arguments(name):
    x = da.from_array(ROWS[:4, :3], chunks=((1, 3), (2, 1)))
    node = Tensor(x)
    WHOLE[name](node).backward(create_graph=True)
    assert node.grad.data.chunks == ag.grad(WHOLE[name])(x).chunks == x.chunks


def test_most_functions_work_on_dask():
    smooth = (
        np.exp,
        np.tanh,
        np.sin,
        np.sqrt,
        np.square,
        np.log1p,
        ag.sigmoid,
        ag.relu,
        ag.softplus,
    )
    for function in (*smooth, np.sum, np.mean, np.var, np.max, np.prod):
        x = np.abs(ROWS[:4, :3])
        slope = ag.grad(lambda x, f=function: np.sum(f(x)))(lazy(x))
        np.testing.assert_allclose(slope.compute(), ag.grad(lambda x, f=function: np.sum(f(x)))(x))


def test_chunks_of_unknown_size_are_refused():
    rows = da.from_array(ROWS, chunks=(20, 5))
    for function in (
        lambda x: np.sum(x[x[:, 0] > 0] ** 2),
        lambda w: np.sum(rows[rows[:, 0] > 0] @ w),
    ):
        with pytest.raises(ShapeError, match=r"nan.*unknown sizes.*compute_chunk_sizes"):
            ag.grad(function)(rows if function.__code__.co_varnames[0] == "x" else np.ones(5))


def test_jit_leaves_programs_to_dask():
    function = ag.jit(ag.grad(lambda x: np.sum(np.tanh(x))))
    for _ in range(2):
        with Computations() as computations:
            slope = function(lazy(ROWS))
        assert computations.count == 0
    np.testing.assert_allclose(slope.compute(), 1 - np.tanh(ROWS) ** 2)
    assert "arrays of dask.array.core" in function.summary()


def test_what_dask_lacks_is_refused():
    with pytest.raises(NoRuleError, match=r"dask has no sort.*to_numpy"):
        np.sort(Tensor(lazy(ROWS)), axis=0)
    with pytest.raises(TraceError, match=r"arrays of dask\.array\.core"):
        ag.trace(np.exp)(lazy(ROWS))


PARTS = {
    "an element": lambda x: x[0, 0],
    "a row": lambda x: x[1],
    "a new axis": lambda x: x[..., None] * x[0, 1],
    "nothing": lambda x: x[4:],
    "differences": lambda x: np.diff(x, axis=0),
    "joined": lambda x: np.concatenate([x, x * 2])[1:3],
    "a sum": lambda x: np.sum(x, axis=1),
    "a product": lambda x: np.tensordot(x, x, axes=([0], [0])),
    "cumulated": lambda x: np.cumsum(x, axis=0),
}


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("dtype", [np.float32, np.complex128], ids=["float32", "complex128"])
def test_derivatives_keep_their_type_on_dask(name, dtype):
    rows = (ROWS[:4, :3] + 1j * ROWS[4:8, :3]).astype(dtype) if dtype != np.float32 else None
    rows = ROWS[:4, :3].astype(dtype) if rows is None else rows
    found = []
    for x in (rows, da.from_array(rows, chunks=(2, 3))):
        node = Tensor(x)
        part = PARTS[name](node)
        np.sum(np.real(part * part)).backward()
        found.append(node.grad)
    assert found[1].dtype == found[0].dtype == dtype
    np.testing.assert_allclose(found[1].compute(), found[0], 1e-5)
    assert found[1].compute().dtype == dtype


def test_what_cannot_go_back_is_refused():
    with pytest.raises(NoRuleError, match=r"dask cannot compute the derivative of pad.*to_numpy"):
        ag.grad(lambda x: np.sum(np.pad(x, 1) ** 2))(lazy(ROWS))


def to_a_transposed_row(t):
    t.T[1] = t[0, 0] ** 2


def to_a_reversed_part(t):
    t[1:][::-1][0] *= t[0]


def to_the_base_of_a_view(t):
    row = t[1]
    t[1] = t[0] * 2
    t[2] = row


def to_a_part_of_complex_numbers(t):
    z = t + 1j * t[::-1]
    z.real[1:] *= z.imag[1:]
    t[...] = z.real


def to_masked_elements(t):
    t[t > 0] = t[0, 1]
    np.putmask(t, t > 0.5, t[1, 1])


def to_rows_by_number(t):
    t[[0, 2]] = t[[1, 0]] * 3


@pytest.mark.parametrize("assign", [to_a_transposed_row, to_a_reversed_part, to_the_base_of_a_view,
                         to_a_part_of_complex_numbers, to_masked_elements, to_rows_by_number])  # fmt: skip
def test_assignments_have_the_meaning_of_numpy(assign):
    def total(x):
        t = x * 1.0
        assign(t)
        return np.sum(t**3)

    value, slope = ag.value_and_grad(total)(lazy(ROWS[:4, :3]))
    expected = ag.value_and_grad(total)(ROWS[:4, :3])
    np.testing.assert_allclose(value.compute(), expected[0])
    np.testing.assert_allclose(slope.compute(), expected[1])


def test_views_that_depend_on_the_layout_are_refused():
    t = Tensor(lazy(ROWS[:4, :3])) * 1.0
    flat, copy = np.ravel(t), t + 0.0
    for change in (lambda: flat.__setitem__(0, 1.0), lambda: t.__setitem__(0, 1.0) or np.sum(flat)):
        with pytest.raises(NoRuleError, match=r"depends on how the elements lie.*t \* 1"):
            change()
    np.testing.assert_allclose(np.sum(copy).data.compute(), np.sum(ROWS[:4, :3]))
    with pytest.raises(ReadOnlyError, match="broadcast_to"):
        np.broadcast_to(t, (2, 4, 3))[0] = 1.0
    leaf = Tensor(lazy(ROWS))
    with pytest.raises(NoRuleError, match="the whole would not see it"), ag.no_grad():
        leaf[1:][0] = 1.0


def test_constants_of_dask_may_change_before_backward():
    factor = lazy(np.arange(4.0))
    x = Tensor(lazy(np.ones(4)))
    y = x * factor
    factor[0] = 9.0
    np.sum(y).backward()
    np.testing.assert_allclose(x.grad.compute(), np.arange(4.0))
