"""Every public function of SciPy: its value, derivatives of both orders and modes, or a refusal.

The oracle is SciPy itself with numbers, and differences of fourth order of it. A function that has a
counterpart of ours, but no call in the tables, fails; without a counterpart it must refuse nodes.
"""

import importlib
import inspect
import types
import warnings

import numpy as np
import pytest
from scipy_rules.calls import ARGUMENTS, CALLS

from autograd import Tensor, Value, deriv, grad
from autograd.engine import Node
from autograd.errors import AutogradError, NoRuleError

pytestmark = pytest.mark.filterwarnings("ignore")

PACKAGES = (
    "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse",
    "sparse.linalg", "spatial", "spatial.distance", "spatial.transform", "special", "stats",
)  # fmt: skip

#: Functions that take functions, classes, and those whose arguments have relations: tested where named.
ELSEWHERE = {
    "integrate": "dblquad fixed_quad nquad odeint quad quad_vec romb solve_ivp tplquad",
    "interpolate": "interpn make_interp_spline make_lsq_spline pchip_interpolate",
    "linalg": "cho_solve funm lu_solve solve_banded solveh_banded toeplitz",
    "ndimage": "affine_transform map_coordinates",
    "optimize": "anderson basinhopping bisect brent brenth brentq broyden1 broyden2 brute curve_fit diagbroyden "
    "differential_evolution direct dual_annealing excitingmixing fixed_point fmin fmin_bfgs fmin_cg "
    "fmin_l_bfgs_b fmin_ncg fmin_powell fmin_tnc fminbound fsolve golden least_squares leastsq "
    "linear_sum_assignment linearmixing minimize minimize_scalar newton newton_krylov ridder root "
    "root_scalar shgo toms748",
    "signal": "filtfilt order_filter savgol_filter sosfilt_zi sosfiltfilt",
    "sparse": "block_array bmat hstack issparse vstack",
    "sparse.linalg": "cg factorized lgmres splu spsolve",
    "spatial.distance": "mahalanobis",
    "stats": "boxcox_llf iqr",
}
TESTED_ELSEWHERE = {f"{p}.{name}" for p, names in ELSEWHERE.items() for name in names.split()}

#: Their results are determined up to signs or numbers that nothing reads, or are random.
NOT_UNIQUE = {
    "linalg.eigh", "linalg.svd", "linalg.cho_factor", "linalg.clarkson_woodruff_transform", "sparse.linalg.eigsh",
}  # fmt: skip


def public():
    """Every public callable of SciPy, with its name; not classes and distributions."""
    for package in PACKAGES:
        module = importlib.import_module(f"scipy.{package}")
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isroutine(thing) or isinstance(thing, np.ufunc):
                yield f"{package}.{name}", thing


def ours(name, package="autograd.scipy"):
    module, _, short = name.rpartition(".")
    return getattr(importlib.import_module(f"{package}.{module}"), short, None)


def test_every_function_with_a_counterpart_has_a_call():
    for name, _ in public():
        module, _, short = name.rpartition(".")
        ours_in = vars(importlib.import_module(f"autograd.scipy.{module}"))
        assert short not in ours_in or name in CALLS or name in TESTED_ELSEWHERE, name


def test_no_name_is_missing_in_our_modules():
    for package in PACKAGES:
        names = importlib.import_module(f"scipy.{package}").__all__
        module = importlib.import_module(f"autograd.scipy.{package}")
        assert [name for name in names if not hasattr(module, name)] == []


# -- numbers of results -------------------------------------------------------------------------


#: What has a derivative in results of solvers.
FIELDS = ("x", "fun", "cost")


def parts(result):
    """All numbers and arrays in a result, also in tuples, objects and sparse matrices."""
    if isinstance(result, tuple | list):
        return [x for part in result for x in parts(part)]
    if isinstance(result, dict):
        return [x for name in FIELDS if name in result for x in parts(result[name])]
    if hasattr(result, "toarray"):
        return [result.toarray()]
    if isinstance(result, Node | np.ndarray | np.generic | float | complex):
        return [result]
    if isinstance(result, int | str | types.FunctionType | type(None)):
        return []
    return (
        [x for part in vars(result).values() for x in parts(part)]
        if hasattr(result, "__dict__")
        else []
    )


def is_node(result):
    return any(isinstance(x, Node) for x in parts(result))


def total(result):
    """A number that depends on all finite numbers of a result."""
    found = 0.0
    for i, x in enumerate(parts(result)):
        numbers = np.asarray(x.data if isinstance(x, Node) else x)
        if numbers.dtype.kind not in "fc" or not numbers.size:
            continue
        finite = np.isfinite(numbers)
        weights = np.cos(np.arange(numbers.size).reshape(numbers.shape) + i)[finite]
        x = x if numbers.ndim == 0 and finite else x[finite] if numbers.ndim else np.zeros(0)
        found = found + np.sum(np.real(x) * weights)
        if numbers.dtype.kind == "c":
            found = found + 0.7 * np.sum(np.imag(x) * weights)
    return found


def number(x):
    return float(x.data if isinstance(x, Node) else x)


def slope(f, h=2e-3):
    """Difference of fourth order at zero."""
    return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)


def along(function, call, place):
    """A function of the distance along a line through one argument of a call."""
    x = ARGUMENTS[call[place]]
    direction = np.cos(1 + 3 * np.arange(np.size(x))).reshape(np.shape(x)) if np.ndim(x) else 1.0
    if call[place] == "S":
        direction = direction + direction.T

    def at(t):
        given = [ARGUMENTS[letter] for letter in call]
        given[place] = x + t * direction
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*given)

    return at


def depends(at):
    before, after = (parts(at(t)) for t in (0.0, 0.07))
    arrays = [(np.asarray(x), np.asarray(y)) for x, y in zip(before, after, strict=False)]
    return any(
        x.dtype.kind in "fc" and x.shape == y.shape and not np.array_equal(x, y, equal_nan=True)
        for x, y in arrays
    )


def outcome(at):
    """The results for a Tensor and for a Value that move an argument: True for nodes, or an error.

    SciPy's own checks may come first; a transform says what they have refused.
    """
    found = set()
    for zero in (Tensor(0.0), Value(0.0)):
        try:
            found.add(is_node(at(zero)))
        except Exception as error:
            found.add(error if is_ours(error) else error_of(grad, at))
    return found


def is_ours(error):
    """Whether what Python prints of an error says what is lost: code in C raises its own from it."""
    while error is not None:
        if (
            isinstance(error, AutogradError)
            or "has no derivative rule" in str(error)
            or ("call autograd." in str(error))
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


def error_of(transform, function):
    with pytest.raises(Exception) as caught:
        transform(lambda t: total(function(t)))(ZERO)
    return caught.value


def followed(name, package):
    """The places of each call where a node gives a node."""
    function, original = ours(name, package), ours(name, "scipy")
    for call in CALLS[name]:
        for place, letter in enumerate(call):
            if letter not in "123":
                where = f"{package}.{name}({call})[{place}]"
                at, numbers = along(function, call, place), along(original, call, place)
                if gives_node(at, numbers, where, name in CONSTANT):
                    yield at, numbers, where


def gives_node(at, numbers, where, is_constant=False):
    """Whether a node gives a node; there must be an error of ours if it should and does not."""
    is_followed = False
    for found in outcome(at):
        if isinstance(found, Exception):
            assert is_ours(found), f"{where}: {found!r}"
        elif found:
            is_followed = True
        else:
            assert is_constant or not depends(numbers), f"{where} loses its derivative"
    return is_followed


def close(found, expected, error):
    return abs(found - expected) <= error * (1 + abs(expected))


def check(name, package):
    """Check values and derivatives of both orders, in every combination of modes."""
    for at, numbers, where in followed(name, package):
        if name in NOT_UNIQUE:
            continue
        value, expected = number(total(at(Tensor(0.0)))), number(total(numbers(0.0)))
        assert close(value, expected, 1e-8), f"{where}: {value} for {expected}"

        def f(t, at=at):
            return total(at(t))

        try:
            first = {mode.__name__: number(mode(f)(ZERO)) for mode in (grad, deriv)}
        except NoRuleError:
            continue  # by an order, for instance
        if name in ROUGH:
            continue
        expected = slope(lambda t: number(total(numbers(t))))  # noqa: B023
        for mode, found in first.items():
            assert close(found, expected, 2e-5), f"{where}, {mode}: {found} for {expected}"
        try:
            second = [number(outer(inner(f))(ZERO)) for outer, inner in ORDERS]
        except NoRuleError:
            continue
        expected = slope(lambda t: number(grad(f)(np.array(t))))
        for found in second:
            assert close(found, expected, 1e-4), f"{where}, second order: {found} for {expected}"


ZERO = np.array(0.0)
ORDERS = ((grad, grad), (deriv, grad), (grad, deriv), (deriv, deriv))

#: Their results are ranks or names, which jump.
CONSTANT = {"signal.choose_conv_method", "stats.rankdata"}

#: Differences jump.
ROUGH = {"fft.fhtoffset", "stats.energy_distance"}

ALL = sorted(CALLS)


@pytest.mark.gallery
@pytest.mark.parametrize("package", ["autograd.scipy", "scipy"])
@pytest.mark.parametrize("name", ALL)
def test_every_function_has_its_derivatives_or_refuses(name, package):
    if ours(name, package) is None:
        pytest.skip("another version of SciPy has it")
    check(name, package)


def test_a_sample_has_its_derivatives_or_refuses():
    for package in ("autograd.scipy", "scipy"):
        for name in ALL[::19]:
            if ours(name, package) is not None:
                check(name, package)
