"""Random numbers: the same as PyTorch draws on a processor, from the same seed.

PyTorch's stream is that of the Mersenne Twister, of which a float32 takes 24 bits and a float64 53.
Normal numbers are made of uniform ones by the method of Box and Muller, sixteen at a time. Uniform
and normal numbers, integers, permutations, exponential numbers, places of `multinomial` and zeros
of dropout agree with PyTorch's to the last digits; gamma and Poisson numbers, and what is made of
them, are only seeded. (For dropout PyTorch calls another library where the processor is Intel's.)
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from autograd.errors import DataError, OptionError
from nn.torch_style.types import DEFAULT, check_device

FLOAT64: Final = np.dtype(np.float64)


def _pairs(draw: Any, first: Any, second: Any, size: Any, wanted: Any) -> Any:
    """Return complex numbers, whose real and imaginary parts are drawn in turn."""
    shape = () if size is None else (size,) if isinstance(size, int) else tuple(size)
    parts = draw(first, second, (*shape, 2), np.zeros(0, wanted).real.dtype)
    return parts.view(wanted)[..., 0]


def _count(size: Any) -> int:
    return math.prod(size) if isinstance(size, (tuple, list)) else 1 if size is None else int(size)


class Generator(np.random.Generator):
    """A random generator.

    It is a generator of NumPy as well: layers take it as ``generator=``.

    Parameters
    ----------
    device : str or device
        "cpu".

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> g = torch.Generator().manual_seed(42)
    >>> torch.randint(0, 10, (5,), generator=g)
    tensor([2, 7, 6, 4, 6])
    """

    def __init__(self, device: Any = "cpu") -> None:
        check_device(device)
        super().__init__(np.random.MT19937())
        self._kept: float | None = None  # the second of a pair of normal numbers
        self._type: Any = None  # of numbers for which none is given; None for the default
        self.manual_seed(67280421310721)

    def __deepcopy__(self, memo: Any) -> Generator:
        """Return a generator in the same state; that of `manual_seed` is the only one of its kind.

        So the copy of a model draws what `manual_seed` seeds, as the model does.
        """
        return self if self is GENERATOR else loaded_generator(self.get_state())

    def __reduce__(self) -> Any:
        return loaded_generator, (self.get_state(),)

    def manual_seed(self, seed: int) -> Generator:
        """Start again from a seed; return the generator."""
        if not isinstance(seed, (int, np.integer)):
            raise OptionError(f"A seed is an integer, not {seed!r}.")
        self._seed = int(seed)
        state: Any = np.random.RandomState(self._seed % 2**32).get_state(legacy=False)
        self.bit_generator.state = {"bit_generator": "MT19937", "state": state["state"]}
        self._kept = None
        return self

    def seed(self) -> int:
        """Start again from a seed that differs every time; return it."""
        self.manual_seed(int(np.random.SeedSequence().entropy) % 2**63)  # type: ignore[arg-type]
        return self._seed

    def initial_seed(self) -> int:
        """Return the seed that it was started from."""
        return self._seed

    def get_state(self) -> Any:
        """Return the state, to be passed to `set_state`."""
        return {**self.bit_generator.state, "kept": self._kept, "seed": self._seed}

    def set_state(self, new_state: Any) -> Generator:
        """Restore a state; return the generator."""
        if not 0 <= new_state["state"]["pos"] <= 624:  # NumPy would read there
            raise DataError("This is no state of a generator: its position is not in 0 to 624.")
        self.bit_generator.state = new_state
        self._kept, self._seed = new_state["kept"], new_state["seed"]
        return self

    @contextlib.contextmanager
    def drawing(self, dtype: Any) -> Iterator[None]:
        """Draw numbers for which no type is given in one: initial numbers in that of a tensor."""
        before, self._type = self._type, dtype
        try:
            yield
        finally:
            self._type = before

    # -- draws ------------------------------------------------------------------------------

    def _words(self, count: int) -> Any:
        """Return so many draws of 32 bits."""
        return np.asarray(self.bit_generator.random_raw(count), np.uint64)  # type: ignore[attr-defined]

    def _long_words(self, count: int) -> Any:
        """Return so many draws of 64 bits."""
        high, low = self._words(2 * count).reshape(count, 2).T
        return (high << np.uint64(32)) | low

    def _unit(self, count: int, dtype: Any) -> Any:
        """Return numbers from 0 to 1."""
        if dtype == FLOAT64:
            return (self._long_words(count) & np.uint64(2**53 - 1)) * 2.0**-53
        small = self._words(count) & np.uint64(2**24 - 1)
        return small.astype(np.float32) * np.float32(2.0**-24)

    def random(self, size: Any = None, dtype: Any = None, out: Any = None) -> Any:  # type: ignore[override]
        """Return numbers from 0 to 1, of which layers keep those that are at least p.

        PyTorch keeps the elements whose number, one of float64 whatever their type, is below 1 - p.
        """
        return 1.0 - self.uniform(0.0, 1.0, size, FLOAT64)

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None, dtype: Any = None) -> Any:  # type: ignore[override]
        """Return numbers from `low` to `high`, all equally likely."""
        wanted = np.dtype(dtype or self._type or DEFAULT.array)
        if wanted.kind == "c":
            return _pairs(self.uniform, low, high, size, wanted)
        drawn = self._unit(_count(size), wanted)
        kind = drawn.dtype.type
        found = fused(drawn, kind(high) - kind(low), kind(low))
        return found.reshape(size) if size is not None else found[0]

    def standard_normal(self, size: Any = None, dtype: Any = None, out: Any = None) -> Any:  # type: ignore[override]
        """Return numbers from the standard normal distribution."""
        return self.normal(0.0, 1.0, size, dtype)

    def normal(  # type: ignore[override]
        self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None, dtype: Any = None,
        one_by_one: bool = False,
    ) -> Any:  # fmt: skip
        """Return numbers from a normal distribution; of complex ones each part has half of it.

        Few are drawn one by one, and all of tensors that are not contiguous.
        """
        wanted = np.dtype(dtype or self._type or DEFAULT.array)
        if wanted.kind == "c":
            return _pairs(self.normal, loc, scale / math.sqrt(2.0), size, wanted)
        count = _count(size)
        if count < 16 or one_by_one:
            found = self._single_normals(count) * scale + loc
        else:
            found = self._normals(count, wanted)
            found = fused(found, found.dtype.type(scale), found.dtype.type(loc))
        found = found.astype(wanted, copy=False)
        return found.reshape(size) if size is not None else found[0]

    def _single_normals(self, count: int) -> Any:
        """Return numbers, which are drawn in pairs: the second of the last pair is kept."""
        found = [] if self._kept is None or count == 0 else [self._kept]
        drawn = self._unit(2 * ((count - len(found) + 1) // 2), FLOAT64).reshape(-1, 2)
        radius, angle = np.sqrt(-2.0 * np.log1p(-drawn[:, 1])), 2.0 * math.pi * drawn[:, 0]
        pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
        numbers = np.concatenate([found, pairs.reshape(-1)])
        if count:
            self._kept = float(numbers[-1]) if len(numbers) > count else None
        return numbers[:count]

    def _normals(self, count: int, dtype: Any) -> Any:
        """Return many numbers: sixteen of sixteen draws; the last sixteen are drawn again."""
        drawn = self._unit(count, dtype)
        whole = count // 16 * 16
        parts = [_box_muller(drawn[:whole])]
        if whole < count:
            last = _box_muller(self._unit(16, dtype))
            parts = [parts[0][: count - 16], last]
        return np.concatenate(parts)

    def integers(  # type: ignore[override]
        self, low: Any, high: Any = None, size: Any = None, dtype: Any = np.int64,
        endpoint: bool = False,
    ) -> Any:  # fmt: skip
        """Return integers from `low` to `high`, without the last."""
        if high is None:
            low, high = 0, low
        span = int(high) - int(low) + endpoint
        if span < 1:
            raise OptionError(f"There are no integers from {low} to {high}, without the last.")
        count = _count(size)
        drawn = self._words(count) if span < 2**28 else self._long_words(count)
        found = (drawn % np.uint64(span)).astype(np.int64) + int(low)
        return found.reshape(size).astype(dtype) if size is not None else found[0]

    def permutation(self, x: Any, axis: int = 0) -> Any:
        """Return the integers below a number, or the rows of an array, in a random order."""
        count = x if isinstance(x, (int, np.integer)) else len(x)
        order = list(range(count))
        drawn = self._words(max(count - 1, 0)).tolist()
        for i, word in enumerate(drawn):
            j = i + word % (count - i)
            order[i], order[j] = order[j], order[i]
        found = np.array(order, np.int64)
        return found if isinstance(x, (int, np.integer)) else np.take(x, found, axis)


def memory_axes(x: Any) -> tuple[int, ...]:
    """Return the axes of an array from the outermost to the innermost in memory.

    They are in their own order if elements share memory.

    Examples
    --------
    >>> memory_axes(np.zeros((2, 3)).T), memory_axes(np.zeros((2, 3)))
    ((1, 0), (0, 1))
    """
    own = tuple(range(np.ndim(x)))
    if type(x) is not np.ndarray:  # while a function is traced
        return own
    strides = x.strides
    if any(step == 0 and n > 1 for step, n in zip(strides, x.shape, strict=True)):
        return own
    axes = [axis for axis in own if x.shape[axis] > 1]
    axes.sort(key=lambda axis: -abs(strides[axis]))  # stable: equal strides stay in their order
    places = iter(axes)
    return tuple([next(places) if x.shape[axis] > 1 else axis for axis in own])


def in_memory_order(draw: Callable[[tuple[int, ...]], Any], x: Any) -> Any:
    """Return what `draw` returns for a shape, in the order in which such an array lies in memory.

    Parameters
    ----------
    draw : callable
        Returns an array of a shape.
    x : array
        The array.
    """
    axes = memory_axes(x)
    found = draw(tuple([x.shape[axis] for axis in axes]))
    return found if axes == tuple(range(len(axes))) else np.transpose(found, np.argsort(axes))


def fused(x: Any, factor: Any, term: Any) -> Any:
    """Return x·factor + term, rounded once, as processors compute it for PyTorch.

    Examples
    --------
    >>> x = np.array([1.0 + 2.0**-30])
    >>> (x * x[0] - 1 == 2.0**-29).item(), (fused(x, x[0], -1.0) == 2.0**-29 + 2.0**-60).item()
    (True, True)
    """
    if x.dtype != FLOAT64:  # products of float32 are exact in float64
        return (x.astype(FLOAT64) * FLOAT64.type(factor) + FLOAT64.type(term)).astype(x.dtype)
    product = x * factor
    (a, b), (c, d) = _halves(x), _halves(factor)
    lost = ((a * c - product) + a * d + b * c) + b * d  # of the product
    total = product + term
    part = total - product
    return total + ((product - (total - part)) + (term - part) + lost)


def _halves(x: Any) -> tuple[Any, Any]:
    """Return two numbers with half of the digits each, whose sum is x."""
    high = x * (2.0**27 + 1)
    high = high - (high - x)
    return high, x - high


def _box_muller(drawn: Any) -> Any:
    """Return normal numbers of uniform ones, eight of each sixteen giving the radius."""
    groups = drawn.reshape(-1, 2, 8)
    two = drawn.dtype.type(2)
    radius = np.sqrt(-two * np.log(drawn.dtype.type(1) - groups[:, 0]))
    angle = two * drawn.dtype.type(math.pi) * groups[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(-1)


def loaded_generator(state: Any) -> Generator:
    """Return a generator that was pickled."""
    return Generator().set_state(state)


#: The generator that `manual_seed` seeds.
GENERATOR: Final = Generator()


def manual_seed(seed: int) -> Generator:
    """Seed the random generator; return it.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.manual_seed(0)  # doctest: +ELLIPSIS
    Generator(MT19937) at 0x...
    >>> torch.rand(2)
    tensor([0.4963, 0.7682])
    """
    return GENERATOR.manual_seed(seed)


def initial_seed() -> int:
    """Return the seed of the generator."""
    return GENERATOR.initial_seed()


def seed() -> int:
    """Seed the generator with a number that differs every time; return it."""
    return GENERATOR.seed()


def get_rng_state() -> Any:
    """Return the state of the generator."""
    return GENERATOR.get_state()


def set_rng_state(new_state: Any) -> None:
    """Restore a state of the generator."""
    GENERATOR.set_state(new_state)
