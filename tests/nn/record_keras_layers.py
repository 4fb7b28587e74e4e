"""Record what Keras' layers and small programs compute, for `test_keras_layers.py`.

Run by hand where Keras and PyTorch are: `KERAS_BACKEND=torch python tests/nn/record_keras_layers.py`.
"""

import json
import zlib
from pathlib import Path

import numpy as np

PATH = Path(__file__).with_name("data") / "keras_layers.json"

#: Layers: how to make them, and the shapes of their inputs; "tokens" are integers.
LAYERS = {
    "Dense": (lambda k: k.Dense(3, activation="gelu"), (2, 4)),
    "Dense of sequences": (lambda k: k.Dense(3, activation="softmax", use_bias=False), (2, 2, 4)),
    "Embedding": (lambda k: k.Embedding(5, 3), "tokens"),
    "Conv1D": (lambda k: k.Conv1D(2, 3, strides=2, padding="same", activation="relu"), (2, 6, 2)),
    "Conv1D, causal": (lambda k: k.Conv1D(2, 2, padding="causal", dilation_rate=2), (1, 6, 2)),
    "Conv2D": (lambda k: k.Conv2D(3, 3), (1, 5, 4, 2)),
    "Conv2D, same": (lambda k: k.Conv2D(2, (3, 2), strides=2, padding="same"), (1, 5, 4, 2)),
    "Conv2D, even": (lambda k: k.Conv2D(2, 2, strides=3, padding="same"), (1, 5, 7, 1)),
    "Conv2D, groups": (lambda k: k.Conv2D(4, 2, groups=2, dilation_rate=2), (1, 4, 4, 4)),
    "Conv3D": (lambda k: k.Conv3D(2, 2, padding="same"), (1, 2, 3, 2, 1)),
    "Conv2DTranspose": (lambda k: k.Conv2DTranspose(2, 3, strides=2, padding="same"), (1, 3, 2, 2)),
    "Conv2DTranspose, valid": (lambda k: k.Conv2DTranspose(2, 3, strides=2), (1, 3, 2, 2)),
    "Conv2DTranspose, wide": (lambda k: k.Conv2DTranspose(1, 2, strides=3), (1, 2, 2, 2)),
    "Conv1DTranspose": (lambda k: k.Conv1DTranspose(2, 4, strides=2, padding="same"), (1, 4, 2)),
    "Conv2D, channels first": (
        lambda k: k.Conv2D(3, 2, strides=2, padding="same", data_format="channels_first"),
        (1, 2, 5, 4),
    ),
    "MaxPooling2D, channels first": (
        lambda k: k.MaxPooling2D(2, data_format="channels_first"),
        (1, 2, 5, 4),
    ),
    "Flatten, channels first": (lambda k: k.Flatten("channels_first"), (1, 2, 3, 2)),
    "DepthwiseConv2D": (lambda k: k.DepthwiseConv2D(2, depth_multiplier=2), (1, 3, 3, 2)),
    "SeparableConv2D": (lambda k: k.SeparableConv2D(3, 3, padding="same"), (1, 3, 4, 2)),
    "MaxPooling1D": (lambda k: k.MaxPooling1D(2, strides=1, padding="same"), (2, 5, 2)),
    "MaxPooling2D": (lambda k: k.MaxPooling2D(2), (1, 5, 4, 2)),
    "MaxPooling2D, same": (lambda k: k.MaxPooling2D(3, strides=2, padding="same"), (1, 5, 4, 1)),
    "AveragePooling2D": (lambda k: k.AveragePooling2D(2, padding="same"), (1, 5, 3, 2)),
    "GlobalAveragePooling2D": (lambda k: k.GlobalAveragePooling2D(), (2, 3, 4, 2)),
    "GlobalMaxPooling1D": (lambda k: k.GlobalMaxPooling1D(keepdims=True), (2, 3, 4)),
    "BatchNormalization": (lambda k: k.BatchNormalization(), (4, 3, 2)),
    "BatchNormalization, axis": (lambda k: k.BatchNormalization(axis=1, scale=False), (4, 3, 2)),
    "LayerNormalization": (lambda k: k.LayerNormalization(), (2, 3, 4)),
    "LayerNormalization, axes": (lambda k: k.LayerNormalization(axis=[-2, -1]), (2, 3, 2)),
    "SimpleRNN": (lambda k: k.SimpleRNN(3), (2, 4, 2)),
    "LSTM": (lambda k: k.LSTM(3), (2, 4, 2)),
    "LSTM, sequences": (lambda k: k.LSTM(2, return_sequences=True, go_backwards=True), (2, 3, 2)),
    "LSTM, relu": (lambda k: k.LSTM(2, activation="relu"), (2, 3, 2)),
    "GRU": (lambda k: k.GRU(3, return_sequences=True), (2, 4, 2)),
    "GRU, reset before": (lambda k: k.GRU(3, reset_after=False), (2, 4, 2)),
    "GRU, hard": (lambda k: k.GRU(2, recurrent_activation="hard_sigmoid"), (2, 3, 2)),
    "Bidirectional": (lambda k: k.Bidirectional(k.LSTM(2, return_sequences=True)), (2, 3, 2)),
    "Bidirectional, sum": (lambda k: k.Bidirectional(k.GRU(2), merge_mode="sum"), (2, 3, 2)),
    "TimeDistributed": (lambda k: k.TimeDistributed(k.Dense(2)), (2, 3, 4)),
    "RNN": (lambda k: k.RNN(k.LSTMCell(3)), (2, 4, 2)),
    "RNN, stacked": (
        lambda k: k.RNN([k.GRUCell(2), k.SimpleRNNCell(3)], return_sequences=True),
        (2, 3, 2),
    ),
    "RNN, backwards": (
        lambda k: k.RNN(k.GRUCell(2, reset_after=False), go_backwards=True),
        (2, 3, 2),
    ),
    "Bidirectional RNN": (lambda k: k.Bidirectional(k.RNN(k.SimpleRNNCell(2))), (2, 3, 2)),
    "GroupNormalization": (lambda k: k.GroupNormalization(2), (2, 3, 2, 4)),
    "GroupNormalization, axis": (lambda k: k.GroupNormalization(-1, axis=1), (2, 3, 4)),
    "RMSNormalization": (lambda k: k.RMSNormalization(), (2, 3, 4)),
    "Normalization, inverted": (
        lambda k: k.Normalization(mean=[0.5, -1.0], variance=[4.0, 0.0], invert=True),
        (3, 2),
    ),
    "Softmax, axes": (lambda k: k.Softmax(axis=[1, 2]), (2, 3, 2)),
    "UnitNormalization": (lambda k: k.UnitNormalization(axis=1), (2, 3, 4)),
    "ConvLSTM2D": (lambda k: k.ConvLSTM2D(2, 2, return_sequences=True), (1, 2, 3, 3, 2)),
    "ConvLSTM2D, channels first": (
        lambda k: k.ConvLSTM2D(1, (1, 3), 2, "same", data_format="channels_first"),
        (1, 3, 2, 3, 4),
    ),
    "ConvLSTM1D, backwards": (
        lambda k: k.ConvLSTM1D(
            2, 2, padding="same", dilation_rate=2, go_backwards=True, activation="relu"
        ),
        (2, 3, 4, 1),
    ),
    "ConvLSTM3D": (lambda k: k.ConvLSTM3D(1, 2, use_bias=False), (1, 2, 2, 3, 2, 1)),
    "Attention, sums": (
        lambda k: k.Attention(use_scale=True, score_mode="concat"),
        [(2, 3, 4), (2, 5, 4)],
    ),
    "Attention": (lambda k: k.Attention(use_scale=True), [(2, 3, 4), (2, 5, 4), (2, 5, 4)]),
    "AdditiveAttention": (lambda k: k.AdditiveAttention(), [(2, 3, 4), (2, 5, 4)]),
    "EinsumDense": (
        lambda k: k.EinsumDense("abc,cde->abde", (None, 2, 3), "relu", bias_axes="de"),
        (2, 3, 4),
    ),
    "EinsumDense, ellipsis": (
        lambda k: k.EinsumDense("...x,xy->...y", 5, bias_axes="y"),
        (2, 3, 4),
    ),
    "Conv3DTranspose": (lambda k: k.Conv3DTranspose(2, 2, strides=2), (1, 2, 1, 2, 2)),
    "DepthwiseConv1D": (lambda k: k.DepthwiseConv1D(2, padding="same"), (1, 4, 3)),
    "SeparableConv1D": (lambda k: k.SeparableConv1D(3, 2, strides=2), (1, 5, 2)),
    "GlobalMaxPooling3D": (lambda k: k.GlobalMaxPooling3D(), (2, 2, 3, 2, 2)),
    "UpSampling3D": (lambda k: k.UpSampling3D((1, 2, 1)), (1, 2, 1, 2, 1)),
    "PReLU": (lambda k: k.PReLU(shared_axes=[1]), (2, 3, 2)),
    "LeakyReLU": (lambda k: k.LeakyReLU(), (2, 3)),
    "ReLU": (lambda k: k.ReLU(max_value=0.5, negative_slope=0.1, threshold=0.2), (3, 4)),
    "UpSampling2D": (lambda k: k.UpSampling2D((2, 3)), (1, 2, 2, 1)),
    "UpSampling2D, bilinear": (lambda k: k.UpSampling2D(2, interpolation="bilinear"), (1, 2, 3, 1)),
    "ZeroPadding2D": (lambda k: k.ZeroPadding2D(((1, 0), (0, 2))), (1, 2, 2, 1)),
    "Cropping2D": (lambda k: k.Cropping2D((1, 0)), (1, 3, 2, 1)),
    "Resizing": (lambda k: k.Resizing(3, 4), (2, 5, 3, 2)),
    "Resizing, nearest": (lambda k: k.Resizing(6, 2, interpolation="nearest"), (1, 4, 3, 1)),
    "Resizing, proportions": (lambda k: k.Resizing(2, 2, crop_to_aspect_ratio=True), (1, 4, 3, 2)),
    "CenterCrop": (lambda k: k.CenterCrop(2, 3), (2, 5, 4, 1)),
    "CenterCrop of small images": (lambda k: k.CenterCrop(5, 3), (1, 4, 4, 1)),
    "Train RandomRotation": (lambda k: k.RandomRotation((0.1, 0.1)), (1, 5, 4, 2)),
    "Train RandomRotation, constant": (
        lambda k: k.RandomRotation((0.1, 0.1), fill_mode="constant", fill_value=2.0),
        (1, 4, 5, 1),
    ),
    "Train RandomTranslation": (
        lambda k: k.RandomTranslation((0.3, 0.3), (-0.2, -0.2)),
        (1, 5, 4, 1),
    ),
    "Train RandomTranslation, nearest": (
        lambda k: k.RandomTranslation(
            (0.3, 0.3), (-0.2, -0.2), fill_mode="nearest", interpolation="nearest"
        ),
        (1, 5, 4, 1),
    ),
    "Train RandomZoom": (lambda k: k.RandomZoom((0.3, 0.3), (-0.2, -0.2)), (1, 5, 4, 1)),
    "Train RandomZoom, wrap": (lambda k: k.RandomZoom((0.4, 0.4), fill_mode="wrap"), (1, 5, 4, 1)),
    "Train RandomContrast": (lambda k: k.RandomContrast((-0.3, 0.3), (-9, 9)), (1, 3, 2, 2)),
    "Permute": (lambda k: k.Permute((2, 1)), (2, 3, 4)),
    "RepeatVector": (lambda k: k.RepeatVector(2), (2, 3)),
    "Add": (lambda k: k.Add(), [(2, 3), (2, 3)]),
    "Concatenate": (lambda k: k.Concatenate(), [(2, 3), (2, 1)]),
    "Dot": (lambda k: k.Dot(axes=1, normalize=True), [(2, 3), (2, 3)]),
    "Dot of sequences": (lambda k: k.Dot(axes=(2, 1)), [(2, 3, 4), (2, 4, 2)]),
    "Average": (lambda k: k.Average(), [(2, 3), (2, 3), (2, 3)]),
}

#: The activations, on numbers on both sides of 0.
ACTIVATIONS = [
    "linear", "relu", "leaky_relu", "relu6", "elu", "selu", "celu", "gelu", "silu", "mish",
    "sigmoid", "hard_sigmoid", "hard_silu", "log_sigmoid", "tanh", "tanh_shrink", "exponential",
    "softmax", "log_softmax", "softplus", "softsign",
]  # fmt: skip


def numbers(name, shape, number=0):
    """Return the same numbers for the same name: integers for "tokens"."""
    random = np.random.default_rng([zlib.crc32(name.encode()), number])
    if shape == "tokens":
        return random.integers(0, 5, (2, 3))
    return random.normal(size=shape)


def inputs_of(name, shape):
    """Return the inputs of a layer: an array, or a list of arrays."""
    if isinstance(shape, list):
        return [numbers(name, one, k) for k, one in enumerate(shape)]
    return numbers(name, shape)


def weights_of(name, given):
    """Return numbers in place of weights: positive ones, which variances must be."""
    return [
        0.2 + 0.3 * np.abs(numbers(name, np.shape(w), 10 + k)) * (1 - 2 * (k % 2) * (k < 2))
        for k, w in enumerate(given)
    ]


def targets_of(count, kind, shape):
    """Return targets: classes, bits or numbers."""
    random = np.random.default_rng(9)
    if kind == "numbers":
        return random.normal(size=(count, *shape))
    return random.integers(0, shape, count)


# -- programs: as in Keras' introductions, small; the same text runs with both libraries ----------


def digits(keras):
    """A convolutional network for images."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input(shape=(10, 10, 1)),
            layers.Conv2D(4, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.BatchNormalization(),
            layers.Conv2D(6, kernel_size=(3, 3), activation="relu", kernel_initializer="he_normal"),
            layers.Flatten(),
            layers.Dropout(0.0),
            layers.Dense(3, activation="softmax", kernel_regularizer=keras.regularizers.l2(1e-2)),
        ],
        name="digits",
    )
    y = keras.utils.to_categorical(targets_of(12, "classes", 3), 3)
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model, numbers("digits", (12, 10, 10, 1)), y, {"validation_split": 0.25}


def reviews(keras):
    """A recurrent network for texts of different lengths."""
    layers = keras.layers
    inputs = keras.Input(shape=(None,), dtype="int32", name="tokens")
    x = layers.Embedding(20, 4, mask_zero=True)(inputs)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    x = layers.Bidirectional(layers.LSTM(2))(x)
    outputs = layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(inputs, outputs, name="reviews")
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    random = np.random.default_rng(1)
    texts = [random.integers(1, 20, n).tolist() for n in (3, 6, 2, 5, 4, 6, 1, 3)]
    x = keras.utils.pad_sequences(texts, maxlen=5)
    return model, x, targets_of(8, "classes", 2)[:, None], {"batch_size": 4}


def passengers(keras):
    """Numbers and categories, two inputs by name."""
    layers = keras.layers
    age = keras.Input(shape=(2,), name="numbers")
    cabin = keras.Input(shape=(1,), dtype="int64", name="cabin")
    x = layers.Normalization(mean=[0.5, -0.5], variance=[2.0, 0.5])(age)
    y = layers.Flatten()(layers.Embedding(4, 2)(cabin))
    both = layers.concatenate([x, y])
    hidden = layers.Dense(5, activation="relu")(both)
    hidden = layers.add([hidden, layers.Dense(5)(both)])
    outputs = layers.Dense(1)(hidden) * 0.5 + 0.1
    model = keras.Model(inputs=[age, cabin], outputs=outputs, name="passengers")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.RMSprop(0.01), loss=loss)
    data = {"cabin": np.arange(10).reshape(10, 1) % 4, "numbers": numbers("passengers", (10, 2))}
    return model, data, targets_of(10, "classes", 2)[:, None], {"batch_size": 5}


def autoencoder(keras):
    """Images to a code and back."""
    layers = keras.layers
    encoder = keras.Sequential(
        [
            layers.Conv2D(3, 3, strides=2, activation="relu", padding="same"),
            layers.Flatten(),
            layers.Dense(4, activation="tanh"),
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            layers.Dense(3 * 3 * 2, activation="relu"),
            layers.Reshape((3, 3, 2)),
            layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid"),
        ],
        name="decoder",
    )
    images = keras.Input(shape=(6, 6, 1))
    model = keras.Model(images, decoder(encoder(images)), name="autoencoder")
    model.compile(optimizer="adam", loss="mse")
    x = 1 / (1 + np.exp(-numbers("autoencoder", (8, 6, 6, 1))))
    return model, x, x, {"batch_size": 4}


def series(keras):
    """A recurrent network for a series of numbers, as a class."""
    layers = keras.layers

    class Forecast(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = layers.GRU(4, return_sequences=True)
            self.second = layers.SimpleRNN(3)
            self.out = layers.Dense(1)

        def call(self, inputs, training=False):
            x = self.first(inputs)
            return self.out(self.second(x, training=training))

    model = Forecast()
    model(numbers("series", (1, 5, 2)))
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.1, momentum=0.9))
    return model, numbers("series", (9, 5, 2)), targets_of(9, "numbers", (1,)), {"batch_size": 3}


def sentences(keras):
    """A block of a transformer."""
    layers = keras.layers
    inputs = layers.Input(shape=(4,))
    x = layers.Embedding(10, 6)(inputs)
    y = layers.MultiHeadAttention(num_heads=2, key_dim=3)(x, x)
    x = layers.LayerNormalization(epsilon=1e-6)(x + y)
    y = keras.Sequential([layers.Dense(5, activation="relu"), layers.Dense(6)])(x)
    x = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, y]))
    x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x), name="sentences")
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x = np.random.default_rng(2).integers(0, 10, (8, 4))
    return model, x, targets_of(8, "classes", 3), {"batch_size": 4}


PROGRAMS = (digits, reviews, passengers, autoencoder, series, sentences)


def rounded(x):
    """Return an array as lists, with 12 digits."""
    return json.loads(
        json.dumps(np.asarray(x).tolist()), parse_float=lambda s: float(f"{float(s):.12g}")
    )


def trained(program, keras):
    """Return the measurements and outputs of a program, and the shapes of its weights."""
    model, x, y, options = program(keras)
    model.set_weights(weights_of(program.__name__, model.get_weights()))
    history = model.fit(x, y, epochs=3, shuffle=False, verbose=0, **options).history
    shapes = [list(np.shape(w)) for w in model.get_weights()]
    return {
        "history": {k: rounded(v) for k, v in history.items() if k != "lr"},
        "predict": rounded(model.predict(x, verbose=0)),
        "shapes": shapes,
    }


def summaries(keras):
    """Return the tables of two models, in a terminal of 80 columns."""
    found = {}
    for program in (digits, passengers):
        keras.utils.clear_session()
        lines = []
        program(keras)[0].summary(line_length=76, print_fn=lines.append)
        found[program.__name__] = "\n".join(lines)
    return found


def derived(keras, name):
    """Return outputs, and the derivatives of a sum of them for inputs and weights."""
    import torch

    build, shape = LAYERS[name]
    layer, x = build(keras.layers), inputs_of(name, shape)
    tensors = [torch.tensor(one) for one in (x if isinstance(x, list) else [x])]
    for tensor in tensors:
        tensor.requires_grad_(tensor.is_floating_point())
    given = tensors if isinstance(x, list) else tensors[0]
    layer(given)
    weights = weights_of(name, layer.get_weights())
    if weights:
        layer.set_weights(weights)
    outputs = layer(given, training=True) if "Batch" in name or "Train" in name else layer(given)
    factors = torch.tensor(numbers(name, tuple(outputs.shape), 99))
    (outputs * factors).sum().backward()
    wanted = [t.grad for t in tensors if t.requires_grad]
    wanted += [v.value.grad for v in layer.trainable_weights]
    return {
        "shapes": [list(np.shape(w)) for w in weights],
        "outputs": rounded(outputs.detach().numpy()),
        "gradients": [rounded(g.numpy()) for g in wanted],
        "after": rounded(layer.get_weights()[-1]) if "Batch" in name else None,
    }


def main():
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    x = np.array([[-3.5, -0.7, 0.3], [1.2, 2.9, 7.0]])
    found = {
        "layers": {name: derived(keras, name) for name in LAYERS},
        "activations": {
            name: rounded(keras.ops.convert_to_numpy(keras.activations.get(name)(x)))
            for name in ACTIVATIONS
        },
        "programs": {program.__name__: trained(program, keras) for program in PROGRAMS},
        "summaries": summaries(keras),
    }
    PATH.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
