"""Hashes of strings of bytes as integers of 64 bits, the same in all programs and versions.

`farm` is FarmHash's Fingerprint64 (Pike and Alakuijala, Google, 2014), and `siphash` SipHash-2-4
(Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

MASK = (1 << 64) - 1
K0, K1, K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def _word(text: bytes, place: int) -> int:
    """Return eight bytes as a number, the first one the lowest; places below 0 are from the end."""
    place = place + len(text) if place < 0 else place
    return int.from_bytes(text[place : place + 8], "little")


def _rotated(x: int, count: int, left: bool = False) -> int:
    x &= MASK
    count = 64 - count if left else count
    return (x >> count | x << (64 - count)) & MASK


def _folded(x: int) -> int:
    x &= MASK
    return x ^ x >> 47


def _mixed(u: int, v: int, factor: int) -> int:
    a = _folded((u ^ v) * factor)
    return _folded((v ^ a) * factor) * factor & MASK


def farm(text: bytes) -> int:
    """Return FarmHash's Fingerprint64.

    Parameters
    ----------
    text : bytes
        The string.

    Examples
    --------
    >>> farm(b"A")
    16915294056622060564
    """
    size = len(text)
    if size > 64:
        return _of_blocks(text)
    factor = K2 + 2 * size
    if size > 16:
        return _of_words(text, factor)
    if size >= 8:
        a, b = _word(text, 0) + K2, _word(text, -8)
        c, d = _rotated(b, 37) * factor + a, (_rotated(a, 25) + b) * factor
        return _mixed(c & MASK, d & MASK, factor)
    if size >= 4:
        first, last = (int.from_bytes(part, "little") for part in (text[:4], text[-4:]))
        return _mixed(size + (first << 3), last, factor)
    if not size:
        return K2
    y = text[0] + (text[size >> 1] << 8)
    z = size + (text[-1] << 2)
    return _folded(y * K2 & MASK ^ z * K0 & MASK) * K2 & MASK


def _of_words(text: bytes, factor: int) -> int:
    """Return the fingerprint of 17 to 64 bytes."""
    is_long = len(text) > 32
    a, b = _word(text, 0) * (K2 if is_long else K1), _word(text, 8)
    c, d = _word(text, -8) * factor, _word(text, -16) * K2
    y = _rotated(a + b, 43) + _rotated(c, 30) + d & MASK
    z = _mixed(y, a + _rotated(b + K2, 18) + c & MASK, factor)
    if not is_long:
        return z
    e, f = _word(text, 16) * factor, _word(text, 24)
    g, h = (y + _word(text, -32)) * factor, (z + _word(text, -24)) * factor
    first = _rotated(e + f, 43) + _rotated(g, 30) + h & MASK
    return _mixed(first, e + _rotated(f + a, 18) + g & MASK, factor)


def _weak(text: bytes, place: int, a: int, b: int) -> tuple[int, int]:
    """Return two numbers that stand for 32 bytes and two seeds."""
    w, x, y, z = (_word(text, place + 8 * i) for i in range(4))
    a += w
    b = _rotated(b + a + z, 21)
    total = a + x + y
    return total + z & MASK, b + _rotated(total, 44) + a & MASK


def _of_blocks(text: bytes) -> int:
    """Return the fingerprint of more than 64 bytes."""
    last = len(text) - 1
    y = 81 * K1 + 113
    z = _folded(y * K2 + 113) * K2 & MASK
    x = 81 * K2 + _word(text, 0)
    v, w = (0, 0), (0, 0)
    for place in [*range(0, last // 64 * 64, 64), None]:
        factor, far = K1, 1
        if place is None:  # the last 64 bytes, which overlap with those before
            place, factor, far = last - 63, K1 + 2 * (z & 0xFF), 9
            w = (w[0] + (last & 63), w[1])
            v = (v[0] + w[0], v[1])
            w = (w[0] + v[0], w[1])
        x = _rotated(x + y + v[0] + _word(text, place + 8), 37) * factor
        y = _rotated(y + v[1] + _word(text, place + 48), 42) * factor
        x = (x ^ w[1] * far) & MASK
        y += v[0] * far + _word(text, place + 40)
        z = _rotated(z + w[0], 33) * factor & MASK
        v = _weak(text, place, v[1] * factor, x + w[0])
        w = _weak(text, place + 32, z + w[1], y + _word(text, place + 16))
        z, x = x, z
    low = _mixed(v[0], w[0], factor) + _folded(y) * K0 + z
    return _mixed(low & MASK, _mixed(v[1], w[1], factor) + x & MASK, factor)


def siphash(text: bytes, key: Sequence[int]) -> int:
    """Return SipHash-2-4.

    Parameters
    ----------
    text : bytes
        The string.
    key : pair of int
        The key, two numbers of 64 bits.

    Examples
    --------
    >>> hex(siphash(bytes(range(15)), (0x0706050403020100, 0x0F0E0D0C0B0A0908)))
    '0xa129ca6149be45e5'
    """
    constants = struct.unpack(">4Q", b"somepseudorandomlygeneratedbytes")
    state: list[int] = [one ^ key[i % 2] & MASK for i, one in enumerate(constants)]
    for word in _words(text):
        state[3] ^= word
        _scrambled(state, 2)
        state[0] ^= word
    state[2] ^= 0xFF
    _scrambled(state, 4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _words(text: bytes) -> Iterator[int]:
    whole = len(text) // 8 * 8
    filled = text[whole:].ljust(7, b"\0") + bytes([len(text) & 0xFF])
    for place in range(0, whole, 8):
        yield _word(text, place)
    yield int.from_bytes(filled, "little")


def _scrambled(state: list[int], rounds: int) -> None:
    a, b, c, d = state
    for _ in range(rounds):
        a, c = a + b & MASK, c + d & MASK
        b, d = _rotated(b, 13, True) ^ a, _rotated(d, 16, True) ^ c
        a, c = _rotated(a, 32) + d & MASK, c + b & MASK
        b, d = _rotated(b, 17, True) ^ c, _rotated(d, 21, True) ^ a
        c = _rotated(c, 32)
    state[:] = a, b, c, d
