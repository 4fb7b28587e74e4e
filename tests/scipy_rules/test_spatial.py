"""Distances and rotations: values of SciPy, and derivatives."""

import numpy as np
import pytest
import scipy.spatial

from autograd import Tensor, deriv, grad, hessian_vector_product, jacobian, jit, vmap
from autograd.errors import AutogradError, ShapeError
from autograd.scipy import spatial
from autograd.scipy.spatial.transform import Rotation, Slerp

RANDOM = np.random.default_rng(8)
X, Y = RANDOM.uniform(0.2, 2.0, (4, 3)), RANDOM.uniform(0.2, 2.0, (5, 3))
W = np.array([0.5, 1.3, 0.9])
VI = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 1.1]])
METRICS = [
    *((m, {}) for m in ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "canberra", "braycurtis", "cosine", "correlation")),
    *((m, {"w": W}) for m in ("euclidean", "sqeuclidean", "cityblock", "canberra", "braycurtis", "cosine", "correlation")),
    ("minkowski", {"p": 3}), ("minkowski", {"p": 1.5, "w": W}), ("seuclidean", {}), ("seuclidean", {"V": W}),
    ("mahalanobis", {"VI": VI}), ("jensenshannon", {}),
]  # fmt: skip


def slope(f, p, direction, h=1e-3):
    near, far = (f(p + k * h * direction) - f(p - k * h * direction) for k in (1, 2))
    return (8 * near - far) / (12 * h)


def assert_derivatives(f, p):
    direction = np.random.default_rng(1).normal(size=p.shape) * 0.1
    expected = slope(f, p, direction)
    assert np.sum(grad(f)(p) * direction) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    assert deriv(lambda s: f(p + s * direction))(0.0) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    found, expected = hessian_vector_product(f)(p, direction), slope(grad(f), p, direction)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("metric", "options"), METRICS)
def test_distances_match_scipy(metric, options):
    ours, theirs = spatial.distance, scipy.spatial.distance
    np.testing.assert_allclose(
        ours.cdist(Tensor(X), Y, metric, **options).data,
        theirs.cdist(X, Y, metric, **options),
        rtol=1e-10,
    )
    np.testing.assert_allclose(
        ours.pdist(Tensor(X), metric, **options).data,
        theirs.pdist(X, metric, **options),
        rtol=1e-10,
    )

    def total(p):
        x, y = np.reshape(p[:12], X.shape), np.reshape(p[12:27], Y.shape)
        return np.sum(np.sin(ours.cdist(x, y, metric, **options))) + np.sum(
            ours.pdist(x, metric, **options) ** 2
        )

    assert_derivatives(total, np.concatenate([X.ravel(), Y.ravel()]))
    if metric not in ("seuclidean",) or options:
        f, g = getattr(ours, metric), getattr(theirs, metric)
        assert f(Tensor(X[0]), Y[0], **options).data == pytest.approx(g(X[0], Y[0], **options))


def test_distances_of_equal_points_and_by_parameters():
    assert np.isfinite(grad(lambda x: np.sum(spatial.distance.cdist(x, x)))(X)).all()
    assert np.isfinite(
        grad(lambda x: np.sum(spatial.distance.cdist(x, X, "minkowski", p=3)))(X)
    ).all()
    assert_derivatives(lambda w: np.sum(spatial.distance.cdist(X, Y, w=w)), W)
    assert_derivatives(lambda v: np.sum(spatial.distance.cdist(X, Y, "mahalanobis", VI=v)), VI)
    assert_derivatives(
        lambda x: np.sum(spatial.distance.squareform(spatial.distance.pdist(x)) ** 3), X
    )
    np.testing.assert_allclose(
        spatial.distance.pdist(Tensor(X), lambda u, v: np.sum((u - v) ** 4)).data,
        scipy.spatial.distance.pdist(X, lambda u, v: np.sum((u - v) ** 4)),
    )
    p, q = X[0], Y[0]
    found = spatial.distance.jensenshannon(Tensor(p), q, 2.0).data
    assert found == pytest.approx(scipy.spatial.distance.jensenshannon(p, q, 2.0))
    kernel = lambda x: np.sum(np.exp(-spatial.distance.cdist(x, Y, "sqeuclidean")))  # noqa: E731
    np.testing.assert_allclose(jit(grad(kernel))(X), grad(kernel)(X))
    np.testing.assert_allclose(vmap(grad(kernel))(np.stack([X, 2 * X]))[1], grad(kernel)(2 * X))
    np.testing.assert_allclose(
        spatial.distance_matrix(Tensor(X), Y).data, scipy.spatial.distance_matrix(X, Y)
    )


THEIRS = scipy.spatial.transform.Rotation
QUATERNIONS = RANDOM.normal(size=(5, 4))
VECTORS = RANDOM.normal(size=(5, 3))
TO = {
    "as_matrix": lambda r: r.as_matrix(), "as_rotvec": lambda r: r.as_rotvec(), "as_mrp": lambda r: r.as_mrp(),
    "as_quat": lambda r: r.as_quat(canonical=True), "magnitude": lambda r: r.magnitude(),
    **{seq: lambda r, seq=seq: r.as_euler(seq) for seq in ("xyz", "ZXY", "zxz", "YXY", "zyx")},
    "apply": lambda r: r.apply(VECTORS), "inverse": lambda r: r.apply(VECTORS, inverse=True),
    "inv": lambda r: (r.inv() * r[::-1]).as_matrix(), "power": lambda r: r[0].__pow__(0.25).as_matrix(),
    "mean": lambda r: r.mean().as_matrix(), "parts": lambda r: r[1:3].as_rotvec(degrees=True),
}  # fmt: skip
FROM = {
    "from_quat": (lambda cls, x: cls.from_quat(x), QUATERNIONS), "from_rotvec": (lambda cls, x: cls.from_rotvec(x), VECTORS),
    "from_mrp": (lambda cls, x: cls.from_mrp(x), VECTORS), "xyz": (lambda cls, x: cls.from_euler("xyz", x), VECTORS),
    "ZXZ": (lambda cls, x: cls.from_euler("ZXZ", x * 50, degrees=True), VECTORS), "zy": (lambda cls, x: cls.from_euler("zy", x[:, :2]), VECTORS),
    "x": (lambda cls, x: cls.from_euler("x", x[:, :1]), VECTORS),
    "first": (lambda cls, x: cls.from_quat(x, scalar_first=True), QUATERNIONS),
}  # fmt: skip


@pytest.mark.parametrize("name", TO)
def test_rotations_to_other_forms(name):
    expected = TO[name](THEIRS.from_quat(QUATERNIONS))
    found = TO[name](Rotation.from_quat(Tensor(QUATERNIONS)))
    np.testing.assert_allclose(found.data, expected, rtol=1e-10, atol=1e-12)
    assert_derivatives(lambda q: np.sum(np.sin(TO[name](Rotation.from_quat(q)))), QUATERNIONS)


@pytest.mark.parametrize("name", FROM)
def test_rotations_from_other_forms(name):
    make, x = FROM[name]
    np.testing.assert_allclose(
        make(Rotation, Tensor(x)).as_matrix().data, make(THEIRS, x).as_matrix(), atol=1e-12
    )
    assert_derivatives(lambda x: np.sum(np.sin(make(Rotation, x).as_matrix())), x)


def test_rotations_from_matrices():
    turn = lambda v: Rotation.from_matrix(Rotation.from_rotvec(v).as_matrix()).as_rotvec()  # noqa: E731
    for v in (
        *VECTORS,
        np.array([3.0, 0.1, 0.2]),
        np.array([0.1, 3.0, 0.1]),
        np.array([0.1, 0.2, 3.0]),
    ):
        np.testing.assert_allclose(jacobian(turn)(v), np.eye(3), atol=1e-9)
    np.testing.assert_allclose(Rotation.from_matrix(np.eye(3) * 2.0).as_matrix(), np.eye(3))
    with pytest.raises(AutogradError, match="must be orthogonal"):
        Rotation.from_matrix(Tensor(2 * np.eye(3)))


def test_derivatives_are_smooth_at_the_identity():
    roundtrip = lambda v: Rotation.from_rotvec(v).as_rotvec()  # noqa: E731
    for v in (np.zeros(3), 1e-9 * np.ones(3), 0.03 * np.ones(3)):
        np.testing.assert_allclose(jacobian(roundtrip)(v), np.eye(3), atol=1e-12)
    second = jacobian(jacobian(lambda v: Rotation.from_rotvec(v).apply([1.0, 2.0, 3.0])))(
        np.zeros(3)
    )
    near = jacobian(jacobian(lambda v: Rotation.from_rotvec(v).apply([1.0, 2.0, 3.0])))(
        1e-4 * np.ones(3)
    )
    np.testing.assert_allclose(second, near, atol=1e-3)


def test_rotations_between_rotations():
    times, at = np.array([0.0, 1.0, 2.5, 3.0, 4.0]), np.array([0.0, 0.3, 1.7, 4.0])
    expected = scipy.spatial.transform.Slerp(times, THEIRS.from_quat(QUATERNIONS))(at).as_matrix()
    found = Slerp(times, Rotation.from_quat(Tensor(QUATERNIONS)))(at).as_matrix()
    np.testing.assert_allclose(found.data, expected, atol=1e-12)
    assert_derivatives(
        lambda t: np.sum(np.sin(Slerp(times, Rotation.from_quat(QUATERNIONS))(t).as_matrix())),
        at[1:3],
    )
    assert_derivatives(
        lambda q: np.sum(np.sin(Slerp(times, Rotation.from_quat(q))(at).as_matrix())), QUATERNIONS
    )


def test_bad_input_of_distances_and_rotations():
    for call, kind, message in (
        (lambda: spatial.distance.cdist(Tensor(X), Y[:, :2]), ShapeError, "equally many columns"),
        (
            lambda: spatial.distance.cdist(Tensor(X), Y, "jaccard"),
            AutogradError,
            "no derivative rule",
        ),
        (
            lambda: Rotation.from_euler("xyz", [0.1, np.pi / 2, 0.2]).as_euler("xyz"),
            AutogradError,
            "gimbal lock",
        ),
        (lambda: Rotation.from_quat(np.zeros(4)), ValueError, "zero norm"),
        (lambda: Rotation.from_quat(np.ones(3)), ShapeError, "four numbers"),
        (lambda: Rotation.from_euler("xq", [0.1, 0.2]), ValueError, "seq"),
        (lambda: Slerp([0.0, 1.0], Rotation.identity(2))(2.0), ValueError, "within the range"),
    ):
        with pytest.raises(kind, match=message):
            call()
