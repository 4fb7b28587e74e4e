"""Programs that are saved as C compute the same, without a warning of the strictest compilers."""

import shutil
import subprocess

import numpy as np
import pytest
from program.replays import arrays, recorded
from program.saved_c import COMPILERS, STRICT, Compiled
from rules.samples import SAMPLES

from autograd import Tensor, grad, jit, trace, value_and_grad
from autograd.errors import GuardError, SourceError

pytestmark = pytest.mark.skipif(not COMPILERS, reason="there is no C compiler")

RANDOM = np.random.default_rng(0)


def normal(*shape):
    return RANDOM.normal(size=shape)


def flat(results):
    """Return the arrays and numbers in nested results."""
    if isinstance(results, (tuple, list)):
        return [x for one in results for x in flat(one)]
    return [np.asarray(results)]


def assert_same(found, wanted):
    wanted = flat(wanted)
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        digits = 2e-5 if other.dtype == np.float32 else 1e-12
        assert one.shape == other.shape
        size = (
            np.max(np.abs(other[np.isfinite(other)]), initial=1.0) if other.dtype.kind == "f" else 1
        )
        assert np.allclose(one, other, rtol=digits, atol=digits * size, equal_nan=True)


def chain(x):
    scaled = x * 0.5 + 0.1
    t = np.tanh(scaled)
    s = np.sin(np.exp(t * x) - t)
    return np.sum((s * s + x) * scaled)


def cross_entropy(x, labels):
    shifted = x - np.max(x, axis=1, keepdims=True)
    logarithms = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(logarithms[np.arange(len(labels)), labels])


def layer_norm(x, scale, shift):
    mean = np.mean(x, axis=-1, keepdims=True)
    variance = np.mean((x - mean) ** 2, axis=-1, keepdims=True)
    return np.sum(np.tanh((x - mean) / np.sqrt(variance + 1e-5) * scale + shift))


def attention(x, query, key):
    scores = (x @ query) @ np.swapaxes(x @ key, -1, -2)
    weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return np.sum((weights / np.sum(weights, axis=-1, keepdims=True) @ x) ** 2)


def assignments(x):
    a = np.zeros((3, 4))
    a[1:] = x[:2]
    a[:, 0] += x[0, :3]
    a[1:] = a[:-1]
    a *= 2
    a[0, 1] = x[2, 2]
    np.add.at(a, ([0, 0, -1], [1, 1, 2]), x[:, 0])
    a[[1, 2], [0, 3]] = 5.0
    return a, a.T.reshape(-1)


def views(x):
    return (
        x.T @ x,
        x.sum(0),
        x[::-1, 1:] * 2,
        x[1, 2] * x[0],
        x.max(),
        x.T,
        np.concatenate([x, x], 1),
    )


CASES = {
    "chain": (value_and_grad(chain), (normal(7),)),
    "long chain": (value_and_grad(chain), (normal(5000),)),
    "network": (
        value_and_grad(lambda w, b, x: np.sum(np.tanh(x @ w + b) ** 2), (0, 1)),
        (normal(3, 4), normal(4), normal(5, 3)),
    ),
    "cross-entropy": (value_and_grad(cross_entropy), (normal(6, 5), np.arange(6) % 5)),
    "layer norm": (value_and_grad(layer_norm, (0, 1, 2)), (normal(6, 40), normal(40), normal(40))),
    "attention": (
        value_and_grad(attention, (0, 1, 2)),
        (normal(2, 5, 4), normal(4, 4), normal(4, 4)),
    ),
    "single precision": (
        value_and_grad(lambda x, y: np.sum(np.where(x > y, x * y, np.hypot(x, y)))),
        (np.float32(normal(3, 4)), np.float32(normal(4))),
    ),
    "numbers": (value_and_grad(lambda x, y: x**3 / y + np.exp(x) * 2.0, (0, 1)), (1.5, -0.5)),
    "assignments": (assignments, (normal(3, 4),)),
    "views": (views, (normal(3, 4),)),
    "other layouts": (
        lambda x, y: (x * 2 + y, np.sum(x, 0)),
        (normal(4, 3).T, normal(3, 8)[:, ::2]),
    ),
    "integers": (lambda x, n: (x[n], n * 3 - 1, x > 0), (normal(5), np.array([1, -2, 0]))),
    "the same twice": (lambda x: (x, x, x[1:], 2.0 * x[0]), (normal(3),)),
}


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", CASES)
def test_saved_c_computes_what_the_function_computes(name, compiler, tmp_path):
    function, arguments = CASES[name]
    trace(function)(*arguments).save(tmp_path / "saved.c")
    code, found = Compiled(tmp_path / "saved.c", compiler)(*arguments)
    assert code == 0
    assert_same(found, function(*arguments))


EACH = [s for k, s in enumerate(SAMPLES) if k % 60 == 7]


@pytest.mark.parametrize("sample", [*EACH], ids=str)
def test_samples_of_rules_are_right_or_refused(sample, tmp_path):
    check(sample, "gradient", tmp_path)


@pytest.mark.gallery
@pytest.mark.parametrize("mode", ["value", "gradient", "second"])
@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_all_samples_of_rules_are_right_or_refused(sample, mode, tmp_path):
    check(sample, mode, tmp_path)


@pytest.mark.filterwarnings("ignore")
def check(sample, mode, folder):
    program = recorded(sample, mode)
    try:
        program.save(folder / "saved.c")
    except SourceError:
        return
    compiled = Compiled(folder / "saved.c")
    for seed in (0, 1, "zeros", "large", "special"):
        inputs = arrays(sample, seed)
        code, found = compiled(*inputs)
        try:
            with np.errstate(all="ignore"):
                wanted = program(*inputs)
        except GuardError:
            assert code > 0
            continue
        assert code == 0
        assert_same(found, wanted)


def test_guards_return_their_number(tmp_path):
    def f(x, y):
        if x > 0:
            return x * y
        return x - y if y > 0 else x + y

    program = trace(grad(f, (0, 1)))(-1.0, 2.0)
    program.save(tmp_path / "saved.c", name="slopes")
    compiled = Compiled(tmp_path / "saved.c")
    assert compiled.name == "slopes"
    assert compiled(-3.0, 4.0) == (0, [1.0, -1.0])
    assert compiled(3.0, 4.0)[0] == 1
    assert compiled(-3.0, -4.0)[0] == 2
    assert compiled(np.nan, -4.0)[0] == 2
    assert "2 if the function would take another branch" in (tmp_path / "saved.h").read_text()


def test_an_index_out_of_range_is_an_error(tmp_path):
    trace(lambda x, n: x[n] * 2)(np.arange(3.0), np.array([0, 1])).save(tmp_path / "saved.c")
    compiled = Compiled(tmp_path / "saved.c")
    assert compiled(np.arange(3.0), np.array([-3, 2]))[0] == 0
    for wrong in (3, -4, 1 << 62, -(1 << 63)):
        assert compiled(np.arange(3.0), np.array([0, wrong]))[0] == -1


def test_what_the_program_reads_elsewhere_is_a_parameter(tmp_path):
    w = Tensor([1.0, 2.0, 3.0], label="weights")
    trace(lambda x: np.sum(w.data * x))(np.ones(3)).save(tmp_path / "saved.c")
    compiled = Compiled(tmp_path / "saved.c")
    assert len([name for _, name in compiled.parameters if "result" not in name]) in (2, 3)


def test_what_c_cannot_compute_is_refused_and_named(tmp_path):
    for function, x, name in (
        (lambda x: np.linalg.svd(x)[1], np.eye(3), "svd of float64"),
        (lambda x: np.fft.fft(x).real, np.ones(4), "fft of float64"),
        (lambda x: np.sin(x), np.ones(2, complex), "complex128"),
        (lambda x: np.cumsum(x), np.ones(2), "cumsum of float64"),
    ):
        with pytest.raises(SourceError, match=name):
            trace(function)(x).save(tmp_path / "saved.c")
    with pytest.raises(SourceError, match="line"):
        trace(lambda x: np.linalg.det(x))(np.eye(2)).save(tmp_path / "saved.c")
    assert list(tmp_path.iterdir()) == []


def test_an_argument_that_is_changed_is_refused(tmp_path):
    def change(x):
        x[0] = 1.0
        return x * 2

    with pytest.raises(SourceError, match="setitem"):
        trace(change)(np.zeros(3)).save(tmp_path / "saved.c")


def test_branches_are_saved_one_by_one(tmp_path):
    f = jit(lambda x: x if x > 0 else -x)
    f(1.0), f(-1.0)
    with pytest.raises(SourceError, match=r"2 programs.*programs\[0\]"):
        f.save(tmp_path / "saved.c")
    f.programs[1].save(tmp_path / "saved.c")
    assert Compiled(tmp_path / "saved.c")(-2.0) == (0, [2.0])


@pytest.mark.parametrize(
    "name", ["int", "exp", "x", "t0", "row", "workspace", "größe", "_Bool", "result"]
)
def test_parameters_may_have_any_name(name, tmp_path):
    names = {"np": np}
    exec(f"def f({name}, other):\n    return np.tanh({name}) * other + np.exp({name})", names)
    arguments = np.array([0.5, 1.5]), 2.0
    trace(names["f"])(*arguments).save(tmp_path / "saved.c")
    code, found = Compiled(tmp_path / "saved.c")(*arguments)
    assert code == 0
    assert_same(found, names["f"](*arguments))


@pytest.mark.parametrize("name", ["int", "a b", "f(); //", "exp", "", "1x"])
def test_functions_have_names_of_c(name, tmp_path):
    program = trace(lambda x: x * 2)(1.0)
    program.name = name or '"); system("'
    program.save(tmp_path / "saved.c")
    assert Compiled(tmp_path / "saved.c")(2.0) == (0, [4.0])
    if name:
        with pytest.raises(SourceError, match="not a valid name"):
            program.save(tmp_path / "saved.c", name=name)


def test_constants_keep_all_bits(tmp_path):
    numbers = np.array([0.1, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1.7976931348623157e308])
    trace(lambda x: (x * numbers, x + 1e-320, np.full(2, -0.0) * x[:2]))(np.ones(7)).save(
        tmp_path / "saved.c"
    )
    code, found = Compiled(tmp_path / "saved.c")(np.ones(7))
    assert code == 0
    assert np.array_equal(found[0].view(np.int64)[:4], numbers.view(np.int64)[:4])
    assert np.array_equal(found[0], numbers, equal_nan=True)
    assert found[1][0] == 1.0
    assert np.signbit(found[2]).all()


def test_headers_suit_cpp(tmp_path):
    trace(value_and_grad(chain))(normal(5)).save(tmp_path / "saved.c", name="chain")
    text = '#include "saved.h"\nint main() { double x[5] = {0}, y, g[5]; '
    text += "double work[CHAIN_WORKSPACE / 8 + 1]; return chain(x, &y, g, work); }\n"
    (tmp_path / "main.cpp").write_text(text)
    name = "clang++" if "clang" in COMPILERS[0] else "g++"
    compiler = shutil.which(name) or pytest.skip("there is no C++ compiler")
    Compiled(tmp_path / "saved.c")
    strict = [flag for flag in STRICT if flag != "-std=c99"]
    command = [compiler, *strict, "main.cpp", "./saved.so", "-o", "main", "-lm"]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert subprocess.run(["./main"], cwd=tmp_path, check=False).returncode == 0


def test_the_text_names_nothing_of_this_machine(tmp_path):
    trace(value_and_grad(chain))(normal(5)).save(tmp_path / "saved.c")
    text = (tmp_path / "saved.c").read_text() + (tmp_path / "saved.h").read_text()
    assert str(tmp_path) not in text


NAMES = (
    "NAN", "INFINITY", "DBL_MAX", "FLT_MAX", "M_PI", "M_E", "INT64_MAX", "INT64_C", "HUGE_VAL",
    "EOF", "NULL", "INDEPENDENT", "NOINLINE", "KEEP", "CHECK_DIVISOR", "linux", "unix", "add_f8",
    "part_f8", "total_f8", "sum_of_lanes_f8", "maximum_f8", "f_part_0", "f_c0", "F_H",
    "F_WORKSPACE", "result_0", "result_1", "result", "work", "abs", "exit", "malloc", "printf",
    "round", "fma", "fmax", "fabsf", "isnan", "index", "powl", "größe", "λ", "W", "x1", "b2",
    "math_errhandling", "Linear",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, len(NAMES), 12))
def test_any_name_of_python_becomes_one_of_c(tmp_path, start):
    x, names = normal(2, 3), NAMES[start : start + 12]
    body = "np.max(np.tanh({0}), axis=1) + np.sum({0} * 2), {0} * {1}"
    space = {"np": np}
    exec(f"def f({', '.join(names)}):\n    return {body.format(*names)}\n", space)
    for name in names:
        exec(f"def {name}(x, other):\n    return {body.format('x', 'other')}\n", space)
    inputs = {
        name: [x + k for k in range(len(names) if name == "f" else 2)]
        for name in space
        if name in ("f", *names)
    }
    paths = [tmp_path / f"{name}.c" for name in inputs]
    for path, (name, arguments) in zip(paths, inputs.items(), strict=True):
        trace(space[name])(*arguments).save(path)
    library = tmp_path / "names.so"
    Compiled.compile(paths[0], "", paths[1:], library)
    for path, (name, arguments) in zip(paths, inputs.items(), strict=True):
        code, found = Compiled(path, library=library)(*arguments)
        assert code == 0
        assert_same(found, space[name](*arguments))


@pytest.mark.parametrize("name", ["NAN", "printf", "isnan", "linux", "powl", "add_f8", "int"])
def test_names_that_c_knows_are_refused_for_functions(tmp_path, name):
    with pytest.raises(SourceError, match="not a valid name"):
        trace(lambda x: x * 2)(np.ones(3)).save(tmp_path / "f.c", name=name)


def test_usual_names_stay_as_they_are(tmp_path):
    trace(lambda W, K9, Linear, b_1: W * K9 + Linear - b_1)(*normal(4, 3)).save(tmp_path / "f.c")
    header = (tmp_path / "f.h").read_text()
    for name in ("W", "K9", "Linear", "b_1"):
        assert f"const double *{name}," in header


def test_zeros_of_constants_keep_their_signs(tmp_path):
    def f(x):
        zeros = np.array([0.0, -0.0, 0.0])
        return np.copysign(x, zeros), np.copysign(x, np.concatenate([-zeros[:2], zeros[:1]]))

    code, found = saved(tmp_path, f, np.ones(3))
    assert code == 0
    assert np.array_equal(found, f(np.ones(3)))


def test_roots_as_powers_are_those_of_python(tmp_path):
    path = tmp_path / "root.c"
    trace(lambda x: x**0.5 * 1.5)(2.0).save(path)
    compiled = Compiled(path)
    for x in (-0.0, 0.0, np.inf, -np.inf, 5e-324, 3.0):
        code, (found,) = compiled(x)
        assert code == 0
        assert np.copysign(1, found) == 1
        assert found == x**0.5 * 1.5


def test_assignments_leave_out_leading_axes_of_one(tmp_path):
    def f(x):
        a, b = np.zeros(3), np.zeros((2, 3))
        a[:] = x[:1]
        b[1] = x[None, None, 1]
        b[:, 0] = x[:, :1].T
        return a, b

    x = normal(2, 3)
    code, found = saved(tmp_path, f, x)
    assert code == 0
    assert_same(found, f(x))


def test_extremes_and_unused_results_cause_no_warnings(tmp_path):
    def f(x, y):
        1 / y
        return np.max(x, axis=0), np.min(x * y, axis=1), y**2

    x = normal(4, 3)
    code, found = saved(tmp_path, f, x, 2.0)
    assert code == 0
    assert_same(found, f(x, 2.0))


def test_the_smallest_integers_are_written(tmp_path):
    def f(n):
        return n + np.array([-(1 << 63), (1 << 63) - 1, -(1 << 31)])

    code, found = saved(tmp_path, f, np.arange(3))
    assert code == 0
    assert np.array_equal(found[0], f(np.arange(3)))


@pytest.mark.parametrize("name", ["a b", "größe", "x.y", "-x", "a'b"])
def test_files_may_have_unusual_names(tmp_path, name):
    path = tmp_path / f"{name}.c"
    trace(lambda x: x * 2)(np.ones(3)).save(path)
    code, found = Compiled(path)(np.ones(3))
    assert code == 0
    assert np.array_equal(found[0], [2, 2, 2])


@pytest.mark.parametrize("name", ['a"b', "a\nb", "a\\b", "a\udcffb"])
def test_files_that_c_cannot_name_are_refused(tmp_path, name):
    with pytest.raises(SourceError, match="choose a plain name"):
        trace(lambda x: x * 2)(np.ones(3)).save(str(tmp_path / f"{name}.c"))
    assert list(tmp_path.iterdir()) == []


def saved(folder, function, *arguments):
    """Save a function as C; return the code and the results of a call."""
    path = folder / "saved.c"
    trace(function)(*arguments).save(path, name="saved")
    return Compiled(path)(*arguments)
