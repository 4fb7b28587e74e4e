"""Random functions of arrays with few entries in their Jacobian."""

import random

import numpy as np


class Writer:
    """Writes the source of ``f(x)`` for an `x` of `size` numbers, one statement after the other.

    Attributes
    ----------
    exact : bool
        Whether no statement makes a pattern larger than it must be: no data decide anything, and no
        terms cancel.
    """

    def __init__(self, seed, size=12):
        self.random = random.Random(seed)
        self.shapes = {"x": (size,)}
        self.lines = []
        self.exact = True

    def name(self):
        return self.random.choice(list(self.shapes))

    def add(self, expression, shape):
        new = f"a{len(self.shapes)}"
        self.lines.append(f"{new} = {expression}")
        self.shapes[new] = shape

    def elementwise(self):
        x = self.name()
        form = self.random.choice(["np.sin({})", "{} ** 2", "np.exp(0.1 * {})", "{} + 0.5", "-{}"])
        self.add(form.format(x), self.shapes[x])

    def pair(self):
        x = self.name()
        others = [k for k, s in self.shapes.items() if s == self.shapes[x]]
        form = self.random.choice(["{} * {}", "{} + 0.7 * {}", "np.hypot({}, {}) + 1.0"])
        self.add(form.format(x, self.random.choice(others)), self.shapes[x])

    def branch(self):
        x = self.name()
        form = self.random.choice(
            ["np.where({0} > 0.3, {0}, 0.0)", "np.maximum({0}, 0.5)", "abs({0})"]
        )
        self.exact = False
        self.add(form.format(x), self.shapes[x])

    def view(self):
        x = self.name()
        shape = self.shapes[x]
        if len(shape) == 1 and shape[0] > 3:
            n = shape[0]
            k = self.random.randrange(1, n - 1)
            rows = [self.random.randrange(n) for _ in range(4)]
            expression, shape = self.random.choice(
                [
                    (f"{x}[{k}:]", (n - k,)),
                    (f"{x}[::2]", ((n + 1) // 2,)),
                    (f"{x}[::-1]", (n,)),
                    (f"np.roll({x}, {k})", (n,)),
                    (f"{x}[{rows}]", (4,)),
                    (f"{x}[{x}.size % 3]", ()),
                    (f"np.pad({x}, 1)", (n + 2,)),
                    (f"np.diff({x})", (n - 1,)),
                    (f"np.concatenate([{x}, {x}[:2]])", (n + 2,)),
                    (f"np.repeat({x}, 2)", (2 * n,)),
                    (f"{x}[:, None] * np.ones(2)", (n, 2)),
                    (f"np.reshape({x}[:{n - n % 2}], (2, -1))", (2, n // 2)),
                    (f"np.stack([{x}, {x}])", (2, n)),
                ]
            )
        elif len(shape) == 2:
            n, m = shape
            expression, shape = self.random.choice(
                [
                    (f"{x}.T", (m, n)),
                    (f"{x}[0]", (m,)),
                    (f"{x}[:, -1]", (n,)),
                    (f"{x}.ravel()", (n * m,)),
                    (f"np.sum({x}, axis=0)", (m,)),
                    (f"{x}.mean(axis=1)", (n,)),
                    (f"np.tril({x})", (n, m)),
                    (f"np.flip({x}, 1)", (n, m)),
                    (f"np.cumsum({x}, axis=1)", (n, m)),
                    (f"np.swapaxes({x}, 0, 1)", (m, n)),
                ]
            )
        else:
            return
        self.add(expression, shape)

    def product(self):
        x = self.name()
        shape = self.shapes[x]
        if not shape:
            return
        n = shape[0]
        rows = self.random.randrange(2, 6)
        seed = self.random.randrange(1000)
        matrix = f"sparse_matrix({rows}, {n}, {seed})"
        form = self.random.choice(["{} @ {}", "np.dot({}, {})", "np.tensordot({}, {}, 1)"])
        self.add(form.format(matrix, x), (rows, *shape[1:]))

    def assignment(self):
        x = self.name()
        if len(self.shapes[x]) != 1 or self.shapes[x][0] < 4:
            return
        n = self.shapes[x][0]
        form = self.random.choice(
            [
                "{new}[1:3] = {x}[:2] * 2.0",
                "{new}[[0, -1]] = 1.0",
                "{new}[::2] += {x}[0]",
                "{new} *= 0.5",
                "{new}[1:][:-1] = {x}[2:]",
                "np.add.at({new}, [0, 1, 1], {x}[:3])",
            ]
        )
        self.add(f"{x} + 0.0", (n,))
        new = f"a{len(self.shapes) - 1}"
        self.lines.append(form.format(new=new, x=x))

    def source(self, count=8):
        kinds = [self.elementwise, self.pair, self.branch, self.view, self.view, self.product]
        for _ in range(count):
            self.random.choice([*kinds, self.assignment])()
        last = list(self.shapes)[-3:]
        parts = ", ".join(f"np.ravel({x})" for x in last)
        body = "\n    ".join([*self.lines, f"return np.concatenate([{parts}])"])
        return f"def f(x):\n    {body}\n"


def sparse_matrix(rows, columns, seed):
    """Return a matrix of which a third is not zero."""
    generator = np.random.default_rng(seed)
    values = generator.uniform(0.5, 2.0, (rows, columns))
    return np.where(generator.uniform(size=(rows, columns)) < 1 / 3, values, 0.0)


def random_function(seed):
    """Return a function, its source, and whether its pattern is known exactly."""
    writer = Writer(seed)
    source = writer.source()
    names = {"np": np, "sparse_matrix": sparse_matrix}
    exec(source, names)
    return names["f"], source, writer.exact
