"""`scipy.spatial.transform` with derivatives: rotations as unit quaternions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.spatial.transform as _original

from autograd.engine.dispatch import plain
from autograd.errors import OptionError, ShapeError
from autograd.rules.elementwise import where
from autograd.scipy.fallback import has_node
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import number

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.spatial.transform")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


#: Below this square of an angle, sines and cosines are summed as series.
_SMALL = 1e-3


def _joined(*parts: Any) -> Any:
    """Return numbers as the elements of a new last axis."""
    shape = np.broadcast_shapes(*[np.shape(p) for p in parts])
    return np.stack([p + np.zeros(shape) for p in parts], axis=-1)


def _parts(x: Any) -> list[Any]:
    return [x[..., i] for i in range(np.shape(x)[-1])]


def _product(p: Any, q: Any) -> Any:
    """Return the product of quaternions, whose scalar is the last element."""
    (a, b, c, d), (e, f, g, h) = _parts(p), _parts(q)
    return _joined(
        d * e + a * h + b * g - c * f,
        d * f - a * g + b * h + c * e,
        d * g + a * f - b * e + c * h,
        d * h - a * e - b * f - c * g,
    )


def _unit(q: Any) -> Any:
    return q / np.sqrt(np.sum(q * q, axis=-1, keepdims=True))


def _half_sine_ratio(s: Any) -> Any:
    """Return sin(√s / 2) / √s, a smooth function of the square of an angle."""
    small = plain(s) < _SMALL
    near, far = where(small, s, 0.0), np.sqrt(where(small, 1.0, s))
    series: Any = 0.0
    for k in range(6, -1, -1):
        series = (-1) ** k / (2.0 ** (2 * k + 1) * math.factorial(2 * k + 1)) + near * series
    return where(small, series, np.sin(far / 2) / far)


def _half_cosine(s: Any) -> Any:
    """Return cos(√s / 2), a smooth function of the square of an angle."""
    small = plain(s) < _SMALL
    near, far = where(small, s, 0.0), np.sqrt(where(small, 1.0, s))
    series: Any = 0.0
    for k in range(6, -1, -1):
        series = (-1) ** k / (4.0**k * math.factorial(2 * k)) + near * series
    return where(small, series, np.cos(far / 2))


def _angle_ratio(n: Any, w: Any) -> Any:
    """Return the angle over the length of the vector of a unit quaternion, given its square n."""
    small = plain(n) < _SMALL
    length = np.sqrt(where(small, 1.0, n))
    t = where(small, n, 0.0) / (w * w)  # the square of the tangent of half the angle
    series: Any = 0.0
    for k in range(8, -1, -1):
        series = (-1) ** k / (2 * k + 1) + t * series
    return where(small, 2 * series / w, 2 * np.arctan2(length, w) / length)


_AXES = {"x": 0, "y": 1, "z": 2}


class Rotation:
    """Rotations in three dimensions; see `scipy.spatial.transform.Rotation`.

    Made by `from_quat`, `from_matrix`, `from_rotvec`, `from_euler`, `from_mrp` or `identity`, from
    numbers or nodes; then the results of its methods have derivatives.

    Parameters
    ----------
    quat : array_like
        Quaternions, normalised here, with the scalar last.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jacobian
    >>> from autograd.scipy.spatial.transform import Rotation
    >>> turn = lambda angle: Rotation.from_euler("z", angle).apply([1.0, 0.0, 0.0])
    >>> jacobian(turn)(0.0)
    array([0., 1., 0.])
    """

    def __init__(
        self, quat: Any, normalize: bool = True, copy: bool = True, scalar_first: bool = False
    ) -> None:
        q = number(quat)
        if np.shape(q)[-1:] != (4,) or np.ndim(q) > 2:
            raise ShapeError(
                f"Expected quaternions of four numbers in rows; the shape is {np.shape(q)}."
            )
        if np.any(np.sum(plain(q) ** 2, axis=-1) == 0):
            raise ValueError("Found zero norm quaternions in `quat`.")
        q = np.concatenate([q[..., 1:], q[..., :1]], axis=-1) if scalar_first else q
        self._quat = _unit(q) if normalize else q

    @classmethod
    def _of(cls, quat: Any) -> Rotation:
        found = cls.__new__(cls)
        found._quat = quat
        return found

    # -- from ---------------------------------------------------------------------------------

    @classmethod
    def from_quat(cls, quat: Any, *, scalar_first: bool = False) -> Rotation:
        """Return rotations from quaternions."""
        return cls(quat, scalar_first=scalar_first)

    @classmethod
    def identity(cls, num: int | None = None) -> Rotation:
        """Return the rotation by nothing, or several of them."""
        return cls._of(np.array([0.0, 0.0, 0.0, 1.0]) + np.zeros(() if num is None else (num, 1)))

    @classmethod
    def random(cls, num: int | None = None, *options: Any, **more: Any) -> Rotation:
        """Return random rotations, as SciPy does."""
        return cls._of(_original.Rotation.random(num, *options, **more).as_quat())

    @classmethod
    def from_rotvec(cls, rotvec: Any, degrees: bool = False) -> Rotation:
        """Return rotations from vectors along the axis, as long as the angle."""
        v = number(rotvec)
        if np.shape(v)[-1:] != (3,):
            raise ShapeError(
                f"Expected `rot_vec` of three numbers in rows; the shape is {np.shape(v)}."
            )
        v = v * (math.pi / 180) if degrees else v
        s = np.sum(v * v, axis=-1, keepdims=True)
        return cls._of(np.concatenate([v * _half_sine_ratio(s), _half_cosine(s)], axis=-1))

    @classmethod
    def from_mrp(cls, mrp: Any) -> Rotation:
        """Return rotations from modified Rodrigues parameters."""
        v = number(mrp)
        s = np.sum(v * v, axis=-1, keepdims=True)
        return cls._of(np.concatenate([2 * v / (1 + s), (1 - s) / (1 + s)], axis=-1))

    @classmethod
    def from_matrix(cls, matrix: Any, *, assume_valid: bool = False) -> Rotation:
        """Return rotations from matrices; matrices that are nodes must be orthogonal.

        The derivative is that of the formula for orthogonal matrices.
        """
        m = number(matrix)
        if np.shape(m)[-2:] != (3, 3):
            raise ShapeError(
                f"Expected `matrix` of three rows and columns; the shape is {np.shape(m)}."
            )
        numbers = plain(m)
        if not has_node(m):
            return cls._of(number(_original.Rotation.from_matrix(numbers).as_quat()))
        product = numbers @ np.swapaxes(numbers, -1, -2)
        if np.max(np.abs(product - np.eye(3))) > 1e-9 or np.any(np.linalg.det(numbers) < 0):
            raise OptionError("A matrix of nodes must be orthogonal, with determinant 1.")
        return cls._of(_unit(_from_matrix(m, numbers)))

    @classmethod
    def from_euler(cls, seq: str, angles: Any, degrees: bool = False) -> Rotation:
        """Return rotations about axes of coordinates, one after the other."""
        lower, count = seq.lower(), len(seq)
        if (
            not 1 <= count <= 3
            or any(a not in _AXES for a in lower)
            or seq not in (lower, seq.upper())
        ):
            raise ValueError(
                f"Expected axes from `seq` to be from ['x', 'y', 'z'] or ['X', 'Y', 'Z'], got {seq}"
            )
        a = number(angles) * (math.pi / 180) if degrees else number(angles)
        if count == 1:
            a = a if np.ndim(a) == 2 else np.reshape(a, (*np.shape(a), 1))
        if np.shape(a)[-1:] != (count,):
            raise ShapeError(f"Expected {count} angles in rows; the shape is {np.shape(angles)}.")
        total: Any = None
        for i, axis in enumerate(lower):
            half = a[..., i] / 2
            parts = [
                np.zeros(np.shape(half)),
                np.zeros(np.shape(half)),
                np.zeros(np.shape(half)),
                np.cos(half),
            ]
            parts[_AXES[axis]] = np.sin(half)
            q = _joined(*parts)
            total = (
                q if total is None else _product(total, q) if seq != lower else _product(q, total)
            )
        return cls._of(total)

    @classmethod
    def concatenate(cls, rotations: Any) -> Rotation:
        """Return several rotations as one object."""
        return cls._of(np.concatenate([np.reshape(r._quat, (-1, 4)) for r in rotations]))

    # -- to -----------------------------------------------------------------------------------

    def as_quat(self, canonical: bool = False, *, scalar_first: bool = False) -> Any:
        """Return unit quaternions."""
        q = self._canonical() if canonical else self._quat
        return np.concatenate([q[..., 3:], q[..., :3]], axis=-1) if scalar_first else +q

    def _canonical(self) -> Any:
        """Return the quaternions whose first part that is not 0, from the scalar on, is positive."""
        numbers = np.asarray(plain(self._quat))[..., [3, 0, 1, 2]]
        first = np.argmax(numbers != 0, axis=-1)
        sign = np.sign(np.take_along_axis(numbers, first[..., None], -1))
        return self._quat * sign

    def as_matrix(self) -> Any:
        """Return matrices."""
        x, y, z, w = _parts(self._quat)
        rows = [
            _joined(x * x - y * y - z * z + w * w, 2 * (x * y - z * w), 2 * (x * z + y * w)),
            _joined(2 * (x * y + z * w), -x * x + y * y - z * z + w * w, 2 * (y * z - x * w)),
            _joined(2 * (x * z - y * w), 2 * (y * z + x * w), -x * x - y * y + z * z + w * w),
        ]
        return np.stack(rows, axis=-2)

    def as_rotvec(self, degrees: bool = False) -> Any:
        """Return vectors along the axis, as long as the angle, from 0 to π."""
        q = self._positive()
        v = q[..., :3] * _angle_ratio(np.sum(q[..., :3] ** 2, axis=-1, keepdims=True), q[..., 3:])
        return v * (180 / math.pi) if degrees else v

    def _positive(self) -> Any:
        sign = np.where(np.asarray(plain(self._quat))[..., 3:] < 0, -1.0, 1.0)
        return self._quat * sign

    def as_mrp(self) -> Any:
        """Return modified Rodrigues parameters."""
        q = self._positive()
        return q[..., :3] / (1 + q[..., 3:])

    def as_euler(self, seq: str, degrees: bool = False) -> Any:
        """Return angles about axes of coordinates; see SciPy for their ranges.

        Raises
        ------
        OptionError
            Where two axes coincide, the gimbal lock: there the angles have no derivative.
        """
        if len(seq) != 3:
            raise ValueError(f"Expected 3 axes, got {seq}.")
        angles = _euler(seq, self._quat)
        return angles * (180 / math.pi) if degrees else angles

    def magnitude(self) -> Any:
        """Return the angles."""
        q = self._quat
        numbers = np.asarray(plain(q))
        n = np.sum(q[..., :3] ** 2, axis=-1)
        none = np.sum(numbers[..., :3] ** 2, axis=-1) == 0
        length = where(none, 0.0, np.sqrt(where(none, 1.0, n)))
        return 2 * np.arctan2(length, np.abs(q[..., 3]))

    # -- together -----------------------------------------------------------------------------

    def __mul__(self, other: Rotation) -> Rotation:
        if not isinstance(other, Rotation):
            other = Rotation._of(number(other.as_quat()))
        return Rotation._of(_unit(_product(self._quat, other._quat)))

    def __rmul__(self, other: Any) -> Rotation:
        return Rotation._of(number(other.as_quat())) * self

    def inv(self) -> Rotation:
        """Return the rotations back."""
        return Rotation._of(self._quat * np.array([-1.0, -1.0, -1.0, 1.0]))

    def __pow__(self, n: Any) -> Rotation:
        return Rotation.from_rotvec(n * self.as_rotvec())

    def apply(self, vectors: Any, inverse: bool = False) -> Any:
        """Return turned vectors."""
        v = number(vectors)
        if np.shape(v)[-1:] != (3,):
            raise ShapeError(
                f"Expected vectors of three numbers in rows; the shape is {np.shape(v)}."
            )
        m = self.as_matrix()
        m = np.swapaxes(m, -1, -2) if inverse else m
        return np.sum(m * v[..., None, :], axis=-1)

    def mean(self, weights: Any = None) -> Rotation:
        """Return the mean rotation, the largest eigenvector of the mean of q qᵀ."""
        q = np.reshape(self._quat, (-1, 4))
        w = np.ones(np.shape(q)[0]) if weights is None else number(weights)
        return Rotation._of(np.linalg.eigh(np.swapaxes(q * w[:, None], 0, 1) @ q)[1][:, -1])

    @property
    def single(self) -> bool:
        """Whether this is one rotation."""
        return np.ndim(self._quat) == 1

    def __len__(self) -> int:
        if self.single:
            raise TypeError("Single rotation has no len().")
        return int(np.shape(self._quat)[0])

    def __getitem__(self, index: Any) -> Rotation:
        if self.single:
            raise TypeError("Single rotation is not subscriptable.")
        return Rotation._of(self._quat[index])

    def __repr__(self) -> str:
        return f"Rotation.from_matrix({np.array_repr(np.asarray(plain(self.as_matrix())))})"


def _from_matrix(m: Any, numbers: Any) -> Any:
    """Return quaternions from orthogonal matrices, each by the formula that does not cancel."""
    diagonal = np.stack([numbers[..., i, i] for i in range(3)], axis=-1)
    choices = np.concatenate([diagonal, diagonal.sum(axis=-1, keepdims=True)], axis=-1)
    largest = np.argmax(choices, axis=-1)
    trace = m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2]
    candidates = []
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        parts: list[Any] = [None] * 4
        parts[i] = 1 - trace + 2 * m[..., i, i]
        parts[j] = m[..., j, i] + m[..., i, j]
        parts[k] = m[..., k, i] + m[..., i, k]
        parts[3] = m[..., k, j] - m[..., j, k]
        candidates.append(_joined(*parts))
    last = [m[..., (i + 2) % 3, (i + 1) % 3] - m[..., (i + 1) % 3, (i + 2) % 3] for i in range(3)]
    candidates.append(_joined(*last, 1 + trace))
    found = candidates[0]
    for i in range(1, 4):
        found = where((largest == i)[..., None], candidates[i], found)
    return found


def _euler(seq: str, q: Any) -> Any:
    """Return the angles, by the formulas of E. Bernardes and S. Viollet (2022)."""
    extrinsic = seq == seq.lower()
    order = seq.lower() if extrinsic else seq.lower()[::-1]
    i, j, k = (_AXES[a] for a in order)
    symmetric = i == k
    k = 3 - i - j if symmetric else k
    sign = (i - j) * (j - k) * (k - i) // 2
    parts = _parts(q)
    if symmetric:
        a, b, c, d = parts[3], parts[i], parts[j], parts[k] * sign
    else:
        a, b = parts[3] - parts[j], parts[i] + parts[k] * sign
        c, d = parts[j] + parts[3], parts[k] * sign - parts[i]
    first, second = a * a + b * b, c * c + d * d
    if np.any(np.minimum(plain(first), plain(second)) <= 1e-14):
        raise OptionError(
            f"At gimbal lock, where the first and last axis of {seq!r} coincide, the angles are not "
            "unique and have no derivative. Use another sequence, quaternions or as_rotvec."
        )
    half_sum, half_difference = np.arctan2(b, a), np.arctan2(d, c)
    middle = 2 * np.arctan2(np.sqrt(second), np.sqrt(first))
    if symmetric:
        angles = [half_sum - half_difference, middle, half_sum + half_difference]
    else:
        angles = [
            half_sum - half_difference,
            middle - math.pi / 2,
            sign * (half_sum + half_difference),
        ]
    angles = angles if extrinsic else angles[::-1]
    turns = [2 * math.pi * np.round(np.asarray(plain(x)) / (2 * math.pi)) for x in angles]
    return _joined(*[x - turn for x, turn in zip(angles, turns, strict=True)])


class Slerp:
    """Rotations between rotations, at constant speed; see `scipy.spatial.transform.Slerp`.

    Parameters
    ----------
    times : array_like
        When the rotations hold, increasing.
    rotations : Rotation
        As many rotations.
    """

    def __init__(self, times: Any, rotations: Rotation) -> None:
        self.times = number(times)
        if np.shape(self.times) != (len(rotations),) or len(rotations) < 2:
            raise ShapeError(
                f"{len(rotations)} rotations need as many times; these have shape {np.shape(times)}."
            )
        if np.any(np.diff(plain(self.times)) <= 0):
            raise ValueError("Times must be in strictly increasing order.")
        self.rotations = rotations[:-1]
        self.rotvecs = (rotations[:-1].inv() * rotations[1:]).as_rotvec()

    def __call__(self, times: Any) -> Rotation:
        """Return the rotations at some times."""
        t = number(times)
        numbers, known = np.asarray(plain(t)), np.asarray(plain(self.times))
        if np.any(numbers < known[0]) or np.any(numbers > known[-1]):
            raise ValueError(
                f"Interpolation times must be within the range [{known[0]}, {known[-1]}], both inclusive."
            )
        i = np.clip(np.searchsorted(known, numbers, side="left") - 1, 0, len(known) - 2)
        share = (t - self.times[i]) / (self.times[i + 1] - self.times[i])
        return self.rotations[i] * Rotation.from_rotvec(
            self.rotvecs[i] * np.reshape(share, (*np.shape(share), 1))
        )
