"""One table of layers and losses: expressions for them, here and in PyTorch, and their inputs.

Inputs and parameters are drawn here; `record_torch.py` records the results of PyTorch.
"""

import zlib
from dataclasses import dataclass

import numpy as np

#: Names for the expressions; for PyTorch they are tensors.
CONSTANTS = {
    "INTEGERS": np.array([[1, 0, 3], [3, 4, 1]]),
    "CLASSES": np.array([2, 0, 1, 2]),
    "IGNORING": np.array([2, -100, 1, 2]),
    "PIXELS": np.array([[[0, 1], [2, 2]], [[1, -100], [0, 1]]]),
    "BITS": np.array([[0.0, 1.0, 0.3], [1.0, 0.0, 0.9]]),
    "SIGNS": np.array([[-1.0, 1.0, 1.0], [1.0, -1.0, -1.0]]),
    "SHARES": np.array([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0], [0.1, 0.1, 0.8], [0.4, 0.2, 0.4]]),
    "WEIGHT": np.array([0.5, 2.0, 1.5]),
    "FUTURE": np.triu(np.ones((4, 4), bool), 1),
    "PADDING": np.array([[False, False, False, True], [False, True, False, False]]),
    "LENGTHS": np.array([4, 2, 2]),
    "UNSORTED": np.array([2, 4, 1]),
    "OFFSETS": np.array([0, 2, 2]),
    "ENDS": np.array([0, 2, 2, 6]),
    "FAR_CLASSES": np.array([7, 0, 3, 5]),
    "COUNTS": np.array([[0.0, 1.0, 3.0], [2.0, 5.0, 0.0]]),
    "SPELLED": np.array([[1, 1, 2], [2, 1, 0], [1, 0, 0]]),
    "SPELLED_LENGTHS": np.array([3, 2, 0]),
    "READS": np.array([6, 5, 3]),
    "JOINED": np.array([0, 2, 1, 1]),
    "JOINED_LENGTHS": np.array([2, 0, 2]),
    "SCORES": np.linspace(-1, 1, 16).reshape(4, 4),
}

TIES = np.array([[[1.0, 1.0, 0.0, 2.0], [1.0, 0.0, 2.0, 2.0], [0.0, 0.0, 0.0, 0.0]]])
PROBABILITIES = np.array([[0.1, 0.7, 0.4], [0.9, 0.2, 0.5]])
FAR = np.array([[1e4, -1e4, 0.5], [-1e4, 1e4, 1e4], [0.0, 1e4, -1e4], [1e4, 1e4, 0.0]])


@dataclass(frozen=True)
class Sample:
    name: str
    model: str  # an expression for the layer
    inputs: tuple  # shapes of random numbers, or arrays
    call: str = "model(*x)"
    theirs: str = ""  # the expressions with PyTorch's names, where they differ
    their_call: str = ""
    smooth: bool = True  # whether finite differences find the derivative there, in little time


def arrays(sample):
    """Return the inputs of a sample."""
    random = np.random.default_rng(zlib.crc32(sample.name.encode()))
    return [random.normal(size=x) if isinstance(x, tuple) else x for x in sample.inputs]


def state(shapes):
    """Return parameters and buffers of these names and shapes."""
    random = np.random.default_rng(1)
    return {
        name: random.uniform(0.5, 1.5, shape) if "var" in name else random.normal(0, 0.5, shape)
        for name, shape in sorted(shapes.items())
        if "num_batches" not in name
    }


def flat(outputs):
    """List the arrays in the result of a layer."""
    if isinstance(outputs, (tuple, list)):
        return [y for part in outputs for y in flat(part)]
    return [] if outputs is None else [outputs]


def factors(outputs):
    """Return random factors of the outputs, whose weighted sum is differentiated."""
    random = np.random.default_rng(2)
    return [random.normal(size=tuple(y.shape)) for y in outputs]


def losses(name, ours, theirs, *inputs, smooth=True):
    """Sample a loss with each reduction."""
    return [
        Sample(
            f"{name}, {reduction}",
            "None",
            inputs,
            f"nn.{ours}, reduction={reduction!r})",
            their_call=f"F.{theirs}, reduction={reduction!r})",
            smooth=smooth,
        )
        for reduction in ("mean", "sum", "none")
    ]


def activations(*rows):
    """Sample activations, also at zero."""
    at = np.array([[-3.0, -0.4, 0.0], [0.3, 1.2, 4.0]])
    kinks = ("ReLU", "RReLU", "LeakyReLU", "ELU", "SELU", "Hard", "Softshrink", "Threshold")
    return [
        Sample(ours, f"nn.{ours}", (at,), theirs=f"nn.{theirs}", smooth=not ours.startswith(kinks))
        for ours, theirs in rows
    ]


# fmt: off
TABLE = [
    Sample("Linear", "nn.Linear(3, 4)", ((5, 3),)),
    Sample("Linear, three axes, no bias", "nn.Linear(3, 4, bias=False)", ((2, 5, 3),)),
    Sample("Linear of a vector", "nn.Linear(3, 4)", ((3,),)),
    Sample("Embedding", "nn.Embedding(5, 3)", (), "model(INTEGERS)"),
    Sample("Embedding with padding", "nn.Embedding(5, 3, padding_idx=1)", (), "model(INTEGERS)", smooth=False),
    Sample("Flatten", "nn.Flatten()", ((2, 3, 4),)),
    Sample("Flatten the first axes", "nn.Flatten(0, 1)", ((2, 3, 4),)),
    Sample("Sequential", "nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))", ((5, 3),)),
    Sample("Dropout in use", "nn.Dropout(0.5).eval()", ((2, 3),)),
    Sample("Conv1d", "nn.Conv1d(2, 3, 3)", ((2, 2, 7),)),
    Sample("Conv1d, even and same", "nn.Conv1d(2, 3, 4, padding='same', dilation=2)", ((2, 2, 9),)),
    Sample("Conv1d, everything", "nn.Conv1d(4, 6, 3, 2, 3, 2, 2, False)", ((2, 4, 11),)),
    Sample("Conv2d", "nn.Conv2d(2, 3, 3)", ((2, 2, 5, 6),)),
    Sample("Conv2d, everything", "nn.Conv2d(2, 4, (3, 2), (2, 1), (1, 2), (1, 2), 2)", ((2, 2, 6, 5),)),
    Sample("Conv2d of each channel", "nn.Conv2d(3, 3, 3, padding=1, groups=3)", ((2, 3, 4, 4),)),
    Sample("Conv2d, stride beyond the kernel", "nn.Conv2d(1, 2, 2, stride=3)", ((1, 1, 8, 7),)),
    Sample("Conv2d, even and same", "nn.Conv2d(1, 2, (2, 4), padding='same')", ((1, 1, 5, 5),)),
    Sample("Conv2d, valid, one example", "nn.Conv2d(2, 2, 2, padding='valid')", ((2, 3, 3),)),
    Sample("MaxPool1d", "nn.MaxPool1d(3, 2, 1)", ((2, 2, 8),)),
    Sample("MaxPool2d", "nn.MaxPool2d(2)", ((2, 2, 5, 4),)),
    Sample("MaxPool2d, overlapping", "nn.MaxPool2d(3, 1, 1)", ((1, 2, 6, 7),)),
    Sample("MaxPool2d of ties", "nn.MaxPool2d(2, 1)", (TIES,), smooth=False),
    Sample("AvgPool1d", "nn.AvgPool1d(3, 2, 1)", ((2, 2, 8),)),
    Sample("AvgPool2d", "nn.AvgPool2d((2, 3), 1)", ((2, 2, 5, 4),)),
    Sample("AvgPool2d, padding left out", "nn.AvgPool2d(3, 2, 1, count_include_pad=False)", ((1, 2, 5, 5),)),
    Sample("BatchNorm1d", "nn.BatchNorm1d(3)", ((4, 3),)),
    Sample("BatchNorm1d of sequences", "nn.BatchNorm1d(3, 1e-3, 0.2)", ((4, 3, 2),)),
    Sample("BatchNorm1d, average of all", "nn.BatchNorm1d(3, momentum=None)", ((4, 3),)),
    Sample("BatchNorm2d", "nn.BatchNorm2d(2)", ((3, 2, 2, 2),)),
    Sample("BatchNorm2d in use", "nn.BatchNorm2d(2).eval()", ((3, 2, 2, 2),)),
    Sample("BatchNorm2d, plain", "nn.BatchNorm2d(2, affine=False, track_running_stats=False).eval()", ((3, 2, 2, 2),)),
    Sample("LayerNorm", "nn.LayerNorm(4)", ((2, 3, 4),)),
    Sample("LayerNorm of two axes", "nn.LayerNorm((3, 4), 1e-3, bias=False)", ((2, 3, 4),)),
    Sample("RMSNorm", "nn.RMSNorm(4)", ((2, 3, 4),)),
    Sample("RMSNorm, plain", "nn.RMSNorm((3, 4), 0.1, False)", ((2, 3, 4),)),
    Sample("RNN", "nn.RNN(3, 4)", ((5, 2, 3),)),
    Sample("RNN, relu", "nn.RNN(3, 4, nonlinearity='relu')", ((3, 2, 3),)),
    Sample("RNN, everything", "nn.RNN(3, 2, num_layers=2, bidirectional=True, batch_first=True, bias=False)", ((2, 4, 3), (4, 2, 2))),
    Sample("LSTM", "nn.LSTM(3, 4)", ((5, 2, 3),)),
    Sample("LSTM, everything", "nn.LSTM(3, 2, num_layers=2, bidirectional=True, batch_first=True)", ((2, 4, 3), (4, 2, 2), (4, 2, 2)), "model(x[0], (x[1], x[2]))"),
    Sample("LSTM with projections", "nn.LSTM(3, 4, 2, bidirectional=True, proj_size=2)", ((3, 2, 3), (4, 2, 2), (4, 2, 4)), "model(x[0], (x[1], x[2]))"),
    Sample("LSTM with projections, one example", "nn.LSTM(3, 4, bias=False, proj_size=3)", ((3, 3),)),
    Sample("LSTM, one example", "nn.LSTM(3, 2, bias=False)", ((4, 3),)),
    Sample("GRU", "nn.GRU(3, 4)", ((5, 2, 3),)),
    Sample("GRU, everything", "nn.GRU(3, 2, num_layers=2, bidirectional=True, batch_first=True)", ((2, 4, 3), (4, 2, 2))),
    Sample("GRU, one example", "nn.GRU(3, 2, bias=False)", ((4, 3), (1, 2))),
    Sample("MultiheadAttention", "nn.MultiheadAttention(4, 2)", ((3, 2, 4), (5, 2, 4), (5, 2, 4)), "model(*x, need_weights=True)"),
    Sample("MultiheadAttention to itself, masked", "nn.MultiheadAttention(4, 2, batch_first=True)", ((2, 4, 4),),
           "model(*x, key_padding_mask=PADDING, attn_mask=FUTURE, need_weights=True, average_attn_weights=False)",
           their_call="model(x[0], x[0], x[0], key_padding_mask=PADDING, attn_mask=FUTURE, average_attn_weights=False)"),
    Sample("MultiheadAttention, scores added", "nn.MultiheadAttention(4, 1, bias=False)", ((4, 2, 4),), "model(*x, attn_mask=SCORES)",
           their_call="model(x[0], x[0], x[0], attn_mask=SCORES, need_weights=False)"),
    Sample("TransformerBlock", "nn.TransformerBlock(4, 2, 6, 0.0)", ((4, 2, 4),), "model(*x, is_causal=True)",
           "nn.TransformerEncoderLayer(4, 2, 6, 0.0)", "model(*x, src_mask=FUTURE)"),
    Sample("TransformerBlock, norm first", "nn.TransformerBlock(4, 2, 6, 0.0, nn.gelu, True, True)", ((2, 4, 4),), "model(*x, key_padding_mask=PADDING)",
           "nn.TransformerEncoderLayer(4, 2, 6, 0.0, 'gelu', norm_first=True, batch_first=True)", "model(*x, src_key_padding_mask=PADDING)"),
    Sample("MultiheadAttention, other widths", "nn.MultiheadAttention(4, 2, kdim=3, vdim=5)", ((3, 2, 4), (5, 2, 3), (5, 2, 5)), "model(*x, need_weights=True)"),
    Sample("MultiheadAttention, more keys", "nn.MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True)", ((3, 2, 4), (4, 2, 4), (4, 2, 4)),
           "model(*x, key_padding_mask=PADDING, need_weights=True)"),
    Sample("MultiheadAttention, one example", "nn.MultiheadAttention(4, 2)", ((4, 4),), "model(x[0], x[0], x[0], key_padding_mask=PADDING[0], attn_mask=FUTURE, need_weights=True)", smooth=False),
    Sample("MultiheadAttention, padding added", "nn.MultiheadAttention(4, 2, batch_first=True)", ((2, 4, 4),), "model(x[0], x[0], x[0], key_padding_mask=SCORES[:2], attn_mask=SCORES, need_weights=True)", smooth=False),
    Sample("TransformerEncoderLayer", "nn.TransformerEncoderLayer(4, 2, 6, 0.0, 'gelu', 1e-3, True, True, False)", ((2, 4, 4),), "model(*x, src_mask=FUTURE, src_key_padding_mask=PADDING)"),
    Sample("TransformerDecoderLayer", "nn.TransformerDecoderLayer(4, 2, 6, 0.0)", ((4, 2, 4), (3, 2, 4)), "model(*x, tgt_mask=FUTURE, tgt_key_padding_mask=PADDING)", smooth=False),
    Sample("TransformerDecoderLayer, norm first", "nn.TransformerDecoderLayer(4, 2, 6, 0.0, batch_first=True, norm_first=True)", ((2, 3, 4), (2, 4, 4)), "model(*x, memory_key_padding_mask=PADDING)", smooth=False),
    Sample("TransformerEncoder", "nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6, 0.0), 2, nn.LayerNorm(4))", ((4, 2, 4),), "model(*x, mask=FUTURE)", smooth=False),
    Sample("TransformerDecoder", "nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 6, 0.0), 1)", ((4, 2, 4), (3, 2, 4)), "model(*x, tgt_mask=FUTURE)", smooth=False),
    Sample("Transformer", "nn.Transformer(4, 2, 1, 1, 6, 0.0)", ((3, 2, 4), (4, 2, 4)), "model(*x, tgt_mask=nn.Transformer.generate_square_subsequent_mask(4))", smooth=False),
    Sample("RNN of packed sequences", "nn.RNN(3, 2)", ((4, 3, 3),), "[y.data if i == 0 else y for i, y in enumerate(model(nn.utils.rnn.pack_padded_sequence(x[0], LENGTHS)))]"),
    Sample("GRU of packed sequences", "nn.GRU(3, 2, num_layers=2, bidirectional=True)", ((3, 4, 3), (4, 3, 2)),
           "[nn.utils.rnn.pad_packed_sequence(y)[0] if i == 0 else y for i, y in enumerate(model(nn.utils.rnn.pack_padded_sequence(x[0], UNSORTED, batch_first=True, enforce_sorted=False), x[1]))]", smooth=False),
    Sample("LSTM of packed sequences", "nn.LSTM(3, 2, bidirectional=True)", ((4, 3), (2, 3), (3, 3)),
           "[y.data if i == 0 else y for i, y in enumerate(model(nn.utils.rnn.pack_sequence(x, enforce_sorted=False)))]", smooth=False),
    Sample("EmbeddingBag", "nn.EmbeddingBag(5, 3)", (), "model(INTEGERS)"),
    Sample("EmbeddingBag, weighted", "nn.EmbeddingBag(5, 3, mode='sum')", ((6,),), "model(INTEGERS.reshape(6), OFFSETS, x[0])", their_call="model(INTEGERS.reshape(6), OFFSETS, per_sample_weights=x[0])"),
    Sample("EmbeddingBag, largest", "nn.EmbeddingBag(5, 3, mode='max', include_last_offset=True)", (), "model(INTEGERS.reshape(6), ENDS)"),
    Sample("EmbeddingBag with padding", "nn.EmbeddingBag(5, 3, padding_idx=3)", (), "model(INTEGERS)", smooth=False),
    Sample("AdaptiveLogSoftmaxWithLoss", "nn.AdaptiveLogSoftmaxWithLoss(8, 9, [2, 5], div_value=2.0, head_bias=True)", ((4, 8),), "model(*x, FAR_CLASSES)", their_call="tuple(model(*x, FAR_CLASSES))"),
    Sample("AdaptiveLogSoftmaxWithLoss of all", "nn.AdaptiveLogSoftmaxWithLoss(8, 9, [2, 5], div_value=2.0)", ((4, 8),), "model.log_prob(*x)", smooth=False),
    Sample("Bilinear", "nn.Bilinear(3, 4, 2)", ((5, 3), (5, 4))),
    Sample("CosineSimilarity", "nn.CosineSimilarity(dim=2)", ((2, 3, 4), (2, 3, 4))),
    Sample("PairwiseDistance", "nn.PairwiseDistance(p=3.0, keepdim=True)", ((4, 3), (4, 3))),
    Sample("Unfold", "nn.Unfold((2, 3), dilation=(1, 2), padding=1, stride=2)", ((2, 2, 5, 6),)),
    Sample("Fold", "nn.Fold((5, 6), (2, 3), dilation=(1, 2), padding=1, stride=2)", ((2, 12, 6),)),
    Sample("Unflatten", "nn.Unflatten(1, (2, -1))", ((2, 6, 3),)),
    Sample("LocalResponseNorm", "nn.LocalResponseNorm(3, alpha=0.5, beta=0.6, k=1.5)", ((2, 5, 3),)),
    Sample("LocalResponseNorm, even", "nn.LocalResponseNorm(2)", ((2, 4, 2, 2),)),
    Sample("MaxPool1d, dilated", "nn.MaxPool1d(3, 2, 1, dilation=2, ceil_mode=True)", ((2, 2, 10),)),
    Sample("MaxPool2d, to the end", "nn.MaxPool2d(2, ceil_mode=True)", ((2, 2, 5, 6),)),
    Sample("AvgPool1d, to the end", "nn.AvgPool1d(3, 2, 1, ceil_mode=True)", ((2, 2, 8),)),
    Sample("AvgPool2d, to the end", "nn.AvgPool2d((2, 3), 2, (1, 1), ceil_mode=True)", ((2, 2, 5, 6),)),
    Sample("AvgPool2d, to the end, padding left out", "nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False)", ((1, 2, 6, 6),)),
    Sample("AvgPool2d, divided by 5", "nn.AvgPool2d(2, divisor_override=5)", ((1, 2, 4, 4),)),
    Sample("AdaptiveMaxPool1d", "nn.AdaptiveMaxPool1d(3)", ((2, 2, 8),)),
    Sample("AdaptiveMaxPool2d", "nn.AdaptiveMaxPool2d((3, None))", ((2, 2, 7, 4),)),
    Sample("PixelUnshuffle", "nn.PixelUnshuffle(2)", ((2, 2, 4, 6),)),
    Sample("ConstantPad1d", "nn.ConstantPad1d((1, 2), 0.5)", ((2, 2, 4),)),
    Sample("ConstantPad2d", "nn.ConstantPad2d((1, 2, 0, -1), 0.5)", ((2, 2, 4, 3),)),
    Sample("CircularPad1d", "nn.CircularPad1d((3, 1))", ((2, 2, 4),)),
    Sample("CircularPad2d", "nn.CircularPad2d((1, 2, 2, 1))", ((2, 2, 4, 3),)),
    Sample("Conv1d, reflecting", "nn.Conv1d(2, 3, 4, padding='same', padding_mode='reflect')", ((2, 2, 7),)),
    Sample("Conv2d, circular", "nn.Conv2d(2, 3, 3, padding=(1, 2), padding_mode='circular')", ((2, 2, 4, 5),)),
    Sample("Conv2d, replicating", "nn.Conv2d(2, 3, 3, 2, padding=2, padding_mode='replicate')", ((2, 2, 4, 5),)),
    Sample("ConvTranspose2d to a size", "nn.ConvTranspose2d(2, 3, 3, 2, 1)", ((1, 2, 3, 4),), "model(*x, output_size=(6, 8))"),
    Sample("Linear with normed weight", "nn.utils.parametrizations.weight_norm(nn.Linear(3, 4))", ((5, 3),), smooth=False),
    Sample("Linear with orthogonal weight", "nn.utils.parametrizations.orthogonal(nn.Linear(3, 3))", ((5, 3),)),
    Sample("Linear with orthogonal weight, tall", "nn.utils.parametrizations.orthogonal(nn.Linear(2, 4), use_trivialization=False)", ((5, 2),)),
    Sample("Linear with orthogonal weight, wide", "nn.utils.parametrizations.orthogonal(nn.Linear(4, 2))", ((5, 4),)),
    Sample("Linear with orthogonal weight, Cayley", "nn.utils.parametrizations.orthogonal(nn.Linear(4, 2), orthogonal_map='cayley')", ((5, 4),)),
    Sample("Linear with normed weight, one length", "nn.utils.parametrizations.weight_norm(nn.Linear(3, 4), dim=None)", ((5, 3),)),
    Sample("Conv2d with spectral norm", "nn.utils.parametrizations.spectral_norm(nn.Conv2d(2, 3, 2))", ((2, 2, 3, 3),), smooth=False),
    Sample("ConvTranspose2d with spectral norm", "nn.utils.parametrizations.spectral_norm(nn.ConvTranspose2d(2, 3, 2)).eval()", ((2, 2, 3, 3),)),
    Sample("ConvTranspose1d", "nn.ConvTranspose1d(2, 3, 4, 2, 1)", ((2, 2, 5),)),
    Sample("ConvTranspose1d, everything", "nn.ConvTranspose1d(4, 6, 3, 3, 2, 1, 2, False, 2)", ((2, 4, 5),)),
    Sample("ConvTranspose2d", "nn.ConvTranspose2d(2, 3, 3)", ((2, 2, 3, 4),)),
    Sample("ConvTranspose2d, everything", "nn.ConvTranspose2d(4, 2, (3, 2), (2, 3), (1, 0), (1, 2), 2)", ((2, 4, 3, 4),)),
    Sample("ConvTranspose2d, one example", "nn.ConvTranspose2d(2, 2, 2, stride=2)", ((2, 3, 3),)),
    Sample("GroupNorm", "nn.GroupNorm(2, 4)", ((3, 4, 2, 2),)),
    Sample("GroupNorm, plain", "nn.GroupNorm(1, 4, 1e-2, False)", ((3, 4),)),
    Sample("InstanceNorm1d", "nn.InstanceNorm1d(3)", ((2, 3, 5),)),
    Sample("InstanceNorm2d", "nn.InstanceNorm2d(3, affine=True)", ((2, 3, 3, 4),)),
    Sample("Dropout1d in use", "nn.Dropout1d(0.5).eval()", ((2, 3, 4),)),
    Sample("Dropout2d in use", "nn.Dropout2d(0.5).eval()", ((2, 3, 4, 4),)),
    Sample("PReLU", "nn.PReLU()", ((4, 3),)),
    Sample("PReLU of channels", "nn.PReLU(3)", ((2, 3, 4),)),
    Sample("Upsample", "nn.Upsample(scale_factor=2)", ((2, 3, 4),)),
    Sample("Upsample to a size", "nn.Upsample((7, 3))", ((1, 2, 4, 5),)),
    Sample("Upsample by less than 2", "nn.Upsample(scale_factor=1.5)", ((1, 2, 5),)),
    Sample("Upsample, linear", "nn.Upsample(scale_factor=2, mode='linear')", ((2, 3, 4),)),
    Sample("Upsample, bilinear", "nn.Upsample((7, 3), mode='bilinear')", ((1, 2, 4, 5),)),
    Sample("Upsample, bilinear, aligned", "nn.Upsample((7, 9), mode='bilinear', align_corners=True)", ((1, 2, 4, 5),)),
    Sample("Upsample, area", "nn.Upsample((3, 7), mode='area')", ((1, 2, 5, 4),)),
    Sample("Upsample, nearest-exact", "nn.Upsample(scale_factor=1.7, mode='nearest-exact')", ((2, 2, 5),)),
    Sample("Upsample, bicubic", "nn.Upsample(scale_factor=(1.5, 2.0), mode='bicubic')", ((1, 2, 4, 5),)),
    Sample("Upsample, bicubic, aligned, smaller", "nn.Upsample((3, 6), mode='bicubic', align_corners=True)", ((1, 2, 5, 4),)),
    Sample("PixelShuffle", "nn.PixelShuffle(2)", ((2, 8, 3, 2),)),
    Sample("AdaptiveAvgPool1d", "nn.AdaptiveAvgPool1d(3)", ((2, 2, 8),)),
    Sample("AdaptiveAvgPool2d", "nn.AdaptiveAvgPool2d((3, None))", ((2, 2, 7, 4),)),
    Sample("AdaptiveAvgPool2d of all", "nn.AdaptiveAvgPool2d(1)", ((2, 3, 4, 4),)),
    Sample("ZeroPad1d", "nn.ZeroPad1d((2, 1))", ((2, 2, 4),)),
    Sample("ZeroPad2d", "nn.ZeroPad2d((1, 2, 0, -1))", ((2, 2, 4, 3),)),
    Sample("ReflectionPad1d", "nn.ReflectionPad1d((3, 1))", ((2, 2, 4),)),
    Sample("ReflectionPad2d", "nn.ReflectionPad2d((1, 2, 2, 1))", ((2, 2, 4, 3),)),
    Sample("ReplicationPad1d", "nn.ReplicationPad1d(2)", ((2, 2, 4),)),
    Sample("ReplicationPad2d", "nn.ReplicationPad2d((1, 2, 0, 1))", ((2, 2, 4, 3),)),
    Sample("Conv3d", "nn.Conv3d(2, 3, 2)", ((2, 2, 3, 4, 3),)),
    Sample("Conv3d, everything", "nn.Conv3d(2, 4, (2, 3, 1), (2, 1, 1), (1, 2, 0), (1, 2, 1), 2)", ((1, 2, 3, 5, 2),)),
    Sample("ConvTranspose3d", "nn.ConvTranspose3d(2, 2, (2, 1, 3), 2, (1, 0, 1), 1, 2)", ((1, 2, 2, 2, 3),)),
    Sample("MaxPool3d", "nn.MaxPool3d(2, 1, 1, ceil_mode=True)", ((1, 2, 3, 2, 4),)),
    Sample("AvgPool3d", "nn.AvgPool3d((2, 1, 3), 2, (1, 0, 1), count_include_pad=False)", ((1, 2, 3, 2, 4),)),
    Sample("LPPool1d", "nn.LPPool1d(3, 2, ceil_mode=True)", (PROBABILITIES,)),
    Sample("LPPool2d", "nn.LPPool2d(2, (2, 3), 1)", ((2, 3, 4, 4),)),
    Sample("LPPool3d", "nn.LPPool3d(2, 2)", ((1, 2, 2, 4, 2),)),
    Sample("MaxUnpool1d", "nn.MaxUnpool1d(2)", ((2, 2, 6),), "model(*nn.functional.max_pool1d(x[0], 2, return_indices=True))", smooth=False),
    Sample("MaxUnpool2d", "nn.MaxUnpool2d(2, 2, 1)", ((2, 2, 5, 6),),
           "model(*nn.functional.max_pool2d(x[0], 2, 2, 1, return_indices=True), output_size=(5, 6))", smooth=False),
    Sample("MaxUnpool3d", "nn.MaxUnpool3d(2)", ((1, 2, 2, 4, 2),), "model(*nn.functional.max_pool3d(x[0], 2, return_indices=True))", smooth=False),
    Sample("AdaptiveAvgPool3d", "nn.AdaptiveAvgPool3d((2, None, 3))", ((1, 2, 3, 2, 4),)),
    Sample("AdaptiveMaxPool3d", "nn.AdaptiveMaxPool3d((2, None, 3))", ((1, 2, 3, 2, 4),)),
    Sample("BatchNorm3d", "nn.BatchNorm3d(2)", ((2, 2, 2, 1, 3),)),
    Sample("InstanceNorm3d", "nn.InstanceNorm3d(2)", ((2, 2, 2, 1, 3),)),
    Sample("Dropout3d in use", "nn.Dropout3d(0.5).eval()", ((1, 2, 2, 1, 2),)),
    Sample("AlphaDropout in use", "nn.AlphaDropout(0.5).eval()", ((2, 3),)),
    Sample("FeatureAlphaDropout in use", "nn.FeatureAlphaDropout(0.5).eval()", ((2, 3, 2),)),
    Sample("ChannelShuffle", "nn.ChannelShuffle(3)", ((2, 6, 2),)),
    Sample("ZeroPad3d", "nn.ZeroPad3d((1, 2, 0, -1, 1, 0))", ((1, 2, 2, 3, 2),)),
    Sample("ConstantPad3d", "nn.ConstantPad3d((1, 2, 0, -1, 1, 0), 0.5)", ((1, 2, 2, 3, 2),)),
    Sample("ReflectionPad3d", "nn.ReflectionPad3d((1, 0, 2, 1, 0, 1))", ((1, 2, 2, 3, 2),)),
    Sample("ReplicationPad3d", "nn.ReplicationPad3d((1, 0, 2, 1, 0, 1))", ((1, 2, 2, 3, 2),)),
    Sample("CircularPad3d", "nn.CircularPad3d((1, 0, 2, 1, 0, 1))", ((1, 2, 2, 3, 2),)),
    Sample("Upsample, trilinear", "nn.Upsample((3, 2, 5), mode='trilinear')", ((1, 1, 2, 3, 2),)),
    Sample("Upsample, nearest of three axes", "nn.Upsample(scale_factor=2)", ((1, 1, 2, 1, 2),)),
    Sample("RNNCell", "nn.RNNCell(3, 4)", ((2, 3), (2, 4))),
    Sample("RNNCell, relu", "nn.RNNCell(3, 4, False, 'relu')", ((2, 3),)),
    Sample("LSTMCell", "nn.LSTMCell(3, 4)", ((2, 3), (2, 4), (2, 4)), "model(x[0], (x[1], x[2]))"),
    Sample("LSTMCell, one example", "nn.LSTMCell(3, 4, bias=False)", ((3,),)),
    Sample("GRUCell", "nn.GRUCell(3, 4)", ((2, 3), (2, 4))),
    Sample("GRUCell, first step", "nn.GRUCell(3, 4)", ((2, 3),)),
    Sample("Hardsigmoid", "nn.Hardsigmoid()", ((2, 3),), theirs="None", their_call="F.hardtanh(x[0], -3, 3) / 6 + 0.5"),  # whose own 1/6 is in single precision
    Sample("Softmax2d", "nn.Softmax2d()", ((2, 3, 2, 2),)),
    *activations(
        ("ReLU()", "ReLU()"), ("LeakyReLU(0.2)", "LeakyReLU(0.2)"), ("ELU(1.5)", "ELU(1.5)"), ("GELU()", "GELU()"),
        ("GELU('tanh')", "GELU('tanh')"), ("SiLU()", "SiLU()"), ("Sigmoid()", "Sigmoid()"), ("Tanh()", "Tanh()"),
        ("Softmax()", "Softmax(-1)"), ("LogSoftmax(axis=0)", "LogSoftmax(dim=0)"), ("Softplus()", "Softplus()"),
        ("Softplus(2.5)", "Softplus(2.5)"),
        ("Hardtanh(-0.4, 2.0)", "Hardtanh(-0.4, 2.0)"), ("ReLU6()", "ReLU6()"), ("Hardswish()", "Hardswish()"),
        ("Mish()", "Mish()"), ("SELU()", "SELU()"), ("CELU(1.5)", "CELU(1.5)"), ("Softsign()", "Softsign()"), ("Softshrink(0.4)", "Softshrink(0.4)"),
        ("Hardshrink(0.4)", "Hardshrink(0.4)"), ("Tanhshrink()", "Tanhshrink()"), ("LogSigmoid()", "LogSigmoid()"), ("Threshold(1.2, 9.0)", "Threshold(1.2, 9.0)"),
        ("GLU(0)", "GLU(0)"), ("Softmin(0)", "Softmin(0)"), ("RReLU(0.1, 0.3).eval()", "RReLU(0.1, 0.3).eval()"),
    ),
    *losses("mse", "mse(*x", "mse_loss(*x", (2, 3), (2, 3)),
    *losses("mae", "mae(*x", "l1_loss(*x", (2, 3), (2, 3)),
    *losses("huber", "huber(*x, delta=0.7", "huber_loss(*x, delta=0.7", (2, 3), (2, 3)),
    *losses("smooth l1", "smooth_l1(*x, beta=0.7", "smooth_l1_loss(*x, beta=0.7", (2, 3), (2, 3)),
    *losses("smooth l1, not smooth", "smooth_l1(*x, beta=0", "smooth_l1_loss(*x, beta=0", (2, 3), (2, 3)),
    *losses("triplet margin", "triplet_margin(*x, margin=0.7", "triplet_margin_loss(*x, margin=0.7", (4, 3), (4, 3), (4, 3)),
    *losses("triplet margin, p", "triplet_margin(*x, p=3.0", "triplet_margin_loss(*x, p=3.0", (4, 3), (4, 3), (4, 3)),
    *losses("binary cross-entropy, weighted", "binary_cross_entropy(*x, BITS, weight=WEIGHT", "binary_cross_entropy(*x, BITS, weight=WEIGHT", PROBABILITIES),
    *losses("binary cross-entropy of logits, weighted", "binary_cross_entropy_with_logits(*x, BITS, weight=WEIGHT, pos_weight=WEIGHT", "binary_cross_entropy_with_logits(*x, BITS, weight=WEIGHT, pos_weight=WEIGHT", (2, 3)),
    *losses("margin ranking", "margin_ranking(*x, SIGNS, margin=0.5", "margin_ranking_loss(*x, SIGNS, margin=0.5", (2, 3), (2, 3)),
    *losses("hinge embedding", "hinge_embedding(*x, SIGNS, margin=0.5", "hinge_embedding_loss(*x, SIGNS, margin=0.5", (2, 3)),
    *losses("cosine embedding", "cosine_embedding(*x, SIGNS[:, 0], margin=0.1", "cosine_embedding_loss(*x, SIGNS[:, 0], margin=0.1", (2, 3), (2, 3)),
    *losses("soft margin", "soft_margin(*x, SIGNS", "soft_margin_loss(*x, SIGNS", (2, 3)),
    *losses("multi margin", "multi_margin(*x, CLASSES, p=2, margin=0.7, weight=WEIGHT", "multi_margin_loss(*x, CLASSES, p=2, margin=0.7, weight=WEIGHT", (4, 3)),
    *losses("multilabel soft margin", "multilabel_soft_margin(*x, BITS, weight=WEIGHT", "multilabel_soft_margin_loss(*x, BITS, weight=WEIGHT", (2, 3)),
    *losses("poisson", "poisson_nll(*x, COUNTS, full=True", "poisson_nll_loss(*x, COUNTS, full=True", (2, 3)),
    *losses("poisson of rates", "poisson_nll(*x, COUNTS, log_input=False", "poisson_nll_loss(*x, COUNTS, log_input=False", PROBABILITIES),
    *losses("gaussian", "gaussian_nll(x[0], x[1], x[2], full=True", "gaussian_nll_loss(x[0], x[1], x[2], full=True", (2, 3), (2, 3), PROBABILITIES),
    *losses("ctc", "ctc(nn.log_softmax(x[0], axis=2), SPELLED, READS, SPELLED_LENGTHS", "ctc_loss(F.log_softmax(x[0], 2), SPELLED, READS, SPELLED_LENGTHS", (6, 3, 4)),
    Sample("ctc, impossible", "None", ((2, 2, 3),), "nn.ctc(nn.log_softmax(x[0], axis=2), SPELLED[:2], READS[:2] * 0 + 2, SPELLED_LENGTHS[:2], blank=0, zero_infinity=True)",
           their_call="F.ctc_loss(F.log_softmax(x[0], 2), SPELLED[:2], READS[:2] * 0 + 2, SPELLED_LENGTHS[:2], zero_infinity=True)"),
    Sample("ctc, one after the other", "None", ((5, 3, 4),), "nn.ctc(nn.log_softmax(x[0], axis=2), JOINED, READS * 0 + 5, JOINED_LENGTHS, blank=3)",
           their_call="F.ctc_loss(F.log_softmax(x[0], 2), JOINED, READS * 0 + 5, JOINED_LENGTHS, blank=3)"),
    *losses("hinge", "hinge(*x, SIGNS", "hinge_embedding_loss(x[0] * SIGNS, -torch.ones(2, 3), 1", (2, 3)),
    *losses("binary cross-entropy", "binary_cross_entropy(*x, BITS", "binary_cross_entropy(*x, BITS", PROBABILITIES),
    *losses("binary cross-entropy of logits", "binary_cross_entropy_with_logits(*x, BITS", "binary_cross_entropy_with_logits(*x, BITS", (2, 3)),
    *losses("binary cross-entropy, far out", "binary_cross_entropy_with_logits(*x, SHARES", "binary_cross_entropy_with_logits(*x, SHARES", FAR, smooth=False),
    *losses("kl divergence", "kl_divergence(*x, SHARES", "kl_div(*x, SHARES", (4, 3)),
    *losses("kl divergence of logarithms", "kl_divergence(*x, log_target=True", "kl_div(*x, log_target=True", (4, 3), (4, 3)),
    Sample("kl divergence, batch mean", "None", ((4, 3),), "nn.kl_divergence(*x, SHARES, 'batchmean')", their_call="F.kl_div(*x, SHARES, reduction='batchmean')"),
    *losses("nll", "nll(*x, IGNORING, weight=WEIGHT", "nll_loss(*x, IGNORING, weight=WEIGHT", (4, 3)),
    *losses("cross-entropy", "cross_entropy(*x, CLASSES", "cross_entropy(*x, CLASSES", (4, 3)),
    *losses("cross-entropy, far out", "cross_entropy(*x, CLASSES", "cross_entropy(*x, CLASSES", FAR, smooth=False),
    *losses("cross-entropy, everything", "cross_entropy(*x, IGNORING, weight=WEIGHT, label_smoothing=0.1", "cross_entropy(*x, IGNORING, weight=WEIGHT, label_smoothing=0.1", (4, 3)),
    *losses("cross-entropy of shares", "cross_entropy(*x, SHARES, weight=WEIGHT, label_smoothing=0.2", "cross_entropy(*x, SHARES, weight=WEIGHT, label_smoothing=0.2", (4, 3)),
    *losses("cross-entropy of pixels", "cross_entropy(*x, PIXELS", "cross_entropy(*x, PIXELS", (2, 3, 2, 2)),
    *losses("cross-entropy by both", "cross_entropy(*x", "cross_entropy(*x", (4, 3), (4, 3)),
    Sample("cross-entropy of one example", "None", ((3,),), "nn.cross_entropy(*x, 1)", their_call="F.cross_entropy(*x, torch.tensor(1))"),
]
# fmt: on
