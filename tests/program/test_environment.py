"""What functions read apart from their arguments, and what a program cannot repeat."""

import dataclasses
import functools
import gc
import inspect
import itertools
import pickle
import random
import sys
import time
import types
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from program.agreement import (
    alike,
    array,
    paths,
)

from autograd import jit
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import ImpureFunctionError, TraceError
from autograd.program.state import State, follow

# -- what the function reads -----------------------------------------------------------------------

RATE = 2.0
TABLE = array(1, 2, 3)


def rated(x):
    return x * RATE


def test_rebound_names_are_noticed(monkeypatch):
    module = sys.modules[__name__]
    functions = [jit(rated), jit(lambda x: x * module.RATE), jit(lambda x: rated(x))]
    for rate in (2.0, 3.0, 1, True, 1.0, -0.0, 0.0, np.float32(2)):
        monkeypatch.setattr(module, "RATE", rate)
        for f in functions:
            assert alike(f(2.0), 2.0 * rate)
    monkeypatch.setattr(module, "rated", lambda x: x + 1)
    assert functions[2](2.0) == 3.0
    factor = 2.0
    f = jit(lambda x: x * factor)
    assert f(2.0) == 4.0
    factor = 5.0
    assert f(2.0) == 10.0


def test_names_that_appear_later_are_noticed(monkeypatch):
    def f(x):
        try:
            return x * LATER
        except NameError:
            return x

    replayed, owner = jit(f), types.SimpleNamespace()
    asked = jit(lambda x: x * owner.extra if hasattr(owner, "extra") else x)
    assert (replayed(2.0), asked(2.0)) == (2.0, 2.0)
    monkeypatch.setitem(globals(), "LATER", 3.0)
    owner.extra = 4.0
    assert (replayed(2.0), asked(2.0)) == (6.0, 8.0)


def test_new_code_of_a_function_is_noticed():
    def f(x):
        return x * 2

    replayed = jit(lambda x: f(x))
    assert replayed(2.0) == 4.0
    f.__code__ = (lambda x: x * 3).__code__
    assert replayed(2.0) == 6.0


def test_changed_containers_are_noticed():
    numbers, nested, table, tupled = [1.0] * 500, [[1.0, [2.0]]], {"k": 1.0}, ([1.0],)

    def f(x):
        return (
            x * numbers[200],
            x * nested[0][1][0],
            x * table["k"],
            x * tupled[0][0],
            sum(table.values()),
        )

    replayed = jit(f)
    for number in (1.0, 4.0, 2, 4.0):
        numbers[200] = nested[0][1][0] = table["k"] = tupled[0][0] = number
        assert alike(replayed(2.0), f(2.0))
    table["new"] = 1.0
    assert alike(replayed(2.0), f(2.0))


def default_of(k=(array(1, 2),)):  # noqa: B008
    return k


def test_arrays_are_read_at_each_call():
    single, listed, tupled = array(1, 2), [array(1, 2), array(3, 4)], (array(1, 2), [array(3, 4)])

    def f(x):
        default = default_of()
        alone = (
            single[0],
            single.sum(),
            (single * 2)[1],
            listed[0][0],
            tupled[0].max(),
            default[0][0],
        )
        return x * single, alone, sum(w.sum() for w in listed) * x, TABLE @ TABLE, float(single[1])

    replayed = jit(f)
    for number in (1.0, 7.0, -3.0):
        for changed in (single, listed[0], tupled[0], tupled[1][0], default_of.__defaults__[0][0]):
            changed[0] = number
        assert alike(replayed(2.0), f(2.0))
    assert len(paths(replayed)) <= 3
    listed[1] = array(0, 0)
    assert alike(replayed(2.0), f(2.0))


def test_arrays_from_outside_are_changed_once_at_each_call():
    a, b = array(0, 2), array(0, 2)

    def change(k, x):
        k[0] += x
        k[1] = k[0] * 2
        return k * 2 if x > 0 else k * 3

    replayed = jit(lambda x: change(a, x))
    for number in (1.0, -1.0, 2.0, -1.0, 0.0):
        assert alike(replayed(number), change(b, number))
        assert alike(a, b)


class Model:
    rate = 1.0

    def __init__(self, k=2.0):
        self.k = k
        self.w = array(1, 2)

    def scaled(self, x):
        return x * self.k

    def value(self, x):
        return self.scaled(x) + self.w[0] * self.rate + self.double

    @property
    def double(self):
        return self.k * 2

    @jit
    def replayed(self, x):
        return x * self.k * self.rate

    @classmethod
    @jit
    def of_class(cls, x):
        return x * cls.rate

    def __call__(self, x):
        return x + self.k

    def count(self, x):
        self.k += 1
        return x * self.k


def test_attributes_are_followed(monkeypatch):
    model = Model()
    functions = [(jit(model.value), model.value), (jit(model), model)]
    passed = jit(lambda m, x: x * m.k + m.w.sum() + m.rate)

    def check():
        for replayed, f in functions:
            assert alike(replayed(1.5), f(1.5))
        assert alike(passed(model, 1.5), 1.5 * model.k + model.w.sum() + model.rate)

    check()
    for name, item in (("k", 5.0), ("w", array(9, 9)), ("rate", 3.0), ("k", 5)):
        setattr(model, name, item)
        check()
    model.w[0] = 7
    check()
    other = Model()
    replayed = jit(other.value)
    assert alike(replayed(1.0), other.value(1.0))
    monkeypatch.setattr(Model, "rate", 8.0)
    assert alike(replayed(1.0), other.value(1.0))


class Scaled:
    def __init__(self):
        self.k = 0.0

    def __program_state__(self):
        yield State(vars(self))

    def value(self, x):
        follow(self)
        return x * self.k


def test_the_sign_of_zero_is_part_of_the_state():
    scaled = Scaled()
    f = jit(scaled.value)
    for k in (0.0, -0.0, 0.0):
        scaled.k = k
        assert alike(f(1.0), k)


def test_methods_can_be_decorated():
    for k in (2.0, 3.0, *range(100)):
        assert Model(k).replayed(1.0) == k
    model = Model()
    model.replayed(1.0)
    model.k = 4.0
    assert model.replayed(1.0) == 4.0
    assert Model.of_class(2.0) == model.of_class(2.0) == 2.0
    assert str(inspect.signature(model.replayed)) == "(x)"
    with pytest.raises(TypeError, match="@jit below"):
        jit(classmethod(lambda cls: 1))


@dataclasses.dataclass
class Options:
    a: object = 1.0


@dataclasses.dataclass(frozen=True)
class Fixed:
    a: object = 1.0


# -- attributes, wherever the code that reads them gets their owner from --------------------------


class Owner:
    rate = 1.0


class Slotted:
    __slots__ = ("rate",)


class Multiplied(Owner):
    def __rmul__(self, x):
        return x * self.rate


class Listed(list):
    pass


def made(kind, item):
    owner = kind()
    owner.rate = item
    return owner


OWNERS = {
    "object": lambda item: made(Owner, item),
    "slots": lambda item: made(Slotted, item),
    "data class": lambda item: made(Options, item),
    "class": lambda item: type("Own", (Owner,), {"rate": item}),
    "module": lambda item: made(lambda: types.ModuleType("mine"), item),
    "namespace": lambda item: types.SimpleNamespace(rate=item),
    "list with attributes": lambda item: made(Listed, item),
    "operator": lambda item: made(Multiplied, item),
}


def read(owner, x):
    return x * owner if isinstance(owner, Multiplied) else x * owner.rate


def passed_on(owner, x):
    return read(owner, x)


def applied(function, *arguments):
    return function(*arguments)


def with_attribute(owner):
    return types.SimpleNamespace(inner=types.SimpleNamespace(owner=owner))


def method_of(owner):
    class Holder:
        def __init__(self):
            self.owner = owner

        def run(self, x):
            return self.helper(x)

        def helper(self, x):
            return passed_on(self.owner, x)

    return Holder()


def with_default(owner):
    def function(x, owner=owner):
        return passed_on(owner, x)

    return function


#: Return a function of x that reads an owner's attribute, and the arguments before x.
READERS = {
    "read": lambda o: (lambda x: read(o, x), ()),
    "passed on": lambda o: (lambda x: passed_on(o, x), ()),
    "applied": lambda o: (lambda x: applied(passed_on, o, x), ()),
    "argument": lambda o: (passed_on, (o,)),
    "in a list": lambda o: (lambda x: sum(passed_on(each, x) for each in [o][:]), ()),
    "in a listed argument": lambda o: (lambda found, x: passed_on(found[0], x), ([o],)),
    "in a dict": lambda o: ((lambda d: lambda x: passed_on(d.get("o"), x))({"o": o}), ()),
    "in an attribute": lambda o: (
        (lambda holder: lambda x: passed_on(holder.inner.owner, x))(with_attribute(o)), ()
    ),
    "method": lambda o: (method_of(o).run, ()),
    "method as an argument": lambda o: (applied, (method_of(o).run,)),
    "function as an argument": lambda o: (applied, (lambda x: passed_on(o, x),)),
    "functions as an argument": lambda o: (
        lambda found, x: found["f"][0](x), ({"f": [lambda x: passed_on(o, x)]},)
    ),
    "partial": lambda o: (functools.partial(passed_on, o), ()),
    "map": lambda o: (lambda x: list(map(functools.partial(passed_on, o), [x])), ()),
    "default": lambda o: (with_default(o), ()),
    "names in a list": lambda o: (
        (lambda names: lambda x: sum(x * getattr(o, name) for name in names))(["rate"][:]), ()
    ),
    "all attributes": lambda o: (lambda x: read(types.SimpleNamespace(**vars(o)), x), ()),
    "jitted": lambda o: (lambda x: jit(functools.partial(passed_on, o))(x), ()),
    "jitted argument": lambda o: (applied, (jit(lambda x: passed_on(o, x)),)),
}  # fmt: skip


WITHOUT_VARS = ("slots", "class", "module", "operator")


@pytest.mark.parametrize(
    ("kind", "reader"),
    [(k, r) for k in OWNERS for r in READERS if r != "all attributes" or k not in WITHOUT_VARS],
)
def test_changed_attributes_are_noticed_by_all_code(kind, reader):
    owner = OWNERS[kind](2.0)
    f, before = READERS[reader](owner)
    replayed = jit(f)
    for rate in (2.0, 3.0, 3, array(1, 2), array(3, 4)):
        owner.rate = rate
        for _ in range(2):
            assert alike(replayed(*before, 2.0), f(*before, 2.0))
    owner.rate[0] = 7.0
    assert alike(replayed(*before, 2.0), f(*before, 2.0))


def test_unread_attributes_do_not_matter():
    class Trainer:
        def __init__(self):
            self.rate, self.steps = 2.0, 0

        def train(self):
            self.steps += 1
            return replayed(2.0)

        def loss(self, x):
            return x * self.rate

    trainer = Trainer()
    replayed = jit(trainer.loss)
    for _ in range(5):
        trainer.train()
    assert len(paths(replayed)) == 1


def test_objects_as_arguments_are_told_apart():
    f = jit(lambda d, x: x * d.a)
    options = Options()
    for number in (1.0, 5.0, 2, -0.0):
        options.a = number
        assert alike(f(options, 2.0), 2.0 * number)
        assert alike(f(Options(number), 2.0), 2.0 * number)
    f = jit(lambda d, x: x * d.a)
    for number in (1.0, 1, True, 2, 0.0, -0.0, 1):
        assert alike(f(Fixed(number), 2), 2 * number)
    assert len(f._cache) == 6
    listed = jit(lambda d, x: x * d.rate)
    for rate in (1.0, 5.0, 2):
        assert alike(listed(made(Listed, rate), 2.0), 2.0 * rate)
    frozen = Fixed(array(1, 2))
    for number in (1.0, 5.0):
        frozen.a[0] = number
        assert alike(f(frozen, 2.0), 2.0 * frozen.a)
    f, found = jit(lambda s, x: x * len(s)), {1, 2}
    assert f(found, 2.0) == 4.0
    found.add(3)
    assert f(found, 2.0) == 6.0


def test_unused_objects_are_forgotten():
    model = Model()
    jit(lambda m, x: x * m.k)(model, 1.0)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


# -- impure functions --------------------------------------------------------------------------------

GROWING: list = []
COUNT = 0


def grow(x):
    GROWING.append(x)
    return x


def memorise(x, known={}):  # noqa: B006
    known["last"] = x
    return x


def count_globally(x):
    global COUNT
    COUNT += 1
    return x


def count_in_closure():
    number = 0

    def f(x):
        nonlocal number
        number += 1
        return x

    return f


GENERATOR = np.random.default_rng(0)
IMPURE = {
    "GROWING": grow,
    "COUNT": count_globally,
    "number": count_in_closure(),
    "known": memorise,
    "'k'": Model().count,
    "numpy.random": lambda x: x if np.random.rand() < 2 else 0,
    "random": lambda x: x if random.random() < 2 else 0,
    "GENERATOR": lambda x: x if GENERATOR.random() < 2 else 0,
    "time.perf_counter": lambda x: x if time.perf_counter() > 0 else 0,
    "time.time": lambda x: x * time.time(),
}


@pytest.mark.parametrize("name", IMPURE)
def test_impure_functions_are_refused(name):
    named = "default" if name == "known" else name
    state = GENERATOR.bit_generator.state, random.getstate(), np.random.get_state()[1].tolist()
    with pytest.raises(ImpureFunctionError, match=named):
        jit(IMPURE[name])(1.0)
    assert GROWING == []
    assert COUNT == 0
    assert memorise.__defaults__ == ({},)
    now = GENERATOR.bit_generator.state, random.getstate(), np.random.get_state()[1].tolist()
    assert now == state


def test_other_numbers_at_the_second_call_name_the_line():
    numbers = itertools.count(1.0)

    def f(x):
        return np.sin(x) * next(numbers)

    with pytest.raises(
        ImpureFunctionError, match=r"line \d+: return np.sin\(x\) \* next"
    ) as caught:
        jit(f)(1.0)
    assert __file__ in str(caught.value)


def test_passed_generators_draw_again():
    def f(generator, x):
        drawn = x + generator.normal()
        return drawn if drawn > 0 else drawn * generator.normal()

    replayed = jit(f)
    one, two = np.random.default_rng(0), np.random.default_rng(0)
    for _ in range(30):
        assert alike(replayed(one, 0.1), f(two, 0.1))


# -- what cannot be followed -------------------------------------------------------------------------


def swallow(x):
    numbers = np.random.default_rng(0).normal(size=3)
    try:
        np.add(x, 1, out=numbers)
    except Exception:
        return x
    return numbers


def yielding(x):
    yield x


async def waiting(x):
    return x


def in_threads(x):
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda v: v * 2, [x, x + 1]))


def reshape_in_place(x):
    x.shape = (3, 1)
    return x


def calling_back(x):
    return np.apply_along_axis(lambda v: v * x[0], 0, x)


def raise_at_errors(x):
    with np.errstate(all="raise"):
        return np.log(x)


def used_and_changed(x):
    table = np.fromiter([1.0, 2.0, 3.0], float)
    result = x * table
    table[0] = 5.0
    return result


REFUSED = {
    "swallowed refusal": (swallow, "line"),
    "generator function": (yielding, "generator"),
    "coroutine": (waiting, "coroutine"),
    "threads inside": (in_threads, "thread"),
    "assigned shape": (reshape_in_place, "reshape"),
    "callback": (calling_back, "pass them as arguments"),
    "error settings": (raise_at_errors, "around the call"),
    "set": (lambda x: {1, 2}, "list or a tuple"),
    "masked array": (lambda x: np.ma.masked_array(x, mask=[0, 1, 0]).sum(), "without jit"),
    "objects": (lambda x: np.array([x, None], dtype=object), "objects"),
    "pickle": (lambda x: pickle.dumps(x), "pickled"),
    "kept": (lambda x: types.SimpleNamespace(x=x), "return"),
    "closure": (lambda x: lambda: x, "returns a function"),
    "constant that changes": (used_and_changed, "used and then changed in place"),
    "object": (lambda x: (x, Options(1.0)), "returns a Options"),
    "object of a number": (lambda x: [Options(x[0])], "returns a Options"),
    "set of numbers": (lambda x: frozenset(x), "returns a frozenset"),
    "items": (lambda x: {"a": 1.0}.values(), "returns a dict_values"),
    "iterator": (lambda x: iter([1.0]), "returns a list_iterator"),
    "attributes": (lambda x: made(Listed, x), "with attributes"),
}


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_followed_is_refused(name):
    f, words = REFUSED[name]
    with pytest.raises(TraceError, match=words):
        jit(f)(array(1, 2, 3))
    assert GRAD_MODE.tracing == 0


def append(x):
    x.append(1.0)
    return x[0]


def enter(x):
    x["loss"] = x["x"] * 2
    return x["x"]


@pytest.mark.parametrize(
    ("f", "argument", "words"),
    [
        (append, [1.0], "list or a dict"),
        (enter, {"x": 1.0}, "list or a dict"),
        (sum, iter([1.0]), "list instead"),
        (sum, (x for x in [1.0]), "list instead"),
        (lambda x: x[0], memoryview(b"a"), "list"),
    ],
    ids=["append", "enter", "iterator", "generator", "memory"],
)
def test_arguments_that_cannot_be_followed_are_refused(f, argument, words):
    if isinstance(argument, memoryview):
        argument = bytearray(b"ab")
        replayed = jit(f)
        assert replayed(argument) == 97
        argument[0] = 98
        assert replayed(argument) == 98
        return
    with pytest.raises(TraceError, match=words):
        jit(f)(argument)


def test_what_a_program_watches_does_not_grow_with_packages():
    import hypothesis

    def f(x):
        assert x.shape == (2,)  # pytest rewrites it to calls of its own functions
        return x * 2.0 if hypothesis.settings is not None else x

    run = jit(f)
    run(np.ones(2))
    (path,) = paths(run)
    assert len(path.environment.watched) < 50


def test_attributes_that_appear_where_their_absence_is_handled():
    class Settings:
        pass

    def f(x):
        try:
            return x * settings.scale
        except AttributeError:
            return x

    settings = Settings()
    replayed = jit(f)
    assert [replayed(2.0), replayed(2.0)] == [2.0, 2.0]
    settings.scale = 3.0
    assert replayed(2.0) == 6.0
    del settings.scale
    assert replayed(2.0) == 2.0
