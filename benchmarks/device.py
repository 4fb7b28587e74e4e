"""What functions and their gradients take on a GPU, with CuPy's arrays, and on the processor.

``python -P benchmarks/device.py`` prints a table; it needs CuPy and a GPU. `table` takes any
library with `asarray`, so that the tests run it without one.
"""

import time

import numpy as np

import nn
from autograd import jit, value_and_grad


def chain(x):
    y = np.tanh(x) * np.exp(-x * x) + np.sin(3 * x)
    return np.mean(y**2 / (1 + np.abs(x)))


def logistic(w, rows, classes):
    margin = np.matmul(rows, w)
    return np.mean(np.logaddexp(0.0, margin) - classes * margin)


def cases(size):
    """Return functions by name, with their arguments; the derivative is that by the first."""
    random = np.random.default_rng(0)
    rows = random.normal(size=(size // 50, 50))
    return {
        "elementwise chain": (chain, [random.normal(size=size)]),
        "logistic regression": (logistic, [np.zeros(50), rows, (rows[:, 0] > 0) * 1.0]),
        "product of matrices": (
            lambda a, b: np.sum(np.matmul(a, b) ** 2),
            [random.normal(size=(int(size**0.5),) * 2) for _ in range(2)],
        ),
    }


def network_step(library, size):
    """Return a function that takes a step of training."""
    random = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 10)).to(library)
    rows = library.asarray(random.normal(size=(size // 2048 + 1, 256)))
    classes = library.asarray(random.integers(0, 10, len(rows)))
    optimizer = nn.optim.Adam(model.parameters())

    def step():
        optimizer.zero_grad()
        nn.cross_entropy(model(rows), classes).backward()
        optimizer.step()

    return step


def seconds(function, wait, times):
    """Return the least time of a call."""
    function()
    function()
    found = []
    for _ in range(times):
        wait()
        begun = time.perf_counter()
        function()
        wait()
        found.append(time.perf_counter() - begun)
    return min(found)


def table(library, wait, size=10_000_000, times=5):
    """Return the lines of a table: milliseconds on the processor, and on the device."""
    lines = ["| gradient of | NumPy | NumPy, jit | device | device, jit |", "|---|---|---|---|---|"]
    for name, (function, arguments) in cases(size).items():
        row = []
        for place in (np, library):
            given = [place.asarray(x) for x in arguments]
            for objective in (value_and_grad(function), jit(value_and_grad(function))):
                took = seconds(lambda f=objective, g=given: f(*g), wait, times)
                row.append(f"{took * 1e3:.2f} ms")
        lines.append(f"| {name} | {' | '.join(row)} |")
    steps = [seconds(network_step(place, size), wait, times) for place in (np, library)]
    here, there = (f"{took * 1e3:.2f} ms" for took in steps)
    lines.append(f"| a step of a network | {here} | | {there} | |")
    return lines


def main():
    import cupy

    if not cupy.cuda.is_available():
        raise SystemExit("CuPy finds no GPU.")
    name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    print(f"{name}, CuPy {cupy.__version__}, NumPy {np.__version__}; one array of 10⁷ float64\n")
    print("\n".join(table(cupy, cupy.cuda.Device().synchronize)))


if __name__ == "__main__":
    main()
