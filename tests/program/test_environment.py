"""What functions read apart from their arguments."""

import dataclasses
import functools
import gc
import inspect
import sys
import types
import weakref

import numpy as np
import pytest
from program.agreement import (
    alike,
    array,
    paths,
)

from autograd import jit
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


def test_names_that_hide_those_of_python_are_noticed(monkeypatch):
    for name, f in {
        "abs": lambda x: abs(x),
        "float": lambda x: float(x),
        "max": lambda x: max(x, 1.0),
        "len": lambda x: len([x]) * x,
    }.items():
        replayed = jit(f)
        before = f(2.0)
        for _ in range(2):
            assert replayed(2.0) == before
            with monkeypatch.context() as patch:
                patch.setitem(globals(), name, lambda *_: 50.0)
                assert replayed(2.0) == f(2.0) != before


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


class Overlapping:
    def __init__(self, first, second):
        memory = np.zeros(8)
        self.first, self.second = memory[first], memory[second]

    def __program_state__(self):
        yield State(vars(self))

    def step(self, x):
        follow(self)
        self.first[...] = x
        total = np.sum(self.second)
        if total > 0:
            self.second[...] += x
        return total + 10 * np.sum(self.first)


@pytest.mark.parametrize("backend", ["numpy", "c"])
@pytest.mark.parametrize("first", [np.s_[:5], np.s_[3:], np.s_[::2], np.s_[::-1]])
def test_arrays_of_the_state_may_share_memory_in_part(first, backend):
    for second in (np.s_[3:], np.s_[:5], np.s_[1::3]):
        plain, followed = Overlapping(first, second), Overlapping(first, second)
        f = jit(followed.step, backend=backend)
        for x in (0.0, 1.0, -2.0, 3.0, 0.0):
            assert f(x) == plain.step(x)
            np.testing.assert_array_equal(followed.first, plain.first)
            np.testing.assert_array_equal(followed.second, plain.second)


def test_outside_arrays_may_share_memory_in_part():
    memory = np.full(8, 7.0)
    first, second = memory[:6], memory[2:5]

    def step(x):
        before = np.sum(second) + 0 * x[0]
        np.multiply(x, 2.0, out=first)
        between = np.sum(second)
        np.add(x[:3], 1.0, out=second)
        return before + 10 * between + 100 * np.sum(first)

    f, x = jit(step), np.arange(6.0)
    found = [f(x + k) for k in range(3)]
    memory[...] = 7.0
    assert found == [step(x + k) for k in range(3)]


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
