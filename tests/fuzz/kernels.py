"""Random programs for kernels in C: special numbers, all types and layouts, single operations."""

import random

import numpy as np

KINDS = (np.float64, np.float64, np.float32, np.float32, np.int64, np.int32, np.bool_,
         np.complex128, np.complex64, np.int16, np.uint8, np.uint64, np.float16)  # fmt: skip


def unsigned(x):
    """Return numbers whose zeros have no sign: NumPy takes any zero for the extreme of zeros."""
    return np.where(x == 0, np.zeros_like(x), x)[()]


#: Operations whose results NumPy rounds correctly, so that C has the same bits.
EXACT = (
    np.add, np.subtract, np.multiply, np.divide, np.negative, np.absolute, np.sign, np.square,
    np.sqrt, np.reciprocal, np.floor, np.ceil, np.trunc, np.rint, np.maximum, np.minimum,
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal,
    np.not_equal, np.logical_and, np.logical_or, np.logical_xor, np.logical_not, np.bitwise_and,
    np.bitwise_or, np.bitwise_xor, np.invert, np.isnan, np.isinf, np.isfinite,
    np.heaviside, np.floor_divide, np.remainder, np.fmod, np.left_shift, np.right_shift,
    np.positive, np.conjugate, np.real, np.imag, np.fabs, np.gcd, np.nextafter, np.spacing,
    lambda x: x**2, lambda x: x**-1.0, lambda x: x**0, lambda x: x**1, lambda x: 2 * x,
    lambda x: x + 1.0, lambda x: x - 1, lambda x: 3 - x, lambda x: x / 3, lambda x: -x,
    lambda x: x * -0.0, lambda x: x > 0, lambda x: x == x, lambda x: +x, lambda x: ~x,
    lambda x: x // 2, lambda x: x % 3, lambda x: x * True, lambda x: x + np.float32(0.5),
    lambda x: x * np.int32(3), lambda x: x + np.int64(7), lambda x: np.clip(x, -1, 2),
    lambda x: np.clip(x, 0.5, None), lambda x: x.astype(np.float64),
    lambda x: x.astype(np.float32), lambda x: x.astype(bool), lambda x: np.where(x > 0, x, 0),
    lambda x, y: np.where(x, x, y), lambda x, y: np.where(y < 1, x, y), lambda x: np.ones_like(x),
    lambda x: np.nan_to_num(x), lambda x, y: np.where(x != x, y, np.nan),
    lambda x: np.float64(2) * x, lambda x: x & 1, lambda x: x | True, lambda x: x ^ 3,
    lambda x, y: unsigned(np.fmax(x, y)), lambda x, y: unsigned(np.fmin(x, y)),
    lambda x: abs(x), lambda x: np.maximum(x, 0), lambda x: np.signbit(np.where(x == x, x, 1)),
    lambda x, y: np.copysign(x, np.where(y == y, y, 1)),  # a NaN has any sign
)  # fmt: skip

#: Operations that are right to 4 units in the last place.
CLOSE = (
    np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10, np.log1p, np.cbrt, np.sin, np.cos,
    np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh,
    np.arctanh, np.arctan2, np.hypot, np.power, np.float_power, np.degrees, np.radians,
    lambda x: x**3, lambda x: x**-2, lambda x: x**0.5, lambda x: x**1.5, lambda x: 2.0**x,
    lambda x: x ** np.float32(2), lambda x, y: x**y,
)  # fmt: skip

REDUCTIONS = (np.sum, np.max, np.min, np.prod, np.any, np.all, np.argmax, np.argmin, np.mean,
              np.count_nonzero, np.add.reduce, np.maximum.reduce, np.logical_or.reduce)  # fmt: skip

SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, np.inf, -np.inf, np.nan, 5e-324, -1e-310, 1e308, -1e308,
           1e-40, 3e38, 2.5, -2.5, 4503599627370497.5, 9007199254740993.0, -7.0)  # fmt: skip


class Kernels:
    """A random function of random arrays, which returns the results of all its steps.

    Attributes
    ----------
    arguments : list
        Arrays and numbers.
    close : list of str
        For each result how it is compared: "bits", "ulp" or "sum".
    """

    def __init__(self, seed, steps=8):
        self.random = random.Random(seed)
        self.generator = np.random.default_rng(seed)
        axes = self.random.choice((0, 1, 1, 2, 2, 3))
        lengths = (1, 2, 3, 4, 7, 17, 33) if self.random.random() < 0.9 else (0, 1, 3)
        self.shape = tuple(self.random.choice(lengths) for _ in range(axes))
        self.kinds = [self.random.choice(KINDS[:7] if k < 2 else KINDS) for k in range(3)]
        self.arguments = [self._argument() for _ in range(self.random.randint(2, 5))]
        self.steps = []
        self.close = []
        known = [*self.arguments]
        for _ in range(60):
            step = self._step(known)
            if step is not None:
                self.steps.append(step)
                if len(self.steps) == steps:
                    break

    def _numbers(self, shape, kind):
        dtype = np.dtype(kind)
        size = int(np.prod(shape))
        if dtype.kind in "iu":
            info = np.iinfo(dtype)
            few = [0, 1, 2, 3, 7, info.max, info.min, info.max - 1, 5, 100]
            few += [-1, -2, -3, -7] if dtype.kind == "i" else []
            return np.array(self.random.choices(few, k=size), dtype).reshape(shape)
        with np.errstate(all="ignore"):
            parts = [
                np.where(
                    self.generator.random(size) < 0.4,
                    np.array(self.random.choices(SPECIAL, k=size or 1)[:size]),
                    self.generator.normal(size=size) * 3,
                )
                for _ in range(2)
            ]
            numbers = parts[0] if dtype.kind != "c" else parts[0] + 1j * parts[1]
            return (numbers > 0 if dtype.kind == "b" else numbers.astype(dtype)).reshape(shape)

    def _argument(self):
        kind = self.random.choice(self.kinds)
        which = self.random.random()
        if which < 0.08:
            return self.random.choice((*SPECIAL, 1.5, -3.25))
        if which < 0.14:
            return self._numbers((1,), kind)[0]
        shape = tuple(1 if self.random.random() < 0.2 else n for n in self.shape)
        shape = shape[self.random.choice((0, 0, 0, 1)) :]
        return self._laid_out(shape, kind)

    def _laid_out(self, shape, kind):
        layout = self.random.choice(
            ("order", "order", "order", "fortran", "step", "back", "still", "odd", "swapped")
        )
        array = self._numbers(shape, kind)
        if not shape or layout == "order":
            return array
        if layout == "fortran":
            return np.asfortranarray(array)
        if layout == "back":
            return np.ascontiguousarray(array[..., ::-1])[..., ::-1]
        if layout == "still":  # the same memory again and again
            return np.broadcast_to(array[:1], shape)
        if layout == "swapped":
            return np.ascontiguousarray(np.moveaxis(array, 0, -1)).transpose(
                (len(shape) - 1, *range(len(shape) - 1))
            )
        if layout == "odd":  # at an address that no element should have
            raw = np.zeros(array.nbytes + 1, np.uint8)
            found = np.ndarray(shape, array.dtype, raw, 1)
            found[...] = array
            return found
        wide = np.zeros((*shape[:-1], 2 * shape[-1] + 1), array.dtype)
        wide[..., 1::2] = array
        return wide[..., 1::2]

    # -- steps ------------------------------------------------------------------------------

    def _step(self, known):
        """Return a step that NumPy can carry out, as a function of what is known; or None."""
        make = self.random.choices(
            (self._exact, self._close, self._reduction, self._view, self._write), (10, 4, 4, 3, 2)
        )[0]
        step, how, feeds = make(known)
        try:
            with np.errstate(all="ignore"):
                found = step(known)
        except Exception:
            return None
        if not isinstance(found, (np.ndarray, np.generic, float)) or np.size(found) > 4000:
            return None
        if np.asarray(found).dtype.kind not in "fiubc":
            return None
        self.close.append(how)
        if feeds:
            known.append(found)
        else:
            known.append(known[0])
        return step

    def _place(self, known):
        return self.random.randrange(max(0, len(known) - 6), len(known))

    def _applied(self, functions, known):
        function, a, b = self.random.choice(functions), self._place(known), self._place(known)
        count = getattr(function, "nin", None) or function.__code__.co_argcount
        if count == 1:
            return lambda known: function(known[a])
        return lambda known: function(known[a], known[b])

    def _exact(self, known):
        return self._applied([f for f in EXACT if callable(f) and _counted(f)], known), "bits", True

    def _close(self, known):
        return self._applied(CLOSE, known), "ulp", False

    def _reduction(self, known):
        function, a = self.random.choice(REDUCTIONS), self._place(known)
        axes = np.ndim(known[a])
        axis = self.random.choice((None, 0, -1, (), tuple(range(axes)), tuple(range(1, axes))))
        if function in (np.argmax, np.argmin):
            axis = self.random.choice((None, 0, -1))
        keywords = {"axis": axis}
        if self.random.random() < 0.4:
            keywords["keepdims"] = True
        if function in (np.max, np.min, np.maximum.reduce):
            return (lambda known: unsigned(function(known[a], **keywords))), "bits", True
        if function not in (np.sum, np.prod, np.mean, np.add.reduce):
            return (lambda known: function(known[a], **keywords)), "bits", True

        def summed(known):
            x = known[a]
            if np.asarray(x).dtype.kind in "fc":  # no sum overflows on the way
                x = np.where((abs(x) < 1e30) | ~np.isfinite(x), x, 1)
            return function(x, **keywords)

        return summed, "sum", False

    def _view(self, known):
        a = self._place(known)
        function = self.random.choice(
            (
                lambda x: x[..., ::-1],
                lambda x: x.T,
                lambda x: x[None],
                lambda x: x[..., None],
                lambda x: x[..., 1:],
                lambda x: x[..., ::2],
                lambda x: x[0],
                lambda x: x[..., -1],
                lambda x: np.ravel(x),
                lambda x: x.reshape(-1),
                lambda x: np.broadcast_to(x, (2, *np.shape(x))),
                lambda x: np.swapaxes(x, 0, -1),
                lambda x: np.squeeze(x),
                lambda x: x[()],
                lambda x: np.atleast_1d(x),
                lambda x: x.copy(),
                lambda x: x.flatten("F"),
                lambda x: x[x == x],
            )[:-1]
        )
        return (lambda known: function(known[a])), "bits", True

    def _write(self, known):
        a, b = self._place(known), self._place(known)
        index = self.random.choice(
            (0, -1, slice(None, None, 2), slice(None, None, -1), Ellipsis, (Ellipsis, 0), None)
        )
        how = self.random.choice(("set", "add", "mul", "out", "max"))

        def step(known):
            found = np.array(known[a])
            if how == "set":
                found[index] = known[b]
            elif how == "add":
                found += known[b]
            elif how == "mul":
                found[index] *= known[b]
            elif how == "max":
                np.maximum(found, known[b], out=found)
            else:
                np.subtract(known[b], found, out=found)
            return found + 0 if found.dtype.kind != "b" else found | False

        return step, "bits", True

    def __call__(self, *arguments):
        """Return the results of all steps."""
        known, found = [*arguments], []
        for step, how in zip(self.steps, self.close, strict=True):
            made = step(known)
            found.append(made)
            feeds = how == "bits"
            known.append(made if feeds else known[0])
        return tuple(found)


def _counted(function):
    return isinstance(function, np.ufunc) or hasattr(function, "__code__")


def fault(found, wanted, how):
    """Return what differs between results; "" if they are as they should be.

    Parameters
    ----------
    found, wanted : array or number
        The results.
    how : str
        "bits", "ulp" or "sum".
    """
    if type(found) is not type(wanted):
        return f"{type(found)} and not {type(wanted)}"
    a, b = np.asarray(found), np.asarray(wanted)
    if (a.dtype, a.shape) != (b.dtype, b.shape):
        return f"{a.dtype}{a.shape} and not {b.dtype}{b.shape}"
    if a.dtype.kind == "c":
        return fault(a.real, b.real, how) or fault(a.imag, b.imag, how)
    if a.dtype.kind != "f":
        return "" if np.array_equal(a, b) else f"{a} and not {b}"
    with np.errstate(all="ignore"):
        if how == "sum":
            size = np.max(np.abs(b[np.isfinite(b)]), initial=0.0)
            limit = 100 * np.finfo(a.dtype).eps
            same = np.isclose(a, b, rtol=limit, atol=limit * size, equal_nan=True)
        else:
            steps = distances(a, b)
            same = steps <= (0 if how == "bits" else 4)
    return "" if np.all(same) else f"{a[~same][:3]!r} and not {b[~same][:3]!r}"


def distances(a, b):
    """Return how many floating point numbers lie between others; signs of zero count."""
    kind = {2: np.int16, 4: np.int32, 8: np.int64}[a.dtype.itemsize]

    def position(x):
        bits = np.ascontiguousarray(x).reshape(x.shape).view(kind).astype(object)
        half = 1 << (8 * x.dtype.itemsize - 1)
        return np.where(np.asarray(bits < 0, bool), -(bits + half) - 1, bits)

    steps = np.asarray(np.abs(position(a) - position(b)), float)
    steps = np.where(np.isnan(a) & np.isnan(b), 0.0, steps)
    steps = np.where(np.isnan(a) != np.isnan(b), np.inf, steps)
    signs = (a == 0) & (b == 0) & (np.signbit(a) != np.signbit(b))
    return np.where(signs, np.inf, steps)
