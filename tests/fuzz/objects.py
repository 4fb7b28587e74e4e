"""Random operations on all objects of the engine: ``python objects.py SEED COUNT LOG``.

Any exception is acceptable; a signal that ends the process is not. Each step is written to the file
LOG before it runs, so the last line of LOG names the cause of a crash.
"""

import contextlib
import copy
import faulthandler
import gc
import importlib
import operator
import os
import pickle
import pkgutil
import random
import sys
import warnings

import numpy as np

import autograd
import nn
from autograd import engine

MODULES = [
    importlib.import_module(f"autograd.engine.{found.name}")
    for found in pkgutil.iter_modules(engine.__path__)
]
DEFINED = [
    item
    for module in MODULES
    for item in vars(module).values()
    if getattr(item, "__module__", "") == module.__name__
]
CLASSES = [item for item in DEFINED if isinstance(item, type)]
FUNCTIONS = [item for item in DEFINED if callable(item) and not isinstance(item, type)]

BINARY = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.matmul,
    operator.mod, operator.floordiv, operator.eq, operator.ne, operator.lt, operator.ge,
    operator.iadd, operator.imul, operator.getitem, operator.delitem, operator.contains, divmod,
    np.add, np.arctan2, np.dot, isinstance, np.copyto, np.outer,
]  # fmt: skip
UNARY = [
    abs, bool, complex, float, hash, int, iter, len, next, operator.index, operator.invert,
    operator.neg, repr, reversed, round, str, format, list, vars, dir, callable, copy.copy,
    copy.deepcopy, np.sin, np.sum, np.asarray, np.ravel, autograd.text, autograd.summary,
    gc.get_referents, sys.getsizeof, np.array, object.__reduce__,
]  # fmt: skip


class Evil:
    """An object whose methods raise an error or take a step with the caller."""

    def __init__(self, fuzz):
        self.fuzz = fuzz

    def answer(self, *_, **__):
        if self.fuzz.random.random() < 0.3:
            raise ZeroDivisionError("on purpose")
        self.fuzz.step()
        return self.fuzz.thing()

    __add__ = __radd__ = __mul__ = __rmul__ = __eq__ = __lt__ = __float__ = __index__ = answer
    __bool__ = __len__ = __call__ = __iter__ = __getitem__ = __array_ufunc__ = answer
    __array_function__ = __array__ = __del__ = answer
    __hash__ = object.__hash__
    shape = dtype = property(answer)


class EvilArray(np.ndarray):
    """An array that takes a step when it is freed."""

    def __del__(self):
        with contextlib.suppress(Exception):
            FUZZ[0].step()


FUZZ = []


class Fuzz:
    """Holds the objects created so far, and takes random steps with them."""

    def __init__(self, seed, log):
        self.random = random.Random(seed)
        self.log = log
        self.depth = 0
        self.fresh()

    def fresh(self):
        """Restart with a few objects of every kind."""
        x, t = autograd.Value(2.0, label="x"), autograd.Tensor([1.0, 2.0], label="t")
        own = autograd.elementwise(lambda a: a * a, None, lambda y, a: 2 * a, name="own")
        with autograd.scope("part"):
            y, u = x * x + 3.0, (t * t).sum()
        with autograd.no_grad():
            unrecorded = x * x
        decorated = [autograd.no_grad()(len), autograd.scope("a")(len), t.register_hook(print)]
        self.pool = [
            x, t, y, u, unrecorded, own, own(x), own(t), autograd.relu, autograd.Tensor(np.ones((2, 3))),
            y._notes, engine.grad_mode.GRAD_MODE, autograd.no_grad(), autograd.scope("b"), iter(t),
            *decorated, nn.Parameter(np.ones(2)), engine.Node(), engine.Tensor.__new__(engine.Tensor),
        ]  # fmt: skip

    def thing(self):
        """Choose something to call or assign with: mostly one of the objects."""
        chosen = self.random.random()
        if chosen < 0.5:
            return self.random.choice(self.pool)
        if chosen < 0.55:
            return self.random.choice(CLASSES)
        if chosen < 0.58:
            return Evil(self)
        if chosen < 0.6:
            return np.ones(2).view(EvilArray)
        if chosen < 0.65:
            return self.random.choice([len, lambda *a, **k: self.thing(), lambda x: x, print])
        plain = [
            None, True, 0, 1, -1, 2**31, 2**70, 0.5, float("nan"), 1j, "", "data", b"a", (), (1,), [1.0],
            {}, {"axis": 0}, slice(None), ..., set(), np.ones(2), np.zeros((0, 3)), np.float32(1.0),
            np.int64(3), np.array(["a"]), np.array([None]), np.dtype("f4"), object(), Exception("e"),
            np.ones(2, np.float16), range(3), type, np.add,
        ]  # fmt: skip
        return self.random.choice(plain)

    def things(self):
        return [self.thing() for _ in range(self.random.choice([0, 1, 1, 1, 2, 2, 3, 5]))]

    def keywords(self):
        names = ["data", "label", "axis", "keepdims", "gradient", "create_graph", "other", "name"]
        return {self.random.choice(names): self.thing()} if self.random.random() < 0.2 else {}

    def step(self):
        """Take one step, and ignore exceptions."""
        if self.depth > 3:
            return
        self.depth += 1
        try:
            with contextlib.suppress(Exception):
                made = self.random.choice(STEPS)(self)
                if made is not None and type(made).__module__.startswith(
                    ("autograd", "nn", "__main__")
                ):
                    self.pool.append(made)
        finally:
            self.depth -= 1
        if len(self.pool) > 80:
            del self.pool[self.random.randrange(len(self.pool))]

    def say(self, *what):
        os.lseek(self.log, 0, os.SEEK_SET)
        kinds = ", ".join(w if type(w) is str else _kind(w) for w in what)
        os.write(self.log, f"depth {self.depth}: {kinds:<300.300}\n".encode())

    def name(self, item):
        owner = item if isinstance(item, type) else type(item)
        names = [n for c in owner.__mro__ for n in c.__dict__]
        return self.random.choice([n for n in names if n not in ("acquire", "release")])

    # -- the steps --------------------------------------------------------------------------

    def read(self):
        item = self.random.choice(self.pool)
        name = self.name(item)
        self.say("read", item, name)
        return getattr(item, name)

    def write(self):
        item, value = self.random.choice(self.pool), self.thing()
        name = self.name(item)
        self.say("write", item, name, value)
        setattr(item, name, value)

    def delete(self):
        item = self.random.choice(self.pool)
        name = self.name(item)
        self.say("delete", item, name)
        delattr(item, name)

    def call(self):
        item, arguments, keywords = self.random.choice(self.pool), self.things(), self.keywords()
        name = self.name(item)
        self.say("call", item, name, *arguments, str(list(keywords)))
        return getattr(item, name)(*arguments, **keywords)

    def call_itself(self):
        item, arguments, keywords = self.random.choice(self.pool), self.things(), self.keywords()
        self.say("call itself", item, *arguments)
        return item(*arguments, **keywords)

    def descriptor(self):
        found = self.random.choice(CLASSES)
        name = self.name(found)
        arguments = self.things()
        action = self.random.choice(["__get__", "__set__", "__delete__", "__call__"])
        self.say("descriptor", found, name, action, *arguments)
        return getattr(found.__dict__[name], action)(*arguments)

    def create(self):
        found, arguments = self.random.choice(CLASSES + [type(o) for o in self.pool]), self.things()
        how = self.random.choice(["new", "base new", "call", "copyreg"])
        self.say("create", found, how, *arguments)
        if how == "new":
            return found.__new__(found, *arguments)
        if how == "base new":
            return self.random.choice(found.__mro__).__new__(found, *arguments)
        if how == "copyreg":
            return copy.copyreg.__newobj__(found, *arguments)
        return found(*arguments, **self.keywords())

    def initialise(self):
        item, arguments = self.random.choice(self.pool), self.things()
        self.say("initialise", item, *arguments)
        item.__init__(*arguments, **self.keywords())

    def subclass(self):
        bases = self.random.sample(CLASSES, self.random.choice([1, 1, 1, 2]))
        body = {}
        for _ in range(self.random.randrange(4)):
            name = self.name(bases[0])
            body[name] = self.thing()
        if self.random.random() < 0.3:
            body["__slots__"] = ()
        self.say("subclass", *bases, str(list(body)))
        made = type("Sub", tuple(bases), body)
        return made.__new__(made) if self.random.random() < 0.5 else made(*self.things())

    def change_class(self):
        item, other = self.random.choice(self.pool), self.random.choice(self.pool)
        self.say("change class", item, other)
        item.__class__ = self.random.choice([type(other), self.random.choice(CLASSES)])

    def serialise(self):
        item = self.random.choice(self.pool)
        self.say("serialise", item)
        if self.random.random() < 0.5:
            return pickle.loads(pickle.dumps(item, self.random.randrange(6)))
        made = object.__reduce_ex__(item, self.random.randrange(6))
        return made[0](*made[1])

    def state(self):
        item, other = self.random.choice(self.pool), self.random.choice(self.pool)
        self.say("state", item, other)
        item.__setstate__(other.__getstate__() if self.random.random() < 0.7 else self.thing())

    def operate(self):
        function, arguments = self.random.choice(BINARY), (self.thing(), self.thing())
        self.say("operate", str(function), *arguments)
        return function(*arguments)

    def apply(self):
        function, argument = self.random.choice(UNARY), self.thing()
        self.say("apply", str(function), argument)
        return function(argument)

    def module_function(self):
        function, arguments = self.random.choice(FUNCTIONS), self.things()
        self.say("function", str(function), *arguments)
        return function(*arguments, **self.keywords())

    def backward(self):
        item = self.random.choice(self.pool)
        self.say("backward", item)
        item.backward(*self.things()[:1], create_graph=self.random.random() < 0.5)

    def compute(self):
        x, y = self.random.choice(self.pool), self.random.choice(self.pool)
        self.say("compute", x, y)
        return np.tanh(x * y + x) if self.random.random() < 0.5 else (x @ y).sum()

    def assign(self):
        item, index, value = self.random.choice(self.pool), self.thing(), self.thing()
        self.say("assign", item, index, value)
        item[index] = value

    def collect(self):
        self.say("collect")
        gc.collect()

    def forget(self):
        self.say("forget")
        del self.pool[self.random.randrange(len(self.pool))]


STEPS = [
    value
    for name, value in vars(Fuzz).items()
    if callable(value)
    and name not in ("fresh", "thing", "things", "keywords", "step", "say", "name")
    and not name.startswith("__")
]


def _kind(item):
    with contextlib.suppress(Exception):  # a step may have changed the name of a class
        return str(item.__name__ if issubclass(type(item), type) else type(item).__name__)
    return "?"


def patch(fuzz):
    """Change classes; later steps mostly raise, so this comes last."""
    for _ in range(40):
        with contextlib.suppress(Exception):
            found, value = fuzz.random.choice(CLASSES), fuzz.thing()
            name = fuzz.name(found)
            fuzz.say("patch", found, name, value)
            if fuzz.random.random() < 0.5:
                setattr(found, name, value)
            else:
                delattr(found, name)
        for _ in range(20):
            with contextlib.suppress(Exception):
                fuzz.step()


def limit_memory(size):
    """Make `np.repeat(x, 2**31)` fail at once, where the system supports limits."""
    with contextlib.suppress(ImportError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def main(seed, count, log):
    """Take `count` steps, restarting now and then."""
    faulthandler.enable()
    warnings.simplefilter("ignore")
    limit_memory(4 << 30)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.unraisablehook = lambda *_: None
    fuzz = Fuzz(seed, os.open(log, os.O_CREAT | os.O_WRONLY))
    FUZZ.append(fuzz)
    for i in range(count):
        if i % 500 == 499:
            with contextlib.suppress(Exception):  # a step may have changed a class
                fuzz.fresh()
        with contextlib.suppress(Exception):
            fuzz.step()
    patch(fuzz)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
