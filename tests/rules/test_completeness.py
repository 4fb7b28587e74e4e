"""Every public NumPy function has a rule, has no derivative, or is refused for a reason."""

import ast
import inspect
import pathlib

import numpy as np
import pytest

import autograd.rules.lazy
from autograd import Tensor
from autograd.engine.registry import DISPATCH, WITHOUT_DERIVATIVE
from autograd.errors import NoRuleError

#: Refused functions and the reason. Each function added by a later NumPy needs a decision.
REFUSED: dict[str, str] = {"numpy.in1d": "removed in NumPy 2.4; numpy.isin replaces it"}

#: The latest NumPy whose functions are all decided.
KNOWN = (2, 4)


def functions_of(module):
    for name in sorted(dir(module)):
        function = getattr(module, name)
        public = not name.startswith("_")
        if public and (isinstance(function, np.ufunc) or hasattr(function, "_implementation")):
            yield name, function


@pytest.mark.parametrize("module", [np, np.linalg, np.fft], ids=lambda module: module.__name__)
def test_every_numpy_function_is_classified(module):
    undecided = [
        name
        for name, function in functions_of(module)
        if function not in DISPATCH
        and function not in WITHOUT_DERIVATIVE
        and f"{module.__name__}.{name}" not in REFUSED
    ]
    if undecided and tuple(map(int, np.__version__.split(".")[:2])) > KNOWN:
        pytest.skip(f"NumPy {np.__version__} is new here, and adds {', '.join(undecided)}.")
    assert not undecided


def test_every_binary_ufunc_has_its_methods():
    for ufunc in [f for _, f in functions_of(np) if isinstance(f, np.ufunc)]:
        if ufunc in DISPATCH and (ufunc.nin, ufunc.nout, ufunc.signature) == (2, 1, None):
            for method in ("reduce", "accumulate", "outer", "reduceat", "at"):
                assert (ufunc, method) in DISPATCH, f"{ufunc.__name__}.{method}"


def test_no_function_is_both_ruled_and_nondifferentiable():
    assert not DISPATCH.keys() & WITHOUT_DERIVATIVE


def handlers():
    """The functions that are registered for others, as syntax trees."""
    for path in pathlib.Path(autograd.rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            decorators = [ast.unparse(d) for d in getattr(node, "decorator_list", ())]
            if any(d.startswith(("implements(", "composition_of(")) for d in decorators):
                yield node


def test_handlers_read_each_of_their_parameters():
    read_elsewhere = {"out", "subok"}  # `out` before the handler is called; there are no subclasses
    for handler in handlers():
        given = handler.args
        names = {a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
        read = {node.id for node in ast.walk(handler) if isinstance(node, ast.Name)}
        assert names - read <= read_elsewhere, handler.name


def by_position(function, t):
    """Return arguments up to the one before `out`; None if that cannot be given by position."""
    given = {"a": t, "x": t, "b": t, "arrays": [t, t], "choices": [t, t], "indices": [0], "q": 0.5}
    given |= {"condition": [True, True], "a_min": 0.2, "a_max": 0.8} | (
        {"a": [0, 1]} if function is np.choose else {}
    )
    arguments = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "out":
            return None if parameter.kind is parameter.KEYWORD_ONLY else arguments
        arguments.append(given.get(name, parameter.default))
    return None


def test_an_array_given_by_position_for_the_result_is_refused():
    t, found = Tensor([[0.3, 0.7], [0.9, 0.2]]), 0
    for name, function in [f for m in (np, np.linalg, np.fft) for f in functions_of(m)]:
        try:
            arguments = None if isinstance(function, np.ufunc) else by_position(function, t)
        except ValueError:  # a function in C, of an earlier NumPy
            continue
        if function in DISPATCH and arguments:
            result = function(*arguments)
            out = np.full(result.shape, 7.0, result.dtype)
            with pytest.raises(NoRuleError, match="out="):
                function(*arguments, out)
            assert np.all(out == 7.0), name
            into = Tensor(out)
            assert function(*arguments, into) is into, name
            np.testing.assert_array_equal(into.data, result.data)
            found += 1
    assert found > 40
