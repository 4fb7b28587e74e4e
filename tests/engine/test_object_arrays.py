"""`np.array([x, y])` of nodes makes an object array that keeps their derivatives."""

import contextlib
import inspect
import itertools

import numpy as np
import pytest
import scipy.linalg
import scipy.special
import scipy.stats

import autograd
import autograd.numpy as anp
from autograd import Tensor, Value, check_gradients, grad, hessian, jacobian, no_grad, tree
from autograd.engine import dispatch
from autograd.engine.objects import LARGEST, joined
from autograd.errors import BatchError, DataError, GradientLostError, NoRuleError, ShapeError

b = np.array([2.0, 3.0, 5.0])


def rotation(p):
    c, s = np.cos(p), np.sin(p)
    x = np.array([[1, 0, 0], [0, c[0], -s[0]], [0, s[0], c[0]]])
    z = np.array([[c[1], -s[1], 0], [s[1], c[1], 0], [0, 0, 1]])
    return x @ z @ np.array([1.0, 2, 3])


def pendulum(p):
    def change(y):
        return np.array([y[1], -p[0] * np.sin(y[0]) - p[1] * y[1]])

    y, h = np.array([1.0, 0.0]), 0.1
    for _ in range(3):
        k = change(y)
        y = y + h * change(y + h / 2 * k)
    return y


def joints(p):
    x, y, angle, points = 0.0, 0.0, 0.0, []
    for turn in p:
        angle = angle + turn
        x, y = x + np.cos(angle), y + np.sin(angle)
        points.append([x, y])
    return np.array(points)


def heat(u):
    out = np.zeros_like(u)
    out[0], out[-1] = u[0], u[-1]
    for i in range(1, len(u) - 1):
        out[i] = u[i] + 0.1 * (u[i + 1] - 2 * u[i] + u[i - 1])
    return out


def products(p):
    table = np.empty_like(np.outer(p, p))
    for i in range(len(p)):
        for j in range(len(p)):
            table[i, j] = p[i] * np.cos(p[j])
    return table


def joined_by_numpy(p):
    a = np.array([p[0], p[1]])
    return np.vstack([np.vstack([a, p, [1.0, 2.0]]), np.tile(a, (1, 1)), np.repeat(a, 1)])


#: Programs in the style of NumPy users: a function, and its number of inputs.
PROGRAMS = {
    "rotation": (rotation, 2),
    "pendulum": (pendulum, 2),
    "joints": (joints, 3),
    "heat": (heat, 5),
    "products": (products, 3),
    "joined": (joined_by_numpy, 2),
    "softmax": (lambda p: np.array([np.exp(x) for x in p]) / np.sum([np.exp(x) for x in p]), 3),
    "polyval": (lambda p: np.polyval(np.array([p[0], 2 * p[1], 1.0]), np.linspace(0, 1, 3)), 2),
    "cross": (lambda p: np.cross(np.array([p[0], p[1], 1.0]), np.array([p[1], 2.0, p[0]])), 2),
    "einsum": (lambda p: np.einsum("ij,j", np.array([[p[0], 1.0], [p[1], p[0]]]), p), 2),
    "mean over an axis": (lambda p: np.mean(np.array([[p[0], p[1]], [p[1], 2.0]]), axis=0), 2),
    "selected": (lambda p: np.array([p[0], p[1] - 1, p[0]])[np.array([p[0], -p[1], 1]) > 0], 2),
    "norms": (lambda p: np.linalg.norm(np.array([p[0], 1.0])) + np.linalg.norm(p - [1.0, p[0]]), 2),
    "extremes": (lambda p: np.array([min(p), max(p), sum(p)]), 3),
}


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.array([x[0], x[1] * x[2]]),
        lambda x: np.asarray([[x[0] * x[1], 1.0], [2, x[2] ** 2]]),
        lambda x: np.array([x, x * x[0]]),
        lambda x: np.array([x, b]) * 2,
        lambda x: np.array([x[0], x[1]], dtype=object) ** 2,
        lambda x: np.asarray(x, dtype=object) * 2,
        lambda x: np.exp(np.array([x[0], x[1] / 2])),
        lambda x: np.arctan2(np.array([x[0], x[1]]), np.array([x[2], x[2]])),
        lambda x: np.ones((2, 2)) @ np.array([x[0], x[1]]),
        lambda x: x * np.array([x[0], x[1], 3.0]),
        lambda x: np.array([x[0], x[1], 3.0]) * x,
        lambda x: x @ np.array([x[0], x[1], 3.0]),
        lambda x: np.array([[x[0], 1.0, 2.0], [x[1], x[2], 3]]) @ x,
        lambda x: np.stack([np.sum(np.array([x[0], x[1]])), np.max([x[0], x[2]]), np.prod([x[1], x[2]])]),
        lambda x: np.linalg.solve(x[:2] * np.eye(2), np.array([x[1], x[2]])),
        lambda x: np.where([True, False, True], np.array([x[2], x[1], 1.0]), x),
        lambda x: np.concatenate([x, np.array([x[0], x[1]])]),
        lambda x: np.cumsum(np.sort(np.array([x[2], x[0], x[1]]))),
        lambda x: np.full((2, 2), x[0]) * x[1],
        lambda x: np.full_like(x, x[1]),
        lambda x: anp.array(np.array([x[0], x[1] ** 2])),
        lambda x: np.fft.fft(anp.asarray(np.array([x[0], x[1] ** 2]))),
        lambda x: np.vectorize(lambda a: a * a if a > 2.5 else np.sin(a))(x),
        lambda x: np.vectorize(lambda a, c: a * c)(x, [1.0, 2.0, 3.0]),
        lambda x: np.vectorize(lambda c: c * x[0])(np.arange(3.0)),
        lambda x: [np.array([x[0], 1.0]), {"y": np.array([x[1] * x[2], x[0]])}],
        lambda x: autograd.sigmoid(np.array([x[0], -x[1]])),
        lambda x: np.radians(np.degrees(np.array([x[0], x[1] * x[2]])) ** 2) + np.rint(x[:2]),
        lambda x: np.deg2rad(np.rad2deg(np.fabs(np.array([x[0], -x[2]])))).round(1) * x[1],
    ],
)  # fmt: skip
def test_object_arrays_match_floats_in_values_and_derivatives(function):
    check_gradients(function, b, modes=("reverse", "forward"))
    check_gradients(function, b, order=2)


def test_transforms_accept_and_return_arrays_of_nodes():
    def outer(x):
        return grad(lambda y: np.sum(y**3))(np.array([x[0], x[1] * x[2]])) @ np.ones(2)

    np.testing.assert_allclose(grad(outer)(b), [6 * 2, 6 * 15 * 5, 6 * 15 * 3])
    np.testing.assert_allclose(hessian(lambda x: np.prod(np.array([x[0], x[1] ** 2])))(b)[0, 1], 6)
    found = jacobian(lambda x: np.array([[x[0], 1.0], [2.0, x[1]]]))(b)
    assert found.shape == (2, 2, 3)


def test_elements_of_an_object_array_are_the_nodes():
    v, t = Value(2.0), Tensor(3.0)
    both = np.array([v, t, 1.0])
    assert both[0] is v
    assert both[1] is t
    assert np.vectorize(lambda x: x, otypes=[object])([v])[0] is v
    np.sum(both**2).backward()
    assert (v.grad, float(t.grad)) == (4.0, 6.0)


def test_a_tensor_takes_an_array_of_nodes_by_assignment():
    def f(x):
        y = x * 1.0
        y[:2] = np.array([x[1], x[0]])
        return y * x

    check_gradients(f, b)


def test_an_array_of_nodes_takes_nodes_in_place():
    def f(x):
        a = np.array([x[0], x[1], 1.0])
        a[2] = x[0] * x[2]
        a += x[1]
        a *= x
        np.subtract(a, x, out=a, where=[True, False, True])
        return a

    check_gradients(f, b, modes=("reverse", "forward"))


def test_a_float_array_rejects_nodes_in_place_with_advice():
    a = np.zeros(3)
    with pytest.raises(GradientLostError, match=r"Write a = a \+ node"):
        a += Tensor(b)
    with pytest.raises(NoRuleError, match=r"out=np\.zeros_like\(node\)"):
        np.add(Tensor(b), 1.0, out=a)
    assert not a.any()


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_that_build_arrays_of_nodes_are_differentiated(name):
    if name == "cross" and np.__version__.startswith("2.2."):
        pytest.skip("numpy.cross of object arrays fails in NumPy 2.2")
    function, size = PROGRAMS[name]
    check_gradients(function, np.linspace(0.4, 1.3, size), modes=("reverse", "forward"))


def test_losing_a_derivative_raises():
    v, t, a = Value(1.0), Tensor([1.0, 2.0]), np.zeros(2)
    nodes = np.array([v, 2.0])
    lost = [
        lambda: np.array([v, 1.0], dtype=float),
        lambda: np.asarray(t, dtype=np.float32),
        lambda: np.array([Tensor(1j)]),
        lambda: nodes.astype(float),
        lambda: np.float64(v),
        lambda: float(nodes[0]),
        lambda: np.random.default_rng(0).normal(v),
        lambda: Tensor(nodes),
        lambda: Tensor([v, 1.0]),
        lambda: np.asarray(Tensor(np.zeros(LARGEST + 1))),
        lambda: np.linalg.det([[v, 1.0], [2.0, v]]),
    ]
    for attempt in lost:
        with pytest.raises(GradientLostError, match="would lose the derivative"):
            attempt()
    for index, item in ((0, v), (slice(None), t), (slice(None), [v, v]), (slice(None), nodes)):
        with pytest.raises((GradientLostError, ValueError)) as caught:
            a[index] = item
        assert isinstance(caught.value.__cause__ or caught.value, GradientLostError)
    for attempt in (
        lambda: np.add(a, nodes, out=a),
        lambda: np.isfinite(nodes),
        lambda: np.linalg.det(np.array([[v, 1.0], [2.0, v]])),
        lambda: np.fft.fft(nodes),
        lambda: np.interp(nodes, [0.0, 1.0], [0.0, 1.0]),
        lambda: scipy.special.erf(nodes),
        lambda: np.exp(nodes),  # 2.0 has no method exp
    ):
        with pytest.raises(TypeError):
            attempt()
    assert np.all(a == 0)


def test_errors_name_the_line_and_say_what_to_write():
    with pytest.raises(NoRuleError, match=r"call \S*autograd\.scipy\.linalg\.expm"):
        scipy.linalg.expm(Tensor(np.eye(2)))
    with pytest.raises(GradientLostError, match=r"np\.zeros_like\(node\)"):
        np.zeros(2)[:] = Tensor([1.0, 2.0])
    mixed = np.empty(2, object)
    mixed[0], mixed[1] = Value(1.0), Tensor([1.0, 2.0])
    with pytest.raises(ShapeError, match=r"element of shape \(2,\)"):
        Tensor([1.0, 2.0]) * mixed
    with pytest.raises(DataError, match="no numbers"):
        Tensor([1.0, 2.0]) * np.array(["a", None], dtype=object)


def test_object_arrays_of_plain_numbers_become_floats():
    from fractions import Fraction

    product = Tensor([1.0, 2.0]) * np.array([Fraction(1, 2), 3], dtype=object)
    assert product.tolist() == [0.5, 6.0]


def test_dropping_imaginary_parts_is_rejected():
    """`np.imag` of any array of objects is zero in NumPy."""
    for f in (
        lambda x: np.sum(np.imag(np.array([x[0], x[1]]) * 1j)),
        lambda x: np.sum(np.imag(np.exp(2 * np.array([x[0], x[1]])) * 1j)),
        lambda x: np.sum((np.array([x[0], 1j]) * np.array([x[1], x[2]])).imag),
    ):
        with pytest.raises(GradientLostError, match=r"Write np\.stack"):
            grad(f)(b)
    z = Value(2.0) * 1j  # not an array
    np.imag(z * z.conj()).backward()
    check_gradients(lambda x: np.imag(np.exp(1j * np.stack([x[0], x[1]]))), b)


def test_no_grad_records_nothing_of_object_arrays():
    v = Value(2.0)
    with no_grad():
        assert np.array([v, v * 2]).dtype == np.float64
        a = np.zeros(2)
        a += Tensor([1.0, 2.0])
        assert np.exp(np.array([v, 0.0]), out=a)[1] == 1.0
    np.add(a, Tensor([1.0, 2.0], requires_grad=False), out=a)
    assert a[1] == 3.0


def test_an_array_of_a_tensor_does_not_claim_shared_memory():
    t = Tensor(b) * 1.0
    shared, copied = np.asarray(t), np.array(t)
    copied[0] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        shared[0] = 0.0
    of_a_view = np.asarray(t[1:])
    for part in (t, t[1:], t.reshape(1, -1)[0]):
        with pytest.raises(GradientLostError, match=r"np\.array\(t, copy=True\)"):
            part[0] = 1.0
    del shared
    with pytest.raises(GradientLostError, match="would lose the derivative"):
        t[0] = 1.0
    del of_a_view
    t[0] = 1.0
    with pytest.raises(GradientLostError, match="without a copy"):
        np.asarray(t, copy=False)
    u = Tensor(b)
    np.array(u, copy=True)
    u[0] = 1.0


def test_constants_convert_to_their_numbers():
    t = Tensor([1.0, 2.5], requires_grad=False)
    assert np.asarray(t).dtype == np.float64
    assert np.asarray(t, dtype=np.float32).dtype == np.float32
    assert (float(t[1]), int(t[1]), complex(t[0]), round(t[1])) == (2.5, 2, 1.0, 2)
    assert np.exp(np.array([t[0], 1.0])).dtype == np.float64
    with no_grad():
        assert float(Value(2.0) * 3) == 6.0
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(t)[0] = 3.0
    with pytest.raises(GradientLostError):
        float(Value(2.0))


# -- arrays to be filled ----------------------------------------------------------------------


@pytest.mark.parametrize("make", [np.zeros_like, np.ones_like, lambda x: np.full_like(x, 2.0)])
def test_empty_like_a_node_can_be_filled_with_nodes(make):
    def f(x):
        c = make(x)
        c[0] = x[0] * x[1]
        for i in range(1, len(x)):
            c[i] += c[i - 1] * x[i]
        return c

    check_gradients(f, b, modes=("reverse", "forward"))
    check_gradients(f, b, order=2)


def test_empty_like_a_node_is_a_constant_of_the_given_dtype():
    t = Tensor(np.ones((2, 3), np.float32))
    assert np.zeros_like(t).dtype == np.float32
    assert not np.empty_like(t).requires_grad
    assert np.ones_like(t, shape=(4,), dtype=complex).tolist() == [1, 1, 1, 1]
    mask = np.zeros_like(t, dtype=bool)
    assert type(mask) is type(np.full_like(t, 3, dtype=int)) is np.ndarray
    mask[0] = True
    assert t[mask].shape == (3,)
    with pytest.warns(UserWarning, match="does not depend"):
        assert grad(lambda x: np.sum(np.ones_like(x)))(b).tolist() == [0, 0, 0]


# -- every function of NumPy ------------------------------------------------------------------

#: Functions without a derivative, or that describe the array: plain results are right.
STEPS = {
    *("sign", "floor_divide", "array_repr", "array_str", "array2string", "real_if_close"),
    *("ones_like", "zeros_like", "empty_like", "imag"),
}

POINT = np.array([0.3, 1.7, 0.9, 2.4])


def one_array_functions():
    for name in sorted(dir(np)):
        function = getattr(np, name)
        if isinstance(function, np.ufunc):
            if function.nin <= 2:
                yield name, function, function.nin
        elif hasattr(function, "_implementation"):
            try:
                parameters = inspect.signature(function).parameters.values()
            except ValueError:
                continue
            needed = [p for p in parameters if p.default is p.empty and p.kind < 2]
            if 1 <= len(needed) <= 2:
                yield name, function, len(needed)


def has_nodes(x):
    if isinstance(x, (tuple, list)):
        return any(map(has_nodes, x))
    if isinstance(x, np.ndarray):
        return x.dtype == object and any(isinstance(i, (Value, Tensor)) for i in x.flat)
    return isinstance(x, (Value, Tensor))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.each("name, function, count", list(one_array_functions()), ids=lambda name, *_: name)
def test_no_numpy_function_loses_nodes_in_an_array(name, function, count):
    from autograd.engine.registry import WITHOUT_DERIVATIVE

    numbers = POINT.copy(), POINT[::-1].copy() + 0.1

    def nodes():
        return [np.array([Value(x) for x in a]) for a in numbers][:count]

    try:
        expected = function(*numbers[:count])
        found = function(*nodes())
    except Exception:
        return  # an error loses nothing silently
    if has_nodes(found):
        if name.startswith("logical"):  # for objects NumPy returns one of the two
            return
        for one, other in zip(tree.flat(found), tree.flat(expected), strict=True):
            bare = [dispatch.plain(x) for x in (joined(one), other)]
            np.testing.assert_allclose(*bare, rtol=1e-14)
        return
    if function in WITHOUT_DERIVATIVE or name in STEPS:
        return
    changed = [
        np.asarray(x, float) for x in (expected, function(*[a * 1.01 for a in numbers[:count]]))
    ]
    np.testing.assert_array_equal(*changed, err_msg="a result that varies has no nodes")


@pytest.mark.filterwarnings("ignore")
def test_an_array_of_objects_beside_a_node_counts_once():
    x, counted = np.array([0.3, 0.7, 0.4]), 0
    functions = [f for _, f, count in one_array_functions() if count == 2]
    functions = [f for f in functions if not isinstance(f, np.ufunc)]
    for function, order in itertools.product([np.polyval, np.append, *functions], (1, -1)):

        def f(x, function=function, order=order):
            elements = np.array([x[0], x[1], x[0] * x[1]])
            return np.sum(np.sin(function(*(elements, 1.3 * x)[::order])))

        try:
            gradient = grad(f)(x)
        except Exception:
            continue
        tangent = autograd.make_jvp(f)(x)(b)[1]
        np.testing.assert_allclose(tangent, gradient @ b, atol=1e-12, err_msg=str(function))
        with contextlib.suppress(BatchError):
            (batched,) = autograd.vmap(grad(f))(x[None])
            np.testing.assert_allclose(batched, gradient, atol=1e-12, err_msg=str(function))
            counted += 1
    assert counted > 30


MATRIX = "np.array([[x[0], 1.0], [2.0, x[1]]])"


@pytest.mark.parametrize(
    ("call", "advice"),
    [
        (f"np.linalg.det({MATRIX})", r"autograd\.numpy\.array"),
        (f"np.linalg.inv({MATRIX})[0, 0]", r"np\.stack"),
        (f"np.isnan({MATRIX}).sum() * x[0]", r"np\.stack"),
        ("np.interp(1.5, [1.0, 2.0], np.array([x[0], x[1]]))", r"np\.stack"),
        ("sum(v for v in np.nditer(x))", r"x\.ravel\(\)"),
    ],
)
def test_what_refuses_arrays_of_nodes_says_what_to_write(call, advice):
    with pytest.raises(NoRuleError, match=advice):
        autograd.grad(lambda x: eval(call, {"np": np, "x": x}))(np.array([1.5, 2.5]))


def test_errors_of_other_types_stay_as_they_are():
    with pytest.raises(TypeError, match="unsupported operand") as caught:
        autograd.grad(lambda x: x + "text" + 1)(2.0)
    assert not isinstance(caught.value, NoRuleError)
