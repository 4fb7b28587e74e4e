"""What to write for names of PyTorch that are not here."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

_DENSE = "a dense tensor: index_add_ and scatter_add_ sum over edges"
_NO_QUANTISED = "nothing: there are no quantised tensors and layers"
_INTERNAL = "nothing: it is a part of PyTorch's own machinery"
_TRACED = "torch.compile(function), or autograd.jit(function)"

#: By name, what to write.
HINTS: Final = {
    "CrossMapLRN2d": "nn.LocalResponseNorm",
    "DistributedSampler": "RandomSampler: there is one process",
    "IterDataPipe": "IterableDataset",
    "MapDataPipe": "Dataset",
    "NLLLoss2d": "nn.NLLLoss",
    "UninitializedParameter": "nn.Parameter of a known shape",
    "affine_grid_generator": "torch.nn.functional.affine_grid",
    "alpha_dropout": "torch.nn.functional.alpha_dropout",
    "as_strided": "x.unfold, or an index of integers",
    "as_subclass": "the tensor itself",
    "backend_registration": _INTERNAL,
    "batch_norm": "torch.nn.functional.batch_norm",
    "bfloat16": "float(): NumPy has no bfloat16",
    "bilinear": "torch.nn.functional.bilinear",
    "binomial": "torch.poisson, or NumPy's generators",
    "bitwise_left_shift": "x << n",
    "bitwise_right_shift": "x >> n",
    "broadcast_coalesced": _INTERNAL,
    "can_cast": "torch.result_type, or NumPy's np.can_cast",
    "chain_matmul": "torch.linalg.multi_dot",
    "cholesky_inverse": "torch.linalg.inv(L @ L.mT)",
    "cholesky_solve": "torch.linalg.solve(L @ L.mT, b)",
    "clip_grad_norm": "clip_grad_norm_",
    "coalesce": _DENSE,
    "convolution": "torch.nn.functional.conv2d",
    "cpp": _INTERNAL,
    "cumulative_trapezoid": "((x[1:] + x[:-1]) / 2 * dx).cumsum(0)",
    "default_convert": "torch.as_tensor",
    "dropout": "torch.nn.functional.dropout",
    "eig": "torch.linalg.eig",
    "embedding": "torch.nn.functional.embedding",
    "embedding_bag": "torch.nn.functional.embedding_bag",
    "export": _TRACED,
    "fill": "torch.full_like(x, number)",
    "fork": "Python's concurrent.futures",
    "frexp": "np.frexp(x.numpy())",
    "frombuffer": "torch.from_numpy(np.frombuffer(...))",
    "fx": _TRACED,
    "get_num_interop_threads": "torch.get_num_threads",
    "gradient": "torch.diff, or np.gradient(x)",
    "grid_sampler": "torch.nn.functional.grid_sample",
    "gru": "torch.nn.GRU",
    "hardshrink": "torch.nn.functional.hardshrink",
    "histogram": "torch.histc, or np.histogram(x.numpy())",
    "hub": "torch.load of a safetensors file, and model.load_state_dict",
    "igamma": "torch.special.gammainc",
    "igammac": "torch.special.gammaincc",
    "index_reduce": "scatter_reduce",
    "instance_norm": "torch.nn.functional.instance_norm",
    "layer_norm": "torch.nn.functional.layer_norm",
    "lobpcg": "torch.linalg.eigh",
    "lstm": "torch.nn.LSTM",
    "lstsq": "torch.linalg.lstsq",
    "lu": "torch.linalg.solve, or autograd.scipy.linalg.lu",
    "lu_solve": "torch.linalg.solve",
    "matrix_exp": "torch.linalg.matrix_exp(x)",
    "matrix_rank": "torch.linalg.matrix_rank",
    "multi_head_attention_forward": "nn.MultiheadAttention",
    "nanmedian": "x[~x.isnan()].median()",
    "nextafter": "np.nextafter(x, y)",
    "orgqr": "torch.linalg.qr",
    "kaiming_normal": "kaiming_normal_",
    "kaiming_uniform": "kaiming_uniform_",
    "pca_lowrank": "torch.linalg.svd of the centred data",
    "profiler": "Python's cProfile, or autograd.costs",
    "put": "index_put",
    "put_": "index_put_",
    "quantization": _NO_QUANTISED,
    "get_extra_state": "self.register_buffer(name, tensor), which state_dict contains",
    "register_backward_hook": "register_full_backward_hook(hook)",
    "register_load_state_dict_post_hook": "a method load_state_dict of your own",
    "register_load_state_dict_pre_hook": "a method load_state_dict of your own",
    "register_state_dict_post_hook": "a method state_dict of your own",
    "register_state_dict_pre_hook": "a method state_dict of your own",
    "set_extra_state": "self.register_buffer(name, tensor), which load_state_dict restores",
    "set_submodule": "setattr(model.get_submodule(path), name, module)",
    "resize": "reshape",
    "resize_": "x = torch.zeros(shape), and assign to a part of it",
    "resize_as_": "x = torch.zeros_like(y), and assign to a part of it",
    "resolve_conj": "the tensor itself",
    "resolve_neg": "the tensor itself",
    "select_scatter": "y = x.clone(); y.select(dim, index).copy_(src)",
    "slice_scatter": "y = x.clone(); y[start:end] = src",
    "diagonal_scatter": "y = x.clone(); y.diagonal().copy_(src)",
    "solve": "torch.linalg.solve",
    "sparse": "dense tensors, or SciPy's sparse matrices and autograd.sparse_jacobian",
    "sparse_coo_tensor": _DENSE,
    "storage": "x.numpy(): tensors have no storages",
    "symeig": "torch.linalg.eigh",
    "to_dense": "x itself: there are only dense tensors",
    "to_empty": "model.to(dtype=...)",
    "to_sparse": "x itself: there are only dense tensors",
    "triangular_solve": "torch.linalg.solve",
    "uint16": "torch.int32: there are no tensors of uint16",
    "uint32": "torch.int64: there are no tensors of uint32",
    "uint64": "torch.int64: there are no tensors of uint64",
    "unravel_index": "np.unravel_index(indices.numpy(), shape)",
    "untyped_storage": "x.numpy(): tensors have no storages",
    "vision": "arrays of images: torchvision works on PyTorch's tensors only",
    "xpu": 'torch.device("cpu"): there is no such device',
    "InverseWishart": "MultivariateNormal samples: inv(x.mT @ x)",
    "householder_product": "torch.linalg.qr",
    "ldl_factor": "torch.linalg.solve",
    "lu_factor": "torch.linalg.solve, or autograd.scipy.linalg.lu",
    "lu_unpack": "torch.linalg.solve, or autograd.scipy.linalg.lu",
    "kaiser_window": "torch.from_numpy(np.kaiser(n, beta))",
    "multigammaln": "the sum of torch.lgamma(x - i / 2)",
    "mvlgamma": "the sum of torch.lgamma(x - i / 2)",
    "polar": "torch.linalg.svd: U @ Vh",
    "swap_in_optimizer_params_and_state": "model.load_state_dict and optimizer.load_state_dict",
    "tensorinv": "torch.linalg.inv of the tensor as a matrix",
    "tensorsolve": "torch.linalg.solve of the tensor as a matrix",
    "svd_lowrank": "torch.linalg.svd",
}

#: What to write for names that begin so.
BEGINNINGS: Final = {
    "Script": _TRACED,
    "Sym": _INTERNAL,
    "cudnn_": _INTERNAL,
    "fake_quantize": _NO_QUANTISED,
    "fbgemm_": _INTERNAL,
    "float4": "torch.float32",
    "float8": "torch.float32",
    "fuse_": "nothing: autograd.jit combines what it can",
    "miopen_": _INTERNAL,
    "mkldnn_": _INTERNAL,
    "nested": _DENSE,
    "q_": _NO_QUANTISED,
    "qint": _NO_QUANTISED,
    "quant": _NO_QUANTISED,
    "quint": _NO_QUANTISED,
    "sparse_": _DENSE,
    "sym_": _INTERNAL,
    "to_sparse": "x itself: there are only dense tensors",
    "unsafe_": "the same name without unsafe_",
    "autocast_": "torch.autocast",
    "bessel_": "SciPy's function, which autograd.scipy.special differentiates",
    "chebyshev_polynomial": "the recursion, or np.polynomial.chebyshev",
    "clear_autocast": "torch.autocast",
    "get_autocast": "torch.autocast",
    "hermite_polynomial": "the recursion, or np.polynomial.hermite",
    "is_autocast": "torch.autocast",
    "laguerre_polynomial": "the recursion, or np.polynomial.laguerre",
    "legendre_polynomial": "the recursion, or np.polynomial.legendre",
    "lstm_cell": "torch.nn.LSTMCell",
    "gru_cell": "torch.nn.GRUCell",
    "rnn_": "torch.nn.RNN",
    "modified_bessel_": "SciPy's function, which autograd.scipy.special differentiates",
    "native_": _INTERNAL,
    "scaled_modified_bessel_": "SciPy's function, which autograd.scipy.special differentiates",
    "set_autocast": "torch.autocast",
    "spherical_bessel_": "SciPy's function, which autograd.scipy.special differentiates",
}

#: What to write for names that end so.
ENDINGS: Final = {
    "Storage": "x.numpy(): tensors have no storages",
    "_copy": "the same name without _copy, and .clone()",
    "_with_indices": "the same name without _with_indices, and return_indices=True",
}


def advice(name: str) -> str:
    """Return what to write for a name; "" if nothing is known."""
    if name in HINTS:
        return HINTS[name]
    found = [text for start, text in BEGINNINGS.items() if name.startswith(start)]
    found += [text for end, text in ENDINGS.items() if name.endswith(end)]
    return found[0] if found else ""


def missing(
    owner: str, name: str, known: Iterable[str], tensor: type | None = None, functions: Any = None
) -> str:
    """Return the message for a name that is not here: what to write, or which names are close."""
    start = f"{owner} has no {name!r} in nn.torch_style"
    known = list(known)
    if advice(name):
        return f"{start}: write {advice(name)}."
    if tensor is not None and hasattr(tensor, name):
        return f"{start}: write x.{name}(...), a method of tensors."
    if hasattr(functions, name):
        return f"{start}: write torch.nn.functional.{name}."
    whole = name.rstrip("_")
    if whole != name and whole in known:
        return f"{start}: write x = {whole}(x)."
    if f"{name}_" in known:
        return f"{start}: write {name}_."
    if hasattr(np, name):
        return (
            f"{start}: write np.{name}. NumPy's functions take tensors and return them, and "
            "derivatives flow through them."
        )
    close = difflib.get_close_matches(name, [n for n in known if not n.startswith("_")], 3)
    if close:
        return f"{start}. Names like it: {', '.join(close)}."
    return (
        f"{start}. Write it with other functions, or with those of NumPy: they take tensors and "
        "return them, and derivatives flow through them."
    )
