"""Random regions of arrays: elementwise functions, broadcasting, reductions and views."""

import random

import numpy as np

UNARY = (
    np.tanh, np.sin, np.cos, np.negative, np.absolute, np.square, np.sign, np.floor, np.arctan,
    lambda x: 1 / (2 + x * x), lambda x: np.exp(-abs(x)), lambda x: np.sqrt(1 + x * x),
    lambda x: np.log1p(abs(x)), lambda x: x**2, lambda x: x * 0.5 - 0.1, lambda x: 3 - x,
    lambda x: np.where(x > 0, x, 0.25 * x), lambda x: x + 0.0, lambda x: 2.0**x.clip(-3, 3),
)  # fmt: skip
BINARY = (
    np.add, np.subtract, np.multiply, np.maximum, np.minimum, np.hypot, np.arctan2, np.copysign,
    lambda x, y: x / (1 + y * y), lambda x, y: np.where(x < y, x, y),
    lambda x, y: np.where((x > 0) & (y <= 1), y, -x), lambda x, y: (x > y) * x + (x == y),
    lambda x, y: np.where(np.isnan(x) | ~(x >= y), 1.0, y),
)  # fmt: skip
LENGTHS = (1, 1, 2, 3, 5, 8, 17, 33, 70)
LONG = (1000, 4097, 5000, 9001)


class Region:
    """A random function of random arrays.

    Attributes
    ----------
    arguments : list
        Arrays, some of which do not lie in order, and numbers.
    """

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.generator = np.random.default_rng(seed)
        axes = self.random.choice((0, 1, 1, 2, 2, 2, 3, 4))
        self.shape = tuple(self.random.choice(LENGTHS) for _ in range(axes))
        if axes and self.random.random() < 0.3:
            self.shape = (*(n for n in self.shape[:-1] if n < 9), self.random.choice(LONG))
        self.dtype = self.random.choice((np.float64, np.float64, np.float32))
        self.arguments = [self.argument() for _ in range(self.random.randint(1, 4))]
        self.choices = [self.random.random() for _ in range(400)]

    def argument(self):
        kind = self.random.random()
        if kind < 0.1:
            return self.random.uniform(-2, 2)
        if kind < 0.15:
            return self.dtype(self.random.uniform(-2, 2))
        shape = tuple(1 if self.random.random() < 0.25 else n for n in self.shape)
        shape = shape[self.random.choice((0, 0, 0, 1, 2)) :]
        dtype = self.dtype
        if self.random.random() < 0.1:
            dtype = self.random.choice((np.float32, np.int64, np.int32, np.bool_))
        return self.laid_out(shape, dtype)

    def laid_out(self, shape, dtype):
        """Return an array that may lie in memory in any way."""
        numbers = self.generator.normal(size=shape) * 1.5
        array = np.asarray(numbers, dtype)
        kind = self.random.choice(("order", "order", "order", "fortran", "step", "back", "swapped"))
        if not shape or kind == "order":
            return array
        if kind == "fortran":
            return np.asfortranarray(array)
        if kind == "back":
            return np.ascontiguousarray(array[..., ::-1])[..., ::-1]
        if kind == "swapped":
            return np.ascontiguousarray(np.moveaxis(array, 0, -1)).transpose(
                (len(shape) - 1, *range(len(shape) - 1))
            )
        wide = np.zeros((*shape[:-1], 2 * shape[-1] + 1), dtype)
        wide[..., 1::2] = array
        return wide[..., 1::2]

    def __call__(self, *arguments):
        """Compute the function; it takes the same steps each time."""
        choices = iter(self.choices)

        def pick(options):
            return options[int(next(choices) * len(options))]

        known = [np.add(arguments[0], 0.5), *arguments]
        for _ in range(3 + int(next(choices) * 12)):
            known.append(self.step(pick, known))
        wanted = [x for x in known[len(arguments) + 1 :] if next(choices) < 0.4]
        return (*wanted, known[-1])

    def step(self, pick, known):
        kind = pick(("unary", "unary", "binary", "binary", "binary", "reduce", "view"))
        x = pick(known[-5:])
        if kind == "unary":
            return pick(UNARY)(x * 1.0)
        if kind == "binary":
            y = pick(known)
            try:
                shape = np.broadcast_shapes(np.shape(x), np.shape(y))
            except ValueError:
                return pick(UNARY)(x * 1.0)
            return pick(BINARY)(x, y) if np.prod(shape) < 30000 else x - 1.0
        if kind == "view":
            return self.view(pick, x)
        axes = np.ndim(x)
        axis = pick((None, -1, 0, tuple(range(axes))[1:], (0,)))
        if axis is not None and (axes == 0 or axis == ()):
            axis = None
        total = pick((np.sum, np.sum, np.max, np.min, np.mean))
        return total(x * 1.0, axis=axis, keepdims=pick((True, True, False)))

    def view(self, pick, x):
        if np.ndim(x) == 0:
            return x * 2.0
        options = (
            lambda: x[None],
            lambda: np.reshape(x * 1.0, -1),
            lambda: np.swapaxes(x, 0, -1),
            lambda: x[..., None],
            lambda: x.T,
            lambda: x[..., ::-1],
            lambda: x[..., : (x.shape[-1] + 1) // 2],
            lambda: np.squeeze(x),
        )
        return pick(options)()
