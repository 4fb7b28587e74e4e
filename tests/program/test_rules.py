"""Every rule's samples as programs: what they return is what eager calls return, bit by bit."""

import os
import zlib

import numpy as np
import pytest
from program.replays import MODES, arrays, identity, outcome, recorded
from rules.checks import quiet
from rules.samples import ANYWHERE, BINARY, BINARY_POSITIVE, INSIDE, POSITIVE, SAMPLES
from scipy_rules.samples import SAMPLES as OF_SCIPY

import autograd
from autograd import jit, scipy, value_and_grad
from autograd.program.running import GuardFailed, compiled
from autograd.rules import elementwise, kernel, special

FIRST = set()  # samples of different functions


def some(samples):
    """Yield every sixth sample, and the first of each function; `make gallery` takes the others."""
    seen = set()
    for number, sample in enumerate(samples):
        name = str(sample).partition("[")[0].partition(".")[0]
        taken = name not in seen or number % 6 == 0
        if name not in seen:
            FIRST.add(id(sample))
        yield pytest.param(sample, marks=[] if taken else [pytest.mark.gallery])
        seen.add(name)


EACH = pytest.mark.each("sample", list(some(SAMPLES)))
EACH_OF_SCIPY = pytest.mark.each("sample", list(some(OF_SCIPY)))

#: Ordinary inputs first.
SEEDS = (0, 1, "layout", "zeros", "equal", "large", "special")

#: How many of the others each derivative of a sample gets, and how many other derivatives each of
#: SciPy's samples, of which there are many alike, and of NumPy's but the first of each function, in
#: turns. With CHAINRULE_FUZZ=3 it is all.
TURNS = round(2 * float(os.environ.get("CHAINRULE_FUZZ", "1")))

#: What data decide for these functions, and no instruction could.
GUARDED = {
    "the shape of a result": {
        "repeat", "piecewise", "compress", "extract", "delete", "insert", "polymul", "polydiv",
        "bincount", "histogram", "histogram_bin_edges", "histogram2d", "histogramdd", "unique",
        "unique_values", "unique_all", "unique_counts", "unique_inverse", "union1d", "setxor1d",
        "setdiff1d", "intersect1d", "trim_zeros", "divide", "lstsq", "",
    },
    "whether a result is complex": {
        "real_if_close", "poly", "roots", "eig", "eigvals", "emath.sqrt", "emath.log",
        "emath.log2", "emath.log10", "emath.arccos", "emath.arcsin", "emath.arctanh",
        "emath.power", "emath.logn", "linalg.sqrtm", "linalg.logm",
        "linalg.fractional_matrix_power",
    },
    "whether there is a derivative": {
        "slogdet", "qr", "polyfit", "multivariate_normal.entropy", "linalg.lu_factor", "linalg.lu",
        "linalg.qr", "lu_solve", "multigammaln", "zeta", "dirichlet.pdf", "dirichlet.logpdf",
    },
    "whether values are equal, and need a limit": {
        "eigvalsh", "eigh", "svd", "svdvals", "cond", "norm", "linalg.eigh", "linalg.eigvalsh",
        "linalg.svd", "linalg.svdvals",
    },
    "which elements are NaN": {"nanmedian", "nanquantile", "nanpercentile", "quantile"},
    "which singular values count": {"pinv", "linalg.pinv", "linalg.pinvh", "lstsq", "polyfit"},
    "the steps of a solver": {"odeint", "linalg.lstsq"},
    "which branch of a number": {"factorial"},
    "the order of differentiation": {  # forward mode differentiates their pullbacks
        "cumprod", "cumulative_prod", "nancumprod", "multiply.accumulate",
    },
}  # fmt: skip


def may_have_guards(sample):
    """Return whether data decide something in a rule; of a distribution, where its support is."""
    name = str(sample).partition("[")[0].partition("{")[0]
    distribution = name.partition(".")[0]
    known = set().union(*GUARDED.values())
    return {name, name.partition(" ")[0]} & known or hasattr(scipy.stats, distribution)


def seeds_of(sample, mode):
    """Return the seeds of the inputs; those of derivatives depend on the sample."""
    if mode == "value":
        return SEEDS
    return [SEEDS[0], *in_turns(SEEDS[1:], f"{sample} {mode}")]


def in_turns(items, text):
    """Return some of these items; other ones for other texts."""
    start = zlib.crc32(text.encode())
    return [items[(start + k) % len(items)] for k in range(min(TURNS, len(items)))]


def modes_of(sample, first):
    """Return the modes for a sample: the value, the gradient and some others in turns.

    These samples get both other derivatives. What is left calls the same rules in another way.
    """
    value, gradient, *others = MODES
    if id(sample) in first:
        ways = [mode for mode in others if mode not in ("forward", "second")]
        return [value, gradient, "forward", "second", *in_turns(ways, str(sample))[: TURNS // 2]]
    return [value, gradient, *in_turns(others, str(sample))]


def check_replays(sample, modes):
    """Compare the programs of a sample with eager calls, also at inputs with special values."""
    for mode in modes:
        eager = MODES[mode](sample)
        if outcome(eager, arrays(sample))[0] is None and (sample.smooth or mode != "second"):
            check_program(eager, recorded(sample, mode), sample, mode)


def check_program(eager, program, sample, mode):
    run = compiled(program)
    for seed in seeds_of(sample, mode):
        if seed == "special" and sample.name == "hyp1f1":
            continue  # SciPy's function does not return there
        inputs = arrays(sample, seed)
        error, expected, warned = outcome(eager, inputs)
        if error is not None:
            continue
        try:
            other, found, also_warned = outcome(run, inputs)
        except GuardFailed:
            assert seed, mode
            assert program.guards or seed == "layout", mode
            continue
        assert other is None, (mode, seed, found)
        assert identity(found) == identity(expected), (mode, seed)
        known = "The result does not depend on the argument: its derivative is zero."
        assert also_warned == [text for text in warned if text != known], (mode, seed)
    if mode != "second":
        assert not program.guards or may_have_guards(sample), program.guards


@EACH
@quiet
def test_replays_equal_eager_calls_bit_by_bit(sample):
    if str(sample).startswith("modf into"):
        pytest.skip("results in several arrays are refused")
    check_replays(sample, modes_of(sample, FIRST))


@EACH_OF_SCIPY
@quiet
def test_replays_of_scipy_equal_eager_calls(sample):
    modes = modes_of(sample, ())
    if str(sample).startswith("odeint"):  # its forward and second derivatives take seconds
        modes = list(MODES)[:4]
    check_replays(sample, modes)


NUMBERS = (0.3, 0.7, -0.7, 0.0, -0.0, 1.0, -1.0, 40.0, -40.0, 1e300, np.inf, -np.inf, np.nan)
ELEMENTWISE = (*ANYWHERE, *POSITIVE, *INSIDE, np.sinc, np.i0)


def twice(function):
    return autograd.grad(lambda x: autograd.grad(function)(x) * x)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore:.*encountered:RuntimeWarning")
@pytest.mark.each("function", ELEMENTWISE, ids=lambda f: f.__name__)
@pytest.mark.parametrize("transform", [lambda f: f, autograd.grad, twice])
def test_rules_of_numbers_agree_under_jit(function, transform):
    eager = transform(lambda x: function(x) * 1.5)
    jitted = autograd.jit(eager)
    for x in NUMBERS:
        expected, found = eager(x), jitted(x)
        assert type(found) is type(expected), x
        assert identity(found) == identity(expected), x


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize("function", [*BINARY, *BINARY_POSITIVE], ids=lambda f: f.__name__)
def test_rules_of_two_numbers_agree_under_jit(function):
    eager = autograd.grad(lambda x, y: function(x, y) * 1.5, (0, 1))
    jitted = autograd.jit(eager)
    for x in (0.4, *NUMBERS[1:6], np.inf):
        for y in (0.9, *NUMBERS[1:6], -np.inf):
            expected, found = eager(x, y), jitted(x, y)
            assert [type(g) for g in found] == [type(g) for g in expected], (x, y)
            assert identity(list(found)) == identity(list(expected)), (x, y)


def test_the_inputs_vary():
    near = [arrays(SAMPLES[0], seed)[0] for seed in SEEDS if seed != "special"]
    for i, x in enumerate(near):
        assert not any(np.array_equal(x, other) for other in near[:i])


def test_a_kernel_is_one_instruction():
    sample = next(s for s in SAMPLES if s.function is np.tanh and np.ndim(s.inputs[0]))
    functions = [item.function for item in recorded(sample, "gradient").instructions]
    assert [f for f in functions if kernel.is_kernel(f)] == [elementwise.sharpened.__wrapped__]
    assert kernel.is_elementwise(elementwise.sharpened.__wrapped__)
    assert not kernel.is_kernel(np.tanh)


def test_saturated_slopes_are_exact_in_programs():
    sample = next(s for s in SAMPLES if s.function is np.tanh and np.shape(s.inputs[0]) == (2, 3))
    run = compiled(recorded(sample, "gradient"))
    for factor in (1.0, 30.0, 400.0):
        x = np.array([[-1.0, 0.5, 1.0], [2.0, -0.1, 0.0]]) * factor
        expected = MODES["gradient"](sample)(x)
        assert identity(list(run(x))) == identity(list(expected))


def test_special_functions_are_kernels():
    assert kernel.is_elementwise(special.each.__wrapped__)
    assert kernel.is_elementwise(special.bessel_of_array.__wrapped__)


@pytest.mark.parametrize(
    "f",
    [np.cross, lambda x, y: np.divide.accumulate(x * y, axis=1)],
    ids=["cross", "accumulate"],
)
def test_compositions_lie_in_memory_as_numpys_results_do(f):
    both = value_and_grad(lambda x, y: np.sum(np.sin(f(x, y))), (0, 1))  # sums depend on it
    replayed = jit(both)
    for seed in range(20):
        x, y = np.random.default_rng(seed).normal(size=(2, 4, 3))
        value, gradients = both(x, y)
        again, found = replayed(x, y)
        assert again.tobytes() == value.tobytes()
        assert all(a.tobytes() == b.tobytes() for a, b in zip(found, gradients, strict=True))
