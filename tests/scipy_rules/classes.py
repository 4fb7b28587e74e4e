"""A call of every class of SciPy that takes numbers, as a function of the module and of one number.

``CASES`` maps the public name of a class, and what moves, to a function of SciPy's module or ours and
of a number, by which an argument moves.
"""

import numpy as np

X, Y, W = np.arange(6.0), np.array([0.3, -0.4, 0.9, 1.1, 0.2, -0.5]), np.linspace(0.5, 1.5, 6)
KNOTS = np.array([0.0, 0.0, 0.0, 2.5, 5.0, 5.0, 5.0])
INNER = 1.0 * (KNOTS == 2.5)
PLACES = np.array([[0.0, 0.0], [1.0, 0.1], [0.1, 1.0], [1.0, 1.0], [0.4, 0.6], [0.7, 0.2]])
GRID = np.sin(X[:, None] + 0.3 * X**2)
SQUARE = np.array([[2.0, 0.5, 0.0], [0.5, 3.0, 0.4], [0.0, 0.4, 1.5]])
TURN = np.array([0.1, 0.4, -0.2])
A, B = np.array([[0.2, 1.0], [-0.5, -0.3]]), np.array([[0.4], [1.0]])
C, D = np.array([[1.0, 0.3]]), np.array([[0.2]])


def fall(t, y):
    return -y


def along(x, t):
    """Move an array."""
    return x + t * np.cos(np.arange(np.size(x)).reshape(np.shape(x)))


def curve(name, *last, **keywords):
    """A curve through values: its places, values and where it is asked for move."""
    return {
        f"{name}, places": lambda m, t: getattr(m, name)(along(X, t), Y, *last, **keywords)(2.3),
        f"{name}, values": lambda m, t: getattr(m, name)(X, along(Y, t), *last, **keywords)(2.3),
        f"{name}, at": lambda m, t: getattr(m, name)(X, Y, *last, **keywords)(2.3 + t),
    }


def scattered(name, *last):
    """A function through values at places in the plane."""

    def at(m, places, values, point):
        return getattr(m, name)(places, values, *last)(point)

    point = np.array([[0.5, 0.4]])
    return {
        f"{name}, places": lambda m, t: at(m, along(PLACES, t), Y, point),
        f"{name}, values": lambda m, t: at(m, PLACES, along(Y, t), point),
        f"{name}, at": lambda m, t: at(m, PLACES, Y, along(point, t)),
    }


def pieces(name, c, x, at):
    """A function given by coefficients and knots."""
    return {
        f"{name}, coefficients": lambda m, t: getattr(m, name)(along(c, t), x)(at),
        f"{name}, knots": lambda m, t: getattr(m, name)(c, (along(x[0], t),) if isinstance(x, tuple) else along(x, t))(at),
        f"{name}, at": lambda m, t: getattr(m, name)(c, x)(along(np.asarray(at), t)),
    }  # fmt: skip


def surface(name, *last, **keywords):
    """A surface over a grid or scattered places."""
    is_grid = name.startswith("Rect")
    x, y = (
        (X + 0.2, X[:6] + 0.2) if is_grid else (np.tile(X, 6) / 5 + 0.2, np.repeat(X, 6) / 5 + 0.2)
    )
    z = GRID if is_grid else np.ravel(GRID)
    if "Sphere" in name:
        x, y = x / 3, y / 2

    def at(m, x, y, z, point):
        return getattr(m, name)(x, y, z, *last, **keywords)(point, 0.7)

    return {
        f"{name}, places": lambda m, t: at(m, along(x, t), y, z, 0.6),
        f"{name}, values": lambda m, t: at(m, x, y, along(z, t), 0.6),
        f"{name}, at": lambda m, t: at(m, x, y, z, 0.6 + t),
    }  # fmt: skip


INTERPOLATE = {
    **curve("AAA"), **curve("Akima1DInterpolator"), **curve("BarycentricInterpolator"), **curve("CubicSpline"),
    **curve("FloaterHormannInterpolator"), **curve("InterpolatedUnivariateSpline"), **curve("KroghInterpolator"),
    **curve("LSQUnivariateSpline", [2.5]), **curve("PchipInterpolator"), **curve("UnivariateSpline"),
    **curve("interp1d"), **curve("CubicHermiteSpline", W), **curve("Rbf"),
    **scattered("LinearNDInterpolator"), **scattered("CloughTocher2DInterpolator"),
    **scattered("NearestNDInterpolator"), **scattered("RBFInterpolator"),
    **pieces("PPoly", GRID[:3, :5], X, 2.3), **pieces("BPoly", GRID[:3, :5], X, 2.3),
    **pieces("NdPPoly", GRID[:3, :5], (X,), np.array([[2.3]])),
    "BSpline, knots": lambda m, t: m.BSpline(KNOTS + t * INNER, Y[:4], 2)(2.3),
    "BSpline, values": lambda m, t: m.BSpline(KNOTS, along(Y[:4], t), 2)(2.3),
    "BSpline, at": lambda m, t: m.BSpline(KNOTS, Y[:4], 2)(2.3 + t),
    "NdBSpline, knots": lambda m, t: m.NdBSpline((KNOTS + t * INNER,), Y[:4], 2)([[2.3]]),
    "NdBSpline, values": lambda m, t: m.NdBSpline((KNOTS,), along(Y[:4], t), 2)([[2.3]]),
    "NdBSpline, at": lambda m, t: m.NdBSpline((KNOTS,), Y[:4], 2)(along(np.array([[2.3]]), t)),
    "RegularGridInterpolator, values": lambda m, t: m.RegularGridInterpolator((X, X), along(GRID, t))([[0.3, 2.2]]),
    "RegularGridInterpolator, at": lambda m, t: m.RegularGridInterpolator((X, X), GRID)(along(np.array([[0.3, 2.2]]), t)),
    **surface("RectBivariateSpline"), **surface("RectSphereBivariateSpline"), **surface("SmoothBivariateSpline"),
    **surface("SmoothSphereBivariateSpline", s=9.0), **surface("LSQBivariateSpline", [0.7], [0.7]),
    **surface("LSQSphereBivariateSpline", [0.5], [0.5]),
}  # fmt: skip
INTEGRATE = {
    **{
        f"{name}, start": lambda m, t, name=name: getattr(m, name)(fall, 0.0, along(np.ones(2), t), 1.0).y
        for name in ("RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA")
    },
    **{
        f"{name}, stepped": lambda m, t, name=name: stepped(getattr(m, name)(lambda s, y: -y * (1.0 + t), 0.0, np.ones(2), 1.0))
        for name in ("RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA")
    },
    "ode": lambda m, t: m.ode(fall).set_initial_value(along(np.ones(2), t), 0.0).integrate(1.0),
    "ode, function": lambda m, t: m.ode(lambda s, y: -y * (1.0 + t)).set_initial_value(np.ones(2), 0.0).integrate(1.0),
    "complex_ode": lambda m, t: m.complex_ode(fall).set_initial_value(along(np.ones(2), t), 0.0).integrate(1.0),
    "OdeSolution": lambda m, t: m.OdeSolution(along(np.array([0.0, 1.0]), t), [lambda s: s]).t_max,
}  # fmt: skip
OPTIMIZE = {
    "Bounds": lambda m, t: m.minimize(lambda x: np.sum((x - 3.0) ** 2), [0.0], bounds=m.Bounds(-1.0, 1.0 + t)).x,
    "LinearConstraint": lambda m, t: m.minimize(
        lambda x: np.sum((x - 3.0) ** 2), [0.0, 0.0], constraints=m.LinearConstraint(along(np.ones((1, 2)), t), -9.0, 1.0)
    ).x,
    "LinearConstraint, limit": lambda m, t: m.minimize(
        lambda x: np.sum((x - 3.0) ** 2), [0.0, 0.0], constraints=m.LinearConstraint(np.ones((1, 2)), -9.0, 1.0 + t)
    ).x,
    "NonlinearConstraint": lambda m, t: m.minimize(
        lambda x: np.sum((x - 3.0) ** 2), [0.0, 0.0], constraints=m.NonlinearConstraint(lambda x: x[0] ** 2 + x[1] * (1.0 + t), -9.0, 1.0)
    ).x,
    "LbfgsInvHessProduct": lambda m, t: m.LbfgsInvHessProduct(along(SQUARE, t), SQUARE) @ np.ones(3),
    "BFGS": lambda m, t: updated(m.BFGS(), along(np.ones(2), t)),
    "SR1": lambda m, t: updated(m.SR1(), along(np.ones(2), t)),
    "BroydenFirst": lambda m, t: m.BroydenFirst(alpha=0.5 + t).alpha,
}  # fmt: skip
SIGNAL = {
    "CZT": lambda m, t: m.CZT(6, 4)(along(Y, t)),
    "CZT, points": lambda m, t: m.CZT(6, 4, a=1.0 + t)(Y),
    "ZoomFFT": lambda m, t: m.ZoomFFT(6, 0.5, 4)(along(Y, t)),
    "ZoomFFT, range": lambda m, t: m.ZoomFFT(6, 0.5 + t, 4)(Y),
    "ShortTimeFFT": lambda m, t: m.ShortTimeFFT(W, 2, 1.0).stft(np.concatenate([along(Y, t), Y])),
    "ShortTimeFFT, window": lambda m, t: m.ShortTimeFFT(along(W, t), 2, 1.0).stft(np.concatenate([Y, Y])),
    **{
        f"{name}, {place}": lambda m, t, name=name, place=place: getattr(m, name)(
            *[along(x, t) if i == place else x for i, x in enumerate((A, B, C, D))]
        ).to_tf().num
        for name in ("StateSpace", "lti", "dlti") for place in range(4)
    },
    "TransferFunction": lambda m, t: m.TransferFunction(along(np.array([1.0, 2.0]), t), [1.0, 3.0, 2.0]).to_zpk().zeros,
    "TransferFunction, poles": lambda m, t: m.TransferFunction([1.0, 2.0], along(np.array([1.0, 3.0, 2.0]), t)).to_zpk().poles,
    "ZerosPolesGain": lambda m, t: m.ZerosPolesGain(along(np.array([1.0]), t), [-1.0, -2.0], 2.0).to_tf().num,
    "ZerosPolesGain, gain": lambda m, t: m.ZerosPolesGain([1.0], [-1.0, -2.0], 2.0 + t).to_tf().num,
    "lti, response": lambda m, t: m.lti([1.0], [1.0, 2.0]).output(along(Y, t), X)[1],
}  # fmt: skip
SPARSE = {
    **{
        f"{name}, {use}": lambda m, t, name=name, use=use: getattr(m, name)(along(SQUARE, t) if use == "data" else SQUARE) @ (
            np.ones(3) if use == "data" else along(np.ones(3), t)
        )
        for kind in ("array", "matrix") for form in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
        for name in [f"{form}_{kind}"] for use in ("data", "product")
    },
    "csr_array, parts": lambda m, t: m.csr_array((along(Y, t), (np.arange(6), np.arange(6)[::-1]))) @ np.ones(6),
    "csr_array, multiply": lambda m, t: m.csr_array(SQUARE).multiply(along(SQUARE, t)),
    "csr_array, assigned": lambda m, t: assigned(m.lil_array(SQUARE), t),
}  # fmt: skip
SPARSE_LINALG = {
    "LinearOperator": lambda m, t: m.LinearOperator((3, 3), matvec=lambda x: along(SQUARE, t) @ x).matvec(np.ones(3)),
    "LinearOperator, vector": lambda m, t: m.aslinearoperator(SQUARE).matvec(along(np.ones(3), t)),
    "LaplacianNd": lambda m, t: m.LaplacianNd((3,)) @ along(np.ones(3), t),
}  # fmt: skip
SPATIAL = {
    "ConvexHull": lambda m, t: m.ConvexHull(along(PLACES, t)).volume,
    "Delaunay": lambda m, t: m.Delaunay(along(PLACES, t)).transform,
    "Delaunay, found": lambda m, t: m.Delaunay(PLACES).find_simplex(along(np.array([0.5, 0.4]), t)),
    "HalfspaceIntersection": lambda m, t: m.HalfspaceIntersection(
        along(np.array([[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [1.0, 1.0, -1.0]]), t), np.array([0.2, 0.2])
    ).intersections,
    "KDTree": lambda m, t: m.KDTree(along(PLACES, t)).query([0.2, 0.3])[0],
    "KDTree, query": lambda m, t: m.KDTree(PLACES).query(along(np.array([0.2, 0.3]), t))[0],
    "cKDTree": lambda m, t: m.cKDTree(along(PLACES, t)).query([0.2, 0.3])[0],
    "cKDTree, query": lambda m, t: m.cKDTree(PLACES).query(along(np.array([0.2, 0.3]), t))[0],
    "Rectangle": lambda m, t: m.Rectangle([1.0, 1.0 + t], [0.0, 0.0]).volume(),
    "SphericalVoronoi": lambda m, t: m.SphericalVoronoi(along(np.vstack([np.eye(3), -np.eye(3)]), t)).vertices,
    "Voronoi": lambda m, t: m.Voronoi(along(PLACES, t)).vertices,
}  # fmt: skip
TRANSFORM = {
    "Rotation": lambda m, t: m.Rotation.from_rotvec(along(TURN, t)).as_matrix(),
    "Rotation, quaternion": lambda m, t: m.Rotation(along(np.array([0.1, 0.2, 0.3, 0.9]), t)).as_rotvec(),
    "Rotation, applied": lambda m, t: m.Rotation.from_rotvec(TURN).apply(along(np.ones(3), t)),
    "Slerp": lambda m, t: m.Slerp([0.0, 1.0], m.Rotation.from_rotvec([TURN, 2 * TURN]))(0.4 + t).as_rotvec(),
    "Slerp, times": lambda m, t: m.Slerp([0.0, 1.0 + t], m.Rotation.from_rotvec([TURN, 2 * TURN]))(0.4).as_rotvec(),
    "RotationSpline": lambda m, t: m.RotationSpline([0.0, 1.0, 2.0], m.Rotation.from_rotvec([TURN, 2 * TURN, TURN]))(0.4 + t).as_rotvec(),
    "RigidTransform": lambda m, t: m.RigidTransform.from_translation(along(TURN, t)).apply(np.ones(3)),
    "RigidTransform, applied": lambda m, t: m.RigidTransform.from_translation(TURN).apply(along(np.ones(3), t)),
}  # fmt: skip
STATS = {
    "Normal": lambda m, t: m.Normal(mu=0.3 + t, sigma=1.4).logpdf(0.7),
    "Normal, scale": lambda m, t: m.Normal(mu=0.3, sigma=1.4 + t).cdf(0.7),
    "Normal, at": lambda m, t: m.Normal(mu=0.3, sigma=1.4).pdf(0.7 + t),
    "Uniform": lambda m, t: m.Uniform(a=0.0, b=1.4 + t).pdf(0.7),
    "Uniform, at": lambda m, t: m.Uniform(a=0.0, b=1.4).cdf(0.7 + t),
    "Logistic, at": lambda m, t: m.Logistic().logcdf(0.7 + t),
    "Binomial": lambda m, t: m.Binomial(n=5, p=0.4 + t).pmf(2),
    "Mixture": lambda m, t: m.Mixture([m.Normal(mu=0.0, sigma=1.0), m.Normal(mu=1.0, sigma=1.0)], weights=[0.4 + t, 0.6 - t]).pdf(0.3),
    "Mixture, at": lambda m, t: m.Mixture([m.Normal(mu=0.0, sigma=1.0), m.Normal(mu=1.0, sigma=1.0)]).pdf(0.3 + t),
    "CensoredData": lambda m, t: m.expon.fit(m.CensoredData(along(W, t)))[1],
    "Covariance": lambda m, t: m.Covariance.from_diagonal(along(np.ones(3), t)).whiten(np.ones(3)),
    "Covariance, whitened": lambda m, t: m.Covariance.from_diagonal(np.ones(3)).whiten(along(np.ones(3), t)),
    "gaussian_kde": lambda m, t: m.gaussian_kde(along(Y, t))(0.4),
    "gaussian_kde, at": lambda m, t: m.gaussian_kde(Y)(0.4 + t),
    "rv_histogram": lambda m, t: m.rv_histogram((along(W[:3], t), X[:4])).pdf(1.3),
    "rv_histogram, at": lambda m, t: m.rv_histogram((W[:3], X[:4])).cdf(1.3 + t),
    "rv_discrete": lambda m, t: m.rv_discrete(values=([0, 1], [0.4 + t, 0.6 - t])).pmf(1),
}  # fmt: skip

CASES = {
    "integrate": INTEGRATE, "interpolate": INTERPOLATE, "optimize": OPTIMIZE, "signal": SIGNAL, "sparse": SPARSE,
    "sparse.linalg": SPARSE_LINALG, "spatial": SPATIAL, "spatial.transform": TRANSFORM, "stats": STATS,
}  # fmt: skip


def stepped(solver):
    while solver.status == "running":
        solver.step()
    return solver.y


def updated(strategy, step):
    strategy.initialize(2, "hess")
    strategy.update(step, np.array([1.0, 2.0]))
    return strategy.get_matrix()


def assigned(matrix, t):
    matrix[0, 1] = 1.0 + t
    return matrix.tocsr()
