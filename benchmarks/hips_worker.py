"""Runs work of `hips_workloads` when told to; the other end of `hips.py`.

It reads lines from standard input, ``check NAME`` or ``time NAME COUNT``, and answers each with a
line of JSON: the numbers of the result, or the seconds that one call took.
"""

import gc
import json
import sys
import time
import warnings

import numpy as np
from hips_workloads import WORK

warnings.simplefilter("ignore")


def numbers(result):
    if isinstance(result, dict):
        return [x for item in result.values() for x in numbers(item)]
    if isinstance(result, (tuple, list)):
        return [x for item in result for x in numbers(item)]
    return np.ravel(result).tolist()


def main():
    calls = {}
    for line in sys.stdin:
        what, name, *count = line.split()
        if name not in calls:
            calls[name] = WORK[name]()
        call = calls[name]
        if what == "check":
            answer = numbers(call())
        else:
            gc.collect()
            start = time.perf_counter()
            for _ in range(int(count[0])):
                call()
            answer = (time.perf_counter() - start) / int(count[0])
        print(json.dumps(answer), flush=True)


main()
