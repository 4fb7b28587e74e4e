"""Random programs that assign to elements of arrays, keep views, and write through them.

Each is the source of ``f(x)`` for an `x` of six numbers, and runs unchanged on NumPy arrays and on
Tensors. The run on arrays gives the expected value, and its finite differences the expected derivatives.
"""

import contextlib
import random
import zlib

import numpy as np

WIDTH = 24  # a matrix with this many columns is large enough to be modified in place

ELEMENTWISE = ["np.sin({})", "np.cos({})", "0.5 * {}", "{} - 0.3", "np.tanh({})", "-{}", "{} ** 2"]
PAIRS = ["{} * {}", "{} + 0.5 * {}", "np.sin({}) * {}", "{} - {}", "np.hypot({}, 1.0) * {}"]
IN_PLACE = ["+=", "-=", "*="]

VIEWS = {  # for a two-dimensional array; only the last ones change the length of an axis
    "{}[1:]": lambda r, c: (r - 1, c),
    "{}[::2]": lambda r, c: ((r + 1) // 2, c),
    "{}[::-1]": lambda r, c: (r, c),
    "{}[:, 1:4]": lambda r, c: (r, min(3, c - 1)),
    "{}[1]": lambda r, c: (c,),
    "{}[:, 0]": lambda r, c: (r,),
    "{}[..., -1]": lambda r, c: (r,),
    "{}.T": lambda r, c: (c, r),
    "np.transpose({})": lambda r, c: (c, r),
    "np.swapaxes({}, 0, 1)": lambda r, c: (c, r),
    "np.flip({}, 1)": lambda r, c: (r, c),
    "np.moveaxis({}, 0, 1)": lambda r, c: (c, r),
    "np.split({}, [2])[1]": lambda r, c: (r - 2, c),
    "np.reshape({}, (-1,))": lambda r, c: (r * c,),
    "{}.ravel()": lambda r, c: (r * c,),
    "np.squeeze({}[None])": lambda r, c: (r, c),
    "np.expand_dims({}, 0)[0]": lambda r, c: (r, c),
    "np.atleast_2d({})": lambda r, c: (r, c),
    "np.real({})": lambda r, c: (r, c),
    "list({})[1]": lambda r, c: (c,),
    "{}[:]": lambda r, c: (r, c),
}
VIEWS_OF_ROWS = {  # for a one-dimensional array
    "{}[1:]": lambda n: (n - 1,),
    "{}[::2]": lambda n: ((n + 1) // 2,),
    "{}[::-1]": lambda n: (n,),
    "{}[:]": lambda n: (n,),
    "{}[None][0]": lambda n: (n,),
    "{}.T": lambda n: (n,),
    "np.atleast_2d({})[0]": lambda n: (n,),
    "{}.reshape(-1, 1)[:, 0]": lambda n: (n,),
    "np.ravel({})": lambda n: (n,),
    "np.array_split({}, 2)[0]": lambda n: ((n + 1) // 2,),
}
COPIES = [
    "{}.copy()",
    "np.copy({})",
    "{} + 0.0",
    "1.0 * {}",
    "np.where(True, {}, 0.0)",
    "{}[:] * 1.0",
]
READ_ONLY = ["np.broadcast_to({}, (2,) + {}.shape)[1]", "np.diagonal({}.reshape(1, -1))"]


class Writer:
    """Writes one program, keeping track of names and shapes."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.shapes = {}
        self.read_only = set()

    def name(self, shape, kind="a"):
        name = f"{kind}{len(self.shapes)}"
        self.shapes[name] = shape
        return name

    def pick(self, axes=None, writable=False):
        names = [
            n
            for n, s in self.shapes.items()
            if (axes is None or len(s) == axes) and not (writable and n in self.read_only)
        ]
        return self.random.choice(names) if names else None

    def scalar(self):
        """Return an expression for one number, taken from any array."""
        name = self.pick()
        index = ", ".join(str(self.random.randrange(n)) for n in self.shapes[name])
        form = self.random.choice([*ELEMENTWISE, "{}"])
        return form.format(f"{name}[{index}]")

    def expression(self, shape):
        """Return an expression that broadcasts to a shape."""
        names = [n for n, s in self.shapes.items() if s == shape or (s and s == shape[-1:])]
        if not names or self.random.random() < 0.2:
            return self.scalar()
        if self.random.random() < 0.5:
            return self.random.choice(ELEMENTWISE).format(self.random.choice(names))
        return self.random.choice(PAIRS).format(*self.random.choices(names, k=2))

    def index(self, shape):
        """Return an index into an array, and the shape of the indexed part."""
        n = shape[0]
        i = self.random.randrange(n)
        choices = [
            (f"{i}", shape[1:]),
            (f"{i - n}", shape[1:]),
            ("1:", (n - 1, *shape[1:])),
            ("::2", ((n + 1) // 2, *shape[1:])),
            ("...", shape),
            (f"[{i}, {(i + 1) % n}]", (2, *shape[1:]) if n > 1 else None),
            (f"np.arange({n}) % 2 == 0", ((n + 1) // 2, *shape[1:])),
        ]
        if len(shape) == 2:
            j = self.random.randrange(shape[1])
            choices += [(f"{i}, {j}", ()), (f":, {j}", shape[:1]), (f"{i}, 1:", (shape[1] - 1,))]
        return self.random.choice([c for c in choices if c[1] is not None])

    # -- statements ---------------------------------------------------------------------------

    def view(self):
        name = self.pick()
        shape = self.shapes[name]
        if len(shape) not in (1, 2) or min(shape) < 3:
            return
        form, after = self.random.choice(
            list((VIEWS if len(shape) == 2 else VIEWS_OF_ROWS).items())
        )
        new = self.name(after(*shape), "v")
        if name in self.read_only:
            self.read_only.add(new)
        self.lines.append(f"{new} = {form.format(name)}")

    def reading(self):
        name = self.pick(1)
        form = self.random.choice(READ_ONLY)
        if name is None or ("diagonal" in form and self.shapes[name] == ()):
            return
        new = self.name((1,) if "diagonal" in form else self.shapes[name], "r")
        self.read_only.add(new)
        self.lines.append(f"{new} = {form.format(name, name)}")

    def copy(self):
        name = self.pick()
        new = self.name(self.shapes[name], "c")
        self.lines.append(f"{new} = {self.random.choice(COPIES).format(name)}")

    def compute(self):
        name = self.pick()
        source = f"np.sin({self.expression(self.shapes[name])}) + 0.0 * {name}"
        self.lines.append(f"{self.name(self.shapes[name], 'a')} = {source}")

    def use(self):
        name = self.pick()
        form = self.random.choice(
            ["{0} * {0}", "np.sin({0})", "np.exp(0.1 * {0})", "{0}", "{0} ** 3"]
        )
        self.lines.append(f"s = s + np.sum({form.format(name)})")

    def assign(self):
        name = self.pick(writable=True)
        index, shape = self.index(self.shapes[name])
        self.lines.append(f"{name}[{index}] = {self.expression(shape)}")

    def update(self):
        name = self.pick(writable=True)
        index, shape = self.index(self.shapes[name])
        operator = self.random.choice(IN_PLACE)
        self.lines.append(f"{name}[{index}] {operator} {self.expression(shape)}")

    def update_whole(self):
        name = self.pick(writable=True)
        operator = self.random.choice(IN_PLACE)
        self.lines.append(f"{name} {operator} {self.expression(self.shapes[name])}")

    def chained(self):
        name = self.pick(2, writable=True)
        if name is None or self.shapes[name][0] < 2:
            return
        i, j = (self.random.randrange(n) for n in self.shapes[name])
        target = self.random.choice(
            [f"{name}[{i}][{j}]", f"{name}.T[{j}]", f"{name}[1:][0]", f"{name}[{i}][1:]"]
        )
        self.lines.append(f"{target} {self.random.choice(['=', *IN_PLACE])} {self.scalar()}")

    def loop(self):
        name = self.pick(writable=True)
        n = self.shapes[name][0]
        kind = self.random.randrange(5)
        if kind == 0 and len(self.shapes[name]) == 2:
            body = self.random.choice(
                ["row[0] = row[1] * 0.5", "row *= 0.9", "row[1:] += row[0]", "row[:] = np.sin(row)"]
            )
            self.lines += [f"for row in {name}:", f"    {body}"]
        elif kind == 1:
            self.lines += [
                f"for i in range(1, {n}):",
                f"    {name}[i] = np.sin({name}[i - 1]) + {name}[i] * 0.5",
            ]
        elif kind == 2:
            self.lines += [
                f"for i in range({n} - 2, -1, -1):",
                f"    {name}[i] += 0.5 * {name}[i + 1] * {name}[i]",
            ]
        elif kind == 3:
            self.lines += [
                f"for i, part in enumerate({name}[:-1]):",
                f"    {name}[i + 1] += np.sin(part)",
            ]
        else:
            self.lines += [
                f"for i in range({n}):",
                f"    s = s + np.sum({name}[i] ** 2)",
                f"    {name}[i] *= 0.5",
            ]

    def swap(self):
        name = self.pick(writable=True)
        i, j = (
            self.random.randrange(self.shapes[name][0]),
            self.random.randrange(self.shapes[name][0]),
        )
        self.lines.append(f"{name}[{i}], {name}[{j}] = {name}[{j}], {name}[{i}]")

    def function(self):
        name = self.pick(writable=True)
        shape = self.shapes[name]
        n = shape[0]
        row = self.expression(shape[1:])
        positive = f"np.sin({self.scalar()})"
        self.lines.append(
            self.random.choice(
                [
                    f"np.add.at({name}, [0, {n - 1}, 0], {row})",
                    f"np.multiply.at({name}, [{n - 1}, {n - 1}], {row})",
                    f"np.subtract.at({name}, np.array([0]), {row})",
                    f"np.copyto({name}, {self.expression(shape)})",
                    f"np.copyto({name}[1:], {row})",
                    f"np.put({name}, [0, -1], {positive})",
                    f"np.putmask({name}, {name} > 0.1234, {positive})",
                    f"{name}[{name} < 0.05678] = {positive}",
                    f"{name}[{name} > 0.2345] *= 0.5",
                    f"{name}.fill({self.scalar()})",
                ]
            )
        )

    def output(self):
        """Let a function write its result into an array."""
        name = self.pick(writable=True)
        shape = self.shapes[name]
        form = self.random.choice(
            ["np.sin({0}, out={0})", "np.multiply({0}, {1}, out={0})", "np.add({1}, {0}, out={0})"]
        )
        self.lines.append(form.format(name, self.expression(shape)))

    def like(self):
        """Fill an array made by `zeros_like` or a relative."""
        name = self.pick(writable=True)
        shape = self.shapes[name]
        make = self.random.choice(["zeros_like", "ones_like"])
        source = f"np.{make}({name})"
        new = self.name(shape, "z")
        self.lines += [
            f"{new} = {source}",
            f"{new}[0] = {name}[-1] * 0.5",
            f"{new}[1:] += {name}[1:]",
        ]

    def listed(self):
        """Assign a list of numbers."""
        name = self.pick(1, writable=True)
        if name is None or self.shapes[name][0] < 3:
            return
        self.lines.append(f"{name}[[0, 2]] = [{self.scalar()}, {self.scalar()}]")

    def part(self):
        """Assign to the parts of complex numbers."""
        number = self.scalar()
        new = self.name((6,), "p")
        self.lines += [
            f"w{new} = x0 + 1j * x0[::-1]",
            f"w{new}.real[1:] *= w{new}.imag[1:]",
            f"{self.random.choice([f'w{new}.imag[0]', f'w{new}.real[::2]', f'w{new}[3]'])} = {number}",
            f"{new} = w{new}.{self.random.choice(['real', 'imag'])}",
        ]

    def inside(self):
        """Let a function change its argument."""
        name = self.pick(writable=True)
        self.lines += [
            "def change(z):",
            "    z *= 0.7",
            "    z[0] = z[-1] * 0.5",
            f"change({name})",
        ]

    def unrecorded(self):
        """Write constants into a constant array, the only assignment allowed inside `no_grad`."""
        self.lines += [
            "with no_grad():",
            f"    k[{self.random.randrange(6)}] = {self.random.random():.3f}",
        ]
        self.lines.append("s = s + np.sum(k * x0)")

    def constant(self):
        """Change a plain array that the graph refers to."""
        self.lines += [
            f"m[{self.random.randrange(6)}:] = {self.random.random():.3f}",
            "s = s + np.sum((x0 * m) ** 2)",
        ]

    def program(self, length):
        self.lines.append(self.random.choice(["x0 = x * 1.0", "x0 = x", "x0 = np.sin(x)"]))
        self.shapes["x0"] = (6,)
        if self.random.random() < 0.7:
            self.lines.append(f"a1 = np.outer(x0, np.linspace(-1.0, 1.0, {WIDTH})) + 0.1")
            self.shapes["a1"] = (6, WIDTH)
        else:
            self.lines.append("a1 = np.outer(x0, x0)")
            self.shapes["a1"] = (6, 6)
        self.lines += ["k = zeros(6)", "m = np.ones(6)", "s = 0.0"]
        kinds = [
            (self.view, 6), (self.reading, 1), (self.copy, 1), (self.compute, 2), (self.use, 4),
            (self.assign, 4), (self.update, 4), (self.update_whole, 3), (self.chained, 2),
            (self.loop, 2), (self.swap, 1), (self.function, 3), (self.unrecorded, 1), (self.constant, 1),
            (self.output, 2), (self.like, 1), (self.listed, 1), (self.part, 1), (self.inside, 1),
        ]  # fmt: skip
        for write in self.random.choices([k for k, _ in kinds], [w for _, w in kinds], k=length):
            write()
        total = " + ".join(f"np.sum(np.sin({name}))" for name in self.shapes)
        self.lines.append(f"return s + {total}")
        return "\n".join(["def f(x):", *(f"    {line}" for line in self.lines)])


def program(seed, length=None):
    """Return the source of a random program."""
    writer = Writer(seed)
    return writer.program(writer.random.randint(3, 14) if length is None else length)


def function(source, recorded):
    """Return the function that a source defines: on Tensors, or on plain arrays."""
    from autograd import Tensor, no_grad

    def constant(n):
        return Tensor(np.zeros(n), requires_grad=False) if recorded else np.zeros(n)

    block = no_grad if recorded else contextlib.nullcontext
    names = {"np": np, "no_grad": block, "zeros": constant}
    exec(compile(source, f"<program {zlib.crc32(source.encode())}>", "exec"), names)
    f = names["f"]
    return f if recorded else lambda x: float(f(np.array(x)))


def differences(f, x, h=1e-6):
    """Return the gradient of a function of plain arrays by central differences."""
    found = np.zeros_like(x)
    for i in range(x.size):
        e = np.zeros_like(x)
        e[i] = h
        found[i] = (f(x + e) - f(x - e)) / (2 * h)
    return found


def fault(source, x, second=True):
    """Return what is wrong with the derivatives of a program, or None; raising is not a fault."""
    from autograd import grad, make_jvp
    from autograd.errors import AutogradError

    plain, recorded = function(source, False), function(source, True)
    with np.errstate(all="ignore"):
        wanted = differences(plain, x)
        if not np.all(np.isfinite(wanted)) or np.max(np.abs(wanted)) > 1e5:
            return None
        if not np.allclose(wanted, differences(plain, x, 3e-6), rtol=1e-4, atol=1e-4):
            return None  # too close to a kink
        try:
            value = recorded(_leaf(x))
            gradient = grad(recorded)(x.copy())
        except AutogradError as error:
            return f"raises {type(error).__name__}: {error}"
        scale = 1e-4 * (1 + np.max(np.abs(wanted)))
        if abs(float(value.data) - plain(x)) > 1e-9 * (1 + abs(plain(x))):
            return f"value {value.data} for {plain(x)}"
        if not np.allclose(gradient, wanted, rtol=1e-4, atol=scale):
            return f"gradient {gradient} for {wanted}"
        v = np.cos(np.arange(x.size))
        tangent = float(make_jvp(recorded)(x.copy())(v)[1])
        if abs(tangent - gradient @ v) > 1e-8 * (1 + np.abs(gradient) @ np.abs(v)):
            return f"tangent {tangent} for {gradient @ v}"
        if second:
            slope = grad(lambda y: np.sum(grad(recorded)(y) * v))(x.copy())
            h = 1e-5
            change = (grad(recorded)(x + h * v) - grad(recorded)(x - h * v)) / (2 * h)
            again = (grad(recorded)(x + 3 * h * v) - grad(recorded)(x - 3 * h * v)) / (6 * h)
            smooth = np.allclose(change, again, rtol=1e-3, atol=1e-3)
            scale = 1e-3 * (1 + np.max(np.abs(change)))
            if smooth and not np.allclose(slope, change, rtol=1e-3, atol=scale):
                return f"second derivative {slope} for {change}"
    return None


def _leaf(x):
    from autograd import Tensor

    return Tensor(x.copy())
