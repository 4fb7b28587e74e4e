"""Read the formulas that `program.latex()` writes back, and compute them with NumPy.

It knows the notation, not how formulas are made: a formula that is wrong, or that does not say what
it means, has other numbers here.
"""

import itertools
import math
import re

import numpy as np

TOKEN = re.compile(
    r"\\left\\\||\\right\\\||\\left\||\\right\||\\left[(\[]|\\right[)\]]|\\left\\[a-z]+"
    r"|\\right\\[a-z]+|\\begin\{[a-z]+\}|\\end\{[a-z]+\}|\\text\{[^}]*\}|\\operatorname\{[^}]*\}"
    r"|\\mathbf\{\w+\}|\\mathrel\{\+\}=|\\\\|\\,|\\[a-zA-Z]+|\d+\.?\d*|[\ue000-\uefff]|\S"
)
UNARY = {
    r"\sin": np.sin, r"\cos": np.cos, r"\tan": np.tan, r"\sinh": np.sinh, r"\cosh": np.cosh,
    r"\tanh": np.tanh, r"\log": np.log, r"\exp": np.exp, r"\arctan": np.arctan,
    r"\sigma": lambda x: 1 / (1 + np.exp(-x)),
    r"\operatorname{softmax}": lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True),
    r"\operatorname{sgn}": np.sign, r"\operatorname{tr}": np.trace,
}  # fmt: skip
BIG = {r"\sum": sum, r"\prod": math.prod, r"\max": max, r"\min": min}
ENDS = {
    ")", "]", "}", "&", ",", "+", "-", r"\right)", r"\right]", r"\right|", r"\right\|", r"\circ",
    "=", "<", ">", r"\le", r"\ge", r"\ne", r"\\", r"\end{cases}", r"\end{bmatrix}", r"\leftarrow", r"\mathrel{+}=",
    r"\wedge", r"\vee", ":", "/",
}  # fmt: skip
RELATIONS = {
    "=": np.equal, "<": np.less, ">": np.greater, r"\le": np.less_equal,
    r"\ge": np.greater_equal, r"\ne": np.not_equal,
}  # fmt: skip


class Row:
    """A transposed vector."""

    def __init__(self, vector):
        self.vector = vector


def product(a, b):
    """Multiply neighbours: numbers, or matrices and vectors."""
    if isinstance(a, Everywhere):  # ones as a column: all rows are the same
        assert a.number == 1
        return b.vector[None, :]
    if isinstance(b, Everywhere):
        assert b.number == 1
        return a[:, None] if b.is_row else a @ np.ones(a.shape[1])
    a, b = (x if isinstance(x, Row) or np.size(x) != 1 else np.reshape(x, ()) for x in (a, b))
    if isinstance(a, Row) and isinstance(b, Row):
        raise AssertionError("two rows side by side")
    if isinstance(b, Row):
        return np.outer(a, b.vector) if np.ndim(a) else Row(a * b.vector)
    if isinstance(a, Row):
        if np.ndim(b) == 0:
            return Row(a.vector * b)
        found = a.vector @ b
        return found if np.ndim(b) == 1 else Row(found)
    return a @ b if np.ndim(a) and np.ndim(b) else a * b


class Parser:
    """Turns LaTeX into functions of the values of its letters."""

    def __init__(self, text, values):
        self.tokens = TOKEN.findall(text)
        self.values = values
        self.place = 0

    @property
    def next(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, expected=None):
        token = self.next
        assert expected is None or token == expected, (expected, self.tokens[self.place :])
        self.place += 1
        return token

    def group(self):
        self.take("{")
        inside = self.sum()
        self.take("}")
        return inside

    def sum(self):
        sign = -1 if self.next == "-" else 1
        if sign < 0:
            self.take()
        parts = [(sign, self.hadamard())]
        while self.next in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            parts.append((sign, self.hadamard()))
        return lambda at: sum_of([(sign, part(at)) for sign, part in parts])

    def hadamard(self):
        factors = [self.neighbours()]
        while self.next in (r"\circ", r"\wedge", r"\vee"):
            self.take()
            factors.append(self.neighbours())
        return lambda at: math.prod([factor(at) for factor in factors[1:]], start=factors[0](at))

    def neighbours(self):
        factors = []
        while self.next and self.next not in ENDS:
            if self.next in (r"\cdot", r"\,"):
                self.take()
                continue
            factors.append(self.factor())

        def value(at):
            total = factors[0](at)
            for factor in factors[1:]:
                total = product(total, factor(at))
            return total

        return value

    def factor(self):
        base = self.base()
        while self.next in ("^", "_"):
            base = self.power(base) if self.take() == "^" else self.subscript(base)
        return base

    def power(self, base):
        self.take("{")
        if self.tokens[self.place : self.place + 2] == ["-", r"\top"]:
            self.place += 3
            return lambda at: np.linalg.inv(base(at)).T
        elementwise = self.next == r"\circ"
        if elementwise or self.next == r"\top":
            self.take()
        if not elementwise and self.next == "}":
            self.take()
            return lambda at: transposed(base(at))
        exponent = self.sum()
        if self.next == "/":
            self.take()
            whole, half = exponent, self.sum()
            exponent = lambda at: whole(at) / half(at)  # noqa: E731
        self.take("}")

        def value(at):
            x, n = base(at), exponent(at)
            if np.size(x) == 1:
                return np.reshape(x, ()) ** n
            if np.ndim(x) == 2 and not elementwise:
                assert n == -1
                return np.linalg.inv(x)
            return x**n

        return value

    def subscript(self, base):
        if self.next == "F":
            self.take()
            return base
        self.take("{")
        if self.next == "[":
            return self.elements(base)
        letters = []
        while self.next != "}":
            if self.next == ",":
                self.take()
                continue
            letters.append(self.take())
        self.take()
        return lambda at: element(base(at), letters, at)

    def elements(self, base):
        self.take("[")
        places = [[]]
        while self.next != "]":
            if self.next == ",":
                self.take()
                places.append([])
            elif self.next in (":", r"\dots"):
                places[-1].append(self.take())
            else:
                places[-1].append(self.sum())
        self.take()
        arrow = value = None
        if self.next in (r"\leftarrow", r"\mathrel{+}="):
            arrow = self.take()
            value = self.sum()
        self.take("}")

        def found(at):
            index = tuple(place_of(parts, at) for parts in places)
            if arrow is None:
                return base(at)[index]
            new = value(at)
            whole = base(at)
            if isinstance(whole, Everywhere):
                return Changes(whole.number, [(index, new)])
            whole = np.array(whole)
            if arrow == r"\leftarrow":
                whole[index] = new
            else:
                np.add.at(whole, index, new)
            return whole

        return found

    def base(self):
        token = self.take()
        if token in self.values:
            return lambda at: self.values[token]
        if re.fullmatch(r"\d+\.?\d*", token):
            return lambda at: float(token)
        if token in (r"\pi", r"\infty"):
            return lambda at: math.pi if token == r"\pi" else math.inf
        if token == "e":
            return lambda at: math.e
        if token == r"\ln":
            inside = self.base()
            return lambda at: np.log(inside(at))
        if token == "{":
            self.place -= 1
            return self.group()
        if token == r"\left(":
            inside = self.sum()
            self.take(r"\right)")
            return inside
        if token in (r"\left|", r"\left\|"):
            return self.size(token)
        if token == r"\left[":
            return self.bracket()
        if token == r"\frac":
            top, bottom = self.group(), self.group()
            return lambda at: top(at) / bottom(at)
        if token == r"\sqrt":
            inside = self.group()
            return lambda at: np.sqrt(inside(at))
        if token == r"\begin{cases}":
            return self.cases()
        if token == r"\begin{bmatrix}":
            return self.blocks()
        if token.startswith(r"\mathbf"):
            return lambda at: Everywhere(float(token[8:-1]))
        if token in BIG and self.next == "_":
            return self.big(BIG[token])
        return self.call(token)

    def size(self, token):
        inside = self.sum()
        self.take(token.replace("left", "right"))
        return lambda at: (
            abs(inside(at)) if token == r"\left|" else np.sqrt(np.sum(inside(at) ** 2))
        )

    def bracket(self):
        inside = self.relation()
        self.take(r"\right]")
        return lambda at: inside(at) * 1.0

    def relation(self):
        left = self.sum()
        if self.next not in RELATIONS:
            return left
        relation, right = RELATIONS[self.take()], self.sum()
        return lambda at: relation(left(at), right(at))

    def cases(self):
        one = self.sum()
        self.take("&")
        self.take(r"\text{if }")
        condition = self.relation()
        self.take(r"\\")
        other = self.sum()
        self.take("&")
        self.take(r"\text{otherwise}")
        self.take(r"\end{cases}")
        return lambda at: np.where(condition(at), one(at), other(at))

    def blocks(self):
        rows = [[self.sum()]]
        while self.next != r"\end{bmatrix}":
            if self.take() == "&":
                rows[-1].append(self.sum())
            else:
                rows.append([self.sum()])
        self.take()

        def value(at):
            found = [[block_of(part(at)) for part in row] for row in rows]
            vectors = all(np.ndim(part) < 2 for row in found for part in row)
            return (
                np.concatenate([np.atleast_1d(row[0]) for row in found])
                if vectors
                else (np.concatenate([np.concatenate(row, 1) for row in found]))
            )

        return value

    def big(self, function):
        self.take("_")
        self.take("{")
        letters, known = [], {}
        while self.next != "}":
            token = self.take()
            if token == "=":
                self.take("1")
                known = {letters[-1]: None}
            elif token != ",":
                letters.append(token)
        self.take()
        for letter in known:
            self.take("^")
            self.take("{")
            known[letter] = int(self.take())
            self.take("}")
        body = self.neighbours()

        def value(at):
            sizes = {}
            body(probe(at, letters, sizes))
            sizes |= known
            ranges = [range(sizes[letter]) for letter in letters]
            return function(
                [
                    body(Letters({**at, **dict(zip(letters, i, strict=True))}, at.sizes))
                    for i in itertools.product(*ranges)
                ]
            )

        return value

    def call(self, token):
        self.take(r"\left(")
        arguments = [self.sum()]
        while self.next == ",":
            self.take()
            arguments.append(self.sum())
        self.take(r"\right)")
        if token in (r"\max", r"\min"):
            pair = np.maximum if token == r"\max" else np.minimum
            return lambda at: pair(arguments[0](at), arguments[1](at))
        function = UNARY[token]
        return lambda at: function(arguments[0](at))


class Everywhere:
    """An array with the same number everywhere."""

    def __init__(self, number, is_row=False):
        self.number = number
        self.is_row = is_row


class Changes:
    """Elements that differ from a number."""

    def __init__(self, number, changes):
        self.number = number
        self.changes = changes

    def array(self, shape):
        found = np.full(shape, self.number)
        for index, value in self.changes:
            found[index] = value
        return found


class Letters(dict):
    """The values of letters, and the lengths of the axes that they count."""

    def __init__(self, values=(), sizes=None):
        super().__init__(values)
        self.sizes = {} if sizes is None else sizes


def probe(at, letters, sizes):
    return Letters({**at, **dict.fromkeys(letters, 0)}, sizes)


def block_of(x):
    return x.vector[None, :] if isinstance(x, Row) else x


def element(x, letters, at):
    shape = [n for n in np.shape(x) if n != 1]
    assert len(shape) == len(letters), (np.shape(x), letters)
    at.sizes.update(zip(letters, shape, strict=True))
    return np.reshape(x, shape)[tuple(at[letter] for letter in letters)]


def sum_of(pairs):
    arrays = [x for _, x in pairs if isinstance(x, np.ndarray) and x.ndim]
    if arrays:
        pairs = [(c, x.array(arrays[0].shape) if isinstance(x, Changes) else x) for c, x in pairs]
    if any(isinstance(x, Changes) for _, x in pairs):
        assert all(isinstance(x, Changes) and x.number == 0 for _, x in pairs)
        return (
            [(sign, x) for sign, x in pairs] if len(pairs) > 1 or pairs[0][0] < 0 else pairs[0][1]
        )
    if all(isinstance(x, Row) for _, x in pairs):
        return Row(sum(sign * x.vector for sign, x in pairs))
    if len(pairs) == 1 and isinstance(pairs[0][1], Row | Everywhere | list):
        return pairs[0][1]
    return sum(sign * x for sign, x in pairs)


def transposed(x):
    if isinstance(x, Row):
        return x.vector
    if isinstance(x, Everywhere):
        return Everywhere(x.number, True)
    return Row(x) if np.ndim(x) == 1 else np.swapaxes(x, -1, -2)


def place_of(parts, at):
    if parts == [r"\dots"]:
        return Ellipsis
    if ":" not in parts:
        return int(parts[0](at))
    ends = [[]]
    for part in parts:
        if part == ":":
            ends.append([])
        else:
            ends[-1].append(int(part(at)))
    return slice(*[end[0] if end else None for end in ends])


def value_of(text, values, shape=()):
    """Compute the right side of a formula."""
    parser = Parser(text, values)
    found = parser.sum()
    assert not parser.next, parser.tokens[parser.place :]
    return found


def computed(latex, inputs, shapes):
    """Compute the lines of a block of formulas.

    Parameters
    ----------
    latex : str
        The formulas.
    inputs : dict
        Arrays and numbers by their names in LaTeX.
    shapes : dict
        The shapes of results by name, for those that only say what differs from 0.

    Returns
    -------
    dict
        The value of each name.
    """
    values, names = {}, {}

    def known(name, value):
        if name not in names:
            names[name] = chr(0xE000 + len(names))
        is_column = np.ndim(value) == 2 and np.shape(value)[1] == 1
        values[names[name]] = np.reshape(value, -1) if is_column else value

    for name, value in inputs.items():
        known(name, value)
    body = latex.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}")
    found = {}
    for line in body.split(" \\\\\n"):
        if line.startswith("&"):
            continue
        left, _, right = line.partition(" &= ")
        derivative = re.fullmatch(r"(\\frac\{\\partial .*?\}\{\\partial )(.*)\}", left)
        name, letters = split_index(derivative[2] if derivative else left, shapes, derivative)
        whole = f"{derivative[1]}{name}}}" if derivative else name
        value = value_of(replaced(right, names), values)
        if letters:
            sizes = {}
            long = [n for n in shapes[whole] if n != 1]
            sizes.update(zip(letters, long, strict=True))
            value(probe({}, letters, sizes))
            assert [sizes[letter] for letter in letters] == long
            array = np.empty([sizes[letter] for letter in letters])
            for index in np.ndindex(array.shape):
                array[index] = value(Letters(zip(letters, index, strict=True)))
            number = array
        else:
            number = value(Letters())
        if isinstance(number, Everywhere):
            number = number.number
        if isinstance(number, Changes | list):
            parts = number if isinstance(number, list) else [(1, number)]
            number = sum(sign * part.array(shapes[whole]) for sign, part in parts)
        known(whole, number)
        found[whole] = number
    return found


def split_index(left, shapes, derivative):
    """Split the left side into a name and the letters of its index."""
    match = re.fullmatch(r"(.*),([i-t]+)\}", left)
    if match:
        return match[1] + "}", list(match[2])
    match = re.fullmatch(r"([^_]*)_\{([i-t]+)\}", left)
    return (match[1], list(match[2])) if match else (left, [])


def replaced(text, names):
    """Put characters of their own in the place of names."""
    derivatives = [name for name in names if name.startswith(r"\frac{\partial")]
    others = sorted(set(names) - set(derivatives), key=len, reverse=True)
    for name in [*derivatives, *others]:
        derivative = re.fullmatch(r"(\\frac\{\\partial .*?\}\{\\partial )(.*)\}", name)
        pattern = with_index(derivative[2] if derivative else name)
        if derivative:
            pattern = rf"{re.escape(derivative[1])}{pattern}\}}"
        elif re.fullmatch("[A-Za-z]'*", name):
            pattern = rf"(?<![\\A-Za-z]){re.escape(name)}(?![A-Za-z'])(?:_\{{([i-t]+)\}})?"
        text = re.sub(pattern, lambda m, n=name: names[n] + (f"_{{{m[1]}}}" if m[1] else ""), text)
    return text


def with_index(name):
    """Return a pattern of a name with or without an index."""
    if name.endswith("}") and "_{" in name:
        return rf"{re.escape(name[:-1])}(?:,([i-t]+))?\}}"
    return rf"{re.escape(name)}(?:_\{{([i-t]+)\}})?"
