"""Functions that write into their first argument, and `at`: recorded assignments to Tensors."""

import numpy as np
import pytest

from autograd import Tensor, Value, check_gradients
from autograd.errors import GradientLostError

random = np.random.default_rng(12)
MASK = np.array([[True, False, True], [False, True, True]])

WRITERS = [
    ("put", lambda a, v: np.put(a, [0, -1, 3], v[:3])),
    ("put few", lambda a, v: np.put(a, [0, 7, 2], v[:2], mode="wrap")),
    ("put clip", lambda a, v: np.put(a, [[9, 1]], v[:2], mode="clip")),
    ("put number", lambda a, v: np.put(a, 4, v[0])),
    ("place", lambda a, v: np.place(a, MASK, v[:3])),
    ("putmask", lambda a, v: np.putmask(a, MASK, np.reshape(v[:6], (2, 3)))),
    ("putmask few", lambda a, v: np.putmask(a, mask=MASK, values=v[:2])),
    ("copyto", lambda a, v: np.copyto(a, v[:3])),
    ("copyto where", lambda a, v: np.copyto(dst=a, src=v[:3], where=MASK)),
    ("copyto row", lambda a, v: np.copyto(a, v[0], where=MASK[0])),
    ("fill_diagonal", lambda a, v: np.fill_diagonal(a, v[0])),
    ("fill_diagonal values", lambda a, v: np.fill_diagonal(a, v[1:3])),
    ("put_along_axis", lambda a, v: np.put_along_axis(a, np.array([[2], [0]]), v[:2, None], 1)),
    ("put_along_axis flat", lambda a, v: np.put_along_axis(a, np.array([4, 0]), v[:2], None)),
    ("put_along_axis broadcast", lambda a, v: np.put_along_axis(a, np.array([[1, 0, 1]]), v[0], 0)),
    ("add.at", lambda a, v: np.add.at(a, ([0, 0, 1], [2, 2, 0]), v[:3])),
    ("subtract.at", lambda a, v: np.subtract.at(a, (slice(None), 1), v[:2])),
    ("multiply.at", lambda a, v: np.multiply.at(a, ([0, 1, 0, 0], [2, 1, 2, 2]), v[:4])),
    ("maximum.at", lambda a, v: np.maximum.at(a, ([0, 0], [1, 1]), v[:2])),
    ("negative.at", lambda a, v: np.negative.at(a, ([0, 0, 1], [1, 1, 1]))),
    ("add.at mask", lambda a, v: np.add.at(a, MASK, 2)),
]  # fmt: skip
EACH = pytest.mark.parametrize("write", [w for _, w in WRITERS], ids=[name for name, _ in WRITERS])


@EACH
def test_a_tensor_is_modified_like_an_array(write):
    a, v = random.normal(size=(2, 3)), random.normal(size=6)
    t = Tensor(a.copy())
    write(t, Tensor(v))
    write(a, v)
    np.testing.assert_allclose(t.data, a, rtol=1e-15)


@EACH
def test_written_and_kept_elements_get_gradients(write):
    def f(a, v):
        t = a * 1.0
        write(t, v)
        return t * t

    check_gradients(
        f, random.normal(size=(2, 3)), random.normal(size=6), modes=("reverse", "forward")
    )


def test_plain_values_and_single_nodes_can_be_written():
    t, v = Tensor(np.zeros((2, 2))), Value(3.0)
    np.fill_diagonal(t, v)
    np.put(t, [1], 5.0)
    (t * np.array([[1.0, 10.0], [100.0, 1000.0]])).sum().backward()
    assert t.data.tolist() == [[3, 5], [0, 3]]
    assert v.grad == 1001.0


def test_a_tall_diagonal_can_wrap():
    t, a = Tensor(np.zeros((7, 2))), np.zeros((7, 2))
    np.fill_diagonal(t, 1.5, wrap=True)
    np.fill_diagonal(a, 1.5, wrap=True)
    np.testing.assert_array_equal(t.data, a)


@pytest.mark.parametrize(
    "write",
    [
        lambda a, v: np.put(a, [0], v),
        lambda a, v: np.place(a, MASK[0], v),
        lambda a, v: np.putmask(a, MASK[0], v),
        lambda a, v: np.copyto(a, v),
        lambda a, v: np.copyto(dst=a, src=v),
        lambda a, v: np.put_along_axis(a, np.array([0]), v, 0),
        lambda a, v: np.add.at(a, [0], v),
    ],
)
@pytest.mark.parametrize("node", [Tensor([2.0]), Value(2.0)])
def test_writing_a_node_into_an_array_raises_with_advice(write, node):
    a = np.zeros(3)
    with pytest.raises(GradientLostError, match=r"into ndarray of shape .*Tensor\(a\)"):
        write(a, node)
    assert not a.any()


def test_writing_a_node_on_an_array_diagonal_raises():
    with pytest.raises(GradientLostError, match=r"t = Tensor\(np\.zeros\(n\)\)"):
        np.fill_diagonal(np.zeros((2, 2)), Value(1.0))


def test_positions_out_of_range_are_rejected_like_numpy():
    with pytest.raises(IndexError):
        np.put(Tensor(np.zeros(3)), [3], Tensor([1.0]))
