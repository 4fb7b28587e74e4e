"""Which settings of layers PyTorch shows, and how."""

from __future__ import annotations

import ast
from typing import Any, Final

import nn
from nn.layers.normalisation import BatchNorm
from nn.module import Module as PlainModule
from nn.parameter import Parameter as PlainParameter

_CONV = (
    "in_channels out_channels kernel_size= stride= padding=?0 dilation=?1 output_padding=?0 "
    "groups=?1 bias=?True padding_mode=?'zeros'"
)
_BATCH = "num_features eps= momentum= affine= bias= track_running_stats="
_MAX = "kernel_size= stride=|kernel_size padding= dilation= ceil_mode="
_MEAN = "kernel_size= stride=|kernel_size padding="
_RNN = (
    "input_size hidden_size num_layers=?1 bias=?True batch_first=?False dropout=?0 "
    "bidirectional=?False proj_size=?0"
)
_CELL = "input_size hidden_size bias=?True"
_DROPOUT = "p= inplace="
_INPLACE = "inplace=?False"
_TABLE = (
    "num_embeddings embedding_dim padding_idx=?None max_norm=?None norm_type=?2.0 "
    "scale_grad_by_freq=?False sparse=?False mode=?'none'"
)

#: By layer: ``name`` for the setting itself, ``name=`` with its name, ``name=?usual`` if it is not
#: the usual one, ``name=|other`` for another one, or a number, where it is
#: None; ``*name`` for what the layer made of it.
FORMS: Final[dict[type[PlainModule], str]] = {
    nn.AdaptiveAvgPool1d: "output_size=",
    nn.AdaptiveAvgPool2d: "output_size=",
    nn.AdaptiveAvgPool3d: "output_size=",
    nn.AdaptiveMaxPool1d: "output_size=",
    nn.AdaptiveMaxPool2d: "output_size=",
    nn.AdaptiveMaxPool3d: "output_size=",
    nn.AlphaDropout: _DROPOUT,
    nn.AvgPool2d: _MEAN,
    nn.AvgPool3d: _MEAN,
    BatchNorm: _BATCH,
    nn.Bilinear: "in1_features= in2_features= out_features= bias=",
    nn.CELU: f"alpha= {_INPLACE}",
    nn.Conv1d: _CONV,
    nn.Conv2d: _CONV,
    nn.Conv3d: _CONV,
    nn.ConvTranspose1d: _CONV,
    nn.ConvTranspose2d: _CONV,
    nn.ConvTranspose3d: _CONV,
    nn.Dropout: _DROPOUT,
    nn.Dropout1d: _DROPOUT,
    nn.Dropout2d: _DROPOUT,
    nn.Dropout3d: _DROPOUT,
    nn.ELU: f"alpha= {_INPLACE}",
    nn.Embedding: _TABLE,
    nn.EmbeddingBag: _TABLE,
    nn.Flatten: "start_dim=|1 end_dim=|-1",
    nn.Fold: "output_size= kernel_size= dilation= padding= stride=",
    nn.GELU: "approximate=",
    nn.GLU: "dim=",
    nn.GRU: _RNN,
    nn.GRUCell: _CELL,
    nn.GroupNorm: "num_groups num_channels eps= affine= bias=",
    nn.Hardshrink: "lambd",
    nn.Hardsigmoid: "",
    nn.Hardswish: "",
    nn.Hardtanh: f"min_val= max_val= {_INPLACE}",
    nn.InstanceNorm1d: _BATCH,
    nn.InstanceNorm2d: _BATCH,
    nn.InstanceNorm3d: _BATCH,
    nn.LSTM: _RNN,
    nn.LSTMCell: _CELL,
    nn.LayerNorm: "*normalized_shape eps= elementwise_affine= bias=",
    nn.LeakyReLU: f"negative_slope= {_INPLACE}",
    nn.LocalResponseNorm: "size alpha= beta= k=",
    nn.Linear: "in_features= out_features= bias=",
    nn.LogSoftmax: "dim=",
    nn.MaxPool1d: _MAX,
    nn.MaxPool2d: _MAX,
    nn.MaxPool3d: _MAX,
    nn.Mish: _INPLACE,
    nn.MultiheadAttention: "",
    nn.PReLU: "num_parameters=",
    nn.PixelShuffle: "upscale_factor=",
    nn.PixelUnshuffle: "downscale_factor=",
    nn.RMSNorm: "*normalized_shape eps= elementwise_affine=",
    nn.RNN: _RNN,
    nn.RNNCell: _CELL,
    nn.RReLU: f"lower= upper= {_INPLACE}",
    nn.ReLU: _INPLACE,
    nn.ReLU6: _INPLACE,
    nn.SELU: _INPLACE,
    nn.SiLU: _INPLACE,
    nn.Softmax: "dim=",
    nn.Softmin: "dim=",
    nn.Softplus: "beta= threshold=",
    nn.Softshrink: "lambd",
    nn.Threshold: f"threshold= value= {_INPLACE}",
    nn.ReflectionPad1d: "*padding",
    nn.ReflectionPad2d: "*padding",
    nn.ReflectionPad3d: "*padding",
    nn.ReplicationPad1d: "*padding",
    nn.ReplicationPad2d: "*padding",
    nn.ReplicationPad3d: "*padding",
    nn.Transformer: "",
    nn.TransformerDecoder: "",
    nn.TransformerDecoderLayer: "",
    nn.TransformerEncoder: "",
    nn.TransformerEncoderLayer: "",
    nn.Unflatten: "dim= unflattened_size=",
    nn.Unfold: "kernel_size= dilation= padding= stride=",
    nn.Upsample: "size=?None scale_factor=?None mode=",
    nn.ZeroPad1d: "*padding",
    nn.ZeroPad2d: "*padding",
    nn.ZeroPad3d: "*padding",
}

_MISSING: Final = object()


def shown_settings(module: Any, plain: type[Any], tupled: tuple[str, ...]) -> str | None:
    """Return the settings of a layer as PyTorch shows them; None if that is not known."""
    form = next((FORMS[kind] for kind in plain.__mro__ if kind in FORMS), None)
    given = vars(module).get("_given", type(module)._usual)
    if form is None:
        return None
    text = str if form == _CONV else repr
    found = []
    for part in form.split():
        name, shows_name, rest = part.partition("=")
        setting = _setting(module, name, given, tupled)
        if setting is None and rest.startswith("|"):
            other = rest[1:]
            is_name = other.isidentifier()
            setting = _setting(module, other, given, tupled) if is_name else ast.literal_eval(other)
        if rest.startswith("?") and _is_usual(setting, ast.literal_eval(rest[1:])):
            continue
        if setting is not _MISSING:
            found.append(f"{name}={text(setting)}" if shows_name else text(setting))
    return ", ".join(found)


def _setting(module: Any, name: str, given: dict[str, Any], tupled: tuple[str, ...]) -> Any:
    """Return a setting as it is now, of a parameter whether it is there."""
    if name.startswith("*"):
        return vars(module).get(name[1:], _MISSING)
    if name in tupled and name in given:
        return given[name]
    found = vars(module).get(name, _MISSING)
    if isinstance(found, PlainParameter):
        return True
    if found is None and isinstance(given.get(name, True), bool):
        return False
    is_number = isinstance(found, (bool, int, float, str))  # which may be set later
    return found if is_number or name not in given else given[name]


def _is_usual(setting: Any, usual: Any) -> bool:
    parts = setting if isinstance(setting, tuple) else (setting,)
    return setting is _MISSING or all(part == usual for part in parts)
