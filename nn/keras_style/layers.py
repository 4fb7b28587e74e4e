"""Keras' ``layers``: what to write for each, because the layers here are those of `nn`."""

from __future__ import annotations

from typing import NoReturn

from nn.missing_names import refuse

#: By the name of a layer in Keras, what to write.
LAYERS = {
    "Activation": "nn.ReLU(), nn.Tanh() and so on",
    "Add": "x + y in call, or nn.Residual(...)",
    "AlphaDropout": "nn.AlphaDropout(rate)",
    "Attention": "nn.functional.scaled_dot_product_attention(q, k, v)",
    "Average": "(x + y) / 2 in call",
    "AveragePooling1D": "nn.AvgPool1d(size)",
    "AveragePooling2D": "nn.AvgPool2d(size)",
    "BatchNormalization": "nn.BatchNorm1d(features, eps=1e-3, momentum=0.01)",
    "Bidirectional": "nn.LSTM(inputs, units, bidirectional=True, batch_first=True)",
    "Concatenate": "np.concatenate([x, y], axis=-1) in call",
    "Conv1D": "nn.Conv1d(channels, filters, size); inputs are (batch, channels, length)",
    "Conv2D": "nn.Conv2d(channels, filters, size); images are (batch, channels, height, width)",
    "Conv2DTranspose": "nn.ConvTranspose2d(channels, filters, size, stride)",
    "Conv3D": "nn.Conv3d(channels, filters, size)",
    "Dense": "nn.Linear(inputs, units), and behind it nn.ReLU() or another activation",
    "DepthwiseConv2D": "nn.Conv2d(channels, channels, size, groups=channels)",
    "Dot": "np.sum(x * y, axis=-1) in call",
    "Dropout": "nn.Dropout(rate)",
    "ELU": "nn.ELU()",
    "Embedding": "nn.Embedding(count, units)",
    "Flatten": "nn.Flatten()",
    "GRU": "outputs, state = nn.GRU(inputs, units, batch_first=True)(x); outputs[:, -1]",
    "GaussianNoise": "x + noise in call, if self.training",
    "GlobalAveragePooling1D": "nn.AdaptiveAvgPool1d(1), nn.Flatten()",
    "GlobalAveragePooling2D": "nn.AdaptiveAvgPool2d(1), nn.Flatten()",
    "GlobalMaxPooling1D": "nn.AdaptiveMaxPool1d(1), nn.Flatten()",
    "GlobalMaxPooling2D": "nn.AdaptiveMaxPool2d(1), nn.Flatten()",
    "GroupNormalization": "nn.GroupNorm(groups, channels)",
    "Input": "nothing: layers state how many inputs they take",
    "InputLayer": "nothing: layers state how many inputs they take",
    "LSTM": "outputs, state = nn.LSTM(inputs, units, batch_first=True)(x); outputs[:, -1]",
    "Lambda": "a function: keras.Sequential takes functions of one argument",
    "Layer": "nn.Module, with parameters in __init__ and forward in place of call",
    "LayerNormalization": "nn.LayerNorm(features, eps=1e-3)",
    "LeakyReLU": "nn.LeakyReLU(slope)",
    "MaxPooling1D": "nn.MaxPool1d(size)",
    "MaxPooling2D": "nn.MaxPool2d(size)",
    "MultiHeadAttention": "nn.MultiheadAttention(width, heads, batch_first=True)",
    "Multiply": "x * y in call",
    "Normalization": "(x - x.mean(axis=0)) / x.std(axis=0) before training",
    "PReLU": "nn.PReLU()",
    "Permute": "np.transpose(x, axes) in call",
    "RNN": "nn.RNN(inputs, units, batch_first=True)",
    "ReLU": "nn.ReLU()",
    "Rescaling": "x / 255 before training",
    "Reshape": "nn.Unflatten(1, shape)",
    "SimpleRNN": "nn.RNN(inputs, units, batch_first=True)",
    "Softmax": "nn.Softmax(axis=-1)",
    "SpatialDropout2D": "nn.Dropout2d(rate)",
    "TimeDistributed": "the layer itself: nn.Linear takes any axes before the last",
    "UpSampling2D": "nn.Upsample(scale_factor=2)",
    "ZeroPadding2D": "nn.ZeroPad2d(size)",
}


def __getattr__(name: str) -> NoReturn:
    found = LAYERS.get(name)
    advice = f"write {found}." if found else "the layers here are those of nn; see dir(nn)."
    refuse(f"nn.keras_style has no layers.{name}: {advice}")
