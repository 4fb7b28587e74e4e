"""What users write beside a derivative: batch rules, source, C and sparsity, right and wrong."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from program.saved_c import SANITIZERS, Compiled

import autograd
from autograd import errors, jit, trace, vmap
from autograd.program.backends.c import compiler, library
from autograd.program.backends.c.library import unavailable

needs_compiler = pytest.mark.skipif(unavailable() != "", reason=unavailable())


def average(x, decay=0.5):
    y = np.empty(x.shape, np.result_type(x, np.float32))
    total = 0.0
    for k in range(len(x)):
        total = y[k] = decay * total + x[k]
    return y


LOOP = """
    real total = 0;
    for (long k = 0; k < x_size; k++) {
        total = decay * total + x[k];
        result[k] = total;
    }
"""


def loaded(path):
    """Return the function of a saved module."""
    environment = {}
    exec(path.read_text(), environment)
    return environment["program"]


def ema(**options):
    found = autograd.linear(
        average,
        lambda g, x, decay=0.5: found(g[::-1], decay)[::-1],
        name="ema",
        **options,
    )
    return found


def gauss(c="exp(-x * x)", function=lambda x: np.exp(-x * x)):
    return autograd.elementwise(function, None, lambda y, x: -2 * x * y, name="gauss", c=c)


def in_c(function, *arguments):
    """Return what a function computes in C, and the summary."""
    jitted = jit(lambda *x: function(*x), backend="c")
    jitted(*arguments)
    return jitted(*arguments), jitted.summary()


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "FLAGS", (*compiler.FLAGS, *SANITIZERS))
        patch.setenv("CHAINRULE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


# -- batch rules --------------------------------------------------------------------------------


@pytest.mark.parametrize("around", [vmap, lambda f: jit(vmap(f)), lambda f: vmap(jit(f))])
@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (lambda x, decay=0.5: average(x.T, decay), "batch"),
        (lambda x, decay=0.5: average(x.T, decay).T[:, :2], r"entries of shape \(2,\)"),
        (lambda x, decay=0.5: average(x.T, decay).T[:, None], r"shape \(4, 3\)"),
        (lambda x, decay=0.5: average(x.T, decay).T.sum(axis=1), r"entries of shape \(\)"),
        (lambda x, decay=0.5: 1.0, "batch"),
    ],
)
def test_batch_rules_of_wrong_shape_are_refused(rule, message, around):
    with pytest.raises(errors.BatchError, match=message):
        around(ema(batch=rule))(np.ones((4, 3)))


def test_batch_rules_are_used_in_every_nesting():
    calls = []

    def rule(x, decay=0.5):
        calls.append(x.shape)
        return average(x.T, decay).T

    f = ema(batch=rule)
    x = np.arange(24.0).reshape(2, 4, 3)
    wanted = np.stack([[average(row) for row in rows] for rows in x])
    assert np.array_equal(vmap(vmap(f))(x), wanted)
    assert np.array_equal(jit(vmap(f))(x[0]), wanted[0])
    assert (4, 3) in calls
    assert vmap(f)(np.ones((1, 0))).shape == (1, 0)
    with pytest.raises(errors.OptionError, match="batch= of ema is 3"):
        ema(batch=3)


# -- source -------------------------------------------------------------------------------------


def test_saved_programs_contain_the_given_source(tmp_path):
    text = "def steps(x, decay=0.5):\n    return np.add.accumulate(x)"
    f = autograd.linear(lambda x: np.array([*np.cumsum(x)]), lambda g, x: g, source=text)
    program = trace(lambda x: f(x * 2) + 1)(np.ones(3))
    program.save(tmp_path / "one.py")
    assert np.array_equal(loaded(tmp_path / "one.py")(np.ones(3)), [3, 5, 7])
    assert "accumulate" in program.source()
    program.save(tmp_path / "two.py", sources={f: "def other(x):\n    return x * 10"})
    assert np.array_equal(loaded(tmp_path / "two.py")(np.ones(3)), [21, 21, 21])


@pytest.mark.parametrize("source", ["def f(x) return x", "x = 1", "", 3, "\0"])
def test_sources_that_define_no_function_are_refused(source):
    with pytest.raises(errors.SourceError, match="ema"):
        ema(source=source)


def test_programs_without_source_name_the_option(tmp_path):
    program = trace(lambda x: ema()(x))(np.ones(3))
    with pytest.raises(errors.SourceError, match="source="):
        program.save(tmp_path / "one.py")


# -- C ------------------------------------------------------------------------------------------


@needs_compiler
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_expressions_in_c_run_in_loops_of_others(dtype):
    f = gauss()
    x = np.linspace(-2, 2, 5000).astype(dtype)
    found, summary = in_c(autograd.value_and_grad(lambda x: np.sum(3 * f(x))), x)
    wanted = autograd.value_and_grad(lambda x: np.sum(3 * f(x)))(x)
    for a, b in zip(found, wanted, strict=True):
        assert a.dtype == dtype
        assert np.allclose(a, b, rtol=1e-5)
    assert "C kernels" in summary
    assert "own_" in library_text(lambda x: np.sum(3 * f(x)), x)
    assert in_c(f, np.arange(3))[0].tolist() == f(np.arange(3)).tolist()  # integers: NumPy
    assert in_c(f, np.ones((2, 0)))[0].shape == (2, 0)
    assert in_c(f, 0.5)[0] == f(0.5)


def library_text(function, *arguments):
    """Return the C of a program."""
    texts = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "autograd.program.backends.c.regions.library_of",
            lambda text: texts.append(text) or library.library_of(text),
        )
        in_c(function, *arguments)
    return texts[0]


@needs_compiler
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_statements_in_c_compute_whole_arrays(dtype, tmp_path):
    f = ema(c=LOOP)
    x = np.linspace(-2, 2, 12).astype(dtype)
    tolerance = 1e-13 if dtype is np.float64 else 1e-5
    for given in (x, x[::-1], x[::2], np.linspace(-1, 1, 30000).astype(dtype)[::3]):
        for call in (lambda x: f(x), lambda x: f(x * 2, 0.9) + 1, lambda x: f(x, decay=x[0])):
            found, summary = in_c(call, given)
            wanted = call(given)
            assert (found.dtype, found.shape) == (wanted.dtype, wanted.shape)
            assert np.allclose(found, wanted, rtol=tolerance, atol=tolerance)
            assert "C kernels" in summary
    program = trace(lambda x: f(x[::-1] * 2, 0.9)[::2] + f(x)[1])(x)
    program.save(tmp_path / "own.c")
    code, (found,) = Compiled(tmp_path / "own.c")(x)
    assert code == 0
    assert np.allclose(found, f(x[::-1] * 2, 0.9)[::2] + f(x)[1], rtol=tolerance)


@needs_compiler
def test_statements_in_c_leave_errors_to_python(tmp_path):
    def rooted(x):
        if x.size and x.min() < 0:
            raise ValueError(f"no root of {x.min()}")
        return np.sqrt(x)

    f = autograd.define(
        rooted,
        lambda g, y, x: g / (2 * y),
        c="for (long k = 0; k < x_size; k++) {"
        "  if (x[k] < 0) LEAVE_TO_PYTHON;"
        "  result[k] = sqrt(x[k]);"
        "}",
    )
    right, wrong = np.array([4.0, 9.0]), np.array([4.0, -9.0])
    call = jit(lambda x: f(x) + 1, backend="c")
    for _ in range(3):
        assert np.array_equal(call(right), [3, 4])
    assert "C kernels" in call.summary()
    with pytest.raises(ValueError, match=r"no root of -9\.0"):
        call(wrong)
    assert np.array_equal(call(right), [3, 4])
    trace(lambda x: f(x) + 1)(right).save(tmp_path / "root.c")
    saved = Compiled(tmp_path / "root.c")
    assert [saved(x)[0] for x in (right, wrong, right)] == [0, -2, 0]


@needs_compiler
def test_numbers_of_every_kind_reach_statements_in_c():
    def function(x, n=2, flag=True, *, scale=1.5):
        return (x.sum() * n + flag) * scale + np.zeros(())

    f = autograd.define(
        function,
        lambda g, y, x, n=2, flag=True, *, scale=1.5: np.full_like(x, g * n * scale),
        c="real s = 0; for (long k = 0; k < x_size; k++) s += x[k];"
        "*result = (s * n + flag) * scale + 0 * (x_shape[0] + result_size);",
    )
    x = np.arange(6.0).reshape(2, 3)
    for call in (
        lambda x: f(x),
        lambda x: f(x, 3, False),
        lambda x: f(x.T, n=-1, scale=x[0, 1]),
        lambda x: f(x[1, 2][None]),
    ):
        found, summary = in_c(call, x)
        assert found == call(x)
        assert type(found) is type(call(x))
        assert "C kernels" in summary
    found, _ = in_c(lambda x: f(x, 2**70), x)  # C has no such number: NumPy
    assert found == f(x, 2**70)


@dataclass(frozen=True)
class Places:
    first: int
    others: tuple[tuple[int, int], ...]


@needs_compiler
def test_integers_and_none_reach_statements_in_c():
    def function(x, places, more, absent=None):
        chosen = [places.first, *sum(places.others, ()), *more]
        total = sum(x[k] * (k + 1) for k in chosen)
        return np.asarray(total if absent is None else total + absent.sum())

    f = autograd.define(
        function,
        lambda g, y, x, places, more, absent=None: np.zeros_like(x),
        lambda g, *_: np.zeros(2),
        c="real s = 0; for (long k = 0; k < places_size; k++) s += x[places[k]] * (places[k] + 1);"
        "for (long k = 0; k < more_size; k++) s += x[more[k]] * (more[k] + 1);"
        "for (long k = 0; absent && k < absent_size; k++) s += absent[k];"
        "*result = s;",
    )
    x, places = np.arange(6.0), Places(1, ((0, 2), (3, 5)))
    for call in (lambda x: f(x, places, (4,)), lambda x: f(x, places, (4, 4), x[:2])):
        found, summary = in_c(call, x)
        assert found == call(x)
        assert "C kernels" in summary
    found, _ = in_c(lambda x: f(x, places, ()), x)  # nothing to point at: NumPy
    assert found == f(x, places, ())


@autograd.kernel(
    c="real s = 0; for (long k = 0; k < x_size; k++) result_0[k] = x[k] - mean, s += x[k];"
    "if (result_1) *result_1 = s; result_2[0] = x_ndim; result_2[1] = x_shape[x_ndim - 1];"
)
def described(x, mean, with_sum):
    """Return three results, the second of which may be missing."""
    size = np.array([x.ndim, x.shape[-1]], x.dtype)
    return x - mean, np.asarray(x.sum()) if with_sum else None, size


@needs_compiler
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_kernels_in_c_return_several_results(dtype, tmp_path):
    x = np.arange(6, dtype=dtype).reshape(2, 3)

    def call(x, with_sum=True):
        shifted, total, size = described(x * 2, 1.5, with_sum)
        return shifted[0], size if total is None else size + total

    for with_sum in (True, False):
        found, summary = in_c(lambda x, flag=with_sum: call(x, flag), x)
        for a, b in zip(found, call(x, with_sum), strict=True):
            assert a.dtype == dtype
            assert np.array_equal(a, b)
        assert "C kernels" in summary
        program = trace(lambda x, flag=with_sum: call(x, flag))(x)
        path = tmp_path / f"kernel_{with_sum}.c"
        program.save(path)
        code, found = Compiled(path)(x)
        assert code == 0
        assert all(map(np.array_equal, found, call(x, with_sum)))
        program.save(path.with_suffix(".py"))
        assert all(map(np.array_equal, loaded(path.with_suffix(".py"))(x), call(x, with_sum)))
    with pytest.raises(errors.SourceError, match="cannot be called"):
        autograd.kernel(c="x(1);")(lambda x: x)


@needs_compiler
def test_wrong_results_of_kernels_in_c_are_refused():
    wrong = autograd.kernel(c="*result_0 = 1; *result_1 = x[0] + 1;")(
        lambda x: (np.ones(()), np.asarray(x[0]))
    )
    with pytest.raises(errors.SourceError, match="computes 4, but its function 3"):
        in_c(lambda x: wrong(x), np.full(2, 3.0))


@needs_compiler
def test_elementwise_kernels_in_c_join_loops():
    cube = autograd.kernel(elementwise=True, c="x * x * x")(lambda x: x**3)
    found, summary = in_c(lambda x: np.sum(cube(x + 1) * 2), np.arange(4.0))
    assert found == 200
    assert "4 instructions in 1 function" in summary


@needs_compiler
def test_arrays_of_other_types_than_the_result_call_python():
    total = autograd.define(
        lambda x, y: x + y, lambda g, *_: g, lambda g, *_: g,
        c="for (long k = 0; k < x_size; k++) { const real *from = x; result[k] = from[k] + y[k]; }",
    )  # fmt: skip
    x, y = np.arange(3, dtype=np.float32), np.arange(3.0)
    for given in ((x, y), (y, x), (y, y), (x, x)):
        found, summary = in_c(lambda x, y: total(x, y), *given)
        assert np.array_equal(found, 2 * y)
        assert ("C kernels: " in summary) == (given[0] is given[1])


@needs_compiler
def test_numbers_that_cancel_in_another_order_are_not_refused():
    total = autograd.define(
        lambda x: np.asarray((x[0] + x[1]) + x[2]), lambda g, y, x: np.full(3, g),
        c="*result = x[0] + (x[1] + x[2]);",
    )  # fmt: skip
    x = np.array([0.1, 0.2, -0.3])
    assert total(x) != 0
    assert abs(in_c(lambda x: total(x), x)[0]) < 1e-15


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", 3, "exp(-x * x", "exp(-x * x))", "(x]", "x; exit(1)", "{ x }",
        "x)); } int evil(void) { return (1", "#include <stdio.h>", "x\n#define x 1\n", "x /* a",
        "x // a\\", "x \\\n+ 1", "x ?" "?/\n 1 : 2", "x %: y", "'x", '"x', "x + é", "x\0", "x(2)",
        "<% x %>", "x /*/", "/* a */ x)",
    ],
)  # fmt: skip
def test_c_that_leaves_its_place_is_refused(text):
    with pytest.raises(errors.SourceError, match="c="):
        gauss(text)


@needs_compiler
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y * 2", "does not compile: .*y"),
        ("sech(x)", "does not compile: .*sech"),
        ('"a"', "does not compile"),
        ("exp(x)", r"computes [\d.]+ for .*, but its function"),
        ("x > 3 ? 0 : exp(-x * x) + 1e-3", "but its function"),
        ("0.0 / 0.0", "computes -?nan"),
    ],
)
def test_wrong_c_is_refused_and_other_c_still_runs(text, message):
    with pytest.raises(errors.SourceError, match=message):
        in_c(lambda x: gauss(text)(x) * 2, np.ones(3))
    assert "C kernels: " in in_c(lambda x: gauss()(x) * 2, np.ones(3))[1]


@needs_compiler
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LOOP.replace("decay *", "0.1 *"), r"The C of ema computes 2.1 at \[2\]"),
        (LOOP + "result = 3.0;", "does not compile"),
        ("extern double outer(double); result[0] = outer(x[0]);", "does not compile"),
    ],
)
def test_wrong_statements_are_refused(text, message):
    with pytest.raises(errors.SourceError, match=message):
        in_c(lambda x: ema(c=text)(x) * 2, np.arange(3.0))
    assert "C kernels: " in in_c(lambda x: ema(c=LOOP)(x) * 2, np.ones(3))[1]


@pytest.mark.parametrize(
    "name",
    [
        "int", "double", "result", "real", "NAN", "INFINITY", "M_PI", "_x", "größe", "int64_t",
        "result_size", "result_ndim", "signgam", "result_0", "result_12_shape",
    ],
)  # fmt: skip
def test_parameters_that_c_cannot_have_are_refused(name):
    function = eval(f"lambda {name}: {name} * 1.0")
    with pytest.raises(errors.SourceError, match=re.escape(name)):
        gauss("1.0", function)
    with pytest.raises(errors.SourceError, match="x_size"):
        gauss("x", lambda x, x_size: x)
    for function in (np.tanh, lambda *x: x[0], lambda **x: 1.0):
        with pytest.raises(errors.SourceError, match="c="):
            gauss("1.0", function)


@needs_compiler
@pytest.mark.parametrize("name", ["row", "j", "i0", "v1", "p0", "t0", "work", "exp2", "o", "kinds"])
def test_parameters_may_be_called_as_generated_names(name):
    function = eval(f"lambda {name}, b=2.0: {name} * {name} * b", {})
    f = autograd.elementwise(function, None, 1, 1, c=f"{name} * {name} * b")
    found, summary = in_c(lambda x: np.sum(np.tanh(f(x)) + f(x), axis=0), np.ones((3, 2)))
    assert np.allclose(found, 3 * (np.tanh(2) + 2))
    assert "C kernels" in summary


# -- sparsity -----------------------------------------------------------------------------------


def ring(sparsity=None):
    """Return a function of which each result depends on two neighbours."""

    @autograd.kernel()
    def around(x, y):
        return np.array([a * a + b for a, b in zip(x, np.roll(y, -1), strict=True)])

    @autograd.kernel()
    def back(g, x):
        return np.array([*(2 * g * x)])

    @autograd.kernel()
    def rolled(g):
        return np.array([*np.roll(g, 1)])

    return autograd.define(
        around,
        lambda g, z, x, y: back(g, x),
        lambda g, z, x, y: rolled(g),
        name="ring",
        sparsity=sparsity,
    )


X = np.linspace(1.0, 2.0, 8)
NEXT = np.roll(np.eye(8), 1, axis=1)


@pytest.mark.parametrize(
    ("sparsity", "entries"),
    [
        ("dense", 64),
        (lambda x, y: (np.eye(len(x)), NEXT), 16),
        (lambda x, y: ("elementwise", NEXT), 16),
        (lambda x, y: ("elementwise", None), 64),
    ],
)
def test_patterns_follow_what_the_user_says(sparsity, entries):
    pytest.importorskip("scipy")
    f = ring(sparsity)
    J = autograd.sparse_jacobian(lambda x: f(x * 2, np.sin(x)))
    found = J(X)
    assert found.nnz == entries
    assert np.allclose(found.toarray(), autograd.jacobian(lambda x: f(x * 2, np.sin(x)))(X))
    assert "ring" in J.summary()


@pytest.mark.parametrize(
    ("sparsity", "message"),
    [
        ("elementwise", "ring returned lacks entries"),
        (lambda x, y: (np.eye(len(x)), np.zeros((8, 8))), "ring returned lacks entries"),
        (lambda x, y: (np.eye(8), np.eye(7)), r"shape \(7, 7\) for argument 1"),
        (lambda x, y: np.eye(8), "a tuple of 2"),
        (lambda x, y: (np.eye(8), "some"), "argument 1"),
    ],
)
def test_patterns_that_claim_too_little_are_refused(sparsity, message):
    pytest.importorskip("scipy")
    f = ring(sparsity)
    with pytest.raises(errors.SparsityError, match=message):
        autograd.sparse_jacobian(lambda x: f(x * 2, np.sin(x)))(X)
    with pytest.raises(errors.OptionError, match="sparsity= of ring"):
        ring("banded")


def test_patterns_get_nan_for_numbers_that_may_differ():
    pytest.importorskip("scipy")
    seen = []

    def chosen(x, shift):
        seen.append((x.copy(), shift))
        return np.roll(np.eye(len(x)), shift, axis=1)

    function = autograd.kernel()(lambda x, shift: np.array([*np.roll(x, -shift)]))
    f = autograd.define(function, lambda g, y, x, shift: function(g, -shift), sparsity=chosen)
    J = autograd.sparse_jacobian(lambda x: f(x, 3) * x)
    assert np.allclose(J(X).toarray(), autograd.jacobian(lambda x: f(x, 3) * x)(X))
    assert np.isnan(seen[0][0]).all()
    assert seen[0][1] == 3


# -- all of them --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"batch": lambda x, decay=0.5: average(x.T, decay).T}, ""),
        ({"batch": lambda x, decay=0.5: average(x.T, decay / 2).T}, "batch="),
        ({"source": "def f(x, decay=0.5):\n    return x @ (decay ** (np.arange(3)[:, None] - "
          "np.arange(3)) * np.tri(3)).T"}, ""),
        ({"source": "def f(x, decay=0.5):\n    return np.cumsum(x)"}, "source="),
        ({"sparsity": lambda x, decay=0.5: np.tri(len(x))}, ""),
        ({"sparsity": lambda x, decay=0.5: np.eye(len(x))}, "sparsity="),
        ({"c": LOOP}, ""),
        pytest.param({"c": LOOP.replace("+ x", "- x")}, "c=", marks=needs_compiler),
    ],
)  # fmt: skip
def test_check_primitive_compares_all_of_them(options, wrong):
    pytest.importorskip("scipy")
    report = autograd.check_primitive(ema(**options), np.arange(1.0, 4.0), raises=False)
    assert report.ok == (not wrong)
    assert all(fault.startswith(wrong) for fault in report.faults)
