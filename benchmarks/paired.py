"""Time two or more functions in turn, so that a drift of the machine's speed hits all alike."""

import gc
import statistics
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """How many times as long one function takes as another: median and quartiles over rounds."""

    median: float
    low: float
    high: float
    seconds: float  # median time of one call of the function in the denominator

    def __str__(self):
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def times(functions, rounds=25, least=0.02):
    """Return for each function its seconds per call, one entry a round: A B C, A B C, ..."""
    calls = [_calls_in(function, least) for function in functions]
    found = [[] for _ in functions]
    for round_ in range(rounds + 1):
        for function, count, seconds in zip(functions, calls, found, strict=True):
            gc.collect()  # nobody pays for the garbage of the one before
            start = time.perf_counter()
            for _ in range(count):
                function()
            if round_:  # the first round warms up
                seconds.append((time.perf_counter() - start) / count)
    return found


def ratio(numerator, denominator):
    """Compare two columns of `times` round by round."""
    pairs = sorted(a / b for a, b in zip(numerator, denominator, strict=True))
    low, median, high = statistics.quantiles(pairs, n=4)
    return Ratio(median, low, high, statistics.median(denominator))


def _calls_in(function, least):
    function()
    start = time.perf_counter()
    function()
    once = time.perf_counter() - start
    return max(1, round(least / max(once, 1e-9)))
