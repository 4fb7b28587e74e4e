"""Run saved modules in a process that cannot import this library."""

import inspect

import numpy as np


def bits(x):
    """Return what identifies a result."""
    if isinstance(x, dict):
        return {key: bits(item) for key, item in x.items()}
    if isinstance(x, (tuple, list)):
        return (type(x).__name__, [bits(item) for item in x])
    if x is None or isinstance(x, str):
        return x
    array = np.asarray(x)
    return (type(x).__name__, array.dtype.str, array.shape, array.tobytes())


#: Runs saved modules in a process that cannot import the library.
SERVER = """
import importlib.util, pickle, sys
class Blocker:
    def find_spec(self, name, *rest):
        if name.partition(".")[0] in ("autograd", "nn"):
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Blocker())
sys.dont_write_bytecode = True
sys.path[:] = [path for path in sys.path if path]
import numpy as np
stream = sys.stdout.buffer
BITS
while True:
    try:
        path, name, setup, arguments, keywords = pickle.load(sys.stdin.buffer)
    except EOFError:
        break
    try:
        spec = importlib.util.spec_from_file_location("saved", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if setup:
            arguments = eval(setup)
        with np.errstate(all="ignore"):
            found = ("result", bits(getattr(module, name)(*arguments, **keywords)))
    except Exception as error:
        found = (type(error).__name__, str(error))
    stream.write(pickle.dumps(found))
    stream.flush()
""".replace("BITS", inspect.getsource(bits))
