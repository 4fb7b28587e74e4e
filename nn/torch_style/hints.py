"""What to write for names of PyTorch that are not here."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

HINTS: Final = {
    "distributed": "nothing: there is one process",
    "hub": "torch.load of a safetensors file, and model.load_state_dict",
    "jit": "torch.compile(function), or autograd.jit(function)",
    "multiprocessing": "Python's multiprocessing",
    "onnx": "torch.save(model.state_dict(), path), a safetensors file",
    "quantization": "nothing: there are no quantised layers",
    "spectral_norm": "nn.utils.spectral_norm on modules of nn itself",
    "sparse": "dense tensors, or SciPy's sparse matrices and autograd.sparse_jacobian",
    "sparse_coo_tensor": "a dense tensor: index_add_ and scatter_add_ sum over edges",
    "tensor_split": "x.split or x.chunk",
    "to_sparse": "x itself: there are only dense tensors",
    "to_dense": "x itself: there are only dense tensors",
    "weight_norm": "nn.utils.weight_norm on modules of nn itself",
    "vision": "arrays of images: torchvision works on PyTorch's tensors only",
}


def missing(owner: str, name: str, known: Iterable[str]) -> str:
    """Return the message for a name that is not here: what to write, or which names are close."""
    start = f"{owner} has no {name!r} in nn.torch_style"
    if name in HINTS:
        return f"{start}: write {HINTS[name]}."
    close = difflib.get_close_matches(name, [n for n in known if not n.startswith("_")], 3)
    if close:
        return f"{start}. Names like it: {', '.join(close)}."
    return (
        f"{start}. Write it with other functions, or with NumPy's: np.name(x) returns a tensor, "
        "and derivatives flow through it."
    )
