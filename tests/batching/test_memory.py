"""Writes in place reach what they reach in each call: views, copies, and arrays without axes."""

import numpy as np
import pytest
from batching.against_loops import close

from autograd import Tensor, jacobian, vmap
from autograd.errors import BatchError, DataError, GradientLostError, GraphError

random = np.random.default_rng(31)
BATCH = random.normal(size=(3, 4, 4))

#: Of an array x of shape (4, 4): views of it, copies of it, and numbers.
WAYS = [
    "x", "x[...]", "x.T", "x.mT", "x[1]", "x[1:3]", "x[::-1]", "x[:, 1]", "x[:, ::2]", "x[None]", "x[..., 0]",
    "x[..., 1, 2]", "x[1, 2]", "x[1][2]", "x[[0, 1]]", "x[:, [0]]", "x[np.ones(4, bool)]", "x[1, 2, ...]",
    "x.reshape(16)", "x.T.reshape(16)", "x.reshape(16, order='F')", "x.T.reshape(16, order='F')",
    "x.T.reshape(2, 8, order='A')", "x[:, ::2].reshape(8, order='A')", "x[:, ::2].reshape(-1)",
    "x[:, ::2].reshape(2, 2, 2)", "x[:1, :1].reshape(())", "x.ravel()", "x.T.ravel()", "x.ravel('F')",
    "x.T.ravel('F')", "x.T.ravel('K')", "x.ravel('K')", "x.T.ravel('A')", "x[:, ::2].ravel('K')", "x[:, ::2].ravel()", "x[:, ::2].T.ravel('F')", "x[:, ::2].T.ravel('A')",
    "x.reshape(2, 2, 4).transpose(1, 2, 0).ravel('K')", "x.flatten()", "x.T.flatten('K')", "x.copy()",
    "x.T.copy()", "np.array(x)", "np.asarray(x)", "np.array(x, order='F')", "np.asarray(x, order='F')",
    "np.asarray(x.T, order='F')", "np.ascontiguousarray(x)", "np.ascontiguousarray(x.T)",
    "np.ascontiguousarray(x[1])", "np.ascontiguousarray(x[:, 1])", "np.asfortranarray(x)",
    "np.asfortranarray(x.T)", "np.asfortranarray(x[1])", "x.astype(float)", "x.astype(float, copy=False)",
    "np.squeeze(x[None])", "np.squeeze(x[:1, :1])", "np.swapaxes(x, 0, 1)", "np.moveaxis(x, 0, 1)",
    "np.expand_dims(x, 0)", "np.transpose(x)", "np.flip(x)", "np.roll(x, 0)", "np.rot90(x, 0)", "np.rot90(x)",
    "np.split(x, 2)[1]", "np.hsplit(x, 2)[0]", "np.unstack(x)[0]", "np.unstack(x[0])[1]", "np.atleast_3d(x)",
    "np.atleast_1d(x[0, 0])", "np.real(x)", "x.real", "+x", "x.conj()", "np.where(True, x, 0.0)", "np.sort(x)",
    "np.where(True, x[0, 0], 0.0)", "np.take(x, [0])", "np.take(x, 0)", "np.take(x, 0, axis=0)", "np.tril(x, 9)",
    "np.max(x)", "np.max(x, axis=())", "np.sum(x, keepdims=True)", "x.sum()", "x.item(2)", "x[:1, :1].item()",
    "x.tolist()[1][2]", "next(iter(x))", "next(iter(x[0]))", "x.flat[1]", "x.flat[1:3]", "x.T.flat[1:3]",
    "np.zeros_like(x)", "np.zeros_like(x[0, 0])", "np.full_like(x[0, 0], 2.0)", "np.broadcast_to(x[0, 0], ())",
    "np.concatenate([x])", "np.stack([x[0, 0]])[0]", "np.linalg.norm(x)", "np.median(x)", "np.trace(x)",
    "np.einsum('ii', x)", "x[0] @ x[1]", "np.dot(x[0], x[1])", "np.cov(x[0])", "np.nan_to_num(x, copy=False)",
    "np.lib.stride_tricks.sliding_window_view(x, 2, axis=-1)", "np.real_if_close(x)", "np.real_if_close(x + 0j)",
    "np.lib.stride_tricks.sliding_window_view(x, (2, 3), writeable=True)", "np.meshgrid(x[0], x[1])[0]",
    "np.meshgrid(x[0], x[1], indexing='ij', copy=False, sparse=True)[1]",
    "np.trim_zeros(x[0])", "np.apply_over_axes(np.sum, x, ())",
]  # fmt: skip

#: Changes of an array y, in place or not.
WRITES = {
    "assign": "y[...] = 9.0",
    "first": "y[0] = x[3, 3] * 2",
    "add": "y += 1.0",
    "multiply": "y *= x[2, 2]",
    "out": "np.add(y, 1.0, out=y)",
    "fill": "y.fill(x[3, 2])",
    "flat": "y.flat[-1:] = x[2, 1] + 5",
    "all": "y.flat = [1.0, 2.0]",
}


def changing(way, write):
    names = {"np": np}
    exec(f"def f(x):\n    y = {way}\n    z = y\n    {write}\n    return x, y, z", names)
    return names["f"]


@pytest.mark.each("way", list(WAYS))
def test_changes_reach_what_they_reach_in_each_call(way):
    is_number = isinstance(changing(way, "pass")(BATCH[0])[1], (np.generic, float))
    for name, write in WRITES.items():
        if is_number and name in ("fill", "flat"):
            continue  # in NumPy they change a copy, which is lost
        f = changing(way, write)
        try:
            expected = [f(x.copy()) for x in BATCH]
        except (TypeError, ValueError, IndexError, AttributeError):
            continue  # NumPy refuses: its numbers take no assignments, and it has views to read only
        close(vmap(f)(BATCH.copy()), expected)


@pytest.mark.parametrize("way", [way for way in WAYS if "ravel" in way or "reshape" in way])
def test_derivatives_follow_views_as_in_each_call(way):
    for name in ("assign", "first", "add"):
        change = changing(way, WRITES[name])

        def changed(x, change=change):
            return change(x * 1.0)[0]

        try:
            expected = [jacobian(changed)(x) for x in BATCH]
        except (GraphError, IndexError):  # NumPy raises too, or makes a view or a copy by chance
            continue
        close(vmap(jacobian(changed))(BATCH), expected)


def test_flags_of_views_are_those_of_each_call():
    def flags(x):
        return [np.isfortran(x), x.flags.c_contiguous, x.flags["F_CONTIGUOUS"], x.flags.writeable]

    for way in WAYS:
        read = changing(way, "pass")
        expected = read(BATCH[0])[1]
        if np.may_share_memory(expected, BATCH):
            seen = []
            vmap(lambda x, read=read, seen=seen: seen.append(flags(read(x)[1])) or x)(BATCH)
            assert seen == [flags(expected)], way


def test_entries_may_lie_in_memory_in_any_order():
    orders = [(0, 1, 2), (0, 2, 1), (1, 2, 0), (2, 1, 0)]
    for order in orders:
        other = np.ascontiguousarray(BATCH.transpose(order)).transpose(np.argsort(order))
        for way in ("x.ravel('K')", "x.T.ravel('K')", "x.reshape(16, order='A')", "x.flat[:]"):
            read = changing(way, "pass")
            close(vmap(read)(other), [read(x) for x in other])


@pytest.mark.parametrize("change", ["+= 0.5", "/= 2", "*= 1j", "-= np.ones(3)", "+= x[0] / 2"])
@pytest.mark.parametrize("dtype", [bool, int, np.uint8])
def test_operators_in_place_keep_the_type_or_raise(change, dtype):
    names = {"np": np}
    exec(f"def f(x):\n    x {change}\n    return x", names)
    with pytest.raises(TypeError, match="Cannot cast"):
        names["f"](np.ones(3, dtype))
    with pytest.raises(TypeError, match="Cannot cast"):
        vmap(names["f"])(np.ones((2, 3), dtype))


def test_quotient_and_remainder_are_those_of_each_call():
    for f in (lambda x: divmod(x, 0.3), lambda x: divmod(3.0, x), lambda x: divmod(x, x[0])):
        close(vmap(f)(BATCH), [f(x) for x in BATCH])


def test_a_batched_array_does_not_take_nodes_in_place():
    w = Tensor(np.ones(4))

    def added(x):
        total = np.zeros_like(x)
        total += w * x
        return total

    with pytest.raises(GradientLostError, match=r"a = a \+ node"):
        vmap(added)(BATCH)


@pytest.mark.parametrize("x", [np.ma.masked_array(BATCH, BATCH > 0), BATCH[0].view(np.matrix)])
def test_arrays_with_other_rules_are_rejected(x):
    with pytest.raises(DataError, match=r"Fill it|np\.asarray"):
        vmap(lambda row: row * row)(x)


def test_what_all_calls_share_is_not_changed():
    shared = np.zeros(4)

    def change(x):
        shared.flat = x[0]
        return x

    with pytest.raises(BatchError):
        vmap(change)(BATCH)
