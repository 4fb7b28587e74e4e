"""Calls for special arrays; each must do what NumPy does.

Each takes one array or Tensor. The other arguments of a function are constants: lists, tuples,
numbers of another type.
"""

import numpy as np

import autograd.rules.lazy  # noqa: F401 - fills the table of functions that have a rule
from autograd.engine.dispatch import plain
from autograd.engine.registry import DISPATCH

WORDS = {  # functions of one array that need nothing else
    np: (
        "negative positive square reciprocal exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan "
        "arcsin arccos arctan degrees rad2deg radians deg2rad sinh cosh tanh arcsinh arccosh arctanh "
        "absolute fabs sign floor ceil trunc rint round around spacing conjugate real imag angle modf "
        "frexp fix nan_to_num real_if_close unwrap i0 sinc "
        "sum mean var std prod max min amax amin ptp cumsum cumprod cumulative_sum cumulative_prod "
        "median average nansum nanprod nanmean nanvar nanstd nanmax nanmin nanmedian nancumsum "
        "nancumprod cov corrcoef sort unique sort_complex trim_zeros diff ediff1d trapezoid gradient "
        "vander poly polyder polyint ravel transpose squeeze flip flipud fliplr rot90 tril triu copy "
        "diag diagflat diagonal trace matrix_transpose atleast_1d atleast_2d atleast_3d meshgrid "
        "histogram_bin_edges histogram unique_values unique_all unique_counts unique_inverse unstack "
        "rollaxis"
    ),
    np.fft: "fft ifft rfft irfft hfft ihfft fftn ifftn rfftn fftshift ifftshift",
}  # fmt: skip
OVER_AXES = [
    "sum",
    "mean",
    "var",
    "std",
    "prod",
    "max",
    "min",
    "ptp",
    "median",
    "average",
    "nansum",
    "nanprod",
    "nanmean",
    "nanvar",
    "nanstd",
    "nanmax",
    "nanmin",
    "nanmedian",
]
ALONG = [
    "cumsum",
    "cumprod",
    "nancumsum",
    "nancumprod",
    "sort",
    "trapezoid",
    "gradient",
    "unwrap",
    "diff",
]
QUANTILES = ("quantile", "nanquantile", "percentile", "nanpercentile")
TWO = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "power",
    "float_power",
    "remainder",
    "fmod",
    "floor_divide",
    "arctan2",
    "hypot",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "copysign",
    "heaviside",
    "logaddexp",
    "logaddexp2",
    "nextafter",
]
REDUCING = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "logaddexp",
    "hypot",
    "power",
]
POINTS, HEIGHTS = [0.0, 0.4, 1.0], (1, 3, 2)


def by_keywords():
    """Reductions with each of their keyword arguments."""
    for name in OVER_AXES:
        for keywords in (
            {"axis": 0},
            {"axis": -1, "keepdims": True},
            {"axis": (0, 1)},
            {"axis": ()},
        ):
            yield name, keywords
        if "med" not in name and name not in ("ptp", "average"):
            first = {"initial": 0.5} if name[-3:] in ("max", "min") else {}
            yield name, {"where": [True], **first}
            yield name, {"where": False, **first}
            yield name, {"axis": -1, "where": np.array(True), **first}
    for name in ("sum", "prod", "max", "min", "nansum", "nanprod", "nanmax", "nanmin"):
        yield name, {"initial": 2.0}
        yield name, {"initial": 1, "axis": 0}
    for name in ("var", "std", "nanvar", "nanstd"):
        yield from ((name, {"ddof": n}) for n in (1, 3))
        yield name, {"correction": 1}
        yield name, {"mean": np.array([[0.5]])}
    for name in ("sum", "mean", "prod", "var", "std", "nansum", "nanmean", "nanstd", "cumsum"):
        yield from ((name, {"dtype": kind}) for kind in (np.float16, np.float32, np.float64))
    yield from ((name, {"axis": axis}) for name in ALONG for axis in (0, 1))


def quantiles():
    for name in QUANTILES:
        scale = 100 if name.endswith("percentile") else 1
        for q in (0.5, 1, [0.0, 0.25], [[0], [1]], np.float32(0.5), 2000.0):
            yield name, (q * scale if np.ndim(q) == 0 else np.multiply(q, scale).tolist())


METHODS = (
    *("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf"),
    *("hazen", "weibull", "median_unbiased", "lower", "higher", "midpoint", "nearest"),
)


def twice(t):
    return 2 * t


CALLS = {
    **{f"{n}": getattr(m, n) for m, names in WORDS.items() for n in names.split()},
    **{
        f"{n} {k}": lambda x, n=n, k=k: getattr(np, n)(x, **k)
        for n, k in by_keywords()
    },
    **{f"{n} {q!r}": lambda x, n=n, q=q: getattr(np, n)(x, q, axis=-1) for n, q in quantiles()},
    **{
        f"{n}({', '.join(['x', f'{c!r}'][::s])})": lambda x, n=n, c=c, s=s: getattr(np, n)(*(x, c)[::s])
        for n in TWO for c in (0, 2.0, [1], np.array([2]), np.float64(0.5)) for s in (1, -1)
    },
    **{f"{n}.reduce": lambda x, n=n: getattr(np, n).reduce(x) for n in REDUCING if n != "power"},
    **{f"{n}.reduce -1": lambda x, n=n: getattr(np, n).reduce(x, axis=-1, initial=2) for n in REDUCING if n != "power"},
    **{f"{n}.accumulate": lambda x, n=n: getattr(np, n).accumulate(x) for n in REDUCING},
    **{f"{n}.outer": lambda x, n=n: getattr(np, n).outer(x, [1.0, 2.0]) for n in REDUCING},
    **{f"{n}.reduceat": lambda x, n=n: getattr(np, n).reduceat(x, [0, 1]) for n in REDUCING if n != "power"},
    **{f"ravel {o}": lambda x, o=o: np.ravel(x, order=o) for o in "CFAK"},
    **{f".flatten {o}": lambda x, o=o: x.flatten(order=o) for o in "CFAK"},
    **{
        f"clip {b}": lambda x, b=b: np.clip(x, *b)
        for b in ((0.2, 0.6), (None, 0.5), (0.5, None), (0, 1), (-np.inf, np.inf), ([0.2], [0.6]), (1.0, 0.0))
    },
    **{
        f".{n} {k}": lambda x, n=n, k=k: getattr(x, n)(**k)
        for n in ("sum", "mean", "var", "std", "prod", "max", "min", "cumsum", "cumprod") for k in ({}, {"axis": 0})
    },
    **{
        f"pad {m}": lambda x, m=m: np.pad(x, 1, mode=m)
        for m in ("constant", "edge", "wrap", "reflect", "symmetric", "mean", "median", "maximum", "minimum", "linear_ramp")
    },
    **{f"pad {m} odd": lambda x, m=m: np.pad(x, 1, mode=m, reflect_type="odd") for m in ("reflect", "symmetric")},
    **{f"pad {m} 2": lambda x, m=m: np.pad(x, (0, 2), mode=m, stat_length=2) for m in ("mean", "minimum")},
    **{
        f"{n} {m} {q}": lambda x, n=n, m=m, q=q: getattr(np, n)(x, q, axis=-1, method=m)
        for n in ("quantile", "nanquantile") for m in METHODS for q in (0.3, [0, 0.5, 1])
    },
    **{f"emath.{n}": getattr(np.emath, n) for n in ("sqrt", "log", "log2", "log10", "arccos", "arcsin", "arctanh")},
    "emath.power": lambda x: np.emath.power(x, 2.5),
    "emath.power reversed": lambda x: np.emath.power([-2, 3.0], x),
    "emath.logn": lambda x: np.emath.logn(2, x),
    "sliding_window_view": lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=-1),
    "interp period": lambda x: np.interp(x, [0.3, 1.9, 0.7], [1, 3, 2], period=2),
    "interp fp period": lambda x: np.interp([0.1, 5], [0.3, 1.9, 0.7], x, period=2),
    "cov fweights": lambda x: np.cov(x, fweights=[1, 2, 1]),
    "cov aweights": lambda x: np.cov(x, aweights=[1, 2, 0.5], ddof=0),
    "cov weights": lambda x: np.cov([1.0, 2.0, 4.0], aweights=x),
    "divide into": lambda x: np.divide(1.0, x, out=np.zeros_like(x), where=x != 0),
    "sum into": lambda x: np.sum(x, axis=0, out=np.zeros_like(x[0])),
    "clip dtype": lambda x: np.clip(x, 0.2, 0.6, dtype=np.float32),
    "clip min max": lambda x: np.clip(x, min=0.2, max=0.6),
    "divmod": lambda x: np.divmod(x, 0.3),
    "divmod()": lambda x: divmod(x, 0.3),
    "divmod() reversed": lambda x: divmod(2.0, x),
    "x / 0": lambda x: x / 0,
    "x + True": lambda x: x + True,
    "x + float16": lambda x: x + np.float16(1),
    "x * int8": lambda x: x * np.array([1], np.int8),
    "x ** 0": lambda x: x**0,
    "0 ** x": lambda x: 0.0**x,
    "ldexp": lambda x: np.ldexp(x, [2]),
    "linspace": lambda x: np.linspace(x, 2, 4, retstep=True),
    "linspace list": lambda x: np.linspace([1, 2, 3], x, 3, axis=-1),
    "linspace one": lambda x: np.linspace(x, 2.0, 1, endpoint=False),
    "logspace": lambda x: np.logspace(x, 2.0, 3),
    "logspace base": lambda x: np.logspace(0.0, 1.0, 3, base=x),
    "geomspace": lambda x: np.geomspace(1.0, x, 3),
    "select": lambda x: np.select([plain(x) > 0.5, plain(x) > 0.2], [x, 2 * x], -1),
    "piecewise": lambda x: np.piecewise(x, [plain(x) > 0.5, plain(x) > 0.2], [twice, 3]),
    "piecewise size": lambda x: np.piecewise(x, [plain(x) > 0.4], [lambda t: t * np.size(t), np.sum]),
    "piecewise alone": lambda x: np.piecewise(x, plain(x) > 0.4, [1.0, twice]),
    "compress": lambda x: np.compress([True], x, axis=0),
    "extract": lambda x: np.extract(plain(x) > 0.4, x),
    "append": lambda x: np.append(x, [1, 2]),
    "delete": lambda x: np.delete(x, [0, -1]),
    "insert": lambda x: np.insert(x, 0, 5),
    "insert axis": lambda x: np.insert(x, 1, 7, axis=0),
    "resize": lambda x: np.resize(x, (2, 3)),
    "roll": lambda x: np.roll(x, [1], axis=[0]),
    "take": lambda x: np.take(x, (0, -1)),
    "take clip": lambda x: np.take(x, [7], mode="clip"),
    "take_along_axis": lambda x: np.take_along_axis(x, np.argsort(plain(x), axis=-1), -1),
    "take_along_axis broadcast": lambda x: np.take_along_axis(x, np.zeros((1, 1), int), 1),
    "repeat": lambda x: np.repeat(x, [2], axis=0),
    "tile": lambda x: np.tile(x, (2, 1)),
    "diff prepend": lambda x: np.diff(x, prepend=0, append=[1.0]),
    "ediff1d": lambda x: np.ediff1d(x, to_end=[1.0], to_begin=0.0),
    "trapezoid x": lambda x: np.trapezoid(x, [0.0, 1.0, 3.0]),
    "trapezoid of a list": lambda x: np.trapezoid((1, 2, 4), x),
    "gradient spacing": lambda x: np.gradient(x, 2),
    "gradient points": lambda x: np.gradient(x, [0.0, 1.0, 3.0], edge_order=2),
    "gradient of a list": lambda x: np.gradient([1.0, 2.0, 4.0], x),
    "interp": lambda x: np.interp(x, POINTS, HEIGHTS),
    "interp ends": lambda x: np.interp(x, POINTS, HEIGHTS, left=-1, right=np.nan),
    "interp one point": lambda x: np.interp(x, [0.5], [2.0]),
    "interp twice": lambda x: np.interp(x, [0.0, 0.5, 0.5, 1.0], [1.0, 2.0, 3.0, 4.0]),
    "interp heights": lambda x: np.interp([0.1, 0.5, 2.0], [0.0, 1.0, 2.0], x),
    "interp number": lambda x: np.interp(0.5, [0.0, 1.0, 2.0], x),
    "polyval": lambda x: np.polyval(x, 2.0),
    "polyval list": lambda x: np.polyval(x, [1, 2]),
    "polyval of a list": lambda x: np.polyval([1, 2, 3], x),
    "polyval of nothing": lambda x: np.polyval([], x),
    "polyint": lambda x: np.polyint(x, 2, k=[1, 2]),
    "polyadd": lambda x: np.polyadd(x, 1),
    "polysub": lambda x: np.polysub([1, 2, 3, 4], x),
    "polymul": lambda x: np.polymul(x, (1, 2)),
    "polydiv": lambda x: np.polydiv(x, [1.0, 2.0]),
    "vander 3": lambda x: np.vander(x, 3, increasing=True),
    "vander 0": lambda x: np.vander(x, 0),
    "polyfit": lambda x: np.polyfit([0, 1, 2], x, 1, w=[1, 2, 1]),
    "convolve": lambda x: np.convolve(x, [1, 2]),
    "correlate": lambda x: np.correlate([1, 2, 3, 4], x, "full"),
    "dot": lambda x: np.dot(x, 3),
    "dot list": lambda x: np.dot(x, [1, 2, 3]),
    "inner": lambda x: np.inner(x, (1, 2, 3)),
    "outer": lambda x: np.outer(x, [1, 2]),
    "kron": lambda x: np.kron(x, [1, 2]),
    "cross": lambda x: np.cross(x, [1, 2, 3]),
    "vdot": lambda x: np.vdot(x, [1, 2, 3]),
    "vecdot": lambda x: np.vecdot(x, [1, 2, 3]),
    "tensordot": lambda x: np.tensordot(x, [1.0, 2.0], 0),
    "einsum": lambda x: np.einsum("i,i", x, [1.0, 2.0, 3.0]),
    "where": lambda x: np.where(plain(x) > 0.5, x, [1]),
    "partition": lambda x: np.partition(x, 0),
    "histogram edges": lambda x: np.histogram(x, [0.0, 0.5, 1.0]),
    "histogram weights": lambda x: np.histogram([1, 2, 3], 2, weights=x, density=True),
    "bincount": lambda x: np.bincount([0, 1, 1], np.real(x)),
    "average weights": lambda x: np.average(x, weights=[1, 2, 3], returned=True),
    "average of a list": lambda x: np.average([1, 2, 3], weights=x),
    "average zero": lambda x: np.average(x, weights=[1.0, -1.0, 0.0]),
    "average returned": lambda x: np.average(x, returned=True),
    "cov two": lambda x: np.cov(x, (1.0, 2.0, 4.0), ddof=0),
    "cov columns": lambda x: np.cov(x, rowvar=False, bias=True),
    "cov dtype": lambda x: np.cov(np.real(x), dtype=np.float32),
    "concatenate": lambda x: np.concatenate([x, [1, 2]]),
    "concatenate float64": lambda x: np.concatenate([x, np.array([1.0])]),
    "stack": lambda x: np.stack([x, (1, 2, 3)]),
    "hstack": lambda x: np.hstack([x, 1]),
    "vstack": lambda x: np.vstack([x, x]),
    "column_stack": lambda x: np.column_stack([x, x]),
    "split": lambda x: np.split(x, 3),
    "array_split": lambda x: np.array_split(x, 2),
    "broadcast_to": lambda x: np.broadcast_to(x, (2, 3)),
    "expand_dims": lambda x: np.expand_dims(x, (0, 1)),
    "moveaxis": lambda x: np.moveaxis(x, 0, -1),
    "apply_along_axis": lambda x: np.apply_along_axis(lambda row: row.sum(), 0, x),
    "apply_over_axes": lambda x: np.apply_over_axes(np.sum, x, [0]),
    "union1d": lambda x: np.union1d(x, [1.0, 2.0]),
    "intersect1d": lambda x: np.intersect1d(x, [1, 2]),
    "setdiff1d": lambda x: np.setdiff1d(x, [1.0]),
    "setxor1d": lambda x: np.setxor1d(x, [1.0]),
    "nan_to_num": lambda x: np.nan_to_num(x, nan=5.0, posinf=7.0),
    "unwrap period": lambda x: np.unwrap(x, period=1.0),
    "angle in degrees": lambda x: np.angle(x, deg=True),
}  # fmt: skip

#: Functions tested elsewhere: linear algebra, in-place functions, functions of functions or of
#: #: several arrays.
ELSEWHERE = (
    *(["copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"]),
    *(
        [
            "append",
            "astype",
            "block",
            "choose",
            "broadcast_arrays",
            "dsplit",
            "dstack",
            "hsplit",
            "vsplit",
            "swapaxes",
        ]
    ),
    *(
        [
            "full_like",
            "matmul",
            "matvec",
            "vecmat",
            "histogram2d",
            "histogramdd",
            "matrix_transpose",
            "roots",
            "reshape",
        ]
    ),
    *(["fft2", "ifft2", "irfft2", "irfftn", "rfft2", "empty_like", "ones_like", "zeros_like"]),
)


def functions_without_calls():
    """Return the NumPy functions that have a rule but no call here."""
    text = " ".join(CALLS)
    names = {
        f.__name__
        for f in DISPATCH
        if not isinstance(f, tuple)
        and getattr(np, f.__name__, getattr(np.fft, f.__name__, None)) is f
    }
    called = {word.strip(".()") for word in text.replace("(", " ").replace(".", " ").split()}
    return sorted(names - called - set(ELSEWHERE))
