"""Feed-forward models in the format ONNX, which other programs run.

The operations that a model records are translated one by one; what does not depend on the input
becomes a constant.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.errors import DataError
from autograd.files import replacing
from nn.arrays import plain
from nn.layers.activation_functions import hard_swish, limited
from nn.layers.activations import gelu_tanh
from nn.layers.attention_kernels import attended
from nn.layers.convolution import convolved, spread
from nn.layers.linear import affine
from nn.layers.normalisation import in_shapes, normalised, scaled
from nn.layers.pooled_windows import window_max, window_sum
from nn.layers.sliding_window import Windows
from nn.modes import in_mode
from nn.optional_imports import require

#: The version of the operators, the first with Gelu, and the first format that has it.
OPSET, FORMAT = 20, 9


class Exporter:
    """Collects the nodes and constants of an ONNX graph."""

    def __init__(self, helper: Any, batch: int, dtype: Any) -> None:
        self.helper, self.batch, self.dtype = helper, batch, np.dtype(dtype)
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self.names: dict[int, str] = {}  # of the results that depend on the input

    def depends(self, x: Any) -> bool:
        """Return whether something depends on the input."""
        return id(x) in self.names

    def name(self, x: Any) -> str:
        """Return the name of a result or, after adding it, of a constant."""
        if self.depends(x):
            return self.names[id(x)]
        array = np.asarray(plain(x))
        array = array.astype(self.dtype) if array.dtype.kind == "f" else array
        return self.constant(array, getattr(x, "label", "") or "constant")

    def number(self, x: Any) -> str:
        """Return the name of an operand of arithmetic: integers are floats there."""
        return self.name(x if self.depends(x) else np.asarray(plain(x), self.dtype))

    def constant(self, array: Any, label: str = "constant") -> str:
        """Add an array; return its name."""
        name = f"{label}_{len(self.constants)}"
        self.constants[name] = np.asarray(array)
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node; return the name of its result."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(self.helper.make_node(kind, list(inputs), [name], **attributes))
        return name


Rule = Callable[..., str]


def _operator(kind: str, **attributes: Any) -> Rule:
    def rule(to: Exporter, node: Any, *operands: Any) -> str:
        return to.add(kind, *map(to.number, operands), **attributes)

    return rule


def _reduction(kind: str) -> Rule:
    def rule(to: Exporter, node: Any, x: Any, axis: Any = None, keepdims: bool = False) -> str:
        axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
        given = to.constant(np.array([int(a) for a in axes], np.int64), "axes")
        return to.add(kind, to.name(x), given, keepdims=int(keepdims))

    return rule


def _reshape(to: Exporter, node: Any, x: Any, *_: Any, **__: Any) -> str:
    shape = list(node.shape)
    if x.shape[:1] == node.shape[:1] == (to.batch,):
        shape[0] = 0  # as long as that of the input
    return to.add("Reshape", to.name(x), to.constant(np.array(shape, np.int64), "shape"))


def _transpose(to: Exporter, node: Any, x: Any, axes: Any = None) -> str:
    order = range(x.ndim)[::-1] if axes is None else axes
    return to.add("Transpose", to.name(x), perm=[int(axis) % x.ndim for axis in order])


def _swapaxes(to: Exporter, node: Any, x: Any, one: int, other: int) -> str:
    order = list(range(x.ndim))
    order[one], order[other] = order[other], order[one]
    return to.add("Transpose", to.name(x), perm=order)


def _concatenate(to: Exporter, node: Any, *parts: Any, axis: int = 0) -> str:
    return to.add("Concat", *map(to.name, parts), axis=axis)


def _clip(to: Exporter, node: Any, x: Any, low: Any = None, high: Any = None) -> str:
    limits = ["" if limit is None else to.number(limit) for limit in (low, high)]
    return to.add("Clip", to.name(x), *limits)


def _part(to: Exporter, node: Any, x: Any, index: Any) -> str:
    index = list(index) if isinstance(index, tuple) else [index]
    if not all(isinstance(i, (int, slice)) or i is Ellipsis for i in index):
        raise DataError(f"ONNX export takes indices that are integers and slices, not {index}.")
    if Ellipsis in index:
        place = index.index(Ellipsis)
        index[place : place + 1] = [slice(None)] * (x.ndim - len(index) + 1)
    starts, stops, axes, steps, gone = [], [], [], [], []
    for axis, i in enumerate(index):
        if isinstance(i, int):
            gone.append(axis)
            i = slice(i, i + 1 or None)
        if i != slice(None):
            first, last, step = i.indices(x.shape[axis])
            if axis == 0 and last == to.batch:
                last = np.iinfo(np.int64).max
            starts.append(first)
            stops.append(last if step > 0 or last >= 0 else np.iinfo(np.int64).min)
            axes.append(axis)
            steps.append(step)
    lists = [to.constant(np.array(part, np.int64)) for part in (starts, stops, axes, steps)]
    y = to.add("Slice", to.name(x), *lists) if axes else to.name(x)
    return to.add("Squeeze", y, to.constant(np.array(gone, np.int64))) if gone else y


def _affine(to: Exporter, node: Any, x: Any, weight: Any, bias: Any = None) -> str:
    if to.depends(weight):
        raise DataError("ONNX export takes linear maps whose weights do not depend on the input.")
    extra = [] if bias is None else [to.name(bias)]
    if x.ndim == 2:
        return to.add("Gemm", to.name(x), to.name(weight), *extra, transB=1)
    product = to.add("MatMul", to.name(x), to.constant(plain(weight).T.astype(to.dtype), "weight"))
    return to.add("Add", product, *extra) if extra else product


def _sliding(windows: Windows) -> dict[str, Any]:
    pads = [before for before, _ in windows.padding] + [after for _, after in windows.padding]
    return {
        "kernel_shape": list(windows.kernel),
        "strides": list(windows.stride),
        "dilations": list(windows.dilation),
        "pads": pads,
    }


def _convolution(
    to: Exporter, node: Any, x: Any, weight: Any, bias: Any, windows: Windows, groups: int
) -> str:
    inputs = [to.name(x), to.name(weight), *([] if bias is None else [to.name(bias)])]
    return to.add("Conv", *inputs, group=groups, **_sliding(windows))


def _transposed(
    to: Exporter, node: Any, x: Any, weight: Any, windows: Windows, groups: int, shape: Any
) -> str:
    sizes = (x.shape[2:], windows.stride, windows.padding, windows.dilation, windows.kernel)
    extra = [
        wanted - ((n - 1) * step - sum(pads) + gap * (size - 1) + 1)
        for wanted, n, step, pads, gap, size in zip(shape[2:], *sizes, strict=True)
    ]
    options = {"group": groups, "output_padding": extra, **_sliding(windows)}
    return to.add("ConvTranspose", to.name(x), to.name(weight), **options)


def _window_max(to: Exporter, node: Any, x: Any, windows: Windows) -> str:
    return to.add("MaxPool", to.name(x), **_sliding(windows))


def _window_sum(to: Exporter, node: Any, x: Any, windows: Windows) -> str:
    mean = to.add("AveragePool", to.name(x), count_include_pad=1, **_sliding(windows))
    return to.add("Mul", mean, to.number(float(math.prod(windows.kernel))))


def _normalised(
    to: Exporter, node: Any, x: Any, weight: Any, bias: Any, axes: Any, eps: float,
    centred: bool, kept: Any, shape: Any = None, along: Any = None,
) -> str:  # fmt: skip
    places = sorted(axis % len(shape or x.shape) for axis in axes)
    own = to.constant(np.array(places, np.int64), "axes")
    y = to.name(x)
    _, weight, bias = in_shapes(x, weight, bias, None, along)
    if shape is not None:
        y = to.add("Reshape", y, to.constant(np.array([0, *shape[1:]], np.int64), "groups"))
    if centred:
        y = to.add("Sub", y, to.add("ReduceMean", y, own, keepdims=1))
    variance = to.add("ReduceMean", to.add("Mul", y, y), own, keepdims=1)
    y = to.add("Div", y, to.add("Sqrt", to.add("Add", variance, to.number(eps))))
    y = y if weight is None else to.add("Mul", y, to.number(weight))
    y = y if bias is None else to.add("Add", y, to.number(bias))
    if shape is None:
        return y
    return to.add("Reshape", y, to.constant(np.array([0, *x.shape[1:]], np.int64), "shape"))


def _scaled(to: Exporter, node: Any, x: Any, mean: Any, scale: Any, bias: Any) -> str:
    y = to.add("Mul", to.add("Sub", to.name(x), to.number(mean)), to.number(scale))
    return y if bias is None else to.add("Add", y, to.number(bias))


def _attention(
    to: Exporter, node: Any, query: Any, key: Any, value: Any, hidden: Any, heads: int,
    scale: float, steps_first: int, kept: Any,
) -> str:  # fmt: skip
    if to.depends(hidden) or (hidden is not None and np.any(np.all(hidden, axis=-1))):
        raise DataError(
            "ONNX export takes attention whose mask does not depend on the input, and leaves a key "
            "to each query."
        )
    if key is None:
        width = query.shape[2] // 3
        every = [(..., slice(i * width, (i + 1) * width)) for i in range(3)]
        parts = [_part(to, node, query, index) for index in every]
    else:
        parts = [to.name(x) for x in (query, key, value)]
    split = to.constant(np.array([0, 0, heads, -1], np.int64), "heads")
    order = [1, 2, 0, 3] if steps_first else [0, 2, 1, 3]
    q, k, v = [to.add("Transpose", to.add("Reshape", x, split), perm=order) for x in parts]
    k = to.add("Transpose", k, perm=[0, 1, 3, 2])
    scores = to.add("MatMul", to.add("Mul", q, to.number(scale)), k)
    if hidden is not None:
        scores = to.add("Add", scores, to.number(np.where(hidden, -np.inf, 0.0)))
    y = to.add("MatMul", to.add("Softmax", scores, axis=-1), v)
    y = to.add("Transpose", y, perm=[2, 0, 1, 3] if steps_first else [0, 2, 1, 3])
    return to.add("Reshape", y, to.constant(np.array([0, 0, -1], np.int64), "joined"))


def _silu(to: Exporter, node: Any, x: Any) -> str:
    return to.add("Mul", to.name(x), to.add("Sigmoid", to.name(x)))


def _square(to: Exporter, node: Any, x: Any) -> str:
    return to.add("Mul", to.name(x), to.name(x))


def _along(kind: str) -> Rule:
    def rule(to: Exporter, node: Any, x: Any, axis: int = -1) -> str:
        return to.add(kind, to.name(x), axis=axis)

    return rule


def _elu(to: Exporter, node: Any, x: Any, alpha: Any) -> str:
    return to.add("Elu", to.name(x), alpha=float(plain(alpha)))


def _leaky_relu(to: Exporter, node: Any, x: Any, slope: Any) -> str:
    return to.add("PRelu", to.name(x), to.number(slope))


def rules() -> dict[Any, Rule]:
    """Return how to translate each primitive."""

    def of(call: Callable[[Any], Any]) -> Any:
        return call(Tensor(np.ones((1, 1)))).primitive

    return {
        of(lambda x: x + 1): _operator("Add"),
        of(lambda x: x - 1): _operator("Sub"),
        of(lambda x: x * 2): _operator("Mul"),
        of(lambda x: x / 2): _operator("Div"),
        of(lambda x: x @ x): _operator("MatMul"),
        of(lambda x: x**3): _operator("Pow"),
        of(lambda x: np.maximum(x, 0)): _operator("Max"),
        of(lambda x: np.minimum(x, 0)): _operator("Min"),
        of(lambda x: -x): _operator("Neg"),
        of(np.abs): _operator("Abs"),
        of(np.exp): _operator("Exp"),
        of(np.log): _operator("Log"),
        of(np.sqrt): _operator("Sqrt"),
        of(np.sin): _operator("Sin"),
        of(np.cos): _operator("Cos"),
        of(np.tanh): _operator("Tanh"),
        of(np.square): _square,
        of(lambda x: np.clip(x, 0, 1)): _clip,
        of(lambda x: x[0]): _part,
        of(lambda x: x.reshape(1)): _reshape,
        of(lambda x: np.expand_dims(x, 0)): _reshape,
        of(np.squeeze): _reshape,
        of(lambda x: x.transpose(1, 0)): _transpose,
        of(lambda x: np.swapaxes(x, 0, 1)): _swapaxes,
        of(lambda x: np.concatenate([x, x])): _concatenate,
        of(np.mean): _reduction("ReduceMean"),
        of(np.sum): _reduction("ReduceSum"),
        of(np.max): _reduction("ReduceMax"),
        autograd.relu: _operator("Relu"),
        autograd.sigmoid: _operator("Sigmoid"),
        autograd.softplus: _operator("Softplus"),
        autograd.erf: _operator("Erf"),
        autograd.gelu: _operator("Gelu"),
        gelu_tanh: _operator("Gelu", approximate="tanh"),
        autograd.silu: _silu,
        autograd.leaky_relu: _leaky_relu,
        autograd.elu: _elu,
        autograd.softmax: _along("Softmax"),
        autograd.log_softmax: _along("LogSoftmax"),
        limited: _clip,
        hard_swish: _operator("HardSwish"),
        affine: _affine,
        convolved: _convolution,
        spread: _transposed,
        window_max: _window_max,
        window_sum: _window_sum,
        normalised: _normalised,
        scaled: _scaled,
        attended: _attention,
    }


def export_onnx(model: Any, path: Any, example: Any, dtype: Any = np.float32) -> None:
    """Save a feed-forward model in the format ONNX, for inputs of any batch size.

    The model is exported in evaluation mode. The file is checked with another input before it is
    written. The extra ``onnx`` installs the package onnx.

    Parameters
    ----------
    model : Module
        The model; its operations must not depend on the numbers in its input.
    path : path
        The file, usually ``model.onnx``.
    example : array_like, shape (batch, ...)
        An input of the model; at least two examples, such that the axis of the batch is known.
    dtype : dtype
        The type of numbers in the file.

    Raises
    ------
    DataError
        If ONNX has no such operation, or the exported model computes something else.
    MissingProgramError
        If the package onnx is not installed.

    Examples
    --------
    >>> import nn
    >>> model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    >>> export_onnx(model, "model.onnx", np.zeros((2, 4)))  # doctest: +SKIP
    """
    onnx = require("onnx", "ONNX export", "onnx")
    example = np.asarray(plain(example), np.float64)
    if example.ndim < 2 or len(example) < 2:
        raise DataError(
            f"The example has shape {example.shape}; it must be a batch of at least two inputs."
        )
    with in_mode(model, False):
        content = _translated(onnx, model, example, np.dtype(dtype))
        other = np.random.default_rng(0).permuted(example, axis=0)[:-1] * 0.7 + 0.1
        _check(content, model, other.astype(dtype))
    with replacing(path) as file:
        file.write(content.SerializeToString())


def _translated(onnx: Any, model: Any, example: Any, dtype: Any) -> Any:
    """Return the ONNX model."""
    x = Tensor(example)
    y = model(x)
    if not isinstance(y, Tensor):
        raise DataError(f"The model returns {type(y).__name__}, not one Tensor.")
    to, known = Exporter(onnx.helper, len(example), dtype), rules()
    to.names[id(x)] = "input"
    for node in _in_order(y):
        if node.primitive is None or not any(to.depends(part) for part in node.arguments):
            continue
        if node.primitive not in known:
            raise DataError(
                f"{node.primitive.name} has no translation to ONNX. Those that have one: "
                f"{', '.join(sorted({p.name for p in known}))}."
            )
        rule = known[node.primitive]
        to.names[id(node)] = rule(to, node, *node.arguments, **node.keywords)
    if not to.depends(y):
        raise DataError("The output of the model does not depend on its input.")
    kind = onnx.helper.np_dtype_to_tensor_dtype(dtype)
    described = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        to.nodes,
        type(model).__name__,
        [described("input", kind, ["batch", *example.shape[1:]])],
        [described(to.name(y), kind, ["batch", *y.shape[1:]])],
        [onnx.numpy_helper.from_array(array, name) for name, array in to.constants.items()],
    )
    opset = onnx.helper.make_opsetid("", OPSET)
    found = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=FORMAT)
    onnx.checker.check_model(found, full_check=True)
    return found


def _in_order(output: Any) -> list[Any]:
    """Return all nodes that a node depends on, and itself, arguments before results."""
    found: dict[int, Any] = {}
    waiting = [output]
    while waiting:
        node = waiting[-1]
        missing = [parent for parent in node.parents if id(parent) not in found]
        waiting += missing
        if not missing:
            found.setdefault(id(waiting.pop()), node)
    return list(found.values())


def _check(content: Any, model: Any, x: Any) -> None:
    """Raise if the exported model computes something else for another input."""
    evaluator = require("onnx.reference", "ONNX export", "onnx").ReferenceEvaluator(content)
    try:
        expected = plain(model(x.astype(np.float64)))
        with np.errstate(all="ignore"):
            (found,) = evaluator.run(None, {"input": x})
        same = found.shape == expected.shape and np.allclose(found, expected, 1e-2, 1e-3)
    except (TypeError, ValueError, RuntimeError, IndexError):  # shapes that do not fit
        same = False
    if not same:
        raise DataError(
            "The exported model computes something else for another input or batch size, so the "
            "operations of the model depend on the numbers or the number of examples."
        )
