"""The kernels of a device are CUDA: NVRTC compiles them, which needs no GPU.

It comes with PyTorch and CuPy. The text around a body is what `cupy.ElementwiseKernel` writes.
"""

import ctypes
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from devices import kernels, strict
from devices.test_jit_on_devices import long_chain, twice
from rules.checks import quiet

import autograd as ag

TYPES = {
    "float64": "double",
    "float32": "float",
    "int64": "long long",
    "int32": "int",
    "bool": "bool",
}
KERNEL = """{preamble}
extern "C" __global__ void chainrule({parameters}, long long n) {{
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < n;
         i += (long long)blockDim.x * gridDim.x) {{
{references}
{body};
    }}
}}
"""


@pytest.fixture(scope="module")
def nvrtc():
    spec = importlib.util.find_spec("nvidia")
    found = [
        path
        for folder in (spec.submodule_search_locations if spec else ())
        for path in sorted(Path(folder).glob("**/libnvrtc*.so*"), reverse=True)
        if ".alt." not in path.name
    ]
    if not found:
        pytest.skip("NVRTC is not installed; it comes with PyTorch and CuPy")
    libraries = [ctypes.CDLL(str(path)) for path in found]  # the one that it opens itself, too
    return next(x for x, path in zip(libraries, found, strict=True) if "builtins" not in path.name)


def text_of(kernel):
    both = [("const ", *x) for x in kernel.inputs] + [("", *x) for x in kernel.outputs]
    names = [(f"{const}{TYPES[kind]}", name) for const, kind, name in both]
    return KERNEL.format(
        preamble=kernel.preamble,
        parameters=", ".join(f"{kind}* raw_{name}" for kind, name in names),
        references="\n".join(f"{kind} &{name} = raw_{name}[i];" for kind, name in names),
        body=kernel.operation,
    )


def complaints(library, text, options):
    """Return what NVRTC says of a text that it does not compile; "" if it compiles."""
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    library.nvrtcCreateProgram(ctypes.byref(program), text.encode(), b"k.cu", 0, None, None)
    given = [b"--gpu-architecture=compute_80", *(x.encode() for x in options)]
    status = library.nvrtcCompileProgram(
        program, len(given), (ctypes.c_char_p * len(given))(*given)
    )
    library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    library.nvrtcGetProgramLog(program, log)
    library.nvrtcDestroyProgram(ctypes.byref(program))
    return log.value.decode() or "no reason" if status else ""


@pytest.mark.skipif(not kernels.COMPILER or strict.CUPY, reason="the stand-in makes the kernels")
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=str)
@quiet
def test_nvrtc_compiles_the_kernels(nvrtc, monkeypatch, dtype):
    monkeypatch.setattr(strict, "ElementwiseKernel", kernels.ElementwiseKernel, raising=False)
    kernels.ElementwiseKernel.made.clear()
    x, y = np.linspace(-2, 3, 6).astype(dtype), np.ones((2, 1), dtype)
    twice(ag.jit(long_chain), x, y)
    twice(
        ag.jit(ag.grad(lambda x, n: np.sum(np.tanh(x) ** 2 * n + np.logaddexp(x, 0.5)))), x, x > 0
    )
    assert len(kernels.ElementwiseKernel.made) > 2
    for kernel in kernels.ElementwiseKernel.made:
        text = text_of(kernel)
        assert not complaints(nvrtc, text, kernel.options), text
    assert "undefined" in complaints(
        nvrtc, text.replace("double", "doubles").replace("float ", "floats "), ()
    )
