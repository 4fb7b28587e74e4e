"""`scipy.spatial.distance` with derivatives by both points, and by weights and matrices."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.spatial.distance as _original
import scipy.special as sp

from autograd.engine.dispatch import plain as _plain
from autograd.errors import OptionError as _OptionError
from autograd.errors import ShapeError as _ShapeError
from autograd.rules.elementwise import where as _where
from autograd.scipy.fallback import has_node as _has_node
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.fallback import recorded as _recorded
from autograd.scipy.lists import take_lists as _take_lists
from autograd.scipy.stats.families import number as _number

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.spatial.distance")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


def _sum(x: Any, w: Any) -> Any:
    return np.sum(x if w is None else x * w, axis=-1)


def _ratio(a: Any, b: Any) -> Any:
    """Return a / b, and 0 where both are 0."""
    none = (_plain(a) == 0) & (_plain(b) == 0)
    return _where(none, 0.0, a / _where(none, 1.0, b))


def _length(s: Any) -> Any:
    """Return the root of a sum of squares; its derivative at 0 is taken to be 0."""
    none = _plain(s) == 0
    return _where(none, 0.0, np.sqrt(_where(none, 1.0, s)))


def _of_minkowski(u: Any, v: Any, w: Any, p: float = 2.0) -> Any:
    if p == math.inf:
        return _of_chebyshev(u, v, w)
    total = _sum(np.abs(u - v) ** p, w)
    none = _plain(total) == 0
    return _where(none, 0.0, _where(none, 1.0, total) ** (1 / p))


def _of_chebyshev(u: Any, v: Any, w: Any) -> Any:
    steps = np.abs(u - v)
    return np.max(steps if w is None else _where(_plain(w) > 0, steps, 0.0), axis=-1)


def _of_cosine(u: Any, v: Any, w: Any) -> Any:
    return 1 - _sum(u * v, w) / np.sqrt(_sum(u * u, w) * _sum(v * v, w))


def _of_correlation(u: Any, v: Any, w: Any) -> Any:
    total = np.shape(u)[-1] if w is None else np.sum(w)
    u, v = (x - (_sum(x, w) / total)[..., None] for x in (u, v))
    return _of_cosine(u, v, w)


def _of_mahalanobis(u: Any, v: Any, w: Any, VI: Any) -> Any:  # noqa: N803
    steps = u - v
    return _length(np.sum((steps @ VI) * steps, axis=-1))


def _of_jensenshannon(u: Any, v: Any, w: Any, base: Any = None) -> Any:
    u, v = (x / np.sum(x, axis=-1, keepdims=True) for x in (u, v))
    middle = (u + v) / 2
    total = np.sum(sp.rel_entr(u, middle) + sp.rel_entr(v, middle), axis=-1) / 2
    none = _plain(total) <= 0
    y = _where(none, 0.0, np.sqrt(_where(none, 1.0, total)))
    return y if base is None else y / math.sqrt(math.log(base))


#: The distance of two arrays of points, in the last axis, with weights or None.
_METRICS: dict[str, Callable[..., Any]] = {
    "euclidean": lambda u, v, w: _length(_sum((u - v) ** 2, w)),
    "sqeuclidean": lambda u, v, w: _sum((u - v) ** 2, w),
    "seuclidean": lambda u, v, w, V: _length(_sum((u - v) ** 2 / V, w)),  # noqa: N803
    "cityblock": lambda u, v, w: _sum(np.abs(u - v), w),
    "chebyshev": _of_chebyshev,
    "minkowski": _of_minkowski,
    "canberra": lambda u, v, w: _sum(_ratio(np.abs(u - v), np.abs(u) + np.abs(v)), w),
    "braycurtis": lambda u, v, w: _sum(np.abs(u - v), w) / _sum(np.abs(u + v), w),
    "cosine": _of_cosine,
    "correlation": _of_correlation,
    "mahalanobis": _of_mahalanobis,
    "jensenshannon": _of_jensenshannon,
}
_NAMES = {
    "euclid": "euclidean", "eu": "euclidean", "e": "euclidean", "sqe": "sqeuclidean",
    "sqeuclid": "sqeuclidean", "se": "seuclidean", "s": "seuclidean", "cblock": "cityblock",
    "cb": "cityblock", "c": "cityblock", "manhattan": "cityblock", "cheby": "chebyshev",
    "cheb": "chebyshev", "ch": "chebyshev", "mi": "minkowski", "m": "minkowski", "cos": "cosine",
    "co": "correlation", "mahal": "mahalanobis", "mahalanob": "mahalanobis", "mah": "mahalanobis",
    "js": "jensenshannon",
}  # fmt: skip


def _between(metric: Any, u: Any, v: Any, points: Any, options: dict[str, Any]) -> Any:
    """Return distances by a metric; `points` are all of them, for what it takes from the data."""
    if callable(metric):
        name = str(getattr(metric, "__name__", ""))
        if getattr(_original, name, None) is not metric and globals().get(name) is not metric:
            return None
        metric = name
    name = _NAMES.get(metric.lower(), metric.lower())
    if name not in _METRICS:
        raise _OptionError(
            f"metric={metric!r} has no derivative rule for nodes. Use one of {', '.join(_METRICS)}."
        )
    given = {k: x for k, x in options.items() if x is not None}
    w = given.pop("w", None)
    if name == "seuclidean" and "V" not in given:
        given["V"] = np.var(points, axis=0, ddof=1)
    if name == "mahalanobis" and "VI" not in given:
        given["VI"] = np.linalg.inv(np.atleast_2d(np.cov(np.swapaxes(points, 0, 1))))
    return _METRICS[name](u, v, w, **given)


def cdist(XA: Any, XB: Any, metric: Any = "euclidean", *, out: Any = None, **options: Any) -> Any:  # noqa: N803
    """Return the distances between all rows of two matrices; see `scipy.spatial.distance.cdist`.

    Parameters
    ----------
    XA, XB : array_like
        Points in rows.
    metric : str or callable
        The metric, of numbers: those of booleans have no derivative. A function gets two vectors.
    out : None
        As for SciPy; for nodes None.
    **options
        ``w``, ``p``, ``V``, ``VI`` or ``base``, as for SciPy; weights and matrices may be nodes.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.spatial.distance import cdist
    >>> origin = np.zeros((1, 2))
    >>> grad(lambda x: np.sum(cdist(x, origin)))(np.array([[3.0, 4.0]]))
    array([[0.6, 0.8]])
    """
    if not _has_node(XA, XB, options) and not (callable(metric) and out is None):
        more = {} if out is None else {"out": out}
        return _recorded(_original.cdist)(XA, XB, metric, **more, **options)
    a, b = _matrices(XA, XB)
    points = np.concatenate([a, b]) if _needs_points(metric) else None
    found = _between(metric, a[:, None, :], b[None, :, :], points, options)
    if found is None:
        rows = [
            [metric(a[i], b[j], **options) for j in range(np.shape(b)[0])]
            for i in range(np.shape(a)[0])
        ]
        found = _stacked(rows)
    return found


def pdist(X: Any, metric: Any = "euclidean", *, out: Any = None, **options: Any) -> Any:  # noqa: N803
    """Return the distances between the rows of a matrix; see `scipy.spatial.distance.pdist`.

    Parameters
    ----------
    X : array_like
        Points in rows.
    metric, out, **options
        As for `cdist`.
    """
    if not _has_node(X, options) and not (callable(metric) and out is None):
        more = {} if out is None else {"out": out}
        return _recorded(_original.pdist)(X, metric, **more, **options)
    a, _ = _matrices(X, X)
    first, second = np.triu_indices(np.shape(a)[0], 1)
    found = _between(metric, a[first], a[second], a, options)
    if found is None:
        pairs = zip(first, second, strict=True)
        found = _stacked([metric(a[i], a[j], **options) for i, j in pairs])
    return found


def _needs_points(metric: Any) -> bool:
    return not callable(metric)


def _stacked(rows: list[Any]) -> Any:
    if rows and isinstance(rows[0], list):
        return np.stack([np.stack(row) for row in rows])
    return np.stack(rows) if rows else np.zeros(0)


def _matrices(a: Any, b: Any) -> tuple[Any, Any]:
    a, b = _number(a), _number(b)
    if np.ndim(a) != 2 or np.ndim(b) != 2 or np.shape(a)[1] != np.shape(b)[1]:
        raise _ShapeError(
            f"Points must be the rows of matrices with equally many columns; the shapes are "
            f"{np.shape(a)} and {np.shape(b)}."
        )
    return a, b


def squareform(X: Any, force: str = "no", checks: bool = True) -> Any:  # noqa: N803
    """Turn a vector of distances into a symmetric matrix, or back; see `squareform`."""
    if not _has_node(X):
        return _original.squareform(X, force, checks)
    x = _number(X)
    _original.squareform(_plain(x), force, checks)  # for SciPy's errors
    if np.ndim(x) == 0:
        raise _ShapeError("squareform needs a vector or a matrix, not one number.")
    if np.ndim(x) == 2:
        return x[np.triu_indices(np.shape(x)[0], 1)]
    n = math.isqrt(2 * np.shape(x)[0]) + 1
    source = np.zeros((n, n), int)
    source[np.triu_indices(n, 1)] = np.arange(1, np.shape(x)[0] + 1)
    return np.concatenate([np.zeros(1, x.dtype), x])[source + source.T]


def _of_vectors(name: str, *parameters: str) -> Callable[..., Any]:
    """Return the distance of two vectors, which takes these parameters after them."""
    original = getattr(_original, name)

    def distance(u: Any, v: Any, *more: Any, **options: Any) -> Any:
        options.update(zip(parameters, more, strict=False))
        if not _has_node(u, v, options):
            return _recorded(original)(u, v, **options)
        u, v = _number(u), _number(v)
        if np.ndim(u) != 1 or np.shape(u) != np.shape(v):
            raise _ShapeError(
                f"{name} needs vectors of one length, not {np.shape(u)}, {np.shape(v)}."
            )
        if name == "mahalanobis" and "VI" not in options:
            raise TypeError("mahalanobis() missing 1 required positional argument: 'VI'")
        return _between(name, u, v, None, options)

    distance.__name__ = distance.__qualname__ = name
    distance.__doc__ = f"Return the distance of two vectors; see `scipy.spatial.distance.{name}`."
    return distance


euclidean, sqeuclidean, cityblock = (
    _of_vectors(n, "w") for n in ("euclidean", "sqeuclidean", "cityblock")
)
chebyshev, canberra, braycurtis = (
    _of_vectors(n, "w") for n in ("chebyshev", "canberra", "braycurtis")
)
cosine = _of_vectors("cosine", "w")
minkowski, seuclidean = _of_vectors("minkowski", "p", "w"), _of_vectors("seuclidean", "V")
mahalanobis, jensenshannon = _of_vectors("mahalanobis", "VI"), _of_vectors("jensenshannon", "base")


def correlation(u: Any, v: Any, w: Any = None, centered: bool = True) -> Any:
    """Return the distance of two vectors; see `scipy.spatial.distance.correlation`."""
    if not _has_node(u, v, w):
        return _original.correlation(u, v, w, centered)
    return (_of_correlation if centered else _of_cosine)(_number(u), _number(v), w)


_take_lists(globals(), _original)
