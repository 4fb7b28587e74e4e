"""What people have in hand is checked as it is: values with gradients, caches, data, sparse matrices."""

import functools

import numpy as np
import pytest

from autograd import check_gradients
from autograd.errors import DataError, GradientError

random = np.random.default_rng(4)
X, y = random.normal(size=(7, 3)), random.normal(size=7)
w, b = random.normal(size=3), 0.3
unraised = functools.partial(check_gradients, raises=False)


def loss(w, X=X, y=y):
    return np.mean((X @ w - y) ** 2)


def gradient(w, X=X, y=y):
    return 2 * X.T @ (X @ w - y) / len(y)


def both(w, X=X, y=y):
    return loss(w, X, y), gradient(w, X, y)


def affine(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return np.outer(dout, w), x.T @ dout, dout.sum()


def scaled(x, w, b, settings):
    return settings["scale"] * (x @ w + b), (x, w, settings)


def scaled_backward(dout, cache):
    x, w, settings = cache
    return affine_backward(settings["scale"] * dout, (x, w))


def affine_loss(x, w, b):
    out, cache = affine(x, w, b)
    return np.sum(out**2), (out, cache)


def affine_loss_backward(cache):
    out, cache = cache
    return affine_backward(2 * out, cache)


# -- more than one result -----------------------------------------------------------------------

RIGHT = {
    "value and gradient": (both, (w,), {"gradient": True}),
    "a gradient of the first result": (both, (w,), {"gradient": gradient}),
    "the same as an array": (both, (w,), {"gradient": gradient(w)}),
    "value, gradient and more": (lambda w: (*both(w), "done"), (w,), {"gradient": True}),
    "value and accuracy": (lambda w: (loss(w), np.mean(X @ w > y)), (w,), {"gradient": gradient}),
    "result and cache": (affine, (X, w, b), {"vjp": affine_backward}),
    "settings and cache": (
        scaled,
        (X, w, b),
        {"vjp": scaled_backward, "args": ({"scale": 0.5},)},
    ),
    "named settings and cache": (
        scaled,
        (X, w, b),
        {"vjp": scaled_backward, "kwargs": {"settings": {"scale": 0.5}}},
    ),
    "loss and cache": (affine_loss, (X, w, b), {"vjp": affine_loss_backward}),
    "a gradient of the cache": (affine_loss, (X, w, b), {"gradient": affine_loss_backward}),
    "one input and its cache": (
        lambda x: (np.tanh(x), np.tanh(x)),
        (X,),
        {"vjp": lambda dout, cache: dout * (1 - cache**2)},
    ),
    "one input and a dict": (
        lambda x: (np.tanh(x), {"y": np.tanh(x)}),
        (X,),
        {"vjp": lambda g, kept: g * (1 - kept["y"] ** 2)},
    ),
    "two results with their Jacobian": (
        lambda x: (x[0] ** 2, x[1]),
        (w,),
        {"gradient": lambda x: np.array([[2 * x[0], 0, 0], [0, 1.0, 0]])},
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_functions_with_several_results_are_understood(name):
    f, inputs, derivative = RIGHT[name]
    assert check_gradients(f, *inputs, **derivative).counts.keys() == {"ok"}


def test_the_line_of_a_function_that_returns_both_is_named():
    def f(w):
        r = X @ w - y
        value = np.mean(r**2)
        return value, X.T @ r / len(y)

    report = unraised(f, w, gradient=True)
    assert report.lines[0].correction == "return value, 2 * X.T @ r / len(y)"


def test_the_line_of_a_backward_pass_with_a_cache_is_named():
    def backward(dout, cache):
        x, w = cache
        db = dout.mean()
        return np.outer(dout, w), x.T @ dout, db

    report = unraised(affine, X, w, b, vjp=backward)
    assert report.lines[0].correction == "db = dout.sum()"


def test_a_value_and_gradient_without_a_word_gets_a_hint():
    assert "pass gradient=True" in check_gradients(both, w).notes[-1]
    assert check_gradients(lambda w: (loss(w), 2.0 * w[:2]), w).notes == []


@pytest.mark.parametrize(
    ("f", "options", "message"),
    [
        (loss, {"gradient": True}, r"returns \(value, gradient\), not float"),
        (loss, {"gradient": lambda w: None}, "gradient is None"),
        (loss, {"gradient": gradient, "wrt": "v"}, "wrt= names inputs or their positions: w, or 0 to 0"),
        (loss, {"gradient": gradient, "wrt": 1}, "not 1"),
        (loss, {"gradient": gradient, "wrt": ()}, "wrt= is empty"),
        (both, {"gradient": lambda w: {"a": w, "c": w}}, "keys a, c"),
        (loss, {"gradient": "gradient"}, r"array of numbers of its shape, \(3,\), not 'gradient'"),
        (loss, {"gradient": lambda w: (w, 1.0)}, "must be an array of numbers"),
        (loss, {"gradient": gradient, "args": 3}, r"args=\(3,\)"),
        (3.0, {"gradient": gradient}, r"the function to check, not 3\.0"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_gets_a_clear_error(f, options, message):
    with pytest.raises(DataError, match=message):
        check_gradients(f, w, **options)


# -- what is differentiated ---------------------------------------------------------------------


@pytest.mark.parametrize("wrt", ["w", 0, -3, ["w"], (0,)])
@pytest.mark.parametrize(
    "given", [gradient, lambda w, X, y: (gradient(w, X, y),), lambda w, X, y: {"dw": gradient(w, X, y)},
              lambda w, X, y: (gradient(w, X, y), None, None)],
)  # fmt: skip
def test_only_what_is_asked_is_differentiated(wrt, given):
    report = check_gradients(loss, w, X, y, gradient=given, wrt=wrt)
    assert [leaf.path for leaf in report.leaves] == ["w"]
    assert report.counts == {"ok": 3}


def test_data_stay_as_they_are():
    seen = []

    def f(w, X, labels):
        seen.append((X, labels))
        return loss(w, X, labels)

    check_gradients(f, w, X, y, wrt="w", modes=("reverse", "forward"), order=2)
    assert all(data is X and labels is y for data, labels in seen)


def test_none_means_not_asked():
    report = check_gradients(
        loss, w, X, y, gradient=lambda w, X, y: (gradient(w, X, y), None, None)
    )
    assert report.counts == {"ok": 3}
    assert report.notes == ["Not checked: X, y. No derivative was given for it."]
    report = unraised(loss, w, X, y, vjp=lambda g, w, X, y: (2 * g * gradient(w, X, y), None, None))
    assert report.counts == {"WRONG": 3}


def test_further_arguments_are_passed_on():
    def scaled(w, scale, *, shift):
        return scale * loss(w) + shift

    def slope(w, scale, *, shift):
        return scale * gradient(w) + 0 * shift

    options = {"args": (3.0,), "kwargs": {"shift": 1.0}}
    assert check_gradients(scaled, w, gradient=slope, **options).counts == {"ok": 3}
    assert check_gradients(scaled, w, **options).counts == {"ok": 3}
    assert check_gradients(
        scaled, w, vjp=lambda g, w, scale, shift: g * slope(w, scale, shift=shift), **options
    ).counts == {"ok": 3}


# -- names and matrices -------------------------------------------------------------------------


def nested(params, scale):
    return np.sum(np.tanh(X @ params["W"] + params["layer"]["b"]) ** 2) * scale


def nested_gradient(params, scale, wrong=1.0):
    h = np.tanh(X @ params["W"] + params["layer"]["b"])
    d = 2 * h * (1 - h**2) * scale
    return {"dW": X.T @ d, "layer": {"grad_b": wrong * d.sum()}}, np.sum(h**2)


def test_gradients_may_be_called_as_people_call_them():
    params = {"W": w, "layer": {"b": b}}
    assert check_gradients(nested, params, 2.0, gradient=nested_gradient).counts == {"ok": 5}
    assert check_gradients(
        nested, params, 2.0, gradient=lambda p, s: nested_gradient(p, s)[0], wrt="params"
    ).counts == {"ok": 4}
    with pytest.raises(GradientError, match=r"params\['layer'\]\['b'\] is 3 times too large"):
        check_gradients(nested, params, 2.0, gradient=lambda p, s: nested_gradient(p, s, 3.0))


def test_sparse_jacobians_are_read():
    sparse = pytest.importorskip("scipy.sparse", reason="SciPy is not installed")
    linear = pytest.importorskip("scipy.sparse.linalg", reason="SciPy is not installed")

    def jacobian(x):
        return np.diag(2 * x) + np.diag(np.ones(2), 1)

    def f(x):
        return x**2 + np.append(x[1:], 0)

    for kind in (sparse.csr_matrix, sparse.coo_array, linear.aslinearoperator):
        assert check_gradients(f, w, gradient=lambda x, k=kind: k(jacobian(x))).counts == {"ok": 9}
        assert check_gradients(f, w, gradient=kind(jacobian(w))).counts == {"ok": 9}
    report = unraised(f, w, gradient=lambda x: sparse.csr_matrix(jacobian(x).T))
    assert report.counts["WRONG"] == 4
