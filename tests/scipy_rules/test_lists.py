"""Lists, tuples and arrays of objects that hold nodes, wherever SciPy takes arrays.

The oracle is the same call with `numpy.stack`, whose derivatives other tests check.
"""

import pickle

import numpy as np
import pytest
import scipy.signal
import scipy.special
from scipy_rules.calls import ARGUMENTS, CALLS
from scipy_rules.test_every_function import ALL, NOT_UNIQUE, is_node, is_ours, ours, total

import autograd
from autograd import Tensor, Value, jit, value_and_grad
from autograd.scipy import (
    integrate,
    interpolate,
    linalg,
    ndimage,
    optimize,
    signal,
    sparse,
    special,
    stats,
)  # fmt: skip
from autograd.scipy.sparse import linalg as sparse_linalg
from autograd.scipy.spatial import distance, transform

pytestmark = pytest.mark.filterwarnings("ignore")


def nested(x, kind, leaf=lambda x: x):
    return kind([nested(x[i], kind, leaf) for i in range(len(x))]) if np.ndim(x) else leaf(x)


def of_objects(x):
    found = np.empty(np.shape(x), object)
    for place in np.ndindex(found.shape):
        found[place] = x[place]
    return found


#: Ways to hold the elements of a Tensor.
FORMS = {
    "list": lambda x: nested(x, list),
    "tuple": lambda x: nested(x, tuple),
    "rows": list,
    "objects": of_objects,
}


def outcome(function, call, place, form):
    """The value and gradient of a call by one argument that a form holds, or its error."""

    def of_argument(x):
        given = [ARGUMENTS[letter] for letter in call]
        given[place] = form(x)
        return total(function(*given))

    try:
        with np.errstate(all="ignore"):
            return value_and_grad(of_argument)(ARGUMENTS[call[place]])
    except Exception as error:
        return error


def check(name):
    function = ours(name)
    for call in CALLS[name]:
        for place in [i for i, letter in enumerate(call) if np.ndim(ARGUMENTS[letter])]:
            expected = outcome(function, call, place, lambda x: x)
            for form, hold in FORMS.items():
                found = outcome(function, call, place, hold)
                where = f"{name}({call})[{place}], {form}: {found!r}"
                if isinstance(expected, Exception):
                    assert is_ours(found) or not is_ours(expected), where
                    continue
                assert not isinstance(found, Exception), where
                np.testing.assert_allclose(found[0], expected[0], 1e-9, err_msg=where)
                np.testing.assert_allclose(found[1], expected[1], 1e-6, 1e-12, err_msg=where)


UNIQUE = [name for name in ALL if ours(name) is not None and name not in NOT_UNIQUE]


@pytest.mark.gallery
@pytest.mark.parametrize("name", UNIQUE)
def test_every_function_takes_lists_of_nodes(name):
    check(name)


def test_a_sample_takes_lists_of_nodes():
    for name in UNIQUE[::13]:
        check(name)


def matrix(j, a):
    return j([j([a, 0 * a]), j([a, 3 * a])])


#: Calls with what joins numbers, and a number: of classes, of solvers, of what takes several arrays.
OTHERS = {
    "odeint": lambda j, a: integrate.odeint(lambda y, t: -a * y, j([a, 2 * a]), j([0 * a, a])),
    "nquad": lambda j, a: integrate.nquad(lambda x, y: x * y * a, [j([0 * a, a]), j([0 * a, 2 * a])])[0],
    "interpn": lambda j, a: interpolate.interpn((j([0 * a, a]), j([0 * a, a])), matrix(j, a), j([0.5 * a, 0.7 * a])),
    "CubicSpline": lambda j, a: interpolate.CubicSpline(j([0 * a, a, 2 * a, 3 * a]), j([a, a, 2 * a, a]))(j([a / 2, a / 3])),
    "BSpline": lambda j, a: interpolate.BSpline([0, 0, 1, 2, 2.0], j([a, 2 * a, 3 * a]), 1)(j([a / 2, a / 3])),
    "cho_solve": lambda j, a: linalg.cho_solve((matrix(j, a), True), j([a, 2 * a])),
    "lu_solve": lambda j, a: linalg.lu_solve((matrix(j, a), np.array([0, 1])), j([a, 2 * a])),
    "solve_banded": lambda j, a: linalg.solve_banded((0, 1), matrix(j, a), j([a, 2 * a])),
    "funm": lambda j, a: linalg.funm(j([j([a, 0 * a]), j([0 * a, 3 * a])]), np.exp),
    "block_diag": lambda j, a: linalg.block_diag(j([a, 2 * a]), matrix(j, a), a),
    "map_coordinates": lambda j, a: ndimage.map_coordinates(np.eye(4) * a, j([j([a, 1.5 * a]), j([0 * a, 1.1 * a])])),
    "gaussian_filter": lambda j, a: ndimage.gaussian_filter(np.eye(4), j([a, 2 * a])),
    "linprog": lambda j, a: optimize.linprog(j([-a, -2 * a]), j([j([a, a]), j([a, 3 * a])]), j([4 * a, 6 * a])).x,
    "minimize": lambda j, a: optimize.minimize(
        lambda x, p, q: (x[0] - p) ** 2 + (x[1] - q[1]) ** 2, j([a, a]), args=(a, j([a, 2 * a])), tol=1e-12).x,
    "Bounds": lambda j, a: optimize.minimize(
        lambda x: np.sum((x - 9) ** 2), [0.5, 0.5], bounds=optimize.Bounds(j([0 * a, 0 * a]), j([a, a]))).x,
    "LinearConstraint": lambda j, a: optimize.minimize(
        lambda x: np.sum((x - 9) ** 2), [0.5, 0.5], tol=1e-12,
        constraints=optimize.LinearConstraint(j([j([a, a])]), -np.inf, j([a]))).x,
    "nnls": lambda j, a: optimize.nnls(matrix(j, a), j([a, 2 * a]))[0],
    "lfilter": lambda j, a: signal.lfilter(j([a, a / 2]), j([1 + 0 * a, a / 5]), j([a, 2 * a, a]), zi=j([a]))[0],
    "csr_array": lambda j, a: sparse.csr_array((j([a, 2 * a, 3 * a]), [0, 1, 0], [0, 1, 3])) @ j([a, 2 * a]),
    "diags": lambda j, a: sparse.diags([j([a, 2 * a]), j([a, 3 * a, a])], [1, 0]).toarray(),
    "kron": lambda j, a: sparse.kron(matrix(j, a), sparse.csr_array(np.eye(2))).toarray(),
    "hstack": lambda j, a: sparse.hstack([matrix(j, a), sparse.csr_array(np.eye(2))]).toarray(),
    "bmat": lambda j, a: sparse.bmat([[matrix(j, a), None], [None, np.eye(2)]]).toarray(),
    "sparse.block_diag": lambda j, a: sparse.block_diag([matrix(j, a), np.eye(2), a]).toarray(),
    "spsolve": lambda j, a: sparse_linalg.spsolve(sparse.csc_array(np.eye(2)), j([a, 2 * a])),
    "cdist": lambda j, a: distance.cdist(matrix(j, a), [[1.0, 2.0]], w=j([a, 2 * a])),
    "Rotation": lambda j, a: transform.Rotation.from_euler("xyz", j([a, 2 * a, a])).apply(j([a, a, 2 * a])),
    "norm": lambda j, a: stats.norm(j([a, a]), scale=j([a, 3 * a])).ppf(j([a / 5, a / 6])),
    "multivariate_normal": lambda j, a: stats.multivariate_normal.logpdf(j([a, 2 * a]), j([a, a]), j([j([a, 0 * a]), j([0 * a, a])])),
    "gaussian_kde": lambda j, a: stats.gaussian_kde(j([a, 2 * a, 5 * a]), weights=j([a, a, 2 * a]))(j([a, 3 * a])),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_classes_and_solvers_take_lists_of_nodes(name):
    call = OTHERS[name]
    expected = value_and_grad(lambda a: total(call(np.stack, a)))(1.3)
    is_pair = name in ("hstack", "kron", "csr_array")  # a tuple means something else to SciPy
    for join in (list, np.array) if is_pair else (list, tuple, np.array):
        found = value_and_grad(lambda a, join=join: total(call(join, a)))(1.3)
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert is_node(call(list, Value(1.3)))


def test_lists_of_numbers_may_stand_beside_nodes():
    for function, given in ((special.fdtr, 2), (special.chdtr, 1), (special.gdtr, 2)):
        lists = [[2.0, 3.0], [1.5, 2.5]][:given]
        found, expected = function(*lists, Tensor([0.4, 0.7])), function(*lists, [0.4, 0.7])
        np.testing.assert_allclose(found.data, expected)
    assert linalg.lstsq([[2.0, 0.0], [0.0, 4.0]], Tensor([1.0, 2.0]))[0].tolist() == [0.5, 0.5]
    image = np.arange(12.0).reshape(3, 4)
    found = signal.convolve2d(image.tolist(), Tensor([[1.0, 2.0]]))
    np.testing.assert_array_equal(found.data, scipy.signal.convolve2d(image, [[1.0, 2.0]]))


def test_functions_that_take_lists_are_still_scipys():
    assert special.gamma([0.5, 1.0]).tolist() == scipy.special.gamma([0.5, 1.0]).tolist()
    assert (special.gamma.nin, special.gamma.__name__) == (1, "gamma")
    for function in (special.gamma, linalg.inv, signal.lfilter):
        assert pickle.loads(pickle.dumps(function)).__wrapped__ is function.__wrapped__
    assert autograd.check_primitive(linalg.expm, np.eye(2)).ok
    assert jit(lambda a: special.gammaln([a, 2 * a])[1])(1.5) == pytest.approx(np.log(2.0))
