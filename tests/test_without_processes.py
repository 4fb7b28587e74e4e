"""A machine without processes, threads and programs, such as Pyodide's in a browser."""

import subprocess
import sys
from pathlib import Path

import autograd

PROGRAM = """
import os, subprocess, sys, sysconfig, threading

sysconfig.get_config_vars()  # reads a file that is named after the platform
sys.platform = "emscripten"
for name in ("_multiprocessing", "_posixshmem", "fcntl", "resource", "termios"):
    sys.modules[name] = None

def refuse(*arguments, **options):
    raise RuntimeError("can't start new thread")

class Popen:
    def __init__(self, *arguments, **options):
        raise OSError(52, "emscripten does not support processes.")

threading.Thread.start = refuse
subprocess.Popen = Popen
os.environ["PATH"] = ""

import numpy as np
import autograd, nn
from autograd.errors import MissingProgramError

f = lambda x: np.sum(np.tanh(x) ** 2)
x = np.arange(4.0)
expected = 2 * np.tanh(x) * (1 - np.tanh(x) ** 2)
np.testing.assert_allclose(autograd.grad(f)(x), expected)
np.testing.assert_allclose(autograd.jit(autograd.grad(f))(x), expected)
assert autograd.jit(autograd.value_and_grad(lambda a: a * a + 1))(2.0) == (5.0, 4.0)
np.testing.assert_allclose(autograd.vmap(lambda a: a * a)(x), x * x)
assert autograd.check_gradients(f, x).ok
slope = lambda x: 2 * np.tanh(x) * (1 + np.tanh(x) ** 2)
wrong = autograd.check_gradients(f, x, gradient=slope, raises=False)
assert "It should be: 2 * np.tanh(x) * (1 - np.tanh(x)**2)" in str(wrong)

v = autograd.Value(2.0, label="v")
picture = autograd.draw(v * v)
picture.save(sys.argv[1] + "/page.html")
picture.save(sys.argv[1] + "/graph.mmd")
try:
    picture.save(sys.argv[1] + "/graph.svg")
except MissingProgramError:
    pass

model = nn.Sequential(nn.Linear(4, 1))
data = nn.DataLoader(nn.TensorDataset(np.eye(4), np.ones((4, 1))), batch_size=2)
nn.fit(model, data, nn.mse, nn.optim.SGD(model.parameters(), lr=0.1), epochs=2)
print("done")
"""


def test_a_machine_without_processes_and_threads(tmp_path):
    source = Path(autograd.__path__[0]).parent
    program = tmp_path / "program.py"  # a file, because the checker reads the source
    program.write_text(f"import sys\nsys.path.insert(0, {str(source)!r})\n{PROGRAM}")
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path)], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout.endswith("done\n"), done.stderr
    assert (tmp_path / "page.html").stat().st_size > 1000
