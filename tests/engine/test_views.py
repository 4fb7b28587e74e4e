"""Views and versions: an assignment reaches all Tensors on the same memory, as in NumPy."""

import copy
import pickle

import numpy as np
import pytest
from rules.samples import SAMPLES

import autograd
import nn
from autograd import Tensor, Value, check_gradients, grad, no_grad
from autograd.errors import DataError, GraphError, ReadOnlyError, ShapeError

b = np.array([2.0, 3.0, 5.0])


def sliced_in_place(x):
    c = x * 1.0
    c[1] = x[0]
    c[::2] *= x[::2]
    return np.sum(c)


def rows_in_place(x):
    c = np.outer(x, x)
    for row in c:
        row[0] = row[1] * 2
        row *= 0.5
    return np.sum(c**2)


def running_total(x):
    c = x * 1.0
    for i, element in enumerate(c):
        c[(i + 1) % 3] += element
    for i, element in enumerate(c.flat):
        c[(i + 1) % 3] *= element
    for i, element in enumerate(reversed(c)):
        c[1 - i] += element
    return c


def chained(x):
    c = np.outer(x, x)
    c[0][1] = 5.0
    c.T[2] = x
    c[1:][0][::2] += x[0]
    return np.sum(c * c)


def by_function(x):
    c = np.outer(x, x)
    row = c[1]
    np.copyto(c[0], x)
    np.put(c[2], [0, -1], x[1])
    np.add.at(row, [0, 0, 2], x)
    np.fill_diagonal(c[1:], x[2])
    c[2].fill(x[0])
    return np.sum(row**2) + np.sum(np.sin(c))


def swapped(x):
    c = np.outer(x, x)
    d = x * 1.0
    c[0], c[1] = c[1], c[0]  # rows are views: NumPy's own surprise
    d[0], d[1] = d[1], d[0]
    return np.sum(c * c * d)


def named_twice(x):
    c = x * 1.0
    d = c
    d += x
    c *= d
    return np.sum(np.sin(c) * d)


def test_a_loop_sees_what_is_assigned_meanwhile():
    wanted = running_total(b)
    np.testing.assert_array_equal(running_total(Tensor(b)).data, wanted)
    np.testing.assert_array_equal(autograd.jit(running_total)(b), wanted)
    np.testing.assert_array_equal(autograd.vmap(running_total)(b[None])[0], wanted)
    check_gradients(running_total, b)


@pytest.mark.parametrize(
    "f", [sliced_in_place, rows_in_place, chained, by_function, swapped, named_twice]
)
def test_views_and_assignments_match_numpy(f):
    t = f(Tensor(b))
    assert float(t.data) == f(b.copy())
    h = 1e-6
    wanted = [(f(b + h * e) - f(b - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(grad(f)(b), wanted, rtol=1e-6)
    check_gradients(f, b, order=2, modes=("reverse", "forward"))


def test_a_view_sees_assignments_to_its_base():
    a = Tensor([1.0, 2.0, 3.0])
    a[0] = 5.0
    v, w = a[1:], a[1:][::-1]
    a[1:] = 0.0
    assert v.tolist() == w.tolist() == [0, 0]
    w[0] = 7.0
    assert a.tolist() == [5, 0, 7]
    assert v.tolist() == [0, 7]


def test_in_place_operators_keep_scalars_scalar():
    a = Tensor(b)
    total = best = np.sum(a)
    total += a[0]
    assert (float(best.data), float(total.data)) == (10.0, 12.0)


def test_deep_chains_of_views_need_no_recursion():
    base = Tensor(np.arange(5_000.0))
    v = base
    for _ in range(4_000):
        v = v[1:]
    base[4_500] = -1.0
    assert v.data[500] == -1.0
    v[0] = 9.0
    assert base.data[4_000] == 9.0


MORE = {
    "flatten": lambda x: x.flatten(),
    "ravel": lambda x: x.ravel(),
    "ravel of a slice": lambda x: x[::2].ravel(),
    "ravel of a transpose": lambda x: x.T.ravel(),
    "ravel in memory order": lambda x: x.T.ravel(order="K"),
    "reshape of a transpose": lambda x: x.T.reshape(-1),
    "T": lambda x: x.T,
    "real": lambda x: x.real,
    "astype": lambda x: x.astype(np.float64),
    "np.astype": lambda x: np.astype(x, np.float64, copy=False),
    "conj": lambda x: x.conj(),
    "plus": lambda x: +x,
    "mask": lambda x: x[np.ones(np.shape(x), bool)],
    "indices": lambda x: x[[0, 1]],
    "ellipsis": lambda x: x[...],
    "iteration": lambda x: next(iter(x)),
    "nan_to_num": lambda x: np.nan_to_num(x, copy=False),
    "sum over nothing": lambda x: np.sum(x, axis=()),
    "split": lambda x: np.split(x, 1)[0],
    "array_split": lambda x: np.array_split(x, 2)[0],
    "atleast_3d": np.atleast_3d,
    "einsum": lambda x: np.einsum("ij->ji", x),
    "diag": np.diag,
    "clip without limits": lambda x: np.clip(x, None, None),
    ".clip without limits": lambda x: x.clip(None, None),
    "block": np.block,
    "meshgrid": lambda x: np.meshgrid(x[0], x[1])[1],
    "meshgrid by rows": lambda x: np.meshgrid(x, x[1])[0],
    "sparse meshgrid": lambda x: np.meshgrid(x[0], x[1], sparse=True)[0],
    "flat elements": lambda x: x.flat[1:3],
    "reshape to a copy": lambda x: np.reshape(x, -1, copy=True),
    ".reshape to a copy": lambda x: x.reshape(-1, copy=True),
}


def sharing_cases():
    matrices = [
        np.arange(1.0, 13).reshape(3, 4),
        np.asfortranarray(np.arange(1.0, 7).reshape(2, 3)),
    ]
    for name, function in MORE.items():
        yield from (pytest.param(function, a, id=f"{name} {a.shape}") for a in matrices)
    for sample in SAMPLES:
        first = np.array(sample.inputs[0]) if sample.inputs else np.zeros(0)
        if first.size:
            yield pytest.param(
                sample.function
                if not (sample.inputs[1:] or sample.keywords)
                else lambda x, s=sample: s.function(x, *s.inputs[1:], **s.keywords),
                first,
                id=str(sample),
            )


def changed_by(act, watched):
    before = watched.data.copy()
    act()
    return not np.array_equal(before, watched.data, equal_nan=True)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.each("function, a", list(sharing_cases()))
def test_results_share_memory_as_in_numpy(function, a):
    plain = function(a)
    result = function(Tensor(a.copy(order="K")))
    number = isinstance(plain, np.generic)
    if isinstance(result, Tensor) and not (number and result.primitive.function is not function):
        in_a_row = np.reshape(result, -1)
        shares = np.shares_memory(np.reshape(plain, -1), plain)  # not with one of NumPy's numbers
        write = lambda: in_a_row.__setitem__(..., 3.5)  # noqa: E731
        if not shares or plain.flags.writeable:
            assert changed_by(write, result) == shares
    if not isinstance(plain, np.ndarray):
        return
    shares = np.shares_memory(plain, a)
    base = Tensor(a.copy(order="K"))
    result = function(base)
    assert changed_by(lambda: base.__setitem__(..., base.data * 2 + 1), result) == shares
    base = Tensor(a.copy(order="K"))
    result = function(base)
    if not shares or plain.flags.writeable:
        write = lambda: result.__setitem__(..., result.data * 2 + 1)  # noqa: E731
        assert changed_by(write, base) == shares
    else:
        with pytest.raises(ReadOnlyError):
            result[...] = 0.0


TRANSFORMED = {
    **MORE,
    "setdiff1d": lambda x: np.setdiff1d(x, [99.0]),
    "trim_zeros": np.trim_zeros,
    "real_if_close": np.real_if_close,
    "indices in front": lambda x: x[1, [0, 1]],
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TRANSFORMED)
def test_transforms_share_memory_as_in_numpy(name):
    a = np.arange(1.0, 7).reshape(2, 3)
    writable = TRANSFORMED[name](a).flags.writeable

    def f(x):
        c = x * 1.0
        r = TRANSFORMED[name](c)
        c[...] = c * 2 + 1
        before = np.sum(np.sin(r))
        if writable:
            r[...] = r * 2 + 1
            r.ravel()[-1] = 3.0
        return before + np.sum(np.sin(r)) + np.sum(np.cos(c))

    wanted = f(a)
    slopes = grad(f)(a)
    np.testing.assert_allclose(np.sum(slopes), (f(a + 1e-6) - f(a - 1e-6)) / 2e-6, atol=1e-6)
    value, slopes_again = autograd.jit(autograd.value_and_grad(f))(a)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    np.testing.assert_allclose(slopes_again, slopes, rtol=1e-12)
    values, rows = autograd.vmap(autograd.value_and_grad(f))(np.stack([a, a]))
    np.testing.assert_allclose(values, [wanted] * 2, rtol=1e-12)
    np.testing.assert_allclose(rows, [slopes] * 2, rtol=1e-12)
    np.testing.assert_allclose(autograd.vmap(f)(np.stack([a, a])), [wanted] * 2, rtol=1e-12)


# -- changes that are not recorded --------------------------------------------------------------


@pytest.mark.parametrize(
    "view",
    [lambda w: w.T, lambda w: w[1:], lambda w: w.reshape(-1), lambda w: w],
)
def test_backward_detects_changes_through_views(view):
    w = Tensor(np.ones((2, 2)))
    y = (w.T**2).sum() + (w[0] ** 2).sum()
    with no_grad():
        part = view(w)
        part -= 0.5
    with pytest.raises(GraphError, match="changed in place"):
        y.backward()
    assert w.grad is None


def test_changed_parameters_are_detected_through_views():
    for change in ("step", "load", "data"):
        layer = nn.Linear(2, 2)
        optimizer = nn.optim.SGD(layer.parameters(), lr=0.1)
        (np.ones(2) @ layer.weight.T).sum().backward()
        y = (layer.weight.T @ layer.weight.reshape(2, 2)).sum()
        if change == "step":
            optimizer.step()
        elif change == "load":
            layer.load_state_dict({k: v * 2 for k, v in layer.state_dict().items()})
        else:
            layer.weight.data = layer.weight.data * 2
        with pytest.raises(GraphError, match="changed in place"):
            y.backward()


def test_training_continues_after_assignments_in_no_grad():
    w = Tensor(b.copy())
    array = w.data
    with no_grad():
        w[0] = 0.0
        w[1:] *= 2.0
        w.T[2] = 1.0
    assert w.data is array
    (w**2).sum().backward()
    assert w.grad.tolist() == [0, 12, 2]


def test_results_cannot_be_changed_inside_no_grad():
    w = Tensor(b.copy())
    h = w * 2
    with no_grad():
        for change in (lambda: h.__setitem__(0, 1.0), lambda: h[1:].__imul__(2), lambda: h.fill(0)):
            with pytest.raises(GraphError, match="no_grad"):
                change()

    def f(x):
        with no_grad():
            x[0] = 1.0
        return np.sum(x)

    with pytest.raises(GraphError, match="argument that is differentiated"):
        grad(f)(b)


def test_assignments_to_parameters_must_not_be_recorded():
    layer = nn.Linear(2, 2)
    free = Tensor(b.copy(), label="free")
    nn.optim.SGD([free], lr=0.1)
    for w in (layer.weight, layer.weight[0], free, free[1:]):
        with pytest.raises(GraphError, match="parameter"):
            w[0] = 1.0
        with pytest.raises(GraphError, match="no_grad"):
            w *= 2.0
    with no_grad():
        layer.weight[0] = 1.0
    assert layer.weight.data[0].tolist() == [1, 1]


def test_constants_changed_in_no_grad_keep_their_read_values():
    x, k = Tensor(b), Tensor(np.ones(3), requires_grad=False)
    y = np.sum(x * k)
    with no_grad():
        k[0] = 9.0
        k *= 2
    (y + np.sum(x * k)).backward()
    assert x.grad.tolist() == [19, 3, 3]
    k.requires_grad = True
    np.sum(k * k).backward()
    assert k.grad.tolist() == [36, 4, 4]


@pytest.mark.parametrize("n", [3, 100_000])
def test_changed_constant_arrays_are_copied_or_raise(n):
    t = Tensor(np.ones(n))
    buffer, mask, index = np.empty(n), np.zeros(n, bool), np.arange(n)
    total = 0.0
    for k in (1.0, 2.0, 3.0):
        buffer[:] = k
        mask[:] = k < 3
        index[:] = index[::-1].copy()
        total = total + (t * buffer).sum() + np.sum(np.where(mask, t, 0.0) * t[index] ** buffer)
    if n > 1_000:
        with pytest.raises(GraphError, match="constant array"):
            total.backward()
        return
    total.backward()
    assert t.grad.tolist() == [6 + 2 + 3] * n  # ∂(t·t) + ∂(t·t²), and nothing for the third


def test_invalid_in_place_operations_are_rejected():
    t = Tensor(np.ones(3))
    with pytest.raises(ShapeError, match=r"\(2, 3\)"):
        t += np.ones((2, 3))
    with pytest.raises(DataError, match="complex"):
        t *= 1j
    with pytest.raises(ReadOnlyError, match="read-only"):
        np.broadcast_to(t, (2, 3))[0] = 1.0
    single = Tensor(np.ones(3, np.float32))
    single += np.ones(3)
    assert single.dtype == np.float32


def test_copies_of_an_assigned_leaf_stay_connected():
    for copied in (copy.copy, copy.deepcopy):
        t, x = Tensor(np.zeros(2)), Tensor(1.0)
        t[0] = x
        copied(t).sum().backward()
        assert (x.grad, t.grad.tolist()) == (1, [0, 1])
        with pytest.raises(GraphError):
            pickle.dumps(t)


def test_retained_grads_and_hooks_see_the_current_elements():
    x, seen = Tensor(b), []
    h = x * 2
    h[0] = 7.0
    h.retain_grad().register_hook(seen.append)
    np.sum(h**2).backward()
    assert h.grad.tolist() == seen[0].tolist() == [14, 12, 20]


def test_overwritten_data_is_drawn_as_overwritten():
    t = Tensor(np.zeros(1_000))
    for i in range(3):
        t[i] = Value(1.0)
    assert autograd.text(t).count("overwritten") == 2
    with autograd.Trace():
        u = Tensor(np.zeros(1_000))
        for i in range(3):
            u[i] = Value(1.0)
    assert "overwritten" not in autograd.text(u)


def test_assigned_lists_of_nodes_keep_their_derivatives():
    t, v, w = Tensor(np.zeros((2, 3))), Value(2.0), Tensor(b)
    t[:] = [w, [1.0, v, v * v]]
    np.sum(t).backward()
    assert v.grad == 5.0
    assert w.grad.tolist() == [1, 1, 1]


def parts_and_flat_elements(x):
    z = x + 1j * x
    z.real[0] = x[2] * x[1]
    z.imag[1:][0] *= 2.0
    z.imag = z.imag * x
    z.real = z.real + 1.0
    c = np.outer(x, x)
    c.flat[3] = x[0]
    c.flat = c.flat[::-1] * 2.0
    return np.sum(np.abs(z) ** 2) + np.sum(c**2 * np.arange(9.0).reshape(3, 3))


def test_flat_elements_are_those_of_any_layout():
    a = np.arange(1.0, 7).reshape(2, 3)

    def f(x):
        c = x * 1.0
        c.flat[1:3] = x[:2, 0]
        c.T.flat[1] = 9 * x[0, 1]
        c.flat[[0, 0]] = x[1, 1]
        return np.sum(c * c) + np.dot(np.sin(c.flat), c.flat[::-1]) + sum(c.T.flat) * c.flat[-1]

    check_gradients(f, a)
    t = Tensor(a)
    assert len(t.flat) == 6
    assert t.flat.base is t
    assert (t.flat == 3.0).tolist().index(True) == 2
    for write in (lambda: np.copyto(t.flat, 1.0), lambda: np.add.at(t.flat, 0, 1.0)):
        with pytest.raises(ReadOnlyError):
            write()
    with pytest.raises(IndexError, match="size 6"):
        t.flat[6]


def test_real_parts_and_flat_elements_can_be_assigned():
    h = 1e-6
    f = parts_and_flat_elements
    wanted = [(f(b + h * e) - f(b - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(grad(f)(b), wanted, rtol=1e-6)
    with pytest.raises(DataError, match="imaginary"):
        Tensor(b).imag = 1.0


def test_a_bool_as_an_index_keeps_its_derivative():
    found = grad(lambda x: np.sum(x[True] ** 2) + np.sum(x[1]))(b)
    np.testing.assert_array_equal(found, 2 * b + np.array([0.0, 1.0, 0.0]))


def test_views_taken_in_no_grad_reject_outside_assignment():
    def f(x):
        a = x * 1.0
        with no_grad():
            v = a[1:]
        v += 1
        return np.sum(a**2)

    with pytest.raises(GraphError, match="view taken inside no_grad"):
        grad(f)(b)


def test_copies_have_the_memory_order_of_numpy():
    for make in (lambda a: a.copy(), lambda a: a.copy("F"), lambda a: a.copy("K"), np.copy):
        t, a = make(Tensor(np.ones((3, 2))).T), make(np.ones((3, 2)).T)
        assert t.data.flags.c_contiguous == a.flags.c_contiguous


def test_copies_of_parameters_are_parameters():
    for copied in (copy.deepcopy(nn.Linear(2, 1)), pickle.loads(pickle.dumps(nn.Linear(2, 1)))):
        with pytest.raises(GraphError, match="parameter"):
            copied.weight[0, 0] = 5.0


def test_retain_grad_survives_an_assignment():
    h = Tensor(b) * 2
    h.retain_grad()
    h[0] = 7.0
    np.sum(h**2).backward()
    assert h.grad.tolist() == [14, 12, 20]


def test_out_of_another_shape_is_rejected():
    t = Tensor(np.ones((2, 3)))
    for call in (
        lambda: np.sum(t, axis=0, out=np.zeros_like(t)),
        lambda: np.cumsum(t[:1], axis=0, out=np.zeros_like(t)),
        lambda: np.add.reduce(t, axis=0, out=np.zeros_like(t)),
    ):
        with pytest.raises(ShapeError, match="out="):
            call()
    assert np.add(t[0], 1.0, out=np.zeros_like(t)).tolist() == [[2, 2, 2], [2, 2, 2]]


def test_assigned_items_may_have_extra_length_one_axes():
    def f(x):
        a = x * 1.0
        a[...] = x[None] * 2
        a[[0, 1]] = x[:2].reshape(1, 1, 2) ** 2
        return np.sum(a**2)

    check_gradients(f, b, modes=("reverse", "forward"))
    check_gradients(f, b, order=2)
