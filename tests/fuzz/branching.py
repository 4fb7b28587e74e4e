"""Random functions of arrays and numbers with branches, loops, assignments and transforms.

Each is the source of ``f(x, m, a, n)``: a vector, a matrix, a float and an integer. It runs unchanged
with and without `jit`; at other inputs it may take other branches.
"""

import math
import random
import re
import zlib

import numpy as np

import autograd

LENGTH, ROWS = 5, 3

ARRAYS = [
    "np.sin({v})", "np.exp(-{v} * {v})", "{v} + {w}", "{v} * {w}", "{v} - {s}", "{s} * {v}", "-{v}",
    "{v} / ({w} * {w} + 1)", "np.tanh({v})", "np.abs({v})", "np.maximum({v}, {w})", "{v} ** 2",
    "np.where({v} > {s}, {v}, {w})", "np.cumsum({v})", "{v}[::-1]", "np.sort({v})", "np.roll({v}, 1)",
    "{v}[np.argsort({w})]", "np.clip({v}, -1.0, {s})", "{m}[1]", "{m}[-1] * {s}", "{m}.sum(axis=0)",
    "{m}.T @ np.arange(3.0)", "np.outer({v}, {w})[2]", "{m}.max(axis=0)", "{m}[n % 3]",
    "np.array([{s}, {t}, 1.0, {s} * {t}, 0.5])", "np.full(5, {s})", "np.minimum({v}, {s})",
    "np.stack([{v}, {w}])[0]", "np.concatenate([{v}[:2], {w}[2:]])", "np.diff({v}, append={s})",
    "np.linspace(0.0, 1.0, 5) * {v}", "np.arange(5) * {s}", "np.ones(5) + {v}", "np.sign({v})",
    "np.floor({v}) + {w} % 2", "np.interp({v}, np.arange(5.0), {w})", "({v} > {w}) * {s}", "{v}.copy()",
    "np.round({v}, 1)", "np.nan_to_num({v})", "np.einsum('ij,j->j', {m}, {v})", "{v}.clip(0, 1)",
    "np.convolve({v}, {w}, 'same')", "np.take({v}, [0, 1, 1, 2, -1])", "np.hypot({v}, {w})",
    "np.apply_along_axis(np.sum, 0, {m})", "np.select([{v} > 1, {v} < 0], [{v}, {w}], {s})",
    "{v}.astype(np.float32) + 1", "np.isnan({v}) + {w}", "np.real({v} + 1j * {w})", "np.asarray({v}) + {s}",
    "np.logaddexp({v}, {w})", "np.zeros_like({v}) + {s}", "np.repeat({s}, 5)", "np.unwrap({v})",
]  # fmt: skip
MATRICES = [
    "np.outer(np.arange(3.0), {v})", "{m} + {v}", "{m} * {s}", "np.sin({m})", "{m} - {m}.mean(axis=0)",
    "np.maximum({m}, {k})", "{m}[::-1]", "np.where({m} > {s}, {m}, {k})", "np.broadcast_to({v}, (3, 5)) * 1.0",
    "np.vstack([{v}, {w}, {v} * {w}])", "{m} / (1 + {k} * {k})", "np.sort({m}, axis=0)", "{m}.copy()",
    "np.eye(3) @ {m}", "np.zeros((3, 5)) + {s}", "np.flip({m}, 1)", "{m}.reshape(5, 3).T", "{m}.T.reshape(3, 5)",
    "np.array([{v}, {w}, {v}])", "{m} @ np.diag({v})", "np.asfortranarray({m})", "{m}.cumsum(axis=1)",
]  # fmt: skip
NUMBERS = [
    "{v}.sum()", "{m}.mean()", "{v}[{i}]", "{m}[{r}, {i}]", "{s} * {t}", "{s} + 1", "np.sin({s})", "{v} @ {w}",
    "np.max({v})", "{v}.min()", "math.sin({s})", "math.exp(-abs({s}))", "float({v}.sum())", "{s} / 3", "-{s}",
    "abs({s})", "max({s}, {t})", "min({s}, 0.5)", "np.prod({v})", "np.median({v})", "{v}[np.argmax({w})]",
    "sum({v})", "{s} if {b} else {t}", "({s} > {t}) + 0.5", "np.linalg.norm({v})", "{v}.std()", "{s} ** 2",
    "np.dot({v}, {w})", "np.sum({v}[{v} > {s}])", "len({v}[{v} > 0]) * 0.5", "np.count_nonzero({v} > {w})",
    "round({s}, 1)", "{s} // 0.5", "{s} % 0.7", "np.float64({s})", "{v}.tolist()[{i}]", "{v}.item({i})",
    "np.sum({m}, where={m} > 0)", "math.hypot({s}, {t})", "math.atan2({s}, {t})", "np.trace({m} @ {m}.T)",
    "max({v})", "sorted({v})[1]", "np.argmin({v}) * {s}", "np.searchsorted(np.sort({v}), {s})", "a", "n * {s}",
    "np.percentile({v}, 30)", "np.var({m}, axis=0)[2]", "math.copysign(1.0, {s})", "np.nonzero({v})[0].size",
    "np.sum({v} * np.arange(5))", "float(np.allclose({v}, {w}))", "math.floor({v}[0] % 7)", "np.ptp({v})",
    "[{s}, {t}][int({b})]", "dict(p={s}, q={t})['p']", "({s}, {t})[0]", "np.array({s}) + 1", "complex({s}, 1.0).real",
]  # fmt: skip
CONDITIONS = [
    "{s} > {t}", "{v}.sum() > 0", "np.any({v} > 1)", "np.all({v} < 2)", "{v}[0] > {w}[1]", "a > 0", "n > 1",
    "{s} == {t}", "not {s} > 0", "np.isnan({s})", "0 < {s} < 1", "math.isfinite({s})", "{v}.max() >= {s}",
    "n % 2 == 0", "({v} > 0).sum() > 2", "bool({s})", "np.argmax({v}) == 2", "isinstance({s}, float)",
    "(0.5 < {v}).any() and {s} > 0", "{s} > 0 or {t} > 0", "{s} in (0.0, 1.0)", "{m}[0, 0] != {s}",
]  # fmt: skip
INDICES = [
    "0",
    "-1",
    "1:3",
    "::2",
    "::-1",
    "[0, 2]",
    "[0, 0, 1]",
    "{v} > {s}",
    "np.argmax({v})",
    "n % 5",
    "...",
]
INNER = ["np.sum(np.sin(z) * z)", "np.sum(z ** 3)", "np.dot(z, z) * {s}", "np.sum(np.tanh(z) * {v})", "np.prod(1 + z * z)", "np.sum(np.where(z > 0, z, z * z))", "np.max(z) * z[0]"]  # fmt: skip
SCALAR = [
    "z * z * {s}",
    "np.sin(z) + z",
    "z ** 3 if z > 0 else -z",
    "np.exp(-z * z)",
    "z / (1 + z * z)",
]


class Writer:
    """Writes one function, keeping track of the names of arrays and numbers."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.names = {"v": ["x"], "m": ["m"], "s": ["a"]}
        self.count = 0
        self.indent = "    "
        self.depth = 0

    def new(self, kind):
        self.count += 1
        return f"{kind}{self.count}"

    def fill(self, form):
        """Replace the fields of a form by names."""
        while "{b}" in form:
            form = form.replace("{b}", f"({self.fill(self.random.choice(CONDITIONS))})", 1)
        for field, kind in (("v", "v"), ("w", "v"), ("m", "m"), ("k", "m"), ("s", "s"), ("t", "s")):
            form = form.replace(f"{{{field}}}", self.random.choice(self.names[kind]))
        form = form.replace("{i}", str(self.random.randrange(-LENGTH, LENGTH)))
        return form.replace("{r}", str(self.random.randrange(-ROWS, ROWS)))

    def expression(self, kind):
        forms = {"v": ARRAYS, "m": MATRICES, "s": NUMBERS}[kind]
        return self.fill(self.random.choice(forms))

    def add(self, line):
        self.lines.append(self.indent + line)

    def block(self, head, body):
        self.add(head)
        before, self.indent = self.indent, self.indent + "    "
        names = {kind: list(found) for kind, found in self.names.items()}
        self.depth += 1
        body()
        self.depth -= 1
        self.names, self.indent = names, before  # what a block defines might not exist outside

    # -- statements -----------------------------------------------------------------------------

    def define(self):
        kind = self.random.choice("vvvmss")
        source, name = self.expression(kind), self.new(kind)
        self.add(f"{name} = {source}")
        self.names[kind].append(name)

    def rebind(self):
        kind = self.random.choice("vms")
        name = self.random.choice(self.names[kind])
        self.add(f"{name} = {self.expression(kind)}")

    def buffer(self):
        name = self.new("v")
        make = self.random.choice(
            ["np.zeros(5)", "np.ones(5)", "np.arange(5.0)", "np.empty(5)", "np.full(5, 0.5)",
             "np.zeros_like(x)", "np.array([0.0] * 5)", "np.linspace(0, 1, 5)"]
        )  # fmt: skip
        self.add(f"{name} = {make}")
        self.add(f"for i in range(5): {name}[i] = {self.expression('s')}" if "empty" in make else
                 f"{name}[{self.fill(self.random.choice(INDICES))}] = {self.expression('s')}")  # fmt: skip
        self.names["v"].append(name)

    def own(self):
        """Return the name of an array that belongs to the function."""
        name = self.new("v")
        self.add(f"{name} = {self.random.choice(self.names['v'])} + 0.0")
        self.names["v"].append(name)
        return name

    def assign(self):
        name = self.random.choice(self.names["v"])
        if self.random.random() < 0.7:
            name = self.own()
        index = self.fill(self.random.choice(INDICES))
        operator = self.random.choice(["=", "=", "+=", "*=", "-="])
        self.add(f"{name}[{index}] {operator} {self.expression('s')}")

    def update(self):
        name = self.own()
        operator = self.random.choice(["+=", "*=", "-=", "/="])
        self.add(f"{name} {operator} {self.expression(self.random.choice('vs'))}")

    def view(self):
        owner = self.own()
        name = self.new("w")
        form, change = self.random.choice(
            [("{}[1:]", "[0]"), ("{}[::-1]", "[:2]"), ("{}.reshape(5, 1)", "[1]"), ("{}[:]", ""),
             ("np.ravel({})", "[::2]"), ("{}[None]", "[0, 3]"), ("{}.T", "[4]"), ("np.asarray({})", "[2]")]
        )  # fmt: skip
        self.add(f"{name} = {form.format(owner)}")
        self.add(f"{name}{change} += {self.random.choice(self.names['s'])}")

    def into(self):
        name = self.own()
        self.add(self.fill(self.random.choice(
            [f"np.add({{v}}, {{w}}, out={name})", f"np.copyto({name}, {{v}})", f"np.put({name}, [0, 1], {{s}})",
             f"np.add.at({name}, [0, 0, 3], {{s}})", f"np.putmask({name}, {{v}} > 0, {{w}})", f"{name}.sort()",
             f"np.multiply({{v}}, {{s}}, out={name}, where={{w}} > 0)", f"{name}.fill({{s}})",
             f"np.cumsum({{v}}, out={name})", f"{name}.flat[2] = {{s}}", f"np.place({name}, {{v}} > 0, [1.0])"]
        )))  # fmt: skip

    def branch(self):
        self.block(f"if {self.fill(self.random.choice(CONDITIONS))}:", self.few)
        if self.random.random() < 0.6:
            self.block("else:", self.few)

    def leave(self):
        kind = self.random.choice("vms")
        self.add(
            f"if {self.fill(self.random.choice(CONDITIONS))}: return {self.random.choice(self.names[kind])}"
        )

    def loop(self):
        head = self.random.choice(
            ["for i in range(3):", "for i in range(n):", "for i, y in enumerate({v}):", "for y in {v}:",
             "for i in range(int(abs({v}[0])) % 4 if np.isfinite({v}[0]) else 1):"]
        )  # fmt: skip
        self.block(self.fill(head), self.few)

    def repeat(self):
        name, turns = self.new("s"), self.new("c")
        self.add(f"{name}, {turns} = {self.expression('s')}, 0")
        end = self.random.choice(["0.1", "1.0"])

        def body():
            self.add(f"{name} = {name} {self.random.choice(['/ 2', '* 0.7', '- 1'])}")
            self.add(f"{turns} += 1")
            if self.random.random() < 0.4:
                self.add(f"if {name} * {name} < {self.random.choice(['0.5', '2.0'])}: break")

        self.block(f"while abs({name}) > {end} and {turns} < 6:", body)
        self.names["s"] += [name, turns]

    def attempt(self):
        def body():
            self.add(self.random.choice(["", "y0 = 1 / {s}", "y0 = math.log({s})", "y0 = np.linalg.inv({m} @ {m}.T)", "y0 = [1, 2][int({s})]"]).format(s=self.random.choice(self.names["s"]), m=self.random.choice(self.names["m"])) or "pass")  # fmt: skip
            self.define()

        self.block("try:", body)
        error = "(ArithmeticError, ValueError, IndexError, np.linalg.LinAlgError)"
        self.block(f"except {error} as error:", self.define)

    def function(self):
        name = self.new("g")
        self.block(
            f"def {name}(p, q=2.0):",
            lambda: self.add(f"return p * q + {self.random.choice(self.names['s'])}"),
        )
        new = self.new("v")
        self.add(
            f"{new} = {name}({self.random.choice(self.names['v'])}{self.random.choice(['', ', 3.0', ', q=a'])})"
        )
        self.names["v"].append(new)

    def transform(self):
        form = self.random.choice(
            ["v: grad({f})({v})", "v: value_and_grad({f})({v})[1]", "s: value_and_grad({f})({v})[0]",
             "v: make_jvp({f})({v})({w})[1]", "m: hessian({f})({v})[:3]", "s: grad({h})({s})",
             "s: grad(grad({h}))({s})", "m: jacobian(lambda z: z * np.sin(z) + {w})({v})[:3]",
             "v: make_vjp(lambda z: z ** 2 * {w})({v})[0]({v})"]
        )  # fmt: skip
        kind, _, form = form.partition(": ")
        form = form.replace("{f}", f"lambda z: {self.random.choice(INNER)}")
        form = self.fill(form.replace("{h}", f"lambda z: {self.random.choice(SCALAR)}"))
        if kind == "s":
            form = form.replace("})(", "})(")
        name = self.new(kind)
        self.add(f"{name} = {form}")
        self.names[kind].append(name)

    def nodes(self):
        name, other = self.new("t"), self.new("v")
        if self.random.random() < 0.6:
            self.add(f"{name} = Tensor({self.random.choice(self.names['v'])} * 1.0)")
            self.add(
                f"np.sum({name} * np.sin({name}) + {self.random.choice(self.names['s'])}).backward()"
            )
            self.add(f"{other} = {name}.grad")
            self.names["v"].append(other)
        else:
            self.add(f"{name} = Value(float({self.random.choice(self.names['s'])}))")
            self.add(f"({name} * {name} * 3 + np.sin({name})).backward()")
            self.add(f"{other} = {name}.grad")
            self.names["s"].append(other)

    def text(self):
        name = self.new("q")
        self.add(f"{name} = f'{{{self.random.choice(self.names['s'])}:.0f}}'")
        self.add(f"texts.append({name})")

    def few(self):
        for _ in range(self.random.randint(1, 3)):
            self.statement()

    def statement(self):
        kinds = [
            (self.define, 10), (self.rebind, 4), (self.buffer, 3), (self.assign, 5), (self.update, 3),
            (self.view, 3), (self.into, 3), (self.function, 1), (self.transform, 2), (self.nodes, 1),
            (self.leave, 1), (self.text, 0.3),
        ]  # fmt: skip
        if self.depth < 2:
            kinds += [(self.branch, 4), (self.loop, 2), (self.repeat, 2), (self.attempt, 1)]
        self.random.choices([k for k, _ in kinds], [w for _, w in kinds])[0]()

    def program(self):
        self.add("texts = []")
        for _ in range(self.random.randint(3, 9)):
            self.statement()
        found = [self.random.choice(self.names[kind]) for kind in "vmsvs"]
        self.add(f"return ({', '.join(found)}, {{'texts': texts}})")
        return "\n".join(["def f(x, m, a, n):", *self.lines]) + "\n"


def program(seed):
    """Return the source of a random function."""
    return Writer(seed).program()


def function(source):
    """Return the function that a source defines."""
    names = {"np": np, "math": math, "Tensor": autograd.Tensor, "Value": autograd.Value}
    names |= {k: getattr(autograd, k) for k in (
        "grad", "value_and_grad", "hessian", "jacobian", "make_jvp", "make_vjp")}  # fmt: skip
    exec(compile(source, f"<function {zlib.crc32(source.encode())}>", "exec"), names)
    return names["f"]


#: What needs vectors of five numbers, or takes long with many.
SHORT = re.compile(
    r"np\.(empty|outer|diag|array\(\[|convolve|eye|unwrap|stack|apply)|for \w+ in|for i, |hessian|jacobian"
    r"|reshape\(|\.T\b|(?<![\w.])(sum|max|min|sorted)\(|tolist"
)


def lengthened(source):
    """Return a source for vectors of any length; None if it needs short ones."""
    if SHORT.search(source):
        return None
    return re.sub(r"(?<![\w.])(?<!% )5(\.0)?(?=[,)\]]|$)", "len(x)", source, flags=re.MULTILINE)


def long_inputs(seed, length, count):
    """Yield arguments like those of `inputs`, with vectors of another length."""
    numbers = np.random.default_rng(seed)
    for x, m, a, n in inputs(seed, count):
        factors = numbers.choice([1.0, 0.5, -2.0], length).astype(x.dtype)
        yield np.resize(x, length) * factors, np.resize(m, (ROWS, length)), a, n


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, np.nan, np.inf, -np.inf, 2.0, 1e-310, 1e300]


def inputs(seed, count=20):
    """Yield arguments: numbers and special values, of a type and a layout that sometimes change."""
    chosen = random.Random(seed)
    numbers = np.random.default_rng(seed)
    special = chosen.random() < 0.4
    plain = chosen.random() < 0.7
    for _ in range(count):
        x, m = numbers.normal(size=LENGTH), numbers.normal(size=(ROWS, LENGTH))
        a, n = float(numbers.normal()), chosen.choice([1, 2, 2, 3])
        if special:
            for array in (x, m):
                array.flat[:: chosen.randint(1, 3)] = chosen.choice(SPECIAL)
                array.flat[chosen.randrange(5)] = chosen.choice(SPECIAL)
            a = chosen.choice([a, *SPECIAL])
        if not plain:
            how = chosen.randrange(7)
            if how == 0:
                x, m = x.astype(np.float32), m.astype(np.float32)
            elif how == 1:
                m = np.asfortranarray(m)
            elif how == 2:
                x = np.repeat(x, 2)[::2]
            elif how == 3:
                x = np.round(np.nan_to_num(x, posinf=3, neginf=-3) % 10)
            elif how == 4:
                a = np.float64(a)
            elif how == 5:
                m = m[::-1]
            else:
                x[:] = chosen.choice([0.0, 1.0])
        yield x, m, a, n
