"""What a function reads is compared also where attributes do not show it."""

import array
import collections
import contextvars
import ctypes
import functools
import operator
import queue
import threading
import types
import weakref

import numpy as np
import pytest

from autograd import define, grad, jit
from autograd.errors import ImpureFunctionError


class Scale:
    """Multiplies, in each way that a class may say so."""

    def __init__(self, number=1.0):
        self.number = number

    def method(self, x):
        return x * self.number

    @property
    def slope(self):
        return self.number

    @staticmethod
    def static(x):
        return x * 1.0

    @classmethod
    def of_class(cls, x):
        return x * 1.0

    def __mul__(self, x):
        return x * self.number

    def __call__(self, x):
        return x * self.number


class Derived(Scale):
    pass


class Tripled(Scale):
    def method(self, x):
        return x * 3.0


def noted(x):
    return x * noted.number


noted.number = 1.0


@functools.cache
def cached():
    return FACTORS[0]


FACTORS = [1.0]
VARIABLE = contextvars.ContextVar("variable", default=1.0)


def of_dict(show):
    def make():
        d = {"a": 1.0}
        return show(d), lambda: d.update(a=3.0)

    return make


def stored(kind, *arguments):
    def make():
        made = kind(*arguments)
        return made, lambda: operator.setitem(made, 0, 3)

    return make


def of_local():
    local = threading.local()
    local.number = 1.0
    return local, lambda: setattr(local, "number", 3.0)


def of_partial():
    f = functools.partial(lambda x, k: x * k, k=1.0)
    return f, lambda: f.keywords.update(k=3.0)


def of_queue():
    q = queue.Queue()
    q.put(1.0)
    return q, lambda: (q.get(), q.put(3.0))


def of_view():
    base = np.ones(2)
    return memoryview(base), lambda: base.fill(3.0)


def of_number():
    c = ctypes.c_double(1.0)
    return c, lambda: setattr(c, "value", 3.0)


def of_weak_dict():
    d, key = weakref.WeakKeyDictionary(), Scale()
    d[key] = 1.0
    return (d, key), lambda: operator.setitem(d, key, 3.0)


def of_reference():
    scale = Scale()
    return (weakref.ref(scale), scale), lambda: setattr(scale, "number", 3.0)


def of_class(name, replacement, kind=Scale):
    def make():
        made = kind()
        return made, lambda: setattr(kind, name, replacement)

    return make


def of_another_class():
    scale = Scale()
    return scale, lambda: setattr(scale, "__class__", Tripled)


def of_own_method():
    scale = Scale()
    return scale, lambda: setattr(scale, "method", lambda x: x * 3.0)


def of_cache():
    cached.cache_clear()
    FACTORS[0] = 1.0

    def change():
        FACTORS[0] = 3.0
        cached.cache_clear()

    return None, change


def of_rule(factor):
    def make():
        held = factor()
        scaled = define(lambda x: x * held[0], lambda g, y, x: g * np.sqrt(held[0] ** 2))
        return scaled, lambda: operator.setitem(held, 0, 3.0)

    return make


def of_vectorized():
    held = [1.0]
    return np.vectorize(lambda x: x * held[0]), lambda: operator.setitem(held, 0, 3.0)


def reading(make):
    """Return what makes an object with a method that reads a number, and changes the number."""

    def made():
        numbers = [1.0]
        return make(lambda *_: numbers[0]), lambda: operator.setitem(numbers, 0, 3.0)

    return made


def made_of(*bases, **members):
    return type("Made", bases, members)


def as_text(read):
    return lambda s: str(read())


#: Makes what is read and what changes it from 1 to 3; reads it.
KINDS = {
    "deque": (stored(collections.deque, [1.0]), lambda x, k: x * k[0]),
    "array": (stored(array.array, "d", [1.0]), lambda x, k: x * k[0]),
    "bytearray": (stored(bytearray, b"\x01"), lambda x, k: x * k[0]),
    "user list": (stored(collections.UserList, [1.0]), lambda x, k: x * k[0]),
    "memoryview": (of_view, lambda x, k: x * k[0]),
    "number of ctypes": (of_number, lambda x, k: x * k.value),
    "mapping proxy": (of_dict(types.MappingProxyType), lambda x, k: x * k["a"]),
    "view of a dict": (of_dict(lambda d: d.values()), lambda x, k: x * sum(k)),
    "chain of dicts": (of_dict(lambda d: collections.ChainMap({}, d)), lambda x, k: x * k["a"]),
    "bound function in C": (of_dict(lambda d: d.get), lambda x, k: x * k("a")),
    "weak dict": (of_weak_dict, lambda x, k: x * k[0][k[1]]),
    "weak reference": (of_reference, lambda x, k: x * k[0]().number),
    "queue": (of_queue, lambda x, k: x * k.queue[0]),
    "context variable": (lambda: (VARIABLE, lambda: VARIABLE.set(3.0)), lambda x, k: x * k.get()),
    "thread local": (of_local, lambda x, k: x * k.number),
    "getter": (
        lambda: ((operator.attrgetter("number"), s := Scale()), lambda: setattr(s, "number", 3.0)),
        lambda x, k: x * k[0](k[1]),
    ),
    "partial": (of_partial, lambda x, k: k(x)),
    "attribute of a function": (
        lambda: (noted, lambda: setattr(noted, "number", 3.0)), lambda x, k: k(x),
    ),
    "emptied cache": (of_cache, lambda x, k: x * cached()),
    "method": (of_class("method", lambda s, x: x * 3.0), lambda x, k: k.method(x)),
    "method of a base": (
        of_class("method", lambda s, x: x * 3.0, Derived), lambda x, k: k.method(x),
    ),
    "property": (of_class("slope", property(lambda s: 3.0)), lambda x, k: x * k.slope),
    "static method": (
        of_class("static", staticmethod(lambda x: x * 3.0)), lambda x, k: k.static(x),
    ),
    "class method": (
        of_class("of_class", classmethod(lambda c, x: x * 3.0)), lambda x, k: k.of_class(x),
    ),
    "operator": (of_class("__mul__", lambda s, x: x * 3.0), lambda x, k: k * x),
    "call": (of_class("__call__", lambda s, x: x * 3.0), lambda x, k: k(x)),
    "class": (of_another_class, lambda x, k: k.method(x)),
    "rule": (of_rule(lambda: [1.0]), lambda x, k: x * grad(k)(x)),
    "array of a rule": (of_rule(lambda: np.ones(2)), lambda x, k: x * grad(k)(x)),
    "vectorised": (of_vectorized, lambda x, k: x * grad(lambda x: np.sum(k(x)))(x)),
    "own method": (of_own_method, lambda x, k: k.method(x)),
    "descriptor": (
        reading(lambda read: made_of(slope=made_of(__get__=read)())()), lambda x, k: x * k.slope,
    ),
    "descriptor of a class": (
        reading(lambda read: made_of(slope=made_of(__get__=read)())), lambda x, k: x * k.slope,
    ),
    "metaclass": (
        reading(lambda read: made_of(type, __getattr__=read)("M", (), {})), lambda x, k: x * k.any,
    ),
    "property of a metaclass": (
        reading(lambda read: made_of(type, any=property(read))("M", (), {})),
        lambda x, k: x * k.any,
    ),
    "text": (reading(lambda read: made_of(__str__=as_text(read))()), lambda x, k: x * float(str(k))),
    "f-string": (
        reading(lambda read: made_of(__repr__=as_text(read))()), lambda x, k: x * float(f"{k!r}"),
    ),
}  # fmt: skip


@pytest.fixture
def classes_as_they_were(monkeypatch):
    for name, member in list(vars(Scale).items()):
        if not name.startswith("__") or name in ("__mul__", "__call__"):
            monkeypatch.setattr(Scale, name, member)
    yield
    if "method" in vars(Derived):
        del Derived.method
    noted.number = 1.0


@pytest.mark.usefixtures("classes_as_they_were")
@pytest.mark.parametrize("name", KINDS)
def test_changes_of_what_is_read_are_noticed(name):
    def run():
        made, change = KINDS[name][0]()
        read = KINDS[name][1]
        f = jit(lambda x: read(x, made))
        found = [f(2.0), f(2.0)]
        change()
        return [*found, f(2.0), f(4.0)]

    assert contextvars.copy_context().run(run) == [2.0, 2.0, 6.0, 12.0]


@pytest.mark.parametrize(
    ("made", "change"),
    [
        (collections.deque([1.0]), lambda d: d.append(2.0)),
        (bytearray(1), lambda b: operator.setitem(b, 0, 7)),
        (array.array("d", [1.0]), lambda a: operator.setitem(a, 0, 7.0)),
        ([].append, lambda append: append(1)),
    ],
)
def test_changes_by_the_function_are_undone_and_refused(made, change):
    def f(x):
        change(made)
        return x

    held = getattr(made, "__self__", made)
    before = list(held)
    with pytest.raises(ImpureFunctionError):
        jit(f)(1.0)
    assert list(held) == before
