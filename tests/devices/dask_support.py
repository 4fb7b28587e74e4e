"""Write `docs/reference/dask.md`: which functions work on arrays of Dask, and why others do not.

``PYTHONPATH=.:tests python tests/devices/dask_support.py`` computes every sample of a rule, with
its gradient, on arrays in several chunks, and compares it with NumPy.
"""

import re
import warnings
from collections import defaultdict
from pathlib import Path

import dask
import dask.array as da
import numpy as np
from rules import checks
from rules.samples import SAMPLES

from autograd import Tensor

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "dask.md"

#: What Dask, or this library, raises instead of a number.
REFUSALS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    TypeError,
    ValueError,
    NotImplementedError,
)


def lazy(x):
    """Return an array of Dask in chunks of two elements along each axis."""
    x = np.array(x)
    return da.from_array(x, chunks=2 if x.ndim else -1)


def refusal(sample):
    """Return why Dask does not compute a sample and its gradient; "" if it does, rightly."""
    here = [Tensor(np.array(x)) for x in sample.inputs]
    result = checks.call(sample, here)
    weights = checks.weights_like(result)
    result.backward(weights)
    there = [Tensor(lazy(x)) for x in sample.inputs]
    try:
        found = checks.call(sample, there)
        found.backward(da.asarray(weights))
        assert isinstance(found.data, da.Array), "It is computed at once."
        numbers = [found.data.compute(), *(x.grad.compute() for x in there)]
    except REFUSALS as error:
        return str(error).strip() or type(error).__name__
    for a, b in zip(numbers, [result.data, *(x.grad for x in here)], strict=True):
        np.testing.assert_allclose(a, b, 1e-9, 1e-9)
        assert np.asarray(a).dtype == np.asarray(b).dtype
    assert all(x.grad.chunks == x.data.chunks for x in there), "Chunks were merged."
    return ""


def shortened(text):
    """Return the first sentence of a message, for a table."""
    line = text.splitlines()[0].split(" Write it ")[0].partition(": '")[0]
    line = line.replace(" here: ", ": ")
    line = line[:110] + ("…" if len(line) > 110 else "")
    return re.sub(r"[\\`*_|]", r"\\\g<0>", line).replace("<", "&lt;")  # not as Markdown


def main():
    warnings.simplefilter("ignore")
    reasons = defaultdict(list)
    for sample in SAMPLES:
        with np.errstate(all="ignore"):
            reasons[str(sample).partition("[")[0] or "x[…]"].append(refusal(sample))
    works = sorted(name for name, found in reasons.items() if not any(found))
    lines = [
        "# Functions on Dask's arrays",
        "",
        "`tests/devices/dask_support.py` writes this page: it computes every sample of the tests, with",
        f"its gradient, on arrays in several chunks of Dask {dask.__version__}, and compares the",
        "numbers with NumPy's. What is refused raises the error that is shown; none gives other",
        "numbers. See [On a GPU, on a cluster](../how-to/other-arrays.md).",
        "",
        f"These {len(works)} work in all forms that the tests have:",
        "",
        ", ".join(f"`{name}`" for name in works) + ".",
        "",
        "These do not, or not always:",
        "",
        "| Function | Forms that work | The error of another |",
        "|---|---|---|",
    ]
    for name in sorted(reasons.keys() - set(works)):
        found = reasons[name]
        first = next(filter(None, found))
        lines.append(f"| `{name}` | {found.count('')} of {len(found)} | {shortened(first)} |")
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
