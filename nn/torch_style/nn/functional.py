"""PyTorch's ``torch.nn.functional``: functions of tensors without parameters of their own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn import functional
from nn.layers.channel_layers import ChannelShuffle
from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.base import held, made, numbers, store
from nn.torch_style.calls import ANY, named_in, shown, signature_of
from nn.torch_style.nn.fractional_pooling import fractional_max_pool2d as fractional_max_pool2d
from nn.torch_style.nn.fractional_pooling import fractional_max_pool3d as fractional_max_pool3d
from nn.torch_style.nn.lookups import embedding as embedding
from nn.torch_style.nn.lookups import embedding_bag as embedding_bag
from nn.torch_style.nn.losses import reduction_of
from nn.torch_style.nn.normalising import batch_norm as batch_norm
from nn.torch_style.nn.normalising import group_norm as group_norm
from nn.torch_style.nn.normalising import instance_norm as instance_norm
from nn.torch_style.nn.normalising import rms_norm as rms_norm
from nn.torch_style.nn.random_layers import alpha_dropout as alpha_dropout
from nn.torch_style.nn.random_layers import dropout as dropout
from nn.torch_style.nn.random_layers import dropout1d as dropout1d
from nn.torch_style.nn.random_layers import dropout2d as dropout2d
from nn.torch_style.nn.random_layers import dropout3d as dropout3d
from nn.torch_style.nn.random_layers import feature_alpha_dropout as feature_alpha_dropout
from nn.torch_style.nn.random_layers import rrelu as rrelu
from nn.torch_style.nn.random_layers import rrelu_ as rrelu_
from nn.torch_style.nn.sampling import affine_grid as affine_grid
from nn.torch_style.nn.sampling import grid_sample as grid_sample
from nn.torch_style.promotion import operands
from nn.torch_style.random import GENERATOR
from nn.torch_style.tensor import Tensor

# -- activations --------------------------------------------------------------------------------


def _activation(function: Any, settings: str = "") -> Callable[..., Tensor]:
    """Return an activation, which stores its result in the tensor with ``inplace=True``."""
    return shown(function, f"input=x {settings} inplace", {"inplace": ANY})


celu = _activation(functional.celu, "alpha")
elu = _activation(functional.elu, "alpha")
gelu = shown(functional.gelu, "input=x approximate")
glu = shown(functional.glu, "input=x dim")
hardshrink = shown(functional.hardshrink, "input=x lambd")
hardsigmoid = _activation(functional.hardsigmoid)
hardswish = _activation(functional.hardswish)
hardtanh = _activation(functional.hardtanh, "min_val max_val")
leaky_relu = _activation(functional.leaky_relu, "negative_slope")
logsigmoid = shown(functional.logsigmoid, "input=x")
mish = _activation(functional.mish)
relu = _activation(functional.relu)
relu6 = _activation(functional.relu6)
selu = _activation(functional.selu)
sigmoid = shown(functional.sigmoid, "input=x")
silu = _activation(functional.silu)
_softplus = shown(functional.softplus, "input=x beta")


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """Return log(1 + exp(beta·x)) / beta, and x where beta·x is above a threshold."""
    found = _softplus(input, beta)
    if threshold >= 20:  # the formula is x there, up to rounding
        return found
    return found.where(numbers(input) * beta <= threshold, input)


softshrink = shown(functional.softshrink, "input=x lambd")
softsign = shown(functional.softsign, "input=x")
tanh = shown(functional.tanh, "input=x")
tanhshrink = shown(functional.tanhshrink, "input=x")
threshold = _activation(functional.threshold, "threshold value")


def softmax(input: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Return exp(x) / Σ exp(x) along an axis."""
    return input.softmax(_axis(input, dim), dtype)


def softmin(input: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Return exp(-x) / Σ exp(-x) along an axis."""
    return softmax(-input, dim, dtype=dtype)


def log_softmax(input: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Return the logarithm of `softmax`."""
    return input.log_softmax(_axis(input, dim), dtype)


def _axis(x: Any, dim: Any) -> int:
    """Return an axis; where none is given, the one that PyTorch takes, with a warning there."""
    return (0 if x.dim() in (0, 1, 3) else 1) if dim is None else dim


def _in_place_form(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Return the function that stores its result in the tensor."""

    def call(input: Any, *settings: Any, **options: Any) -> Tensor:
        return store(input, function(input, *settings, **options))

    *others, _ = inspect.signature(function).parameters.values()  # without `inplace`
    call.__doc__ = function.__doc__
    call.__signature__ = inspect.Signature(others)  # type: ignore[attr-defined]
    return call


celu_, elu_, hardtanh_ = _in_place_form(celu), _in_place_form(elu), _in_place_form(hardtanh)
leaky_relu_, relu_ = _in_place_form(leaky_relu), _in_place_form(relu)
selu_, threshold_ = _in_place_form(selu), _in_place_form(threshold)

# -- layers -------------------------------------------------------------------------------------

linear = shown(functional.linear, "input=x weight bias")
_CONVOLUTION = "input=x weight bias stride padding dilation groups"
conv1d = shown(functional.conv1d, _CONVOLUTION)
conv2d = shown(functional.conv2d, _CONVOLUTION)
conv3d = shown(functional.conv3d, _CONVOLUTION)
_TRANSPOSED = "input=x weight bias stride padding output_padding groups dilation"
conv_transpose1d = shown(functional.conv_transpose1d, _TRANSPOSED)
conv_transpose2d = shown(functional.conv_transpose2d, _TRANSPOSED)
conv_transpose3d = shown(functional.conv_transpose3d, _TRANSPOSED)


def _of_one_type(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose result has the type of its input, also of integers."""

    def call(input: Any, *settings: Any, **options: Any) -> Any:
        found = function(input, *settings, **options)
        if isinstance(found, tuple):
            return found[0].to(input.dtype), found[1]
        return found.to(input.dtype)

    call.__doc__ = function.__doc__
    call.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return call


_POOL = "input=x kernel_size stride padding"
_MAX_POOL = f"{_POOL} dilation ceil_mode return_indices"
max_pool1d = _of_one_type(shown(functional.max_pool1d, _MAX_POOL))
max_pool2d = _of_one_type(shown(functional.max_pool2d, _MAX_POOL))
max_pool3d = _of_one_type(shown(functional.max_pool3d, _MAX_POOL))
_UNPOOL = "input=x indices kernel_size stride padding output_size"
max_unpool1d = shown(functional.max_unpool1d, _UNPOOL)
max_unpool2d = shown(functional.max_unpool2d, _UNPOOL)
max_unpool3d = shown(functional.max_unpool3d, _UNPOOL)
_AVG_POOL = f"{_POOL} ceil_mode count_include_pad divisor_override"
avg_pool1d = shown(functional.avg_pool1d, _AVG_POOL)
avg_pool2d = shown(functional.avg_pool2d, _AVG_POOL)
avg_pool3d = shown(functional.avg_pool3d, _AVG_POOL)
_LP_POOL = "input=x norm_type kernel_size stride ceil_mode"
lp_pool1d = shown(functional.lp_pool1d, _LP_POOL)
lp_pool2d = shown(functional.lp_pool2d, _LP_POOL)
lp_pool3d = shown(functional.lp_pool3d, _LP_POOL)
adaptive_avg_pool1d = shown(functional.adaptive_avg_pool1d, "input=x output_size")
adaptive_avg_pool2d = shown(functional.adaptive_avg_pool2d, "input=x output_size")
adaptive_avg_pool3d = shown(functional.adaptive_avg_pool3d, "input=x output_size")
_ADAPTIVE, _RETURN = "input=x output_size return_indices", {"return_indices": False}
adaptive_max_pool1d = shown(functional.adaptive_max_pool1d, _ADAPTIVE, _RETURN)
adaptive_max_pool2d = shown(functional.adaptive_max_pool2d, _ADAPTIVE, _RETURN)
adaptive_max_pool3d = shown(functional.adaptive_max_pool3d, _ADAPTIVE, _RETURN)
fold = shown(functional.fold, "input=x output_size kernel_size dilation padding stride")
unfold = shown(functional.unfold, "input=x kernel_size dilation padding stride")
pixel_shuffle = shown(functional.pixel_shuffle, "input=x upscale_factor")
pixel_unshuffle = shown(functional.pixel_unshuffle, "input=x downscale_factor")
local_response_norm = shown(functional.local_response_norm, "input=x size alpha beta k")
prelu = shown(functional.prelu, "input=x weight")
pairwise_distance = shown(functional.pairwise_distance, "x1 x2 p eps keepdim")
layer_norm = shown(functional.layer_norm, "input=x normalized_shape weight bias eps")
normalize = shown(functional.normalize, "input=x p dim eps")
_cosine_similarity = shown(functional.cosine_similarity, "x1 x2 dim eps")


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """Return the cosine of the angle between vectors along an axis, of shapes that broadcast."""
    shape = np.broadcast_shapes(x1.shape, x2.shape)
    x, y = operands(held(x1.expand(shape)), held(x2.expand(shape)), floating=True)
    return _cosine_similarity(x, y, dim, eps)


one_hot = shown(functional.one_hot, "tensor=indices num_classes")
_pad = shown(functional.pad, "input=x pad mode value")


def pad(input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Tensor:
    """Return x with a border; integers stay integers."""
    fill = 0 if value is None else value
    if mode == "reflect":
        ends = zip(pad[::2], pad[1::2], reversed(input.shape), strict=False)
        if any(max(before, after) >= n for before, after, n in ends):
            raise ShapeError(f"pad={tuple(pad)} reflects more than the axes of {input.shape} have.")
    return _pad(input, pad, mode, fill).to(input.dtype)


_interpolate = shown(functional.interpolate, "input=x size scale_factor mode align_corners")


def interpolate(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: Any = None, recompute_scale_factor: Any = None, antialias: bool = False,
) -> Tensor:  # fmt: skip
    """Return x on another grid."""
    if antialias:
        raise OptionError("interpolate has no antialias=True here: write avg_pool2d before.")
    if recompute_scale_factor and scale_factor is not None:
        lengths = input.shape[2:]
        many = isinstance(scale_factor, (tuple, list))
        factors = scale_factor if many else [scale_factor] * len(lengths)
        size = tuple(int(n * f) for n, f in zip(lengths, factors, strict=True))
        scale_factor = None
    found = _interpolate(input, size, scale_factor, mode, align_corners)
    return found.to(input.dtype) if mode.startswith("nearest") else found


upsample = interpolate
_attention = shown(functional.scaled_dot_product_attention)


def scaled_dot_product_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0,
    is_causal: bool = False, scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """Return softmax(query @ keyᵀ · scale) @ value; several queries may share a head of keys."""
    if enable_gqa:
        key, value = (x.repeat_interleave(query.size(-3) // x.size(-3), -3) for x in (key, value))
    return _attention(
        query, key, value, attn_mask, dropout_p, is_causal, scale, generator=GENERATOR
    )


def channel_shuffle(input: Any, groups: int) -> Tensor:
    """Return x with its groups of channels mixed."""
    return made(ChannelShuffle(groups)(held(input)))


def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Tensor:
    """Return images on a larger grid, by the nearest pixel."""
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Tensor:
    """Return images on a larger grid, between pixels, the corners aligned."""
    return interpolate(input, size, scale_factor, "bilinear", True)


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Tensor:
    """Return x₁ᵀ W x₂ + b for each matrix of the weight."""
    found = input1.unsqueeze(-2).unsqueeze(-2) @ weight @ input2.unsqueeze(-2).unsqueeze(-1)
    found = found.squeeze(-1).squeeze(-1)
    return found if bias is None else found + bias


def pdist(input: Any, p: float = 2.0) -> Tensor:
    """Return the p-norms of the differences of all pairs of different rows."""
    first, second = np.triu_indices(input.shape[0], 1)
    return (input[first] - input[second]).norm(p, dim=-1)


# -- losses -------------------------------------------------------------------------------------

_OLD = "size_average reduce reduction"


def _loss(function: Any, order: str) -> Callable[..., Tensor]:
    """Return a loss that takes PyTorch's older arguments, too."""
    names = [name.partition("=")[0] for name in order.split()]
    call = shown(function, order.replace("size_average ", "").replace("reduce ", ""))

    def loss(*inputs: Any, **options: Any) -> Tensor:
        given = reduction_of({**dict(zip(names, inputs, strict=False)), **options})
        return call(**given)

    loss.__doc__ = call.__doc__
    loss.plain_function = function  # type: ignore[attr-defined]
    loss.__signature__ = signature_of(function, order.split(), {})  # type: ignore[attr-defined]
    return loss


def _weighed(function: Callable[..., Tensor], by_weight: bool = True) -> Callable[..., Tensor]:
    """Return a loss that takes a weight for each number as its last argument.

    The mean is that of the weighed losses; `by_weight` divides by the sum of weights.
    """
    usual = inspect.signature(function)
    last = inspect.Parameter("weight", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
    signature = usual.replace(parameters=[*usual.parameters.values(), last])

    def loss(*inputs: Any, **options: Any) -> Tensor:
        given = reduction_of(dict(signature.bind(*inputs, **options).arguments))
        weight = given.pop("weight", None)
        if weight is None:
            return function(**given)
        if weight.shape != given["input"].shape:
            raise ShapeError(
                f"weight has shape {tuple(weight.shape)}; it must be "
                f"{tuple(given['input'].shape)}, that of the outputs."
            )
        reduction = given.pop("reduction", "mean")
        losses = function(**given, reduction="none") * weight
        if reduction == "mean" and by_weight:
            return losses.sum() / weight.sum()
        return _reduced(losses, reduction)

    loss.__doc__, loss.__signature__ = function.__doc__, signature  # type: ignore[attr-defined]
    return loss


_PAIR = "input=outputs target=targets"
mse_loss = _weighed(_loss(functional.mse_loss, f"{_PAIR} {_OLD}"))
l1_loss = _weighed(_loss(functional.l1_loss, f"{_PAIR} {_OLD}"))
smooth_l1_loss = _loss(functional.smooth_l1_loss, f"{_PAIR} {_OLD} beta")
huber_loss = _weighed(_loss(functional.huber_loss, f"{_PAIR} reduction delta"), by_weight=False)
kl_div = _loss(functional.kl_div, f"{_PAIR} {_OLD} log_target")
_WEIGHTED = "weight size_average ignore_index reduce reduction"
cross_entropy = _loss(functional.cross_entropy, f"{_PAIR} {_WEIGHTED} label_smoothing")
nll_loss = _loss(functional.nll_loss, f"{_PAIR} {_WEIGHTED}")
binary_cross_entropy = _loss(functional.binary_cross_entropy, f"{_PAIR} weight {_OLD}")
binary_cross_entropy_with_logits = _loss(
    functional.binary_cross_entropy_with_logits, f"{_PAIR} weight {_OLD} pos_weight"
)
cosine_embedding_loss = _loss(
    functional.cosine_embedding_loss, f"input1=first input2=second target=targets margin {_OLD}"
)
margin_ranking_loss = _loss(
    functional.margin_ranking_loss, f"input1=first input2=second target=targets margin {_OLD}"
)
hinge_embedding_loss = _loss(functional.hinge_embedding_loss, f"{_PAIR} margin {_OLD}")
soft_margin_loss = _loss(functional.soft_margin_loss, f"{_PAIR} {_OLD}")
multi_margin_loss = _loss(functional.multi_margin_loss, f"{_PAIR} p margin weight {_OLD}")
multilabel_soft_margin_loss = _loss(
    functional.multilabel_soft_margin_loss, f"{_PAIR} weight {_OLD}"
)
poisson_nll_loss = _loss(
    functional.poisson_nll_loss, f"{_PAIR} log_input full size_average eps reduce reduction"
)
gaussian_nll_loss = shown(functional.gaussian_nll_loss, f"{_PAIR} var full eps reduction")


def triplet_margin_with_distance_loss(
    anchor: Any, positive: Any, negative: Any, *, distance_function: Any = None,
    margin: float = 1.0, swap: bool = False, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """Return max(d(anchor, positive) - d(anchor, negative) + margin, 0)."""
    distance = distance_function or pairwise_distance
    far = distance(anchor, negative)
    far = far.minimum(distance(positive, negative)) if swap else far
    found = (distance(anchor, positive) - far + margin).clamp(min=0)
    return _reduced(found, reduction)


def triplet_margin_loss(
    anchor: Any, positive: Any, negative: Any, margin: float = 1.0, p: float = 2.0,
    eps: float = 1e-6, swap: bool = False, size_average: Any = None, reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """Return max(d(anchor, positive) - d(anchor, negative) + margin, 0)."""
    old = {"size_average": size_average, "reduce": reduce, "reduction": reduction}
    return triplet_margin_with_distance_loss(
        anchor, positive, negative, margin=margin, swap=swap, **reduction_of(old),
        distance_function=lambda one, other: pairwise_distance(one, other, p, eps),
    )  # fmt: skip


def multilabel_margin_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    """Return Σ max(1 - (x[right] - x[wrong]), 0) / n; -1 ends the list of right classes."""
    old = {"size_average": size_average, "reduce": reduce, "reduction": reduction}
    reduction = reduction_of(old)["reduction"]
    x, t = (z if z.dim() > 1 else z.unsqueeze(0) for z in (input, target))
    is_listed = np.cumprod(numbers(t) >= 0, 1).astype(bool)
    is_right = np.zeros(tuple(x.shape), bool)
    rows = np.nonzero(is_listed)[0]
    is_right[rows, numbers(t)[is_listed]] = True
    right = x.gather(1, t.clamp(min=0)).unsqueeze(2)
    gaps = (1 - (right - x.unsqueeze(1))).clamp(min=0)
    used = is_listed[:, :, None] & ~is_right[:, None, :]
    found = (gaps * made(used.astype(gaps._held.dtype))).sum((1, 2)) / x.shape[1]
    return _reduced(found if input.dim() > 1 else found[0], reduction)


def _reduced(losses: Any, reduction: str) -> Tensor:
    if reduction not in ("mean", "sum", "none"):
        raise OptionError(f'reduction={reduction!r} must be "mean", "sum" or "none".')
    return losses if reduction == "none" else getattr(losses, reduction)()


ctc_loss = shown(
    functional.ctc_loss,
    "log_probs targets input_lengths target_lengths blank reduction zero_infinity",
)


def gumbel_softmax(
    logits: Any, tau: float = 1.0, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """Return a softmax of logits with Gumbel noise; `hard` gives ones and zeros."""
    del eps  # PyTorch does not use it either
    noise = -logits.detach().clone().exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    ones = soft.detach().argmax(dim, keepdim=True)
    chosen = soft.detach().clone().zero_().scatter_(dim, ones, 1.0)
    return chosen - soft.detach() + soft


named_in(__name__, globals())

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        if name not in functional.__all__:
            known = [known for known in globals() if not known.startswith("_")]
            refuse(hints.missing("torch.nn.functional", name, known))
        first = next(iter(inspect.signature(getattr(functional, name)).parameters))
        found = shown(getattr(functional, name), named(getattr(functional, name), first))
        named_in(__name__, {name: found})
        return globals().setdefault(name, found)


def named(function: Callable[..., Any], first: str) -> str:
    """Return the names of a function's arguments, the first one under PyTorch's name of it."""
    return " ".join([f"input={first}", *list(inspect.signature(function).parameters)[1:]])
