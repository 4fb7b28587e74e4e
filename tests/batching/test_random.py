"""Random numbers in a batched function: those of a loop over the entries, or an error."""

import argparse
import collections
import dataclasses
import functools
import random
import secrets
import tempfile
import threading
import types
import uuid

import numpy as np
import pytest
from numpy.random import PCG64, Generator, RandomState, SeedSequence, default_rng

from autograd import checkpoint, grad, jit, vmap
from autograd.batching.generators import DISTRIBUTIONS, OTHERS
from autograd.errors import BatchError

X = default_rng(3).normal(size=(3, 4))


def new():
    return default_rng(1)


# -- what is an error ---------------------------------------------------------------------------

SHARED, SEEDS = new(), SeedSequence(1)


@dataclasses.dataclass
class Noise:
    generator: object

    def __call__(self, x):
        return x * self.generator.normal()

    def method(self, x):
        return x * self.generator.normal()


@dataclasses.dataclass(slots=True)
class Slots:
    generator: object

    def method(self, x):
        return x * self.generator.normal()


class Sources:
    held = new()

    @property
    def number(self):
        return SHARED.normal()

    @staticmethod
    def static():
        return SHARED.normal()

    @classmethod
    def of_class(cls):
        return SHARED.normal()


def decorated(f):
    @functools.wraps(f)
    def wrapper(*arguments):
        return f(*arguments)

    return wrapper


def named():
    def inner():
        return SHARED.normal()

    return inner()


def default(x, generator=new()):  # noqa: B008
    return x * generator.normal()


def keyword_default(x, *, generator=new()):  # noqa: B008
    return x * generator.normal()


def endless():
    while True:
        yield SHARED.normal()


@functools.lru_cache
def cached():
    return SHARED


SOURCES, STATE, OWN, BOUND, ENDLESS = (
    Sources(),
    RandomState(1),
    random.Random(1),
    new().normal,
    endless(),
)
SPACE, OPTIONS, QUEUE = (
    types.SimpleNamespace(g=new()),
    argparse.Namespace(g=new()),
    collections.deque([new()]),
)
LOCAL, NESTED, MODULE = threading.local(), {"a": [new()]}, types.ModuleType("settings")
LOCAL.g = MODULE.g = new()
exec(
    "from numpy.random import default_rng\ng = default_rng(1)\ndef noise(): return g.normal()",
    vars(MODULE),
)

DRAWING = {
    "without a seed": lambda x: x * np.random.default_rng().normal(),
    "imported": lambda x: x * default_rng().normal(),
    "by its bits": lambda x: x * Generator(PCG64()).normal(),
    "a state without a seed": lambda x: x * RandomState().rand(),
    "of Python without a seed": lambda x: x * random.Random().random(),
    "of the system": lambda x: x * random.SystemRandom().random(),
    "secret": lambda x: x * secrets.randbelow(10),
    "unique": lambda x: x * (uuid.uuid4().int % 10),
    "numpy.random": lambda x: x * np.random.rand(),
    "kept for later": lambda x: x * np.random.standard_normal(),
    "random": lambda x: x * random.random(),
    "gauss": lambda x: x * random.gauss(0, 1),
    "module": lambda x: x * MODULE.g.normal(),
    "function of a module": lambda x: x * MODULE.noise(),
    "class": lambda x: x * Sources.held.normal(),
    "property": lambda x: x * SOURCES.number,
    "static": lambda x: x * Sources.static(),
    "class method": lambda x: x * Sources.of_class(),
    "inner function": lambda x: x * named(),
    "lambda": lambda x: x * (lambda: SHARED.normal())(),
    "comprehension": lambda x: x * sum([SHARED.normal() for _ in range(3)]),
    "child": lambda x: x * SHARED.spawn(1)[0].normal(),
    "child of seeds": lambda x: x * default_rng(SEEDS.spawn(1)[0]).normal(),
    "state": lambda x: x * STATE.normal(),
    "own": lambda x: x * OWN.gauss(0, 1),
    "bound": lambda x: x * BOUND(),
    "bound itself": new().normal,
    "random itself": random.random,
    "namespace": lambda x: x * SPACE.g.normal(),
    "options": lambda x: x * OPTIONS.g.normal(),
    "queue": lambda x: x * QUEUE[0].normal(),
    "thread": lambda x: x * LOCAL.g.normal(),
    "nested": lambda x: x * NESTED["a"][0].normal(),
    "object": Noise(new()),
    "method": Noise(new()).method,
    "method with slots": Slots(new()).method,
    "partial": functools.partial(lambda g, x: x * g.normal(), new()),
    "decorated": decorated(lambda x: x * SHARED.normal()),
    "default": default,
    "keyword default": keyword_default,
    "cached": lambda x: x * cached().normal(),
    "generator": lambda x: x * next(ENDLESS),
    "gradient": grad(lambda x: np.sum(x * SHARED.normal())),
    "jit": jit(lambda x: x * SHARED.normal()),
    "checkpoint": checkpoint(lambda x: x * SHARED.normal()),
    "batch": lambda x: vmap(lambda y: y * SHARED.normal(), randomness="same")(x),
}  # fmt: skip


@pytest.mark.each("name", list(DRAWING))
def test_numbers_that_all_entries_share_are_an_error(name):
    f = DRAWING[name]
    f = (lambda x, f=f: x * f()) if name in ("bound itself", "random itself") else f
    for choice in ("error", "different"):
        for _ in range(2):
            with pytest.raises(BatchError, match='randomness="same"'):
                vmap(f, randomness=choice)(X)
    if name != "jit":  # whose program draws again
        found = vmap(f, randomness="same")(np.ones((3, 4)))
        assert np.all(found == found[0])


@pytest.mark.parametrize("choice", ["error", "different", "same"])
def test_generators_with_a_seed_draw_the_same_in_each_entry(choice):
    ways = [
        lambda x: x + default_rng(0).normal(size=4), lambda x: x + RandomState(0).rand(),
        lambda x: x + RandomState([1, 2]).randn(4), lambda x: x + random.Random(0).random(),
        lambda x: x + Generator(PCG64(5)).random(4),
    ]  # fmt: skip
    for f in ways:
        np.testing.assert_array_equal(vmap(f, randomness=choice)(X), [f(x) for x in X])


def test_imports_and_names_of_files_are_no_random_numbers(tmp_path, monkeypatch):
    (tmp_path / "imported_in_a_batch.py").write_text(
        "import os, random\nkey = os.urandom(8), random.Random()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    def f(x):
        import imported_in_a_batch

        tempfile.mkdtemp(dir=tmp_path)
        return x * len(imported_in_a_batch.key)

    np.testing.assert_array_equal(vmap(f)(X), 2 * X)


def test_sources_of_random_bits_are_those_of_before():
    before = random._urandom, random.Random.seed, np.random.mtrand._MT19937
    vmap(lambda x: vmap(np.sin)(x) + RandomState(0).rand())(X)
    assert (random._urandom, random.Random.seed, np.random.mtrand._MT19937) == before
    assert random.Random().random() != random.Random().random()


# -- different numbers --------------------------------------------------------------------------

#: Parameters for which two draws are hardly ever equal.
PARAMETERS = {
    "normal": (1.0, 2.0), "uniform": (1.0, 2.0), "exponential": (2.0,), "poisson": (1e6,), "integers": (0, 10**6),
    "beta": (1.0, 2.0), "binomial": (10**6, 0.5), "chisquare": (2.0,), "gamma": (2.0, 1.0),
    "standard_gamma": (2.0,), "geometric": (1e-5,), "gumbel": (0.0, 1.0), "laplace": (0.0, 1.0),
    "logistic": (0.0, 1.0), "lognormal": (0.0, 1.0), "pareto": (2.0,), "power": (2.0,), "rayleigh": (1.0,),
    "standard_t": (3.0,), "triangular": (0.0, 0.5, 1.0), "vonmises": (0.0, 1.0), "wald": (1.0, 1.0),
    "weibull": (1.0,), "f": (3.0, 4.0), "negative_binomial": (20, 1e-4), "noncentral_chisquare": (2.0, 1.0),
    "noncentral_f": (3.0, 4.0, 1.0), "zipf": (1.05,), "logseries": (0.99999,), "hypergeometric": (10**6,) * 3,
}  # fmt: skip
MAKERS = {"Generator": lambda: default_rng(0), "RandomState": lambda: RandomState(0)}


def different(f, generator, x=X):
    return vmap(f, (0, None), randomness="different")(x, generator)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.each("name", list(DISTRIBUTIONS))
def test_each_entry_draws_its_own_numbers(name, kind):
    make = MAKERS[kind]
    if not hasattr(make(), name):
        return
    parameters = PARAMETERS.get(name, ())
    for size in (None, 5, (5,), (2, 3), [4], np.int64(3), ()):
        ways = [lambda g, s=size: getattr(g, name)(*parameters, size=s)]
        ways += [lambda g, s=size: getattr(g, name)(*parameters, s)]
        ways += [] if size else [lambda g: getattr(g, name)(*parameters)]
        for draw in ways:
            one = np.asarray(draw(make()))
            found = different(lambda x, g, draw=draw: draw(g), make())
            assert found.dtype == one.dtype
            of_all = getattr(make(), name)(*parameters, size=(3, *one.shape))
            np.testing.assert_array_equal(found, of_all)
            assert len({row.tobytes() for row in found}) > 1


def test_parameters_may_differ_between_entries():
    found = different(
        lambda x, g: (g.normal(x, 0.1), g.uniform(low=x[0], high=x[0] + 1, size=2)), new()
    )
    again = new()
    np.testing.assert_array_equal(found[0], again.normal(X, 0.1))
    np.testing.assert_array_equal(found[1], again.uniform(X[:, :1], X[:, :1] + 1, size=(3, 2)))


def shuffled(x, g):
    y = np.outer(x, x)
    g.shuffle(y)
    return y


#: Drawn for one entry after the other, as a loop draws.
ONE_BY_ONE = [
    lambda x, g: g.choice(10**6, 5), lambda x, g: g.choice(x), lambda x, g: g.permutation(20),
    lambda x, g: g.permutation(x), lambda x, g: g.multinomial(100, [0.2, 0.3, 0.5]), shuffled,
    lambda x, g: g.multivariate_normal(x, np.eye(4)), lambda x, g: g.dirichlet(np.abs(x)),
]  # fmt: skip
OF_GENERATORS = [
    lambda x, g: g.permuted(np.outer(x, x)), lambda x, g: g.multivariate_hypergeometric([100, 200], 50)
]  # fmt: skip
OF_STATES = [lambda x, g: g.rand(3), lambda x, g: g.randn(), lambda x, g: g.randint(0, 10**6, 3)]
OF_PYTHON = [
    lambda x, g: g.random(), lambda x, g: g.gauss(0, 1), lambda x, g: g.uniform(0, 1), lambda x, g: g.randrange(9),
    lambda x, g: g.choice([1.0, 2.0, 3.0]), lambda x, g: g.sample([1.0, 2.0, 3.0], 2),
]  # fmt: skip


def test_other_methods_draw_for_one_entry_after_the_other():
    kinds = [
        (MAKERS["Generator"], ONE_BY_ONE + OF_GENERATORS), (MAKERS["RandomState"], ONE_BY_ONE + OF_STATES),
        (lambda: random.Random(0), OF_PYTHON),
    ]  # fmt: skip
    for make, ways in kinds:
        for f in ways:
            generator = make()
            expected = [f(x, generator) for x in X]
            for found, each in zip(different(f, make()), expected, strict=False):
                assert np.size(found) == 3 or np.array_equal(found, each)
            np.testing.assert_array_equal(
                np.asarray(different(f, make())).reshape(-1).sum(), np.sum(expected)
            )


def test_every_method_draws_or_is_refused():
    for make in (*MAKERS.values(), lambda: random.Random(0)):
        generator = make()
        for name in dir(generator):
            if not name.startswith("_") and name not in DISTRIBUTIONS and name not in OTHERS:
                with pytest.raises(BatchError, match=r"with an axis for the batch"):
                    different(lambda x, g, name=name: x * bool(getattr(g, name)), generator)


def test_numbers_are_drawn_into_arrays_of_each_entry():
    def into(x, g):
        y = np.zeros_like(x)
        assert g.random(out=y) is y
        return y

    assert len(np.unique(different(into, new()))) == 12
    for f in (lambda x, g: g.random(out=np.zeros(3)), lambda x, g: g.shuffle([1, 2])):
        with pytest.raises(BatchError, match="all calls of a batch share"):
            different(f, new())


@pytest.mark.parametrize("outer", ["same", "different", "error"])
@pytest.mark.parametrize("inner", ["same", "different", "error"])
def test_batches_in_batches_draw_as_each_of_them_says(inner, outer):
    def rows(x, g):
        return vmap(lambda y, g: g.normal(), (0, None), randomness=inner)(x, g)

    batched = vmap(rows, (0, None), randomness=outer)
    if "error" in (inner, outer):
        with pytest.raises(BatchError):
            batched(X, new())
        return
    expected = (3 if outer == "different" else 1) * (4 if inner == "different" else 1)
    assert len(np.unique(batched(X, new()))) == expected


def test_programs_draw_again_for_each_entry():
    f = jit(vmap(lambda x, g: x + g.normal(size=4), (0, None), randomness="different"))
    generator, again = new(), new()
    for _ in range(3):
        np.testing.assert_allclose(f(X, generator), X + again.normal(size=(3, 4)))


def test_a_generator_of_a_batch_cannot_be_copied():
    import copy

    assert np.all(different(lambda x, g: x * isinstance(g, Generator), new()) == X)
    with pytest.raises(BatchError, match="two generators"):
        different(lambda x, g: x * copy.deepcopy(g).normal(), new())


def test_the_size_of_a_batch_may_be_all_that_is_given():
    draws = vmap(lambda g: g.normal(size=2), None, axis_size=5, randomness="different")
    np.testing.assert_array_equal(draws(new()), new().normal(size=(5, 2)))
    assert vmap(lambda: 2.0, axis_size=3)().tolist() == [2.0, 2.0, 2.0]
