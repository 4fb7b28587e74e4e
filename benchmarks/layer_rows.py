"""The layers and losses that `layers.py` times: here and in PyTorch, with inputs of any size."""

import math
from dataclasses import dataclass

import numpy as np

GENERATOR = np.random.default_rng(0)
CHANNELS, WIDTH = 16, 100  # of images; of rows


@dataclass(frozen=True)
class Row:
    """A layer or a loss, as an expression, and its inputs as a function of their size."""

    name: str
    ours: str
    inputs: object
    theirs: str = ""  # the expression with PyTorch's names, where they differ
    call: str = "model(*x)"
    their_call: str = ""
    is_random: bool = False  # then outputs and derivatives are not compared


def normal(*shape):
    return GENERATOR.standard_normal(shape)


def rows(n):
    """Return one array of n numbers as rows of 100."""
    return [normal(max(n // WIDTH, 1), WIDTH)]


def pairs(n):
    return [*rows(n), *rows(n)]


def with_bits(n):
    x = rows(n)[0]
    return [x, (normal(*x.shape) > 0) * 1.0]


def probabilities_with_bits(n):
    x, bits = with_bits(n)
    return [1 / (1 + np.exp(-x)), bits]


def with_signs(n):
    x, bits = with_bits(n)
    return [x, 2 * bits - 1]


def with_shares(n):
    x = rows(n)[0]
    shares = np.exp(normal(*x.shape))
    return [x, shares / shares.sum(1, keepdims=True)]


def with_classes(n):
    x = rows(n)[0]
    return [x, GENERATOR.integers(0, x.shape[1], len(x))]


def integers(n):
    """Return indices of vectors of 64 numbers, n numbers in all."""
    return [GENERATOR.integers(0, 1000, max(n // 64, 1))]


def images(n):
    """Return images whose side grows with their number."""
    side = max(8, 4 * round((n / CHANNELS) ** (1 / 3) / 3))
    return [normal(max(round(n / CHANNELS / side**2), 1), CHANNELS, side, side)]


def signals(n):
    """Return signals of 16 channels."""
    length = max(32, 4 * round(math.sqrt(n / CHANNELS) / 4))
    return [normal(max(round(n / CHANNELS / length), 1), CHANNELS, length)]


def volumes(n):
    """Return volumes of 16 channels whose side grows with their number."""
    side = max(4, 4 * round((n / CHANNELS) ** (1 / 4) / 4))
    return [normal(max(round(n / CHANNELS / side**3), 1), CHANNELS, side, side, side)]


def pooled(grids):
    """Return inputs: grids of half the side, and indices of maxima in windows of 2."""

    def inputs(n):
        x = grids(n)[0]
        numbers = np.arange(math.prod(x.shape[2:])).reshape(x.shape[2:])
        corner = numbers[tuple(slice(None, None, 2) for _ in numbers.shape)]
        last = GENERATOR.integers(0, 2, (*x.shape[:2], *corner.shape))
        return [normal(*last.shape), corner + last]

    return inputs


def sequences(n):
    """Return sequences of 16 steps of 64 features: shape (batch, 16, 64)."""
    return [normal(max(n // 1024, 1), 16, 64)]


def bags(n):
    """Return bags of 8 indices of vectors of 64 numbers, n numbers in all."""
    return [GENERATOR.integers(0, 1000, (max(n // 512, 1), 8))]


def columns(n):
    """Return windows of 3 × 3 of images of 8 × 8 with 16 channels, as columns."""
    return [normal(max(n // (144 * 64), 1), 144, 64)]


def triples(n):
    return [*pairs(n), *rows(n)]


def spoken(n):
    """Return scores of 20 classes in 16 steps, and words of 4 classes."""
    batch = max(n // 320, 1)
    return [normal(16, batch, 20), GENERATOR.integers(1, 20, (batch, 4))]


ACTIVATIONS = (
    "ELU()",
    "GELU()",
    "LeakyReLU()",
    "ReLU()",
    "SiLU()",
    "Sigmoid()",
    "Softplus()",
    "Tanh()",
    "CELU()",
    "Hardshrink()",
    "Hardswish()",
    "Hardtanh()",
    "LogSigmoid()",
    "Mish()",
    "PReLU()",
    "ReLU6()",
    "SELU()",
    "Softshrink()",
    "Softsign()",
    "Tanhshrink()",
)

GRIDS = ((1, signals), (2, images), (3, volumes))  # the number of axes besides two, and inputs

# fmt: off
ROWS = [
    *(Row(name[:-2], f"nn.{name}", rows) for name in ACTIVATIONS),
    Row("GELU, tanh", "nn.GELU('tanh')", rows, "nn.GELU(approximate='tanh')"),
    Row("Softmax", "nn.Softmax()", rows, "nn.Softmax(-1)"),
    Row("LogSoftmax", "nn.LogSoftmax()", rows, "nn.LogSoftmax(-1)"),
    Row("Hardsigmoid", "nn.Hardsigmoid()", rows, "None", their_call="F.hardtanh(x[0], -3, 3) / 6 + 0.5"),
    Row("Threshold", "nn.Threshold(0.5, 9.0)", rows),
    Row("Softmin", "nn.Softmin(-1)", rows),
    Row("GLU", "nn.GLU(-1)", rows),
    Row("Softmax of channels", "nn.Softmax(1)", images),
    Row("Dropout", "nn.Dropout(0.5)", rows, is_random=True),
    Row("RReLU", "nn.RReLU()", rows, is_random=True),
    Row("Softmax2d", "nn.Softmax2d()", images),
    Row("Flatten", "nn.Flatten()", images),
    Row("Unflatten", "nn.Unflatten(1, (4, 4))", images),
    Row("Bilinear", "nn.Bilinear(100, 100, 10)", pairs),
    Row("CosineSimilarity", "nn.CosineSimilarity()", pairs),
    Row("PairwiseDistance", "nn.PairwiseDistance()", pairs),
    Row("AdaptiveLogSoftmaxWithLoss", "nn.AdaptiveLogSoftmaxWithLoss(100, 100, [20, 50])", with_classes, call="model(*x)[1]"),
    Row("Linear", "nn.Linear(100, 100)", rows),
    Row("Sequential", "nn.Sequential(nn.Linear(100, 100), nn.Tanh(), nn.Linear(100, 100))", rows),
    Row("Embedding", "nn.Embedding(1000, 64)", integers),
    Row("EmbeddingBag", "nn.EmbeddingBag(1000, 64)", bags),
    Row("AlphaDropout", "nn.AlphaDropout(0.5)", rows, is_random=True),
    Row("FeatureAlphaDropout", "nn.FeatureAlphaDropout(0.5)", rows, is_random=True),
    *(Row(f"Dropout{n}d", f"nn.Dropout{n}d(0.5)", grids, is_random=True) for n, grids in GRIDS),
    Row("GroupNorm", "nn.GroupNorm(4, 16)", images),
    *(Row(f"InstanceNorm{n}d", f"nn.InstanceNorm{n}d(16)", grids) for n, grids in GRIDS),
    Row("LocalResponseNorm", "nn.LocalResponseNorm(5)", images),
    Row("BatchNorm1d", "nn.BatchNorm1d(100)", rows),
    Row("BatchNorm2d", "nn.BatchNorm2d(16)", images),
    Row("BatchNorm3d", "nn.BatchNorm3d(16)", volumes),
    Row("BatchNorm2d in use", "nn.BatchNorm2d(16).eval()", images),
    Row("LayerNorm", "nn.LayerNorm(100)", rows),
    Row("RMSNorm", "nn.RMSNorm(100, eps=1e-6)", rows),
    Row("Conv1d", "nn.Conv1d(16, 16, 3, padding=1)", signals),
    Row("Conv2d 3×3", "nn.Conv2d(16, 16, 3, padding=1)", images),
    Row("Conv2d 1×1", "nn.Conv2d(16, 16, 1)", images),
    Row("Conv2d of each channel", "nn.Conv2d(16, 16, 3, padding=1, groups=16)", images),
    Row("Conv2d 4×4, stride 2", "nn.Conv2d(16, 32, 4, 2, 1)", images),
    Row("Conv3d", "nn.Conv3d(16, 16, 3, padding=1)", volumes),
    *(Row(f"ConvTranspose{n}d", f"nn.ConvTranspose{n}d(16, 16, 4, 2, 1)", grids) for n, grids in GRIDS),
    Row("Unfold", "nn.Unfold(3, padding=1)", images),
    Row("Fold", "nn.Fold(8, 3, padding=1)", columns),
    Row("Upsample", "nn.Upsample(scale_factor=2)", images),
    Row("Upsample, bilinear", "nn.Upsample(scale_factor=2, mode='bilinear')", images),
    Row("PixelShuffle", "nn.PixelShuffle(2)", images),
    Row("PixelUnshuffle", "nn.PixelUnshuffle(2)", images),
    Row("ChannelShuffle", "nn.ChannelShuffle(4)", images),
    *(Row(f"{name}{n}d", f"nn.{name}{n}d(1{more})", grids) for n, grids in GRIDS
      for name, more in (("ZeroPad", ""), ("ConstantPad", ", 0.5"), ("CircularPad", ""), ("ReflectionPad", ""), ("ReplicationPad", ""))),
    *(Row(f"{name}{n}d", f"nn.{name}{n}d(4)", grids) for n, grids in GRIDS for name in ("AdaptiveAvgPool", "AdaptiveMaxPool")),
    *(Row(f"{name}{n}d", f"nn.{name}{n}d({power}2)", grids) for n, grids in GRIDS for name, power in (("MaxPool", ""), ("AvgPool", ""), ("LPPool", "2, "))),
    *(Row(f"MaxUnpool{n}d", f"nn.MaxUnpool{n}d(2)", pooled(grids)) for n, grids in GRIDS),
    Row("MaxPool2d 3×3, stride 2", "nn.MaxPool2d(3, 2, 1)", images),
    Row("RNN", "nn.RNN(64, 64, batch_first=True)", sequences, call="model(*x)[0]"),
    Row("LSTM", "nn.LSTM(64, 64, batch_first=True)", sequences, call="model(*x)[0]"),
    Row("GRU", "nn.GRU(64, 64, batch_first=True)", sequences, call="model(*x)[0]"),
    Row("RNNCell", "nn.RNNCell(100, 64)", rows),
    Row("LSTMCell", "nn.LSTMCell(100, 64)", rows, call="model(*x)[0]"),
    Row("GRUCell", "nn.GRUCell(100, 64)", rows),
    Row("MultiheadAttention", "nn.MultiheadAttention(64, 4, batch_first=True)", sequences, call="model(x[0], x[0], x[0], need_weights=False)[0]"),
    Row("TransformerBlock", "nn.TransformerBlock(64, 4, 256, 0.0, nn.gelu, batch_first=True)", sequences,
        "nn.TransformerEncoderLayer(64, 4, 256, 0.0, 'gelu', batch_first=True)"),
    Row("TransformerEncoderLayer", "nn.TransformerEncoderLayer(64, 4, 256, 0.0, batch_first=True)", sequences),
    Row("TransformerDecoderLayer", "nn.TransformerDecoderLayer(64, 4, 256, 0.0, batch_first=True)", sequences, call="model(x[0], x[0])"),
    Row("TransformerEncoder", "nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 256, 0.0, batch_first=True), 2)", sequences),
    Row("TransformerDecoder", "nn.TransformerDecoder(nn.TransformerDecoderLayer(64, 4, 256, 0.0, batch_first=True), 2)", sequences, call="model(x[0], x[0])"),
    Row("Transformer", "nn.Transformer(64, 4, 1, 1, 256, 0.0, batch_first=True)", sequences, call="model(x[0], x[0])"),
    Row("smooth_l1", "None", pairs, call="nn.smooth_l1(*x)", their_call="F.smooth_l1_loss(*x)"),
    Row("triplet_margin", "None", triples, call="nn.triplet_margin(*x)", their_call="F.triplet_margin_loss(*x)"),
    Row("margin_ranking", "None", pairs, call="nn.margin_ranking(*x, 1)", their_call="F.margin_ranking_loss(*x, torch.ones_like(x[0]))"),
    Row("hinge_embedding", "None", with_signs, call="nn.hinge_embedding(*x)", their_call="F.hinge_embedding_loss(*x)"),
    Row("cosine_embedding", "None", pairs, call="nn.cosine_embedding(*x, np.ones(len(x[0])))", their_call="F.cosine_embedding_loss(*x, torch.ones(len(x[0])))"),
    Row("soft_margin", "None", with_signs, call="nn.soft_margin(*x)", their_call="F.soft_margin_loss(*x)"),
    Row("multi_margin", "None", with_classes, call="nn.multi_margin(*x)", their_call="F.multi_margin_loss(*x)"),
    Row("multilabel_soft_margin", "None", with_bits, call="nn.multilabel_soft_margin(*x)", their_call="F.multilabel_soft_margin_loss(*x)"),
    Row("poisson_nll", "None", pairs, call="nn.poisson_nll(*x)", their_call="F.poisson_nll_loss(*x)"),
    Row("gaussian_nll", "None", pairs, call="nn.gaussian_nll(x[0], x[1], x[1] ** 2 + 1)", their_call="F.gaussian_nll_loss(x[0], x[1], x[1] ** 2 + 1)"),
    Row("ctc", "None", spoken, call="nn.ctc(nn.log_softmax(x[0], axis=2), x[1], np.full(len(x[1]), 16), np.full(len(x[1]), 4))",
        their_call="F.ctc_loss(F.log_softmax(x[0], 2), x[1], torch.full((len(x[1]),), 16), torch.full((len(x[1]),), 4))"),
    Row("mse", "None", pairs, call="nn.mse(*x)", their_call="F.mse_loss(*x)"),
    Row("mae", "None", pairs, call="nn.mae(*x)", their_call="F.l1_loss(*x)"),
    Row("huber", "None", pairs, call="nn.huber(*x)", their_call="F.huber_loss(*x)"),
    Row("hinge", "None", with_signs, call="nn.hinge(*x)", their_call="F.relu(1 - x[1] * x[0]).mean()"),
    Row("binary_cross_entropy", "None", probabilities_with_bits, call="nn.binary_cross_entropy(*x)", their_call="F.binary_cross_entropy(*x)"),
    Row("binary_cross_entropy_with_logits", "None", with_bits, call="nn.binary_cross_entropy_with_logits(*x)", their_call="F.binary_cross_entropy_with_logits(*x)"),
    Row("kl_divergence", "None", with_shares, call="nn.kl_divergence(*x)", their_call="F.kl_div(*x)"),
    Row("nll", "None", with_classes, call="nn.nll(*x)", their_call="F.nll_loss(*x)"),
    Row("cross_entropy", "None", with_classes, call="nn.cross_entropy(*x)", their_call="F.cross_entropy(*x)"),
    Row("cross_entropy of shares", "None", with_shares, call="nn.cross_entropy(*x)", their_call="F.cross_entropy(*x)"),
]
# fmt: on
